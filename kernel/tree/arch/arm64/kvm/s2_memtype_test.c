// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the choice of stage-2 memory types.
 */
#include <kunit/test.h>
#include <linux/sched.h>

#include "s2_memtype_cases.h"

static void kvm_s2_case_desc(const struct s2_memtype_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kvm_s2_case, s2_memtype_cases, kvm_s2_case_desc);

static void kvm_s2_decide_case(struct kunit *test)
{
	const struct s2_memtype_case *c = test->param_value;
	struct kvm_s2_decision d = kvm_s2_decide(c->in);

	KUNIT_EXPECT_EQ(test, d.type, c->out.type);
	KUNIT_EXPECT_EQ(test, kvm_s2_classify(c->in.facts, c->in.vma_type),
			c->class);
	KUNIT_EXPECT_EQ(test, d.verdict, c->out.verdict);
	KUNIT_EXPECT_EQ(test, d.reason, c->out.reason);
	KUNIT_EXPECT_EQ(test, d.exec, c->out.exec);
	KUNIT_EXPECT_EQ(test, d.cmo, c->out.cmo);
}

static void kvm_s2_decide_all(struct kunit *test)
{
	unsigned int wrong = 0, sets = 0;
	u32 facts = 0;

	do {
		wrong += s2_memtype_try(facts);
		if (!(++sets % 4096))
			cond_resched();
		facts = s2_memtype_next_facts(facts);
	} while (facts);

	KUNIT_EXPECT_EQ(test, sets, S2_MEMTYPE_FACT_SETS);
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static struct kunit_case kvm_s2_memtype_test_cases[] = {
	KUNIT_CASE_PARAM(kvm_s2_decide_case, kvm_s2_case_gen_params),
	KUNIT_CASE_SLOW(kvm_s2_decide_all),
	{}
};

static struct kunit_suite kvm_s2_memtype_suite = {
	.name = "kvm_s2_memtype",
	.test_cases = kvm_s2_memtype_test_cases,
};

kunit_test_suite(kvm_s2_memtype_suite);

MODULE_DESCRIPTION("KUnit tests of the choice of stage-2 memory types");
MODULE_LICENSE("GPL");
