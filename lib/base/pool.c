// SPDX-License-Identifier: LGPL-2.1-or-later
/* Strings that are kept once */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#define POOL_BUCKETS	256

struct s2_pool_str {
	struct s2_pool_str *next;
	char text[];
};

static unsigned int pool_hash(const char *str)
{
	unsigned int hash = 5381;

	while (*str)
		hash = hash * 33 ^ (unsigned char)*str++;
	return hash % POOL_BUCKETS;
}

void s2_pool_clear(struct s2_pool *pool)
{
	for (size_t i = 0; pool->bucket && i < POOL_BUCKETS; i++) {
		while (pool->bucket[i]) {
			struct s2_pool_str *next = pool->bucket[i]->next;

			free(pool->bucket[i]);
			pool->bucket[i] = next;
		}
	}
	free(pool->bucket);
	pool->bucket = NULL;
	pool->count = 0;
}

const char *s2_pool_add(struct s2_pool *pool, const char *str)
{
	size_t size = strlen(str) + 1;
	struct s2_pool_str **head, *entry;

	if (!pool->bucket) {
		pool->bucket = calloc(POOL_BUCKETS, sizeof(*pool->bucket));
		if (!pool->bucket)
			return NULL;
	}
	head = &pool->bucket[pool_hash(str)];
	for (entry = *head; entry; entry = entry->next)
		if (!strcmp(entry->text, str))
			return entry->text;
	entry = malloc(sizeof(*entry) + size);
	if (!entry)
		return NULL;
	memcpy(entry->text, str, size);
	entry->next = *head;
	*head = entry;
	pool->count++;
	return entry->text;
}
