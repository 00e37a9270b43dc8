// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl monitor */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "frame/stream.h"
#include "json/json.h"
#include "screen/table.h"

static const unsigned int defaults[] = {
	S2_EVENT_EVENT, S2_EVENT_VM, S2_EVENT_SCOPE, S2_EVENT_SLOT,
	S2_EVENT_CLASS, S2_EVENT_OWNER, S2_EVENT_CONSTRAINTS, S2_EVENT_MODE,
	S2_EVENT_DENIED, S2_EVENT_WOULD_DENY, S2_EVENT_REASON, S2_EVENT_GPA,
};

static const struct table_spec spec = {
	.type = S2_OBJ_EVENT,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

struct watch {
	struct cli *cli;
	struct table *table;
	struct session s;
	struct s2_monitor *monitor;
	int argc;		/* VMs that were named; 0: all are wanted */
	char **argv;
};

/* How writing ended: asked to, is as it should be. */
static int stopped(int err)
{
	if (err == -EINTR)
		return CLI_OK;
	return err == -ENOMEM ? cli_failed(err) : cli_write_failed(-err);
}

/* One line: of an event or, without one, the headings.  Negative to go on. */
static int print_line(const struct watch *w, const struct s2_obj *event)
{
	char *line = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&line, &len);
	int err = 0;

	if (!file)
		return cli_failed(-ENOMEM);
	if (!event)
		err = table_stream_headings(w->table, file);
	else if (w->cli->json)
		err = s2_json_write_obj(file, event);
	else
		err = table_stream_row(w->table, file, event);
	if (fclose(file) && !err)
		err = -ENOMEM;
	if (!err)
		err = stream_write(line, len);
	free(line);
	return err ? stopped(err) : -1;
}

/* Read the state of all, and have that reported which is wanted. */
static int report_state(struct watch *w)
{
	struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = S2_LOAD_VMS | S2_LOAD_POLICY,
	};
	struct s2_model *model;
	int err = s2_load(w->s.src, &opt, &model);

	/* Without VMs named: those that are gone by now are no error. */
	if (err)
		return session_failed(w->s.ctx, err);
	s2_model_unref(w->s.model);
	w->s.model = model;
	if (!s2_model_known(model, S2_OBJ_POLICY))
		return session_end(&w->s, CLI_UNDETERMINED);
	session_end(&w->s, CLI_OK);
	s2_monitor_dump(w->monitor, model);
	return -1;
}

/* After events were lost.  The line says so; so does one for people. */
static int resync(struct watch *w, const struct s2_obj *event)
{
	int status = print_line(w, event);

	if (status >= 0)
		return status;
	cli_err("events were lost: the state follows anew");
	return report_state(w);
}

static int watch(struct watch *w)
{
	int status = -1;

	while (status < 0) {
		const struct s2_obj *event;
		int err = s2_monitor_next(w->monitor, &event);

		if (!err)
			status = print_line(w, event);
		else if (err == -ENOBUFS)
			status = resync(w, event);
		else if (err != -EAGAIN)
			status = session_failed(w->s.ctx, err);
		else
			err = stream_wait(s2_monitor_fd(w->monitor));
		if (err == -EINTR || err == -EPIPE)
			return stopped(err);
	}
	return status;
}

static int monitor(struct watch *w)
{
	int err, status;

	/* Names are looked up first: who is not there cannot be watched. */
	status = session_load(&w->s, w->cli, S2_LOAD_VMS, w->argc, w->argv);
	if (status >= 0)
		return status;
	err = s2_monitor_open(w->s.src, &w->monitor);
	if (!err && w->argc)
		err = s2_monitor_select(w->monitor, w->s.model);
	if (err)
		return session_failed(w->s.ctx, err);
	stream_begin();
	status = report_state(w);
	if (status < 0 && !w->cli->json)
		status = print_line(w, NULL);
	return status < 0 ? watch(w) : status;
}

static int run_monitor(struct cli *cli, int argc, char **argv)
{
	struct watch w = { .cli = cli, .argc = argc, .argv = argv };
	int status;

	if (cli_given(cli, OPT_LIST_COLUMNS)) {
		table_list_columns(&spec);
		return CLI_OK;
	}
	if (cli_given(cli, OPT_FROM))
		return cli_usage("monitor: nothing happens in a snapshot");
	if (cli->pretty)
		return cli_usage("monitor: JSON is one object a line; use '--json'");
	status = table_open(&w.table, cli, &spec);
	if (status < 0) {
		status = monitor(&w);
		s2_monitor_close(w.monitor);
		session_close(&w.s);
	}
	table_close(w.table);
	return status;
}

static const enum opt_id options[] = { TABLE_OPTIONS };

const struct command cmd_monitor = {
	.name = "monitor",
	.summary = "report policies, denied faults and ended VMs as they come",
	.synopsis = "[VM]...",
	.about = "Print the policies as they are and then, line by line, what "
		 "happens: policies that are set, faults that are or would "
		 "have been denied, VMs that end.  With VMs, only theirs and "
		 "the host's.  It goes on until it is interrupted.",
	.args = ARGS_VMS,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_monitor,
};
