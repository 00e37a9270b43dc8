// SPDX-License-Identifier: LGPL-2.1-or-later
/* Extents: what both backends do with them */
#include <linux/kvm_s2_types.h>

#include "model/extent.h"

bool s2_extent_is_type(uint64_t type)
{
	return type == KVM_S2_TYPE_WB || type == KVM_S2_TYPE_NC ||
	       type == KVM_S2_TYPE_DEVICE;
}

uint64_t s2_extent_type(const struct s2_obj *extent)
{
	uint64_t mapped = s2_obj_num(extent, S2_EXTENT_MAPPED, 0);

	if (s2_obj_has(extent, S2_EXTENT_PREDICTED))
		return s2_obj_num(extent, S2_EXTENT_PREDICTED, 0);
	return s2_extent_is_type(mapped) ? mapped : 0;
}

bool s2_extent_is_io(const struct s2_obj *extent)
{
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

	return class == KVM_S2_CLASS_IO || class == KVM_S2_CLASS_IO_NC;
}

bool s2_extent_may_be_bar(const struct s2_obj *extent)
{
	return s2_extent_is_io(extent) ||
		s2_obj_num(extent, S2_EXTENT_CLASS, 0) ==
		KVM_S2_CLASS_PFNMAP_WB;
}

bool s2_extent_is_no_bar(const struct s2_obj *extent, const struct s2_obj *host)
{
	return s2_obj_has(extent, S2_EXTENT_HPA) &&
		s2_obj_num(host, S2_HOST_PCI, true);
}

/* Whether @next begins where @prev ends, and not around the end of all */
static bool is_behind(const struct s2_obj *prev, const struct s2_obj *next,
		      unsigned int id)
{
	uint64_t end;

	if (__builtin_add_overflow(s2_obj_num(prev, id, 0),
				   s2_obj_num(prev, S2_EXTENT_BYTES, 0), &end))
		return false;
	return end == s2_obj_num(next, id, 0);
}

/* Whether both together are a number of bytes that a snapshot can have */
static bool fits(const struct s2_obj *prev, const struct s2_obj *next)
{
	uint64_t bytes;

	return !__builtin_add_overflow(s2_obj_num(prev, S2_EXTENT_BYTES, 0),
				       s2_obj_num(next, S2_EXTENT_BYTES, 0),
				       &bytes) && bytes != UINT64_MAX;
}

bool s2_extent_continues(const struct s2_obj *prev, const struct s2_obj *next,
			 bool phys)
{
	uint64_t ignored = 1ull << S2_FIELD_INDEX(S2_EXTENT_HPA);
	uint64_t differ = prev->known ^ next->known;
	uint64_t memo = 0;

	phys |= s2_extent_may_be_bar(prev);
	if (!is_behind(prev, next, S2_EXTENT_GPA) || !fits(prev, next) ||
	    (phys ? differ : differ & ~ignored))
		return false;
	if (phys && s2_obj_has(prev, S2_EXTENT_HPA) &&
	    !is_behind(prev, next, S2_EXTENT_HPA))
		return false;
	for (unsigned int i = 0; prev->known >> i; i++) {
		unsigned int id = S2_FIELD_ID(S2_OBJ_EXTENT, i);

		if (id == S2_EXTENT_GPA || id == S2_EXTENT_BYTES ||
		    id == S2_EXTENT_HPA || !(prev->known >> i & 1))
			continue;
		memo |= prev->cell[i].num ^ next->cell[i].num;
	}
	return !memo;
}

void s2_extent_merge_last(struct s2_list *list)
{
	struct s2_obj *prev, *next;

	if (list->count < 2)
		return;
	prev = s2_list_at(list, list->count - 2);
	next = s2_list_at(list, list->count - 1);
	if (!s2_extent_continues(prev, next, true))
		return;
	s2_obj_set_num(prev, S2_EXTENT_BYTES,
		       s2_obj_num(prev, S2_EXTENT_BYTES, 0) +
		       s2_obj_num(next, S2_EXTENT_BYTES, 0));
	s2_list_drop(list);
}
