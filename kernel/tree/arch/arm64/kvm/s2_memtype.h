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
 * @facts: mask of enum kvm_s2_fact
 * @vma_type: enum kvm_s2_type of the VMM's own mapping
 * @exec_fault: the access is an instruction fetch
 * @exec_on_fetch: give execute permission to a fetch only, not in advance (a
 *	nested guest's own stage 2 forbids it)
 */
struct kvm_s2_input {
	u32 facts;
	u8 vma_type;
	bool exec_fault;
	bool exec_on_fetch;
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
struct kvm_s2_decision kvm_s2_decide_odd(u32 facts, u8 vma_type,
					 bool exec_fault, bool exec_on_fetch);

/* What is left to say of cacheable memory once it may be mapped. */
static inline void kvm_s2_allow_wb(struct kvm_s2_input in,
				   struct kvm_s2_decision *d)
{
	d->exec = in.exec_fault ||
		  (!in.exec_on_fetch && (in.facts & KVM_S2_FACT_DIC));
	d->cmo = !(in.facts & KVM_S2_FACT_FWB);
}

/* What is in the memory map and may be mapped */
static inline struct kvm_s2_decision kvm_s2_allow_ram(struct kvm_s2_input in)
{
	struct kvm_s2_decision d = {
		.type		= KVM_S2_TYPE_WB,
		.verdict	= KVM_S2_VERDICT_ALLOW,
		.reason		= KVM_S2_REASON_MAP_MEMORY,
	};

	kvm_s2_allow_wb(in, &d);
	return d;
}

/**
 * kvm_s2_decide - choose the stage-2 memory type and execute permission
 * @in: what is known about the page and the access
 *
 * What is in the host's memory map is write-back, whatever the VMM's mapping
 * is like.  For anything else see kvm_s2_decide_odd().
 *
 * Inline because every stage-2 fault passes here, and in the memory map hardly
 * anything of it is left.
 *
 * Return: the decision.  The type is given for a refused access as well: it is
 * the one that the page would have had.
 */
static inline struct kvm_s2_decision kvm_s2_decide(struct kvm_s2_input in)
{
	struct kvm_s2_decision d = {
		.type		= KVM_S2_TYPE_WB,
		.verdict	= KVM_S2_VERDICT_DENY,
		.reason		= KVM_S2_REASON_MTE_VMA,
	};

	if (!(in.facts & KVM_S2_FACT_MAP_MEMORY) ||
	    !(in.facts & (KVM_S2_FACT_VMA | KVM_S2_FACT_GMEM)))
		return kvm_s2_decide_odd(in.facts, in.vma_type, in.exec_fault,
					 in.exec_on_fetch);

	/* Tags cannot be kept for memory that the VMM may not tag. */
	if ((in.facts & KVM_S2_FACT_MTE) &&
	    !(in.facts & KVM_S2_FACT_MTE_ALLOWED))
		return d;

	d = kvm_s2_allow_ram(in);
	return d;
}

#endif /* __ARM64_KVM_S2_MEMTYPE_H__ */
