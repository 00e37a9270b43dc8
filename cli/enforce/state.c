// SPDX-License-Identifier: GPL-2.0-only
/*
 * Identities of VMs only grow, so a VM that was not seen yet is one that is new,
 * whatever became of the event that told of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/state.h"

/*
 * When to look at a VM again, in ms after the last time: its devices come after
 * the VM, without an event, and so may libvirt's note of it.
 */
static const uint64_t later[] = { 1000, 4000, 25000 };

void state_start(struct state *st, uint64_t now)
{
	*st = (struct state){
		.awaited = AWAITED_START, .look = true, .anew = now,
		.audit = now,
	};
}

static void forget(struct seen *s)
{
	free(s->name);
	free(s->uuid);
}

void state_free(struct state *st)
{
	state_drop_gone(st);
	for (size_t i = 0; i < st->n_vms; i++)
		forget(&st->vm[i]);
	free(st->vm);
	*st = (struct state){ .stop = true };
}

/* ------------------------------------------------------- what came, and did */

void state_take(struct state *st, const struct input *in, uint64_t now)
{
	switch (in->type) {
	case INPUT_NONE:
		return;
	case INPUT_STOP:
		st->stop = true;
		return;
	case INPUT_RELOAD:
		st->reload = true;
		return;
	case INPUT_DEVICE:
		st->look = true;
		return;
	case INPUT_BROKEN:
		st->reopen = now;
		return;
	case INPUT_LOST:
		st->recovered[CAUSE_OVERRUN]++;
		st->look = true;
		break;
	case INPUT_GONE:
		st->look = true;
		break;
	case INPUT_DENIED:
	case INPUT_OTHER:
		break;
	}
	state_audit_soon(st, now);
}

void state_reloaded(struct state *st, bool good, uint64_t now)
{
	st->reload = false;
	if (st->awaited == AWAITED_NOT)
		st->awaited = AWAITED_RELOAD;
	if (good)
		st->anew = now;
	state_audit_soon(st, now);
}

void state_answered(struct state *st)
{
	st->awaited = AWAITED_NOT;
}

void state_opened(struct state *st, bool open, uint64_t now)
{
	/* Whatever came while they were closed is looked for now */
	st->look = true;
	st->reopen = open ? 0 : now + RETRY_MS;
	if (!open)
		return;
	st->recovered[CAUSE_SOCKET]++;
	state_audit_soon(st, now);
}

/* --------------------------------------------------------------------- VMs */

static int by_id(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

struct seen *state_find(const struct state *st, uint64_t id)
{
	const struct seen key = { .id = id };

	return st->n_vms ? bsearch(&key, st->vm, st->n_vms, sizeof(*st->vm),
				   by_id) : NULL;
}

void state_list_begin(struct state *st)
{
	state_drop_gone(st);
	for (size_t i = 0; i < st->n_vms; i++)
		st->vm[i].here = false;
}

/* Those that are new stand behind the others, not in order, until the end */
int state_list_vm(struct state *st, uint64_t id, uint64_t now)
{
	struct seen *s = state_find(st, id);
	size_t count = st->n_vms + st->n_new;

	if (s) {
		s->here = true;
		return 0;
	}
	if (count == st->room) {
		size_t room = st->room ? 2 * st->room : 16;

		s = reallocarray(st->vm, room, sizeof(*s));
		if (!s)
			return -ENOMEM;
		st->vm = s;
		st->room = room;
	}
	st->vm[count] = (struct seen){
		.id = id, .due = now, .fresh = true, .here = true,
	};
	st->n_new++;
	return 0;
}

/* Those that are here to the front; both parts stay in their order */
static int by_presence(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->here == y->here ? by_id(a, b) : x->here ? -1 : 1;
}

void state_list_end(struct state *st, bool complete)
{
	size_t count = st->n_vms + st->n_new, here = 0;

	for (size_t i = 0; i < count; i++) {
		st->vm[i].here |= !complete;
		here += st->vm[i].here;
	}
	if (count)
		qsort(st->vm, count, sizeof(*st->vm), by_presence);
	st->n_vms = here;
	st->n_new = 0;
	st->n_gone = count - here;
	st->look = false;
	st->retry = 0;
	st->listed = true;
}

void state_drop_gone(struct state *st)
{
	for (size_t i = 0; i < st->n_gone; i++)
		forget(&st->vm[st->n_vms + i]);
	st->n_gone = 0;
}

/* To have none is no reason not to serve it */
static void rename_to(char **name, const char *to)
{
	if (!to || (*name && !strcmp(*name, to)))
		return;
	free(*name);
	*name = strdup(to);
}

void state_name(struct seen *s, const char *name, const char *uuid)
{
	rename_to(&s->name, name);
	rename_to(&s->uuid, uuid);
}

/* ------------------------------------------------------------------ serving */

bool state_is_due(const struct seen *s, bool fresh, uint64_t at)
{
	return s->fresh == fresh && is_due(s->due, at);
}

void state_served(struct state *st, struct seen *s, enum served result,
		  bool again, uint64_t now)
{
	bool first = !s->visits;

	again |= result == SERVED_FAILED;
	s->due = again && s->visits < sizeof(later) / sizeof(*later) ?
		now + later[s->visits] : 0;
	s->visits++;
	s->fresh = false;
	if (!first && result == SERVED_UNCHANGED)
		return;
	st->served[result]++;
	state_audit_soon(st, now);
}

void state_serve_end(struct state *st, bool fresh, uint64_t at)
{
	st->listed = false;
	for (size_t i = 0; i < st->n_vms; i++) {
		struct seen *s = &st->vm[i];

		/* Those of the other kind are still to be served */
		st->listed |= state_is_due(s, !fresh, at);
		if (!state_is_due(s, fresh, at))
			continue;
		if (!s->visits)
			st->served[SERVED_GONE]++;
		s->due = 0;
	}
}

void state_put_off(struct state *st, uint64_t at, uint64_t now)
{
	for (size_t i = 0; i < st->n_vms; i++)
		if (is_due(st->vm[i].due, at))
			st->vm[i].due = now + RETRY_MS;
	st->look = false;
	st->listed = false;
	st->retry = now + RETRY_MS;
}

/* ----------------------------------------------------------- all of it anew */

void state_try_begin(struct state *st, uint64_t now)
{
	for (size_t i = 0; i < st->n_vms; i++) {
		st->vm[i].due = now;
		st->vm[i].visits = 0;
		st->vm[i].fresh = true;
	}
}

void state_blame(struct state *st, uint64_t id)
{
	struct seen *s = state_find(st, id);

	if (s)
		s->fresh = false;
}

void state_refused(struct state *st, struct seen *s)
{
	st->served[SERVED_REFUSED]++;
	s->fresh = false;
	s->due = 0;
	s->visits = 1;
}

void state_try_each(struct state *st)
{
	for (size_t i = 0; i < st->n_vms; i++)
		st->vm[i].fresh = false;
}

/* It may fail for good: so less and less often */
void state_try_end(struct state *st, bool failed, uint64_t now)
{
	st->wait = !failed ? 0 : st->wait ? st->wait * 2 : RETRY_MS;
	if (st->wait > RETRY_MAX_MS)
		st->wait = RETRY_MAX_MS;
	st->anew = failed ? now + st->wait : 0;
}

/* ------------------------------------------------------------------- audits */

void state_audit_soon(struct state *st, uint64_t now)
{
	uint64_t then = now + AUDIT_SETTLE_MS;

	if (st->audited && then < st->audited + AUDIT_BETWEEN_MS)
		then = st->audited + AUDIT_BETWEEN_MS;
	st->audit = sooner(st->audit, then);
}

void state_audited(struct state *st, bool failed, uint64_t now)
{
	st->audited = now;
	st->audit = failed ? now + AUDIT_RETRY_MS : 0;
}

bool state_written(struct state *st, bool written, uint64_t now)
{
	bool news = st->unwritten == written;

	if (!written)
		st->audit = sooner(st->audit, now + AUDIT_RETRY_MS);
	else if (st->unwritten)
		st->recovered[CAUSE_METRICS]++;
	st->unwritten = !written;
	return news;
}

/* --------------------------------------------------------------------- time */

uint64_t state_next(const struct state *st)
{
	uint64_t due = sooner(sooner(st->audit, st->reopen),
			      sooner(st->anew, st->retry));

	for (size_t i = 0; i < st->n_vms; i++)
		due = sooner(due, st->vm[i].due);
	return due;
}
