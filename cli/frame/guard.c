// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "frame/cli.h"
#include "frame/guard.h"

/* How often a lock is tried in a second */
#define TRIES	10

static sigset_t before;
static bool held;
static int lock_fd = -1;

static int path_failed(const char *path)
{
	cli_err("%s: %s", path, strerror(errno));
	return CLI_ERROR;
}

static bool may_do_without(int err)
{
	return err == EACCES || err == EPERM || err == ENOENT || err == EROFS;
}

int guard_lock(const char *path, unsigned int seconds)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / TRIES };
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	/* What is there can be locked by who may only read it. */
	if (fd < 0 && may_do_without(errno))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return may_do_without(errno) ? -1 : path_failed(path);
	/* The descriptor stays open, and with it the lock. */
	for (unsigned int i = 0; i <= seconds * TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB)) {
			lock_fd = fd;
			return -1;
		}
		if (errno != EWOULDBLOCK && errno != EINTR) {
			int status = path_failed(path);

			close(fd);
			return status;
		}
		if (!i)
			cli_err("another s2ctl is changing policies: waiting for it");
		nanosleep(&pause, NULL);
	}
	close(fd);
	cli_err("another s2ctl is still changing policies: nothing was set");
	return CLI_ERROR;
}

void guard_unlock(void)
{
	if (lock_fd >= 0)
		close(lock_fd);
	lock_fd = -1;
}

void guard_hold_signals(void)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGQUIT);
	held = !sigprocmask(SIG_BLOCK, &ours, &before);
}

void guard_release_signals(void)
{
	if (held)
		sigprocmask(SIG_SETMASK, &before, NULL);
	held = false;
}
