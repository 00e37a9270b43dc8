/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What comes from outside.  Two sockets: the kernel's uevents tell that a VM has
 * come, the events of kvm_s2 that one has ended or was denied something.  Neither is
 * trusted to tell all: what was lost is looked for.  And signals.
 */
#ifndef S2CTL_ENFORCE_EVENTS_H
#define S2CTL_ENFORCE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <s2ctl.h>

#include "enforce/input.h"

struct udev;
struct udev_monitor;

enum events_from {
	FROM_SIGNALS,
	FROM_UEVENTS,
	FROM_KERNEL,
	FROM_COUNT
};

struct events {
	struct s2_ctx *ctx;
	int signals;
	struct udev *udev;
	struct udev_monitor *uevents;
	struct s2_monitor *monitor;
	unsigned int left[FROM_COUNT];	/* to be read in this round */
	bool more;			/* than was read in the last one */
};

/* Signals wait from here on.  0 or a negative errno */
int events_begin(struct events *ev);
/* 0, or a negative errno with a text in the context: nothing is open then */
int events_open(struct events *ev, struct s2_source *src);
void events_end(struct events *ev);

/*
 * The next that came, until all has been read, or enough of each kind: who sends
 * without end must not keep us from work.  False ends a round.
 */
bool events_next(struct events *ev, struct input *in);

/* Sleep until something comes, or until then.  0 or a negative errno */
int events_wait(const struct events *ev, uint64_t until);

#endif /* S2CTL_ENFORCE_EVENTS_H */
