// SPDX-License-Identifier: LGPL-2.1-or-later
/* What rules look up in a VM */
#include <errno.h>
#include <linux/kvm_s2_types.h>

#include "audit/look.h"

static bool is_forced(const struct s2_obj *extent)
{
	return s2_obj_num(extent, S2_EXTENT_MAPPED, 0) == KVM_S2_TYPE_WB &&
		s2_obj_num(extent, S2_EXTENT_STRENGTH, 0) ==
		S2_STRENGTH_FORCED;
}

static void note_classes(struct s2_look *look)
{
	const struct s2_obj *extent;

	look->forced_classes = 0;
	s2_obj_for_each(extent, look->vm, S2_OBJ_EXTENT) {
		uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

		if (class >= 32)
			continue;
		if (s2_obj_num(extent, S2_EXTENT_MAPPED, 0) >
		    KVM_S2_TYPE_UNMAPPED)
			look->classes |= 1u << class;
		if (is_forced(extent))
			look->forced_classes |= 1u << class;
	}
}

int s2_look_at(struct s2_look *look)
{
	const struct s2_obj *vm = look->vm, *policy;
	bool forced = false;

	note_classes(look);
	s2_obj_for_each(policy, vm, S2_OBJ_POLICY)
		forced |= s2_rule_asks_for_fwb(policy);
	if (s2_by_num_make(&look->slots, s2_obj_first(vm, S2_OBJ_SLOT),
			   S2_SLOT_SLOT, NULL))
		return -ENOMEM;
	if (!forced)
		return 0;
	return s2_by_num_make(&look->forced, s2_obj_first(vm, S2_OBJ_EXTENT),
			      S2_EXTENT_SLOT, is_forced);
}

void s2_look_drop(struct s2_look *look)
{
	s2_by_num_clear(&look->slots);
	s2_by_num_clear(&look->forced);
	s2_by_num_clear(&look->changes);
}
