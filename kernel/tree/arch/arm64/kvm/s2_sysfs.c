// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this host's stage 2 is like, as attributes of the /dev/kvm device, and
 * the identity of a VM in KVM's uevents.
 *
 * The attributes belong to the device's groups, so they exist before user
 * space hears of the device.  Everything here may be known to everybody; the
 * host's policy may be set by its administrator.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/kvm_host.h>
#include <linux/sysfs.h>

#include "s2_facts.h"
#include "s2_policy.h"
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

static const char * const s2_constraint_words[] = {
	"require-fwb", "floor=nc", "floor=device", "noexec", "match-vma",
	"locked", "force",
};

static const char * const s2_mode_words[] = { "none", "audit", "enforce" };

/* One class of the host's policy: "none", or a mode and what is asked. */
struct s2_class_attribute {
	struct device_attribute attr;
	u8 mem_class;
};

static ssize_t policy_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	const struct s2_class_attribute *a =
		container_of(attr, struct s2_class_attribute, attr);
	struct kvm_s2_policy_state state;
	unsigned int i, mask;
	char sep = ' ';
	int len;

	kvm_s2_get_policy(NULL, KVM_S2_ANY_SLOT, a->mem_class, &state);
	mask = state.c[0].enforced | state.c[0].audited;
	len = sysfs_emit(buf, "%s", s2_mode_words[kvm_s2_mode(state.c[0])]);
	for (i = 0; i < ARRAY_SIZE(s2_constraint_words); i++) {
		if (!(mask & BIT(i)))
			continue;
		len += sysfs_emit_at(buf, len, "%c%s", sep,
				     s2_constraint_words[i]);
		sep = ',';
	}

	return len + sysfs_emit_at(buf, len, "\n");
}

/* "MODE CONSTRAINT[,CONSTRAINT...]" or "none" */
static int s2_parse_policy(char *text, struct kvm_s2_constraints *c)
{
	char *mode_word = strsep(&text, " ");
	char *word;
	u32 mask = 0;
	int mode, i;

	mode = match_string(s2_mode_words, ARRAY_SIZE(s2_mode_words), mode_word);
	if (mode < 0)
		return -EINVAL;

	while ((word = strsep(&text, ","))) {
		i = match_string(s2_constraint_words,
				 ARRAY_SIZE(s2_constraint_words), word);
		if (i < 0)
			return -EINVAL;
		mask |= BIT(i);
	}

	return kvm_s2_in_mode(mask, mode, c);
}

static ssize_t policy_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	const struct s2_class_attribute *a =
		container_of(attr, struct s2_class_attribute, attr);
	struct kvm_s2_policy_change change = {
		.slot		= KVM_S2_ANY_SLOT,
		.mem_class	= a->mem_class,
		.owner		= KVM_S2_OWNER_ADMIN,
	};
	char *text;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	text = kmemdup_nul(buf, count, GFP_KERNEL);
	if (!text)
		return -ENOMEM;

	ret = s2_parse_policy(strim(text), &change.c);
	kfree(text);
	if (!ret)
		ret = kvm_s2_set_policy(&change);

	return ret ?: count;
}

#define S2_POLICY_ATTR(_name, _class)					\
static struct s2_class_attribute s2_policy_##_name = {			\
	.attr = __ATTR(policy_##_name, 0644, policy_show, policy_store), \
	.mem_class = KVM_S2_CLASS_##_class,				\
}

S2_POLICY_ATTR(ram, RAM);
S2_POLICY_ATTR(zone_device, ZONE_DEVICE);
S2_POLICY_ATTR(pfnmap_wb, PFNMAP_WB);
S2_POLICY_ATTR(ram_nc, RAM_NC);
S2_POLICY_ATTR(io, IO);
S2_POLICY_ATTR(io_nc, IO_NC);
S2_POLICY_ATTR(gmem, GMEM);
S2_POLICY_ATTR(hole, HOLE);

static ssize_t policy_generation_show(struct device *dev,
				      struct device_attribute *attr, char *buf)
{
	struct kvm_s2_policy_state state;

	kvm_s2_get_policy(NULL, KVM_S2_ANY_SLOT, KVM_S2_CLASS_RAM, &state);
	return sysfs_emit(buf, "%llu\n", state.generation);
}
static DEVICE_ATTR_RO(policy_generation);

static ssize_t denied_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%lld\n",
			  atomic64_read(&kvm_s2_host_counts.denied));
}
static DEVICE_ATTR_RO(denied);

static ssize_t would_deny_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lld\n",
			  atomic64_read(&kvm_s2_host_counts.would_deny));
}
static DEVICE_ATTR_RO(would_deny);

static struct attribute *kvm_s2_attrs[] = {
	&dev_attr_fwb.attr,
	&dev_attr_dic.attr,
	&dev_attr_pkvm.attr,
	&dev_attr_features.attr,
	&dev_attr_vms.attr,
	&s2_policy_ram.attr.attr,
	&s2_policy_zone_device.attr.attr,
	&s2_policy_pfnmap_wb.attr.attr,
	&s2_policy_ram_nc.attr.attr,
	&s2_policy_io.attr.attr,
	&s2_policy_io_nc.attr.attr,
	&s2_policy_gmem.attr.attr,
	&s2_policy_hole.attr.attr,
	&dev_attr_policy_generation.attr,
	&dev_attr_denied.attr,
	&dev_attr_would_deny.attr,
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
