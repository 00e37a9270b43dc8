// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "base/array.h"
#include "source/core/layout.h"

/* Without an optional one, something that can be missed is not known */
static const struct {
	const char *type;
	const char *path;
	bool optional;
} wanted[S2_LAYOUT_IDS] = {
	[S2_L_KVM_LIST] = { "kvm", "vm_list", false },
	[S2_L_KVM_MM] = { "kvm", "mm", false },
	[S2_L_KVM_MEMSLOTS] = { "kvm", "memslots", false },
	[S2_L_KVM_PGT] = { "kvm", "arch.mmu.pgt", false },
	[S2_L_KVM_PGD_PHYS] = { "kvm", "arch.mmu.pgd_phys", false },
	/* In kvm_arch until 6.6, where nested virtualization moved it */
	[S2_L_KVM_VTCR] = { "kvm", "arch.mmu.vtcr", true },
	[S2_L_KVM_VTCR_OLD] = { "kvm", "arch.vtcr", true },
	[S2_L_KVM_VCPUS] = { "kvm", "created_vcpus", false },
	[S2_L_KVM_SEQ] = { "kvm", "mmu_invalidate_seq", false },
	[S2_L_KVM_IN_PROGRESS] = { "kvm", "mmu_invalidate_in_progress", false },
	[S2_L_KVM_PID] = { "kvm", "userspace_pid", false },
	[S2_L_KVM_FLAGS] = { "kvm", "arch.flags", true },
	[S2_L_PGT_IA_BITS] = { "kvm_pgtable", "ia_bits", false },
	[S2_L_PGT_START_LEVEL] = { "kvm_pgtable", "start_level", false },
	/* Where protected KVM has this instead of a table */
	[S2_L_PGT_PKVM] = { "kvm_pgtable", "pkvm_mappings", true },
	[S2_L_SLOTS_TREE] = { "kvm_memslots", "gfn_tree", false },
	[S2_L_SLOTS_INDEX] = { "kvm_memslots", "node_idx", false },
	[S2_L_SLOTS_GENERATION] = { "kvm_memslots", "generation", false },
	[S2_L_SLOT_NODE] = { "kvm_memory_slot", "gfn_node", false },
	[S2_L_SLOT_GFN] = { "kvm_memory_slot", "base_gfn", false },
	[S2_L_SLOT_NPAGES] = { "kvm_memory_slot", "npages", false },
	[S2_L_SLOT_HVA] = { "kvm_memory_slot", "userspace_addr", false },
	[S2_L_SLOT_FLAGS] = { "kvm_memory_slot", "flags", false },
	[S2_L_SLOT_ID] = { "kvm_memory_slot", "id", false },
	/* With CONFIG_MEMCG only */
	[S2_L_MM_OWNER] = { "mm_struct", "owner", true },
	[S2_L_MM_TREE] = { "mm_struct", "mm_mt", false },
	[S2_L_MM_USERS] = { "mm_struct", "mm_users", false },
	[S2_L_TREE_ROOT] = { "maple_tree", "ma_root", false },
	[S2_L_RANGE_PIVOT] = { "maple_range_64", "pivot", false },
	[S2_L_RANGE_SLOT] = { "maple_range_64", "slot", false },
	[S2_L_ARANGE_PIVOT] = { "maple_arange_64", "pivot", false },
	[S2_L_ARANGE_SLOT] = { "maple_arange_64", "slot", false },
	[S2_L_VMA_START] = { "vm_area_struct", "vm_start", false },
	[S2_L_VMA_END] = { "vm_area_struct", "vm_end", false },
	[S2_L_VMA_MM] = { "vm_area_struct", "vm_mm", false },
	[S2_L_VMA_FLAGS] = { "vm_area_struct", "vm_flags", false },
	[S2_L_VMA_PROT] = { "vm_area_struct", "vm_page_prot", false },
	[S2_L_VMA_FILE] = { "vm_area_struct", "vm_file", false },
	[S2_L_FILE_INODE] = { "file", "f_inode", false },
	[S2_L_INODE_FLAGS] = { "inode", "i_flags", false },
	[S2_L_TASK_COMM] = { "task_struct", "comm", false },
	[S2_L_TASK_TGID] = { "task_struct", "tgid", false },
	[S2_L_TASK_LEADER] = { "task_struct", "group_leader", false },
	[S2_L_TASK_START] = { "task_struct", "start_boottime", true },
	[S2_L_TASK_TASKS] = { "task_struct", "tasks", false },
	[S2_L_TASK_FILES] = { "task_struct", "files", false },
	[S2_L_FILES_FDT] = { "files_struct", "fdt", false },
	[S2_L_FDT_MAX] = { "fdtable", "max_fds", false },
	[S2_L_FDT_FD] = { "fdtable", "fd", false },
	[S2_L_FILE_OP] = { "file", "f_op", false },
	[S2_L_FILE_PRIVATE] = { "file", "private_data", false },
	[S2_L_OP_IOCTL] = { "file_operations", "unlocked_ioctl", false },
	[S2_L_MEMBLOCK_COUNT] = { "memblock", "memory.cnt", true },
	[S2_L_MEMBLOCK_REGIONS] = { "memblock", "memory.regions", true },
	[S2_L_REGION_BASE] = { "memblock_region", "base", true },
	[S2_L_REGION_SIZE] = { "memblock_region", "size", true },
	[S2_L_REGION_FLAGS] = { "memblock_region", "flags", true },
	[S2_L_SECTION_MAP] = { "mem_section", "section_mem_map", true },
	[S2_L_SECTION_USAGE] = { "mem_section", "usage", true },
	[S2_L_USAGE_SUBSECTIONS] = { "mem_section_usage", "subsection_map",
				     true },
	[S2_L_PAGE_FLAGS] = { "page", "flags", true },
	[S2_L_PAGE_PGMAP] = { "page", "pgmap", true },
	[S2_L_FOLIO_PGMAP] = { "folio", "pgmap", true },
	[S2_L_PGMAP_TYPE] = { "dev_pagemap", "type", true },
	[S2_L_ZONEREFS] = { "zonelist", "_zonerefs", true },
	[S2_L_FTR_ID] = { "__ftr_reg_entry", "sys_id", true },
	[S2_L_FTR_REG] = { "__ftr_reg_entry", "reg", true },
	[S2_L_FTR_VALUE] = { "arm64_ftr_reg", "sys_val", true },
};

static void read_sizes(struct s2_layout *l, const struct s2_btf *btf)
{
	uint64_t n;

	l->memslot_node = l->m[S2_L_SLOT_NODE].bytes / 2;
	l->region = s2_btf_size(btf, "memblock_region");
	l->ftr_entry = s2_btf_size(btf, "__ftr_reg_entry");
	l->section = s2_btf_size(btf, "mem_section");
	if (s2_btf_enum(btf, "kvm_mode", "KVM_MODE_PROTECTED", &n))
		l->protected = n;
	if (s2_btf_enum(btf, "zone_type", "ZONE_DEVICE", &n))
		l->zone_device = n;
	if (s2_btf_enum(btf, "zone_type", "__MAX_NR_ZONES", &n))
		l->zones = n;
	if (s2_btf_enum(btf, "memory_type", "MEMORY_DEVICE_PCI_P2PDMA", &n))
		l->p2pdma = n;
	if (s2_btf_enum(btf, "memory_type", "MEMORY_DEVICE_PRIVATE", &n))
		l->private = n;
}

int s2_layout_read(struct s2_layout *layout, const struct s2_btf *btf,
		   struct s2_ctx *ctx, const char *name)
{
	memset(layout, 0, sizeof(*layout));
	for (size_t i = 0; i < S2_LAYOUT_IDS; i++) {
		if (s2_btf_member(btf, wanted[i].type, wanted[i].path,
				  &layout->m[i]) || wanted[i].optional)
			continue;
		if (!s2_btf_size(btf, "kvm"))
			return s2_fail(ctx, -EOPNOTSUPP,
				       "%s: this kernel has no KVM in it", name);
		return s2_fail(ctx, -EOPNOTSUPP,
			       "%s: this version of s2ctl does not know this kernel: its struct %s has no member %s",
			       name, wanted[i].type, wanted[i].path);
	}
	read_sizes(layout, btf);
	if (!s2_layout_has(layout, S2_L_KVM_VTCR))
		layout->m[S2_L_KVM_VTCR] = layout->m[S2_L_KVM_VTCR_OLD];
	if (!s2_layout_has(layout, S2_L_KVM_VTCR))
		return s2_fail(ctx, -EOPNOTSUPP,
			       "%s: this version of s2ctl does not know this kernel: its struct kvm has no vtcr",
			       name);
	return 0;
}

int s2_peek(struct s2_image *image, const struct s2_layout *layout,
	    uint64_t base, enum s2_layout_id id, uint64_t *value)
{
	const struct s2_member *m = &layout->m[id];

	*value = 0;
	if (!m->type || !m->bytes)
		return -EFAULT;
	return s2_image_virt(image, base + m->off, value,
			     m->bytes < 8 ? m->bytes : 8);
}

int s2_span_read(struct s2_image *image, const struct s2_layout *layout,
		 uint64_t base, enum s2_layout_id first, enum s2_layout_id last,
		 struct s2_span *span)
{
	uint32_t end = 0;

	memset(span, 0, sizeof(*span));
	span->off = UINT32_MAX;
	for (enum s2_layout_id id = first; id <= last; id++) {
		const struct s2_member *m = &layout->m[id];

		if (m->off < span->off)
			span->off = m->off;
		if (m->off + m->bytes > end)
			end = m->off + m->bytes;
	}
	if (end - span->off > S2_SPAN_MAX)
		return -EBADMSG;
	return s2_image_virt(image, base + span->off, span->data,
			     end - span->off);
}

uint64_t s2_span_get(const struct s2_layout *layout, const struct s2_span *span,
		     enum s2_layout_id id, uint32_t skip)
{
	const struct s2_member *m = &layout->m[id];
	uint32_t at = m->off - span->off + skip;
	uint32_t bytes = m->bytes < 8 ? m->bytes : 8;
	uint64_t value = 0;

	if (at <= S2_SPAN_MAX - bytes)
		memcpy(&value, span->data + at, bytes);
	return value;
}
