// SPDX-License-Identifier: GPL-2.0-only
/*
 * What constraints make of the choice of a memory type: see s2_constrain.h.
 */
#include "s2_constrain.h"

static struct kvm_s2_decision s2_refuse(struct kvm_s2_decision d, u8 reason)
{
	d.verdict = KVM_S2_VERDICT_DENY;
	d.reason = reason;
	d.exec = false;
	d.cmo = false;

	return d;
}

static u8 s2_floor(u16 mask)
{
	if (mask & KVM_S2_CONSTRAINT_FLOOR_DEVICE)
		return KVM_S2_TYPE_DEVICE;

	return mask & KVM_S2_CONSTRAINT_FLOOR_NC ? KVM_S2_TYPE_NC :
						   KVM_S2_TYPE_WB;
}

/*
 * Raise a type to the floor.  What a driver made non-cacheable can always be
 * Device.  What is cacheable has cacheable aliases, the VMM's own for one: it
 * can be non-cacheable only if the VMM asked for that and the host can keep
 * the caches out of the way.
 */
static struct kvm_s2_decision s2_raise(struct kvm_s2_input in,
				       struct kvm_s2_decision d, u16 mask)
{
	const u8 floor = s2_floor(mask);

	if (d.type >= floor)
		return d;

	if (d.type == KVM_S2_TYPE_WB &&
	    (floor != KVM_S2_TYPE_NC || !(mask & KVM_S2_CONSTRAINT_FORCE) ||
	     !kvm_s2_forceable(in.facts)))
		return s2_refuse(d, KVM_S2_REASON_FLOOR);

	d.cmo = d.type == KVM_S2_TYPE_WB;
	d.type = floor;
	d.exec = false;
	d.reason = KVM_S2_REASON_FLOOR;

	return in.exec_fault ? s2_refuse(d, KVM_S2_REASON_FLOOR) : d;
}

/* One set of constraints, in the order in which reasons take precedence. */
static struct kvm_s2_decision s2_apply(struct kvm_s2_input in,
				       struct kvm_s2_decision d, u16 mask)
{
	d = s2_raise(in, d, mask);
	if (d.verdict == KVM_S2_VERDICT_DENY)
		return d;

	if ((mask & KVM_S2_CONSTRAINT_REQUIRE_FWB) &&
	    d.type == KVM_S2_TYPE_WB && !(in.facts & KVM_S2_FACT_FWB))
		return s2_refuse(d, KVM_S2_REASON_REQUIRE_FWB);

	if ((mask & KVM_S2_CONSTRAINT_MATCH_VMA) && d.type != in.vma_type)
		return s2_refuse(d, KVM_S2_REASON_MATCH_VMA);

	if (mask & KVM_S2_CONSTRAINT_NOEXEC) {
		if (in.exec_fault)
			return s2_refuse(d, KVM_S2_REASON_NOEXEC);
		d.exec = false;
	}

	return d;
}

/* kvm_s2_constrain(), for what is allowed without constraints. */
struct kvm_s2_decision kvm_s2_constrain_hard(struct kvm_s2_input in,
					     struct kvm_s2_decision d,
					     struct kvm_s2_constraints c)
{
	struct kvm_s2_decision hard, soft;

	hard = s2_apply(in, d, c.enforced);
	if (hard.verdict == KVM_S2_VERDICT_DENY || !(c.audited & ~c.enforced))
		return hard;

	soft = s2_apply(in, d, c.enforced | c.audited);
	if (soft.verdict == KVM_S2_VERDICT_DENY) {
		hard.verdict = KVM_S2_VERDICT_WOULD_DENY;
		hard.reason = soft.reason;
	}

	return hard;
}

/**
 * kvm_s2_relaxes - is anything taken back?
 * @old: constraints so far, of one scope and owner
 * @new: those that would replace them
 *
 * From audit to enforce nothing is taken back.  FORCE is: what a floor alone
 * refuses, it maps.
 *
 * Return: whether @old asks for anything that @new does not.
 */
bool kvm_s2_relaxes(struct kvm_s2_constraints old,
		    struct kvm_s2_constraints new)
{
	if ((old.enforced & KVM_S2_CONSTRAINT_FLOOR_NC) &&
	    (new.enforced & ~old.enforced & KVM_S2_CONSTRAINT_FORCE))
		return true;

	return (old.enforced & ~new.enforced) ||
	       (old.audited & ~(new.enforced | new.audited));
}

/**
 * kvm_s2_conflict - can all of this be had together?
 * @c: constraints of all scopes, united
 *
 * Memory that is forced to be non-cacheable is still cacheable for the VMM, so
 * MATCH_VMA could only refuse it.  And nothing forces it to be Device.
 *
 * Return: mask of enum kvm_s2_constraint that FORCE conflicts with.
 */
u16 kvm_s2_conflict(struct kvm_s2_constraints c)
{
	if (!(c.enforced & KVM_S2_CONSTRAINT_FORCE))
		return 0;

	return c.enforced & (KVM_S2_CONSTRAINT_MATCH_VMA |
			     KVM_S2_CONSTRAINT_FLOOR_DEVICE);
}
