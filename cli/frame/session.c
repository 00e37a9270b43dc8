// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame/session.h"
#include "json/json.h"

/* Problems of one kind that are told one by one: more than a good host has. */
#define MOST_OF_A_KIND	10

static int cmp_line(const void *a, const void *b)
{
	return strcmp(a, b);
}

/*
 * Problems are logged when they are met: remember, not to say them twice.  A
 * line that there is no memory for is.
 */
static void log_line(void *data, const char *line)
{
	struct session *s = data;
	char *kept = strdup(line), **found;

	cli_err("%s", line);
	found = kept ? tsearch(kept, &s->logged, cmp_line) : NULL;
	if (!found || *found != kept)
		free(kept);
}

static bool was_logged(const struct session *s, const char *line)
{
	return tfind(line, &s->logged, cmp_line);
}

int session_error(const struct session *s, int err)
{
	const char *text = s->ctx ? s2_ctx_error(s->ctx) : "";

	if (!*text || err == -ENOMEM)
		return cli_failed(err);
	cli_err("%s", text);
	return CLI_ERROR;
}

static int no_such_vm(const struct session *s)
{
	cli_err("%s", s2_ctx_error(s->ctx));
	return CLI_USAGE;
}

/* For --verbose: where it comes from, and how much of it there is. */
static void say_what_was_read(const struct session *s)
{
	const char *source = s2_obj_str(s2_model_host(s->model),
					S2_HOST_SOURCE);
	size_t slots = 0, extents = 0;
	const struct s2_obj *vm;

	s2_model_for_each(vm, s->model, S2_OBJ_VM) {
		slots += s2_obj_count(vm, S2_OBJ_SLOT);
		extents += s2_obj_count(vm, S2_OBJ_EXTENT);
	}
	cli_err("read from %s: VMs %zu, slots %zu, extents %zu, problems %zu",
		source ? source : "nowhere",
		s2_model_count(s->model, S2_OBJ_VM), slots, extents,
		s2_model_count(s->model, S2_OBJ_PROBLEM));
}

/* Words of --source, in the order of enum s2_live after the best */
static enum s2_live live_source(const char *word)
{
	const char *const *words = cli_options[OPT_SOURCE].words;
	unsigned int n = 0;

	while (word && words[n] && strcmp(words[n], word))
		n++;
	return word ? (enum s2_live)(S2_LIVE_KERNEL + n) : S2_LIVE_BEST;
}

int session_open(struct session *s, struct cli *cli)
{
	const char *from = cli->value[OPT_FROM];
	const char *source = cli->value[OPT_SOURCE];
	int err;

	if (from && source)
		return cli_usage("%s: --from and --source: one of them only",
				 cli->command->name);

	s->cli = cli;
	err = s->ctx ? 0 : s2_ctx_new(&s->ctx);
	if (err)
		return session_error(s, err);
	if (cli_given(cli, OPT_VERBOSE))
		s2_ctx_set_log(s->ctx, log_line, s);
	if (from)
		err = s2_open_file(s->ctx, from, &s->src);
	else
		err = s2_open_host(s->ctx, live_source(source), &s->src);
	if (err && !from)
		return session_failed(s->ctx, err);
	return err ? session_error(s, err) : -1;
}

int session_failed(const struct s2_ctx *ctx, int err)
{
	if (err == -ENOMEM)
		return cli_failed(err);
	cli_err("%s", s2_ctx_error(ctx));
	return err == -EOPNOTSUPP || err == -EACCES ? CLI_UNDETERMINED :
		CLI_ERROR;
}

int session_loaded(const struct session *s, int err)
{
	if (err == -ENOENT || err == -ENOTUNIQ)
		return no_such_vm(s);
	return err ? session_error(s, err) : -1;
}

int session_load_with(struct session *s, struct cli *cli, unsigned int flags,
		      int argc, char **argv)
{
	struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = flags,
		.vms = (const char *const *)argv,
		.nr_vms = (size_t)argc,
	};
	int status = session_open(s, cli);

	if (status < 0)
		status = session_loaded(s, s2_load(s->src, &opt, &s->model));
	if (status < 0 && cli_given(cli, OPT_VERBOSE))
		say_what_was_read(s);
	return status;
}

int session_load(struct session *s, struct cli *cli, unsigned int flags,
		 int argc, char **argv)
{
	memset(s, 0, sizeof(*s));
	return session_load_with(s, cli, flags, argc, argv);
}

void session_close(struct session *s)
{
	s2_report_unref(s->report);
	s2_model_unref(s->model);
	s2_source_close(s->src);
	s2_ctx_unref(s->ctx);
	tdestroy(s->logged, free);
}

static struct told_kind *kind_of(struct told *told, const struct s2_obj *problem)
{
	const char *code = s2_obj_str(problem, S2_PROBLEM_CODE);
	struct told_kind *kind = told->kinds, *last = kind + TOLD_KINDS - 1;

	while (code && kind < last && kind->code[0] && strcmp(kind->code, code))
		kind++;
	if (!code || strlen(code) >= sizeof(kind->code))
		kind = last;
	else if (kind < last)
		strcpy(kind->code, code);
	return kind;
}

void session_problem(const struct session *s, struct told *told,
		     const struct s2_obj *problem)
{
	const char *text = s2_obj_str(problem, S2_PROBLEM_TEXT);

	if (!text)
		text = "something could not be read";
	if (was_logged(s, text))
		return;
	if (kind_of(told, problem)->problems++ < MOST_OF_A_KIND)
		cli_err("%s", text);
}

bool session_cannot_add(const struct session *s, struct told *told,
			struct session_cannot *list, const struct s2_obj *problem)
{
	const char *code = s2_obj_str(problem, S2_PROBLEM_CODE);
	const char *rule = s2_obj_str(problem, S2_PROBLEM_RULE);
	size_t len = strlen(list->rules);

	if (!code || strcmp(code, "cannot-know") != 0)
		return false;
	if (cli_given(s->cli, OPT_VERBOSE))
		session_problem(s, told, problem);
	else if (rule && len + strlen(rule) + sizeof(", ") <= sizeof(list->rules))
		/* Whole or not at all: who wrote a snapshot may have made it up */
		sprintf(list->rules + len, "%s%s", len ? ", " : "", rule);
	return true;
}

void session_cannot_say(const struct session_cannot *list)
{
	if (*list->rules)
		cli_err("note: this source cannot know all that these rules need: %s; --verbose says what",
			list->rules);
}

void session_told(const struct told *told)
{
	for (const struct told_kind *kind = told->kinds;
	     kind < told->kinds + TOLD_KINDS; kind++) {
		if (kind->problems <= MOST_OF_A_KIND)
			continue;
		cli_err("%zu more problems of %s%s; --json has all of them",
			kind->problems - MOST_OF_A_KIND,
			kind->code[0] ? "the kind " : "other kinds",
			kind->code);
	}
}

int session_end(const struct session *s, int status)
{
	struct session_cannot cannot = { "" };
	struct told told = { 0 };
	const struct s2_obj *p;

	if (status == CLI_ERROR)
		return status;
	s2_model_for_each(p, s->model, S2_OBJ_PROBLEM)
		if (!session_cannot_add(s, &told, &cannot, p))
			session_problem(s, &told, p);
	if (s->report)
		s2_report_for_each(p, s->report, S2_OBJ_PROBLEM)
			if (!session_cannot_add(s, &told, &cannot, p))
				session_problem(s, &told, p);
	session_told(&told);
	session_cannot_say(&cannot);
	if (!s2_model_complete(s->model) ||
	    (s->report && !s2_report_complete(s->report)))
		return CLI_UNDETERMINED;
	return status;
}

int session_json(const struct session *s, const char *kind)
{
	struct s2_json_options opt = {
		.size = sizeof(opt),
		.kind = kind,
		.flags = s->cli->pretty ? S2_JSON_PRETTY : 0,
		.model = s->model,
		.report = s->report,
	};
	int err = s2_json_write(stdout, &opt);

	if (err)
		return cli_write_failed(-err);
	return CLI_OK;
}

int one_stdin(const struct cli *cli)
{
	static const enum opt_id ids[] = {
		OPT_FROM, OPT_ON, OPT_POLICY, OPT_WAIVERS, OPT_BASELINE,
	};
	int count = 0;

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		count += cli_given(cli, ids[i]) &&
			 !strcmp(cli->value[ids[i]], "-");
	if (count < 2)
		return -1;
	return cli_usage("%s: standard input can be one of the files only",
			 cli->command->name);
}

int no_arguments(const struct cli *cli, int argc, char **argv)
{
	if (!argc)
		return -1;
	return cli_usage("%s: unexpected argument '%s'", cli->command->name,
			 argv[0]);
}
