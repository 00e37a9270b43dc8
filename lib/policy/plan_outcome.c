// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a plan would deny, as it is noted while the plan is tried */
#include <inttypes.h>
#include <linux/kvm_s2_types.h>

#include "model/adopt.h"
#include "policy/plan.h"

/* The VM in the outcome; NULL: no memory */
static struct s2_obj *outcome_vm(struct s2_plan *plan, const struct s2_obj *vm)
{
	struct s2_model *to = plan->outcome;
	struct s2_obj *new;
	const char *kept;
	char id[32];

	snprintf(id, sizeof(id), "%" PRIu64, s2_obj_num(vm, S2_VM_ID, 0));
	kept = s2_pool_add(&plan->noted, id);
	if (!kept)
		return NULL;
	if (*s2_pool_note(kept))
		return s2_list_at(&to->vms, *s2_pool_note(kept) - 1);
	new = s2_adopt(to, &to->vms, vm);
	*s2_pool_note(kept) = (uint32_t)to->vms.count;
	return new;
}

int s2_plan_note(struct s2_plan *plan, const struct s2_obj *vm,
		 const struct s2_obj *extent, const struct s2_outcome *out)
{
	struct s2_obj *to = outcome_vm(plan, vm), *new;
	struct s2_list *list;

	list = to ? s2_obj_kids(to, S2_OBJ_EXTENT) : NULL;
	new = list ? s2_adopt(plan->outcome, list, extent) : NULL;
	if (!new)
		return s2_fail_nomem(plan->ctx);
	s2_obj_set_kids_known(to, S2_OBJ_EXTENT, true);
	s2_obj_set_num(new, S2_EXTENT_PREDICTED, out->type);
	s2_obj_set_num(new, S2_EXTENT_VERDICT, out->verdict);
	s2_obj_set_num(new, S2_EXTENT_REASON, out->reason);
	return 0;
}

int s2_plan_note_unknown(struct s2_plan *plan, const struct s2_obj *change,
			 const struct s2_obj *vm)
{
	char where[96];

	s2_change_place(change, where, sizeof(where));
	return s2_model_problem(plan->outcome, S2_PROBLEM_FACTS_MISSING, vm,
				"%s: for some memory of VM %" PRIu64 " it is not known what this would deny",
				where, s2_obj_num(vm, S2_VM_ID, 0));
}

uint64_t s2_plan_bytes(const struct s2_plan *plan, bool audit)
{
	unsigned int verdict = audit ? KVM_S2_VERDICT_WOULD_DENY :
		KVM_S2_VERDICT_DENY;
	const struct s2_obj *vm, *extent;
	uint64_t sum = 0;

	s2_model_for_each(vm, plan->outcome, S2_OBJ_VM)
		s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
			if (s2_obj_num(extent, S2_EXTENT_VERDICT, 0) == verdict)
				sum += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	return sum;
}
