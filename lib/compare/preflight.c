// SPDX-License-Identifier: LGPL-2.1-or-later
/* What VMs rely on, and whether a host has it: each VM is asked for in turn */
#include <errno.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/preflight.h"
#include "model/adopt.h"

static int check_vm(struct s2_flight *f)
{
	int err = s2_flight_host(f);

	if (!err)
		err = s2_flight_classes(f);
	if (!err)
		err = s2_flight_arrive(f);
	if (!err)
		err = s2_flight_policies(f);
	s2_model_unref(f->arrival);
	f->arrival = NULL;
	return err;
}

/*
 * Of the host that the VMs are to come to, nobody asks for its VMs.  A kernel
 * that cannot have policies has none: that is known.
 */
static int adopt_problems(struct s2_model *to, const struct s2_model *from,
			  const char *prefix, bool vms)
{
	const struct s2_obj *problem;
	int err = 0;

	s2_model_for_each(problem, from, S2_OBJ_PROBLEM) {
		uint64_t code = s2_obj_num(problem, S2_PROBLEM_CODE, 0);

		if (code == S2_PROBLEM_NO_POLICY &&
		    !s2_flight_has_policies(from))
			continue;
		if (!vms && (s2_obj_has(problem, S2_PROBLEM_VM) ||
			     s2_obj_has(problem, S2_PROBLEM_PID) ||
			     code == S2_PROBLEM_VMS_HIDDEN))
			continue;
		if (!err)
			err = s2_adopt_problem(to, problem, prefix);
	}
	return err;
}

static int new_preflight(struct s2_ctx *ctx, const struct s2_flight *f,
			 struct s2_preflight **preflight)
{
	struct s2_preflight *new = calloc(1, sizeof(*new));
	int err;

	*preflight = new;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	s2_list_init(&new->rows, S2_OBJ_REQUIREMENT);
	err = s2_adopt_host(ctx, s2_model_host(f->to), &new->outcome);
	if (!err)
		err = adopt_problems(new->outcome, f->from, NULL, true);
	if (!err && f->to != f->from)
		err = adopt_problems(new->outcome, f->to, "destination", false);
	return err;
}

int s2_preflight(struct s2_ctx *ctx, const struct s2_model *vms,
		 const struct s2_model *host, const struct s2_site *site,
		 struct s2_preflight **preflight)
{
	struct s2_flight f = { .from = vms, .to = host, .site = site };
	int err;

	*preflight = NULL;
	s2_flight_ipa_bits(&f);
	err = new_preflight(ctx, &f, &f.preflight);
	if (!err)
		err = s2_flight_host_policies(&f);
	s2_model_for_each(f.vm, vms, S2_OBJ_VM)
		if (!err && s2_obj_num(f.vm, S2_VM_ALIVE, 1))
			err = check_vm(&f);
	if (err) {
		s2_preflight_free(f.preflight);
		return err;
	}
	*preflight = f.preflight;
	return 0;
}

void s2_preflight_free(struct s2_preflight *preflight)
{
	if (!preflight)
		return;
	s2_list_clear(&preflight->rows);
	s2_model_unref(preflight->outcome);
	s2_ctx_unref(preflight->ctx);
	free(preflight);
}

const struct s2_obj *s2_preflight_first(const struct s2_preflight *preflight)
{
	return preflight->rows.count ? s2_list_at(&preflight->rows, 0) : NULL;
}

size_t s2_preflight_count(const struct s2_preflight *preflight,
			  enum s2_answer answer)
{
	size_t count = 0;

	for (size_t i = 0; i < preflight->rows.count; i++)
		count += !answer ||
			s2_obj_num(s2_list_at(&preflight->rows, i),
				   S2_REQUIREMENT_VERDICT, 0) == answer;
	return count;
}

const struct s2_model *s2_preflight_outcome(
		const struct s2_preflight *preflight)
{
	return preflight->outcome;
}
