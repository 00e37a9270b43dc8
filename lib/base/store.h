/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes that are written once and read again: little of them in memory, more in
 * a temporary file without a name.
 */
#ifndef S2_STORE_H
#define S2_STORE_H

#include "base/ctx.h"

/* What is kept in memory */
#define S2_STORE_MEMORY	(1u << 20)

/**
 * struct s2_store - the bytes; all zero but @ctx and @fd is an empty one
 * @ctx: for error texts
 * @fd: the temporary file or, from the beginning, a file that is only read; -1
 * @bytes: how many there are
 * @room: of @data
 * @data: the bytes, while there is no file
 */
struct s2_store {
	struct s2_ctx *ctx;
	int fd;
	uint64_t bytes;
	size_t room;
	char *data;
};

void s2_store_init(struct s2_store *store, struct s2_ctx *ctx);
void s2_store_clear(struct s2_store *store);

/* Appends.  Return: 0, -errno with a text, -ENOMEM */
int s2_store_write(struct s2_store *store, const void *data, size_t len);

/* Reads at most @len bytes.  Return: how many, 0 at the end, or -errno */
long s2_store_read(struct s2_store *store, uint64_t from, void *buf,
		   size_t len);

#endif /* S2_STORE_H */
