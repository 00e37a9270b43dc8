// SPDX-License-Identifier: LGPL-2.1-or-later
/* Report: access to what rules found */
#include <errno.h>
#include <stdlib.h>

#include "audit/audit.h"
#include "audit/report.h"
#include "model/field.h"

struct s2_report *s2_report_new(void)
{
	struct s2_report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	s2_list_init(&report->findings, S2_OBJ_FINDING);
	s2_list_init(&report->problems, S2_OBJ_PROBLEM);
	return report;
}

void s2_report_unref(struct s2_report *report)
{
	if (!report)
		return;
	s2_list_clear(&report->findings);
	s2_list_clear(&report->problems);
	s2_pool_clear(&report->pool);
	free(report);
}

bool s2_report_complete(const struct s2_report *report)
{
	return s2_problems_complete(&report->problems) && !report->incomplete;
}

const struct s2_obj *s2_report_first(const struct s2_report *report,
				     enum s2_obj_type type)
{
	const struct s2_list *list = NULL;

	if (type == S2_OBJ_FINDING)
		list = &report->findings;
	else if (type == S2_OBJ_PROBLEM)
		list = &report->problems;
	return list && list->count ? s2_list_at(list, 0) : NULL;
}

size_t s2_report_count(const struct s2_report *report,
		       enum s2_severity severity, bool waived)
{
	const struct s2_obj *finding;
	size_t count = 0;

	s2_report_for_each(finding, report, S2_OBJ_FINDING) {
		if ((s2_obj_num(finding, S2_FINDING_WAIVED, 0) != 0) == waived &&
		    (!severity ||
		     s2_obj_num(finding, S2_FINDING_SEVERITY, 0) == severity))
			count++;
	}
	return count;
}

int s2_report_worst(const struct s2_report *report)
{
	for (int s = S2_SEVERITY_CRITICAL; s; s--)
		if (s2_report_count(report, s, false))
			return s;
	return 0;
}

void s2_tally_add(struct s2_tally *tally, const struct s2_report *report)
{
	for (int s = S2_SEVERITY_INFO; s <= S2_SEVERITY_CRITICAL; s++)
		tally->severity[s] += s2_report_count(report, s, false);
	tally->waived += s2_report_count(report, 0, true);
	tally->complete &= s2_report_complete(report);
}

int s2_severity_from_word(const char *word)
{
	const struct s2_field *field = s2_field_by_id(S2_FINDING_SEVERITY);
	int severity = (int)s2_field_num(field, word);

	return severity ? severity : -EINVAL;
}
