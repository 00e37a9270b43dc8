// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading what constraints are set, and what came of them.
 */
#include <linux/kvm_host.h>

#include "s2_policy.h"

/* What is set for the host or for a class of a VM's memory. */
static void s2_get_class(struct kvm *kvm, u8 mem_class,
			 struct kvm_s2_policy_state *state)
{
	unsigned int i;

	state->in_force = kvm_s2_in_force(kvm, (struct kvm_s2_constraints) {},
					  mem_class, NULL);
	if (!kvm) {
		state->c[0] = kvm_s2_unpack(READ_ONCE(kvm_s2_host_policy[mem_class]));
		return;
	}

	for (i = 0; i < KVM_S2_NR_OWNERS; i++)
		state->c[i] = kvm_s2_unpack(READ_ONCE(kvm->arch.s2.by[i][mem_class]));
	state->denied = atomic64_read(&kvm->arch.s2.counts[mem_class].denied);
	state->would_deny =
		atomic64_read(&kvm->arch.s2.counts[mem_class].would_deny);
}

static int s2_get_slot(struct kvm *kvm, u32 id,
		       struct kvm_s2_policy_state *state)
{
	struct kvm_memory_slot *slot = NULL;
	unsigned int i;
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	if (id < KVM_USER_MEM_SLOTS)
		slot = id_to_memslot(kvm_memslots(kvm), id);
	if (slot) {
		const struct kvm_s2_slot_policy *s2 = &slot->arch.s2;

		for (i = 0; i < KVM_S2_NR_OWNERS; i++)
			state->c[i] = kvm_s2_unpack(READ_ONCE(s2->by[i]));
		state->in_force = kvm_s2_slot_constraints(kvm, slot, NULL);
		state->denied = atomic64_read(&s2->counts.denied);
		state->would_deny = atomic64_read(&s2->counts.would_deny);
	}
	srcu_read_unlock(&kvm->srcu, idx);

	return slot ? 0 : -ENOENT;
}

/**
 * kvm_s2_get_policy - read what is set in one place, and what came of it
 * @kvm: the VM, or NULL for the host
 * @slot: number of the slot, or KVM_S2_ANY_SLOT
 * @mem_class: enum kvm_s2_class; for a slot, UNKNOWN
 * @state: where to
 *
 * Return: 0; -EINVAL for a class that no slot's memory can have; -ENOENT if
 * there is no such slot.
 */
int kvm_s2_get_policy(struct kvm *kvm, int slot, u8 mem_class,
		      struct kvm_s2_policy_state *state)
{
	*state = (struct kvm_s2_policy_state) {
		.generation = kvm ? READ_ONCE(kvm->arch.s2.generation) :
				    READ_ONCE(kvm_s2_host_generation),
	};
	if (slot != KVM_S2_ANY_SLOT)
		return mem_class ? -EINVAL : s2_get_slot(kvm, slot, state);
	if (!mem_class || mem_class >= KVM_S2_NR_CLASSES)
		return -EINVAL;

	s2_get_class(kvm, mem_class, state);
	return 0;
}
