// SPDX-License-Identifier: LGPL-2.1-or-later
/* Text that others wrote: made safe before it is stored */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Length of the UTF-8 character at @s, 0 if it is none; @code: its number */
static size_t utf8_char(const unsigned char *s, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t want;

	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		want = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		want = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		want = 4;
	else
		return 0;
	if (want > len)
		return 0;
	*code = s[0] & (0xff >> (want + 1));
	for (size_t i = 1; i < want; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least[want] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return want;
}

/* Characters that move the cursor, end lines or reorder what a person reads */
static bool is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       code == 0x061c;
}

void s2_text_clean(char *buf, size_t size, const char *raw, size_t len)
{
	const unsigned char *s = (const unsigned char *)raw;
	size_t used = 0;

	while (len) {
		uint32_t code;
		size_t n = utf8_char(s, len, &code);
		bool escape = !n || is_unsafe(code);
		size_t step = n ? n : 1;
		size_t need = escape ? 4 * step : step;

		if (used + need >= size)
			break;
		for (size_t i = 0; escape && i < step; i++)
			used += sprintf(buf + used, "\\x%02x", s[i]);
		if (!escape) {
			memcpy(buf + used, s, step);
			used += step;
		}
		s += step;
		len -= step;
	}
	if (size)
		buf[used] = '\0';
}

int s2_text_u64(const char *text, uint64_t *num)
{
	uint64_t n = 0;

	if (!*text || strspn(text, "0123456789") != strlen(text))
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = *text - '0';

		if (n > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		n = n * 10 + digit;
	}
	*num = n;
	return 0;
}

bool s2_text_hex4(const char *text, uint16_t *num)
{
	if (strspn(text, "0123456789abcdefABCDEF") < 4)
		return false;
	*num = 0;
	for (int i = 0; i < 4; i++) {
		int c = text[i] | 0x20;

		*num = *num << 4 | (c >= 'a' ? c - 'a' + 10 : c & 0xf);
	}
	return true;
}

bool s2_text_is_uuid(const char *text)
{
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' :
		    !text[i] || !strchr("0123456789abcdefABCDEF", text[i]))
			return false;
	}
	return !text[36];
}
