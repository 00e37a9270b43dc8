// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this host's stage 2 is like, as attributes of the /dev/kvm device, and
 * the identity of a VM in KVM's uevents.
 *
 * The attributes belong to the device's groups, so they exist before user
 * space hears of the device.  Everything here may be known to everybody.
 */
#include <linux/device.h>
#include <linux/kvm_host.h>
#include <linux/sysfs.h>

#include "s2_facts.h"
#include "s2_vm.h"
#include "s2_walk.h"

static ssize_t fwb_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%d\n", !!(kvm_s2_cpu_facts() & KVM_S2_FACT_FWB));
}
static DEVICE_ATTR_RO(fwb);

static ssize_t dic_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%d\n", !!(kvm_s2_cpu_facts() & KVM_S2_FACT_DIC));
}
static DEVICE_ATTR_RO(dic);

static ssize_t pkvm_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%d\n", is_protected_kvm_enabled());
}
static DEVICE_ATTR_RO(pkvm);

static ssize_t features_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "0x%x\n", kvm_s2_host_features());
}
static DEVICE_ATTR_RO(features);

static ssize_t vms_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%u\n", kvm_s2_vm_count());
}
static DEVICE_ATTR_RO(vms);

static struct attribute *kvm_s2_attrs[] = {
	&dev_attr_fwb.attr,
	&dev_attr_dic.attr,
	&dev_attr_pkvm.attr,
	&dev_attr_features.attr,
	&dev_attr_vms.attr,
	NULL
};

static const struct attribute_group kvm_s2_group = {
	.name = "s2",
	.attrs = kvm_s2_attrs,
};

static const struct attribute_group *kvm_s2_groups[] = {
	&kvm_s2_group,
	NULL
};

const struct attribute_group **kvm_arch_dev_groups(void)
{
	return kvm_s2_groups;
}

void kvm_arch_add_uevent_vars(struct kvm *kvm, struct kobj_uevent_env *env)
{
	add_uevent_var(env, "VM_ID=%llu", kvm->arch.s2.id);
}
