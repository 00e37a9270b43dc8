// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a site policy to policies: the places, and setting all or none.
 * Everything that is expected was worked out by hand.
 */
#include "plan-unit.h"
#include "policy/policy.h"

#include <errno.h>
#include <signal.h>
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

/* What a VM matches is up to its VMM: it stops nothing but what is its own */
static void test_contradiction(void **data)
{
	struct plan_state *state = *data;
	struct s2_model *model = load_host(state, VMS(""), "");
	struct s2_plan *plan = make_plan(state, model,
		RULE("a", "\"vm\":{\"name\":\"w*\"},\"class\":[\"ram\",\"io\"]",
		     "\"noexec\"", "audit") ","
		RULE("b", "\"vm\":{\"uid\":5},\"class\":[\"io\"]",
		     "\"match-vma\"", "enforce") ","
		RULE("c", "\"vm\":{\"uid\":6},\"class\":[\"io\"]", "\"noexec\"",
		     "audit"), 0);
	const struct s2_obj *problem;

	expect_plan(plan,
		"set vm 1 - ram noexec audit none none a medium\n"
		"set vm 1 - io noexec,match-vma enforce none none a,b medium\n"
		"set vm 2 - io noexec audit none none c medium\n");
	problem = s2_model_first(s2_plan_outcome(plan), S2_OBJ_PROBLEM);
	assert_string_equal(s2_obj_str(problem, S2_PROBLEM_CODE),
			    "contradiction");
	assert_non_null(strstr(s2_obj_str(problem, S2_PROBLEM_TEXT),
			       "rule 'b' would enforce for VM 1, class io, and rule 'a' ("));
	assert_null(s2_obj_next(problem));
	s2_plan_free(plan);
	s2_model_unref(model);
}

/* Nothing can be set for it, and that is said */
static void test_no_identity(void **data)
{
	struct s2_model *model = load_host(*data,
		"{\"pid\":77,\"slots\":[],\"extents\":[],\"policies\":[]}", "");
	struct s2_plan *plan = make_plan(*data, model,
		RULE("a", "\"vm\":{\"uid\":5}", "\"noexec\"", "audit"), 0);

	expect_plan(plan, "");
	assert_string_equal(s2_obj_str(s2_model_first(s2_plan_outcome(plan),
						      S2_OBJ_PROBLEM),
				       S2_PROBLEM_TEXT),
			    "a VM of process 77 has no identity: nothing can be set for it");
	s2_plan_free(plan);
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
	plan = make_plan(state, model,
		RULE("c", "\"class\":[\"ram\"]", "\"noexec\"", "audit"),
		S2_PLAN_KNOWN);
	expect_plan(plan, "");
	s2_plan_free(plan);
	s2_model_unref(model);
}

/* --------------------------------------------------------------- applying */

/* A kernel that notes what is set, and refuses when it is told to */
struct fake {
	struct s2_policy set[32];
	int err[32];
	int raise[32];		/* a signal that comes meanwhile */
	const struct s2_model *now;	/* what is read again, or NULL */
	uint64_t generation;	/* if not 0, of the first change that is made */
	size_t count;
};

static int fake_set(struct s2_source *src, const struct s2_policy *policy,
		    uint64_t *generation)
{
	struct fake *fake = src->priv;
	size_t n = fake->count++;

	assert_true(n < 32);
	fake->set[n] = *policy;
	if (fake->generation)
		*generation = fake->generation++;
	if (fake->raise[n])
		raise(fake->raise[n]);
	if (fake->err[n])
		return s2_fail(src->ctx, fake->err[n], "refused %zu", n);
	return 0;
}

static void fake_close(struct s2_source *src)
{
	(void)src;
}

/* Only what a snapshot says: that is what others have made of it */
static int fake_load(struct s2_source *src, struct s2_model *model,
		     unsigned int flags)
{
	struct fake *fake = src->priv;
	const struct s2_obj *obj, *vm;

	(void)flags;
	if (!fake->now)
		return -EIO;
	model->policies_known = true;
	s2_model_for_each(obj, fake->now, S2_OBJ_POLICY)
		s2_obj_copy_all(s2_list_add(&model->policies), obj);
	s2_model_for_each(vm, fake->now, S2_OBJ_VM) {
		struct s2_obj *new = s2_list_add(&model->vms);

		s2_obj_copy_all(new, vm);
		s2_obj_for_each(obj, vm, S2_OBJ_POLICY)
			s2_obj_copy_all(s2_list_add(s2_obj_kids(new,
				S2_OBJ_POLICY)), obj);
		s2_obj_set_kids_known(new, S2_OBJ_POLICY, true);
	}
	return 0;
}

static const struct s2_source_ops fake_ops = {
	.load_vms = fake_load,
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
	}
	assert_string_equal(got, want);
}

static int apply_rules(struct plan_state *state, struct fake *fake,
		       struct s2_model *model, const char *rules,
		       unsigned int flags)
{
	struct s2_plan *plan = make_plan(state, model, rules, flags);
	struct s2_source *src;
	int err;

	assert_int_equal(s2_source_new(state->ctx, &fake_ops, fake, &src), 0);
	err = s2_plan_apply(plan, src);
	s2_source_close(src);
	s2_plan_free(plan);
	s2_model_unref(model);
	return err;
}

static int apply(struct plan_state *state, struct fake *fake, unsigned int flags)
{
	struct s2_model *model = load_host(state, VMS(OLD),
		POLICY("\"class\":\"ram\"", "admin", "\"match-vma\"", "enforce"));

	return apply_rules(state, fake, model, RULES, flags);
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

	assert_int_equal(apply(state, &fake, S2_PLAN_PRUNE), -ENOTRECOVERABLE);
	assert_int_equal(fake.count, 5);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "VM 1, class gmem: refused 2; of what was set before, 1 could not be taken back (VM 1, class io: refused 3)");
}

/* A VM that has ended needs nothing; a slot that has gone may be another now */
static void test_apply_gone(void **data)
{
	struct fake fake = { .err = { [1] = -ENOENT, [2] = -ESRCH,
				      [3] = -ESRCH } };
	struct fake slot = { .err = { [3] = -ENOENT } };

	assert_int_equal(apply(*data, &fake, S2_PLAN_PRUNE), 0);
	assert_int_equal(fake.count, 4);
	assert_int_equal(fake.set[3].slot, 7);
	assert_int_equal(apply(*data, &slot, S2_PLAN_PRUNE), -ENOENT);
	assert_int_equal(slot.count, 7);
}

/* First all that is to be had, then what is to go; locks when all is well */
static void test_apply_order(void **data)
{
	static const char rules[] =
		RULE("a", "\"class\":[\"ram\"]", "\"match-vma\"", "enforce") ","
		RULE("b", "\"vm\":{\"uid\":5},\"class\":[\"ram\"]",
		     "\"noexec\",\"locked\"", "enforce") ","
		RULE("c", "\"vm\":{\"uid\":6},\"class\":[\"ram\"]",
		     "\"locked\"", "audit") ","
		RULE("d", "\"vm\":{\"uid\":6},\"class\":[\"io-nc\"]",
		     "\"floor=device\"", "enforce");
	struct fake fake = { .count = 0 }, fails = { .err = { [3] = -EBUSY } };
	struct plan_state *state = *data;

	assert_int_equal(apply_rules(state, &fake, load_host(state, VMS(""),
		POLICY("\"class\":\"hole\"", "admin", "\"noexec\"", "audit") ","
		POLICY("\"class\":\"gmem\"", "admin", "\"match-vma\"",
		       "enforce")), rules, S2_PLAN_PRUNE), 0);
	expect_set(&fake, "vm 2 slot -1 class 6: 0x4 2\n"
			  "vm 0 slot -1 class 1: 0x10 2\n"
			  "vm 1 slot -1 class 1: 0x8 2\n"
			  "vm 0 slot -1 class 7: 0 0\n"
			  "vm 0 slot -1 class 8: 0 0\n"
			  "vm 1 slot -1 class 1: 0x28 2\n"
			  "vm 2 slot -1 class 1: 0x20 1\n");
	/* A lock that is there already cannot be undone either: it is late */
	memset(&fake, 0, sizeof(fake));
	assert_int_equal(apply_rules(state, &fake, load_host(state, VMS(
		POLICY("\"class\":\"ram\"", "admin", "\"locked\"", "enforce")),
		""), rules, 0), 0);
	assert_int_equal(fake.set[2].vm_id, 1);
	assert_int_equal(fake.set[2].constraints, 0x28);
	assert_int_equal(fake.count, 4);
	/* One fails before the locks: there is none to be taken back */
	assert_int_equal(apply_rules(state, &fails, load_host(state, VMS(""),
		POLICY("\"class\":\"hole\"", "admin", "\"noexec\"", "audit")),
		rules, S2_PLAN_PRUNE), -EBUSY);
	for (size_t i = 0; i < fails.count; i++)
		assert_false(fails.set[i].constraints &
			     KVM_S2_CONSTRAINT_LOCKED);
	assert_int_equal(fails.count, 7);
}

static void block(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(how, &set, NULL);
}

/* Who is to end half way takes back what is done, and then ends */
static void test_apply_signal(void **data)
{
	struct fake fake = { .raise = { [1] = SIGTERM } };
	struct fake ignored = { .raise = { [1] = SIGHUP } };
	struct plan_state *state = *data;
	int sig;
	sigset_t set;

	block(SIG_BLOCK);
	assert_int_equal(apply(state, &fake, S2_PLAN_PRUNE), -EINTR);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "asked to end; what was set before it has been taken back");
	expect_set(&fake, "vm 0 slot -1 class 1: 0x8 1\n"
			  "vm 1 slot -1 class 5: 0x8 2\n"
			  "vm 1 slot -1 class 5: 0 0\n"
			  "vm 0 slot -1 class 1: 0x10 2\n");
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	assert_int_equal(sigwait(&set, &sig), 0);
	signal(SIGHUP, SIG_IGN);
	assert_int_equal(apply(state, &ignored, S2_PLAN_PRUNE), 0);
	block(SIG_UNBLOCK);
	signal(SIGHUP, SIG_DFL);
}

/* Without its answer nobody knows whether it was set */
static void test_apply_lost(void **data)
{
	struct fake fake = { .err = { [1] = -ENOBUFS } };

	assert_int_equal(apply(*data, &fake, S2_PLAN_PRUNE), -ENOBUFS);
	expect_set(&fake, "vm 0 slot -1 class 1: 0x8 1\n"
			  "vm 1 slot -1 class 5: 0x8 2\n"
			  "vm 1 slot -1 class 5: 0 0\n"
			  "vm 0 slot -1 class 1: 0x10 2\n");
}

/* What others have set meanwhile stays; the host's only as it is known */
static void test_apply_others(void **data)
{
	struct plan_state *state = *data;
	struct s2_model *now = load_host(state,
		VMS(POLICY("\"class\":\"io\"", "admin", "\"floor=nc\"",
			   "enforce")),
		POLICY("\"class\":\"ram\"", "admin", "\"noexec\"", "audit"));
	struct fake fake = {
		.err = { [2] = -EBUSY }, .now = now, .generation = 7,
	};

	assert_int_equal(apply(state, &fake, S2_PLAN_PRUNE),
			 -ENOTRECOVERABLE);
	expect_set(&fake, "vm 0 slot -1 class 1: 0x8 1\n"
			  "vm 1 slot -1 class 5: 0x8 2\n"
			  "vm 1 slot -1 class 7: 0 0\n"
			  "vm 0 slot -1 class 1: 0x10 2\n");
	assert_int_equal(fake.set[3].generation, 7);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "VM 1, class gmem: refused 2; of what was set before, 1 could not be taken back (VM 1, class io: somebody else has set it since)");
	s2_model_unref(now);
}

/* What is not known could not be taken back */
static void test_apply_old_unknown(void **data)
{
	struct plan_state *state = *data;
	struct fake fake = { .count = 0 };

	assert_int_equal(apply_rules(state, &fake,
				     load_vms(state->ctx, VMS(""),
					      S2_LOAD_DEVICES), RULES, 0),
			 -ENODATA);
	assert_int_equal(fake.count, 0);
	assert_non_null(strstr(s2_ctx_error(state->ctx), "nothing was set"));
}

#define T(name)	cmocka_unit_test_setup_teardown(name, plan_setup, plan_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_places), T(test_old),
		T(test_contradiction), T(test_no_identity), T(test_unknown), T(test_prune_unknown),
		T(test_old_unknown),
		T(test_apply), T(test_apply_fails),
		T(test_apply_fails_first), T(test_apply_fails_twice),
		T(test_apply_gone), T(test_apply_order), T(test_apply_signal),
		T(test_apply_lost), T(test_apply_others),
		T(test_apply_old_unknown),
	};

	return RUN_TESTS(tests);
}
