// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's constraints on memory types, linked in user space: the same
 * function and the same cases as in the kernel's own KUnit suite.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "s2_constrain_cases.h"

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))
#define N_CASES		COUNT_OF(s2_constrain_cases)

static void test_case(void **state)
{
	const struct s2_constrain_case *c = *state;
	struct kvm_s2_decision d;

	d = kvm_s2_constrain(c->in, kvm_s2_decide(c->in), c->c);
	assert_int_equal(d.type, c->out.type);
	assert_int_equal(d.verdict, c->out.verdict);
	assert_int_equal(d.reason, c->out.reason);
	assert_int_equal(d.exec, c->out.exec);
	assert_int_equal(d.cmo, c->out.cmo);
}

/* Each kind of memory with FWB, DIC and MTE or not, by each type of VMA */
static void test_properties(void **state)
{
	unsigned int wrong = 0;

	(void)state;
	for (size_t kind = 0; kind < COUNT_OF(s2_constrain_kinds); kind++) {
		for (unsigned int bits = 0; bits < 48; bits++) {
			struct kvm_s2_input in = {
				.facts = s2_constrain_kinds[kind],
				.vma_type = KVM_S2_TYPE_WB + bits / 16,
				.exec_fault = bits & 8,
			};

			in.facts |= bits & 1 ? KVM_S2_FACT_FWB : 0;
			in.facts |= bits & 2 ? KVM_S2_FACT_DIC : 0;
			in.facts |= bits & 4 ? KVM_S2_FACT_MTE : 0;
			wrong += s2_constrain_try(in);
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_relaxes(void **state)
{
	const u16 fwb = KVM_S2_CONSTRAINT_REQUIRE_FWB;
	const u16 exec = KVM_S2_CONSTRAINT_NOEXEC;
	const u16 floor = KVM_S2_CONSTRAINT_FLOOR_NC;
	const u16 force = floor | KVM_S2_CONSTRAINT_FORCE;
	const struct {
		struct kvm_s2_constraints from, to;
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

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(kvm_s2_relaxes(cases[i].from, cases[i].to),
				 cases[i].relaxes);
}

int main(void)
{
	struct CMUnitTest tests[N_CASES + 2] = { 0 };
	size_t i;

	for (i = 0; i < N_CASES; i++) {
		tests[i].name = s2_constrain_cases[i].name;
		tests[i].test_func = test_case;
		tests[i].initial_state = (void *)&s2_constrain_cases[i];
	}
	tests[i].name = "what must hold whatever is asked";
	tests[i++].test_func = test_properties;
	tests[i].name = "what takes something back";
	tests[i].test_func = test_relaxes;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
