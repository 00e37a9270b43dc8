/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of objects that nobody knows, to tell when one is there twice */
#ifndef S2_KEY_SET_H
#define S2_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is kept of all of them at one time */
#define S2_KEY_SET_MAX	(1u << 16)
#define S2_KEY_SET_TEXT	(4u << 20)

struct s2_key_entry {
	uint32_t from;
	uint32_t len;
	unsigned long line;
};

/**
 * struct s2_key_set - keys of the objects that are open, the outermost first
 * @entry: keys
 * @count: how many
 * @room: of @entry
 * @text: all of their text
 * @used: of @text
 * @text_room: of @text
 */
struct s2_key_set {
	struct s2_key_entry *entry;
	size_t count;
	size_t room;
	char *text;
	size_t used;
	size_t text_room;
};

/* Return: 0, -E2BIG for more than is kept, or -ENOMEM */
int s2_key_set_add(struct s2_key_set *set, const char *text, size_t len,
		   unsigned long line);

/*
 * Forgets the keys from number @from on, those of one object.  Return: the first
 * in the file that was there twice, or NULL; its text is good until the next call.
 */
const struct s2_key_entry *s2_key_set_end(struct s2_key_set *set, size_t from);

void s2_key_set_clear(struct s2_key_set *set);

#endif /* S2_KEY_SET_H */
