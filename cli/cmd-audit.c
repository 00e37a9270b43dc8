// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl audit */
#include <string.h>

#include "accept.h"
#include "commands.h"
#include "format.h"
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

static int read_host(struct session *s, struct cli *cli, struct accept *accept,
		     unsigned int load, int argc, char **argv)
{
	int err = s2_ctx_new(&s->ctx), status;

	if (err)
		return cli_failed(err);
	/* A mistake in a file is said before the host is looked at. */
	status = accept_read(accept, s->ctx, cli);
	if (status >= 0)
		return status;
	return session_load_with(s, cli, load, argc, argv);
}

static int audit(struct session *s, struct cli *cli, struct table *t,
		 struct accept *accept, int argc, char **argv)
{
	const char *word = cli->value[OPT_FAIL_ON];
	int fail_on = s2_severity_from_word(word ? word : DEFAULT_FAIL_ON);
	const struct format *format;
	struct format_input in = { .cli = cli, .table = t };
	int err, status;

	if (fail_on < 0)
		return cli_usage("audit: '%s' is not a severity", word);
	status = format_choose(cli, &format);
	if (status < 0)
		status = read_host(s, cli, accept, S2_LOAD_DEVICES | format->load,
				   argc, argv);
	if (status >= 0)
		return status;
	err = s2_audit(s->ctx, s->model, &s->report);
	if (!err)
		err = accept_apply(accept, s->report);
	if (err)
		return cli_failed(err);
	in.model = s->model;
	in.report = s->report;
	status = format_write(format, &in);
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
	/* Colour was decided for standard output. */
	if (format_to_file(cli) && (!cli_given(cli, OPT_COLOR) ||
				    strcmp(cli->value[OPT_COLOR], "always")))
		cli->color_out = false;
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
	OPT_FAIL_ON, OPT_WAIVERS, OPT_BASELINE, OPT_FORMAT, OPT_OUTPUT_FILE,
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
