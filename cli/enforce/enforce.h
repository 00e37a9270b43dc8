/* SPDX-License-Identifier: GPL-2.0-only */
/* s2ctl enforce: what its parts have in common. */
#ifndef S2CTL_ENFORCE_H
#define S2CTL_ENFORCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <s2ctl.h>

#include "frame/accept.h"
#include "frame/cli.h"
#include "policy/policy.h"

struct udev;
struct udev_monitor;

/* What came of a VM that was looked at.  The words are in enforce-metrics.c */
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
	uint64_t due;		/* when to look again, in ms; 0: never */
	unsigned int visits;
	bool fresh;		/* nothing it uses can be denied, or it has just come */
	bool here;		/* in the last list */
};

struct enforce {
	struct cli *cli;
	struct s2_ctx *ctx;
	struct s2_source *src;
	struct s2_site *site;		/* the last good one */
	size_t n_rules;			/* of it, without those of domains */
	struct accept accept;		/* waivers */
	const char *const *paths;	/* of the site policy */
	size_t n_paths;
	const char *libvirt;		/* libvirt's folder */

	/* what happens: enforce-events.c */
	struct s2_monitor *monitor;
	struct udev *udev;
	struct udev_monitor *uevents;
	uint64_t reopen;		/* when to try again, in ms; 0: all is open */

	/* VMs, in order of id: enforce-seen.c */
	struct seen *vm;
	size_t n_vms;
	bool look;			/* there may be others by now */
	uint64_t retry;			/* when to look all the same, in ms; 0: never */
	uint64_t anew;			/* when to try everything again; 0: never */
	uint64_t wait;			/* how long after the last time, in ms */

	/* audits and their text file: enforce-metrics.c */
	uint64_t audit;			/* when, in ms; 0: not due */
	uint64_t audited;		/* when that was done last */
	char **finding;			/* keys of what is known, in order */
	size_t n_findings;
	bool unwritten;			/* the text file could not be written */

	bool current;			/* the files on the disk are in force */
	uint64_t started;		/* seconds since 1970 */
	uint64_t served[SERVED_COUNT];
	uint64_t recovered[CAUSE_COUNT];
};

/* Milliseconds of a clock that nobody sets */
uint64_t enforce_now(void);

/* The earlier of two times at which something is due; 0 is never */
static inline uint64_t sooner(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* enforce-events.c: negative errno, with a text in the context */
int events_open(struct enforce *e);
void events_close(struct enforce *e);
/* Take what has come; says what it is, and marks what is to be done */
void events_take(struct enforce *e);

/* enforce-seen.c */
uint64_t seen_id(const struct s2_obj *vm);
/* Which VMs are there?  What is new is due at once.  Negative errno */
int seen_list(struct enforce *e);
/* NULL if it is not there */
struct seen *seen_find(const struct enforce *e, uint64_t id);
/* What it is called, for what is told of it when there is no model */
void seen_name(struct seen *s, const struct s2_obj *vm);
/* When one of them is due, in ms; 0: never */
uint64_t seen_due(const struct enforce *e);
void seen_close(struct enforce *e);

/* enforce-vms.c */
/* Everything: tried together, then set but for what would deny memory in use */
void vms_anew(struct enforce *e);
/* Find VMs that are new; serve them in order of id, and those that are due */
void vms_look(struct enforce *e);

/* enforce-metrics.c */
/* An audit before long: what it would find has changed */
void metrics_soon(struct enforce *e);
/* Audit, tell of findings that are new, and write the text file */
void metrics_audit(struct enforce *e);
void metrics_close(struct enforce *e);
/* The text file of a service that does not run.  An exit status */
int metrics_stopped(const char *path);

/* enforce-log.c: what is told, to the journal or to standard error */
enum log_id {
	LOG_STARTED,
	LOG_STOPPED,
	LOG_RELOADED,
	LOG_KEPT,		/* the new policy is bad */
	LOG_HOST,
	LOG_SERVED,
	LOG_REFUSED,
	LOG_FAILED,
	LOG_DENIED,
	LOG_GONE,
	LOG_FINDING,
	LOG_LOST,
	LOG_RECOVERED,
	LOG_COUNT
};

/* Fields beside those of the message and the VM; "NAME=value", then NULL */
#define LOG_FIELDS_MAX	8

struct log_entry {
	enum log_id id;
	const struct s2_obj *vm;	/* or NULL */
	const struct seen *seen;	/* the same without vm; or NULL */
	uint64_t vm_id;			/* without either; 0: of none */
	int priority;			/* of syslog(3); 0: that of the id */
	const char *field[LOG_FIELDS_MAX];
};

void enforce_log(const struct log_entry *entry, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* S2CTL_ENFORCE_H */
