// SPDX-License-Identifier: LGPL-2.1-or-later
/* Text that others wrote: made safe before it is stored */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

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
	size_t used = 0;

	while (len) {
		uint32_t code;
		size_t n = s2_utf8_next(raw, len, &code);
		bool escape = !n || is_unsafe(code);
		size_t step = n ? n : 1;
		size_t need = escape ? 4 * step : step;

		if (used + need >= size)
			break;
		for (size_t i = 0; escape && i < step; i++)
			used += sprintf(buf + used, "\\x%02x",
					(unsigned char)raw[i]);
		if (!escape) {
			memcpy(buf + used, raw, step);
			used += step;
		}
		raw += step;
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
