// SPDX-License-Identifier: LGPL-2.1-or-later
/* Making the changes of a plan: all of them, or none */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "policy/plan.h"
#include "policy/policy.h"
#include "source/source.h"

/*
 * The order.  What is to be had is set before what is to go is cleared, so that
 * there is no time with neither.  A floor can make a type match that of the
 * VMM's mapping: it comes before what asks for that, and goes after it.  What
 * cannot be taken back comes when nothing else can fail any more.
 */
enum step {
	STEP_SET_FLOOR,
	STEP_SET,
	STEP_CLEAR_MATCH,
	STEP_CLEAR,
	STEP_SET_LOCKED,	/* where there is a lock already */
	STEP_LOCK,		/* where the lock is new: the second time */
	STEP_COUNT
};

/* What was done with a change, to take it back */
struct done {
	bool tried;		/* it was set, or that is not known */
	unsigned int constraints;
	unsigned int mode;
};

struct applied {
	struct s2_plan *plan;
	struct s2_source *src;
	struct done *done;	/* for each change */
	uint64_t generation;	/* of the host's policies; 0: not known */
	struct s2_model *now;	/* what is set, read before it is taken back */
	struct s2_by_num vms;	/* its VMs */
};

static unsigned int old_constraints(const struct s2_obj *change)
{
	return s2_obj_num(change, S2_CHANGE_OLD_CONSTRAINTS, 0);
}

static bool is_lock_new(const struct s2_obj *change)
{
	return s2_obj_num(change, S2_CHANGE_CONSTRAINTS, 0) &
		~old_constraints(change) & KVM_S2_CONSTRAINT_LOCKED;
}

static enum step step_of(const struct s2_obj *change)
{
	const unsigned int floors = KVM_S2_CONSTRAINT_FLOOR_NC |
		KVM_S2_CONSTRAINT_FLOOR_DEVICE;

	if (s2_obj_num(change, S2_CHANGE_ACTION, 0) == S2_ACTION_CLEAR)
		return old_constraints(change) &
			KVM_S2_CONSTRAINT_MATCH_VMA ? STEP_CLEAR_MATCH :
			STEP_CLEAR;
	if (old_constraints(change) & KVM_S2_CONSTRAINT_LOCKED)
		return STEP_SET_LOCKED;
	return s2_obj_num(change, S2_CHANGE_CONSTRAINTS, 0) & floors ?
		STEP_SET_FLOOR : STEP_SET;
}

/* What is set in a step.  Return: false if nothing is */
static bool policy_of(const struct s2_obj *change, enum step step,
		      struct s2_policy *policy)
{
	if (!s2_change_is_made(change))
		return false;
	s2_change_policy(change, policy);
	if (step == STEP_LOCK)
		return is_lock_new(change);
	if (step != step_of(change))
		return false;
	if (!is_lock_new(change))
		return true;
	policy->constraints &= ~KVM_S2_CONSTRAINT_LOCKED;
	return policy->constraints;
}

/* Whether it is the kernel's word that nothing was set; else nobody knows */
static bool is_refusal(int err)
{
	static const int refusals[] = {
		EINVAL, EPERM, EACCES, EOPNOTSUPP, ENOENT, ESRCH, ESTALE, EBUSY,
	};

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (err == -refusals[i])
			return true;
	return false;
}

static int set(struct applied *a, struct s2_policy *policy)
{
	uint64_t generation = 0;
	int err = s2_policy_set(a->src, policy, &generation);

	/* Of a VM's it says little: the VMM can change its own */
	if (!policy->vm_id && !is_refusal(err))
		a->generation = err ? 0 : generation;
	return err;
}

/* ------------------------------------------------------------------- undo */

/* What the administrator has set there now; false: not known */
static bool read_now(const struct applied *a, const struct s2_policy *place,
		     unsigned int *constraints, unsigned int *mode)
{
	const struct s2_obj *policy = NULL;
	bool known;

	*constraints = 0;
	*mode = KVM_S2_MODE_NONE;
	if (!a->now)
		return false;
	known = s2_model_known(a->now, S2_OBJ_POLICY);
	policy = s2_model_first(a->now, S2_OBJ_POLICY);
	if (place->vm_id) {
		const struct s2_obj *vm = s2_by_num_first(&a->vms,
							  place->vm_id);

		known = vm && s2_obj_known(vm, S2_OBJ_POLICY);
		policy = known ? s2_obj_first(vm, S2_OBJ_POLICY) : NULL;
	}
	for (; known && policy; policy = s2_obj_next(policy)) {
		if (s2_obj_num(policy, S2_POLICY_OWNER, 0) !=
		    KVM_S2_OWNER_ADMIN ||
		    s2_obj_num(policy, S2_POLICY_SLOT, S2_ANY_SLOT) !=
		    place->slot ||
		    s2_obj_num(policy, S2_POLICY_CLASS, 0) != place->mem_class)
			continue;
		*constraints = s2_obj_num(policy, S2_POLICY_CONSTRAINTS, 0);
		*mode = s2_obj_num(policy, S2_POLICY_MODE, 0);
	}
	return known;
}

static int take_back(struct applied *a, const struct s2_obj *change,
		     const struct done *done)
{
	unsigned int constraints, mode;
	struct s2_policy policy;

	s2_change_policy(change, &policy);
	policy.constraints = old_constraints(change);
	policy.mode = s2_obj_num(change, S2_CHANGE_OLD_MODE, KVM_S2_MODE_NONE);
	if (read_now(a, &policy, &constraints, &mode)) {
		if (constraints == policy.constraints && mode == policy.mode)
			return 0;
		if (constraints != done->constraints || mode != done->mode)
			return s2_fail(a->plan->ctx, -ESTALE,
				       "somebody else has set it since");
	}
	if (!policy.vm_id)
		policy.generation = a->generation;
	return set(a, &policy);
}

/* What there is, so that what others have set meanwhile is left alone */
static void read_all(struct applied *a)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS | S2_LOAD_POLICY,
	};

	if (a->src->ops->load_vms && s2_load(a->src, &opt, &a->now))
		a->now = NULL;
	if (a->now && s2_by_num_make(&a->vms,
				     s2_model_first(a->now, S2_OBJ_VM),
				     S2_VM_ID, NULL)) {
		s2_model_unref(a->now);
		a->now = NULL;
	}
}

/*
 * The last step first.  A VM that has ended has taken its policies along.
 * Return: how many could not be taken back; @where and @why: the first of them.
 */
static size_t take_all_back(struct applied *a, size_t *count, char *where,
			    char *why, size_t size)
{
	size_t left = 0;

	*count = 0;
	for (int step = STEP_SET_LOCKED; step >= 0; step--) {
		for (size_t i = a->plan->changes.count; i--;) {
			const struct s2_obj *change =
				s2_list_at(&a->plan->changes, i);
			int err;

			if (!a->done[i].tried || (int)step_of(change) != step)
				continue;
			err = take_back(a, change, &a->done[i]);
			if (!err || err == -ENOENT || err == -ESRCH) {
				++*count;
				continue;
			}
			if (!left++) {
				s2_change_place(change, where, size);
				snprintf(why, size, "%s",
					 s2_ctx_error(a->plan->ctx));
			}
		}
	}
	return left;
}

/* @text: what happened, and where */
static int undo(struct applied *a, const char *text, int err)
{
	char left_where[256] = "", left_why[256] = "";
	size_t count, left;

	for (size_t i = 0; !a->now && i < a->plan->changes.count; i++)
		if (a->done[i].tried) {
			read_all(a);
			break;
		}
	left = take_all_back(a, &count, left_where, left_why,
			     sizeof(left_why));
	if (left)
		return s2_fail(a->plan->ctx, -ENOTRECOVERABLE,
			       "%s; of what was set before, %zu could not be taken back (%s: %s)",
			       text, left, left_where, left_why);
	return s2_fail(a->plan->ctx, err, "%s; %s", text, count ?
		       "what was set before it has been taken back" :
		       "nothing was set");
}

/* ------------------------------------------------------------------- apply */

/* Whether a change need not be made any more: its VM has ended */
static bool is_moot(const struct s2_obj *change, int err)
{
	if (!s2_obj_has(change, S2_CHANGE_VM))
		return false;
	return err == -ESRCH ||
		(err == -ENOENT && !s2_obj_has(change, S2_CHANGE_SLOT));
}

static int make_change(struct applied *a, size_t i, struct s2_policy *policy)
{
	const struct s2_obj *change = s2_list_at(&a->plan->changes, i);
	char where[96], text[512];
	int err = set(a, policy);

	if (!err || !is_refusal(err))
		a->done[i] = (struct done){
			.tried = true,
			.constraints = policy->constraints,
			.mode = policy->mode,
		};
	if (!err || is_moot(change, err))
		return 0;
	s2_change_place(change, where, sizeof(where));
	snprintf(text, sizeof(text), "%s: %.384s", where,
		 s2_ctx_error(a->plan->ctx));
	return undo(a, text, err);
}

/* Signals that would end us, if the caller has blocked them until we are done */
static bool is_asked_to_end(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t pending;

	if (sigpending(&pending))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct sigaction action;

		/* One that is ignored can be pending as well */
		if (sigismember(&pending, signals[i]) == 1 &&
		    !sigaction(signals[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			return true;
	}
	return false;
}

static int apply_all(struct applied *a)
{
	int err = 0;

	for (int step = 0; !err && step < STEP_COUNT; step++) {
		for (size_t i = 0; !err && i < a->plan->changes.count; i++) {
			struct s2_policy policy;

			if (!policy_of(s2_list_at(&a->plan->changes, i), step,
				       &policy))
				continue;
			err = is_asked_to_end() ?
				undo(a, "asked to end", -EINTR) :
				make_change(a, i, &policy);
		}
	}
	return err;
}

/* What was there must be known, or it could not be taken back */
static int check_old(const struct s2_plan *plan)
{
	for (size_t i = 0; i < plan->changes.count; i++) {
		const struct s2_obj *change = s2_list_at(&plan->changes, i);
		char where[96];

		if (!s2_change_is_made(change) ||
		    s2_obj_has(change, S2_CHANGE_OLD_CONSTRAINTS))
			continue;
		s2_change_place(change, where, sizeof(where));
		return s2_fail(plan->ctx, -ENODATA,
			       "%s: what is set there is not known, and could not be taken back; nothing was set",
			       where);
	}
	return 0;
}

int s2_plan_apply(struct s2_plan *plan, struct s2_source *src)
{
	struct applied a = { .plan = plan, .src = src };
	int err = check_old(plan);

	if (err)
		return err;
	a.done = calloc(plan->changes.count + 1, sizeof(*a.done));
	if (!a.done)
		return s2_fail_nomem(plan->ctx);
	err = apply_all(&a);
	s2_by_num_clear(&a.vms);
	s2_model_unref(a.now);
	free(a.done);
	return err;
}
