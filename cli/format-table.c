// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl audit --format=table: for people, in a terminal */
#include "format.h"

static void print_counts(FILE *file, const struct s2_report *report)
{
	size_t all = s2_report_count(report, 0, false);
	const char *sep = ": ";

	if (!all)
		return;
	fprintf(file, "\n%zu finding%s", all, all == 1 ? "" : "s");
	for (int s = S2_SEVERITY_CRITICAL; s >= S2_SEVERITY_INFO; s--) {
		size_t n = s2_report_count(report, (enum s2_severity)s, false);

		if (!n)
			continue;
		fprintf(file, "%s%zu %s", sep, n, format_severity(s));
		sep = ", ";
	}
	fputs(".  's2ctl explain RULE' says what to do.\n", file);
}

int format_table(FILE *file, const struct format_input *in)
{
	const struct s2_obj *finding;
	int err = 0;

	s2_report_for_each(finding, in->report, S2_OBJ_FINDING)
		if (!err)
			err = table_add(in->table, NULL, finding);
	if (!err)
		err = table_print_to(in->table, file,
				     s2_report_complete(in->report) ?
				     "No findings." :
				     "No findings in what is known.");
	if (err)
		return err;
	if (!cli_given(in->cli, OPT_RAW) &&
	    !cli_given(in->cli, OPT_NOHEADINGS))
		print_counts(file, in->report);
	return 0;
}
