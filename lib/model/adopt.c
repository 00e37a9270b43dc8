// SPDX-License-Identifier: LGPL-2.1-or-later
/* From one model to another that may outlive it */
#include <errno.h>

#include "model/adopt.h"
#include "model/who.h"

struct s2_obj *s2_adopt(struct s2_model *model, struct s2_list *list,
			const struct s2_obj *obj)
{
	const struct s2_field *field = s2_fields(s2_obj_type(obj), NULL);
	struct s2_obj *new = s2_list_add(list);

	if (!new)
		return NULL;
	s2_obj_copy_all(new, obj);
	for (; field->name; field++) {
		const char *text = s2_obj_str(obj, field->id);

		if (field->kind != S2_KIND_STRING || !text)
			continue;
		text = s2_pool_add(&model->pool, text);
		if (!text)
			return NULL;
		s2_obj_set_str(new, field->id, text);
	}
	return new;
}

int s2_adopt_kids(struct s2_model *model, struct s2_obj *to,
		  const struct s2_obj *from, enum s2_obj_type type)
{
	struct s2_list *list;
	const struct s2_obj *obj;

	if (!s2_obj_known(from, type))
		return 0;
	list = s2_obj_kids(to, type);
	if (!list)
		return -ENOMEM;
	s2_obj_for_each(obj, from, type)
		if (!s2_adopt(model, list, obj))
			return -ENOMEM;
	s2_obj_set_kids_known(to, type, true);
	return 0;
}

int s2_adopt_problem(struct s2_model *to, const struct s2_obj *problem,
		     const char *prefix)
{
	size_t n = to->problems.count;
	char text[S2_ERROR_MAX];
	int err;

	snprintf(text, sizeof(text), "%s%s%s", prefix ? prefix : "",
		 prefix ? ": " : "", s2_obj_str(problem, S2_PROBLEM_TEXT));
	err = s2_problem_add(&to->problems, &to->pool,
			     s2_obj_num(problem, S2_PROBLEM_CODE, 0), NULL,
			     s2_obj_str(problem, S2_PROBLEM_ATTR), text);
	if (err)
		return s2_fail_nomem(to->ctx);
	if (to->problems.count > n)
		s2_who_copy(s2_list_at(&to->problems, n), problem);
	return 0;
}

int s2_adopt_problems(struct s2_model *to, const struct s2_model *from,
		      const char *prefix)
{
	const struct s2_obj *problem;

	s2_model_for_each(problem, from, S2_OBJ_PROBLEM) {
		int err = s2_adopt_problem(to, problem, prefix);

		if (err)
			return err;
	}
	return 0;
}

int s2_adopt_host(struct s2_ctx *ctx, const struct s2_obj *host,
		  struct s2_model **model)
{
	int err = s2_model_new(ctx, model);

	if (err)
		return err;
	s2_list_clear(&(*model)->host);
	if (s2_adopt(*model, &(*model)->host, host))
		return 0;
	s2_model_unref(*model);
	*model = NULL;
	return s2_fail_nomem(ctx);
}
