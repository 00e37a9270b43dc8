// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Mappings of host memory with different types.  In order of address, each
 * mapping is compared with those of another type that have not ended: as much
 * work as sorting, whatever overlaps.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "audit/alias.h"
#include "base/hash.h"
#include "base/order.h"
#include "base/sorter.h"
#include "model/extent.h"

/* Mappings of one type that are compared with; those that last longest */
#define ACTIVE_MAX	16
/* Pairs that are kept; a power of two */
#define PAIRS_MAX	4096
#define BUCKETS		(2 * PAIRS_MAX)

#define TYPES		3
#define NO_SLOT		UINT32_MAX

/* What is sorted; @vm is a number in the table of VMs */
struct record {
	uint64_t hpa;
	uint64_t bytes;
	uint64_t gpa;
	uint64_t slot_gpa;
	uint32_t vm;
	uint32_t slot;
	uint8_t type;
	uint8_t mem_class;
	uint8_t io;
};

struct identity {
	struct s2_who who;
	char *name;
	char *uuid;
};

/* Two slots, while their memory is added up */
struct sum {
	struct record a;
	struct record b;
	uint64_t hpa;
	uint64_t bytes;
	uint64_t count;
};

/* @lost: where the last of those ends for which there was no room */
struct active {
	struct record record[ACTIVE_MAX];
	size_t count;
	uint64_t lost;
};

struct s2_alias {
	struct s2_ctx *ctx;
	struct s2_sorter *sorter;
	struct identity *vm;
	size_t vms;
	size_t room;
	struct active active[TYPES];
	struct sum *sum;
	size_t sums;
	uint16_t *bucket;	/* number of a sum + 1, or 0 */
	bool more;
};

static int cmp_record(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	int cmp = s2_order(x->hpa, y->hpa);

	if (!cmp)
		cmp = s2_order(x->vm, y->vm);
	if (!cmp)
		cmp = s2_order(x->slot, y->slot);
	return cmp ? cmp : s2_order(x->gpa, y->gpa);
}

int s2_alias_new(struct s2_ctx *ctx, struct s2_alias **alias)
{
	struct s2_alias *new = calloc(1, sizeof(*new));
	int err;

	*alias = new;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	err = s2_sorter_new(ctx, sizeof(struct record), cmp_record,
			    &new->sorter);
	if (err) {
		s2_alias_free(new);
		*alias = NULL;
	}
	return err;
}

void s2_alias_free(struct s2_alias *alias)
{
	if (!alias)
		return;
	s2_sorter_free(alias->sorter);
	for (size_t i = 0; i < alias->vms; i++) {
		free(alias->vm[i].name);
		free(alias->vm[i].uuid);
	}
	free(alias->vm);
	free(alias->sum);
	free(alias->bucket);
	s2_ctx_unref(alias->ctx);
	free(alias);
}

/* ------------------------------------------------------------- collecting */

static int add_identity(struct s2_alias *alias, const struct s2_obj *vm)
{
	const char *name = s2_obj_str(vm, S2_VM_NAME);
	const char *uuid = s2_obj_str(vm, S2_VM_UUID);
	struct identity *new;

	if (alias->vms == alias->room) {
		size_t room = alias->room ? alias->room * 2 : 16;

		new = reallocarray(alias->vm, room, sizeof(*new));
		if (!new)
			return s2_fail_nomem(alias->ctx);
		alias->vm = new;
		alias->room = room;
	}
	new = &alias->vm[alias->vms++];
	s2_who_of(&new->who, vm);
	new->name = name ? strdup(name) : NULL;
	new->uuid = uuid ? strdup(uuid) : NULL;
	if ((name && !new->name) || (uuid && !new->uuid))
		return s2_fail_nomem(alias->ctx);
	return 0;
}

static uint64_t slot_start(const struct s2_by_num *slots,
			   const struct s2_obj *extent)
{
	uint64_t gpa = s2_obj_num(extent, S2_EXTENT_GPA, 0);
	const struct s2_obj *slot = NULL;

	if (s2_obj_has(extent, S2_EXTENT_SLOT))
		slot = s2_by_num_first(slots, s2_obj_num(extent,
							 S2_EXTENT_SLOT, 0));
	return slot ? s2_obj_num(slot, S2_SLOT_GPA, 0) : gpa;
}

/* Whether it is mapped; @unknown: it may be, but not where or how */
static bool to_record(const struct s2_obj *extent, struct record *record,
		      bool *unknown)
{
	uint64_t type = s2_obj_num(extent, S2_EXTENT_MAPPED, 0);

	if (type == KVM_S2_TYPE_UNMAPPED ||
	    s2_obj_num(extent, S2_EXTENT_CLASS, 0) == KVM_S2_CLASS_VGIC)
		return false;
	if (type < KVM_S2_TYPE_WB || type > KVM_S2_TYPE_DEVICE ||
	    !s2_obj_has(extent, S2_EXTENT_HPA)) {
		*unknown = true;
		return false;
	}
	record->type = (uint8_t)(type - KVM_S2_TYPE_WB);
	record->mem_class = (uint8_t)s2_obj_num(extent, S2_EXTENT_CLASS, 0);
	record->io = s2_extent_may_be_bar(extent);
	record->hpa = s2_obj_num(extent, S2_EXTENT_HPA, 0);
	record->bytes = s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	record->gpa = s2_obj_num(extent, S2_EXTENT_GPA, 0);
	record->slot = (uint32_t)s2_obj_num(extent, S2_EXTENT_SLOT, NO_SLOT);
	/* Only a hostile snapshot says so */
	if (record->bytes > UINT64_MAX - record->hpa)
		record->bytes = UINT64_MAX - record->hpa;
	return record->bytes;
}

int s2_alias_add(struct s2_alias *alias, const struct s2_obj *vm,
		 const struct s2_by_num *slots, bool *unknown)
{
	const struct s2_obj *extent;
	int err = add_identity(alias, vm);

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT) {
		struct record record = { .vm = (uint32_t)(alias->vms - 1) };

		if (err || !to_record(extent, &record, unknown))
			continue;
		record.slot_gpa = slot_start(slots, extent);
		err = s2_sorter_add(alias->sorter, &record);
	}
	return err;
}

/* -------------------------------------------------------------- comparing */

static bool same_slot(const struct record *x, const struct record *y)
{
	return x->vm == y->vm && x->slot == y->slot;
}

static size_t hash(const struct record *a, const struct record *b)
{
	const uint32_t pair[] = { a->vm, a->slot, b->vm, b->slot };

	return s2_hash(pair, sizeof(pair)) & (BUCKETS - 1);
}

static struct sum *find_sum(struct s2_alias *alias, const struct record *a,
			    const struct record *b)
{
	size_t n = hash(a, b);
	struct sum *sum;

	for (; alias->bucket[n]; n = (n + 1) & (BUCKETS - 1)) {
		sum = &alias->sum[alias->bucket[n] - 1];
		if (same_slot(&sum->a, a) && same_slot(&sum->b, b))
			return sum;
	}
	if (alias->sums == PAIRS_MAX) {
		alias->more = true;
		return NULL;
	}
	sum = &alias->sum[alias->sums++];
	alias->bucket[n] = (uint16_t)alias->sums;
	memset(sum, 0, sizeof(*sum));
	sum->a = *a;
	sum->b = *b;
	return sum;
}

static uint64_t end_of(const struct record *record)
{
	return record->hpa + record->bytes;
}

/* Where the overlap begins in the VM */
static struct record at(const struct record *record, uint64_t hpa)
{
	struct record moved = *record;

	moved.gpa += hpa - record->hpa;
	return moved;
}

static void note(struct s2_alias *alias, const struct record *x,
		 const struct record *y)
{
	uint64_t end = end_of(x) < end_of(y) ? end_of(x) : end_of(y);
	struct record a = at(x, y->hpa), b = *y;
	struct sum *sum;

	/* The order of the two is that of the VMs, and then of the slots */
	if (x->vm > y->vm || (x->vm == y->vm && x->slot > y->slot)) {
		a = *y;
		b = at(x, y->hpa);
	}
	sum = find_sum(alias, &a, &b);
	if (!sum)
		return;
	if (!sum->count++)
		sum->hpa = y->hpa;
	sum->bytes += end - y->hpa;
	/* wb on one side is the worse case: let the pair show that */
	if (sum->a.type && sum->b.type && (!a.type || !b.type)) {
		sum->a = a;
		sum->b = b;
		sum->hpa = y->hpa;
	}
}

static void expire(struct active *active, uint64_t hpa)
{
	size_t kept = 0;

	for (size_t i = 0; i < active->count; i++) {
		const struct record *r = &active->record[i];

		if (end_of(r) > hpa)
			active->record[kept++] = *r;
	}
	active->count = kept;
}

/*
 * In place of the one that ends first, where there is no room.  What overlaps
 * that one overlaps all that stay, so that no type is missed.
 */
static void activate(struct active *active, const struct record *record)
{
	struct record *first = &active->record[0];
	const struct record *lost = record;
	struct record old;

	if (active->count < ACTIVE_MAX) {
		active->record[active->count++] = *record;
		return;
	}
	for (size_t i = 1; i < ACTIVE_MAX; i++)
		if (end_of(&active->record[i]) < end_of(first))
			first = &active->record[i];
	if (end_of(first) < end_of(record)) {
		old = *first;
		lost = &old;
		*first = *record;
	}
	if (active->lost < end_of(lost))
		active->lost = end_of(lost);
}

static int compare(void *data, const void *next)
{
	const struct record *record = next;
	struct s2_alias *alias = data;

	for (size_t type = 0; type < TYPES; type++) {
		struct active *active = &alias->active[type];

		expire(active, record->hpa);
		alias->more |= type != record->type &&
			record->hpa < active->lost;
		for (size_t i = 0; type != record->type && i < active->count;
		     i++)
			if (!same_slot(&active->record[i], record))
				note(alias, &active->record[i], record);
	}
	activate(&alias->active[record->type], record);
	return 0;
}

/* ---------------------------------------------------------------- telling */

static void to_mapping(const struct s2_alias *alias, const struct record *r,
		       struct s2_mapping *mapping)
{
	const struct identity *vm = &alias->vm[r->vm];

	*mapping = (struct s2_mapping){
		.who = vm->who, .name = vm->name, .uuid = vm->uuid,
		.has_slot = r->slot != NO_SLOT, .io = r->io,
		.type = KVM_S2_TYPE_WB + r->type, .mem_class = r->mem_class,
		.slot = r->slot, .gpa = r->gpa, .slot_gpa = r->slot_gpa,
	};
}

int s2_alias_pairs(struct s2_alias *alias,
		   int (*fn)(void *data, const struct s2_pair *pair),
		   void *data, bool *more)
{
	int err;

	alias->sum = calloc(PAIRS_MAX, sizeof(*alias->sum));
	alias->bucket = calloc((size_t)BUCKETS, sizeof(*alias->bucket));
	if (!alias->sum || !alias->bucket)
		return s2_fail_nomem(alias->ctx);
	err = s2_sorter_each(alias->sorter, compare, alias);
	for (size_t i = 0; !err && i < alias->sums; i++) {
		const struct sum *sum = &alias->sum[i];
		struct s2_pair pair = {
			.hpa = sum->hpa, .bytes = sum->bytes,
			.count = sum->count,
		};

		to_mapping(alias, &sum->a, &pair.a);
		to_mapping(alias, &sum->b, &pair.b);
		err = fn(data, &pair);
	}
	*more = alias->more;
	return err;
}
