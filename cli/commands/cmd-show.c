// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl show: which form, and the tables; words are in words.c */
#include <stdio.h>

#include "commands/commands.h"
#include "screen/map.h"
#include "frame/session.h"
#include "screen/table.h"
#include "screen/words.h"

static const unsigned int slot_defaults[] = {
	S2_VM_ID, S2_SLOT_SLOT, S2_SLOT_GPA, S2_SLOT_BYTES, S2_SLOT_CLASS,
	S2_SLOT_PREDICTED, S2_SLOT_MAPPED, S2_SLOT_STRENGTH, S2_SLOT_PERM,
	S2_SLOT_VERDICT, S2_SLOT_REASON,
};

static const unsigned int extent_defaults[] = {
	S2_VM_ID, S2_EXTENT_SLOT, S2_EXTENT_GPA, S2_EXTENT_BYTES,
	S2_EXTENT_CLASS, S2_EXTENT_PREDICTED, S2_EXTENT_MAPPED,
	S2_EXTENT_STRENGTH, S2_EXTENT_PERM, S2_EXTENT_VERDICT,
	S2_EXTENT_REASON,
};

static const unsigned int phys_defaults[] = {
	S2_VM_ID, S2_EXTENT_SLOT, S2_EXTENT_GPA, S2_EXTENT_BYTES,
	S2_EXTENT_HPA, S2_EXTENT_CLASS, S2_EXTENT_MAPPED, S2_EXTENT_STRENGTH,
	S2_EXTENT_PERM, S2_EXTENT_MEMATTR,
};

static const struct table_spec slot_spec = {
	.type = S2_OBJ_SLOT,
	.defaults = slot_defaults,
	.n_defaults = COUNT_OF(slot_defaults),
};

static const struct table_spec extent_spec = {
	.type = S2_OBJ_EXTENT,
	.defaults = extent_defaults,
	.n_defaults = COUNT_OF(extent_defaults),
};

static const struct table_spec phys_spec = {
	.type = S2_OBJ_EXTENT,
	.defaults = phys_defaults,
	.n_defaults = COUNT_OF(phys_defaults),
};

static const struct table_spec *spec_of(const struct cli *cli)
{
	if (!cli_given(cli, OPT_EXTENTS))
		return &slot_spec;
	return cli_given(cli, OPT_PHYS) ? &phys_spec : &extent_spec;
}

static bool wants_table(const struct cli *cli)
{
	return cli_given(cli, OPT_EXTENTS) || cli_given(cli, OPT_COLUMNS) ||
	       cli_given(cli, OPT_NOHEADINGS) || cli_given(cli, OPT_RAW);
}

static int print_objects(const struct session *s, struct table *t)
{
	enum s2_obj_type type = spec_of(s->cli)->type;
	const struct s2_obj *vm, *obj;
	int err = 0;

	s2_model_for_each(vm, s->model, S2_OBJ_VM)
		s2_obj_for_each(obj, vm, type)
			if (!err)
				err = table_add(t, vm, obj);
	if (!err)
		err = table_print(t, type == S2_OBJ_EXTENT ?
				  "No extents that are known." :
				  "No slots that are known.");
	return err ? cli_failed(err) : CLI_OK;
}

static int print_vms(const struct session *s)
{
	bool map = cli_given(s->cli, OPT_MAP);
	const struct s2_obj *vm;
	bool first = true;
	int err = 0;

	if (map && s2_model_count(s->model, S2_OBJ_VM))
		map_legend(s->cli->color_out);
	s2_model_for_each(vm, s->model, S2_OBJ_VM) {
		if (!first || map)
			putchar('\n');
		first = false;
		words_vm(vm, s->cli->color_out);
		if (map)
			err = map_draw(vm, s->cli->color_out);
		else
			err = words_slots(vm, s->cli->color_out);
		if (err)
			return cli_failed(err);
	}
	if (first)
		puts(s2_model_complete(s->model) ?
		     "No VMs." : "No VMs that can be seen.");
	return CLI_OK;
}

static int show(struct session *s, struct cli *cli, struct table *t, int argc,
		char **argv)
{
	unsigned int flags = S2_LOAD_DEVICES;	/* and so extents */
	int status;

	if (cli_given(cli, OPT_PHYS))
		flags |= S2_LOAD_PHYS;
	status = session_load(s, cli, flags, argc, argv);
	if (status >= 0)
		return status;
	if (cli->json)
		status = session_json(s, "show");
	else if (wants_table(cli))
		status = print_objects(s, t);
	else
		status = print_vms(s);
	return session_end(s, status);
}

static int run_show(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct session s = { 0 };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(spec_of(cli));
		return CLI_OK;
	}
	if (cli_given(cli, OPT_MAP) && wants_table(cli))
		return cli_usage("show: --map and a table exclude each other");
	status = table_open(&t, cli, spec_of(cli));
	if (status < 0) {
		status = show(&s, cli, t, argc, argv);
		session_close(&s);
	}
	return status;
}

static const enum opt_id options[] = {
	OPT_EXTENTS, OPT_MAP, OPT_PHYS, TABLE_OPTIONS
};

const struct command cmd_show = {
	.name = "show",
	.summary = "show the memory slots of VMs, with type and reason",
	.synopsis = "[VM]...",
	.about = "Show what lies behind each memory slot, which type KVM would "
		 "choose, which types are mapped, and why.  VM is an id, a pid, "
		 "a libvirt name or a UUID; without one, all VMs are shown.",
	.args = ARGS_VMS,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_show,
};
