// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the policies of another host would make of a VM's memory */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/preflight.h"
#include "model/adopt.h"
#include "model/field.h"
#include "policy/constrain.h"

/* ---------------------------------------------------------------- arrival */

static void set_fact(struct s2_obj *obj, unsigned int facts_id, uint64_t bit,
		     const struct s2_obj *host, unsigned int host_id)
{
	uint64_t facts = s2_obj_num(obj, facts_id, 0);

	if (!s2_obj_has(obj, facts_id))
		return;
	if (!s2_obj_has(host, host_id)) {
		/* What is decided by it cannot be decided */
		s2_obj_forget(obj, facts_id);
		return;
	}
	facts = s2_obj_num(host, host_id, 0) ? facts | bit : facts & ~bit;
	s2_obj_set_num(obj, facts_id, facts);
}

/* As if the guest had touched all that it may touch */
static void arrive_extent(struct s2_obj *extent, const struct s2_obj *host)
{
	uint64_t verdict = s2_obj_num(extent, S2_EXTENT_VERDICT, 0);

	set_fact(extent, S2_EXTENT_FACTS, KVM_S2_FACT_FWB, host, S2_HOST_FWB);
	set_fact(extent, S2_EXTENT_FACTS, KVM_S2_FACT_DIC, host, S2_HOST_DIC);
	if (verdict == KVM_S2_VERDICT_DENY)
		s2_obj_set_num(extent, S2_EXTENT_MAPPED, KVM_S2_TYPE_UNMAPPED);
	else if (s2_obj_has(extent, S2_EXTENT_PREDICTED))
		s2_obj_copy(extent, S2_EXTENT_MAPPED, extent,
			    S2_EXTENT_PREDICTED);
}

int s2_flight_arrive(struct s2_flight *f)
{
	const struct s2_obj *host = s2_model_host(f->to);
	struct s2_model *model;
	struct s2_list *extents;
	struct s2_obj *vm;
	int err = s2_adopt_host(f->preflight->ctx, host, &model);

	f->arrival = model;
	if (err)
		return err;
	model->vms_known = true;
	vm = s2_adopt(model, &model->vms, f->vm);
	if (!vm || s2_adopt_kids(model, vm, f->vm, S2_OBJ_SLOT) ||
	    s2_adopt_kids(model, vm, f->vm, S2_OBJ_EXTENT))
		return s2_fail_nomem(f->preflight->ctx);
	s2_obj_set_num(vm, S2_VM_ALIVE, 1);
	if (!s2_obj_known(vm, S2_OBJ_EXTENT))
		return 0;
	extents = s2_obj_kids(vm, S2_OBJ_EXTENT);
	for (size_t i = 0; i < extents->count; i++)
		arrive_extent(s2_list_at(extents, i), host);
	return 0;
}

/* ------------------------------------------------------ the host's policies */

/* What constraints make of the memory of one class */
struct toll {
	uint64_t denied;
	uint64_t would_deny;
	bool unknown;
};

static void charge(const struct s2_flight *f, const struct s2_obj *vm,
		   unsigned int class, struct s2_constraints constraints,
		   struct toll *toll)
{
	const struct s2_obj *extent;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT) {
		uint64_t bytes = s2_obj_num(extent, S2_EXTENT_BYTES, 0);
		struct s2_outcome out;

		if (s2_obj_num(extent, S2_EXTENT_CLASS, 0) != class ||
		    s2_obj_num(extent, S2_EXTENT_VERDICT, 0) ==
		    KVM_S2_VERDICT_DENY)
			continue;
		if (s2_model_is_bare(f->from) ?
		    s2_constrain_bare(extent, constraints, &out) :
		    s2_constrain(extent, constraints, &out))
			toll->unknown = true;
		else if (out.verdict == KVM_S2_VERDICT_DENY)
			toll->denied += bytes;
		else if (out.verdict == KVM_S2_VERDICT_WOULD_DENY)
			toll->would_deny += bytes;
	}
}

static void answer(struct s2_need *need, const struct toll *toll)
{
	need->needed = "allow";
	need->answer = S2_ANSWER_OK;
	if (toll->denied) {
		need->has = "deny";
		need->answer = S2_ANSWER_MISSING;
	} else if (toll->unknown) {
		need->answer = S2_ANSWER_UNKNOWN;
	} else {
		need->has = toll->would_deny ? "would-deny" : "allow";
	}
}

/* "12288 bytes would be denied": nothing is said of none */
static void toll_text(const struct toll *toll, char *buf, size_t size)
{
	if (toll->denied)
		snprintf(buf, size, ": %" PRIu64 " bytes would be denied",
			 toll->denied);
	else if (toll->unknown)
		snprintf(buf, size, ": for some memory it is not known what that would deny");
	else if (toll->would_deny)
		snprintf(buf, size, ": %" PRIu64 " bytes would be counted as denied",
			 toll->would_deny);
	else
		*buf = '\0';
}

static void constraints_text(unsigned int mask, char *buf, size_t size)
{
	const struct s2_field *field = s2_field_by_id(S2_POLICY_CONSTRAINTS);
	struct s2_value value = {
		.kind = S2_KIND_FLAGS, .known = true, .num = mask,
	};

	s2_value_text(field, value, buf, size);
}

int s2_flight_host_policies(struct s2_flight *f)
{
	const struct s2_obj *policy;

	s2_model_for_each(policy, f->to, S2_OBJ_POLICY) {
		if (s2_obj_has(policy, S2_POLICY_SLOT) ||
		    !s2_obj_num(policy, S2_POLICY_CLASS, 0) ||
		    (!s2_obj_num(policy, S2_POLICY_ENFORCED, 0) &&
		     !s2_obj_num(policy, S2_POLICY_AUDITED, 0)))
			continue;
		if (f->nr_policies == S2_FLIGHT_POLICIES_MAX)
			return s2_model_problem(f->preflight->outcome,
						S2_PROBLEM_MALFORMED, NULL,
						"the host is said to have more than %d policies: the rest was not looked at",
						S2_FLIGHT_POLICIES_MAX);
		f->policy[f->nr_policies++] = policy;
	}
	return 0;
}

static int check_host_policy(struct s2_flight *f, const struct s2_obj *policy)
{
	const struct s2_obj *vm = s2_list_at(&f->arrival->vms, 0);
	struct s2_constraints c = {
		.enforced = s2_obj_num(policy, S2_POLICY_ENFORCED, 0),
		.audited = s2_obj_num(policy, S2_POLICY_AUDITED, 0),
	};
	struct s2_need need = {
		.what = S2_REQUIRES_HOST_POLICY, .slot = S2_ANY_SLOT,
		.class = s2_obj_num(policy, S2_POLICY_CLASS, 0),
	};
	struct toll toll = { .denied = 0 };
	char text[128], what[128];

	if (!s2_flight_bytes(vm, need.class))
		return 0;
	charge(f, vm, need.class, c, &toll);
	answer(&need, &toll);
	toll_text(&toll, text, sizeof(text));
	constraints_text(c.enforced ? c.enforced : c.audited, what,
			 sizeof(what));
	return s2_flight_add(f, &need, "%s is %s%s", what,
			     c.enforced ? "enforced" : "audited", text);
}

static int check_host_policies(struct s2_flight *f)
{
	struct s2_need unknown = {
		.what = S2_REQUIRES_HOST_POLICY, .slot = S2_ANY_SLOT,
		.needed = "allow", .answer = S2_ANSWER_UNKNOWN,
	};
	const struct s2_obj *host = s2_model_host(f->to);
	int err = 0;

	if (!s2_model_known(f->to, S2_OBJ_POLICY)) {
		if (!s2_flight_feature(f->to, KVM_S2_FEATURE_POLICY) ||
		    !s2_obj_num(host, S2_HOST_SERIES, 1))
			return 0;
		return s2_flight_add(f, &unknown,
				     "the policies of the host are not known");
	}
	for (size_t i = 0; !err && i < f->nr_policies; i++)
		err = check_host_policy(f, f->policy[i]);
	return err;
}

/* -------------------------------------------------------- the site policy */

static void read_toll(const struct s2_obj *change, struct toll *toll)
{
	toll->denied = s2_obj_num(change, S2_CHANGE_DENIED_BYTES, 0);
	toll->would_deny = s2_obj_num(change, S2_CHANGE_WOULD_DENY_BYTES, 0);
	toll->unknown = !s2_obj_has(change, S2_CHANGE_DENIED_BYTES) ||
		!s2_obj_has(change, S2_CHANGE_WOULD_DENY_BYTES);
}

static int check_change(struct s2_flight *f, const struct s2_obj *change)
{
	const struct s2_obj *vm = s2_list_at(&f->arrival->vms, 0);
	struct s2_need need = {
		.what = S2_REQUIRES_SITE_POLICY,
		.class = s2_obj_num(change, S2_CHANGE_CLASS, 0),
		.slot = s2_obj_num(change, S2_CHANGE_SLOT, S2_ANY_SLOT),
	};
	struct toll toll;
	char text[128], what[128];

	if (need.class && !s2_flight_bytes(vm, need.class))
		return 0;
	read_toll(change, &toll);
	answer(&need, &toll);
	toll_text(&toll, text, sizeof(text));
	constraints_text(s2_obj_num(change, S2_CHANGE_CONSTRAINTS, 0), what,
			 sizeof(what));
	return s2_flight_add(f, &need, "%s (%s) by rules %.64s%s", what,
			     s2_obj_str(change, S2_CHANGE_MODE),
			     s2_obj_str(change, S2_CHANGE_RULES), text);
}

/* As if it were applied there, where nothing is set yet */
static int check_site(struct s2_flight *f)
{
	const struct s2_obj *change;
	struct s2_plan *plan;
	int err = s2_site_plan(f->site, f->arrival, 0, &plan);

	if (err)
		return err;
	err = s2_plan_try(plan, NULL, f->arrival);
	for (change = s2_plan_first(plan); !err && change;
	     change = s2_obj_next(change))
		err = check_change(f, change);
	if (!err)
		err = s2_adopt_problems(f->preflight->outcome,
					s2_plan_outcome(plan), NULL);
	s2_plan_free(plan);
	return err;
}

int s2_flight_policies(struct s2_flight *f)
{
	int err = 0;

	/* What is not known of it has been said */
	if (s2_obj_known(f->vm, S2_OBJ_EXTENT))
		err = check_host_policies(f);
	if (!err && f->site)
		err = check_site(f);
	return err;
}
