/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Constraints of the host, of VMs and of slots: where they are kept and how
 * faults and reports get at them.
 */
#ifndef __ARM64_KVM_S2_POLICY_H__
#define __ARM64_KVM_S2_POLICY_H__

#include <linux/jump_label.h>
#include <linux/kvm_host.h>

#include "s2_constrain.h"

#define KVM_S2_ANY_SLOT		(-1)

/* Classes that can be forced to be non-cacheable; the fault knows for sure. */
#define KVM_S2_FORCEABLE_CLASSES					\
	(BIT(KVM_S2_CLASS_RAM) | BIT(KVM_S2_CLASS_RAM_NC) |		\
	 BIT(KVM_S2_CLASS_ZONE_DEVICE))

DECLARE_STATIC_KEY_FALSE(kvm_s2_policy_key);

/* Has anybody ever set a constraint?  Until then a fault need not look. */
static inline bool kvm_s2_policy_active(void)
{
	return IS_ENABLED(CONFIG_KVM_S2_MEMTYPE) &&
	       static_branch_unlikely(&kvm_s2_policy_key);
}

/*
 * A pair of masks is one word in memory, so that who reads it without a lock
 * gets both from the same writer.
 */
static inline u32 kvm_s2_pack(struct kvm_s2_constraints c)
{
	return c.enforced | (u32)c.audited << 16;
}

static inline struct kvm_s2_constraints kvm_s2_unpack(u32 word)
{
	return (struct kvm_s2_constraints) {
		.enforced	= word,
		.audited	= word >> 16,
	};
}

/* In one place there is one mode. */
static inline u8 kvm_s2_mode(struct kvm_s2_constraints c)
{
	if (c.enforced)
		return KVM_S2_MODE_ENFORCE;

	return c.audited ? KVM_S2_MODE_AUDIT : KVM_S2_MODE_NONE;
}

/* What faults were counted in a slot while another took its place */
static inline void kvm_s2_carry_counts(struct kvm_memory_slot *to,
				       const struct kvm_memory_slot *from)
{
	const struct kvm_s2_counts *old = &from->arch.s2.counts;
	struct kvm_s2_counts *new = &to->arch.s2.counts;

	atomic64_add(atomic64_read(&old->denied), &new->denied);
	atomic64_add(atomic64_read(&old->would_deny), &new->would_deny);
}

int kvm_s2_in_mode(u32 mask, u32 mode, struct kvm_s2_constraints *c);

/* The owner's place in the arrays of asm/kvm_s2.h */
static inline unsigned int kvm_s2_owner_index(enum kvm_s2_owner owner)
{
	return owner - KVM_S2_OWNER_ADMIN;
}

/* What of a change is to blame for its refusal */
enum kvm_s2_blame {
	KVM_S2_BLAME_CONSTRAINTS,
	KVM_S2_BLAME_CLASS,
	KVM_S2_BLAME_SLOT,
	KVM_S2_BLAME_GENERATION,
};

/**
 * struct kvm_s2_policy_change - constraints to be set in one place
 * @kvm: the VM, or NULL for the host
 * @slot: number of the slot, or KVM_S2_ANY_SLOT for all of the VM or host
 * @mem_class: enum kvm_s2_class that they are for; UNKNOWN for a slot
 * @owner: enum kvm_s2_owner who sets them
 * @c: what to set; nothing takes back what this owner set here
 * @generation: in, the generation this is meant for, or 0 for any; out, the
 *	one that it made or, if nothing was set, the one that was looked at
 * @changed: out, anything is other than before
 * @blame: out, enum kvm_s2_blame of a refusal
 * @why: out, text that explains a refusal; else ""
 */
struct kvm_s2_policy_change {
	struct kvm *kvm;
	int slot;
	u8 mem_class;
	u8 owner;
	struct kvm_s2_constraints c;
	u64 generation;
	bool changed;
	u8 blame;
	char why[80];
};

/**
 * struct kvm_s2_policy_state - what is set in one place, and what came of it
 * @c: what each owner set; the first is the administrator's
 * @in_force: what holds there, with that of wider scopes
 * @denied: faults refused by constraints
 * @would_deny: faults that constraints in audit mode would have refused
 * @generation: counts changes of policies
 */
struct kvm_s2_policy_state {
	struct kvm_s2_constraints c[KVM_S2_NR_OWNERS];
	struct kvm_s2_constraints in_force;
	u64 denied;
	u64 would_deny;
	u64 generation;
};

/* What is set for the host.  Written by s2_policy_set.c alone. */
extern u32 kvm_s2_host_policy[KVM_S2_NR_CLASSES];
extern u64 kvm_s2_host_generation;

/* What came of it */
extern struct kvm_s2_counts kvm_s2_host_counts;

struct kvm_s2_constraints
kvm_s2_slot_constraints(struct kvm *kvm, const struct kvm_memory_slot *slot,
			const struct kvm_s2_policy_change *change);
struct kvm_s2_constraints
kvm_s2_in_force(struct kvm *kvm, struct kvm_s2_constraints slot, u8 mem_class,
		const struct kvm_s2_policy_change *change);

u64 kvm_s2_choose(struct kvm_vcpu *vcpu, const struct kvm_memory_slot *slot,
		  phys_addr_t ipa, u32 facts, vm_flags_t vma_flags,
		  pgprot_t vma_prot, bool exec_on_fetch);
int kvm_s2_refuse(struct kvm_vcpu *vcpu, struct kvm_memory_slot *slot,
		  phys_addr_t ipa, u64 chosen);

/*
 * A decision in one register, with the class that it was made for, so that a
 * fault keeps nothing in memory for the sake of calls that it hardly ever makes.
 */
static inline u64 kvm_s2_pack_decision(struct kvm_s2_decision d, u8 mem_class)
{
	return d.type | (u64)d.verdict << 8 | (u64)d.reason << 16 |
	       (u64)mem_class << 24 | (u64)d.exec << 32 | (u64)d.cmo << 33;
}

static inline struct kvm_s2_decision kvm_s2_unpack_decision(u64 chosen)
{
	return (struct kvm_s2_decision) {
		.type		= chosen,
		.verdict	= chosen >> 8,
		.reason		= chosen >> 16,
		.exec		= chosen & BIT_ULL(32),
		.cmo		= chosen & BIT_ULL(33),
	};
}

static inline u8 kvm_s2_unpack_class(u64 chosen)
{
	return chosen >> 24;
}

int kvm_s2_check_policy(struct kvm_s2_policy_change *change);
int kvm_s2_set_policy(struct kvm_s2_policy_change *change);
int kvm_s2_get_policy(struct kvm *kvm, int slot, u8 mem_class,
		      struct kvm_s2_policy_state *state);
bool kvm_s2_may_log(struct kvm *kvm, const struct kvm_memory_slot *slot);

#endif /* __ARM64_KVM_S2_POLICY_H__ */
