// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects, lists of them, and the strings they refer to */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/field.h"
#include "model/field_table.h"
#include "model/object.h"
#include "model/program.h"

void s2_list_init(struct s2_list *list, enum s2_obj_type type)
{
	memset(list, 0, sizeof(*list));
	list->type = type;
	list->stride = sizeof(struct s2_obj) +
		s2_field_count(type) * sizeof(union s2_cell);
}

static void free_kids(struct s2_obj *obj)
{
	if (!obj->kids)
		return;
	for (size_t i = 0; i < S2_KID_LISTS; i++)
		s2_list_clear(&obj->kids->list[i]);
	free(obj->kids);
	obj->kids = NULL;
}

void s2_list_clear(struct s2_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free_kids(s2_list_at(list, i));
	free(list->data);
	list->data = NULL;
	list->count = 0;
	list->room = 0;
}

struct s2_obj *s2_list_at(const struct s2_list *list, size_t n)
{
	return (struct s2_obj *)(list->data + n * list->stride);
}

size_t s2_list_index(const struct s2_list *list, const struct s2_obj *obj)
{
	return (size_t)((const char *)obj - list->data) / list->stride;
}

struct s2_obj *s2_list_add(struct s2_list *list)
{
	struct s2_obj *obj;

	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 4;
		char *data = reallocarray(list->data, room, list->stride);

		if (!data)
			return NULL;
		list->data = data;
		list->room = room;
	}
	if (list->count)
		s2_list_at(list, list->count - 1)->last = false;
	obj = s2_list_at(list, list->count++);
	memset(obj, 0, list->stride);
	obj->type = list->type;
	obj->last = true;
	return obj;
}

void s2_list_drop(struct s2_list *list)
{
	free_kids(s2_list_at(list, --list->count));
	if (list->count)
		s2_list_at(list, list->count - 1)->last = true;
}

static void mark_last(struct s2_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		s2_list_at(list, i)->last = i + 1 == list->count;
}

void s2_list_filter(struct s2_list *list, const bool *keep)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct s2_obj *obj = s2_list_at(list, i);

		if (!keep[i]) {
			free_kids(obj);
			continue;
		}
		if (kept != i)
			memcpy(s2_list_at(list, kept), obj, list->stride);
		kept++;
	}
	list->count = kept;
	mark_last(list);
}

void s2_list_sort(struct s2_list *list,
		  int (*cmp)(const void *a, const void *b))
{
	if (!list->count)
		return;
	qsort(list->data, list->count, list->stride, cmp);
	mark_last(list);
}

/* Which of the lists of children; -1 if the object has no such children */
static int kid_index(unsigned int parent, enum s2_obj_type type)
{
	if (parent == S2_OBJ_VM && type == S2_OBJ_SLOT)
		return 0;
	if (parent == S2_OBJ_VM && type == S2_OBJ_EXTENT)
		return 1;
	if (parent == S2_OBJ_VM && type == S2_OBJ_POLICY)
		return 2;
	if (parent == S2_OBJ_FINDING && type == S2_OBJ_EVIDENCE)
		return 0;
	return -1;
}

struct s2_list *s2_obj_kids(struct s2_obj *obj, enum s2_obj_type type)
{
	int n = kid_index(obj->type, type);

	if (n < 0)
		return NULL;
	if (!obj->kids) {
		obj->kids = calloc(1, sizeof(*obj->kids));
		if (!obj->kids)
			return NULL;
	}
	if (!obj->kids->list[n].type)
		s2_list_init(&obj->kids->list[n], type);
	return &obj->kids->list[n];
}

void s2_obj_swap_kids(struct s2_obj *a, struct s2_obj *b)
{
	struct s2_kids *kids = a->kids;

	a->kids = b->kids;
	b->kids = kids;
}

void s2_obj_set_kids_known(struct s2_obj *obj, enum s2_obj_type type,
			   bool known)
{
	int n = kid_index(obj->type, type);

	if (n < 0 || !obj->kids)
		return;
	obj->kids->known[n] = known;
	if (!known)
		s2_list_clear(&obj->kids->list[n]);
}

/* NULL unless the children are known */
static const struct s2_list *known_kids(const struct s2_obj *obj,
					enum s2_obj_type type)
{
	int n = kid_index(obj->type, type);

	if (n < 0 || !obj->kids || !obj->kids->known[n])
		return NULL;
	return &obj->kids->list[n];
}

bool s2_obj_known(const struct s2_obj *obj, enum s2_obj_type type)
{
	return known_kids(obj, type);
}

size_t s2_obj_count(const struct s2_obj *obj, enum s2_obj_type type)
{
	const struct s2_list *list = known_kids(obj, type);

	return list ? list->count : 0;
}

const struct s2_obj *s2_obj_first(const struct s2_obj *obj,
				  enum s2_obj_type type)
{
	const struct s2_list *list = known_kids(obj, type);

	return list && list->count ? s2_list_at(list, 0) : NULL;
}

const struct s2_obj *s2_obj_next(const struct s2_obj *obj)
{
	size_t stride = sizeof(*obj) +
		s2_field_count(obj->type) * sizeof(union s2_cell);

	if (obj->last)
		return NULL;
	return (const struct s2_obj *)((const char *)obj + stride);
}

enum s2_obj_type s2_obj_type(const struct s2_obj *obj)
{
	return obj->type;
}

static bool is_field_of(const struct s2_obj *obj, unsigned int id)
{
	return S2_FIELD_OBJ(id) == obj->type &&
		S2_FIELD_INDEX(id) < s2_field_tables[obj->type].count;
}

void s2_obj_set_num(struct s2_obj *obj, unsigned int id, uint64_t num)
{
	if (!is_field_of(obj, id))
		return;
	obj->cell[S2_FIELD_INDEX(id)].num = num;
	obj->known |= 1ull << S2_FIELD_INDEX(id);
}

void s2_obj_set_str(struct s2_obj *obj, unsigned int id, const char *str)
{
	if (!is_field_of(obj, id))
		return;
	if (!str) {
		s2_obj_forget(obj, id);
		return;
	}
	obj->cell[S2_FIELD_INDEX(id)].num = 0;
	obj->cell[S2_FIELD_INDEX(id)].str = str;
	obj->known |= 1ull << S2_FIELD_INDEX(id);
}

int s2_obj_keep_str(struct s2_pool *pool, struct s2_obj *obj, unsigned int id,
		    const char *text)
{
	if (!text)
		return 0;
	text = s2_pool_add(pool, text);
	if (!text)
		return -ENOMEM;
	s2_obj_set_str(obj, id, text);
	return 0;
}

void s2_obj_forget(struct s2_obj *obj, unsigned int id)
{
	if (is_field_of(obj, id))
		obj->known &= ~(1ull << S2_FIELD_INDEX(id));
}

void s2_obj_copy(struct s2_obj *to, unsigned int to_id,
		 const struct s2_obj *from, unsigned int from_id)
{
	if (!is_field_of(to, to_id) || !is_field_of(from, from_id))
		return;
	if (!s2_obj_has(from, from_id)) {
		s2_obj_forget(to, to_id);
		return;
	}
	to->cell[S2_FIELD_INDEX(to_id)] = from->cell[S2_FIELD_INDEX(from_id)];
	to->known |= 1ull << S2_FIELD_INDEX(to_id);
}

void s2_obj_copy_all(struct s2_obj *to, const struct s2_obj *from)
{
	to->known = from->known;
	memcpy(to->cell, from->cell,
	       s2_field_count(from->type) * sizeof(union s2_cell));
}

int s2_list_copy(struct s2_list *to, const struct s2_list *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct s2_obj *new = s2_list_add(to);

		if (!new)
			return -ENOMEM;
		s2_obj_copy_all(new, s2_list_at(from, i));
	}
	return 0;
}

struct s2_value s2_obj_get(const struct s2_obj *obj, unsigned int id)
{
	struct s2_value value = { .known = false };
	const struct s2_field *field;

	if (!is_field_of(obj, id))
		return value;
	field = s2_field_by_id(id);
	value.kind = field->kind;
	value.known = s2_obj_has(obj, id);
	if (!value.known)
		return value;
	if (field->kind == S2_KIND_STRING) {
		value.str = obj->cell[S2_FIELD_INDEX(id)].str;
		return value;
	}
	value.num = obj->cell[S2_FIELD_INDEX(id)].num;
	if (field->kind == S2_KIND_ENUM)
		value.str = s2_field_word(field, value.num);
	return value;
}

uint64_t s2_obj_num(const struct s2_obj *obj, unsigned int id, uint64_t absent)
{
	const struct s2_field_table *table = &s2_field_tables[obj->type];
	unsigned int i = S2_FIELD_INDEX(id);

	/* Rules ask for numbers all the time: without a look at words */
	if (S2_FIELD_OBJ(id) != obj->type || i >= table->count ||
	    !s2_obj_has(obj, id) || table->fields[i].kind == S2_KIND_STRING)
		return absent;
	return obj->cell[i].num;
}

const char *s2_obj_str(const struct s2_obj *obj, unsigned int id)
{
	return s2_obj_get(obj, id).str;
}
