/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In what two models differ */
#ifndef S2_DIFF_H
#define S2_DIFF_H

#include "compare/compare.h"
#include "model/model.h"

/**
 * struct s2_diff - see s2ctl.h
 * @outcome: model with what is not known; its pool has the rows' strings
 * @rows: the differences, in order
 */
struct s2_diff {
	struct s2_ctx *ctx;
	struct s2_model *outcome;
	struct s2_list rows;
};

/* The same VM in two models; NULL where it is not */
struct s2_vm_pair {
	const struct s2_obj *before;
	const struct s2_obj *after;
};

/*
 * Pairs the VMs of two models, in order of UUID, name and id.  Free @pairs with
 * free().  Return: 0 or -ENOMEM
 */
int s2_diff_pair(const struct s2_model *before, const struct s2_model *after,
		 struct s2_vm_pair **pairs, size_t *count);

#endif /* S2_DIFF_H */
