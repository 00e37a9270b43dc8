// SPDX-License-Identifier: GPL-2.0-only
/* The tiny kernel's type information: what tiny.h says of its members, as BTF */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tiny.h"

enum { U8 = 1, U16, U32, U64, PTR, BASIC };

struct desc {
	const char *name;
	unsigned int bytes;
	struct {
		const char *name;	/* "": a nameless union around it */
		unsigned int type;	/* 0: @of */
		unsigned int off;
		unsigned int elements;	/* 0: no array */
		const char *of;
	} m[12];
};

static const struct desc structs[] = {
	{ "list_head", 16, { { "next", PTR, 0, 0, 0 }, { "prev", PTR, 8, 0, 0 } } },
	{ "rb_node", 24, { { "parent", U64, 0, 0, 0 } } },
	{ "rb_root", 8, { { "rb_node", PTR, 0, 0, 0 } } },
	{ "pgprot", 8, { { "pgprot", U64, 0, 0, 0 } } },
	{ "zoneref", 16, { { "zone", PTR, 0, 0, 0 } } },
	{ "kvm_pgtable", 32, { { "ia_bits", U32, 0, 0, 0 },
			       { "start_level", U8, 4, 0, 0 } } },
	{ "kvm_s2_mmu", 64, { { "pgd_phys", U64, 16, 0, 0 },
			      { "vtcr", U64, 24, 0, 0 },
			      { "", PTR, 32, 0, "pgt" } } },
	/* The same as mmu.vtcr, which Linux 6.1 does not have */
	{ "kvm_arch", 128, { { "mmu", 0, 8, 0, "kvm_s2_mmu" },
			     { "vtcr", U64, 32, 0, 0 },
			     { "flags", U64, 80, 0, 0 } } },
	{ "kvm", 256, { { "mm", PTR, 8, 0, 0 }, { "memslots", PTR, 16, 2, 0 },
			{ "vm_list", 0, 32, 0, "list_head" },
			{ "created_vcpus", U32, 48, 0, 0 },
			{ "userspace_pid", U32, 52, 0, 0 },
			{ "mmu_invalidate_seq", U64, 56, 0, 0 },
			{ "mmu_invalidate_in_progress", U64, 64, 0, 0 },
			{ "arch", 0, 80, 0, "kvm_arch" } } },
	{ "kvm_memslots", 32, { { "generation", U64, 0, 0, 0 },
				{ "gfn_tree", 0, 8, 0, "rb_root" },
				{ "node_idx", U32, 16, 0, 0 } } },
	{ "kvm_memory_slot", 80, { { "gfn_node", 0, 0, 2, "rb_node" },
				   { "base_gfn", U64, 48, 0, 0 },
				   { "npages", U64, 56, 0, 0 },
				   { "userspace_addr", U64, 64, 0, 0 },
				   { "flags", U32, 72, 0, 0 },
				   { "id", U16, 76, 0, 0 } } },
	{ "maple_tree", 16, { { "ma_root", PTR, 8, 0, 0 } } },
	{ "mm_struct", 64, { { "mm_mt", 0, 0, 0, "maple_tree" },
			     { "mm_users", U32, 24, 0, 0 },
			     { "owner", PTR, 32, 0, 0 } } },
	{ "maple_range_64", 256, { { "pivot", U64, 8, 15, 0 },
				   { "slot", U64, 128, 16, 0 } } },
	{ "maple_arange_64", 256, { { "pivot", U64, 8, 9, 0 },
				    { "slot", U64, 80, 10, 0 } } },
	{ "vm_area_struct", 64, { { "vm_start", U64, 0, 0, 0 },
				  { "vm_end", U64, 8, 0, 0 },
				  { "vm_mm", PTR, 16, 0, 0 },
				  { "vm_page_prot", 0, 24, 0, "pgprot" },
				  { "vm_flags", U64, 32, 0, 0 },
				  { "vm_file", PTR, 40, 0, 0 } } },
	{ "task_struct", 64, { { "comm", U8, 0, 16, 0 },
			       { "tgid", U32, 16, 0, 0 },
			       { "group_leader", PTR, 24, 0, 0 },
			       { "start_boottime", U64, 32, 0, 0 },
			       { "tasks", 0, 40, 0, "list_head" },
			       { "files", PTR, 56, 0, 0 } } },
	{ "files_struct", 8, { { "fdt", PTR, 0, 0, 0 } } },
	{ "fdtable", 16, { { "max_fds", U32, 0, 0, 0 }, { "fd", PTR, 8, 0, 0 } } },
	{ "file", 32, { { "f_op", PTR, 0, 0, 0 },
			{ "private_data", PTR, 8, 0, 0 },
			{ "f_inode", PTR, 16, 0, 0 } } },
	{ "inode", 8, { { "i_flags", U32, 0, 0, 0 } } },
	{ "file_operations", 16, { { "unlocked_ioctl", PTR, 8, 0, 0 } } },
	{ "memblock_type", 16, { { "cnt", U64, 0, 0, 0 },
				 { "regions", PTR, 8, 0, 0 } } },
	{ "memblock", 16, { { "memory", 0, 0, 0, "memblock_type" } } },
	{ "memblock_region", 24, { { "base", U64, 0, 0, 0 },
				   { "size", U64, 8, 0, 0 },
				   { "flags", U32, 16, 0, 0 } } },
	{ "mem_section", 16, { { "section_mem_map", U64, 0, 0, 0 },
			       { "usage", PTR, 8, 0, 0 } } },
	{ "mem_section_usage", 8, { { "subsection_map", U64, 0, 1, 0 } } },
	{ "page", 64, { { "flags", U64, 0, 0, 0 }, { "pgmap", PTR, 8, 0, 0 } } },
	{ "dev_pagemap", 8, { { "type", U32, 0, 0, 0 } } },
	/* 4 zones, 2 nodes */
	{ "zonelist", 144, { { "_zonerefs", 0, 0, 9, "zoneref" } } },
	{ "__ftr_reg_entry", 16, { { "sys_id", U32, 0, 0, 0 },
				   { "reg", PTR, 8, 0, 0 } } },
	{ "arm64_ftr_reg", 8, { { "sys_val", U64, 0, 0, 0 } } },
};

static const struct {
	const char *name;
	const char *enumerator;
	uint32_t value;
} enums[] = {
	{ "kvm_mode", "KVM_MODE_PROTECTED", 1 },
	{ "memory_type", "MEMORY_DEVICE_PRIVATE", 1 },
	{ "zone_type", "ZONE_DEVICE", 3 },
};

#define COUNT(a)	(sizeof(a) / sizeof(*(a)))

struct btf {
	uint32_t words[4096];
	size_t count;
	char strings[4096];
	size_t bytes;
	uint32_t types;
	uint32_t id[COUNT(structs)];
};

static void word(struct btf *b, uint32_t value)
{
	assert(b->count < COUNT(b->words));
	b->words[b->count++] = value;
}

static uint32_t string(struct btf *b, const char *text)
{
	uint32_t at = (uint32_t)b->bytes;

	if (!*text)
		return 0;
	assert(b->bytes + strlen(text) + 1 <= sizeof(b->strings));
	strcpy(b->strings + at, text);
	b->bytes += strlen(text) + 1;
	return at;
}

/* A type, without what follows it.  Return: its number */
static uint32_t type(struct btf *b, const char *name, unsigned int kind,
		     unsigned int length, uint32_t size)
{
	word(b, string(b, name));
	word(b, kind << 24 | length);
	word(b, size);
	return ++b->types;
}

static uint32_t struct_id(const struct btf *b, const char *name)
{
	for (size_t i = 0; i < COUNT(structs); i++) {
		if (!strcmp(structs[i].name, name))
			return b->id[i];
	}
	abort();
}

/* The types of members that have none yet: arrays, and unions without a name */
static void member_types(struct btf *b, const struct desc *d, uint32_t *ids)
{
	for (size_t i = 0; i < COUNT(d->m) && d->m[i].name; i++) {
		ids[i] = d->m[i].type ? d->m[i].type :
			struct_id(b, d->m[i].of);
		if (!*d->m[i].name) {
			ids[i] = type(b, "", 5, 1, 8);
			word(b, string(b, d->m[i].of));
			word(b, d->m[i].type);
			word(b, 0);
		} else if (d->m[i].elements) {
			uint32_t of = ids[i];

			ids[i] = type(b, "", 3, 0, 0);
			word(b, of);
			word(b, U32);
			word(b, d->m[i].elements);
		}
	}
}

/* A kernel without variables is like Linux 6.1 */
static const char *member_name(const struct desc *d, size_t i, unsigned int flags)
{
	bool gone = (flags & TINY_NO_DATA) && !strcmp(d->name, "kvm_s2_mmu") &&
		!strcmp(d->m[i].name, "vtcr");

	return gone ? "unused" : d->m[i].name;
}

static void one_struct(struct btf *b, size_t n, unsigned int flags)
{
	const struct desc *d = &structs[n];
	uint32_t ids[COUNT(d->m)];
	unsigned int length = 0;

	member_types(b, d, ids);
	while (length < COUNT(d->m) && d->m[length].name)
		length++;
	b->id[n] = type(b, d->name, 4, length, d->bytes);
	for (size_t i = 0; i < length; i++) {
		word(b, string(b, member_name(d, i, flags)));
		word(b, ids[i]);
		word(b, d->m[i].off * 8);
	}
}

static void one_enum(struct btf *b, size_t n)
{
	type(b, enums[n].name, 6, strcmp(enums[n].name, "zone_type") ? 1 : 2, 4);
	word(b, string(b, enums[n].enumerator));
	word(b, enums[n].value);
	if (!strcmp(enums[n].name, "zone_type")) {
		word(b, string(b, "__MAX_NR_ZONES"));
		word(b, 4);
	}
}

uint64_t tiny_btf(struct tiny *tiny, unsigned int flags, size_t *bytes)
{
	static const unsigned int sizes[] = { [U8] = 1, [U16] = 2, [U32] = 4,
					      [U64] = 8 };
	struct btf *b = calloc(1, sizeof(*b));
	uint32_t header[6] = { 0x0001eb9f, 24, 0, 0, 0, 0 };
	uint64_t at;

	assert(b);
	b->bytes = 1;
	for (unsigned int i = U8; i <= U64; i++) {
		type(b, "int", 1, 0, sizes[i]);
		word(b, sizes[i] * 8);
	}
	type(b, "", 2, 0, 0);
	for (size_t i = 0; i < COUNT(structs); i++) {
		if (!(flags & TINY_NO_KVM) || strcmp(structs[i].name, "kvm") != 0)
			one_struct(b, i, flags);
	}
	for (size_t i = 0; i < COUNT(enums); i++)
		one_enum(b, i);
	header[3] = header[4] = (uint32_t)b->count * 4;
	header[5] = (uint32_t)b->bytes;
	at = tiny_take(tiny, sizeof(header) + b->count * 4 + b->bytes, 16);
	memcpy(tiny->mem + (at - TINY_PA), header, sizeof(header));
	memcpy(tiny->mem + (at - TINY_PA) + sizeof(header), b->words,
	       b->count * 4);
	memcpy(tiny->mem + (at - TINY_PA) + sizeof(header) + b->count * 4,
	       b->strings, b->bytes);
	*bytes = sizeof(header) + b->count * 4 + b->bytes;
	free(b);
	return at;
}
