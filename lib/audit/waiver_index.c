// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A waiver names a rule and may name a VM and a slot: waivers that name the same
 * are a group, and a finding belongs to one group of each shape.  In a group,
 * those with a range are in order of address with the ends of their ranges in a
 * tree, so that those which cover a finding are found without looking at others.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/waiver_index.h"

/* What a waiver names beside the rule */
enum shape {
	HAS_UUID = 1,
	HAS_NAME = 2,
	HAS_SLOT = 4,
	SHAPES = 8
};

#define UUID_LEN	36

/**
 * struct group - waivers that name the same
 * @best: of those without a range, the one that holds longest
 * @plain: how many findings those are for
 * @ranged: those with a range, in order of its beginning
 * @count: how many
 * @tree: the largest last address of @ranged, of halves, quarters and so on:
 *	node 1 is all, 2 n and 2 n + 1 are the halves of n
 */
struct group {
	struct s2_waiver *best;
	size_t plain;
	struct s2_waiver **ranged;
	size_t count;
	uint64_t *tree;
};

/**
 * struct s2_waiver_index - the groups
 * @waivers: the waivers
 * @matched: for each waiver with a range, for how many findings it was
 * @of: for each waiver its group
 * @shapes: mask of 1 << enum shape: those that any waiver has
 * @names: rules, UUIDs and names, so that equal ones have one address
 * @keys: what each group names, and beside it the group's number from 1
 */
struct s2_waiver_index {
	const struct s2_waivers *waivers;
	size_t *matched;
	size_t *of;
	struct group *group;
	size_t groups;
	unsigned int shapes;
	struct s2_pool names;
	struct s2_pool keys;
};

/* What a group names: pointers into @names, NULL for what it does not name */
struct named {
	const char *rule;
	const char *uuid;
	const char *name;
	bool has_slot;
	uint64_t slot;
};

#define KEY_MAX		96

static void write_key(const struct named *what, char key[KEY_MAX])
{
	snprintf(key, KEY_MAX, "%p %p %p %d %" PRIx64, (const void *)what->rule,
		 (const void *)what->uuid, (const void *)what->name,
		 what->has_slot, what->has_slot ? what->slot : 0);
}

/* Upper and lower case of a UUID are one.  Return: false if it is none */
static bool fold_uuid(const char *uuid, char folded[UUID_LEN + 1])
{
	if (strlen(uuid) != UUID_LEN)
		return false;
	memcpy(folded, uuid, UUID_LEN + 1);
	for (char *c = folded; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return true;
}

/* --------------------------------------------------------------- making it */

static uint64_t last_of(const struct s2_waiver *waiver)
{
	return waiver->gpa + (waiver->bytes - 1);
}

/* Of two that hold as long, the first in the file */
static bool is_better(const struct s2_waiver *waiver,
		      const struct s2_waiver *best)
{
	return !best || waiver->expires > best->expires ||
		(waiver->expires == best->expires && waiver < best);
}

static int name_group(struct s2_waiver_index *index,
		      const struct s2_waiver *waiver, struct named *what)
{
	char folded[UUID_LEN + 1];

	*what = (struct named){
		.has_slot = waiver->has_slot, .slot = waiver->slot,
		.rule = s2_pool_add(&index->names, waiver->rule),
	};
	if (waiver->name)
		what->name = s2_pool_add(&index->names, waiver->name);
	/* One that is none fits no VM: it is in a group of its own */
	if (waiver->uuid)
		what->uuid = s2_pool_add(&index->names,
					 fold_uuid(waiver->uuid, folded) ?
					 folded : waiver->uuid);
	return what->rule && !waiver->name == !what->name &&
		!waiver->uuid == !what->uuid ? 0 : -ENOMEM;
}

static int find_group(struct s2_waiver_index *index,
		      const struct s2_waiver *waiver, size_t *number)
{
	struct named what;
	char key[KEY_MAX];
	const char *kept;
	uint32_t *note;

	if (name_group(index, waiver, &what))
		return -ENOMEM;
	write_key(&what, key);
	kept = s2_pool_add(&index->keys, key);
	if (!kept)
		return -ENOMEM;
	note = s2_pool_note(kept);
	if (!*note)
		*note = (uint32_t)++index->groups;
	*number = *note - 1;
	index->shapes |= 1u << ((what.uuid ? HAS_UUID : 0) |
				(what.name ? HAS_NAME : 0) |
				(what.has_slot ? HAS_SLOT : 0));
	return 0;
}

static int cmp_ranged(const void *a, const void *b)
{
	const struct s2_waiver *x = *(const struct s2_waiver *const *)a;
	const struct s2_waiver *y = *(const struct s2_waiver *const *)b;

	if (x->gpa != y->gpa)
		return x->gpa < y->gpa ? -1 : 1;
	return x < y ? -1 : x > y;
}

static uint64_t fill_tree(struct group *group, size_t node, size_t low,
			  size_t high)
{
	size_t middle = low + (high - low) / 2;
	uint64_t left, right;

	if (high - low == 1) {
		group->tree[node] = last_of(group->ranged[low]);
		return group->tree[node];
	}
	left = fill_tree(group, 2 * node, low, middle);
	right = fill_tree(group, 2 * node + 1, middle, high);
	group->tree[node] = left > right ? left : right;
	return group->tree[node];
}

static int make_tree(struct group *group)
{
	size_t leaves = 1;

	if (!group->count)
		return 0;
	qsort(group->ranged, group->count, sizeof(*group->ranged), cmp_ranged);
	while (leaves < group->count)
		leaves *= 2;
	group->tree = calloc(2 * leaves, sizeof(*group->tree));
	if (!group->tree)
		return -ENOMEM;
	fill_tree(group, 1, 0, group->count);
	return 0;
}

static int add_ranged(struct group *group, struct s2_waiver *waiver)
{
	struct s2_waiver **new = group->ranged;

	/* Doubles whenever the count reaches a power of two */
	if (!(group->count & (group->count - 1)))
		new = reallocarray(group->ranged,
				   group->count ? group->count * 2 : 1,
				   sizeof(struct s2_waiver *));
	if (!new)
		return -ENOMEM;
	group->ranged = new;
	group->ranged[group->count++] = waiver;
	return 0;
}

static int fill_groups(struct s2_waiver_index *index)
{
	int err = 0;

	for (size_t i = 0; !err && i < index->waivers->count; i++) {
		struct s2_waiver *waiver = &index->waivers->waiver[i];
		struct group *group = &index->group[index->of[i]];

		if (waiver->has_range)
			err = add_ranged(group, waiver);
		else if (is_better(waiver, group->best))
			group->best = waiver;
	}
	for (size_t i = 0; !err && i < index->groups; i++)
		err = make_tree(&index->group[i]);
	return err;
}

static int make_groups(struct s2_waiver_index *index)
{
	size_t count = index->waivers->count;
	int err = 0;

	index->matched = calloc(count + 1, sizeof(*index->matched));
	index->of = calloc(count + 1, sizeof(*index->of));
	if (!index->matched || !index->of)
		return -ENOMEM;
	for (size_t i = 0; !err && i < count; i++)
		err = find_group(index, &index->waivers->waiver[i],
				 &index->of[i]);
	if (err)
		return err;
	index->group = calloc(index->groups + 1, sizeof(*index->group));
	return index->group ? fill_groups(index) : -ENOMEM;
}

int s2_waiver_index_new(const struct s2_waivers *waivers,
			struct s2_waiver_index **index)
{
	struct s2_waiver_index *new = calloc(1, sizeof(*new));

	*index = NULL;
	if (!new)
		return -ENOMEM;
	new->waivers = waivers;
	if (make_groups(new)) {
		s2_waiver_index_free(new);
		return -ENOMEM;
	}
	*index = new;
	return 0;
}

void s2_waiver_index_free(struct s2_waiver_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; index->group && i < index->groups; i++) {
		free(index->group[i].ranged);
		free(index->group[i].tree);
	}
	free(index->group);
	free(index->matched);
	free(index->of);
	s2_pool_clear(&index->names);
	s2_pool_clear(&index->keys);
	free(index);
}

/* --------------------------------------------------------------- looking up */

/* Addresses of a finding, and what covers them */
struct search {
	struct s2_waiver_index *index;
	const struct group *group;
	uint64_t gpa;
	uint64_t last;
	struct s2_waiver *best;
};

/* Those of @node that begin at @gpa or before and end at @last or behind it */
static void search_tree(struct search *s, size_t node, size_t low, size_t high)
{
	size_t middle = low + (high - low) / 2;
	struct s2_waiver *waiver = s->group->ranged[low];

	if (s->group->tree[node] < s->last || waiver->gpa > s->gpa)
		return;
	if (high - low == 1) {
		s->index->matched[waiver - s->index->waivers->waiver]++;
		if (is_better(waiver, s->best))
			s->best = waiver;
		return;
	}
	search_tree(s, 2 * node, low, middle);
	search_tree(s, 2 * node + 1, middle, high);
}

static struct s2_waiver *search_group(struct s2_waiver_index *index,
				      struct group *group,
				      const struct s2_obj *finding)
{
	struct search s = {
		.index = index, .group = group, .best = group->best,
		.gpa = s2_obj_num(finding, S2_FINDING_GPA, 0),
		.last = s2_obj_num(finding, S2_FINDING_GPA_LAST, 0),
	};

	group->plain++;
	if (group->count && s2_obj_has(finding, S2_FINDING_GPA_LAST) &&
	    s.last >= s.gpa)
		search_tree(&s, 1, 0, group->count);
	return s.best;
}

static const char *find_name(const struct s2_waiver_index *index,
			     const char *text)
{
	return text ? s2_pool_find(&index->names, text) : NULL;
}

/* The group of a shape that a finding belongs to, or NULL */
static struct group *group_of(struct s2_waiver_index *index,
			      const struct named *finding, unsigned int shape)
{
	struct named what = {
		.rule = finding->rule,
		.uuid = shape & HAS_UUID ? finding->uuid : NULL,
		.name = shape & HAS_NAME ? finding->name : NULL,
		.has_slot = shape & HAS_SLOT, .slot = finding->slot,
	};
	const char *kept;
	char key[KEY_MAX];

	if ((shape & HAS_UUID && !what.uuid) ||
	    (shape & HAS_NAME && !what.name) ||
	    (shape & HAS_SLOT && !finding->has_slot))
		return NULL;
	write_key(&what, key);
	kept = s2_pool_find(&index->keys, key);
	return kept ? &index->group[*s2_pool_note(kept) - 1] : NULL;
}

struct s2_waiver *s2_waiver_index_find(struct s2_waiver_index *index,
				       const struct s2_obj *finding)
{
	const char *uuid = s2_obj_str(finding, S2_FINDING_UUID);
	char folded[UUID_LEN + 1];
	struct named what = {
		.rule = find_name(index, s2_obj_str(finding, S2_FINDING_RULE)),
		.name = find_name(index, s2_obj_str(finding, S2_FINDING_NAME)),
		.has_slot = s2_obj_has(finding, S2_FINDING_SLOT),
		.slot = s2_obj_num(finding, S2_FINDING_SLOT, 0),
	};
	struct s2_waiver *best = NULL;

	if (uuid && fold_uuid(uuid, folded))
		what.uuid = find_name(index, folded);
	for (unsigned int shape = 0; what.rule && shape < SHAPES; shape++) {
		struct group *group = index->shapes >> shape & 1 ?
			group_of(index, &what, shape) : NULL;
		struct s2_waiver *found = group ?
			search_group(index, group, finding) : NULL;

		if (found && is_better(found, best))
			best = found;
	}
	return best;
}

size_t s2_waiver_index_count(const struct s2_waiver_index *index, size_t n)
{
	return index->waivers->waiver[n].has_range ? index->matched[n] :
		index->group[index->of[n]].plain;
}
