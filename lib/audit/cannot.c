// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules that a source cannot know enough for, each said once */
#include <errno.h>
#include <stdio.h>

#include "audit/cannot.h"
#include "model/program.h"

/* Why it is not known */
static const char *reason(const struct s2_model *model)
{
	return s2_obj_num(s2_model_host(model), S2_HOST_SERIES, 1) ?
		"the kernel's memory does not tell" :
		"a kernel without the series does not have";
}

static int tell_rule(const struct s2_rule *rule, bool all,
		     const struct s2_model *model, struct s2_report *report)
{
	size_t n = report->problems.count;
	char text[240];

	if (all)
		snprintf(text, sizeof(text), "%s did not run: it needs %s, which %s",
			 rule->id, rule->fact, reason(model));
	else
		snprintf(text, sizeof(text),
			 "%s could not decide everywhere: it needs %s, which the kernel's memory does not always tell",
			 rule->id, rule->fact);
	if (s2_problem_add(&report->problems, &report->pool,
			   S2_PROBLEM_CANNOT_KNOW, NULL, NULL, text))
		return -ENOMEM;
	if (report->problems.count > n)
		s2_obj_set_str(s2_list_at(&report->problems, n),
			       S2_PROBLEM_RULE, rule->id);
	return 0;
}

int s2_cannot_tell(const struct s2_cannot *cannot, const struct s2_model *model,
		   struct s2_report *report)
{
	int err = 0;

	for (const struct s2_rule *rule = s2_rules; !err && rule->id; rule++) {
		uint32_t bit = 1u << (rule - s2_rules);

		if ((cannot->all | cannot->some) & bit)
			err = tell_rule(rule, cannot->all & bit, model, report);
	}
	return err;
}
