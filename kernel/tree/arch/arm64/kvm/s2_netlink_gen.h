/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/kvm_s2.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KVM_S2_GEN_H
#define _LINUX_KVM_S2_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/kvm_s2_netlink.h>

int kvm_s2_nl_vm_get_start(struct netlink_callback *cb);
int kvm_s2_nl_slot_get_start(struct netlink_callback *cb);
int kvm_s2_nl_extent_get_start(struct netlink_callback *cb);
int kvm_s2_nl_policy_get_start(struct netlink_callback *cb);
int kvm_s2_nl_policy_check_start(struct netlink_callback *cb);

int kvm_s2_nl_host_get_doit(struct sk_buff *skb, struct genl_info *info);
int kvm_s2_nl_vm_get_doit(struct sk_buff *skb, struct genl_info *info);
int kvm_s2_nl_vm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int kvm_s2_nl_slot_get_doit(struct sk_buff *skb, struct genl_info *info);
int kvm_s2_nl_slot_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int kvm_s2_nl_extent_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int kvm_s2_nl_policy_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int kvm_s2_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info);
int kvm_s2_nl_policy_check_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);

enum {
	KVM_S2_NLGRP_EVENTS,
};

extern struct genl_family kvm_s2_nl_family;

#endif /* _LINUX_KVM_S2_GEN_H */
