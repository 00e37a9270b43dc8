/* SPDX-License-Identifier: GPL-2.0-only */
/* What can come to the service from outside: events.c reads it, state.c notes it. */
#ifndef S2CTL_ENFORCE_INPUT_H
#define S2CTL_ENFORCE_INPUT_H

#include <stdint.h>

enum input_type {
	INPUT_NONE,		/* nothing that concerns us */
	INPUT_STOP,		/* SIGTERM, SIGINT */
	INPUT_RELOAD,		/* SIGHUP */
	INPUT_DEVICE,		/* a uevent of /dev/kvm: VMs came or went */
	INPUT_GONE,		/* a VM ended */
	INPUT_DENIED,		/* a VM was denied something, or would have been */
	INPUT_OTHER,		/* something else that an audit would see */
	INPUT_LOST,		/* there were more events than a socket takes */
	INPUT_BROKEN,		/* a socket cannot be read: all are closed */
};

/* The texts last until the next input is read. */
struct input {
	enum input_type type;
	const char *text;	/* LOST: events of what; BROKEN: why */
	/* DENIED */
	uint64_t vm;
	const char *class, *reason;
	uint64_t denied, would_deny;
};

#endif /* S2CTL_ENFORCE_INPUT_H */
