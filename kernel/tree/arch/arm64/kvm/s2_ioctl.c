// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM may ask about its own VM: capability and ioctls.
 */
#include <linux/capability.h>
#include <linux/kvm_host.h>
#include <linux/uaccess.h>

#include "s2_walk.h"

#define KVM_S2_MAX_EXTENTS	65536

/**
 * kvm_s2_check_extension - KVM_CAP_S2_MEMTYPE
 * @kvm: the VM, or NULL to ask about the host
 *
 * Return: mask of enum kvm_s2_feature.
 */
int kvm_s2_check_extension(struct kvm *kvm)
{
	if (is_protected_kvm_enabled())
		return 0;
	if (kvm)
		return kvm_s2_host_features() & ~KVM_S2_FEATURE_NETLINK;

	return kvm_s2_host_features();
}

/*
 * Copy in a structure that begins with its own size.  What a newer caller asks
 * for beyond @ksize must be nothing.
 */
static int s2_copy_in(void *to, size_t ksize, void __user *argp, u32 *usize)
{
	if (get_user(*usize, (u32 __user *)argp))
		return -EFAULT;
	if (*usize < ksize)
		return -EINVAL;
	if (*usize > PAGE_SIZE)
		return -E2BIG;

	return copy_struct_from_user(to, ksize, argp, *usize);
}

static int s2_ioctl_get_slot(struct kvm *kvm, void __user *argp)
{
	struct kvm_s2_slot in, out = {};
	u32 usize;
	int ret;

	ret = s2_copy_in(&in, sizeof(in), argp, &usize);
	if (ret)
		return ret;
	if (in.flags || in.pad0 || in.pad1)
		return -EINVAL;

	ret = kvm_s2_report_slot(kvm, in.slot, &out);
	if (ret)
		return ret;

	out.size = usize;
	return copy_to_user(argp, &out, sizeof(out)) ? -EFAULT : 0;
}

/* Put one extent into the caller's array, whose elements may be larger. */
static int s2_put_extent(const struct kvm_s2_extent *e, u64 to, u32 size)
{
	void __user *dst = u64_to_user_ptr(to);

	if (copy_to_user(dst, e, sizeof(*e)) ||
	    clear_user(dst + sizeof(*e), size - sizeof(*e)))
		return -EFAULT;

	return 0;
}

static int s2_fill_extents(struct kvm_s2_walk *walk, struct kvm_s2_extents *arg)
{
	const struct kvm_s2_extent *e;
	u32 room = arg->count;
	int ret;

	arg->count = 0;
	while (arg->count < room) {
		e = kvm_s2_walk_peek(walk);
		if (IS_ERR(e))
			return PTR_ERR(e);
		if (!e) {
			arg->gpa = kvm_s2_walk_limit(walk);
			break;
		}

		ret = s2_put_extent(e, arg->extents +
				    (u64)arg->count * arg->extent_size,
				    arg->extent_size);
		if (ret)
			return ret;

		arg->gpa = e->gpa + e->bytes;
		arg->count++;
		kvm_s2_walk_pop(walk);
	}

	return 0;
}

static int s2_check_extents(const struct kvm_s2_extents *arg)
{
	if (arg->flags & ~KVM_S2_EXTENTS_PHYS)
		return -EINVAL;
	if (!arg->count || arg->count > KVM_S2_MAX_EXTENTS)
		return -EINVAL;
	if (arg->extent_size < sizeof(struct kvm_s2_extent) ||
	    arg->extent_size % sizeof(u64))
		return -EINVAL;
	if (arg->extent_size > PAGE_SIZE)
		return -E2BIG;
	if ((arg->flags & KVM_S2_EXTENTS_PHYS) && !capable(CAP_SYS_ADMIN))
		return -EPERM;

	return 0;
}

static int s2_ioctl_get_extents(struct kvm *kvm, void __user *argp)
{
	struct kvm_s2_walk_args args = {
		.kvm	= kvm,
		.slot	= KVM_S2_ANY_SLOT,
	};
	struct kvm_s2_extents arg;
	struct kvm_s2_walk *walk;
	u32 usize;
	int ret;

	ret = s2_copy_in(&arg, sizeof(arg), argp, &usize);
	if (ret)
		return ret;
	ret = s2_check_extents(&arg);
	if (ret)
		return ret;

	args.gpa = arg.gpa;
	args.end = arg.end;
	args.phys = arg.flags & KVM_S2_EXTENTS_PHYS;
	walk = kvm_s2_walk_begin(&args);
	if (IS_ERR(walk))
		return PTR_ERR(walk);

	arg.vm_id = kvm->arch.s2.id;
	ret = s2_fill_extents(walk, &arg);
	kvm_s2_walk_end(walk);
	if (ret)
		return ret;

	return copy_to_user(argp, &arg, sizeof(arg)) ? -EFAULT : 0;
}

/**
 * kvm_s2_vm_ioctl - the ioctls of linux/kvm_s2.h
 * @kvm: the VM, whose address space is the caller's
 * @ioctl: number
 * @argp: argument
 *
 * Return: 0 or a negative errno; -ENOTTY for any other number.
 */
int kvm_s2_vm_ioctl(struct kvm *kvm, unsigned int ioctl, void __user *argp)
{
	switch (ioctl) {
	case KVM_S2_GET_SLOT:
		return s2_ioctl_get_slot(kvm, argp);
	case KVM_S2_GET_EXTENTS:
		return s2_ioctl_get_extents(kvm, argp);
	default:
		return -ENOTTY;
	}
}
