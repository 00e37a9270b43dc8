// SPDX-License-Identifier: LGPL-2.1-or-later
/* A host as it was: a snapshot, or a dump of its memory, told apart by what is in it */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/source.h"

/* What dumps begin with: ELF's, kdump's, diskdump's and makedumpfile's */
static bool is_dump(const char *head, size_t len)
{
	static const struct {
		const char *magic;
		size_t len;
	} magics[] = {
		{ "\177ELF", 4 }, { "KDUMP   ", 8 }, { "DISKDUMP", 8 },
		{ "makedumpfile", 12 },
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		if (len >= magics[i].len &&
		    !memcmp(head, magics[i].magic, magics[i].len))
			return true;
	}
	return false;
}

/* A pipe is read once, and a snapshot may come through it */
static bool is_dump_file(const char *path)
{
	char head[16];
	struct stat st;
	ssize_t len;
	int fd;

	if (!strcmp(path, "-") || stat(path, &st) ||
	    (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	len = read(fd, head, sizeof(head));
	close(fd);
	return len > 0 && is_dump(head, (size_t)len);
}

int s2_open_file(struct s2_ctx *ctx, const char *path, struct s2_source **src)
{
	return is_dump_file(path) ? s2_open_dump(ctx, path, src) :
		s2_open_snapshot(ctx, path, src);
}
