// SPDX-License-Identifier: GPL-2.0-only
/* The kernel backend fed with what no kernel should say */
#include "unit.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>

#include "fake-kernel.h"
#include "source/kernel/kernel.h"

/* Loads slots after the caller has put a bad answer into the script */
static void expect_malformed(struct state *state)
{
	struct s2_model *model;

	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "malformed");
	assert_false(s2_obj_known(nth_vm(model, 0), S2_OBJ_SLOT));
	s2_model_unref(model);
}

static struct nlmsghdr *begin_bad_slot(struct state *state)
{
	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	return begin(&state->fake, FAMILY, NLM_F_MULTI);
}

/* All that a slot must have, so that only what follows is wrong with it */
static void put_slot(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_SLOT, 1);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_GPA, 0);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_BYTES, 4096);
}

static void test_wrong_length(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh = begin_bad_slot(state);

	put_slot(nlh);
	mnl_attr_put_u16(nlh, KVM_S2_A_SLOT_CLASS, 1);
	commit(&state->fake, nlh);
	expect_malformed(state);
}

static void test_uint_of_wrong_length(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh = begin_bad_slot(state);

	put_slot(nlh);
	mnl_attr_put(nlh, KVM_S2_A_SLOT_HVA, 3, "abc");
	commit(&state->fake, nlh);
	expect_malformed(state);
}

/* An attribute that claims to be longer than its message */
static void test_truncated_attribute(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh = begin_bad_slot(state);
	struct nlattr *attr;

	put_slot(nlh);
	attr = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_CLASS, 1);
	attr->nla_len = 400;
	commit(&state->fake, nlh);
	expect_malformed(state);
}

static void test_range_wraps(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh = begin_bad_slot(state);

	put_slot(nlh);
	mnl_attr_put_u64(nlh, KVM_S2_A_SLOT_GPA, UINT64_MAX - 4095);
	mnl_attr_put_u64(nlh, KVM_S2_A_SLOT_BYTES, 8192);
	commit(&state->fake, nlh);
	expect_malformed(state);
}

static void test_missing_range(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh = begin_bad_slot(state);

	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_SLOT, 1);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_BYTES, 4096);
	commit(&state->fake, nlh);
	expect_malformed(state);
}

/* A header that claims to be longer than its datagram */
static void test_truncated_message(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh = begin_bad_slot(state);

	put_slot(nlh);
	commit(&state->fake, nlh);
	nlh->nlmsg_len += 64;
	expect_malformed(state);
}

/* A length that is negative to who takes it for an int */
static void test_huge_message(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh = begin_bad_slot(state);

	put_slot(nlh);
	commit(&state->fake, nlh);
	nlh->nlmsg_len = 0x80000000;
	expect_malformed(state);
}

/* A number that is no errno, and cannot be negated */
static void test_no_errno(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, INT32_MIN);
	open_fake(state);
	model = load(state, S2_LOAD_VMS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "malformed");
	s2_model_unref(model);
}

static void test_string_without_end(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	struct nlmsghdr *nlh;

	say_family(&state->fake);
	say_host(&state->fake);
	nlh = begin(&state->fake, FAMILY, NLM_F_MULTI);
	mnl_attr_put_u32(nlh, KVM_S2_A_VM_ID, 1);
	mnl_attr_put(nlh, KVM_S2_A_VM_COMM, 4, "abcd");
	commit(&state->fake, nlh);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_VMS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "malformed");
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 0);
	s2_model_unref(model);
}

/* A word that a newer kernel may have: said, not guessed */
static void test_unknown_value(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	struct nlmsghdr *nlh = begin_bad_slot(state);
	const struct s2_obj *slot;

	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_SLOT, 0);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_GPA, 0);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_BYTES, 4096);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_CLASS, 99);
	mnl_attr_put_u32(nlh, 200, 1);
	commit(&state->fake, nlh);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_int_equal(s2_model_count(model, S2_OBJ_PROBLEM), 1);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "unknown-value");
	slot = nth(nth_vm(model, 0), S2_OBJ_SLOT, 0);
	assert_false(s2_obj_get(slot, S2_SLOT_CLASS).known);
	s2_model_unref(model);
}

/* An answer about a family that does not say which number it has */
static void test_family_without_id(void **data)
{
	struct state *state = *data;
	struct s2_monitor *monitor;
	struct nlmsghdr *nlh = begin(&state->fake, GENL_ID_CTRL, 0);

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KVM_S2_FAMILY_NAME);
	commit(&state->fake, nlh);
	say_error(&state->fake, 0);
	assert_int_equal(s2_monitor_open_nl(state->ctx,
					    open_fake_nl(state->ctx,
							 &state->fake),
					    &monitor), -EBADMSG);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "getfamily: malformed answer");
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_wrong_length), T(test_uint_of_wrong_length),
		T(test_truncated_attribute), T(test_range_wraps),
		T(test_truncated_message), T(test_missing_range),
		T(test_string_without_end), T(test_unknown_value),
		T(test_no_errno), T(test_huge_message),
		T(test_family_without_id),
	};

	return RUN_TESTS(tests);
}
