// SPDX-License-Identifier: GPL-2.0-only
/*
 * By what this host chooses memory types, and what it refuses for it.
 */
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <asm/virt.h>

#include "s2_choice.h"
#include "s2_facts.h"

static bool s2_map_only __ro_after_init;

static int __init s2_memtype_param(char *arg)
{
	if (!arg)
		return -EINVAL;

	if (!strcmp(arg, "map"))
		s2_map_only = true;
	else if (!strcmp(arg, "vma"))
		s2_map_only = false;
	else
		return -EINVAL;

	return 0;
}
early_param("kvm-arm.s2_memtype", s2_memtype_param);

/**
 * kvm_s2_choice_facts - how the host chooses, as facts
 *
 * They only make a difference for what is not in the memory map.
 *
 * Return: mask of enum kvm_s2_fact; 0 if the VMM's mapping is what counts.
 */
u32 kvm_s2_choice_facts(void)
{
	u32 facts = 0;

	if (s2_map_only)
		facts |= KVM_S2_FACT_MAP_ONLY;
	if (is_protected_kvm_enabled())
		facts |= KVM_S2_FACT_PKVM;

	return facts;
}

/**
 * kvm_s2_cacheable_pfnmap - KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED
 *
 * Return: whether a guest can have cacheable memory that the host has no
 * alias of.
 */
bool kvm_s2_cacheable_pfnmap(void)
{
	const u32 coherent = KVM_S2_FACT_FWB | KVM_S2_FACT_DIC;

	return !kvm_s2_choice_facts() &&
	       (kvm_s2_cpu_facts() & coherent) == coherent;
}

/*
 * Facts of the page frame behind @hva, which is faulted in if it is not there;
 * 0 if there is none.  It cannot go away while its facts are looked up.
 */
static u32 s2_mapped_pfn_facts(struct vm_area_struct *vma, unsigned long hva)
{
	struct follow_pfnmap_args args = { .vma = vma, .address = hva };
	u32 facts;

	if (follow_pfnmap_start(&args)) {
		/* Without a place to say so it does not drop mmap_lock. */
		if (fixup_user_fault(vma->vm_mm, hva, 0, NULL) ||
		    follow_pfnmap_start(&args))
			return 0;
	}

	facts = kvm_s2_pfn_facts(args.pfn);
	follow_pfnmap_end(&args);

	return facts;
}

/**
 * kvm_s2_vma_allowed - could a slot have this VMA behind it?
 * @vma: the VMA, with slots_lock and mmap_lock held
 * @hva: an address in it
 *
 * Tells a VMM early, where it can act on it, what a guest would run into.  It
 * is advice: only the page frame says what a page is, one of them is looked
 * at, and mappings change.  The fault has the last word.
 *
 * A driver may well map memory that has an alias as page frames, so the flags
 * of the VMA alone do not justify a refusal.
 *
 * Return: false if a fault at @hva would be refused because the caches could
 * not be maintained.
 */
bool kvm_s2_vma_allowed(struct vm_area_struct *vma, unsigned long hva)
{
	struct kvm_s2_vma s2_vma = kvm_s2_vma(vma);
	struct kvm_s2_input in = { 0 };
	u32 pfn_facts;

	if (!(s2_vma.flags & VM_PFNMAP) || kvm_s2_cacheable_pfnmap())
		return true;

	in.facts = kvm_s2_vma_facts(s2_vma) | kvm_s2_cpu_facts() |
		   kvm_s2_choice_facts();
	in.vma_type = kvm_s2_vma_type(s2_vma);
	if (kvm_s2_decide(in).reason != KVM_S2_REASON_NOT_FLUSHABLE)
		return true;

	pfn_facts = s2_mapped_pfn_facts(vma, hva);
	if (!pfn_facts)
		return true;

	in.facts |= pfn_facts;
	return kvm_s2_decide(in).reason != KVM_S2_REASON_NOT_FLUSHABLE;
}
