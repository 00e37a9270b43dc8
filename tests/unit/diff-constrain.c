// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two implementations of the constraints, the library's and the kernel's, on
 * every combination of facts that an access can have (guest_memfd apart, which
 * this base does not have), whatever constraints held before.
 */
#include <stdio.h>

#include "s2_constrain.h"

#include "policy/constrain.h"
#include "model/model.h"

#define SHOWN	10

static const unsigned int bits[] = {
	KVM_S2_FACT_VMA, KVM_S2_FACT_VM_IO, KVM_S2_FACT_VM_PFNMAP,
	KVM_S2_FACT_ANY_UNCACHED, KVM_S2_FACT_MTE_ALLOWED,
	KVM_S2_FACT_MAP_MEMORY, KVM_S2_FACT_STRUCT_PAGE,
	KVM_S2_FACT_ZONE_DEVICE, KVM_S2_FACT_FLUSHABLE, KVM_S2_FACT_FWB,
	KVM_S2_FACT_DIC, KVM_S2_FACT_MTE, KVM_S2_FACT_MAP_ONLY,
};

/* Of each enforced set of them one more is drawn: audited, and what was before */
#define CONSTRAINTS	128

static uint32_t draw(void)
{
	static uint32_t state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* FORCE goes with FLOOR_NC, and not with what it conflicts with */
static unsigned int possible(unsigned int enforced)
{
	if (!(enforced & KVM_S2_CONSTRAINT_FORCE))
		return enforced;
	return (enforced | KVM_S2_CONSTRAINT_FLOOR_NC) &
		~(KVM_S2_CONSTRAINT_MATCH_VMA |
		  KVM_S2_CONSTRAINT_FLOOR_DEVICE);
}

static struct kvm_s2_constraints draw_constraints(void)
{
	struct kvm_s2_constraints c = {
		.enforced = possible(draw() % CONSTRAINTS),
		.audited = draw() % 64,
	};

	if (draw() & 1)
		c.enforced = 0;
	return c;
}

static struct kvm_s2_decision fetch_of(struct kvm_s2_input in,
				       struct kvm_s2_constraints c)
{
	in.exec_fault = true;
	return kvm_s2_constrain(in, kvm_s2_decide(in), c);
}

static struct kvm_s2_decision data_of(struct kvm_s2_input in,
				      struct kvm_s2_constraints c)
{
	return kvm_s2_constrain(in, kvm_s2_decide(in), c);
}

/* As the kernel reports it while @now holds */
static void fill(struct s2_obj *extent, struct kvm_s2_input in,
		 struct kvm_s2_constraints now, bool exec)
{
	struct kvm_s2_decision d = data_of(in, now);

	s2_obj_set_num(extent, S2_EXTENT_FACTS, in.facts);
	s2_obj_set_num(extent, S2_EXTENT_VMA_TYPE, in.vma_type);
	s2_obj_set_num(extent, S2_EXTENT_CLASS,
		       kvm_s2_classify(in.facts, in.vma_type));
	s2_obj_set_num(extent, S2_EXTENT_PREDICTED, d.type);
	s2_obj_set_num(extent, S2_EXTENT_VERDICT, d.verdict);
	s2_obj_set_num(extent, S2_EXTENT_REASON, d.reason);
	s2_obj_set_num(extent, S2_EXTENT_PERM, KVM_S2_PERM_R | KVM_S2_PERM_W |
		       (exec ? KVM_S2_PERM_X : 0));
}

/* What a dry run in the kernel says: of data, or of fetches if that is worse */
static struct kvm_s2_decision wanted(struct kvm_s2_input in,
				     struct kvm_s2_constraints then, bool exec)
{
	struct kvm_s2_decision data = data_of(in, then);
	struct kvm_s2_decision fetch = fetch_of(in, then);

	return exec && fetch.verdict > data.verdict ? fetch : data;
}

static bool agree(struct s2_obj *extent, struct kvm_s2_input in,
		  struct kvm_s2_constraints now, struct kvm_s2_constraints then)
{
	/* What is executable now, by its entries */
	bool exec = fetch_of(in, now).verdict != KVM_S2_VERDICT_DENY &&
		(draw() & 1);
	struct kvm_s2_decision want = wanted(in, then, exec);
	struct s2_constraints c = {
		.enforced = then.enforced, .audited = then.audited,
	};
	struct s2_outcome out;

	fill(extent, in, now, exec);
	return !s2_constrain(extent, c, &out) && out.type == want.type &&
		out.verdict == want.verdict && out.reason == want.reason;
}

static unsigned int facts_of(unsigned int n)
{
	unsigned int facts = KVM_S2_FACT_PFN;

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (n >> i & 1)
			facts |= bits[i];
	return facts;
}

/* All that can be enforced.  Return: on how many the two differ */
static unsigned int try_input(struct s2_obj *extent, struct kvm_s2_input in)
{
	static unsigned int shown;
	unsigned int differ = 0;

	for (unsigned int mask = 0; mask < CONSTRAINTS; mask++) {
		struct kvm_s2_constraints now = draw_constraints();
		struct kvm_s2_constraints then = {
			.enforced = possible(mask),
			.audited = draw_constraints().audited,
		};

		if (agree(extent, in, now, then))
			continue;
		differ++;
		if (shown++ < SHOWN)
			printf("# facts %#x VMA %u now %#x/%#x then %#x/%#x\n",
			       in.facts, in.vma_type, now.enforced,
			       now.audited, then.enforced, then.audited);
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
