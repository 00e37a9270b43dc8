// SPDX-License-Identifier: LGPL-2.1-or-later
/* Context: roots, log, text of the last error */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/text.h"

#ifndef S2CTL_VERSION
#define S2CTL_VERSION "0.1.0"
#endif

const char *s2_version(void)
{
	return S2CTL_VERSION;
}

static const char *const default_root[] = {
	[S2_ROOT_SYS] = "/sys",
	[S2_ROOT_PROC] = "/proc",
	[S2_ROOT_DEBUG] = "/sys/kernel/debug",
};

int s2_ctx_new(struct s2_ctx **ctx)
{
	struct s2_ctx *new = calloc(1, sizeof(*new));

	*ctx = NULL;
	if (!new)
		return -ENOMEM;
	new->refs = 1;
	for (size_t i = 0; i <= S2_ROOT_DEBUG; i++) {
		new->root[i] = strdup(default_root[i]);
		if (!new->root[i]) {
			s2_ctx_unref(new);
			return -ENOMEM;
		}
	}
	*ctx = new;
	return 0;
}

struct s2_ctx *s2_ctx_ref(struct s2_ctx *ctx)
{
	ctx->refs++;
	return ctx;
}

void s2_ctx_unref(struct s2_ctx *ctx)
{
	if (!ctx || --ctx->refs)
		return;
	for (size_t i = 0; i <= S2_ROOT_DEBUG; i++)
		free(ctx->root[i]);
	free(ctx);
}

int s2_ctx_set_root(struct s2_ctx *ctx, enum s2_root root, const char *path)
{
	char *copy;

	if ((unsigned int)root > S2_ROOT_DEBUG || !path || !*path)
		return s2_fail(ctx, -EINVAL, "no such root");
	copy = strdup(path);
	if (!copy)
		return s2_fail_nomem(ctx);
	free(ctx->root[root]);
	ctx->root[root] = copy;
	ctx->roots_set = true;
	return 0;
}

void s2_ctx_set_log(struct s2_ctx *ctx, s2_log_fn fn, void *data)
{
	ctx->log = fn;
	ctx->log_data = data;
}

const char *s2_ctx_error(const struct s2_ctx *ctx)
{
	return ctx->error;
}

int s2_fail(struct s2_ctx *ctx, int err, const char *fmt, ...)
{
	char raw[S2_ERROR_MAX / 2];
	va_list args;

	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	s2_text_clean(ctx->error, sizeof(ctx->error), raw, strlen(raw));
	return err;
}

void s2_log(const struct s2_ctx *ctx, const char *fmt, ...)
{
	char raw[S2_ERROR_MAX / 2], line[S2_ERROR_MAX];
	va_list args;

	if (!ctx->log)
		return;
	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	s2_text_clean(line, sizeof(line), raw, strlen(raw));
	ctx->log(ctx->log_data, line);
}

int s2_path(const struct s2_ctx *ctx, enum s2_root root, char *buf,
	    size_t size, const char *fmt, ...)
{
	int len = snprintf(buf, size, "%s/", ctx->root[root]);
	va_list args;
	int more;

	if (len < 0 || (size_t)len >= size)
		return -ENAMETOOLONG;
	va_start(args, fmt);
	more = vsnprintf(buf + len, size - len, fmt, args);
	va_end(args);
	return more < 0 || (size_t)more >= size - len ? -ENAMETOOLONG : 0;
}

long s2_read_file(const char *path, char *buf, size_t size)
{
	return s2_read_file_at(AT_FDCWD, path, buf, size);
}

long s2_read_file_at(int dir, const char *path, char *buf, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	ssize_t got = 0;
	int err = 0;

	if (fd < 0)
		return -errno;
	while (len < size - 1) {
		got = read(fd, buf + len, size - 1 - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		len += got;
	}
	if (got < 0)
		err = -errno;
	close(fd);
	buf[len] = '\0';
	return err ? err : (long)len;
}
