/* SPDX-License-Identifier: GPL-2.0-only */
/* What a site has accepted: waivers, and what an audit found before. */
#ifndef S2CTL_ACCEPT_H
#define S2CTL_ACCEPT_H

#include <s2ctl.h>

#include "audit/audit.h"
#include "frame/cli.h"

struct accept {
	struct s2_waivers *waivers;
	struct s2_baseline *baseline;
};

/*
 * Read the files of --waivers and --baseline, if they are given.  Negative to
 * go on, else an exit status; close it either way.
 */
int accept_read(struct accept *accept, struct s2_ctx *ctx,
		const struct cli *cli);

/* Mark what is waived, and take away what is not new.  0 or -ENOMEM. */
int accept_apply(struct accept *accept, struct s2_report *report);

/*
 * Say on standard error, after the output, which waivers have expired and are
 * missed, and with --verbose which are for nothing.
 */
void accept_end(const struct accept *accept, const struct cli *cli);
void accept_close(struct accept *accept);

#endif /* S2CTL_ACCEPT_H */
