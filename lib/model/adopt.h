/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From one model to another that may outlive it */
#ifndef S2_ADOPT_H
#define S2_ADOPT_H

#include "model/model.h"

/*
 * A copy of an object in a list of @model, strings and all, without children.
 * NULL: no memory
 */
struct s2_obj *s2_adopt(struct s2_model *model, struct s2_list *list,
			const struct s2_obj *obj);

/* Likewise with the children of one type, if they are known.  0 or -ENOMEM */
int s2_adopt_kids(struct s2_model *model, struct s2_obj *to,
		  const struct s2_obj *from, enum s2_obj_type type);

/*
 * Adds a problem, or all of a model, if it is not there yet, with @prefix in front of
 * their texts if it is not NULL.  Return: 0, or -ENOMEM with a text
 */
int s2_adopt_problem(struct s2_model *to, const struct s2_obj *problem,
		     const char *prefix);
int s2_adopt_problems(struct s2_model *to, const struct s2_model *from,
		      const char *prefix);

/* A model of nothing but a copy of a host; 0, or -ENOMEM with a text */
int s2_adopt_host(struct s2_ctx *ctx, const struct s2_obj *host,
		  struct s2_model **model);

#endif /* S2_ADOPT_H */
