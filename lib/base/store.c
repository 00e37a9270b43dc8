// SPDX-License-Identifier: LGPL-2.1-or-later
/* Bytes in memory or in a temporary file that nobody else can open */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/store.h"

void s2_store_init(struct s2_store *store, struct s2_ctx *ctx)
{
	memset(store, 0, sizeof(*store));
	store->ctx = ctx;
	store->fd = -1;
}

void s2_store_end(struct s2_store *store)
{
	if (store->file && store->owns_file)
		fclose(store->file);
	store->file = NULL;
}

void s2_store_clear(struct s2_store *store)
{
	if (store->fd >= 0)
		close(store->fd);
	s2_store_end(store);
	free(store->data);
	s2_store_init(store, store->ctx);
}

/* Not every file system has files without a name */
static int open_named(const char *dir)
{
	char path[4096];
	int fd;

	if (snprintf(path, sizeof(path), "%s/s2ctl.XXXXXX", dir) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static int open_temporary(struct s2_store *store)
{
	const char *dir = secure_getenv("TMPDIR");
	int fd;

	if (!dir || !*dir)
		dir = "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = open_named(dir);
	if (fd < 0)
		return s2_fail(store->ctx, fd,
			       "cannot make a temporary file in %s: %s", dir,
			       strerror(-fd));
	store->fd = fd;
	return 0;
}

static int write_file(struct s2_store *store, const char *data, size_t len)
{
	uint64_t at = store->bytes;

	while (len) {
		ssize_t n = pwrite(store->fd, data, len, (off_t)at);
		int err = -errno;

		if (n < 0 && err == -EINTR)
			continue;
		if (n <= 0)
			return s2_fail(store->ctx, n ? err : -EIO,
				       "cannot write to a temporary file: %s",
				       strerror(n ? -err : EIO));
		data += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	store->bytes = at;
	return 0;
}

/* What was in memory begins the file */
static int move_to_file(struct s2_store *store)
{
	size_t len = (size_t)store->bytes;
	int err = open_temporary(store);

	if (err)
		return err;
	store->bytes = 0;
	err = write_file(store, store->data, len);
	free(store->data);
	store->data = NULL;
	store->room = 0;
	return err;
}

static int make_room(struct s2_store *store, size_t need)
{
	size_t room = store->room ? store->room : 4096;
	char *data;

	while (room < need)
		room *= 2;
	if (room == store->room)
		return 0;
	data = realloc(store->data, room);
	if (!data)
		return s2_fail_nomem(store->ctx);
	store->data = data;
	store->room = room;
	return 0;
}

int s2_store_write(struct s2_store *store, const void *data, size_t len)
{
	int err = 0;

	if (!len)
		return 0;
	if (store->fd < 0 && store->bytes + len > S2_STORE_MEMORY)
		err = move_to_file(store);
	if (err)
		return err;
	if (store->fd >= 0)
		return write_file(store, data, len);
	err = make_room(store, (size_t)store->bytes + len);
	if (err)
		return err;
	memcpy(store->data + store->bytes, data, len);
	store->bytes += len;
	return 0;
}

/* ------------------------------------------------------- somebody else's file */

/* Whether it can be read twice, from its beginning */
static bool is_regular(int fd, uint64_t *bytes)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) ||
	    st.st_size <= 0 || lseek(fd, 0, SEEK_CUR))
		return false;
	*bytes = (uint64_t)st.st_size;
	return true;
}

int s2_store_open(struct s2_store *store, const char *path)
{
	bool standard = !strcmp(path, "-");
	FILE *file = standard ? stdin : fopen(path, "re");
	int fd, err = 0;

	if (!file) {
		err = -errno;
		return s2_fail(store->ctx, err, "%s: %s", path, strerror(-err));
	}
	fd = fileno(file);
	if (is_regular(fd, &store->bytes)) {
		store->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (store->fd < 0)
			err = s2_fail(store->ctx, -errno, "%s: %s", path,
				      strerror(errno));
		if (!standard)
			fclose(file);
		return err;
	}
	store->file = file;
	store->owns_file = !standard;
	return 0;
}

/* Reads on, and keeps what comes */
static long pull(struct s2_store *store, void *buf, size_t len)
{
	size_t n;
	int err = 0;

	errno = 0;
	n = fread(buf, 1, len, store->file);
	if (ferror(store->file))
		return errno ? -errno : -EIO;
	if (n)
		err = s2_store_write(store, buf, n);
	store->is_said = err;
	return err ? err : (long)n;
}

long s2_store_read(struct s2_store *store, uint64_t from, void *buf, size_t len)
{
	ssize_t n;

	if (from == store->bytes && store->file)
		return pull(store, buf, len);
	if (from >= store->bytes)
		return 0;
	if (len > store->bytes - from)
		len = (size_t)(store->bytes - from);
	if (store->fd < 0) {
		memcpy(buf, store->data + from, len);
		return (long)len;
	}
	do {
		n = pread(store->fd, buf, len, (off_t)from);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}
