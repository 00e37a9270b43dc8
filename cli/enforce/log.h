/* SPDX-License-Identifier: GPL-2.0-only */
/* What the service tells, to the journal or to standard error. */
#ifndef S2CTL_ENFORCE_LOG_H
#define S2CTL_ENFORCE_LOG_H

#include <stdint.h>

#include <s2ctl.h>

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

/* The VM that it is about; all 0 if it is about none */
struct log_vm {
	uint64_t id;
	const char *name, *uuid;	/* NULL: not known */
};

/* Fields beside those of the message and the VM; "NAME=value", then NULL */
#define LOG_FIELDS_MAX	8

struct log_entry {
	enum log_id id;
	struct log_vm vm;
	int priority;		/* of syslog(3); 0: that of the id */
	const char *field[LOG_FIELDS_MAX];
};

/* vm: an S2_OBJ_VM, or NULL */
struct log_vm log_vm(const struct s2_obj *vm);

void enforce_log(const struct log_entry *entry, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* S2CTL_ENFORCE_LOG_H */
