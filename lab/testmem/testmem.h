/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/testmem: memory of the lab that a program may map as it likes.
 *
 * Open it, say with TESTMEM_SETUP what the next mmap() is to be, and mmap() it.
 * The offset of the mmap() is one into the region.
 */
#ifndef TESTMEM_H
#define TESTMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Where the memory lies, see lab/run --regions. */
enum testmem_region {
	TESTMEM_RESERVED,	/* in the memory map up to TESTMEM_MAPPED, ... */
	TESTMEM_NO_STRUCT,	/* not in it, and without struct pages */
};

/*
 * The first 3 MiB of TESTMEM_RESERVED are in the linear map; what follows is
 * no-map: with struct pages, but without an alias.  So 2 to 4 MiB would fit a
 * block, half of it of either kind.
 */
#define TESTMEM_MAPPED		(3u << 20)

enum testmem_prot {
	TESTMEM_WB,		/* Normal write-back */
	TESTMEM_NC,		/* pgprot_writecombine() */
	TESTMEM_DEVICE,		/* pgprot_device() */
	TESTMEM_NGNRNE,		/* pgprot_noncached() */
};

#define TESTMEM_IO		(1u << 0)	/* VM_IO */
#define TESTMEM_ANY_UNCACHED	(1u << 1)	/* VM_ALLOW_ANY_UNCACHED */
#define TESTMEM_BLOCKS		(1u << 2)	/* map blocks where they fit */

struct testmem_setup {
	__u32 region;
	__u32 prot;
	__u32 flags;
	__u32 pad;
};

/* How many references the page (or folio) behind an address has. */
struct testmem_refs {
	__u64 addr;
	__s64 refs;
};

#define TESTMEM_SETUP	_IOW('t', 0xe0, struct testmem_setup)
#define TESTMEM_REFS	_IOWR('t', 0xe1, struct testmem_refs)

/*
 * Sit on the caller's mmap_lock, as a driver may whose mmap() waits for somebody,
 * until 0 is written to /sys/module/testmem/parameters/sitting; that is 1 meanwhile.
 */
#define TESTMEM_SIT	_IO('t', 0xe2)

#endif /* TESTMEM_H */
