// SPDX-License-Identifier: LGPL-2.1-or-later
/* A VMM's command line: untrusted, and only ever a hint */
#include <string.h>

#include "source/proc/proc.h"

const char *s2_cmdline_option(const char *cmdline, size_t len,
			      const char *option)
{
	const char *end = cmdline + len, *value = NULL;
	bool is_value = false;

	for (const char *arg = cmdline; arg < end;) {
		size_t n = strnlen(arg, end - arg);

		if (arg + n == end)
			break;	/* cut short */
		if (is_value) {
			/* Twice and different: which of them is anyone's guess */
			if (value && strcmp(value, arg))
				return NULL;
			value = arg;
			is_value = false;
		} else {
			is_value = !strcmp(arg, option) ||
				(arg[0] == '-' && !strcmp(arg + 1, option));
		}
		arg += n + 1;
	}
	return value;
}

/* Copies up to a single comma.  Return: where the next item begins, or NULL */
static const char *copy_item(const char *arg, char *buf, size_t size)
{
	size_t used = 0;

	for (; *arg; arg++) {
		if (*arg == ',' && *++arg != ',')
			break;
		if (used + 1 < size)
			buf[used++] = *arg;
	}
	buf[used] = '\0';
	return *arg ? arg : NULL;
}

bool s2_cmdline_guest(const char *arg, char *buf, size_t size)
{
	bool first = true;

	while (arg) {
		arg = copy_item(arg, buf, size);
		if (!strncmp(buf, "guest=", 6)) {
			memmove(buf, buf + 6, strlen(buf + 6) + 1);
			return *buf;
		}
		/* The key of the first item may be left out */
		if (first && *buf && !strchr(buf, '='))
			return true;
		first = false;
	}
	return false;
}
