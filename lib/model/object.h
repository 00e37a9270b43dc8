/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects: what a model and a report are made of.
 *
 * An object is a header and one 64-bit cell per field of its type, so that one
 * pair of functions reads and writes every field there is.
 */
#ifndef S2_OBJECT_H
#define S2_OBJECT_H

#include "base/array.h"
#include "base/pool.h"
#include "model/field.h"
#include "s2ctl.h"

union s2_cell {
	uint64_t num;
	const char *str;
};

struct s2_kids;

/**
 * struct s2_obj - header of an object, and its cells
 * @known: mask of the fields that are not absent
 * @kids: children, or NULL
 * @type: enum s2_obj_type
 * @last: whether it is the last in its list
 * @tag: a source's own number for it; not copied
 * @cell: one per field, in the order of identifiers
 */
struct s2_obj {
	uint64_t known;
	struct s2_kids *kids;
	uint8_t type;
	bool last;
	uint32_t tag;
	union s2_cell cell[];
};

/* A growing array of objects of one type; growing moves them */
struct s2_list {
	unsigned int type;
	size_t count;
	size_t room;
	size_t stride;
	char *data;
};

/* How many lists of children an object can have */
#define S2_KID_LISTS		3

struct s2_kids {
	struct s2_list list[S2_KID_LISTS];
	bool known[S2_KID_LISTS];
};

void s2_list_init(struct s2_list *list, enum s2_obj_type type);
void s2_list_clear(struct s2_list *list);
struct s2_obj *s2_list_at(const struct s2_list *list, size_t n);

/* The other way round */
size_t s2_list_index(const struct s2_list *list, const struct s2_obj *obj);

/* Appends an object without any known field.  NULL: no memory. */
struct s2_obj *s2_list_add(struct s2_list *list);

/* Takes away the last object */
void s2_list_drop(struct s2_list *list);

/* Removes the objects whose @keep is false */
void s2_list_filter(struct s2_list *list, const bool *keep);

/* Sorts; stable if @cmp never returns 0 for two that differ */
void s2_list_sort(struct s2_list *list,
		  int (*cmp)(const void *a, const void *b));

/* The list of @obj's children of @type; NULL: no memory or no such children */
struct s2_list *s2_obj_kids(struct s2_obj *obj, enum s2_obj_type type);

/* Gives each object the other's children; both are of one type */
void s2_obj_swap_kids(struct s2_obj *a, struct s2_obj *b);

/* Declares the children known, or forgets them */
void s2_obj_set_kids_known(struct s2_obj *obj, enum s2_obj_type type,
			   bool known);

void s2_obj_set_num(struct s2_obj *obj, unsigned int id, uint64_t num);

/* @str is not copied: NULL makes the field absent */
void s2_obj_set_str(struct s2_obj *obj, unsigned int id, const char *str);
void s2_obj_forget(struct s2_obj *obj, unsigned int id);

/*
 * Copies @text into @pool and the field; NULL leaves the field as it is.
 * Return: 0 or -ENOMEM
 */
int s2_obj_keep_str(struct s2_pool *pool, struct s2_obj *obj, unsigned int id,
		    const char *text);

/* Copies a field from one object to another; absent stays absent */
void s2_obj_copy(struct s2_obj *to, unsigned int to_id,
		 const struct s2_obj *from, unsigned int from_id);

/* Appends a copy of each object, without children.  Return: 0 or -ENOMEM */
int s2_list_copy(struct s2_list *to, const struct s2_list *from);

/* Copies all fields, not the children, of an object of the same type */
void s2_obj_copy_all(struct s2_obj *to, const struct s2_obj *from);

static inline bool s2_obj_has(const struct s2_obj *obj, unsigned int id)
{
	return obj->known >> S2_FIELD_INDEX(id) & 1;
}

#endif /* S2_OBJECT_H */
