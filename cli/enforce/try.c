// SPDX-License-Identifier: GPL-2.0-only
/*
 * To set one policy unmaps what the VMs that it is for have mapped, and then
 * nothing is in use that another one could be seen to deny.  So all are tried
 * before any is set.
 */
#include <errno.h>

#include "enforce/apply.h"
#include "enforce/clock.h"
#include "enforce/list.h"
#include "enforce/systemd.h"
#include "enforce/try.h"

/* Who would be denied what it uses; the rest can be set without another look */
static void blame(struct service *s, const struct s2_plan *plan, bool *host)
{
	const struct s2_obj *c = s2_plan_first(plan);

	for (; c; c = s2_obj_next(c)) {
		struct s2_value vm = s2_obj_get(c, S2_CHANGE_VM);
		struct s2_value denied = s2_obj_get(c, S2_CHANGE_DENIED_BYTES);

		if (denied.known && !denied.num)
			continue;
		if (!vm.known)
			*host = false;
		else
			state_blame(&s->state, vm.num);
	}
}

static void refuse_vms(struct service *s, const struct s2_model *model,
		       const struct s2_plan *plan)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, model, S2_OBJ_VM) {
		struct seen *seen = state_find(&s->state,
					       s2_obj_num(vm, S2_VM_ID, 0));

		if (!seen || seen->fresh)
			continue;
		apply_refuse(plan, vm);
		state_refused(&s->state, seen);
	}
}

static int try_model(struct service *s, const struct s2_model *model,
		     bool *host)
{
	struct s2_plan *plan;
	int err = s2_site_plan(s->site, model, apply_flags(s), &plan);

	if (err)
		return err;
	err = s2_plan_try(plan, s->src, model);
	if (!err) {
		blame(s, plan, host);
		if (!*host)
			apply_refuse(plan, NULL);
		refuse_vms(s, model, plan);
	}
	s2_plan_free(plan);
	return err;
}

static int load_and_try(struct service *s, bool *host)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_model *model;
	int err;

	/* Those that are wrong are told of when their VMs are served */
	err = s2_site_add_libvirt(s->site, s->libvirt);
	if (err >= 0)
		err = s2_load(s->src, &opt, &model);
	/* A machine under load takes its time; the watchdog sees it go on */
	systemd_work_goes_on();
	if (!err) {
		err = try_model(s, model, host);
		s2_model_unref(model);
	}
	s2_site_drop_domains(s->site);
	return err;
}

/* The host's own policies, which were tried with all others */
static int serve_host(struct service *s)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_POLICY,
	};
	struct s2_model *model;
	int err = s2_load(s->src, &opt, &model), result;

	if (err)
		return apply_failed(s, NULL, err);
	result = apply_policy(s, model, apply_flags(s), NULL, true);
	s2_model_unref(model);
	return result;
}

void try_all(struct service *s)
{
	bool host = true, failed;
	int err = list_vms(s);

	state_try_begin(&s->state, clock_now());
	if (!err && !cli_given(s->cli, OPT_FORCE))
		err = load_and_try(s, &host);
	failed = err;
	if (err) {
		apply_failed(s, NULL, err);
		state_try_each(&s->state);
	} else if (host) {
		int result = serve_host(s);

		/* A signal came first: the host's are still to be set */
		failed = result < 0 || result == SERVED_FAILED;
	}
	state_try_end(&s->state, failed, clock_now());
}
