/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_POOL_H
#define S2_POOL_H

#include <stddef.h>

/* Strings that live as long as their owner; equal strings are kept once */
struct s2_pool {
	struct s2_pool_str **bucket;
	size_t count;
};

void s2_pool_clear(struct s2_pool *pool);

/* NULL: no memory */
const char *s2_pool_add(struct s2_pool *pool, const char *str);

#endif /* S2_POOL_H */
