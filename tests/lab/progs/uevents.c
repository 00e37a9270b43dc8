// SPDX-License-Identifier: GPL-2.0-only
/*
 * uevents - print what the kernel says on NETLINK_KOBJECT_UEVENT
 *
 *   uevents FILE COMMAND [ARG]...
 *
 * Runs COMMAND while it listens, and writes each event into FILE as one line,
 * its strings separated by a space.  An own listener, because the events must
 * be seen as the kernel sends them, without udev.
 * Exit status: that of COMMAND; 125 if listening failed.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_LISTEN	125

static int listen_uevents(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);
	int room = 8 << 20;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -1 : fd;
}

/* All that is there; -1 if events were lost. */
static int drain(int fd, FILE *out)
{
	char buf[8192];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (!buf[i])
				buf[i] = ' ';
			if (buf[i] == '\n')
				buf[i] = '?';
		}
		fwrite(buf, 1, n, out);
		fputc('\n', out);
	}
	return n < 0 && errno == EAGAIN ? 0 : -1;
}

static int watch(int fd, int sigfd, pid_t pid, FILE *out)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = sigfd, .events = POLLIN },
	};
	int status, ret = 0;

	while (poll(fds, 2, -1) > 0) {
		/* first the child, so that its last events are not missed */
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (drain(fd, out))
			ret = -1;
		if (ended == pid)
			break;
		if (fds[1].revents) {
			struct signalfd_siginfo info;

			if (read(sigfd, &info, sizeof(info)) < 0)
				ret = -1;
		}
	}
	if (ret)
		return EXIT_LISTEN;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	sigset_t set, old;
	int fd, sigfd, ret;
	FILE *out;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: uevents FILE COMMAND [ARG]...\n");
		return 64;
	}
	out = fopen(argv[1], "we");
	fd = listen_uevents();
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	sigfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (!out || fd < 0 || sigfd < 0) {
		fprintf(stderr, "uevents: %s\n", strerror(errno));
		return EXIT_LISTEN;
	}
	pid = fork();
	if (!pid) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		execvp(argv[2], argv + 2);
		fprintf(stderr, "uevents: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	ret = pid < 0 ? EXIT_LISTEN : watch(fd, sigfd, pid, out);
	return fclose(out) ? EXIT_LISTEN : ret;
}
