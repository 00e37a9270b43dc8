// SPDX-License-Identifier: LGPL-2.1-or-later
/* The objects of a snapshot, from JSON, trusting nothing */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/extent.h"
#include "source/snapshot/snapshot_vm.h"
#include "source/source.h"

void s2_snapshot_in_init(struct s2_snapshot_in *r)
{
	s2_field_in_init(&r->host, &r->words, S2_OBJ_HOST, NULL);
	s2_field_in_init(&r->vm, &r->words, S2_OBJ_VM, NULL);
	s2_keys_add(&r->vm.keys, "slots");
	s2_keys_add(&r->vm.keys, "extents");
	s2_keys_add(&r->vm.keys, "policies");
	s2_field_in_init(&r->slot, &r->words, S2_OBJ_SLOT, NULL);
	s2_keys_finish(&r->slot.keys);
	s2_field_in_init(&r->extent, &r->words, S2_OBJ_EXTENT, NULL);
	s2_keys_finish(&r->extent.keys);
	s2_field_in_init(&r->policy, &r->words, S2_OBJ_POLICY, NULL);
	s2_keys_finish(&r->policy.keys);
	s2_field_in_init(&r->problem, &r->words, S2_OBJ_PROBLEM, NULL);
}

void s2_snapshot_in_clear(struct s2_snapshot_in *r)
{
	s2_in_clear(&r->in);
	free(r->numbers);
	r->numbers = NULL;
}

/* For people, and marked: the value is not known */
static void unknown_word(void *data, const struct s2_field *field,
			 const char *word)
{
	struct s2_snapshot_in *r = data;

	if (!r->is_quiet &&
	    s2_model_problem(r->problems, S2_PROBLEM_UNKNOWN_VALUE, NULL,
			     "this version of s2ctl does not know the %s '%.40s' in the snapshot",
			     field->name, word))
		s2_in_fail_nomem(&r->in);
}

struct s2_field_to s2_snapshot_to(struct s2_snapshot_in *r,
				  struct s2_model *model)
{
	return (struct s2_field_to){
		.pool = &model->pool, .unknown = unknown_word, .data = r,
	};
}

/* ---------------------------------------------------------------- children */

/* A range must have a start and a length, and end within 64 bits */
static void check_range(struct s2_in *in, const struct s2_obj *obj,
			unsigned int gpa_id, unsigned int bytes_id)
{
	uint64_t gpa, bytes = s2_obj_num(obj, bytes_id, 0);

	gpa = s2_obj_num(obj, gpa_id, 0);
	if (!s2_obj_has(obj, gpa_id))
		s2_in_bad_member(in, "gpa", 0, "missing");
	else if (!bytes)
		s2_in_bad_member(in, "bytes", 0, "missing or zero");
	else if (gpa + (bytes - 1) < gpa)
		s2_in_bad_member(in, "bytes", 0, "the range wraps around");
}

/*
 * A snapshot has all there is.  What the kernel backend would not have been
 * asked for is taken away, so that an audit finds the same in both.
 */
static void take_away(struct s2_obj *extent, unsigned int flags)
{
	bool devices = (flags & S2_LOAD_DEVICES) &&
		s2_extent_may_be_bar(extent);

	if (!(flags & S2_LOAD_PHYS) && !devices)
		s2_obj_forget(extent, S2_EXTENT_HPA);
	if (devices)
		return;
	s2_obj_forget(extent, S2_EXTENT_BDF);
	s2_obj_forget(extent, S2_EXTENT_BAR);
	s2_obj_forget(extent, S2_EXTENT_PREFETCHABLE);
	s2_obj_forget(extent, S2_EXTENT_DRIVER);
	s2_obj_forget(extent, S2_EXTENT_PCI_ID);
}

/* The list of a VM's children, if an array of them is next */
static struct s2_list *begin_list(struct s2_snapshot_in *r, struct s2_obj *vm,
				  enum s2_obj_type type)
{
	struct s2_list *list;

	if (!s2_field_in_is_array(&r->in))
		return NULL;
	list = s2_obj_kids(vm, type);
	if (!list)
		s2_in_fail_nomem(&r->in);
	return list;
}

static struct s2_obj *add_object(struct s2_snapshot_in *r, struct s2_list *list)
{
	struct s2_obj *obj = s2_list_add(list);

	if (!obj)
		s2_in_fail_nomem(&r->in);
	return obj;
}

static void read_extents(struct s2_snapshot_in *r, struct s2_model *model,
			 struct s2_obj *vm)
{
	const struct s2_field_to to = s2_snapshot_to(r, model);
	struct s2_list *list = begin_list(r, vm, S2_OBJ_EXTENT);
	struct s2_obj *obj;

	if (!list)
		return;
	s2_in_enter(&r->in);
	while (s2_in_next(&r->in)) {
		obj = add_object(r, list);
		if (!obj)
			break;
		s2_field_in_object(&r->in, &r->extent, obj, &to);
		check_range(&r->in, obj, S2_EXTENT_GPA, S2_EXTENT_BYTES);
		take_away(obj, r->flags);
		if (!(r->flags & S2_LOAD_EXTENTS))
			s2_list_drop(list);
		else if (!(r->flags & S2_LOAD_PHYS))
			s2_extent_merge_last(list);
	}
	s2_obj_set_kids_known(vm, S2_OBJ_EXTENT, r->flags & S2_LOAD_EXTENTS);
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Whether they are in order, as they are in what s2ctl wrote */
static bool is_ascending(const struct s2_list *slots)
{
	for (size_t i = 1; i < slots->count; i++)
		if (s2_obj_num(s2_list_at(slots, i - 1), S2_SLOT_SLOT, 0) >=
		    s2_obj_num(s2_list_at(slots, i), S2_SLOT_SLOT, 0))
			return false;
	return true;
}

/* No two slots of a VM have one number */
static void check_slots(struct s2_snapshot_in *r, const struct s2_list *slots)
{
	uint64_t *numbers;

	if (r->in.err || is_ascending(slots))
		return;
	if (slots->count > r->numbers_room) {
		numbers = reallocarray(r->numbers, slots->count,
				       sizeof(*numbers));
		if (!numbers) {
			s2_in_fail_nomem(&r->in);
			return;
		}
		r->numbers = numbers;
		r->numbers_room = slots->count;
	}
	for (size_t i = 0; i < slots->count; i++)
		r->numbers[i] = s2_obj_num(s2_list_at(slots, i), S2_SLOT_SLOT,
					   0);
	qsort(r->numbers, slots->count, sizeof(*r->numbers), cmp_u64);
	for (size_t i = 1; i < slots->count; i++)
		if (r->numbers[i] == r->numbers[i - 1])
			s2_in_bad(&r->in, "%" PRIu64 " is there twice",
				  r->numbers[i]);
}

static void read_slots(struct s2_snapshot_in *r, struct s2_model *model,
		       struct s2_obj *vm)
{
	const struct s2_field_to to = s2_snapshot_to(r, model);
	struct s2_list *list = begin_list(r, vm, S2_OBJ_SLOT);
	struct s2_obj *obj;

	if (!list)
		return;
	s2_in_enter(&r->in);
	while (s2_in_next(&r->in)) {
		obj = add_object(r, list);
		if (!obj)
			break;
		s2_field_in_object(&r->in, &r->slot, obj, &to);
		if (!s2_obj_has(obj, S2_SLOT_SLOT))
			s2_in_bad_member(&r->in, "slot", 0, "missing");
		check_range(&r->in, obj, S2_SLOT_GPA, S2_SLOT_BYTES);
	}
	check_slots(r, list);
	s2_obj_set_kids_known(vm, S2_OBJ_SLOT, r->flags & S2_LOAD_SLOTS);
}

void s2_snapshot_policies(struct s2_snapshot_in *r, struct s2_model *model,
			  struct s2_list *list, bool *known)
{
	const struct s2_field_to to = s2_snapshot_to(r, model);
	struct s2_obj *obj;

	if (!s2_field_in_is_array(&r->in))
		return;
	s2_in_enter(&r->in);
	while (s2_in_next(&r->in)) {
		obj = add_object(r, list);
		if (!obj)
			break;
		s2_field_in_object(&r->in, &r->policy, obj, &to);
		if (s2_obj_has(obj, S2_POLICY_SLOT) &&
		    s2_obj_has(obj, S2_POLICY_CLASS))
			s2_in_bad_member(&r->in, "class", 0,
					 "there beside a slot");
	}
	*known = true;
}

static void read_vm_policies(struct s2_snapshot_in *r, struct s2_model *model,
			     struct s2_obj *vm)
{
	struct s2_list *list = s2_obj_kids(vm, S2_OBJ_POLICY);
	bool known = false;

	if (!list)
		s2_in_fail_nomem(&r->in);
	else
		s2_snapshot_policies(r, model, list, &known);
	s2_obj_set_kids_known(vm, S2_OBJ_POLICY,
			      known && r->flags & S2_LOAD_POLICIES);
}

/* --------------------------------------------------------------------- VMs */

void s2_snapshot_vm_key(struct s2_snapshot_in *r, struct s2_model *model,
			struct s2_obj *vm, int key)
{
	const struct s2_field_to to = s2_snapshot_to(r, model);

	if (key >= 0 && (unsigned int)key < r->vm.count) {
		s2_field_in_read(&r->in, &r->vm, (unsigned int)key, vm, &to);
		return;
	}
	switch (key - (int)r->vm.count) {
	case S2_SNAPSHOT_SLOTS:
		read_slots(r, model, vm);
		break;
	case S2_SNAPSHOT_EXTENTS:
		read_extents(r, model, vm);
		break;
	case S2_SNAPSHOT_POLICIES:
		read_vm_policies(r, model, vm);
		break;
	default:
		s2_in_skip(&r->in);
	}
}

void s2_snapshot_vm_end(struct s2_snapshot_in *r, struct s2_obj *vm)
{
	if (s2_obj_num(vm, S2_VM_IPA_BITS, 0) > 64)
		s2_in_bad_member(&r->in, "ipa_bits", 0, "more than 64");
}

/* A snapshot of a snapshot holds what the first one was made from */
static void keep_origin(struct s2_obj *host)
{
	if (s2_obj_num(host, S2_HOST_SOURCE, 0) != S2_SOURCE_SNAPSHOT)
		s2_obj_copy(host, S2_HOST_ORIGIN, host, S2_HOST_SOURCE);
	if (s2_obj_num(host, S2_HOST_ORIGIN, 0) == S2_SOURCE_SNAPSHOT)
		s2_obj_forget(host, S2_HOST_ORIGIN);
	s2_obj_set_num(host, S2_HOST_SOURCE, S2_SOURCE_SNAPSHOT);
}

void s2_snapshot_host_end(struct s2_snapshot_in *r, struct s2_obj *host)
{
	uint64_t page = s2_obj_num(host, S2_HOST_PAGE_SIZE, 4096);

	if (!page || (page & (page - 1)))
		s2_in_bad_member(&r->in, "page_size", 0,
				 "not a power of two");
	keep_origin(host);
}
