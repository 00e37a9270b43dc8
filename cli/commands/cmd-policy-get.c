// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl policy get */
#include "commands/commands.h"
#include "frame/session.h"
#include "screen/table.h"

static const unsigned int defaults[] = {
	S2_VM_ID, S2_POLICY_SCOPE, S2_POLICY_SLOT, S2_POLICY_CLASS,
	S2_POLICY_OWNER, S2_POLICY_CONSTRAINTS, S2_POLICY_MODE,
	S2_POLICY_ENFORCED, S2_POLICY_DENIED, S2_POLICY_WOULD_DENY,
};

static const struct table_spec spec = {
	.type = S2_OBJ_POLICY,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

static int print_policies(const struct session *s, struct table *t)
{
	const struct s2_obj *vm, *policy;
	int err = 0;

	s2_model_for_each(policy, s->model, S2_OBJ_POLICY)
		if (!err)
			err = table_add(t, NULL, policy);
	s2_model_for_each(vm, s->model, S2_OBJ_VM)
		s2_obj_for_each(policy, vm, S2_OBJ_POLICY)
			if (!err)
				err = table_add(t, vm, policy);
	if (!err)
		err = table_print(t, s2_model_complete(s->model) ?
				  "No policies." : "No policies that are known.");
	return err ? cli_failed(err) : CLI_OK;
}

static int get(struct session *s, struct cli *cli, struct table *t, int argc,
	       char **argv)
{
	int status = session_load(s, cli, S2_LOAD_VMS | S2_LOAD_POLICY, argc,
				  argv);

	if (status >= 0)
		return status;
	status = cli->json ? session_json(s, "policy-get") :
			     print_policies(s, t);
	return session_end(s, status);
}

static int run_policy_get(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct session s = { 0 };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	status = table_open(&t, cli, &spec);
	if (status < 0) {
		status = get(&s, cli, t, argc, argv);
		session_close(&s);
	}
	return status;
}

static const enum opt_id options[] = { TABLE_OPTIONS };

const struct command cmd_policy_get = {
	.name = "policy get",
	.summary = "show the policies that are set, and what came of them",
	.synopsis = "[VM]...",
	.about = "Show the policies of the host and of each VM: who set what, "
		 "what holds there, and how many faults were or would have "
		 "been denied.  Where nothing is set, holds or was ever "
		 "denied, there is nothing to show.",
	.args = ARGS_VMS,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_policy_get,
};
