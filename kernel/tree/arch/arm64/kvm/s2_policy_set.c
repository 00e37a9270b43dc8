// SPDX-License-Identifier: GPL-2.0-only
/*
 * Setting constraints.  s2_policy_check.c says whether they can be set, and
 * s2_policy_undo.c unmaps what was mapped under those that were set before.
 *
 * Locks, from the outside in: slots_lock of the VM, or kvm_s2_host_lock;
 * kvm_s2_policy_lock (for reading to change one VM, for writing to change the
 * host, whose policy concerns all VMs); mmu_lock.  A VMM can hold its
 * slots_lock for as long as it likes, so who changes the host takes none, and
 * who waits for one holds nothing.
 */
#include <linux/kvm_host.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

#include "s2_news.h"
#include "s2_policy.h"
#include "s2_policy_set.h"
#include "s2_vm.h"

static DEFINE_MUTEX(kvm_s2_host_lock);
static DECLARE_RWSEM(kvm_s2_policy_lock);

/* Store, and unless no entry can be affected, zap. */
static void s2_store(struct kvm_s2_policy_change *change)
{
	const u32 word = kvm_s2_pack(change->c);
	const struct kvm_memory_slot *slot = NULL;
	struct kvm *kvm = change->kvm;
	u32 *place = kvm_s2_policy_place(change);
	const u32 old = *place;

	if (word == old)
		return;

	if (change->slot != KVM_S2_ANY_SLOT)
		slot = id_to_memslot(kvm_memslots(kvm), change->slot);

	write_lock(&kvm->mmu_lock);
	WRITE_ONCE(*place, word);
	if (change->c.enforced & KVM_S2_CONSTRAINT_FORCE)
		kvm->arch.s2.forced = true;
	change->changed = true;
	change->generation = ++kvm->arch.s2.generation;
	kvm_s2_note_set(change);
	if (kvm_s2_unpack(old).enforced != change->c.enforced)
		kvm_s2_zap(kvm, slot);
	write_unlock(&kvm->mmu_lock);
}

static int s2_change_vm(struct kvm_s2_policy_change *change, bool set)
{
	struct kvm *kvm = change->kvm;
	int ret;

	ret = mutex_lock_killable(&kvm->slots_lock);
	if (ret)
		return ret;
	ret = down_read_killable(&kvm_s2_policy_lock);
	if (ret)
		goto out;

	ret = kvm_s2_check_vm(change);
	if (!ret) {
		change->generation = kvm->arch.s2.generation;
		if (set)
			s2_store(change);
	}

	up_read(&kvm_s2_policy_lock);
out:
	mutex_unlock(&kvm->slots_lock);
	return ret;
}

/* Does the host's new policy conflict with what a VM has? */
static int s2_check_against_vms(struct kvm_s2_policy_change *change,
				struct kvm **visited)
{
	struct kvm *kvm;
	int idx, ret = 0;
	u64 id = 0;

	while (!ret && (kvm = kvm_s2_get_next_vm(id))) {
		id = kvm->arch.s2.id;
		idx = srcu_read_lock(&kvm->srcu);
		ret = kvm_s2_check_conflicts(kvm, change);
		srcu_read_unlock(&kvm->srcu, idx);
		kvm_s2_put_later(kvm, visited);
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}

	return ret;
}

/* With kvm_s2_policy_lock held for writing */
static int s2_change_host_locked(struct kvm_s2_policy_change *change, bool set,
				 struct kvm **visited)
{
	const u32 word = kvm_s2_pack(change->c);
	u32 *place = kvm_s2_policy_place(change);
	const u32 old = *place;
	int ret;

	ret = kvm_s2_check_generation(change, kvm_s2_host_generation);
	if (!ret)
		ret = s2_check_against_vms(change, visited);
	if (ret)
		return ret;

	change->generation = kvm_s2_host_generation;
	if (!set || word == old)
		return 0;

	WRITE_ONCE(*place, word);
	change->changed = true;
	change->generation = ++kvm_s2_host_generation;
	if (kvm_s2_unpack(old).enforced != change->c.enforced)
		kvm_s2_zap_all(visited);

	return 0;
}

static int s2_change_host(struct kvm_s2_policy_change *change, bool set)
{
	struct kvm *visited = NULL;
	int ret;

	ret = mutex_lock_killable(&kvm_s2_host_lock);
	if (ret)
		return ret;
	ret = down_write_killable(&kvm_s2_policy_lock);
	if (ret)
		goto out;

	ret = s2_change_host_locked(change, set, &visited);

	up_write(&kvm_s2_policy_lock);
	kvm_s2_put_visited(visited);
out:
	mutex_unlock(&kvm_s2_host_lock);
	return ret;
}

static int s2_change(struct kvm_s2_policy_change *change, bool set)
{
	int ret;

	change->changed = false;
	ret = kvm_s2_check_args(change);
	if (ret)
		return ret;

	/* Never off again: who sets one policy sets another. */
	if (set && !kvm_s2_unconstrained(change->c))
		static_branch_enable(&kvm_s2_policy_key);

	return change->kvm ? s2_change_vm(change, set) :
			     s2_change_host(change, set);
}

/**
 * kvm_s2_check_policy - could this be set?
 * @change: what would be set
 *
 * Return: as kvm_s2_set_policy(), but nothing changes.
 */
int kvm_s2_check_policy(struct kvm_s2_policy_change *change)
{
	return s2_change(change, false);
}

/**
 * kvm_s2_set_policy - set what one owner asks of one place
 * @change: what to set; @change->why explains what is refused
 *
 * When it returns, no vCPU uses, or will install, an entry that was made under
 * the old policy and that the new one would not have made.
 *
 * Return: 0; -EINVAL for what makes no sense; -EPERM for what this owner may
 * not set, or not take back; -EOPNOTSUPP for what cannot be had; -ENOENT if
 * there is no such slot; -ESTALE if the generation is another; -EBUSY for a
 * conflict; -EINTR.
 */
int kvm_s2_set_policy(struct kvm_s2_policy_change *change)
{
	int ret;

	ret = s2_change(change, true);
	if (!ret && change->changed)
		kvm_s2_tell_policy(change);

	return ret;
}
