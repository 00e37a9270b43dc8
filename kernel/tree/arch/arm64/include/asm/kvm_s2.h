/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 memory types: what KVM proper keeps and calls.
 */
#ifndef __ARM64_KVM_S2_H__
#define __ARM64_KVM_S2_H__

#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/kvm_s2_types.h>

struct kvm;

/* Classes that memory behind a slot can have; what KVM maps itself is exempt. */
#define KVM_S2_NR_CLASSES	(KVM_S2_CLASS_HOLE + 1)
#define KVM_S2_NR_OWNERS	2

/**
 * struct kvm_s2_counts - faults that constraints were about
 * @denied: refused
 * @would_deny: not refused, because the constraints are in audit mode
 */
struct kvm_s2_counts {
	atomic64_t denied;
	atomic64_t would_deny;
};

/**
 * struct kvm_s2_slot_policy - a memory slot's part in policies
 * @by: constraints by owner, each a struct kvm_s2_constraints in one word
 * @counts: of faults in the slot
 *
 * @by is written under slots_lock and mmu_lock, and read without either by a
 * fault, which notices by kvm->mmu_invalidate_seq if it was too early.
 */
struct kvm_s2_slot_policy {
	u32 by[KVM_S2_NR_OWNERS];
	struct kvm_s2_counts counts;
};

/**
 * struct kvm_s2_denial - the last fault that constraints were about
 * @gpa: guest-physical address
 * @slot: number of the slot
 * @reason: enum kvm_s2_reason
 *
 * For events, which say how many there were and give one for example.  Written
 * without a lock: two at once may mix.
 */
struct kvm_s2_denial {
	u64 gpa;
	u32 slot;
	u32 reason;
};

/**
 * struct kvm_s2_set - the last policy that the VMM set, for events
 * @generation: the one that it made
 * @word: the constraints, as in struct kvm_s2_slot_policy
 * @slot: number of the slot, or -1
 * @mem_class: enum kvm_s2_class, or 0
 *
 * Under mmu_lock.
 */
struct kvm_s2_set {
	u64 generation;
	u32 word;
	int slot;
	u8 mem_class;
};

/**
 * struct kvm_s2_vm - a VM's part in reports and policies about memory types
 * @id: identity, never used again until reboot
 * @tgid: process that made the VM, in the initial PID namespace
 * @comm: name of the task that made it
 * @by: constraints by owner and class, as in struct kvm_s2_slot_policy
 * @generation: counts changes of the VM's policies, from 1
 * @forced: memory was made non-cacheable, so caches must be looked after
 * @visited: who changes the host's policy has been here, and
 * @next_visited: where before
 * @counts: by class
 * @told: what events have told of them
 * @last: by class
 * @last_set: what else is to be told
 * @news: mask of what there is to tell
 *
 * The first three are written once, before the VM can be found.
 */
struct kvm_s2_vm {
	u64 id;
	pid_t tgid;
	char comm[TASK_COMM_LEN];

	u32 by[KVM_S2_NR_OWNERS][KVM_S2_NR_CLASSES];
	u64 generation;
	bool forced;
	bool visited;
	struct kvm *next_visited;

	struct kvm_s2_counts counts[KVM_S2_NR_CLASSES];
	struct kvm_s2_counts told[KVM_S2_NR_CLASSES];
	struct kvm_s2_denial last[KVM_S2_NR_CLASSES];
	struct kvm_s2_set last_set;
	atomic_t news;
};

#ifdef CONFIG_KVM_S2_MEMTYPE
int kvm_s2_check_extension(struct kvm *kvm);
int kvm_s2_vm_ioctl(struct kvm *kvm, unsigned int ioctl, void __user *argp);
#else
static inline int kvm_s2_check_extension(struct kvm *kvm)
{
	return 0;
}

static inline int kvm_s2_vm_ioctl(struct kvm *kvm, unsigned int ioctl,
				  void __user *argp)
{
	return -ENOTTY;
}
#endif

#endif /* __ARM64_KVM_S2_H__ */
