// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <syslog.h>

#include "enforce/apply.h"
#include "enforce/audit.h"
#include "enforce/clock.h"
#include "enforce/effects.h"
#include "enforce/list.h"
#include "enforce/log.h"
#include "enforce/serve.h"
#include "enforce/systemd.h"
#include "enforce/try.h"

/* ------------------------------------------------------------ telling people */

static void tell_denied(const struct state *st, const struct input *in)
{
	const struct seen *seen = state_find(st, in->vm);
	struct log_entry entry = {
		.id = LOG_DENIED,
		.vm = {
			.id = in->vm, .name = seen ? seen->name : NULL,
			.uuid = seen ? seen->uuid : NULL,
		},
		.priority = in->denied ? 0 : LOG_NOTICE,
	};
	char fields[4][96];

	snprintf(fields[0], sizeof(fields[0]), "S2CTL_CLASS=%s", in->class);
	snprintf(fields[1], sizeof(fields[1]), "S2CTL_REASON=%s", in->reason);
	snprintf(fields[2], sizeof(fields[2]), "S2CTL_DENIED=%" PRIu64,
		 in->denied);
	snprintf(fields[3], sizeof(fields[3]), "S2CTL_WOULD_DENY=%" PRIu64,
		 in->would_deny);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		entry.field[i] = fields[i];
	enforce_log(&entry,
		    "class %s, reason %s: %" PRIu64 " faults denied, %" PRIu64 " would have been",
		    in->class, in->reason, in->denied, in->would_deny);
}

void effects_tell(const struct service *s, const struct input *in)
{
	const struct log_entry lost = { .id = LOG_LOST };

	switch (in->type) {
	case INPUT_DENIED:
		tell_denied(&s->state, in);
		break;
	case INPUT_LOST:
		enforce_log(&lost,
			    "events of %s were lost: looking at all VMs again",
			    in->text);
		break;
	case INPUT_BROKEN:
		enforce_log(&lost, "%s: opening the sockets again", in->text);
		break;
	default:
		break;
	}
}

/* -------------------------------------------------------------------- doing */

int effects_read_site(struct service *s)
{
	struct s2_site *site;
	int err = s2_site_load(s->ctx, s->paths, s->n_paths, &site);

	s->current = !err;
	if (err)
		return err;
	s2_site_free(s->site);
	s->site = site;
	s->n_rules = s2_site_count(site);
	return 0;
}

/* The new policy, if it is good; else the one that there was */
static void reload(struct service *s)
{
	int err;

	systemd_notify("RELOADING=1");
	err = effects_read_site(s);
	if (err)
		enforce_log(&(struct log_entry){ .id = LOG_KEPT },
			    "%s: the policy before stays in force",
			    s2_ctx_error(s->ctx));
	else
		enforce_log(&(struct log_entry){ .id = LOG_RELOADED },
			    "%zu rules were read", s->n_rules);
	state_reloaded(&s->state, !err, clock_now());
}

static void open_sockets(struct service *s)
{
	int err = events_open(&s->events, s->src);

	state_opened(&s->state, !err, clock_now());
	if (!err)
		enforce_log(&(struct log_entry){ .id = LOG_RECOVERED },
			    "the sockets are open again");
}

static void look(struct service *s, uint64_t at)
{
	int err = list_vms(s);

	if (!err)
		return;
	apply_failed(s, NULL, err);
	state_put_off(&s->state, at, clock_now());
}

static void answer(struct service *s)
{
	if (s->state.awaited == AWAITED_START)
		enforce_log(&(struct log_entry){ .id = LOG_STARTED },
			    "%zu rules, %zu VMs", s->n_rules, s->state.n_vms);
	systemd_notify("READY=1\nSTATUS=%zu rules%s", s->n_rules,
		       s->current ? "" : "; the last reload failed");
	state_answered(&s->state);
}

void effects_do(struct service *s, const struct action *action)
{
	switch (action->type) {
	case ACTION_RELOAD:
		reload(s);
		break;
	case ACTION_OPEN:
		open_sockets(s);
		break;
	case ACTION_TRY_ALL:
		try_all(s);
		break;
	case ACTION_LIST:
		look(s, action->at);
		break;
	case ACTION_SERVE_FRESH:
		serve_due(s, true, action->at);
		break;
	case ACTION_SERVE_REST:
		serve_due(s, false, action->at);
		break;
	case ACTION_AUDIT:
		audit_all(s);
		break;
	case ACTION_ANSWER:
		answer(s);
		break;
	case ACTION_STOP:
	case ACTION_WAIT:
		break;
	}
}
