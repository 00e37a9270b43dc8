// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Constraints as linux/kvm_s2_types.h describes them, for what cannot be asked
 * of a kernel: a snapshot, or several changes at once.  Not made from the
 * kernel's code, so that the two can be compared.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>

#include "model/extent.h"
#include "policy/constrain.h"

/* What the memory is, and whether that is known */
struct input {
	uint64_t vma_type;
	uint64_t class;
	uint64_t facts;
	uint64_t perm;
	bool has_facts;
	bool has_perm;
};

void s2_unite(struct s2_constraints *c, unsigned int constraints,
	      unsigned int mode)
{
	if (mode == KVM_S2_MODE_ENFORCE)
		c->enforced |= constraints;
	else if (mode == KVM_S2_MODE_AUDIT)
		c->audited |= constraints;
}

static void refuse(struct s2_outcome *out, unsigned int reason)
{
	out->verdict = KVM_S2_VERDICT_DENY;
	out->reason = reason;
}

/* ------------------------------------------------------ without constraints */

/* What the choice by the memory map alone makes of what is not in it */
static void base_map_only(const struct input *in, struct s2_outcome *base)
{
	bool nc = in->facts & KVM_S2_FACT_ANY_UNCACHED;

	base->type = nc ? KVM_S2_TYPE_NC : KVM_S2_TYPE_DEVICE;
	base->reason = nc ? KVM_S2_REASON_ANY_UNCACHED :
		KVM_S2_REASON_NOT_MAP_MEMORY;
}

/* What memory gets that constraints have changed: it was allowed without them */
static int base_of_class(const struct input *in, struct s2_outcome *base)
{
	base->verdict = KVM_S2_VERDICT_ALLOW;
	switch (in->class) {
	case KVM_S2_CLASS_RAM:
	case KVM_S2_CLASS_RAM_NC:
	case KVM_S2_CLASS_GMEM:
		base->type = KVM_S2_TYPE_WB;
		base->reason = KVM_S2_REASON_MAP_MEMORY;
		return 0;
	case KVM_S2_CLASS_IO_NC:
		base->type = KVM_S2_TYPE_NC;
		base->reason = KVM_S2_REASON_ANY_UNCACHED;
		return 0;
	case KVM_S2_CLASS_IO:
		base->type = KVM_S2_TYPE_DEVICE;
		base->reason = in->facts & KVM_S2_FACT_MAP_ONLY ?
			KVM_S2_REASON_NOT_MAP_MEMORY : KVM_S2_REASON_IO_VMA;
		return 0;
	case KVM_S2_CLASS_ZONE_DEVICE:
	case KVM_S2_CLASS_PFNMAP_WB:
		if (!in->has_facts)
			return -ENODATA;
		base->type = KVM_S2_TYPE_WB;
		base->reason = KVM_S2_REASON_CACHEABLE_VMA;
		if (in->facts & KVM_S2_FACT_MAP_ONLY)
			base_map_only(in, base);
		return 0;
	default:
		return -ENODATA;
	}
}

static int read_base(const struct s2_obj *extent, const struct input *in,
		     struct s2_outcome *base)
{
	base->type = s2_obj_num(extent, S2_EXTENT_PREDICTED, 0);
	base->verdict = s2_obj_num(extent, S2_EXTENT_VERDICT, 0);
	base->reason = s2_obj_num(extent, S2_EXTENT_REASON, 0);
	/* All reasons from here on are those of constraints */
	if (base->reason >= KVM_S2_REASON_FLOOR)
		return base_of_class(in, base);
	return 0;
}

/* --------------------------------------------------------- with constraints */

/* Whether the VMM may have memory of this kind forced to be NC */
static int is_forceable(const struct input *in)
{
	const unsigned int never = KVM_S2_FACT_GMEM | KVM_S2_FACT_MTE |
		KVM_S2_FACT_PKVM;

	if (!in->has_facts)
		return -ENODATA;
	return (in->facts & KVM_S2_FACT_FLUSHABLE) && !(in->facts & never);
}

/* Cacheable memory becomes NC only if the VMM forces it, and nothing else */
static int raise_cacheable(const struct input *in, unsigned int mask,
			   struct s2_outcome *out)
{
	int forceable = 0;

	if (mask & KVM_S2_CONSTRAINT_FORCE &&
	    !(mask & KVM_S2_CONSTRAINT_FLOOR_DEVICE))
		forceable = is_forceable(in);
	if (forceable < 0)
		return forceable;
	if (!forceable) {
		refuse(out, KVM_S2_REASON_FLOOR);
		return 0;
	}
	if (!in->has_perm)
		return -ENODATA;
	out->type = KVM_S2_TYPE_NC;
	out->reason = KVM_S2_REASON_FLOOR;
	/* The data is there, but the fetches that were are refused */
	if (in->perm & KVM_S2_PERM_X)
		refuse(out, KVM_S2_REASON_FLOOR);
	return 0;
}

static int apply_floor(const struct input *in, unsigned int mask,
		       struct s2_outcome *out)
{
	bool device = mask & KVM_S2_CONSTRAINT_FLOOR_DEVICE;

	if (!device && !(mask & KVM_S2_CONSTRAINT_FLOOR_NC))
		return 0;
	if (out->type == KVM_S2_TYPE_WB)
		return raise_cacheable(in, mask, out);
	if (device && out->type == KVM_S2_TYPE_NC) {
		out->type = KVM_S2_TYPE_DEVICE;
		out->reason = KVM_S2_REASON_FLOOR;
	}
	return 0;
}

/* Whether there is a mapping of the VMM's own to match: 1, 0, -1 not known */
static int has_alias(const struct input *in)
{
	if (in->class == KVM_S2_CLASS_GMEM || in->class == KVM_S2_CLASS_HOLE)
		return 0;
	if (in->vma_type == KVM_S2_TYPE_UNMAPPED)
		return 0;
	return s2_extent_is_type(in->vma_type) ? 1 : -1;
}

/* What is left once the floor has been applied: refuse it or not */
static int apply_rest(const struct input *in, unsigned int mask,
		      struct s2_outcome *out)
{
	if (mask & KVM_S2_CONSTRAINT_REQUIRE_FWB &&
	    out->type == KVM_S2_TYPE_WB) {
		if (!in->has_facts)
			return -ENODATA;
		if (!(in->facts & KVM_S2_FACT_FWB)) {
			refuse(out, KVM_S2_REASON_REQUIRE_FWB);
			return 0;
		}
	}
	if (mask & KVM_S2_CONSTRAINT_MATCH_VMA) {
		int alias = has_alias(in);

		if (alias < 0)
			return -ENODATA;
		if (alias && out->type != in->vma_type) {
			refuse(out, KVM_S2_REASON_MATCH_VMA);
			return 0;
		}
	}
	if (mask & KVM_S2_CONSTRAINT_NOEXEC) {
		if (!in->has_perm)
			return -ENODATA;
		if (in->perm & KVM_S2_PERM_X)
			refuse(out, KVM_S2_REASON_NOEXEC);
	}
	return 0;
}

static int constrain_one(const struct input *in, unsigned int mask,
			 struct s2_outcome *out)
{
	int err = apply_floor(in, mask, out);

	if (!err && out->verdict != KVM_S2_VERDICT_DENY)
		err = apply_rest(in, mask, out);
	return err;
}

static void read_input(const struct s2_obj *extent, struct input *in)
{
	in->vma_type = s2_obj_num(extent, S2_EXTENT_VMA_TYPE, 0);
	in->class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);
	in->facts = s2_obj_num(extent, S2_EXTENT_FACTS, 0);
	in->perm = s2_obj_num(extent, S2_EXTENT_PERM, 0);
	in->has_facts = s2_obj_has(extent, S2_EXTENT_FACTS);
	in->has_perm = s2_obj_has(extent, S2_EXTENT_PERM);
}

/* What constraints make of memory that is @base without */
static int apply(const struct input *in, const struct s2_outcome *base,
		 struct s2_constraints c, struct s2_outcome *out)
{
	struct s2_outcome soft = *base;
	int err = constrain_one(in, c.enforced, out);

	if (err || out->verdict == KVM_S2_VERDICT_DENY ||
	    !(c.audited & ~c.enforced))
		return err;
	/* In audit mode nothing changes, but it is counted */
	err = constrain_one(in, c.enforced | c.audited, &soft);
	if (!err && soft.verdict == KVM_S2_VERDICT_DENY) {
		out->verdict = KVM_S2_VERDICT_WOULD_DENY;
		out->reason = soft.reason;
	}
	return err;
}

int s2_constrain(const struct s2_obj *extent, struct s2_constraints c,
		 struct s2_outcome *out)
{
	struct s2_outcome base;
	struct input in;
	int err;

	read_input(extent, &in);
	err = read_base(extent, &in, &base);
	*out = base;
	/* What KVM maps for itself is exempt; what is refused stays refused */
	if (!err && (in.class == KVM_S2_CLASS_VGIC ||
		     base.verdict == KVM_S2_VERDICT_DENY))
		return 0;
	if (err || !s2_extent_is_type(base.type) ||
	    !s2_obj_has(extent, S2_EXTENT_VERDICT))
		return -ENODATA;
	return apply(&in, &base, c, out);
}

int s2_constrain_bare(const struct s2_obj *extent, struct s2_constraints c,
		      struct s2_outcome *out)
{
	struct input in;

	read_input(extent, &in);
	*out = (struct s2_outcome){
		.type = (unsigned int)s2_extent_type(extent),
		.verdict = KVM_S2_VERDICT_ALLOW,
	};
	if (in.class == KVM_S2_CLASS_VGIC)
		return 0;
	if (!s2_extent_is_type(out->type))
		return -ENODATA;
	return apply(&in, &(struct s2_outcome){ out->type, out->verdict, 0 }, c,
		     out);
}
