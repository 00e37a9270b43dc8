// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "enforce/apply.h"
#include "enforce/clock.h"
#include "enforce/log.h"
#include "enforce/serve.h"
#include "enforce/systemd.h"

/* The domain's own rules.  False if it may be known later */
static bool add_domain(struct service *s, const struct s2_obj *vm)
{
	struct s2_domain *domain;
	int err = s2_domain_find(s->ctx, s->libvirt, vm, &domain);

	/* Without libvirt there is nothing to wait for */
	if (err == -ENOENT)
		return access(s->libvirt, F_OK);
	if (!err && s2_domain_count(domain)) {
		err = s2_site_add_domain(s->site, domain);
		if (err)
			s2_domain_free(domain);
	} else if (!err) {
		s2_domain_free(domain);
	}
	if (err)
		enforce_log(&(struct log_entry){
				.id = LOG_FAILED, .vm = log_vm(vm),
			    }, "the domain's own policy: %s",
			    s2_ctx_error(s->ctx));
	return true;
}

static int serve_vm(struct service *s, const struct s2_model *model,
		    const struct s2_obj *vm)
{
	struct seen *seen = state_find(&s->state,
				       s2_obj_num(vm, S2_VM_ID, 0));
	bool again;
	int result;

	if (!seen)
		return 0;
	state_name(seen, s2_obj_str(vm, S2_VM_NAME),
		   s2_obj_str(vm, S2_VM_UUID));
	again = !add_domain(s, vm);
	result = apply_policy(s, model, apply_flags(s) | S2_PLAN_VMS, vm,
			      seen->fresh);
	again |= !!(s2_site_needs(s->site) & S2_LOAD_DEVICES);
	s2_site_drop_domains(s->site);
	if (result < 0)
		return result;
	state_served(&s->state, seen, (enum served)result, again, clock_now());
	systemd_work_goes_on();
	return 0;
}

static int serve_model(void *data, struct s2_model *model)
{
	const struct s2_obj *vm;
	int err = 0;

	s2_model_for_each(vm, model, S2_OBJ_VM)
		if (!err)
			err = serve_vm(data, model, vm);
	return err;
}

/* --------------------------------------------------------------- which ones */

struct picked {
	char **spec;		/* "id:3", as s2_load() takes it */
	size_t count;
};

static void drop(struct picked *picked)
{
	for (size_t i = 0; i < picked->count; i++)
		free(picked->spec[i]);
	free(picked->spec);
}

static int pick(const struct service *s, bool fresh, uint64_t at,
		struct picked *picked)
{
	const struct state *st = &s->state;

	picked->spec = calloc(st->n_vms + 1, sizeof(*picked->spec));
	if (!picked->spec)
		return -ENOMEM;
	for (size_t i = 0; i < st->n_vms; i++) {
		if (!state_is_due(&st->vm[i], fresh, at))
			continue;
		if (asprintf(&picked->spec[picked->count], "id:%" PRIu64,
			     st->vm[i].id) < 0)
			return -ENOMEM;
		picked->count++;
	}
	return 0;
}

/*
 * Of a VM that has just come, only what is set is read, unless a rule asks for
 * more: the sooner its policy holds.
 */
static int serve_picked(struct service *s, const struct picked *picked,
			bool fresh)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = S2_LOAD_VMS | S2_LOAD_POLICY | S2_LOAD_IF_THERE |
			(fresh ? 0 : S2_LOAD_DEVICES),
		.vms = (const char *const *)picked->spec,
		.nr_vms = picked->count,
	};

	return picked->count ? s2_load_each(s->src, &opt, serve_model, s) : 0;
}

void serve_due(struct service *s, bool fresh, uint64_t at)
{
	struct picked picked = { .count = 0 };
	int err = pick(s, fresh, at, &picked);

	if (!err)
		err = serve_picked(s, &picked, fresh);
	drop(&picked);
	/* The signal first: what is left is still due */
	if (err == -EINTR)
		return;
	if (!err) {
		state_serve_end(&s->state, fresh, at);
		return;
	}
	apply_failed(s, NULL, err);
	state_put_off(&s->state, at, clock_now());
}
