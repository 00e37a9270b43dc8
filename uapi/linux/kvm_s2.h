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
 */
enum kvm_s2_feature {
	KVM_S2_FEATURE_SLOT	= 1 << 0,
	KVM_S2_FEATURE_EXTENTS	= 1 << 1,
	KVM_S2_FEATURE_NETLINK	= 1 << 2,
	KVM_S2_FEATURE_VMA_TYPES = 1 << 3,
};

/*
 * The structures grow at their end.  @size is what the caller was compiled
 * with; a kernel that knows less refuses a tail that is not zero with E2BIG,
 * one that knows more fills only @size bytes.  That is why the size is not
 * encoded in the ioctl number.
 */
#define KVM_S2_GET_SLOT		_IO(0xAE, 0xf0)
#define KVM_S2_GET_EXTENTS	_IO(0xAE, 0xf1)

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
 *
 * What is "in" must be valid, pads must be 0; what is "out" is overwritten.
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

#endif /* _UAPI_LINUX_KVM_S2_H */
