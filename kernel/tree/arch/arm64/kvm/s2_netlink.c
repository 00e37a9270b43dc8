// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "kvm_s2": every VM's memory types, for the host's
 * administrator.  The interface is Documentation/netlink/specs/kvm_s2.yaml.
 *
 * A dump keeps no reference from one message to the next, only an identity and
 * an address to go on from: a reader that stops reading keeps no VM alive, and
 * one that goes on finds the VM again or learns that it is gone.
 */
#include <linux/capability.h>
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/sched/mm.h>
#include <asm/kvm_mmu.h>

#include "s2_facts.h"
#include "s2_netlink_gen.h"
#include "s2_vm.h"
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

static struct kvm_s2_cursor *kvm_s2_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct kvm_s2_cursor) >
		     sizeof_field(struct netlink_callback, ctx));

	return (struct kvm_s2_cursor *)cb->ctx;
}

/*
 * GENL_ADMIN_PERM asks for CAP_NET_ADMIN.  Which memory types VMs have, and
 * where in the host, is no matter of the network.
 */
static int kvm_s2_nl_may(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;

	NL_SET_ERR_MSG(extack, "CAP_SYS_ADMIN is needed");
	return -EPERM;
}

static int kvm_s2_nl_need(const struct genl_info *info, int attr)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;

	NL_SET_ERR_MSG(info->extack, "a required attribute is missing");
	return -EINVAL;
}

/* The VM that an attribute names; the caller puts it. */
static struct kvm *kvm_s2_nl_vm(const struct genl_info *info, int attr)
{
	struct kvm *kvm;
	int ret;

	ret = kvm_s2_nl_need(info, attr);
	if (ret)
		return ERR_PTR(ret);

	kvm = kvm_s2_get_vm(nla_get_uint(info->attrs[attr]));
	if (!kvm) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "no VM has this identity");
		return ERR_PTR(-ENOENT);
	}

	return kvm;
}

static struct sk_buff *kvm_s2_nl_reply(struct genl_info *info, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!msg)
		return NULL;

	*hdr = genlmsg_iput(msg, info);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}

	return msg;
}

static int kvm_s2_nl_put_host(struct sk_buff *msg)
{
	u32 facts = kvm_s2_cpu_facts();

	if (nla_put_u32(msg, KVM_S2_A_HOST_FEATURES, kvm_s2_host_features()) ||
	    nla_put_u8(msg, KVM_S2_A_HOST_FWB, !!(facts & KVM_S2_FACT_FWB)) ||
	    nla_put_u8(msg, KVM_S2_A_HOST_DIC, !!(facts & KVM_S2_FACT_DIC)) ||
	    nla_put_u8(msg, KVM_S2_A_HOST_PKVM, is_protected_kvm_enabled()) ||
	    nla_put_u32(msg, KVM_S2_A_HOST_PAGE_SIZE, PAGE_SIZE) ||
	    nla_put_u32(msg, KVM_S2_A_HOST_VMS, kvm_s2_vm_count()) ||
	    nla_put_uint(msg, KVM_S2_A_HOST_LAST_VM_ID, kvm_s2_last_vm_id()))
		return -EMSGSIZE;

	return 0;
}

int kvm_s2_nl_host_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	void *hdr;
	int ret;

	ret = kvm_s2_nl_may(skb, info->extack);
	if (ret)
		return ret;

	msg = kvm_s2_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;

	ret = kvm_s2_nl_put_host(msg);
	if (ret) {
		nlmsg_free(msg);
		return ret;
	}

	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static u32 kvm_s2_count_slots(struct kvm *kvm)
{
	struct kvm_memory_slot *slot;
	u32 slots = 0;
	int bkt, idx;

	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm))
		slots++;
	srcu_read_unlock(&kvm->srcu, idx);

	return slots;
}

static int kvm_s2_nl_put_vm(struct sk_buff *msg, struct kvm *kvm)
{
	const struct kvm_s2_vm *vm = &kvm->arch.s2;
	bool alive = atomic_read(&kvm->mm->mm_users);

	if (nla_put_uint(msg, KVM_S2_A_VM_ID, vm->id) ||
	    nla_put_u32(msg, KVM_S2_A_VM_TGID, vm->tgid) ||
	    nla_put_string(msg, KVM_S2_A_VM_COMM, vm->comm) ||
	    nla_put_u8(msg, KVM_S2_A_VM_ALIVE, alive) ||
	    nla_put_u32(msg, KVM_S2_A_VM_VCPUS,
			atomic_read(&kvm->online_vcpus)) ||
	    nla_put_u32(msg, KVM_S2_A_VM_SLOTS, kvm_s2_count_slots(kvm)) ||
	    nla_put_u32(msg, KVM_S2_A_VM_IPA_BITS,
			kvm_phys_shift(&kvm->arch.mmu)) ||
	    nla_put_u32(msg, KVM_S2_A_VM_FACTS, kvm_s2_vm_facts(kvm)))
		return -EMSGSIZE;

	return 0;
}

int kvm_s2_nl_vm_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	struct kvm *kvm;
	void *hdr;
	int ret;

	ret = kvm_s2_nl_may(skb, info->extack);
	if (ret)
		return ret;

	kvm = kvm_s2_nl_vm(info, KVM_S2_A_VM_ID);
	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	ret = -ENOMEM;
	msg = kvm_s2_nl_reply(info, &hdr);
	if (!msg)
		goto out;

	ret = kvm_s2_nl_put_vm(msg, kvm);
	if (ret) {
		nlmsg_free(msg);
		goto out;
	}

	genlmsg_end(msg, hdr);
	ret = genlmsg_reply(msg, info);
out:
	kvm_put_kvm(kvm);
	return ret;
}

int kvm_s2_nl_vm_get_start(struct netlink_callback *cb)
{
	return kvm_s2_nl_may(cb->skb, cb->extack);
}

/*
 * Identities only grow, so no VM that exists all the while is left out, and
 * the dump need not be marked when others come or go.
 */
int kvm_s2_nl_vm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kvm_s2_cursor *cursor = kvm_s2_cursor(cb);
	struct kvm *kvm;
	void *hdr;
	int ret = 0;

	while ((kvm = kvm_s2_get_next_vm(cursor->vm_id))) {
		hdr = genlmsg_iput(skb, genl_info_dump(cb));
		ret = hdr ? kvm_s2_nl_put_vm(skb, kvm) : -EMSGSIZE;
		if (!ret) {
			genlmsg_end(skb, hdr);
			cursor->vm_id = kvm->arch.s2.id;
		} else if (hdr) {
			genlmsg_cancel(skb, hdr);
		}
		kvm_put_kvm(kvm);
		if (ret)
			break;
	}

	return ret;
}

static int kvm_s2_nl_put_slot(struct sk_buff *msg, const struct kvm_s2_slot *s)
{
	if (nla_put_uint(msg, KVM_S2_A_SLOT_VM_ID, s->vm_id) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_SLOT, s->slot) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_GPA, s->gpa) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_BYTES, s->bytes) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_HVA, s->hva) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_SLOT_FLAGS, s->slot_flags) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_CLASS, s->class) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_FACTS, s->facts) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_VMA_TYPE, s->vma_type) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_PREDICTED, s->predicted) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_MAPPED, s->mapped) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_PERM, s->perm) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_VERDICT, s->verdict) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_REASON, s->reason) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_WB_BYTES, s->wb_bytes) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_NC_BYTES, s->nc_bytes) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_DEVICE_BYTES, s->device_bytes) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_EXEC_BYTES, s->exec_bytes))
		return -EMSGSIZE;

	return 0;
}

/* Report about the slot that an attribute names, and say if it cannot be. */
static int kvm_s2_nl_report_slot(const struct genl_info *info, int attr,
				 struct kvm *kvm, struct kvm_s2_slot *slot)
{
	int ret;

	ret = kvm_s2_nl_need(info, attr);
	if (ret)
		return ret;

	ret = kvm_s2_report_slot(kvm, nla_get_u32(info->attrs[attr]), slot);
	if (ret == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "the VM has no such slot");
	else if (ret == -EAGAIN)
		NL_SET_ERR_MSG(info->extack, "the VM's slots keep changing");
	else if (ret == -EOPNOTSUPP)
		NL_SET_ERR_MSG(info->extack,
			       "nothing can be read under protected KVM");

	return ret;
}

int kvm_s2_nl_slot_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kvm_s2_slot slot;
	struct sk_buff *msg;
	struct kvm *kvm;
	void *hdr;
	int ret;

	ret = kvm_s2_nl_may(skb, info->extack);
	if (ret)
		return ret;

	kvm = kvm_s2_nl_vm(info, KVM_S2_A_SLOT_VM_ID);
	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	ret = kvm_s2_nl_report_slot(info, KVM_S2_A_SLOT_SLOT, kvm, &slot);
	kvm_put_kvm(kvm);
	if (ret)
		return ret;

	msg = kvm_s2_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;

	ret = kvm_s2_nl_put_slot(msg, &slot);
	if (ret) {
		nlmsg_free(msg);
		return ret;
	}

	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* What starts a dump of one VM: privilege, and that the VM exists. */
static struct kvm *kvm_s2_nl_start(struct netlink_callback *cb, int attr)
{
	struct kvm *kvm;
	int ret;

	ret = kvm_s2_nl_may(cb->skb, cb->extack);
	if (ret)
		return ERR_PTR(ret);

	kvm = kvm_s2_nl_vm(genl_info_dump(cb), attr);
	if (IS_ERR(kvm))
		return kvm;

	if (is_protected_kvm_enabled()) {
		NL_SET_ERR_MSG(cb->extack,
			       "nothing can be read under protected KVM");
		kvm_put_kvm(kvm);
		return ERR_PTR(-EOPNOTSUPP);
	}

	*kvm_s2_cursor(cb) = (struct kvm_s2_cursor) {
		.vm_id	= kvm->arch.s2.id,
		.slot	= KVM_S2_ANY_SLOT,
	};

	return kvm;
}

/* What goes on with one: the VM may be gone by now. */
static struct kvm *kvm_s2_nl_resume(struct netlink_callback *cb)
{
	struct kvm *kvm = kvm_s2_get_vm(kvm_s2_cursor(cb)->vm_id);

	if (!kvm) {
		NL_SET_ERR_MSG(cb->extack, "the VM ended during the dump");
		return ERR_PTR(-ENOENT);
	}

	/* A change of the slots marks the dump; 0 would not count. */
	cb->seq = (u32)kvm_s2_generation(kvm) | BIT(31);

	return kvm;
}

int kvm_s2_nl_slot_get_start(struct netlink_callback *cb)
{
	struct kvm *kvm = kvm_s2_nl_start(cb, KVM_S2_A_SLOT_VM_ID);

	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	kvm_put_kvm(kvm);
	return 0;
}

/* The number of the first slot at or behind an address, or -1. */
static int kvm_s2_next_slot(struct kvm *kvm, u64 gpa)
{
	gfn_t limit = kvm_phys_size(&kvm->arch.mmu) >> PAGE_SHIFT;
	struct kvm_memslot_iter iter;
	int idx, id = -1;

	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_memslot_in_gfn_range(&iter, kvm_memslots(kvm),
					  gpa >> PAGE_SHIFT, limit) {
		id = iter.slot->id;
		break;
	}
	srcu_read_unlock(&kvm->srcu, idx);

	return id;
}

int kvm_s2_nl_slot_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kvm_s2_cursor *cursor = kvm_s2_cursor(cb);
	struct kvm *kvm = kvm_s2_nl_resume(cb);
	struct kvm_s2_slot slot;
	int id, ret = 0;
	void *hdr;

	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	while ((id = kvm_s2_next_slot(kvm, cursor->gpa)) >= 0) {
		ret = kvm_s2_report_slot(kvm, id, &slot);
		/* It was deleted: look again behind the same address. */
		if (ret == -ENOENT)
			continue;
		if (ret)
			break;

		hdr = genlmsg_iput(skb, genl_info_dump(cb));
		ret = hdr ? kvm_s2_nl_put_slot(skb, &slot) : -EMSGSIZE;
		if (ret) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			break;
		}
		genl_dump_check_consistent(cb, hdr);
		genlmsg_end(skb, hdr);
		cursor->gpa = slot.gpa + slot.bytes;
	}

	kvm_put_kvm(kvm);
	return ret;
}

static int kvm_s2_nl_put_extent(struct sk_buff *msg, u64 vm_id,
				const struct kvm_s2_extent *e)
{
	if (nla_put_uint(msg, KVM_S2_A_EXTENT_VM_ID, vm_id) ||
	    (e->slot != KVM_S2_NO_SLOT &&
	     nla_put_u32(msg, KVM_S2_A_EXTENT_SLOT, e->slot)) ||
	    nla_put_uint(msg, KVM_S2_A_EXTENT_GPA, e->gpa) ||
	    nla_put_uint(msg, KVM_S2_A_EXTENT_BYTES, e->bytes) ||
	    (e->hpa != ~0ULL &&
	     nla_put_uint(msg, KVM_S2_A_EXTENT_HPA, e->hpa)) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_CLASS, e->class) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_FACTS, e->facts) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_VMA_TYPE, e->vma_type) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_PREDICTED, e->predicted) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_MAPPED, e->mapped) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_PERM, e->perm) ||
	    (e->memattr != ~0U &&
	     nla_put_u32(msg, KVM_S2_A_EXTENT_MEMATTR, e->memattr)) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_VERDICT, e->verdict) ||
	    nla_put_u32(msg, KVM_S2_A_EXTENT_REASON, e->reason))
		return -EMSGSIZE;

	return 0;
}

/* The range that a request asks for, held against the VM's address space. */
static int kvm_s2_nl_range(const struct genl_info *info, struct kvm *kvm,
			   struct kvm_s2_cursor *cursor)
{
	struct nlattr *gpa = info->attrs[KVM_S2_A_EXTENT_GPA];
	struct nlattr *bytes = info->attrs[KVM_S2_A_EXTENT_BYTES];
	u64 limit = kvm_phys_size(&kvm->arch.mmu);
	u64 len;

	if (gpa)
		cursor->gpa = nla_get_uint(gpa);
	if (!PAGE_ALIGNED(cursor->gpa)) {
		NL_SET_ERR_MSG_ATTR(info->extack, gpa,
				    "not a multiple of the page size");
		return -EINVAL;
	}
	if (cursor->gpa >= limit) {
		NL_SET_ERR_MSG_ATTR(info->extack, gpa,
				    "beyond the guest's physical address space");
		return -ERANGE;
	}

	if (!bytes)
		return 0;

	len = nla_get_uint(bytes);
	if (!PAGE_ALIGNED(len)) {
		NL_SET_ERR_MSG_ATTR(info->extack, bytes,
				    "not a multiple of the page size");
		return -EINVAL;
	}
	if (len > limit - cursor->gpa) {
		NL_SET_ERR_MSG_ATTR(info->extack, bytes,
				    "beyond the guest's physical address space");
		return -ERANGE;
	}
	cursor->end = cursor->gpa + len;

	return 0;
}

/* Only one slot: the walk skips the others, but is told if there is none. */
static int kvm_s2_nl_only_slot(const struct genl_info *info, struct kvm *kvm,
			       struct kvm_s2_cursor *cursor)
{
	struct nlattr *attr = info->attrs[KVM_S2_A_EXTENT_SLOT];
	int ret = -ENOENT;
	int idx;
	u32 id;

	if (!attr)
		return 0;

	id = nla_get_u32(attr);
	idx = srcu_read_lock(&kvm->srcu);
	if (id < KVM_USER_MEM_SLOTS && id_to_memslot(kvm_memslots(kvm), id))
		ret = 0;
	srcu_read_unlock(&kvm->srcu, idx);

	if (ret)
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the VM has no such slot");
	else
		cursor->slot = id;

	return ret;
}

int kvm_s2_nl_extent_get_start(struct netlink_callback *cb)
{
	struct kvm *kvm = kvm_s2_nl_start(cb, KVM_S2_A_EXTENT_VM_ID);
	struct kvm_s2_cursor *cursor = kvm_s2_cursor(cb);
	const struct genl_info *info = genl_info_dump(cb);
	int ret;

	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	cursor->phys = nla_get_flag(info->attrs[KVM_S2_A_EXTENT_PHYS]);
	ret = kvm_s2_nl_range(info, kvm, cursor);
	if (!ret)
		ret = kvm_s2_nl_only_slot(info, kvm, cursor);

	kvm_put_kvm(kvm);
	return ret;
}

/* Give out extents until the message is full or the walk is done. */
static int kvm_s2_nl_dump_extents(struct sk_buff *skb,
				  struct netlink_callback *cb,
				  struct kvm_s2_walk *walk)
{
	struct kvm_s2_cursor *cursor = kvm_s2_cursor(cb);
	const struct kvm_s2_extent *e;
	void *hdr;
	int ret;

	while ((e = kvm_s2_walk_peek(walk))) {
		if (IS_ERR(e))
			return PTR_ERR(e);

		hdr = genlmsg_iput(skb, genl_info_dump(cb));
		if (!hdr)
			return -EMSGSIZE;

		ret = kvm_s2_nl_put_extent(skb, cursor->vm_id, e);
		if (ret) {
			genlmsg_cancel(skb, hdr);
			return ret;
		}
		genl_dump_check_consistent(cb, hdr);
		genlmsg_end(skb, hdr);
		cursor->gpa = e->gpa + e->bytes;
		kvm_s2_walk_pop(walk);
	}

	cursor->gpa = kvm_s2_walk_limit(walk);
	return 0;
}

int kvm_s2_nl_extent_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct kvm_s2_cursor *cursor = kvm_s2_cursor(cb);
	struct kvm *kvm = kvm_s2_nl_resume(cb);
	struct kvm_s2_walk_args args;
	struct kvm_s2_walk *walk;
	int ret;

	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	args = (struct kvm_s2_walk_args) {
		.kvm	= kvm,
		.gpa	= cursor->gpa,
		.end	= cursor->end,
		.slot	= cursor->slot,
		.phys	= cursor->phys,
	};
	walk = kvm_s2_walk_begin(&args);
	if (IS_ERR(walk)) {
		ret = PTR_ERR(walk);
	} else {
		ret = kvm_s2_nl_dump_extents(skb, cb, walk);
		kvm_s2_walk_end(walk);
	}

	kvm_put_kvm(kvm);
	return ret;
}

static int __init kvm_s2_netlink_init(void)
{
	if (!is_kvm_arm_initialised())
		return 0;

	/* VMs belong to the host, not to any network namespace but its own. */
	kvm_s2_nl_family.netnsok = false;

	return genl_register_family(&kvm_s2_nl_family);
}
late_initcall(kvm_s2_netlink_init);
