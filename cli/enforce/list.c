// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "enforce/clock.h"
#include "enforce/list.h"
#include "enforce/log.h"

static void tell_gone(struct state *st)
{
	for (size_t i = 0; i < st->n_gone; i++) {
		const struct seen *s = &st->vm[st->n_vms + i];

		enforce_log(&(struct log_entry){
				.id = LOG_GONE,
				.vm = { s->id, s->name, s->uuid },
			    }, "ended");
	}
	state_drop_gone(st);
}

int list_vms(struct service *s)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS,
	};
	struct s2_model *model;
	const struct s2_obj *vm;
	int err = s2_load(s->src, &opt, &model);

	if (err)
		return err;
	state_list_begin(&s->state);
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		uint64_t id = s2_obj_num(vm, S2_VM_ID, 0);

		if (id && !err)
			err = state_list_vm(&s->state, id, clock_now());
	}
	state_list_end(&s->state, !err && s2_model_complete(model));
	tell_gone(&s->state);
	s2_model_unref(model);
	return err;
}
