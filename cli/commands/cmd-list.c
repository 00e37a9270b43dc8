// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl list */
#include <stdio.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "screen/table.h"

static const unsigned int defaults[] = {
	S2_VM_ID, S2_VM_PID, S2_VM_COMM, S2_VM_NAME, S2_VM_ALIVE, S2_VM_VCPUS,
	S2_VM_SLOT_COUNT, S2_VM_BYTES, S2_VM_WB_BYTES, S2_VM_NC_BYTES,
	S2_VM_DEVICE_BYTES,
};

static const struct table_spec spec = {
	.type = S2_OBJ_VM,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

static int print_vms(const struct session *s, struct table *t)
{
	const struct s2_obj *vm;
	int err = 0;

	s2_model_for_each(vm, s->model, S2_OBJ_VM)
		if (!err)
			err = table_add(t, NULL, vm);
	if (!err)
		err = table_print(t, s2_model_complete(s->model) ?
				  "No VMs." : "No VMs that can be seen.");
	if (err)
		return cli_failed(err);
	return CLI_OK;
}

static int list(struct session *s, struct cli *cli, struct table *t)
{
	int status = session_load(s, cli, S2_LOAD_SLOTS, 0, NULL);

	if (status >= 0)
		return status;
	status = cli->json ? session_json(s, "list") : print_vms(s, t);
	return session_end(s, status);
}

static int run_list(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct session s = { 0 };
	int status = no_arguments(cli, argc, argv);

	if (status >= 0)
		return status;
	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	status = table_open(&t, cli, &spec);
	if (status < 0) {
		status = list(&s, cli, t);
		session_close(&s);
	}
	return status;
}

static const enum opt_id options[] = { TABLE_OPTIONS };

const struct command cmd_list = {
	.name = "list",
	.summary = "list the VMs, one a row",
	.synopsis = "",
	.about = "List the VMs of this host: who made them, and how much of "
		 "their memory is mapped with each type.",
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_list,
};
