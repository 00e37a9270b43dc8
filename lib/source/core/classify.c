// SPDX-License-Identifier: LGPL-2.1-or-later
/* What memory is, by the facts about it: as the kernel series says */
#include <linux/kvm_s2_types.h>

#include "base/array.h"
#include "source/core/classify.h"

/* Index of a memory type in MAIR_EL1 (asm/memory.h, MT_*) */
enum { MT_NORMAL, MT_NORMAL_TAGGED, MT_NORMAL_NC, MT_DEVICE_nGnRnE,
       MT_DEVICE_nGnRE };

unsigned int s2_classify(uint32_t facts, unsigned int vma_type)
{
	bool io = (facts & KVM_S2_FACT_VM_IO) || vma_type != KVM_S2_TYPE_WB;

	if (facts & KVM_S2_FACT_GMEM)
		return KVM_S2_CLASS_GMEM;
	if (!(facts & KVM_S2_FACT_VMA))
		return KVM_S2_CLASS_HOLE;
	if (facts & KVM_S2_FACT_MAP_MEMORY)
		return vma_type == KVM_S2_TYPE_WB ? KVM_S2_CLASS_RAM :
						    KVM_S2_CLASS_RAM_NC;
	if (io)
		return facts & KVM_S2_FACT_ANY_UNCACHED ? KVM_S2_CLASS_IO_NC :
							  KVM_S2_CLASS_IO;
	return facts & KVM_S2_FACT_ZONE_DEVICE ? KVM_S2_CLASS_ZONE_DEVICE :
						 KVM_S2_CLASS_PFNMAP_WB;
}

unsigned int s2_prot_type(uint64_t prot)
{
	switch (prot >> 2 & 7) {
	case MT_NORMAL:
	case MT_NORMAL_TAGGED:
		return KVM_S2_TYPE_WB;
	case MT_NORMAL_NC:
		return KVM_S2_TYPE_NC;
	case MT_DEVICE_nGnRnE:
	case MT_DEVICE_nGnRE:
		return KVM_S2_TYPE_DEVICE;
	default:
		return KVM_S2_TYPE_UNKNOWN;
	}
}

unsigned int s2_memattr_type(unsigned int memattr, bool fwb)
{
	if (memattr == (fwb ? 6 : 15))
		return KVM_S2_TYPE_WB;
	if (memattr == 5)
		return KVM_S2_TYPE_NC;
	if (memattr == 1)
		return KVM_S2_TYPE_DEVICE;
	return KVM_S2_TYPE_UNKNOWN;
}

uint32_t s2_vma_facts(uint64_t flags, uint64_t mte_allowed)
{
	const struct {
		uint64_t flag;
		uint32_t fact;
	} bits[] = {
		{ S2_VM_IO, KVM_S2_FACT_VM_IO },
		{ S2_VM_PFNMAP, KVM_S2_FACT_VM_PFNMAP },
		{ S2_VM_MIXEDMAP, KVM_S2_FACT_VM_MIXEDMAP },
		{ S2_VM_ANY_UNCACHED, KVM_S2_FACT_ANY_UNCACHED },
		{ S2_VM_HUGETLB, KVM_S2_FACT_HUGETLB },
		{ mte_allowed, KVM_S2_FACT_MTE_ALLOWED },
	};
	uint32_t facts = KVM_S2_FACT_VMA;

	for (unsigned int i = 0; i < ARRAY_SIZE(bits); i++) {
		if (flags & bits[i].flag)
			facts |= bits[i].fact;
	}
	return facts;
}
