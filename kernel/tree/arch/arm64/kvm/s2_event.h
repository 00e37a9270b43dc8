/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling the administrator's programs what happens.
 */
#ifndef __ARM64_KVM_S2_EVENT_H__
#define __ARM64_KVM_S2_EVENT_H__

#include <linux/kvm_host.h>

struct kvm_s2_policy_change;

#ifdef CONFIG_KVM_S2_NETLINK
void kvm_s2_note_denial(struct kvm *kvm, u32 slot, u64 gpa, u8 mem_class,
			u8 reason);
void kvm_s2_note_set(const struct kvm_s2_policy_change *change);
void kvm_s2_tell_policy(const struct kvm_s2_policy_change *change);
void kvm_s2_tell_gone(struct kvm *kvm);
#else
static inline void kvm_s2_note_denial(struct kvm *kvm, u32 slot, u64 gpa,
				      u8 mem_class, u8 reason)
{
}

static inline void kvm_s2_note_set(const struct kvm_s2_policy_change *change)
{
}

static inline void kvm_s2_tell_policy(const struct kvm_s2_policy_change *change)
{
}

static inline void kvm_s2_tell_gone(struct kvm *kvm)
{
}
#endif

#endif /* __ARM64_KVM_S2_EVENT_H__ */
