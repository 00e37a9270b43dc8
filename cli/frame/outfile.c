// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file is written without a name and gets one when it is whole.  Whatever ends
 * the program before that, the kernel takes what was written away.  Where the
 * file system has no files without a name it has one of its own, and a signal
 * that ends the program takes that away first.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame/cli.h"
#include "frame/outfile.h"
#include "frame/text.h"

#define NAME_TRIES 100

/* What ends a program that does nothing about it. */
static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU };

#define ENDS (sizeof(ends) / sizeof(*ends))

/**
 * struct outfile - a file that is not in its place yet
 * @path: its place
 * @temp: the name it has meanwhile, or will have for a moment
 * @fd: the file
 * @named: whether it has that name
 * @before: what signals did before it had
 */
struct outfile {
	const char *path;
	char *temp;
	int fd;
	bool named;
	struct sigaction before[ENDS];
};

/* Everything here returns 0, a negative errno, or a status of an outfile_fn. */
static int outcome(const char *path, int err)
{
	if (err >= 0)
		return err;
	if (err == -ENOMEM)
		return cli_failed(err);
	cli_err("cannot write '%s': %s", path, strerror(-err));
	return CLI_ERROR;
}

/* --------------------------------------------------------------- signals -- */

/* What on_signal() takes away. */
static const char *volatile to_remove;

static void on_signal(int sig)
{
	if (to_remove)
		unlink(to_remove);
	/* It arrives when this returns, and ends us as it would have. */
	signal(sig, SIG_DFL);
	raise(sig);
}

static void block_ends(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ENDS; i++)
		sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

/* What is ignored stays ignored, and what somebody catches is his. */
static void catch_ends(struct outfile *o)
{
	struct sigaction action = { .sa_handler = on_signal };

	to_remove = o->temp;
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ENDS; i++) {
		sigaction(ends[i], NULL, &o->before[i]);
		if (o->before[i].sa_handler == SIG_DFL)
			sigaction(ends[i], &action, NULL);
	}
}

static void release_ends(const struct outfile *o)
{
	for (size_t i = 0; i < ENDS; i++)
		sigaction(ends[i], &o->before[i], NULL);
	to_remove = NULL;
}

/* ---------------------------------------------------------- without a name -- */

/* A file without a name in the directory of path; -errno: with one, then. */
static int open_unnamed(const char *path)
{
	char *copy = strdup(path);
	int fd, err;

	if (!copy)
		return -ENOMEM;
	/* By that it gets its name. */
	if (access("/proc/self/fd", X_OK)) {
		free(copy);
		return -EOPNOTSUPP;
	}
	fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	err = fd < 0 ? -errno : 0;
	free(copy);
	return err ? err : fd;
}

static int give_name(struct outfile *o, size_t room)
{
	size_t len = strlen(o->path);
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", o->fd);
	for (int i = 0; i < NAME_TRIES; i++) {
		uint32_t random = (uint32_t)i;

		if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
			random ^= (uint32_t)getpid() << 8;
		snprintf(o->temp + len, room - len, ".%06x", random & 0xffffff);
		if (!linkat(AT_FDCWD, self, AT_FDCWD, o->temp,
			    AT_SYMLINK_FOLLOW))
			return 0;
		if (errno != EEXIST)
			break;
	}
	return -errno;
}

/* A name can be taken over from another file, but not given in its place. */
static int put_unnamed(struct outfile *o)
{
	sigset_t before;
	int err;

	block_ends(&before);
	err = give_name(o, strlen(o->temp) + 1);
	if (!err && rename(o->temp, o->path)) {
		err = -errno;
		unlink(o->temp);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* ------------------------------------------------------------- with a name -- */

static int open_named(struct outfile *o)
{
	sigset_t before;
	int err = 0;

	block_ends(&before);
	o->fd = mkostemp(o->temp, O_CLOEXEC);
	if (o->fd < 0) {
		err = -errno;
	} else {
		catch_ends(o);
		o->named = true;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* ------------------------------------------------------------------ either -- */

static int open_file(struct outfile *o)
{
	char *temp;

	if (asprintf(&temp, "%s.XXXXXX", o->path) < 0)
		return -ENOMEM;
	o->temp = temp;
	o->fd = open_unnamed(o->path);
	switch (o->fd) {
	case -EOPNOTSUPP:
	case -EINVAL:
	case -EISDIR:
		return open_named(o);
	default:
		return o->fd < 0 ? o->fd : 0;
	}
}

/* Write, and make sure that it is on the disk.  The descriptor stays open. */
static int fill_file(int fd, outfile_fn fn, const void *data)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), err;
	FILE *f = copy < 0 ? NULL : fdopen(copy, "w");

	if (!f) {
		err = -errno;
		if (copy >= 0)
			close(copy);
		return err;
	}
	err = fn(f, data);
	if (!err && (fflush(f) || (fsync(copy) && errno != EINVAL)))
		err = -errno;
	/* Of a write that failed before, errno is lost. */
	if (!err && ferror(f))
		err = -EIO;
	if (fclose(f) && !err)
		err = -errno;
	return !err && text_is_lost() ? -ENOMEM : err;
}

static int put_file(struct outfile *o)
{
	if (!o->named)
		return put_unnamed(o);
	return rename(o->temp, o->path) ? -errno : 0;
}

static int write_file(const char *path, mode_t mode, outfile_fn fn,
		      const void *data)
{
	struct outfile o = { .path = path, .fd = -1 };
	int err = open_file(&o);

	/* It was made 0600, and fchmod() asks no umask. */
	if (!err && fchmod(o.fd, mode))
		err = -errno;
	if (!err)
		err = fill_file(o.fd, fn, data);
	if (!err)
		err = put_file(&o);
	if (err && o.named)
		unlink(o.temp);
	if (o.named)
		release_ends(&o);
	if (o.fd >= 0)
		close(o.fd);
	free(o.temp);
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
