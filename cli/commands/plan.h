/* SPDX-License-Identifier: GPL-2.0-only */
/* What 'policy check' and 'policy apply' share: from files to a plan. */
#ifndef S2CTL_PLAN_H
#define S2CTL_PLAN_H

#include "frame/session.h"
#include "policy/policy.h"
#include "screen/table.h"

struct plan_run {
	struct session s;
	struct s2_site *site;
	struct s2_plan *plan;
};

extern const struct table_spec plan_spec;

/*
 * Read the files of a site policy (none: those of /etc/s2ctl/policy.d), with a
 * context of their own or the session's.  Negative to go on, else a status.
 */
int plan_read(struct plan_run *run, struct cli *cli, int argc, char **argv);

/* Read the host, plan, and try it.  Negative to go on, else an exit status. */
int plan_make(struct plan_run *run, struct cli *cli, unsigned int flags,
	      unsigned int plan_flags);

/* Whether the kernel itself was asked, and can be told. */
bool plan_is_live(const struct plan_run *run);

/* Print the plan, and the memory in use that it would deny. */
int plan_print(const struct plan_run *run, struct table *t);
/* The same as JSON; apply, if not NULL, as in struct s2_json_options. */
int plan_json(const struct plan_run *run, int (*apply)(void *data),
	      void *data);

/* Whether only rules that contradict each other are not as they should be. */
bool plan_is_clear(const struct plan_run *run);

/* As session_end(), for all that was not known on the way. */
int plan_end(const struct plan_run *run, int status);
void plan_close(struct plan_run *run);

#endif /* S2CTL_PLAN_H */
