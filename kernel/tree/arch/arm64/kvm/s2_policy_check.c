// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether constraints can be set, and if not, why.
 */
#include <linux/kvm_host.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>

#include "s2_policy.h"
#include "s2_policy_set.h"

/* Say what of a change is to blame for a refusal, and why; gives back @err. */
static __printf(4, 5) int s2_refuse(struct kvm_s2_policy_change *change,
				    enum kvm_s2_blame blame, int err,
				    const char *fmt, ...)
{
	va_list args;

	change->blame = blame;
	va_start(args, fmt);
	vscnprintf(change->why, sizeof(change->why), fmt, args);
	va_end(args);

	return err;
}

static const char *s2_constraint_name(u16 mask)
{
	if (mask & KVM_S2_CONSTRAINT_MATCH_VMA)
		return "match-vma";
	if (mask & KVM_S2_CONSTRAINT_FLOOR_DEVICE)
		return "floor=device";

	return "force";
}

/* What is asked together with force, and for what it can be. */
static int s2_check_force_args(struct kvm_s2_policy_change *change, u16 mask)
{
	if (!(mask & KVM_S2_CONSTRAINT_FORCE))
		return 0;
	if (change->owner != KVM_S2_OWNER_VMM)
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EPERM,
				 "force is for the VMM only");
	if ((mask & KVM_S2_FLOORS) != KVM_S2_CONSTRAINT_FLOOR_NC)
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EINVAL,
				 "force goes with floor=nc");
	if (change->slot == KVM_S2_ANY_SLOT &&
	    !(BIT(change->mem_class) & KVM_S2_FORCEABLE_CLASSES))
		return s2_refuse(change, KVM_S2_BLAME_CLASS, -EOPNOTSUPP,
				 "memory of this class cannot be forced");

	return 0;
}

/**
 * kvm_s2_check_args - what can be said without looking at a VM
 * @change: what would be set
 *
 * Return: as kvm_s2_set_policy().
 */
int kvm_s2_check_args(struct kvm_s2_policy_change *change)
{
	const u16 mask = change->c.enforced | change->c.audited;

	change->why[0] = 0;
	if (is_protected_kvm_enabled())
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EOPNOTSUPP,
				 "not under protected KVM");
	if (mask & ~KVM_S2_ALL_CONSTRAINTS)
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EINVAL,
				 "unknown constraint");
	if (change->slot != KVM_S2_ANY_SLOT &&
	    change->mem_class != KVM_S2_CLASS_UNKNOWN)
		return s2_refuse(change, KVM_S2_BLAME_CLASS, -EINVAL,
				 "a slot's policy is for all its classes");
	if (change->slot == KVM_S2_ANY_SLOT &&
	    (change->mem_class == KVM_S2_CLASS_UNKNOWN ||
	     change->mem_class >= KVM_S2_NR_CLASSES))
		return s2_refuse(change, KVM_S2_BLAME_CLASS, -EINVAL,
				 "no class that a slot's memory can have");
	if (!change->kvm && change->slot != KVM_S2_ANY_SLOT)
		return s2_refuse(change, KVM_S2_BLAME_SLOT, -EINVAL,
				 "a slot without a VM");
	if (!change->kvm && (mask & KVM_S2_CONSTRAINT_LOCKED))
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EOPNOTSUPP,
				 "locked is for a VM or a slot");

	return s2_check_force_args(change, mask);
}

/**
 * kvm_s2_policy_place - where this owner's constraints for that place are
 * @change: what would be set
 *
 * Return: the word; of a VM's slot, with slots_lock held; NULL if there is no
 * such slot.
 */
u32 *kvm_s2_policy_place(struct kvm_s2_policy_change *change)
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
	const u32 *place = kvm_s2_policy_place(change);
	const struct kvm_s2_vm *vm = &kvm->arch.s2;
	const u32 *word = &kvm_s2_host_policy[mem_class];
	unsigned int i;

	if (word != place && s2_enforces(word, theirs))
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EBUSY,
				 "%s conflicts with %s of the host", what, with);

	for (i = 0; i < KVM_S2_NR_OWNERS; i++) {
		word = &vm->by[i][mem_class];
		if (word != place && s2_enforces(word, theirs))
			return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EBUSY,
					 "%s conflicts with %s of %s for VM %llu",
					 what, with, owners[i], vm->id);

		word = slot ? &slot->arch.s2.by[i] : place;
		if (word != place && s2_enforces(word, theirs))
			return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EBUSY,
					 "%s conflicts with %s of %s for slot %d of VM %llu",
					 what, with, owners[i], slot->id, vm->id);
	}

	return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EBUSY,
			 "%s conflicts with %s of its own", what, with);
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

/**
 * kvm_s2_check_conflicts - look for constraints that cannot be had together
 * @kvm: the VM, with slots_lock or kvm->srcu held
 * @change: what would be set, for this VM or the host
 *
 * Under kvm->srcu alone slots come and go meanwhile, so it looks at one set of
 * them: kvm_for_each_memslot() evaluates its argument for each slot.
 *
 * Return: 0, or -EBUSY if they would meet anywhere in the VM.
 */
int kvm_s2_check_conflicts(struct kvm *kvm, struct kvm_s2_policy_change *change)
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
		if (!(BIT(mem_class) & KVM_S2_FORCEABLE_CLASSES))
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
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EOPNOTSUPP,
				 "a VM with MTE cannot be forced");
	if (test_bit(KVM_ARM_VCPU_HAS_EL2, kvm->arch.vcpu_features))
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EOPNOTSUPP,
				 "a VM with EL2 cannot be forced");

	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm)) {
		if (change->slot != KVM_S2_ANY_SLOT && change->slot != slot->id)
			continue;
		if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES)
			return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EBUSY,
					 "force conflicts with dirty logging of slot %d",
					 slot->id);
		if ((slot->flags & KVM_MEM_GUEST_MEMFD) &&
		    change->slot != KVM_S2_ANY_SLOT)
			return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EOPNOTSUPP,
					 "guest_memfd cannot be forced");
	}

	return 0;
}

/**
 * kvm_s2_check_generation - is it meant for the policy that there is?
 * @change: what would be set
 * @present: the generation that there is
 *
 * Return: 0 or -ESTALE.
 */
int kvm_s2_check_generation(struct kvm_s2_policy_change *change, u64 present)
{
	if (change->generation && change->generation != present)
		return s2_refuse(change, KVM_S2_BLAME_GENERATION, -ESTALE,
				 "the policy has changed meanwhile");

	return 0;
}

/* What is locked stays, and may grow. */
static int s2_check_locked(struct kvm_s2_policy_change *change, u32 word)
{
	const struct kvm_s2_constraints old = kvm_s2_unpack(word);

	if (((old.enforced | old.audited) & KVM_S2_CONSTRAINT_LOCKED) &&
	    kvm_s2_relaxes(old, change->c))
		return s2_refuse(change, KVM_S2_BLAME_CONSTRAINTS, -EPERM,
				 "the policy is locked");

	return 0;
}

/**
 * kvm_s2_check_vm - could this be set for a VM?
 * @change: what would be set, with slots_lock held, which keeps slots and the
 *	VM's policy as they are
 *
 * Return: as kvm_s2_set_policy().
 */
int kvm_s2_check_vm(struct kvm_s2_policy_change *change)
{
	struct kvm *kvm = change->kvm;
	const u32 *place = kvm_s2_policy_place(change);
	int ret;

	if (!place)
		return s2_refuse(change, KVM_S2_BLAME_SLOT, -ENOENT,
				 "the VM has no such slot");

	ret = kvm_s2_check_generation(change, kvm->arch.s2.generation);
	if (!ret)
		ret = s2_check_locked(change, *place);
	if (!ret)
		ret = s2_check_force(change);

	return ret ?: kvm_s2_check_conflicts(kvm, change);
}
