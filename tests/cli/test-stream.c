// SPDX-License-Identifier: GPL-2.0-only
/* Output that goes on: slow readers, none, and signals */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cli/stream.h"

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
};

static void start(struct child *child, void (*what)(int idle))
{
	int out[2];

	if (pipe(out) || pipe(child->idle))
		abort();
	fflush(stdout);
	child->pid = fork();
	if (!child->pid) {
		signal(SIGPIPE, SIG_IGN);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		stream_begin();
		what(child->idle[0]);
	}
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

	start(&child, write_much);
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

static void test_signal(void (*what)(int idle), int sig, const char *title)
{
	struct child child;

	start(&child, what);
	usleep(100000);
	kill(child.pid, sig);
	ok(end(&child) == EINTR, title);
}

static void test_reader_gone(void (*what)(int idle), const char *title)
{
	struct child child;

	start(&child, what);
	usleep(100000);
	close(child.out);
	child.out = -1;
	ok(end(&child) == EPIPE, title);
}

int main(void)
{
	alarm(60);
	test_slow_reader();
	test_signal(wait_idle, SIGINT, "SIGINT ends the waiting");
	test_signal(wait_idle, SIGTERM, "SIGTERM ends the waiting");
	test_signal(write_much, SIGTERM,
		    "SIGTERM ends the writing to a reader who stalls");
	test_reader_gone(wait_idle, "a reader who goes is noticed at once");
	test_reader_gone(write_much, "also by what is being written");
	printf("1..%d\n", n);
	return bad;
}
