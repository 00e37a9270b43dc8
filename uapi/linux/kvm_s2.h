/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * KVM/arm64 stage-2 memory types: what a VMM asks about its own VM.
 *
 * The capability and ioctl numbers are provisional: private, out of the way of
 * those that upstream hands out, and the same on every base of the series.
 */
#ifndef _UAPI_LINUX_KVM_S2_H
#define _UAPI_LINUX_KVM_S2_H

#include <linux/types.h>
#include <linux/ioctl.h>
#include <linux/kvm_s2_types.h>

/*
 * KVM_CHECK_EXTENSION(KVM_CAP_S2_MEMTYPE) returns a mask of enum
 * kvm_s2_feature: on /dev/kvm the host's, on a VM fd that VM's.  0 without the
 * series and under protected KVM.
 */
#define KVM_CAP_S2_MEMTYPE	21298

/**
 * enum kvm_s2_feature - what this kernel can do about stage-2 memory types
 * @KVM_S2_FEATURE_SLOT: KVM_S2_GET_SLOT
 * @KVM_S2_FEATURE_EXTENTS: KVM_S2_GET_EXTENTS
 * @KVM_S2_FEATURE_NETLINK: the generic netlink family "kvm_s2"; never set in
 *	a VM's mask
 * @KVM_S2_FEATURE_VMA_TYPES: the type of memory outside of the memory map is
 *	taken from the VMM's mapping
 * @KVM_S2_FEATURE_POLICY: KVM_S2_SET_POLICY and KVM_S2_GET_POLICY; on /dev/kvm
 *	with NETLINK, that family's policy requests and events as well
 */
enum kvm_s2_feature {
	KVM_S2_FEATURE_SLOT	= 1 << 0,
	KVM_S2_FEATURE_EXTENTS	= 1 << 1,
	KVM_S2_FEATURE_NETLINK	= 1 << 2,
	KVM_S2_FEATURE_VMA_TYPES = 1 << 3,
	KVM_S2_FEATURE_POLICY	= 1 << 4,
};

/*
 * The structures grow at their end.  @size is what the caller was compiled
 * with; a kernel that knows less refuses a tail that is not zero with E2BIG,
 * one that knows more fills only @size bytes.  That is why the size is not
 * encoded in the ioctl number.
 */
#define KVM_S2_GET_SLOT		_IO(0xAE, 0xf0)
#define KVM_S2_GET_EXTENTS	_IO(0xAE, 0xf1)
#define KVM_S2_SET_POLICY	_IO(0xAE, 0xf2)
#define KVM_S2_GET_POLICY	_IO(0xAE, 0xf3)

/**
 * struct kvm_s2_slot - KVM_S2_GET_SLOT: one memory slot
 * @size: in, sizeof(struct kvm_s2_slot)
 * @flags: in, must be 0
 * @slot: in, the slot's number as in struct kvm_userspace_memory_region
 * @pad0: in, must be 0
 * @vm_id: out, identity of the VM: never reused until reboot
 * @gpa: out, guest-physical address of the slot
 * @bytes: out, its length
 * @hva: out, address in the VMM
 * @slot_flags: out, KVM_MEM_*
 * @mem_class: out, enum kvm_s2_class, MIXED where the slot has several
 * @facts: out, mask of enum kvm_s2_fact; those true of any part
 * @vma_type: out, enum kvm_s2_type of the VMM's own mapping
 * @predicted: out, enum kvm_s2_type that a fault would choose now
 * @mapped: out, enum kvm_s2_type in the stage-2 entries
 * @perm: out, mask of enum kvm_s2_perm; those that any entry has
 * @verdict: out, enum kvm_s2_verdict on a data access
 * @reason: out, enum kvm_s2_reason for @predicted and @verdict
 * @pad1: in, must be 0
 * @wb_bytes: out, bytes mapped Normal write-back
 * @nc_bytes: out, bytes mapped Normal non-cacheable
 * @device_bytes: out, bytes mapped Device
 * @exec_bytes: out, bytes mapped with execute permission
 * @enforced: out, mask of enum kvm_s2_constraint that are enforced on the
 *	slot: the host's, the VM's and its own; for @mem_class MIXED, those of
 *	the slot itself
 * @audited: out, likewise in audit mode
 * @denied: out, faults in the slot that constraints refused
 * @would_deny: out, faults that constraints in audit mode would have refused
 *
 * The first version ended with @exec_bytes.  What is "in" must be valid, pads
 * must be 0; what is "out" is overwritten.
 */
struct kvm_s2_slot {
	__u32 size;
	__u32 flags;
	__u32 slot;
	__u32 pad0;
	__aligned_u64 vm_id;
	__aligned_u64 gpa;
	__aligned_u64 bytes;
	__aligned_u64 hva;
	__u32 slot_flags;
	__u32 mem_class;
	__u32 facts;
	__u32 vma_type;
	__u32 predicted;
	__u32 mapped;
	__u32 perm;
	__u32 verdict;
	__u32 reason;
	__u32 pad1;
	__aligned_u64 wb_bytes;
	__aligned_u64 nc_bytes;
	__aligned_u64 device_bytes;
	__aligned_u64 exec_bytes;
	__u32 enforced;
	__u32 audited;
	__aligned_u64 denied;
	__aligned_u64 would_deny;
};

/* Flags of KVM_S2_GET_EXTENTS */
#define KVM_S2_EXTENTS_PHYS	(1 << 0)	/* fill @hpa; CAP_SYS_ADMIN */

/**
 * struct kvm_s2_extent - a run of guest-physical addresses that are alike
 * @gpa: first guest-physical address
 * @bytes: length
 * @hpa: host-physical address of @gpa, with KVM_S2_EXTENTS_PHYS and a mapped
 *	type; else ~0.  With it an extent is also physically contiguous
 * @slot: the slot's number, or ~0 for a mapping without one
 * @mem_class: enum kvm_s2_class
 * @facts: mask of enum kvm_s2_fact
 * @vma_type: enum kvm_s2_type of the VMM's own mapping
 * @predicted: enum kvm_s2_type that a fault would choose now
 * @mapped: enum kvm_s2_type in the stage-2 entries; UNMAPPED where none is
 * @perm: mask of enum kvm_s2_perm in the entries
 * @memattr: MemAttr[3:0] of the entries as the architecture encodes it, or ~0
 * @verdict: enum kvm_s2_verdict on a data access
 * @reason: enum kvm_s2_reason for @predicted and @verdict
 */
struct kvm_s2_extent {
	__aligned_u64 gpa;
	__aligned_u64 bytes;
	__aligned_u64 hpa;
	__u32 slot;
	__u32 mem_class;
	__u32 facts;
	__u32 vma_type;
	__u32 predicted;
	__u32 mapped;
	__u32 perm;
	__u32 memattr;
	__u32 verdict;
	__u32 reason;
};

/**
 * struct kvm_s2_extents - KVM_S2_GET_EXTENTS: a range of a VM, run by run
 * @size: in, sizeof(struct kvm_s2_extents)
 * @flags: in, KVM_S2_EXTENTS_*
 * @vm_id: out, identity of the VM
 * @gpa: in, where to begin; out, where the next call begins
 * @end: in, where to end, exclusive; 0 for the end of the guest's
 *	physical address space.  Unchanged
 * @extents: in, address of an array of struct kvm_s2_extent
 * @count: in, room in the array (1 to 65536); out, how many were filled
 * @extent_size: in, sizeof(struct kvm_s2_extent)
 *
 * What no slot covers is left out, except what KVM itself maps.  The walk is
 * done when @gpa has reached @end (or, for 0, when @gpa is the size of the
 * guest's physical address space).  Two neighbours that are alike may still be
 * two extents where one call ended and the next began.
 */
struct kvm_s2_extents {
	__u32 size;
	__u32 flags;
	__aligned_u64 vm_id;
	__aligned_u64 gpa;
	__aligned_u64 end;
	__aligned_u64 extents;
	__u32 count;
	__u32 extent_size;
};

#define KVM_S2_ALL_SLOTS	(~0U)		/* instead of a slot's number */

/* Flags of KVM_S2_SET_POLICY */
#define KVM_S2_POLICY_DRY_RUN	(1 << 0)	/* set nothing, fill @extents */

/**
 * struct kvm_s2_policy - KVM_S2_SET_POLICY and KVM_S2_GET_POLICY
 * @size: in, sizeof(struct kvm_s2_policy)
 * @flags: in, KVM_S2_POLICY_*; must be 0 for KVM_S2_GET_POLICY
 * @slot: in, the slot's number, or KVM_S2_ALL_SLOTS for all there are and will
 *	be
 * @mem_class: in, enum kvm_s2_class that the policy is for, from RAM to HOLE;
 *	0 for a slot, whose policy holds for all of it
 * @constraints: in, mask of enum kvm_s2_constraint; out when getting
 * @mode: in, enum kvm_s2_mode; out when getting.  NONE goes with no constraints
 * @generation: in when setting, the generation of the policy that this was
 *	worked out for, or 0 for any; out, the present one
 * @vm_id: out, identity of the VM
 * @enforced: out when getting, mask of constraints that are enforced there,
 *	whoever asked for them and whether for host, VM or slot; of a slot,
 *	without those that depend on a class
 * @audited: out when getting, likewise in audit mode
 * @denied: out when getting, faults that constraints refused there
 * @would_deny: out when getting, faults that constraints in audit mode would
 *	have refused
 * @gpa: for a dry run: in, where to begin; out, where the next call begins
 * @extents: for a dry run: in, address of an array of struct kvm_s2_extent
 * @count: for a dry run: in, room in the array (1 to 65536); out, how many were
 *	filled
 * @extent_size: for a dry run: in, sizeof(struct kvm_s2_extent)
 *
 * What is got can be set again, after a migration for example: @constraints
 * and @mode are those that the VMM itself has set.  Those of the
 * administrator's are in @enforced and @audited only, and no VMM can take them
 * back.
 *
 * A dry run gives the mapped extents to which the policy would make a
 * difference: @predicted, @verdict and @reason are as they would be.  It is done
 * when @gpa is the size of the guest's physical address space.  Without the
 * flag @gpa, @extents, @count and @extent_size must be 0.
 */
struct kvm_s2_policy {
	__u32 size;
	__u32 flags;
	__u32 slot;
	__u32 mem_class;
	__u32 constraints;
	__u32 mode;
	__aligned_u64 generation;
	__aligned_u64 vm_id;
	__u32 enforced;
	__u32 audited;
	__aligned_u64 denied;
	__aligned_u64 would_deny;
	__aligned_u64 gpa;
	__aligned_u64 extents;
	__u32 count;
	__u32 extent_size;
};

#endif /* _UAPI_LINUX_KVM_S2_H */
