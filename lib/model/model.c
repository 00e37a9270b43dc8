// SPDX-License-Identifier: LGPL-2.1-or-later
/* Model: host, VMs, problems */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "base/escape.h"
#include "model/field.h"
#include "model/who.h"

int s2_model_new(struct s2_ctx *ctx, struct s2_model **model)
{
	struct s2_model *new = calloc(1, sizeof(*new));

	*model = NULL;
	if (!new)
		return s2_fail_nomem(ctx);
	new->refs = 1;
	new->ctx = s2_ctx_ref(ctx);
	s2_list_init(&new->host, S2_OBJ_HOST);
	s2_list_init(&new->vms, S2_OBJ_VM);
	s2_list_init(&new->policies, S2_OBJ_POLICY);
	s2_list_init(&new->problems, S2_OBJ_PROBLEM);
	if (!s2_list_add(&new->host)) {
		s2_model_unref(new);
		return s2_fail_nomem(ctx);
	}
	*model = new;
	return 0;
}

struct s2_model *s2_model_ref(struct s2_model *model)
{
	model->refs++;
	return model;
}

void s2_model_unref(struct s2_model *model)
{
	if (!model || --model->refs)
		return;
	s2_list_clear(&model->host);
	s2_list_clear(&model->vms);
	if (!model->policies_lent)
		s2_list_clear(&model->policies);
	s2_list_clear(&model->problems);
	s2_pool_clear(&model->pool);
	s2_model_unref(model->base);
	s2_ctx_unref(model->ctx);
	free(model);
}

bool s2_problems_complete(const struct s2_list *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		if (s2_obj_num(s2_list_at(problems, i), S2_PROBLEM_CODE, 0) !=
		    S2_PROBLEM_CANNOT_KNOW)
			return false;
	return true;
}

bool s2_model_complete(const struct s2_model *model)
{
	return s2_problems_complete(&model->problems);
}

bool s2_model_is_core(const struct s2_model *model)
{
	const struct s2_obj *host = s2_model_host(model);

	return s2_obj_num(host, S2_HOST_SOURCE, 0) == S2_SOURCE_CORE ||
		s2_obj_num(host, S2_HOST_ORIGIN, 0) == S2_SOURCE_CORE;
}

const struct s2_obj *s2_model_host(const struct s2_model *model)
{
	return s2_list_at(&model->host, 0);
}

struct s2_obj *s2_model_host_rw(struct s2_model *model)
{
	return s2_list_at(&model->host, 0);
}

bool s2_model_is_bare(const struct s2_model *model)
{
	return s2_model_is_core(model) &&
		!s2_obj_num(s2_model_host(model), S2_HOST_SERIES, true);
}

static const struct s2_list *model_list(const struct s2_model *model,
					enum s2_obj_type type)
{
	switch (type) {
	case S2_OBJ_HOST:
		return &model->host;
	case S2_OBJ_VM:
		return &model->vms;
	case S2_OBJ_PROBLEM:
		return &model->problems;
	case S2_OBJ_POLICY:
		return &model->policies;
	default:
		return NULL;
	}
}

const struct s2_obj *s2_model_first(const struct s2_model *model,
				    enum s2_obj_type type)
{
	const struct s2_list *list = model_list(model, type);

	return list && list->count ? s2_list_at(list, 0) : NULL;
}

size_t s2_model_count(const struct s2_model *model, enum s2_obj_type type)
{
	const struct s2_list *list = model_list(model, type);

	return list ? list->count : 0;
}

bool s2_model_known(const struct s2_model *model, enum s2_obj_type type)
{
	if (type == S2_OBJ_VM)
		return model->vms_known;
	if (type == S2_OBJ_POLICY)
		return model->policies_known;
	return model_list(model, type);
}

static const char *keep(struct s2_model *model, const char *text, size_t len,
			size_t (*spell)(char *buf, size_t size,
					const char *text, size_t len))
{
	char clean[S2_STRING_MAX];

	spell(clean, sizeof(clean), text, len);
	return *clean ? s2_pool_add(&model->pool, clean) : NULL;
}

const char *s2_model_str(struct s2_model *model, const char *raw, size_t len)
{
	return keep(model, raw, len, s2_text_clean);
}

int s2_model_set_str(struct s2_model *model, struct s2_obj *obj,
		     unsigned int id, const char *raw)
{
	bool is_name = s2_field_is_name(s2_field_by_id(id));
	const char *kept;

	if (!raw || !*raw)
		return 0;
	kept = keep(model, raw, strlen(raw), is_name ? s2_escape : s2_text_clean);
	if (!kept)
		return s2_fail_nomem(model->ctx);
	s2_obj_set_str(obj, id, kept);
	return 0;
}

/*
 * The number of a problem stands beside its text, counted from 1.  A list may
 * have become shorter since, so that the problem itself has the last word.
 */
static bool is_there(const struct s2_list *list, const char *kept)
{
	uint32_t n = *s2_pool_note(kept);

	return n && n <= list->count &&
		s2_obj_str(s2_list_at(list, n - 1), S2_PROBLEM_TEXT) == kept;
}

int s2_problem_add(struct s2_list *list, struct s2_pool *pool,
		   enum s2_problem code, const struct s2_obj *vm,
		   const char *attr, const char *text)
{
	const char *kept = s2_pool_add(pool, text);
	struct s2_obj *problem;

	if (!kept)
		return -ENOMEM;
	if (is_there(list, kept))
		return 0;
	problem = s2_list_add(list);
	if (!problem)
		return -ENOMEM;
	s2_obj_set_num(problem, S2_PROBLEM_CODE, code);
	s2_obj_set_str(problem, S2_PROBLEM_TEXT, kept);
	*s2_pool_note(kept) = (uint32_t)list->count;
	if (attr) {
		attr = s2_pool_add(pool, attr);
		if (!attr)
			return -ENOMEM;
		s2_obj_set_str(problem, S2_PROBLEM_ATTR, attr);
	}
	if (vm)
		s2_who_copy(problem, vm);
	return 0;
}

void s2_problem_filter(struct s2_model *model, const bool *keep)
{
	const struct s2_list *list = &model->problems;

	s2_list_filter(&model->problems, keep);
	/* Texts of another pool are not looked up in this one */
	for (size_t i = 0; i < list->count; i++) {
		const char *text = s2_obj_str(s2_list_at(list, i),
					      S2_PROBLEM_TEXT);
		const char *kept = text ? s2_pool_find(&model->pool, text) :
			NULL;

		if (kept && kept == text)
			*s2_pool_note(kept) = (uint32_t)i + 1;
	}
}

int s2_model_problem(struct s2_model *model, enum s2_problem code,
		     const struct s2_obj *vm, const char *fmt, ...)
{
	char raw[S2_ERROR_MAX / 2], text[S2_ERROR_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	s2_text_clean(text, sizeof(text), raw, strlen(raw));
	s2_log(model->ctx, "%s", text);
	if (s2_problem_add(&model->problems, &model->pool, code, vm, NULL,
			   text))
		return s2_fail_nomem(model->ctx);
	return 0;
}
