// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files of VMs: the descriptors that processes have of them.  Without symbols of variables
 * (CONFIG_KALLSYMS_ALL) they are the way to the VMs.
 */
#include <stdlib.h>
#include <string.h>

#include "source/core/reader.h"

#define FDS_MAX		(1u << 20)	/* fs.nr_open is no larger by default */
#define FDS_AT_ONCE	512u
/* Files that are looked at for the sake of descriptors: these are worth no more */
#define FILES_MAX	(1u << 18)
/* The first task's name stands in the kernel's data, which is not further away */
#define DATA_MAX	(128ull << 20)
#define PAGE		4096u

/* VMs of one process, in order of @kvm, and what may still be looked at */
struct group {
	struct s2_core_vm **vm;
	size_t count;
	uint32_t *left;
};

/* Whether a file is a VM's */
static bool is_vm_file(struct s2_core *core, uint64_t file)
{
	uint64_t op, ioctl, want = core->symbols.addr[S2_SYM_KVM_VM_IOCTL];

	if (!file || s2_core_peek(core, file, S2_L_FILE_OP, &op) || !op)
		return false;
	if (core->vm_fops)
		return op == core->vm_fops;
	if (!want || s2_core_peek(core, op, S2_L_OP_IOCTL, &ioctl) || ioctl != want)
		return false;
	core->vm_fops = op;
	return true;
}

/* Called for each file of a VM */
typedef int (*file_fn)(struct s2_core *core, uint64_t file, uint32_t fd,
		       void *data);

static int each_fd(struct s2_core *core, uint64_t fds, uint32_t count,
		   uint32_t *left, file_fn fn, void *data)
{
	uint64_t file[FDS_AT_ONCE];
	int err = 0;

	for (uint32_t fd = 0; !err && fd < count;) {
		uint32_t n = count - fd < FDS_AT_ONCE ? count - fd :
			FDS_AT_ONCE;

		if (s2_image_virt(&core->image, fds + fd * 8ull, file,
				  n * sizeof(*file)))
			return 0;
		for (uint32_t i = 0; !err && i < n; i++) {
			if (!file[i])
				continue;
			if (!*left)
				return 0;
			--*left;
			if (is_vm_file(core, file[i]))
				err = fn(core, file[i], fd + i, data);
		}
		fd += n;
	}
	return err;
}

/* The VMs' files of a task; one that goes meanwhile has none */
static int each_vm_file(struct s2_core *core, uint64_t task, uint32_t *left,
			file_fn fn, void *data)
{
	uint64_t files, fdt, max, fds;

	if (s2_core_peek(core, task, S2_L_TASK_FILES, &files) || !files ||
	    s2_core_peek(core, files, S2_L_FILES_FDT, &fdt) || !fdt ||
	    s2_core_peek(core, fdt, S2_L_FDT_MAX, &max) || max > FDS_MAX ||
	    s2_core_peek(core, fdt, S2_L_FDT_FD, &fds))
		return 0;
	return each_fd(core, fds, (uint32_t)max, left, fn, data);
}

/* ------------------------------------------------------------- VMs that are known */

static int cmp_owner(const void *a, const void *b)
{
	const struct s2_core_vm *x = *(struct s2_core_vm *const *)a;
	const struct s2_core_vm *y = *(struct s2_core_vm *const *)b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	return x->kvm < y->kvm ? -1 : x->kvm > y->kvm;
}

static int take_fd(struct s2_core *core, uint64_t file, uint32_t fd, void *data)
{
	const struct group *group = data;
	size_t lo = 0, hi = group->count;
	uint64_t kvm;

	if (s2_core_peek(core, file, S2_L_FILE_PRIVATE, &kvm))
		return 0;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (group->vm[mid]->kvm < kvm)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < group->count && group->vm[lo]->kvm == kvm &&
	    !group->vm[lo]->has_fd) {
		group->vm[lo]->fd = fd;
		group->vm[lo]->has_fd = true;
	}
	return 0;
}

int s2_core_find_fds(struct s2_core *core)
{
	struct s2_core_vm **vm = calloc(core->vms + 1, sizeof(*vm));
	uint32_t left = FILES_MAX;
	struct group group = { .left = &left };

	if (!vm)
		return s2_fail_nomem(core->image.ctx);
	for (size_t i = 0; i < core->vms; i++)
		vm[i] = &core->vm[i];
	qsort(vm, core->vms, sizeof(*vm), cmp_owner);
	for (size_t i = 0; i < core->vms; i += group.count) {
		group.vm = vm + i;
		group.count = 1;
		while (i + group.count < core->vms &&
		       vm[i + group.count]->owner == vm[i]->owner)
			group.count++;
		if (vm[i]->owner && !vm[i]->has_fd)
			each_vm_file(core, vm[i]->owner, &left, take_fd, &group);
	}
	free(vm);
	return 0;
}

/* --------------------------------------------------------------- all processes */

/* Tasks, collected before their files are looked at: that takes longer */
struct tasks {
	uint64_t *at;
	size_t count;
	size_t room;
};

static int add_task(struct s2_core *core, uint64_t node, void *data)
{
	struct tasks *tasks = data;

	if (tasks->count == tasks->room) {
		size_t room = tasks->room ? tasks->room * 2 : 1024;
		uint64_t *more = reallocarray(tasks->at, room, sizeof(*more));

		if (!more)
			return s2_fail_nomem(core->image.ctx);
		tasks->at = more;
		tasks->room = room;
	}
	tasks->at[tasks->count++] = node -
		core->layout.m[S2_L_TASK_TASKS].off;
	return 0;
}

/* Adds the VM of a file, with the first descriptor it has */
static int add_from_file(struct s2_core *core, uint64_t file, uint32_t fd,
			 void *data)
{
	uint64_t kvm;
	int err;

	(void)data;
	if (s2_core_peek(core, file, S2_L_FILE_PRIVATE, &kvm) || !kvm)
		return 0;
	err = s2_core_add_vm(core, kvm);
	if (!err) {
		core->vm[core->vms - 1].fd = fd;
		core->vm[core->vms - 1].has_fd = true;
	}
	return err;
}

/* The first task of a dump whose kernel has no symbols of variables, by its name */
static uint64_t find_first_task(struct s2_core *core)
{
	static const char name[] = "swapper";
	uint32_t comm = core->layout.m[S2_L_TASK_COMM].off;
	uint32_t tasks = core->layout.m[S2_L_TASK_TASKS].off;
	char page[PAGE];
	uint64_t text;

	if (!s2_image_number(&core->image, "SYMBOL", "_stext", &text))
		return 0;
	text &= ~(uint64_t)(PAGE - 1);
	for (uint64_t va = text; va < text + DATA_MAX; va += PAGE) {
		const char *at = page;

		if (s2_image_virt(&core->image, va, page, PAGE))
			continue;
		while ((at = memmem(at, PAGE - (size_t)(at - page), name,
				    sizeof(name) - 1))) {
			uint64_t task = va + (uint64_t)(at++ - page) - comm;

			if (s2_core_is_linked(core, task + tasks))
				return task;
		}
	}
	return 0;
}

/* A task to begin at: kcore has a copy of ours, which says who comes next */
static uint64_t first_task(struct s2_core *core)
{
	uint32_t tasks = core->layout.m[S2_L_TASK_TASKS].off;
	uint64_t task = core->symbols.addr[S2_SYM_INIT_TASK];

	if (task)
		return task;
	if (core->image.task && core->image.task_bytes >= tasks + 8) {
		memcpy(&task, core->image.task + tasks, 8);
		return task - tasks;
	}
	return find_first_task(core);
}

static int cmp_kvm(const void *a, const void *b)
{
	const struct s2_core_vm *x = a, *y = b;

	if (x->kvm != y->kvm)
		return x->kvm < y->kvm ? -1 : 1;
	return x->fd < y->fd ? -1 : x->fd > y->fd;
}

/* A VM may have several descriptors, in several processes */
static void unite(struct s2_core *core)
{
	size_t n = 0;

	if (core->vms)
		qsort(core->vm, core->vms, sizeof(*core->vm), cmp_kvm);
	for (size_t i = 0; i < core->vms; i++) {
		if (!n || core->vm[n - 1].kvm != core->vm[i].kvm)
			core->vm[n++] = core->vm[i];
	}
	core->vms = n;
}

static int look_at_files(struct s2_core *core, const struct tasks *tasks)
{
	uint32_t left = UINT32_MAX;
	int err = 0;

	for (size_t i = 0; !err && i < tasks->count; i++)
		err = each_vm_file(core, tasks->at[i], &left, add_from_file,
				   NULL);
	unite(core);
	return err;
}

int s2_core_find_in_files(struct s2_core *core)
{
	uint32_t off = core->layout.m[S2_L_TASK_TASKS].off;
	struct tasks tasks = { .count = 0 };
	uint64_t first;
	int err;

	if (!core->symbols.addr[S2_SYM_KVM_VM_IOCTL])
		return s2_fail(core->image.ctx, -EOPNOTSUPP,
			       "%s: this kernel has no KVM in it, or has it in a module",
			       core->image.name);
	first = first_task(core);
	if (!first)
		return s2_fail(core->image.ctx, -EOPNOTSUPP,
			       "%s: neither KVM's list of VMs nor the list of processes can be found",
			       core->image.name);
	err = add_task(core, first + off, &tasks);
	if (!err)
		err = s2_core_each_node(core, first + off, add_task, &tasks);
	if (!err)
		err = look_at_files(core, &tasks);
	free(tasks.at);
	return err;
}
