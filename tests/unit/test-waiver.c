// SPDX-License-Identifier: GPL-2.0-only
/* Waivers: what is read, what is refused, which findings they are for, and when */
#include "audit/audit.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#define UUID1	"c0ffee00-0000-4000-8000-000000000001"
#define UUID2	"c0ffee00-0000-4000-8000-000000000002"

/* 2026-06-30 as a last day: it ends where July begins, 20634 days after 1970 */
#define LAST_DAY	"2026-06-30"
#define END		(20635ull * 86400)

/*
 * VM 1 "web": slot 0 has weak wb in two extents with a gap between them, slot 1
 * one extent that is executable I/O.  VM 2 has no name and no UUID.
 */
static const char vms[] =
	"{\"id\":1,\"name\":\"web\",\"uuid\":\"" UUID1 "\",\"slots\":["
	"{\"slot\":0,\"gpa\":4096,\"bytes\":65536},"
	"{\"slot\":1,\"gpa\":1048576,\"bytes\":8192}],\"extents\":["
	"{\"slot\":0,\"gpa\":8192,\"bytes\":4096,\"class\":\"ram\",\"facts\":[],"
	" \"vma_type\":\"wb\",\"mapped\":\"wb\",\"perm\":\"rw-\"},"
	"{\"slot\":0,\"gpa\":12288,\"bytes\":4096,\"class\":\"ram\","
	" \"facts\":[],\"mapped\":\"unmapped\"},"
	"{\"slot\":0,\"gpa\":16384,\"bytes\":4096,\"class\":\"ram\","
	" \"facts\":[],\"vma_type\":\"wb\",\"mapped\":\"wb\",\"perm\":\"rw-\"},"
	"{\"slot\":1,\"gpa\":1048576,\"bytes\":8192,\"class\":\"io\","
	" \"facts\":[],\"vma_type\":\"device\",\"mapped\":\"device\","
	" \"perm\":\"r-x\",\"hpa\":4096}]},"
	"{\"id\":2,\"slots\":[{\"slot\":0,\"gpa\":0,\"bytes\":4096}],"
	"\"extents\":["
	"{\"slot\":0,\"gpa\":0,\"bytes\":4096,\"class\":\"ram\",\"facts\":[],"
	" \"vma_type\":\"wb\",\"mapped\":\"wb\",\"perm\":\"rw-\"}]}";

struct state {
	struct s2_ctx *ctx;
	struct s2_model *model;
	struct s2_report *report;
	struct s2_waivers *waivers;
	char *dir;
};

static int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->dir = make_dir();
	state->model = load_vms(state->ctx, vms, S2_LOAD_DEVICES);
	assert_int_equal(s2_audit(state->ctx, state->model, &state->report), 0);
	*data = state;
	return 0;
}

static int teardown(void **data)
{
	struct state *state = *data;

	s2_waivers_free(state->waivers);
	s2_report_unref(state->report);
	s2_model_unref(state->model);
	s2_ctx_unref(state->ctx);
	drop_dir(state->dir);
	free(state);
	return 0;
}

static int load_text(struct state *state, const char *text)
{
	char path[256];

	s2_waivers_free(state->waivers);
	snprintf(path, sizeof(path), "%s/w", state->dir);
	put_text(state->dir, "w", text);
	return s2_waivers_load(state->ctx, path, &state->waivers);
}

/* The finding of a rule in a VM */
static const struct s2_obj *finding(const struct state *state,
				    const char *rule, uint64_t vm)
{
	const struct s2_obj *obj;

	s2_report_for_each(obj, state->report, S2_OBJ_FINDING)
		if (!strcmp(s2_obj_str(obj, S2_FINDING_RULE), rule) &&
		    s2_obj_num(obj, S2_FINDING_VM, 0) == vm)
			return obj;
	fail_msg("no finding of %s in VM %u", rule, (unsigned int)vm);
	return NULL;
}

static bool is_waived(const struct state *state, const char *rule, uint64_t vm)
{
	return s2_obj_num(finding(state, rule, vm), S2_FINDING_WAIVED, 9);
}

#define FILE_OF(waivers) \
	"{\"format_version\":1,\"waivers\":[" waivers "]}"
#define WAIVER(id, rule, more) \
	"{\"id\":\"" id "\",\"rule\":\"" rule "\"," more \
	"\"statement\":\"known\",\"expires\":\"" LAST_DAY "\"}"

/* One waiver of S2-002: how many of VM 1 and VM 2 it takes, bit 0 and bit 1 */
static unsigned int taken(struct state *state, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), FILE_OF(WAIVER("a", "S2-002", "%s")), more);
	if (load_text(state, text))
		fail_msg("%s\n%s", text, s2_ctx_error(state->ctx));
	s2_report_unref(state->report);
	assert_int_equal(s2_audit(state->ctx, state->model, &state->report), 0);
	assert_int_equal(s2_report_waive(state->report, state->waivers, 0), 0);
	assert_false(is_waived(state, "S2-005", 1));
	return is_waived(state, "S2-002", 1) |
		is_waived(state, "S2-002", 2) << 1;
}

/* ------------------------------------------------------------ which findings */

static void test_vm(void **data)
{
	(void)data;
	assert_int_equal(taken(*data, ""), 3);
	assert_int_equal(taken(*data, "\"vm\":{\"name\":\"web\"},"), 1);
	assert_int_equal(taken(*data, "\"vm\":{\"name\":\"we\"},"), 0);
	/* However it is spelled */
	assert_int_equal(taken(*data, "\"vm\":{\"name\":\"\\\\x77eb\"},"), 1);
	assert_int_equal(taken(*data, "\"vm\":{\"name\":\"\\\\x5cx77eb\"},"), 0);
	/* No pattern */
	assert_int_equal(taken(*data, "\"vm\":{\"name\":\"w*\"},"), 0);
	assert_int_equal(taken(*data, "\"vm\":{\"uuid\":\"" UUID1 "\"},"), 1);
	assert_int_equal(taken(*data, "\"vm\":{\"uuid\":\""
			       "C0FFEE00-0000-4000-8000-000000000001\"},"), 1);
	assert_int_equal(taken(*data, "\"vm\":{\"uuid\":\"" UUID2 "\"},"), 0);
}

static void test_slot(void **data)
{
	assert_int_equal(taken(*data, "\"slot\":0,"), 3);
	assert_int_equal(taken(*data, "\"slot\":1,"), 0);
	assert_int_equal(taken(*data, "\"slot\":0,\"vm\":{\"name\":\"web\"},"), 1);
}

#define RANGE(gpa, bytes) "\"range\":{\"gpa\":" gpa ",\"bytes\":" bytes "},"

static void test_range(void **data)
{
	/* VM 2: one extent, 0 to 4095 */
	assert_int_equal(taken(*data, RANGE("0", "4096")), 2);
	assert_int_equal(taken(*data, RANGE("0", "4095")), 0);
	assert_int_equal(taken(*data, RANGE("1", "4096")), 0);
	assert_int_equal(taken(*data, RANGE("0", "18446744073709551614")), 3);
	/*
	 * VM 1: two extents with a gap between them, 8192 to 12287 and 16384 to
	 * 20479, so that 8192 bytes are not enough.
	 */
	assert_int_equal(taken(*data, RANGE("8192", "8192")), 0);
	assert_int_equal(taken(*data, RANGE("8192", "12287")), 0);
	assert_int_equal(taken(*data, RANGE("8192", "12288")), 1);
	assert_int_equal(taken(*data, RANGE("8193", "12288")), 0);
	assert_int_equal(taken(*data, RANGE("0", "20479")), 2);
	assert_int_equal(taken(*data, RANGE("0", "20480")), 3);
}

/* --------------------------------------------------------------------- when */

static struct s2_waiver_use use_of(const struct state *state, size_t n)
{
	struct s2_waiver_use use = { .size = sizeof(use) };

	assert_int_equal(s2_waivers_use(state->waivers, n, &use), 0);
	return use;
}

static void test_expiry(void **data)
{
	struct state *state = *data;
	const struct s2_obj *obj;

	assert_int_equal(load_text(state, FILE_OF(
		WAIVER("a", "S2-005", "") ",\n" WAIVER("b", "S2-006", ""))), 0);
	assert_int_equal(s2_waivers_count(state->waivers), 2);
	/* The last second of its last day */
	assert_int_equal(s2_report_waive(state->report, state->waivers,
					 END - 1), 0);
	obj = finding(state, "S2-005", 1);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_WAIVED, 9), 1);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_WAIVER), "known");
	assert_int_equal(s2_obj_num(obj, S2_FINDING_EXPIRES, 0), END);
	assert_int_equal(s2_report_count(state->report, 0, true), 1);
	/* S2-005 is high; what is left is weak wb */
	assert_int_equal(s2_report_worst(state->report), S2_SEVERITY_LOW);
	assert_int_equal(use_of(state, 0).matched, 1);
	assert_int_equal(use_of(state, 0).resurfaced, 0);
	assert_int_equal(use_of(state, 1).matched, 0);
	assert_int_equal(use_of(state, 1).line, 2);
	assert_string_equal(use_of(state, 1).id, "b");
	/* The first second in which it does not hold */
	assert_int_equal(s2_report_waive(state->report, state->waivers, END),
			 0);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_WAIVED, 9), 0);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_WAIVER), "known");
	assert_int_equal(s2_report_worst(state->report), S2_SEVERITY_HIGH);
	assert_int_equal(use_of(state, 0).resurfaced, 1);
	/* The report needs no waivers */
	s2_waivers_free(state->waivers);
	state->waivers = NULL;
	assert_string_equal(s2_obj_str(obj, S2_FINDING_WAIVER), "known");
}

/* A waiver that holds is not lost to one that has expired */
static void test_several(void **data)
{
	struct state *state = *data;

	assert_int_equal(load_text(state, FILE_OF(
		"{\"id\":\"a\",\"rule\":\"S2-005\",\"statement\":\"one\","
		" \"expires\":\"2020-01-01\"},"
		"{\"id\":\"b\",\"rule\":\"S2-005\",\"statement\":\"two\","
		" \"expires\":\"" LAST_DAY "\"},"
		"{\"id\":\"c\",\"rule\":\"S2-005\",\"statement\":\"three\","
		" \"expires\":\"2021-01-01\"}")), 0);
	assert_int_equal(s2_report_waive(state->report, state->waivers,
					 END - 1), 0);
	assert_true(is_waived(state, "S2-005", 1));
	assert_string_equal(s2_obj_str(finding(state, "S2-005", 1),
				       S2_FINDING_WAIVER), "two");
	/* It is not missed, for another one is there */
	assert_int_equal(use_of(state, 0).matched, 1);
	assert_int_equal(use_of(state, 0).resurfaced, 0);
}

/* ------------------------------------------------------------- what is refused */

static void refuse(struct state *state, const char *text, int err,
		   const char *want)
{
	int is = load_text(state, text);
	const char *got = s2_ctx_error(state->ctx);

	assert_null(state->waivers);
	if (is != err || strlen(got) < strlen(want) ||
	    strcmp(got + strlen(got) - strlen(want), want))
		fail_msg("%s\nis %d: %s\nnot %d: %s", text, is, got, err, want);
	assert_null(strchr(got, '\n'));
}

static void test_document(void **data)
{
	refuse(*data, "", -EBADMSG, "/w:1: nothing is in it");
	refuse(*data, "[]", -EINVAL, "/w:1: not an object");
	refuse(*data, "{\"format_version\":1}", -EINVAL,
	       "/w:1: 'waivers' is missing");
	refuse(*data, "{\n\"format_version\":2,\"waivers\":[]}",
	       -EPROTONOSUPPORT, "/w:2: format_version: this s2ctl reads format "
	       "1: a newer one is needed");
	refuse(*data, "{\"format_version\":1,\"waivers\":[],\"rules\":[]}",
	       -EINVAL, "/w:1: rules: unknown key");
	assert_int_equal(load_text(*data, "{\"format_version\":1, /* none */ "
				   "\"waivers\":[]} // yet"), 0);
}

/* A waiver of which something is missing or wrong */
static void refuse_waiver(void **data, const char *waiver, const char *want)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"format_version\":1,\n\"waivers\":[\n%s]}",
		 waiver);
	refuse(*data, text, -EINVAL, want);
}

static void test_missing(void **data)
{
	refuse_waiver(data, "{\"rule\":\"S2-002\",\"statement\":\"x\","
		      "\"expires\":\"2030-01-01\"}",
		      "/w:3: waivers[0]: 'id' is missing");
	refuse_waiver(data, "{\"id\":\"a\",\"statement\":\"x\","
		      "\"expires\":\"2030-01-01\"}",
		      "/w:3: waivers[0]: 'rule' is missing");
	refuse_waiver(data, "{\"id\":\"a\",\"rule\":\"S2-002\","
		      "\"expires\":\"2030-01-01\"}",
		      "/w:3: waivers[0]: 'statement' is missing");
	refuse_waiver(data, "{\"id\":\"a\",\"rule\":\"S2-002\","
		      "\"statement\":\"x\"}",
		      "/w:3: waivers[0]: 'expires' is missing");
	refuse_waiver(data, "{\"id\":\"a\",\"rule\":\"S2-002\","
		      "\"statement\":\"\",\"expires\":\"2030-01-01\"}",
		      "/w:3: waivers[0].statement: empty");
}

static void test_values(void **data)
{
	refuse_waiver(data, WAIVER("a", "S2-999", ""),
		      "waivers[0].rule: 'S2-999' is no rule");
	refuse_waiver(data, WAIVER("-a", "S2-002", ""), "waivers[0].id: not made "
		      "of letters, digits and ._-, or longer than 64");
	refuse_waiver(data, WAIVER("a", "S2-002", "\"vm\":{},"),
		      "waivers[0].vm: either 'uuid' or 'name' must be there");
	refuse_waiver(data, WAIVER("a", "S2-002", "\"vm\":{\"name\":\"x\","
				   "\"uuid\":\"" UUID1 "\"},"),
		      "waivers[0].vm: either 'uuid' or 'name' must be there");
	refuse_waiver(data, WAIVER("a", "S2-002", "\"vm\":{\"uuid\":\"x\"},"),
		      "waivers[0].vm.uuid: not of the form of a UUID");
	refuse_waiver(data, WAIVER("a", "S2-002", "\"slot\":-1,"),
		      "waivers[0].slot: negative, or too large");
	refuse_waiver(data, WAIVER("a", "S2-002", "\"slot\":4294967296,"),
		      "waivers[0].slot: not the number of a slot");
	refuse_waiver(data, WAIVER("a", "S2-002", "\"slot\":\"0\","),
		      "waivers[0].slot: not an integer");
	refuse_waiver(data, WAIVER("a", "S2-002", "") "," WAIVER("a", "S2-003", ""),
		      "waivers[1].id: 'a' is the id of a waiver in line 3 already");
}

static void test_bad_range(void **data)
{
	refuse_waiver(data, WAIVER("a", "S2-002", "\"range\":{\"gpa\":0},"),
		      "waivers[0].range: 'bytes' is missing");
	refuse_waiver(data, WAIVER("a", "S2-002", RANGE("0", "0")),
		      "waivers[0].range: nothing is in it");
	refuse_waiver(data, WAIVER("a", "S2-002", RANGE("18446744073709547520",
						      "4097")),
		      "waivers[0].range: it wraps around");
	refuse_waiver(data, WAIVER("a", "S2-002", RANGE("0", "99999999999999999999")),
		      "waivers[0].range.bytes: negative, or too large");
	refuse_waiver(data, WAIVER("a", "S2-002", RANGE("0", "1") "\"slot\":0,"),
		      "waivers[0]: a range and a slot: one of them");
}

static void test_bad_days(void **data)
{
	static const char *const days[] = {
		"", "2026", "2026-6-30", "2026-06-31", "2025-02-29",
		"2026-00-10", "2026-13-01", "2026-01-00", "1969-12-31",
		"2026-06-30Z", " 2026-06-30", "2026/06/30", "20260630",
		"-026-06-30", "2026-+6-30",
	};

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "{\"id\":\"a\",\"rule\":\"S2-002\","
			 "\"statement\":\"x\",\"expires\":\"%s\"}", days[i]);
		refuse_waiver(data, text, i ? "waivers[0].expires: not a day, "
			      "as 2026-12-31" : "waivers[0].expires: empty");
	}
	/* A leap day is a day; so are the first and the last that can be written */
	for (size_t i = 0; i < 3; i++) {
		static const char *const good[] = {
			"2024-02-29", "1970-01-01", "9999-12-31"
		};
		char text[256];

		snprintf(text, sizeof(text), FILE_OF("{\"id\":\"a\",\"rule\":"
			 "\"S2-002\",\"statement\":\"x\",\"expires\":\"%s\"}"),
			 good[i]);
		assert_int_equal(load_text(*data, text), 0);
	}
}

static void test_no_file(void **data)
{
	struct state *state = *data;

	assert_int_equal(s2_waivers_load(state->ctx, "/nonexistent/w",
					 &state->waivers), -ENOENT);
	assert_null(state->waivers);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "/nonexistent/w: No such file or directory");
	assert_int_equal(s2_waivers_load(state->ctx, state->dir,
					 &state->waivers), -EISDIR);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_vm), T(test_slot), T(test_range), T(test_expiry),
		T(test_several), T(test_document), T(test_missing),
		T(test_values), T(test_bad_range), T(test_bad_days),
		T(test_no_file),
	};

	return RUN_TESTS(tests);
}
