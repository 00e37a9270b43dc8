// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is to tell, noted where it happens.
 *
 * Who sets policies and answers faults does not know how it is told, because
 * what tells it answers requests to set policies, too, and looks for the VMs
 * that there is news of.  It registers itself here.
 */
#include <linux/init.h>
#include <linux/kvm_host.h>

#include "s2_news.h"
#include "s2_policy.h"

static const struct kvm_s2_teller *s2_teller __ro_after_init;

/* Whoever is to tell it now; nobody while the kernel starts. */
static const struct kvm_s2_teller *s2_get_teller(void)
{
	return READ_ONCE(s2_teller);
}

/**
 * kvm_s2_set_teller - say who tells what happens
 * @teller: who, for ever
 */
void __init kvm_s2_set_teller(const struct kvm_s2_teller *teller)
{
	WRITE_ONCE(s2_teller, teller);
	/*
	 * Pairs with atomic_fetch_or() in s2_note_news(): who did not see the
	 * teller has noted its news, for the look that is had now.
	 */
	smp_mb();
	teller->news();
}

static void s2_note_news(struct kvm *kvm, int what)
{
	const struct kvm_s2_teller *teller;

	/*
	 * What it is about is stored already, which the teller reads after it
	 * has cleared the mask: a full barrier in either place.
	 */
	smp_mb();
	if ((atomic_read(&kvm->arch.s2.news) & what) ||
	    atomic_fetch_or(what, &kvm->arch.s2.news))
		return;

	teller = s2_get_teller();
	if (teller)
		teller->news();
}

/**
 * kvm_s2_note_denial - have it told that constraints were about a fault
 * @kvm: the VM
 * @slot: number of the slot
 * @gpa: where
 * @mem_class: enum kvm_s2_class
 * @reason: enum kvm_s2_reason
 *
 * The counters have it already.  Callable under mmu_lock.
 */
void kvm_s2_note_denial(struct kvm *kvm, u32 slot, u64 gpa, u8 mem_class,
			u8 reason)
{
	struct kvm_s2_denial *last = &kvm->arch.s2.last[mem_class];

	WRITE_ONCE(last->gpa, gpa);
	WRITE_ONCE(last->slot, slot);
	WRITE_ONCE(last->reason, reason);
	s2_note_news(kvm, KVM_S2_NEWS_DENIALS);
}

/**
 * kvm_s2_note_set - have it told that a VMM set a policy
 * @change: what was set, for a VM
 *
 * An administrator's is told at once, by kvm_s2_tell_policy().  Under mmu_lock.
 */
void kvm_s2_note_set(const struct kvm_s2_policy_change *change)
{
	lockdep_assert_held_write(&change->kvm->mmu_lock);

	if (change->owner != KVM_S2_OWNER_VMM)
		return;

	change->kvm->arch.s2.last_set = (struct kvm_s2_set) {
		.generation	= change->generation,
		.word		= kvm_s2_pack(change->c),
		.slot		= change->slot,
		.mem_class	= change->mem_class,
	};
	s2_note_news(change->kvm, KVM_S2_NEWS_SET);
}

/**
 * kvm_s2_tell_policy - tell that a policy was set
 * @change: what was set; if by a VMM, that is told with what else is new of it
 */
void kvm_s2_tell_policy(const struct kvm_s2_policy_change *change)
{
	const struct kvm_s2_teller *teller = s2_get_teller();

	if (teller && change->owner == KVM_S2_OWNER_ADMIN)
		teller->set(change);
}

/**
 * kvm_s2_tell_gone - tell that a VM ends, and what was still to be told of it
 * @kvm: the VM, which nobody can find any more
 */
void kvm_s2_tell_gone(struct kvm *kvm)
{
	const struct kvm_s2_teller *teller = s2_get_teller();

	if (teller)
		teller->gone(kvm);
}
