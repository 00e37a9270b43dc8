// SPDX-License-Identifier: GPL-2.0-only
/*
 * Constraints of the host, of VMs and of slots: what holds at a fault.
 *
 * A fault reads constraints without a lock, after it has sampled
 * kvm->mmu_invalidate_seq.  Who changes them (s2_policy_set.c) stores the new
 * ones first and then invalidates, so a fault either reads the new ones or is
 * made to try again.
 */
#include <linux/kvm_host.h>
#include <asm/kvm_emulate.h>

#include "s2_choice.h"
#include "s2_facts.h"
#include "s2_news.h"
#include "s2_policy.h"
#include "trace_s2.h"

DEFINE_STATIC_KEY_FALSE(kvm_s2_policy_key);

u32 kvm_s2_host_policy[KVM_S2_NR_CLASSES] __read_mostly;
u64 kvm_s2_host_generation = 1;

/* Of all VMs, those that are gone included.  Written by whoever is refused. */
struct kvm_s2_counts kvm_s2_host_counts ____cacheline_aligned_in_smp;

/**
 * kvm_s2_in_mode - put what somebody asks for into constraints
 * @mask: mask of enum kvm_s2_constraint
 * @mode: enum kvm_s2_mode
 * @c: where to
 *
 * Return: 0, or -EINVAL for an unknown constraint or mode, or if one is given
 * without the other.
 */
int kvm_s2_in_mode(u32 mask, u32 mode, struct kvm_s2_constraints *c)
{
	const bool none = mode == KVM_S2_MODE_NONE;

	*c = (struct kvm_s2_constraints) {};
	if ((mask & ~KVM_S2_ALL_CONSTRAINTS) || none != !mask)
		return -EINVAL;

	switch (mode) {
	case KVM_S2_MODE_NONE:
		return 0;
	case KVM_S2_MODE_AUDIT:
		c->audited = mask;
		return 0;
	case KVM_S2_MODE_ENFORCE:
		c->enforced = mask;
		return 0;
	default:
		return -EINVAL;
	}
}

/* What one owner set in one place, or is about to. */
static struct kvm_s2_constraints
s2_set_there(const u32 *word, const struct kvm_s2_policy_change *change,
	     struct kvm *kvm, int slot, u8 mem_class, u8 owner)
{
	if (change && change->kvm == kvm && change->slot == slot &&
	    change->mem_class == mem_class && change->owner == owner)
		return change->c;

	return kvm_s2_unpack(READ_ONCE(*word));
}

/**
 * kvm_s2_slot_constraints - what is set for a slot
 * @kvm: the VM
 * @slot: the slot, or NULL for none
 * @change: look as if this had been set, or NULL
 *
 * Return: the constraints of both owners.
 */
struct kvm_s2_constraints
kvm_s2_slot_constraints(struct kvm *kvm, const struct kvm_memory_slot *slot,
			const struct kvm_s2_policy_change *change)
{
	struct kvm_s2_constraints c = {};
	u8 owner;

	if (!slot)
		return c;

	for (owner = KVM_S2_OWNER_ADMIN; owner <= KVM_S2_OWNER_VMM; owner++)
		c = kvm_s2_unite(c, s2_set_there(
			&slot->arch.s2.by[kvm_s2_owner_index(owner)], change,
			kvm, slot->id, KVM_S2_CLASS_UNKNOWN, owner));

	return c;
}

/* Without what cannot be had where the host cannot look after the caches. */
static inline struct kvm_s2_constraints s2_may_be(struct kvm *kvm,
						  struct kvm_s2_constraints c)
{
	if (likely(!((c.enforced | c.audited) & KVM_S2_CONSTRAINT_FORCE)))
		return c;

	if (kvm_has_mte(kvm) ||
	    test_bit(KVM_ARM_VCPU_HAS_EL2, kvm->arch.vcpu_features)) {
		c.enforced &= ~KVM_S2_CONSTRAINT_FORCE;
		c.audited &= ~KVM_S2_CONSTRAINT_FORCE;
	}

	return c;
}

/**
 * kvm_s2_in_force - what holds for memory of a class
 * @kvm: the VM, or NULL for what holds in any
 * @slot: constraints of the slot
 * @mem_class: enum kvm_s2_class of the memory
 * @change: look as if this had been set, or NULL
 *
 * Return: the constraints of the host, the VM and the slot, united.
 */
struct kvm_s2_constraints
kvm_s2_in_force(struct kvm *kvm, struct kvm_s2_constraints slot, u8 mem_class,
		const struct kvm_s2_policy_change *change)
{
	struct kvm_s2_constraints c = slot;
	u8 owner;

	if (mem_class >= KVM_S2_NR_CLASSES)
		return c;

	c = kvm_s2_unite(c, s2_set_there(&kvm_s2_host_policy[mem_class], change,
					 NULL, KVM_S2_ANY_SLOT, mem_class,
					 KVM_S2_OWNER_ADMIN));
	if (!kvm)
		return c;

	for (owner = KVM_S2_OWNER_ADMIN; owner <= KVM_S2_OWNER_VMM; owner++)
		c = kvm_s2_unite(c, s2_set_there(
			&kvm->arch.s2.by[kvm_s2_owner_index(owner)][mem_class],
			change, kvm, KVM_S2_ANY_SLOT, mem_class, owner));

	return s2_may_be(kvm, c);
}

/* What holds at a fault: as kvm_s2_in_force(), but in a hurry. */
static u32 s2_words(struct kvm *kvm, const struct kvm_memory_slot *slot,
		    u8 mem_class)
{
	const struct kvm_s2_vm *vm = &kvm->arch.s2;

	BUILD_BUG_ON(KVM_S2_NR_OWNERS != 2);

	return READ_ONCE(kvm_s2_host_policy[mem_class]) |
	       READ_ONCE(vm->by[0][mem_class]) |
	       READ_ONCE(vm->by[1][mem_class]) |
	       READ_ONCE(slot->arch.s2.by[0]) | READ_ONCE(slot->arch.s2.by[1]);
}

/* kvm_s2_choose(), whatever the memory is and whoever looks on */
static noinline u64
s2_choose_hard(struct kvm_vcpu *vcpu, const struct kvm_memory_slot *slot,
	       phys_addr_t ipa, u32 facts, vm_flags_t vma_flags,
	       pgprot_t vma_prot, bool exec_on_fetch)
{
	const struct kvm_s2_vma vma = { vma_flags, vma_prot };
	struct kvm *kvm = vcpu->kvm;
	struct kvm_s2_input in = {
		.facts		= facts,
		.vma_type	= kvm_s2_vma_type(vma),
		.exec_fault	= kvm_vcpu_trap_is_exec_fault(vcpu),
		.exec_on_fetch	= exec_on_fetch,
	};
	struct kvm_s2_decision d;
	u8 mem_class;
	u32 word;

	/* For memory in the memory map nothing depends on these. */
	if (trace_kvm_s2_decide_enabled())
		in.facts |= kvm_s2_vma_facts(vma) | kvm_s2_choice_facts();

	mem_class = kvm_s2_classify(in.facts, in.vma_type);
	word = s2_words(kvm, slot, mem_class);
	d = kvm_s2_constrain(in, kvm_s2_decide(in),
			     s2_may_be(kvm, kvm_s2_unpack(word)));
	trace_kvm_s2_decide(kvm, ipa, &in, &d);

	return kvm_s2_pack_decision(d, mem_class);
}

/* Ordinary cacheable memory, which is all that the short way knows, or not */
static u8 s2_plain_vma_type(pgprot_t vma_prot)
{
	if ((pgprot_val(vma_prot) & PTE_ATTRINDX_MASK) == PTE_ATTRINDX(MT_NORMAL))
		return KVM_S2_TYPE_WB;

	return KVM_S2_TYPE_UNKNOWN;
}

/**
 * kvm_s2_choose - choose for a fault under a policy, or while somebody looks on
 * @vcpu: the vCPU
 * @slot: the slot that the fault is in
 * @ipa: where
 * @facts: as in struct kvm_s2_input, those about the VMA need not be there
 * @vma_flags: flags of the VMA
 * @vma_prot: its page protection
 * @exec_on_fetch: as in struct kvm_s2_input
 *
 * Called after kvm->mmu_invalidate_seq was sampled.
 *
 * Most faults are for RAM that has all that is asked of it.  They come first,
 * and call nothing, so that nothing has to be saved for a call.
 *
 * Return: the decision that the policy leaves, for kvm_s2_unpack_decision().
 */
u64 kvm_s2_choose(struct kvm_vcpu *vcpu, const struct kvm_memory_slot *slot,
		  phys_addr_t ipa, u32 facts, vm_flags_t vma_flags,
		  pgprot_t vma_prot, bool exec_on_fetch)
{
	const struct kvm_s2_input in = {
		.facts		= facts,
		.vma_type	= s2_plain_vma_type(vma_prot),
		.exec_fault	= kvm_vcpu_trap_is_exec_fault(vcpu),
		.exec_on_fetch	= exec_on_fetch,
	};
	struct kvm_s2_constraints c;

	if (!trace_kvm_s2_decide_enabled() && kvm_s2_is_plain_ram(in)) {
		c = kvm_s2_unpack(s2_words(vcpu->kvm, slot, KVM_S2_CLASS_RAM));
		if (kvm_s2_is_met_by_wb(in, c))
			return kvm_s2_pack_decision(
				kvm_s2_constrain_wb(kvm_s2_allow_ram(in), c),
				KVM_S2_CLASS_RAM);
	}

	return s2_choose_hard(vcpu, slot, ipa, facts, vma_flags, vma_prot,
			      exec_on_fetch);
}

static void s2_count(struct kvm_s2_counts *counts, u8 verdict)
{
	if (verdict == KVM_S2_VERDICT_DENY)
		atomic64_inc(&counts->denied);
	else
		atomic64_inc(&counts->would_deny);
}

/**
 * kvm_s2_refuse - answer a fault that is not simply allowed
 * @vcpu: the vCPU
 * @slot: the slot that the fault is in
 * @ipa: where
 * @chosen: what kvm_s2_choose() chose, or 0 if it was not asked
 *
 * Called under mmu_lock, once it is known that the choice was not too early.
 * Guests and VMMs can cause any number of these, so nothing is logged.
 *
 * Return: 0 if the page may be mapped nevertheless, else -EFAULT.
 */
int kvm_s2_refuse(struct kvm_vcpu *vcpu, struct kvm_memory_slot *slot,
		  phys_addr_t ipa, u64 chosen)
{
	const struct kvm_s2_decision d = kvm_s2_unpack_decision(chosen);
	const bool exec_fault = kvm_vcpu_trap_is_exec_fault(vcpu);
	const u8 mem_class = kvm_s2_unpack_class(chosen);
	struct kvm *kvm = vcpu->kvm;

	/* Not for a constraint, but because it cannot be had at all. */
	if (d.reason < KVM_S2_REASON_FLOOR)
		return -EFAULT;

	s2_count(&slot->arch.s2.counts, d.verdict);
	s2_count(&kvm->arch.s2.counts[mem_class], d.verdict);
	s2_count(&kvm_s2_host_counts, d.verdict);
	trace_kvm_s2_deny(kvm, slot->id, ipa, mem_class, exec_fault, &d);
	kvm_s2_note_denial(kvm, slot->id, ipa, mem_class, d.reason);

	if (d.verdict != KVM_S2_VERDICT_DENY)
		return 0;

	kvm_prepare_memory_fault_exit(vcpu, ipa & PAGE_MASK, PAGE_SIZE,
				      kvm_is_write_fault(vcpu), exec_fault,
				      false);
	return -EFAULT;
}

/**
 * kvm_s2_may_log - may a slot log dirty pages?
 * @kvm: the VM, with slots_lock held
 * @slot: the slot
 *
 * Return: false if memory in it may be forced to be non-cacheable.
 */
bool kvm_s2_may_log(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	struct kvm_s2_constraints c = kvm_s2_slot_constraints(kvm, slot, NULL);
	u8 mem_class;

	for (mem_class = 0; mem_class < KVM_S2_NR_CLASSES; mem_class++)
		if (BIT(mem_class) & KVM_S2_FORCEABLE_CLASSES)
			c = kvm_s2_unite(c, kvm_s2_in_force(kvm, c, mem_class,
							    NULL));

	return !((c.enforced | c.audited) & KVM_S2_CONSTRAINT_FORCE);
}
