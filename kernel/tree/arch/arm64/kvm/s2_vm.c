// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding VMs by an identity that outlives file descriptors and PIDs.
 *
 * KVM's own list is unordered and under a mutex that VM creation and hotplug
 * contend for.  Here the identities index an xarray: a dump that was cut short
 * goes on from an identity, however many VMs came and went meanwhile.
 */
#include <linux/sched.h>
#include <linux/xarray.h>

#include "s2_news.h"
#include "s2_vm.h"

static DEFINE_XARRAY(kvm_s2_vms);
static atomic64_t kvm_s2_last_id = ATOMIC64_INIT(0);
static atomic_t kvm_s2_nr_vms = ATOMIC_INIT(0);

/*
 * The last step of creating a VM that may fail, so whoever finds the VM from
 * here on may hold a reference to it.
 */
int kvm_arch_post_init_vm(struct kvm *kvm)
{
	struct kvm_s2_vm *vm = &kvm->arch.s2;
	int ret;

	vm->id = atomic64_inc_return(&kvm_s2_last_id);
	vm->generation = 1;
	vm->tgid = task_tgid_nr(current);
	get_task_comm(vm->comm, current);

	ret = xa_err(xa_store(&kvm_s2_vms, vm->id, kvm, GFP_KERNEL));
	if (!ret)
		atomic_inc(&kvm_s2_nr_vms);

	return ret;
}

/* Nobody can get a reference any more; this ends looking. */
void kvm_arch_pre_destroy_vm(struct kvm *kvm)
{
	xa_erase(&kvm_s2_vms, kvm->arch.s2.id);
	atomic_dec(&kvm_s2_nr_vms);
	kvm_s2_tell_gone(kvm);
}

/**
 * kvm_s2_get_vm - find a VM by its identity
 * @id: identity
 *
 * Return: the VM with a reference that the caller must put, with no lock held;
 * NULL if there is none or it is being destroyed.
 */
struct kvm *kvm_s2_get_vm(u64 id)
{
	struct kvm *kvm;

	xa_lock(&kvm_s2_vms);
	kvm = xa_load(&kvm_s2_vms, id);
	if (kvm && !kvm_get_kvm_safe(kvm))
		kvm = NULL;
	xa_unlock(&kvm_s2_vms);

	return kvm;
}

/**
 * kvm_s2_get_next_vm - find the first VM after an identity
 * @id: identity, of a VM that need not exist; 0 for the first of all
 *
 * Return: as kvm_s2_get_vm().
 */
struct kvm *kvm_s2_get_next_vm(u64 id)
{
	struct kvm *kvm = NULL;
	unsigned long index;

	if (id == U64_MAX)
		return NULL;

	xa_lock(&kvm_s2_vms);
	xa_for_each_start(&kvm_s2_vms, index, kvm, id + 1) {
		if (kvm_get_kvm_safe(kvm))
			break;
	}
	xa_unlock(&kvm_s2_vms);

	return kvm;
}

/**
 * kvm_s2_get_next_news - find the first VM after an identity with news to tell
 * @id: as for kvm_s2_get_next_vm()
 *
 * VMs without news are left alone: a reference, even a short one, can be the
 * last, and end the VM here instead of where its owner closed it.
 *
 * Return: as kvm_s2_get_vm().
 */
struct kvm *kvm_s2_get_next_news(u64 id)
{
	struct kvm *kvm = NULL;
	unsigned long index;

	xa_lock(&kvm_s2_vms);
	xa_for_each_start(&kvm_s2_vms, index, kvm, id + 1) {
		if (atomic_read(&kvm->arch.s2.news) && kvm_get_kvm_safe(kvm))
			break;
	}
	xa_unlock(&kvm_s2_vms);

	return kvm;
}

/**
 * kvm_s2_put_later - keep a reference to a VM until locks are given back
 * @kvm: the VM
 * @visited: list of the VMs so far, NULL at first
 *
 * Who changes the host's policy visits all VMs, and may be left with the last
 * reference to one that ends meanwhile.  Destroying it takes the locks that
 * are held then, so that has to wait.  One list at a time, which the lock of
 * those who change the host's policy sees to.
 */
void kvm_s2_put_later(struct kvm *kvm, struct kvm **visited)
{
	struct kvm_s2_vm *vm = &kvm->arch.s2;

	if (vm->visited) {
		/* Not the last: there is one for the first visit. */
		kvm_put_kvm(kvm);
		return;
	}

	vm->visited = true;
	vm->next_visited = *visited;
	*visited = kvm;
}

/**
 * kvm_s2_put_visited - put what kvm_s2_put_later() kept
 * @kvm: first of the list
 */
void kvm_s2_put_visited(struct kvm *kvm)
{
	struct kvm *next;

	for (; kvm; kvm = next) {
		next = kvm->arch.s2.next_visited;
		kvm->arch.s2.visited = false;
		kvm_put_kvm(kvm);
		cond_resched();
	}
}

/* The identity that the newest VM got; 0 if there never was one. */
u64 kvm_s2_last_vm_id(void)
{
	return atomic64_read(&kvm_s2_last_id);
}

u32 kvm_s2_vm_count(void)
{
	return atomic_read(&kvm_s2_nr_vms);
}
