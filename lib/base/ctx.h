/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Context: roots, log, text of the last error; and cleanup helpers */
#ifndef S2_CTX_H
#define S2_CTX_H

#include <errno.h>
#include <stdarg.h>

#include "s2ctl.h"

#define S2_ERROR_MAX	1024

struct s2_ctx {
	unsigned int refs;
	bool roots_set;
	char *root[S2_ROOT_DEBUG + 1];
	s2_log_fn log;
	void *log_data;
	char error[S2_ERROR_MAX];
};

struct s2_ctx *s2_ctx_ref(struct s2_ctx *ctx);

/* Sets the error text.  Return: @err, so that "return s2_fail(...)" reads well */
int s2_fail(struct s2_ctx *ctx, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Here, so that whoever reads code without running it sees what comes back */
static inline int s2_fail_nomem(struct s2_ctx *ctx)
{
	s2_fail(ctx, -ENOMEM, "not enough memory");
	return -ENOMEM;
}

void s2_log(const struct s2_ctx *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Path below one of the roots.  Return: 0 or -ENAMETOOLONG */
int s2_path(const struct s2_ctx *ctx, enum s2_root root, char *buf,
	    size_t size, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/*
 * Reads at most @size - 1 bytes of a file and ends them with a NUL.
 * Return: number of bytes read, or -errno.
 */
long s2_read_file(const char *path, char *buf, size_t size);

/* The same, relative to an open directory */
long s2_read_file_at(int dir, const char *path, char *buf, size_t size);

#endif /* S2_CTX_H */
