// SPDX-License-Identifier: GPL-2.0-only
/* One who changes policies keeps others out; signals wait */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame/cli.h"
#include "frame/guard.h"

static int n, bad, lines;

static void ok(bool right, const char *title)
{
	printf("%sok %d - %s\n", right ? "" : "not ", ++n, title);
	bad |= !right;
}

/* In place of error.c: only how many */
void cli_err(const char *fmt, ...)
{
	(void)fmt;
	lines++;
}

/* In a child: the status of guard_lock(), 99 if it goes on; adds lines said */
static int try_lock(const char *path)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		int said = guard_lock(path, 1);

		_exit((said < 0 ? 90 : said * 10) + lines);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_lock(const char *dir)
{
	char path[256], other[256];

	snprintf(path, sizeof(path), "%s/lock", dir);
	snprintf(other, sizeof(other), "%s/link", dir);
	ok(try_lock(path) == 90, "nobody has it");
	ok(try_lock(path) == 90, "the one before has ended");
	if (symlink(path, other))
		abort();
	ok(try_lock(other) == 11, "not through a link");
	ok(guard_lock(path, 1) < 0 && !lines, "it is had, without a word");
	ok(try_lock(path) == 12, "others say that they wait, and give up");
	snprintf(other, sizeof(other), "%s/none/lock", dir);
	ok(try_lock(other) == 90, "without a place for it, it goes without");
	unlink(path);
	snprintf(other, sizeof(other), "%s/link", dir);
	unlink(other);
}

static void test_signals(void)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		sigset_t pending;

		guard_hold_signals();
		raise(SIGTERM);
		if (sigpending(&pending) || !sigismember(&pending, SIGTERM))
			_exit(1);
		guard_release_signals();
		_exit(2);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	   "a signal waits, and is not lost");
	guard_release_signals();
	ok(true, "what is not held can be released");
}

int main(void)
{
	char dir[] = "/tmp/test-guard.XXXXXX";

	alarm(1800);
	if (!mkdtemp(dir))
		abort();
	test_lock(dir);
	test_signals();
	rmdir(dir);
	printf("1..%d\n", n);
	return bad;
}
