/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What constraints make of the choice of a memory type, apart from KVM.
 */
#ifndef __ARM64_KVM_S2_CONSTRAIN_H__
#define __ARM64_KVM_S2_CONSTRAIN_H__

#include "s2_memtype.h"

#define KVM_S2_FLOORS							\
	(KVM_S2_CONSTRAINT_FLOOR_NC | KVM_S2_CONSTRAINT_FLOOR_DEVICE)

#define KVM_S2_ALL_CONSTRAINTS						\
	(KVM_S2_CONSTRAINT_REQUIRE_FWB | KVM_S2_FLOORS |		\
	 KVM_S2_CONSTRAINT_NOEXEC | KVM_S2_CONSTRAINT_MATCH_VMA |	\
	 KVM_S2_CONSTRAINT_LOCKED | KVM_S2_CONSTRAINT_FORCE)

/**
 * struct kvm_s2_constraints - constraints of one scope, or of several united
 * @enforced: mask of enum kvm_s2_constraint in enforce mode
 * @audited: mask of enum kvm_s2_constraint in audit mode
 *
 * Small enough to be read and written at once.
 */
struct kvm_s2_constraints {
	u16 enforced;
	u16 audited;
};

/*
 * Sets are united.  Of two floors the stronger counts, as where the
 * architecture combines two stages.
 */
static inline struct kvm_s2_constraints
kvm_s2_unite(struct kvm_s2_constraints a, struct kvm_s2_constraints b)
{
	return (struct kvm_s2_constraints) {
		.enforced	= a.enforced | b.enforced,
		.audited	= a.audited | b.audited,
	};
}

static inline bool kvm_s2_unconstrained(struct kvm_s2_constraints c)
{
	return !(c.enforced | c.audited);
}

/* May cacheable memory of this kind be mapped non-cacheable? */
static inline bool kvm_s2_forceable(u32 facts)
{
	return (facts & KVM_S2_FACT_FLUSHABLE) &&
	       !(facts & (KVM_S2_FACT_GMEM | KVM_S2_FACT_MTE |
			  KVM_S2_FACT_PKVM));
}

struct kvm_s2_decision kvm_s2_constrain_hard(struct kvm_s2_input in,
					     struct kvm_s2_decision d,
					     struct kvm_s2_constraints c);

/* What of this asks for nothing that cacheable memory does not have already? */
static inline u16 kvm_s2_met_by_wb(struct kvm_s2_input in)
{
	u16 mask = KVM_S2_CONSTRAINT_LOCKED | KVM_S2_CONSTRAINT_FORCE;

	if (in.facts & KVM_S2_FACT_FWB)
		mask |= KVM_S2_CONSTRAINT_REQUIRE_FWB;
	if (in.vma_type == KVM_S2_TYPE_WB)
		mask |= KVM_S2_CONSTRAINT_MATCH_VMA;
	if (!in.exec_fault)
		mask |= KVM_S2_CONSTRAINT_NOEXEC;

	return mask;
}

/* Is all that is asked like this? */
static inline bool kvm_s2_is_met_by_wb(struct kvm_s2_input in,
				       struct kvm_s2_constraints c)
{
	return !((c.enforced | c.audited) & ~kvm_s2_met_by_wb(in));
}

/*
 * Is this KVM_S2_CLASS_RAM, mapped cacheable by the VMM, and without
 * constraints simply allowed, as by kvm_s2_allow_ram()?
 */
static inline bool kvm_s2_is_plain_ram(struct kvm_s2_input in)
{
	const u32 plain = KVM_S2_FACT_VMA | KVM_S2_FACT_MAP_MEMORY;
	const u32 other = KVM_S2_FACT_GMEM | KVM_S2_FACT_MTE;

	return (in.facts & (plain | other)) == plain &&
	       in.vma_type == KVM_S2_TYPE_WB;
}

/* Cacheable memory that is allowed, under constraints that it meets */
static inline struct kvm_s2_decision
kvm_s2_constrain_wb(struct kvm_s2_decision d, struct kvm_s2_constraints c)
{
	if (c.enforced & KVM_S2_CONSTRAINT_NOEXEC)
		d.exec = false;

	return d;
}

/**
 * kvm_s2_constrain - hold a choice against constraints
 * @in: what is known about the page and the access
 * @d: what kvm_s2_decide() says about it
 * @c: constraints of all scopes, united
 *
 * What is refused without constraints stays refused, for the same reason.
 * Constraints in audit mode never change what is mapped.
 *
 * Inline for the sake of faults in memory for which all is well.
 *
 * Return: the decision.  For a refused access the type is the one that the
 * page would have had.
 */
static inline struct kvm_s2_decision
kvm_s2_constrain(struct kvm_s2_input in, struct kvm_s2_decision d,
		 struct kvm_s2_constraints c)
{
	if (d.verdict != KVM_S2_VERDICT_ALLOW)
		return d;

	if (d.type != KVM_S2_TYPE_WB || !kvm_s2_is_met_by_wb(in, c))
		return kvm_s2_constrain_hard(in, d, c);

	return kvm_s2_constrain_wb(d, c);
}

bool kvm_s2_relaxes(struct kvm_s2_constraints old,
		    struct kvm_s2_constraints new);
u16 kvm_s2_conflict(struct kvm_s2_constraints c);

#endif /* __ARM64_KVM_S2_CONSTRAIN_H__ */
