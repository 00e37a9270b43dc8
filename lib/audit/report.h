/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Report: what rules found */
#ifndef S2_REPORT_H
#define S2_REPORT_H

#include "model/model.h"

/**
 * struct s2_report - see s2ctl.h
 * @pool: its strings, also those that were a model's
 * @boot_id: the boot of the host that was looked at, or NULL
 * @findings: worst first, once it has been taken from the audit
 * @problems: what rules could not decide
 * @counted: findings of S2-010 are about faults since a baseline
 * @incomplete: a model that was looked at was not complete
 */
struct s2_report {
	struct s2_pool pool;
	const char *boot_id;
	struct s2_list findings;
	struct s2_list problems;
	bool counted;
	bool incomplete;
};

/* NULL: no memory */
struct s2_report *s2_report_new(void);

#endif /* S2_REPORT_H */
