// SPDX-License-Identifier: GPL-2.0-only
/* VMs without an id of the kernel's: what they are called, found and paired by */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "compare/compare.h"
#include "model/model.h"
#include "model/program.h"
#include "model/who.h"

static struct s2_obj *object(struct s2_list *list, enum s2_obj_type type)
{
	s2_list_init(list, type);
	return s2_list_add(list);
}

static void called(const struct s2_obj *obj, const char *spec,
		   const char *title)
{
	char text[S2_VM_TITLE_MAX];

	assert_int_equal(s2_vm_spec(obj, text, S2_VM_SPEC_MAX), strlen(spec));
	assert_string_equal(text, spec);
	assert_int_equal(s2_vm_title(obj, text, sizeof(text)), strlen(title));
	assert_string_equal(text, title);
}

static void test_called(void **data)
{
	struct s2_list vms, findings, slots;
	struct s2_obj *vm = object(&vms, S2_OBJ_VM);
	struct s2_obj *finding = object(&findings, S2_OBJ_FINDING);
	struct s2_obj *slot = object(&slots, S2_OBJ_SLOT);

	(void)data;
	called(vm, "-", "VM");
	s2_obj_set_num(vm, S2_VM_FD, 7);
	called(vm, "-", "VM");
	s2_obj_set_num(vm, S2_VM_PID, 81);
	called(vm, "pid:81:fd:7", "VM of process 81, fd 7");
	s2_who_copy(finding, vm);
	called(finding, "pid:81:fd:7", "VM of process 81, fd 7");
	s2_obj_forget(vm, S2_VM_FD);
	called(vm, "pid:81", "VM of process 81");
	/* Both ways: what is not known any more is absent */
	s2_who_copy(finding, vm);
	called(finding, "pid:81", "VM of process 81");
	s2_obj_set_num(vm, S2_VM_ID, UINT64_MAX);
	s2_obj_set_num(vm, S2_VM_PID, UINT64_MAX);
	s2_obj_set_num(vm, S2_VM_FD, UINT64_MAX);
	called(vm, "18446744073709551615", "VM 18446744073709551615");
	s2_obj_forget(vm, S2_VM_ID);
	called(vm, "pid:18446744073709551615:fd:18446744073709551615",
	       "VM of process 18446744073709551615, fd 18446744073709551615");
	called(slot, "-", "VM");
	s2_list_clear(&vms);
	s2_list_clear(&findings);
	s2_list_clear(&slots);
}

/* ----------------------------------------------------------------- looking up */

static const char vms[] =
	"{\"pid\":81,\"start\":4711,\"fd\":7,\"comm\":\"a\"},"
	"{\"pid\":81,\"start\":4711,\"fd\":9,\"comm\":\"b\"},"
	"{\"pid\":90,\"start\":5000,\"fd\":7,\"comm\":\"c\"},"
	"{\"pid\":91,\"comm\":\"d\"},"
	"{\"id\":81,\"pid\":92,\"fd\":3,\"comm\":\"e\"},"
	"{\"pid\":93,\"fd\":4,\"comm\":\"f\",\"name\":\"94:fd:5\"}";

/* COMM of the VM that it is, or the error */
static const struct {
	const char *spec;
	int err;
	const char *comm;
} cases[] = {
	{ "pid:81:fd:7", 0, "a" }, { "pid:81:fd:9", 0, "b" },
	{ "pid:81:fd:8", -ENOENT, NULL }, { "pid:81", -ENOTUNIQ, NULL },
	{ "90", 0, "c" }, { "pid:90", 0, "c" }, { "pid:90:fd:7", 0, "c" },
	/* A descriptor that is not known is not the one that was asked for */
	{ "91", 0, "d" }, { "pid:91:fd:0", -ENOENT, NULL },
	/* An id comes before a pid */
	{ "81", 0, "e" }, { "pid:92:fd:3", 0, "e" },
	/* Without its prefix it is a name */
	{ "81:fd:7", -ENOENT, NULL }, { "94:fd:5", 0, "f" },
	{ "pid:81:fd:", -ENOENT, NULL }, { "pid::fd:7", -ENOENT, NULL },
	{ "pid:81:fd:7x", -ENOENT, NULL }, { "pid:81:fd:7:fd:7", -ENOENT, NULL },
	{ "pid:81fd:7", -ENOENT, NULL }, { "id:81:fd:7", -ENOENT, NULL },
	{ "pid:81:fd:18446744073709551616", -ENOENT, NULL },
	{ "pid:00000000000000000000000000081:fd:7", -ENOENT, NULL },
};

/* As one VM is looked up, and as many are: with a sorted list */
static void find(struct s2_ctx *ctx, const char *spec, int want,
		 const char *comm)
{
	char text[4096];
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS, .vms = &spec,
		.nr_vms = 1,
	};
	struct s2_model *all = load_vms(ctx, vms, S2_LOAD_VMS), *some;
	const struct s2_obj *vm;
	struct s2_source *src;
	int err = s2_model_find_vm(all, spec, &vm);

	if (err != want)
		fail_msg("'%s' gives %d: %s", spec, err, s2_ctx_error(ctx));
	if (!err)
		assert_string_equal(s2_obj_str(vm, S2_VM_COMM), comm);
	s2_model_unref(all);
	snprintf(text, sizeof(text),
		 "{\"format_version\":1,\"kind\":\"snapshot\",\"host\":{},\"complete\":true,\"problems\":[],\"vms\":[%s]}",
		 vms);
	assert_int_equal(open_text(ctx, text, strlen(text), &src), 0);
	err = s2_load(src, &opt, &some);
	if (err != want)
		fail_msg("'%s' gives %d: %s", spec, err, s2_ctx_error(ctx));
	if (!err) {
		assert_int_equal(s2_model_count(some, S2_OBJ_VM), 1);
		assert_string_equal(s2_obj_str(nth_vm(some, 0), S2_VM_COMM),
				    comm);
	}
	s2_model_unref(some);
	s2_source_close(src);
}

static void test_find(void **data)
{
	struct s2_ctx *ctx = new_ctx();

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		find(ctx, cases[i].spec, cases[i].err, cases[i].comm);
	find(ctx, "pid:81", -ENOTUNIQ, NULL);
	assert_string_equal(s2_ctx_error(ctx),
			    "'pid:81' fits 2 VMs: pid:81:fd:7, pid:81:fd:9");
	s2_ctx_unref(ctx);
}

/* ------------------------------------------------------------------- problems */

static const char problems[] =
	"{\"code\":\"vm-gone\",\"text\":\"host\"},"
	"{\"code\":\"vm-gone\",\"text\":\"81-7\",\"pid\":81,\"fd\":7},"
	"{\"code\":\"vm-gone\",\"text\":\"81-9\",\"pid\":81,\"fd\":9},"
	"{\"code\":\"vm-gone\",\"text\":\"81\",\"pid\":81},"
	"{\"code\":\"vm-gone\",\"text\":\"90-7\",\"pid\":90,\"fd\":7},"
	"{\"code\":\"vm-gone\",\"text\":\"91-2\",\"pid\":91,\"fd\":2},"
	/* The id counts: this one's pid is of another VM */
	"{\"code\":\"vm-gone\",\"text\":\"id 81\",\"vm\":81,\"pid\":90,\"fd\":7}";

/* The texts of the problems that are left if only one VM is asked for */
static void left(struct s2_source *src, const char *spec, const char *want)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS, .vms = &spec,
		.nr_vms = 1,
	};
	const struct s2_obj *problem;
	struct s2_model *model;
	char text[128] = "";

	assert_int_equal(s2_load(src, &opt, &model), 0);
	s2_model_for_each(problem, model, S2_OBJ_PROBLEM) {
		strcat(text, s2_obj_str(problem, S2_PROBLEM_TEXT));
		strcat(text, ",");
	}
	assert_string_equal(text, want);
	s2_model_unref(model);
}

static void test_problems(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src;
	char text[4096];

	(void)data;
	snprintf(text, sizeof(text),
		 "{\"format_version\":1,\"kind\":\"snapshot\",\"host\":{},\"complete\":false,\"problems\":[%s],\"vms\":[%s]}",
		 problems, vms);
	assert_int_equal(open_text(ctx, text, strlen(text), &src), 0);
	left(src, "pid:81:fd:7", "host,81-7,81,");
	left(src, "pid:81:fd:9", "host,81-9,81,");
	left(src, "pid:90", "host,90-7,");
	/* The descriptor of this VM is not known: it may be its */
	left(src, "pid:91", "host,91-2,");
	left(src, "id:81", "host,id 81,");
	left(src, "pid:93", "host,");
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

/* A problem of a VM says all that is known of which VM it is */
static void test_problem_of(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx, vms, S2_LOAD_VMS);
	const struct s2_obj *problem;

	(void)data;
	assert_int_equal(s2_model_problem(model, S2_PROBLEM_VM_GONE,
					  nth_vm(model, 1), "gone"), 0);
	problem = s2_model_first(model, S2_OBJ_PROBLEM);
	assert_false(s2_obj_get(problem, S2_PROBLEM_VM).known);
	assert_int_equal(s2_obj_num(problem, S2_PROBLEM_PID, 0), 81);
	assert_int_equal(s2_obj_num(problem, S2_PROBLEM_FD, 0), 9);
	assert_false(s2_model_complete(model));
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

/* What can never be known makes nothing incomplete */
static void test_cannot_know(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx, vms, S2_LOAD_VMS);

	(void)data;
	assert_int_equal(s2_model_problem(model, S2_PROBLEM_CANNOT_KNOW, NULL,
					  "never"), 0);
	assert_true(s2_model_complete(model));
	assert_int_equal(s2_model_count(model, S2_OBJ_PROBLEM), 1);
	assert_int_equal(s2_model_problem(model, S2_PROBLEM_VM_GONE, NULL,
					  "gone"), 0);
	assert_false(s2_model_complete(model));
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

/* ------------------------------------------------------------------ numbering */

static void test_number(void **data)
{
	static const char made[] =
		"{\"pid\":81,\"start\":1},{\"pid\":90,\"start\":1},"
		"{\"pid\":81,\"start\":1},{\"pid\":81,\"start\":2},"
		"{\"pid\":81},{\"comm\":\"x\"},{\"pid\":81,\"start\":1}";
	static const uint64_t want[] = { 1, 1, 2, 1, 1, 0, 3 };
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx, made, S2_LOAD_VMS);

	(void)data;
	assert_int_equal(s2_who_number(model), 0);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(s2_obj_num(nth_vm(model, i), S2_VM_NTH, 0),
				 want[i]);
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

/* --------------------------------------------------------------------- pairing */

static struct s2_model *load_boot(struct s2_ctx *ctx, const char *boot,
				  const char *those)
{
	struct s2_model *model = load_vms(ctx, those, S2_LOAD_SLOTS);

	s2_obj_set_str(s2_model_host_rw(model), S2_HOST_BOOT_ID, boot);
	return model;
}

/* Each row as "CHANGE SPEC FIELD,": what is new, gone or has changed */
static void differ(struct s2_ctx *ctx, const char *boot, const char *before,
		   const char *after, const char *want)
{
	struct s2_model *a = load_boot(ctx, "boot-1", before);
	struct s2_model *b = load_boot(ctx, boot, after);
	const struct s2_obj *row;
	struct s2_diff *diff;
	char text[512] = "";

	assert_int_equal(s2_diff(ctx, a, b, 0, &diff), 0);
	for (row = s2_diff_first(diff); row; row = s2_obj_next(row)) {
		const char *field = s2_obj_str(row, S2_DIFF_FIELD);
		char spec[S2_VM_SPEC_MAX];
		size_t len = strlen(text);

		s2_vm_spec(row, spec, sizeof(spec));
		snprintf(text + len, sizeof(text) - len, "%s %s %s,",
			 s2_obj_str(row, S2_DIFF_CHANGE), spec,
			 field ? field : "-");
	}
	assert_string_equal(text, want);
	s2_diff_free(diff);
	s2_model_unref(a);
	s2_model_unref(b);
}

#define V(id, pid, start, fd, nth, vcpus)				\
	"{\"id\":" id ",\"pid\":" pid ",\"start\":" start ",\"fd\":" fd	\
	",\"nth\":" nth ",\"vcpus\":" vcpus ",\"slots\":[]}"

static void test_pair(void **data)
{
	struct s2_ctx *ctx = new_ctx();

	(void)data;
	/* The same, whatever the order; one has changed */
	differ(ctx, "boot-1", V("null", "81", "5", "7", "1", "1") ","
	       V("null", "81", "5", "9", "2", "2"),
	       V("null", "81", "5", "9", "2", "3") ","
	       V("null", "81", "5", "7", "1", "1"),
	       "changed pid:81:fd:9 vcpus,");
	/* The number of the process was used again */
	differ(ctx, "boot-1", V("null", "81", "5", "7", "1", "1"),
	       V("null", "81", "6", "7", "1", "1"),
	       "gone pid:81:fd:7 -,new pid:81:fd:7 -,");
	/* In another boot the same numbers are nobody's */
	differ(ctx, "boot-2", V("null", "81", "5", "7", "1", "1"),
	       V("null", "81", "5", "7", "1", "1"),
	       "gone pid:81:fd:7 -,new pid:81:fd:7 -,");
	/* From the kernel's reports, and from its memory */
	differ(ctx, "boot-1", V("3", "81", "5", "null", "1", "1") ","
	       V("4", "81", "5", "null", "2", "2"),
	       V("null", "81", "5", "7", "1", "1") ","
	       V("null", "81", "5", "9", "2", "3"),
	       "changed pid:81:fd:9 vcpus,");
	/* When the process started is not known: it may be another */
	differ(ctx, "boot-1", V("null", "81", "null", "7", "1", "1"),
	       V("null", "81", "null", "7", "1", "1"),
	       "gone pid:81:fd:7 -,new pid:81:fd:7 -,");
	s2_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_called), cmocka_unit_test(test_find),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_problem_of),
		cmocka_unit_test(test_cannot_know),
		cmocka_unit_test(test_number), cmocka_unit_test(test_pair),
	};

	return RUN_TESTS(tests);
}
