/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What KVM knows about a VMA, a page and a VM, as enum kvm_s2_fact.
 */
#ifndef __ARM64_KVM_S2_FACTS_H__
#define __ARM64_KVM_S2_FACTS_H__

#include <linux/cpufeature.h>
#include <linux/mm.h>

#include "s2_memtype.h"

u32 kvm_s2_odd_pfn_facts(unsigned long pfn);

static inline u32 kvm_s2_vma_facts(const struct vm_area_struct *vma)
{
	vm_flags_t flags = vma->vm_flags;
	u32 facts = KVM_S2_FACT_VMA;

	if (flags & VM_IO)
		facts |= KVM_S2_FACT_VM_IO;
	if (flags & VM_PFNMAP)
		facts |= KVM_S2_FACT_VM_PFNMAP;
	if (flags & VM_MIXEDMAP)
		facts |= KVM_S2_FACT_VM_MIXEDMAP;
	if (flags & VM_ALLOW_ANY_UNCACHED)
		facts |= KVM_S2_FACT_ANY_UNCACHED;
	if (flags & VM_HUGETLB)
		facts |= KVM_S2_FACT_HUGETLB;
	if (flags & VM_MTE_ALLOWED)
		facts |= KVM_S2_FACT_MTE_ALLOWED;

	return facts;
}

/* The stage-1 type that the VMM itself uses, as an enum kvm_s2_type. */
static inline u8 kvm_s2_vma_type(const struct vm_area_struct *vma)
{
	switch (pgprot_val(vma->vm_page_prot) & PTE_ATTRINDX_MASK) {
	case PTE_ATTRINDX(MT_NORMAL):
	case PTE_ATTRINDX(MT_NORMAL_TAGGED):
		return KVM_S2_TYPE_WB;
	case PTE_ATTRINDX(MT_NORMAL_NC):
		return KVM_S2_TYPE_NC;
	case PTE_ATTRINDX(MT_DEVICE_nGnRnE):
	case PTE_ATTRINDX(MT_DEVICE_nGnRE):
		return KVM_S2_TYPE_DEVICE;
	default:
		return KVM_S2_TYPE_UNKNOWN;
	}
}

/* What is in the memory map always has a struct page and a linear alias. */
#define KVM_S2_MAP_MEMORY_FACTS						\
	(KVM_S2_FACT_PFN | KVM_S2_FACT_MAP_MEMORY |			\
	 KVM_S2_FACT_STRUCT_PAGE | KVM_S2_FACT_FLUSHABLE)

static inline u32 kvm_s2_pfn_facts(unsigned long pfn)
{
	if (likely(pfn_is_map_memory(pfn)))
		return KVM_S2_MAP_MEMORY_FACTS;

	return kvm_s2_odd_pfn_facts(pfn);
}

static inline u32 kvm_s2_cpu_facts(void)
{
	u32 facts = 0;

	if (cpus_have_final_cap(ARM64_HAS_STAGE2_FWB))
		facts |= KVM_S2_FACT_FWB;
	if (cpus_have_final_cap(ARM64_HAS_CACHE_DIC))
		facts |= KVM_S2_FACT_DIC;

	return facts;
}

#endif /* __ARM64_KVM_S2_FACTS_H__ */
