// SPDX-License-Identifier: GPL-2.0-only
/* An in-kernel GIC, for guests that want one. */
#include <errno.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm.h"

#define DIST_GPA	(CODE_GPA + 0x200000)
#define OTHER_GPA	(CODE_GPA + 0x400000)

static int set_attr(int fd, uint32_t group, uint64_t attr, uint64_t *val)
{
	struct kvm_device_attr a = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)val,
	};

	return ioctl(fd, KVM_SET_DEVICE_ATTR, &a) ? -errno : 0;
}

/* What lies beside the distributor: GICv2's CPU interface is mapped by KVM. */
static const struct {
	uint32_t device, dist, other;
} models[] = {
	[2] = { KVM_DEV_TYPE_ARM_VGIC_V2, KVM_VGIC_V2_ADDR_TYPE_DIST,
		KVM_VGIC_V2_ADDR_TYPE_CPU },
	[3] = { KVM_DEV_TYPE_ARM_VGIC_V3, KVM_VGIC_V3_ADDR_TYPE_DIST,
		KVM_VGIC_V3_ADDR_TYPE_REDIST },
};

int vgic_create(struct vm *vm)
{
	unsigned int version = vm->spec->vgic;
	struct kvm_create_device dev = { .type = models[version].device };
	uint64_t dist = DIST_GPA, other = OTHER_GPA;
	int ret;

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &dev))
		return fail(-errno, "KVM_CREATE_DEVICE VGIC_V%u", version);
	ret = set_attr(dev.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, models[version].dist,
		       &dist);
	ret = ret ?: set_attr(dev.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
			      models[version].other, &other);
	ret = ret ?: set_attr(dev.fd, KVM_DEV_ARM_VGIC_GRP_CTRL,
			      KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	return ret ? fail(ret, "cannot set the GIC up") : 0;
}
