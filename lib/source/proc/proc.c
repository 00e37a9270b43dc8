// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * VMs as /proc and KVM's debugfs show them.  A VM has a directory PID-FD in
 * debugfs (PID is the thread that made it); where that cannot be read, the
 * descriptors of processes have to do.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "source/proc/proc.h"
#include "base/text.h"

#define CMDLINE_MAX	131072
#define VM_LINK		"anon_inode:kvm-vm"
#define VCPU_LINK	"anon_inode:kvm-vcpu"

/* Target of the link in @buf, "" if it cannot be read */
static void read_fd_link(DIR *fds, const char *fd, char *buf, size_t size)
{
	ssize_t len = readlinkat(dirfd(fds), fd, buf, size - 1);

	buf[len < 0 ? 0 : len] = '\0';
}

/*
 * <proc>/PID, or a negative errno.  It stays that of the same process: once it
 * has ended nothing can be read there, even if its number is used again.
 */
static int open_process(const struct s2_ctx *ctx, uint64_t pid)
{
	char path[512];
	int err, fd;

	err = s2_path(ctx, S2_ROOT_PROC, path, sizeof(path), "%llu",
		      (unsigned long long)pid);
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool is_vm_link(const char *link)
{
	/* A deleted or renamed file could end alike, but not begin alike */
	return !strcmp(link, VM_LINK);
}

static bool is_vcpu_link(const char *link)
{
	return !strncmp(link, VCPU_LINK, strlen(VCPU_LINK));
}

static DIR *open_fds(int process)
{
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* Whether the process holds a VM or a vCPU: else its number was used again */
static bool is_vmm(int process)
{
	DIR *dir = open_fds(process);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		char link[64];

		read_fd_link(dir, entry->d_name, link, sizeof(link));
		found = is_vm_link(link) || is_vcpu_link(link);
	}
	if (dir)
		closedir(dir);
	return found;
}

/*
 * The kernel and debugfs number processes as the initial PID namespace does.
 * Seen from another, the same number is someone else's.
 */
static bool pids_agree(const struct s2_ctx *ctx)
{
	/* PROC_PID_INIT_INO of the kernel's linux/proc_ns.h */
	static const char initial[] = "pid:[4026531836]";
	char path[512], link[64];
	ssize_t len;

	if (s2_path(ctx, S2_ROOT_PROC, path, sizeof(path), "self/ns/pid"))
		return false;
	len = readlink(path, link, sizeof(link) - 1);
	/* A kernel without PID namespaces, or not /proc at all */
	if (len < 0)
		return true;
	link[len] = '\0';
	return !strcmp(link, initial);
}

static int read_names(struct s2_model *model, struct s2_obj *vm,
		      const char *cmdline, size_t len)
{
	const char *arg = s2_cmdline_option(cmdline, len, "-name");
	char name[S2_STRING_MAX];
	int err = 0;

	if (arg && s2_cmdline_guest(arg, name, sizeof(name)))
		err = s2_model_set_str(model, vm, S2_VM_NAME, name);
	arg = s2_cmdline_option(cmdline, len, "-uuid");
	if (!err && arg && s2_text_is_uuid(arg))
		err = s2_model_set_str(model, vm, S2_VM_UUID, arg);
	return err;
}

/*
 * The path in one line of /proc/PID/cgroup: that of the one hierarchy of cgroup
 * 2, or where there is none that of systemd.  NULL: another one's, or no path.
 */
static char *cgroup_path(char *line)
{
	char *path = strchr(line, ':');

	if (!path)
		return NULL;
	if (strncmp(line, "0::", 3) && strncmp(path, ":name=systemd:", 14))
		return NULL;
	path = strchr(path + 1, ':');
	return path && path[1] == '/' ? path + 1 : NULL;
}

static int read_cgroup(struct s2_model *model, struct s2_obj *vm, int process)
{
	char text[16384], *save = NULL, *cgroup = NULL;
	long len = s2_read_file_at(process, "cgroup", text, sizeof(text));

	/* Half a path would match what the whole does not */
	if (len <= 0 || len == sizeof(text) - 1)
		return 0;
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *found = cgroup_path(line);

		if (found && (!cgroup || !strncmp(line, "0::", 3)))
			cgroup = found;
	}
	return cgroup && strlen(cgroup) * 4 < S2_STRING_MAX ?
		s2_model_set_str(model, vm, S2_VM_CGROUP, cgroup) : 0;
}

/*
 * When the process started: field 22.  The second field is a name, which can have
 * blanks and brackets in it; it ends at the last one.
 */
static void read_start(struct s2_obj *vm, int process)
{
	char stat[2048], *field;
	unsigned long long start;
	int n = 2;

	if (s2_read_file_at(process, "stat", stat, sizeof(stat)) <= 0)
		return;
	field = strrchr(stat, ')');
	for (; field && n < 22; n++)
		field = strchr(field + 1, ' ');
	if (field && sscanf(field, " %llu", &start) == 1)
		s2_obj_set_num(vm, S2_VM_START, start);
}

/* Whom the process belongs to: that comes from the kernel and is no hint */
static int read_owner(struct s2_model *model, struct s2_obj *vm, int process)
{
	char status[4096], *line;
	unsigned int uid;

	if (s2_read_file_at(process, "status", status, sizeof(status)) > 0) {
		line = strstr(status, "\nUid:");
		if (line && sscanf(line, "\nUid: %*u %u", &uid) == 1)
			s2_obj_set_num(vm, S2_VM_UID, uid);
	}
	return read_cgroup(model, vm, process);
}

static int read_cmdline(struct s2_model *model, struct s2_obj *vm, int process)
{
	char *cmdline = malloc(CMDLINE_MAX);
	int err = 0;
	long len;

	if (!cmdline)
		return s2_fail_nomem(model->ctx);
	len = s2_read_file_at(process, "cmdline", cmdline, CMDLINE_MAX);
	if (len > 0)
		err = read_names(model, vm, cmdline, len);
	free(cmdline);
	return err;
}

static void forget_names(struct s2_obj *vm)
{
	s2_obj_forget(vm, S2_VM_NAME);
	s2_obj_forget(vm, S2_VM_UUID);
	s2_obj_forget(vm, S2_VM_UID);
	s2_obj_forget(vm, S2_VM_CGROUP);
	s2_obj_forget(vm, S2_VM_START);
}

static int name_vm_of(struct s2_model *model, struct s2_obj *vm, int process)
{
	int err;

	if (!is_vmm(process))
		return 0;
	read_start(vm, process);
	err = read_owner(model, vm, process);
	if (!err)
		err = read_cmdline(model, vm, process);
	/* One that has let go of its VM may have become another program */
	if (!err && !is_vmm(process))
		forget_names(vm);
	return err;
}

static int name_vm(struct s2_model *model, struct s2_obj *vm)
{
	uint64_t pid = s2_obj_num(vm, S2_VM_PID, 0);
	int process, err;

	if (!pid || !s2_obj_num(vm, S2_VM_ALIVE, 1))
		return 0;
	process = open_process(model->ctx, pid);
	if (process < 0)
		return 0;
	err = name_vm_of(model, vm, process);
	close(process);
	return err;
}

int s2_proc_name_vm(struct s2_model *model, struct s2_obj *vm)
{
	return pids_agree(model->ctx) ? name_vm(model, vm) : 0;
}

/* ------------------------------------------------------ without the series */

/* A VM that is there already, under the same or another descriptor */
static bool is_known(const struct s2_model *model, uint64_t pid, uint64_t fd)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, model, S2_OBJ_VM) {
		uint64_t vm_pid = s2_obj_num(vm, S2_VM_PID, 0);
		uint64_t vm_fd = s2_obj_num(vm, S2_VM_FD, 0);

		if (vm_pid == pid && vm_fd == fd)
			return true;
		if (!model->ctx->roots_set &&
		    !syscall(SYS_kcmp, (pid_t)pid, (pid_t)vm_pid, KCMP_FILE,
			     (unsigned long)fd, (unsigned long)vm_fd))
			return true;
	}
	return false;
}

static int read_comm(struct s2_model *model, struct s2_obj *vm, int process)
{
	char comm[64];

	if (!is_vmm(process) ||
	    s2_read_file_at(process, "comm", comm, sizeof(comm)) <= 0)
		return 0;
	comm[strcspn(comm, "\n")] = '\0';
	return s2_model_set_str(model, vm, S2_VM_COMM, comm);
}

/* @look: whether the number is that of a process in this /proc */
static int add_process_vm(struct s2_model *model, uint64_t pid, uint64_t fd,
			  bool look)
{
	struct s2_obj *vm;
	int process, err;

	vm = s2_list_add(&model->vms);
	if (!vm)
		return s2_fail_nomem(model->ctx);
	s2_obj_set_num(vm, S2_VM_PID, pid);
	s2_obj_set_num(vm, S2_VM_FD, fd);
	process = look ? open_process(model->ctx, pid) : -ENOENT;
	if (process < 0)
		return 0;
	err = read_comm(model, vm, process);
	if (!err && s2_obj_num(vm, S2_VM_ALIVE, 1))
		err = name_vm_of(model, vm, process);
	close(process);
	return err;
}

uint64_t s2_proc_tgid(const struct s2_ctx *ctx, uint64_t tid)
{
	char path[512], status[1024], *line;

	if (!pids_agree(ctx) ||
	    s2_path(ctx, S2_ROOT_PROC, path, sizeof(path), "%llu/status",
		    (unsigned long long)tid) ||
	    s2_read_file(path, status, sizeof(status)) <= 0)
		return tid;
	line = strstr(status, "\nTgid:");
	return line ? strtoull(line + 6, NULL, 10) : tid;
}

/* Return: 1 if debugfs could be read, 0 if not, or -ENOMEM */
static int scan_debugfs(struct s2_model *model)
{
	bool look = pids_agree(model->ctx);
	struct dirent *entry;
	char path[512];
	int err = 0;
	DIR *dir;

	if (s2_path(model->ctx, S2_ROOT_DEBUG, path, sizeof(path), "kvm"))
		return 0;
	dir = opendir(path);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		char *dash, name[NAME_MAX + 1];
		uint64_t tid, fd;

		strcpy(name, entry->d_name);
		dash = strchr(name, '-');
		if (!dash)
			continue;
		*dash++ = '\0';
		if (s2_text_u64(name, &tid) || s2_text_u64(dash, &fd))
			continue;
		err = add_process_vm(model,
				     s2_proc_tgid(model->ctx, tid), fd,
				     look);
	}
	closedir(dir);
	return err ? err : 1;
}

/* Return: 1 if the descriptors could be read, 0 if not, or -ENOMEM */
static int scan_fds(struct s2_model *model, uint64_t pid, DIR *dir)
{
	struct dirent *entry;
	int err = 0;

	while (!err && (entry = readdir(dir))) {
		char link[64];
		uint64_t fd;

		if (s2_text_u64(entry->d_name, &fd))
			continue;
		read_fd_link(dir, entry->d_name, link, sizeof(link));
		if (is_vm_link(link) && !is_known(model, pid, fd))
			err = add_process_vm(model, pid, fd, true);
	}
	return err ? err : 1;
}

static int scan_process(struct s2_model *model, uint64_t pid)
{
	int process = open_process(model->ctx, pid), seen;
	DIR *dir = process < 0 ? NULL : open_fds(process);

	if (process >= 0 && !dir)
		seen = errno != EACCES && errno != EPERM;
	else
		seen = process != -EACCES && process != -EPERM;
	if (dir) {
		seen = scan_fds(model, pid, dir);
		closedir(dir);
	}
	if (process >= 0)
		close(process);
	return seen;
}

/* Return: 1 if all processes could be looked into, 0 if not, or -ENOMEM */
static int scan_proc(struct s2_model *model)
{
	DIR *dir = opendir(model->ctx->root[S2_ROOT_PROC]);
	struct dirent *entry;
	int all = 1;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		uint64_t pid;
		int seen;

		if (s2_text_u64(entry->d_name, &pid))
			continue;
		seen = scan_process(model, pid);
		if (seen < 0) {
			all = seen;
			break;
		}
		all &= seen;
	}
	closedir(dir);
	return all;
}

static int cmp_vm(const void *a, const void *b)
{
	uint64_t x = s2_obj_num(a, S2_VM_PID, 0);
	uint64_t y = s2_obj_num(b, S2_VM_PID, 0);

	if (x == y) {
		x = s2_obj_num(a, S2_VM_FD, 0);
		y = s2_obj_num(b, S2_VM_FD, 0);
	}
	return x < y ? -1 : x > y;
}

int s2_proc_find_vms(struct s2_model *model)
{
	int seen = scan_debugfs(model);
	int err = 0;

	if (!seen)
		seen = scan_proc(model);
	if (seen < 0)
		return seen;
	if (!seen)
		err = s2_model_problem(model, S2_PROBLEM_VMS_HIDDEN, NULL,
				       "there may be more VMs: neither %s/kvm nor the descriptors of all processes can be read",
				       model->ctx->root[S2_ROOT_DEBUG]);
	s2_list_sort(&model->vms, cmp_vm);
	return err;
}
