// SPDX-License-Identifier: GPL-2.0-only
/* The administrator's requests of policyrace, on libnl-genl. */
#include <errno.h>
#include <linux/kvm_s2.h>
#include <linux/kvm_s2_netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <string.h>

#include "policyrace.h"

/* One request, and what came of it. */
struct answer {
	int (*object)(struct nlattr **tb, void *arg);
	void *arg;
	bool done;
	int err;
};

void nl_open(struct nl *nl)
{
	nl->sock = nl_socket_alloc();
	if (!nl->sock || genl_connect(nl->sock) < 0)
		die("cannot connect to generic netlink");
	nl_socket_disable_auto_ack(nl->sock);
	nl->family = genl_ctrl_resolve(nl->sock, KVM_S2_FAMILY_NAME);
	if (nl->family < 0)
		die("there is no family %s", KVM_S2_FAMILY_NAME);
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;
	struct nlattr *tb[64];

	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, 63, NULL) < 0)
		die("an answer that cannot be parsed");
	return a->object ? a->object(tb, a->arg) : NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct answer *a = arg;

	(void)from;
	a->err = e->error;
	a->done = true;
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	(void)msg;
	a->done = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	if (nlmsg_datalen(nlmsg_hdr(msg)) >= (int)sizeof(a->err))
		memcpy(&a->err, nlmsg_data(nlmsg_hdr(msg)), sizeof(a->err));
	a->done = true;
	return NL_STOP;
}

/* Dumps of what changes are marked as interrupted: that is no error here. */
static int on_interrupted(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static struct nl_msg *begin(struct nl *nl, int cmd, bool dump)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				 dump ? NLM_F_DUMP : NLM_F_ACK, cmd,
				 KVM_S2_FAMILY_VERSION))
		die("out of memory");
	return msg;
}

static int ask(struct nl *nl, struct nl_msg *msg, struct answer *a)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_CUSTOM);
	int ret;

	if (!cb)
		die("out of memory");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, a);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, a);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, a);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, a);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_interrupted, a);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, a);
	ret = nl_send_auto(nl->sock, msg);
	nlmsg_free(msg);
	while (ret >= 0 && !a->done)
		ret = nl_recvmsgs(nl->sock, cb);
	nl_cb_put(cb);
	if (!a->done)
		die("netlink: %s", nl_geterror(ret));
	return a->err;
}

static uint64_t get_uint(struct nlattr *nla)
{
	return nla_len(nla) == 8 ? nla_get_u64(nla) : nla_get_u32(nla);
}

int nl_set(struct nl *nl, const struct setting *s)
{
	struct nl_msg *msg = begin(nl, KVM_S2_CMD_POLICY_SET, false);
	struct answer a = { 0 };

	if (s->vm_id)
		nla_put_u64(msg, KVM_S2_A_POLICY_VM_ID, s->vm_id);
	if (s->slot >= 0)
		nla_put_u32(msg, KVM_S2_A_POLICY_SLOT, s->slot);
	else
		nla_put_u32(msg, KVM_S2_A_POLICY_CLASS, s->mem_class);
	nla_put_u32(msg, KVM_S2_A_POLICY_CONSTRAINTS, s->constraints);
	nla_put_u32(msg, KVM_S2_A_POLICY_MODE, s->mode);
	return ask(nl, msg, &a);
}

int nl_check(struct nl *nl, const struct setting *s)
{
	struct nl_msg *msg = begin(nl, KVM_S2_CMD_POLICY_CHECK, true);
	struct answer a = { 0 };

	if (s->vm_id)
		nla_put_u64(msg, KVM_S2_A_EXTENT_VM_ID, s->vm_id);
	if (s->slot >= 0)
		nla_put_u32(msg, KVM_S2_A_EXTENT_SLOT, s->slot);
	else
		nla_put_u32(msg, KVM_S2_A_EXTENT_CLASS, s->mem_class);
	nla_put_u32(msg, KVM_S2_A_EXTENT_CONSTRAINTS, s->constraints);
	nla_put_u32(msg, KVM_S2_A_EXTENT_MODE, s->mode);
	return ask(nl, msg, &a);
}

struct extents_arg {
	on_extent fn;
	void *arg;
};

static int on_extent_object(struct nlattr **tb, void *arg)
{
	const struct extents_arg *x = arg;
	struct kvm_s2_extent e = { .slot = ~0u };

	if (!tb[KVM_S2_A_EXTENT_GPA] || !tb[KVM_S2_A_EXTENT_MAPPED])
		die("an extent without address or type");
	e.gpa = get_uint(tb[KVM_S2_A_EXTENT_GPA]);
	e.mapped = nla_get_u32(tb[KVM_S2_A_EXTENT_MAPPED]);
	if (tb[KVM_S2_A_EXTENT_SLOT])
		e.slot = nla_get_u32(tb[KVM_S2_A_EXTENT_SLOT]);
	if (tb[KVM_S2_A_EXTENT_CLASS])
		e.mem_class = nla_get_u32(tb[KVM_S2_A_EXTENT_CLASS]);
	if (tb[KVM_S2_A_EXTENT_PERM])
		e.perm = nla_get_u32(tb[KVM_S2_A_EXTENT_PERM]);
	if (x->fn)
		x->fn(&e, x->arg);
	return NL_OK;
}

int nl_extents(struct nl *nl, uint64_t vm_id, on_extent fn, void *arg)
{
	struct nl_msg *msg = begin(nl, KVM_S2_CMD_EXTENT_GET, true);
	struct extents_arg x = { .fn = fn, .arg = arg };
	struct answer a = { .object = on_extent_object, .arg = &x };

	nla_put_u64(msg, KVM_S2_A_EXTENT_VM_ID, vm_id);
	return ask(nl, msg, &a);
}

int nl_policies(struct nl *nl, uint64_t vm_id)
{
	struct nl_msg *msg = begin(nl, KVM_S2_CMD_POLICY_GET, true);
	struct answer a = { 0 };

	if (vm_id)
		nla_put_u64(msg, KVM_S2_A_POLICY_VM_ID, vm_id);
	return ask(nl, msg, &a);
}

struct host {
	bool *fwb;
	uint64_t *last_vm;
};

static int on_host(struct nlattr **tb, void *arg)
{
	const struct host *h = arg;

	if (!tb[KVM_S2_A_HOST_FWB] || !tb[KVM_S2_A_HOST_LAST_VM_ID])
		die("a host without facts");
	if (h->fwb)
		*h->fwb = nla_get_u8(tb[KVM_S2_A_HOST_FWB]);
	if (h->last_vm)
		*h->last_vm = get_uint(tb[KVM_S2_A_HOST_LAST_VM_ID]);
	return NL_OK;
}

int nl_host(struct nl *nl, bool *fwb, uint64_t *last_vm)
{
	struct host h = { .fwb = fwb, .last_vm = last_vm };
	struct answer a = { .object = on_host, .arg = &h };

	return ask(nl, begin(nl, KVM_S2_CMD_HOST_GET, false), &a);
}
