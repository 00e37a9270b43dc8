// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Strings that are kept once: a hash table over blocks of memory, so that a
 * million of them costs neither a million calls of malloc() nor a search among
 * a million.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pool.h"

#define ROOM_MIN	16
/* Most pools have a few strings, and there is one for each VM */
#define BLOCK_MIN	256
#define BLOCK_MAX	65536

struct s2_pool_block {
	struct s2_pool_block *next;
	size_t size;
	size_t used;
	char data[];
};

/* What stands before each string */
struct head {
	uint32_t hash;
	uint32_t note;
	char text[];
};

static struct head *head_of(const char *kept)
{
	return (struct head *)(kept - offsetof(struct head, text));
}

void s2_pool_clear(struct s2_pool *pool)
{
	while (pool->block) {
		struct s2_pool_block *next = pool->block->next;

		free(pool->block);
		pool->block = next;
	}
	free(pool->table);
	pool->table = NULL;
	pool->room = 0;
	pool->count = 0;
}

/* Where the string is, or an empty place that it can be put to */
static char **find(const struct s2_pool *pool, const char *str, uint32_t hash)
{
	size_t n = hash & (pool->room - 1);

	while (pool->table[n] && (head_of(pool->table[n])->hash != hash ||
				  strcmp(pool->table[n], str) != 0))
		n = (n + 1) & (pool->room - 1);
	return &pool->table[n];
}

static void put_in_table(char **table, size_t room, char *kept)
{
	size_t n = head_of(kept)->hash & (room - 1);

	while (table[n])
		n = (n + 1) & (room - 1);
	table[n] = kept;
}

/* Room for one more string, at most three quarters of the table in use */
static int make_room(struct s2_pool *pool)
{
	size_t room = pool->room ? pool->room * 2 : ROOM_MIN;
	char **table;

	if (pool->count < pool->room / 4 * 3)
		return 0;
	table = calloc(room, sizeof(*table));
	if (!table)
		return -1;
	for (size_t i = 0; i < pool->room; i++)
		if (pool->table[i])
			put_in_table(table, room, pool->table[i]);
	free(pool->table);
	pool->table = table;
	pool->room = room;
	return 0;
}

/* What is left of the newest block is used on if a large string gets its own */
static void link_block(struct s2_pool *pool, struct s2_pool_block *new)
{
	if (pool->block && new->size < pool->block->size) {
		new->next = pool->block->next;
		pool->block->next = new;
	} else {
		new->next = pool->block;
		pool->block = new;
	}
}

/* A block with room for @need bytes; each is larger than the one before */
static struct s2_pool_block *add_block(struct s2_pool *pool, size_t need)
{
	size_t size = pool->block ? pool->block->size * 2 : BLOCK_MIN;
	struct s2_pool_block *new;

	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	if (size < need || need > BLOCK_MAX / 4)
		size = need;
	new = malloc(sizeof(*new) + size);
	if (!new)
		return NULL;
	new->size = size;
	new->used = 0;
	link_block(pool, new);
	return new;
}

static struct head *new_head(struct s2_pool *pool, size_t bytes)
{
	struct s2_pool_block *block = pool->block;
	size_t need = sizeof(struct head) + bytes;
	struct head *head;

	need += -need & (_Alignof(struct head) - 1);
	if (!block || block->size - block->used < need)
		block = add_block(pool, need);
	if (!block)
		return NULL;
	head = (struct head *)(block->data + block->used);
	block->used += need;
	return head;
}

const char *s2_pool_find(const struct s2_pool *pool, const char *str)
{
	if (!pool->room)
		return NULL;
	return *find(pool, str, (uint32_t)s2_hash(str, strlen(str)));
}

const char *s2_pool_add(struct s2_pool *pool, const char *str)
{
	size_t len = strlen(str);
	uint32_t hash = (uint32_t)s2_hash(str, len);
	struct head *head;
	char **place;

	if (make_room(pool))
		return NULL;
	place = find(pool, str, hash);
	if (*place)
		return *place;
	head = new_head(pool, len + 1);
	if (!head)
		return NULL;
	head->hash = hash;
	head->note = 0;
	memcpy(head->text, str, len + 1);
	*place = head->text;
	pool->count++;
	return *place;
}

uint32_t *s2_pool_note(const char *kept)
{
	return &head_of(kept)->note;
}
