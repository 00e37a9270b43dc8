// SPDX-License-Identifier: GPL-2.0-only
/*
 * Undoing what was mapped under a policy that holds no longer.
 */
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_nested.h>

#include "s2_policy_set.h"
#include "s2_vm.h"

/**
 * kvm_s2_zap - make a VM's vCPUs fault again, under the new policy
 * @kvm: the VM, with mmu_lock held for writing, and slots_lock or kvm->srcu
 * @only: the slot that the policy is for, or NULL for all
 *
 * The caller stored the policy before; a fault that read the old one has an
 * older sequence number, or sees that an invalidation is under way.
 */
void kvm_s2_zap(struct kvm *kvm, const struct kvm_memory_slot *only)
{
	struct kvm_memslots *slots = kvm_memslots(kvm);
	struct kvm_memory_slot *slot;
	int bkt;

	lockdep_assert_held_write(&kvm->mmu_lock);

	/* Pairs with the barrier of mmap_read_unlock() in user_mem_abort(). */
	smp_wmb();
	kvm_mmu_invalidate_begin(kvm);
	kvm_mmu_invalidate_range_add(kvm, 0,
				     kvm_phys_size(&kvm->arch.mmu) >> PAGE_SHIFT);

	kvm_for_each_memslot(slot, bkt, slots) {
		if (only && slot != only)
			continue;
		/* It goes when the VMM does, even while the lock is yielded. */
		if (!kvm->arch.mmu.pgt)
			break;
		kvm_stage2_unmap_range(&kvm->arch.mmu,
				       (phys_addr_t)slot->base_gfn << PAGE_SHIFT,
				       (u64)slot->npages << PAGE_SHIFT, true);
		/* That yields inside a large slot, not between many small. */
		cond_resched_rwlock_write(&kvm->mmu_lock);
	}
	kvm_nested_s2_unmap(kvm, true);

	kvm_mmu_invalidate_end(kvm);
}

/**
 * kvm_s2_zap_all - kvm_s2_zap() all VMs
 * @visited: for kvm_s2_put_later()
 *
 * A VM that is made from here on reads the new policy when it faults, and one
 * that dies needs no zapping, so it does not matter which of them are met.
 */
void kvm_s2_zap_all(struct kvm **visited)
{
	struct kvm *kvm;
	u64 id = 0;
	int idx;

	while ((kvm = kvm_s2_get_next_vm(id))) {
		id = kvm->arch.s2.id;
		idx = srcu_read_lock(&kvm->srcu);
		write_lock(&kvm->mmu_lock);
		kvm_s2_zap(kvm, NULL);
		write_unlock(&kvm->mmu_lock);
		srcu_read_unlock(&kvm->srcu, idx);
		kvm_s2_put_later(kvm, visited);
		cond_resched();
	}
}
