/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kvm_s2_constrain() is tested with, in the kernel (KUnit) and in user
 * space: examples worked out by hand, and what must hold for everything.
 */
#ifndef __ARM64_KVM_S2_CONSTRAIN_CASES_H__
#define __ARM64_KVM_S2_CONSTRAIN_CASES_H__

#include "s2_constrain.h"

#define F(name)		KVM_S2_FACT_##name
#define T(name)		KVM_S2_TYPE_##name
#define V(name)		KVM_S2_VERDICT_##name
#define R(name)		KVM_S2_REASON_##name
#define A(name)		KVM_S2_CONSTRAINT_##name

#define S2_RAM		(F(VMA) | F(PFN) | F(MAP_MEMORY) | F(STRUCT_PAGE) | \
			 F(FLUSHABLE))
#define S2_BAR		(F(VMA) | F(PFN) | F(VM_IO) | F(VM_PFNMAP))
#define S2_BAR_NC	(S2_BAR | F(ANY_UNCACHED))
#define S2_DAX		(F(VMA) | F(PFN) | F(STRUCT_PAGE) | F(ZONE_DEVICE) | \
			 F(FLUSHABLE))
#define S2_PFN		(F(VMA) | F(PFN) | F(VM_PFNMAP))
#define S2_NEW		(F(FWB) | F(DIC))

struct s2_constrain_case {
	const char *name;
	struct kvm_s2_input in;
	struct kvm_s2_constraints c;
	struct kvm_s2_decision out;
};

static const struct s2_constrain_case s2_constrain_cases[] = {
	{
		"nothing asked: as it was",
		{ S2_RAM | S2_NEW, T(WB) }, { 0, 0 },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"require-fwb with FWB",
		{ S2_RAM | S2_NEW, T(WB) }, { A(REQUIRE_FWB), 0 },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"require-fwb without FWB",
		{ S2_RAM, T(WB) }, { A(REQUIRE_FWB), 0 },
		{ T(WB), V(DENY), R(REQUIRE_FWB), false, false },
	}, {
		"require-fwb without FWB, audit: mapped and maintained as ever",
		{ S2_RAM, T(WB) }, { 0, A(REQUIRE_FWB) },
		{ T(WB), V(WOULD_DENY), R(REQUIRE_FWB), false, true },
	}, {
		"require-fwb is not about I/O",
		{ S2_BAR, T(DEVICE) }, { A(REQUIRE_FWB), 0 },
		{ T(DEVICE), V(ALLOW), R(IO_VMA), false, false },
	}, {
		"floor=nc on memory",
		{ S2_RAM | S2_NEW, T(WB) }, { A(FLOOR_NC), 0 },
		{ T(WB), V(DENY), R(FLOOR), false, false },
	}, {
		"floor=nc on memory, audit",
		{ S2_RAM | S2_NEW, T(WB) }, { 0, A(FLOOR_NC) },
		{ T(WB), V(WOULD_DENY), R(FLOOR), true, false },
	}, {
		"memory forced to be nc: cleaned though there is FWB",
		{ S2_RAM | S2_NEW, T(WB) }, { A(FLOOR_NC) | A(FORCE), 0 },
		{ T(NC), V(ALLOW), R(FLOOR), false, true },
	}, {
		"memory forced to be nc, without FWB",
		{ S2_RAM, T(WB) }, { A(FLOOR_NC) | A(FORCE), 0 },
		{ T(NC), V(ALLOW), R(FLOOR), false, true },
	}, {
		"devdax forced to be nc",
		{ S2_DAX | S2_NEW, T(WB) }, { A(FLOOR_NC) | A(FORCE), 0 },
		{ T(NC), V(ALLOW), R(FLOOR), false, true },
	}, {
		"forced to be nc, in audit mode: nothing changes",
		{ S2_RAM | S2_NEW, T(WB) }, { 0, A(FLOOR_NC) | A(FORCE) },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"force alone asks for nothing",
		{ S2_RAM | S2_NEW, T(WB) }, { A(FORCE), 0 },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"what has no alias cannot be forced",
		{ S2_PFN | S2_NEW, T(WB) }, { A(FLOOR_NC) | A(FORCE), 0 },
		{ T(WB), V(DENY), R(FLOOR), false, false },
	}, {
		"nor can memory be forced to be device",
		{ S2_RAM | S2_NEW, T(WB) }, { A(FLOOR_DEVICE) | A(FORCE), 0 },
		{ T(WB), V(DENY), R(FLOOR), false, false },
	}, {
		"of two floors the stronger counts",
		{ S2_RAM | S2_NEW, T(WB) },
		{ A(FLOOR_NC) | A(FLOOR_DEVICE) | A(FORCE), 0 },
		{ T(WB), V(DENY), R(FLOOR), false, false },
	}, {
		"a fetch from memory that is forced to be nc",
		{ S2_RAM | S2_NEW, T(WB), true }, { A(FLOOR_NC) | A(FORCE), 0 },
		{ T(NC), V(DENY), R(FLOOR), false, false },
	}, {
		"a VM with MTE keeps its tags",
		{ S2_RAM | S2_NEW | F(MTE) | F(MTE_ALLOWED), T(WB) },
		{ A(FLOOR_NC) | A(FORCE), 0 },
		{ T(WB), V(DENY), R(FLOOR), false, false },
	}, {
		"guest_memfd is not forced",
		{ F(GMEM) | F(PFN) | F(MAP_MEMORY) | F(FLUSHABLE) | S2_NEW,
		  T(WB) },
		{ A(FLOOR_NC) | A(FORCE), 0 },
		{ T(WB), V(DENY), R(FLOOR), false, false },
	}, {
		"require-fwb is met by what is forced to be nc",
		{ S2_RAM, T(WB) },
		{ A(FLOOR_NC) | A(FORCE) | A(REQUIRE_FWB), 0 },
		{ T(NC), V(ALLOW), R(FLOOR), false, true },
	}, {
		"floor=device over a vfio BAR",
		{ S2_BAR_NC | S2_NEW, T(DEVICE) }, { A(FLOOR_DEVICE), 0 },
		{ T(DEVICE), V(ALLOW), R(FLOOR), false, false },
	}, {
		"floor=device over a vfio BAR, audit: stays nc, nothing refused",
		{ S2_BAR_NC | S2_NEW, T(DEVICE) }, { 0, A(FLOOR_DEVICE) },
		{ T(NC), V(ALLOW), R(ANY_UNCACHED), false, false },
	}, {
		"floor=nc over a vfio BAR: it is already",
		{ S2_BAR_NC | S2_NEW, T(DEVICE) }, { A(FLOOR_NC), 0 },
		{ T(NC), V(ALLOW), R(ANY_UNCACHED), false, false },
	}, {
		"floor=nc never weakens device",
		{ S2_BAR | S2_NEW, T(NC) }, { A(FLOOR_NC) | A(FORCE), 0 },
		{ T(DEVICE), V(ALLOW), R(IO_VMA), false, false },
	}, {
		"match-vma where they match",
		{ S2_RAM | S2_NEW, T(WB) }, { A(MATCH_VMA), 0 },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"match-vma over memory that the VMM has nc",
		{ S2_RAM | S2_NEW, T(NC) }, { A(MATCH_VMA), 0 },
		{ T(WB), V(DENY), R(MATCH_VMA), false, false },
	}, {
		"match-vma over a vfio BAR",
		{ S2_BAR_NC | S2_NEW, T(DEVICE) }, { A(MATCH_VMA), 0 },
		{ T(NC), V(DENY), R(MATCH_VMA), false, false },
	}, {
		"match-vma over a vfio BAR that is raised to device",
		{ S2_BAR_NC | S2_NEW, T(DEVICE) },
		{ A(MATCH_VMA) | A(FLOOR_DEVICE), 0 },
		{ T(DEVICE), V(ALLOW), R(FLOOR), false, false },
	}, {
		"noexec, data: mapped without",
		{ S2_RAM | S2_NEW, T(WB) }, { A(NOEXEC), 0 },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), false, false },
	}, {
		"noexec, fetch",
		{ S2_RAM | S2_NEW, T(WB), true }, { A(NOEXEC), 0 },
		{ T(WB), V(DENY), R(NOEXEC), false, false },
	}, {
		"noexec, audit: data is mapped executable as ever",
		{ S2_RAM | S2_NEW, T(WB) }, { 0, A(NOEXEC) },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"noexec, audit, fetch",
		{ S2_RAM | S2_NEW, T(WB), true }, { 0, A(NOEXEC) },
		{ T(WB), V(WOULD_DENY), R(NOEXEC), true, false },
	}, {
		"a fetch from I/O is refused as ever",
		{ S2_BAR | S2_NEW, T(DEVICE), true }, { A(NOEXEC), 0 },
		{ T(DEVICE), V(DENY), R(EXEC_IO), false, false },
	}, {
		"no VMA: refused as ever",
		{ F(PFN) | S2_NEW }, { A(REQUIRE_FWB) | A(NOEXEC), 0 },
		{ T(UNKNOWN), V(DENY), R(NO_VMA), false, false },
	}, {
		"one refused, one in audit: refused for what is enforced",
		{ S2_RAM, T(WB) }, { A(REQUIRE_FWB), A(FLOOR_NC) },
		{ T(WB), V(DENY), R(REQUIRE_FWB), false, false },
	}, {
		"enforced is met, audited is not",
		{ S2_RAM | S2_NEW, T(WB) }, { A(NOEXEC), A(FLOOR_DEVICE) },
		{ T(WB), V(WOULD_DENY), R(FLOOR), false, false },
	}, {
		"forced by one, match-vma audited by another",
		{ S2_RAM | S2_NEW, T(WB) },
		{ A(FLOOR_NC) | A(FORCE), A(MATCH_VMA) },
		{ T(NC), V(WOULD_DENY), R(MATCH_VMA), false, true },
	}, {
		"locked changes nothing about the choice",
		{ S2_RAM | S2_NEW, T(WB) }, { A(LOCKED), A(LOCKED) },
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	},
};

static inline bool s2_same_mapping(struct kvm_s2_decision a,
				   struct kvm_s2_decision b)
{
	return a.type == b.type && a.exec == b.exec && a.cmo == b.cmo;
}

/* The short way that a fault takes where it may leads to the same. */
static inline bool s2_short_way_holds(struct kvm_s2_input in,
				      struct kvm_s2_constraints c,
				      struct kvm_s2_decision d)
{
	struct kvm_s2_decision quick;

	if (!kvm_s2_is_plain_ram(in))
		return true;
	if (kvm_s2_classify(in.facts, in.vma_type) != KVM_S2_CLASS_RAM)
		return false;
	if (!kvm_s2_is_met_by_wb(in, c))
		return true;

	quick = kvm_s2_constrain_wb(kvm_s2_allow_ram(in), c);
	return s2_same_mapping(quick, d) && quick.verdict == d.verdict &&
	       quick.reason == d.reason;
}

/* What must hold whatever is asked.  None of it repeats how it is decided. */
static inline bool s2_constrain_holds(struct kvm_s2_input in,
				      struct kvm_s2_constraints c)
{
	const u16 sharper = A(REQUIRE_FWB) | A(MATCH_VMA) | A(NOEXEC);
	const struct kvm_s2_constraints enforced = { c.enforced, 0 };
	const struct kvm_s2_constraints more = { c.enforced | sharper, 0 };
	struct kvm_s2_decision base = kvm_s2_decide(in);
	struct kvm_s2_decision hard = kvm_s2_constrain(in, base, enforced);
	struct kvm_s2_decision d = kvm_s2_constrain(in, base, c);
	const bool denied = d.verdict == V(DENY);
	const bool refused = hard.verdict == V(DENY);

	if (!s2_short_way_holds(in, c, d))
		return false;
	/* Constraints only take away. */
	if (base.verdict == V(DENY))
		return denied && d.reason == base.reason;
	if (d.type < base.type || (d.exec && !base.exec))
		return false;
	/* What is raised is never executable, what is forced always cleaned. */
	if (d.type != T(WB) && d.exec)
		return false;
	if (!denied && base.type == T(WB) && d.type == T(NC) && !d.cmo)
		return false;
	/* Audit changes no entry and refuses nothing. */
	if (!s2_same_mapping(d, hard) || denied != refused)
		return false;
	/* What does not raise the type never makes more possible. */
	return !refused ||
	       kvm_s2_constrain(in, base, more).verdict == V(DENY);
}

/* Tries all constraints in both modes on an input; counts what does not hold. */
static inline unsigned int s2_constrain_try(struct kvm_s2_input in)
{
	struct kvm_s2_constraints c;
	unsigned int wrong = 0;

	for (c.enforced = 0; c.enforced <= KVM_S2_ALL_CONSTRAINTS; c.enforced++)
		for (c.audited = 0; c.audited <= KVM_S2_ALL_CONSTRAINTS;
		     c.audited++)
			wrong += !s2_constrain_holds(in, c);

	return wrong;
}

/* Kinds of memory to try it with: each with all of FWB, DIC and MTE. */
static const u32 s2_constrain_kinds[] = {
	0, F(VMA), S2_RAM, S2_RAM | F(MTE_ALLOWED), S2_BAR, S2_BAR_NC, S2_DAX,
	S2_PFN, F(GMEM) | F(PFN) | F(MAP_MEMORY) | F(FLUSHABLE),
};

#undef F
#undef T
#undef V
#undef R
#undef A

#endif /* __ARM64_KVM_S2_CONSTRAIN_CASES_H__ */
