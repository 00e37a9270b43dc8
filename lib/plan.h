/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan: what a site policy makes of each place of a model */
#ifndef S2_PLAN_H
#define S2_PLAN_H

#include "site.h"

/**
 * struct s2_plan - see s2ctl.h
 * @changes: the places, those of the host first
 * @outcome: model of what they would deny, and of what is not known
 */
struct s2_plan {
	struct s2_ctx *ctx;
	struct s2_pool pool;
	struct s2_list changes;
	struct s2_model *outcome;
};

/* What a change sets; of any generation */
void s2_change_policy(const struct s2_obj *change, struct s2_policy *policy);

/* "VM 3, class ram", for texts */
void s2_change_place(const struct s2_obj *change, char *buf, size_t size);

#endif /* S2_PLAN_H */
