// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a site policy to policies: the places, and setting all or none.
 * Everything that is expected was worked out by hand.
 */
#include "plan-unit.h"

#include <errno.h>
#include <stdio.h>
#include <linux/kvm_s2_types.h>

static void test_places(void **data)
{
	struct s2_model *model = load_host(*data, VMS(""), "");
	struct s2_plan *plan = make_plan(*data, model,
		RULE("host", "\"class\":[\"ram\"]", "\"require-fwb\"", "audit") ","
		RULE("nc", "\"vm\":{\"name\":\"w*\"},\"class\":[\"ram\",\"io\"]",
		     "\"floor=nc\"", "enforce") ","
		RULE("dev", "\"vm\":{\"uid\":5},\"class\":[\"io\"]",
		     "\"floor=device\",\"locked\"", "enforce") ","
		RULE("bar", "\"device\":[\"10de:*\"]", "\"noexec\"", "enforce"),
		0);

	/* Floors take the stronger, sets are united, the dead have nothing */
	expect_plan(plan,
		"set host - - ram require-fwb audit none none host medium\n"
		"set vm 1 - ram floor=nc enforce none none nc medium\n"
		"set vm 1 - io floor=device,locked enforce none none nc,dev medium\n"
		"set slot 1 7 - noexec enforce none none bar medium\n");
	assert_true(s2_model_complete(s2_plan_outcome(plan)));
	assert_string_equal(s2_obj_str(s2_obj_next(s2_plan_first(plan)),
				       S2_CHANGE_NAME), "web");
	s2_plan_free(plan);
	s2_model_unref(model);
}

#define OLD \
	POLICY("\"class\":\"ram\"", "admin", "\"noexec\"", "enforce") "," \
	POLICY("\"class\":\"io\"", "vmm", "\"noexec\"", "enforce") "," \
	POLICY("\"class\":\"gmem\"", "admin", "\"match-vma\"", "audit") "," \
	POLICY("\"slot\":7", "admin", "\"floor=device\"", "enforce")
#define RULES \
	RULE("a", "\"vm\":{\"uid\":5},\"class\":[\"ram\"]", "\"noexec\"", \
	     "enforce") "," \
	RULE("b", "\"vm\":{\"uid\":5},\"class\":[\"io\"]", "\"noexec\"", \
	     "enforce") "," \
	RULE("c", "\"class\":[\"ram\"]", "\"noexec\"", "audit")

/* The administrator's own only counts as set already */
static void test_old(void **data)
{
	struct s2_model *model = load_host(*data, VMS(OLD),
		POLICY("\"class\":\"ram\"", "admin", "\"noexec\"", "enforce") ","
		POLICY("\"class\":\"hole\"", "admin", "\"noexec\"", "audit"));
	struct s2_plan *plan = make_plan(*data, model, RULES, 0);

	expect_plan(plan,
		"set host - - ram noexec audit noexec enforce c medium\n"
		"keep vm 1 - ram noexec enforce noexec enforce a medium\n"
		"set vm 1 - io noexec enforce none none b medium\n");
	assert_int_equal(s2_plan_count(plan, S2_ACTION_SET), 2);
	assert_int_equal(s2_plan_count(plan, S2_ACTION_KEEP), 1);
	s2_plan_free(plan);
	plan = make_plan(*data, model, RULES, S2_PLAN_PRUNE);
	expect_plan(plan,
		"set host - - ram noexec audit noexec enforce c medium\n"
		"clear host - - hole none none noexec audit - -\n"
		"keep vm 1 - ram noexec enforce noexec enforce a medium\n"
		"set vm 1 - io noexec enforce none none b medium\n"
		"clear vm 1 - gmem none none match-vma audit - -\n"
		"clear slot 1 7 - none none floor=device enforce - -\n");
	s2_plan_free(plan);
	s2_model_unref(model);
}

static void test_contradiction(void **data)
{
	struct plan_state *state = *data;
	struct s2_model *model = load_host(state, VMS(""), "");
	struct s2_site *site = load_site(state,
		RULE("a", "\"vm\":{\"name\":\"w*\"}", "\"noexec\"", "audit") ","
		RULE("b", "\"vm\":{\"uid\":5},\"class\":[\"io\"]", "\"noexec\"",
		     "enforce"));
	struct s2_plan *plan;

	assert_int_equal(s2_site_plan(site, model, 0, &plan), -EINVAL);
	assert_null(plan);
	assert_non_null(strstr(s2_ctx_error(state->ctx),
			       "rule 'b' would enforce for VM 1, class io, and rule 'a' ("));
	s2_site_free(site);
	s2_model_unref(model);
}

static void test_unknown(void **data)
{
	struct s2_model *model = load_host(*data,
		"{\"id\":9,\"slots\":[],\"extents\":[],\"policies\":[]}", "");
	struct s2_plan *plan = make_plan(*data, model,
		RULE("a", "\"vm\":{\"uid\":5}", "\"noexec\"", "audit"), 0);
	const struct s2_model *outcome = s2_plan_outcome(plan);
	const struct s2_obj *problem = s2_model_first(outcome, S2_OBJ_PROBLEM);

	expect_plan(plan, "");
	assert_false(s2_model_complete(outcome));
	assert_string_equal(s2_obj_str(problem, S2_PROBLEM_TEXT),
			    "rule 'a': the user of VM 9 is not known");
	assert_int_equal(s2_obj_num(problem, S2_PROBLEM_VM, 0), 9);
	s2_plan_free(plan);
	s2_model_unref(model);
}

/* What a rule may ask for is not cleared because it is not known whether */
static void test_prune_unknown(void **data)
{
	struct s2_model *model = load_host(*data,
		"{\"id\":9,\"slots\":[" SLOT("7", "0", "4096") "],\"extents\":["
		"{\"slot\":7,\"gpa\":0,\"bytes\":4096,\"class\":\"io\"}],"
		"\"policies\":["
		POLICY("\"class\":\"ram\"", "admin", "\"noexec\"", "audit") ","
		POLICY("\"slot\":7", "admin", "\"noexec\"", "audit") "]}", "");
	struct s2_plan *plan = make_plan(*data, model,
		RULE("a", "\"vm\":{\"uid\":5}", "\"noexec\"", "audit"),
		S2_PLAN_PRUNE);

	expect_plan(plan, "");
	s2_plan_free(plan);
	plan = make_plan(*data, model,
			 RULE("a", "\"device\":[\"10de:*\"]", "\"noexec\"",
			      "audit"), S2_PLAN_PRUNE);
	expect_plan(plan, "clear vm 9 - ram none none noexec audit - -\n");
	s2_plan_free(plan);
	s2_model_unref(model);
}

/* What was not loaded is not known to be none */
static void test_old_unknown(void **data)
{
	struct plan_state *state = *data;
	struct s2_model *model = load_vms(state->ctx, VMS(""), S2_LOAD_DEVICES);
	struct s2_plan *plan = make_plan(state, model,
		RULE("c", "\"class\":[\"ram\"]", "\"noexec\"", "audit"), 0);

	expect_plan(plan, "set host - - ram noexec audit - - c medium\n");
	s2_plan_free(plan);
	s2_model_unref(model);
}

/* --------------------------------------------------------------- applying */

/* A kernel that notes what is set, and refuses when it is told to */
struct fake {
	struct s2_policy set[32];
	int err[32];
	size_t count;
};

static int fake_set(struct s2_source *src, const struct s2_policy *policy,
		    uint64_t *generation)
{
	struct fake *fake = src->priv;
	size_t n = fake->count++;

	(void)generation;
	assert_true(n < 32);
	fake->set[n] = *policy;
	if (fake->err[n])
		return s2_fail(src->ctx, fake->err[n], "refused %zu", n);
	return 0;
}

static void fake_close(struct s2_source *src)
{
	(void)src;
}

static const struct s2_source_ops fake_ops = {
	.policy_set = fake_set,
	.close = fake_close,
};

static void expect_set(const struct fake *fake, const char *want)
{
	char got[1024] = "", *p = got;

	for (size_t i = 0; i < fake->count; i++) {
		const struct s2_policy *set = &fake->set[i];

		p += sprintf(p, "vm %d slot %d class %u: %#x %u\n",
			     (int)set->vm_id, (int)set->slot, set->mem_class,
			     set->constraints, set->mode);
		assert_int_equal(set->generation, 0);
	}
	assert_string_equal(got, want);
}

static int apply(struct plan_state *state, struct fake *fake, unsigned int flags)
{
	struct s2_model *model = load_host(state, VMS(OLD),
		POLICY("\"class\":\"ram\"", "admin", "\"match-vma\"", "enforce"));
	struct s2_plan *plan = make_plan(state, model, RULES, flags);
	struct s2_source *src;
	int err;

	assert_int_equal(s2_source_new(state->ctx, &fake_ops, fake, &src), 0);
	err = s2_plan_apply(plan, src);
	s2_source_close(src);
	s2_plan_free(plan);
	s2_model_unref(model);
	return err;
}

static void test_apply(void **data)
{
	struct fake fake = { .count = 0 };

	assert_int_equal(apply(*data, &fake, S2_PLAN_PRUNE), 0);
	expect_set(&fake, "vm 0 slot -1 class 1: 0x8 1\n"
			  "vm 1 slot -1 class 5: 0x8 2\n"
			  "vm 1 slot -1 class 7: 0 0\n"
			  "vm 1 slot 7 class 0: 0 0\n");
}

static void test_apply_fails(void **data)
{
	struct plan_state *state = *data;
	struct fake fake = { .err = { [2] = -EBUSY } };

	assert_int_equal(apply(state, &fake, S2_PLAN_PRUNE), -EBUSY);
	/* Back to what was there, the last one first */
	expect_set(&fake, "vm 0 slot -1 class 1: 0x8 1\n"
			  "vm 1 slot -1 class 5: 0x8 2\n"
			  "vm 1 slot -1 class 7: 0 0\n"
			  "vm 1 slot -1 class 5: 0 0\n"
			  "vm 0 slot -1 class 1: 0x10 2\n");
	assert_string_equal(s2_ctx_error(state->ctx),
			    "VM 1, class gmem: refused 2; what was set before it has been taken back");
}

static void test_apply_fails_first(void **data)
{
	struct plan_state *state = *data;
	struct fake fake = { .err = { -EPERM } };

	assert_int_equal(apply(state, &fake, 0), -EPERM);
	assert_int_equal(fake.count, 1);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "the host, class ram: refused 0; nothing was set");
}

/* One cannot be taken back: the others are, and it is said */
static void test_apply_fails_twice(void **data)
{
	struct plan_state *state = *data;
	struct fake fake = { .err = { [2] = -EBUSY, [3] = -EPERM } };

	assert_int_equal(apply(state, &fake, S2_PLAN_PRUNE), -EBUSY);
	assert_int_equal(fake.count, 5);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "VM 1, class gmem: refused 2; of what was set before, 1 could not be taken back (VM 1, class io: refused 3)");
}

/* A VM that has ended needs nothing; a slot that has gone may be another now */
static void test_apply_gone(void **data)
{
	struct fake fake = { .err = { [1] = -ENOENT, [2] = -ENOENT } };
	struct fake slot = { .err = { [3] = -ENOENT } };

	assert_int_equal(apply(*data, &fake, S2_PLAN_PRUNE), 0);
	assert_int_equal(fake.count, 4);
	assert_int_equal(apply(*data, &slot, S2_PLAN_PRUNE), -ENOENT);
	assert_int_equal(slot.count, 7);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, plan_setup, plan_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_places), T(test_old),
		T(test_contradiction), T(test_unknown), T(test_prune_unknown),
		T(test_old_unknown),
		T(test_apply), T(test_apply_fails),
		T(test_apply_fails_first), T(test_apply_fails_twice),
		T(test_apply_gone),
	};

	return RUN_TESTS(tests);
}
