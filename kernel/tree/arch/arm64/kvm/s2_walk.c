// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's memory as extents: page table, slots and VMAs put together.
 *
 * A walk alternates between two passes over a bounded part of the guest's
 * address space.  The first finds the slot and reads stage-2 entries under
 * mmu_lock; the second looks up the VMAs behind them under mmap_lock.  No lock
 * is held from one into the other, and none while an extent is given out, so a
 * consumer may sleep and copy to user space.  The VM runs meanwhile: what a
 * walk says was true of each part at some time during the walk.
 */
#include <linux/dax.h>
#include <linux/delay.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <asm/kvm_mmu.h>

#include "s2_facts.h"
#include "s2_scan.h"
#include "s2_walk.h"

#define KVM_S2_WALK_EXTENTS	128
#define KVM_S2_MMAP_TRIES	16

/* What is needed of a slot after the locks that kept it are gone. */
struct kvm_s2_slot_ref {
	u32 id;
	u32 flags;
	u64 gpa;
	u64 end;
	u64 hva;
	struct kvm_s2_constraints c;	/* of its own */
	struct kvm_s2_constraints then;	/* and if the change were made */
};

struct kvm_s2_walk {
	struct kvm *kvm;
	u64 gpa;			/* scanned up to here */
	u64 end;
	int only_slot;
	bool phys;
	bool patient;
	u32 vm_facts;
	const struct kvm_s2_policy_change *change;

	struct kvm_s2_slot_ref slot;	/* of the runs in @scan */
	struct kvm_s2_scan scan;
	u32 run;			/* next to be joined */
	u64 joined;			/* bytes of it that were */
	bool differs;			/* the change, to the last of them */

	u32 head;			/* next to be given out */
	u32 ready;			/* up to here nothing can grow */
	u32 nr;
	struct kvm_s2_extent out[KVM_S2_WALK_EXTENTS];
};

/* Facts that are the same for all of a VM's memory. */
u32 kvm_s2_vm_facts(struct kvm *kvm)
{
	u32 facts = kvm_s2_cpu_facts() | kvm_s2_choice_facts();

	if (kvm_has_mte(kvm))
		facts |= KVM_S2_FACT_MTE;

	return facts;
}

/*
 * Changes whenever the slots do.  While new slots are put in place of the old,
 * the number has KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS: leave it in, it tells the
 * new from the old.
 */
u64 kvm_s2_generation(struct kvm *kvm)
{
	u64 generation;
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	generation = kvm_memslots(kvm)->generation;
	srcu_read_unlock(&kvm->srcu, idx);

	return generation;
}

/*
 * Find the slot at or behind walk->gpa.  Where there is none at that address,
 * describe the gap up to the next: KVM maps the GICV there by itself.
 */
static void s2_find_slot(struct kvm_s2_walk *walk)
{
	struct kvm_memslots *slots = kvm_memslots(walk->kvm);
	gfn_t gfn = walk->gpa >> PAGE_SHIFT;
	struct kvm_memory_slot *slot = NULL;
	struct kvm_memslot_iter iter;
	u64 gpa;

	kvm_for_each_memslot_in_gfn_range(&iter, slots, gfn,
					  walk->end >> PAGE_SHIFT) {
		slot = iter.slot;
		break;
	}

	walk->slot = (struct kvm_s2_slot_ref) {
		.id	= KVM_S2_NO_SLOT,
		.gpa	= walk->gpa,
		.end	= walk->end,
	};
	if (!slot)
		return;

	gpa = slot->base_gfn << PAGE_SHIFT;
	if (gpa > walk->gpa) {
		walk->slot.end = gpa;
		return;
	}

	walk->slot = (struct kvm_s2_slot_ref) {
		.id	= slot->id,
		.flags	= slot->flags,
		.gpa	= gpa,
		.end	= min(walk->end, gpa + (slot->npages << PAGE_SHIFT)),
		.hva	= slot->userspace_addr,
		.c	= kvm_s2_slot_constraints(walk->kvm, slot, NULL),
		.then	= kvm_s2_slot_constraints(walk->kvm, slot, walk->change),
	};
}

/* The whole of walk->slot is unmapped: the page table is gone. */
static u64 s2_scan_nothing(struct kvm_s2_walk *walk)
{
	walk->scan.nr = 1;
	walk->scan.runs[0] = (struct kvm_s2_run) {
		.gpa		= walk->gpa,
		.bytes		= walk->slot.end - walk->gpa,
		.memattr	= KVM_S2_MEMATTR_NONE,
	};

	return walk->slot.end;
}

/*
 * First pass: a part of one slot, or of one gap between two.  Struct pages must
 * not go away while their facts are looked up.
 */
static void s2_scan_part(struct kvm_s2_walk *walk)
{
	struct kvm *kvm = walk->kvm;
	struct kvm_pgtable *pgt;
	int idx;

	get_online_mems();
	idx = srcu_read_lock(&kvm->srcu);
	s2_find_slot(walk);

	if (walk->only_slot != KVM_S2_ANY_SLOT &&
	    walk->slot.id != (u32)walk->only_slot) {
		walk->scan.nr = 0;
		walk->gpa = walk->slot.end;
		goto out;
	}

	read_lock(&kvm->mmu_lock);
	pgt = kvm->arch.mmu.pgt;
	if (pgt)
		walk->gpa = kvm_s2_scan(&walk->scan, pgt, walk->gpa,
					walk->slot.end);
	else
		walk->gpa = s2_scan_nothing(walk);
	read_unlock(&kvm->mmu_lock);
out:
	srcu_read_unlock(&kvm->srcu, idx);
	put_online_mems();
	walk->run = 0;
	walk->joined = 0;
}

/*
 * What the pages of a VMA will be, going by the VMA alone.  Without
 * KVM_S2_FACT_PFN a reader knows that these were not looked at.
 */
static u32 s2_assumed_facts(const struct vm_area_struct *vma)
{
	if (vma_is_dax(vma))
		return KVM_S2_FACT_STRUCT_PAGE | KVM_S2_FACT_ZONE_DEVICE |
		       KVM_S2_FACT_FLUSHABLE;

	if (vma->vm_flags & (VM_IO | VM_PFNMAP))
		return 0;

	return KVM_S2_MAP_MEMORY_FACTS & ~KVM_S2_FACT_PFN;
}

static bool s2_alike(const struct kvm_s2_extent *a,
		     const struct kvm_s2_extent *b)
{
	if (a->gpa + a->bytes != b->gpa)
		return false;
	if (a->hpa != ~0ULL || b->hpa != ~0ULL) {
		if (a->hpa == ~0ULL || a->hpa + a->bytes != b->hpa)
			return false;
	}

	return a->slot == b->slot && a->mem_class == b->mem_class &&
	       a->facts == b->facts && a->vma_type == b->vma_type &&
	       a->predicted == b->predicted && a->mapped == b->mapped &&
	       a->perm == b->perm && a->memattr == b->memattr &&
	       a->verdict == b->verdict && a->reason == b->reason;
}

/* Add to the extents, or to the last of them.  There is room for one more. */
static void s2_append(struct kvm_s2_walk *walk, const struct kvm_s2_extent *e)
{
	if (walk->nr > walk->head && s2_alike(&walk->out[walk->nr - 1], e))
		walk->out[walk->nr - 1].bytes += e->bytes;
	else
		walk->out[walk->nr++] = *e;
}

/* What the page table alone says of @bytes at @offset of a run. */
static struct kvm_s2_extent s2_bare_extent(struct kvm_s2_walk *walk,
					   const struct kvm_s2_run *run,
					   u64 offset, u64 bytes)
{
	struct kvm_s2_extent e = {
		.gpa		= run->gpa + offset,
		.bytes		= bytes,
		.hpa		= ~0ULL,
		.slot		= walk->slot.id,
		.facts		= run->facts | walk->vm_facts,
		.mapped		= KVM_S2_TYPE_UNMAPPED,
		.memattr	= ~0U,
		.perm		= run->perm,
	};

	if (run->memattr != KVM_S2_MEMATTR_NONE) {
		e.memattr = run->memattr;
		e.mapped = kvm_s2_memattr_type(run->memattr,
					       walk->vm_facts & KVM_S2_FACT_FWB);
		if (walk->phys)
			e.hpa = run->hpa + offset;
	}

	return e;
}

static bool s2_same_decision(struct kvm_s2_decision a, struct kvm_s2_decision b)
{
	return a.type == b.type && a.exec == b.exec &&
	       a.verdict == b.verdict && a.reason == b.reason;
}

/*
 * What a change makes of an access, and whether that is something else than
 * it is now.
 */
static struct kvm_s2_decision s2_try_change(struct kvm_s2_walk *walk,
					    struct kvm_s2_input in,
					    struct kvm_s2_constraints now,
					    struct kvm_s2_constraints then)
{
	const struct kvm_s2_decision d = kvm_s2_decide(in);
	const struct kvm_s2_decision new = kvm_s2_constrain(in, d, then);

	if (!s2_same_decision(new, kvm_s2_constrain(in, d, now)))
		walk->differs = true;

	return new;
}

/*
 * What a fault would make of it.  A change is also about fetches where the entry
 * is executable; the worse of the two verdicts is reported.
 */
static struct kvm_s2_decision s2_predict(struct kvm_s2_walk *walk,
					 const struct kvm_s2_extent *e,
					 struct kvm_s2_input in)
{
	struct kvm_s2_constraints now, then;
	struct kvm_s2_decision data, fetch;

	if (!kvm_s2_policy_active() && !walk->change)
		return kvm_s2_decide(in);

	now = kvm_s2_in_force(walk->kvm, walk->slot.c, e->mem_class, NULL);
	if (!walk->change)
		return kvm_s2_constrain(in, kvm_s2_decide(in), now);

	walk->differs = false;
	then = kvm_s2_in_force(walk->kvm, walk->slot.then, e->mem_class,
			       walk->change);
	data = s2_try_change(walk, in, now, then);
	if (e->perm & KVM_S2_PERM_X) {
		in.exec_fault = true;
		fetch = s2_try_change(walk, in, now, then);
		if (fetch.verdict > data.verdict)
			data = fetch;
	}
	if (e->mapped == KVM_S2_TYPE_UNMAPPED)
		walk->differs = false;

	return data;
}

/* Add what the VMM's mapping says, and what a fault would make of it. */
static void s2_complete_extent(struct kvm_s2_walk *walk,
			       struct kvm_s2_extent *e,
			       const struct vm_area_struct *vma)
{
	struct kvm_s2_input in = { .facts = e->facts };
	struct kvm_s2_decision d;

	if (vma) {
		in.facts |= kvm_s2_vma_facts(kvm_s2_vma(vma));
		in.vma_type = kvm_s2_vma_type(kvm_s2_vma(vma));
		if (!(in.facts & KVM_S2_FACT_PFN))
			in.facts |= s2_assumed_facts(vma);
	}
	if (walk->slot.flags & KVM_MEM_GUEST_MEMFD)
		in.facts |= KVM_S2_FACT_GMEM;

	e->facts = in.facts;
	e->vma_type = in.vma_type;
	e->mem_class = kvm_s2_classify(in.facts, in.vma_type);
	d = s2_predict(walk, e, in);
	e->predicted = d.type;
	e->verdict = d.verdict;
	e->reason = d.reason;
}

/* A run in a slot, VMA by VMA; stops early when there is no more room. */
static void s2_join_vmas(struct kvm_s2_walk *walk, const struct kvm_s2_run *run,
			 struct mm_struct *mm)
{
	u64 hva = walk->slot.hva + (run->gpa - walk->slot.gpa);

	while (walk->joined < run->bytes && walk->nr < KVM_S2_WALK_EXTENTS) {
		u64 here = hva + walk->joined;
		u64 bytes = run->bytes - walk->joined;
		struct vm_area_struct *vma = find_vma(mm, here);
		struct kvm_s2_extent e;

		if (vma && vma->vm_start > here) {
			bytes = min_t(u64, bytes, vma->vm_start - here);
			vma = NULL;
		} else if (vma) {
			bytes = min_t(u64, bytes, vma->vm_end - here);
		}

		e = s2_bare_extent(walk, run, walk->joined, bytes);
		s2_complete_extent(walk, &e, vma);
		if (!walk->change || walk->differs)
			s2_append(walk, &e);
		walk->joined += bytes;
	}
}

/* A run that no VMA can be found for, and why if there should be one. */
static void s2_join_bare(struct kvm_s2_walk *walk, const struct kvm_s2_run *run,
			 enum kvm_s2_reason reason)
{
	struct kvm_s2_extent e = s2_bare_extent(walk, run, walk->joined,
						run->bytes - walk->joined);

	walk->joined = run->bytes;
	/* What is mapped and cannot be judged may well make a difference. */
	if (walk->change && (reason != KVM_S2_REASON_VMM_BUSY ||
			     e.mapped == KVM_S2_TYPE_UNMAPPED))
		return;

	if (walk->slot.id != KVM_S2_NO_SLOT) {
		e.reason = reason;
		s2_append(walk, &e);
	} else if (e.mapped != KVM_S2_TYPE_UNMAPPED) {
		e.mem_class = KVM_S2_CLASS_VGIC;
		e.predicted = KVM_S2_TYPE_DEVICE;
		e.verdict = KVM_S2_VERDICT_ALLOW;
		e.reason = KVM_S2_REASON_VGIC;
		s2_append(walk, &e);
	}
}

/*
 * A VMM that asks may wait for itself.  Who asks about another must not be held
 * up by a VMM that sits on its mmap_lock, least of all under the locks of
 * generic netlink.
 */
static int s2_lock_vmas(const struct kvm_s2_walk *walk, struct mm_struct *mm)
{
	int tries;

	if (walk->patient)
		return mmap_read_lock_killable(mm);

	for (tries = 0; tries < KVM_S2_MMAP_TRIES; tries++) {
		if (mmap_read_trylock(mm))
			return 0;
		usleep_range(50, 100);
	}

	return -EBUSY;
}

static void s2_join_runs(struct kvm_s2_walk *walk, struct mm_struct *mm,
			 enum kvm_s2_reason reason)
{
	while (walk->run < walk->scan.nr && walk->nr < KVM_S2_WALK_EXTENTS) {
		const struct kvm_s2_run *run = &walk->scan.runs[walk->run];

		if (mm)
			s2_join_vmas(walk, run, mm);
		else
			s2_join_bare(walk, run, reason);

		if (walk->joined == run->bytes) {
			walk->run++;
			walk->joined = 0;
		}
	}
}

/* Second pass, until the runs or the room for extents is used up. */
static int s2_join_part(struct kvm_s2_walk *walk)
{
	struct mm_struct *mm = walk->kvm->mm;
	int ret;

	if (walk->run == walk->scan.nr)
		return 0;

	/* The kvm pins the mm_struct, but not what it maps. */
	if (walk->slot.id == KVM_S2_NO_SLOT || !mmget_not_zero(mm)) {
		s2_join_runs(walk, NULL, KVM_S2_REASON_VMM_EXITED);
		return 0;
	}

	ret = s2_lock_vmas(walk, mm);
	if (!ret) {
		s2_join_runs(walk, mm, KVM_S2_REASON_UNKNOWN);
		mmap_read_unlock(mm);
	} else if (ret == -EBUSY) {
		s2_join_runs(walk, NULL, KVM_S2_REASON_VMM_BUSY);
		ret = 0;
	}

	/* The last reference tears down the VM's page table: not from here. */
	mmput_async(mm);
	return ret;
}

static bool s2_exhausted(const struct kvm_s2_walk *walk)
{
	return walk->run == walk->scan.nr && walk->gpa >= walk->end;
}

/* Make the extent at walk->head one that cannot grow any more. */
static int s2_fill(struct kvm_s2_walk *walk)
{
	int ret;

	walk->nr -= walk->head;
	memmove(walk->out, walk->out + walk->head,
		walk->nr * sizeof(walk->out[0]));
	walk->head = 0;

	while (walk->nr < 2 && !s2_exhausted(walk)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();

		if (walk->run == walk->scan.nr)
			s2_scan_part(walk);
		ret = s2_join_part(walk);
		if (ret)
			return ret;
	}

	walk->ready = s2_exhausted(walk) || !walk->nr ? walk->nr : walk->nr - 1;
	return 0;
}

/**
 * kvm_s2_walk_begin - prepare to walk a VM's memory
 * @args: what to walk
 *
 * Return: the walk, or an ERR_PTR: -EOPNOTSUPP under protected KVM, -EINVAL
 * for a range that is not aligned or leaves the guest's address space,
 * -ENOMEM.
 */
struct kvm_s2_walk *kvm_s2_walk_begin(const struct kvm_s2_walk_args *args)
{
	u64 limit = kvm_phys_size(&args->kvm->arch.mmu);
	u64 end = args->end ?: limit;
	struct kvm_s2_walk *walk;

	if (is_protected_kvm_enabled())
		return ERR_PTR(-EOPNOTSUPP);

	if (!PAGE_ALIGNED(args->gpa) || !PAGE_ALIGNED(end) ||
	    args->gpa > end || end > limit)
		return ERR_PTR(-EINVAL);

	walk = kvzalloc(sizeof(*walk), GFP_KERNEL_ACCOUNT);
	if (!walk)
		return ERR_PTR(-ENOMEM);

	walk->kvm = args->kvm;
	walk->gpa = args->gpa;
	walk->end = end;
	walk->only_slot = args->slot;
	walk->phys = args->phys;
	walk->change = args->change;
	walk->patient = args->kvm->mm == current->mm;
	walk->scan.phys = args->phys;
	walk->vm_facts = kvm_s2_vm_facts(args->kvm);

	return walk;
}

/**
 * kvm_s2_walk_peek - look at the next extent
 * @walk: the walk
 *
 * Return: the extent, valid until the next call; NULL at the end; an ERR_PTR,
 * -EINTR, if the task is being killed.
 */
const struct kvm_s2_extent *kvm_s2_walk_peek(struct kvm_s2_walk *walk)
{
	int ret;

	if (walk->head == walk->ready) {
		ret = s2_fill(walk);
		if (ret)
			return ERR_PTR(ret);
	}

	return walk->head < walk->ready ? &walk->out[walk->head] : NULL;
}

/**
 * kvm_s2_walk_pop - go on to the extent after the one last looked at
 * @walk: the walk
 */
void kvm_s2_walk_pop(struct kvm_s2_walk *walk)
{
	walk->head++;
}

/* Where the walk ends: the caller's end, or that of the address space. */
u64 kvm_s2_walk_limit(const struct kvm_s2_walk *walk)
{
	return walk->end;
}

/**
 * kvm_s2_walk_end - free a walk
 * @walk: the walk, or NULL
 */
void kvm_s2_walk_end(struct kvm_s2_walk *walk)
{
	kvfree(walk);
}
