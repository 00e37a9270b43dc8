/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in the kernel's structures the members are that are read */
#ifndef S2_CORE_LAYOUT_H
#define S2_CORE_LAYOUT_H

#include "source/core/btf.h"
#include "source/core/image.h"

/* One for each member that is read: see layout.c */
enum s2_layout_id {
	S2_L_KVM_LIST, S2_L_KVM_MM, S2_L_KVM_MEMSLOTS, S2_L_KVM_PGT,
	S2_L_KVM_PGD_PHYS, S2_L_KVM_VTCR, S2_L_KVM_VTCR_OLD, S2_L_KVM_VCPUS,
	S2_L_KVM_SEQ, S2_L_KVM_IN_PROGRESS, S2_L_KVM_PID, S2_L_KVM_FLAGS,
	S2_L_PGT_IA_BITS, S2_L_PGT_START_LEVEL, S2_L_PGT_PKVM,
	S2_L_SLOTS_TREE, S2_L_SLOTS_INDEX, S2_L_SLOTS_GENERATION,
	S2_L_SLOT_NODE, S2_L_SLOT_GFN, S2_L_SLOT_NPAGES, S2_L_SLOT_HVA,
	S2_L_SLOT_FLAGS, S2_L_SLOT_ID,
	S2_L_MM_OWNER, S2_L_MM_TREE, S2_L_MM_USERS,
	S2_L_TREE_ROOT, S2_L_RANGE_PIVOT, S2_L_RANGE_SLOT, S2_L_ARANGE_PIVOT,
	S2_L_ARANGE_SLOT,
	S2_L_VMA_START, S2_L_VMA_END, S2_L_VMA_MM, S2_L_VMA_FLAGS,
	S2_L_VMA_PROT, S2_L_VMA_FILE, S2_L_FILE_INODE, S2_L_INODE_FLAGS,
	S2_L_TASK_COMM, S2_L_TASK_TGID, S2_L_TASK_LEADER, S2_L_TASK_START,
	S2_L_TASK_TASKS, S2_L_TASK_FILES,
	S2_L_FILES_FDT, S2_L_FDT_MAX, S2_L_FDT_FD, S2_L_FILE_OP,
	S2_L_FILE_PRIVATE, S2_L_OP_IOCTL,
	S2_L_MEMBLOCK_COUNT, S2_L_MEMBLOCK_REGIONS, S2_L_REGION_BASE,
	S2_L_REGION_SIZE, S2_L_REGION_FLAGS,
	S2_L_SECTION_MAP, S2_L_SECTION_USAGE, S2_L_USAGE_SUBSECTIONS,
	S2_L_PAGE_FLAGS, S2_L_PAGE_PGMAP, S2_L_FOLIO_PGMAP, S2_L_PGMAP_TYPE,
	S2_L_ZONEREFS,
	S2_L_FTR_ID, S2_L_FTR_REG, S2_L_FTR_VALUE,
	S2_LAYOUT_IDS,
};

/**
 * struct s2_layout - where members are
 * @m: by enum s2_layout_id; @type 0: there is no such member
 * @memslot_node: size of one node of a slot's gfn_node[]
 * @region, @ftr_entry, @section, @page: sizes of these structures; 0: not known
 * @file_op: whether members of files are known
 * @protected: value of KVM_MODE_PROTECTED
 * @zone_device, @zones: numbers of ZONE_DEVICE and of zones; 0: not known
 * @p2pdma, @private: numbers of these enum memory_type
 */
struct s2_layout {
	struct s2_member m[S2_LAYOUT_IDS];
	uint32_t memslot_node;
	uint32_t region;
	uint32_t ftr_entry;
	uint32_t section;
	uint64_t protected;
	uint64_t zone_device;
	uint64_t zones;
	uint64_t p2pdma;
	uint64_t private;
};

/*
 * Return: 0, or -EOPNOTSUPP with a text if a member is missing without which no VM
 * can be read
 */
int s2_layout_read(struct s2_layout *layout, const struct s2_btf *btf,
		   struct s2_ctx *ctx, const char *name);

static inline bool s2_layout_has(const struct s2_layout *layout,
				 enum s2_layout_id id)
{
	return layout->m[id].type;
}

/*
 * Reads a member, of at most 8 bytes, of the structure at @base; not sign-extended.
 * Return: as s2_image_virt()
 */
int s2_peek(struct s2_image *image, const struct s2_layout *layout,
	    uint64_t base, enum s2_layout_id id, uint64_t *value);

/* Members of a structure that lie near each other, read at once */
#define S2_SPAN_MAX	512u

struct s2_span {
	uint32_t off;
	unsigned char data[S2_SPAN_MAX];
};

/*
 * Reads from the first to the last of the members @first to @last of the structure at
 * @base.  Return: as s2_image_virt(); -EBADMSG: they lie too far from each other
 */
int s2_span_read(struct s2_image *image, const struct s2_layout *layout,
		 uint64_t base, enum s2_layout_id first, enum s2_layout_id last,
		 struct s2_span *span);

/* A member of what was read, or 8 bytes that begin @skip bytes behind where it begins */
uint64_t s2_span_get(const struct s2_layout *layout, const struct s2_span *span,
		     enum s2_layout_id id, uint32_t skip);

#endif /* S2_CORE_LAYOUT_H */
