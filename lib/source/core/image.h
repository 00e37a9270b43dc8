/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory of a kernel: of the running one (/proc/kcore), or in a dump.
 *
 * Everything in it may be wrong: the header of a dump is its writer's, and the memory
 * of a running kernel changes while it is read.  What cannot be read is an error
 * of the one who asked, never zero.
 */
#ifndef S2_CORE_IMAGE_H
#define S2_CORE_IMAGE_H

#include <sys/types.h>

#include "base/ctx.h"

#define S2_NO_PHYS	UINT64_MAX

struct s2_kdump;

/* Memory that follows on in the file, virtually and physically */
struct s2_segment {
	uint64_t va;
	uint64_t pa;		/* S2_NO_PHYS: it has no physical address */
	uint64_t bytes;
	uint64_t off;
};

/* The last address that was translated, and how far around it that holds */
struct s2_translated {
	uint64_t va;
	uint64_t pa;
	uint64_t bytes;
};

/**
 * struct s2_image - memory of a kernel
 * @ctx: for error texts
 * @name: of the file
 * @fd: the file
 * @live: /proc/kcore, which has virtual addresses as the kernel has them
 * @by_va: segments in order of virtual address; of a running kernel
 * @by_pa: those with a physical address, in order of that
 * @count: of @by_va
 * @phys: of @by_pa
 * @info: VMCOREINFO, lines of text with a NUL behind them
 * @task: of a running kernel: a copy of the task_struct of whoever reads
 * @task_bytes: its size
 * @kdump: a dump that libkdumpfile reads, or NULL
 * @page_shift: log2 of the kernel's page size
 * @va_bits: width of the kernel's addresses
 * @lpa2: its page tables hold addresses of 52 bits in pages of 4 or 16 KiB
 * @pgd: physical address of its page table; of dumps
 * @pread: pread(2); a test puts another in its place, to change what is read meanwhile
 * @reads: how often it was read
 * @patience: reads that may still be spent on what must be read again because it changed;
 *	see s2_image_again()
 * @leaves: entries of stage-2 tables that may still be met: a dump has no more of them
 *	than bytes for them
 * @budget: bytes that may still be read: what a dump holds, many times over.  Whoever
 *	goes round in a circle comes to its end
 * @last: for translating
 * @last_pa: index into @by_pa
 */
struct s2_image {
	struct s2_ctx *ctx;
	const char *name;
	int fd;
	bool live;
	struct s2_segment *by_va;
	struct s2_segment *by_pa;
	size_t count;
	size_t phys;
	size_t last_va;
	size_t last_pa;
	char *info;
	unsigned char *task;
	size_t task_bytes;
	struct s2_kdump *kdump;
	unsigned int page_shift;
	unsigned int va_bits;
	bool lpa2;
	uint64_t pgd;
	ssize_t (*pread)(int fd, void *buf, size_t len, off_t off);
	uint64_t reads;
	uint64_t patience;
	uint64_t leaves;
	uint64_t budget;
	struct s2_translated last;
};

/*
 * Reads the headers of @fd, which stays the caller's.  @name must live as long.
 * Return: 0; -ENOEXEC for what is not a kernel's memory, -ENODATA for what does not
 * tell where things are, -EOPNOTSUPP for another architecture, or -errno; with a
 * text
 */
int s2_image_open(struct s2_image *image, struct s2_ctx *ctx, int fd,
		  const char *name, bool live);
void s2_image_close(struct s2_image *image);

/* Whether a file begins as dumps do, whatever else is in it */
bool s2_image_is_dump(int fd);

/* Return: 0; -EFAULT: there is nothing; -ELOOP: @budget; -EIO, -ENODATA: it cannot be read */
int s2_image_phys(struct s2_image *image, uint64_t pa, void *buf, size_t len);
int s2_image_virt(struct s2_image *image, uint64_t va, void *buf, size_t len);

/* A line of VMCOREINFO, "KEY=VALUE".  Return: whether there is one that fits */
bool s2_image_text(const struct s2_image *image, const char *key, char *buf,
		   size_t size);

/* "SYMBOL(name)=" and the like; symbols are hexadecimal.  Return: whether it is there */
bool s2_image_number(const struct s2_image *image, const char *kind,
		     const char *name, uint64_t *num);

/* Of one list of VMs and all that is read of them: some 4 seconds */
#define S2_PATIENCE	1000000u

/*
 * Whether something that changed while it was read may be read again, after a moment:
 * after less than @tries, and while there is patience left, which nobody can use up alone
 * for long.  @since: @reads when it was begun
 */
bool s2_image_again(struct s2_image *image, uint64_t since, int try, int tries);

/* The address in an entry of a page table.  @lpa2: of 52 bits, in pages of 4 or 16 KiB */
static inline uint64_t s2_pte_address(uint64_t pte, unsigned int page_shift,
				      bool lpa2)
{
	uint64_t pa = pte & ((1ull << (lpa2 ? 50 : 48)) - (1ull << page_shift));

	if (lpa2)
		return pa | (pte >> 8 & 3) << 50;
	return page_shift == 16 ? pa | (pte >> 12 & 15) << 48 : pa;
}

/* image_elf.c: headers and notes of an ELF file.  -ENOEXEC without a text: it is none */
int s2_image_elf(struct s2_image *image);

/* image_info.c: VMCOREINFO in memory, for a dump that has no note of it */
int s2_image_find_info(struct s2_image *image);

/* image_read.c: a part of the file.  Return: 0, -ENODATA behind its end, or -errno */
int s2_image_read(const struct s2_image *image, uint64_t off, void *buf,
		  size_t len);

#endif /* S2_CORE_IMAGE_H */
