// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a site policy to policies: the places, what they would deny, and setting
 * all or none.  Everything that is expected was worked out by hand.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <linux/kvm_s2_types.h>

#include "source.h"

#define T(n)	KVM_S2_TYPE_##n
#define V(n)	KVM_S2_VERDICT_##n
#define R(n)	KVM_S2_REASON_##n

struct state {
	struct s2_ctx *ctx;
	char *dir;
};

static int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->dir = make_dir();
	*data = state;
	return 0;
}

static int teardown(void **data)
{
	struct state *state = *data;

	s2_ctx_unref(state->ctx);
	drop_dir(state->dir);
	free(state);
	return 0;
}

/* ------------------------------------------------------------------ plans */

#define RAM_EXTENT(slot, gpa, bytes, mapped) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":" bytes ",\"class\":" \
	"\"ram\",\"facts\":[],\"vma_type\":\"wb\",\"predicted\":\"wb\"," \
	"\"mapped\":\"" mapped "\",\"perm\":\"rwx\",\"verdict\":\"allow\"," \
	"\"reason\":\"map-memory\"}"
#define BAR_EXTENT(slot, gpa) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":4096,\"class\":" \
	"\"io-nc\",\"facts\":[],\"vma_type\":\"device\",\"predicted\":\"nc\"," \
	"\"mapped\":\"nc\",\"perm\":\"rw-\",\"verdict\":\"allow\"," \
	"\"reason\":\"any-uncached\",\"hpa\":4096,\"bdf\":\"0:0:1.0\"," \
	"\"pci_id\":\"10de:2342\"}"
#define SLOT(slot, gpa, bytes) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":" bytes "}"

/* VM 1 has RAM and a BAR, VM 2 has RAM, VM 3 has ended */
#define VMS(policies1) \
	"{\"id\":1,\"name\":\"web\",\"uid\":5,\"alive\":true,\"slots\":[" \
	SLOT("0", "0", "12288") "," SLOT("7", "65536", "4096") "]," \
	"\"extents\":[" RAM_EXTENT("0", "0", "4096", "wb") "," \
	RAM_EXTENT("0", "4096", "8192", "unmapped") "," \
	BAR_EXTENT("7", "65536") "],\"policies\":[" policies1 "]}," \
	"{\"id\":2,\"name\":\"db\",\"uid\":6,\"alive\":true,\"slots\":[" \
	SLOT("0", "0", "8192") "],\"extents\":[" \
	RAM_EXTENT("0", "0", "8192", "wb") "],\"policies\":[]}," \
	"{\"id\":3,\"name\":\"web\",\"uid\":5,\"alive\":false,\"slots\":[" \
	SLOT("0", "0", "8192") "],\"extents\":[" \
	RAM_EXTENT("0", "0", "8192", "wb") "],\"policies\":[]}"

static struct s2_model *load_host(struct state *state, const char *vms,
				  const char *policies)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_source *src;
	struct s2_model *model;
	char text[8192];

	assert_true(snprintf(text, sizeof(text),
			     "{\"format_version\":1,\"kind\":\"snapshot\",\"host\":{},"
			     "\"complete\":true,\"problems\":[],\"vms\":[%s],"
			     "\"policies\":[%s]}", vms, policies) <
		    (int)sizeof(text));
	if (open_text(state->ctx, text, strlen(text), &src))
		fail_msg("%s", s2_ctx_error(state->ctx));
	assert_int_equal(s2_load(src, &opt, &model), 0);
	s2_source_close(src);
	return model;
}

static struct s2_site *load_site(struct state *state, const char *rules)
{
	char text[4096], path[256];
	const char *paths = path;
	struct s2_site *site;

	snprintf(text, sizeof(text), "{\"format_version\":1,\"rules\":[%s]}",
		 rules);
	put_text(state->dir, "p", text);
	snprintf(path, sizeof(path), "%s/p", state->dir);
	if (s2_site_load(state->ctx, &paths, 1, &site))
		fail_msg("%s", s2_ctx_error(state->ctx));
	return site;
}

static struct s2_plan *make_plan(struct state *state,
				 const struct s2_model *model,
				 const char *rules, unsigned int flags)
{
	struct s2_site *site = load_site(state, rules);
	struct s2_plan *plan;

	if (s2_site_plan(site, model, flags, &plan))
		fail_msg("%s", s2_ctx_error(state->ctx));
	s2_site_free(site);
	return plan;
}

/* Each change a line: the columns that say what is done */
static void expect_plan(const struct s2_plan *plan, const char *want)
{
	static const unsigned int ids[] = {
		S2_CHANGE_ACTION, S2_CHANGE_SCOPE, S2_CHANGE_VM,
		S2_CHANGE_SLOT, S2_CHANGE_CLASS, S2_CHANGE_CONSTRAINTS,
		S2_CHANGE_MODE, S2_CHANGE_OLD_CONSTRAINTS, S2_CHANGE_OLD_MODE,
		S2_CHANGE_RULES, S2_CHANGE_SEVERITY,
	};
	const struct s2_obj *change = s2_plan_first(plan);
	char got[4096] = "", *p = got;

	for (; change; change = s2_obj_next(change)) {
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
			const struct s2_field *f =
				&s2_fields(S2_OBJ_CHANGE, NULL)[ids[i] & 0xff];

			p += sprintf(p, "%s", i ? " " : "");
			p += s2_value_text(f, s2_obj_get(change, ids[i]), p,
					   256);
		}
		p += sprintf(p, "\n");
	}
	assert_string_equal(got, want);
}

#define RULE(id, match, constraints, mode) \
	"{\"id\":\"" id "\",\"match\":{" match "},\"constraints\":[" \
	constraints "],\"mode\":\"" mode "\"}"
#define POLICY(place, owner, constraints, mode) \
	"{" place ",\"owner\":\"" owner "\",\"constraints\":[" constraints \
	"],\"mode\":\"" mode "\",\"generation\":1}"

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
	struct state *state = *data;
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
	struct state *state = *data;
	struct s2_model *model = load_vms(state->ctx, VMS(""), S2_LOAD_DEVICES);
	struct s2_plan *plan = make_plan(state, model,
		RULE("c", "\"class\":[\"ram\"]", "\"noexec\"", "audit"), 0);

	expect_plan(plan, "set host - - ram noexec audit - - c medium\n");
	s2_plan_free(plan);
	s2_model_unref(model);
}

/* ----------------------------------------------------------------- trying */

static void test_try(void **data)
{
	struct s2_model *model = load_host(*data, VMS(""), "");
	struct s2_plan *plan = make_plan(*data, model,
		RULE("a", "\"class\":[\"ram\"]", "\"floor=nc\"", "enforce") ","
		RULE("b", "\"vm\":{\"name\":\"db\"},\"class\":[\"ram\"]",
		     "\"noexec\"", "audit") ","
		RULE("c", "\"device\":[\"10de:2342\"]", "\"floor=device\"",
		     "enforce"), 0);
	const struct s2_model *outcome = s2_plan_outcome(plan);
	const struct s2_obj *change, *extent;

	assert_int_equal(s2_plan_try(plan, NULL, model), 0);
	change = s2_plan_first(plan);
	/* Mapped RAM of VMs 1, 2 and 3, not what VM 1 has not touched */
	assert_int_equal(s2_obj_num(change, S2_CHANGE_DENIED_BYTES, 0), 20480);
	assert_int_equal(s2_obj_num(change, S2_CHANGE_WOULD_DENY_BYTES, 1), 0);
	change = s2_obj_next(change);	/* slot 7 of VM 1: stronger, not denied */
	assert_int_equal(s2_obj_num(change, S2_CHANGE_DENIED_BYTES, 1), 0);
	change = s2_obj_next(change);	/* VM 2 */
	assert_int_equal(s2_obj_num(change, S2_CHANGE_DENIED_BYTES, 1), 0);
	assert_int_equal(s2_obj_num(change, S2_CHANGE_WOULD_DENY_BYTES, 0),
			 8192);
	assert_int_equal(s2_plan_bytes(plan, false), 20480);
	assert_int_equal(s2_plan_bytes(plan, true), 8192);
	assert_int_equal(s2_model_count(outcome, S2_OBJ_VM), 3);
	assert_int_equal(s2_obj_count(nth_vm(outcome, 0), S2_OBJ_EXTENT), 1);
	assert_int_equal(s2_obj_count(nth_vm(outcome, 1), S2_OBJ_EXTENT), 2);
	extent = nth(nth_vm(outcome, 0), S2_OBJ_EXTENT, 0);
	assert_string_equal(s2_obj_str(extent, S2_EXTENT_VERDICT), "deny");
	assert_string_equal(s2_obj_str(extent, S2_EXTENT_REASON), "floor");
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

/* Of VM 5: one refused, one stronger, one that loses its execute permission */
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
	try_extent(list, 8192, T(WB), KVM_S2_PERM_R | KVM_S2_PERM_X, V(ALLOW),
		   R(MAP_MEMORY));
	s2_obj_set_kids_known(vm, S2_OBJ_EXTENT, true);
	return 0;
}

static void fake_close(struct s2_source *src)
{
	(void)src;
}

static const struct s2_source_ops fake_ops = {
	.policy_set = fake_set,
	.policy_try = fake_try,
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

static int apply(struct state *state, struct fake *fake, unsigned int flags)
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

static int try_live(struct state *state, struct fake *fake,
		    struct s2_plan **plan)
{
	struct s2_model *model = load_host(state, VMS(""), "");
	struct s2_source *src;
	int err;

	*plan = make_plan(state, model,
		RULE("a", "\"class\":[\"ram\"]", "\"floor=nc\"", "enforce") ","
		RULE("b", "\"vm\":{\"uid\":6},\"class\":[\"ram\"]",
		     "\"noexec\"", "enforce"), 0);
	assert_int_equal(s2_source_new(state->ctx, &fake_ops, fake, &src), 0);
	err = s2_plan_try(*plan, src, model);
	s2_source_close(src);
	s2_model_unref(model);
	return err;
}

static void test_try_live(void **data)
{
	struct state *state = *data;
	struct fake fake = { .count = 0 };
	const struct s2_obj *change, *vm;
	struct s2_plan *plan;

	assert_int_equal(try_live(state, &fake, &plan), 0);
	expect_set(&fake, "vm 0 slot -1 class 1: 0x2 2\n"
			  "vm 2 slot -1 class 1: 0x8 2\n");
	change = s2_plan_first(plan);
	assert_int_equal(s2_obj_num(change, S2_CHANGE_DENIED_BYTES, 0), 4096);
	/* Where it could fetch from counts for noexec only */
	change = s2_obj_next(change);
	assert_int_equal(s2_obj_num(change, S2_CHANGE_DENIED_BYTES, 0), 8192);
	/* What both would deny for the same reason is said once */
	vm = nth_vm(s2_plan_outcome(plan), 0);
	assert_int_equal(s2_obj_count(vm, S2_OBJ_EXTENT), 2);
	assert_string_equal(s2_obj_str(nth(vm, S2_OBJ_EXTENT, 1),
				       S2_EXTENT_REASON), "noexec");
	s2_plan_free(plan);
}

/* What set would refuse is refused; a VM that has ended needs nothing */
static void test_try_refused(void **data)
{
	struct state *state = *data;
	struct fake busy = { .err = { -EBUSY } };
	struct fake gone = { .err = { [1] = -ENOENT } };
	struct s2_plan *plan;

	assert_int_equal(try_live(state, &busy, &plan), -EBUSY);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "the host, class ram: refused 0");
	s2_plan_free(plan);
	assert_int_equal(try_live(state, &gone, &plan), 0);
	assert_int_equal(s2_plan_bytes(plan, false), 4096);
	s2_plan_free(plan);
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
	struct state *state = *data;
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
	struct state *state = *data;
	struct fake fake = { .err = { -EPERM } };

	assert_int_equal(apply(state, &fake, 0), -EPERM);
	assert_int_equal(fake.count, 1);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "the host, class ram: refused 0; nothing was set");
}

/* One cannot be taken back: the others are, and it is said */
static void test_apply_fails_twice(void **data)
{
	struct state *state = *data;
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

#undef T
#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_places), T(test_old),
		T(test_contradiction), T(test_unknown), T(test_prune_unknown),
		T(test_old_unknown),
		T(test_try), T(test_apply), T(test_apply_fails),
		T(test_try_live), T(test_try_refused),
		T(test_apply_fails_first), T(test_apply_fails_twice),
		T(test_apply_gone),
	};

	return RUN_TESTS(tests);
}
