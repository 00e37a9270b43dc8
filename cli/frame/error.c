// SPDX-License-Identifier: GPL-2.0-only
/* The one place that prints errors, and the check that output was written. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame/cli.h"
#include "frame/text.h"

/* Why writing standard output failed, once it has. */
static int write_errno;

static void print_line(const char *fmt, va_list ap)
{
	char *line = NULL, *safe;

	if (vasprintf(&line, fmt, ap) < 0)
		return;
	safe = text_safe(line);
	/* Output that is already known comes before what went wrong. */
	if (!write_errno && fflush(stdout) == EOF)
		write_errno = errno;
	fprintf(stderr, "s2ctl: %s\n", safe ? safe : "out of memory");
	free(safe);
	free(line);
}

void cli_err(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

int cli_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
	return CLI_USAGE;
}

int cli_failed(int err)
{
	cli_err("%s", strerror(-err));
	return CLI_ERROR;
}

void cli_guard_stdio(void)
{
	int fd;

	/*
	 * A descriptor that the caller closed would be reused by the first file
	 * we open.  Fill it with one that fails: read-only where we write, so
	 * that lost output is noticed, write-only where we read.
	 */
	do {
		fd = open("/dev/null", O_RDONLY);
		if (fd == STDIN_FILENO) {
			close(fd);
			fd = open("/dev/null", O_WRONLY);
		}
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	/* A closed pipe is an error to report, not a reason to vanish. */
	signal(SIGPIPE, SIG_IGN);
}

int cli_write_failed(int err)
{
	write_errno = err;
	return CLI_ERROR;
}

int cli_finish(int status)
{
	bool failed = ferror(stdout) || write_errno;

	if (fclose(stdout) == EOF) {
		failed = true;
		if (!write_errno)
			write_errno = errno;
	}
	if (!failed)
		return status;
	if (write_errno)
		cli_err("cannot write standard output: %s",
			strerror(write_errno));
	else
		cli_err("cannot write standard output");
	return CLI_ERROR;
}
