// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of constraints on stage-2 memory types.
 */
#include <kunit/test.h>
#include <linux/sched.h>

#include "s2_constrain_cases.h"

static void kvm_s2_case_desc(const struct s2_constrain_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kvm_s2_case, s2_constrain_cases, kvm_s2_case_desc);

static void kvm_s2_constrain_case(struct kunit *test)
{
	const struct s2_constrain_case *c = test->param_value;
	struct kvm_s2_decision d;

	d = kvm_s2_constrain(c->in, kvm_s2_decide(c->in), c->c);

	KUNIT_EXPECT_EQ(test, d.type, c->out.type);
	KUNIT_EXPECT_EQ(test, d.verdict, c->out.verdict);
	KUNIT_EXPECT_EQ(test, d.reason, c->out.reason);
	KUNIT_EXPECT_EQ(test, d.exec, c->out.exec);
	KUNIT_EXPECT_EQ(test, d.cmo, c->out.cmo);
}

static void kvm_s2_constrain_all(struct kunit *test)
{
	const u32 vm[] = { KVM_S2_FACT_FWB, KVM_S2_FACT_DIC, KVM_S2_FACT_MTE };
	struct kvm_s2_input in;
	unsigned int i, bits;

	for (i = 0; i < ARRAY_SIZE(s2_constrain_kinds) * 48; i++) {
		bits = i / ARRAY_SIZE(s2_constrain_kinds);
		in = (struct kvm_s2_input) {
			.facts = s2_constrain_kinds[i %
					ARRAY_SIZE(s2_constrain_kinds)],
			.vma_type = KVM_S2_TYPE_WB + bits / 16,
			.exec_fault = bits & 8,
		};
		in.facts |= (bits & 1 ? vm[0] : 0) | (bits & 2 ? vm[1] : 0) |
			    (bits & 4 ? vm[2] : 0);
		KUNIT_EXPECT_EQ(test, s2_constrain_try(in), 0);
		cond_resched();
	}
}

static void kvm_s2_relaxes_test(struct kunit *test)
{
	const u16 fwb = KVM_S2_CONSTRAINT_REQUIRE_FWB;
	const u16 exec = KVM_S2_CONSTRAINT_NOEXEC;
	const u16 floor = KVM_S2_CONSTRAINT_FLOOR_NC;
	const u16 force = floor | KVM_S2_CONSTRAINT_FORCE;
	const struct {
		struct kvm_s2_constraints old, new;
		bool relaxes;
	} cases[] = {
		{ { 0, 0 }, { 0, 0 }, false },
		{ { 0, 0 }, { fwb, 0 }, false },
		{ { fwb, 0 }, { fwb | exec, 0 }, false },
		{ { 0, fwb }, { fwb, 0 }, false },
		{ { fwb, 0 }, { 0, fwb }, true },
		{ { fwb, 0 }, { exec, 0 }, true },
		{ { 0, fwb }, { exec, 0 }, true },
		{ { 0, fwb }, { 0, 0 }, true },
		{ { 0, 0 }, { force, 0 }, false },
		{ { floor, 0 }, { force, 0 }, true },
		{ { 0, floor }, { force, 0 }, false },
		{ { force, 0 }, { force, 0 }, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ(test, kvm_s2_relaxes(cases[i].old, cases[i].new),
				cases[i].relaxes);
}

static struct kunit_case kvm_s2_constrain_test_cases[] = {
	KUNIT_CASE_PARAM(kvm_s2_constrain_case, kvm_s2_case_gen_params),
	KUNIT_CASE_SLOW(kvm_s2_constrain_all),
	KUNIT_CASE(kvm_s2_relaxes_test),
	{}
};

static struct kunit_suite kvm_s2_constrain_suite = {
	.name = "kvm_s2_constrain",
	.test_cases = kvm_s2_constrain_test_cases,
};

kunit_test_suite(kvm_s2_constrain_suite);

MODULE_DESCRIPTION("KUnit tests of constraints on stage-2 memory types");
MODULE_LICENSE("GPL");
