// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a plan would deny: asked of the kernel, or worked out from a model */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "adopt.h"
#include "constrain.h"
#include "field.h"
#include "plan.h"

/* One change while it is tried */
struct trial {
	struct s2_plan *plan;
	struct s2_obj *change;
	struct s2_policy policy;
	uint64_t denied;
	uint64_t would_deny;
	bool unknown;		/* there may be more */
};

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

/* The VM in the outcome; NULL: no memory */
static struct s2_obj *outcome_vm(struct s2_plan *plan, const struct s2_obj *vm)
{
	struct s2_model *to = plan->outcome;

	for (size_t i = 0; i < to->vms.count; i++) {
		struct s2_obj *known = s2_list_at(&to->vms, i);

		if (s2_obj_num(known, S2_VM_ID, 0) ==
		    s2_obj_num(vm, S2_VM_ID, 0))
			return known;
	}
	return s2_adopt(to, &to->vms, vm);
}

/* ------------------------------------------------------------- one extent */

static int note_extent(struct trial *t, const struct s2_obj *vm,
		       const struct s2_obj *extent, struct s2_outcome *out)
{
	uint64_t bytes = s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	struct s2_obj *to, *new;
	struct s2_list *list;

	/* What the guest has not touched is not in use */
	if (s2_obj_num(extent, S2_EXTENT_MAPPED, 0) <= KVM_S2_TYPE_UNMAPPED)
		return 0;
	if (out->verdict == KVM_S2_VERDICT_DENY)
		t->denied += bytes;
	else if (out->verdict == KVM_S2_VERDICT_WOULD_DENY)
		t->would_deny += bytes;
	else
		return 0;
	to = outcome_vm(t->plan, vm);
	list = to ? s2_obj_kids(to, S2_OBJ_EXTENT) : NULL;
	new = list ? s2_adopt(t->plan->outcome, list, extent) : NULL;
	if (!new)
		return s2_fail_nomem(t->plan->ctx);
	s2_obj_set_kids_known(to, S2_OBJ_EXTENT, true);
	s2_obj_set_num(new, S2_EXTENT_PREDICTED, out->type);
	s2_obj_set_num(new, S2_EXTENT_VERDICT, out->verdict);
	s2_obj_set_num(new, S2_EXTENT_REASON, out->reason);
	return 0;
}

/*
 * What the kernel says of an extent.  Its verdict is that of a data access: a
 * guest that may not fetch from where it could is denied something, too.
 */
static void read_outcome(const struct trial *t, const struct s2_obj *extent,
			 struct s2_outcome *out)
{
	bool enforce = t->policy.mode == KVM_S2_MODE_ENFORCE;

	out->type = s2_obj_num(extent, S2_EXTENT_PREDICTED, 0);
	out->verdict = s2_obj_num(extent, S2_EXTENT_VERDICT, 0);
	out->reason = s2_obj_num(extent, S2_EXTENT_REASON, 0);
	out->differs = true;
	if (out->verdict == KVM_S2_VERDICT_DENY ||
	    out->verdict == KVM_S2_VERDICT_WOULD_DENY ||
	    !(t->policy.constraints & KVM_S2_CONSTRAINT_NOEXEC) ||
	    !(s2_obj_num(extent, S2_EXTENT_PERM, 0) & KVM_S2_PERM_X))
		return;
	out->verdict = enforce ? KVM_S2_VERDICT_DENY :
		KVM_S2_VERDICT_WOULD_DENY;
	out->reason = KVM_S2_REASON_NOEXEC;
}

/* ----------------------------------------------------- asked of the kernel */

static int ask_kernel(struct trial *t, struct s2_source *src)
{
	struct s2_model *model;
	const struct s2_obj *vm, *extent;
	char where[96], why[S2_ERROR_MAX];
	int err = s2_policy_try(src, &t->policy, &model);

	/* A VM that has ended needs no policy */
	if (err == -ENOENT && t->policy.vm_id)
		return 0;
	if (err) {
		snprintf(why, sizeof(why), "%s", s2_ctx_error(t->plan->ctx));
		s2_change_place(t->change, where, sizeof(where));
		return s2_fail(t->plan->ctx, err, "%s: %s", where, why);
	}
	t->unknown = !s2_model_complete(model);
	err = s2_adopt_problems(t->plan->outcome, model, NULL);
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		s2_obj_for_each(extent, vm, S2_OBJ_EXTENT) {
			struct s2_outcome out;

			read_outcome(t, extent, &out);
			if (!err)
				err = note_extent(t, vm, extent, &out);
		}
	}
	s2_model_unref(model);
	return err;
}

/* -------------------------------------------------- worked out from a model */

static bool is_concerned(const struct trial *t, const struct s2_obj *extent)
{
	if (t->policy.slot != S2_ANY_SLOT)
		return s2_obj_num(extent, S2_EXTENT_SLOT, UINT64_MAX) ==
			t->policy.slot;
	/* A class that is not known may be this one */
	return s2_obj_num(extent, S2_EXTENT_CLASS, t->policy.mem_class) ==
		t->policy.mem_class;
}

static int note_unknown(struct trial *t, const struct s2_obj *vm)
{
	char where[96];

	t->unknown = true;
	s2_change_place(t->change, where, sizeof(where));
	return s2_model_problem(t->plan->outcome, S2_PROBLEM_FACTS_MISSING, vm,
				"%s: for some memory of VM %" PRIu64 " it is not known what this would deny",
				where, s2_obj_num(vm, S2_VM_ID, 0));
}

static int try_vm(struct trial *t, const struct s2_obj *vm)
{
	const struct s2_obj *extent;
	int err = 0;

	if (!s2_obj_known(vm, S2_OBJ_EXTENT))
		return note_unknown(t, vm);
	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT) {
		struct s2_outcome out;

		if (err || !is_concerned(t, extent))
			continue;
		if (s2_obj_num(extent, S2_EXTENT_MAPPED, 0) ==
		    KVM_S2_TYPE_UNMAPPED)
			continue;
		if (!s2_obj_has(extent, S2_EXTENT_CLASS) ||
		    s2_constrain(extent, t->policy.constraints,
				 t->policy.mode, &out))
			err = note_unknown(t, vm);
		else if (out.differs)
			err = note_extent(t, vm, extent, &out);
	}
	return err;
}

static int ask_model(struct trial *t, const struct s2_model *model)
{
	const struct s2_obj *vm;
	int err = 0;

	t->unknown = !s2_model_complete(model);
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		if (t->policy.vm_id &&
		    s2_obj_num(vm, S2_VM_ID, 0) != t->policy.vm_id)
			continue;
		if (!err)
			err = try_vm(t, vm);
	}
	return err;
}

/* --------------------------------------------------------------- all of it */

/* Whether this extent is said already: two changes can deny the same memory */
static bool is_repeated(const struct s2_obj *a, const struct s2_obj *b)
{
	static const unsigned int ids[] = {
		S2_EXTENT_SLOT, S2_EXTENT_GPA, S2_EXTENT_BYTES,
		S2_EXTENT_VERDICT, S2_EXTENT_REASON,
	};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (s2_obj_num(a, ids[i], UINT64_MAX) !=
		    s2_obj_num(b, ids[i], UINT64_MAX))
			return false;
	return true;
}

static int drop_repeated(struct s2_plan *plan, struct s2_obj *vm)
{
	struct s2_list *list;
	bool *keep;

	if (!s2_obj_known(vm, S2_OBJ_EXTENT))
		return 0;
	list = s2_obj_kids(vm, S2_OBJ_EXTENT);
	keep = calloc(list->count + 1, sizeof(*keep));
	if (!keep)
		return s2_fail_nomem(plan->ctx);
	for (size_t i = 0; i < list->count; i++)
		keep[i] = !i || !is_repeated(s2_list_at(list, i - 1),
					     s2_list_at(list, i));
	s2_list_filter(list, keep);
	free(keep);
	return 0;
}

static int finish(struct s2_plan *plan)
{
	int err = 0;

	/* In order of address; what follows from the new reason, too */
	s2_model_derive(plan->outcome);
	for (size_t i = 0; !err && i < plan->outcome->vms.count; i++)
		err = drop_repeated(plan, s2_list_at(&plan->outcome->vms, i));
	return err;
}

/* None is said only where none is known */
static void set_bytes(const struct trial *t, unsigned int id, uint64_t bytes)
{
	if (bytes || !t->unknown)
		s2_obj_set_num(t->change, id, bytes);
}

int s2_plan_try(struct s2_plan *plan, struct s2_source *src,
		const struct s2_model *model)
{
	int err = 0;

	for (size_t i = 0; !err && i < plan->changes.count; i++) {
		struct trial t = {
			.plan = plan, .change = s2_list_at(&plan->changes, i),
		};
		uint64_t action = s2_obj_num(t.change, S2_CHANGE_ACTION, 0);

		s2_change_policy(t.change, &t.policy);
		if (action == S2_ACTION_SET)
			err = src ? ask_kernel(&t, src) : ask_model(&t, model);
		set_bytes(&t, S2_CHANGE_DENIED_BYTES, t.denied);
		set_bytes(&t, S2_CHANGE_WOULD_DENY_BYTES, t.would_deny);
	}
	return err ? err : finish(plan);
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

uint64_t s2_plan_bytes(const struct s2_plan *plan, bool audit)
{
	unsigned int id = audit ? S2_CHANGE_WOULD_DENY_BYTES :
		S2_CHANGE_DENIED_BYTES;
	uint64_t sum = 0;

	for (size_t i = 0; i < plan->changes.count; i++)
		sum += s2_obj_num(s2_list_at(&plan->changes, i), id, 0);
	return sum;
}
