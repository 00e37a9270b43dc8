// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the changes of a plan make of memory together.  An extent is under what
 * is set for its class by the host and by its VM, and under what is set for its
 * slot: any of the three may change, and the kernel unites them.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>

#include "policy/plan.h"
#include "policy/policy.h"

#define CLASSES	(S2_SITE_CLASS_LAST + 1)
#define SCOPES	3

/**
 * struct place - what is set at one place
 * @vmm: by the VMM
 * @now: by the administrator
 * @then: by the administrator, once the plan is applied
 * @change: number of the change, or -1
 */
struct place {
	struct s2_constraints vmm;
	struct s2_constraints now;
	struct s2_constraints then;
	ssize_t change;
};

/**
 * struct uniter - where it is
 * @vm: VM that is looked at
 * @hosts: how many changes are the host's, which come first
 * @first: first of the VM's changes
 * @end: behind the last
 * @host: of the host, by class
 * @own: of the VM, by class
 * @slot: of the slot whose number is @slot_nr
 * @policies: of the VM, by slot
 * @changes: of the VM, by slot
 */
struct uniter {
	struct s2_plan *plan;
	const struct s2_model *model;
	struct s2_trial *trial;
	bool asked;
	const struct s2_obj *vm;
	size_t hosts;
	size_t first;
	size_t end;
	struct place host[CLASSES];
	struct place own[CLASSES];
	struct place slot;
	uint64_t slot_nr;
	struct s2_by_num policies;
	struct s2_by_num changes;
};

/* ----------------------------------------------------------------- places */

static void add_policy(struct place *place, const struct s2_obj *policy)
{
	unsigned int constraints = s2_obj_num(policy, S2_POLICY_CONSTRAINTS, 0);
	unsigned int mode = s2_obj_num(policy, S2_POLICY_MODE, 0);

	switch (s2_obj_num(policy, S2_POLICY_OWNER, 0)) {
	case KVM_S2_OWNER_ADMIN:
		s2_unite(&place->now, constraints, mode);
		s2_unite(&place->then, constraints, mode);
		break;
	case KVM_S2_OWNER_VMM:
		s2_unite(&place->vmm, constraints, mode);
		break;
	}
}

/* In place of what the administrator has set there */
static void add_change(const struct uniter *u, struct place *place, size_t n)
{
	const struct s2_obj *change = s2_list_at(&u->plan->changes, n);

	if (!s2_change_is_made(change))
		return;
	place->change = (ssize_t)n;
	place->then = (struct s2_constraints){ 0 };
	s2_unite(&place->then, s2_obj_num(change, S2_CHANGE_CONSTRAINTS, 0),
		 s2_obj_num(change, S2_CHANGE_MODE, 0));
}

/* Both those of the host and those of a VM are by class */
static void read_classes(const struct uniter *u, struct place *places,
			 const struct s2_obj *policy, size_t first, size_t end)
{
	for (unsigned int c = 0; c < CLASSES; c++)
		places[c] = (struct place){ .change = -1 };
	for (; policy; policy = s2_obj_next(policy)) {
		uint64_t class = s2_obj_num(policy, S2_POLICY_CLASS, 0);

		if (class && class < CLASSES)
			add_policy(&places[class], policy);
	}
	for (size_t n = first; n < end; n++) {
		uint64_t class = s2_obj_num(s2_list_at(&u->plan->changes, n),
					    S2_CHANGE_CLASS, 0);

		if (class && class < CLASSES)
			add_change(u, &places[class], n);
	}
}

static void read_slot(struct uniter *u, uint64_t slot)
{
	const struct s2_numbered *n = s2_by_num_find(&u->policies, slot);

	u->slot_nr = slot;
	u->slot = (struct place){ .change = -1 };
	for (; n; n = s2_by_num_next(&u->policies, n))
		add_policy(&u->slot, n->obj);
	n = s2_by_num_find(&u->changes, slot);
	for (; n; n = s2_by_num_next(&u->changes, n))
		add_change(u, &u->slot,
			   s2_list_index(&u->plan->changes, n->obj));
}

/* Past the changes of one VM, or with 0 of the host */
static size_t changes_of(const struct s2_plan *plan, size_t n, uint64_t vm)
{
	while (n < plan->changes.count &&
	       s2_obj_num(s2_list_at(&plan->changes, n), S2_CHANGE_VM, 0) == vm)
		n++;
	return n;
}

/* -------------------------------------------------------------- one extent */

/* @changed: for which of the places the change counts, as a mask */
static int outcome_of(const struct s2_obj *extent, struct place *const *places,
		      unsigned int changed, struct s2_outcome *out)
{
	struct s2_constraints all = { 0 };

	for (unsigned int i = 0; i < SCOPES; i++) {
		const struct s2_constraints *admin = changed >> i & 1 ?
			&places[i]->then : &places[i]->now;

		all.enforced |= admin->enforced | places[i]->vmm.enforced;
		all.audited |= admin->audited | places[i]->vmm.audited;
	}
	return s2_constrain(extent, all, out);
}

static bool is_same(const struct s2_outcome *a, const struct s2_outcome *b)
{
	return a->type == b->type && a->verdict == b->verdict &&
		a->reason == b->reason;
}

/*
 * Whether a change has a part in what all make: it does the same by itself, or
 * without it the others do not.
 */
static bool has_part(const struct s2_obj *extent, struct place *const *places,
		     unsigned int changed, unsigned int i,
		     unsigned int verdict)
{
	struct s2_outcome alone, without;

	return outcome_of(extent, places, 1u << i, &alone) ||
		outcome_of(extent, places, changed & ~(1u << i), &without) ||
		alone.verdict == verdict || without.verdict != verdict;
}

static void count(struct s2_trial *trial, unsigned int verdict, uint64_t bytes)
{
	if (verdict == KVM_S2_VERDICT_DENY)
		trial->denied += bytes;
	else
		trial->would_deny += bytes;
}

/* The changes that have a part in it, or all if none has more than others */
static void count_changes(struct uniter *u, const struct s2_obj *extent,
			  struct place *const *places, unsigned int changed,
			  unsigned int verdict)
{
	uint64_t bytes = s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	unsigned int part = 0;

	for (unsigned int i = 0; i < SCOPES; i++)
		if (changed >> i & 1 &&
		    has_part(extent, places, changed, i, verdict))
			part |= 1u << i;
	if (!part)
		part = changed;
	for (unsigned int i = 0; i < SCOPES; i++)
		if (part >> i & 1)
			count(&u->trial[places[i]->change], verdict, bytes);
}

static int note_unknown(struct uniter *u, size_t change)
{
	u->trial[change].unknown = true;
	return s2_plan_note_unknown(u->plan,
				    s2_list_at(&u->plan->changes, change),
				    u->vm);
}

static int note_all_unknown(struct uniter *u, struct place *const *places,
			    unsigned int changed)
{
	int err = 0;

	for (unsigned int i = 0; i < SCOPES; i++)
		if (!err && changed >> i & 1)
			err = note_unknown(u, places[i]->change);
	return err;
}

static int try_places(struct uniter *u, const struct s2_obj *extent,
		      struct place *const *places, unsigned int changed)
{
	struct s2_outcome now, then;

	if (outcome_of(extent, places, 0, &now) ||
	    outcome_of(extent, places, changed, &then))
		return note_all_unknown(u, places, changed);
	if (is_same(&now, &then) ||
	    (then.verdict != KVM_S2_VERDICT_DENY &&
	     then.verdict != KVM_S2_VERDICT_WOULD_DENY))
		return 0;
	/* It may be in use, or not */
	if (!s2_obj_num(extent, S2_EXTENT_MAPPED, 0))
		return note_all_unknown(u, places, changed);
	count_changes(u, extent, places, changed, then.verdict);
	return s2_plan_note(u->plan, u->vm, extent, &then);
}

/* Whether the change at a place, if there is one, is still to be worked out */
static bool is_open(const struct uniter *u, const struct place *place)
{
	return place->change >= 0 &&
		!(u->asked && u->trial[place->change].alone);
}

/* What is behind it is not known, so it may be any class */
static int try_no_class(struct uniter *u)
{
	int err = is_open(u, &u->slot) ? note_unknown(u, u->slot.change) : 0;

	for (unsigned int c = 0; c < CLASSES; c++) {
		if (!err && is_open(u, &u->host[c]))
			err = note_unknown(u, u->host[c].change);
		if (!err && is_open(u, &u->own[c]))
			err = note_unknown(u, u->own[c].change);
	}
	return err;
}

static int try_extent(struct uniter *u, const struct s2_obj *extent)
{
	uint64_t slot = s2_obj_num(extent, S2_EXTENT_SLOT, UINT64_MAX);
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);
	struct place *places[SCOPES];
	unsigned int changed = 0;

	/* What the guest has not touched is not in use */
	if (s2_obj_num(extent, S2_EXTENT_MAPPED, 0) == KVM_S2_TYPE_UNMAPPED)
		return 0;
	if (slot != u->slot_nr)
		read_slot(u, slot);
	if (!class)
		return try_no_class(u);
	if (class >= CLASSES)
		return 0;
	places[0] = &u->host[class];
	places[1] = &u->own[class];
	places[2] = &u->slot;
	for (unsigned int i = 0; i < SCOPES; i++)
		if (is_open(u, places[i]))
			changed |= 1u << i;
	return changed ? try_places(u, extent, places, changed) : 0;
}

/* ------------------------------------------------------------------ all VMs */

/* Nothing is known of its memory: none of the changes that could be about it */
static int try_no_extents(struct uniter *u)
{
	int err = 0;

	for (size_t n = 0; !err && n < u->end; n++) {
		/* The host's, and then those of the VM */
		if (n == u->hosts)
			n = u->first;
		if (n < u->end &&
		    s2_change_is_made(s2_list_at(&u->plan->changes, n)) &&
		    !(u->asked && u->trial[n].alone))
			err = note_unknown(u, n);
	}
	return err;
}

static int index_vm(struct uniter *u)
{
	const struct s2_list *changes = &u->plan->changes;

	if (s2_by_num_make(&u->policies, s2_obj_first(u->vm, S2_OBJ_POLICY),
			   S2_POLICY_SLOT, NULL) ||
	    s2_by_num_part(&u->changes, changes, u->first, u->end,
			   S2_CHANGE_SLOT))
		return s2_fail_nomem(u->plan->ctx);
	return 0;
}

static int try_vm(struct uniter *u)
{
	const struct s2_obj *extent;
	int err = index_vm(u);

	if (!err) {
		read_classes(u, u->own, s2_obj_first(u->vm, S2_OBJ_POLICY),
			     u->first, u->end);
		read_slot(u, UINT64_MAX);
	}
	if (!err && !s2_obj_known(u->vm, S2_OBJ_EXTENT))
		err = try_no_extents(u);
	s2_obj_for_each(extent, u->vm, S2_OBJ_EXTENT)
		if (!err)
			err = try_extent(u, extent);
	s2_by_num_clear(&u->policies);
	s2_by_num_clear(&u->changes);
	return err;
}

/* What is not known of the model may be about any change */
static void doubt_all(struct uniter *u)
{
	if (s2_model_complete(u->model))
		return;
	for (size_t n = 0; n < u->plan->changes.count; n++)
		u->trial[n].unknown |= !(u->asked && u->trial[n].alone);
}

int s2_plan_unite(struct s2_plan *plan, const struct s2_model *model,
		  bool asked, struct s2_trial *trial)
{
	struct uniter u = {
		.plan = plan, .model = model, .asked = asked, .trial = trial,
	};
	int err = 0;

	doubt_all(&u);
	u.hosts = changes_of(plan, 0, 0);
	read_classes(&u, u.host, s2_model_first(model, S2_OBJ_POLICY), 0,
		     u.hosts);
	/* The changes are in the order of the VMs; not each VM has some */
	u.end = u.hosts;
	s2_model_for_each(u.vm, model, S2_OBJ_VM) {
		if (err)
			break;
		u.first = u.end;
		if (s2_obj_has(u.vm, S2_VM_ID))
			u.end = changes_of(plan, u.first,
					   s2_obj_num(u.vm, S2_VM_ID, 0));
		err = try_vm(&u);
	}
	return err;
}
