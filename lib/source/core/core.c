// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The source "core": a kernel without the series, by its memory.  The memory is read by
 * another process; here its records become a model.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "model/who.h"
#include "source/core/take.h"
#include "source/proc/host.h"
#include "source/proc/proc.h"
#include "source/source.h"

/* A tick of /proc is USER_HZ: 100 a second on every arm64 kernel */
#define NSEC_PER_TICK	10000000u

struct core {
	struct s2_peer peer;
	bool live;
	char *name;
	struct s2_bars bars;
};

static void core_close(struct s2_source *src)
{
	struct core *core = src->priv;

	s2_peer_stop(&core->peer);
	s2_bars_clear(&core->bars);
	free(core->name);
	free(core);
}

/* -------------------------------------------------------------- host and VMs */

struct list_target {
	struct s2_model *model;
	unsigned int flags;
	bool live;
};

static void set_known(struct s2_obj *host, unsigned int id, int known)
{
	if (known == S2_YES || known == S2_NO)
		s2_obj_set_num(host, id, known == S2_YES);
}

static int take_host(struct list_target *t, const struct s2_wire_host *from)
{
	struct s2_obj *host = s2_model_host_rw(t->model);
	char release[sizeof(from->release) + 1] = "";

	set_known(host, S2_HOST_FWB, from->fwb);
	set_known(host, S2_HOST_DIC, from->dic);
	set_known(host, S2_HOST_PKVM, from->pkvm);
	s2_obj_set_num(host, S2_HOST_VM_COUNT, from->vms);
	if (t->live)
		return 0;
	s2_obj_set_num(host, S2_HOST_PAGE_SIZE, from->page_size);
	memcpy(release, from->release, sizeof(from->release));
	return s2_model_set_str(t->model, host, S2_HOST_RELEASE, release);
}

static int take_vm(struct list_target *t, const struct s2_core_vm *from)
{
	struct s2_obj *vm;
	char comm[sizeof(from->comm) + 1] = "";

	if (!(t->flags & S2_LOAD_VMS))
		return 0;
	vm = s2_list_add(&t->model->vms);
	if (!vm)
		return s2_fail_nomem(t->model->ctx);
	vm->tag = (uint32_t)t->model->vms.count - 1;
	/* That it is there is all that is known; why will be said when it is read */
	if (!from->known)
		return 0;
	s2_obj_set_num(vm, S2_VM_PID, from->is_thread && t->live ?
		       s2_proc_tgid(t->model->ctx, from->pid) : from->pid);
	if (from->has_fd)
		s2_obj_set_num(vm, S2_VM_FD, from->fd);
	if (from->start)
		s2_obj_set_num(vm, S2_VM_START, from->start / NSEC_PER_TICK);
	s2_obj_set_num(vm, S2_VM_ALIVE, from->alive);
	s2_obj_set_num(vm, S2_VM_VCPUS, from->vcpus);
	if (from->slots_known)
		s2_obj_set_num(vm, S2_VM_SLOT_COUNT, from->slots);
	if (from->ipa_bits)
		s2_obj_set_num(vm, S2_VM_IPA_BITS, from->ipa_bits);
	if (from->facts_known)
		s2_obj_set_num(vm, S2_VM_FACTS, from->facts);
	memcpy(comm, from->comm, sizeof(from->comm));
	return s2_model_set_str(t->model, vm, S2_VM_COMM, comm);
}

static int take_list(void *data, const struct s2_wire_head *head,
		     const void *record)
{
	struct list_target *t = data;

	if (head->kind == S2_WIRE_HOST &&
	    head->bytes == sizeof(struct s2_wire_host))
		return take_host(t, record);
	if (head->kind == S2_WIRE_VM &&
	    head->bytes == sizeof(struct s2_core_vm))
		return take_vm(t, record);
	return -EBADMSG;
}

/* What any user can see of the running kernel; of a dump, its own date */
static int read_around(struct core *core, struct s2_model *model)
{
	struct s2_obj *host = s2_model_host_rw(model);

	s2_obj_set_num(host, S2_HOST_SOURCE, S2_SOURCE_CORE);
	if (core->live)
		return s2_host_read(model);
	s2_obj_set_num(host, S2_HOST_TIME, time(NULL));
	s2_obj_set_num(host, S2_HOST_SERIES, false);
	/* Which devices there were is in no page that is read */
	s2_obj_set_num(host, S2_HOST_PCI, false);
	return s2_model_set_str(model, host, S2_HOST_MACHINE, "aarch64");
}

static int core_load_vms(struct s2_source *src, struct s2_model *model,
			 unsigned int flags)
{
	struct core *core = src->priv;
	struct list_target t = {
		.model = model, .flags = flags, .live = core->live,
	};
	struct s2_wire_request req = { .op = S2_WIRE_LIST };
	struct s2_wire_end end;
	int err = read_around(core, model);

	s2_bars_clear(&core->bars);
	req.dic = core->live ? s2_host_dic() : S2_UNKNOWN;
	req.pkvm = core->live ? s2_host_pkvm(model->ctx) : S2_UNKNOWN;
	if (!err)
		err = s2_peer_ask(&core->peer, model->ctx, &req, take_list, &t,
				  &end);
	if (!err && end.err)
		err = s2_fail(model->ctx, end.err < 0 ? end.err : -EIO, "%s",
			      end.text);
	for (size_t i = 0; !err && core->live && i < model->vms.count; i++)
		err = s2_proc_name_vm(model, s2_list_at(&model->vms, i));
	return err ? err : s2_source_no_policies(model, flags);
}

/* ------------------------------------------------------------------- details */

static int core_load_details(struct s2_source *src, struct s2_model *model,
			     unsigned int flags)
{
	struct core *core = src->priv;
	bool devices = (flags & S2_LOAD_DEVICES) && core->live;
	int err = 0;

	if (!(flags & S2_LOAD_SLOTS))
		return 0;
	if (devices)
		err = s2_bars_need(&core->bars, model);
	for (size_t i = 0; !err && i < model->vms.count; i++)
		err = s2_core_take_vm(&core->peer, model,
				      s2_list_at(&model->vms, i), flags,
				      devices ? &core->bars : NULL);
	return err;
}

static const struct s2_source_ops core_ops = {
	.noun = "the kernel's memory",
	.load_vms = core_load_vms,
	.load_details = core_load_details,
	.close = core_close,
};

/* ------------------------------------------------------------------- opening */

/* Takes @fd and @btf_fd over */
static int open_memory(struct s2_ctx *ctx, const char *name, bool live, int fd,
		       int btf_fd, struct s2_source **src)
{
	struct core *core = calloc(1, sizeof(*core));
	int err = 0;

	if (core)
		core->name = strdup(name);
	if (!core || !core->name)
		err = s2_fail_nomem(ctx);
	if (!err) {
		core->live = live;
		err = s2_peer_start(&core->peer, ctx, core->name, live, fd,
				    btf_fd);
	}
	close(fd);
	if (btf_fd >= 0)
		close(btf_fd);
	if (!err)
		err = s2_source_new(ctx, &core_ops, core, src);
	if (err && core) {
		s2_peer_stop(&core->peer);
		free(core->name);
		free(core);
	}
	return err;
}

/* Whether it cannot be for want of privilege that the kernel refuses */
static bool has_rawio(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2];

	return !syscall(SYS_capget, &head, caps) &&
	       (caps[0].effective >> CAP_SYS_RAWIO & 1);
}

/* The kernel says why only to whoever reads its log */
static int cannot_open(struct s2_ctx *ctx, const char *path, int err)
{
	char lockdown[128], file[512];

	if (err == -ENOENT)
		return s2_fail(ctx, -EOPNOTSUPP,
			       "%s is not there: this kernel was built without CONFIG_PROC_KCORE",
			       path);
	if (err != -EPERM && err != -EACCES)
		return s2_fail(ctx, err, "%s: %s", path, strerror(-err));
	if (!s2_path(ctx, S2_ROOT_SYS, file, sizeof(file),
		     "kernel/security/lockdown") &&
	    s2_read_file(file, lockdown, sizeof(lockdown)) > 0 &&
	    strstr(lockdown, "[confidentiality]"))
		return s2_fail(ctx, -EACCES,
			       "%s cannot be opened: the kernel is locked down (lockdown=confidentiality), so that nobody reads its memory",
			       path);
	if (has_rawio())
		return s2_fail(ctx, -EACCES,
			       "%s cannot be opened, even with CAP_SYS_RAWIO: is the kernel locked down (lockdown=confidentiality), or does a security module or a user namespace forbid it?",
			       path);
	return s2_fail(ctx, -EACCES,
		       "%s cannot be opened: that needs CAP_SYS_RAWIO: run as root",
		       path);
}

int s2_open_core(struct s2_ctx *ctx, struct s2_source **src)
{
	char path[512], btf[512];
	int fd, btf_fd = -1;

	*src = NULL;
	if (s2_path(ctx, S2_ROOT_PROC, path, sizeof(path), "kcore"))
		return s2_fail(ctx, -ENAMETOOLONG, "path of /proc");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot_open(ctx, path, -errno);
	if (!s2_path(ctx, S2_ROOT_SYS, btf, sizeof(btf), "kernel/btf/vmlinux"))
		btf_fd = open(btf, O_RDONLY | O_CLOEXEC);
	return open_memory(ctx, path, true, fd, btf_fd, src);
}

int s2_open_dump(struct s2_ctx *ctx, const char *path, struct s2_source **src)
{
	struct stat st;
	int fd;

	*src = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return s2_fail(ctx, -errno, "%s: %s", path, strerror(errno));
	/* /proc/vmcore and block devices can be read at any place, too */
	if (fstat(fd, &st) || lseek(fd, 0, SEEK_CUR) < 0) {
		close(fd);
		return s2_fail(ctx, -ESPIPE,
			       "%s: a memory dump must be a file, which can be read at any place, and no pipe",
			       path);
	}
	return open_memory(ctx, path, false, fd, -1, src);
}
