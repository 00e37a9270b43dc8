// SPDX-License-Identifier: LGPL-2.1-or-later
/* A change of a plan: what it sets, where, and whether it sets anything */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/plan.h"

void s2_change_policy(const struct s2_obj *change, struct s2_policy *policy)
{
	memset(policy, 0, sizeof(*policy));
	policy->vm_id = s2_obj_num(change, S2_CHANGE_VM, 0);
	policy->slot = s2_obj_num(change, S2_CHANGE_SLOT, S2_ANY_SLOT);
	policy->mem_class = s2_obj_num(change, S2_CHANGE_CLASS, 0);
	policy->constraints = s2_obj_num(change, S2_CHANGE_CONSTRAINTS, 0);
	policy->mode = s2_obj_num(change, S2_CHANGE_MODE, 0);
}

void s2_change_place(const struct s2_obj *change, char *buf, size_t size)
{
	uint64_t vm = s2_obj_num(change, S2_CHANGE_VM, 0);
	const char *class = s2_obj_str(change, S2_CHANGE_CLASS);

	if (!class)
		snprintf(buf, size, "VM %" PRIu64 ", slot %" PRIu64, vm,
			 s2_obj_num(change, S2_CHANGE_SLOT, 0));
	else if (vm)
		snprintf(buf, size, "VM %" PRIu64 ", class %s", vm, class);
	else
		snprintf(buf, size, "the host, class %s", class);
}

bool s2_change_is_made(const struct s2_obj *change)
{
	return s2_obj_num(change, S2_CHANGE_ACTION, 0) != S2_ACTION_KEEP;
}

size_t s2_plan_count(const struct s2_plan *plan, enum s2_action action)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->changes.count; i++)
		count += !action ||
			s2_obj_num(s2_list_at(&plan->changes, i),
				   S2_CHANGE_ACTION, 0) == action;
	return count;
}
