// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From rules to places.  A place is a class of the host's or of a VM's memory,
 * or a slot; the kernel keeps one set of constraints with one mode for each.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "model/adopt.h"
#include "model/field.h"
#include "model/who.h"
#include "policy/plan.h"
#include "policy/plan_rules.h"
#include "policy/policy.h"

/* What the rules ask for at one place, while it is collected */
struct place {
	const struct s2_obj *vm;
	const struct s2_obj *slot;
	unsigned int class;
	unsigned int constraints;
	unsigned int mode;
	unsigned int severity;
	const struct s2_site_rule *first;
	bool maybe;		/* a rule may be for it, or not */
	char rules[1024];
};

/**
 * struct planner - where it is
 * @rules: which are for the VM
 * @old: what the administrator has set for its slots, by slot
 * @bars: its extents that may be BARs by slot, if a rule asks for devices
 * @any_vm: also for a VM without an id, for which nothing can be set
 */
struct planner {
	const struct s2_site *site;
	const struct s2_model *model;
	struct s2_plan *plan;
	unsigned int flags;
	struct s2_rules rules;
	struct s2_by_num old;
	struct s2_by_num bars;
	bool any_vm;
};

static void write_place(const struct place *place, char *buf, size_t size)
{
	const struct s2_field *class = s2_field_by_id(S2_CHANGE_CLASS);
	char vm[S2_WHO_MAX];

	if (place->vm)
		s2_vm_title(place->vm, vm, sizeof(vm));
	if (place->slot)
		snprintf(buf, size, "%s, slot %" PRIu64, vm,
			 s2_obj_num(place->slot, S2_SLOT_SLOT, 0));
	else if (place->vm)
		snprintf(buf, size, "%s, class %s", vm,
			 s2_field_word(class, place->class));
	else
		snprintf(buf, size, "the host, class %s",
			 s2_field_word(class, place->class));
}

/*
 * Rules for VMs that do not agree: which of them a VM matches can be up to its
 * VMM, who could so stop the whole policy.  What is stronger holds.
 */
static int contradiction(struct planner *p, struct place *place,
			 const struct s2_site_rule *rule)
{
	const struct s2_field *mode = s2_field_by_id(S2_CHANGE_MODE);
	char where[128];

	place->mode = KVM_S2_MODE_ENFORCE;
	write_place(place, where, sizeof(where));
	return s2_model_problem(p->plan->outcome, S2_PROBLEM_CONTRADICTION,
				place->vm,
				"%s:%u: rule '%s' would %s for %s, and rule '%s' (%s:%u) %s: all are enforced there",
				rule->file, rule->line, rule->id,
				s2_field_word(mode, rule->mode), where,
				place->first->id, place->first->file,
				place->first->line,
				s2_field_word(mode, place->first->mode));
}

/* Adds a rule to the list of those that ask; what does not fit is "..." */
static void name_rule(struct place *place, const char *id)
{
	size_t len = strlen(place->rules), room = sizeof(place->rules) - len;

	if (strlen(id) + sizeof(",,...") > room)
		id = "...";
	if (len < 3 || strcmp(place->rules + len - 3, "..."))
		snprintf(place->rules + len, room, "%s%s", len ? "," : "", id);
}

static int ask(struct planner *p, struct place *place,
	       const struct s2_site_rule *rule)
{
	int err = 0;

	if (!place->first) {
		place->first = rule;
		place->mode = rule->mode;
	}
	if (place->first->mode != rule->mode)
		err = contradiction(p, place, rule);
	place->constraints |= rule->constraints;
	if (rule->severity > place->severity)
		place->severity = rule->severity;
	name_rule(place, rule->id);
	return err;
}

/* ---------------------------------------------------------------- changes */

/* Whether the administrator has set something with it */
static bool is_set(const struct s2_obj *policy)
{
	return s2_obj_num(policy, S2_POLICY_OWNER, 0) == KVM_S2_OWNER_ADMIN &&
		s2_obj_num(policy, S2_POLICY_CONSTRAINTS, 0);
}

/* What the administrator has set there, or NULL */
static const struct s2_obj *find_old(const struct planner *p,
				     const struct place *place)
{
	const struct s2_obj *policy;

	if (place->slot)
		return s2_by_num_first(&p->old, s2_obj_num(place->slot,
							   S2_SLOT_SLOT, 0));
	policy = place->vm ? s2_obj_first(place->vm, S2_OBJ_POLICY) :
		s2_model_first(p->model, S2_OBJ_POLICY);
	for (; policy; policy = s2_obj_next(policy))
		if (!s2_obj_has(policy, S2_POLICY_SLOT) &&
		    s2_obj_num(policy, S2_POLICY_CLASS, 0) == place->class &&
		    is_set(policy))
			return policy;
	return NULL;
}

static int set_strings(struct planner *p, struct s2_obj *change,
		       const struct place *place)
{
	const char *name = place->vm ? s2_obj_str(place->vm, S2_VM_NAME) : NULL;
	struct s2_pool *pool = &p->plan->pool;

	if (s2_obj_keep_str(pool, change, S2_CHANGE_NAME, name))
		return s2_fail_nomem(p->plan->ctx);
	if (!place->first)
		return 0;
	if (s2_obj_keep_str(pool, change, S2_CHANGE_RULES, place->rules))
		return s2_fail_nomem(p->plan->ctx);
	s2_obj_set_num(change, S2_CHANGE_SEVERITY, place->severity);
	return 0;
}

static void set_place(struct s2_obj *change, const struct place *place)
{
	enum s2_scope scope = place->slot ? S2_SCOPE_SLOT :
		place->vm ? S2_SCOPE_VM : S2_SCOPE_HOST;

	s2_obj_set_num(change, S2_CHANGE_SCOPE, scope);
	if (place->vm)
		s2_obj_copy(change, S2_CHANGE_VM, place->vm, S2_VM_ID);
	if (place->slot)
		s2_obj_copy(change, S2_CHANGE_SLOT, place->slot, S2_SLOT_SLOT);
	else
		s2_obj_set_num(change, S2_CHANGE_CLASS, place->class);
}

static bool is_old_known(const struct planner *p, const struct place *place)
{
	return place->vm ? s2_obj_known(place->vm, S2_OBJ_POLICY) :
		s2_model_known(p->model, S2_OBJ_POLICY);
}

/* Nothing is set there, or it is not known what is */
static void set_old(const struct planner *p, struct s2_obj *change,
		    const struct place *place, const struct s2_obj *old)
{
	if (!is_old_known(p, place))
		return;
	s2_obj_set_num(change, S2_CHANGE_OLD_CONSTRAINTS, 0);
	s2_obj_set_num(change, S2_CHANGE_OLD_MODE, KVM_S2_MODE_NONE);
	if (!old)
		return;
	s2_obj_copy(change, S2_CHANGE_OLD_CONSTRAINTS, old,
		    S2_POLICY_CONSTRAINTS);
	s2_obj_copy(change, S2_CHANGE_OLD_MODE, old, S2_POLICY_MODE);
}

static enum s2_action action_for(const struct place *place,
				 const struct s2_obj *old)
{
	if (!place->first)
		return S2_ACTION_CLEAR;
	if (old && s2_obj_num(old, S2_POLICY_MODE, 0) == place->mode &&
	    s2_obj_num(old, S2_POLICY_CONSTRAINTS, 0) == place->constraints)
		return S2_ACTION_KEEP;
	return S2_ACTION_SET;
}

/* A place is done with: what does that make of it? */
static int add_change(struct planner *p, struct place *place)
{
	const struct s2_obj *old = find_old(p, place);
	struct s2_obj *change;

	/* Nobody is known to ask for what is set, but somebody may */
	if (!place->first && (!old || place->maybe ||
			      !(p->flags & S2_PLAN_PRUNE)))
		return 0;
	if ((p->flags & S2_PLAN_KNOWN) && !is_old_known(p, place))
		return 0;
	/* Of two floors the stronger counts: the other one says nothing */
	if (place->constraints & KVM_S2_CONSTRAINT_FLOOR_DEVICE)
		place->constraints &= ~KVM_S2_CONSTRAINT_FLOOR_NC;
	change = s2_list_add(&p->plan->changes);
	if (!change)
		return s2_fail_nomem(p->plan->ctx);
	s2_obj_set_num(change, S2_CHANGE_ACTION, action_for(place, old));
	set_place(change, place);
	s2_obj_set_num(change, S2_CHANGE_CONSTRAINTS, place->constraints);
	s2_obj_set_num(change, S2_CHANGE_MODE, place->mode);
	set_old(p, change, place, old);
	return set_strings(p, change, place);
}

/* ----------------------------------------------------------------- places */

static int plan_class(struct planner *p, const struct s2_obj *vm,
		      unsigned int class)
{
	struct place place = {
		.vm = vm, .class = class, .maybe = vm && p->rules.maybe,
	};
	const size_t *number = vm ? p->rules.match : p->rules.any;
	size_t count = vm ? p->rules.count : p->rules.nr_any;
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		const struct s2_site_rule *rule = &p->site->rule[number[i]];

		if (rule->nr_devices || rule->per_vm != !!vm ||
		    !(s2_site_classes(rule) >> class & 1))
			continue;
		err = ask(p, &place, rule);
	}
	return err ? err : add_change(p, &place);
}

static int plan_classes(struct planner *p, const struct s2_obj *vm)
{
	int err = 0;

	for (unsigned int c = S2_SITE_CLASS_FIRST;
	     !err && c <= S2_SITE_CLASS_LAST; c++)
		err = plan_class(p, vm, c);
	return err;
}

static int plan_slot(struct planner *p, const struct s2_obj *vm,
		     const struct s2_obj *slot)
{
	struct place place = {
		.vm = vm, .slot = slot, .maybe = p->rules.maybe,
	};
	char title[S2_WHO_MAX];
	int err = 0;

	s2_vm_title(vm, title, sizeof(title));
	for (size_t i = 0; !err && i < p->rules.count; i++) {
		const struct s2_site_rule *rule =
			&p->site->rule[p->rules.match[i]];
		enum s2_match match;

		if (!rule->nr_devices)
			continue;
		match = s2_site_match_slot(rule, vm, &p->bars, slot,
					   s2_model_host(p->model));
		place.maybe |= match == S2_MATCH_UNKNOWN;
		if (match == S2_MATCH_YES)
			err = ask(p, &place, rule);
		else if (match == S2_MATCH_UNKNOWN)
			err = s2_model_problem(p->plan->outcome,
					       S2_PROBLEM_FACTS_MISSING, vm,
					       "rule '%s': %s, slot %" PRIu64 ": whose BAR it is is not known until the guest has used it",
					       rule->id, title,
					       s2_obj_num(slot, S2_SLOT_SLOT, 0));
	}
	return err ? err : add_change(p, &place);
}

/* Which rules are for this VM, and what they look up in it */
static int match_rules(struct planner *p, const struct s2_obj *vm)
{
	int err = s2_rules_match(&p->rules, vm, p->plan->outcome);
	bool devices = false;

	for (size_t i = 0; i < p->rules.count; i++)
		devices |= p->site->rule[p->rules.match[i]].nr_devices;
	if (!err && (s2_by_num_make(&p->old, s2_obj_first(vm, S2_OBJ_POLICY),
				    S2_POLICY_SLOT, is_set) ||
		     (devices && s2_site_bars(vm, &p->bars))))
		err = s2_fail_nomem(p->plan->ctx);
	return err;
}

static int plan_slots(struct planner *p, const struct s2_obj *vm)
{
	const struct s2_obj *slot;
	int err = 0;

	s2_obj_for_each(slot, vm, S2_OBJ_SLOT)
		if (!err)
			err = plan_slot(p, vm, slot);
	return err;
}

static int plan_vm(struct planner *p, const struct s2_obj *vm)
{
	int err;

	/* Nothing runs any more in a VM without an address space */
	if (!s2_obj_num(vm, S2_VM_ALIVE, 1))
		return 0;
	if (!s2_obj_has(vm, S2_VM_ID) && !p->any_vm)
		return s2_model_problem(p->plan->outcome,
					S2_PROBLEM_FACTS_MISSING, NULL,
					"a VM of process %" PRIu64 " has no identity: nothing can be set for it",
					s2_obj_num(vm, S2_VM_PID, 0));
	err = match_rules(p, vm);
	if (!err)
		err = plan_classes(p, vm);
	if (!err)
		err = plan_slots(p, vm);
	s2_by_num_clear(&p->old);
	s2_by_num_clear(&p->bars);
	return err;
}

/* The host, unless it is left out, and every VM */
static int plan_all(struct planner *p, const struct s2_obj *none)
{
	const struct s2_obj *vm;
	int err = p->flags & S2_PLAN_VMS ? 0 : plan_classes(p, none);

	s2_model_for_each(vm, p->model, S2_OBJ_VM)
		if (!err)
			err = plan_vm(p, vm);
	return err;
}

/* --------------------------------------------------------------- the plan */

static int new_plan(const struct s2_site *site, const struct s2_model *model,
		    struct s2_plan **plan)
{
	struct s2_plan *new = calloc(1, sizeof(*new));
	int err;

	*plan = new;
	if (!new)
		return s2_fail_nomem(site->ctx);
	new->ctx = s2_ctx_ref(site->ctx);
	s2_list_init(&new->changes, S2_OBJ_CHANGE);
	err = s2_adopt_host(site->ctx, s2_model_host(model), &new->outcome);
	if (err)
		return err;
	new->outcome->vms_known = true;
	return 0;
}

void s2_plan_free(struct s2_plan *plan)
{
	if (!plan)
		return;
	s2_list_clear(&plan->changes);
	s2_pool_clear(&plan->pool);
	s2_pool_clear(&plan->noted);
	s2_model_unref(plan->outcome);
	s2_ctx_unref(plan->ctx);
	free(plan);
}

/* Plans with @plan_fn, which is given @vm */
static int make_plan(struct planner *p,
		     int (*plan_fn)(struct planner *p, const struct s2_obj *vm),
		     const struct s2_obj *vm, struct s2_plan **plan)
{
	int err = s2_rules_open(&p->rules, p->site);

	if (!err)
		err = plan_fn(p, vm);
	s2_rules_close(&p->rules);
	if (err) {
		s2_plan_free(p->plan);
		return err;
	}
	*plan = p->plan;
	return 0;
}

int s2_site_plan(const struct s2_site *site, const struct s2_model *model,
		 unsigned int flags, struct s2_plan **plan)
{
	struct planner p = { .site = site, .model = model, .flags = flags };
	int err;

	*plan = NULL;
	if (flags & ~(S2_PLAN_PRUNE | S2_PLAN_KNOWN | S2_PLAN_VMS))
		return s2_fail(site->ctx, -EINVAL, "unknown flags of a plan");
	err = new_plan(site, model, &p.plan);
	if (!err)
		err = s2_adopt_problems(p.plan->outcome, model, NULL);
	if (err) {
		s2_plan_free(p.plan);
		return err;
	}
	return make_plan(&p, plan_all, NULL, plan);
}

int s2_site_plan_vm(const struct s2_site *site, const struct s2_model *model,
		    const struct s2_obj *vm, struct s2_plan **plan)
{
	struct planner p = { .site = site, .model = model, .any_vm = true };
	int err;

	*plan = NULL;
	err = new_plan(site, model, &p.plan);
	if (err) {
		s2_plan_free(p.plan);
		return err;
	}
	return make_plan(&p, vm ? plan_vm : plan_classes, vm, plan);
}

const struct s2_obj *s2_plan_first(const struct s2_plan *plan)
{
	return plan->changes.count ? s2_list_at(&plan->changes, 0) : NULL;
}

const struct s2_model *s2_plan_outcome(const struct s2_plan *plan)
{
	return plan->outcome;
}
