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
/* Whether it was said that there is not enough memory. */
static bool no_memory;

/* Once is enough, and there is no memory to make a line of. */
static void say_no_memory(void)
{
	if (!no_memory)
		fputs("s2ctl: not enough memory\n", stderr);
	no_memory = true;
}

static void print_line(const char *fmt, va_list ap)
{
	char *line = NULL, *safe;

	/* Output that is already known comes before what went wrong. */
	if (!write_errno && fflush(stdout) == EOF)
		write_errno = errno;
	if (vasprintf(&line, fmt, ap) < 0)
		line = NULL;
	safe = line ? text_safe(line) : NULL;
	if (safe)
		fprintf(stderr, "s2ctl: %s\n", safe);
	else
		say_no_memory();
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
	if (err == -ENOMEM)
		say_no_memory();
	else
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
	/* A closed pipe and a full quota are errors to report, and no reason to
	 * vanish.
	 */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

int cli_write_failed(int err)
{
	if (err == ENOMEM)
		return cli_failed(-ENOMEM);
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
	if (text_is_lost())
		say_no_memory();
	if (!failed)
		return no_memory ? CLI_ERROR : status;
	if (write_errno)
		cli_err("cannot write standard output: %s",
			strerror(write_errno));
	else
		cli_err("cannot write standard output");
	return CLI_ERROR;
}
