/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Report: what rules found in a model */
#ifndef S2_REPORT_H
#define S2_REPORT_H

#include "model.h"

struct s2_report {
	struct s2_model *model;
	struct s2_pool pool;
	struct s2_list findings;
	struct s2_list problems;
};

#endif /* S2_REPORT_H */
