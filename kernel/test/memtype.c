// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's choice of memory types, linked in user space: the same function
 * and the same cases as in the kernel's own KUnit suite.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "s2_memtype_cases.h"

#define N_CASES	(sizeof(s2_memtype_cases) / sizeof(s2_memtype_cases[0]))

static void test_case(void **state)
{
	const struct s2_memtype_case *c = *state;
	struct kvm_s2_decision d = kvm_s2_decide(c->in);

	assert_int_equal(d.type, c->out.type);
	assert_int_equal(kvm_s2_classify(c->in.facts, c->in.vma_type), c->class);
	assert_int_equal(d.verdict, c->out.verdict);
	assert_int_equal(d.reason, c->out.reason);
	assert_int_equal(d.exec, c->out.exec);
	assert_int_equal(d.cmo, c->out.cmo);
}

static void test_every_combination(void **state)
{
	unsigned int wrong = 0, sets = 0;
	u32 facts = 0;

	(void)state;
	do {
		wrong += s2_memtype_try(facts);
		sets++;
		facts = s2_memtype_next_facts(facts);
	} while (facts);
	assert_int_equal(sets, S2_MEMTYPE_FACT_SETS);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	struct CMUnitTest tests[N_CASES + 1] = { 0 };
	size_t i;

	for (i = 0; i < N_CASES; i++) {
		tests[i].name = s2_memtype_cases[i].name;
		tests[i].test_func = test_case;
		tests[i].initial_state = (void *)&s2_memtype_cases[i];
	}
	tests[i].name = "every combination of inputs is what the golden table says";
	tests[i].test_func = test_every_combination;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
