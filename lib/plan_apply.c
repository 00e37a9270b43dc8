// SPDX-License-Identifier: LGPL-2.1-or-later
/* Making the changes of a plan: all of them, or none */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* What was done, to take it back */
struct applied {
	struct s2_plan *plan;
	struct s2_source *src;
	bool *done;		/* for each change */
};

static bool is_to_do(const struct s2_obj *change)
{
	return s2_obj_num(change, S2_CHANGE_ACTION, 0) != S2_ACTION_KEEP;
}

static int take_back(struct applied *a, const struct s2_obj *change)
{
	struct s2_policy policy;

	s2_change_policy(change, &policy);
	policy.constraints = s2_obj_num(change, S2_CHANGE_OLD_CONSTRAINTS, 0);
	policy.mode = s2_obj_num(change, S2_CHANGE_OLD_MODE,
				 KVM_S2_MODE_NONE);
	return s2_policy_set(a->src, &policy, NULL);
}

/*
 * The last change first.  A VM that has ended has taken its policies along.
 * Return: how many could not be taken back; @where and @why: the first of them.
 */
static size_t take_all_back(struct applied *a, size_t *done, char *where,
			    char *why, size_t size)
{
	size_t left = 0;

	*done = 0;
	for (size_t i = a->plan->changes.count; i--;) {
		const struct s2_obj *change = s2_list_at(&a->plan->changes, i);
		int err;

		if (!a->done[i])
			continue;
		err = take_back(a, change);
		if (!err || err == -ENOENT) {
			++*done;
			continue;
		}
		if (!left++) {
			s2_change_place(change, where, size);
			snprintf(why, size, "%s", s2_ctx_error(a->plan->ctx));
		}
	}
	return left;
}

static int undo(struct applied *a, size_t failed, int err)
{
	char where[256], why[256], left_where[256] = "", left_why[256] = "";
	size_t done, left;

	snprintf(why, sizeof(why), "%s", s2_ctx_error(a->plan->ctx));
	s2_change_place(s2_list_at(&a->plan->changes, failed), where,
			sizeof(where));
	left = take_all_back(a, &done, left_where, left_why,
			     sizeof(left_why));
	if (left)
		return s2_fail(a->plan->ctx, err,
			       "%s: %s; of what was set before, %zu could not be taken back (%s: %s)",
			       where, why, left, left_where, left_why);
	return s2_fail(a->plan->ctx, err, "%s: %s; %s", where, why,
		       done ? "what was set before it has been taken back" :
		       "nothing was set");
}

/* Whether a change need not be made any more: its VM has ended */
static bool is_moot(const struct s2_obj *change, int err)
{
	return err == -ENOENT && s2_obj_has(change, S2_CHANGE_VM) &&
		!s2_obj_has(change, S2_CHANGE_SLOT);
}

static int apply_all(struct applied *a)
{
	for (size_t i = 0; i < a->plan->changes.count; i++) {
		const struct s2_obj *change = s2_list_at(&a->plan->changes, i);
		struct s2_policy policy;
		int err;

		if (!is_to_do(change))
			continue;
		s2_change_policy(change, &policy);
		err = s2_policy_set(a->src, &policy, NULL);
		if (!err)
			a->done[i] = true;
		else if (!is_moot(change, err))
			return undo(a, i, err);
	}
	return 0;
}

int s2_plan_apply(struct s2_plan *plan, struct s2_source *src)
{
	struct applied a = { .plan = plan, .src = src };
	int err;

	a.done = calloc(plan->changes.count + 1, sizeof(*a.done));
	if (!a.done)
		return s2_fail_nomem(plan->ctx);
	err = apply_all(&a);
	free(a.done);
	return err;
}
