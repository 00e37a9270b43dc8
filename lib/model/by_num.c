// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects in order of a number */
#include <errno.h>
#include <stdlib.h>

#include "model/by_num.h"

/* What comes first in a list has the lower address */
static int cmp_entry(const void *a, const void *b)
{
	const struct s2_numbered *x = a, *y = b;

	if (x->num != y->num)
		return x->num < y->num ? -1 : 1;
	return x->obj < y->obj ? -1 : x->obj > y->obj;
}

static bool is_in_order(const struct s2_by_num *by)
{
	for (size_t i = 1; i < by->count; i++)
		if (by->entry[i - 1].num > by->entry[i].num)
			return false;
	return true;
}

static void put_in_order(struct s2_by_num *by)
{
	if (!is_in_order(by))
		qsort(by->entry, by->count, sizeof(*by->entry), cmp_entry);
}

static int add_numbered(struct s2_by_num *by, const struct s2_obj *obj,
			unsigned int id)
{
	struct s2_numbered *new = by->entry;

	/* Doubles whenever the count reaches a power of two */
	if (!(by->count & (by->count - 1)))
		new = reallocarray(by->entry, by->count ? by->count * 2 : 1,
				   sizeof(*new));
	if (!new)
		return -ENOMEM;
	by->entry = new;
	new[by->count++] = (struct s2_numbered){ s2_obj_num(obj, id, 0), obj };
	return 0;
}

int s2_by_num_make(struct s2_by_num *by, const struct s2_obj *first,
		   unsigned int id, bool (*wanted)(const struct s2_obj *obj))
{
	*by = (struct s2_by_num){ .count = 0 };
	for (; first; first = s2_obj_next(first)) {
		if (!s2_obj_has(first, id) || (wanted && !wanted(first)))
			continue;
		if (add_numbered(by, first, id)) {
			s2_by_num_clear(by);
			return -ENOMEM;
		}
	}
	put_in_order(by);
	return 0;
}

int s2_by_num_part(struct s2_by_num *by, const struct s2_list *list,
		   size_t first, size_t end, unsigned int id)
{
	*by = (struct s2_by_num){ .count = 0 };
	for (; first < end; first++) {
		const struct s2_obj *obj = s2_list_at(list, first);

		if (s2_obj_has(obj, id) && add_numbered(by, obj, id)) {
			s2_by_num_clear(by);
			return -ENOMEM;
		}
	}
	put_in_order(by);
	return 0;
}

void s2_by_num_clear(struct s2_by_num *by)
{
	free(by->entry);
	*by = (struct s2_by_num){ .count = 0 };
}

const struct s2_numbered *s2_by_num_find(const struct s2_by_num *by,
					 uint64_t num)
{
	size_t low = 0, high = by->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by->entry[middle].num < num)
			low = middle + 1;
		else
			high = middle;
	}
	return low < by->count && by->entry[low].num == num ?
		&by->entry[low] : NULL;
}

const struct s2_numbered *s2_by_num_next(const struct s2_by_num *by,
					 const struct s2_numbered *entry)
{
	const struct s2_numbered *next = entry + 1;

	return next < by->entry + by->count && next->num == entry->num ? next :
		NULL;
}

const struct s2_obj *s2_by_num_first(const struct s2_by_num *by, uint64_t num)
{
	const struct s2_numbered *entry = s2_by_num_find(by, num);

	return entry ? entry->obj : NULL;
}
