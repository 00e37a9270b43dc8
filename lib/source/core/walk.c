// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "source/core/walk.h"

#define PTE_VALID	(1ull << 0)
#define PTE_TABLE	(1ull << 1)	/* in a level above the last */
#define PTE_READ	(1ull << 6)
#define PTE_WRITE	(1ull << 7)
#define PTE_ATTRS	(PTE_VALID | PTE_TABLE | 0x3cull | PTE_READ | \
			 PTE_WRITE | 3ull << 53)

#define LAST_LEVEL	3
#define ROOTS_MAX	16	/* tables that the first level can be */
/* A part: so many tables of the last level, or entries */
#define PART_TABLES	32
#define PART_ENTRIES	32768u

/* ----------------------------------------------------------------- guards */

int s2_guard_read(struct s2_image *image, const struct s2_layout *layout,
		  uint64_t kvm, struct s2_guard *guard)
{
	int err = s2_peek(image, layout, kvm, S2_L_KVM_SEQ, &guard->seq);

	if (!err)
		err = s2_peek(image, layout, kvm, S2_L_KVM_IN_PROGRESS,
			      &guard->in_progress);
	/* memslots[]: the first is that of plain memory */
	if (!err)
		err = s2_image_virt(image, kvm +
				    layout->m[S2_L_KVM_MEMSLOTS].off,
				    &guard->slots, 8);
	if (!err)
		err = s2_peek(image, layout, guard->slots,
			      S2_L_SLOTS_GENERATION, &guard->generation);
	if (!err)
		err = s2_peek(image, layout, kvm, S2_L_KVM_PGT, &guard->pgt);
	return err;
}

bool s2_guard_holds(const struct s2_guard *before, const struct s2_guard *after)
{
	return before->seq == after->seq && !before->in_progress &&
	       !after->in_progress && before->slots == after->slots &&
	       before->generation == after->generation &&
	       before->pgt == after->pgt;
}

/* ----------------------------------------------------------------- tables */

static unsigned int ptr_bits(const struct s2_walk *walk)
{
	return walk->image->page_shift - 3;
}

static uint64_t low_mask(const struct s2_walk *walk)
{
	return (1ull << (walk->lpa2 ? 50 : 48)) -
		(1ull << walk->image->page_shift);
}

/* Address bits that stand apart from the others */
static uint64_t high_mask(const struct s2_walk *walk)
{
	if (walk->lpa2)
		return 3ull << 8;
	return walk->image->page_shift == 16 ? 15ull << 12 : 0;
}

static uint64_t entry_address(const struct s2_walk *walk, uint64_t pte)
{
	return s2_pte_address(pte, walk->image->page_shift, walk->lpa2);
}

int s2_walk_open(struct s2_walk *walk)
{
	unsigned int bits = ptr_bits(walk);
	unsigned int last = (unsigned int)(LAST_LEVEL - walk->start_level);
	unsigned int shift = walk->image->page_shift + last * bits;

	if (walk->start_level < -1 || walk->start_level > LAST_LEVEL ||
	    walk->ia_bits > 52 || walk->ia_bits <= shift ||
	    1ull << (walk->ia_bits - shift) > (uint64_t)ROOTS_MAX << bits)
		return -EBADMSG;
	/* Not cleared: of most of it nothing is ever used */
	walk->run = reallocarray(NULL, PART_ENTRIES + 1, sizeof(*walk->run));
	if (!walk->run)
		return -ENOMEM;
	for (unsigned int i = 0; i <= last; i++, shift -= bits) {
		struct s2_level *level = &walk->level[i];

		level->shift = shift;
		level->room = i ? 1u << bits : 1u << (walk->ia_bits - shift);
		level->data = reallocarray(NULL, level->room,
					   sizeof(*level->data));
		if (!level->data)
			return -ENOMEM;
	}
	return 0;
}

void s2_walk_close(struct s2_walk *walk)
{
	for (size_t i = 0; i < S2_LEVELS; i++)
		free(walk->level[i].data);
	free(walk->run);
	memset(walk, 0, sizeof(*walk));
}

static bool is_last(const struct s2_walk *walk, unsigned int n)
{
	return walk->start_level + (int)n == LAST_LEVEL;
}

static bool is_table(const struct s2_walk *walk, unsigned int n, uint64_t pte)
{
	return !is_last(walk, n) && (pte & PTE_VALID) && (pte & PTE_TABLE);
}

/* Whether the entry that points to a table still does */
static int check_parent(struct s2_walk *walk, const struct s2_level *level)
{
	uint64_t now;
	int err;

	if (!walk->live || level == walk->level)
		return 0;
	err = s2_image_phys(walk->image, level->entry_at, &now, 8);
	if (err)
		return err;
	return now == level->entry ? 0 : -EAGAIN;
}

static int read_table(struct s2_walk *walk, struct s2_level *level)
{
	int err;

	walk->tables++;
	err = s2_image_phys(walk->image, level->pa, level->data,
			    level->room * sizeof(*level->data));
	if (!err)
		err = check_parent(walk, level);
	if (!err)
		level->count = level->room;
	return err;
}

/* The table that the entry for @gpa in level @n points to becomes level @n + 1 */
static int descend(struct s2_walk *walk, unsigned int n, uint64_t gpa,
		   uint64_t pte)
{
	struct s2_level *parent = &walk->level[n], *child = parent + 1;
	uint64_t index = (gpa - parent->gpa) >> parent->shift;

	if (child->count && child->entry_at == parent->pa + index * 8 &&
	    child->entry == pte)
		return 0;
	for (unsigned int i = n + 1; i < S2_LEVELS; i++)
		walk->level[i].count = 0;
	child->pa = entry_address(walk, pte);
	child->gpa = gpa & ~((1ull << parent->shift) - 1);
	child->entry_at = parent->pa + index * 8;
	child->entry = pte;
	return read_table(walk, child);
}

/* ------------------------------------------------------------------- runs */

static uint32_t count_invalid(const uint64_t *pte, uint32_t max)
{
	uint32_t n = 1;

	while (n < max && !(pte[n] & PTE_VALID))
		n++;
	return n;
}

/* How many are like the first, each physically behind the one before? */
static uint32_t count_contiguous(const struct s2_walk *walk,
				 const uint64_t *pte, uint32_t max,
				 uint64_t step)
{
	const uint64_t mask = PTE_ATTRS | high_mask(walk) | low_mask(walk);
	uint64_t want = pte[0] & mask;
	uint32_t n = 1;

	for (; n < max; n++) {
		want += step;
		if ((pte[n] & mask) != want)
			break;
	}
	return n;
}

/* How many are like the first, wherever in the range that is known they lie? */
static uint32_t count_alike(const struct s2_walk *walk, const uint64_t *pte,
			    uint32_t max)
{
	const uint64_t low = low_mask(walk);
	const uint64_t mask = PTE_ATTRS | high_mask(walk);
	const uint64_t window = entry_address(walk, pte[0]) - (pte[0] & low);
	const uint64_t lo = walk->map->lo > window ? walk->map->lo - window : 0;
	const uint64_t span = walk->map->hi - window - lo;
	const uint64_t want = pte[0] & mask;
	uint32_t n = 1;

	while (n < max && !((pte[n] ^ want) & mask) &&
	       (pte[n] & low) - lo < span)
		n++;
	return n;
}

/* Describes the entry at @pte as a run.  Return: how many entries it takes */
static uint32_t begin_run(struct s2_walk *walk, const struct s2_level *level,
			  const uint64_t *pte, uint32_t max, struct s2_run *run)
{
	uint64_t step = 1ull << level->shift, pa, room;
	struct s2_memmap *map = walk->map;

	memset(run, 0, sizeof(*run));
	run->memattr = S2_MEMATTR_NONE;
	if (!(*pte & PTE_VALID))
		return count_invalid(pte, max);
	pa = entry_address(walk, *pte) & ~(step - 1);
	if (pa - map->lo >= map->hi - map->lo)
		s2_memmap_look(map, pa);
	run->hpa = pa;
	run->facts = map->facts;
	run->facts_known = map->facts_known;
	run->memattr = *pte >> 2 & 15;
	/* XN is two bits: only 0b10 lets neither EL1 nor EL0 execute */
	run->perm = (*pte & PTE_READ ? KVM_S2_PERM_R : 0) |
		(*pte & PTE_WRITE ? KVM_S2_PERM_W : 0) |
		((*pte >> 53 & 3) != 2 ? KVM_S2_PERM_X : 0);
	/* What is known to be no RAM may be a device's, which its address tells */
	if (!walk->phys && (!map->known || (run->facts & KVM_S2_FACT_MAP_MEMORY)))
		return count_alike(walk, pte, max);
	room = (map->hi - pa - 1) / step + 1;
	return count_contiguous(walk, pte, room < max ? (uint32_t)room : max,
				step);
}

/* Whether a dump can have so many more entries */
static bool spend_leaves(struct s2_walk *walk, uint32_t count)
{
	walk->too_many = count > walk->image->leaves;
	if (!walk->too_many && !walk->live)
		walk->image->leaves -= count;
	return !walk->too_many;
}

/* The entries of one table from @gpa on, up to one that points to another */
static uint64_t scan_leaves(struct s2_walk *walk, unsigned int n, uint64_t gpa,
			    uint64_t end)
{
	const struct s2_level *level = &walk->level[n];
	uint32_t index = (uint32_t)((gpa - level->gpa) >> level->shift);
	uint64_t step = 1ull << level->shift;

	while (index < level->count && gpa < end &&
	       walk->entries < PART_ENTRIES) {
		struct s2_run *run = &walk->run[walk->runs];
		uint64_t offset = gpa & (step - 1);
		uint64_t max = ((end - gpa + offset - 1) >> level->shift) + 1;
		uint32_t count;

		if (is_table(walk, n, level->data[index]))
			break;
		if (max > level->count - index)
			max = level->count - index;
		if (max > PART_ENTRIES - walk->entries)
			max = PART_ENTRIES - walk->entries;
		count = begin_run(walk, level, level->data + index,
				  (uint32_t)max, run);
		if (run->memattr != S2_MEMATTR_NONE &&
		    !spend_leaves(walk, count))
			break;
		walk->runs++;
		walk->entries += count;
		run->gpa = gpa;
		run->hpa += offset;
		run->bytes = count * step - offset;
		if (run->bytes > end - gpa)
			run->bytes = end - gpa;
		gpa += run->bytes;
		index += count;
	}
	return gpa;
}

/* Reads from @*gpa on until the part is full */
static int scan_part(struct s2_walk *walk, uint64_t *gpa, uint64_t end)
{
	walk->runs = walk->tables = walk->entries = 0;
	for (size_t i = 0; i < S2_LEVELS; i++)
		walk->level[i].count = 0;
	walk->level[0].pa = walk->root;
	walk->level[0].gpa = 0;
	while (*gpa < end && walk->tables < PART_TABLES &&
	       walk->entries < PART_ENTRIES) {
		unsigned int n = 0;
		int err = walk->level[0].count ? 0 :
			read_table(walk, &walk->level[0]);

		while (!err) {
			const struct s2_level *level = &walk->level[n];
			uint64_t index = (*gpa - level->gpa) >> level->shift;
			uint64_t pte = level->data[index];

			if (!is_table(walk, n, pte))
				break;
			err = descend(walk, n++, *gpa, pte);
		}
		if (err)
			return err;
		*gpa = scan_leaves(walk, n, *gpa, end);
		if (walk->too_many)
			return -ELOOP;
	}
	return 0;
}

/* Whether the tables that are at hand are still where they were */
static int check_path(struct s2_walk *walk)
{
	int err = 0;

	for (size_t i = 1; !err && i < S2_LEVELS; i++) {
		if (walk->level[i].count)
			err = check_parent(walk, &walk->level[i]);
	}
	return err;
}

/*
 * Reads a part once.  Return: 0; -EAGAIN: it changed; else why it cannot be read,
 * which a change may well be the reason for.
 */
static int try_part(struct s2_walk *walk, uint64_t *gpa, uint64_t end)
{
	struct s2_guard before, after;
	int err, changed;

	if (!walk->live)
		return scan_part(walk, gpa, end);
	err = s2_guard_read(walk->image, walk->layout, walk->kvm, &before);
	if (err)
		return err;
	/* A table that was given back holds anything, and does not change meanwhile */
	if (before.pgt != walk->pgt)
		return -EINTR;
	err = scan_part(walk, gpa, end);
	/* A table that was given back points anywhere: that is a change and no damage */
	if (check_path(walk))
		err = -EAGAIN;
	changed = s2_guard_read(walk->image, walk->layout, walk->kvm, &after);
	if (changed)
		return changed;
	return s2_guard_holds(&before, &after) ? err : -EAGAIN;
}

static int read_part(struct s2_walk *walk, uint64_t *gpa, uint64_t end)
{
	const uint64_t from = *gpa;
	uint64_t since;
	int err, try = 0;

	do {
		since = walk->image->reads;
		*gpa = from;
		s2_memmap_forget(walk->map);
		err = try_part(walk, gpa, end);
	} while (err == -EAGAIN &&
		 s2_image_again(walk->image, since, ++try, S2_WALK_TRIES));
	return err == -EAGAIN ? -EINTR : err;
}

int s2_walk_range(struct s2_walk *walk, uint64_t gpa, uint64_t end,
		  s2_run_fn fn, void *data)
{
	uint64_t limit = 1ull << walk->ia_bits;
	int err = 0;

	if (end > limit)
		end = limit;
	while (!err && gpa < end) {
		err = read_part(walk, &gpa, end);
		for (size_t i = 0; !err && i < walk->runs; i++)
			err = fn(data, &walk->run[i]);
	}
	return err;
}
