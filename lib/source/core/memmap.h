/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel knows of a physical page: pfn_is_map_memory(), pfn_valid(), its zone */
#ifndef S2_CORE_MEMMAP_H
#define S2_CORE_MEMMAP_H

#include "source/core/layout.h"
#include "source/core/symbols.h"

struct s2_map_part {
	uint64_t start;
	uint64_t end;
};

/**
 * struct s2_memmap - the memory map, and where struct pages are
 * @image, @layout: the kernel
 * @known: whether the memory map is known
 * @part: memory in the map, in order
 * @count: how many
 * @pages_known: whether struct pages can be looked at
 * @roots: address of the array of arrays of struct mem_section
 * @nr_roots, @per_root: their sizes
 * @section_shift: log2 of the bytes of a section
 * @page_bytes: size of a struct page
 * @zone_shift, @zone_mask: where a page's zone is in its flags
 * @lo, @hi: the range of physical addresses that @facts is for
 * @facts: mask of enum kvm_s2_fact
 * @facts_known: whether these are all
 */
struct s2_memmap {
	struct s2_image *image;
	const struct s2_layout *layout;
	bool known;
	struct s2_map_part *part;
	size_t count;
	bool pages_known;
	uint64_t roots;
	uint64_t nr_roots;
	uint64_t per_root;
	unsigned int section_shift;
	uint64_t page_bytes;
	unsigned int zone_shift;
	uint64_t zone_mask;
	uint64_t lo;
	uint64_t hi;
	uint32_t facts;
	bool facts_known;
};

/* Return: 0 or -ENOMEM; what cannot be known is not known */
int s2_memmap_read(struct s2_memmap *map, struct s2_image *image,
		   const struct s2_layout *layout, const struct s2_symbols *sym,
		   const struct s2_btf *btf);
void s2_memmap_close(struct s2_memmap *map);

/* Sets @lo, @hi, @facts and @facts_known for the page at @pa */
void s2_memmap_look(struct s2_memmap *map, uint64_t pa);

/* Memory may have been plugged since */
static inline void s2_memmap_forget(struct s2_memmap *map)
{
	map->lo = map->hi = 0;
}

#endif /* S2_CORE_MEMMAP_H */
