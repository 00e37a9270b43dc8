/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that are known beforehand, found in one step */
#ifndef S2_KEY_TABLE_H
#define S2_KEY_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define S2_KEYS_MAX	64
#define S2_KEY_SLOTS	512

/**
 * struct s2_keys - a table of words
 * @name: the words, which are not copied; NULL where a number has no word
 * @len: how long each is
 * @count: how many there are
 * @factor: spreads these words over @slot without two in one; 0: none was found,
 *	and all of them are looked through
 * @slot: 1 + the number of the word that belongs there, or 0
 */
struct s2_keys {
	const char *name[S2_KEYS_MAX];
	uint32_t len[S2_KEYS_MAX];
	unsigned int count;
	uint64_t factor;
	uint8_t slot[S2_KEY_SLOTS];
};

/* Adds a word, at most S2_KEYS_MAX; "" and NULL keep a number free */
void s2_keys_add(struct s2_keys *keys, const char *name);

/* Once all words are there */
void s2_keys_finish(struct s2_keys *keys);

/* The number of a word, or -1 */
int s2_keys_find(const struct s2_keys *keys, const char *text, size_t len);

#endif /* S2_KEY_TABLE_H */
