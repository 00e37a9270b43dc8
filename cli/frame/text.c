// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "frame/text.h"

static bool lost;

bool text_is_lost(void)
{
	return lost;
}

char *text_lose(void)
{
	lost = true;
	return NULL;
}

char *text_safe(const char *s)
{
	size_t len = strlen(s), size = 4 * len + 1;
	char *out = malloc(size);

	if (!out)
		return text_lose();
	s2_text_clean(out, size, s, len);
	return out;
}

char *text_name(const char *raw)
{
	size_t len = strlen(raw), size = 4 * len + 1;
	char *out = malloc(size);

	if (!out)
		return text_lose();
	s2_escape(out, size, raw, len);
	return out;
}

void text_print(FILE *f, const char *s)
{
	char *safe = text_safe(s ? s : "-");

	fputs(safe ? safe : "", f);
	free(safe);
}

const char *text_size(char buf[static TEXT_SIZE_MAX], uint64_t bytes)
{
	static const char unit[] = "BKMGTPE";
	unsigned int shift = 0, u = 0;
	uint64_t tenths;

	while (u < 6 && bytes >> (shift + 10)) {
		shift += 10;
		u++;
	}
	if (!u) {
		snprintf(buf, TEXT_SIZE_MAX, "%" PRIu64 "%s", bytes,
			 bytes ? "B" : "");
		return buf;
	}
	/* In 128 bits, for 2^64 - 1 times ten does not fit. */
	tenths = (uint64_t)((((unsigned __int128)bytes * 10) +
			     ((uint64_t)1 << (shift - 1))) >> shift);
	if (tenths >= 10240 && u < 6) {
		tenths = 10;
		u++;
	}
	if (tenths % 10)
		snprintf(buf, TEXT_SIZE_MAX, "%" PRIu64 ".%" PRIu64 "%c",
			 tenths / 10, tenths % 10, unit[u]);
	else
		snprintf(buf, TEXT_SIZE_MAX, "%" PRIu64 "%c", tenths / 10,
			 unit[u]);
	return buf;
}

bool text_time(char buf[static TEXT_TIME_MAX], uint64_t seconds, bool iso)
{
	static const uint64_t last = 253402300799;	/* 9999-12-31 23:59:59 */
	time_t t = (time_t)seconds;
	struct tm tm;

	return seconds <= last && gmtime_r(&t, &tm) &&
	       strftime(buf, TEXT_TIME_MAX, iso ? "%Y-%m-%dT%H:%M:%SZ" :
			"%Y-%m-%d %H:%M:%S UTC", &tm);
}

void text_wrap(FILE *f, const char *s, int column, int indent, int width)
{
	bool first = true;

	if (width < indent + 20)
		width = indent + 20;
	while (*s) {
		int n = (int)strcspn(s, " \n");

		if (!first && column + 1 + n > width) {
			fprintf(f, "\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			fputc(' ', f);
			column++;
		}
		fprintf(f, "%.*s", n, s);
		first = false;
		column += n;
		s += n;
		s += strspn(s, " \n");
	}
	fputc('\n', f);
}

int text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int text_upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : (unsigned char)c;
}

bool text_same_word(const char *a, const char *b)
{
	while (*a && text_lower(*a) == text_lower(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

int text_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize ws;
	char *end;

	if (columns && *columns) {
		long n;

		errno = 0;
		n = strtol(columns, &end, 10);
		if (!errno && !*end && n >= 20 && n <= 10000)
			return (int)n;
	}
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) && ws.ws_col >= 20)
		return ws.ws_col;
	return 80;
}
