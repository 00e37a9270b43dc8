// SPDX-License-Identifier: LGPL-2.1-or-later
/* What becomes of the memory of each class there */
#include <inttypes.h>
#include <linux/kvm_s2.h>
#include <linux/kvm_s2_types.h>
#include <string.h>

#include "compare/preflight.h"
#include "model/extent.h"
#include "model/field.h"

/* What memory of a class becomes there: a type, UNMAPPED for refused, or 0 */
static unsigned int type_there(const struct s2_flight *f, unsigned int class)
{
	int vma_types = s2_flight_feature(f->to, KVM_S2_FEATURE_VMA_TYPES);
	int pfnmap = s2_flight_host_bool(f->to, S2_HOST_CACHEABLE_PFNMAP);
	int pkvm = s2_flight_host_bool(f->to, S2_HOST_PKVM);
	const char *a = s2_obj_str(s2_model_host(f->from), S2_HOST_RELEASE);
	const char *b = s2_obj_str(s2_model_host(f->to), S2_HOST_RELEASE);

	switch (class) {
	case KVM_S2_CLASS_RAM:
	case KVM_S2_CLASS_RAM_NC:
		return KVM_S2_TYPE_WB;
	case KVM_S2_CLASS_IO:
		return KVM_S2_TYPE_DEVICE;
	case KVM_S2_CLASS_IO_NC:
		return pkvm < 0 ? 0 : pkvm ? KVM_S2_TYPE_DEVICE :
			KVM_S2_TYPE_NC;
	case KVM_S2_CLASS_ZONE_DEVICE:
		return vma_types < 0 ? 0 : vma_types ? KVM_S2_TYPE_WB :
			KVM_S2_TYPE_DEVICE;
	case KVM_S2_CLASS_PFNMAP_WB:
		if (!vma_types)
			return KVM_S2_TYPE_DEVICE;
		return pfnmap < 0 ? 0 : pfnmap ? KVM_S2_TYPE_WB :
			KVM_S2_TYPE_UNMAPPED;
	default:
		/* Not every kernel has guest_memfd: the same one has */
		return a && b && !strcmp(a, b) ? KVM_S2_TYPE_WB : 0;
	}
}

/* Memory that nobody has used, and of which nobody says what it would be */
static bool is_unused(const struct s2_obj *extent)
{
	return !s2_obj_has(extent, S2_EXTENT_PREDICTED) &&
		s2_obj_num(extent, S2_EXTENT_MAPPED, 0) ==
		KVM_S2_TYPE_UNMAPPED;
}

/* The weakest type that memory of the class has where the VM is; 0: unknown */
static unsigned int type_here(const struct s2_obj *vm, unsigned int class)
{
	const struct s2_obj *extent;
	unsigned int weakest = KVM_S2_TYPE_MIXED;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT) {
		unsigned int type = (unsigned int)s2_extent_type(extent);

		if (s2_obj_num(extent, S2_EXTENT_CLASS, 0) != class ||
		    !s2_flight_counts(extent))
			continue;
		/* What the guest has used tells what the rest of a class is */
		if (is_unused(extent))
			continue;
		if (type < KVM_S2_TYPE_WB || type > KVM_S2_TYPE_DEVICE)
			return 0;
		if (type < weakest)
			weakest = type;
	}
	return weakest == KVM_S2_TYPE_MIXED ? 0 : weakest;
}

/* A weaker type than before takes nothing away; a stronger one does */
static int check_class(struct s2_flight *f, unsigned int class)
{
	const struct s2_field *types = s2_field_by_id(S2_EXTENT_PREDICTED);
	uint64_t bytes = s2_flight_bytes(f->vm, class);
	unsigned int here, there;
	struct s2_need need = {
		.what = S2_REQUIRES_CLASS, .class = class, .slot = S2_ANY_SLOT,
	};

	if (!bytes)
		return 0;
	here = type_here(f->vm, class);
	there = type_there(f, class);
	need.needed = here ? s2_field_word(types, here) : "unknown";
	if (there)
		need.has = there == KVM_S2_TYPE_UNMAPPED ? "refused" :
			s2_field_word(types, there);
	need.answer = !here || !there ? S2_ANSWER_UNKNOWN :
		there == KVM_S2_TYPE_UNMAPPED || there > here ?
		S2_ANSWER_MISSING : S2_ANSWER_OK;
	return s2_flight_add(f, &need, "%" PRIu64 " bytes of class %s", bytes,
			     s2_field_word(s2_field_by_id(S2_EXTENT_CLASS),
					   class));
}

/* Memory of which not even the class is known could be anything */
static int check_unknown(struct s2_flight *f)
{
	struct s2_need need = {
		.what = S2_REQUIRES_CLASS, .slot = S2_ANY_SLOT,
		.needed = "unknown", .answer = S2_ANSWER_UNKNOWN,
	};
	const struct s2_obj *extent;
	uint64_t bytes = 0;

	if (!s2_obj_known(f->vm, S2_OBJ_EXTENT))
		return s2_flight_add(f, &need, "its memory is not known");
	s2_obj_for_each(extent, f->vm, S2_OBJ_EXTENT) {
		uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

		if (!class || class == KVM_S2_CLASS_MIXED)
			bytes += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	}
	return bytes ? s2_flight_add(f, &need, "%" PRIu64 " bytes of a class that is not known",
				     bytes) : 0;
}

/* S2-011: what the guest could not weaken, it can there */
static int check_guarantee(struct s2_flight *f)
{
	int fwb = s2_flight_host_bool(f->to, S2_HOST_FWB);
	struct s2_need need = {
		.what = S2_REQUIRES_GUARANTEE, .slot = S2_ANY_SLOT,
		.needed = "forced", .has = fwb < 0 ? NULL :
			fwb ? "forced" : "weak",
		.answer = fwb < 0 ? S2_ANSWER_UNKNOWN :
			fwb ? S2_ANSWER_OK : S2_ANSWER_MISSING,
	};
	const struct s2_obj *extent;
	uint64_t bytes = 0;

	s2_obj_for_each(extent, f->vm, S2_OBJ_EXTENT)
		if (s2_flight_counts(extent) &&
		    s2_obj_num(extent, S2_EXTENT_STRENGTH, 0) ==
		    S2_STRENGTH_FORCED)
			bytes += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	return bytes ? s2_flight_add(f, &need, "%" PRIu64 " bytes of wb are forced where the VM is (S2-011)",
				     bytes) : 0;
}

int s2_flight_classes(struct s2_flight *f)
{
	int err = 0;

	/* A hole is nothing, and the VGIC's interface is no memory */
	for (unsigned int class = KVM_S2_CLASS_RAM;
	     !err && class <= KVM_S2_CLASS_GMEM; class++)
		err = check_class(f, class);
	if (!err)
		err = check_unknown(f);
	return err ? err : check_guarantee(f);
}
