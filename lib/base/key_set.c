// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Keys of objects that nobody knows.  They are put in order when their object
 * ends, so that what is hostile costs no more than what is not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/key_set.h"

static int make_entry_room(struct s2_key_set *set)
{
	size_t room = set->room ? set->room * 2 : 16;
	struct s2_key_entry *entry;

	if (set->count < set->room)
		return 0;
	if (set->count == S2_KEY_SET_MAX)
		return -E2BIG;
	entry = reallocarray(set->entry, room, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	set->entry = entry;
	set->room = room;
	return 0;
}

static int make_text_room(struct s2_key_set *set, size_t len)
{
	size_t room = set->text_room ? set->text_room : 256;
	char *text;

	if (len > S2_KEY_SET_TEXT - set->used)
		return -E2BIG;
	while (room < set->used + len)
		room *= 2;
	if (room == set->text_room)
		return 0;
	text = realloc(set->text, room);
	if (!text)
		return -ENOMEM;
	set->text = text;
	set->text_room = room;
	return 0;
}

int s2_key_set_add(struct s2_key_set *set, const char *text, size_t len,
		   unsigned long line)
{
	int err = make_entry_room(set);

	if (!err)
		err = make_text_room(set, len);
	if (err)
		return err;
	set->entry[set->count++] = (struct s2_key_entry){
		.from = (uint32_t)set->used, .len = (uint32_t)len, .line = line,
	};
	if (len)
		memcpy(set->text + set->used, text, len);
	set->used += len;
	return 0;
}

static bool is_same(const struct s2_key_set *set, const struct s2_key_entry *a,
		    const struct s2_key_entry *b)
{
	return a->len == b->len &&
		!memcmp(set->text + a->from, set->text + b->from, a->len);
}

/* Equal ones in the order of the file */
static int cmp_entry(const void *a, const void *b, void *text)
{
	const struct s2_key_entry *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int cmp = memcmp((char *)text + x->from, (char *)text + y->from, len);

	if (!cmp && x->len != y->len)
		cmp = x->len < y->len ? -1 : 1;
	return cmp ? cmp : x->from < y->from ? -1 : x->from > y->from;
}

const struct s2_key_entry *s2_key_set_end(struct s2_key_set *set, size_t from)
{
	const struct s2_key_entry *twice = NULL;
	size_t count = set->count - from;

	if (!count)
		return NULL;
	set->used = set->entry[from].from;
	set->count = from;
	if (count > 1)
		qsort_r(set->entry + from, count, sizeof(*set->entry),
			cmp_entry, set->text);
	for (size_t i = from + 1; i < from + count; i++) {
		const struct s2_key_entry *entry = &set->entry[i];

		if (is_same(set, entry - 1, entry) &&
		    (!twice || entry->from < twice->from))
			twice = entry;
	}
	return twice;
}

void s2_key_set_clear(struct s2_key_set *set)
{
	free(set->entry);
	free(set->text);
	memset(set, 0, sizeof(*set));
}
