// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM knows about VMAs, and about pages outside the memory map: see
 * s2_facts.h.
 */
#include <linux/memremap.h>
#include <linux/mmzone.h>
#include <linux/set_memory.h>

#include "s2_facts.h"

/* What a VMA says of the memory behind it, as a mask of enum kvm_s2_fact. */
u32 kvm_s2_vma_facts(struct kvm_s2_vma vma)
{
	u32 facts = KVM_S2_FACT_VMA;

	if (vma.flags & VM_IO)
		facts |= KVM_S2_FACT_VM_IO;
	if (vma.flags & VM_PFNMAP)
		facts |= KVM_S2_FACT_VM_PFNMAP;
	if (vma.flags & VM_MIXEDMAP)
		facts |= KVM_S2_FACT_VM_MIXEDMAP;
	if (vma.flags & VM_ALLOW_ANY_UNCACHED)
		facts |= KVM_S2_FACT_ANY_UNCACHED;
	if (vma.flags & VM_HUGETLB)
		facts |= KVM_S2_FACT_HUGETLB;
	if (vma.flags & VM_MTE_ALLOWED)
		facts |= KVM_S2_FACT_MTE_ALLOWED;

	return facts;
}

/* The stage-1 type that the VMM itself uses, as an enum kvm_s2_type. */
u8 kvm_s2_vma_type(struct kvm_s2_vma vma)
{
	switch (pgprot_val(vma.prot) & PTE_ATTRINDX_MASK) {
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

/*
 * A struct page outside the memory map is no proof of a kernel alias: memory
 * that firmware reserved with no-map has one, and so do a peer's BAR and
 * memory that only a device can reach.
 */
static bool kvm_s2_page_flushable(struct page *page)
{
	return is_zone_device_page(page) &&
	       !is_pci_p2pdma_page(page) &&
	       !is_device_private_page(page) &&
	       kernel_page_present(page);
}

/**
 * kvm_s2_odd_pfn_facts - facts of a page that is not in the memory map
 * @pfn: page frame number
 *
 * Return: mask of enum kvm_s2_fact.
 */
u32 kvm_s2_odd_pfn_facts(unsigned long pfn)
{
	u32 facts = KVM_S2_FACT_PFN;
	struct page *page;

	if (!pfn_valid(pfn))
		return facts;

	page = pfn_to_page(pfn);
	facts |= KVM_S2_FACT_STRUCT_PAGE;
	if (is_zone_device_page(page))
		facts |= KVM_S2_FACT_ZONE_DEVICE;
	if (kvm_s2_page_flushable(page))
		facts |= KVM_S2_FACT_FLUSHABLE;

	return facts;
}
