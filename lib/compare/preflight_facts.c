// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is known of a host and of a VM's memory, as the questions need it */
#include <linux/kvm_s2.h>
#include <linux/kvm_s2_types.h>

#include "compare/preflight.h"
#include "model/extent.h"

int s2_flight_host_bool(const struct s2_model *model, unsigned int id)
{
	const struct s2_obj *host = s2_model_host(model);

	return s2_obj_has(host, id) ? s2_obj_num(host, id, 0) != 0 : -1;
}

int s2_flight_feature(const struct s2_model *model, uint64_t bit)
{
	const struct s2_obj *host = s2_model_host(model);

	if (s2_obj_has(host, S2_HOST_FEATURES))
		return !!(s2_obj_num(host, S2_HOST_FEATURES, 0) & bit);
	return -1;
}

int s2_flight_has_policies(const struct s2_model *model)
{
	if (!s2_flight_host_bool(model, S2_HOST_SERIES))
		return 0;
	return s2_flight_feature(model, KVM_S2_FEATURE_POLICY);
}

bool s2_flight_counts(const struct s2_obj *extent)
{
	return s2_obj_num(extent, S2_EXTENT_VERDICT, 0) != KVM_S2_VERDICT_DENY;
}

uint64_t s2_flight_bytes(const struct s2_obj *vm, unsigned int class)
{
	const struct s2_obj *extent;
	uint64_t sum = 0;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
		if (s2_flight_counts(extent) &&
		    s2_obj_num(extent, S2_EXTENT_CLASS, 0) == class &&
		    __builtin_add_overflow(sum, s2_obj_num(extent,
							   S2_EXTENT_BYTES, 0),
					   &sum))
			return UINT64_MAX;
	return sum;
}

uint64_t s2_flight_wb_bytes(const struct s2_obj *vm, unsigned int class)
{
	const struct s2_obj *extent;
	uint64_t sum = 0;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
		if (s2_flight_counts(extent) &&
		    s2_obj_num(extent, S2_EXTENT_CLASS, 0) == class &&
		    s2_extent_type(extent) == KVM_S2_TYPE_WB)
			sum += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	return sum;
}
