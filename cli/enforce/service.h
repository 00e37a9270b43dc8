/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * s2ctl enforce.  Events come in, the state takes note of them, decide() says what
 * is to be done, and effects do it:
 *
 *   input.h   events.c    what came: signals, uevents, events of kvm_s2
 *   state.c               which VMs there are, and when something is due
 *   decide.c              what to do next
 *   effects.c             doing it; on it serve.c and try.c, which make policies
 *                         true with apply.c, and audit.c and metrics.c
 *   log.c     systemd.c   telling it
 *   loop.c                all of them in turn
 *
 * State and decisions use neither kernel nor clock.
 */
#ifndef S2CTL_ENFORCE_SERVICE_H
#define S2CTL_ENFORCE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <s2ctl.h>

#include "enforce/events.h"
#include "enforce/state.h"
#include "frame/accept.h"
#include "frame/cli.h"
#include "policy/policy.h"

/* What findings are known, by key, in order: they have been told of */
struct findings {
	char **key;
	size_t count;
};

struct service {
	/* What it was asked for */
	const struct cli *cli;
	const char *const *paths;	/* of the site policy */
	size_t n_paths;
	const char *libvirt;		/* libvirt's folder */

	/* What it works with */
	struct s2_ctx *ctx;
	struct s2_source *src;
	struct s2_site *site;		/* the last good one */
	size_t n_rules;			/* of it, without those of domains */
	bool current;			/* the files on the disk are in force */
	struct accept accept;		/* waivers */
	struct findings findings;
	uint64_t started;		/* seconds since 1970 */

	struct events events;
	struct state state;
};

/* loop.c: until it is asked to end.  An exit status */
int service_run(struct service *s);

#endif /* S2CTL_ENFORCE_SERVICE_H */
