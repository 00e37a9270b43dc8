// SPDX-License-Identifier: LGPL-2.1-or-later
/* What follows from what was read: order, sums, strength, the reason in words */
#include <linux/kvm_s2.h>

#include "base/order.h"
#include "model/model.h"
#include "model/words.h"

/* Fields that slots and extents have alike */
struct range_fields {
	unsigned int gpa;
	unsigned int facts;
	unsigned int predicted;
	unsigned int mapped;
	unsigned int strength;
	unsigned int reason;
	unsigned int why;
};

static const struct range_fields slot_range = {
	.gpa = S2_SLOT_GPA, .facts = S2_SLOT_FACTS,
	.predicted = S2_SLOT_PREDICTED, .mapped = S2_SLOT_MAPPED,
	.strength = S2_SLOT_STRENGTH, .reason = S2_SLOT_REASON,
	.why = S2_SLOT_WHY,
};

static const struct range_fields extent_range = {
	.gpa = S2_EXTENT_GPA, .facts = S2_EXTENT_FACTS,
	.predicted = S2_EXTENT_PREDICTED, .mapped = S2_EXTENT_MAPPED,
	.strength = S2_EXTENT_STRENGTH, .reason = S2_EXTENT_REASON,
	.why = S2_EXTENT_WHY,
};

/* Whether stage 2 of this range uses FWB: 1, 0, or -1 for not known */
static int range_fwb(const struct s2_obj *host, const struct s2_obj *vm,
		     const struct s2_obj *obj, const struct range_fields *f)
{
	if (s2_obj_has(obj, f->facts))
		return !!(s2_obj_num(obj, f->facts, 0) & KVM_S2_FACT_FWB);
	if (s2_obj_has(vm, S2_VM_FACTS))
		return !!(s2_obj_num(vm, S2_VM_FACTS, 0) & KVM_S2_FACT_FWB);
	if (s2_obj_has(host, S2_HOST_FWB))
		return s2_obj_num(host, S2_HOST_FWB, 0) != 0;
	return -1;
}

/* What a reason means; neighbours mostly have the same */
struct meaning {
	uint64_t reason;
	const char *text;
};

static void derive_why(struct s2_obj *obj, const struct range_fields *f,
		       struct meaning *last)
{
	uint64_t reason = s2_obj_num(obj, f->reason, 0);

	if (reason != last->reason) {
		last->reason = reason;
		last->text = s2_word_summary("reason",
					     s2_obj_str(obj, f->reason));
	}
	s2_obj_set_str(obj, f->why, last->text);
}

static void derive_range(const struct s2_obj *host, const struct s2_obj *vm,
			 struct s2_obj *obj, const struct range_fields *f)
{
	uint64_t type = s2_obj_num(obj, f->mapped, KVM_S2_TYPE_UNKNOWN);
	int fwb = range_fwb(host, vm, obj, f);

	if (type <= KVM_S2_TYPE_UNMAPPED)
		type = s2_obj_num(obj, f->predicted, KVM_S2_TYPE_UNKNOWN);
	s2_obj_forget(obj, f->strength);
	if (type == KVM_S2_TYPE_WB && fwb >= 0)
		s2_obj_set_num(obj, f->strength, fwb ? S2_STRENGTH_FORCED :
			       S2_STRENGTH_WEAK);
}

/* Adds a field of all slots up; absent if one of them does not have it */
static void sum_slots(struct s2_obj *vm, unsigned int to, unsigned int from)
{
	const struct s2_obj *slot;
	uint64_t sum = 0;

	s2_obj_forget(vm, to);
	if (!s2_obj_known(vm, S2_OBJ_SLOT))
		return;
	s2_obj_for_each(slot, vm, S2_OBJ_SLOT) {
		if (!s2_obj_has(slot, from))
			return;
		if (__builtin_add_overflow(sum, s2_obj_num(slot, from, 0),
					   &sum))
			return;
	}
	s2_obj_set_num(vm, to, sum);
}

static int cmp_slot_gpa(const void *a, const void *b)
{
	int cmp = s2_order(s2_obj_num(a, S2_SLOT_GPA, 0),
			   s2_obj_num(b, S2_SLOT_GPA, 0));

	return cmp ? cmp : s2_order(s2_obj_num(a, S2_SLOT_SLOT, 0),
				    s2_obj_num(b, S2_SLOT_SLOT, 0));
}

static int cmp_extent(const void *a, const void *b)
{
	int cmp = s2_order(s2_obj_num(a, S2_EXTENT_GPA, 0),
			   s2_obj_num(b, S2_EXTENT_GPA, 0));

	return cmp ? cmp : s2_order(s2_obj_num(a, S2_EXTENT_SLOT, UINT64_MAX),
				    s2_obj_num(b, S2_EXTENT_SLOT, UINT64_MAX));
}

static void derive_kids(const struct s2_obj *host, struct s2_obj *vm,
			enum s2_obj_type type, const struct range_fields *f,
			int (*cmp)(const void *a, const void *b))
{
	struct meaning last = { 0, NULL };
	struct s2_list *list;

	if (!s2_obj_known(vm, type))
		return;
	list = s2_obj_kids(vm, type);
	for (size_t i = 0; i < list->count; i++) {
		if (i && cmp(s2_list_at(list, i - 1), s2_list_at(list, i)) > 0) {
			/* Only hostile snapshots and interrupted dumps */
			s2_list_sort(list, cmp);
			break;
		}
	}
	for (size_t i = 0; i < list->count; i++) {
		derive_range(host, vm, s2_list_at(list, i), f);
		derive_why(s2_list_at(list, i), f, &last);
	}
}

/* 1 if one of the bits is set, 0 if none is, -1 for not known */
static int host_bit(const struct s2_obj *host, unsigned int id, uint64_t bits)
{
	if (!s2_obj_has(host, id))
		return -1;
	return !!(s2_obj_num(host, id, 0) & bits);
}

/*
 * As the kernel's KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED.  One no is enough,
 * whatever else is not known.
 */
static void derive_host(struct s2_obj *host)
{
	const int is[] = {
		host_bit(host, S2_HOST_FEATURES, KVM_S2_FEATURE_VMA_TYPES),
		host_bit(host, S2_HOST_FWB, 1),
		host_bit(host, S2_HOST_DIC, 1),
		s2_obj_has(host, S2_HOST_PKVM) ?
			!s2_obj_num(host, S2_HOST_PKVM, 0) : -1,
	};
	bool known = true, all = true;

	for (size_t i = 0; i < ARRAY_SIZE(is); i++) {
		known &= is[i] >= 0;
		all &= is[i] != 0;
	}
	s2_obj_forget(host, S2_HOST_CACHEABLE_PFNMAP);
	if (known || !all)
		s2_obj_set_num(host, S2_HOST_CACHEABLE_PFNMAP, all);
}

static void derive_policies(struct s2_list *list, enum s2_scope scope)
{
	for (size_t i = 0; i < list->count; i++) {
		struct s2_obj *policy = s2_list_at(list, i);

		s2_obj_set_num(policy, S2_POLICY_SCOPE,
			       s2_obj_has(policy, S2_POLICY_SLOT) ?
			       S2_SCOPE_SLOT : scope);
	}
}

/* An event that is about no policy has no scope */
void s2_event_derive(struct s2_obj *event)
{
	s2_obj_forget(event, S2_EVENT_SCOPE);
	if (s2_obj_has(event, S2_EVENT_SLOT))
		s2_obj_set_num(event, S2_EVENT_SCOPE, S2_SCOPE_SLOT);
	else if (s2_obj_has(event, S2_EVENT_CLASS))
		s2_obj_set_num(event, S2_EVENT_SCOPE,
			       s2_obj_has(event, S2_EVENT_VM) ?
			       S2_SCOPE_VM : S2_SCOPE_HOST);
}

void s2_model_derive(struct s2_model *model)
{
	struct s2_obj *host = s2_model_host_rw(model);

	derive_host(host);
	if (!model->policies_lent)
		derive_policies(&model->policies, S2_SCOPE_HOST);
	for (size_t i = 0; i < model->vms.count; i++) {
		struct s2_obj *vm = s2_list_at(&model->vms, i);

		derive_kids(host, vm, S2_OBJ_SLOT, &slot_range, cmp_slot_gpa);
		derive_kids(host, vm, S2_OBJ_EXTENT, &extent_range,
			    cmp_extent);
		if (s2_obj_known(vm, S2_OBJ_POLICY))
			derive_policies(s2_obj_kids(vm, S2_OBJ_POLICY),
					S2_SCOPE_VM);
		sum_slots(vm, S2_VM_BYTES, S2_SLOT_BYTES);
		sum_slots(vm, S2_VM_WB_BYTES, S2_SLOT_WB_BYTES);
		sum_slots(vm, S2_VM_NC_BYTES, S2_SLOT_NC_BYTES);
		sum_slots(vm, S2_VM_DEVICE_BYTES, S2_SLOT_DEVICE_BYTES);
		sum_slots(vm, S2_VM_EXEC_BYTES, S2_SLOT_EXEC_BYTES);
	}
}
