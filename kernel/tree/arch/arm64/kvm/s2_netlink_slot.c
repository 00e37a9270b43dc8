// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "kvm_s2": slots and extents of one VM.
 *
 * A dump keeps no reference from one message to the next, only an identity and
 * an address to go on from: a reader that stops reading keeps no VM alive, and
 * one that goes on finds the VM again or learns that it is gone.
 */
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>

#include "s2_netlink.h"
#include "s2_netlink_gen.h"
#include "s2_vm.h"

static int kvm_s2_nl_put_slot(struct sk_buff *msg, const struct kvm_s2_slot *s)
{
	if (nla_put_uint(msg, KVM_S2_A_SLOT_VM_ID, s->vm_id) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_SLOT, s->slot) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_GPA, s->gpa) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_BYTES, s->bytes) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_HVA, s->hva) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_SLOT_FLAGS, s->slot_flags) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_CLASS, s->mem_class) ||
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
	    nla_put_uint(msg, KVM_S2_A_SLOT_EXEC_BYTES, s->exec_bytes) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_ENFORCED, s->enforced) ||
	    nla_put_u32(msg, KVM_S2_A_SLOT_AUDITED, s->audited) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_DENIED, s->denied) ||
	    nla_put_uint(msg, KVM_S2_A_SLOT_WOULD_DENY, s->would_deny))
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

/*
 * What a change of the slots changes, so that the dump gets marked; never 0,
 * which would not count.  Bit 63 of a generation says that one is under way.
 */
u32 kvm_s2_nl_seq(struct kvm *kvm)
{
	u64 generation = kvm_s2_generation(kvm);

	return (u32)(generation << 1) | (generation >> 63) | BIT(31);
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
	cb->seq = kvm_s2_nl_seq(kvm);
	cb->prev_seq = cb->seq;

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

	cb->seq = kvm_s2_nl_seq(kvm);

	return kvm;
}

/* The end of one message: what changed under it marks the next, or the last. */
static void kvm_s2_nl_suspend(struct netlink_callback *cb, struct kvm *kvm)
{
	cb->seq = kvm_s2_nl_seq(kvm);
	kvm_put_kvm(kvm);
}

int kvm_s2_nl_slot_get_start(struct netlink_callback *cb)
{
	struct kvm *kvm = kvm_s2_nl_start(cb, KVM_S2_A_SLOT_VM_ID);

	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	kvm_put_kvm(kvm);
	return 0;
}

/* The number and end of the first slot at or behind an address, or -1. */
int kvm_s2_next_slot(struct kvm *kvm, u64 gpa, u64 *end)
{
	gfn_t limit = kvm_phys_size(&kvm->arch.mmu) >> PAGE_SHIFT;
	struct kvm_memslot_iter iter;
	int idx, id = -1;

	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_memslot_in_gfn_range(&iter, kvm_memslots(kvm),
					  gpa >> PAGE_SHIFT, limit) {
		id = iter.slot->id;
		*end = (iter.slot->base_gfn + iter.slot->npages) << PAGE_SHIFT;
		break;
	}
	srcu_read_unlock(&kvm->srcu, idx);

	return id;
}

static int kvm_s2_nl_dump_slot(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct kvm_s2_slot *slot)
{
	void *hdr = genlmsg_iput(skb, genl_info_dump(cb));

	if (!hdr)
		return -EMSGSIZE;

	if (kvm_s2_nl_put_slot(skb, slot)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}

	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/*
 * The cursor only moves up, by where a slot was found and not by where it was
 * moved to, so a VMM that juggles its slots cannot keep a dump going.  A slot
 * that will not hold still is left out: the dump is marked then anyway.
 */
int kvm_s2_nl_slot_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kvm_s2_cursor *cursor = kvm_s2_cursor(cb);
	struct kvm *kvm = kvm_s2_nl_resume(cb);
	struct kvm_s2_slot slot;
	int id, ret = 0;
	u64 end;

	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	while ((id = kvm_s2_next_slot(kvm, cursor->gpa, &end)) >= 0) {
		ret = kvm_s2_report_slot(kvm, id, &slot);
		if (ret == -ENOENT || ret == -EAGAIN)
			ret = 0;
		else if (!ret)
			ret = kvm_s2_nl_dump_slot(skb, cb, &slot);
		if (ret)
			break;
		cursor->gpa = end;
	}

	kvm_s2_nl_suspend(cb, kvm);
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
	    nla_put_u32(msg, KVM_S2_A_EXTENT_CLASS, e->mem_class) ||
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

/*
 * Give out extents until the message is full or the walk is done; @gpa is where
 * to go on.
 */
int kvm_s2_nl_dump_extents(struct sk_buff *skb, struct netlink_callback *cb,
			   struct kvm_s2_walk *walk, u64 vm_id, u64 *gpa)
{
	const struct kvm_s2_extent *e;
	void *hdr;
	int ret;

	while ((e = kvm_s2_walk_peek(walk))) {
		if (IS_ERR(e))
			return PTR_ERR(e);

		hdr = genlmsg_iput(skb, genl_info_dump(cb));
		if (!hdr)
			return -EMSGSIZE;

		ret = kvm_s2_nl_put_extent(skb, vm_id, e);
		if (ret) {
			genlmsg_cancel(skb, hdr);
			return ret;
		}
		genl_dump_check_consistent(cb, hdr);
		genlmsg_end(skb, hdr);
		*gpa = e->gpa + e->bytes;
		kvm_s2_walk_pop(walk);
	}

	*gpa = kvm_s2_walk_limit(walk);
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
		ret = kvm_s2_nl_dump_extents(skb, cb, walk, cursor->vm_id,
					     &cursor->gpa);
		kvm_s2_walk_end(walk);
	}

	kvm_s2_nl_suspend(cb, kvm);
	return ret;
}
