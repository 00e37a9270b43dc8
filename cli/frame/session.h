/* SPDX-License-Identifier: GPL-2.0-only */
/* What every command that reads a host does first, and last. */
#ifndef S2CTL_SESSION_H
#define S2CTL_SESSION_H

#include <s2ctl.h>

#include "frame/cli.h"

#define TOLD_KINDS	20	/* more than the library has; the last is any other */

struct session {
	struct cli *cli;
	struct s2_ctx *ctx;
	struct s2_source *src;
	struct s2_model *model;
	struct s2_report *report;
	void *logged;		/* with --verbose: lines printed so far (tsearch) */
};

/*
 * Open the host, or the snapshot of --from, without reading VMs; for a session
 * that may have its context already.  Negative to go on.
 */
int session_open(struct session *s, struct cli *cli);
/*
 * The library could not do what changes or watches a kernel: say why.  Returns
 * CLI_UNDETERMINED where the kernel cannot do it, or not for this user.
 */
int session_failed(const struct s2_ctx *ctx, int err);
/* What s2_load() or s2_load_each() returned.  Negative to go on. */
int session_loaded(const struct session *s, int err);

/* Say what the library says of an error.  Returns CLI_ERROR. */
int session_error(const struct session *s, int err);

/* How many problems of each kind were said; zero to begin with. */
struct told {
	struct told_kind {
		char code[24];		/* empty: there was none of it yet */
		size_t problems;
	} kinds[TOLD_KINDS];
};

/*
 * Say a problem on standard error, unless --verbose has said it, or many of its
 * kind were: who wrote a snapshot can fill a terminal, and a log, otherwise.
 */
void session_problem(const struct session *s, struct told *told,
		     const struct s2_obj *problem);
/* Say how many were not said. */
void session_told(const struct told *told);

/*
 * Rules that lack what the source can never know.  They are said in one line, for
 * that is no reason to be alarmed.  With --verbose each is said by itself, and what
 * else can never be known.
 */
struct session_cannot {
	char rules[160];
};

/* Take a problem in, if it is one of those. */
bool session_cannot_add(const struct session *s, struct told *told,
			struct session_cannot *list, const struct s2_obj *problem);
void session_cannot_say(const struct session_cannot *list);

/*
 * Read the host, or the snapshot of --from, with the VMs named by argv (none:
 * all).  Negative to go on, else an exit status; close it either way.
 */
int session_load(struct session *s, struct cli *cli, unsigned int flags,
		 int argc, char **argv);
/* As session_load(), with a session that may have its context already. */
int session_load_with(struct session *s, struct cli *cli, unsigned int flags,
		      int argc, char **argv);
void session_close(struct session *s);

/*
 * Say on standard error what could not be known, after the output.  Returns
 * CLI_UNDETERMINED if something could not, else status.
 */
int session_end(const struct session *s, int status);

/* Write the envelope to standard output.  Returns an exit status. */
int session_json(const struct session *s, const char *kind);

/* Refuse "-" for more than one file: it can be read once.  Negative to go on. */
int one_stdin(const struct cli *cli);

/* Refuse arguments where there are none.  Negative to go on. */
int no_arguments(const struct cli *cli, int argc, char **argv);

#endif /* S2CTL_SESSION_H */
