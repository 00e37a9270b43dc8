/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the service knows: which VMs it has seen, when something is to be done, and
 * what has been counted.  Nothing here reads a clock or asks the kernel: whoever
 * does so says what came of it, and when.  Times are milliseconds of clock.h; 0 is
 * never.
 */
#ifndef S2CTL_ENFORCE_STATE_H
#define S2CTL_ENFORCE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/input.h"

#define AUDIT_SETTLE_MS		1000	/* after what happened */
#define AUDIT_BETWEEN_MS	10000	/* two audits */
#define AUDIT_RETRY_MS		30000	/* of one that failed, or of its file */
#define AUDIT_LATE_MS		10000	/* then it goes before new VMs */
#define RETRY_MS		1000	/* of all else that failed */
#define RETRY_MAX_MS		300000

/* What came of a VM that was looked at.  The words are in metrics.c */
enum served {
	SERVED_APPLIED,
	SERVED_UNCHANGED,
	SERVED_REFUSED,		/* memory in use would be denied */
	SERVED_FAILED,
	SERVED_GONE,
	SERVED_COUNT
};

/* What went wrong, and is right again */
enum cause {
	CAUSE_OVERRUN,		/* events were lost */
	CAUSE_SOCKET,		/* a socket had to be opened again */
	CAUSE_METRICS,		/* the text file could not be written */
	CAUSE_COUNT
};

/* A VM that was seen */
struct seen {
	uint64_t id;
	char *name, *uuid;	/* NULL: not known */
	uint64_t due;		/* when to look again */
	unsigned int visits;
	bool fresh;		/* nothing it uses can be denied, or it has just come */
	bool here;		/* in the last list */
};

/* Whether whoever started the service, or had it reload, waits for an answer */
enum awaited {
	AWAITED_NOT,
	AWAITED_START,
	AWAITED_RELOAD,
};

struct state {
	/* Asked for from outside */
	bool stop;
	bool reload;
	enum awaited awaited;

	struct seen *vm;	/* in order of id */
	size_t n_vms;
	size_t n_new;		/* behind them, while a list is read */
	size_t n_gone;		/* likewise, until they have been told of */
	size_t room;

	bool look;		/* there may be other VMs by now */
	bool listed;		/* since those that were due have all been served */
	uint64_t retry;		/* when to look all the same */
	uint64_t reopen;	/* when to open the sockets; 0: they are open */
	uint64_t anew;		/* when to try all policies again */
	uint64_t wait;		/* how long that waits after a failure, in ms */
	uint64_t audit;		/* when to audit */
	uint64_t audited;	/* when that was last done */
	bool unwritten;		/* the text file could not be written */

	uint64_t served[SERVED_COUNT];
	uint64_t recovered[CAUSE_COUNT];
};

static inline bool is_due(uint64_t due, uint64_t now)
{
	return due && due <= now;
}

/* The earlier of two times */
static inline uint64_t sooner(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* With the sockets open, and nothing set yet */
void state_start(struct state *st, uint64_t now);
void state_free(struct state *st);

/* Something came from outside */
void state_take(struct state *st, const struct input *in, uint64_t now);

/* The policy was read again; if it is good, all is tried anew */
void state_reloaded(struct state *st, bool good, uint64_t now);
/* Whoever waited has been answered */
void state_answered(struct state *st);
/* The sockets were opened, or could not be */
void state_opened(struct state *st, bool open, uint64_t now);

/*
 * A list of the VMs that there are: begin, each of them, end.  What is new is due
 * at once.  complete: it has all, so that what was seen and is not in it has ended;
 * those are vm[n_vms] and on, until they are dropped.
 */
void state_list_begin(struct state *st);
int state_list_vm(struct state *st, uint64_t id, uint64_t now);
void state_list_end(struct state *st, bool complete);
void state_drop_gone(struct state *st);

/* NULL if it is not there */
struct seen *state_find(const struct state *st, uint64_t id);
/* What it is called, for what is told of it when there is no model */
void state_name(struct seen *s, const char *name, const char *uuid);

/*
 * VMs that are due at a time are served, first those that are fresh.  The time is
 * that of the decision: what becomes due while others are served waits for the next
 * one.  again: there may be more to set before long.
 */
bool state_is_due(const struct seen *s, bool fresh, uint64_t at);
void state_served(struct state *st, struct seen *s, enum served result,
		  bool again, uint64_t now);
/* All have been served but those that have ended */
void state_serve_end(struct state *st, bool fresh, uint64_t at);
/* It did not work: all that was due is tried again, but not at once */
void state_put_off(struct state *st, uint64_t at, uint64_t now);

/*
 * All policies are tried together before any is set: begin; a VM that would lose
 * memory in use is blamed, and refused; end.  Every other VM is due after that.
 */
void state_try_begin(struct state *st, uint64_t now);
void state_blame(struct state *st, uint64_t id);
void state_refused(struct state *st, struct seen *s);
/* Nothing is known of what they would deny: each VM is tried by itself */
void state_try_each(struct state *st);
void state_try_end(struct state *st, bool failed, uint64_t now);

/* An audit before long: what it would find has changed */
void state_audit_soon(struct state *st, uint64_t now);
void state_audited(struct state *st, bool failed, uint64_t now);
/* The text file was written, or could not be; whether that is news */
bool state_written(struct state *st, bool written, uint64_t now);

/* When something is due next */
uint64_t state_next(const struct state *st);

#endif /* S2CTL_ENFORCE_STATE_H */
