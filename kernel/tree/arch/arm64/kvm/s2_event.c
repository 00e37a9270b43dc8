// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of the generic netlink family "kvm_s2".
 *
 * A guest can cause denied faults at any rate, and a VMM set policies.  A fault
 * therefore only counts and, if nothing is due yet, has a work item run later.
 * That tells how many there were since, once for each class of each VM: a burst
 * of a million is one message, and none of it is lost, because the counters say
 * it all.  Of what a VMM sets the last is told, and generations say how many
 * went before.
 */
#include <linux/init.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#include "s2_event.h"
#include "s2_netlink_gen.h"
#include "s2_news.h"
#include "s2_policy.h"
#include "s2_vm.h"

#define KVM_S2_EVENT_DELAY	(HZ / 10)

/* Who hears of denials hears of other people's VMs. */
const struct genl_multicast_group kvm_s2_nl_groups[] = {
	[KVM_S2_NLGRP_EVENTS] = {
		.name	= "events",
		.flags	= GENL_MCAST_CAP_SYS_ADMIN,
	},
};

static bool s2_anybody_listening(void)
{
	return genl_has_listeners(&kvm_s2_nl_family, &init_net,
				  KVM_S2_NLGRP_EVENTS);
}

/* Nobody waits for an event; but listeners get to know that they missed one. */
static void s2_event_lost(void)
{
	genl_set_err(&kvm_s2_nl_family, &init_net, 0, KVM_S2_NLGRP_EVENTS,
		     -ENOBUFS);
}

static struct sk_buff *s2_event_begin(u8 cmd, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (msg) {
		*hdr = genlmsg_put(msg, 0, 0, &kvm_s2_nl_family, 0, cmd);
		if (*hdr)
			return msg;
		nlmsg_free(msg);
	}
	s2_event_lost();

	return NULL;
}

static void s2_event_end(struct sk_buff *msg, void *hdr, int err)
{
	if (err) {
		nlmsg_free(msg);
		s2_event_lost();
		return;
	}

	genlmsg_end(msg, hdr);
	genlmsg_multicast(&kvm_s2_nl_family, msg, 0, KVM_S2_NLGRP_EVENTS,
			  GFP_KERNEL);
}

static int s2_put_denials(struct sk_buff *msg, struct kvm *kvm, u8 mem_class,
			  u64 denied, u64 would_deny)
{
	const struct kvm_s2_denial *last = &kvm->arch.s2.last[mem_class];

	if (nla_put_uint(msg, KVM_S2_A_POLICY_VM_ID, kvm->arch.s2.id) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_SLOT, READ_ONCE(last->slot)) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_CLASS, mem_class) ||
	    nla_put_uint(msg, KVM_S2_A_POLICY_DENIED, denied) ||
	    nla_put_uint(msg, KVM_S2_A_POLICY_WOULD_DENY, would_deny) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_REASON, READ_ONCE(last->reason)) ||
	    nla_put_uint(msg, KVM_S2_A_POLICY_GPA, READ_ONCE(last->gpa)))
		return -EMSGSIZE;

	return 0;
}

static void s2_tell_denials(struct kvm *kvm)
{
	struct kvm_s2_vm *vm = &kvm->arch.s2;
	struct sk_buff *msg;
	u64 denied, would;
	u8 mem_class;
	void *hdr;

	for (mem_class = 0; mem_class < KVM_S2_NR_CLASSES; mem_class++) {
		denied = atomic64_read(&vm->counts[mem_class].denied);
		would = atomic64_read(&vm->counts[mem_class].would_deny);
		if (denied == atomic64_read(&vm->told[mem_class].denied) &&
		    would == atomic64_read(&vm->told[mem_class].would_deny))
			continue;

		atomic64_set(&vm->told[mem_class].denied, denied);
		atomic64_set(&vm->told[mem_class].would_deny, would);
		if (!s2_anybody_listening())
			continue;

		msg = s2_event_begin(KVM_S2_CMD_DENIED_NTF, &hdr);
		if (msg)
			s2_event_end(msg, hdr, s2_put_denials(msg, kvm, mem_class,
							      denied, would));
	}
}

static int s2_put_change(struct sk_buff *msg,
			 const struct kvm_s2_policy_change *change)
{
	const u32 mode = kvm_s2_mode(change->c);

	if ((change->kvm &&
	     nla_put_uint(msg, KVM_S2_A_POLICY_VM_ID, change->kvm->arch.s2.id)) ||
	    (change->slot != KVM_S2_ANY_SLOT &&
	     nla_put_u32(msg, KVM_S2_A_POLICY_SLOT, change->slot)) ||
	    (change->mem_class &&
	     nla_put_u32(msg, KVM_S2_A_POLICY_CLASS, change->mem_class)) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_OWNER, change->owner) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_CONSTRAINTS,
			change->c.enforced | change->c.audited) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_MODE, mode) ||
	    nla_put_uint(msg, KVM_S2_A_POLICY_GENERATION, change->generation))
		return -EMSGSIZE;

	return 0;
}

static void s2_tell_change(const struct kvm_s2_policy_change *change)
{
	struct sk_buff *msg;
	void *hdr;

	if (!s2_anybody_listening())
		return;

	msg = s2_event_begin(KVM_S2_CMD_POLICY_NTF, &hdr);
	if (msg)
		s2_event_end(msg, hdr, s2_put_change(msg, change));
}

static void s2_tell_set(struct kvm *kvm)
{
	struct kvm_s2_policy_change change = {
		.kvm	= kvm,
		.owner	= KVM_S2_OWNER_VMM,
	};
	struct kvm_s2_set last;

	read_lock(&kvm->mmu_lock);
	last = kvm->arch.s2.last_set;
	read_unlock(&kvm->mmu_lock);

	change.slot = last.slot;
	change.mem_class = last.mem_class;
	change.c = kvm_s2_unpack(last.word);
	change.generation = last.generation;
	s2_tell_change(&change);
}

/* What is new of one VM.  One caller at a time. */
static void s2_tell_news(struct kvm *kvm)
{
	/* First: what happens from here on is news again. */
	const int news = atomic_xchg(&kvm->arch.s2.news, 0);

	if (news & KVM_S2_NEWS_SET)
		s2_tell_set(kvm);
	if (news & KVM_S2_NEWS_DENIALS)
		s2_tell_denials(kvm);
}

static void s2_event_work(struct work_struct *work)
{
	struct kvm *kvm;
	u64 id = 0;

	while ((kvm = kvm_s2_get_next_news(id))) {
		id = kvm->arch.s2.id;
		s2_tell_news(kvm);
		kvm_put_kvm(kvm);
		cond_resched();
	}
}

static DECLARE_DELAYED_WORK(kvm_s2_event_work, s2_event_work);

/* A message for each would be too many: there may be more in a moment. */
static void s2_tell_soon(void)
{
	queue_delayed_work(system_unbound_wq, &kvm_s2_event_work,
			   KVM_S2_EVENT_DELAY);
}

static void s2_tell_gone(struct kvm *kvm)
{
	struct sk_buff *msg;
	void *hdr;

	s2_tell_news(kvm);
	if (!s2_anybody_listening())
		return;

	msg = s2_event_begin(KVM_S2_CMD_VM_GONE_NTF, &hdr);
	if (msg)
		s2_event_end(msg, hdr, nla_put_uint(msg, KVM_S2_A_POLICY_VM_ID,
						    kvm->arch.s2.id));
}

static const struct kvm_s2_teller s2_event_teller = {
	.news	= s2_tell_soon,
	.set	= s2_tell_change,
	.gone	= s2_tell_gone,
};

/**
 * kvm_s2_event_init - tell what happens from here on
 *
 * The family is registered.
 */
void __init kvm_s2_event_init(void)
{
	kvm_s2_set_teller(&s2_event_teller);
}
