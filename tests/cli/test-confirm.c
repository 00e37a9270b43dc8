// SPDX-License-Identifier: GPL-2.0-only
/* The question before memory in use is denied, asked at a real terminal */
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame/confirm.h"

static int n, bad;

static void ok(bool right, const char *title)
{
	printf("%sok %d - %s\n", right ? "" : "not ", ++n, title);
	bad |= !right;
}

struct asked {
	int answer;		/* enum answer */
	char shown[256];	/* what stood at the terminal */
};

/* What may_deny() says in a child whose terminal this types @typed into */
static struct asked ask(uint64_t bytes, bool force, const char *typed)
{
	struct asked asked = { .answer = -1 };
	size_t len = 0;
	int status, fd;
	ssize_t more;
	pid_t pid;

	fflush(stdout);
	pid = forkpty(&fd, NULL, NULL, NULL);
	if (pid < 0)
		abort();
	if (!pid)
		_exit(may_deny(bytes, force, "Really?"));
	if (write(fd, typed, strlen(typed)) < 0)
		abort();
	/* It ends with an error once the child is gone */
	while (len < sizeof(asked.shown) - 1 &&
	       (more = read(fd, asked.shown + len,
			    sizeof(asked.shown) - 1 - len)) > 0)
		len += (size_t)more;
	waitpid(pid, &status, 0);
	close(fd);
	if (WIFEXITED(status))
		asked.answer = WEXITSTATUS(status);
	return asked;
}

static void expect(const char *typed, int answer, const char *title)
{
	struct asked asked = ask(4096, false, typed);

	ok(asked.answer == answer && strstr(asked.shown, "Really? [y/N] "),
	   title);
}

int main(void)
{
	struct asked asked;

	alarm(1800);
	expect("y\n", ANSWER_YES, "y is a yes");
	expect("yes\n", ANSWER_YES, "yes is a yes");
	expect("n\n", ANSWER_NO, "n is a no");
	expect("\n", ANSWER_NO, "nothing is a no");
	expect("Yes, of course, why should it not be?\n", ANSWER_NO,
	       "anything else is a no");
	/* Control-D at the beginning of a line */
	expect("\004", ANSWER_NO, "the end of the input is a no");
	asked = ask(0, false, "n\n");
	ok(asked.answer == ANSWER_YES && !strstr(asked.shown, "Really"),
	   "not asked where nothing is denied");
	asked = ask(4096, true, "n\n");
	ok(asked.answer == ANSWER_YES && !strstr(asked.shown, "Really"),
	   "not asked with force");
	if (!freopen("/dev/null", "r", stdin))
		abort();
	ok(may_deny(4096, false, "Really?") == ANSWER_NOBODY,
	   "without a terminal there is nobody to ask");
	printf("1..%d\n", n);
	return bad;
}
