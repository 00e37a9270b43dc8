/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a source can never know.  The kernel's memory has no policies, no verdicts and
 * no counters: rules that need them are named once, and the audit is complete without.
 */
#ifndef S2_CANNOT_H
#define S2_CANNOT_H

#include "audit/report.h"
#include "audit/rule_table.h"

/**
 * struct s2_cannot - rules that lack facts which the source cannot know
 * @all: mask of those that did not run, by number in the table
 * @some: mask of those that could not decide everywhere
 */
struct s2_cannot {
	uint32_t all;
	uint32_t some;
};

/* A problem for each of them.  Return: 0 or -ENOMEM */
int s2_cannot_tell(const struct s2_cannot *cannot, const struct s2_model *model,
		   struct s2_report *report);

#endif /* S2_CANNOT_H */
