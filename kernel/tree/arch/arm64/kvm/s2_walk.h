/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's memory as extents: page table, slots and VMAs put together.
 */
#ifndef __ARM64_KVM_S2_WALK_H__
#define __ARM64_KVM_S2_WALK_H__

#include <linux/kvm_host.h>
#include <uapi/linux/kvm_s2.h>

#include "s2_choice.h"
#include "s2_policy.h"

#define KVM_S2_NO_SLOT		(~0U)

struct kvm_s2_walk;

/**
 * struct kvm_s2_walk_args - what to walk
 * @kvm: the VM; the caller keeps a reference as long as the walk lives
 * @gpa: guest-physical address to begin at, a multiple of PAGE_SIZE
 * @end: where to end, likewise; 0 for the end of the guest's address space
 * @slot: only this slot, or KVM_S2_ANY_SLOT
 * @phys: give host-physical addresses
 * @change: predict as if this policy had been set, and give only the mapped
 *	extents to which it makes a difference; or NULL
 */
struct kvm_s2_walk_args {
	struct kvm *kvm;
	u64 gpa;
	u64 end;
	int slot;
	bool phys;
	const struct kvm_s2_policy_change *change;
};

struct kvm_s2_walk *kvm_s2_walk_begin(const struct kvm_s2_walk_args *args);
const struct kvm_s2_extent *kvm_s2_walk_peek(struct kvm_s2_walk *walk);
void kvm_s2_walk_pop(struct kvm_s2_walk *walk);
void kvm_s2_walk_end(struct kvm_s2_walk *walk);
u64 kvm_s2_walk_limit(const struct kvm_s2_walk *walk);

/* What this kernel offers, as a mask of enum kvm_s2_feature. */
static inline u32 kvm_s2_host_features(void)
{
	u32 features = KVM_S2_FEATURE_SLOT | KVM_S2_FEATURE_EXTENTS |
		       KVM_S2_FEATURE_POLICY;

	if (IS_ENABLED(CONFIG_KVM_S2_NETLINK))
		features |= KVM_S2_FEATURE_NETLINK;
	if (!kvm_s2_choice_facts())
		features |= KVM_S2_FEATURE_VMA_TYPES;

	return features;
}

u32 kvm_s2_vm_facts(struct kvm *kvm);
u64 kvm_s2_generation(struct kvm *kvm);

int kvm_s2_report_slot(struct kvm *kvm, u32 id, struct kvm_s2_slot *out);

#endif /* __ARM64_KVM_S2_WALK_H__ */
