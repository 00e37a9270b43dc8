/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * KVM/arm64 stage-2 memory types: the vocabulary.
 *
 * The same numbers are used by the ioctls (linux/kvm_s2.h), by the generic
 * netlink family (linux/kvm_s2_netlink.h) and by the tracepoint.  Zero always
 * means "not known", never a default.
 */
#ifndef _UAPI_LINUX_KVM_S2_TYPES_H
#define _UAPI_LINUX_KVM_S2_TYPES_H

/**
 * enum kvm_s2_type - memory type of a translation
 * @KVM_S2_TYPE_UNKNOWN: not known, or an encoding that KVM never writes
 * @KVM_S2_TYPE_UNMAPPED: there is no translation
 * @KVM_S2_TYPE_WB: Normal, Inner and Outer Write-Back Cacheable
 * @KVM_S2_TYPE_NC: Normal, Inner and Outer Non-cacheable
 * @KVM_S2_TYPE_DEVICE: Device-nGnRE (a host mapping may also be nGnRnE)
 * @KVM_S2_TYPE_MIXED: a range with more than one of the above
 *
 * WB < NC < DEVICE: the order in which the architecture combines the types of
 * two stages.
 */
enum kvm_s2_type {
	KVM_S2_TYPE_UNKNOWN	= 0,
	KVM_S2_TYPE_UNMAPPED	= 1,
	KVM_S2_TYPE_WB		= 2,
	KVM_S2_TYPE_NC		= 3,
	KVM_S2_TYPE_DEVICE	= 4,
	KVM_S2_TYPE_MIXED	= 5,
};

/**
 * enum kvm_s2_class - what lies behind a guest-physical address
 * @KVM_S2_CLASS_UNKNOWN: not known
 * @KVM_S2_CLASS_RAM: in the memory map, under a cacheable VMA
 * @KVM_S2_CLASS_ZONE_DEVICE: outside the memory map, with a ZONE_DEVICE page,
 *	cacheable VMA, not VM_IO
 * @KVM_S2_CLASS_PFNMAP_WB: outside the memory map, no usable kernel alias,
 *	cacheable VMA, not VM_IO: normal memory without struct pages
 * @KVM_S2_CLASS_RAM_NC: in the memory map, under a non-cacheable VMA
 * @KVM_S2_CLASS_IO: outside the memory map, VM_IO or a non-cacheable VMA
 * @KVM_S2_CLASS_IO_NC: as IO, and the VMA has VM_ALLOW_ANY_UNCACHED
 * @KVM_S2_CLASS_GMEM: guest_memfd
 * @KVM_S2_CLASS_HOLE: no VMA behind the slot
 * @KVM_S2_CLASS_VGIC: mapped by KVM itself for the GICV; has no slot
 * @KVM_S2_CLASS_MIXED: a range with more than one of the above
 */
enum kvm_s2_class {
	KVM_S2_CLASS_UNKNOWN	= 0,
	KVM_S2_CLASS_RAM	= 1,
	KVM_S2_CLASS_ZONE_DEVICE = 2,
	KVM_S2_CLASS_PFNMAP_WB	= 3,
	KVM_S2_CLASS_RAM_NC	= 4,
	KVM_S2_CLASS_IO		= 5,
	KVM_S2_CLASS_IO_NC	= 6,
	KVM_S2_CLASS_GMEM	= 7,
	KVM_S2_CLASS_HOLE	= 8,
	KVM_S2_CLASS_VGIC	= 9,
	KVM_S2_CLASS_MIXED	= 10,
};

/**
 * enum kvm_s2_verdict - what happens to a stage-2 fault
 * @KVM_S2_VERDICT_UNKNOWN: not known
 * @KVM_S2_VERDICT_ALLOW: it is mapped
 * @KVM_S2_VERDICT_WOULD_DENY: it is mapped, but enforcing what is in audit mode
 *	would refuse it
 * @KVM_S2_VERDICT_DENY: it is refused
 * @KVM_S2_VERDICT_MIXED: a range with more than one of the above
 */
enum kvm_s2_verdict {
	KVM_S2_VERDICT_UNKNOWN	= 0,
	KVM_S2_VERDICT_ALLOW	= 1,
	KVM_S2_VERDICT_WOULD_DENY = 2,
	KVM_S2_VERDICT_DENY	= 3,
	KVM_S2_VERDICT_MIXED	= 4,
};

/**
 * enum kvm_s2_reason - why a type was chosen, or a fault refused
 * @KVM_S2_REASON_UNKNOWN: not known
 * @KVM_S2_REASON_MAP_MEMORY: WB, the page is in the host's memory map
 * @KVM_S2_REASON_NOT_MAP_MEMORY: DEVICE, the page is not in the memory map, and
 *	that is all that was asked (KVM_S2_FACT_MAP_ONLY, protected KVM)
 * @KVM_S2_REASON_ANY_UNCACHED: NC, not in the memory map, and the driver set
 *	VM_ALLOW_ANY_UNCACHED on the VMA
 * @KVM_S2_REASON_EXEC_IO: refused, an instruction fetch from memory that is
 *	not mapped cacheable
 * @KVM_S2_REASON_NO_VMA: refused, the VMM has nothing mapped there
 * @KVM_S2_REASON_VMM_EXITED: the VMM's address space is gone
 * @KVM_S2_REASON_VGIC: DEVICE, mapped by KVM itself
 * @KVM_S2_REASON_MIXED: a range with more than one reason
 * @KVM_S2_REASON_MTE_VMA: refused, the VM has MTE and the VMA cannot
 * @KVM_S2_REASON_VMM_BUSY: the VMM kept its address space locked: ask again
 * @KVM_S2_REASON_CACHEABLE_VMA: WB, not in the memory map, but the VMM's mapping
 *	is cacheable and not VM_IO
 * @KVM_S2_REASON_IO_VMA: DEVICE, not in the memory map, and the VMM's mapping is
 *	VM_IO or not cacheable
 * @KVM_S2_REASON_NOT_FLUSHABLE: refused, as CACHEABLE_VMA, but the CPU lacks FWB
 *	or DIC, and the host has no alias to maintain the caches through
 * @KVM_S2_REASON_FLOOR: NC or DEVICE, because a constraint asks for at least
 *	that.  Refused, if the memory is cacheable and must not be forced to
 *	be NC, or the access is an instruction fetch
 * @KVM_S2_REASON_REQUIRE_FWB: refused, it would be WB, and the CPU lacks FWB
 * @KVM_S2_REASON_MATCH_VMA: refused, the type is not that of the VMM's own mapping
 * @KVM_S2_REASON_NOEXEC: refused, an instruction fetch where none may be
 */
enum kvm_s2_reason {
	KVM_S2_REASON_UNKNOWN	= 0,
	KVM_S2_REASON_MAP_MEMORY = 1,
	KVM_S2_REASON_NOT_MAP_MEMORY = 2,
	KVM_S2_REASON_ANY_UNCACHED = 3,
	KVM_S2_REASON_EXEC_IO	= 4,
	KVM_S2_REASON_NO_VMA	= 5,
	KVM_S2_REASON_VMM_EXITED = 6,
	KVM_S2_REASON_VGIC	= 7,
	KVM_S2_REASON_MIXED	= 8,
	KVM_S2_REASON_MTE_VMA	= 9,
	KVM_S2_REASON_VMM_BUSY	= 10,
	KVM_S2_REASON_CACHEABLE_VMA = 11,
	KVM_S2_REASON_IO_VMA	= 12,
	KVM_S2_REASON_NOT_FLUSHABLE = 13,
	KVM_S2_REASON_FLOOR	= 14,
	KVM_S2_REASON_REQUIRE_FWB = 15,
	KVM_S2_REASON_MATCH_VMA	= 16,
	KVM_S2_REASON_NOEXEC	= 17,
};

/**
 * enum kvm_s2_constraint - what a policy asks of memory types
 * @KVM_S2_CONSTRAINT_REQUIRE_FWB: refuse what would be WB without FEAT_S2FWB,
 *	because the guest could weaken it
 * @KVM_S2_CONSTRAINT_FLOOR_NC: NC at least: what would be WB is refused or,
 *	with FORCE, mapped NC
 * @KVM_S2_CONSTRAINT_FLOOR_DEVICE: DEVICE: what would be NC is mapped DEVICE,
 *	what would be WB is refused
 * @KVM_S2_CONSTRAINT_NOEXEC: no instruction fetches
 * @KVM_S2_CONSTRAINT_MATCH_VMA: refuse a type that is not that of the VMM's own
 *	mapping
 * @KVM_S2_CONSTRAINT_LOCKED: what is set with this cannot be taken back, in this
 *	VM or slot and by the one who set it, until the VM or slot ends
 * @KVM_S2_CONSTRAINT_FORCE: with FLOOR_NC, map cacheable memory NC rather than
 *	refuse it, and maintain the caches for that.  For a VMM only
 *
 * A constraint only ever makes a type stronger, or refuses it.  Those of the
 * host, the VM and the slot are united, whoever set them.
 */
enum kvm_s2_constraint {
	KVM_S2_CONSTRAINT_REQUIRE_FWB	= 1 << 0,
	KVM_S2_CONSTRAINT_FLOOR_NC	= 1 << 1,
	KVM_S2_CONSTRAINT_FLOOR_DEVICE	= 1 << 2,
	KVM_S2_CONSTRAINT_NOEXEC	= 1 << 3,
	KVM_S2_CONSTRAINT_MATCH_VMA	= 1 << 4,
	KVM_S2_CONSTRAINT_LOCKED	= 1 << 5,
	KVM_S2_CONSTRAINT_FORCE		= 1 << 6,
};

/**
 * enum kvm_s2_mode - what comes of a constraint
 * @KVM_S2_MODE_NONE: there are no constraints
 * @KVM_S2_MODE_AUDIT: count what would be refused; no entry changes
 * @KVM_S2_MODE_ENFORCE: refuse it
 */
enum kvm_s2_mode {
	KVM_S2_MODE_NONE	= 0,
	KVM_S2_MODE_AUDIT	= 1,
	KVM_S2_MODE_ENFORCE	= 2,
};

/**
 * enum kvm_s2_owner - who set a policy
 * @KVM_S2_OWNER_UNKNOWN: not known
 * @KVM_S2_OWNER_ADMIN: the host's administrator, over generic netlink or sysfs
 * @KVM_S2_OWNER_VMM: the VMM, with the ioctls of linux/kvm_s2.h
 */
enum kvm_s2_owner {
	KVM_S2_OWNER_UNKNOWN	= 0,
	KVM_S2_OWNER_ADMIN	= 1,
	KVM_S2_OWNER_VMM	= 2,
};

/**
 * enum kvm_s2_perm - permissions of a stage-2 translation
 * @KVM_S2_PERM_R: the guest may read
 * @KVM_S2_PERM_W: the guest may write
 * @KVM_S2_PERM_X: the guest may fetch instructions
 */
enum kvm_s2_perm {
	KVM_S2_PERM_R	= 1 << 0,
	KVM_S2_PERM_W	= 1 << 1,
	KVM_S2_PERM_X	= 1 << 2,
};

/**
 * enum kvm_s2_fact - what the decision is made from
 * @KVM_S2_FACT_VMA: there is a VMA
 * @KVM_S2_FACT_VM_IO: the VMA has VM_IO
 * @KVM_S2_FACT_VM_PFNMAP: the VMA has VM_PFNMAP
 * @KVM_S2_FACT_VM_MIXEDMAP: the VMA has VM_MIXEDMAP
 * @KVM_S2_FACT_ANY_UNCACHED: the VMA has VM_ALLOW_ANY_UNCACHED
 * @KVM_S2_FACT_HUGETLB: the VMA is explicit huge pages
 * @KVM_S2_FACT_MTE_ALLOWED: the VMA has VM_MTE_ALLOWED
 * @KVM_S2_FACT_PFN: the page is known; without it the MAP_MEMORY,
 *	STRUCT_PAGE, ZONE_DEVICE and FLUSHABLE bits are assumed from the VMA
 * @KVM_S2_FACT_MAP_MEMORY: pfn_is_map_memory()
 * @KVM_S2_FACT_STRUCT_PAGE: pfn_valid()
 * @KVM_S2_FACT_ZONE_DEVICE: the struct page is ZONE_DEVICE
 * @KVM_S2_FACT_FLUSHABLE: the kernel has a cacheable alias to clean through
 * @KVM_S2_FACT_GMEM: the page is guest_memfd's
 * @KVM_S2_FACT_FWB: stage 2 of this VM uses FEAT_S2FWB
 * @KVM_S2_FACT_DIC: the CPUs need no instruction cache maintenance (CTR_EL0.DIC)
 * @KVM_S2_FACT_MTE: the VM has MTE
 * @KVM_S2_FACT_PKVM: the VM runs under protected KVM
 * @KVM_S2_FACT_MAP_ONLY: the host chooses by the memory map alone
 *	(kvm-arm.s2_memtype=map)
 *
 * Facts are the same bits whether KVM decides on a fault or reports afterwards.
 */
enum kvm_s2_fact {
	KVM_S2_FACT_VMA		= 1 << 0,
	KVM_S2_FACT_VM_IO	= 1 << 1,
	KVM_S2_FACT_VM_PFNMAP	= 1 << 2,
	KVM_S2_FACT_VM_MIXEDMAP	= 1 << 3,
	KVM_S2_FACT_ANY_UNCACHED = 1 << 4,
	KVM_S2_FACT_HUGETLB	= 1 << 5,
	KVM_S2_FACT_MTE_ALLOWED	= 1 << 6,
	KVM_S2_FACT_PFN		= 1 << 8,
	KVM_S2_FACT_MAP_MEMORY	= 1 << 9,
	KVM_S2_FACT_STRUCT_PAGE	= 1 << 10,
	KVM_S2_FACT_ZONE_DEVICE	= 1 << 11,
	KVM_S2_FACT_FLUSHABLE	= 1 << 12,
	KVM_S2_FACT_GMEM	= 1 << 13,
	KVM_S2_FACT_FWB		= 1 << 16,
	KVM_S2_FACT_DIC		= 1 << 17,
	KVM_S2_FACT_MTE		= 1 << 18,
	KVM_S2_FACT_PKVM	= 1 << 19,
	KVM_S2_FACT_MAP_ONLY	= 1 << 20,
};

#endif /* _UAPI_LINUX_KVM_S2_TYPES_H */
