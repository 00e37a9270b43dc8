// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * slots [SNAPSHOT [VM]] - the memory type of each memory slot, and why
 *
 *	cc -o slots slots.c $(pkg-config --cflags --libs s2ctl)
 *
 * Without a snapshot it asks the kernel, and needs privilege for that.
 * Exit status: 0 done, 1 failed, 3 something is not known.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <s2ctl.h>

/* What is absent is not known, which is not the same as zero. */
static void print_slot(const struct s2_obj *vm, const struct s2_obj *slot)
{
	struct s2_value id = s2_obj_get(vm, S2_VM_ID);
	const char *mapped = s2_obj_str(slot, S2_SLOT_MAPPED);
	const char *why = s2_obj_str(slot, S2_SLOT_WHY);

	if (id.known)
		printf("VM %" PRIu64 " ", id.num);
	else
		printf("VM ? ");
	printf("slot %" PRIu64 ": %" PRIu64 " bytes %s: %s\n",
	       s2_obj_num(slot, S2_SLOT_SLOT, 0),
	       s2_obj_num(slot, S2_SLOT_BYTES, 0),
	       mapped ? mapped : "unknown", why ? why : "unknown");
}

static int print_model(const struct s2_model *model)
{
	const struct s2_obj *vm, *slot, *problem;

	s2_model_for_each(vm, model, S2_OBJ_VM)
		s2_obj_for_each(slot, vm, S2_OBJ_SLOT)
			print_slot(vm, slot);
	s2_model_for_each(problem, model, S2_OBJ_PROBLEM)
		fprintf(stderr, "slots: %s\n",
			s2_obj_str(problem, S2_PROBLEM_TEXT));
	return s2_model_complete(model) ? 0 : 3;
}

int main(int argc, char **argv)
{
	struct s2_load_options opt;
	struct s2_ctx *ctx = NULL;
	struct s2_source *source = NULL;
	struct s2_model *model = NULL;
	const char *vms[1];
	int status = 1;
	int err = s2_ctx_new(&ctx);

	if (!err && argc > 1)
		err = s2_open_snapshot(ctx, argv[1], &source);
	else if (!err)
		err = s2_open_kernel(ctx, &source);
	memset(&opt, 0, sizeof(opt));
	opt.size = sizeof(opt);
	opt.flags = S2_LOAD_VMS | S2_LOAD_SLOTS;
	if (argc > 2) {
		vms[0] = argv[2];
		opt.vms = vms;
		opt.nr_vms = 1;
	}
	if (!err)
		err = s2_load(source, &opt, &model);
	if (!err)
		status = print_model(model);
	else
		fprintf(stderr, "slots: %s\n",
			ctx ? s2_ctx_error(ctx) : strerror(-err));
	/* In any order: each holds what it needs of the others. */
	s2_source_close(source);
	s2_model_unref(model);
	s2_ctx_unref(ctx);
	return status;
}
