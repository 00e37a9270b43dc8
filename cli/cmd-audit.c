// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl audit */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "commands.h"
#include "session.h"
#include "table.h"

static const unsigned int defaults[] = {
	S2_FINDING_RULE, S2_FINDING_SEVERITY, S2_FINDING_VM, S2_FINDING_SLOT,
	S2_FINDING_GPA, S2_FINDING_BYTES, S2_FINDING_STATEMENT,
};

static const struct table_spec spec = {
	.type = S2_OBJ_FINDING,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
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
	const char *sep = ": ";

	if (!all)
		return;
	printf("\n%zu finding%s", all, all == 1 ? "" : "s");
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		size_t n = s2_report_count(report, order[i].severity, false);

		if (!n)
			continue;
		printf("%s%zu %s", sep, n, order[i].word);
		sep = ", ";
	}
	fputs(".  's2ctl explain RULE' says what to do.\n", stdout);
}

static int print_table(const struct session *s, struct table *t)
{
	const struct s2_obj *finding;
	int err = 0;

	s2_report_for_each(finding, s->report, S2_OBJ_FINDING)
		if (!err)
			err = table_add(t, NULL, finding);
	if (!err)
		err = table_print(t, s2_report_complete(s->report) ?
				  "No findings." :
				  "No findings in what is known.");
	if (err)
		return cli_failed(err);
	if (!cli_given(s->cli, OPT_RAW) && !cli_given(s->cli, OPT_NOHEADINGS))
		print_counts(s->report);
	return CLI_OK;
}

static int find(struct session *s, const struct audit_setup *setup)
{
	struct s2_audit *audit;
	int err, status;

	err = s2_audit_open(s->ctx, &setup->opt, &audit);
	if (err)
		return audit_failed(s, err);
	status = session_load_with(s, s->cli, s2_audit_needs(audit),
				   setup->n_vms, setup->vms);
	if (status < 0) {
		err = s2_audit_add(audit, s->model);
		if (!err)
			err = s2_audit_finish(audit);
		if (!err)
			err = s2_audit_take(audit, &s->report);
		if (err)
			status = audit_failed(s, err);
	}
	s2_audit_close(audit);
	return status;
}

static int audit(struct session *s, struct cli *cli, struct table *t,
		 const struct audit_setup *setup)
{
	int status = find(s, setup);

	if (status >= 0)
		return status;
	status = cli->json ? session_json(s, "audit") : print_table(s, t);
	if (status == CLI_OK && s2_report_worst(s->report) >= setup->fail_on)
		status = CLI_FINDING;
	return session_end(s, status);
}

/* Return: whether it is to be printed as it comes; --json is a format as well. */
static bool choose_format(struct cli *cli, int *status)
{
	const char *format = cli->value[OPT_FORMAT];

	*status = -1;
	if (!format)
		return false;
	if (cli->json && strcmp(format, "json")) {
		*status = cli_usage("audit: --format=%s and --json exclude each other",
				    format);
		return false;
	}
	cli->json = !strcmp(format, "json");
	return !strcmp(format, "jsonl");
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct session s = { .cli = cli };
	struct audit_setup setup;
	bool stream;
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	stream = choose_format(cli, &status);
	if (status < 0)
		status = table_open(&t, cli, &spec);
	if (status >= 0)
		return status;
	status = audit_setup(&setup, &s, cli, argc, argv);
	if (status < 0)
		status = stream ? audit_stream(&s, &setup, NULL, NULL) :
			audit(&s, cli, t, &setup);
	audit_setup_close(&setup);
	session_close(&s);
	return status;
}

static const enum opt_id options[] = {
	OPT_FAIL_ON, OPT_FORMAT, OPT_RULE, OPT_SEVERITY, OPT_VM, OPT_POLICY,
	TABLE_OPTIONS
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
