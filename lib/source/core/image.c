// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory of a kernel by physical and by virtual address */
#include <stdlib.h>
#include <string.h>

#include "source/core/image.h"
#include "source/core/kdump.h"

#define PTE_VALID	1u
#define PTE_TABLE	2u
#define LEVELS_MAX	5

/* A read costs something, however little it reads; more where a page is unpacked */
#define READ_MIN	64u
#define UNPACK_MIN	1024u

/* The last segment that begins at or before @addr; @last: where it was last time */
static const struct s2_segment *find(const struct s2_segment *seg, size_t count,
				     size_t *last, bool phys, uint64_t addr)
{
	size_t lo = 0, hi = count;
	uint64_t start;

	if (*last < count) {
		start = phys ? seg[*last].pa : seg[*last].va;
		if (addr >= start && addr - start < seg[*last].bytes)
			return &seg[*last];
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		start = phys ? seg[mid].pa : seg[mid].va;
		if (start <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	*last = lo - 1;
	return &seg[lo - 1];
}

/* Takes @len bytes, or the least that counts, off the budget */
static int spend(struct s2_image *image, size_t len)
{
	uint64_t least = image->kdump ? UNPACK_MIN : READ_MIN;
	uint64_t cost = len < least ? least : len;

	image->reads++;
	if (image->live)
		return 0;
	if (cost > image->budget)
		return -ELOOP;
	image->budget -= cost;
	return 0;
}

static int read_segment(struct s2_image *image, const struct s2_segment *seg,
			uint64_t offset, void *buf, size_t len)
{
	if (!seg || offset >= seg->bytes || len > seg->bytes - offset)
		return -EFAULT;
	return spend(image, len) ? -ELOOP :
		s2_image_read(image, seg->off + offset, buf, len);
}

int s2_image_phys(struct s2_image *image, uint64_t pa, void *buf, size_t len)
{
	const struct s2_segment *seg;

	if (image->kdump)
		return spend(image, len) ? -ELOOP :
			s2_kdump_read(image->kdump, pa, buf, len);
	seg = find(image->by_pa, image->phys, &image->last_pa, true, pa);
	return read_segment(image, seg, seg ? pa - seg->pa : 0, buf, len);
}

/* Walks the kernel's page table as the CPU does */
static int translate(struct s2_image *image, uint64_t va)
{
	unsigned int bits = image->page_shift - 3;
	unsigned int levels = (image->va_bits - image->page_shift + bits - 1) / bits;
	uint64_t table = image->pgd, pte;

	if (levels > LEVELS_MAX || ~va >> image->va_bits)
		return -EFAULT;
	for (unsigned int level = levels; level--;) {
		unsigned int shift = image->page_shift + level * bits;
		uint64_t index = (va & ((1ull << image->va_bits) - 1)) >> shift;
		int err;

		if (level != levels - 1)
			index &= (1ull << bits) - 1;
		err = s2_image_phys(image, table + index * 8, &pte, 8);
		if (err)
			return err;
		if (!(pte & PTE_VALID))
			return -EFAULT;
		table = s2_pte_address(pte, image->page_shift, image->lpa2);
		if (level && (pte & PTE_TABLE))
			continue;
		image->last.bytes = 1ull << shift;
		image->last.va = va & ~(image->last.bytes - 1);
		image->last.pa = table & ~(image->last.bytes - 1);
		return 0;
	}
	return -EFAULT;
}

static int read_translated(struct s2_image *image, uint64_t va, char *buf,
			   size_t len)
{
	while (len) {
		struct s2_translated *t = &image->last;
		size_t part;
		int err = 0;

		if (va - t->va >= t->bytes)
			err = translate(image, va);
		if (err)
			return err;
		part = t->bytes - (va - t->va);
		if (part > len)
			part = len;
		err = s2_image_phys(image, t->pa + (va - t->va), buf, part);
		if (err)
			return err;
		va += part;
		buf += part;
		len -= part;
	}
	return 0;
}

int s2_image_virt(struct s2_image *image, uint64_t va, void *buf, size_t len)
{
	const struct s2_segment *seg;

	if (va + len < va)
		return -EFAULT;
	if (!image->live)
		return read_translated(image, va, buf, len);
	seg = find(image->by_va, image->count, &image->last_va, false, va);
	return read_segment(image, seg, seg ? va - seg->va : 0, buf, len);
}

/* ------------------------------------------------------------- VMCOREINFO */

bool s2_image_text(const struct s2_image *image, const char *key, char *buf,
		   size_t size)
{
	size_t len = strlen(key);

	for (const char *line = image->info; line && *line;) {
		const char *end = strchrnul(line, '\n');

		if ((size_t)(end - line) > len && line[len] == '=' &&
		    !memcmp(line, key, len)) {
			size_t value = (size_t)(end - line) - len - 1;

			if (value >= size)
				return false;
			memcpy(buf, line + len + 1, value);
			buf[value] = '\0';
			return true;
		}
		line = *end ? end + 1 : end;
	}
	return false;
}

bool s2_image_number(const struct s2_image *image, const char *kind,
		     const char *name, uint64_t *num)
{
	bool hex = !strcmp(kind, "SYMBOL");
	char key[96], text[40], *end;

	snprintf(key, sizeof(key), "%s(%s)", kind, name);
	if (!s2_image_text(image, key, text, sizeof(text)) || !*text)
		return false;
	errno = 0;
	*num = strtoull(text, &end, hex ? 16 : 0);
	return !errno && !*end;
}
