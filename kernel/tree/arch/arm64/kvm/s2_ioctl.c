// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM may ask about its own VM: capability and ioctls.
 */
#include <linux/capability.h>
#include <linux/kvm_host.h>
#include <linux/uaccess.h>

#include "s2_policy.h"
#include "s2_walk.h"

#define KVM_S2_MAX_EXTENTS	65536

/* Before there were policies */
#define KVM_S2_SLOT_SIZE_VER0	offsetof(struct kvm_s2_slot, enforced)

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
 * Copy in a structure that begins with its own size, which was @first in its
 * first version.  What a newer caller asks for beyond @ksize must be nothing.
 */
static int s2_copy_in(void *to, size_t first, size_t ksize, void __user *argp,
		      u32 *usize)
{
	if (get_user(*usize, (u32 __user *)argp))
		return -EFAULT;
	if (*usize < first)
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

	ret = s2_copy_in(&in, KVM_S2_SLOT_SIZE_VER0, sizeof(in), argp, &usize);
	if (ret)
		return ret;
	if (in.flags || in.pad0 || in.pad1)
		return -EINVAL;

	ret = kvm_s2_report_slot(kvm, in.slot, &out);
	if (ret)
		return ret;

	out.size = usize;
	return copy_to_user(argp, &out, min_t(size_t, usize, sizeof(out))) ?
	       -EFAULT : 0;
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

/* The caller's array: where it is, what fits, and how far it got. */
struct s2_array {
	u64 to;
	u32 size;
	u32 count;
	u64 gpa;
};

static int s2_fill_extents(struct kvm_s2_walk *walk, struct s2_array *array)
{
	const struct kvm_s2_extent *e;
	u32 room = array->count;
	int ret;

	array->count = 0;
	while (array->count < room) {
		e = kvm_s2_walk_peek(walk);
		if (IS_ERR(e))
			return PTR_ERR(e);
		if (!e) {
			array->gpa = kvm_s2_walk_limit(walk);
			break;
		}

		ret = s2_put_extent(e, array->to + (u64)array->count * array->size,
				    array->size);
		if (ret)
			return ret;

		array->gpa = e->gpa + e->bytes;
		array->count++;
		kvm_s2_walk_pop(walk);
	}

	return 0;
}

static int s2_check_array(u32 count, u32 size)
{
	if (!count || count > KVM_S2_MAX_EXTENTS)
		return -EINVAL;
	if (size < sizeof(struct kvm_s2_extent) || size % sizeof(u64))
		return -EINVAL;

	return size > PAGE_SIZE ? -E2BIG : 0;
}

/* Walk as @args say, and fill an array. */
static int s2_walk_into(const struct kvm_s2_walk_args *args,
			struct s2_array *array)
{
	struct kvm_s2_walk *walk = kvm_s2_walk_begin(args);
	int ret;

	if (IS_ERR(walk))
		return PTR_ERR(walk);

	ret = s2_fill_extents(walk, array);
	kvm_s2_walk_end(walk);

	return ret;
}

static int s2_ioctl_get_extents(struct kvm *kvm, void __user *argp)
{
	struct kvm_s2_walk_args args = {
		.kvm	= kvm,
		.slot	= KVM_S2_ANY_SLOT,
	};
	struct kvm_s2_extents arg;
	struct s2_array array;
	u32 usize;
	int ret;

	ret = s2_copy_in(&arg, sizeof(arg), sizeof(arg), argp, &usize);
	if (ret)
		return ret;
	if (arg.flags & ~KVM_S2_EXTENTS_PHYS)
		return -EINVAL;
	ret = s2_check_array(arg.count, arg.extent_size);
	if (ret)
		return ret;
	if ((arg.flags & KVM_S2_EXTENTS_PHYS) && !capable(CAP_SYS_ADMIN))
		return -EPERM;

	args.gpa = arg.gpa;
	args.end = arg.end;
	args.phys = arg.flags & KVM_S2_EXTENTS_PHYS;
	array = (struct s2_array) { arg.extents, arg.extent_size, arg.count };
	ret = s2_walk_into(&args, &array);
	if (ret)
		return ret;

	arg.vm_id = kvm->arch.s2.id;
	arg.gpa = array.gpa;
	arg.count = array.count;
	return copy_to_user(argp, &arg, sizeof(arg)) ? -EFAULT : 0;
}

/* Copy in what both requests about policies have in common. */
static int s2_copy_policy(struct kvm_s2_policy *arg, void __user *argp, u32 known)
{
	u32 usize;
	int ret;

	ret = s2_copy_in(arg, sizeof(*arg), sizeof(*arg), argp, &usize);
	if (ret)
		return ret;
	if (arg->flags & ~known)
		return -EINVAL;
	if (arg->slot != KVM_S2_ALL_SLOTS && arg->slot >= KVM_USER_MEM_SLOTS)
		return -ENOENT;
	if (arg->mem_class >= KVM_S2_NR_CLASSES)
		return -EINVAL;
	if (arg->flags & KVM_S2_POLICY_DRY_RUN)
		return s2_check_array(arg->count, arg->extent_size);

	return arg->gpa || arg->extents || arg->count || arg->extent_size ?
	       -EINVAL : 0;
}

static int s2_dry_run(const struct kvm_s2_policy_change *change,
		      struct kvm_s2_policy *arg)
{
	const struct kvm_s2_walk_args args = {
		.kvm	= change->kvm,
		.gpa	= arg->gpa,
		.slot	= change->slot,
		.change	= change,
	};
	struct s2_array array = { arg->extents, arg->extent_size, arg->count };
	int ret;

	ret = s2_walk_into(&args, &array);
	arg->gpa = array.gpa;
	arg->count = array.count;

	return ret;
}

static int s2_ioctl_set_policy(struct kvm *kvm, void __user *argp)
{
	struct kvm_s2_policy_change change = {
		.kvm	= kvm,
		.owner	= KVM_S2_OWNER_VMM,
	};
	struct kvm_s2_policy arg;
	int ret;

	ret = s2_copy_policy(&arg, argp, KVM_S2_POLICY_DRY_RUN);
	if (ret)
		return ret;
	ret = kvm_s2_in_mode(arg.constraints, arg.mode, &change.c);
	if (ret)
		return ret;

	change.slot = arg.slot == KVM_S2_ALL_SLOTS ? KVM_S2_ANY_SLOT : arg.slot;
	change.mem_class = arg.mem_class;
	change.generation = arg.generation;
	if (arg.flags & KVM_S2_POLICY_DRY_RUN) {
		ret = kvm_s2_check_policy(&change);
		if (!ret)
			ret = s2_dry_run(&change, &arg);
	} else {
		ret = kvm_s2_set_policy(&change);
	}
	if (ret)
		return ret;

	arg.generation = change.generation;
	arg.vm_id = kvm->arch.s2.id;
	return copy_to_user(argp, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static int s2_ioctl_get_policy(struct kvm *kvm, void __user *argp)
{
	const unsigned int vmm = kvm_s2_owner_index(KVM_S2_OWNER_VMM);
	struct kvm_s2_policy_state state;
	struct kvm_s2_policy arg;
	int ret;

	ret = s2_copy_policy(&arg, argp, 0);
	if (ret)
		return ret;

	ret = kvm_s2_get_policy(kvm, arg.slot == KVM_S2_ALL_SLOTS ?
				KVM_S2_ANY_SLOT : arg.slot, arg.mem_class, &state);
	if (ret)
		return ret;

	arg.constraints = state.c[vmm].enforced | state.c[vmm].audited;
	arg.mode = kvm_s2_mode(state.c[vmm]);
	arg.generation = state.generation;
	arg.vm_id = kvm->arch.s2.id;
	arg.enforced = state.in_force.enforced;
	arg.audited = state.in_force.audited;
	arg.denied = state.denied;
	arg.would_deny = state.would_deny;
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
	case KVM_S2_SET_POLICY:
		return s2_ioctl_set_policy(kvm, argp);
	case KVM_S2_GET_POLICY:
		return s2_ioctl_get_policy(kvm, argp);
	default:
		return -ENOTTY;
	}
}
