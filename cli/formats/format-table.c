// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl audit --format=table: for people, in a terminal */
#include "audit/audit.h"
#include "formats/format.h"
#include "screen/words.h"

static void print_counts(FILE *file, const struct s2_report *report)
{
	size_t all = s2_report_count(report, 0, false);
	size_t waived = s2_report_count(report, 0, true);
	const char *sep = ": ";

	if (!all && !waived)
		return;
	fprintf(file, "\n%zu finding%s", all, all == 1 ? "" : "s");
	for (int s = S2_SEVERITY_CRITICAL; s >= S2_SEVERITY_INFO; s--) {
		size_t n = s2_report_count(report, (enum s2_severity)s, false);

		if (!n)
			continue;
		fprintf(file, "%s%zu %s", sep, n, words_severity(s));
		sep = ", ";
	}
	if (waived)
		fprintf(file, "; %zu waived", waived);
	fputs(".  's2ctl explain RULE' says what to do.\n", file);
}

/* What to say where there is nothing. */
static const char *nothing(const struct format_input *in)
{
	bool complete = s2_report_complete(in->report);

	if (cli_given(in->cli, OPT_BASELINE))
		return complete ? "No new findings." :
				  "No new findings in what is known.";
	return complete ? "No findings." : "No findings in what is known.";
}

int format_table(FILE *file, const struct format_input *in)
{
	const struct s2_obj *finding;
	int err = 0;

	s2_report_for_each(finding, in->report, S2_OBJ_FINDING)
		if (!err)
			err = table_add(in->table, NULL, finding);
	if (!err)
		err = table_print_to(in->table, file, nothing(in));
	if (err)
		return err;
	if (!cli_given(in->cli, OPT_RAW) &&
	    !cli_given(in->cli, OPT_NOHEADINGS))
		print_counts(file, in->report);
	return 0;
}
