// SPDX-License-Identifier: GPL-2.0-only
/*
 * onpty - run a command on a terminal of its own, and answer what it asks
 *
 *   onpty [OPTION]... COMMAND [ARG]...
 *
 *   -w TEXT   once the terminal shows TEXT ...
 *   -r SHELL  ... run this shell command, and wait for its end ...
 *   -t KEYS   ... then type KEYS and Enter; ^C, ^D: that key alone
 *   -p FILE   write the pid of COMMAND into FILE
 *   -u        never read what it writes, as a terminal that was stopped
 *
 * COMMAND begins with all signals at their defaults, whatever the caller
 * ignores, and with the terminal as its standard streams and the one that
 * controls it.  What it shows goes to standard output, echoes included.
 * Exit status: that of COMMAND, or 128 + the signal that ended it; 125 if it
 * could not be run.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define EXIT_CANNOT	125

struct job {
	const char *text;	/* what to wait for */
	const char *shell;
	const char *keys;
	const char *pid_file;
	bool unread;
	char **argv;
	int pty;
	pid_t pid;
	char seen[65536];	/* the end of what was shown */
	size_t len;
};

static int fail(const char *what)
{
	fprintf(stderr, "onpty: %s: %s\n", what, strerror(errno));
	return EXIT_CANNOT;
}

/* Lines end as they do in a file, so that both can be compared. */
static int open_slave(int pty)
{
	struct termios t;
	int fd = -1;
	char *name;

	if (!grantpt(pty) && !unlockpt(pty) && (name = ptsname(pty)))
		fd = open(name, O_RDWR);
	if (fd < 0 || tcgetattr(fd, &t))
		return -1;
	t.c_oflag &= ~OPOST;
	return tcsetattr(fd, TCSANOW, &t) ? -1 : fd;
}

static void become_command(const struct job *job, int slave)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0))
		_exit(fail("no terminal of its own"));
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	if (slave > 2)
		close(slave);
	close(job->pty);
	execvp(job->argv[0], job->argv);
	_exit(fail(job->argv[0]));
}

static int write_pid(const struct job *job)
{
	FILE *f;

	if (!job->pid_file)
		return 0;
	f = fopen(job->pid_file, "we");
	if (!f || fprintf(f, "%d\n", job->pid) < 0 || fclose(f))
		return fail(job->pid_file);
	return 0;
}

static int start(struct job *job)
{
	int slave;

	job->pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	slave = job->pty < 0 ? -1 : open_slave(job->pty);
	if (slave < 0)
		return fail("cannot open a terminal");
	job->pid = fork();
	if (job->pid < 0)
		return fail("fork");
	if (!job->pid)
		become_command(job, slave);
	close(slave);
	return write_pid(job);
}

/* "^C" is a key, anything else a line. */
static int type(const struct job *job)
{
	char line[256];
	int n;

	if (job->keys[0] == '^' && job->keys[1] && !job->keys[2])
		n = snprintf(line, sizeof(line), "%c", CTRL(job->keys[1]));
	else
		n = snprintf(line, sizeof(line), "%s\n", job->keys);
	return write(job->pty, line, n) == n ? 0 : fail("cannot type");
}

/* Only the end of it is kept: what is waited for is short. */
static void keep(struct job *job, const char *buf, size_t n)
{
	const size_t room = sizeof(job->seen) - 1;

	if (job->len + n > room) {
		memmove(job->seen, job->seen + job->len - room / 2, room / 2);
		job->len = room / 2;
	}
	memcpy(job->seen + job->len, buf, n);
	job->len += n;
	job->seen[job->len] = '\0';
}

static int answer(struct job *job)
{
	int ret = 0;

	if (!job->text || !strstr(job->seen, job->text))
		return 0;
	job->text = NULL;
	if (job->shell && system(job->shell))
		ret = fail(job->shell);
	if (!ret && job->keys)
		ret = type(job);
	return ret;
}

/* Until nobody has the other end any more. */
static int talk(struct job *job)
{
	char buf[4096];
	ssize_t n;
	int ret = 0;

	while (!ret) {
		n = read(job->pty, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (fwrite(buf, 1, n, stdout) != (size_t)n || fflush(stdout))
			return fail("standard output");
		keep(job, buf, n);
		ret = answer(job);
	}
	return ret;
}

static int parse(int argc, char **argv, struct job *job)
{
	int opt;

	while ((opt = getopt(argc, argv, "+w:r:t:p:u")) != -1) {
		switch (opt) {
		case 'w':
			job->text = optarg;
			break;
		case 'r':
			job->shell = optarg;
			break;
		case 't':
			job->keys = optarg;
			break;
		case 'p':
			job->pid_file = optarg;
			break;
		case 'u':
			job->unread = true;
			break;
		default:
			return EXIT_CANNOT;
		}
	}
	job->argv = argv + optind;
	if (optind < argc)
		return 0;
	fputs("onpty: no command\n", stderr);
	return EXIT_CANNOT;
}

int main(int argc, char **argv)
{
	static struct job job;
	int status, ret = parse(argc, argv, &job);

	ret = ret ? ret : start(&job);
	if (ret)
		return ret;
	if (!job.unread)
		ret = talk(&job);
	if (ret)
		kill(job.pid, SIGKILL);
	if (waitpid(job.pid, &status, 0) < 0)
		return fail("wait");
	if (ret)
		return ret;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
