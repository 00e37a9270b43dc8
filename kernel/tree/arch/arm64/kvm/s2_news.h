/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is to tell the administrator's programs, for whoever tells it.
 */
#ifndef __ARM64_KVM_S2_NEWS_H__
#define __ARM64_KVM_S2_NEWS_H__

#include <linux/bits.h>
#include <linux/kvm_host.h>

struct kvm_s2_policy_change;

/* What there is to tell of a VM */
#define KVM_S2_NEWS_DENIALS	BIT(0)
#define KVM_S2_NEWS_SET		BIT(1)

/**
 * struct kvm_s2_teller - who tells what happens
 * @news: some VM has news, for kvm_s2_get_next_news(); called under mmu_lock
 * @set: an administrator set a policy; may sleep
 * @gone: a VM ends, which nobody can find any more; may sleep
 */
struct kvm_s2_teller {
	void (*news)(void);
	void (*set)(const struct kvm_s2_policy_change *change);
	void (*gone)(struct kvm *kvm);
};

#ifdef CONFIG_KVM_S2_NETLINK
void kvm_s2_set_teller(const struct kvm_s2_teller *teller);
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

#endif /* __ARM64_KVM_S2_NEWS_H__ */
