/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 memory types: what KVM proper keeps and calls.
 */
#ifndef __ARM64_KVM_S2_H__
#define __ARM64_KVM_S2_H__

#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/kvm_s2.h>

struct kvm;

/**
 * struct kvm_s2_vm - a VM's part in reports about memory types
 * @id: identity, never used again until reboot
 * @tgid: process that made the VM, in the initial PID namespace
 * @comm: name of the task that made it
 *
 * Written once, before the VM can be found.
 */
struct kvm_s2_vm {
	u64 id;
	pid_t tgid;
	char comm[TASK_COMM_LEN];
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
