// SPDX-License-Identifier: GPL-2.0-only
/* Setting policies: what the kernel refuses, and what it is not asked */
#include "unit.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>

#include "fake-kernel.h"
#include "source/source.h"

/* A host that has all features */
static void say_host_policy(struct fake *fake)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, 0);

	mnl_attr_put_u32(nlh, KVM_S2_A_HOST_FEATURES, 0x1f);
	commit(fake, nlh);
	say_error(fake, 0);
}

/* No such VM and no such slot are told apart by what is to blame */
static void test_refused_vm(void **data)
{
	const struct s2_policy policy = {
		.vm_id = 9, .slot = 1, .constraints = 8, .mode = 2,
	};
	struct state *state = *data;

	say_family(&state->fake);
	/* Behind the headers comes vm-id, 8 bytes on slot */
	for (unsigned int offset = 20; offset <= 28; offset += 8) {
		struct nlmsghdr *nlh;
		struct nlmsgerr *msg;

		say_host_policy(&state->fake);
		nlh = begin(&state->fake, NLMSG_ERROR,
			    NLM_F_CAPPED | NLM_F_ACK_TLVS);
		msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));
		msg->error = -ENOENT;
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, offset);
		commit(&state->fake, nlh);
	}
	open_fake(state);
	assert_int_equal(s2_policy_set(state->src, &policy, NULL), -ESRCH);
	assert_int_equal(s2_policy_set(state->src, &policy, NULL), -ENOENT);
}

/* Names are not read again for one who has them */
static void test_try_bare(void **data)
{
	const struct s2_policy policy = { .slot = S2_ANY_SLOT, .mem_class = 1 };
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	say_host_policy(&state->fake);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	assert_int_equal(s2_policy_try_bare(state->src, &policy, &model), 0);
	assert_int_equal(state->fake.nr_sent, 3);
	s2_model_unref(model);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_refused_vm), T(test_try_bare),
	};

	return RUN_TESTS(tests);
}
