// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot reader on what a snapshot should not be */
#include "unit.h"

#include <errno.h>
#include <unistd.h>

#define HEAD	"{\"format_version\":1,\"kind\":\"snapshot\",\"host\":{}," \
	"\"complete\":true,\"problems\":[],\"vms\":["
#define TAIL	"]}"

/* Opens @text; the error must be @err and its text must have @part in it */
static void refuse(const char *text, int err, const char *part)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src;
	int got = open_text(ctx, text, strlen(text), &src);

	if (got != err || !strstr(s2_ctx_error(ctx), part))
		fail_msg("%.60s: got %d '%s', not %d '%s'", text, got,
			 s2_ctx_error(ctx), err, part);
	assert_null(src);
	assert_null(strchr(s2_ctx_error(ctx), '\n'));
	s2_ctx_unref(ctx);
}

/*
 * A number that no integer holds: json-c 0.17 gives the nearest that one does,
 * which is refused for that; 0.18 refuses it by itself.
 */
static void refuse_number(const char *text)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src;
	int got = open_text(ctx, text, strlen(text), &src);

	if (got == -EINVAL)
		assert_non_null(strstr(s2_ctx_error(ctx), "vms[0].id"));
	else
		assert_int_equal(got, -EBADMSG);
	assert_null(src);
	s2_ctx_unref(ctx);
}

static void test_not_json(void **data)
{
	(void)data;
	refuse("", -EBADMSG, "the file is empty");
	refuse("   \n", -EBADMSG, "ends early");
	refuse("hello", -EBADMSG, "not JSON");
	refuse("{\"a\":1,}", -EBADMSG, "not JSON");
	refuse("\x7f" "ELF", -ESPIPE, "a memory dump must be a file");
	refuse("{\"a\":\"\xff\"}", -EBADMSG, "not JSON");
	refuse("null", -EBADMSG, "");
	refuse(HEAD TAIL "x", -EBADMSG, "something follows");
	refuse(HEAD TAIL "{}", -EBADMSG, "something follows");
	/* Values are taken exactly or not at all */
	refuse_number(HEAD "{\"id\":99999999999999999999}" TAIL);
	refuse_number(HEAD "{\"id\":18446744073709551616}" TAIL);
}

static void test_truncated(void **data)
{
	static const char text[] = HEAD "{\"id\":1,\"slots\":[{\"slot\":0,"
		"\"gpa\":4096,\"bytes\":4096}],\"extents\":[]}" TAIL;
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src;

	(void)data;
	/* At every byte */
	for (size_t len = 0; len < sizeof(text) - 1; len++)
		assert_int_equal(open_text(ctx, text, len, &src), -EBADMSG);
	assert_int_equal(open_text(ctx, text, sizeof(text) - 1, &src), 0);
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

static void test_envelope(void **data)
{
	(void)data;
	refuse("[]", -EINVAL, "not an object");
	refuse("1", -EBADMSG, "");
	refuse("{}", -EINVAL, "format_version");
	refuse("{\"format_version\":\"1\"}", -EINVAL, "format_version");
	refuse("{\"format_version\":0}", -EINVAL, "format_version");
	refuse("{\"format_version\":-1}", -EINVAL, "format_version");
	refuse("{\"format_version\":1.5}", -EINVAL, "format_version");
	refuse("{\"format_version\":2,\"kind\":[]}", -EPROTONOSUPPORT,
	       "was written by a newer s2ctl (format 2, this one reads 1)");
	refuse("{\"format_version\":1,\"kind\":\"show\"}", -EINVAL, "kind");
	refuse("{\"format_version\":1,\"kind\":\"snapshot\"}", -EINVAL,
	       "problems");
	refuse("{\"format_version\":1,\"kind\":\"snapshot\",\"problems\":[],"
	       "\"complete\":1}", -EINVAL, "complete");
	refuse("{\"format_version\":1,\"kind\":\"snapshot\",\"problems\":[],"
	       "\"complete\":true}", -EINVAL, "host");
	refuse("{\"format_version\":1,\"kind\":\"snapshot\",\"problems\":[],"
	       "\"complete\":true,\"host\":{},\"vms\":null}", -EINVAL, "vms");
	refuse("{\"format_version\":1,\"kind\":\"snapshot\",\"problems\":[],"
	       "\"complete\":true,\"host\":{\"page_size\":0},\"vms\":[]}",
	       -EINVAL, "host.page_size");
	refuse("{\"format_version\":1,\"kind\":\"snapshot\",\"problems\":[],"
	       "\"complete\":true,\"host\":{\"fwb\":1},\"vms\":[]}",
	       -EINVAL, "host.fwb");
	refuse("{\"format_version\":1,\"kind\":\"snapshot\",\"problems\":[{}],"
	       "\"complete\":false,\"host\":{},\"vms\":[]}", -EINVAL,
	       "problems[0].text");
}

static void test_wrong_types(void **data)
{
	(void)data;
	refuse(HEAD "1" TAIL, -EINVAL, "vms[0]");
	refuse(HEAD "null" TAIL, -EINVAL, "vms[0]");
	refuse(HEAD "{\"id\":\"1\"}" TAIL, -EINVAL, "vms[0].id");
	refuse(HEAD "{\"id\":-1}" TAIL, -EINVAL, "vms[0].id");
	refuse(HEAD "{\"id\":1.0}" TAIL, -EINVAL, "vms[0].id");
	refuse(HEAD "{\"name\":{}}" TAIL, -EINVAL, "vms[0].name");
	refuse(HEAD "{\"alive\":\"yes\"}" TAIL, -EINVAL, "vms[0].alive");
	refuse(HEAD "{\"facts\":\"fwb\"}" TAIL, -EINVAL, "vms[0].facts");
	refuse(HEAD "{\"facts\":[\"bogus\"]}" TAIL, -EINVAL, "vms[0].facts");
	refuse(HEAD "{\"facts\":[{}]}" TAIL, -EINVAL, "vms[0].facts");
	refuse(HEAD "{\"ipa_bits\":65}" TAIL, -EINVAL, "vms[0].ipa_bits");
	refuse(HEAD "{\"slots\":{}}" TAIL, -EINVAL, "vms[0].slots");
	refuse(HEAD "{},{\"extents\":[null]}" TAIL, -EINVAL,
	       "vms[1].extents[0]");
	refuse(HEAD "{\"extents\":[{\"perm\":\"rwz\"}]}" TAIL, -EINVAL,
	       "vms[0].extents[0].perm");
	refuse(HEAD "{\"extents\":[{\"perm\":\"rwxx\"}]}" TAIL, -EINVAL,
	       "vms[0].extents[0].perm");
}

static void test_contradictions(void **data)
{
	(void)data;
	refuse(HEAD "{\"id\":1},{\"id\":2},{\"id\":1}" TAIL, -EINVAL,
	       "vms: 1 is there twice");
	refuse(HEAD "{\"id\":1,\"slots\":[{\"slot\":3,\"gpa\":0,\"bytes\":1},"
	       "{\"slot\":3,\"gpa\":4096,\"bytes\":1}]}" TAIL, -EINVAL,
	       "slots: 3 is there twice");
	refuse(HEAD "{\"extents\":[{\"gpa\":1}]}" TAIL, -EINVAL, "bytes");
	refuse(HEAD "{\"extents\":[{\"gpa\":1,\"bytes\":0}]}" TAIL, -EINVAL,
	       "bytes");
	refuse(HEAD "{\"extents\":[{\"bytes\":1}]}" TAIL, -EINVAL, "gpa");
	refuse(HEAD "{\"extents\":[{\"gpa\":18446744073709551614,\"bytes\":3}]}"
	       TAIL, -EINVAL, "wraps");
	refuse(HEAD "{\"slots\":[{\"gpa\":0,\"bytes\":1}]}" TAIL, -EINVAL,
	       "slot: missing");
}

/* 100 MB of "[": refused where it is too deep, without reading the rest */
static void test_nesting(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	size_t len = 100u << 20;
	struct s2_source *src;
	char *text = malloc(len);

	(void)data;
	memset(text, '[', len);
	assert_int_equal(open_text(ctx, text, len, &src), -EBADMSG);
	assert_non_null(strstr(s2_ctx_error(ctx), "nested"));
	free(text);
	s2_ctx_unref(ctx);
}

/* A string that does not end is not kept to where it would */
static void test_flood(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	size_t len = 40u << 20;
	struct s2_source *src;
	char *text = malloc(len);

	(void)data;
	memset(text, ' ', len);
	memcpy(text, "{\"x\":\"", 6);
	memset(text + 6, ',', len - 6);
	assert_int_equal(open_text(ctx, text, len, &src), -EBADMSG);
	assert_non_null(strstr(s2_ctx_error(ctx), "ends early"));
	free(text);
	s2_ctx_unref(ctx);
}

/* Larger than the limit, without being a large file: a hole of zeroes */
static void test_too_big(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	FILE *file = tmpfile();
	struct s2_source *src;

	(void)data;
	fputs("{\"a\":\"", file);
	fflush(file);
	/* NUL is not JSON either: the first of the two limits wins */
	assert_int_equal(ftruncate(fileno(file), 300l << 20), 0);
	rewind(file);
	assert_true(s2_open_snapshot_file(ctx, file, "x", &src) < 0);
	fclose(file);
	s2_ctx_unref(ctx);
}

static void test_files(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src;

	(void)data;
	assert_int_equal(s2_open_snapshot(ctx, "/nonexistent", &src), -ENOENT);
	assert_string_equal(s2_ctx_error(ctx),
			    "/nonexistent: No such file or directory");
	assert_int_equal(s2_open_snapshot(ctx, "/", &src), -EISDIR);
	assert_int_equal(s2_open_snapshot(ctx, "/dev/null", &src), -EBADMSG);
	s2_ctx_unref(ctx);
}

/* Keys and words of a newer minor version: kept working, and said */
static void test_newer_words(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx,
		"{\"id\":1,\"new\":{\"x\":[]},\"slots\":[],\"extents\":["
		"{\"gpa\":0,\"bytes\":1,\"class\":\"quantum\"},"
		"{\"gpa\":1,\"bytes\":1,\"class\":\"quantum\"}]}",
		S2_LOAD_EXTENTS);
	const struct s2_obj *extent = nth(nth_vm(model, 0), S2_OBJ_EXTENT, 0);
	const struct s2_obj *problem = s2_model_first(model, S2_OBJ_PROBLEM);

	(void)data;
	assert_false(s2_obj_get(extent, S2_EXTENT_CLASS).known);
	assert_non_null(problem);
	assert_string_equal(s2_obj_str(problem, S2_PROBLEM_CODE),
			    "unknown-value");
	/* Once, however often it is there */
	assert_null(s2_obj_next(problem));
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

static void test_hostile_text(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx,
		"{\"id\":1,\"name\":\"\\u001b[2Jx\\u0000y\"}", S2_LOAD_VMS);

	(void)data;
	assert_string_equal(s2_obj_str(nth_vm(model, 0), S2_VM_NAME),
			    "\\x1b[2Jx\\x00y");
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

/* Problems of a snapshot: kept, and many do not move each other about */
static void test_problems(void **data)
{
	static const char text[] = "{\"format_version\":1,\"kind\":\"snapshot\","
		"\"host\":{},\"vms\":[{\"id\":1},{\"id\":2}],"
		"\"complete\":false,\"problems\":["
		"{\"code\":\"odd1\",\"text\":\"a\"},{\"code\":\"odd2\",\"text\":\"b\"},"
		"{\"code\":\"odd3\",\"text\":\"c\"},{\"code\":\"odd4\",\"text\":\"d\"},"
		"{\"code\":\"odd5\",\"text\":\"e\"},"
		"{\"code\":\"vm-gone\",\"text\":\"f\",\"vm\":2}]}";
	const char *vm = "1";
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS,
	};
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src;
	struct s2_model *model;

	(void)data;
	assert_int_equal(open_text(ctx, text, strlen(text), &src), 0);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	/* Six, and five words that are not known */
	assert_int_equal(s2_model_count(model, S2_OBJ_PROBLEM), 11);
	s2_model_unref(model);
	opt.vms = &vm;
	opt.nr_vms = 1;
	assert_int_equal(s2_load(src, &opt, &model), 0);
	assert_int_equal(s2_model_count(model, S2_OBJ_PROBLEM), 10);
	s2_model_unref(model);
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

/*
 * Read without physical addresses, a snapshot shows what the kernel would have
 * shown without: fewer, longer extents.  Only I/O keeps addresses, for its BAR.
 */
static void test_without_phys(void **data)
{
	static const char vm[] = "{\"id\":1,\"slots\":[],\"extents\":["
		"{\"slot\":0,\"gpa\":0,\"bytes\":4096,\"hpa\":8192,"
		"\"class\":\"ram\"},"
		"{\"slot\":0,\"gpa\":4096,\"bytes\":4096,\"hpa\":65536,"
		"\"class\":\"ram\"},"
		"{\"slot\":0,\"gpa\":12288,\"bytes\":4096,\"hpa\":4096,"
		"\"class\":\"ram\"},"
		"{\"slot\":0,\"gpa\":16384,\"bytes\":4096,\"hpa\":1048576,"
		"\"class\":\"io\",\"bdf\":\"0000:00:01.0\",\"bar\":0},"
		"{\"slot\":0,\"gpa\":20480,\"bytes\":4096,\"hpa\":1052672,"
		"\"class\":\"io\",\"bdf\":\"0000:00:01.0\",\"bar\":1}]}";
	static const struct {
		unsigned int flags;
		size_t extents;
		uint64_t ram_hpa;
		uint64_t io_hpa;
	} cases[] = {
		{ S2_LOAD_PHYS | S2_LOAD_DEVICES, 5, 8192, 1048576 },
		{ S2_LOAD_DEVICES, 4, 7, 1048576 },
		{ S2_LOAD_EXTENTS, 3, 7, 7 },
	};
	struct s2_ctx *ctx = new_ctx();

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_model *model = load_vms(ctx, vm, cases[i].flags);
		const struct s2_obj *obj = nth_vm(model, 0);
		size_t count = s2_obj_count(obj, S2_OBJ_EXTENT);

		assert_int_equal(count, cases[i].extents);
		assert_int_equal(s2_obj_num(nth(obj, S2_OBJ_EXTENT, 0),
					    S2_EXTENT_HPA, 7),
				 cases[i].ram_hpa);
		obj = nth(obj, S2_OBJ_EXTENT, count == 3 ? 2 : count - 2);
		assert_int_equal(s2_obj_num(obj, S2_EXTENT_HPA, 7),
				 cases[i].io_hpa);
		assert_int_equal(s2_obj_str(obj, S2_EXTENT_BDF) != NULL,
				 cases[i].io_hpa != 7);
		s2_model_unref(model);
	}
	s2_ctx_unref(ctx);
}

/* Neighbours are joined, but not around the end of the address space */
static void test_joined_at_the_end(void **data)
{
	static const struct {
		const char *extents;
		size_t count;
	} cases[] = {
		{ "{\"gpa\":0,\"bytes\":4096},"
		  "{\"gpa\":4096,\"bytes\":4096}", 1 },
		{ "{\"gpa\":18446744073709547520,\"bytes\":4096},"
		  "{\"gpa\":0,\"bytes\":4096}", 2 },
		/* All of it: 2^64 bytes are no number */
		{ "{\"gpa\":0,\"bytes\":9223372036854775808},"
		  "{\"gpa\":9223372036854775808,"
		  "\"bytes\":9223372036854775808}", 2 },
		/* One less is one that no snapshot can have */
		{ "{\"gpa\":0,\"bytes\":9223372036854775808},"
		  "{\"gpa\":9223372036854775808,"
		  "\"bytes\":9223372036854775807}", 2 },
	};
	struct s2_ctx *ctx = new_ctx();

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_model *model;
		char *vm;

		assert_true(asprintf(&vm, "{\"id\":1,\"slots\":[],\"extents\":[%s]}",
				     cases[i].extents) > 0);
		model = load_vms(ctx, vm, S2_LOAD_EXTENTS);
		assert_int_equal(s2_obj_count(nth_vm(model, 0), S2_OBJ_EXTENT),
				 cases[i].count);
		s2_model_unref(model);
		free(vm);
	}
	s2_ctx_unref(ctx);
}

static void test_incomplete_without_reason(void **data)
{
	static const char text[] = "{\"format_version\":1,\"kind\":\"snapshot\","
		"\"host\":{},\"vms\":[],\"complete\":false,\"problems\":[]}";
	struct s2_load_options opt = { .size = sizeof(opt) };
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src;
	struct s2_model *model;

	(void)data;
	assert_int_equal(open_text(ctx, text, strlen(text), &src), 0);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	assert_false(s2_model_complete(model));
	s2_model_unref(model);
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_nesting), cmocka_unit_test(test_flood),
		cmocka_unit_test(test_too_big), cmocka_unit_test(test_files),
		cmocka_unit_test(test_newer_words),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_without_phys),
		cmocka_unit_test(test_incomplete_without_reason),
		cmocka_unit_test(test_joined_at_the_end),
	};

	return RUN_TESTS(tests);
}
