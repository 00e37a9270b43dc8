// SPDX-License-Identifier: GPL-2.0-only
/* Policies and the monitor, fed with what a kernel says */
#include "unit.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>

#include "fake-kernel.h"
#include "source/kernel/kernel.h"
#include "json/json.h"

/* A host that has all features */
static void say_host_policy(struct fake *fake)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, 0);

	mnl_attr_put_u32(nlh, KVM_S2_A_HOST_FEATURES, 0x1f);
	commit(fake, nlh);
	say_error(fake, 0);
}

/* A policy or an event; what is 0 is left out */
struct say {
	uint8_t cmd;
	uint64_t vm;
	uint32_t class, owner, constraints, mode;
	uint64_t generation, denied;
	uint32_t reason;
	bool slot_one;
};

static void say_policy(struct fake *fake, const struct say *say)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, NLM_F_MULTI);
	struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	genl->cmd = say->cmd;
	if (say->vm)
		mnl_attr_put_u64(nlh, KVM_S2_A_POLICY_VM_ID, say->vm);
	if (say->slot_one)
		mnl_attr_put_u32(nlh, KVM_S2_A_POLICY_SLOT, 1);
	if (say->class)
		mnl_attr_put_u32(nlh, KVM_S2_A_POLICY_CLASS, say->class);
	if (say->owner) {
		mnl_attr_put_u32(nlh, KVM_S2_A_POLICY_OWNER, say->owner);
		mnl_attr_put_u32(nlh, KVM_S2_A_POLICY_CONSTRAINTS,
				 say->constraints);
		mnl_attr_put_u32(nlh, KVM_S2_A_POLICY_MODE, say->mode);
	}
	if (say->generation)
		mnl_attr_put_u32(nlh, KVM_S2_A_POLICY_GENERATION,
				 say->generation);
	if (say->denied)
		mnl_attr_put_u64(nlh, KVM_S2_A_POLICY_DENIED, say->denied);
	if (say->reason)
		mnl_attr_put_u32(nlh, KVM_S2_A_POLICY_REASON, say->reason);
	commit(fake, nlh);
}

/* Host: floor=nc for ram.  VM 9: noexec for slot 1, 2^33 times denied */
static void say_state(struct fake *fake)
{
	say_host_policy(fake);
	say_vm(fake, 9);
	say_done(fake, 0, 0);
	say_policy(fake, &(struct say){ .class = 1, .owner = 1,
		   .constraints = 2, .mode = 1, .generation = 4 });
	say_done(fake, 0, 0);
	say_policy(fake, &(struct say){ .vm = 9, .slot_one = true, .owner = 2,
		   .constraints = 8 | 32, .mode = 2, .generation = 7,
		   .denied = 1ull << 33 });
	say_done(fake, 0, 0);
}

/* The attribute of the last request, or -1 */
static int64_t sent(const struct fake *fake, uint16_t type)
{
	const struct nlmsghdr *nlh =
		(const struct nlmsghdr *)fake->sent[fake->nr_sent - 1];
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != type)
			continue;
		return mnl_attr_get_payload_len(attr) == 8 ?
			(int64_t)mnl_attr_get_u64(attr) :
			mnl_attr_get_u32(attr);
	}
	return -1;
}

static uint8_t sent_cmd(const struct fake *fake)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(
		(const struct nlmsghdr *)fake->sent[fake->nr_sent - 1]);

	return genl->cmd;
}

/* ------------------------------------------------------------------ get -- */

static void test_get(void **data)
{
	struct state *state = *data;
	const struct s2_obj *policy;
	struct s2_model *model;
	char text[64];

	say_family(&state->fake);
	say_state(&state->fake);
	open_fake(state);
	model = load(state, S2_LOAD_VMS | S2_LOAD_POLICY);
	assert_true(s2_model_complete(model));
	assert_true(s2_model_known(model, S2_OBJ_POLICY));
	assert_int_equal(s2_model_count(model, S2_OBJ_POLICY), 1);
	policy = s2_model_first(model, S2_OBJ_POLICY);
	assert_string_equal(s2_obj_str(policy, S2_POLICY_SCOPE), "host");
	assert_string_equal(s2_obj_str(policy, S2_POLICY_CLASS), "ram");
	assert_string_equal(s2_obj_str(policy, S2_POLICY_OWNER), "admin");
	assert_string_equal(s2_obj_str(policy, S2_POLICY_MODE), "audit");
	assert_int_equal(s2_obj_num(policy, S2_POLICY_GENERATION, 0), 4);
	assert_false(s2_obj_get(policy, S2_POLICY_DENIED).known);
	policy = nth(nth_vm(model, 0), S2_OBJ_POLICY, 0);
	assert_string_equal(s2_obj_str(policy, S2_POLICY_SCOPE), "slot");
	assert_string_equal(s2_obj_str(policy, S2_POLICY_OWNER), "vmm");
	assert_string_equal(s2_obj_str(policy, S2_POLICY_MODE), "enforce");
	assert_true(s2_obj_num(policy, S2_POLICY_DENIED, 0) == 1ull << 33);
	s2_value_text(s2_field_find(S2_OBJ_POLICY, "constraints"),
		      s2_obj_get(policy, S2_POLICY_CONSTRAINTS), text,
		      sizeof(text));
	assert_string_equal(text, "noexec,locked");
	/* Nobody asked for slots */
	assert_false(s2_obj_known(nth_vm(model, 0), S2_OBJ_SLOT));
	s2_model_unref(model);
}

/* Not asked for is not known, and no problem */
static void test_not_asked(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	say_host_policy(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_VMS);
	assert_true(s2_model_complete(model));
	assert_false(s2_model_known(model, S2_OBJ_POLICY));
	assert_false(s2_obj_known(nth_vm(model, 0), S2_OBJ_POLICY));
	s2_model_unref(model);
}

/* A kernel that only reports */
static void test_no_feature(void **data)
{
	const struct s2_policy policy = {
		.slot = S2_ANY_SLOT, .mem_class = KVM_S2_CLASS_RAM,
	};
	struct state *state = *data;
	struct s2_monitor *monitor;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_host(&state->fake);
	say_host(&state->fake);
	say_host(&state->fake);
	open_fake(state);
	model = load(state, S2_LOAD_POLICY);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "no-policy");
	assert_false(s2_model_known(model, S2_OBJ_POLICY));
	s2_model_unref(model);
	assert_int_equal(s2_policy_set(state->src, &policy, NULL), -EOPNOTSUPP);
	assert_int_equal(s2_policy_try(state->src, &policy, &model),
			 -EOPNOTSUPP);
	assert_null(model);
	assert_int_equal(s2_monitor_open(state->src, &monitor), -EOPNOTSUPP);
	assert_null(monitor);
	/* It was asked what it can do, and nothing else */
	assert_int_equal(sent_cmd(&state->fake), KVM_S2_CMD_HOST_GET);
}

static void test_no_family(void **data)
{
	const struct s2_policy policy = { .slot = S2_ANY_SLOT };
	struct state *state = *data;

	say_error(&state->fake, -ENOENT);
	open_fake(state);
	assert_int_equal(s2_policy_set(state->src, &policy, NULL), -EOPNOTSUPP);
	assert_non_null(strstr(s2_ctx_error(state->ctx), "no kvm_s2 family"));
}

/* ------------------------------------------------------------------ set -- */

static void test_set(void **data)
{
	const struct s2_policy policy = {
		.vm_id = 9, .slot = 1,
		.constraints = KVM_S2_CONSTRAINT_NOEXEC,
		.mode = KVM_S2_MODE_ENFORCE, .generation = 7,
	};
	struct state *state = *data;
	uint64_t generation = 0;

	say_family(&state->fake);
	say_host_policy(&state->fake);
	say_policy(&state->fake, &(struct say){ .vm = 9, .generation = 8 });
	say_error(&state->fake, 0);
	open_fake(state);
	assert_int_equal(s2_policy_set(state->src, &policy, &generation), 0);
	assert_int_equal(generation, 8);
	assert_int_equal(sent_cmd(&state->fake), KVM_S2_CMD_POLICY_SET);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_VM_ID), 9);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_SLOT), 1);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_CLASS), -1);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_CONSTRAINTS), 8);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_MODE), 2);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_GENERATION), 7);
}

/* To take back is to set nothing, and says so */
static void test_clear(void **data)
{
	const struct s2_policy policy = {
		.slot = S2_ANY_SLOT, .mem_class = KVM_S2_CLASS_IO_NC,
	};
	struct state *state = *data;

	say_family(&state->fake);
	say_host_policy(&state->fake);
	say_policy(&state->fake, &(struct say){ .generation = 2 });
	say_error(&state->fake, 0);
	open_fake(state);
	assert_int_equal(s2_policy_set(state->src, &policy, NULL), 0);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_VM_ID), -1);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_SLOT), -1);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_CLASS), 6);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_CONSTRAINTS), 0);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_MODE), 0);
	assert_int_equal(sent(&state->fake, KVM_S2_A_POLICY_GENERATION), -1);
}

/* Whatever the kernel refuses with arrives as it is, with its words */
static void test_refused(void **data)
{
	const struct s2_policy policy = {
		.slot = S2_ANY_SLOT, .mem_class = KVM_S2_CLASS_RAM,
		.constraints = KVM_S2_CONSTRAINT_FLOOR_NC, .mode = 2,
	};
	static const int errors[] = {
		EINVAL, EPERM, ESTALE, EBUSY, EOPNOTSUPP, ENOENT,
	};
	struct state *state = *data;

	say_family(&state->fake);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct nlmsghdr *nlh;
		struct nlmsgerr *msg;

		say_host_policy(&state->fake);
		nlh = begin(&state->fake, NLMSG_ERROR,
			    NLM_F_CAPPED | NLM_F_ACK_TLVS);
		msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));
		msg->error = -errors[i];
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "not on a Tuesday");
		/* Behind the headers and the class comes constraints */
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 28);
		commit(&state->fake, nlh);
	}
	open_fake(state);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		assert_int_equal(s2_policy_set(state->src, &policy, NULL),
				 -errors[i]);
		assert_string_equal(s2_ctx_error(state->ctx),
				    "policy-set: not on a Tuesday (policy-set.constraints)");
	}
}

/* Who may not ask at all is told apart from what may not be set */
static void test_no_privilege(void **data)
{
	const struct s2_policy policy = { .slot = S2_ANY_SLOT };
	struct state *state = *data;

	say_family(&state->fake);
	say_error(&state->fake, -EPERM);
	open_fake(state);
	assert_int_equal(s2_policy_set(state->src, &policy, NULL), -EACCES);
	assert_non_null(strstr(s2_ctx_error(state->ctx), "run as root"));
}

/* -------------------------------------------------------------- dry run -- */

static void say_checked(struct fake *fake, uint64_t vm, uint64_t gpa,
			uint32_t verdict, uint32_t reason)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, NLM_F_MULTI);

	mnl_attr_put_u64(nlh, KVM_S2_A_EXTENT_VM_ID, vm);
	mnl_attr_put_u32(nlh, KVM_S2_A_EXTENT_SLOT, 0);
	mnl_attr_put_u64(nlh, KVM_S2_A_EXTENT_GPA, gpa);
	mnl_attr_put_u64(nlh, KVM_S2_A_EXTENT_BYTES, 0x1000);
	mnl_attr_put_u32(nlh, KVM_S2_A_EXTENT_VERDICT, verdict);
	mnl_attr_put_u32(nlh, KVM_S2_A_EXTENT_REASON, reason);
	commit(fake, nlh);
}

/* VM 9 has two neighbours that are alike, VM 5 nothing, VM 12 is new */
static void test_try(void **data)
{
	const struct s2_policy policy = {
		.slot = S2_ANY_SLOT, .mem_class = KVM_S2_CLASS_RAM,
		.constraints = KVM_S2_CONSTRAINT_FLOOR_NC, .mode = 2,
	};
	struct state *state = *data;
	const struct s2_obj *extent;
	struct s2_model *model;

	say_family(&state->fake);
	say_host_policy(&state->fake);
	say_host_policy(&state->fake);
	say_vm(&state->fake, 5);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	/* The first time somebody changed slots meanwhile */
	say_checked(&state->fake, 5, 0, KVM_S2_VERDICT_DENY,
		    KVM_S2_REASON_FLOOR);
	say_done(&state->fake, NLM_F_DUMP_INTR, 0);
	say_checked(&state->fake, 9, 0x1000, KVM_S2_VERDICT_DENY,
		    KVM_S2_REASON_FLOOR);
	say_checked(&state->fake, 9, 0x2000, KVM_S2_VERDICT_DENY,
		    KVM_S2_REASON_FLOOR);
	say_checked(&state->fake, 12, 0x3000, KVM_S2_VERDICT_ALLOW,
		    KVM_S2_REASON_FLOOR);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	assert_int_equal(s2_policy_try(state->src, &policy, &model), 0);
	assert_int_equal(sent_cmd(&state->fake), KVM_S2_CMD_POLICY_CHECK);
	assert_int_equal(sent(&state->fake, KVM_S2_A_EXTENT_CLASS), 1);
	assert_int_equal(sent(&state->fake, KVM_S2_A_EXTENT_CONSTRAINTS), 2);
	assert_int_equal(sent(&state->fake, KVM_S2_A_EXTENT_MODE), 2);
	assert_true(s2_model_complete(model));
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 2);
	assert_int_equal(s2_obj_num(nth_vm(model, 0), S2_VM_ID, 0), 9);
	assert_int_equal(s2_obj_count(nth_vm(model, 0), S2_OBJ_EXTENT), 1);
	extent = nth(nth_vm(model, 0), S2_OBJ_EXTENT, 0);
	assert_int_equal(s2_obj_num(extent, S2_EXTENT_BYTES, 0), 0x2000);
	assert_string_equal(s2_obj_str(extent, S2_EXTENT_VERDICT), "deny");
	assert_string_equal(s2_obj_str(extent, S2_EXTENT_REASON), "floor");
	assert_int_equal(s2_obj_num(nth_vm(model, 1), S2_VM_ID, 0), 12);
	s2_model_unref(model);
}

/* An extent of no VM is malformed, a refusal is an error */
static void test_try_bad(void **data)
{
	const struct s2_policy policy = { .slot = S2_ANY_SLOT, .mem_class = 1 };
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	for (int i = 0; i < 2; i++) {
		say_host_policy(&state->fake);
		say_host_policy(&state->fake);
		say_done(&state->fake, 0, 0);
		if (i)
			say_error(&state->fake, -EBUSY);
		else
			say_extent(&state->fake, 0, 0x1000, 1, 2, 0);
		if (!i)
			say_done(&state->fake, 0, 0);
	}
	open_fake(state);
	assert_int_equal(s2_policy_try(state->src, &policy, &model), -EBADMSG);
	assert_null(model);
	assert_int_equal(s2_policy_try(state->src, &policy, &model), -EBUSY);
	assert_null(model);
}

/* -------------------------------------------------------------- monitor -- */

/* The next event is @word, of VM @vm (0: the host) */
static const struct s2_obj *expect(struct s2_monitor *monitor,
				   const char *word, uint64_t vm)
{
	const struct s2_obj *event;

	assert_int_equal(s2_monitor_next(monitor, &event), 0);
	assert_string_equal(s2_obj_str(event, S2_EVENT_EVENT), word);
	assert_int_equal(s2_obj_num(event, S2_EVENT_VM, 0), vm);
	assert_true(s2_obj_get(event, S2_EVENT_TIME).known);
	return event;
}

static void say_events(struct fake *fake)
{
	say_group(fake);
	say_policy(fake, &(struct say){ .cmd = KVM_S2_CMD_POLICY_NTF,
		   .class = 6, .owner = 1, .generation = 5 });
	say_policy(fake, &(struct say){ .cmd = KVM_S2_CMD_DENIED_NTF, .vm = 8,
		   .class = 1, .denied = 3, .reason = 14 });
	say_policy(fake, &(struct say){ .cmd = KVM_S2_CMD_DENIED_NTF, .vm = 9,
		   .class = 1, .denied = 4, .reason = 17 });
	/* Something of the future, and something forged */
	say_policy(fake, &(struct say){ .cmd = 99, .vm = 9 });
	say_policy(fake, &(struct say){ .cmd = KVM_S2_CMD_VM_GONE_NTF,
		   .vm = 9 });
	fake->from[fake->count - 1] = 1234;
	say_nothing(fake, -EAGAIN);
	/* Lost: the rest of the queue goes as well, up to its end */
	say_nothing(fake, -ENOBUFS);
	say_policy(fake, &(struct say){ .cmd = KVM_S2_CMD_POLICY_NTF,
		   .class = 6, .owner = 1, .generation = 1 });
	say_nothing(fake, -ENOBUFS);
	say_nothing(fake, -EAGAIN);
	say_policy(fake, &(struct say){ .cmd = KVM_S2_CMD_VM_GONE_NTF,
		   .vm = 9 });
	fake->end = -EAGAIN;
}

static void check_state(struct s2_monitor *monitor)
{
	const struct s2_obj *event;

	event = expect(monitor, "state", 0);
	assert_string_equal(s2_obj_str(event, S2_EVENT_SCOPE), "host");
	assert_int_equal(s2_obj_num(event, S2_EVENT_GENERATION, 0), 4);
	event = expect(monitor, "state", 9);
	assert_string_equal(s2_obj_str(event, S2_EVENT_SCOPE), "slot");
	assert_string_equal(s2_obj_str(event, S2_EVENT_OWNER), "vmm");
	assert_true(s2_obj_num(event, S2_EVENT_DENIED, 0) == 1ull << 33);
	event = expect(monitor, "ready", 0);
	assert_null(s2_obj_str(event, S2_EVENT_SCOPE));
	assert_int_equal(s2_obj_num(event, S2_EVENT_COMPLETE, 2), 1);
}

static void check_events(struct s2_monitor *monitor, bool all)
{
	const struct s2_obj *event;

	event = expect(monitor, "policy", 0);
	assert_string_equal(s2_obj_str(event, S2_EVENT_MODE), "none");
	assert_string_equal(s2_obj_str(event, S2_EVENT_CLASS), "io-nc");
	if (all)
		expect(monitor, "denied", 8);
	event = expect(monitor, "denied", 9);
	assert_string_equal(s2_obj_str(event, S2_EVENT_REASON), "noexec");
	assert_string_equal(s2_obj_str(event, S2_EVENT_SCOPE), "vm");
	assert_int_equal(s2_obj_num(event, S2_EVENT_DENIED, 0), 4);
	assert_int_equal(s2_monitor_next(monitor, &event), -EAGAIN);
	assert_null(event);
	assert_int_equal(s2_monitor_next(monitor, &event), -ENOBUFS);
	assert_string_equal(s2_obj_str(event, S2_EVENT_EVENT), "resync");
}

static void run_monitor(struct state *state, bool all)
{
	struct fake events = { .count = 0 };
	struct s2_monitor *monitor;
	const struct s2_obj *event;
	struct s2_model *model;

	say_family(&state->fake);
	say_state(&state->fake);
	open_fake(state);
	say_events(&events);
	assert_int_equal(s2_monitor_open_nl(state->ctx,
			 open_fake_nl(state->ctx, &events), &monitor), 0);
	assert_int_equal(events.group, 77);
	assert_int_equal(s2_monitor_fd(monitor), 42);
	model = load(state, S2_LOAD_VMS | S2_LOAD_POLICY);
	if (!all)
		assert_int_equal(s2_monitor_select(monitor, model), 0);
	s2_monitor_dump(monitor, model);
	check_state(monitor);
	check_events(monitor, all);
	/* The state anew, then what came after what was dropped */
	s2_monitor_dump(monitor, model);
	s2_model_unref(model);
	check_state(monitor);
	expect(monitor, "vm-gone", 9);
	assert_int_equal(s2_monitor_next(monitor, &event), -EAGAIN);
	s2_monitor_close(monitor);
}

static void test_monitor(void **data)
{
	run_monitor(*data, true);
}

static void test_monitor_some(void **data)
{
	run_monitor(*data, false);
}

/* A family without the group, and messages that are none */
static void test_monitor_bad(void **data)
{
	struct state *state = *data;
	struct fake events = { .count = 0 };
	struct s2_monitor *monitor;
	const struct s2_obj *event;
	struct nlmsghdr *nlh;

	say_family(&events);
	assert_int_equal(s2_monitor_open_nl(state->ctx,
			 open_fake_nl(state->ctx, &events), &monitor),
			 -EOPNOTSUPP);
	assert_null(monitor);
	say_group(&events);
	nlh = begin(&events, FAMILY, 0);
	((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->cmd =
		KVM_S2_CMD_VM_GONE_NTF;
	mnl_attr_put_u16(nlh, KVM_S2_A_POLICY_VM_ID, 9);
	commit(&events, nlh);
	nlh = begin(&events, FAMILY, 0);
	commit(&events, nlh);
	events.len[events.count - 1] = 7;
	events.end = -EAGAIN;
	assert_int_equal(s2_monitor_open_nl(state->ctx,
			 open_fake_nl(state->ctx, &events), &monitor), 0);
	assert_int_equal(s2_monitor_next(monitor, &event), -EBADMSG);
	assert_int_equal(s2_monitor_next(monitor, &event), -EBADMSG);
	assert_null(event);
	assert_int_equal(s2_monitor_next(monitor, &event), -EAGAIN);
	s2_monitor_close(monitor);
}

/* One line for each, whatever is in it */
static void test_json_line(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	say_family(&state->fake);
	say_state(&state->fake);
	open_fake(state);
	model = load(state, S2_LOAD_VMS | S2_LOAD_POLICY);
	assert_int_equal(s2_json_write_obj(file,
			 s2_model_first(model, S2_OBJ_POLICY)), 0);
	fclose(file);
	assert_string_equal(text, "{\"scope\":\"host\",\"slot\":null,"
		"\"class\":\"ram\",\"owner\":\"admin\","
		"\"constraints\":[\"floor=nc\"],\"mode\":\"audit\","
		"\"generation\":4,\"enforced\":null,\"audited\":null,"
		"\"denied\":null,\"would_deny\":null}\n");
	free(text);
	s2_model_unref(model);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_get), T(test_not_asked), T(test_no_feature),
		T(test_no_family), T(test_set), T(test_clear), T(test_refused),
		T(test_no_privilege), T(test_try), T(test_try_bad),
		T(test_monitor), T(test_monitor_some), T(test_monitor_bad),
		T(test_json_line),
	};

	return RUN_TESTS(tests);
}
