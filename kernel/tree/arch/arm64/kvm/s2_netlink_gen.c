// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/kvm_s2.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "s2_netlink_gen.h"

#include <uapi/linux/kvm_s2_netlink.h>

/* KVM_S2_CMD_VM_GET - do */
static const struct nla_policy kvm_s2_vm_get_nl_policy[KVM_S2_A_VM_ID + 1] = {
	[KVM_S2_A_VM_ID] = NLA_POLICY_MIN(NLA_UINT, 1),
};

/* KVM_S2_CMD_SLOT_GET - do */
static const struct nla_policy kvm_s2_slot_get_do_nl_policy[KVM_S2_A_SLOT_SLOT + 1] = {
	[KVM_S2_A_SLOT_VM_ID] = NLA_POLICY_MIN(NLA_UINT, 1),
	[KVM_S2_A_SLOT_SLOT] = { .type = NLA_U32, },
};

/* KVM_S2_CMD_SLOT_GET - dump */
static const struct nla_policy kvm_s2_slot_get_dump_nl_policy[KVM_S2_A_SLOT_VM_ID + 1] = {
	[KVM_S2_A_SLOT_VM_ID] = NLA_POLICY_MIN(NLA_UINT, 1),
};

/* KVM_S2_CMD_EXTENT_GET - dump */
static const struct nla_policy kvm_s2_extent_get_nl_policy[KVM_S2_A_EXTENT_PHYS + 1] = {
	[KVM_S2_A_EXTENT_VM_ID] = NLA_POLICY_MIN(NLA_UINT, 1),
	[KVM_S2_A_EXTENT_SLOT] = { .type = NLA_U32, },
	[KVM_S2_A_EXTENT_GPA] = { .type = NLA_UINT, },
	[KVM_S2_A_EXTENT_BYTES] = NLA_POLICY_MIN(NLA_UINT, 1),
	[KVM_S2_A_EXTENT_PHYS] = { .type = NLA_FLAG, },
};

/* KVM_S2_CMD_POLICY_GET - dump */
static const struct nla_policy kvm_s2_policy_get_nl_policy[KVM_S2_A_POLICY_VM_ID + 1] = {
	[KVM_S2_A_POLICY_VM_ID] = NLA_POLICY_MIN(NLA_UINT, 1),
};

/* KVM_S2_CMD_POLICY_SET - do */
static const struct nla_policy kvm_s2_policy_set_nl_policy[KVM_S2_A_POLICY_GENERATION + 1] = {
	[KVM_S2_A_POLICY_VM_ID] = NLA_POLICY_MIN(NLA_UINT, 1),
	[KVM_S2_A_POLICY_SLOT] = { .type = NLA_U32, },
	[KVM_S2_A_POLICY_CLASS] = NLA_POLICY_RANGE(NLA_U32, 1, 8),
	[KVM_S2_A_POLICY_CONSTRAINTS] = { .type = NLA_U32, },
	[KVM_S2_A_POLICY_MODE] = NLA_POLICY_MAX(NLA_U32, 2),
	[KVM_S2_A_POLICY_GENERATION] = NLA_POLICY_MIN(NLA_UINT, 1),
};

/* KVM_S2_CMD_POLICY_CHECK - dump */
static const struct nla_policy kvm_s2_policy_check_nl_policy[KVM_S2_A_EXTENT_MODE + 1] = {
	[KVM_S2_A_EXTENT_VM_ID] = NLA_POLICY_MIN(NLA_UINT, 1),
	[KVM_S2_A_EXTENT_SLOT] = { .type = NLA_U32, },
	[KVM_S2_A_EXTENT_CLASS] = { .type = NLA_U32, },
	[KVM_S2_A_EXTENT_CONSTRAINTS] = { .type = NLA_U32, },
	[KVM_S2_A_EXTENT_MODE] = { .type = NLA_U32, },
};

/* Ops table for kvm_s2 */
static const struct genl_split_ops kvm_s2_nl_ops[] = {
	{
		.cmd	= KVM_S2_CMD_HOST_GET,
		.doit	= kvm_s2_nl_host_get_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KVM_S2_CMD_VM_GET,
		.doit		= kvm_s2_nl_vm_get_doit,
		.policy		= kvm_s2_vm_get_nl_policy,
		.maxattr	= KVM_S2_A_VM_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KVM_S2_CMD_VM_GET,
		.start	= kvm_s2_nl_vm_get_start,
		.dumpit	= kvm_s2_nl_vm_get_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KVM_S2_CMD_SLOT_GET,
		.doit		= kvm_s2_nl_slot_get_doit,
		.policy		= kvm_s2_slot_get_do_nl_policy,
		.maxattr	= KVM_S2_A_SLOT_SLOT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KVM_S2_CMD_SLOT_GET,
		.start		= kvm_s2_nl_slot_get_start,
		.dumpit		= kvm_s2_nl_slot_get_dumpit,
		.policy		= kvm_s2_slot_get_dump_nl_policy,
		.maxattr	= KVM_S2_A_SLOT_VM_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KVM_S2_CMD_EXTENT_GET,
		.start		= kvm_s2_nl_extent_get_start,
		.dumpit		= kvm_s2_nl_extent_get_dumpit,
		.policy		= kvm_s2_extent_get_nl_policy,
		.maxattr	= KVM_S2_A_EXTENT_PHYS,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KVM_S2_CMD_POLICY_GET,
		.start		= kvm_s2_nl_policy_get_start,
		.dumpit		= kvm_s2_nl_policy_get_dumpit,
		.policy		= kvm_s2_policy_get_nl_policy,
		.maxattr	= KVM_S2_A_POLICY_VM_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KVM_S2_CMD_POLICY_SET,
		.doit		= kvm_s2_nl_policy_set_doit,
		.policy		= kvm_s2_policy_set_nl_policy,
		.maxattr	= KVM_S2_A_POLICY_GENERATION,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KVM_S2_CMD_POLICY_CHECK,
		.start		= kvm_s2_nl_policy_check_start,
		.dumpit		= kvm_s2_nl_policy_check_dumpit,
		.policy		= kvm_s2_policy_check_nl_policy,
		.maxattr	= KVM_S2_A_EXTENT_MODE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group kvm_s2_nl_mcgrps[] = {
	[KVM_S2_NLGRP_EVENTS] = { "events", },
};

struct genl_family kvm_s2_nl_family __ro_after_init = {
	.name		= KVM_S2_FAMILY_NAME,
	.version	= KVM_S2_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= kvm_s2_nl_ops,
	.n_split_ops	= ARRAY_SIZE(kvm_s2_nl_ops),
	.mcgrps		= kvm_s2_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(kvm_s2_nl_mcgrps),
};
