// SPDX-License-Identifier: LGPL-2.1-or-later
/* Slots and extents of a VM, from the records of its reader */
#include <linux/kvm_s2_types.h>
#include <string.h>

#include "model/extent.h"
#include "model/program.h"
#include "source/core/take.h"

/**
 * struct target - where records go
 * @slots, @extents: the VM's; @extents is NULL where they are not asked for
 * @slot: number in @slots of the one that extents come for
 * @begun: whether it has had one
 * @scratch: room for one extent
 */
struct target {
	struct s2_model *model;
	unsigned int flags;
	const struct s2_bars *bars;
	struct s2_list *slots;
	struct s2_list *extents;
	struct s2_list scratch;
	size_t slot;
	bool begun;
};

static int take_slot(struct target *t, const struct s2_slot *from)
{
	static const unsigned int sums[] = {
		S2_SLOT_WB_BYTES, S2_SLOT_NC_BYTES, S2_SLOT_DEVICE_BYTES,
		S2_SLOT_EXEC_BYTES,
	};
	struct s2_obj *slot = s2_list_add(t->slots);

	if (!slot)
		return s2_fail_nomem(t->model->ctx);
	s2_obj_set_num(slot, S2_SLOT_SLOT, from->id);
	s2_obj_set_num(slot, S2_SLOT_GPA, from->gpa);
	s2_obj_set_num(slot, S2_SLOT_BYTES, from->bytes);
	s2_obj_set_num(slot, S2_SLOT_HVA, from->hva);
	s2_obj_set_num(slot, S2_SLOT_FLAGS, from->flags);
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		s2_obj_set_num(slot, sums[i], 0);
	return 0;
}

/* ---------------------------------------------------------------- summing up */

static void add_bytes(struct s2_obj *slot, unsigned int id, uint64_t bytes)
{
	s2_obj_set_num(slot, id, s2_obj_num(slot, id, 0) + bytes);
}

/* What is not known of a part is not known of the whole */
static void unite(struct s2_obj *slot, unsigned int id, bool first, bool known,
		  uint64_t value, uint64_t mixed)
{
	if (!known || (!first && !s2_obj_has(slot, id)))
		s2_obj_forget(slot, id);
	else if (first)
		s2_obj_set_num(slot, id, value);
	else if (s2_obj_num(slot, id, 0) != value)
		s2_obj_set_num(slot, id, mixed);
}

/* What is not mapped does not make the rest mixed */
static uint64_t both_types(uint64_t a, uint64_t b)
{
	if (a == b || b == KVM_S2_TYPE_UNMAPPED)
		return a;
	return a == KVM_S2_TYPE_UNMAPPED ? b : KVM_S2_TYPE_MIXED;
}

static void sum_up(struct s2_obj *slot, const struct s2_core_extent *e,
		   bool first)
{
	uint64_t facts = s2_obj_num(slot, S2_SLOT_FACTS, 0);

	if (e->mapped == KVM_S2_TYPE_WB)
		add_bytes(slot, S2_SLOT_WB_BYTES, e->bytes);
	else if (e->mapped == KVM_S2_TYPE_NC)
		add_bytes(slot, S2_SLOT_NC_BYTES, e->bytes);
	else if (e->mapped == KVM_S2_TYPE_DEVICE)
		add_bytes(slot, S2_SLOT_DEVICE_BYTES, e->bytes);
	if (e->perm & KVM_S2_PERM_X)
		add_bytes(slot, S2_SLOT_EXEC_BYTES, e->bytes);
	s2_obj_set_num(slot, S2_SLOT_PERM,
		       s2_obj_num(slot, S2_SLOT_PERM, 0) | e->perm);
	s2_obj_set_num(slot, S2_SLOT_MAPPED, first ? e->mapped :
		       both_types(s2_obj_num(slot, S2_SLOT_MAPPED, 0),
				  e->mapped));
	unite(slot, S2_SLOT_CLASS, first, e->class, e->class,
	      KVM_S2_CLASS_MIXED);
	unite(slot, S2_SLOT_VMA_TYPE, first, e->vma_type, e->vma_type,
	      KVM_S2_TYPE_MIXED);
	unite(slot, S2_SLOT_FACTS, first, e->facts_known, facts | e->facts,
	      facts | e->facts);
}

/* The slot of an extent: both come in order of address.  NULL: none of the VM's */
static struct s2_obj *slot_of(struct target *t, const struct s2_core_extent *e)
{
	for (; t->slot < t->slots->count; t->slot++, t->begun = false) {
		struct s2_obj *slot = s2_list_at(t->slots, t->slot);

		if (s2_obj_num(slot, S2_SLOT_SLOT, 0) == e->slot)
			return slot;
	}
	return NULL;
}

/* ------------------------------------------------------------------- extents */

static void fill_extent(struct s2_obj *obj, const struct s2_core_extent *e)
{
	if (e->slot != S2_NO_SLOT)
		s2_obj_set_num(obj, S2_EXTENT_SLOT, e->slot);
	s2_obj_set_num(obj, S2_EXTENT_GPA, e->gpa);
	s2_obj_set_num(obj, S2_EXTENT_BYTES, e->bytes);
	if (e->hpa != S2_NO_PHYS)
		s2_obj_set_num(obj, S2_EXTENT_HPA, e->hpa);
	if (e->class)
		s2_obj_set_num(obj, S2_EXTENT_CLASS, e->class);
	if (e->facts_known)
		s2_obj_set_num(obj, S2_EXTENT_FACTS, e->facts);
	if (e->vma_type)
		s2_obj_set_num(obj, S2_EXTENT_VMA_TYPE, e->vma_type);
	s2_obj_set_num(obj, S2_EXTENT_MAPPED, e->mapped);
	s2_obj_set_num(obj, S2_EXTENT_PERM, e->perm);
	if (e->memattr != S2_MEMATTR_NONE)
		s2_obj_set_num(obj, S2_EXTENT_MEMATTR, e->memattr);
}

static int keep_extent(struct target *t, const struct s2_core_extent *e)
{
	struct s2_obj *obj, *copy;
	bool device;
	int err = 0;

	obj = s2_list_add(&t->scratch);
	if (!obj)
		return s2_fail_nomem(t->model->ctx);
	fill_extent(obj, e);
	device = (t->flags & S2_LOAD_DEVICES) && s2_extent_may_be_bar(obj) &&
		s2_obj_has(obj, S2_EXTENT_HPA);
	if (device && t->bars) {
		err = s2_bars_add_extent(t->bars, t->model, t->extents, obj);
	} else {
		/* Of memory that is no device's only where that is asked for */
		if (!device && !(t->flags & S2_LOAD_PHYS))
			s2_obj_forget(obj, S2_EXTENT_HPA);
		copy = s2_list_add(t->extents);
		if (copy)
			s2_obj_copy_all(copy, obj);
		else
			err = -ENOMEM;
		s2_extent_merge_last(t->extents);
	}
	s2_list_drop(&t->scratch);
	return err ? s2_fail_nomem(t->model->ctx) : 0;
}

static bool is_sane(const struct s2_core_extent *e)
{
	return e->bytes && e->gpa + e->bytes > e->gpa &&
	       e->class <= KVM_S2_CLASS_MIXED &&
	       e->vma_type <= KVM_S2_TYPE_MIXED &&
	       e->mapped && e->mapped < KVM_S2_TYPE_MIXED && e->perm < 8 &&
	       (e->memattr < 16 || e->memattr == S2_MEMATTR_NONE);
}

static int take_extent(struct target *t, const struct s2_core_extent *e)
{
	struct s2_obj *slot = NULL;

	if (!is_sane(e))
		return -EBADMSG;
	if (e->slot != S2_NO_SLOT) {
		slot = slot_of(t, e);
		if (!slot)
			return -EBADMSG;
		sum_up(slot, e, !t->begun);
		t->begun = true;
	}
	return t->extents ? keep_extent(t, e) : 0;
}

static int take_record(void *data, const struct s2_wire_head *head,
		       const void *record)
{
	struct target *t = data;

	if (head->kind == S2_WIRE_SLOT &&
	    head->bytes == sizeof(struct s2_slot))
		return take_slot(t, record);
	if (head->kind == S2_WIRE_EXTENT &&
	    head->bytes == sizeof(struct s2_core_extent))
		return take_extent(t, record);
	return -EBADMSG;
}

/* ------------------------------------------------------------------ problems */

static const struct {
	int err;
	enum s2_problem code;
	const char *text;
} problems[] = {
	{ -ESRCH, S2_PROBLEM_VM_GONE, "it has ended while it was read" },
	{ -EINTR, S2_PROBLEM_INTERRUPTED,
	  "its memory changed each time that it was read" },
	{ -EBUSY, S2_PROBLEM_INTERRUPTED,
	  "what its VMM has mapped changed each time that it was read" },
	{ -EOPNOTSUPP, S2_PROBLEM_PKVM,
	  "protected KVM has its page table where the host cannot read it" },
	{ -ELOOP, S2_PROBLEM_MALFORMED,
	  "its page table or its slots lead round in a circle" },
	{ -EBADMSG, S2_PROBLEM_MALFORMED,
	  "its page table or its slots hold what KVM never writes" },
};

static int note_problem(struct s2_model *model, const struct s2_obj *vm, int err)
{
	char title[S2_VM_TITLE_MAX];

	if (err == -ENOMEM)
		return s2_fail_nomem(model->ctx);
	s2_vm_title(vm, title, sizeof(title));
	for (size_t i = 0; i < sizeof(problems) / sizeof(*problems); i++) {
		if (problems[i].err == err)
			return s2_model_problem(model, problems[i].code, vm,
						"%s: %s", title,
						problems[i].text);
	}
	return s2_model_problem(model, S2_PROBLEM_MALFORMED, vm,
				"%s: its page table or its slots cannot be read: %s",
				title, strerror(-err));
}

/* Half a page table is no answer: what was summed up of it is not known */
static void forget_sums(struct target *t)
{
	static const unsigned int ids[] = {
		S2_SLOT_CLASS, S2_SLOT_FACTS, S2_SLOT_VMA_TYPE, S2_SLOT_MAPPED,
		S2_SLOT_PERM, S2_SLOT_WB_BYTES, S2_SLOT_NC_BYTES,
		S2_SLOT_DEVICE_BYTES, S2_SLOT_EXEC_BYTES,
	};

	for (size_t i = 0; i < t->slots->count; i++) {
		for (size_t n = 0; n < sizeof(ids) / sizeof(*ids); n++)
			s2_obj_forget(s2_list_at(t->slots, i), ids[n]);
	}
}

/* What is kept of an answer that ended with @err */
static void settle(struct target *t, struct s2_obj *vm, int err)
{
	bool slots = err != -ESRCH && (t->slots->count || !err);
	bool extents = !err || err == -EBUSY;

	if (!extents)
		forget_sums(t);
	if (!slots)
		s2_list_clear(t->slots);
	if (t->extents && !extents)
		s2_list_clear(t->extents);
	s2_obj_set_kids_known(vm, S2_OBJ_SLOT, slots);
	if (slots)
		s2_obj_set_num(vm, S2_VM_SLOT_COUNT, t->slots->count);
	if (t->extents)
		s2_obj_set_kids_known(vm, S2_OBJ_EXTENT, extents);
}

int s2_core_take_vm(struct s2_peer *peer, struct s2_model *model,
		    struct s2_obj *vm, unsigned int flags,
		    const struct s2_bars *bars)
{
	const struct s2_wire_request req = {
		.op = S2_WIRE_READ, .vm = vm->tag, .extents = true,
		.phys = !!(flags & S2_LOAD_PHYS),
	};
	struct target t = {
		.model = model, .flags = flags, .bars = bars,
		.slots = s2_obj_kids(vm, S2_OBJ_SLOT),
	};
	struct s2_wire_end end = { .err = 0 };
	int err;

	if (t.slots && (flags & S2_LOAD_EXTENTS))
		t.extents = s2_obj_kids(vm, S2_OBJ_EXTENT);
	if (!t.slots || (!t.extents && (flags & S2_LOAD_EXTENTS)))
		return s2_fail_nomem(model->ctx);
	s2_list_init(&t.scratch, S2_OBJ_EXTENT);
	err = s2_peer_ask(peer, model->ctx, &req, take_record, &t, &end);
	s2_list_clear(&t.scratch);
	if (err)
		return err;
	settle(&t, vm, end.err);
	return end.err ? note_problem(model, vm, end.err) : 0;
}
