/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding VMs by an identity that outlives file descriptors and PIDs.
 */
#ifndef __ARM64_KVM_S2_VM_H__
#define __ARM64_KVM_S2_VM_H__

#include <linux/kvm_host.h>

struct kvm *kvm_s2_get_vm(u64 id);
struct kvm *kvm_s2_get_next_vm(u64 id);
struct kvm *kvm_s2_get_next_news(u64 id);
void kvm_s2_put_later(struct kvm *kvm, struct kvm **visited);
void kvm_s2_put_visited(struct kvm *kvm);
u64 kvm_s2_last_vm_id(void);
u32 kvm_s2_vm_count(void);

#endif /* __ARM64_KVM_S2_VM_H__ */
