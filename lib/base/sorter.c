// SPDX-License-Identifier: LGPL-2.1-or-later
/* External merge sort of records of one size */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sorter.h"
#include "base/store.h"

/* Records in memory; about 1.5 MiB of mappings */
#define BUFFER		32768
/* Runs of one level that are merged into one of the next */
#define FAN		32
/* Levels are below 13 for 2^64 records */
#define RUNS_MAX	(FAN * 13)
/* Records that are read of a run at once */
#define WINDOW		64

/* A sorted piece of the store */
struct run {
	uint64_t from;
	uint64_t count;
	unsigned int level;
};

struct s2_sorter {
	struct s2_ctx *ctx;
	size_t size;
	int (*cmp)(const void *a, const void *b);
	struct s2_store store;
	char *buffer;
	size_t room;
	size_t count;
	struct run run[RUNS_MAX];
	size_t runs;
};

/* A run while it is read */
struct cursor {
	struct run run;
	size_t at;
	size_t filled;
	char *window;
};

struct merge {
	struct s2_sorter *sorter;
	struct cursor *cursor;
	size_t *heap;		/* numbers of cursors, least record first */
	size_t count;
	char *windows;
};

int s2_sorter_new(struct s2_ctx *ctx, size_t size,
		  int (*cmp)(const void *a, const void *b),
		  struct s2_sorter **sorter)
{
	struct s2_sorter *new = calloc(1, sizeof(*new));

	*sorter = new;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	new->size = size;
	new->cmp = cmp;
	s2_store_init(&new->store, ctx);
	return 0;
}

void s2_sorter_free(struct s2_sorter *sorter)
{
	if (!sorter)
		return;
	s2_store_clear(&sorter->store);
	free(sorter->buffer);
	s2_ctx_unref(sorter->ctx);
	free(sorter);
}

/* ---------------------------------------------------------------- merging */

static int fill(struct merge *m, struct cursor *c)
{
	struct s2_sorter *s = m->sorter;
	size_t want = c->run.count < WINDOW ? (size_t)c->run.count : WINDOW;
	size_t got = 0;

	while (got < want * s->size) {
		long n = s2_store_read(&s->store, c->run.from + got,
				       c->window + got, want * s->size - got);

		if (n <= 0)
			return s2_fail(s->ctx, n ? (int)n : -EIO,
				       "cannot read a temporary file: %s",
				       strerror(n ? (int)-n : EIO));
		got += (size_t)n;
	}
	c->run.from += got;
	c->run.count -= want;
	c->filled = want;
	c->at = 0;
	return 0;
}

static const char *record_of(const struct merge *m, size_t n)
{
	const struct cursor *c = &m->cursor[m->heap[n]];

	return c->window + c->at * m->sorter->size;
}

static void sift_down(struct merge *m, size_t n)
{
	for (;;) {
		size_t least = n, tmp;

		for (size_t kid = 2 * n + 1; kid <= 2 * n + 2; kid++)
			if (kid < m->count &&
			    m->sorter->cmp(record_of(m, kid),
					   record_of(m, least)) < 0)
				least = kid;
		if (least == n)
			return;
		tmp = m->heap[n];
		m->heap[n] = m->heap[least];
		m->heap[least] = tmp;
		n = least;
	}
}

/* Goes on to the next record of the run that has had the least one */
static int advance(struct merge *m)
{
	struct cursor *c = &m->cursor[m->heap[0]];
	int err = 0;

	if (++c->at == c->filled) {
		if (c->run.count)
			err = fill(m, c);
		else
			m->heap[0] = m->heap[--m->count];
	}
	if (!err && m->count)
		sift_down(m, 0);
	return err;
}

static int merge_open(struct merge *m, const struct run *run, size_t count)
{
	size_t bytes = WINDOW * m->sorter->size;
	int err = 0;

	m->cursor = calloc(count, sizeof(*m->cursor));
	m->heap = calloc(count, sizeof(*m->heap));
	m->windows = calloc(count, bytes);
	if (!m->cursor || !m->heap || !m->windows)
		return s2_fail_nomem(m->sorter->ctx);
	for (size_t i = 0; !err && i < count; i++) {
		m->cursor[i].run = run[i];
		m->cursor[i].window = m->windows + i * bytes;
		m->heap[i] = i;
		err = fill(m, &m->cursor[i]);
	}
	m->count = count;
	for (size_t i = count; !err && i-- > 0;)
		sift_down(m, i);
	return err;
}

static void merge_close(struct merge *m)
{
	free(m->cursor);
	free(m->heap);
	free(m->windows);
}

static int merge_each(struct s2_sorter *s, const struct run *run, size_t count,
		      int (*fn)(void *data, const void *record), void *data)
{
	struct merge m = { .sorter = s };
	int err = merge_open(&m, run, count);

	while (!err && m.count) {
		err = fn(data, record_of(&m, 0));
		if (!err)
			err = advance(&m);
	}
	merge_close(&m);
	return err;
}

static int write_record(void *data, const void *record)
{
	struct s2_sorter *s = data;

	return s2_store_write(&s->store, record, s->size);
}

/* Makes one run of the last FAN ones */
static int merge_level(struct s2_sorter *s)
{
	struct run *first = &s->run[s->runs - FAN];
	struct run new = { .from = s->store.bytes, .level = first->level + 1 };
	int err;

	for (size_t i = 0; i < FAN; i++)
		new.count += first[i].count;
	err = merge_each(s, first, FAN, write_record, s);
	if (err)
		return err;
	*first = new;
	s->runs -= FAN - 1;
	return 0;
}

/* ----------------------------------------------------------------- adding */

static int spill(struct s2_sorter *s)
{
	struct run new = { .from = s->store.bytes, .count = s->count };
	int err;

	qsort(s->buffer, s->count, s->size, s->cmp);
	err = s2_store_write(&s->store, s->buffer, s->count * s->size);
	if (err)
		return err;
	s->run[s->runs++] = new;
	s->count = 0;
	while (!err && s->runs >= FAN &&
	       s->run[s->runs - FAN].level == s->run[s->runs - 1].level)
		err = merge_level(s);
	return err;
}

int s2_sorter_add(struct s2_sorter *s, const void *record)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		char *buffer;
		int err;

		if (s->room == BUFFER) {
			err = spill(s);
			if (err)
				return err;
		} else {
			buffer = reallocarray(s->buffer, room, s->size);
			if (!buffer)
				return s2_fail_nomem(s->ctx);
			s->buffer = buffer;
			s->room = room;
		}
	}
	memcpy(s->buffer + s->count++ * s->size, record, s->size);
	return 0;
}

int s2_sorter_each(struct s2_sorter *s,
		   int (*fn)(void *data, const void *record), void *data)
{
	int err = 0;

	if (s->runs) {
		err = s->count ? spill(s) : 0;
		free(s->buffer);
		s->buffer = NULL;
		s->room = 0;
		return err ? err : merge_each(s, s->run, s->runs, fn, data);
	}
	if (s->count)
		qsort(s->buffer, s->count, s->size, s->cmp);
	for (size_t i = 0; !err && i < s->count; i++)
		err = fn(data, s->buffer + i * s->size);
	return err;
}
