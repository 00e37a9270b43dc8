// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a plan would deny: all of its changes together, and with what they leave
 * in force.  Everything that is expected was worked out by hand.
 */
#include "plan-unit.h"
#include "policy/policy.h"

#include <errno.h>
#include <stdio.h>
#include <linux/kvm_s2_types.h>

#define T(n)	KVM_S2_TYPE_##n
#define V(n)	KVM_S2_VERDICT_##n
#define R(n)	KVM_S2_REASON_##n

#define IO_NC	"\"class\":[\"io-nc\"]"
#define OF_WEB	"\"vm\":{\"name\":\"web\"},\"class\":[\"io-nc\"]"

/* A BAR as the kernel reports it once its type was raised by a floor */
#define RAISED_EXTENT(slot, gpa) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":4096,\"class\":" \
	"\"io-nc\",\"facts\":[],\"vma_type\":\"device\"," \
	"\"predicted\":\"device\",\"mapped\":\"device\",\"perm\":\"rw-\"," \
	"\"verdict\":\"allow\",\"reason\":\"floor\"}"
#define WEB(extents, policies) \
	"{\"id\":1,\"name\":\"web\",\"uid\":5,\"alive\":true,\"slots\":[" \
	SLOT("7", "65536", "4096") "],\"extents\":[" extents \
	"],\"policies\":[" policies "]}"

/* A plan for @rules, and what it would deny: in all, and for each change */
struct tried {
	struct s2_model *model;
	struct s2_plan *plan;
	const struct s2_model *outcome;
};

static void try(struct plan_state *state, struct tried *t, const char *vms,
		const char *policies, const char *rules, unsigned int flags)
{
	t->model = load_host(state, vms, policies);
	t->plan = make_plan(state, t->model, rules, flags);
	t->outcome = s2_plan_outcome(t->plan);
	assert_int_equal(s2_plan_try(t->plan, NULL, t->model), 0);
}

static void done(struct tried *t)
{
	s2_plan_free(t->plan);
	s2_model_unref(t->model);
}

/* Bytes that change number @n would deny, or with @audit count; -1: unknown */
static int64_t bytes_of(const struct tried *t, int n, bool audit)
{
	const struct s2_obj *change = s2_plan_first(t->plan);

	while (n--)
		change = s2_obj_next(change);
	return s2_obj_num(change, audit ? S2_CHANGE_WOULD_DENY_BYTES :
			  S2_CHANGE_DENIED_BYTES, UINT64_MAX);
}

static void expect_first(const struct tried *t, const char *verdict,
			 const char *reason)
{
	const struct s2_obj *extent = nth(nth_vm(t->outcome, 0),
					  S2_OBJ_EXTENT, 0);

	assert_string_equal(s2_obj_str(extent, S2_EXTENT_VERDICT), verdict);
	assert_string_equal(s2_obj_str(extent, S2_EXTENT_REASON), reason);
}

static void test_try(void **data)
{
	struct tried t;

	try(*data, &t, VMS(""), "",
	    RULE("a", "\"class\":[\"ram\"]", "\"floor=nc\"", "enforce") ","
	    RULE("b", "\"vm\":{\"name\":\"db\"},\"class\":[\"ram\"]",
		 "\"noexec\"", "audit") ","
	    RULE("c", "\"device\":[\"10de:2342\"]", "\"floor=device\"",
		 "enforce"), 0);
	/* Mapped RAM of VMs 1, 2 and 3, not what VM 1 has not touched */
	assert_int_equal(bytes_of(&t, 0, false), 20480);
	assert_int_equal(bytes_of(&t, 0, true), 0);
	/* Slot 7 of VM 1: stronger, not denied */
	assert_int_equal(bytes_of(&t, 1, false), 0);
	/* VM 2: what is denied is not counted as well */
	assert_int_equal(bytes_of(&t, 2, false), 0);
	assert_int_equal(bytes_of(&t, 2, true), 0);
	assert_int_equal(s2_plan_bytes(t.plan, false), 20480);
	assert_int_equal(s2_plan_bytes(t.plan, true), 0);
	assert_int_equal(s2_model_count(t.outcome, S2_OBJ_VM), 3);
	assert_int_equal(s2_obj_count(nth_vm(t.outcome, 0), S2_OBJ_EXTENT), 1);
	assert_int_equal(s2_obj_count(nth_vm(t.outcome, 1), S2_OBJ_EXTENT), 1);
	expect_first(&t, "deny", "floor");
	done(&t);
}

/* Neither denies anything by itself: the floor makes what the other refuses */
static void test_scopes_deny(void **data)
{
	struct tried t;

	try(*data, &t, WEB("{\"slot\":7,\"gpa\":65536,\"bytes\":4096,"
			   "\"class\":\"io-nc\",\"facts\":[],"
			   "\"vma_type\":\"nc\",\"predicted\":\"nc\","
			   "\"mapped\":\"nc\",\"perm\":\"rw-\","
			   "\"verdict\":\"allow\",\"reason\":\"any-uncached\"}",
			   ""), "",
	    RULE("a", IO_NC, "\"floor=device\"", "enforce") ","
	    RULE("b", OF_WEB, "\"match-vma\"", "enforce"), 0);
	assert_int_equal(s2_plan_bytes(t.plan, false), 4096);
	/* Both have a part in it; in the sum it is there once */
	assert_int_equal(bytes_of(&t, 0, false), 4096);
	assert_int_equal(bytes_of(&t, 1, false), 4096);
	expect_first(&t, "deny", "match-vma");
	done(&t);
}

/* One of them would deny it by itself, but the other makes it match */
static void test_scopes_allow(void **data)
{
	struct tried t;

	try(*data, &t, WEB(BAR_EXTENT("7", "65536"), ""), "",
	    RULE("a", IO_NC, "\"floor=device\"", "enforce") ","
	    RULE("b", OF_WEB, "\"match-vma\"", "enforce"), 0);
	assert_int_equal(s2_plan_bytes(t.plan, false), 0);
	assert_true(s2_model_complete(t.outcome));
	done(&t);
	/* What is only audited makes nothing match */
	try(*data, &t, WEB(BAR_EXTENT("7", "65536"), ""), "",
	    RULE("a", IO_NC, "\"floor=device\"", "audit") ","
	    RULE("b", OF_WEB, "\"match-vma\"", "enforce"), 0);
	assert_int_equal(s2_plan_bytes(t.plan, false), 4096);
	assert_int_equal(bytes_of(&t, 0, false), 0);
	assert_int_equal(bytes_of(&t, 1, false), 4096);
	done(&t);
}

/* What is set already counts as well, whoever has set it */
static void test_in_force(void **data)
{
	struct tried t;

	try(*data, &t, WEB(RAISED_EXTENT("7", "65536"),
			   POLICY("\"slot\":7", "vmm", "\"floor=device\"",
				  "enforce")), "",
	    RULE("a", IO_NC, "\"match-vma\"", "enforce"), 0);
	assert_int_equal(s2_plan_bytes(t.plan, false), 0);
	done(&t);
	/* The same, but what made it match goes */
	try(*data, &t, WEB(RAISED_EXTENT("7", "65536"),
			   POLICY("\"slot\":7", "admin", "\"floor=device\"",
				  "enforce")), "",
	    RULE("a", IO_NC, "\"match-vma\"", "enforce"), S2_PLAN_PRUNE);
	assert_int_equal(s2_plan_bytes(t.plan, false), 4096);
	assert_int_equal(bytes_of(&t, 0, false), 4096);
	assert_int_equal(bytes_of(&t, 1, false), 4096);
	expect_first(&t, "deny", "match-vma");
	done(&t);
}

/* To take something back can deny, too */
static void test_clear(void **data)
{
	struct tried t;

	try(*data, &t, WEB(RAISED_EXTENT("7", "65536"),
			   POLICY("\"class\":\"io-nc\"", "vmm", "\"match-vma\"",
				  "enforce")),
	    POLICY("\"class\":\"io-nc\"", "admin", "\"floor=device\"", "enforce"),
	    RULE("a", "\"class\":[\"hole\"]", "\"noexec\"", "audit"),
	    S2_PLAN_PRUNE);
	expect_plan(t.plan,
		"clear host - - io-nc none none floor=device enforce - -\n"
		"set host - - hole noexec audit none none a medium\n");
	assert_int_equal(bytes_of(&t, 0, false), 4096);
	assert_int_equal(s2_plan_bytes(t.plan, false), 4096);
	expect_first(&t, "deny", "match-vma");
	done(&t);
	/* So can to audit what was enforced */
	try(*data, &t, WEB(RAISED_EXTENT("7", "65536"),
			   POLICY("\"class\":\"io-nc\"", "vmm", "\"match-vma\"",
				  "enforce")),
	    POLICY("\"class\":\"io-nc\"", "admin", "\"floor=device\"", "enforce"),
	    RULE("a", IO_NC, "\"floor=device\"", "audit"), 0);
	assert_int_equal(bytes_of(&t, 0, false), 4096);
	done(&t);
}

/* Whether it is in use is not known: that is not the same as none */
static void test_mapped_unknown(void **data)
{
	struct tried t;

	try(*data, &t, WEB("{\"slot\":7,\"gpa\":65536,\"bytes\":4096,"
			   "\"class\":\"io-nc\",\"facts\":[],"
			   "\"vma_type\":\"device\",\"predicted\":\"nc\","
			   "\"perm\":\"rw-\",\"verdict\":\"allow\","
			   "\"reason\":\"any-uncached\"}", ""), "",
	    RULE("a", IO_NC, "\"match-vma\"", "enforce"), 0);
	assert_int_equal(bytes_of(&t, 0, false), -1);
	assert_false(s2_model_complete(t.outcome));
	done(&t);
	/* It does not matter where it would not be denied */
	try(*data, &t, WEB("{\"slot\":7,\"gpa\":65536,\"bytes\":4096,"
			   "\"class\":\"io-nc\",\"facts\":[],"
			   "\"vma_type\":\"nc\",\"predicted\":\"nc\","
			   "\"perm\":\"rw-\",\"verdict\":\"allow\","
			   "\"reason\":\"any-uncached\"}", ""), "",
	    RULE("a", IO_NC, "\"match-vma\"", "enforce"), 0);
	assert_int_equal(bytes_of(&t, 0, false), 0);
	assert_true(s2_model_complete(t.outcome));
	done(&t);
}

/* ------------------------------------------------------------------- live */

/* A kernel that notes what is asked, and refuses when it is told to */
struct fake {
	struct s2_policy set[32];
	int err[32];
	size_t count;
};

static void try_extent(struct s2_list *list, uint64_t gpa, unsigned int type,
		       unsigned int perm, unsigned int verdict,
		       unsigned int reason)
{
	struct s2_obj *extent = s2_list_add(list);

	assert_non_null(extent);
	s2_obj_set_num(extent, S2_EXTENT_SLOT, 0);
	s2_obj_set_num(extent, S2_EXTENT_GPA, gpa);
	s2_obj_set_num(extent, S2_EXTENT_BYTES, 4096);
	s2_obj_set_num(extent, S2_EXTENT_MAPPED, type);
	s2_obj_set_num(extent, S2_EXTENT_PREDICTED, type);
	s2_obj_set_num(extent, S2_EXTENT_PERM, perm);
	s2_obj_set_num(extent, S2_EXTENT_VERDICT, verdict);
	s2_obj_set_num(extent, S2_EXTENT_REASON, reason);
}

/* Of VM 5: one refused, one stronger, one that would be refused */
static int fake_try(struct s2_source *src, const struct s2_policy *policy,
		    struct s2_model *model)
{
	struct fake *fake = src->priv;
	size_t n = fake->count++;
	struct s2_list *list;
	struct s2_obj *vm;

	fake->set[n] = *policy;
	if (fake->err[n])
		return s2_fail(src->ctx, fake->err[n], "refused %zu", n);
	vm = s2_list_add(&model->vms);
	s2_obj_set_num(vm, S2_VM_ID, 5);
	list = s2_obj_kids(vm, S2_OBJ_EXTENT);
	try_extent(list, 0, T(WB), KVM_S2_PERM_R, V(DENY), R(FLOOR));
	try_extent(list, 4096, T(NC), KVM_S2_PERM_R, V(ALLOW), R(FLOOR));
	try_extent(list, 8192, T(WB), KVM_S2_PERM_R, V(WOULD_DENY), R(NOEXEC));
	s2_obj_set_kids_known(vm, S2_OBJ_EXTENT, true);
	return 0;
}

static void fake_close(struct s2_source *src)
{
	(void)src;
}

static const struct s2_source_ops fake_ops = {
	.policy_try = fake_try,
	.close = fake_close,
};

static void expect_asked(const struct fake *fake, const char *want)
{
	char got[1024] = "", *p = got;

	for (size_t i = 0; i < fake->count; i++) {
		const struct s2_policy *set = &fake->set[i];

		p += sprintf(p, "vm %d slot %d class %u: %#x %u\n",
			     (int)set->vm_id, (int)set->slot, set->mem_class,
			     set->constraints, set->mode);
	}
	assert_string_equal(got, want);
}

static int try_live(struct plan_state *state, struct fake *fake,
		    struct tried *t, const char *vms, const char *rules,
		    unsigned int flags)
{
	struct s2_source *src;
	int err;

	t->model = load_host(state, vms, "");
	t->plan = make_plan(state, t->model, rules, flags);
	t->outcome = s2_plan_outcome(t->plan);
	assert_int_equal(s2_source_new(state->ctx, &fake_ops, fake, &src), 0);
	err = s2_plan_try(t->plan, src, t->model);
	s2_source_close(src);
	return err;
}

#define LIVE_RULES \
	RULE("a", "\"class\":[\"ram\"]", "\"floor=nc\"", "enforce") "," \
	RULE("b", "\"vm\":{\"uid\":6},\"class\":[\"io\"]", "\"noexec\"", \
	     "enforce")

/* What no other change meets, the kernel knows best */
static void test_live_alone(void **data)
{
	struct fake fake = { .count = 0 };
	struct tried t;

	assert_int_equal(try_live(*data, &fake, &t, VMS(""), LIVE_RULES, 0), 0);
	expect_asked(&fake, "vm 0 slot -1 class 1: 0x2 2\n"
			    "vm 2 slot -1 class 5: 0x8 2\n");
	/* Of its three extents one is denied and one would be */
	assert_int_equal(bytes_of(&t, 0, false), 4096);
	assert_int_equal(bytes_of(&t, 0, true), 4096);
	/* VM 5 has begun since: it has no name */
	assert_int_equal(s2_model_count(t.outcome, S2_OBJ_VM), 1);
	assert_int_equal(s2_obj_num(nth_vm(t.outcome, 0), S2_VM_ID, 0), 5);
	done(&t);
}

/* What several make together it cannot be asked; but it can refuse */
static void test_live_united(void **data)
{
	struct fake fake = { .count = 0 };
	struct tried t;

	assert_int_equal(try_live(*data, &fake, &t,
				  WEB(BAR_EXTENT("7", "65536"), ""),
		RULE("a", IO_NC, "\"floor=device\"", "enforce") ","
		RULE("b", OF_WEB, "\"match-vma\"", "enforce"), 0), 0);
	expect_asked(&fake, "vm 0 slot -1 class 6: 0x4 2\n"
			    "vm 1 slot -1 class 6: 0x10 2\n");
	assert_int_equal(s2_plan_bytes(t.plan, false), 0);
	done(&t);
}

/* What is to be cleared is asked about as well */
static void test_live_clear(void **data)
{
	struct fake fake = { .count = 0 };
	struct tried t;

	assert_int_equal(try_live(*data, &fake, &t, VMS(
		POLICY("\"class\":\"io\"", "admin", "\"noexec\"", "enforce")),
		"", S2_PLAN_PRUNE), 0);
	expect_asked(&fake, "vm 1 slot -1 class 5: 0 0\n");
	assert_int_equal(bytes_of(&t, 0, false), 4096);
	done(&t);
}

/* What set would refuse is refused; a VM that has ended needs nothing */
static void test_live_refused(void **data)
{
	struct plan_state *state = *data;
	struct fake busy = { .err = { -EBUSY } };
	struct fake gone = { .err = { [1] = -ESRCH } };
	struct tried t;

	assert_int_equal(try_live(state, &busy, &t, VMS(""), LIVE_RULES, 0),
			 -EBUSY);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "the host, class ram: refused 0");
	done(&t);
	assert_int_equal(try_live(state, &gone, &t, VMS(""), LIVE_RULES, 0), 0);
	assert_int_equal(s2_plan_bytes(t.plan, false), 4096);
	done(&t);
}

#undef T
#define T(name)	cmocka_unit_test_setup_teardown(name, plan_setup, plan_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_try), T(test_scopes_deny), T(test_scopes_allow),
		T(test_in_force), T(test_clear), T(test_mapped_unknown),
		T(test_live_alone), T(test_live_united), T(test_live_clear),
		T(test_live_refused),
	};

	return RUN_TESTS(tests);
}
