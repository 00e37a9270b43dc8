// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies: what every source can be asked, and what not every one can do */
#include <errno.h>

#include "source/source.h"

static int not_here(const struct s2_source *src, const char *what)
{
	return s2_fail(src->ctx, -EOPNOTSUPP, "%s cannot be %s",
		       src->ops->noun, what);
}

/* Whether it was said before: when it was read that is in a snapshot now */
static bool is_said(const struct s2_model *model)
{
	const struct s2_obj *problem;

	s2_model_for_each(problem, model, S2_OBJ_PROBLEM)
		if (s2_obj_num(problem, S2_PROBLEM_CODE, 0) ==
		    S2_PROBLEM_CANNOT_KNOW &&
		    !s2_obj_has(problem, S2_PROBLEM_RULE))
			return true;
	return false;
}

int s2_source_no_policies(struct s2_model *model, unsigned int flags)
{
	bool quiet = flags & S2_LOAD_POLICY_IF_ANY;

	if (!(flags & S2_LOAD_POLICY) || (quiet && is_said(model)))
		return 0;
	return s2_model_problem(model, quiet ? S2_PROBLEM_CANNOT_KNOW :
				S2_PROBLEM_NO_POLICY, NULL,
				"the kernel's memory does not tell policies");
}

int s2_policy_set(struct s2_source *src, const struct s2_policy *policy,
		  uint64_t *generation)
{
	if (!src->ops->policy_set)
		return not_here(src, "changed");
	return src->ops->policy_set(src, policy, generation);
}

static int try(struct s2_source *src, const struct s2_policy *policy,
	       bool bare, struct s2_model **model)
{
	struct s2_model *new;
	int err;

	*model = NULL;
	if (!src->ops->policy_try)
		return not_here(src, "asked what a policy would deny");
	err = s2_model_new(src->ctx, &new);
	if (err)
		return err;
	new->vms_known = bare;
	err = src->ops->policy_try(src, policy, new);
	if (err) {
		s2_model_unref(new);
		return err;
	}
	s2_model_derive(new);
	*model = new;
	return 0;
}

int s2_policy_try(struct s2_source *src, const struct s2_policy *policy,
		  struct s2_model **model)
{
	return try(src, policy, false, model);
}

int s2_policy_try_bare(struct s2_source *src, const struct s2_policy *policy,
		       struct s2_model **model)
{
	return try(src, policy, true, model);
}

int s2_monitor_open(struct s2_source *src, struct s2_monitor **monitor)
{
	*monitor = NULL;
	if (!src->ops->monitor_open)
		return not_here(src, "monitored");
	return src->ops->monitor_open(src, monitor);
}
