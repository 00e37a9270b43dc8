// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Slots hang in two red-black trees by turns, of which one is in use (linux/kvm_host.h,
 * struct kvm_memslots).
 */
#include <stdlib.h>
#include <string.h>

#include "source/core/slots.h"
#include "source/core/walk.h"

/* A red-black tree of 32,767 is at most 32 deep */
#define DEPTH_MAX	40

/* struct rb_node: parent and colour, right, left */
#define RB_RIGHT	8
#define RB_LEFT		16

struct reading {
	struct s2_image *image;
	const struct s2_layout *layout;
	uint32_t node_off;	/* of the nodes of the set in use, in gfn_node[] */
	uint64_t limit;		/* of guest-physical addresses, in pages */
	struct s2_slots *slots;
};

static int read_members(struct reading *r, const struct s2_span *span,
			struct s2_slot *slot)
{
	const struct s2_layout *l = r->layout;
	uint64_t gfn = s2_span_get(l, span, S2_L_SLOT_GFN, 0);
	uint64_t npages = s2_span_get(l, span, S2_L_SLOT_NPAGES, 0);
	uint64_t id = s2_span_get(l, span, S2_L_SLOT_ID, 0) & 0xffff;
	uint64_t hva = s2_span_get(l, span, S2_L_SLOT_HVA, 0);

	if (!npages || gfn >= r->limit || npages > r->limit - gfn ||
	    id > S2_SLOTS_MAX ||
	    hva + (npages << r->image->page_shift) < hva)
		return -EBADMSG;
	*slot = (struct s2_slot){
		.id = (uint32_t)id,
		.flags = (uint32_t)s2_span_get(l, span, S2_L_SLOT_FLAGS, 0),
		.gpa = gfn << r->image->page_shift,
		.bytes = npages << r->image->page_shift, .hva = hva,
	};
	return 0;
}

static int add_slot(struct reading *r, const struct s2_span *span)
{
	struct s2_slots *slots = r->slots;
	struct s2_slot slot;
	int err = read_members(r, span, &slot);

	if (err)
		return err;
	if (slots->count) {
		const struct s2_slot *last = &slots->slot[slots->count - 1];

		if (last->gpa + last->bytes > slot.gpa)
			return -EBADMSG;
	}
	if (slots->count == S2_SLOTS_MAX + 1)
		return -EBADMSG;
	if (slots->count == slots->room) {
		size_t room = slots->room ? slots->room * 2 : 16;
		struct s2_slot *more = reallocarray(slots->slot, room,
						    sizeof(*more));

		if (!more)
			return -ENOMEM;
		slots->slot = more;
		slots->room = room;
	}
	slots->slot[slots->count++] = slot;
	return 0;
}

/* In order of address; each slot must lie behind the one before, so no loop goes on */
static int read_node(struct reading *r, uint64_t node, int depth)
{
	const struct s2_layout *l = r->layout;
	struct s2_span span;
	int err;

	if (!node)
		return 0;
	if (depth > DEPTH_MAX)
		return -EBADMSG;
	err = s2_span_read(r->image, l, node - r->node_off -
			   l->m[S2_L_SLOT_NODE].off, S2_L_SLOT_NODE,
			   S2_L_SLOT_ID, &span);
	if (!err)
		err = read_node(r, s2_span_get(l, &span, S2_L_SLOT_NODE,
					       r->node_off + RB_LEFT), depth + 1);
	if (!err)
		err = add_slot(r, &span);
	if (!err)
		err = read_node(r, s2_span_get(l, &span, S2_L_SLOT_NODE,
					       r->node_off + RB_RIGHT),
				depth + 1);
	return err;
}

static int read_active(struct reading *r, uint64_t slots)
{
	const struct s2_layout *l = r->layout;
	uint64_t index, root;
	int err = s2_peek(r->image, l, slots, S2_L_SLOTS_INDEX, &index);

	if (!err)
		err = s2_image_virt(r->image, slots +
				    l->m[S2_L_SLOTS_TREE].off, &root, 8);
	if (err)
		return err;
	r->node_off = (uint32_t)(index & 1) * l->memslot_node;
	r->slots->count = 0;
	return read_node(r, root, 0);
}

int s2_slots_read(struct s2_slots *slots, struct s2_image *image,
		  const struct s2_layout *layout, uint64_t kvm)
{
	struct reading r = {
		.image = image, .layout = layout, .slots = slots,
		.limit = 1ull << (52 - image->page_shift),
	};
	struct s2_guard before, after;
	int err = s2_guard_read(image, layout, kvm, &before);

	if (err)
		return err;
	err = read_active(&r, before.slots);
	if (!image->live || err == -ENOMEM)
		return err;
	if (s2_guard_read(image, layout, kvm, &after) ||
	    before.slots != after.slots ||
	    before.generation != after.generation)
		return -EAGAIN;
	/* A slot that is going has no memory that could be told of */
	for (size_t i = 0; !err && i < slots->count; i++) {
		if (slots->slot[i].flags & S2_SLOT_INVALID)
			err = -EAGAIN;
	}
	return err;
}

void s2_slots_clear(struct s2_slots *slots)
{
	free(slots->slot);
	memset(slots, 0, sizeof(*slots));
}
