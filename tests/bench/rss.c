// SPDX-License-Identifier: GPL-2.0-only
/*
 * rss FILE COMMAND...: runs the command and writes to FILE how much memory it
 * had resident at most, in KiB, and how many nanoseconds it took: under QEMU's
 * -icount shift=0 that is instructions.  A program of its own: what is counted
 * for a process begins with what its parent had when it was forked.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	long long begin;
	int status;
	FILE *file;
	pid_t pid;

	if (argc < 3)
		return 64;
	begin = now();
	pid = fork();
	if (pid < 0)
		return 1;
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status))
		return 1;
	begin = now() - begin;
	file = fopen(argv[1], "w");
	if (!file || fprintf(file, "%ld %lld\n", usage.ru_maxrss, begin) < 0 ||
	    fclose(file))
		return 1;
	return WEXITSTATUS(status);
}
