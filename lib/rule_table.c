// SPDX-License-Identifier: LGPL-2.1-or-later
/* The rules: one function each, and the table of them */
#include <inttypes.h>
#include <stdio.h>
#include <linux/kvm_s2_types.h>

#include "extent.h"
#include "rule_table.h"

static bool is_one_type(uint64_t type)
{
	return type == KVM_S2_TYPE_WB || type == KVM_S2_TYPE_NC ||
	       type == KVM_S2_TYPE_DEVICE;
}

/* S2-002: wb that the guest may weaken */
static enum s2_check weak_wb(const struct s2_obj *extent, struct s2_hit *hit)
{
	if (s2_obj_num(extent, S2_EXTENT_MAPPED, 0) != KVM_S2_TYPE_WB)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_STRENGTH))
		return S2_CHECK_UNKNOWN;
	if (s2_obj_num(extent, S2_EXTENT_STRENGTH, 0) == S2_STRENGTH_FORCED)
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_LOW;
	snprintf(hit->statement, sizeof(hit->statement),
		 "mapped wb without FEAT_S2FWB: the guest may choose non-cacheable");
	return S2_CHECK_HIT;
}

/* S2-003: two mappings of the same memory with different types */
static enum s2_check mismatched_alias(const struct s2_obj *extent,
				      struct s2_hit *hit)
{
	uint64_t mapped = s2_obj_num(extent, S2_EXTENT_MAPPED, 0);
	uint64_t vma = s2_obj_num(extent, S2_EXTENT_VMA_TYPE, 0);
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

	if (!is_one_type(mapped) || vma == mapped)
		return S2_CHECK_CLEAN;
	/* No VMA, so no second mapping */
	if (class == KVM_S2_CLASS_VGIC || class == KVM_S2_CLASS_GMEM ||
	    class == KVM_S2_CLASS_HOLE || vma == KVM_S2_TYPE_UNMAPPED)
		return S2_CHECK_CLEAN;
	if (!is_one_type(vma))
		return S2_CHECK_UNKNOWN;
	hit->severity = mapped == KVM_S2_TYPE_WB || vma == KVM_S2_TYPE_WB ?
		S2_SEVERITY_HIGH : S2_SEVERITY_LOW;
	snprintf(hit->statement, sizeof(hit->statement),
		 "mapped %s, but %s in the VMM%s",
		 s2_obj_str(extent, S2_EXTENT_MAPPED),
		 s2_obj_str(extent, S2_EXTENT_VMA_TYPE),
		 hit->severity == S2_SEVERITY_HIGH ?
		 ": one side caches what the other does not" : "");
	return S2_CHECK_HIT;
}

/*
 * S2-005: instructions from where no program should be.  The class decides, not
 * VM_PFNMAP: drivers map the host's own RAM so, too, and what has struct pages
 * is managed like RAM.  KVM makes all that is wb executable on CPUs with DIC,
 * so that normal memory without struct pages is no more than low.
 */
static enum s2_check exec_io(const struct s2_obj *extent, struct s2_hit *hit)
{
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);
	const char *mapped = s2_obj_str(extent, S2_EXTENT_MAPPED);

	if (!is_one_type(s2_obj_num(extent, S2_EXTENT_MAPPED, 0)) ||
	    class == KVM_S2_CLASS_VGIC)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_PERM) ||
	    !s2_obj_has(extent, S2_EXTENT_CLASS))
		return S2_CHECK_UNKNOWN;
	if (!(s2_obj_num(extent, S2_EXTENT_PERM, 0) & KVM_S2_PERM_X))
		return S2_CHECK_CLEAN;
	if (s2_extent_is_io(extent)) {
		hit->severity = S2_SEVERITY_HIGH;
		snprintf(hit->statement, sizeof(hit->statement),
			 "the guest can execute from I/O memory (%s), mapped %s",
			 s2_obj_str(extent, S2_EXTENT_CLASS), mapped);
		return S2_CHECK_HIT;
	}
	if (class != KVM_S2_CLASS_PFNMAP_WB)
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_LOW;
	snprintf(hit->statement, sizeof(hit->statement),
		 "the guest can execute from normal memory without struct pages, mapped %s",
		 mapped);
	return S2_CHECK_HIT;
}

/* S2-006: a BAR that could be nc */
static enum s2_check device_bar(const struct s2_obj *extent,
				struct s2_hit *hit)
{
	if (!s2_extent_is_io(extent) ||
	    s2_obj_num(extent, S2_EXTENT_MAPPED, 0) != KVM_S2_TYPE_DEVICE)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_BDF))
		return s2_obj_has(extent, S2_EXTENT_HPA) ?
			S2_CHECK_CLEAN : S2_CHECK_UNKNOWN;
	if (!s2_obj_num(extent, S2_EXTENT_PREFETCHABLE, 0))
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_MEDIUM;
	snprintf(hit->statement, sizeof(hit->statement),
		 "prefetchable BAR %" PRIu64 " of %.40s is mapped device",
		 s2_obj_num(extent, S2_EXTENT_BAR, 0),
		 s2_obj_str(extent, S2_EXTENT_BDF));
	return S2_CHECK_HIT;
}

#define E(name)	(1u << S2_FIELD_INDEX(S2_EVIDENCE_##name))

const struct s2_rule s2_rules[] = {
	{ "S2-002", E(CLASS), weak_wb },
	{ "S2-003", E(CLASS) | E(MAPPED) | E(VMA_TYPE), mismatched_alias },
	{ "S2-005", E(CLASS) | E(MAPPED), exec_io },
	{ "S2-006", E(CLASS) | E(BDF) | E(BAR), device_bar },
	{ NULL, 0, NULL },
};
