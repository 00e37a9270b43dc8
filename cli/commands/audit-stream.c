// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl audit --format jsonl: each object on a line, and memory for one VM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/audit.h"
#include "json/json.h"

struct stream {
	struct session *s;
	const struct audit_setup *setup;
	struct accept *accept;
	struct s2_audit *audit;
	struct s2_tally tally;
	FILE *file;
	bool begun;
	int write_err;
	struct told told;
	char *last;		/* problem: the same is not said twice in a row */
	struct session_cannot cannot;
};

static int put_record(struct stream *st, const struct s2_obj *obj)
{
	int err = s2_json_write_record(st->file, obj);

	if (err)
		st->write_err = err;
	return err;
}

/* In the output, and for people at once: there may be too many to keep. */
static int put_problem(struct stream *st, const struct s2_obj *problem)
{
	const char *text = s2_obj_str(problem, S2_PROBLEM_TEXT);

	if (session_cannot_add(st->s, &st->told, &st->cannot,
			       problem))
		return put_record(st, problem);
	if (text && (!st->last || strcmp(st->last, text))) {
		session_problem(st->s, &st->told, problem);
		free(st->last);
		st->last = strdup(text);
	}
	return put_record(st, problem);
}

static int put_report(struct stream *st)
{
	struct s2_report *report;
	const struct s2_obj *obj;
	int err = s2_audit_take(st->audit, &report);

	if (err)
		return err;
	err = accept_apply(st->accept, report);
	s2_report_for_each(obj, report, S2_OBJ_FINDING)
		if (!err)
			err = put_record(st, obj);
	s2_report_for_each(obj, report, S2_OBJ_PROBLEM)
		if (!err)
			err = put_problem(st, obj);
	s2_tally_add(&st->tally, report);
	s2_report_unref(report);
	return err;
}

/* First the host without VMs, then each VM. */
static int take_model(void *data, struct s2_model *model)
{
	struct stream *st = data;
	const struct s2_obj *problem;
	int err = 0;

	if (!st->begun)
		err = put_record(st, s2_model_host(model));
	st->begun = true;
	s2_model_for_each(problem, model, S2_OBJ_PROBLEM)
		if (!err)
			err = put_problem(st, problem);
	if (!err)
		err = s2_audit_add(st->audit, model);
	return err ? err : put_report(st);
}

/* An outfile_fn; data points to a pointer to the stream. */
static int write_stream(FILE *file, const void *data)
{
	struct stream *st = *(struct stream *const *)data;
	struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = s2_audit_needs(st->audit),
		.vms = (const char *const *)st->setup->vms,
		.nr_vms = (size_t)st->setup->n_vms,
	};
	int err;

	st->file = file;
	err = s2_load_each(st->s->src, &opt, take_model, st);
	if (!err)
		err = s2_audit_finish(st->audit);
	if (!err)
		err = put_report(st);
	if (!err)
		return s2_json_write_tally(file, &st->tally);
	if (st->write_err)
		return st->write_err;
	return st->begun ? session_error(st->s, err) :
			   session_loaded(st->s, err);
}

static int exit_status(const struct stream *st)
{
	if (!st->tally.complete)
		return CLI_UNDETERMINED;
	for (int s = S2_SEVERITY_CRITICAL; s >= st->setup->fail_on; s--)
		if (st->tally.severity[s])
			return CLI_FINDING;
	return CLI_OK;
}

int audit_stream(struct session *s, const struct audit_setup *setup,
		 const struct format *format, struct accept *accept)
{
	struct stream st = {
		.s = s, .setup = setup, .accept = accept,
		.tally = { .size = sizeof(st.tally), .complete = true },
	}, *data = &st;
	int status = session_open(s, s->cli);
	int err;

	if (status >= 0)
		return status;
	err = s2_audit_open(s->ctx, &setup->opt, &st.audit);
	if (err)
		return session_error(s, err);
	status = format_emit(format, s->cli, write_stream, &data);
	s2_audit_close(st.audit);
	session_told(&st.told);
	free(st.last);
	if (status != CLI_OK)
		return status;
	session_cannot_say(&st.cannot);
	accept_end(accept, s->cli);
	return exit_status(&st);
}
