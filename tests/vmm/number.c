// SPDX-License-Identifier: GPL-2.0-only
/* Numbers as they are written on a command line. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "vmm.h"

/* Decimal or 0x, an optional K, M or G (1024), and nothing after it. */
int parse_u64(const char *s, uint64_t *val)
{
	unsigned int shift = 0;
	unsigned long long v;
	char *end;

	if (!isdigit((unsigned char)s[0]))
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, 0);
	if (errno)
		return -errno;
	switch (*end) {
	case 'K':
		shift = 10;
		break;
	case 'M':
		shift = 20;
		break;
	case 'G':
		shift = 30;
		break;
	}
	if (shift)
		end++;
	if (*end)
		return -EINVAL;
	if (v > UINT64_MAX >> shift)
		return -ERANGE;
	*val = v << shift;
	return 0;
}
