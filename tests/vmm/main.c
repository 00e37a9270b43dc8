// SPDX-License-Identifier: GPL-2.0-only
/* One process for each VM, and one that waits for them all. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vmm.h"

/* To whoever waits at a FIFO.  So little is written in one step. */
static int tell_ready(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return fail(-errno, "%s", path);
	if (write(fd, text, strlen(text)) < 0)
		ret = fail(-errno, "%s", path);
	close(fd);
	return ret;
}

/* Under a name of its own first: whoever waits for it must find it complete. */
static int write_ready(const char *path, const char *text)
{
	struct stat st;
	char *tmp;
	FILE *f;
	int ret;

	if (!stat(path, &st) && S_ISFIFO(st.st_mode))
		return tell_ready(path, text);
	if (asprintf(&tmp, "%s.new", path) < 0)
		return -ENOMEM;
	f = fopen(tmp, "we");
	ret = f ? 0 : -errno;
	if (f && fputs(text, f) < 0)
		ret = -EIO;
	if (f && fclose(f))
		ret = -errno;
	if (!ret && rename(tmp, path))
		ret = -errno;
	free(tmp);
	return ret ? fail(ret, "%s", path) : 0;
}

int report_ready(const struct ready *ready, const struct vm *vm)
{
	char line[96];

	snprintf(line, sizeof(line), "{\"vm\":\"%s\",\"pid\":%d,\"fd\":%d}\n",
		 vm->spec->name, getpid(), vm->fd);
	if (ready->fd < 0)
		return ready->path ? write_ready(ready->path, line) : 0;
	if (write(ready->fd, line, strlen(line)) < 0)
		return fail(-errno, "cannot report that the VM is ready");
	close(ready->fd);	/* so that the parent sees the end of the pipe */
	return 0;
}

static int run_vm(const struct vmm_args *args, const struct vm_spec *spec,
		  const struct ready *ready)
{
	static struct vm vm;
	int ret;

	prctl(PR_SET_NAME, spec->name);
	ret = vm_create(&vm, spec);
	ret = ret ?: run_actions(&vm, spec);
	if (!ret && spec->script)
		ret = run_script(&vm);
	if (!ret && spec->hold != HOLD_NO)
		ret = hold_vm(&vm, args->stop_on_eof, ready);
	if (fflush(stdout) && !ret)
		ret = fail(-errno, "standard output");
	return ret ? 1 : 0;
}

/* One line a VM that holds; the end of the pipe when a VM did not make it. */
static int collect_ready(const struct vmm_args *args, int fd)
{
	unsigned int want = 0, got = 0;
	char text[MAX_VMS * 64];
	size_t len = 0;
	ssize_t n;

	for (unsigned int i = 0; i < args->nr_vms; i++)
		want += args->vms[i].hold != HOLD_NO;
	while (got < want) {
		n = read(fd, text + len, sizeof(text) - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EPIPE;
		for (; n; n--)
			got += text[len++] == '\n';
	}
	text[len] = '\0';
	return args->ready && want ? write_ready(args->ready, text) : 0;
}

/*
 * The part of the command line that describes one VM, as a command line of its
 * own, so that each VM's process says what it is.
 */
static void exec_vm(const struct vmm_args *args, unsigned int i, int fd)
{
	char **all = args->argv, **own, number[16];
	unsigned int vm = 0, n = 0, words = 0;

	while (all[words])
		words++;
	own = calloc(words + 4, sizeof(*own));
	if (!own)
		return;
	snprintf(number, sizeof(number), "%d", fd);
	own[n++] = all[0];
	for (char **word = all + 1; *word; word++) {
		if (!strcmp(*word, "--next"))
			vm++;
		else if (!strcmp(*word, "--ready"))
			word++;
		else if (vm == i && strncmp(*word, "--ready=", 8) &&
			 strcmp(*word, "--stop-on-eof"))
			own[n++] = *word;
	}
	if (args->stop_on_eof)
		own[n++] = (char *)"--stop-on-eof";
	own[n++] = (char *)"--report-fd";
	own[n++] = number;
	execv("/proc/self/exe", own);
}

static pid_t start_vm(const struct vmm_args *args, unsigned int i, int fds[2])
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	close(fds[0]);
	fcntl(fds[1], F_SETFD, 0);
	exec_vm(args, i, fds[1]);
	fail(-errno, "cannot run /proc/self/exe");
	_exit(1);
}

static void stop_all(const pid_t *pids, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (pids[i] > 0)
			kill(pids[i], SIGTERM);
}

/* Waits for the children; what ends the parent ends them as well. */
static int wait_all(pid_t *pids, unsigned int n, bool stopping)
{
	unsigned int left = n;
	sigset_t set;
	int ret = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	while (left) {
		int status, sig;
		pid_t pid;

		if (stopping)
			stop_all(pids, n);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			for (unsigned int i = 0; i < n; i++)
				if (pids[i] == pid)
					pids[i] = 0;
			left--;
			if (!WIFEXITED(status) || WEXITSTATUS(status))
				ret = 1;
		}
		if (left && !sigwait(&set, &sig))
			stopping |= sig != SIGCHLD;
	}
	return ret;
}

static int run_vms(const struct vmm_args *args)
{
	pid_t pids[MAX_VMS];
	sigset_t chld;
	int fds[2], ret;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	if (pipe2(fds, O_CLOEXEC)) {
		fail(-errno, "pipe");
		return 1;
	}
	for (unsigned int i = 0; i < args->nr_vms; i++) {
		pids[i] = start_vm(args, i, fds);
		if (pids[i] < 0) {
			fail(-errno, "fork");
			stop_all(pids, i);
			return 1;
		}
	}
	close(fds[1]);
	ret = collect_ready(args, fds[0]);
	return wait_all(pids, args->nr_vms, ret != 0) || ret ? 1 : 0;
}

/* A single VM is this process itself, so that its pid is the caller's child. */
int main(int argc, char **argv)
{
	static struct vmm_args args;
	struct ready ready;

	parse_args(argc, argv, &args);
	ready = (struct ready) { .fd = args.report_fd, .path = args.ready };
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	hold_block_signals();
	if (args.nr_vms == 1)
		return run_vm(&args, &args.vms[0], &ready);
	return run_vms(&args);
}
