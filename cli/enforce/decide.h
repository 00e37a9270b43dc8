/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the service does next.  The same state at the same time gives the same
 * answer; effects.c does it, and tells the state what came of it.
 */
#ifndef S2CTL_ENFORCE_DECIDE_H
#define S2CTL_ENFORCE_DECIDE_H

#include "enforce/state.h"

enum action_type {
	ACTION_STOP,
	ACTION_RELOAD,		/* read the policy again */
	ACTION_OPEN,		/* the sockets */
	ACTION_TRY_ALL,		/* all policies, before any is set */
	ACTION_LIST,		/* which VMs are there? */
	ACTION_SERVE_FRESH,	/* VMs that are due and fresh */
	ACTION_SERVE_REST,	/* the others that are due */
	ACTION_AUDIT,
	ACTION_ANSWER,		/* to whoever waits for a start or a reload */
	ACTION_WAIT,		/* until something comes */
};

struct action {
	enum action_type type;
	uint64_t at;		/* when it was decided */
	uint64_t until;		/* WAIT: no longer than that; 0: for ever */
};

struct action decide(const struct state *st, uint64_t now);

#endif /* S2CTL_ENFORCE_DECIDE_H */
