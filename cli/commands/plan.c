// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/plan.h"
#include "frame/text.h"
#include "json/json.h"

static const unsigned int defaults[] = {
	S2_CHANGE_ACTION, S2_CHANGE_VM, S2_CHANGE_NAME, S2_CHANGE_SLOT,
	S2_CHANGE_CLASS, S2_CHANGE_CONSTRAINTS, S2_CHANGE_MODE,
	S2_CHANGE_DENIED_BYTES, S2_CHANGE_RULES,
};

const struct table_spec plan_spec = {
	.type = S2_OBJ_CHANGE,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

static const unsigned int denied_defaults[] = {
	S2_VM_ID, S2_EXTENT_SLOT, S2_EXTENT_GPA, S2_EXTENT_BYTES,
	S2_EXTENT_CLASS, S2_EXTENT_MAPPED, S2_EXTENT_PERM, S2_EXTENT_VERDICT,
	S2_EXTENT_REASON,
};

static const struct table_spec denied_spec = {
	.type = S2_OBJ_EXTENT,
	.defaults = denied_defaults,
	.n_defaults = COUNT_OF(denied_defaults),
};

/* ------------------------------------------------------------------- make */

int plan_read(struct plan_run *run, struct cli *cli, int argc, char **argv)
{
	int err;

	run->s.cli = cli;
	err = s2_ctx_new(&run->s.ctx);
	if (err)
		return cli_failed(err);
	err = s2_site_load(run->s.ctx, (const char *const *)argv, (size_t)argc,
			   &run->site);
	return err ? session_error(&run->s, err) : -1;
}

/* What is set for a domain is set for the site's rules and for its own. */
static int add_domains(struct plan_run *run)
{
	int bad = s2_site_add_libvirt(run->site, S2_LIBVIRT_DIR);

	/* Who may not read them may not set anything either. */
	if (bad < 0 && bad != -EACCES)
		return session_failed(run->s.ctx, bad);
	if (bad > 0)
		cli_err("%d domains' own policies are left out: %s", bad,
			s2_ctx_error(run->s.ctx));
	return -1;
}

bool plan_is_live(const struct plan_run *run)
{
	return !cli_given(run->s.cli, OPT_FROM) &&
	       s2_model_known(run->s.model, S2_OBJ_POLICY);
}

int plan_make(struct plan_run *run, struct cli *cli, unsigned int flags,
	      unsigned int plan_flags)
{
	struct s2_source *src;
	int err, status;

	status = cli_given(cli, OPT_FROM) ? -1 : add_domains(run);
	if (status < 0)
		status = session_load_with(&run->s, cli, flags, 0, NULL);
	if (status >= 0)
		return status;
	err = s2_site_plan(run->site, run->s.model, plan_flags, &run->plan);
	if (err)
		return session_failed(run->s.ctx, err);
	src = plan_is_live(run) ? run->s.src : NULL;
	err = s2_plan_try(run->plan, src, run->s.model);
	return err ? session_failed(run->s.ctx, err) : -1;
}

void plan_close(struct plan_run *run)
{
	s2_plan_free(run->plan);
	s2_site_free(run->site);
	session_close(&run->s);
}

/* ------------------------------------------------------------------ print */

static int print_changes(const struct plan_run *run, struct table *t)
{
	const struct s2_obj *change = s2_plan_first(run->plan);
	int err = 0;

	for (; change && !err; change = s2_obj_next(change))
		err = table_add(t, NULL, change);
	if (!err)
		err = table_print(t, "No rule is for anything that is here.");
	return err ? cli_failed(err) : -1;
}

static int add_denied(struct table *t, const struct s2_model *outcome)
{
	const struct s2_obj *vm, *extent;
	int err = 0;

	s2_model_for_each(vm, outcome, S2_OBJ_VM)
		s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
			if (!err)
				err = table_add(t, vm, extent);
	return err;
}

/* Which memory it is, for people. */
static int print_denied(const struct plan_run *run)
{
	const struct s2_model *outcome = s2_plan_outcome(run->plan);
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	int err, status;

	if (!s2_model_count(outcome, S2_OBJ_VM))
		return -1;
	status = table_open(&t, run->s.cli, &denied_spec);
	if (status >= 0)
		return status;
	fputs("\nMemory in use that would be denied, or counted as denied:\n\n",
	      stdout);
	err = add_denied(t, outcome);
	if (!err)
		err = table_print(t, "None.");
	return err ? cli_failed(err) : -1;
}

static void print_sums(const struct plan_run *run)
{
	uint64_t denied = s2_plan_bytes(run->plan, false);
	uint64_t audited = s2_plan_bytes(run->plan, true);
	char size[TEXT_SIZE_MAX];

	if (!s2_plan_count(run->plan, 0))
		return;
	printf("\n%zu to set, %zu to clear, %zu set already.",
	       s2_plan_count(run->plan, S2_ACTION_SET),
	       s2_plan_count(run->plan, S2_ACTION_CLEAR),
	       s2_plan_count(run->plan, S2_ACTION_KEEP));
	if (denied)
		printf("  %s in use would be denied.", text_size(size, denied));
	if (audited)
		printf("  %s in use would be counted as denied.",
		       text_size(size, audited));
	putchar('\n');
}

int plan_print(const struct plan_run *run, struct table *t)
{
	const struct cli *cli = run->s.cli;
	int status = print_changes(run, t);

	if (status >= 0)
		return status;
	if (cli_given(cli, OPT_RAW) || cli_given(cli, OPT_NOHEADINGS) ||
	    cli_given(cli, OPT_COLUMNS))
		return CLI_OK;
	status = print_denied(run);
	if (status >= 0)
		return status;
	print_sums(run);
	return CLI_OK;
}

int plan_json(const struct plan_run *run, int (*apply)(void *data),
	      void *data)
{
	struct s2_json_options opt = {
		.size = sizeof(opt),
		.kind = "policy-plan",
		.flags = run->s.cli->pretty ? S2_JSON_PRETTY : 0,
		.model = run->plan ? s2_plan_outcome(run->plan) : NULL,
		.plan = run->plan,
		.apply = apply,
		.data = data,
	};
	int err = s2_json_write(stdout, &opt);

	return err ? cli_write_failed(-err) : CLI_OK;
}

bool plan_is_clear(const struct plan_run *run)
{
	const struct s2_obj *problem;

	s2_model_for_each(problem, s2_plan_outcome(run->plan), S2_OBJ_PROBLEM) {
		const char *code = s2_obj_str(problem, S2_PROBLEM_CODE);

		if (!code || strcmp(code, "contradiction"))
			return false;
	}
	return true;
}

int plan_end(const struct plan_run *run, int status)
{
	struct session end = run->s;

	/* It has the problems of what was read, and those of the rules. */
	end.model = (struct s2_model *)s2_plan_outcome(run->plan);
	return session_end(&end, status);
}
