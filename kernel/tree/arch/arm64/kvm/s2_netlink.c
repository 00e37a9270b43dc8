// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "kvm_s2": every VM's memory types, for the host's
 * administrator.  The interface is Documentation/netlink/specs/kvm_s2.yaml.
 * Here are the host and VMs; s2_netlink_slot.c has what is inside one VM.
 */
#include <linux/capability.h>
#include <linux/kvm_host.h>
#include <linux/sched/mm.h>
#include <asm/kvm_mmu.h>

#include "s2_facts.h"
#include "s2_netlink.h"
#include "s2_netlink_gen.h"
#include "s2_vm.h"
#include "s2_walk.h"

/*
 * GENL_ADMIN_PERM asks for CAP_NET_ADMIN.  Which memory types VMs have, and
 * where in the host, is no matter of the network.
 */
int kvm_s2_nl_may(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;

	NL_SET_ERR_MSG(extack, "CAP_SYS_ADMIN is needed");
	return -EPERM;
}

/* Attributes that mean nothing today must not come to mean something. */
static int kvm_s2_nl_no_attrs(const struct nlmsghdr *nlh,
			      struct netlink_ext_ack *extack)
{
	if (!nlmsg_attrlen(nlh, GENL_HDRLEN))
		return 0;

	NL_SET_ERR_MSG(extack, "the request takes no attributes");
	return -EINVAL;
}

int kvm_s2_nl_need(const struct genl_info *info, int attr)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;

	NL_SET_ERR_MSG(info->extack, "a required attribute is missing");
	return -EINVAL;
}

/* The VM that an attribute names; the caller puts it. */
struct kvm *kvm_s2_nl_vm(const struct genl_info *info, int attr)
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

struct sk_buff *kvm_s2_nl_reply(struct genl_info *info, void **hdr)
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
	if (!ret)
		ret = kvm_s2_nl_no_attrs(info->nlhdr, info->extack);
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
	struct kvm_memslots *slots;
	int bkt, idx;
	u32 n = 0;

	idx = srcu_read_lock(&kvm->srcu);
	/* Once: the loop asks for them again and again, and they can be swapped. */
	slots = kvm_memslots(kvm);
	kvm_for_each_memslot(slot, bkt, slots)
		n++;
	srcu_read_unlock(&kvm->srcu, idx);

	return n;
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
	int ret = kvm_s2_nl_may(cb->skb, cb->extack);

	return ret ?: kvm_s2_nl_no_attrs(cb->nlh, cb->extack);
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
