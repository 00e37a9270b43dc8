// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl policy apply */
#include <errno.h>
#include <stdio.h>

#include "commands.h"
#include "confirm.h"
#include "plan.h"

static bool is_nothing_to_do(const struct plan_run *run)
{
	return s2_plan_count(run->plan, S2_ACTION_KEEP) ==
	       s2_plan_count(run->plan, 0);
}

/* Whether memory in use may be denied.  Negative to go on. */
static int may_deny(const struct plan_run *run)
{
	if (!s2_plan_bytes(run->plan, false) ||
	    cli_given(run->s.cli, OPT_FORCE))
		return -1;
	if (can_confirm() &&
	    confirm("Deny memory that is in use?  VMs may fail."))
		return -1;
	cli_err("memory in use would be denied: nothing was set; --force does it all the same");
	return CLI_FINDING;
}

static int set_all(const struct plan_run *run)
{
	int err;

	if (is_nothing_to_do(run)) {
		if (!run->s.cli->json)
			puts("Nothing to change.");
		return CLI_OK;
	}
	err = s2_plan_apply(run->plan, run->s.src);
	if (err) {
		cli_err("%s", s2_ctx_error(run->s.ctx));
		return err == -EOPNOTSUPP || err == -EACCES ?
			CLI_UNDETERMINED : CLI_ERROR;
	}
	if (!run->s.cli->json)
		puts("Done.");
	return CLI_OK;
}

/* Whether to go on without knowing all.  Negative to go on. */
static int may_guess(const struct plan_run *run, int known)
{
	if (known == CLI_OK)
		return -1;
	if (!plan_is_live(run))
		cli_err("nothing was set");
	else if (!cli_given(run->s.cli, OPT_FORCE))
		cli_err("not all is known: nothing was set; --force sets what is");
	else
		return -1;
	return known;
}

static int apply_plan(const struct plan_run *run)
{
	int known = plan_end(run, CLI_OK);
	int status = may_guess(run, known);

	if (status < 0 && cli_given(run->s.cli, OPT_DRY_RUN))
		return known == CLI_OK && s2_plan_bytes(run->plan, false) ?
			CLI_FINDING : known;
	if (status < 0)
		status = may_deny(run);
	if (status < 0)
		status = set_all(run);
	return status == CLI_OK ? known : status;
}

static int apply(struct plan_run *run, struct cli *cli, struct table *t,
		 int argc, char **argv)
{
	unsigned int prune = cli_given(cli, OPT_PRUNE) ? S2_PLAN_PRUNE : 0;
	int status = plan_read(run, cli, argc, argv);

	if (status < 0)
		status = plan_make(run, cli, S2_LOAD_DEVICES | S2_LOAD_POLICY,
				   prune);
	if (status >= 0)
		return status;
	status = cli->json ? plan_json(run) : plan_print(run, t);
	if (status != CLI_OK)
		return status;
	return apply_plan(run);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct plan_run run = { .site = NULL };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&plan_spec);
		return CLI_OK;
	}
	if (cli_given(cli, OPT_FROM))
		return cli_usage("policy apply: a snapshot cannot be changed; try 'policy check'");
	status = table_open(&t, cli, &plan_spec);
	if (status < 0) {
		status = apply(&run, cli, t, argc, argv);
		plan_close(&run);
	}
	return status;
}

static const enum opt_id options[] = {
	OPT_DRY_RUN, OPT_FORCE, OPT_PRUNE, TABLE_OPTIONS
};

const struct command cmd_policy_apply = {
	.name = "policy apply",
	.summary = "make a site policy the host's, all of it or nothing",
	.synopsis = "[FILE]...",
	.about = "Read the files of a site policy, by default those in "
		 "/etc/s2ctl/policy.d, show what they change, and set it: all "
		 "or nothing, and nothing without --force or a confirmation if "
		 "memory in use would be denied.  What is set already is left "
		 "alone.",
	.args = ARGS_FILES,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run,
};
