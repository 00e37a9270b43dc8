// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Monitor: the state as a model has it, then what the kernel reports.  Who
 * subscribes first and reads the state then can hear of a thing twice, but
 * misses nothing.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2_netlink.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "source/kernel/kernel.h"
#include "source/kernel/nl_parse.h"

/**
 * struct s2_monitor - see s2ctl.h
 * @nl: connection, member of the group
 * @family: identifier of the family
 * @scratch: what events are read into needs a model
 * @list: the event that was returned last
 * @state: what is being reported, or NULL
 * @vm: VM of which policies are reported; NULL for the host
 * @policy: next of them, or NULL
 * @ids: VMs wanted, if not @all
 * @nr_ids: how many
 * @all: whether events of all VMs are wanted
 */
struct s2_monitor {
	struct s2_nl *nl;
	uint16_t family;
	struct s2_model *scratch;
	struct s2_list list;
	struct s2_model *state;
	const struct s2_obj *vm;
	const struct s2_obj *policy;
	uint64_t *ids;
	size_t nr_ids;
	bool all;
};

void s2_monitor_close(struct s2_monitor *monitor)
{
	if (!monitor)
		return;
	s2_nl_close(monitor->nl);
	s2_list_clear(&monitor->list);
	s2_model_unref(monitor->scratch);
	s2_model_unref(monitor->state);
	free(monitor->ids);
	free(monitor);
}

static int cannot_join(struct s2_ctx *ctx, const struct s2_nl *nl, int err)
{
	if (err == -ENOMEM)
		return s2_fail_nomem(ctx);
	if (err == -EPERM || err == -EACCES)
		return s2_fail(ctx, -EACCES,
			       "%s: run as root in the initial user and network namespace",
			       nl->text);
	if (err == -ENOENT)
		err = -EOPNOTSUPP;
	return s2_fail(ctx, err, "%s", nl->text);
}

int s2_monitor_open_nl(struct s2_ctx *ctx, struct s2_nl *nl,
		       struct s2_monitor **monitor)
{
	struct s2_monitor *new = calloc(1, sizeof(*new));
	int err;

	*monitor = NULL;
	if (!new) {
		s2_nl_close(nl);
		return s2_fail_nomem(ctx);
	}
	new->nl = nl;
	new->all = true;
	s2_list_init(&new->list, S2_OBJ_EVENT);
	err = s2_model_new(ctx, &new->scratch);
	if (!err) {
		err = s2_nl_join(nl, KVM_S2_FAMILY_NAME, KVM_S2_MCGRP_EVENTS,
				 &new->family);
		if (err)
			err = cannot_join(ctx, nl, err);
	}
	if (err) {
		s2_monitor_close(new);
		return err;
	}
	*monitor = new;
	return 0;
}

int s2_monitor_fd(const struct s2_monitor *monitor)
{
	return monitor->nl->io->fd(monitor->nl->priv);
}

/* A new event in place of the last one.  NULL: no memory */
static struct s2_obj *new_event(struct s2_monitor *monitor)
{
	struct s2_obj *event;

	if (monitor->list.count)
		s2_list_drop(&monitor->list);
	event = s2_list_add(&monitor->list);
	if (event)
		s2_obj_set_num(event, S2_EVENT_TIME, (uint64_t)time(NULL));
	return event;
}

static int return_event(struct s2_obj *event, enum s2_event what,
			const struct s2_obj **out)
{
	s2_obj_set_num(event, S2_EVENT_EVENT, what);
	s2_event_derive(event);
	*out = event;
	return 0;
}

static int no_memory(const struct s2_monitor *monitor)
{
	return s2_fail_nomem(monitor->scratch->ctx);
}

/* What is of no VM is the host's, and always wanted */
static bool is_wanted(const struct s2_monitor *monitor, struct s2_value vm)
{
	if (monitor->all || !vm.known)
		return true;
	for (size_t i = 0; i < monitor->nr_ids; i++)
		if (monitor->ids[i] == vm.num)
			return true;
	return false;
}

/* ---------------------------------------------------------------- state -- */

int s2_monitor_select(struct s2_monitor *monitor, const struct s2_model *model)
{
	size_t count = model->vms.count;
	uint64_t *ids = calloc(count + 1, sizeof(*ids));

	if (!ids)
		return no_memory(monitor);
	for (size_t i = 0; i < count; i++)
		ids[i] = s2_obj_num(s2_list_at(&model->vms, i), S2_VM_ID, 0);
	free(monitor->ids);
	monitor->ids = ids;
	monitor->nr_ids = count;
	monitor->all = false;
	return 0;
}

void s2_monitor_dump(struct s2_monitor *monitor, struct s2_model *model)
{
	s2_model_unref(monitor->state);
	monitor->state = s2_model_ref(model);
	monitor->vm = NULL;
	monitor->policy = s2_model_first(model, S2_OBJ_POLICY);
}

static void copy_policy(struct s2_obj *event, const struct s2_obj *policy)
{
	static const struct {
		unsigned int event;
		unsigned int policy;
	} map[] = {
		{ S2_EVENT_SLOT, S2_POLICY_SLOT },
		{ S2_EVENT_CLASS, S2_POLICY_CLASS },
		{ S2_EVENT_OWNER, S2_POLICY_OWNER },
		{ S2_EVENT_CONSTRAINTS, S2_POLICY_CONSTRAINTS },
		{ S2_EVENT_MODE, S2_POLICY_MODE },
		{ S2_EVENT_GENERATION, S2_POLICY_GENERATION },
		{ S2_EVENT_ENFORCED, S2_POLICY_ENFORCED },
		{ S2_EVENT_AUDITED, S2_POLICY_AUDITED },
		{ S2_EVENT_DENIED, S2_POLICY_DENIED },
		{ S2_EVENT_WOULD_DENY, S2_POLICY_WOULD_DENY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		s2_obj_copy(event, map[i].event, policy, map[i].policy);
}

/* Moves on to the first policy of the next VM that has one */
static bool find_policy(struct s2_monitor *monitor)
{
	while (!monitor->policy) {
		monitor->vm = monitor->vm ? s2_obj_next(monitor->vm) :
			s2_model_first(monitor->state, S2_OBJ_VM);
		if (!monitor->vm)
			return false;
		if (is_wanted(monitor, s2_obj_get(monitor->vm, S2_VM_ID)))
			monitor->policy = s2_obj_first(monitor->vm,
						       S2_OBJ_POLICY);
	}
	return true;
}

static int next_state(struct s2_monitor *monitor, const struct s2_obj **out)
{
	struct s2_obj *event = new_event(monitor);

	if (!event)
		return no_memory(monitor);
	if (!find_policy(monitor)) {
		s2_obj_set_num(event, S2_EVENT_COMPLETE,
			       s2_model_complete(monitor->state));
		s2_model_unref(monitor->state);
		monitor->state = NULL;
		return return_event(event, S2_EVENT_IS_READY, out);
	}
	if (monitor->vm)
		s2_obj_copy(event, S2_EVENT_VM, monitor->vm, S2_VM_ID);
	copy_policy(event, monitor->policy);
	monitor->policy = s2_obj_next(monitor->policy);
	return return_event(event, S2_EVENT_IS_STATE, out);
}

/* --------------------------------------------------------------- events -- */

/* What a message is; 0 for one that this version does not know */
static enum s2_event event_of(const struct s2_monitor *monitor,
			      const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != monitor->family ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return 0;
	switch (genl->cmd) {
	case KVM_S2_CMD_DENIED_NTF:
		return S2_EVENT_IS_DENIED;
	case KVM_S2_CMD_POLICY_NTF:
		return S2_EVENT_IS_POLICY;
	case KVM_S2_CMD_VM_GONE_NTF:
		return S2_EVENT_IS_VM_GONE;
	default:
		return 0;
	}
}

static int next_event(struct s2_monitor *monitor, const struct s2_obj **out)
{
	for (;;) {
		const struct nlmsghdr *nlh;
		struct s2_obj *event;
		enum s2_event what;
		int err = s2_nl_next(monitor->nl, &nlh);

		if (err)
			return err;
		what = event_of(monitor, nlh);
		if (!what)
			continue;
		event = new_event(monitor);
		if (!event)
			return no_memory(monitor);
		err = s2_nl_parse(monitor->scratch, event, nlh);
		if (err)
			return err;
		if (is_wanted(monitor, s2_obj_get(event, S2_EVENT_VM)))
			return return_event(event, what, out);
	}
}

int s2_monitor_next(struct s2_monitor *monitor, const struct s2_obj **event)
{
	struct s2_obj *resync;
	int err;

	*event = NULL;
	if (monitor->state)
		return next_state(monitor, event);
	err = next_event(monitor, event);
	if (err == -ENOBUFS) {
		resync = new_event(monitor);
		if (!resync)
			return no_memory(monitor);
		return_event(resync, S2_EVENT_IS_RESYNC, event);
	} else if (err && err != -EAGAIN && err != -ENOMEM) {
		s2_fail(monitor->scratch->ctx, err, "event: %s",
			err == -EBADMSG ? "malformed message" : strerror(-err));
	}
	return err;
}
