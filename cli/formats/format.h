/* SPDX-License-Identifier: GPL-2.0-only */
/* The formats of s2ctl audit: one table, one file for each. */
#ifndef S2CTL_FORMAT_H
#define S2CTL_FORMAT_H

#include <stdio.h>
#include <sys/types.h>

#include <s2ctl.h>

#include "frame/cli.h"
#include "frame/outfile.h"
#include "policy/policy.h"
#include "screen/table.h"

/* What is written */
struct format_input {
	const struct cli *cli;
	const struct s2_model *model;
	const struct s2_report *report;
	const struct s2_site *site;	/* that of the audit, or NULL */
	struct table *table;		/* for FORMAT_TABLE alone */
};

/*
 * A format.  write: 0 or a negative errno; NULL where it is written as it comes,
 * by audit_stream().  load:
 * S2_LOAD_* that it shows beside what the rules look at.  indents: whether
 * --pretty means anything.
 */
struct format {
	int (*write)(FILE *file, const struct format_input *in);
	mode_t mode;			/* of a file that is made */
	unsigned int load;
	bool indents;
};

/*
 * The format that the command line asks for, by --format, --json or --pretty.
 * Negative to go on, else an exit status.
 */
int format_choose(const struct cli *cli, const struct format **format);

/*
 * Write to --output-file, or to standard output.  Returns an exit status, having
 * said why if it is not CLI_OK.
 */
int format_write(const struct format *format, const struct format_input *in);

/* The same with what writes it */
int format_emit(const struct format *format, const struct cli *cli,
		outfile_fn fn, const void *data);

/* Whether --output-file names something other than standard output */
bool format_to_file(const struct cli *cli);

int format_table(FILE *file, const struct format_input *in);
int format_sarif(FILE *file, const struct format_input *in);
int format_prometheus(FILE *file, const struct format_input *in);
int format_html(FILE *file, const struct format_input *in);

#endif /* S2CTL_FORMAT_H */
