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

/* What KVM wants of a VMA after mmap_lock is released. */
struct kvm_s2_vma {
	vm_flags_t flags;
	pgprot_t prot;
};

static inline struct kvm_s2_vma kvm_s2_vma(const struct vm_area_struct *vma)
{
	return (struct kvm_s2_vma) { vma->vm_flags, vma->vm_page_prot };
}

u32 kvm_s2_vma_facts(struct kvm_s2_vma vma);
u8 kvm_s2_vma_type(struct kvm_s2_vma vma);

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
