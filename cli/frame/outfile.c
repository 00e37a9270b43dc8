// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame/cli.h"
#include "frame/outfile.h"

/* Everything here returns 0, a negative errno, or a status of an outfile_fn. */
static int outcome(const char *path, int err)
{
	if (err >= 0)
		return err;
	cli_err("cannot write '%s': %s", path, strerror(-err));
	return CLI_ERROR;
}

/* Write, and make sure that it is on the disk.  Closes fd. */
static int write_fd(int fd, outfile_fn fn, const void *data)
{
	FILE *f = fdopen(fd, "w");
	int err;

	if (!f) {
		err = -errno;
		close(fd);
		return err;
	}
	err = fn(f, data);
	if (!err && (fflush(f) || (fsync(fd) && errno != EINVAL)))
		err = -errno;
	/* Of a write that failed before, errno is lost. */
	if (!err && ferror(f))
		err = -EIO;
	if (fclose(f) && !err)
		err = -errno;
	return err;
}

static int write_file(const char *path, mode_t mode, outfile_fn fn,
		      const void *data)
{
	char *temp = NULL;
	int fd, err;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkstemp(temp);
	if (fd < 0) {
		err = -errno;
		goto out;
	}
	/* mkstemp() makes it 0600, and fchmod() asks no umask. */
	if (fchmod(fd, mode)) {
		err = -errno;
		close(fd);
	} else {
		err = write_fd(fd, fn, data);
	}
	if (!err && rename(temp, path))
		err = -errno;
	if (err)
		unlink(temp);
out:
	free(temp);
	return err;
}

static int write_special(const char *path, outfile_fn fn, const void *data)
{
	FILE *f = fopen(path, "we");
	int err;

	if (!f)
		return -errno;
	err = fn(f, data);
	if (!err && fflush(f))
		err = -errno;
	if (!err && ferror(f))
		err = -EIO;
	if (fclose(f) && !err)
		err = -errno;
	return err;
}

int outfile_try(const char *path, mode_t mode, outfile_fn fn, const void *data)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int err;

	if (real && !stat(real, &st) && !S_ISREG(st.st_mode))
		err = S_ISDIR(st.st_mode) ? -EISDIR :
					    write_special(path, fn, data);
	else
		err = write_file(real ? real : path, mode, fn, data);
	free(real);
	return err;
}

int outfile_write(const char *path, mode_t mode, outfile_fn fn,
		  const void *data)
{
	return outcome(path, outfile_try(path, mode, fn, data));
}
