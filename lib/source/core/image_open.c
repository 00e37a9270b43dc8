// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening the memory of a kernel, in whatever form it is */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/core/image.h"
#include "source/core/kdump.h"

/* Of the budget: what a dump holds so many times, and what the smallest may take */
#define BUDGET_TIMES	16
#define BUDGET_MIN	(1ull << 30)
/* Entries of a dump that is hardly larger than its headers */
#define LEAVES_MIN	65536u
/* How much larger memory is than what was made of it */
#define UNPACKED_TIMES	64

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
	image->leaves = LEAVES_MIN + stored / 8 *
		(image->kdump ? UNPACKED_TIMES : 1);
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

bool s2_image_is_dump(int fd)
{
	char magic[SELFMAG];

	return (pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
		!memcmp(magic, ELFMAG, sizeof(magic))) ||
	       s2_kdump_kind(fd) != S2_KDUMP_NONE;
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
	image->patience = S2_PATIENCE;
	image->leaves = UINT64_MAX;
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
