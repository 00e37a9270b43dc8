// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registering the generic netlink family "kvm_s2".  The generated family names
 * the functions that answer requests, so those cannot name the family.
 */
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <net/genetlink.h>

#include "s2_event.h"
#include "s2_netlink_gen.h"

static int __init kvm_s2_netlink_init(void)
{
	int ret;

	if (!is_kvm_arm_initialised())
		return 0;

	/* VMs belong to the host, not to any network namespace but its own. */
	kvm_s2_nl_family.netnsok = false;
	/* The generator knows no flags of groups. */
	kvm_s2_nl_family.mcgrps = kvm_s2_nl_groups;

	ret = genl_register_family(&kvm_s2_nl_family);
	if (!ret)
		kvm_s2_event_init();

	return ret;
}
late_initcall(kvm_s2_netlink_init);
