// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "frame/stream.h"

static volatile sig_atomic_t asked_to_end;
static sigset_t while_waiting;

/*
 * A signal that comes just before write() would not end it: so there is another
 * one a second later, and again.
 */
static void on_signal(int sig)
{
	(void)sig;
	asked_to_end = 1;
	alarm(1);
}

/* What the caller has us ignore stays ignored. */
static void catch(int sig, const struct sigaction *action)
{
	struct sigaction old;

	if (!sigaction(sig, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(sig, action, NULL);
}

void stream_begin(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGALRM);
	/* They arrive while ppoll() waits, and so none is missed. */
	sigprocmask(SIG_BLOCK, &ours, &while_waiting);
	sigdelset(&while_waiting, SIGINT);
	sigdelset(&while_waiting, SIGTERM);
	sigdelset(&while_waiting, SIGALRM);
	sigaction(SIGALRM, &action, NULL);
	catch(SIGINT, &action);
	catch(SIGTERM, &action);
}

static int wait_for(struct pollfd *fds, nfds_t n)
{
	if (asked_to_end)
		return -EINTR;
	if (ppoll(fds, n, NULL, &while_waiting) >= 0)
		return 0;
	if (errno != EINTR)
		return -errno;
	return asked_to_end ? -EINTR : -EAGAIN;
}

int stream_wait(int fd)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO },	/* for its end */
	};
	int err;

	do {
		err = wait_for(fds, 2);
		/* A pipe says POLLERR, a socket or a terminal POLLHUP. */
		if (!err && fds[1].revents)
			return -EPIPE;
	} while (err == -EAGAIN);
	return err;
}

/*
 * A pipe with room takes this much without blocking.  Nothing else promises
 * that: signals can come while it waits.
 */
static ssize_t write_some(const char *buf, size_t len)
{
	sigset_t before;
	ssize_t n;
	int err;

	sigprocmask(SIG_SETMASK, &while_waiting, &before);
	n = write(STDOUT_FILENO, buf, len < PIPE_BUF ? len : PIPE_BUF);
	err = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return n;
}

int stream_write(const char *buf, size_t len)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	while (len) {
		int err = wait_for(&out, 1);
		ssize_t n;

		if (err == -EAGAIN)
			continue;
		if (err)
			return err;
		n = write_some(buf, len);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0) {
			buf += n;
			len -= (size_t)n;
		}
	}
	return 0;
}
