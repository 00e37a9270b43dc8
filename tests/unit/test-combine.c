// SPDX-License-Identifier: GPL-2.0-only
/*
 * What two stages make.  Expected values are from the Arm Architecture Reference
 * Manual (DDI 0487K.a, D8.6): for HCR_EL2.FWB 0 the rules R_HMNDG, R_TNHFM and
 * R_GQFSF, for 1 the rules R_VRJSW and R_RHWZM.  What follows is from its rules
 * on Device memory: an access that is not aligned and DC ZVA fault if either
 * stage says Device (AArch64.S1HasAlignmentFault, AArch64.S2HasAlignmentFault),
 * nothing is gathered if it is nG, a fetch is CONSTRAINED UNPREDICTABLE.  KVM's
 * entries permit fetches from Normal Write-Back only.
 */
#include "json/json.h"
#include "unit.h"

#include <errno.h>
#include <linux/kvm_s2_types.h>

enum { WB = KVM_S2_TYPE_WB, NC = KVM_S2_TYPE_NC, DEV = KVM_S2_TYPE_DEVICE };

#define FWB	true
#define NOFWB	false
#define CPU	(-1)	/* up to the CPU */

/* unaligned: faults; zva: faults; combine: writes; exec: fetches; weak: ened */
static const struct row {
	unsigned int stage1, stage2;
	bool fwb;
	unsigned int effective;
	bool unaligned, zva, combine;
	int exec;
	bool weak;
} rows[] = {
	/* FWB 0: both Normal, both Write-Back: Write-Back */
	{ WB, WB, NOFWB, WB, false, false, true, 1, false },
	/* FWB 0: either stage Non-cacheable: Non-cacheable; here the guest's */
	{ NC, WB, NOFWB, NC, false, false, true, 1, true },
	/* FWB 0: either stage Device: Device; here the guest's */
	{ DEV, WB, NOFWB, DEV, true, true, false, CPU, true },

	/* FWB 0: either stage Non-cacheable: Non-cacheable; here KVM's */
	{ WB, NC, NOFWB, NC, false, false, true, 0, false },
	/* FWB 0: both Non-cacheable */
	{ NC, NC, NOFWB, NC, false, false, true, 0, false },
	/* FWB 0: either stage Device, though Normal at stage 2 */
	{ DEV, NC, NOFWB, DEV, true, true, false, 0, false },

	/* FWB 0: either stage Device, though Write-Back at stage 1 */
	{ WB, DEV, NOFWB, DEV, true, true, false, 0, false },
	/* FWB 0: either stage Device, though Non-cacheable at stage 1 */
	{ NC, DEV, NOFWB, DEV, true, true, false, 0, false },
	/* FWB 0: both Device: the stronger of the two kinds, gathers nothing */
	{ DEV, DEV, NOFWB, DEV, true, true, false, 0, false },

	/* FWB 1, MemAttr 0b0110: Normal Write-Back */
	{ WB, WB, FWB, WB, false, false, true, 1, false },
	/* FWB 1, MemAttr 0b0110: Write-Back over stage 1 Non-cacheable */
	{ NC, WB, FWB, WB, false, false, true, 1, false },
	/* FWB 1, MemAttr 0b0110: Write-Back even over stage 1 Device, but the
	 * alignment was checked by stage 1's type (R_XCHFJ) */
	{ DEV, WB, FWB, WB, true, true, true, CPU, false },

	/* FWB 1, MemAttr 0b0101: Normal at stage 1: Non-cacheable */
	{ WB, NC, FWB, NC, false, false, true, 0, false },
	/* FWB 1, MemAttr 0b0101: Normal at stage 1, Non-cacheable already */
	{ NC, NC, FWB, NC, false, false, true, 0, false },
	/* FWB 1, MemAttr 0b0101: Device at stage 1 stays that Device */
	{ DEV, NC, FWB, DEV, true, true, false, 0, false },

	/* FWB 1, MemAttr[2] 0: Device of stage 2, as without FWB */
	{ WB, DEV, FWB, DEV, true, true, false, 0, false },
	/* FWB 1, MemAttr[2] 0: Device of stage 2 over Non-cacheable */
	{ NC, DEV, FWB, DEV, true, true, false, 0, false },
	/* FWB 1, MemAttr[2] 0: both Device: the stronger of the two kinds */
	{ DEV, DEV, FWB, DEV, true, true, false, 0, false },
};

static void test_all(void **data)
{
	(void)data;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), 3 * 3 * 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct s2_combination c;

		assert_int_equal(s2_combine(row->stage1, row->stage2, row->fwb,
					    &c), 0);
		if (c.stage1 != row->stage1 || c.stage2 != row->stage2 ||
		    c.fwb != row->fwb || c.effective != row->effective ||
		    c.unaligned_faults != row->unaligned ||
		    c.dc_zva_faults != row->zva ||
		    c.write_combining != row->combine ||
		    c.executable != row->exec || c.weakened != row->weak)
			fail_msg("row %zu is not as expected", i);
		assert_non_null(c.why);
	}
}

/* All 18 are different ones */
static void test_complete(void **data)
{
	bool seen[8][8][2] = { { { false } } };

	(void)data;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool *here = &seen[rows[i].stage1][rows[i].stage2][rows[i].fwb];

		assert_false(*here);
		*here = true;
	}
}

/* The text names the rule: which stage decided, and by what */
static void test_why(void **data)
{
	struct s2_combination c;

	(void)data;
	s2_combine(NC, WB, false, &c);
	assert_non_null(strstr(c.why, "Without FEAT_S2FWB the stronger"));
	assert_non_null(strstr(c.why, "the guest decides"));
	s2_combine(WB, DEV, false, &c);
	assert_non_null(strstr(c.why, "KVM decides"));
	s2_combine(NC, NC, false, &c);
	assert_non_null(strstr(c.why, "the same"));
	s2_combine(DEV, WB, true, &c);
	assert_non_null(strstr(c.why, "0b0110"));
	s2_combine(DEV, NC, true, &c);
	assert_non_null(strstr(c.why, "0b0101"));
	assert_non_null(strstr(c.why, "as it is"));
	s2_combine(WB, NC, true, &c);
	assert_non_null(strstr(c.why, "0b0101"));
	s2_combine(WB, DEV, true, &c);
	assert_non_null(strstr(c.why, "0b0001"));
}

/* What no stage can be */
static void test_other_types(void **data)
{
	static const unsigned int bad[] = {
		KVM_S2_TYPE_UNKNOWN, KVM_S2_TYPE_UNMAPPED, KVM_S2_TYPE_MIXED, 6,
		~0u,
	};
	struct s2_combination c = { .stage1 = 77 };

	(void)data;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(s2_combine(bad[i], WB, true, &c), -EINVAL);
		assert_int_equal(s2_combine(WB, bad[i], false, &c), -EINVAL);
	}
	assert_int_equal(c.stage1, 77);
}

static void test_type_words(void **data)
{
	(void)data;
	assert_int_equal(s2_type_from_word("wb"), WB);
	assert_int_equal(s2_type_from_word("nc"), NC);
	assert_int_equal(s2_type_from_word("device"), DEV);
	assert_int_equal(s2_type_from_word("unmapped"), -EINVAL);
	assert_int_equal(s2_type_from_word("mixed"), -EINVAL);
	assert_int_equal(s2_type_from_word("WB"), -EINVAL);
	assert_int_equal(s2_type_from_word(""), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all), cmocka_unit_test(test_complete),
		cmocka_unit_test(test_why), cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_type_words),
	};

	return RUN_TESTS(tests);
}
