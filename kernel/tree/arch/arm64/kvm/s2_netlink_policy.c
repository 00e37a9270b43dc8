// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "kvm_s2": the administrator's policies.
 */
#include <linux/kvm_host.h>

#include "s2_netlink.h"
#include "s2_netlink_gen.h"
#include "s2_policy.h"
#include "s2_vm.h"

/**
 * struct kvm_s2_policy_cursor - where a dump of policies goes on
 * @vm_id: the VM; 0 for the host
 * @gpa: of the next slot, once @mem_class is past the last
 * @mem_class: next class
 * @owner: index of the owner that is next there
 */
struct kvm_s2_policy_cursor {
	u64 vm_id;
	u64 gpa;
	u8 mem_class;
	u8 owner;
};

/**
 * struct kvm_s2_check_cursor - where a dry run goes on
 * @vm_id: the VM; for the host's policy, the last that was looked at
 * @gpa: where in it; ~0 before the next VM
 * @c: what would be set
 * @slots: what kvm_s2_nl_seq() says of the VM's slots
 * @changes: how often that was something else than before, in any VM
 * @slot: number of the slot, or KVM_S2_ANY_SLOT
 * @mem_class: enum kvm_s2_class
 * @host: for the host's policy
 */
struct kvm_s2_check_cursor {
	u64 vm_id;
	u64 gpa;
	struct kvm_s2_constraints c;
	u32 slots;
	u32 changes;
	int slot;
	u8 mem_class;
	bool host;
};

static void *s2_policy_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct kvm_s2_policy_cursor) >
		     sizeof_field(struct netlink_callback, ctx));
	BUILD_BUG_ON(sizeof(struct kvm_s2_check_cursor) >
		     sizeof_field(struct netlink_callback, ctx));

	return cb->ctx;
}

/* The attributes of two requests that mean the same. */
struct s2_policy_attrs {
	int vm_id;
	int slot;
	int mem_class;
	int constraints;
	int mode;
	int generation;
};

static const struct s2_policy_attrs s2_set_attrs = {
	KVM_S2_A_POLICY_VM_ID, KVM_S2_A_POLICY_SLOT, KVM_S2_A_POLICY_CLASS,
	KVM_S2_A_POLICY_CONSTRAINTS, KVM_S2_A_POLICY_MODE,
	KVM_S2_A_POLICY_GENERATION,
};

static const struct s2_policy_attrs s2_check_attrs = {
	KVM_S2_A_EXTENT_VM_ID, KVM_S2_A_EXTENT_SLOT, KVM_S2_A_EXTENT_CLASS,
	KVM_S2_A_EXTENT_CONSTRAINTS, KVM_S2_A_EXTENT_MODE, 0,
};

/* What a request asks for.  The VM, if it names one, is the caller's to put. */
static int s2_nl_change(const struct genl_info *info,
			const struct s2_policy_attrs *a,
			struct kvm_s2_policy_change *change)
{
	int ret;

	*change = (struct kvm_s2_policy_change) {
		.slot	= KVM_S2_ANY_SLOT,
		.owner	= KVM_S2_OWNER_ADMIN,
	};
	ret = kvm_s2_nl_need(info, a->constraints);
	if (!ret)
		ret = kvm_s2_nl_need(info, a->mode);
	if (ret)
		return ret;

	if (kvm_s2_in_mode(nla_get_u32(info->attrs[a->constraints]),
			   nla_get_u32(info->attrs[a->mode]), &change->c)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[a->constraints],
				    "no such constraint, or none in a mode, or no mode");
		return -EINVAL;
	}

	if (info->attrs[a->mem_class])
		change->mem_class = min_t(u32, U8_MAX,
					  nla_get_u32(info->attrs[a->mem_class]));
	if (info->attrs[a->slot]) {
		change->slot = min_t(u32, KVM_USER_MEM_SLOTS,
				     nla_get_u32(info->attrs[a->slot]));
	}
	if (a->generation && info->attrs[a->generation])
		change->generation = nla_get_uint(info->attrs[a->generation]);

	if (info->attrs[a->vm_id]) {
		change->kvm = kvm_s2_nl_vm(info, a->vm_id);
		if (IS_ERR(change->kvm))
			return PTR_ERR(change->kvm);
	}

	return 0;
}

/* Say why something was refused, and point at what is to blame. */
static int s2_nl_refused(const struct genl_info *info,
			 const struct s2_policy_attrs *a,
			 const struct kvm_s2_policy_change *change, int err)
{
	const int attrs[] = {
		[KVM_S2_BLAME_CONSTRAINTS]	= a->constraints,
		[KVM_S2_BLAME_CLASS]		= a->mem_class,
		[KVM_S2_BLAME_SLOT]		= a->slot,
		[KVM_S2_BLAME_GENERATION]	= a->generation,
	};
	const int attr = attrs[change->blame];

	if (!change->why[0])
		return err;

	if (info->attrs[attr])
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	else
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	NL_SET_ERR_MSG_FMT(info->extack, "%s", change->why);

	return err;
}

static int s2_nl_put_generation(struct sk_buff *msg,
				const struct kvm_s2_policy_change *change)
{
	if ((change->kvm &&
	     nla_put_uint(msg, KVM_S2_A_POLICY_VM_ID, change->kvm->arch.s2.id)) ||
	    nla_put_uint(msg, KVM_S2_A_POLICY_GENERATION, change->generation))
		return -EMSGSIZE;

	return 0;
}

int kvm_s2_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kvm_s2_policy_change change;
	struct sk_buff *msg;
	void *hdr;
	int ret;

	ret = kvm_s2_nl_may(skb, info->extack);
	if (!ret)
		ret = s2_nl_change(info, &s2_set_attrs, &change);
	if (ret)
		return ret;

	/* First, so that nothing is set that cannot be answered. */
	ret = -ENOMEM;
	msg = kvm_s2_nl_reply(info, &hdr);
	if (!msg)
		goto out;

	ret = kvm_s2_set_policy(&change);
	if (ret) {
		nlmsg_free(msg);
		ret = s2_nl_refused(info, &s2_set_attrs, &change, ret);
		goto out;
	}

	/* There is room for these two: it is set, whatever comes now. */
	WARN_ON_ONCE(s2_nl_put_generation(msg, &change));
	genlmsg_end(msg, hdr);
	ret = genlmsg_reply(msg, info);
out:
	if (change.kvm)
		kvm_put_kvm(change.kvm);
	return ret;
}

int kvm_s2_nl_policy_get_start(struct netlink_callback *cb)
{
	struct kvm_s2_policy_cursor *cursor = s2_policy_cursor(cb);
	const struct genl_info *info = genl_info_dump(cb);
	struct kvm *kvm;
	int ret;

	ret = kvm_s2_nl_may(cb->skb, cb->extack);
	if (ret)
		return ret;

	*cursor = (struct kvm_s2_policy_cursor) {
		.mem_class = KVM_S2_CLASS_RAM,
	};
	if (!info->attrs[KVM_S2_A_POLICY_VM_ID])
		return 0;

	kvm = kvm_s2_nl_vm(info, KVM_S2_A_POLICY_VM_ID);
	if (IS_ERR(kvm))
		return PTR_ERR(kvm);

	cursor->vm_id = kvm->arch.s2.id;
	kvm_put_kvm(kvm);

	return 0;
}

/* One owner's part in one place; an @owner behind the last is nobody's. */
static int s2_nl_put_policy(struct sk_buff *msg, u64 vm_id, int slot,
			    u8 mem_class, unsigned int owner,
			    const struct kvm_s2_policy_state *state)
{
	struct kvm_s2_constraints c = {};

	if (owner < KVM_S2_NR_OWNERS) {
		c = state->c[owner];
		if (nla_put_u32(msg, KVM_S2_A_POLICY_OWNER,
				KVM_S2_OWNER_ADMIN + owner))
			return -EMSGSIZE;
	}

	if ((vm_id && nla_put_uint(msg, KVM_S2_A_POLICY_VM_ID, vm_id)) ||
	    (slot != KVM_S2_ANY_SLOT &&
	     nla_put_u32(msg, KVM_S2_A_POLICY_SLOT, slot)) ||
	    (mem_class && nla_put_u32(msg, KVM_S2_A_POLICY_CLASS, mem_class)) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_CONSTRAINTS,
			c.enforced | c.audited) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_MODE, kvm_s2_mode(c)) ||
	    nla_put_uint(msg, KVM_S2_A_POLICY_GENERATION, state->generation) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_ENFORCED,
			state->in_force.enforced) ||
	    nla_put_u32(msg, KVM_S2_A_POLICY_AUDITED,
			state->in_force.audited) ||
	    (vm_id &&
	     (nla_put_uint(msg, KVM_S2_A_POLICY_DENIED, state->denied) ||
	      nla_put_uint(msg, KVM_S2_A_POLICY_WOULD_DENY,
			   state->would_deny))))
		return -EMSGSIZE;

	return 0;
}

/* Is there anything to say of that owner, or of nobody? */
static bool s2_nl_worth(const struct kvm_s2_policy_state *state,
			unsigned int owner)
{
	unsigned int i;

	if (owner < KVM_S2_NR_OWNERS)
		return !kvm_s2_unconstrained(state->c[owner]);

	for (i = 0; i < KVM_S2_NR_OWNERS; i++)
		if (!kvm_s2_unconstrained(state->c[i]))
			return false;

	return !kvm_s2_unconstrained(state->in_force) || state->denied ||
	       state->would_deny;
}

/* All owners of one place, from the one that the cursor is at. */
static int s2_nl_dump_place(struct sk_buff *skb, struct netlink_callback *cb,
			    struct kvm *kvm, int slot, u8 mem_class)
{
	struct kvm_s2_policy_cursor *cursor = s2_policy_cursor(cb);
	struct kvm_s2_policy_state state;
	void *hdr;

	/* A slot that went meanwhile has nothing to say. */
	if (kvm_s2_get_policy(kvm, slot, mem_class, &state))
		return 0;

	for (; cursor->owner <= KVM_S2_NR_OWNERS; cursor->owner++) {
		if (!s2_nl_worth(&state, cursor->owner))
			continue;

		hdr = genlmsg_iput(skb, genl_info_dump(cb));
		if (!hdr)
			return -EMSGSIZE;
		if (s2_nl_put_policy(skb, cursor->vm_id, slot, mem_class,
				     cursor->owner, &state)) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	cursor->owner = 0;

	return 0;
}

static int s2_nl_dump_policies(struct sk_buff *skb, struct netlink_callback *cb,
			       struct kvm *kvm)
{
	struct kvm_s2_policy_cursor *cursor = s2_policy_cursor(cb);
	int slot, ret;
	u64 end;

	for (; cursor->mem_class < KVM_S2_NR_CLASSES; cursor->mem_class++) {
		ret = s2_nl_dump_place(skb, cb, kvm, KVM_S2_ANY_SLOT,
				       cursor->mem_class);
		if (ret)
			return ret;
	}
	if (!kvm)
		return 0;

	while ((slot = kvm_s2_next_slot(kvm, cursor->gpa, &end)) >= 0) {
		ret = s2_nl_dump_place(skb, cb, kvm, slot, KVM_S2_CLASS_UNKNOWN);
		if (ret)
			return ret;
		cursor->gpa = end;
	}

	return 0;
}

int kvm_s2_nl_policy_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct kvm_s2_policy_cursor *cursor = s2_policy_cursor(cb);
	struct kvm *kvm = NULL;
	int ret;

	if (cursor->vm_id) {
		kvm = kvm_s2_get_vm(cursor->vm_id);
		if (!kvm) {
			NL_SET_ERR_MSG(cb->extack, "the VM ended during the dump");
			return -ENOENT;
		}
	}

	ret = s2_nl_dump_policies(skb, cb, kvm);
	if (kvm)
		kvm_put_kvm(kvm);

	return ret;
}

/* Slots that came, went or moved under the dry run mark what follows. */
static void s2_nl_check_slots(struct netlink_callback *cb, struct kvm *kvm)
{
	struct kvm_s2_check_cursor *cursor = s2_policy_cursor(cb);
	const u32 slots = kvm_s2_nl_seq(kvm);

	if (slots != cursor->slots)
		cursor->changes++;
	cursor->slots = slots;
	cb->seq = cursor->changes | BIT(31);
}

int kvm_s2_nl_policy_check_start(struct netlink_callback *cb)
{
	struct kvm_s2_check_cursor *cursor = s2_policy_cursor(cb);
	const struct genl_info *info = genl_info_dump(cb);
	struct kvm_s2_policy_change change;
	int ret;

	ret = kvm_s2_nl_may(cb->skb, cb->extack);
	if (!ret)
		ret = s2_nl_change(info, &s2_check_attrs, &change);
	if (ret)
		return ret;

	ret = kvm_s2_check_policy(&change);
	if (ret)
		ret = s2_nl_refused(info, &s2_check_attrs, &change, ret);

	*cursor = (struct kvm_s2_check_cursor) {
		.vm_id		= change.kvm ? change.kvm->arch.s2.id : 0,
		.gpa		= change.kvm ? 0 : ~0ULL,
		.c		= change.c,
		.slot		= change.slot,
		.mem_class	= change.mem_class,
		.host		= !change.kvm,
	};
	if (change.kvm) {
		cursor->slots = kvm_s2_nl_seq(change.kvm);
		kvm_put_kvm(change.kvm);
	}
	cb->seq = BIT(31);
	cb->prev_seq = cb->seq;

	return ret;
}

/* One VM of a dry run, from where the cursor is. */
static int s2_nl_check_vm(struct sk_buff *skb, struct netlink_callback *cb,
			  struct kvm *kvm)
{
	struct kvm_s2_check_cursor *cursor = s2_policy_cursor(cb);
	const struct kvm_s2_policy_change change = {
		.kvm		= cursor->host ? NULL : kvm,
		.slot		= cursor->slot,
		.mem_class	= cursor->mem_class,
		.owner		= KVM_S2_OWNER_ADMIN,
		.c		= cursor->c,
	};
	const struct kvm_s2_walk_args args = {
		.kvm	= kvm,
		.gpa	= cursor->gpa,
		.slot	= cursor->slot,
		.change	= &change,
	};
	struct kvm_s2_walk *walk = kvm_s2_walk_begin(&args);
	int ret;

	if (IS_ERR(walk))
		return PTR_ERR(walk);

	s2_nl_check_slots(cb, kvm);
	ret = kvm_s2_nl_dump_extents(skb, cb, walk, kvm->arch.s2.id,
				     &cursor->gpa);
	kvm_s2_walk_end(walk);
	s2_nl_check_slots(cb, kvm);

	return ret;
}

/* The VM that a dry run is at; for the host's policy, the next if it is done. */
static struct kvm *s2_nl_check_next(struct kvm_s2_check_cursor *cursor)
{
	struct kvm *kvm = NULL;

	if (cursor->gpa != ~0ULL)
		kvm = kvm_s2_get_vm(cursor->vm_id);
	if (kvm || !cursor->host)
		return kvm;

	kvm = kvm_s2_get_next_vm(cursor->vm_id);
	if (kvm) {
		cursor->vm_id = kvm->arch.s2.id;
		cursor->gpa = 0;
		cursor->slots = kvm_s2_nl_seq(kvm);
	}

	return kvm;
}

int kvm_s2_nl_policy_check_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct kvm_s2_check_cursor *cursor = s2_policy_cursor(cb);
	struct kvm *kvm;
	int ret;

	/* Nothing is at the end of an address space, so it says "done". */
	while ((kvm = s2_nl_check_next(cursor))) {
		ret = s2_nl_check_vm(skb, cb, kvm);
		kvm_put_kvm(kvm);
		if (ret || !cursor->host)
			return ret;
		cursor->gpa = ~0ULL;
	}

	if (cursor->host)
		return 0;

	NL_SET_ERR_MSG(cb->extack, "the VM ended during the dump");
	return -ENOENT;
}
