// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl audit */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "accept.h"
#include "commands.h"
#include "session.h"
#include "table.h"

#define DEFAULT_FAIL_ON "medium"

static const unsigned int defaults[] = {
	S2_FINDING_RULE, S2_FINDING_SEVERITY, S2_FINDING_VM, S2_FINDING_SLOT,
	S2_FINDING_GPA, S2_FINDING_BYTES, S2_FINDING_STATEMENT,
};

static const struct table_spec spec = {
	.type = S2_OBJ_FINDING,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

/* With waivers, what is waived is told apart. */
static const unsigned int waived_defaults[] = {
	S2_FINDING_RULE, S2_FINDING_SEVERITY, S2_FINDING_WAIVED, S2_FINDING_VM,
	S2_FINDING_SLOT, S2_FINDING_GPA, S2_FINDING_BYTES, S2_FINDING_STATEMENT,
};

static const struct table_spec waived_spec = {
	.type = S2_OBJ_FINDING,
	.defaults = waived_defaults,
	.n_defaults = COUNT_OF(waived_defaults),
};

static void print_counts(const struct s2_report *report)
{
	static const struct {
		enum s2_severity severity;
		const char *word;
	} order[] = {
		{ S2_SEVERITY_CRITICAL, "critical" },
		{ S2_SEVERITY_HIGH, "high" },
		{ S2_SEVERITY_MEDIUM, "medium" },
		{ S2_SEVERITY_LOW, "low" },
		{ S2_SEVERITY_INFO, "info" },
	};
	size_t all = s2_report_count(report, 0, false);
	size_t waived = s2_report_count(report, 0, true);
	const char *sep = ": ";

	if (!all && !waived)
		return;
	printf("\n%zu finding%s", all, all == 1 ? "" : "s");
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		size_t n = s2_report_count(report, order[i].severity, false);

		if (!n)
			continue;
		printf("%s%zu %s", sep, n, order[i].word);
		sep = ", ";
	}
	if (waived)
		printf("; %zu waived", waived);
	fputs(".  's2ctl explain RULE' says what to do.\n", stdout);
}

/* What to say where there is nothing. */
static const char *nothing(const struct session *s)
{
	bool complete = s2_report_complete(s->report);

	if (cli_given(s->cli, OPT_BASELINE))
		return complete ? "No new findings." :
				  "No new findings in what is known.";
	return complete ? "No findings." : "No findings in what is known.";
}

static int print_table(const struct session *s, struct table *t)
{
	const struct s2_obj *finding;
	int err = 0;

	s2_report_for_each(finding, s->report, S2_OBJ_FINDING)
		if (!err)
			err = table_add(t, NULL, finding);
	if (!err)
		err = table_print(t, nothing(s));
	if (err)
		return cli_failed(err);
	if (!cli_given(s->cli, OPT_RAW) && !cli_given(s->cli, OPT_NOHEADINGS))
		print_counts(s->report);
	return CLI_OK;
}

static int read_host(struct session *s, struct cli *cli, struct accept *accept,
		     int argc, char **argv)
{
	int err = s2_ctx_new(&s->ctx), status;

	if (err)
		return cli_failed(err);
	/* A mistake in a file is said before the host is looked at. */
	status = accept_read(accept, s->ctx, cli);
	if (status >= 0)
		return status;
	return session_load_with(s, cli, S2_LOAD_DEVICES, argc, argv);
}

static int audit(struct session *s, struct cli *cli, struct table *t,
		 struct accept *accept, int argc, char **argv)
{
	const char *word = cli->value[OPT_FAIL_ON];
	int fail_on = s2_severity_from_word(word ? word : DEFAULT_FAIL_ON);
	int err, status;

	if (fail_on < 0)
		return cli_usage("audit: '%s' is not a severity", word);
	status = read_host(s, cli, accept, argc, argv);
	if (status >= 0)
		return status;
	err = s2_audit(s->ctx, s->model, &s->report);
	if (!err)
		err = accept_apply(accept, s->report);
	if (err)
		return cli_failed(err);
	status = cli->json ? session_json(s, "audit") : print_table(s, t);
	if (status == CLI_OK && s2_report_worst(s->report) >= fail_on)
		status = CLI_FINDING;
	if (status != CLI_ERROR)
		accept_end(accept, cli);
	return session_end(s, status);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct session s = { 0 };
	struct accept accept = { NULL };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	status = table_open(&t, cli, cli_given(cli, OPT_WAIVERS) ?
			    &waived_spec : &spec);
	if (status < 0) {
		status = audit(&s, cli, t, &accept, argc, argv);
		accept_close(&accept);
		session_close(&s);
	}
	return status;
}

static const enum opt_id options[] = {
	OPT_FAIL_ON, OPT_WAIVERS, OPT_BASELINE, TABLE_OPTIONS
};

const struct command cmd_audit = {
	.name = "audit",
	.summary = "look for what is wrong, by rules with permanent ids",
	.synopsis = "[VM]...",
	.about = "Apply the audit rules to each VM, or to all, and print what "
		 "they find.",
	.args = ARGS_VMS,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run,
};
