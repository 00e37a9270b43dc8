// SPDX-License-Identifier: GPL-2.0-only
/* Output that goes on: slow readers, none, and signals */
#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame/stream.h"

#define MUCH	(1 << 20)

static int n, bad;

static void ok(bool right, const char *title)
{
	printf("%sok %d - %s\n", right ? "" : "not ", ++n, title);
	bad |= !right;
}

/* In a child whose standard output is a pipe: exits with a positive errno */
static void write_much(int idle)
{
	char *buf = malloc(MUCH);

	(void)idle;
	for (int i = 0; i < MUCH; i++)
		buf[i] = (char)i;
	_exit(-stream_write(buf, MUCH));
}

static void wait_idle(int idle)
{
	_exit(-stream_wait(idle));
}

struct child {
	pid_t pid;
	int out;	/* what it writes is read here */
	int idle[2];	/* nothing ever comes here */
	int ready[2];	/* it says here that signals no longer end it */
};

enum kind { PIPE, SOCKET, TERMINAL };

/* out[0] is where it is read, out[1] its standard output */
static bool make_output(enum kind kind, int out[2])
{
	switch (kind) {
	case PIPE:
		return !pipe(out);
	case SOCKET:
		return !socketpair(AF_UNIX, SOCK_STREAM, 0, out);
	default:
		return !openpty(&out[0], &out[1], NULL, NULL, NULL);
	}
}

static void start(struct child *child, enum kind kind, void (*what)(int idle))
{
	int out[2];

	char byte;

	if (!make_output(kind, out) || pipe(child->idle) || pipe(child->ready))
		abort();
	fflush(stdout);
	child->pid = fork();
	if (!child->pid) {
		signal(SIGPIPE, SIG_IGN);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		stream_begin();
		if (write(child->ready[1], "", 1) != 1)
			abort();
		what(child->idle[0]);
	}
	if (read(child->ready[0], &byte, 1) != 1)
		abort();
	close(child->ready[0]);
	close(child->ready[1]);
	close(out[1]);
	child->out = out[0];
}

static int end(struct child *child)
{
	int status = 0;

	waitpid(child->pid, &status, 0);
	close(child->out);
	close(child->idle[0]);
	close(child->idle[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_slow_reader(void)
{
	struct child child;
	unsigned char buf[777];
	bool same = true;
	long total = 0;
	ssize_t len;

	start(&child, PIPE, write_much);
	while ((len = read(child.out, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < len; i++)
			same &= buf[i] == (unsigned char)(total + i);
		total += len;
		if (total % 16 == 0)
			usleep(100);
	}
	ok(!end(&child) && same && total == MUCH,
	   "a slow reader gets all of it");
}

static void test_signal(enum kind kind, void (*what)(int idle), int sig,
			const char *title)
{
	struct child child;

	start(&child, kind, what);
	usleep(100000);
	kill(child.pid, sig);
	ok(end(&child) == EINTR, title);
}

static void test_reader_gone(enum kind kind, void (*what)(int idle), int err,
			     const char *title)
{
	struct child child;

	start(&child, kind, what);
	usleep(100000);
	close(child.out);
	child.out = -1;
	ok(end(&child) == err, title);
}

/* As for a job in the background of a shell without job control */
static void test_ignored(void)
{
	struct child child;

	signal(SIGINT, SIG_IGN);
	start(&child, PIPE, wait_idle);
	signal(SIGINT, SIG_DFL);
	usleep(100000);
	kill(child.pid, SIGINT);
	usleep(100000);
	ok(!waitpid(child.pid, NULL, WNOHANG), "SIGINT that is ignored stays so");
	kill(child.pid, SIGTERM);
	ok(end(&child) == EINTR, "and SIGTERM ends it");
}

int main(void)
{
	alarm(1800);
	/* In the background of a shell it is ignored. */
	signal(SIGINT, SIG_DFL);
	test_slow_reader();
	test_signal(PIPE, wait_idle, SIGINT, "SIGINT ends the waiting");
	test_signal(PIPE, wait_idle, SIGTERM, "SIGTERM ends the waiting");
	test_signal(PIPE, write_much, SIGTERM,
		    "SIGTERM ends the writing to a reader who stalls");
	test_signal(SOCKET, write_much, SIGTERM,
		    "SIGTERM ends the writing to a socket that is not read");
	test_signal(TERMINAL, write_much, SIGTERM,
		    "SIGTERM ends the writing to a terminal that is not read");
	test_ignored();
	test_reader_gone(PIPE, wait_idle, EPIPE,
			 "a reader who goes is noticed at once");
	test_reader_gone(PIPE, write_much, EPIPE,
			 "also by what is being written");
	test_reader_gone(SOCKET, wait_idle, EPIPE,
			 "also at the other end of a socket");
	test_reader_gone(TERMINAL, wait_idle, EPIPE,
			 "also at the other side of a terminal");
	printf("1..%d\n", n);
	return bad;
}
