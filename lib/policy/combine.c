// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The memory types of two stages: how the CPU combines them (DDI 0487, D8.6),
 * for the encodings that KVM uses, and what follows for the guest.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>

#include "model/extent.h"
#include "model/field.h"
#include "policy/combine.h"

int s2_type_from_word(const char *word)
{
	int type = *word ? (int)s2_field_num(
		s2_field_by_id(S2_COMBINATION_STAGE1), word) : 0;

	return type ? type : -EINVAL;
}

/* The numbers are in the order of strength */
static void combine_stronger(struct s2_combination *c)
{
	c->effective = c->stage1 > c->stage2 ? c->stage1 : c->stage2;
	if (c->stage1 == c->stage2)
		c->why = "Without FEAT_S2FWB the stronger of the two types counts (wb < nc < device). Here both are the same.";
	else if (c->stage1 < c->stage2)
		c->why = "Without FEAT_S2FWB the stronger of the two types counts (wb < nc < device). That is stage 2's: KVM decides.";
	else
		c->why = "Without FEAT_S2FWB the stronger of the two types counts (wb < nc < device). That is stage 1's: the guest decides.";
}

static void combine_fwb(struct s2_combination *c)
{
	switch (c->stage2) {
	case KVM_S2_TYPE_WB:
		c->effective = KVM_S2_TYPE_WB;
		c->why = "With FEAT_S2FWB, the encoding that KVM uses for wb (MemAttr 0b0110) forces Normal Write-Back, whatever stage 1 says.";
		if (c->stage1 == KVM_S2_TYPE_DEVICE)
			c->why = "With FEAT_S2FWB, the encoding that KVM uses for wb (MemAttr 0b0110) forces Normal Write-Back, even on what stage 1 calls Device. Each stage checks alignment by its own type, so stage 1 still faults.";
		break;
	case KVM_S2_TYPE_NC:
		if (c->stage1 == KVM_S2_TYPE_DEVICE) {
			c->effective = KVM_S2_TYPE_DEVICE;
			c->why = "With FEAT_S2FWB, the encoding that KVM uses for nc (MemAttr 0b0101) leaves what is Device at stage 1 as it is.";
			break;
		}
		c->effective = KVM_S2_TYPE_NC;
		c->why = "With FEAT_S2FWB, the encoding that KVM uses for nc (MemAttr 0b0101) makes Normal memory of stage 1 Non-cacheable, whatever its cacheability.";
		break;
	default:
		c->effective = KVM_S2_TYPE_DEVICE;
		c->why = "Device at stage 2 (MemAttr 0b0001) is Device whatever stage 1 says; FEAT_S2FWB changes nothing about that.";
		break;
	}
}

/*
 * Each stage checks the alignment by its own type, stage 1 first (R_XCHFJ):
 * what stage 1 calls Device faults even where stage 2 makes it Write-Back.
 */
static bool is_alignment_checked(const struct s2_combination *c)
{
	return c->stage1 == KVM_S2_TYPE_DEVICE ||
	       c->stage2 == KVM_S2_TYPE_DEVICE;
}

/*
 * KVM never gives execute permission to what is not wb.  What happens to a
 * fetch from what stage 1 calls Device, and does not make execute-never, is up
 * to the CPU: a permission fault, or a fetch as from Non-cacheable memory.
 */
static int is_executable(const struct s2_combination *c)
{
	if (c->stage2 != KVM_S2_TYPE_WB)
		return 0;
	return c->stage1 == KVM_S2_TYPE_DEVICE ? -1 : 1;
}

int s2_combine(unsigned int stage1, unsigned int stage2, bool fwb,
	       struct s2_combination *out)
{
	struct s2_combination c = {
		.stage1 = stage1, .stage2 = stage2, .fwb = fwb,
	};

	if (!s2_extent_is_type(stage1) || !s2_extent_is_type(stage2))
		return -EINVAL;
	if (fwb)
		combine_fwb(&c);
	else
		combine_stronger(&c);
	c.unaligned_faults = is_alignment_checked(&c);
	c.dc_zva_faults = is_alignment_checked(&c);
	c.write_combining = c.effective != KVM_S2_TYPE_DEVICE;
	c.executable = is_executable(&c);
	c.weakened = stage2 == KVM_S2_TYPE_WB && c.effective != stage2;
	*out = c;
	return 0;
}

void s2_combination_fill(struct s2_obj *obj, const struct s2_combination *c)
{
	s2_obj_set_num(obj, S2_COMBINATION_STAGE1, c->stage1);
	s2_obj_set_num(obj, S2_COMBINATION_STAGE2, c->stage2);
	s2_obj_set_num(obj, S2_COMBINATION_FWB, c->fwb);
	s2_obj_set_num(obj, S2_COMBINATION_EFFECTIVE, c->effective);
	s2_obj_set_num(obj, S2_COMBINATION_UNALIGNED_FAULTS,
		       c->unaligned_faults);
	s2_obj_set_num(obj, S2_COMBINATION_DC_ZVA_FAULTS, c->dc_zva_faults);
	s2_obj_set_num(obj, S2_COMBINATION_WRITE_COMBINING,
		       c->write_combining);
	if (c->executable >= 0)
		s2_obj_set_num(obj, S2_COMBINATION_EXECUTABLE, c->executable);
	s2_obj_set_num(obj, S2_COMBINATION_WEAKENED, c->weakened);
	s2_obj_set_str(obj, S2_COMBINATION_WHY, c->why);
}
