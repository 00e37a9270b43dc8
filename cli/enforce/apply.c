// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "enforce/apply.h"
#include "enforce/log.h"
#include "frame/guard.h"

#define LOCK_SECONDS	5

unsigned int apply_flags(const struct service *s)
{
	unsigned int flags = S2_PLAN_KNOWN;

	/* As for 'policy apply': no rules at all are a mistake, not a wish */
	if (cli_given(s->cli, OPT_PRUNE) && s->n_rules)
		flags |= S2_PLAN_PRUNE;
	return flags;
}

/* ------------------------------------------------------------------ telling */

/* "ram: require-fwb,noexec (enforce)", of what was set */
static void write_changes(const struct s2_plan *plan, char *buf, size_t size)
{
	const struct s2_obj *c = s2_plan_first(plan);
	size_t used = 0;

	*buf = '\0';
	for (; c && used < size; c = s2_obj_next(c)) {
		struct s2_value class = s2_obj_get(c, S2_CHANGE_CLASS);
		char what[128], slot[32] = "";

		if (s2_obj_num(c, S2_CHANGE_ACTION, 0) == S2_ACTION_KEEP)
			continue;
		if (!class.known)
			snprintf(slot, sizeof(slot), "slot %" PRIu64,
				 s2_obj_num(c, S2_CHANGE_SLOT, 0));
		s2_value_text(s2_field_find(S2_OBJ_CHANGE, "constraints"),
			      s2_obj_get(c, S2_CHANGE_CONSTRAINTS), what,
			      sizeof(what));
		used += (size_t)snprintf(buf + used, size - used,
					 "%s%s: %s (%s)", used ? "; " : "",
					 class.known ? class.str : slot, what,
					 s2_obj_str(c, S2_CHANGE_MODE));
	}
}

static void log_applied(const struct s2_plan *plan, const struct s2_obj *vm)
{
	char changes[1024];

	write_changes(plan, changes, sizeof(changes));
	enforce_log(&(struct log_entry){
			.id = vm ? LOG_SERVED : LOG_HOST, .vm = log_vm(vm),
		    }, "%s%s", vm ? "" : "the host: ", changes);
}

static void log_problems(const struct s2_plan *plan, const struct s2_obj *vm)
{
	const struct s2_obj *p;

	s2_model_for_each(p, s2_plan_outcome(plan), S2_OBJ_PROBLEM)
		enforce_log(&(struct log_entry){
				.id = LOG_FAILED, .vm = log_vm(vm),
			    }, "%s", s2_obj_str(p, S2_PROBLEM_TEXT));
}

/* What the changes for the VM, or the host, have a part in denying, at most */
static uint64_t denied_of(const struct s2_plan *plan, const struct s2_obj *vm)
{
	const struct s2_obj *c = s2_plan_first(plan);
	uint64_t most = 0;

	for (; c; c = s2_obj_next(c)) {
		uint64_t denied = s2_obj_num(c, S2_CHANGE_DENIED_BYTES, 0);

		if (s2_obj_num(c, S2_CHANGE_VM, 0) == log_vm(vm).id &&
		    denied > most)
			most = denied;
	}
	return most;
}

enum served apply_refuse(const struct s2_plan *plan, const struct s2_obj *vm)
{
	const struct log_entry entry = { .id = LOG_REFUSED, .vm = log_vm(vm) };
	const uint64_t denied = denied_of(plan, vm);
	const char *host = vm ? "" : "the host: ";

	if (denied)
		enforce_log(&entry,
			    "%s%" PRIu64 " bytes in use would be denied: nothing was set; --force sets it",
			    host, denied);
	else
		enforce_log(&entry,
			    "%sit is not known what would be denied: nothing was set; --force sets it",
			    host);
	return SERVED_REFUSED;
}

enum served apply_failed(const struct service *s, const struct s2_obj *vm,
			 int err)
{
	const char *text = s2_ctx_error(s->ctx);

	if (err == -ESRCH)
		return SERVED_GONE;
	if (err == -ENOLCK)
		text = "another s2ctl changes policies";
	else if (err == -ENOMEM)
		text = "not enough memory";
	enforce_log(&(struct log_entry){ .id = LOG_FAILED, .vm = log_vm(vm) },
		    "%s", text);
	return SERVED_FAILED;
}

/* -------------------------------------------------------------------- doing */

/* A signal that waits takes back what was set, and is served first */
static bool is_signalled(void)
{
	sigset_t pending;

	return !sigpending(&pending) && (sigismember(&pending, SIGHUP) ||
					 sigismember(&pending, SIGTERM) ||
					 sigismember(&pending, SIGINT));
}

static bool changes_nothing(const struct s2_plan *plan)
{
	return s2_plan_count(plan, S2_ACTION_KEEP) == s2_plan_count(plan, 0);
}

/* -ENOLCK: somebody else holds the lock, and the context has no text */
static int apply_locked(const struct service *s, struct s2_plan *plan)
{
	int err;

	if (guard_lock(GUARD_LOCK, LOCK_SECONDS) >= 0)
		return -ENOLCK;
	err = s2_plan_apply(plan, s->src);
	guard_unlock();
	return err;
}

static int carry_out(const struct service *s, struct s2_plan *plan,
		     const struct s2_model *model, const struct s2_obj *vm,
		     bool fresh)
{
	int err = 0;

	log_problems(plan, vm);
	if (changes_nothing(plan))
		return SERVED_UNCHANGED;
	if (!fresh && !cli_given(s->cli, OPT_FORCE))
		err = s2_plan_try(plan, s->src, model);
	if (!err && s2_plan_bytes(plan, false))
		return apply_refuse(plan, vm);
	if (!err)
		err = apply_locked(s, plan);
	if (err == -EINTR || (err && is_signalled()))
		return -EINTR;
	if (err)
		return apply_failed(s, vm, err);
	log_applied(plan, vm);
	return SERVED_APPLIED;
}

int apply_policy(const struct service *s, const struct s2_model *model,
		 unsigned int flags, const struct s2_obj *vm, bool fresh)
{
	struct s2_plan *plan;
	int result, err = s2_site_plan(s->site, model, flags, &plan);

	if (err)
		return apply_failed(s, vm, err);
	result = carry_out(s, plan, model, vm, fresh);
	s2_plan_free(plan);
	return result;
}
