// SPDX-License-Identifier: LGPL-2.1-or-later
/* Patterns for names: not fnmatch(), which knows locales and can take forever */
#include <string.h>

#include "base/glob.h"
#include "base/utf8.h"

/* Past one character of UTF-8, or one byte that is none */
static const char *next_char(const char *text)
{
	uint32_t code;
	size_t n = s2_utf8_next(text, strnlen(text, 4), &code);

	return text + (n ? n : 1);
}

bool s2_glob_match(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	/* Only the last star need ever take more: what is before has matched */
	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern == '?') {
			pattern++;
			text = next_char(text);
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = from = next_char(from);
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
