// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "base/sized.h"

int s2_sized_read(void *to, size_t to_size, size_t first, const void *from)
{
	const unsigned char *bytes = from;
	size_t size;

	memcpy(&size, from, sizeof(size));
	if (size < first)
		return -EINVAL;
	if (size > S2_SIZED_MAX)
		return -E2BIG;
	for (size_t i = to_size; i < size; i++)
		if (bytes[i])
			return -E2BIG;
	memset(to, 0, to_size);
	memcpy(to, from, size < to_size ? size : to_size);
	return 0;
}
