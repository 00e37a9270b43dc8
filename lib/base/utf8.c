// SPDX-License-Identifier: LGPL-2.1-or-later
/* UTF-8, decoded in this one place */
#include "base/utf8.h"

/* How many bytes a character has that begins with this byte; 0: none does */
static size_t length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

size_t s2_utf8_next(const char *p, size_t len, uint32_t *cp)
{
	/* The least number that needs as many bytes: less is overlong. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)p;
	size_t n = len ? length(s[0]) : 0;
	uint32_t code;

	if (!n || n > len)
		return 0;
	code = n == 1 ? s[0] : s[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*cp = code;
	return n;
}
