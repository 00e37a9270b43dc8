// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A maple tree (lib/maple_tree.c): nodes of 256 bytes whose type and address are in the
 * pointer to them; a slot of a node holds what lies up to its pivot.
 */
#include <stdlib.h>
#include <string.h>

#include "source/core/vmas.h"

#define NODE_BYTES	256
#define NODE_TYPE(e)	((e) >> 3 & 15)
#define NODE_ADDR(e)	((e) & ~0xffull)
#define LEAF_64		1
#define RANGE_64	2
#define ARANGE_64	3
#define DEPTH_MAX	16
/* More than vm.max_map_count is by default, for one slot */
#define VMAS_MAX	262144u
/* Nodes that are looked at for one slot at most: a third of their slots is in use */
#define NODES_MAX	(VMAS_MAX / 2)
#define TRIES		20
/* linux/fs.h */
#define S_DAX		(1u << 13)

/* One reading of a tree */
struct reading {
	struct s2_image *image;
	const struct s2_layout *layout;
	uint64_t mm;
	uint64_t start;
	uint64_t last;		/* address that is wanted */
	uint32_t nodes;
	struct s2_vmas *vmas;
};

/* The root is marked as an XArray's node, those below as the tree's own */
static bool is_root(uint64_t e)
{
	return (e & 3) == 2 && e > 4096;
}

static bool is_child(uint64_t e)
{
	return (e & 7) == 4 && e > 4096;
}

/* A pointer to a structure, and not a mark of the tree's own */
static bool is_pointer(uint64_t e)
{
	return !(e & 7) && e > 4096;
}

/* As vma_is_dax() */
static int read_dax(struct reading *r, uint64_t file, struct s2_vma *vma)
{
	uint64_t inode, flags = 0;
	int err = 0;

	if (file)
		err = s2_peek(r->image, r->layout, file, S2_L_FILE_INODE,
			      &inode);
	if (file && !err)
		err = s2_peek(r->image, r->layout, inode, S2_L_INODE_FLAGS,
			      &flags);
	vma->dax = !!(flags & S_DAX);
	return err;
}

static int read_members(struct reading *r, uint64_t at, struct s2_vma *vma)
{
	const struct s2_layout *l = r->layout;
	struct s2_span span;
	int err = s2_span_read(r->image, l, at, S2_L_VMA_START, S2_L_VMA_FILE,
			       &span);

	if (err)
		return err;
	/* What was freed and is something else now is not of this process */
	if (s2_span_get(l, &span, S2_L_VMA_MM, 0) != r->mm)
		return -EBADMSG;
	vma->start = s2_span_get(l, &span, S2_L_VMA_START, 0);
	vma->end = s2_span_get(l, &span, S2_L_VMA_END, 0);
	vma->flags = s2_span_get(l, &span, S2_L_VMA_FLAGS, 0);
	vma->prot = s2_span_get(l, &span, S2_L_VMA_PROT, 0);
	return read_dax(r, s2_span_get(l, &span, S2_L_VMA_FILE, 0), vma);
}

static int add_vma(struct reading *r, uint64_t at, uint64_t min, uint64_t max)
{
	struct s2_vmas *vmas = r->vmas;
	struct s2_vma vma;
	int err = read_members(r, at, &vma);

	if (err)
		return err;
	if (vma.start != min || vma.end - 1 != max || vma.start >= vma.end)
		return -EBADMSG;
	if (vmas->count == VMAS_MAX)
		return -E2BIG;
	if (vmas->count == vmas->room) {
		size_t room = vmas->room ? vmas->room * 2 : 8;
		struct s2_vma *more = reallocarray(vmas->vma, room,
						   sizeof(*more));

		if (!more)
			return -ENOMEM;
		vmas->vma = more;
		vmas->room = room;
	}
	vmas->vma[vmas->count++] = vma;
	return 0;
}

/* Where a node of a type has its pivots and slots.  Return: number of slots, or 0 */
static size_t node_parts(const struct reading *r, unsigned int type,
			 const struct s2_member **pivot,
			 const struct s2_member **slot)
{
	bool arange = type == ARANGE_64;

	if (type != LEAF_64 && type != RANGE_64 && type != ARANGE_64)
		return 0;
	*pivot = &r->layout->m[arange ? S2_L_ARANGE_PIVOT : S2_L_RANGE_PIVOT];
	*slot = &r->layout->m[arange ? S2_L_ARANGE_SLOT : S2_L_RANGE_SLOT];
	if ((*pivot)->off + (*pivot)->bytes > NODE_BYTES ||
	    (*slot)->off + (*slot)->bytes > NODE_BYTES ||
	    (*pivot)->bytes + 8 != (*slot)->bytes)
		return 0;
	return (*slot)->bytes / 8;
}

static int read_node(struct reading *r, uint64_t node, uint64_t min,
		     uint64_t max, int depth)
{
	const struct s2_member *pivot, *slot;
	unsigned char data[NODE_BYTES];
	size_t slots = node_parts(r, NODE_TYPE(node), &pivot, &slot);
	int err;

	if (!slots || depth > DEPTH_MAX || r->nodes++ > NODES_MAX)
		return -EBADMSG;
	err = s2_image_virt(r->image, NODE_ADDR(node), data, sizeof(data));
	for (size_t i = 0; !err && i < slots && min <= r->last; i++) {
		uint64_t end = max, e;

		if (i + 1 < slots)
			memcpy(&end, data + pivot->off + i * 8, 8);
		/* 0 behind the first is no pivot: what is left is the last */
		if (i && !end)
			end = max;
		if (end < min || end > max)
			return -EBADMSG;
		memcpy(&e, data + slot->off + i * 8, 8);
		if (end < r->start || !e)
			;
		else if (NODE_TYPE(node) != LEAF_64)
			err = is_child(e) ? read_node(r, e, min, end, depth + 1) :
				-EBADMSG;
		else if (is_pointer(e))
			err = add_vma(r, e, min, end);
		else
			err = -EBADMSG;
		if (end == max)
			break;
		min = end + 1;
	}
	return err;
}

static int read_tree(struct reading *r)
{
	const struct s2_layout *l = r->layout;
	uint64_t root;
	int err;

	err = s2_image_virt(r->image, r->mm + l->m[S2_L_MM_TREE].off +
			    l->m[S2_L_TREE_ROOT].off, &root, 8);
	if (err || !root)
		return err;
	return is_root(root) ? read_node(r, root, 0, UINT64_MAX, 0) : -EBADMSG;
}

static int read_once(struct s2_vmas *vmas, struct s2_image *image,
		     const struct s2_layout *layout, uint64_t mm,
		     uint64_t start, uint64_t end)
{
	struct reading r = {
		.image = image, .layout = layout, .mm = mm,
		.start = start, .last = end - 1, .vmas = vmas,
	};

	vmas->count = 0;
	return end > start ? read_tree(&r) : -EBADMSG;
}

static bool same(const struct s2_vmas *a, const struct s2_vmas *b)
{
	return a->count == b->count &&
		(!a->count || !memcmp(a->vma, b->vma,
				      a->count * sizeof(*a->vma)));
}

/* Reads until two readings in a row agree */
static int read_twice(struct s2_vmas *vmas, struct s2_vmas *before,
		      struct s2_image *image, const struct s2_layout *layout,
		      uint64_t mm, uint64_t start, uint64_t end)
{
	uint64_t since = image->reads;
	bool seen = false;
	int err, try = 0;

	do {
		struct s2_vmas last = *vmas;

		*vmas = *before;
		*before = last;
		err = read_once(vmas, image, layout, mm, start, end);
		if (err == -ENOMEM || err == -E2BIG)
			return err;
		if (!err && seen && same(vmas, before))
			return 0;
		/* The second reading is no try of its own */
		if (!try++)
			since = image->reads;
		seen = !err;
	} while (try == 1 || s2_image_again(image, since, try - 1, TRIES));
	return err ? err : -EINTR;
}

int s2_vmas_read(struct s2_vmas *vmas, struct s2_image *image,
		 const struct s2_layout *layout, uint64_t mm, uint64_t start,
		 uint64_t end)
{
	struct s2_vmas before = { .count = 0 };
	int err;

	if (!image->live)
		return read_once(vmas, image, layout, mm, start, end);
	err = read_twice(vmas, &before, image, layout, mm, start, end);
	s2_vmas_clear(&before);
	return err;
}

void s2_vmas_clear(struct s2_vmas *vmas)
{
	free(vmas->vma);
	memset(vmas, 0, sizeof(*vmas));
}

const struct s2_vma *s2_vmas_find(const struct s2_vmas *vmas, uint64_t addr)
{
	size_t lo = 0, hi = vmas->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (vmas->vma[mid].end <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < vmas->count ? &vmas->vma[lo] : NULL;
}
