/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which memory type stage 2 gives a page: the decision, apart from KVM.
 *
 * Nothing here knows a VM, a VMA or a page.  What the decision depends on is
 * collected by the caller as facts, so that the fault path and those who
 * report about it use one function, and so that KUnit and user space can link
 * it and try every combination.
 */
#ifndef __ARM64_KVM_S2_MEMTYPE_H__
#define __ARM64_KVM_S2_MEMTYPE_H__

#include <linux/types.h>
#include <uapi/linux/kvm_s2_types.h>

/**
 * struct kvm_s2_input - what is known about one page at one access
 * @facts: mask of enum kvm_s2_fact.  Leave out KVM_S2_FACT_DIC where execute
 *	permission must not be given in advance (a nested guest's own stage 2
 *	forbids it)
 * @vma_type: enum kvm_s2_type of the VMM's own mapping
 * @exec_fault: the access is an instruction fetch
 */
struct kvm_s2_input {
	u32 facts;
	u8 vma_type;
	bool exec_fault;
};

/**
 * struct kvm_s2_decision - what stage 2 does with it
 * @type: enum kvm_s2_type to map it with: WB, NC or DEVICE; UNKNOWN if there
 *	is nothing to map
 * @verdict: enum kvm_s2_verdict on the access
 * @reason: enum kvm_s2_reason for @verdict, and for @type if it is allowed
 * @exec: map it with execute permission
 * @cmo: the host must clean and invalidate the page to the point of coherency
 *	before the guest sees it
 */
struct kvm_s2_decision {
	u8 type;
	u8 verdict;
	u8 reason;
	bool exec;
	bool cmo;
};

enum kvm_s2_class kvm_s2_classify(u32 facts, enum kvm_s2_type vma_type);

/* Why the access must be refused, or UNKNOWN if it need not. */
static inline u8 kvm_s2_refusal(struct kvm_s2_input in, u8 type)
{
	/* Instructions are only ever fetched from cacheable memory. */
	if (in.exec_fault && type != KVM_S2_TYPE_WB)
		return KVM_S2_REASON_EXEC_IO;

	/* Tags cannot be kept for memory that the VMM may not tag. */
	if (type == KVM_S2_TYPE_WB && (in.facts & KVM_S2_FACT_MTE) &&
	    !(in.facts & KVM_S2_FACT_MTE_ALLOWED))
		return KVM_S2_REASON_MTE_VMA;

	return KVM_S2_REASON_UNKNOWN;
}

/**
 * kvm_s2_decide - choose the stage-2 memory type and execute permission
 * @in: what is known about the page and the access
 *
 * What is in the host's memory map is write-back.  Anything else is Device,
 * unless the driver that mapped it vouched that the guest may have it Normal
 * non-cacheable.
 *
 * Inline because every stage-2 fault passes here, and in the memory map hardly
 * anything of it is left.
 *
 * Return: the decision.  The type is given for a refused access as well: it is
 * the one that the page would have had.
 */
static inline struct kvm_s2_decision kvm_s2_decide(struct kvm_s2_input in)
{
	struct kvm_s2_decision d = { .verdict = KVM_S2_VERDICT_ALLOW };
	u8 refusal;

	if (!(in.facts & (KVM_S2_FACT_VMA | KVM_S2_FACT_GMEM))) {
		d.verdict = KVM_S2_VERDICT_DENY;
		d.reason = KVM_S2_REASON_NO_VMA;
		return d;
	}

	if (in.facts & KVM_S2_FACT_MAP_MEMORY) {
		d.type = KVM_S2_TYPE_WB;
		d.reason = KVM_S2_REASON_MAP_MEMORY;
	} else if (in.facts & KVM_S2_FACT_ANY_UNCACHED) {
		d.type = KVM_S2_TYPE_NC;
		d.reason = KVM_S2_REASON_ANY_UNCACHED;
	} else {
		d.type = KVM_S2_TYPE_DEVICE;
		d.reason = KVM_S2_REASON_NOT_MAP_MEMORY;
	}

	refusal = kvm_s2_refusal(in, d.type);
	if (refusal != KVM_S2_REASON_UNKNOWN) {
		d.verdict = KVM_S2_VERDICT_DENY;
		d.reason = refusal;
	} else if (d.type == KVM_S2_TYPE_WB) {
		d.exec = in.exec_fault || (in.facts & KVM_S2_FACT_DIC);
		d.cmo = !(in.facts & KVM_S2_FACT_FWB);
	}

	return d;
}

#endif /* __ARM64_KVM_S2_MEMTYPE_H__ */
