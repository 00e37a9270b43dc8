// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tiny.h"

uint64_t tiny_get(const struct tiny *tiny, uint64_t pa)
{
	uint64_t value;

	memcpy(&value, tiny->mem + (pa - TINY_PA), 8);
	return value;
}

void tiny_put(struct tiny *tiny, uint64_t pa, uint64_t value, size_t bytes)
{
	memcpy(tiny->mem + (pa - TINY_PA), &value, bytes);
}

uint64_t tiny_take(struct tiny *tiny, size_t bytes, size_t align)
{
	size_t at = (tiny->used + align - 1) & ~(align - 1);

	assert(at + bytes <= TINY_BYTES);
	tiny->used = at + bytes;
	return TINY_PA + at;
}

static uint64_t take_bytes(struct tiny *tiny, const void *data, size_t bytes)
{
	uint64_t pa = tiny_take(tiny, bytes, 16);

	memcpy(tiny->mem + (pa - TINY_PA), data, bytes);
	return pa;
}

static void put_va(struct tiny *tiny, uint64_t pa, uint64_t to)
{
	tiny_put64(tiny, pa, tiny_va(to));
}

/* ----------------------------------------------------------------- symbols */

#define COUNT(a)	(sizeof(a) / sizeof(*(a)))

struct symbol {
	const char *name;	/* with its type in front */
	uint64_t pa;
};

static void add_info(struct tiny *tiny, const char *kind, const char *name,
		     uint64_t value)
{
	size_t len = strlen(tiny->info);

	snprintf(tiny->info + len, sizeof(tiny->info) - len,
		 !strcmp(kind, "SYMBOL") ? "%s(%s)=%llx\n" : "%s(%s)=0x%llx\n",
		 kind, name, (unsigned long long)value);
}

/* A token for each character */
static void make_symbols(struct tiny *tiny, const struct symbol *sym,
			 size_t count)
{
	uint64_t tokens = tiny_take(tiny, 512, 16), index = tiny_take(tiny, 512, 16);
	uint64_t names, offsets, base = tiny_take(tiny, 8, 8), num;
	unsigned char text[2048];
	size_t len = 0;

	for (unsigned int i = 1; i < 256; i++) {
		tiny_put(tiny, tokens + i * 2, i, 2);
		tiny_put(tiny, index + i * 2, i * 2, 2);
	}
	for (size_t i = 0; i < count; i++) {
		text[len++] = (unsigned char)strlen(sym[i].name);
		memcpy(text + len, sym[i].name, strlen(sym[i].name));
		len += strlen(sym[i].name);
	}
	names = take_bytes(tiny, text, len);
	/* A table is followed by more of the kernel */
	tiny_take(tiny, 65536, 16);
	offsets = tiny_take(tiny, count * 4, 16);
	for (size_t i = 0; i < count; i++)
		tiny_put(tiny, offsets + i * 4, sym[i].pa - TINY_PA, 4);
	tiny_put64(tiny, base, TINY_VA);
	num = tiny_take(tiny, 4, 4);
	tiny_put(tiny, num, count, 4);
	add_info(tiny, "SYMBOL", "kallsyms_names", tiny_va(names));
	add_info(tiny, "SYMBOL", "kallsyms_num_syms", tiny_va(num));
	add_info(tiny, "SYMBOL", "kallsyms_token_table", tiny_va(tokens));
	add_info(tiny, "SYMBOL", "kallsyms_token_index", tiny_va(index));
	add_info(tiny, "SYMBOL", "kallsyms_offsets", tiny_va(offsets));
	add_info(tiny, "SYMBOL", "kallsyms_relative_base", tiny_va(base));
}

/* ---------------------------------------------------------------- a process */

static uint64_t make_vma(struct tiny *tiny, uint64_t start, uint64_t bytes,
			 uint64_t prot, uint64_t flags)
{
	uint64_t at = tiny_take(tiny, 64, 16);

	tiny_put64(tiny, at + TINY_VMA_START, start);
	tiny_put64(tiny, at + TINY_VMA_END, start + bytes);
	put_va(tiny, at + TINY_VMA_MM, tiny->mm);
	tiny_put64(tiny, at + TINY_VMA_PROT, prot);
	tiny_put64(tiny, at + TINY_VMA_FLAGS, flags);
	return at;
}

/* Behind slot 0 at 256 MiB, and behind slot 1, VM_IO and VM_PFNMAP, device, at 512 MiB */
static void make_mappings(struct tiny *tiny)
{
	const uint64_t pivots[] = { 0xfffffff, 0x103fffff, 0x1fffffff,
				    0x201fffff, UINT64_MAX };

	tiny->mm = tiny_take(tiny, 64, 64);
	tiny->node = tiny_take(tiny, 256, 256);
	tiny->vma[0] = make_vma(tiny, 0x10000000, 4u << 20, 0 << 2, 0x73);
	tiny->vma[1] = make_vma(tiny, 0x20000000, 2u << 20, 4 << 2, 0x4400);
	for (size_t i = 0; i < COUNT(pivots); i++)
		tiny_put64(tiny, tiny->node + 8 + i * 8, pivots[i]);
	put_va(tiny, tiny->node + 128 + 8, tiny->vma[0]);
	put_va(tiny, tiny->node + 128 + 24, tiny->vma[1]);
	/* maple_leaf_64 is type 1; a root has bit 1 */
	tiny_put64(tiny, tiny->mm + 8, tiny_va(tiny->node) | 1 << 3 | 2);
	tiny_put(tiny, tiny->mm + 24, 3, 4);
}

/* Two processes: init and a VMM with descriptor 5 and 6 on the VMs */
static void make_tasks(struct tiny *tiny, uint64_t ioctl)
{
	uint64_t vmm = tiny_take(tiny, 64, 16), files = tiny_take(tiny, 8, 8);
	uint64_t fdt = tiny_take(tiny, 16, 8), fds = tiny_take(tiny, 64, 8);
	uint64_t op = tiny_take(tiny, 16, 8);

	tiny->init_task = tiny_take(tiny, 64, 16);
	strcpy((char *)tiny->mem + (tiny->init_task - TINY_PA), "swapper/0");
	strcpy((char *)tiny->mem + (vmm - TINY_PA), "vmm");
	tiny_put(tiny, vmm + 16, 77, 4);
	put_va(tiny, vmm + 24, vmm);
	tiny_put64(tiny, vmm + 32, 1230000000);
	put_va(tiny, tiny->init_task + 40, vmm + 40);
	put_va(tiny, tiny->init_task + 48, vmm + 40);
	put_va(tiny, vmm + 40, tiny->init_task + 40);
	put_va(tiny, vmm + 48, tiny->init_task + 40);
	put_va(tiny, vmm + 56, files);
	put_va(tiny, files, fdt);
	tiny_put(tiny, fdt, 8, 4);
	put_va(tiny, fdt + 8, fds);
	tiny->fds = fds;
	put_va(tiny, op + 8, ioctl);
	for (int i = 0; i < 2; i++) {
		uint64_t file = tiny_take(tiny, 32, 8);

		put_va(tiny, file, op);
		put_va(tiny, file + 8, tiny->kvm[i]);
		put_va(tiny, fds + (5 + (uint64_t)i) * 8, file);
	}
	put_va(tiny, tiny->mm + 32, vmm);
}

/* --------------------------------------------------------------------- VMs */

static uint64_t make_slot(struct tiny *tiny, unsigned int id, uint64_t gpa,
			  uint64_t bytes, uint64_t hva)
{
	uint64_t at = tiny_take(tiny, 80, 16);

	tiny_put64(tiny, at + TINY_SLOT_GFN, gpa >> 12);
	tiny_put64(tiny, at + TINY_SLOT_NPAGES, bytes >> 12);
	tiny_put64(tiny, at + TINY_SLOT_HVA, hva);
	tiny_put(tiny, at + TINY_SLOT_ID, id, 2);
	return at;
}

/* 40 bits from level 1: two tables, one behind the other */
static void make_tables(struct tiny *tiny)
{
	tiny->root = tiny_take(tiny, 8192, 8192);
	tiny->l2 = tiny_take(tiny, 4096, 4096);
	tiny->l3 = tiny_take(tiny, 4096, 4096);
	tiny->l2_bar = tiny_take(tiny, 4096, 4096);
	tiny_put64(tiny, tiny->root + 1 * 8, TINY_TABLE(tiny->l2));
	tiny_put64(tiny, tiny->root + 512 * 8, TINY_TABLE(tiny->l2_bar));
	/* 16 pages, each elsewhere; then a block */
	tiny_put64(tiny, tiny->l2, TINY_TABLE(tiny->l3));
	for (uint64_t i = 0; i < 16; i++)
		tiny_put64(tiny, tiny->l3 + i * 8,
			   TINY_PAGE(TINY_PA + (i ^ 5) * 4096,
				     TINY_WB | TINY_RW));
	tiny_put64(tiny, tiny->l2 + 8,
		   TINY_BLOCK(TINY_PA + 0x200000, TINY_WB | TINY_RW | TINY_XN));
	tiny_put64(tiny, tiny->l2_bar,
		   TINY_BLOCK(TINY_BAR, TINY_DEVICE | TINY_RW | TINY_XN));
}

static uint64_t make_vm(struct tiny *tiny, uint64_t mm, uint64_t slots)
{
	uint64_t kvm = tiny_take(tiny, TINY_KVM_BYTES, 64);
	uint64_t pgt = tiny_take(tiny, 32, 16);
	uint64_t mmu = kvm + TINY_KVM_ARCH + TINY_ARCH_MMU;

	put_va(tiny, kvm + TINY_KVM_MM, mm);
	put_va(tiny, kvm + TINY_KVM_MEMSLOTS, slots);
	tiny_put(tiny, kvm + TINY_KVM_VCPUS, 2, 4);
	tiny_put(tiny, kvm + TINY_KVM_PID, 78, 4);
	tiny_put64(tiny, kvm + TINY_KVM_SEQ, 7);
	tiny_put(tiny, pgt, 40, 4);
	tiny_put(tiny, pgt + 4, 1, 1);
	tiny_put64(tiny, mmu + TINY_MMU_PGD_PHYS, tiny->root);
	tiny_put64(tiny, mmu + TINY_MMU_VTCR, 64 - 40);
	put_va(tiny, mmu + TINY_MMU_PGT, pgt);
	return kvm;
}

/* The first VM has two slots, the second none */
static void make_vms(struct tiny *tiny)
{
	uint64_t node;

	make_tables(tiny);
	make_mappings(tiny);
	for (int i = 0; i < 2; i++)
		tiny->slots[i] = tiny_take(tiny, 32, 16);
	tiny->slots2 = tiny_take(tiny, 32, 16);
	tiny->slot[0] = make_slot(tiny, 0, 0x40000000, 4u << 20, 0x10000000);
	tiny->slot[1] = make_slot(tiny, 1, 0x8000000000, 2u << 20, 0x20000000);
	/* The set that is in use has the nodes with number 1 */
	tiny_put64(tiny, tiny->slots[0] + TINY_SLOTS_GENERATION, 4);
	tiny_put(tiny, tiny->slots[0] + TINY_SLOTS_INDEX, 1, 4);
	node = tiny->slot[0] + 24;
	put_va(tiny, tiny->slots[0] + TINY_SLOTS_TREE, node);
	put_va(tiny, node + 8, tiny->slot[1] + 24);
	/* The next one has only the first, with number 0 */
	tiny_put64(tiny, tiny->slots2 + TINY_SLOTS_GENERATION, 5);
	put_va(tiny, tiny->slots2 + TINY_SLOTS_TREE, tiny->slot[0]);
	tiny->kvm[0] = make_vm(tiny, tiny->mm, tiny->slots[0]);
	tiny->kvm[1] = make_vm(tiny, tiny->mm, tiny->slots[1]);
	/* The newest first */
	tiny->vm_list = tiny_take(tiny, 16, 16);
	put_va(tiny, tiny->vm_list, tiny->kvm[1] + TINY_KVM_LIST);
	put_va(tiny, tiny->kvm[1] + TINY_KVM_LIST,
	       tiny->kvm[0] + TINY_KVM_LIST);
	put_va(tiny, tiny->kvm[0] + TINY_KVM_LIST, tiny->vm_list);
	put_va(tiny, tiny->vm_list + 8, tiny->kvm[0] + TINY_KVM_LIST);
	put_va(tiny, tiny->kvm[0] + TINY_KVM_LIST + 8,
	       tiny->kvm[1] + TINY_KVM_LIST);
	put_va(tiny, tiny->kvm[1] + TINY_KVM_LIST + 8, tiny->vm_list);
}

/* -------------------------------------------------------------------- host */

/* The kernel's own table: two blocks of 2 MiB */
static uint64_t make_kernel_table(struct tiny *tiny)
{
	uint64_t l0 = tiny_take(tiny, 4096, 4096), l1 = tiny_take(tiny, 4096, 4096);
	uint64_t l2 = tiny_take(tiny, 4096, 4096);

	tiny_put64(tiny, l0 + 256 * 8, TINY_TABLE(l1));
	tiny_put64(tiny, l1 + 2 * 8, TINY_TABLE(l2));
	tiny_put64(tiny, l2, TINY_PA | 1);
	tiny_put64(tiny, l2 + 8, (TINY_PA + 0x200000) | 1);
	return l0;
}

/* With FEAT_S2FWB, without DIC */
static uint64_t make_registers(struct tiny *tiny)
{
	uint64_t regs = tiny_take(tiny, 48, 16), mmfr2 = tiny_take(tiny, 8, 8);
	uint64_t ctr = tiny_take(tiny, 8, 8);

	tiny_put64(tiny, mmfr2, 1ull << 40);
	tiny_put64(tiny, ctr, 1ull << 28);
	tiny_put(tiny, regs, 0x180000, 4);
	tiny_put(tiny, regs + 16, 0x180740, 4);
	put_va(tiny, regs + 24, mmfr2);
	tiny_put(tiny, regs + 32, 0x1b0020, 4);
	put_va(tiny, regs + 40, ctr);
	return regs;
}

static uint64_t make_memblock(struct tiny *tiny)
{
	uint64_t memblock = tiny_take(tiny, 16, 16), regions = tiny_take(tiny, 48, 16);

	tiny_put64(tiny, memblock, 2);
	put_va(tiny, memblock + 8, regions);
	tiny_put64(tiny, regions, TINY_PA);
	tiny_put64(tiny, regions + 8, TINY_BYTES);
	/* no-map */
	tiny_put64(tiny, regions + 24, TINY_PA + TINY_BYTES);
	tiny_put64(tiny, regions + 32, 0x100000);
	tiny_put(tiny, regions + 40, 4, 4);
	return memblock;
}

void tiny_make(struct tiny *tiny, unsigned int flags)
{
	uint64_t table, btf, ioctl, mode, runs;
	size_t bytes;

	memset(tiny, 0, sizeof(*tiny));
	tiny->mem = calloc(1, TINY_BYTES);
	assert(tiny->mem);
	tiny_take(tiny, 4096, 4096);
	snprintf(tiny->info, sizeof(tiny->info),
		 "OSRELEASE=6.12.1-tiny\nPAGESIZE=4096\n");
	table = make_kernel_table(tiny);
	add_info(tiny, "SYMBOL", "swapper_pg_dir", tiny_va(table));
	add_info(tiny, "SYMBOL", "_stext", TINY_VA);
	add_info(tiny, "NUMBER", "kimage_voffset", TINY_VA - TINY_PA);
	add_info(tiny, "NUMBER", "VA_BITS", 48);
	make_vms(tiny);
	ioctl = tiny_take(tiny, 16, 16);
	mode = tiny_take(tiny, 4, 4);
	runs = tiny_take(tiny, 1, 1);
	tiny_put(tiny, runs, !(flags & TINY_GUEST), 1);
	make_tasks(tiny, ioctl);
	btf = tiny_btf(tiny, flags, &bytes);
	const struct symbol all[] = {
		{ "Tkvm_vm_ioctl", ioctl },
		{ "D__start_BTF", btf }, { "D__stop_BTF", btf + bytes },
		{ "Dvm_list", tiny->vm_list }, { "Dinit_task", tiny->init_task },
		{ "Dmemblock", make_memblock(tiny) }, { "Dkvm_mode", mode },
		{ "darm64_ftr_regs", make_registers(tiny) },
		{ "Tkvm_vm_ioctl_check", ioctl },
		{ "bkvm_arm_initialised", runs },
	};

	/* Without data a kernel has the BTF's symbols all the same here: see search() */
	make_symbols(tiny, all, flags & TINY_NO_DATA ? 3 : COUNT(all));
	if (flags & TINY_NO_NOTE)
		take_bytes(tiny, tiny->info, strlen(tiny->info) + 1);
}

void tiny_free(struct tiny *tiny)
{
	free(tiny->mem);
}

static void append(int fd, off_t off, const void *data, size_t len)
{
	assert(pwrite(fd, data, len, off) == (ssize_t)len);
}

int tiny_file(const struct tiny *tiny, unsigned int flags, size_t *size)
{
	size_t info = strlen(tiny->info);
	const Elf64_Ehdr eh = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_CORE, .e_machine = EM_AARCH64, .e_version = 1,
		.e_phoff = 64, .e_ehsize = 64, .e_phentsize = 56, .e_phnum = 2,
	};
	const Elf64_Nhdr note = {
		.n_namesz = 11, .n_descsz = (Elf64_Word)info,
	};
	const Elf64_Phdr ph[] = {
		{ .p_type = PT_NOTE, .p_offset = 512,
		  .p_filesz = flags & TINY_NO_NOTE ? 0 :
			sizeof(note) + 12 + ((info + 3) & ~3ull) },
		{ .p_type = PT_LOAD, .p_offset = TINY_OFF, .p_vaddr = TINY_VA,
		  .p_paddr = TINY_PA, .p_filesz = TINY_BYTES,
		  .p_memsz = TINY_BYTES },
	};
	int fd = memfd_create("tiny", 0);

	assert(fd >= 0);
	append(fd, 0, &eh, sizeof(eh));
	append(fd, 64, ph, sizeof(ph));
	append(fd, 512, &note, sizeof(note));
	append(fd, 512 + sizeof(note), "VMCOREINFO\0", 12);
	append(fd, 512 + sizeof(note) + 12, tiny->info, info);
	append(fd, TINY_OFF, tiny->mem, tiny->used);
	assert(!ftruncate(fd, TINY_OFF + TINY_BYTES));
	if (size)
		*size = TINY_OFF + TINY_BYTES;
	return fd;
}
