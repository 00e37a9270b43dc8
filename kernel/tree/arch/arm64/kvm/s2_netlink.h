/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the requests of the netlink family "kvm_s2" have in common.
 */
#ifndef __ARM64_KVM_S2_NETLINK_H__
#define __ARM64_KVM_S2_NETLINK_H__

#include <net/genetlink.h>

#include "s2_walk.h"

/**
 * struct kvm_s2_cursor - where a dump goes on
 * @vm_id: the VM; while dumping VMs, the last one given out
 * @gpa: where in the VM
 * @end: where to end; 0 for the end of the guest's address space
 * @slot: only this slot, or KVM_S2_ANY_SLOT
 * @phys: give host-physical addresses
 */
struct kvm_s2_cursor {
	u64 vm_id;
	u64 gpa;
	u64 end;
	int slot;
	bool phys;
};

static inline struct kvm_s2_cursor *kvm_s2_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct kvm_s2_cursor) >
		     sizeof_field(struct netlink_callback, ctx));

	return (struct kvm_s2_cursor *)cb->ctx;
}

int kvm_s2_nl_may(struct sk_buff *skb, struct netlink_ext_ack *extack);
int kvm_s2_nl_need(const struct genl_info *info, int attr);
struct kvm *kvm_s2_nl_vm(const struct genl_info *info, int attr);
u32 kvm_s2_nl_seq(struct kvm *kvm);
int kvm_s2_next_slot(struct kvm *kvm, u64 gpa, u64 *end);
int kvm_s2_nl_dump_extents(struct sk_buff *skb, struct netlink_callback *cb,
			   struct kvm_s2_walk *walk, u64 vm_id, u64 *gpa);
struct sk_buff *kvm_s2_nl_reply(struct genl_info *info, void **hdr);

#endif /* __ARM64_KVM_S2_NETLINK_H__ */
