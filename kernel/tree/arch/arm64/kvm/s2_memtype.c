// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the memory is that stage 2 gives a type, and the choice of a type for
 * what is not in the memory map: see s2_memtype.h.
 */
#include "s2_memtype.h"

/*
 * I/O memory is what its driver let the VMM map as such: with VM_IO, or not
 * cacheable.  Where memory lies says nothing about what it is.
 */
static bool s2_is_io(u32 facts, enum kvm_s2_type vma_type)
{
	return (facts & KVM_S2_FACT_VM_IO) || vma_type != KVM_S2_TYPE_WB;
}

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
	if (facts & KVM_S2_FACT_GMEM)
		return KVM_S2_CLASS_GMEM;

	if (!(facts & KVM_S2_FACT_VMA))
		return KVM_S2_CLASS_HOLE;

	if (facts & KVM_S2_FACT_MAP_MEMORY)
		return vma_type == KVM_S2_TYPE_WB ? KVM_S2_CLASS_RAM :
						    KVM_S2_CLASS_RAM_NC;

	if (s2_is_io(facts, vma_type))
		return facts & KVM_S2_FACT_ANY_UNCACHED ? KVM_S2_CLASS_IO_NC :
							  KVM_S2_CLASS_IO;

	return facts & KVM_S2_FACT_ZONE_DEVICE ? KVM_S2_CLASS_ZONE_DEVICE :
						 KVM_S2_CLASS_PFNMAP_WB;
}

static struct kvm_s2_decision s2_deny(u8 type, u8 reason)
{
	return (struct kvm_s2_decision) {
		.type		= type,
		.verdict	= KVM_S2_VERDICT_DENY,
		.reason		= reason,
	};
}

/* I/O memory is Device, unless its driver vouched for non-cacheable. */
static struct kvm_s2_decision s2_decide_io(struct kvm_s2_input in, u8 reason)
{
	struct kvm_s2_decision d = {
		.type		= KVM_S2_TYPE_DEVICE,
		.verdict	= KVM_S2_VERDICT_ALLOW,
		.reason		= reason,
	};

	if (in.facts & KVM_S2_FACT_ANY_UNCACHED) {
		d.type = KVM_S2_TYPE_NC;
		d.reason = KVM_S2_REASON_ANY_UNCACHED;
	}

	/* Instructions are only ever fetched from cacheable memory. */
	if (in.exec_fault)
		return s2_deny(d.type, KVM_S2_REASON_EXEC_IO);

	return d;
}

/*
 * Cacheable memory is treated alike wherever it lies, if it can be.  A CPU
 * without FWB leaves it to the host to clean the data cache, one without DIC to
 * invalidate the instruction cache, and for either the host needs an alias.
 */
static struct kvm_s2_decision s2_decide_cacheable(struct kvm_s2_input in)
{
	const u32 coherent = KVM_S2_FACT_FWB | KVM_S2_FACT_DIC;
	struct kvm_s2_decision d = {
		.type		= KVM_S2_TYPE_WB,
		.verdict	= KVM_S2_VERDICT_ALLOW,
		.reason		= KVM_S2_REASON_CACHEABLE_VMA,
	};

	if (!(in.facts & KVM_S2_FACT_FLUSHABLE) &&
	    (in.facts & coherent) != coherent)
		return s2_deny(d.type, KVM_S2_REASON_NOT_FLUSHABLE);

	/* Tags are kept for memory in the memory map only. */
	if (in.facts & KVM_S2_FACT_MTE)
		return s2_deny(d.type, KVM_S2_REASON_MTE_VMA);

	kvm_s2_allow_wb(in, &d);
	return d;
}

/**
 * kvm_s2_decide_odd - choose for what is not in the host's memory map
 * @facts: as in struct kvm_s2_input, and so on
 * @vma_type: enum kvm_s2_type of the VMM's own mapping
 * @exec_fault: the access is an instruction fetch
 * @exec_on_fetch: give execute permission to a fetch only
 *
 * Not a struct, because a fault would put one together before it knows whether
 * it calls this.
 *
 * The choice by the memory map alone, KVM's old one, takes all of it for I/O.
 * The choice by the VMA takes the VMM's mapping at its word.  Protected KVM
 * keeps the old one: the hypervisor maps it Device for the host itself.
 *
 * Return: as kvm_s2_decide().
 */
struct kvm_s2_decision kvm_s2_decide_odd(u32 facts, u8 vma_type,
					 bool exec_fault, bool exec_on_fetch)
{
	const struct kvm_s2_input in = {
		.facts		= facts,
		.vma_type	= vma_type,
		.exec_fault	= exec_fault,
		.exec_on_fetch	= exec_on_fetch,
	};

	if (!(in.facts & (KVM_S2_FACT_VMA | KVM_S2_FACT_GMEM)))
		return s2_deny(KVM_S2_TYPE_UNKNOWN, KVM_S2_REASON_NO_VMA);

	if (in.facts & (KVM_S2_FACT_MAP_ONLY | KVM_S2_FACT_PKVM))
		return s2_decide_io(in, KVM_S2_REASON_NOT_MAP_MEMORY);

	if (s2_is_io(in.facts, in.vma_type))
		return s2_decide_io(in, KVM_S2_REASON_IO_VMA);

	return s2_decide_cacheable(in);
}
