// SPDX-License-Identifier: LGPL-2.1-or-later
/* A host as it was: a snapshot, or a dump of its memory, told apart by what is in it */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/core/image.h"
#include "source/source.h"

/* A pipe is read once, and a snapshot may come through it */
static bool is_dump_file(const char *path)
{
	struct stat st;
	bool is_dump;
	int fd;

	if (!strcmp(path, "-") || stat(path, &st) ||
	    (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	is_dump = s2_image_is_dump(fd);
	close(fd);
	return is_dump;
}

int s2_open_file(struct s2_ctx *ctx, const char *path, struct s2_source **src)
{
	return is_dump_file(path) ? s2_open_dump(ctx, path, src) :
		s2_open_snapshot(ctx, path, src);
}
