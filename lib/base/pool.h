/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_POOL_H
#define S2_POOL_H

#include <stddef.h>
#include <stdint.h>

struct s2_pool_block;

/**
 * struct s2_pool - strings that live as long as their owner; equal strings are
 *	kept once.  All zero is an empty one
 * @table: the strings, by their hash; NULL where there is none
 * @room: of @table, a power of two
 * @count: how many strings there are
 * @block: memory that the strings stand in, the newest first
 */
struct s2_pool {
	char **table;
	size_t room;
	size_t count;
	struct s2_pool_block *block;
};

void s2_pool_clear(struct s2_pool *pool);

/* NULL: no memory */
const char *s2_pool_add(struct s2_pool *pool, const char *str);

/* The string if it is there, else NULL */
const char *s2_pool_find(const struct s2_pool *pool, const char *str);

/* A number of the owner's that a string of a pool has beside it: 0, at first */
uint32_t *s2_pool_note(const char *kept);

#endif /* S2_POOL_H */
