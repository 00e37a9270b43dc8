// SPDX-License-Identifier: GPL-2.0-only
#include "enforce/decide.h"

static bool any_due(const struct state *st, bool fresh, uint64_t now)
{
	for (size_t i = 0; i < st->n_vms; i++)
		if (state_is_due(&st->vm[i], fresh, now))
			return true;
	return false;
}

/* VMs go before an audit, but not for ever */
static bool is_audit_late(const struct state *st, uint64_t now)
{
	return st->audit && is_due(st->audit + AUDIT_LATE_MS, now);
}

/*
 * VMs in the order in which they wait: those that a list has found are served, all
 * of them, before there is another list, or an audit, however many come meanwhile.
 */
static bool decide_vms(const struct state *st, uint64_t now,
		       enum action_type *type)
{
	bool fresh = any_due(st, true, now), rest = any_due(st, false, now);
	bool look = st->look || is_due(st->retry, now);

	/* Those who started the service wait for the first audit as well */
	if (st->awaited && !fresh && !rest)
		*type = st->audited ? ACTION_ANSWER : ACTION_AUDIT;
	else if (look && !(st->listed && (fresh || rest)))
		*type = is_audit_late(st, now) ? ACTION_AUDIT : ACTION_LIST;
	else if (fresh)
		*type = ACTION_SERVE_FRESH;
	else if (rest)
		*type = ACTION_SERVE_REST;
	else
		return false;
	return true;
}

static enum action_type decide_type(const struct state *st, uint64_t now)
{
	enum action_type type;

	if (st->stop)
		return ACTION_STOP;
	if (st->reload)
		return ACTION_RELOAD;
	if (is_due(st->reopen, now))
		return ACTION_OPEN;
	if (is_due(st->anew, now))
		return ACTION_TRY_ALL;
	if (decide_vms(st, now, &type))
		return type;
	if (is_due(st->audit, now))
		return ACTION_AUDIT;
	return ACTION_WAIT;
}

struct action decide(const struct state *st, uint64_t now)
{
	struct action action = { .type = decide_type(st, now), .at = now };

	if (action.type == ACTION_WAIT)
		action.until = state_next(st);
	return action;
}
