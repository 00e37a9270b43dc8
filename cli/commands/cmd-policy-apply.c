// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl policy apply */
#include <errno.h>
#include <stdio.h>

#include "commands/commands.h"
#include "commands/plan.h"
#include "frame/confirm.h"
#include "frame/guard.h"
#include "policy/policy.h"

/* What came of it, for the JSON */
enum applied {
	APPLIED_UNKNOWN = -1,
	APPLIED_NO,
	APPLIED_YES,
};

struct apply {
	struct plan_run *run;
	enum applied applied;
	int status;
};

static bool is_nothing_to_do(const struct plan_run *run)
{
	return s2_plan_count(run->plan, S2_ACTION_KEEP) ==
	       s2_plan_count(run->plan, 0);
}

/* Whether memory in use may be denied.  Negative to go on. */
static int may_apply(const struct plan_run *run)
{
	if (may_deny(s2_plan_bytes(run->plan, false),
		     cli_given(run->s.cli, OPT_FORCE),
		     "Deny memory that is in use?  VMs may fail.") ==
	    ANSWER_YES)
		return -1;
	cli_err("memory in use would be denied: nothing was set; --force does it all the same");
	return CLI_FINDING;
}

static int set_all(struct apply *a)
{
	const struct plan_run *run = a->run;
	int err = 0;

	/* From here on nothing ends us half way, nor unheard. */
	guard_hold_signals();
	if (!is_nothing_to_do(run))
		err = s2_plan_apply(run->plan, run->s.src);
	if (err) {
		int status = session_failed(run->s.ctx, err);

		if (err == -ENOTRECOVERABLE)
			a->applied = APPLIED_UNKNOWN;
		return err == -ENODATA ? CLI_UNDETERMINED : status;
	}
	a->applied = APPLIED_YES;
	if (!run->s.cli->json)
		puts(is_nothing_to_do(run) ? "Nothing to change." : "Done.");
	return CLI_OK;
}

/* Whether it is known what each change would deny. */
static bool is_tried(const struct plan_run *run)
{
	const struct s2_obj *change = s2_plan_first(run->plan);

	for (; change; change = s2_obj_next(change))
		if (!s2_obj_get(change, S2_CHANGE_DENIED_BYTES).known)
			return false;
	return true;
}

/* Whether to go on without knowing all.  Negative to go on. */
static int may_guess(const struct plan_run *run, int known)
{
	struct cli *cli = run->s.cli;

	if (!plan_is_live(run)) {
		cli_err("nothing was set");
		return CLI_UNDETERMINED;
	}
	if (known == CLI_OK || plan_is_clear(run) || cli_given(cli, OPT_FORCE))
		return -1;
	if (cli_given(cli, OPT_PARTIAL) && is_tried(run))
		return -1;
	if (cli_given(cli, OPT_PARTIAL))
		cli_err("it is not known what would be denied: nothing was set; --force does it all the same");
	else
		cli_err("not all is known: nothing was set; --partial sets what is");
	return known;
}

static int apply_plan(struct apply *a)
{
	const struct plan_run *run = a->run;
	int known = plan_end(run, CLI_OK);
	int status = may_guess(run, known);

	if (status < 0 && cli_given(run->s.cli, OPT_DRY_RUN))
		return known == CLI_OK && s2_plan_bytes(run->plan, false) ?
			CLI_FINDING : known;
	if (status < 0)
		status = may_apply(run);
	if (status < 0)
		status = set_all(a);
	return status == CLI_OK ? known : status;
}

/* Called when all else of the document is written. */
static int apply_shown(void *data)
{
	struct apply *a = data;

	a->status = apply_plan(a);
	return a->applied;
}

/* What cannot be shown is not set. */
static int show_and_apply(struct apply *a, struct table *t)
{
	int status;

	a->status = -1;
	if (a->run->s.cli->json) {
		status = plan_json(a->run, apply_shown, a);
	} else {
		status = plan_print(a->run, t);
		errno = 0;
		if (status == CLI_OK && (fflush(stdout) || ferror(stdout)))
			status = cli_write_failed(errno);
		if (status == CLI_OK)
			a->status = apply_plan(a);
	}
	if (a->status < 0)
		cli_err("nothing was set");
	return status == CLI_OK ? a->status : status;
}

/* Most likely the files are not where they should be. */
static int check_prune(const struct plan_run *run)
{
	struct cli *cli = run->s.cli;

	if (!cli_given(cli, OPT_PRUNE) || cli_given(cli, OPT_FORCE) ||
	    cli_given(cli, OPT_DRY_RUN) || s2_site_count(run->site))
		return -1;
	cli_err("there are no rules, and --prune would clear all that is set: nothing was set; --force does it");
	return CLI_ERROR;
}

static int apply_policy(struct plan_run *run, struct cli *cli, struct table *t,
			int argc, char **argv)
{
	struct apply a = { .run = run };
	int status = plan_read(run, cli, argc, argv);
	unsigned int flags = 0;

	if (cli_given(cli, OPT_PRUNE))
		flags |= S2_PLAN_PRUNE;
	if (cli_given(cli, OPT_PARTIAL))
		flags |= S2_PLAN_KNOWN;
	if (status < 0)
		status = check_prune(run);
	if (status < 0 && !cli_given(cli, OPT_DRY_RUN))
		status = guard_lock(GUARD_LOCK, GUARD_SECONDS);
	if (status < 0)
		status = plan_make(run, cli, S2_LOAD_DEVICES | S2_LOAD_POLICY,
				   flags);
	if (status >= 0)
		return status;
	status = show_and_apply(&a, t);
	guard_release_signals();
	return status;
}

static int run_policy_apply(struct cli *cli, int argc, char **argv)
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
		status = apply_policy(&run, cli, t, argc, argv);
		plan_close(&run);
	}
	return status;
}

static const enum opt_id options[] = {
	OPT_DRY_RUN, OPT_FORCE, OPT_PARTIAL, OPT_PRUNE, TABLE_OPTIONS
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
	.run = run_policy_apply,
};
