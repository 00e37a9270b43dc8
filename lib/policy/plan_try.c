// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a plan would deny.  The kernel can be asked about one change at a time:
 * it says what it refuses, and what a change that no other meets would deny.
 * What several make together, plan_unite.c works out.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/adopt.h"
#include "policy/plan.h"
#include "policy/policy.h"
#include "source/source.h"

/* ----------------------------------------------------- asked of the kernel */

/* A change that is tried, and what its kernel says; @vms: as they were loaded */
struct question {
	struct s2_plan *plan;
	const struct s2_obj *change;
	struct s2_trial *trial;
	const struct s2_by_num *vms;
};

/* The VM as it was loaded, with its name; one that has begun since has none */
static const struct s2_obj *loaded_vm(const struct s2_by_num *vms,
				      const struct s2_obj *vm)
{
	const struct s2_obj *known =
		s2_by_num_first(vms, s2_obj_num(vm, S2_VM_ID, 0));

	return known ? known : vm;
}

/* One extent to which the change makes a difference */
static int take_answer(struct question *q, const struct s2_obj *vm,
		       const struct s2_obj *extent)
{
	uint64_t bytes = s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	const struct s2_outcome out = {
		.type = s2_obj_num(extent, S2_EXTENT_PREDICTED, 0),
		.verdict = s2_obj_num(extent, S2_EXTENT_VERDICT, 0),
		.reason = s2_obj_num(extent, S2_EXTENT_REASON, 0),
	};

	if (out.verdict == KVM_S2_VERDICT_DENY)
		q->trial->denied += bytes;
	else if (out.verdict == KVM_S2_VERDICT_WOULD_DENY)
		q->trial->would_deny += bytes;
	else
		return 0;
	return s2_plan_note(q->plan, vm, extent, &out);
}

static int take_answers(struct question *q, const struct s2_model *tried)
{
	const struct s2_obj *vm, *extent;
	int err = 0;

	s2_model_for_each(vm, tried, S2_OBJ_VM) {
		const struct s2_obj *loaded = loaded_vm(q->vms, vm);

		s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
			if (!err)
				err = take_answer(q, loaded, extent);
	}
	return err;
}

static int ask_kernel(struct question *q, struct s2_source *src)
{
	char where[96], why[S2_ERROR_MAX];
	struct s2_policy policy;
	struct s2_model *tried;
	int err;

	s2_change_policy(q->change, &policy);
	err = s2_policy_try_bare(src, &policy, &tried);
	/* A VM that has ended needs no policy */
	if (policy.vm_id && (err == -ESRCH || err == -ENOENT))
		return 0;
	if (err) {
		snprintf(why, sizeof(why), "%s", s2_ctx_error(q->plan->ctx));
		s2_change_place(q->change, where, sizeof(where));
		return s2_fail(q->plan->ctx, err, "%s: %s", where, why);
	}
	q->trial->unknown |= !s2_model_complete(tried);
	err = s2_adopt_problems(q->plan->outcome, tried, NULL);
	if (!err && q->trial->alone)
		err = take_answers(q, tried);
	s2_model_unref(tried);
	return err;
}

/* ------------------------------------------------------------------- alone */

/* What is changed of a VM, or of all */
struct changed {
	unsigned int classes;
	bool slots;
};

static void add_changed(struct changed *changed, const struct s2_obj *change)
{
	if (!s2_obj_has(change, S2_CHANGE_CLASS))
		changed->slots = true;
	else
		changed->classes |= 1u << s2_obj_num(change, S2_CHANGE_CLASS, 0);
}

/* The end of a run of changes of the same VM that begins at @first */
static size_t find_changes(const struct s2_plan *plan, size_t first,
			   struct changed *changed)
{
	size_t n = first;
	uint64_t vm;

	*changed = (struct changed){ 0 };
	vm = s2_obj_num(s2_list_at(&plan->changes, first), S2_CHANGE_VM, 0);
	for (; n < plan->changes.count; n++) {
		const struct s2_obj *change = s2_list_at(&plan->changes, n);

		if (s2_obj_num(change, S2_CHANGE_VM, 0) != vm)
			break;
		if (s2_change_is_made(change))
			add_changed(changed, change);
	}
	return n;
}

/* Whether others, of another scope, can be about the same memory */
static bool meets(const struct s2_obj *change, const struct changed *others,
		  const struct changed *own)
{
	if (!s2_obj_has(change, S2_CHANGE_CLASS))
		return others->classes || own->classes;
	return (others->classes >> s2_obj_num(change, S2_CHANGE_CLASS, 0) & 1) ||
		others->slots || own->slots;
}

static void find_alone(const struct s2_plan *plan, struct s2_trial *trial)
{
	struct changed host = { 0 }, vms = { 0 }, own;
	size_t next;

	for (size_t i = 0; i < plan->changes.count; i++) {
		const struct s2_obj *change = s2_list_at(&plan->changes, i);

		if (s2_change_is_made(change))
			add_changed(s2_obj_has(change, S2_CHANGE_VM) ? &vms :
				    &host, change);
	}
	for (size_t i = 0; i < plan->changes.count; i = next) {
		next = find_changes(plan, i, &own);
		for (size_t n = i; n < next; n++) {
			const struct s2_obj *c = s2_list_at(&plan->changes, n);
			bool of_vm = s2_obj_has(c, S2_CHANGE_VM);

			trial[n].alone = !meets(c, of_vm ? &host : &vms, &own);
		}
	}
}

/* --------------------------------------------------------------- all of it */

static int ask_all(struct s2_plan *plan, struct s2_source *src,
		   const struct s2_model *model, struct s2_trial *trial)
{
	struct s2_by_num vms;
	int err = s2_by_num_make(&vms, s2_model_first(model, S2_OBJ_VM),
				 S2_VM_ID, NULL);

	if (err)
		return s2_fail_nomem(plan->ctx);
	for (size_t i = 0; !err && i < plan->changes.count; i++) {
		struct question q = {
			.plan = plan, .trial = &trial[i], .vms = &vms,
			.change = s2_list_at(&plan->changes, i),
		};

		if (s2_change_is_made(q.change))
			err = ask_kernel(&q, src);
	}
	s2_by_num_clear(&vms);
	return err;
}

/* None is said only where none is known */
static void set_bytes(struct s2_obj *change, unsigned int id, uint64_t bytes,
		      bool unknown)
{
	if (bytes || !unknown)
		s2_obj_set_num(change, id, bytes);
}

static void set_tried(struct s2_plan *plan, const struct s2_trial *trial)
{
	for (size_t i = 0; i < plan->changes.count; i++) {
		struct s2_obj *change = s2_list_at(&plan->changes, i);

		set_bytes(change, S2_CHANGE_DENIED_BYTES, trial[i].denied,
			  trial[i].unknown);
		set_bytes(change, S2_CHANGE_WOULD_DENY_BYTES,
			  trial[i].would_deny, trial[i].unknown);
	}
}

int s2_plan_try(struct s2_plan *plan, struct s2_source *src,
		const struct s2_model *model)
{
	struct s2_trial *trial = calloc(plan->changes.count + 1,
					sizeof(*trial));
	int err = 0;

	if (!trial)
		return s2_fail_nomem(plan->ctx);
	find_alone(plan, trial);
	if (src)
		err = ask_all(plan, src, model, trial);
	if (!err)
		err = s2_plan_unite(plan, model, src, trial);
	if (!err)
		set_tried(plan, trial);
	free(trial);
	/* In order of address; what follows from the new reason, too */
	s2_model_derive(plan->outcome);
	return err;
}
