/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tiny kernel: its memory, put together by hand, with all that leads to two VMs.
 *
 * Where each member is and what each entry of a page table says is written down here and
 * in tiny.c, not taken from the reader that is tested.
 */
#ifndef TINY_H
#define TINY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "source/core/reader.h"

#define TINY_BYTES	(4u << 20)
#define TINY_PA		0x40000000ull
#define TINY_VA		0xffff800080000000ull

/* Memory of the kernel's that is not in its memory map: a BAR */
#define TINY_BAR	0x8000000000ull

/**
 * struct tiny - the memory, and where in it things are (physical addresses)
 * @mem: TINY_BYTES of it; all zero where nothing is
 * @used: bytes from its beginning that are in use
 * @info: VMCOREINFO
 * @kvm: the two VMs
 * @slots, @slots2: the VM's set of slots, and room for another
 * @slot: slots of the first VM: 0 is RAM of 4 MiB, 1 a BAR of 2 MiB
 * @root, @l2, @l3: its page table; @l3 maps the first 2 MiB of slot 0
 * @l2_bar: and that of the BAR
 * @mm, @node, @vma: its VMM's mappings
 * @fds: descriptors of the VMM: 5 and 6 are its VMs
 * @vm_list, @init_task: variables
 */
struct tiny {
	unsigned char *mem;
	size_t used;
	char info[8192];
	uint64_t kvm[2];
	uint64_t slots[2];
	uint64_t slots2;
	uint64_t slot[2];
	uint64_t root;
	uint64_t l2;
	uint64_t l3;
	uint64_t l2_bar;
	uint64_t mm;
	uint64_t node;
	uint64_t vma[2];
	uint64_t fds;
	uint64_t vm_list;
	uint64_t init_task;
};

/* Symbols that it does not have: a kernel without CONFIG_KALLSYMS_ALL */
#define TINY_NO_DATA	(1u << 0)
/* Without a note: VMCOREINFO stands in memory only */
#define TINY_NO_NOTE	(1u << 1)
/* One in which KVM does not run, and one that has none */
#define TINY_GUEST	(1u << 3)
#define TINY_NO_KVM	(1u << 4)
/* For a reader that takes it for /proc/kcore */
#define TINY_LIVE	(1u << 2)

void tiny_make(struct tiny *tiny, unsigned int flags);
void tiny_free(struct tiny *tiny);

/* Room in its memory.  Return: a physical address */
uint64_t tiny_take(struct tiny *tiny, size_t bytes, size_t align);

/* tiny-btf.c.  Return: where its BTF begins; its length in *bytes */
uint64_t tiny_btf(struct tiny *tiny, unsigned int flags, size_t *bytes);

/* A file of it; *size, if not NULL: its length.  Return: a descriptor */
int tiny_file(const struct tiny *tiny, unsigned int flags, size_t *size);

/* Where its memory begins in that file */
#define TINY_OFF	16384

uint64_t tiny_get(const struct tiny *tiny, uint64_t pa);
void tiny_put(struct tiny *tiny, uint64_t pa, uint64_t value, size_t bytes);
static inline void tiny_put64(struct tiny *tiny, uint64_t pa, uint64_t value)
{
	tiny_put(tiny, pa, value, 8);
}

static inline uint64_t tiny_va(uint64_t pa)
{
	return pa - TINY_PA + TINY_VA;
}

/* Members, in bytes from the beginning of their structure */
enum {
	TINY_KVM_MM = 8, TINY_KVM_MEMSLOTS = 16, TINY_KVM_LIST = 32,
	TINY_KVM_VCPUS = 48, TINY_KVM_PID = 52, TINY_KVM_SEQ = 56,
	TINY_KVM_IN_PROGRESS = 64, TINY_KVM_ARCH = 80, TINY_KVM_BYTES = 256,
	TINY_ARCH_MMU = 8, TINY_ARCH_FLAGS = 80,
	TINY_MMU_PGD_PHYS = 16, TINY_MMU_VTCR = 24, TINY_MMU_PGT = 32,
	TINY_SLOTS_GENERATION = 0, TINY_SLOTS_TREE = 8, TINY_SLOTS_INDEX = 16,
	TINY_SLOT_NODE = 0, TINY_SLOT_GFN = 48, TINY_SLOT_NPAGES = 56,
	TINY_SLOT_HVA = 64, TINY_SLOT_FLAGS = 72, TINY_SLOT_ID = 76,
	TINY_VMA_START = 0, TINY_VMA_END = 8, TINY_VMA_MM = 16,
	TINY_VMA_PROT = 24, TINY_VMA_FLAGS = 32,
};

/* Entries of stage 2, by hand: Arm ARM, D8.3 (VMSAv8-64 descriptors), with FEAT_S2FWB */
#define TINY_TABLE(pa)	((pa) | 3)
#define TINY_WB		(6ull << 2)	/* MemAttr 0b0110 */
#define TINY_NC		(5ull << 2)
#define TINY_DEVICE	(1ull << 2)
#define TINY_RW		(3ull << 6)
#define TINY_XN		(2ull << 53)
#define TINY_AF		(1ull << 10)
#define TINY_PAGE(pa, attr)	((pa) | TINY_AF | (attr) | 3)
#define TINY_BLOCK(pa, attr)	((pa) | TINY_AF | (attr) | 1)

#endif /* TINY_H */
