// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl preflight */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "json/json.h"
#include "screen/table.h"

static const unsigned int defaults[] = {
	S2_REQUIREMENT_VM, S2_REQUIREMENT_NAME, S2_REQUIREMENT_REQUIREMENT,
	S2_REQUIREMENT_NEEDED, S2_REQUIREMENT_HAS, S2_REQUIREMENT_VERDICT,
	S2_REQUIREMENT_WHY,
};

static const struct table_spec spec = {
	.type = S2_OBJ_REQUIREMENT,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

/* Where the VMs are, and where they are to come to. */
struct flight {
	struct session vms;
	struct session host;
	struct s2_site *site;
	struct s2_preflight *preflight;
};

static void close_flight(struct flight *f)
{
	s2_preflight_free(f->preflight);
	s2_site_free(f->site);
	session_close(&f->host);
	session_close(&f->vms);
}

/* A mistake in a file is said before the hosts are looked at. */
static int read_preflight_policy(struct flight *f, const struct cli *cli)
{
	const char *path = cli->value[OPT_POLICY];
	int err;

	if (!path)
		return -1;
	err = s2_ctx_new(&f->host.ctx);
	if (err)
		return cli_failed(err);
	err = s2_site_load(f->host.ctx, &path, 1, &f->site);
	return err ? session_error(&f->host, err) : -1;
}

static int read_hosts(struct flight *f, struct cli *cli, int argc, char **argv)
{
	int status = session_load(&f->vms, cli,
				  S2_LOAD_DEVICES | S2_LOAD_POLICY_IF_ANY,
				  argc, argv);

	if (status >= 0)
		return status;
	cli->value[OPT_FROM] = cli->value[OPT_ON];
	return session_load_with(&f->host, cli,
				 S2_LOAD_VMS | S2_LOAD_POLICY_IF_ANY, 0, NULL);
}

static int check(struct flight *f, struct cli *cli, int argc, char **argv)
{
	int status = read_preflight_policy(f, cli), err;

	if (status < 0)
		status = read_hosts(f, cli, argc, argv);
	if (status >= 0)
		return status;
	err = s2_preflight(f->host.ctx, f->vms.model, f->host.model, f->site,
			   &f->preflight);
	return err ? session_error(&f->host, err) : -1;
}

static void print_counts(const struct flight *f)
{
	size_t missing = s2_preflight_count(f->preflight, S2_ANSWER_MISSING);
	size_t unknown = s2_preflight_count(f->preflight, S2_ANSWER_UNKNOWN);

	printf("\n%zu satisfied, %zu missing, %zu not known.\n",
	       s2_preflight_count(f->preflight, S2_ANSWER_OK), missing,
	       unknown);
}

static int print_requirements(const struct flight *f, struct table *t)
{
	const struct cli *cli = f->vms.cli;
	const struct s2_obj *row = s2_preflight_first(f->preflight);
	int err = 0;

	for (; row && !err; row = s2_obj_next(row))
		err = table_add(t, NULL, row);
	if (!err)
		err = table_print(t, s2_model_complete(f->vms.model) ?
				  "No VMs." : "No VMs that can be seen.");
	if (err)
		return cli_failed(err);
	if (s2_preflight_count(f->preflight, 0) && !cli_given(cli, OPT_RAW) &&
	    !cli_given(cli, OPT_NOHEADINGS))
		print_counts(f);
	return CLI_OK;
}

static int print_json(const struct flight *f)
{
	struct s2_json_options opt = {
		.size = sizeof(opt),
		.kind = "preflight",
		.flags = f->vms.cli->pretty ? S2_JSON_PRETTY : 0,
		.model = s2_preflight_outcome(f->preflight),
		.preflight = f->preflight,
	};
	int err = s2_json_write(stdout, &opt);

	return err ? cli_write_failed(-err) : CLI_OK;
}

/* As session_end(), for all that was not known on the way. */
static int end_flight(const struct flight *f, int status)
{
	struct session end = f->vms;

	end.model = (struct s2_model *)s2_preflight_outcome(f->preflight);
	if (status == CLI_OK &&
	    s2_preflight_count(f->preflight, S2_ANSWER_MISSING))
		status = CLI_FINDING;
	if (status != CLI_ERROR &&
	    s2_preflight_count(f->preflight, S2_ANSWER_UNKNOWN))
		status = CLI_UNDETERMINED;
	return session_end(&end, status);
}

static int run_preflight(struct cli *cli, int argc, char **argv)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	struct flight f = { .site = NULL };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	status = one_stdin(cli);
	if (status < 0)
		status = table_open(&t, cli, &spec);
	if (status < 0)
		status = check(&f, cli, argc, argv);
	if (status < 0) {
		status = cli->json ? print_json(&f) : print_requirements(&f, t);
		status = end_flight(&f, status);
	}
	close_flight(&f);
	return status;
}

static const enum opt_id options[] = { OPT_ON, OPT_POLICY, TABLE_OPTIONS };

const struct command cmd_preflight = {
	.name = "preflight",
	.summary = "say whether a host satisfies what VMs rely on",
	.synopsis = "[VM]...",
	.about = "Before a migration or a start: compare what VMs rely on with "
		 "what a host has.  The VMs are those of this host, or with "
		 "--from of a snapshot; the host is this one, or with --on "
		 "that of a snapshot.  Exit 0 if all is there, 2 if something "
		 "is missing, 3 if something is not known.",
	.args = ARGS_VMS,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_preflight,
};
