// SPDX-License-Identifier: LGPL-2.1-or-later
/* The VMs of a kernel, and what their structures tell */
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "source/core/reader.h"

/* How often what changes is read, if there is patience for it */
#define TRIES		20
/* KVM_ARCH_FLAG_MTE_ENABLED, since Linux 5.13 */
#define ARCH_FLAG_MTE	(1u << 1)

static int bad(struct s2_core *core, const char *what)
{
	return s2_fail(core->image.ctx, -EBADMSG, "%s: %s", core->image.name,
		       what);
}

/* ------------------------------------------------------------------ one VM */

/* What is known of the process: the owner of the address space is its first thread */
static void read_owner(struct s2_core *core, struct s2_core_vm *vm)
{
	uint64_t owner, leader, tgid;

	if (!s2_layout_has(&core->layout, S2_L_MM_OWNER) || !vm->alive ||
	    s2_core_peek(core, vm->mm, S2_L_MM_OWNER, &owner) || !owner ||
	    s2_core_peek(core, owner, S2_L_TASK_LEADER, &leader) || !leader ||
	    s2_core_peek(core, leader, S2_L_TASK_TGID, &tgid) || !tgid)
		return;
	vm->owner = owner;
	vm->pid = (uint32_t)tgid;
	vm->is_thread = false;
	if (s2_layout_has(&core->layout, S2_L_TASK_START))
		s2_core_peek(core, leader, S2_L_TASK_START, &vm->start);
	s2_image_virt(&core->image, leader +
		      core->layout.m[S2_L_TASK_COMM].off, vm->comm,
		      sizeof(vm->comm));
}

static int read_members(struct s2_core *core, struct s2_core_vm *vm)
{
	uint64_t users, vcpus, pid, vtcr;
	int err = s2_core_peek(core, vm->kvm, S2_L_KVM_MM, &vm->mm);

	if (!err)
		err = s2_core_peek(core, vm->mm, S2_L_MM_USERS, &users);
	if (!err)
		err = s2_core_peek(core, vm->kvm, S2_L_KVM_VCPUS, &vcpus);
	if (!err)
		err = s2_core_peek(core, vm->kvm, S2_L_KVM_PID, &pid);
	if (!err)
		err = s2_core_peek(core, vm->kvm, S2_L_KVM_VTCR, &vtcr);
	if (err)
		return err;
	vm->known = true;
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
		!s2_core_peek(core, vm->kvm, S2_L_KVM_FLAGS, &flags);

	vm->facts_known = known && core->fwb != S2_UNKNOWN &&
		core->dic != S2_UNKNOWN && core->pkvm != S2_UNKNOWN;
	vm->facts = (core->fwb == S2_YES ? KVM_S2_FACT_FWB : 0) |
		(core->dic == S2_YES ? KVM_S2_FACT_DIC : 0) |
		(core->pkvm == S2_YES ? KVM_S2_FACT_PKVM : 0) |
		(flags & ARCH_FLAG_MTE ? KVM_S2_FACT_MTE : 0);
}

/* How many there are is told once: whoever changes them all the time has not to be waited for */
static int count_slots(struct s2_core *core, struct s2_core_vm *vm)
{
	struct s2_slots slots = { .count = 0 };
	int err = s2_slots_read(&slots, &core->image, &core->layout, vm->kvm);

	vm->slots = (uint32_t)slots.count;
	vm->slots_known = !err;
	s2_slots_clear(&slots);
	return err == -ENOMEM ? s2_fail_nomem(core->image.ctx) : 0;
}

/* Fills in what can be known of a VM.  Return: 0; -ESRCH: it has ended; -ENOMEM */
static int read_vm(struct s2_core *core, struct s2_core_vm *vm)
{
	int err = 0;

	if (!read_members(core, vm)) {
		err = count_slots(core, vm);
		read_owner(core, vm);
		s2_core_read_facts(core, vm);
	}
	/* Where all of it may be another's by now, nothing of it is told */
	if (!err && core->image.live && !s2_core_is_listed(core, vm->kvm))
		return -ESRCH;
	return err;
}

bool s2_core_is_listed(struct s2_core *core, uint64_t kvm)
{
	return s2_core_is_linked(core, kvm +
				 core->layout.m[S2_L_KVM_LIST].off);
}

bool s2_core_is_there(struct s2_core *core, const struct s2_core_vm *vm)
{
	uint64_t maker, mm, users;

	if (!s2_core_is_listed(core, vm->kvm))
		return false;
	if (s2_core_peek(core, vm->kvm, S2_L_KVM_PID, &maker) ||
	    s2_core_peek(core, vm->kvm, S2_L_KVM_MM, &mm) ||
	    s2_core_peek(core, vm->mm, S2_L_MM_USERS, &users))
		return false;
	return maker == vm->maker && mm == vm->mm && (!vm->alive || users);
}

/* ------------------------------------------------------------------ all VMs */

static int add_from_list(struct s2_core *core, uint64_t node, void *data)
{
	(void)data;
	return s2_core_add_vm(core, node - core->layout.m[S2_L_KVM_LIST].off);
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

static int find_once(struct s2_core *core)
{
	uint64_t list = core->symbols.addr[S2_SYM_VM_LIST];
	int err;

	core->vms = 0;
	if (!list)
		return s2_core_find_in_files(core);
	err = s2_core_each_node(core, list, add_from_list, NULL);
	reverse(core);
	return err;
}

static int find_again(struct s2_core *core)
{
	uint64_t since;
	int err, try = 0;

	do {
		since = core->image.reads;
		err = find_once(core);
	} while (err == -EAGAIN &&
		 s2_image_again(&core->image, since, ++try, TRIES));
	if (err == -EAGAIN)
		return s2_fail(core->image.ctx, -EINTR,
			       "%s: the list of VMs changed each time that it was read",
			       core->image.name);
	if (err == -EBADMSG && !*core->image.ctx->error)
		err = bad(core, "its list of VMs or of processes makes no sense");
	return err;
}

static int cmp_pid(const void *a, const void *b)
{
	const struct s2_core_vm *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->fd < y->fd ? -1 : x->fd > y->fd;
}

/* Those that ended meanwhile are no VMs any more */
static int read_all(struct s2_core *core)
{
	size_t n = 0;
	int err = 0;

	for (size_t i = 0; !err && i < core->vms; i++) {
		err = read_vm(core, &core->vm[i]);
		if (!err)
			core->vm[n++] = core->vm[i];
		else if (err == -ESRCH)
			err = 0;
	}
	core->vms = n;
	if (!err)
		err = s2_core_find_fds(core);
	if (!core->symbols.addr[S2_SYM_VM_LIST] && n)
		qsort(core->vm, n, sizeof(*core->vm), cmp_pid);
	return err;
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
	int err;

	core->image.patience = S2_PATIENCE;
	core->image.ctx->error[0] = '\0';
	err = check_kvm(core);
	if (!err)
		err = find_again(core);
	return err ? err : read_all(core);
}
