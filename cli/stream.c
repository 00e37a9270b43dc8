// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "stream.h"

static volatile sig_atomic_t asked_to_end;
static sigset_t while_waiting;

static void on_signal(int sig)
{
	(void)sig;
	asked_to_end = 1;
}

void stream_begin(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	/* They arrive while ppoll() waits, and so none is missed. */
	sigprocmask(SIG_BLOCK, &ours, &while_waiting);
	sigdelset(&while_waiting, SIGINT);
	sigdelset(&while_waiting, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int wait_for(struct pollfd *fds, nfds_t n)
{
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
		{ .fd = STDOUT_FILENO },	/* for POLLERR */
	};
	int err;

	do {
		err = wait_for(fds, 2);
		if (!err && (fds[1].revents & POLLERR))
			return -EPIPE;
	} while (err == -EAGAIN);
	return err;
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
		/* A pipe with room takes this much without blocking. */
		n = write(STDOUT_FILENO, buf, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0) {
			buf += n;
			len -= (size_t)n;
		}
	}
	return 0;
}
