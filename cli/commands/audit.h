/* SPDX-License-Identifier: GPL-2.0-only */
/* s2ctl audit: what is asked for, and the audit as it comes. */
#ifndef S2CTL_AUDIT_H
#define S2CTL_AUDIT_H

#include "audit/audit.h"
#include "formats/format.h"
#include "frame/accept.h"
#include "frame/session.h"

/* The command line of an audit, read. */
struct audit_setup {
	struct s2_audit_options opt;
	struct s2_site *site;
	char *words;			/* the rules, taken apart */
	const char **rules;
	char **vms;			/* arguments, and that of --vm */
	int n_vms;
	int fail_on;
};

/*
 * Read options and the site policy; s has its context then.  Negative to go on,
 * else an exit status; close it either way.
 */
int audit_setup(struct audit_setup *setup, struct session *s, struct cli *cli,
		int argc, char **argv);
void audit_setup_close(struct audit_setup *setup);

/*
 * Audit VM by VM and print each object on a line as it comes, for a format that
 * writes nothing itself.  Returns an exit status.
 */
int audit_stream(struct session *s, const struct audit_setup *setup,
		 const struct format *format, struct accept *accept);

#endif /* S2CTL_AUDIT_H */
