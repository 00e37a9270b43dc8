// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "source/core/memmap.h"

/* enum memblock_flags, since Linux 4.0 */
#define MEMBLOCK_NOMAP	4u
#define REGIONS_MAX	65536u

/* Bits of mem_section.section_mem_map (linux/mmzone.h) */
#define SECTION_HAS_MEM_MAP	(1ull << 1)
#define SECTION_IS_EARLY	(1ull << 3)
#define SECTION_FLAGS		0x3full
#define SUBSECTION_SHIFT	21

#define MAP_MEMORY_FACTS						\
	(KVM_S2_FACT_PFN | KVM_S2_FACT_MAP_MEMORY |			\
	 KVM_S2_FACT_STRUCT_PAGE | KVM_S2_FACT_FLUSHABLE)

static int cmp_part(const void *a, const void *b)
{
	const struct s2_map_part *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Parts must be in order, and not one in another: else nothing is known */
static void check_parts(struct s2_memmap *map)
{
	map->known = map->count;
	for (size_t i = 0; i < map->count; i++) {
		if (map->part[i].start >= map->part[i].end ||
		    (i && map->part[i - 1].end > map->part[i].start))
			map->known = false;
	}
}

static uint64_t member(const struct s2_memmap *map, const unsigned char *data,
		       enum s2_layout_id id)
{
	const struct s2_member *m = &map->layout->m[id];
	uint64_t value = 0;

	memcpy(&value, data + m->off, m->bytes < 8 ? m->bytes : 8);
	return value;
}

/* Regions of memblock that are not no-map */
static void take_regions(struct s2_memmap *map, const unsigned char *data,
			 uint64_t count)
{
	uint64_t mask = (1ull << map->image->page_shift) - 1;

	for (uint64_t i = 0; i < count; i++, data += map->layout->region) {
		uint64_t base = member(map, data, S2_L_REGION_BASE);
		uint64_t size = member(map, data, S2_L_REGION_SIZE);

		if (member(map, data, S2_L_REGION_FLAGS) & MEMBLOCK_NOMAP)
			continue;
		map->part[map->count++] = (struct s2_map_part){
			.start = (base + mask) & ~mask,
			.end = (base + size + mask) & ~mask,
		};
	}
}

static bool has_members(const struct s2_memmap *map)
{
	const struct s2_member *base = &map->layout->m[S2_L_REGION_BASE];

	for (enum s2_layout_id id = S2_L_MEMBLOCK_COUNT;
	     id <= S2_L_REGION_FLAGS; id++) {
		if (!s2_layout_has(map->layout, id))
			return false;
		if (id >= S2_L_REGION_BASE &&
		    base[id - S2_L_REGION_BASE].off + 8 >
		    map->layout->region + 4)
			return false;
	}
	return true;
}

static int read_memblock(struct s2_memmap *map, uint64_t memblock)
{
	uint64_t count, at;
	unsigned char *data;
	int err = 0;

	if (!memblock || !has_members(map) ||
	    s2_peek(map->image, map->layout, memblock, S2_L_MEMBLOCK_COUNT,
		    &count) ||
	    s2_peek(map->image, map->layout, memblock, S2_L_MEMBLOCK_REGIONS,
		    &at) || !count || count > REGIONS_MAX)
		return 0;
	/* Members of up to 8 bytes are copied out of it */
	data = calloc(count + 1, map->layout->region + 8);
	map->part = calloc(count, sizeof(*map->part));
	if (!data || !map->part)
		err = -ENOMEM;
	else if (!s2_image_virt(map->image, at, data,
				count * map->layout->region))
		take_regions(map, data, count);
	free(data);
	return err;
}

/*
 * Without that variable: what kcore shows of the linear map is System RAM, and
 * that is the memory map without what is no-map (fs/proc/kcore.c, setup.c).
 */
static int read_kcore(struct s2_memmap *map)
{
	const struct s2_image *image = map->image;

	free(map->part);
	map->part = calloc(image->phys + 1, sizeof(*map->part));
	map->count = 0;
	if (!map->part)
		return -ENOMEM;
	for (size_t i = 0; i < image->phys; i++) {
		const struct s2_segment *seg = &image->by_pa[i];
		struct s2_map_part *last = map->count ?
			&map->part[map->count - 1] : NULL;

		/* The kernel's own text is there a second time */
		if (last && seg->pa + seg->bytes <= last->end)
			continue;
		map->part[map->count++] = (struct s2_map_part){
			.start = seg->pa, .end = seg->pa + seg->bytes,
		};
	}
	return 0;
}

/* ----------------------------------------------------------- struct pages */

static unsigned int log2_up(uint64_t n)
{
	unsigned int bits = 0;

	while (bits < 63 && 1ull << bits < n)
		bits++;
	return bits;
}

/*
 * Flags begin, from the top, with the node and the zone (page-flags-layout.h; with a
 * vmemmap, which arm64 has, there is no section).  How wide the node is follows from a
 * zonelist, which has an entry for each zone of each node and one more.
 */
static bool find_zone(struct s2_memmap *map, const struct s2_btf *btf)
{
	const struct s2_layout *l = map->layout;
	uint32_t refs = s2_btf_elements(btf, &l->m[S2_L_ZONEREFS]);
	unsigned int zone_bits, node_bits;

	if (!l->zones || l->zones > 8 || refs < 2 || (refs - 1) % l->zones)
		return false;
	zone_bits = log2_up(l->zones);
	node_bits = log2_up((refs - 1) / l->zones);
	if (node_bits > 16)
		return false;
	map->zone_shift = 64 - node_bits - zone_bits;
	map->zone_mask = (1ull << zone_bits) - 1;
	return true;
}

static bool find_sections(struct s2_memmap *map)
{
	const struct s2_image *image = map->image;
	uint64_t shift, bytes;
	char text[32];

	if (!map->layout->section ||
	    !s2_image_number(image, "SYMBOL", "mem_section", &map->roots) ||
	    !s2_image_number(image, "LENGTH", "mem_section", &map->nr_roots) ||
	    !s2_image_number(image, "NUMBER", "SECTION_SIZE_BITS", &shift) ||
	    !s2_image_text(image, "SIZE(page)", text, sizeof(text)))
		return false;
	bytes = strtoull(text, NULL, 10);
	map->per_root = (1ull << image->page_shift) / map->layout->section;
	map->section_shift = (unsigned int)shift;
	map->page_bytes = bytes;
	return map->per_root && map->roots && shift >= SUBSECTION_SHIFT &&
	       shift < 48 && bytes >= 16 && bytes <= 256 &&
	       s2_layout_has(map->layout, S2_L_SECTION_MAP) &&
	       s2_layout_has(map->layout, S2_L_SECTION_USAGE) &&
	       s2_layout_has(map->layout, S2_L_USAGE_SUBSECTIONS) &&
	       s2_layout_has(map->layout, S2_L_PAGE_FLAGS);
}

/* The address of a page's struct page; 0: it has none.  Return: whether that is known */
static bool find_page(struct s2_memmap *map, uint64_t pa, uint64_t *page)
{
	uint64_t n = pa >> map->section_shift, root, section, mem_map, usage;
	uint64_t sub = (pa & ((1ull << map->section_shift) - 1)) >>
		SUBSECTION_SHIFT, word;

	*page = 0;
	if (n / map->per_root >= map->nr_roots)
		return true;
	if (s2_image_virt(map->image, map->roots + n / map->per_root * 8, &root,
			  8))
		return false;
	if (!root)
		return true;
	section = root + n % map->per_root * map->layout->section;
	if (s2_peek(map->image, map->layout, section, S2_L_SECTION_MAP,
		    &mem_map))
		return false;
	if (!(mem_map & SECTION_HAS_MEM_MAP))
		return true;
	if (!(mem_map & SECTION_IS_EARLY)) {
		const struct s2_member *m =
			&map->layout->m[S2_L_USAGE_SUBSECTIONS];

		if (s2_peek(map->image, map->layout, section,
			    S2_L_SECTION_USAGE, &usage) || !usage ||
		    s2_image_virt(map->image, usage + m->off + sub / 64 * 8,
				  &word, 8))
			return false;
		if (!(word >> sub % 64 & 1))
			return true;
	}
	*page = (mem_map & ~SECTION_FLAGS) +
		(pa >> map->image->page_shift) * map->page_bytes;
	return true;
}

/*
 * A page of ZONE_DEVICE has an alias in the linear map, if it is not a peer's BAR or
 * memory that only a device can reach.
 */
static bool device_page_facts(struct s2_memmap *map, uint64_t page,
			      uint32_t *facts)
{
	const struct s2_layout *l = map->layout;
	enum s2_layout_id id = s2_layout_has(l, S2_L_PAGE_PGMAP) ?
		S2_L_PAGE_PGMAP : S2_L_FOLIO_PGMAP;
	uint64_t pgmap, type;

	if (!l->private || s2_peek(map->image, l, page, id, &pgmap) ||
	    s2_peek(map->image, l, pgmap, S2_L_PGMAP_TYPE, &type))
		return false;
	*facts |= KVM_S2_FACT_ZONE_DEVICE;
	if (type != l->private && !(l->p2pdma && type == l->p2pdma))
		*facts |= KVM_S2_FACT_FLUSHABLE;
	return true;
}

/* Of a page that is not in the memory map */
static bool odd_page_facts(struct s2_memmap *map, uint64_t pa, uint32_t *facts)
{
	uint64_t page, flags;

	*facts = KVM_S2_FACT_PFN;
	if (!map->pages_known || !find_page(map, pa, &page))
		return false;
	if (!page)
		return true;
	*facts |= KVM_S2_FACT_STRUCT_PAGE;
	if (s2_peek(map->image, map->layout, page, S2_L_PAGE_FLAGS, &flags))
		return false;
	if (!map->layout->zone_device ||
	    (flags >> map->zone_shift & map->zone_mask) !=
	    map->layout->zone_device)
		return true;
	return device_page_facts(map, page, facts);
}

/* ---------------------------------------------------------------- lookups */

/* The part of the map, or of what lies between two parts, around @pa */
static bool is_in_map(struct s2_memmap *map, uint64_t pa)
{
	size_t lo = 0, hi = map->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (map->part[mid].start <= pa)
			lo = mid + 1;
		else
			hi = mid;
	}
	map->lo = lo ? map->part[lo - 1].end : 0;
	map->hi = lo < map->count ? map->part[lo].start : UINT64_MAX;
	if (!lo || pa >= map->part[lo - 1].end)
		return false;
	map->lo = map->part[lo - 1].start;
	map->hi = map->part[lo - 1].end;
	return true;
}

void s2_memmap_look(struct s2_memmap *map, uint64_t pa)
{
	uint64_t start = pa & ~((1ull << SUBSECTION_SHIFT) - 1);
	uint64_t end = start + (1ull << SUBSECTION_SHIFT);

	map->facts = 0;
	map->facts_known = false;
	map->lo = 0;
	map->hi = UINT64_MAX;
	if (!map->known)
		return;
	if (is_in_map(map, pa)) {
		map->facts = MAP_MEMORY_FACTS;
		map->facts_known = true;
		return;
	}
	map->facts_known = odd_page_facts(map, pa, &map->facts);
	if (map->lo < start)
		map->lo = start;
	if (map->hi > end)
		map->hi = end;
}

int s2_memmap_read(struct s2_memmap *map, struct s2_image *image,
		   const struct s2_layout *layout, const struct s2_symbols *sym,
		   const struct s2_btf *btf)
{
	int err;

	memset(map, 0, sizeof(*map));
	map->image = image;
	map->layout = layout;
	err = read_memblock(map, sym->addr[S2_SYM_MEMBLOCK]);
	if (!err && !map->count && image->live)
		err = read_kcore(map);
	if (err) {
		s2_memmap_close(map);
		return s2_fail_nomem(image->ctx);
	}
	if (map->count)
		qsort(map->part, map->count, sizeof(*map->part), cmp_part);
	check_parts(map);
	map->pages_known = find_sections(map) && find_zone(map, btf);
	return 0;
}

void s2_memmap_close(struct s2_memmap *map)
{
	free(map->part);
	memset(map, 0, sizeof(*map));
}
