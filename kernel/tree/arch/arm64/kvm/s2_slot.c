// SPDX-License-Identifier: GPL-2.0-only
/*
 * One memory slot, summed up from its extents.
 */
#include "s2_walk.h"

#define KVM_S2_SLOT_RETRIES	8

/* The type of two parts; what is not mapped does not make the rest mixed. */
static u32 s2_both_types(u32 a, u32 b)
{
	if (a == b || b == KVM_S2_TYPE_UNMAPPED)
		return a;
	if (a == KVM_S2_TYPE_UNMAPPED)
		return b;

	return KVM_S2_TYPE_MIXED;
}

static void s2_add_extent(struct kvm_s2_slot *out,
			  const struct kvm_s2_extent *e, bool first)
{
	switch (e->mapped) {
	case KVM_S2_TYPE_WB:
		out->wb_bytes += e->bytes;
		break;
	case KVM_S2_TYPE_NC:
		out->nc_bytes += e->bytes;
		break;
	case KVM_S2_TYPE_DEVICE:
		out->device_bytes += e->bytes;
		break;
	}
	if (e->perm & KVM_S2_PERM_X)
		out->exec_bytes += e->bytes;

	out->facts |= e->facts;
	out->perm |= e->perm;

	if (first) {
		out->mapped = e->mapped;
		out->mem_class = e->mem_class;
		out->vma_type = e->vma_type;
		out->predicted = e->predicted;
		out->verdict = e->verdict;
		out->reason = e->reason;
		return;
	}

	out->mapped = s2_both_types(out->mapped, e->mapped);
	if (out->mem_class != e->mem_class)
		out->mem_class = KVM_S2_CLASS_MIXED;
	if (out->vma_type != e->vma_type)
		out->vma_type = KVM_S2_TYPE_MIXED;
	if (out->predicted != e->predicted)
		out->predicted = KVM_S2_TYPE_MIXED;
	if (out->verdict != e->verdict)
		out->verdict = KVM_S2_VERDICT_MIXED;
	if (out->reason != e->reason)
		out->reason = KVM_S2_REASON_MIXED;
}

/* The policy for the slot, once it is known what lies behind it. */
static int s2_add_policy(struct kvm *kvm, struct kvm_s2_slot *out)
{
	struct kvm_s2_policy_state state;
	struct kvm_s2_constraints c;
	int ret;

	ret = kvm_s2_get_policy(kvm, out->slot, KVM_S2_CLASS_UNKNOWN, &state);
	if (ret)
		return ret;

	c = kvm_s2_in_force(kvm, state.in_force, out->mem_class, NULL);
	out->enforced = c.enforced;
	out->audited = c.audited;
	out->denied = state.denied;
	out->would_deny = state.would_deny;

	return 0;
}

/* What the slot itself says, at this moment. */
static int s2_describe_slot(struct kvm *kvm, u32 id, struct kvm_s2_slot *out)
{
	struct kvm_memory_slot *slot;
	int idx, ret = -ENOENT;

	idx = srcu_read_lock(&kvm->srcu);
	slot = id_to_memslot(kvm_memslots(kvm), id);
	if (slot && slot->npages) {
		*out = (struct kvm_s2_slot) {
			.slot		= id,
			.vm_id		= kvm->arch.s2.id,
			.gpa		= (u64)slot->base_gfn << PAGE_SHIFT,
			.bytes		= (u64)slot->npages << PAGE_SHIFT,
			.hva		= slot->userspace_addr,
			.slot_flags	= slot->flags & ~KVM_MEMSLOT_INVALID,
		};
		ret = 0;
	}
	srcu_read_unlock(&kvm->srcu, idx);

	return ret;
}

static int s2_sum_up(struct kvm *kvm, struct kvm_s2_slot *out)
{
	const struct kvm_s2_walk_args args = {
		.kvm	= kvm,
		.gpa	= out->gpa,
		.end	= out->gpa + out->bytes,
		.slot	= out->slot,
	};
	const struct kvm_s2_extent *e;
	struct kvm_s2_walk *walk;
	bool first = true;

	walk = kvm_s2_walk_begin(&args);
	if (IS_ERR(walk))
		return PTR_ERR(walk);

	while (!IS_ERR_OR_NULL(e = kvm_s2_walk_peek(walk))) {
		s2_add_extent(out, e, first);
		first = false;
		kvm_s2_walk_pop(walk);
	}
	kvm_s2_walk_end(walk);

	return PTR_ERR_OR_ZERO(e);
}

/**
 * kvm_s2_report_slot - report about one memory slot
 * @kvm: the VM
 * @id: number of the slot
 * @out: where to; size and flags are left 0
 *
 * Return: 0; -ENOENT if there is no such slot; -EAGAIN if the slots kept
 * changing; else as kvm_s2_walk_begin() and kvm_s2_walk_peek().
 */
int kvm_s2_report_slot(struct kvm *kvm, u32 id, struct kvm_s2_slot *out)
{
	int tries, ret;
	u64 generation;

	if (id >= KVM_USER_MEM_SLOTS)
		return -ENOENT;

	for (tries = 0; tries < KVM_S2_SLOT_RETRIES; tries++) {
		generation = kvm_s2_generation(kvm);

		ret = s2_describe_slot(kvm, id, out);
		if (!ret)
			ret = s2_sum_up(kvm, out);
		if (!ret)
			ret = s2_add_policy(kvm, out);
		if (ret)
			return ret;

		/* Was it all the same slot? */
		if (generation == kvm_s2_generation(kvm))
			return 0;
	}

	return -EAGAIN;
}
