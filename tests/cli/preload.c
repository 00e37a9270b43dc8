// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program meets on a bad day, at a place that a test can choose: preload
 * it, and say what in the environment.
 *
 *   FAIL_ALLOC=N		the N-th allocation finds no memory
 *   FAIL_ALLOC_ON=1		nor do those behind it
 *   FAIL_ALLOC_COUNT=FILE	write how many there were to FILE
 *   SIGNAL_AT_FSYNC=N		the first fsync() is met by signal N
 *   NO_TMPFILE=1		the file system has no files without a name
 *   NO_LIBRARY=NAME		no library whose name begins so is installed
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static unsigned long fail_at, count;
static bool fail_on;

static unsigned long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

__attribute__((constructor))
static void begin(void)
{
	fail_at = number("FAIL_ALLOC");
	fail_on = number("FAIL_ALLOC_ON");
	count = 0;
}

__attribute__((destructor))
static void end(void)
{
	const char *path = getenv("FAIL_ALLOC_COUNT");
	char text[32];
	int fd, len = snprintf(text, sizeof(text), "%lu\n", count);

	if (!path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		_exit(99);
	close(fd);
}

static bool fails(void)
{
	count++;
	if (!fail_at || count < fail_at || (count > fail_at && !fail_on))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}

int fsync(int fd)
{
	int (*real)(int fd) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	int sig = (int)number("SIGNAL_AT_FSYNC");

	if (sig)
		raise(sig);
	return real(fd);
}

int open(const char *path, int flags, ...)
{
	int (*real)(const char *path, int flags, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE)
		mode = va_arg(args, mode_t);
	va_end(args);
	if ((flags & O_TMPFILE) == O_TMPFILE && number("NO_TMPFILE")) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return real(path, flags, mode);
}

void *dlopen(const char *name, int flags)
{
	void *(*real)(const char *name, int flags) =
		(void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
	const char *absent = getenv("NO_LIBRARY");

	if (absent && name && !strncmp(name, absent, strlen(absent)))
		return NULL;
	return real(name, flags);
}
