// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory of a kernel by physical and by virtual address */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/core/image.h"
#include "source/core/kdump.h"

#define PTE_VALID	1u
#define PTE_TABLE	2u
#define LEVELS_MAX	5

/* Of the budget: what a dump holds so many times, and what the smallest may take */
#define BUDGET_TIMES	16
#define BUDGET_MIN	(1ull << 30)
/* A read costs something, however little it reads */
#define READ_MIN	64u

int s2_image_read(const struct s2_image *image, uint64_t off, void *buf,
		  size_t len)
{
	size_t done = 0;

	if (off > INT64_MAX - len)
		return -ENODATA;
	while (done < len) {
		ssize_t n = image->pread(image->fd, (char *)buf + done,
					 len - done, (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
		done += (size_t)n;
	}
	return 0;
}

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
	uint64_t cost = len < READ_MIN ? READ_MIN : len;

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

/* The address in an entry of the kernel's own page table */
static uint64_t entry_address(const struct s2_image *image, uint64_t pte)
{
	uint64_t pa = pte & ((1ull << (image->lpa2 ? 50 : 48)) -
			     (1ull << image->page_shift));

	if (image->lpa2)
		return pa | (pte >> 8 & 3) << 50;
	if (image->page_shift == 16)
		return pa | (pte >> 12 & 15) << 48;
	return pa;
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
		table = entry_address(image, pte);
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

/* ---------------------------------------------------------------- opening */

static int read_page_shift(struct s2_image *image)
{
	char text[24];
	unsigned long size = 0;

	if (s2_image_text(image, "PAGESIZE", text, sizeof(text)))
		size = strtoul(text, NULL, 10);
	if (size != 4096 && size != 16384 && size != 65536)
		return s2_fail(image->ctx, -ENODATA,
			       "%s: its VMCOREINFO does not say a page size of an arm64 kernel",
			       image->name);
	image->page_shift = (unsigned int)__builtin_ctzl(size);
	return 0;
}

/* Where the kernel's own page table is, and what its entries are like */
static int read_translation(struct s2_image *image)
{
	uint64_t t1sz, va_bits = 48, voffset;

	if (!s2_image_number(image, "SYMBOL", "swapper_pg_dir", &image->pgd) ||
	    !s2_image_number(image, "NUMBER", "kimage_voffset", &voffset))
		return s2_fail(image->ctx, -ENODATA,
			       "%s: its VMCOREINFO does not say where the page table of an arm64 kernel is",
			       image->name);
	image->pgd -= voffset;
	s2_image_number(image, "NUMBER", "VA_BITS", &va_bits);
	/* What the CPU uses may be less than what the kernel was built for */
	if (s2_image_number(image, "NUMBER", "TCR_EL1_T1SZ", &t1sz) && t1sz < 64)
		va_bits = 64 - t1sz;
	if (va_bits < 36 || va_bits > 52)
		return s2_fail(image->ctx, -ENODATA,
			       "%s: its VMCOREINFO says addresses of %llu bits, which no arm64 kernel has",
			       image->name, (unsigned long long)va_bits);
	image->va_bits = (unsigned int)va_bits;
	image->lpa2 = va_bits == 52 && image->page_shift < 16;
	return 0;
}

/* Holes hold nothing; a compressed page is at most so much larger than its data */
static void set_budget(struct s2_image *image)
{
	uint64_t stored;
	struct stat st;

	if (fstat(image->fd, &st))
		return;
	stored = (uint64_t)st.st_blocks * 512;
	image->budget = BUDGET_MIN +
		stored * BUDGET_TIMES * (image->kdump ? BUDGET_TIMES : 1);
}

static int open_dump(struct s2_image *image)
{
	int err = s2_image_elf(image);

	if (err == -ENOEXEC)
		err = s2_kdump_open(image);
	if (!err)
		set_budget(image);
	if (!err && !image->info)
		err = s2_image_find_info(image);
	return err;
}

int s2_image_open(struct s2_image *image, struct s2_ctx *ctx, int fd,
		  const char *name, bool live)
{
	int err;

	memset(image, 0, sizeof(*image));
	image->ctx = ctx;
	image->fd = fd;
	image->name = name;
	image->live = live;
	image->pread = pread;
	err = live ? s2_image_elf(image) : open_dump(image);
	if (err == -ENOEXEC && live)
		err = s2_fail(ctx, err, "%s: not an ELF file", name);
	if (!err && !image->info)
		err = s2_fail(ctx, -ENODATA,
			      "%s: no VMCOREINFO in it: kernels before 6.0, and those without CONFIG_VMCORE_INFO, do not say where their data are",
			      name);
	if (!err)
		err = read_page_shift(image);
	if (!err && !live)
		err = read_translation(image);
	if (err)
		s2_image_close(image);
	return err;
}

void s2_image_close(struct s2_image *image)
{
	s2_kdump_close(image->kdump);
	free(image->by_va);
	free(image->by_pa);
	free(image->info);
	free(image->task);
	memset(image, 0, sizeof(*image));
}
