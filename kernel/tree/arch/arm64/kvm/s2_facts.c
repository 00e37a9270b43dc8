// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM knows about pages outside the memory map: see s2_facts.h.
 */
#include <linux/memremap.h>
#include <linux/mmzone.h>
#include <linux/set_memory.h>

#include "s2_facts.h"

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
