// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The VMs of a kernel: those on KVM's own list, or, where the kernel has no symbols of
 * variables, those that the descriptors of processes lead to.
 */
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/core/reader.h"

#define TRIES		20
#define TASKS_MAX	(1u << 22)	/* PID_MAX_LIMIT */
#define FDS_MAX		(1u << 20)	/* fs.nr_open is no larger by default */
#define FDS_AT_ONCE	512u
/* KVM_ARCH_FLAG_MTE_ENABLED, since Linux 5.13 */
#define ARCH_FLAG_MTE	(1u << 1)
/* The first task's name stands in the kernel's data, which is not further away */
#define DATA_MAX	(128ull << 20)
#define PAGE		4096u

/* struct list_head */
struct list {
	uint64_t next;
	uint64_t prev;
};

static int bad(struct s2_core *core, const char *what)
{
	return s2_fail(core->image.ctx, -EBADMSG, "%s: %s", core->image.name,
		       what);
}

static int peek(struct s2_core *core, uint64_t base, enum s2_layout_id id,
		uint64_t *value)
{
	return s2_peek(&core->image, &core->layout, base, id, value);
}

static int read_list(struct s2_core *core, uint64_t at, struct list *list)
{
	return s2_image_virt(&core->image, at, list, sizeof(*list));
}

static int add_vm(struct s2_core *core, uint64_t kvm)
{
	struct s2_core_vm *more;

	if (core->vms == S2_CORE_VMS_MAX)
		return bad(core, "its list of VMs does not end");
	/* In steps of 16: there are few */
	if (core->vms % 16 == 0) {
		more = reallocarray(core->vm, core->vms + 16, sizeof(*more));
		if (!more)
			return s2_fail_nomem(core->image.ctx);
		core->vm = more;
	}
	core->vm[core->vms++] = (struct s2_core_vm){ .kvm = kvm };
	return 0;
}

/* ------------------------------------------------------------- one process */

/* What is known of the process: the owner of the address space is its first thread */
static void read_owner(struct s2_core *core, struct s2_core_vm *vm)
{
	uint64_t owner, leader, tgid;

	if (!s2_layout_has(&core->layout, S2_L_MM_OWNER) || !vm->alive ||
	    peek(core, vm->mm, S2_L_MM_OWNER, &owner) || !owner ||
	    peek(core, owner, S2_L_TASK_LEADER, &leader) || !leader ||
	    peek(core, leader, S2_L_TASK_TGID, &tgid) || !tgid)
		return;
	vm->pid = (uint32_t)tgid;
	vm->is_thread = false;
	if (s2_layout_has(&core->layout, S2_L_TASK_START))
		peek(core, leader, S2_L_TASK_START, &vm->start);
	s2_image_virt(&core->image, leader +
		      core->layout.m[S2_L_TASK_COMM].off, vm->comm,
		      sizeof(vm->comm));
}

/* Whether a file is a VM's */
static bool is_vm_file(struct s2_core *core, uint64_t file)
{
	uint64_t op, ioctl, want = core->symbols.addr[S2_SYM_KVM_VM_IOCTL];

	if (!file || peek(core, file, S2_L_FILE_OP, &op) || !op)
		return false;
	if (core->vm_fops)
		return op == core->vm_fops;
	if (!want || peek(core, op, S2_L_OP_IOCTL, &ioctl) || ioctl != want)
		return false;
	core->vm_fops = op;
	return true;
}

typedef int (*file_fn)(struct s2_core *core, uint64_t file, uint32_t fd,
		       void *data);

static int each_fd(struct s2_core *core, uint64_t fds, uint32_t count,
		   file_fn fn, void *data)
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
			if (is_vm_file(core, file[i]))
				err = fn(core, file[i], fd + i, data);
		}
		fd += n;
	}
	return err;
}

/* The VMs' files of a task; one that goes meanwhile has none */
static int each_vm_file(struct s2_core *core, uint64_t task, file_fn fn,
			void *data)
{
	uint64_t files, fdt, max, fds;

	if (peek(core, task, S2_L_TASK_FILES, &files) || !files ||
	    peek(core, files, S2_L_FILES_FDT, &fdt) || !fdt ||
	    peek(core, fdt, S2_L_FDT_MAX, &max) || max > FDS_MAX ||
	    peek(core, fdt, S2_L_FDT_FD, &fds))
		return 0;
	return each_fd(core, fds, (uint32_t)max, fn, data);
}

static int take_fd(struct s2_core *core, uint64_t file, uint32_t fd, void *data)
{
	struct s2_core_vm *vm = data;
	uint64_t kvm;

	if (!vm->has_fd && !peek(core, file, S2_L_FILE_PRIVATE, &kvm) &&
	    kvm == vm->kvm) {
		vm->fd = fd;
		vm->has_fd = true;
	}
	return 0;
}

static void read_fd(struct s2_core *core, struct s2_core_vm *vm)
{
	uint64_t owner;

	if (vm->has_fd || !s2_layout_has(&core->layout, S2_L_MM_OWNER) ||
	    !vm->alive || peek(core, vm->mm, S2_L_MM_OWNER, &owner) || !owner)
		return;
	each_vm_file(core, owner, take_fd, vm);
}

/* ------------------------------------------------------------------ one VM */

static int read_members(struct s2_core *core, struct s2_core_vm *vm)
{
	uint64_t users, vcpus, pid, vtcr;
	int err = peek(core, vm->kvm, S2_L_KVM_MM, &vm->mm);

	if (!err)
		err = peek(core, vm->mm, S2_L_MM_USERS, &users);
	if (!err)
		err = peek(core, vm->kvm, S2_L_KVM_VCPUS, &vcpus);
	if (!err)
		err = peek(core, vm->kvm, S2_L_KVM_PID, &pid);
	if (!err)
		err = peek(core, vm->kvm, S2_L_KVM_VTCR, &vtcr);
	if (err)
		return err;
	vm->alive = users && users < INT32_MAX;
	vm->vcpus = (uint32_t)vcpus;
	vm->pid = vm->maker = (uint32_t)pid;
	vm->is_thread = true;
	/* T0SZ; 0 until a VM's first vCPU on some kernels */
	vm->ipa_bits = vtcr ? 64 - (vtcr & 63) : 0;
	return 0;
}

void s2_core_read_facts(struct s2_core *core, struct s2_core_vm *vm)
{
	uint64_t flags = 0;
	bool known = s2_layout_has(&core->layout, S2_L_KVM_FLAGS) &&
		!peek(core, vm->kvm, S2_L_KVM_FLAGS, &flags);

	vm->facts_known = known && core->fwb != S2_UNKNOWN &&
		core->dic != S2_UNKNOWN && core->pkvm != S2_UNKNOWN;
	vm->facts = (core->fwb == S2_YES ? KVM_S2_FACT_FWB : 0) |
		(core->dic == S2_YES ? KVM_S2_FACT_DIC : 0) |
		(core->pkvm == S2_YES ? KVM_S2_FACT_PKVM : 0) |
		(flags & ARCH_FLAG_MTE ? KVM_S2_FACT_MTE : 0);
}

static int count_slots(struct s2_core *core, struct s2_core_vm *vm)
{
	struct s2_slots slots = { .count = 0 };
	int err = -EAGAIN;

	for (int try = 0; err == -EAGAIN && try < TRIES; try++)
		err = s2_slots_read(&slots, &core->image, &core->layout,
				    vm->kvm);
	vm->slots = (uint32_t)slots.count;
	s2_slots_clear(&slots);
	return err;
}

/*
 * Fills in what is known of a VM.  Return: 0; -ESRCH: it is gone; -EAGAIN: it cannot be
 * told what it is; -ENOMEM
 */
static int read_vm(struct s2_core *core, struct s2_core_vm *vm)
{
	int err = read_members(core, vm);

	if (!err)
		err = count_slots(core, vm);
	if (!err) {
		read_owner(core, vm);
		read_fd(core, vm);
		s2_core_read_facts(core, vm);
	}
	if (!s2_core_is_listed(core, vm->kvm))
		return -ESRCH;
	return err && err != -ENOMEM ? -EAGAIN : err;
}

/* ------------------------------------------------------------ KVM's own list */

bool s2_core_is_listed(struct s2_core *core, uint64_t kvm)
{
	uint64_t node = kvm + core->layout.m[S2_L_KVM_LIST].off;
	struct list here, next, prev;

	return !read_list(core, node, &here) &&
	       !read_list(core, here.next, &next) &&
	       !read_list(core, here.prev, &prev) &&
	       next.prev == node && prev.next == node;
}

bool s2_core_is_there(struct s2_core *core, const struct s2_core_vm *vm)
{
	uint64_t maker, mm, users;

	if (!s2_core_is_listed(core, vm->kvm))
		return false;
	if (peek(core, vm->kvm, S2_L_KVM_PID, &maker) ||
	    peek(core, vm->kvm, S2_L_KVM_MM, &mm) ||
	    peek(core, vm->mm, S2_L_MM_USERS, &users))
		return false;
	return maker == vm->maker && mm == vm->mm && (!vm->alive || users);
}

/* Return: 0; -EAGAIN: it changed meanwhile; -EBADMSG, -ENOMEM, with a text */
static int go_through_list(struct s2_core *core, uint64_t head)
{
	uint64_t off = core->layout.m[S2_L_KVM_LIST].off, prev = head;
	struct list list;
	int err = read_list(core, head, &list);

	if (err)
		return bad(core, "its list of VMs cannot be read");
	while (!err && list.next != head) {
		uint64_t node = list.next;

		if (read_list(core, node, &list) || list.prev != prev)
			return core->image.live ? -EAGAIN :
				bad(core, "its list of VMs makes no sense");
		err = add_vm(core, node - off);
		prev = node;
	}
	return err;
}

/* KVM puts a new VM in front of the others */
static void reverse(struct s2_core *core)
{
	for (size_t i = 0; i < core->vms / 2; i++) {
		struct s2_core_vm vm = core->vm[i];

		core->vm[i] = core->vm[core->vms - 1 - i];
		core->vm[core->vms - 1 - i] = vm;
	}
}

/* ---------------------------------------------------- descriptors of processes */

/* Adds the VM of a file, with the first descriptor it has */
static int add_from_file(struct s2_core *core, uint64_t file, uint32_t fd,
			 void *data)
{
	uint64_t kvm;
	int err;

	(void)data;
	if (peek(core, file, S2_L_FILE_PRIVATE, &kvm) || !kvm)
		return 0;
	err = add_vm(core, kvm);
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
			struct list list, next;

			if (!read_list(core, task + tasks, &list) &&
			    !read_list(core, list.next, &next) &&
			    next.prev == task + tasks)
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

static int go_through_tasks(struct s2_core *core)
{
	uint32_t off = core->layout.m[S2_L_TASK_TASKS].off;
	uint64_t first, prev;
	struct list list;
	int err = 0;

	if (!core->symbols.addr[S2_SYM_KVM_VM_IOCTL])
		return s2_fail(core->image.ctx, -EOPNOTSUPP,
			       "%s: this kernel has no KVM in it, or has it in a module",
			       core->image.name);
	first = first_task(core);
	if (!first || read_list(core, first + off, &list))
		return s2_fail(core->image.ctx, -EOPNOTSUPP,
			       "%s: neither KVM's list of VMs nor the list of processes can be found",
			       core->image.name);
	prev = first + off;
	for (uint32_t n = 0; !err && n < TASKS_MAX; n++) {
		uint64_t node = list.next;

		err = each_vm_file(core, prev - off, add_from_file, NULL);
		if (err || node == first + off)
			break;
		if (read_list(core, node, &list) || list.prev != prev)
			return core->image.live ? -EAGAIN :
				bad(core, "its list of processes makes no sense");
		prev = node;
	}
	return err;
}

static int cmp_kvm(const void *a, const void *b)
{
	const struct s2_core_vm *x = a, *y = b;

	if (x->kvm != y->kvm)
		return x->kvm < y->kvm ? -1 : 1;
	return x->fd < y->fd ? -1 : x->fd > y->fd;
}

static int cmp_pid(const void *a, const void *b)
{
	const struct s2_core_vm *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
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

/* ------------------------------------------------------------------ all VMs */

static int find_once(struct s2_core *core)
{
	uint64_t list = core->symbols.addr[S2_SYM_VM_LIST];
	int err;

	core->vms = 0;
	if (list) {
		err = go_through_list(core, list);
		reverse(core);
	} else {
		err = go_through_tasks(core);
		unite(core);
	}
	return err;
}

/* Those that ended meanwhile are no VMs any more; those that change are read again */
static int read_all(struct s2_core *core)
{
	size_t n = 0;

	for (size_t i = 0; i < core->vms; i++) {
		int err = -EAGAIN;

		for (int try = 0; err == -EAGAIN && try < TRIES; try++)
			err = read_vm(core, &core->vm[i]);
		if (err == -ENOMEM)
			return s2_fail_nomem(core->image.ctx);
		if (err == -EAGAIN && !core->image.live)
			return bad(core, "a VM in it makes no sense");
		if (!err)
			core->vm[n++] = core->vm[i];
	}
	core->vms = n;
	if (!core->symbols.addr[S2_SYM_VM_LIST] && n)
		qsort(core->vm, n, sizeof(*core->vm), cmp_pid);
	return 0;
}

/* A guest's kernel has KVM in it, too, but cannot run it */
static int check_kvm(struct s2_core *core)
{
	uint64_t at = core->symbols.addr[S2_SYM_KVM_INITIALISED];
	uint8_t runs;

	if (core->image.live || !at ||
	    s2_image_virt(&core->image, at, &runs, 1) || runs)
		return 0;
	return s2_fail(core->image.ctx, -EOPNOTSUPP,
		       "%s: KVM does not run in this kernel: is it the dump of a guest, and not of its host?",
		       core->image.name);
}

int s2_core_find_vms(struct s2_core *core)
{
	int err = check_kvm(core);

	if (err)
		return err;
	err = -EAGAIN;

	for (int try = 0; err == -EAGAIN && try < TRIES; try++) {
		if (try > 2)
			usleep(1000);
		err = find_once(core);
	}
	if (err == -EAGAIN)
		return s2_fail(core->image.ctx, -EINTR,
			       "%s: the list of VMs changed each of the %d times that it was read",
			       core->image.name, TRIES);
	return err ? err : read_all(core);
}
