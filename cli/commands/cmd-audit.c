// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl audit */
#include <string.h>

#include "audit/audit.h"
#include "commands/audit.h"
#include "commands/commands.h"
#include "formats/format.h"
#include "frame/accept.h"
#include "frame/session.h"
#include "screen/table.h"

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

/* Negative to go on. */
static int find_all(struct session *s, const struct audit_setup *setup,
		    struct accept *accept, unsigned int load)
{
	struct s2_audit *audit;
	int err, status;

	err = s2_audit_open(s->ctx, &setup->opt, &audit);
	if (err)
		return session_error(s, err);
	status = session_load_with(s, s->cli, s2_audit_needs(audit) | load,
				   setup->n_vms, setup->vms);
	if (status < 0) {
		err = s2_audit_add(audit, s->model);
		if (!err)
			err = s2_audit_finish(audit);
		if (!err)
			err = s2_audit_take(audit, &s->report);
		if (!err)
			err = accept_apply(accept, s->report);
		if (err)
			status = session_error(s, err);
	}
	s2_audit_close(audit);
	return status;
}

static int audit(struct session *s, struct table *t,
		 const struct audit_setup *setup, const struct format *format,
		 struct accept *accept)
{
	struct format_input in = { .cli = s->cli, .table = t };
	int status = find_all(s, setup, accept, format->load);

	if (status >= 0)
		return status;
	in.model = s->model;
	in.report = s->report;
	in.site = setup->site;
	status = format_write(format, &in);
	if (status == CLI_OK && s2_report_worst(s->report) >= setup->fail_on)
		status = CLI_FINDING;
	if (status != CLI_ERROR)
		accept_end(accept, s->cli);
	return session_end(s, status);
}

static int read_and_audit(struct session *s, struct table *t,
			  const struct format *format, int argc, char **argv)
{
	struct accept accept = { NULL };
	struct audit_setup setup;
	int status = audit_setup(&setup, s, s->cli, argc, argv);

	/* A mistake in a file is said before the host is looked at. */
	if (status < 0)
		status = accept_read(&accept, s->ctx, s->cli);
	setup.opt.baseline = accept.baseline;
	if (status < 0)
		status = format->write ?
			audit(s, t, &setup, format, &accept) :
			audit_stream(s, &setup, format, &accept);
	accept_close(&accept);
	audit_setup_close(&setup);
	return status;
}

static int run_audit(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct session s = { .cli = cli };
	const struct format *format;
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	/* Colour was decided for standard output. */
	if (format_to_file(cli) && (!cli_given(cli, OPT_COLOR) ||
				    strcmp(cli->value[OPT_COLOR], "always")))
		cli->color_out = false;
	status = format_choose(cli, &format);
	if (status < 0)
		status = one_stdin(cli);
	if (status < 0)
		status = table_open(&t, cli, cli_given(cli, OPT_WAIVERS) ?
				    &waived_spec : &spec);
	if (status < 0)
		status = read_and_audit(&s, t, format, argc, argv);
	session_close(&s);
	return status;
}

static const enum opt_id options[] = {
	OPT_FAIL_ON, OPT_RULE, OPT_SEVERITY, OPT_VM, OPT_POLICY, OPT_WAIVERS,
	OPT_BASELINE, OPT_FORMAT, OPT_OUTPUT_FILE, TABLE_OPTIONS
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
	.run = run_audit,
};
