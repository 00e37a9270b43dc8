// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A dump that has no note of VMCOREINFO, as virsh makes them of a domain without
 * that device: the text itself stands in the kernel's memory.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/core/image.h"
#include "source/core/kdump.h"

#define CHUNK		(1u << 20)
#define INFO_MAX	8192u
/* What is looked through at most, of memory that is there and not a hole */
#define SEARCH_MAX	(64ull << 30)

static const char first_line[] = "OSRELEASE=";

/* Whether the text at @at is VMCOREINFO, and not a copy of a part of it */
static bool is_info(const char *at, size_t len)
{
	static const char *const all[] = {
		"\nPAGESIZE=", "\nSYMBOL(swapper_pg_dir)=",
		"\nNUMBER(kimage_voffset)=",
	};

	len = strnlen(at, len);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (!memmem(at, len, all[i], strlen(all[i])))
			return false;
	}
	return true;
}

static int look_in(struct s2_image *image, const char *buf, size_t len)
{
	const char *at = buf;

	while ((at = memmem(at, len - (size_t)(at - buf), first_line,
			    strlen(first_line)))) {
		size_t left = len - (size_t)(at - buf);

		if (left > INFO_MAX)
			left = INFO_MAX;
		if (is_info(at, left)) {
			image->info = strndup(at, left);
			return image->info ? 0 : s2_fail_nomem(image->ctx);
		}
		at++;
	}
	return 0;
}

/* The next part of a file that is not a hole; the same where that cannot be known */
static uint64_t skip_hole(const struct s2_image *image, uint64_t off)
{
	off_t data = lseek(image->fd, (off_t)off, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? UINT64_MAX : off;
	return (uint64_t)data;
}

static int look_in_segment(struct s2_image *image, const struct s2_segment *seg,
			   char *buf, uint64_t *budget)
{
	uint64_t off = seg->off, end = seg->off + seg->bytes;
	int err = 0;

	while (!err && !image->info && *budget) {
		size_t len = CHUNK + INFO_MAX;

		off = skip_hole(image, off);
		if (off >= end)
			break;
		if (end - off < len)
			len = (size_t)(end - off);
		if (s2_image_read(image, off, buf, len))
			break;
		err = look_in(image, buf, len);
		off += CHUNK;
		*budget -= *budget < CHUNK ? *budget : CHUNK;
	}
	return err;
}

int s2_image_find_info(struct s2_image *image)
{
	uint64_t budget = SEARCH_MAX;
	char *buf;
	int err = 0;

	if (image->kdump)
		return 0;
	buf = malloc(CHUNK + INFO_MAX);
	if (!buf)
		return s2_fail_nomem(image->ctx);
	for (size_t i = 0; !err && !image->info && i < image->phys; i++)
		err = look_in_segment(image, &image->by_pa[i], buf, &budget);
	free(buf);
	return err;
}
