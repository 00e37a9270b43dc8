// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which memory type stage 2 gives a page: see s2_memtype.h.
 */
#include "s2_memtype.h"

/**
 * kvm_s2_classify - name what lies behind a guest-physical address
 * @facts: mask of enum kvm_s2_fact
 * @vma_type: enum kvm_s2_type of the VMM's own mapping
 *
 * The class says what the memory is, not how stage 2 maps it.
 *
 * Return: the class; UNKNOWN is never returned.
 */
enum kvm_s2_class kvm_s2_classify(u32 facts, enum kvm_s2_type vma_type)
{
	bool cacheable = vma_type == KVM_S2_TYPE_WB;

	if (facts & KVM_S2_FACT_GMEM)
		return KVM_S2_CLASS_GMEM;

	if (!(facts & KVM_S2_FACT_VMA))
		return KVM_S2_CLASS_HOLE;

	if (facts & KVM_S2_FACT_MAP_MEMORY)
		return cacheable ? KVM_S2_CLASS_RAM : KVM_S2_CLASS_RAM_NC;

	if (facts & KVM_S2_FACT_ANY_UNCACHED)
		return KVM_S2_CLASS_IO_NC;

	if (!cacheable || (facts & KVM_S2_FACT_VM_IO))
		return KVM_S2_CLASS_IO;

	if (facts & KVM_S2_FACT_ZONE_DEVICE)
		return KVM_S2_CLASS_ZONE_DEVICE;

	return KVM_S2_CLASS_PFNMAP_WB;
}

static enum kvm_s2_reason kvm_s2_reason_of_type(u32 facts)
{
	if (facts & KVM_S2_FACT_MAP_MEMORY)
		return KVM_S2_REASON_MAP_MEMORY;

	if (facts & KVM_S2_FACT_ANY_UNCACHED)
		return KVM_S2_REASON_ANY_UNCACHED;

	return KVM_S2_REASON_NOT_MAP_MEMORY;
}

static enum kvm_s2_type kvm_s2_type_of_reason(enum kvm_s2_reason reason)
{
	switch (reason) {
	case KVM_S2_REASON_MAP_MEMORY:
		return KVM_S2_TYPE_WB;
	case KVM_S2_REASON_ANY_UNCACHED:
		return KVM_S2_TYPE_NC;
	default:
		return KVM_S2_TYPE_DEVICE;
	}
}

/* Why the access must be refused, or UNKNOWN if it need not. */
static enum kvm_s2_reason kvm_s2_refusal(struct kvm_s2_input in,
					 enum kvm_s2_type type)
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
 * Return: the decision.  The type is given for a refused access as well: it is
 * the one that the page would have had.
 */
struct kvm_s2_decision kvm_s2_decide(struct kvm_s2_input in)
{
	struct kvm_s2_decision d = {
		.class = kvm_s2_classify(in.facts, in.vma_type),
		.verdict = KVM_S2_VERDICT_ALLOW,
	};
	enum kvm_s2_reason refusal;

	if (d.class == KVM_S2_CLASS_HOLE) {
		d.verdict = KVM_S2_VERDICT_DENY;
		d.reason = KVM_S2_REASON_NO_VMA;
		return d;
	}

	d.reason = kvm_s2_reason_of_type(in.facts);
	d.type = kvm_s2_type_of_reason(d.reason);

	refusal = kvm_s2_refusal(in, d.type);
	if (refusal != KVM_S2_REASON_UNKNOWN) {
		d.verdict = KVM_S2_VERDICT_DENY;
		d.reason = refusal;
		return d;
	}

	if (d.type == KVM_S2_TYPE_WB) {
		d.exec = in.exec_fault || (in.facts & KVM_S2_FACT_DIC);
		d.cmo = !(in.facts & KVM_S2_FACT_FWB);
	}

	return d;
}
