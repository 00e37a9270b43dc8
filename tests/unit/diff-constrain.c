// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two implementations of the constraints, the library's and the kernel's, on
 * every combination of facts that a data access can have (guest_memfd apart,
 * which this base does not have).
 */
#include <stdio.h>

#include "s2_constrain.h"

#include "constrain.h"
#include "model.h"

#define SHOWN	10

static const unsigned int bits[] = {
	KVM_S2_FACT_VMA, KVM_S2_FACT_VM_IO, KVM_S2_FACT_VM_PFNMAP,
	KVM_S2_FACT_ANY_UNCACHED, KVM_S2_FACT_MTE_ALLOWED,
	KVM_S2_FACT_MAP_MEMORY, KVM_S2_FACT_STRUCT_PAGE,
	KVM_S2_FACT_ZONE_DEVICE, KVM_S2_FACT_FLUSHABLE, KVM_S2_FACT_FWB,
	KVM_S2_FACT_DIC, KVM_S2_FACT_MTE, KVM_S2_FACT_MAP_ONLY,
};

/* The administrator's: without LOCKED and FORCE */
#define CONSTRAINTS	32

static void fill(struct s2_obj *extent, struct kvm_s2_input in,
		 struct kvm_s2_decision d)
{
	s2_obj_set_num(extent, S2_EXTENT_FACTS, in.facts);
	s2_obj_set_num(extent, S2_EXTENT_VMA_TYPE, in.vma_type);
	s2_obj_set_num(extent, S2_EXTENT_CLASS,
		       kvm_s2_classify(in.facts, in.vma_type));
	s2_obj_set_num(extent, S2_EXTENT_PREDICTED, d.type);
	s2_obj_set_num(extent, S2_EXTENT_VERDICT, d.verdict);
	s2_obj_set_num(extent, S2_EXTENT_REASON, d.reason);
	/* Not executable: for the kernel's verdict is of a data access */
	s2_obj_set_num(extent, S2_EXTENT_PERM, KVM_S2_PERM_R | KVM_S2_PERM_W);
}

static bool agree(struct s2_obj *extent, struct kvm_s2_input in,
		  unsigned int constraints, unsigned int mode)
{
	bool enforce = mode == KVM_S2_MODE_ENFORCE;
	struct kvm_s2_constraints c = {
		.enforced = enforce ? constraints : 0,
		.audited = enforce ? 0 : constraints,
	};
	struct kvm_s2_decision base = kvm_s2_decide(in);
	struct kvm_s2_decision want = kvm_s2_constrain(in, base, c);
	struct s2_outcome out;

	fill(extent, in, base);
	return !s2_constrain(extent, constraints, mode, &out) &&
		out.type == want.type && out.verdict == want.verdict &&
		out.reason == want.reason;
}

static unsigned int facts_of(unsigned int n)
{
	unsigned int facts = KVM_S2_FACT_PFN;

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (n >> i & 1)
			facts |= bits[i];
	return facts;
}

/* All constraints in both modes.  Return: on how many the two differ */
static unsigned int try_input(struct s2_obj *extent, struct kvm_s2_input in)
{
	unsigned int differ = 0;

	for (unsigned int c = 0; c < CONSTRAINTS; c++) {
		for (unsigned int mode = KVM_S2_MODE_AUDIT;
		     mode <= KVM_S2_MODE_ENFORCE; mode++) {
			if (agree(extent, in, c, mode))
				continue;
			if (differ++ < SHOWN)
				printf("# facts %#x VMA %u constraints %#x mode %u\n",
				       in.facts, in.vma_type, c, mode);
		}
	}
	return differ;
}

int main(void)
{
	unsigned int differ = 0;
	struct s2_obj *extent;
	struct s2_list list;

	s2_list_init(&list, S2_OBJ_EXTENT);
	extent = s2_list_add(&list);
	for (unsigned int n = 0; extent && n >> ARRAY_SIZE(bits) == 0; n++) {
		for (unsigned int type = KVM_S2_TYPE_WB;
		     type <= KVM_S2_TYPE_DEVICE; type++) {
			struct kvm_s2_input in = {
				.facts = facts_of(n), .vma_type = type,
			};

			if (!(in.facts & KVM_S2_FACT_VMA))
				in.vma_type = KVM_S2_TYPE_UNKNOWN;
			differ += try_input(extent, in);
		}
	}
	printf("1..1\n%sok 1 - the kernel and the library constrain alike\n",
	       extent && !differ ? "" : "not ");
	s2_list_clear(&list);
	return !extent || differ;
}
