// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Constraints as linux/kvm_s2_types.h describes them, for what cannot be asked
 * of a kernel: a snapshot.  Not made from the kernel's code, so that the two can
 * be compared.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>

#include "constrain.h"

/* What the memory was before, and whether it counts */
struct input {
	uint64_t type;
	uint64_t vma_type;
	uint64_t class;
	uint64_t facts;
	uint64_t perm;
	bool has_facts;
	bool has_perm;
};

static bool is_one_type(uint64_t type)
{
	return type == KVM_S2_TYPE_WB || type == KVM_S2_TYPE_NC ||
	       type == KVM_S2_TYPE_DEVICE;
}

static void refuse(struct s2_outcome *out, unsigned int reason)
{
	out->verdict = KVM_S2_VERDICT_DENY;
	out->reason = reason;
	out->differs = true;
}

/* Return: whether the floor has refused it */
static bool apply_floor(const struct input *in, unsigned int constraints,
			struct s2_outcome *out)
{
	bool device = constraints & KVM_S2_CONSTRAINT_FLOOR_DEVICE;

	if (!device && !(constraints & KVM_S2_CONSTRAINT_FLOOR_NC))
		return false;
	/* Nobody but the VMM forces cacheable memory to be NC */
	if (in->type == KVM_S2_TYPE_WB) {
		refuse(out, KVM_S2_REASON_FLOOR);
		return true;
	}
	if (device && in->type == KVM_S2_TYPE_NC) {
		out->type = KVM_S2_TYPE_DEVICE;
		out->reason = KVM_S2_REASON_FLOOR;
		out->differs = true;
	}
	return false;
}

/* Whether there is a mapping of the VMM's own to match: 1, 0, -1 not known */
static int has_alias(const struct input *in)
{
	if (in->class == KVM_S2_CLASS_GMEM || in->class == KVM_S2_CLASS_HOLE)
		return 0;
	if (in->vma_type == KVM_S2_TYPE_UNMAPPED)
		return 0;
	return is_one_type(in->vma_type) ? 1 : -1;
}

/* What is left once the floor has been applied: refuse it or not */
static int apply_rest(const struct input *in, unsigned int constraints,
		      struct s2_outcome *out)
{
	if (constraints & KVM_S2_CONSTRAINT_REQUIRE_FWB &&
	    out->type == KVM_S2_TYPE_WB) {
		if (!in->has_facts)
			return -ENODATA;
		if (!(in->facts & KVM_S2_FACT_FWB)) {
			refuse(out, KVM_S2_REASON_REQUIRE_FWB);
			return 0;
		}
	}
	if (constraints & KVM_S2_CONSTRAINT_MATCH_VMA) {
		int alias = has_alias(in);

		if (alias < 0)
			return -ENODATA;
		if (alias && out->type != in->vma_type) {
			refuse(out, KVM_S2_REASON_MATCH_VMA);
			return 0;
		}
	}
	if (constraints & KVM_S2_CONSTRAINT_NOEXEC) {
		if (!in->has_perm)
			return -ENODATA;
		if (in->perm & KVM_S2_PERM_X)
			refuse(out, KVM_S2_REASON_NOEXEC);
	}
	return 0;
}

static void read_input(const struct s2_obj *extent, struct input *in)
{
	in->type = s2_obj_num(extent, S2_EXTENT_PREDICTED, 0);
	in->vma_type = s2_obj_num(extent, S2_EXTENT_VMA_TYPE, 0);
	in->class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);
	in->facts = s2_obj_num(extent, S2_EXTENT_FACTS, 0);
	in->perm = s2_obj_num(extent, S2_EXTENT_PERM, 0);
	in->has_facts = s2_obj_has(extent, S2_EXTENT_FACTS);
	in->has_perm = s2_obj_has(extent, S2_EXTENT_PERM);
}

/* In audit mode nothing changes, but it is counted */
static void only_count(const struct s2_obj *extent, struct s2_outcome *out)
{
	bool denied = out->verdict == KVM_S2_VERDICT_DENY;

	out->type = s2_obj_num(extent, S2_EXTENT_PREDICTED, 0);
	out->differs = denied;
	out->verdict = denied ? KVM_S2_VERDICT_WOULD_DENY :
		s2_obj_num(extent, S2_EXTENT_VERDICT, 0);
	if (!denied)
		out->reason = s2_obj_num(extent, S2_EXTENT_REASON, 0);
}

int s2_constrain(const struct s2_obj *extent, unsigned int constraints,
		 unsigned int mode, struct s2_outcome *out)
{
	struct input in;
	int err;

	read_input(extent, &in);
	*out = (struct s2_outcome){
		.type = in.type,
		.verdict = s2_obj_num(extent, S2_EXTENT_VERDICT, 0),
		.reason = s2_obj_num(extent, S2_EXTENT_REASON, 0),
	};
	/* What KVM maps for itself is exempt; what is refused stays refused */
	if (in.class == KVM_S2_CLASS_VGIC ||
	    out->verdict == KVM_S2_VERDICT_DENY)
		return 0;
	if (!is_one_type(in.type) || !s2_obj_has(extent, S2_EXTENT_VERDICT))
		return -ENODATA;
	if (!apply_floor(&in, constraints, out)) {
		err = apply_rest(&in, constraints, out);
		if (err)
			return err;
	}
	if (mode == KVM_S2_MODE_AUDIT)
		only_count(extent, out);
	return 0;
}
