// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first process of the lab's host.
 *
 * Mounts what a command expects to find, runs it, and carries its standard
 * streams and exit status to lab/run over virtio-serial ports, one a stream,
 * so that nothing mixes them and nothing else writes to them.
 *
 * With --root host this process only makes that root ready and becomes its
 * systemd, which starts this program again, as lab-agent.service.
 *
 * lab/run leaves the command in /lab/argv and its environment in /lab/env, as
 * NUL-terminated strings.  /lab/share and /lab/tty exist when it wants the
 * share mounted and the command on a terminal, /lab/dump when the memory is to
 * be dumped.  /lab/root exists with --root host and holds what is to be put into
 * that root, these files among it.  /lab/modules names the modules to be loaded,
 * in order; only Debian's own kernels have any.
 *
 *	lab.control	to the host: "ready"; with /lab/dump, "dump" once the
 *			command has ended, while what it started still runs;
 *			then "exit STATUS OUT ERR" with the bytes sent.  From
 *			the host: "D" when the dump is done, "Q" when it has all
 *			the bytes and the machine may go, and before that any
 *			number of "P", each answered with a line for every
 *			process, and "told"
 *	lab.stdin	from the host: chunks, each after its length in two
 *			bytes, low first; an empty one is the end of input
 *	lab.stdout, lab.stderr	to the host: the bytes
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORTS "/sys/class/virtio-ports"

struct relay {
	int from;
	int to;
	uint64_t bytes;
	pthread_t thread;
};

static void die(const char *what)
{
	fprintf(stderr, "lab: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	exit(1);
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static void make_mount(const char *what, const char *where, const char *type,
		       const char *options)
{
	mkdir(where, 0755);
	if (mount(what, where, type, 0, options) && errno != EBUSY)
		fprintf(stderr, "lab: mount %s: %s\n", where, strerror(errno));
}

static void mount_all(void)
{
	make_mount("proc", "/proc", "proc", NULL);
	make_mount("sys", "/sys", "sysfs", NULL);
	make_mount("dev", "/dev", "devtmpfs", NULL);
	make_mount("debugfs", "/sys/kernel/debug", "debugfs", NULL);
	make_mount("tracefs", "/sys/kernel/tracing", "tracefs", NULL);
	make_mount("tmp", "/tmp", "tmpfs", "mode=1777");
	make_mount("run", "/run", "tmpfs", "mode=755");
	make_mount("shm", "/dev/shm", "tmpfs", "mode=1777");
	make_mount("pts", "/dev/pts", "devpts", "ptmxmode=666,mode=620,gid=5");
	make_mount("huge", "/dev/hugepages", "hugetlbfs", NULL);
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

static void mount_share(const char *where)
{
	make_mount("share", where, "9p",
		   "trans=virtio,version=9p2000.L,msize=524288,cache=mmap");
}

/*
 * Becomes the first process of the root on the disk.  Its file system is the
 * lab's own copy, so what this run is to have in it is written there.
 */
static void enter_root(void)
{
	static const char *const mounts[] = {
		"/dev", "/proc", "/sys", "/run", "/tmp",
	};
	static char init[] = "/usr/lib/systemd/systemd";
	char *argv[] = { init, NULL };
	char to[64];
	size_t i;

	mkdir("/new", 0755);
	if (mount("/dev/vda", "/new", "ext4", MS_NOATIME, NULL))
		die("the root's disk");
	if (system("/bin/busybox cp -a /lab/root/. /new/ &&"
		   "/bin/busybox cp -a /init /new/lab/agent"))
		die("filling the root");
	if (!access("/new/lab/share", F_OK))
		mount_share("/new/mnt/share");
	for (i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		snprintf(to, sizeof(to), "/new%s", mounts[i]);
		if (mount(mounts[i], to, NULL, MS_MOVE, NULL))
			die(mounts[i]);
	}
	if (chdir("/new") || mount(".", "/", NULL, MS_MOVE, NULL) ||
	    chroot(".") || chdir("/"))
		die("entering the root");
	execv(init, argv);
	die(init);
}

/* The port of that name, once the console driver has heard of it. */
static int open_port(const char *name, int flags)
{
	char path[300], line[64];
	struct dirent *d;
	int tries, fd;
	FILE *f;
	DIR *dir;

	/* longer than any machine takes: lab/run has the limit */
	for (tries = 0; tries < 1000000; tries++, pause_ms(1)) {
		dir = opendir(PORTS);
		while (dir && (d = readdir(dir))) {
			snprintf(path, sizeof(path), PORTS "/%s/name",
				 d->d_name);
			f = fopen(path, "re");
			if (!f)
				continue;
			if (!fgets(line, sizeof(line), f))
				line[0] = '\0';
			fclose(f);
			line[strcspn(line, "\n")] = '\0';
			if (strcmp(line, name))
				continue;
			snprintf(path, sizeof(path), "/dev/%s", d->d_name);
			fd = open(path, flags | O_CLOEXEC);
			if (fd >= 0) {
				closedir(dir);
				return fd;
			}
		}
		if (dir)
			closedir(dir);
	}
	die(name);
	return -1;
}

static bool write_all(int fd, const char *buf, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, buf, len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return false;
		buf += n;
		len -= n;
	}
	return true;
}

static bool read_all(int fd, char *buf, size_t len)
{
	ssize_t n;

	while (len) {
		n = read(fd, buf, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		buf += n;
		len -= n;
	}
	return true;
}

/* A stream of the command's to its port. */
static void *relay_out(void *arg)
{
	static const size_t size = 65536;
	struct relay *r = arg;
	char *buf = malloc(size);
	ssize_t n;

	for (;;) {
		n = read(r->from, buf, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)	/* EIO: the terminal's last user is gone */
			break;
		if (write_all(r->to, buf, n))
			r->bytes += n;
	}
	free(buf);
	return NULL;
}

/* The host's input to the command, which may have stopped reading. */
static void *relay_in(void *arg)
{
	struct relay *r = arg;
	uint8_t head[2];
	char *buf = malloc(65536);
	size_t len;

	while (read_all(r->from, (char *)head, 2)) {
		len = head[0] | head[1] << 8;
		if (!len || !read_all(r->from, buf, len))
			break;
		write_all(r->to, buf, len);
	}
	close(r->to);
	free(buf);
	return NULL;
}

/* A file of NUL-terminated strings as a vector. */
static char **read_strings(const char *path)
{
	size_t used = 0, size = 0, n = 0, i;
	char *text = NULL, **v;
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	do {
		size += 65536;
		text = realloc(text, size);
		got = read(fd, text + used, size - used);
		if (got < 0)
			die(path);
		used += got;
	} while (got);
	close(fd);
	for (i = 0; i < used; i++)
		n += !text[i];
	v = calloc(n + 1, sizeof(*v));
	for (i = 0, n = 0; i < used; i += strlen(text + i) + 1)
		v[n++] = text + i;
	return v;
}

/* What cannot be loaded shows in the kernel's log, and in what then fails. */
static void load_modules(void)
{
	char **path;
	int fd;

	if (access("/lab/modules", F_OK))
		return;
	for (path = read_strings("/lab/modules"); *path; path++) {
		fd = open(*path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
			fprintf(stderr, "lab: %s: %s\n", *path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
}

static int open_terminal(char *slave, size_t size)
{
	int fd = open("/dev/ptmx", O_RDWR | O_CLOEXEC);

	if (fd < 0 || grantpt(fd) || unlockpt(fd) ||
	    ptsname_r(fd, slave, size))
		die("terminal");
	return fd;
}

static void set_window_size(int tty)
{
	const char *rows = getenv("LINES"), *columns = getenv("COLUMNS");
	struct winsize w = { 0 };

	if (!rows || !columns)
		return;
	w.ws_row = atoi(rows);
	w.ws_col = atoi(columns);
	ioctl(tty, TIOCSWINSZ, &w);
	unsetenv("LINES");
	unsetenv("COLUMNS");
}

/* In the child: never returns. */
static void run_command(int in, int out, int err, bool tty)
{
	char **argv = read_strings("/lab/argv");

	environ = read_strings("/lab/env");
	signal(SIGPIPE, SIG_DFL);
	setsid();
	if (tty) {
		ioctl(in, TIOCSCTTY, 0);
		set_window_size(in);
	}
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	if (chdir(getenv("HOME")))
		perror("lab: HOME");
	execvp(argv[0], argv);
	fprintf(stderr, "lab: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Waits for the command; reaps what others leave behind meanwhile. */
static int wait_for(pid_t command)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = wait(&status);
		if (pid < 0 && errno != EINTR)
			die("wait");
		if (pid != command)
			continue;
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
	}
}

static int start(struct relay *in, struct relay *out, struct relay *err)
{
	bool tty = !access("/lab/tty", F_OK);
	int p[3][2], master;
	char slave[64];
	pid_t pid;

	if (pipe2(p[0], O_CLOEXEC) || pipe2(p[1], O_CLOEXEC) ||
	    pipe2(p[2], O_CLOEXEC))
		die("pipe");
	if (tty) {
		master = open_terminal(slave, sizeof(slave));
		close(p[0][0]);
		close(p[0][1]);
		close(p[1][0]);
		close(p[1][1]);
		p[0][1] = dup(master);
		p[1][0] = master;
		p[0][0] = p[1][1] = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	}
	in->to = p[0][1];
	out->from = p[1][0];
	err->from = p[2][0];
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		run_command(p[0][0], p[1][1], tty ? p[1][1] : p[2][1], tty);
	close(p[0][0]);
	close(p[1][1]);
	close(p[2][1]);
	return pid;
}

/* With kmemleak in the kernel (--debug): what it finds goes to the log. */
static void look_for_leaks(void)
{
	static const char file[] = "/sys/kernel/debug/kmemleak";
	char line[1024];
	FILE *f, *log;
	int fd;

	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	pause_ms(6000);		/* it does not look at younger objects */
	write_all(fd, "scan", 4);
	write_all(fd, "scan", 4);
	close(fd);
	f = fopen(file, "re");
	log = fopen("/dev/kmsg", "we");
	while (f && log && fgets(line, sizeof(line), f)) {
		fputs(line, log);
		fflush(log);
	}
}

/* A file of a process, as a string; of no length if there is none. */
static size_t read_of(const char *pid, const char *name, char *buf, size_t size)
{
	char path[300];
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	f = fopen(path, "re");
	if (f) {
		len = fread(buf, 1, size - 1, f);
		fclose(f);
	}
	buf[len] = '\0';
	return len;
}

/*
 * "process PID PARENT STATE SECONDS WHERE COMMAND": the CPU time that it has
 * used, and the function of the kernel in which it waits.
 */
static void tell_process(FILE *to, const char *pid)
{
	char command[400], stat[400], where[64], state, *behind_name;
	unsigned long user, sys;
	size_t len, i;
	int parent;

	len = read_of(pid, "cmdline", command, sizeof(command));
	if (!len || !read_of(pid, "stat", stat, sizeof(stat)))
		return;		/* a thread of the kernel, or gone by now */
	for (i = 0; i + 1 < len; i++)
		if ((unsigned char)command[i] <= ' ')
			command[i] = ' ';
	if (!read_of(pid, "wchan", where, sizeof(where)))
		strcpy(where, "?");
	behind_name = strrchr(stat, ')');
	if (behind_name && sscanf(behind_name + 1, " %c %d %*d %*d %*d %*d %*u "
				  "%*u %*u %*u %*u %lu %lu", &state, &parent,
				  &user, &sys) == 4)
		fprintf(to, "process %s %d %c %lu %s %s\n", pid, parent, state,
			(user + sys) / sysconf(_SC_CLK_TCK), where, command);
}

/* For a lab/run whose patience has an end: where everybody is. */
static void tell_processes(int control)
{
	struct dirent *d;
	char *text = NULL;
	size_t len = 0;
	DIR *dir;
	FILE *to;

	to = open_memstream(&text, &len);
	if (!to)
		return;
	dir = opendir("/proc");
	while (dir && (d = readdir(dir)))
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9')
			tell_process(to, d->d_name);
	if (dir)
		closedir(dir);
	fputs("told\n", to);
	if (!fclose(to))
		write_all(control, text, len);
	free(text);
}

static sem_t dumped;

/* What lab/run asks for, until the machine may go or nobody asks any more. */
static void *listen_to(void *arg)
{
	int control = *(int *)arg;
	char asked;

	while (read_all(control, &asked, 1) && asked != 'Q') {
		if (asked == 'P')
			tell_processes(control);
		else
			sem_post(&dumped);
	}
	/* Who waits for a dump need not wait any more */
	sem_post(&dumped);
	return NULL;
}

static void set_up(void)
{
	mount_all();
	load_modules();
	if (!access("/lab/root", F_OK))
		enter_root();
	if (!access("/lab/share", F_OK))
		mount_share("/mnt/share");
	if (system("/bin/busybox --install -s /bin;"
		   "/bin/busybox ip link set lo up;"
		   "/bin/busybox hostname lab"))
		fprintf(stderr, "lab: busybox failed\n");
}

int main(void)
{
	struct relay in = { 0 }, out = { 0 }, err = { 0 };
	pthread_t listener;
	int control, status;
	char line[80];
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	if (getpid() == 1)
		set_up();
	control = open_port("lab.control", O_RDWR);
	in.from = open_port("lab.stdin", O_RDONLY);
	out.to = open_port("lab.stdout", O_WRONLY);
	err.to = open_port("lab.stderr", O_WRONLY);
	write_all(control, "ready\n", 6);

	sem_init(&dumped, 0, 0);
	pid = start(&in, &out, &err);
	pthread_create(&listener, NULL, listen_to, &control);
	pthread_create(&in.thread, NULL, relay_in, &in);
	pthread_create(&out.thread, NULL, relay_out, &out);
	pthread_create(&err.thread, NULL, relay_out, &err);
	status = wait_for(pid);

	if (!access("/lab/dump", F_OK)) {
		write_all(control, "dump\n", 5);
		while (sem_wait(&dumped) && errno == EINTR)
			;
	}
	kill(-1, SIGKILL);	/* what it left running; not this, nor 1 */
	pthread_join(out.thread, NULL);
	pthread_join(err.thread, NULL);
	look_for_leaks();
	snprintf(line, sizeof(line), "exit %d %llu %llu\n", status,
		 (unsigned long long)out.bytes, (unsigned long long)err.bytes);
	write_all(control, line, strlen(line));
	pthread_join(listener, NULL);
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
