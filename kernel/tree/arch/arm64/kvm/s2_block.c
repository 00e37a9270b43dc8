// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether one stage-2 entry may map several pages.
 */
#include <linux/align.h>
#include <linux/memblock.h>
#include <linux/mmzone.h>

#include "s2_block.h"
#include "s2_facts.h"

/* Does the memory map say the same of all of it? */
static bool s2_one_region(phys_addr_t start, phys_addr_t bytes)
{
	return memblock_is_region_memory(start, bytes) ||
	       !memblock_overlaps_region(&memblock.memory, start, bytes);
}

/**
 * kvm_s2_block_alike - are the pages of a block all of one kind?
 * @pfn: page frame number of the first
 * @nr: number of pages, at least one
 *
 * One entry gives all its pages one memory type, which is chosen for one of
 * them.  A large page of the page cache is of one kind, but a driver may map
 * by a large entry whatever lies together.
 *
 * Two parts of the memory map that belong to different nodes, or differ in some
 * other way that does not matter here, are taken for different: that costs a
 * block, not correctness.
 *
 * Return: whether all pages have the facts of the first.
 */
bool kvm_s2_block_alike(unsigned long pfn, unsigned long nr)
{
	const unsigned long end = pfn + nr;
	u32 facts;

	if (!s2_one_region(PFN_PHYS(pfn), PFN_PHYS(nr)))
		return false;

	facts = kvm_s2_pfn_facts(pfn);
	if (facts & KVM_S2_FACT_MAP_MEMORY)
		return true;

	/* Struct pages come and go by subsection. */
	for (pfn = ALIGN(pfn + 1, PAGES_PER_SUBSECTION); pfn < end;
	     pfn += PAGES_PER_SUBSECTION) {
		if (kvm_s2_odd_pfn_facts(pfn) != facts)
			return false;
	}

	return true;
}
