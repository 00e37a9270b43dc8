// SPDX-License-Identifier: LGPL-2.1-or-later
/* The file that holds the memory of a kernel */
#include "source/core/image.h"

int s2_image_read(const struct s2_image *image, uint64_t off, void *buf,
		  size_t len)
{
	size_t done = 0;

	if (off > INT64_MAX - len)
		return -ENODATA;
	while (done < len) {
		ssize_t n = image->pread(image->fd, (char *)buf + done,
					 len - done, (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
		done += (size_t)n;
	}
	return 0;
}
