// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl diff */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "json/json.h"
#include "screen/table.h"

static const unsigned int defaults[] = {
	S2_DIFF_WHAT, S2_DIFF_CHANGE, S2_DIFF_VM, S2_DIFF_NAME, S2_DIFF_SLOT,
	S2_DIFF_CLASS, S2_DIFF_FIELD, S2_DIFF_OLD, S2_DIFF_NEW,
};

static const struct table_spec spec = {
	.type = S2_OBJ_DIFF,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

/* Two hosts, or one at two times, and what differs. */
struct diff_run {
	struct session before;
	struct session after;
	struct s2_diff *diff;
};

static void close_run(struct diff_run *run)
{
	s2_diff_free(run->diff);
	session_close(&run->before);
	session_close(&run->after);
}

/* path NULL: this host.  Negative to go on, else an exit status. */
static int load(struct session *s, struct cli *cli, const char *path)
{
	cli->value[OPT_FROM] = path;
	return session_load(s, cli, S2_LOAD_SLOTS | S2_LOAD_POLICY_IF_ANY, 0,
			    NULL);
}

static int read_both(struct diff_run *run, struct cli *cli, const char *before,
		     const char *after)
{
	int status = load(&run->before, cli, before), err;

	if (status < 0)
		status = load(&run->after, cli, after);
	if (status >= 0)
		return status;
	err = s2_diff(run->after.ctx, run->before.model, run->after.model,
		      cli_given(cli, OPT_ALL) ? S2_DIFF_ALL : 0, &run->diff);
	return err ? cli_failed(err) : -1;
}

static int print_differences(const struct diff_run *run, struct table *t)
{
	const struct s2_obj *row = s2_diff_first(run->diff);
	bool complete = s2_model_complete(s2_diff_outcome(run->diff));
	int err = 0;

	for (; row && !err; row = s2_obj_next(row))
		err = table_add(t, NULL, row);
	if (!err)
		err = table_print(t, complete ? "No differences." :
				  "No differences in what is known.");
	return err ? cli_failed(err) : CLI_OK;
}

static int print_json(const struct diff_run *run, const struct cli *cli)
{
	struct s2_json_options opt = {
		.size = sizeof(opt),
		.kind = "diff",
		.flags = cli->pretty ? S2_JSON_PRETTY : 0,
		.model = s2_diff_outcome(run->diff),
		.diff = run->diff,
	};
	int err = s2_json_write(stdout, &opt);

	return err ? cli_write_failed(-err) : CLI_OK;
}

/* As session_end(), for the problems of both. */
static int end_run(const struct diff_run *run, int status)
{
	struct session end = run->after;

	end.model = (struct s2_model *)s2_diff_outcome(run->diff);
	if (status == CLI_OK && s2_diff_count(run->diff))
		status = CLI_FINDING;
	return session_end(&end, status);
}

static int check_arguments(const struct cli *cli, int argc, char **argv)
{
	const char *after = argc > 1 ? argv[1] : cli->value[OPT_FROM];

	if (!argc)
		return cli_usage("diff: no snapshot given");
	if (argc > 2)
		return cli_usage("diff: unexpected argument '%s'", argv[2]);
	if (argc > 1 && cli_given(cli, OPT_FROM))
		return cli_usage("diff: --from and a second snapshot exclude each other");
	if (after && !strcmp(argv[0], "-") && !strcmp(after, "-"))
		return cli_usage("diff: standard input can be one of the files only");
	return -1;
}

static int run_diff(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct diff_run run = { .diff = NULL };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	status = check_arguments(cli, argc, argv);
	if (status < 0)
		status = table_open(&t, cli, &spec);
	if (status < 0)
		status = read_both(&run, cli, argv[0], argc > 1 ? argv[1] :
				   cli->value[OPT_FROM]);
	if (status < 0) {
		status = cli->json ? print_json(&run, cli) :
				     print_differences(&run, t);
		status = end_run(&run, status);
	}
	close_run(&run);
	return status;
}

static const enum opt_id options[] = { OPT_ALL, TABLE_OPTIONS };

const struct command cmd_diff = {
	.name = "diff",
	.summary = "say in what a host differs from a snapshot",
	.synopsis = "OLD [NEW]",
	.about = "Compare two snapshots, or a snapshot with this host: "
		 "features of the host, VMs, memory slots and their types, "
		 "policies.  Exit 0 if nothing differs, 2 if something does.",
	.args = ARGS_FILES,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_diff,
};
