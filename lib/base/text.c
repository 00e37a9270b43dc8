// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers and the like, in text */
#include <errno.h>
#include <string.h>

#include "base/text.h"

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
