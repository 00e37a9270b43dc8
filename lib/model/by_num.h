/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects by a number that they have: the extents of a slot, the slot of a
 * policy.  In order once, so that looking one up does not go through all.
 */
#ifndef S2_BY_NUM_H
#define S2_BY_NUM_H

#include "model/object.h"

struct s2_numbered {
	uint64_t num;
	const struct s2_obj *obj;
};

/**
 * struct s2_by_num - the objects; all zero is none
 * @entry: in order of number, and those of one in the order they had
 * @count: how many
 */
struct s2_by_num {
	struct s2_numbered *entry;
	size_t count;
};

/*
 * Takes in @first and what comes behind it: those with the field @id, and of them
 * those that are wanted (NULL: all).  Free with s2_by_num_clear(); the objects
 * must stay where they are until then.  Return: 0 or -ENOMEM.
 */
int s2_by_num_make(struct s2_by_num *by, const struct s2_obj *first,
		   unsigned int id, bool (*wanted)(const struct s2_obj *obj));
void s2_by_num_clear(struct s2_by_num *by);

/* The same with those of a list from number @first up to before @end */
int s2_by_num_part(struct s2_by_num *by, const struct s2_list *list,
		   size_t first, size_t end, unsigned int id);

/* The first with that number, or NULL */
const struct s2_numbered *s2_by_num_find(const struct s2_by_num *by,
					 uint64_t num);

/* The next with the same number, or NULL */
const struct s2_numbered *s2_by_num_next(const struct s2_by_num *by,
					 const struct s2_numbered *entry);

/* Likewise the object itself */
const struct s2_obj *s2_by_num_first(const struct s2_by_num *by, uint64_t num);

#endif /* S2_BY_NUM_H */
