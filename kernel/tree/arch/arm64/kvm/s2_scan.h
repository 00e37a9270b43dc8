/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a stage-2 page table as runs of entries that are alike.
 */
#ifndef __ARM64_KVM_S2_SCAN_H__
#define __ARM64_KVM_S2_SCAN_H__

#include <linux/types.h>
#include <asm/kvm_pgtable.h>

/* Entries that one scan looks at: it bounds how long mmu_lock is held. */
#define KVM_S2_SCAN_BUDGET	512

#define KVM_S2_MEMATTR_NONE	0xff

/**
 * struct kvm_s2_run - neighbours in guest-physical address, alike
 * @gpa: first guest-physical address
 * @bytes: length
 * @hpa: host-physical address of @gpa if mapped
 * @facts: mask of enum kvm_s2_fact of the pages; 0 if not mapped
 * @memattr: MemAttr[3:0]; KVM_S2_MEMATTR_NONE if not mapped
 * @perm: mask of enum kvm_s2_perm
 */
struct kvm_s2_run {
	u64 gpa;
	u64 bytes;
	u64 hpa;
	u32 facts;
	u8 memattr;
	u8 perm;
};

/**
 * struct kvm_s2_scan - one hold of mmu_lock
 * @phys: a run must also be physically contiguous
 * @nr: runs found
 * @budget: entries that may still be looked at
 * @lo: first physical address that @facts are known to hold for
 * @hi: the one after the last
 * @facts: mask of enum kvm_s2_fact of the pages from @lo to @hi
 * @runs: what was found, without gaps and in order
 */
struct kvm_s2_scan {
	bool phys;
	u32 nr;
	u32 budget;
	u64 lo;
	u64 hi;
	u32 facts;
	struct kvm_s2_run runs[KVM_S2_SCAN_BUDGET];
};

u64 kvm_s2_scan(struct kvm_s2_scan *scan, struct kvm_pgtable *pgt,
		u64 gpa, u64 end);
u8 kvm_s2_memattr_type(u8 memattr, bool fwb);

#endif /* __ARM64_KVM_S2_SCAN_H__ */
