// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "frame/text.h"

/*
 * Length of the UTF-8 sequence at s, or 0 if there is none: no overlong forms,
 * no surrogates, nothing past U+10FFFF.
 */
static size_t utf8_len(const unsigned char *s, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;

	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	*cp = s[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

/* What a terminal obeys, or what makes text read other than it is. */
static bool harmful(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
	       cp == 0xad || cp == 0x61c || cp == 0xfeff ||
	       (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) ||
	       (cp >= 0xfff9 && cp <= 0xfffb) ||
	       (cp >= 0xe0000 && cp <= 0xe0fff);
}

char *text_safe(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	char *out = malloc(4 * strlen(s) + 1), *o = out;

	if (!out)
		return NULL;
	while (*p) {
		uint32_t cp = 0;
		size_t n = utf8_len(p, &cp);

		if (n && !harmful(cp)) {
			memcpy(o, p, n);
			o += n;
			p += n;
			continue;
		}
		for (n = n ? n : 1; n; n--)
			o += sprintf(o, "\\x%02x", *p++);
	}
	*o = '\0';
	return out;
}

void text_print(FILE *f, const char *s)
{
	char *safe = text_safe(s ? s : "-");

	fputs(safe ? safe : "out of memory", f);
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
