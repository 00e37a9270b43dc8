// SPDX-License-Identifier: GPL-2.0-only
/* The service from begin to end, and what it does in between: one loop. */
#include <errno.h>
#include <time.h>

#include "enforce/audit.h"
#include "enforce/clock.h"
#include "enforce/effects.h"
#include "enforce/log.h"
#include "enforce/systemd.h"
#include "frame/session.h"

/* Negative to go on, else an exit status */
static int begin(struct service *s)
{
	int err = s2_ctx_new(&s->ctx), status;

	if (err)
		return cli_failed(err);
	s->events.ctx = s->ctx;
	if (effects_read_site(s))
		return session_failed(s->ctx, -EINVAL);
	status = accept_read(&s->accept, s->ctx, s->cli);
	if (status >= 0)
		return status;
	err = s2_open_kernel(s->ctx, &s->src);
	/* Before VMs are looked at: what comes meanwhile is told of */
	if (!err)
		err = events_open(&s->events, s->src);
	if (err)
		return session_failed(s->ctx, err);
	s->started = (uint64_t)time(NULL);
	state_start(&s->state, clock_now());
	return -1;
}

static void end(struct service *s)
{
	events_end(&s->events);
	state_free(&s->state);
	audit_forget(&s->findings);
	accept_close(&s->accept);
	s2_site_free(s->site);
	s2_source_close(s->src);
	s2_ctx_unref(s->ctx);
}

static void take_events(struct service *s)
{
	struct input in;

	while (events_next(&s->events, &in)) {
		effects_tell(s, &in);
		state_take(&s->state, &in, clock_now());
	}
}

/* The watchdog looks only while there is work.  Whether to go on */
static bool wait_for_events(struct service *s, const struct action *action)
{
	int err;

	systemd_work_ends();
	err = events_wait(&s->events, action->until);
	systemd_work_begins();
	return !err;
}

static void loop(struct service *s)
{
	bool on = true;

	while (on) {
		struct action action;

		take_events(s);
		action = decide(&s->state, clock_now());
		if (action.type == ACTION_STOP) {
			on = false;
		} else if (action.type == ACTION_WAIT) {
			on = wait_for_events(s, &action);
		} else {
			effects_do(s, &action);
			systemd_work_goes_on();
		}
	}
}

int service_run(struct service *s)
{
	int err = events_begin(&s->events), status;

	if (err)
		return cli_failed(err);
	status = begin(s);
	if (status < 0) {
		loop(s);
		systemd_notify("STOPPING=1");
		enforce_log(&(struct log_entry){ .id = LOG_STOPPED },
			    "stopped: what is set stays set");
		status = CLI_OK;
	}
	end(s);
	return status;
}
