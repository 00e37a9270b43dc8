/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of setting a policy: may it be, and what has to be undone for it.
 */
#ifndef __ARM64_KVM_S2_POLICY_SET_H__
#define __ARM64_KVM_S2_POLICY_SET_H__

#include <linux/kvm_host.h>

struct kvm_s2_policy_change;

int kvm_s2_check_args(struct kvm_s2_policy_change *change);
int kvm_s2_check_generation(struct kvm_s2_policy_change *change, u64 present);
int kvm_s2_check_conflicts(struct kvm *kvm, struct kvm_s2_policy_change *change);
int kvm_s2_check_vm(struct kvm_s2_policy_change *change);
u32 *kvm_s2_policy_place(struct kvm_s2_policy_change *change);

void kvm_s2_zap(struct kvm *kvm, const struct kvm_memory_slot *only);
void kvm_s2_zap_all(struct kvm **visited);

#endif /* __ARM64_KVM_S2_POLICY_SET_H__ */
