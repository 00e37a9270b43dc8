// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl policy check */
#include <stdio.h>

#include "commands/commands.h"
#include "commands/plan.h"
#include "policy/policy.h"

/* Only what the files say: that is known once they are read. */
static int check_offline(const struct plan_run *run)
{
	size_t rules = s2_site_count(run->site);

	if (run->s.cli->json)
		return plan_json(run, NULL, NULL);
	printf("%zu rule%s, nothing wrong with %s.\n", rules,
	       rules == 1 ? "" : "s", rules == 1 ? "it" : "them");
	return CLI_OK;
}

/* Whether a place that is severe enough would deny memory in use. */
static bool is_denied(const struct plan_run *run)
{
	const char *word = run->s.cli->value[OPT_FAIL_ON];
	uint64_t least = word ? (uint64_t)s2_severity_from_word(word) : 0;
	const struct s2_obj *change = s2_plan_first(run->plan);

	for (; change; change = s2_obj_next(change))
		if (s2_obj_num(change, S2_CHANGE_DENIED_BYTES, 0) &&
		    s2_obj_num(change, S2_CHANGE_SEVERITY, 0) >= least)
			return true;
	return false;
}

static int check(struct plan_run *run, struct cli *cli, struct table *t,
		 int argc, char **argv)
{
	unsigned int flags = S2_LOAD_DEVICES;
	int status = plan_read(run, cli, argc, argv);

	if (status >= 0)
		return status;
	if (cli_given(cli, OPT_OFFLINE))
		return check_offline(run);
	/* A snapshot of a kernel without policies is as good as any other. */
	flags |= cli_given(cli, OPT_FROM) ? S2_LOAD_POLICY_IF_ANY :
		S2_LOAD_POLICY;
	status = plan_make(run, cli, flags, 0);
	if (status >= 0)
		return status;
	status = cli->json ? plan_json(run, NULL, NULL) : plan_print(run, t);
	if (status == CLI_OK && is_denied(run))
		status = CLI_FINDING;
	return plan_end(run, status);
}

static int run_policy_check(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct plan_run run = { .site = NULL };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&plan_spec);
		return CLI_OK;
	}
	if (cli_given(cli, OPT_OFFLINE) && cli_given(cli, OPT_FROM))
		return cli_usage("policy check: --offline and --from exclude each other");
	status = table_open(&t, cli, &plan_spec);
	if (status < 0) {
		status = check(&run, cli, t, argc, argv);
		plan_close(&run);
	}
	return status;
}

static const enum opt_id options[] = {
	OPT_OFFLINE, OPT_FAIL_ON, TABLE_OPTIONS
};

const struct command cmd_policy_check = {
	.name = "policy check",
	.summary = "check a site policy, and say what it would deny",
	.synopsis = "[FILE]...",
	.about = "Read the files of a site policy, by default those in "
		 "/etc/s2ctl/policy.d, and say what is wrong with them; then "
		 "what they make of each class of memory and slot, and which "
		 "memory in use they would deny.  Nothing is set.",
	.args = ARGS_FILES,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_policy_check,
};
