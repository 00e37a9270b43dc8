// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the memory is that stage 2 gives a type: see s2_memtype.h.
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
