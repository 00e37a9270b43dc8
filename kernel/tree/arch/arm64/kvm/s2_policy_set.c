// SPDX-License-Identifier: GPL-2.0-only
/*
 * Setting constraints, and reading what is set.
 *
 * Locks, from the outside in: slots_lock of the VM, or kvm_s2_host_lock;
 * kvm_s2_policy_lock (for reading to change one VM, for writing to change the
 * host, whose policy concerns all VMs); mmu_lock.  A VMM can hold its slots_lock for as long as it
 * likes, so who changes the host takes none, and who waits for one holds nothing.
 */
#include <linux/kvm_host.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <asm/kvm_mmu.h>

#include "s2_event.h"
#include "s2_policy.h"
#include "s2_vm.h"

static DEFINE_MUTEX(kvm_s2_host_lock);
static DECLARE_RWSEM(kvm_s2_policy_lock);
static u64 kvm_s2_host_generation = 1;	/* under kvm_s2_policy_lock */

/* Classes that can be forced to be non-cacheable; the fault knows for sure. */
#define S2_FORCEABLE_CLASSES						\
	(BIT(KVM_S2_CLASS_RAM) | BIT(KVM_S2_CLASS_RAM_NC) |		\
	 BIT(KVM_S2_CLASS_ZONE_DEVICE))

#define s2_refuse_for(change, err, what, fmt, ...)			\
({									\
	struct kvm_s2_policy_change *change_ = (change);		\
									\
	change_->blame = KVM_S2_BLAME_##what;				\
	scnprintf(change_->why, sizeof(change_->why), fmt,		\
		  ##__VA_ARGS__);					\
	(err);								\
})

#define s2_refuse(change, err, fmt, ...)				\
	s2_refuse_for(change, err, CONSTRAINTS, fmt, ##__VA_ARGS__)

static const char *s2_constraint_name(u16 mask)
{
	if (mask & KVM_S2_CONSTRAINT_MATCH_VMA)
		return "match-vma";
	if (mask & KVM_S2_CONSTRAINT_FLOOR_DEVICE)
		return "floor=device";

	return "force";
}

/* What can be said without looking at a VM. */
static int s2_check_args(struct kvm_s2_policy_change *change)
{
	const u16 mask = change->c.enforced | change->c.audited;

	change->why[0] = 0;
	if (is_protected_kvm_enabled())
		return s2_refuse(change, -EOPNOTSUPP,
				 "not under protected KVM");
	if (mask & ~KVM_S2_ALL_CONSTRAINTS)
		return s2_refuse(change, -EINVAL, "unknown constraint");
	if (change->slot != KVM_S2_ANY_SLOT &&
	    change->mem_class != KVM_S2_CLASS_UNKNOWN)
		return s2_refuse_for(change, -EINVAL, CLASS,
				     "a slot's policy is for all its classes");
	if (change->slot == KVM_S2_ANY_SLOT &&
	    (change->mem_class == KVM_S2_CLASS_UNKNOWN ||
	     change->mem_class >= KVM_S2_NR_CLASSES))
		return s2_refuse_for(change, -EINVAL, CLASS,
				     "no class that a slot's memory can have");
	if (!change->kvm && change->slot != KVM_S2_ANY_SLOT)
		return s2_refuse_for(change, -EINVAL, SLOT,
				     "a slot without a VM");
	if (!change->kvm && (mask & KVM_S2_CONSTRAINT_LOCKED))
		return s2_refuse(change, -EOPNOTSUPP,
				 "locked is for a VM or a slot");

	if (!(mask & KVM_S2_CONSTRAINT_FORCE))
		return 0;
	if (change->owner != KVM_S2_OWNER_VMM)
		return s2_refuse(change, -EPERM, "force is for the VMM only");
	if ((mask & KVM_S2_FLOORS) != KVM_S2_CONSTRAINT_FLOOR_NC)
		return s2_refuse(change, -EINVAL, "force goes with floor=nc");
	if (change->slot == KVM_S2_ANY_SLOT &&
	    !(BIT(change->mem_class) & S2_FORCEABLE_CLASSES))
		return s2_refuse_for(change, -EOPNOTSUPP, CLASS,
				     "memory of this class cannot be forced");

	return 0;
}

/* Where this owner's constraints for that place are. */
static u32 *s2_place(struct kvm_s2_policy_change *change)
{
	const unsigned int owner = kvm_s2_owner_index(change->owner);
	struct kvm_memory_slot *slot;

	if (!change->kvm)
		return &kvm_s2_host_policy[change->mem_class];
	if (change->slot == KVM_S2_ANY_SLOT)
		return &change->kvm->arch.s2.by[owner][change->mem_class];
	if ((u32)change->slot >= KVM_USER_MEM_SLOTS)
		return NULL;

	slot = id_to_memslot(kvm_memslots(change->kvm), change->slot);
	return slot && slot->npages ? &slot->arch.s2.by[owner] : NULL;
}

static bool s2_enforces(const u32 *word, u16 bit)
{
	return kvm_s2_unpack(READ_ONCE(*word)).enforced & bit;
}

/*
 * Name both sides: what comes, and what is there and whose.  What the change
 * would replace is not there any more.
 */
static int s2_refuse_conflict(struct kvm *kvm,
			      struct kvm_s2_policy_change *change,
			      const struct kvm_memory_slot *slot, u8 mem_class,
			      u16 mine, u16 theirs)
{
	static const char *const owners[] = { "admin", "vmm" };
	const char *with = s2_constraint_name(theirs);
	const char *what = s2_constraint_name(mine);
	const u32 *place = s2_place(change);
	const struct kvm_s2_vm *vm = &kvm->arch.s2;
	const u32 *word = &kvm_s2_host_policy[mem_class];
	unsigned int i;

	if (word != place && s2_enforces(word, theirs))
		return s2_refuse(change, -EBUSY,
				 "%s conflicts with %s of the host", what, with);

	for (i = 0; i < KVM_S2_NR_OWNERS; i++) {
		word = &vm->by[i][mem_class];
		if (word != place && s2_enforces(word, theirs))
			return s2_refuse(change, -EBUSY,
					 "%s conflicts with %s of %s for VM %llu",
					 what, with, owners[i], vm->id);

		word = slot ? &slot->arch.s2.by[i] : place;
		if (word != place && s2_enforces(word, theirs))
			return s2_refuse(change, -EBUSY,
					 "%s conflicts with %s of %s for slot %d of VM %llu",
					 what, with, owners[i], slot->id, vm->id);
	}

	return s2_refuse(change, -EBUSY, "%s conflicts with %s of its own",
			 what, with);
}

/* One class in one slot, or in none: is there a conflict if this is set? */
static int s2_check_conflict(struct kvm *kvm, struct kvm_s2_policy_change *change,
			     const struct kvm_memory_slot *slot, u8 mem_class)
{
	struct kvm_s2_constraints c;
	u16 against, mine;

	c = kvm_s2_in_force(kvm, kvm_s2_slot_constraints(kvm, slot, change),
			    mem_class, change);
	against = kvm_s2_conflict(c);
	if (!against)
		return 0;

	/* One of each is enough to say. */
	if (change->c.enforced & KVM_S2_CONSTRAINT_FORCE) {
		mine = KVM_S2_CONSTRAINT_FORCE;
		against = BIT(__ffs(against));
	} else {
		mine = against & change->c.enforced;
		against = KVM_S2_CONSTRAINT_FORCE;
	}

	return s2_refuse_conflict(kvm, change, slot, mem_class, mine, against);
}

/*
 * Would constraints that cannot be had together meet anywhere in a VM?  Under
 * kvm->srcu alone slots come and go meanwhile, so it looks at one set of them:
 * kvm_for_each_memslot() evaluates its argument for each slot.
 */
static int s2_check_conflicts(struct kvm *kvm,
			      struct kvm_s2_policy_change *change)
{
	struct kvm_memslots *slots = kvm_memslots(kvm);
	struct kvm_memory_slot *slot;
	u8 mem_class;
	int bkt, ret;

	if (!(change->c.enforced &
	      (KVM_S2_CONSTRAINT_FORCE | KVM_S2_CONSTRAINT_MATCH_VMA |
	       KVM_S2_CONSTRAINT_FLOOR_DEVICE)))
		return 0;

	for (mem_class = 0; mem_class < KVM_S2_NR_CLASSES; mem_class++) {
		if (!(BIT(mem_class) & S2_FORCEABLE_CLASSES))
			continue;
		if (change->slot == KVM_S2_ANY_SLOT &&
		    change->mem_class != mem_class)
			continue;

		ret = s2_check_conflict(kvm, change, NULL, mem_class);
		if (ret)
			return ret;
		kvm_for_each_memslot(slot, bkt, slots) {
			ret = s2_check_conflict(kvm, change, slot, mem_class);
			if (ret)
				return ret;
		}
	}

	return 0;
}

/* Logging write-protects and splits what is there: not what is forced. */
static int s2_check_force(struct kvm_s2_policy_change *change)
{
	struct kvm *kvm = change->kvm;
	struct kvm_memory_slot *slot;
	int bkt;

	if (!((change->c.enforced | change->c.audited) &
	      KVM_S2_CONSTRAINT_FORCE))
		return 0;
	if (kvm_has_mte(kvm))
		return s2_refuse(change, -EOPNOTSUPP,
				 "a VM with MTE cannot be forced");
	if (test_bit(KVM_ARM_VCPU_HAS_EL2, kvm->arch.vcpu_features))
		return s2_refuse(change, -EOPNOTSUPP,
				 "a VM with EL2 cannot be forced");

	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		if (change->slot != KVM_S2_ANY_SLOT && change->slot != slot->id)
			continue;
		if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES)
			return s2_refuse(change, -EBUSY,
					 "force conflicts with dirty logging of slot %d",
					 slot->id);
		if ((slot->flags & KVM_MEM_GUEST_MEMFD) &&
		    change->slot != KVM_S2_ANY_SLOT)
			return s2_refuse(change, -EOPNOTSUPP,
					 "guest_memfd cannot be forced");
	}

	return 0;
}

/* With slots_lock held, which keeps slots and the VM's policy as they are. */
static int s2_check_vm(struct kvm_s2_policy_change *change)
{
	const u32 *place = s2_place(change);
	struct kvm_s2_constraints old;
	int ret;

	if (!place)
		return s2_refuse_for(change, -ENOENT, SLOT,
				     "the VM has no such slot");
	if (change->generation &&
	    change->generation != change->kvm->arch.s2.generation)
		return s2_refuse_for(change, -ESTALE, GENERATION,
				     "the policy has changed meanwhile");

	old = kvm_s2_unpack(*place);
	if (((old.enforced | old.audited) & KVM_S2_CONSTRAINT_LOCKED) &&
	    kvm_s2_relaxes(old, change->c))
		return s2_refuse(change, -EPERM, "the policy is locked");

	ret = s2_check_force(change);
	return ret ?: s2_check_conflicts(change->kvm, change);
}

/*
 * Make the VM's vCPUs fault again, so that they come by the new policy.  The
 * caller stored it before; a fault that read the old one has an older sequence
 * number, or sees that an invalidation is under way.
 */
static void s2_zap(struct kvm *kvm, const struct kvm_memory_slot *only)
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

/* Store, and unless no entry can be affected, zap. */
static void s2_store(struct kvm_s2_policy_change *change)
{
	const u32 word = kvm_s2_pack(change->c);
	const struct kvm_memory_slot *slot = NULL;
	struct kvm *kvm = change->kvm;
	u32 *place = s2_place(change);
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
		s2_zap(kvm, slot);
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

	ret = s2_check_vm(change);
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

/*
 * Who changes the host's policy visits all VMs, and may be left with the last
 * reference to one that ends meanwhile.  Destroying it takes the locks that
 * stand before kvm_s2_policy_lock, so that has to wait.  Under
 * kvm_s2_host_lock.
 */
static void s2_put_later(struct kvm *kvm, struct kvm **visited)
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

static void s2_put_visited(struct kvm *kvm)
{
	struct kvm *next;

	for (; kvm; kvm = next) {
		next = kvm->arch.s2.next_visited;
		kvm->arch.s2.visited = false;
		kvm_put_kvm(kvm);
		cond_resched();
	}
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
		ret = s2_check_conflicts(kvm, change);
		srcu_read_unlock(&kvm->srcu, idx);
		s2_put_later(kvm, visited);
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}

	return ret;
}

/*
 * A VM that is made from here on reads the new policy when it faults, and one
 * that dies needs no zapping, so it does not matter which of them are met.
 */
static void s2_zap_all(struct kvm **visited)
{
	struct kvm *kvm;
	u64 id = 0;
	int idx;

	while ((kvm = kvm_s2_get_next_vm(id))) {
		id = kvm->arch.s2.id;
		idx = srcu_read_lock(&kvm->srcu);
		write_lock(&kvm->mmu_lock);
		s2_zap(kvm, NULL);
		write_unlock(&kvm->mmu_lock);
		srcu_read_unlock(&kvm->srcu, idx);
		s2_put_later(kvm, visited);
		cond_resched();
	}
}

/* With kvm_s2_policy_lock held for writing */
static int s2_change_host_locked(struct kvm_s2_policy_change *change, bool set,
				 struct kvm **visited)
{
	const u32 word = kvm_s2_pack(change->c);
	u32 *place = s2_place(change);
	const u32 old = *place;
	int ret;

	if (change->generation && change->generation != kvm_s2_host_generation)
		return s2_refuse_for(change, -ESTALE, GENERATION,
				     "the policy has changed meanwhile");

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
		s2_zap_all(visited);

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
	s2_put_visited(visited);
out:
	mutex_unlock(&kvm_s2_host_lock);
	return ret;
}

static int s2_change(struct kvm_s2_policy_change *change, bool set)
{
	int ret;

	change->changed = false;
	ret = s2_check_args(change);
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

/* What is set for the host or for a class of a VM's memory. */
static void s2_get_class(struct kvm *kvm, u8 mem_class,
			 struct kvm_s2_policy_state *state)
{
	unsigned int i;

	state->in_force = kvm_s2_in_force(kvm, (struct kvm_s2_constraints) {},
					  mem_class, NULL);
	if (!kvm) {
		state->c[0] = kvm_s2_unpack(READ_ONCE(kvm_s2_host_policy[mem_class]));
		return;
	}

	for (i = 0; i < KVM_S2_NR_OWNERS; i++)
		state->c[i] = kvm_s2_unpack(READ_ONCE(kvm->arch.s2.by[i][mem_class]));
	state->denied = atomic64_read(&kvm->arch.s2.counts[mem_class].denied);
	state->would_deny =
		atomic64_read(&kvm->arch.s2.counts[mem_class].would_deny);
}

static int s2_get_slot(struct kvm *kvm, u32 id,
		       struct kvm_s2_policy_state *state)
{
	struct kvm_memory_slot *slot = NULL;
	unsigned int i;
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	if (id < KVM_USER_MEM_SLOTS)
		slot = id_to_memslot(kvm_memslots(kvm), id);
	if (slot) {
		const struct kvm_s2_slot_policy *s2 = &slot->arch.s2;

		for (i = 0; i < KVM_S2_NR_OWNERS; i++)
			state->c[i] = kvm_s2_unpack(READ_ONCE(s2->by[i]));
		state->in_force = kvm_s2_slot_constraints(kvm, slot, NULL);
		state->denied = atomic64_read(&s2->counts.denied);
		state->would_deny = atomic64_read(&s2->counts.would_deny);
	}
	srcu_read_unlock(&kvm->srcu, idx);

	return slot ? 0 : -ENOENT;
}

/**
 * kvm_s2_get_policy - read what is set in one place, and what came of it
 * @kvm: the VM, or NULL for the host
 * @slot: number of the slot, or KVM_S2_ANY_SLOT
 * @mem_class: enum kvm_s2_class; for a slot, UNKNOWN
 * @state: where to
 *
 * Return: 0; -EINVAL for a class that no slot's memory can have; -ENOENT if
 * there is no such slot.
 */
int kvm_s2_get_policy(struct kvm *kvm, int slot, u8 mem_class,
		      struct kvm_s2_policy_state *state)
{
	*state = (struct kvm_s2_policy_state) {
		.generation = kvm ? READ_ONCE(kvm->arch.s2.generation) :
				    READ_ONCE(kvm_s2_host_generation),
	};
	if (slot != KVM_S2_ANY_SLOT)
		return mem_class ? -EINVAL : s2_get_slot(kvm, slot, state);
	if (!mem_class || mem_class >= KVM_S2_NR_CLASSES)
		return -EINVAL;

	s2_get_class(kvm, mem_class, state);
	return 0;
}

/**
 * kvm_s2_may_log - may a slot log dirty pages?
 * @kvm: the VM, with slots_lock held
 * @slot: the slot
 *
 * Return: false if memory in it may be forced to be non-cacheable.
 */
bool kvm_s2_may_log(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	struct kvm_s2_constraints c = kvm_s2_slot_constraints(kvm, slot, NULL);
	u8 mem_class;

	for (mem_class = 0; mem_class < KVM_S2_NR_CLASSES; mem_class++)
		if (BIT(mem_class) & S2_FORCEABLE_CLASSES)
			c = kvm_s2_unite(c, kvm_s2_in_force(kvm, c, mem_class,
							    NULL));

	return !((c.enforced | c.audited) & KVM_S2_CONSTRAINT_FORCE);
}
