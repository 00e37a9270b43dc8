// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "frame/confirm.h"

static bool confirm(const char *question)
{
	char line[16];

	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(line, sizeof(line), stdin)) {
		fputc('\n', stderr);
		return false;
	}
	return !strcmp(line, "y\n") || !strcmp(line, "yes\n");
}

enum answer may_deny(uint64_t bytes, bool force, const char *question)
{
	if (!bytes || force)
		return ANSWER_YES;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return ANSWER_NOBODY;
	return confirm(question) ? ANSWER_YES : ANSWER_NO;
}
