// SPDX-License-Identifier: LGPL-2.1-or-later
/* A VM's memory as extents: page table, slots and the VMM's mappings put together */
#include <linux/kvm_s2_types.h>
#include <string.h>

#include "source/core/classify.h"
#include "source/core/reader.h"

#define TRIES			20
#define KVM_MEM_GUEST_MEMFD	(1u << 2)

/* What an unmapped page will be, going by the VMA alone: without FACT_PFN */
#define ASSUMED_RAM							\
	(KVM_S2_FACT_MAP_MEMORY | KVM_S2_FACT_STRUCT_PAGE |		\
	 KVM_S2_FACT_FLUSHABLE)
#define ASSUMED_DAX							\
	(KVM_S2_FACT_STRUCT_PAGE | KVM_S2_FACT_ZONE_DEVICE |		\
	 KVM_S2_FACT_FLUSHABLE)

/**
 * struct reading - a VM being read
 * @core, @vm: which
 * @sink: where to
 * @walk: its page table
 * @slot: the slot that is walked, or NULL between two
 * @vmas: behind that slot
 * @vmas_known: whether they could be read
 * @last: an extent that the next may go on from
 * @has_last: whether there is one
 */
struct reading {
	struct s2_core *core;
	const struct s2_core_vm *vm;
	const struct s2_core_sink *sink;
	struct s2_walk walk;
	const struct s2_slot *slot;
	struct s2_vmas vmas;
	bool vmas_known;
	struct s2_core_extent last;
	bool has_last;
};

static bool alike(const struct s2_core_extent *a, const struct s2_core_extent *b)
{
	if (a->gpa + a->bytes != b->gpa)
		return false;
	if ((a->hpa == S2_NO_PHYS) != (b->hpa == S2_NO_PHYS) ||
	    (a->hpa != S2_NO_PHYS && a->hpa + a->bytes != b->hpa))
		return false;
	return a->slot == b->slot && a->facts == b->facts &&
	       a->class == b->class && a->vma_type == b->vma_type &&
	       a->mapped == b->mapped && a->memattr == b->memattr &&
	       a->perm == b->perm && a->facts_known == b->facts_known;
}

static int flush(struct reading *r)
{
	bool had = r->has_last;

	r->has_last = false;
	return had ? r->sink->extent(r->sink->data, &r->last) : 0;
}

static int emit(struct reading *r, const struct s2_core_extent *e)
{
	int err;

	if (r->has_last && alike(&r->last, e)) {
		r->last.bytes += e->bytes;
		return 0;
	}
	err = flush(r);
	r->last = *e;
	r->has_last = true;
	return err;
}

/* enum kvm_s2_type of an entry.  Without knowing FWB, write-back still tells itself */
static unsigned int mapped_type(const struct s2_core *core, unsigned int memattr)
{
	unsigned int with = s2_memattr_type(memattr, true);
	unsigned int without = s2_memattr_type(memattr, false);

	if (core->fwb != S2_UNKNOWN)
		return core->fwb == S2_YES ? with : without;
	return with ? with : without;
}

/* What the page table alone says of @bytes at @offset of a run */
static int bare_extent(const struct reading *r, const struct s2_run *run,
		       uint64_t offset, uint64_t bytes, struct s2_core_extent *e)
{
	bool odd = r->core->map.known &&
		!(run->facts & KVM_S2_FACT_MAP_MEMORY);

	*e = (struct s2_core_extent){
		.gpa = run->gpa + offset, .bytes = bytes, .hpa = S2_NO_PHYS,
		.slot = r->slot ? r->slot->id : S2_NO_SLOT,
		.facts = run->facts | r->vm->facts,
		.facts_known = r->vm->facts_known,
		.mapped = KVM_S2_TYPE_UNMAPPED,
		.memattr = S2_MEMATTR_NONE, .perm = run->perm,
	};
	if (run->memattr == S2_MEMATTR_NONE)
		return 0;
	e->facts_known &= run->facts_known;
	e->memattr = run->memattr;
	e->mapped = (uint8_t)mapped_type(r->core, run->memattr);
	if (odd || r->walk.phys)
		e->hpa = run->hpa + offset;
	return e->mapped ? 0 : -EBADMSG;
}

/*
 * Whether the class follows from what is known.  Where the page is not known, that of
 * memory in no VMA, of guest_memfd and of I/O memory does.
 */
static bool class_is_known(const struct s2_core_extent *e,
			   const struct s2_run *run)
{
	bool io = (e->facts & KVM_S2_FACT_VM_IO) ||
		e->vma_type != KVM_S2_TYPE_WB;

	if (run->memattr == S2_MEMATTR_NONE || run->facts_known ||
	    (e->facts & KVM_S2_FACT_GMEM) || !(e->facts & KVM_S2_FACT_VMA))
		return true;
	/* The memory map is known, but not the struct page */
	return (e->facts & KVM_S2_FACT_PFN) && io;
}

/* Of a page that is not there: what a VMA of its kind has */
static uint32_t assumed_facts(const struct s2_vma *vma)
{
	if (vma->dax)
		return ASSUMED_DAX;
	return vma->flags & (S2_VM_IO | S2_VM_PFNMAP) ? 0 : ASSUMED_RAM;
}

static void add_vma(const struct reading *r, const struct s2_run *run,
		    struct s2_core_extent *e, const struct s2_vma *vma)
{
	if (vma) {
		e->facts |= s2_vma_facts(vma->flags, r->core->mte_allowed);
		e->vma_type = (uint8_t)s2_prot_type(vma->prot);
		if (run->memattr == S2_MEMATTR_NONE)
			e->facts |= assumed_facts(vma);
	}
	if (r->slot->flags & KVM_MEM_GUEST_MEMFD)
		e->facts |= KVM_S2_FACT_GMEM;
	if (class_is_known(e, run))
		e->class = (uint8_t)s2_classify(e->facts, e->vma_type);
}

/* A run in a slot, VMA by VMA */
static int join_vmas(struct reading *r, const struct s2_run *run)
{
	uint64_t hva = r->slot->hva + (run->gpa - r->slot->gpa), done = 0;
	int err = 0;

	while (!err && done < run->bytes) {
		const struct s2_vma *vma = s2_vmas_find(&r->vmas, hva + done);
		uint64_t bytes = run->bytes - done, end = UINT64_MAX;
		struct s2_core_extent e;

		if (vma && vma->start > hva + done) {
			end = vma->start;
			vma = NULL;
		} else if (vma) {
			end = vma->end;
		}
		if (bytes > end - (hva + done))
			bytes = end - (hva + done);
		err = bare_extent(r, run, done, bytes, &e);
		if (!err) {
			add_vma(r, run, &e, vma);
			err = emit(r, &e);
		}
		done += bytes;
	}
	return err;
}

/* Where there is no slot, KVM itself maps the GICV; nothing else is of interest there */
static int join_bare(struct reading *r, const struct s2_run *run)
{
	struct s2_core_extent e;
	int err;

	if (!r->slot && run->memattr == S2_MEMATTR_NONE)
		return 0;
	err = bare_extent(r, run, 0, run->bytes, &e);
	if (!err && !r->slot)
		e.class = KVM_S2_CLASS_VGIC;
	return err ? err : emit(r, &e);
}

static int take_run(void *data, const struct s2_run *run)
{
	struct reading *r = data;

	return r->slot && r->vmas_known ? join_vmas(r, run) : join_bare(r, run);
}

/* Return: 0; -EBUSY: the mappings could not be read, and are not known; -ENOMEM */
static int read_vmas(struct reading *r)
{
	int err = 0;

	r->vmas_known = false;
	if (!r->slot || !r->vm->alive)
		return 0;
	err = s2_vmas_read(&r->vmas, &r->core->image, &r->core->layout,
			   r->vm->mm, r->slot->hva,
			   r->slot->hva + r->slot->bytes);
	r->vmas_known = !err;
	return err == -ENOMEM ? err : err ? -EBUSY : 0;
}

/* Walks slots and the gaps between them, in order */
static int read_extents(struct reading *r, const struct s2_slots *slots)
{
	uint64_t gpa = 0;
	int err = 0, vmas = 0;

	for (size_t i = 0; !err && i <= slots->count; i++) {
		const struct s2_slot *slot = i < slots->count ?
			&slots->slot[i] : NULL;

		r->slot = NULL;
		err = s2_walk_range(&r->walk, gpa,
				    slot ? slot->gpa : UINT64_MAX, take_run, r);
		if (err || !slot)
			break;
		r->slot = slot;
		vmas = read_vmas(r) ? : vmas;
		if (vmas == -ENOMEM)
			return vmas;
		gpa = slot->gpa + slot->bytes;
		err = s2_walk_range(&r->walk, slot->gpa, gpa, take_run, r);
	}
	if (!err)
		err = flush(r);
	return err ? err : vmas;
}

/* The page table is gone, as that of a VM whose VMM has exited: nothing is mapped */
static int read_nothing(struct reading *r, const struct s2_slots *slots)
{
	int err = 0;

	r->vmas_known = false;
	for (size_t i = 0; !err && i < slots->count; i++) {
		const struct s2_run run = {
			.gpa = slots->slot[i].gpa,
			.bytes = slots->slot[i].bytes,
			.memattr = S2_MEMATTR_NONE,
		};

		r->slot = &slots->slot[i];
		err = join_bare(r, &run);
	}
	return err ? err : flush(r);
}

int s2_core_open_walk(struct s2_core *core, uint64_t kvm, struct s2_walk *walk)
{
	const struct s2_layout *l = &core->layout;
	uint64_t pgt, root, ia_bits, start, vtcr;
	int err;

	memset(walk, 0, sizeof(*walk));
	if (core->pkvm == S2_YES && s2_layout_has(l, S2_L_PGT_PKVM))
		return -EOPNOTSUPP;
	err = s2_peek(&core->image, l, kvm, S2_L_KVM_PGT, &pgt);
	if (!err && !pgt)
		return -ENOENT;
	if (!err)
		err = s2_peek(&core->image, l, kvm, S2_L_KVM_PGD_PHYS, &root);
	if (!err)
		err = s2_peek(&core->image, l, pgt, S2_L_PGT_IA_BITS, &ia_bits);
	if (!err)
		err = s2_peek(&core->image, l, pgt, S2_L_PGT_START_LEVEL,
			      &start);
	if (!err)
		err = s2_peek(&core->image, l, kvm, S2_L_KVM_VTCR, &vtcr);
	if (err)
		return err;
	walk->image = &core->image;
	walk->layout = l;
	walk->map = &core->map;
	walk->kvm = kvm;
	walk->pgt = pgt;
	walk->live = core->image.live;
	walk->root = root;
	walk->ia_bits = (unsigned int)ia_bits;
	/* An s8: -1 for addresses of 52 bits */
	walk->start_level = start > INT8_MAX ? (int)start - 256 : (int)start;
	walk->lpa2 = vtcr >> 32 & 1;	/* VTCR_EL2.DS */
	err = s2_walk_open(walk);
	if (err)
		s2_walk_close(walk);
	return err;
}

static int read_slots(struct reading *r, struct s2_slots *slots)
{
	struct s2_image *image = &r->core->image;
	uint64_t since;
	int err, try = 0;

	do {
		since = image->reads;
		err = s2_slots_read(slots, image, &r->core->layout,
				    r->vm->kvm);
	} while (err == -EAGAIN && s2_image_again(image, since, ++try, TRIES));
	for (size_t i = 0; !err && i < slots->count; i++)
		err = r->sink->slot(r->sink->data, &slots->slot[i]);
	return err == -EAGAIN ? -EINTR : err;
}

/* Whether the slots are still those that were read at first */
static int check_slots(struct reading *r, const struct s2_slots *slots)
{
	struct s2_slots now = { .count = 0 };
	int err;

	if (!r->core->image.live)
		return 0;
	err = s2_slots_read(&now, &r->core->image, &r->core->layout,
			    r->vm->kvm);
	if (!err && (now.count != slots->count ||
		     (now.count && memcmp(now.slot, slots->slot,
					  now.count * sizeof(*now.slot)))))
		err = -EINTR;
	s2_slots_clear(&now);
	return err == -EAGAIN ? -EINTR : err;
}

int s2_core_read_vm(struct s2_core *core, const struct s2_core_vm *vm,
		    bool extents, bool phys, const struct s2_core_sink *sink)
{
	struct reading r = { .core = core, .vm = vm, .sink = sink };
	struct s2_slots slots = { .count = 0 };
	int err;

	if (!vm->known)
		return s2_core_is_listed(core, vm->kvm) ? -EBADMSG : -ESRCH;
	err = read_slots(&r, &slots);

	if (!err && extents) {
		err = s2_core_open_walk(core, vm->kvm, &r.walk);
		r.walk.phys = phys;
		if (!err)
			err = read_extents(&r, &slots);
		else if (err == -ENOENT)
			err = read_nothing(&r, &slots);
		if (!err)
			err = check_slots(&r, &slots);
		s2_walk_close(&r.walk);
	}
	s2_slots_clear(&slots);
	s2_vmas_clear(&r.vmas);
	if (err != -ENOMEM && !s2_core_is_there(core, vm))
		return -ESRCH;
	return err;
}
