/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes that are written once and read again: little of them in memory, more in
 * a temporary file without a name.
 */
#ifndef S2_STORE_H
#define S2_STORE_H

#include <stdio.h>

#include "base/ctx.h"

/* What is kept in memory */
#define S2_STORE_MEMORY	(1u << 20)

/**
 * struct s2_store - the bytes; all zero but @ctx and @fd is an empty one
 * @ctx: for error texts
 * @file: where bytes that are not there yet come from, or NULL
 * @owns_file: whether it is closed
 * @is_said: whether the context has the text of a read that failed
 * @fd: the temporary file or, from the beginning, a file that is only read; -1
 * @bytes: how many there are
 * @room: of @data
 * @data: the bytes, while there is no file
 */
struct s2_store {
	struct s2_ctx *ctx;
	FILE *file;
	bool owns_file;
	bool is_said;
	int fd;
	uint64_t bytes;
	size_t room;
	char *data;
};

void s2_store_init(struct s2_store *store, struct s2_ctx *ctx);
void s2_store_clear(struct s2_store *store);

/* Appends.  Return: 0, -errno with a text, -ENOMEM */
int s2_store_write(struct s2_store *store, const void *data, size_t len);

/*
 * A file of somebody else's, "-" for standard input.  One that can be read twice is
 * left where it is; of anything else the store keeps what was read.  Return: 0, or
 * -errno with a text
 */
int s2_store_open(struct s2_store *store, const char *path);

/* Nothing more comes from the file */
void s2_store_end(struct s2_store *store);

/*
 * Reads at most @len bytes.  Return: how many, 0 at the end, or -errno; with a text
 * only if @is_said is set
 */
long s2_store_read(struct s2_store *store, uint64_t from, void *buf,
		   size_t len);

#endif /* S2_STORE_H */
