// SPDX-License-Identifier: GPL-2.0-only
/* In what two models differ: which VM is which, what counts, and in what order */
#include "compare/compare.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#define UUID1	"c0ffee00-0000-4000-8000-000000000001"
#define UUID2	"c0ffee00-0000-4000-8000-000000000002"
#define ROWS	4096

struct state {
	struct s2_ctx *ctx;
	struct s2_model *before;
	struct s2_model *after;
	struct s2_diff *diff;
};

static int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	*data = state;
	return 0;
}

static void clear(struct state *state)
{
	s2_diff_free(state->diff);
	s2_model_unref(state->before);
	s2_model_unref(state->after);
	state->diff = NULL;
	state->before = NULL;
	state->after = NULL;
}

static int teardown(void **data)
{
	struct state *state = *data;

	clear(state);
	s2_ctx_unref(state->ctx);
	free(state);
	return 0;
}

/* What stands in a document behind "kind"; loaded whole */
static struct s2_model *load(struct s2_ctx *ctx, const char *body)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_SLOTS | S2_LOAD_POLICY,
	};
	struct s2_source *src;
	struct s2_model *model;
	char *text;
	int len = asprintf(&text, "{\"format_version\":1,\"kind\":\"snapshot\",%s}",
			   body);

	assert_true(len > 0);
	if (open_text(ctx, text, len, &src))
		fail_msg("%s", s2_ctx_error(ctx));
	free(text);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	s2_source_close(src);
	return model;
}

#define BODY(host, policies, vms)					\
	"\"host\":{" host "},\"complete\":true,\"problems\":[],"		\
	"\"policies\":[" policies "],\"vms\":[" vms "]"
#define BOOT(id)	"\"boot_id\":\"" id "\""
#define VM(fields, slots, policies)					\
	"{" fields ",\"slots\":[" slots "],\"policies\":[" policies "]}"
#define PLAIN(fields)	VM(fields, "", "")

static void append(char *buf, const char *text, char end)
{
	size_t len = strlen(buf);

	snprintf(buf + len, ROWS - len, "%s%c", text ? text : "-", end);
}

/*
 * All rows as text, a line each:
 * WHAT CHANGE VM SLOT CLASS OWNER FIELD OLD NEW
 */
static void rows(const struct s2_diff *diff, char *buf)
{
	static const unsigned int ids[] = {
		S2_DIFF_WHAT, S2_DIFF_CHANGE, S2_DIFF_VM, S2_DIFF_SLOT,
		S2_DIFF_CLASS, S2_DIFF_OWNER, S2_DIFF_FIELD, S2_DIFF_OLD,
		S2_DIFF_NEW,
	};
	const struct s2_obj *row = s2_diff_first(diff);

	*buf = '\0';
	for (; row; row = s2_obj_next(row)) {
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
			struct s2_value value = s2_obj_get(row, ids[i]);
			char num[24];

			snprintf(num, sizeof(num), "%u",
				 (unsigned int)value.num);
			append(buf, !value.known ? NULL : value.str ?
			       value.str : num, i == 8 ? '\n' : ' ');
		}
	}
}

static void expect_flags(struct state *state, const char *before,
			 const char *after, unsigned int flags,
			 const char *want)
{
	char got[ROWS];

	clear(state);
	state->before = load(state->ctx, before);
	state->after = load(state->ctx, after);
	assert_int_equal(s2_diff(state->ctx, state->before, state->after,
				 flags, &state->diff), 0);
	rows(state->diff, got);
	assert_string_equal(got, want);
}

static void expect(struct state *state, const char *before, const char *after,
		   const char *want)
{
	expect_flags(state, before, after, 0, want);
}

/* --------------------------------------------------------------------- host */

static void test_host(void **data)
{
	expect(*data, BODY("\"time\":1,\"fwb\":true,\"page_size\":4096,"
			   "\"features\":[\"slot\"],\"release\":\"6.12.1\","
			   BOOT("a"), "", ""),
	       BODY("\"time\":2,\"fwb\":false,\"page_size\":65536,"
		    "\"features\":[\"slot\",\"policy\"],\"release\":\"6.12.2\","
		    "\"dic\":true," BOOT("b"), "", ""),
	       "host changed - - - - release 6.12.1 6.12.2\n"
	       "host changed - - - - features slot slot,policy\n"
	       "host changed - - - - fwb yes no\n"
	       "host changed - - - - dic - yes\n"
	       "host changed - - - - page_size 4096 65536\n");
}

static void test_same(void **data)
{
	struct state *state = *data;
	static const char one[] = BODY(BOOT("a"), "", PLAIN("\"id\":1"));

	expect(state, one, one, "");
	assert_null(s2_diff_first(state->diff));
	assert_int_equal(s2_diff_count(state->diff), 0);
	assert_true(s2_model_complete(s2_diff_outcome(state->diff)));
}

static void test_noise(void **data)
{
	static const char before[] =
		BODY(BOOT("a") ",\"vm_count\":1", "",
		     VM("\"id\":1,\"name\":\"n\",\"pid\":5",
			"{\"slot\":0,\"gpa\":0,\"bytes\":4096,\"hva\":4096,"
			"\"denied\":1,\"wb_bytes\":0,\"perm\":\"rw-\"}", ""));
	static const char after[] =
		BODY(BOOT("b") ",\"vm_count\":1", "",
		     VM("\"id\":9,\"name\":\"n\",\"pid\":6",
			"{\"slot\":0,\"gpa\":0,\"bytes\":4096,\"hva\":8192,"
			"\"denied\":2,\"wb_bytes\":4096,\"perm\":\"rwx\"}", ""));

	expect(*data, before, after, "");
	expect_flags(*data, before, after, S2_DIFF_ALL,
		     "host changed - - - - boot_id a b\n"
		     "vm changed 9 - - - id 1 9\n"
		     "vm changed 9 - - - pid 5 6\n"
		     "vm changed 9 - - - wb_bytes 0 4096\n"
		     "slot changed 9 0 - - hva 0x1000 0x2000\n"
		     "slot changed 9 0 - - perm rw- rwx\n"
		     "slot changed 9 0 - - wb_bytes 0 4096\n"
		     "slot changed 9 0 - - denied 1 2\n");
}

/* ------------------------------------------------------------- which is which */

static void test_by_uuid(void **data)
{
	/* Another id, another name, another case */
	expect(*data, BODY(BOOT("a"), "", PLAIN("\"id\":1,\"name\":\"x\",\"uuid\":"
						"\"" UUID1 "\"")),
	       BODY(BOOT("a"), "", PLAIN("\"id\":2,\"name\":\"y\",\"uuid\":"
					 "\"C0FFEE00-0000-4000-8000-000000000001\"")),
	       "vm changed 2 - - - name x y\n"
	       "vm changed 2 - - - uuid " UUID1
	       " C0FFEE00-0000-4000-8000-000000000001\n");
}

static void test_by_name(void **data)
{
	/* A UUID that one of the two does not give does not part them ... */
	expect(*data, BODY(BOOT("a"), "", PLAIN("\"id\":1,\"name\":\"x\"")),
	       BODY(BOOT("b"), "", PLAIN("\"id\":2,\"name\":\"x\",\"uuid\":\""
					 UUID1 "\"")),
	       "vm changed 2 - - - uuid - " UUID1 "\n");
	/* ... two that differ do; nor are names without regard to case */
	expect(*data, BODY(BOOT("a"), "", PLAIN("\"id\":1,\"name\":\"x\",\"uuid\":\""
						UUID1 "\"")),
	       BODY(BOOT("b"), "", PLAIN("\"id\":1,\"name\":\"x\",\"uuid\":\"" UUID2
					 "\"")),
	       "vm gone 1 - - - - - -\nvm new 1 - - - - - -\n");
	expect(*data, BODY(BOOT("a"), "", PLAIN("\"id\":1,\"name\":\"x\"")),
	       BODY(BOOT("b"), "", PLAIN("\"id\":1,\"name\":\"X\"")),
	       "vm new 1 - - - - - -\nvm gone 1 - - - - - -\n");
}

static void test_by_id(void **data)
{
	static const char before[] =
		BODY(BOOT("a"), "", PLAIN("\"id\":1,\"vcpus\":1") ","
		     PLAIN("\"id\":2"));

	expect(*data, before, BODY(BOOT("a"), "", PLAIN("\"id\":1,\"vcpus\":2") ","
				   PLAIN("\"id\":3")),
	       "vm changed 1 - - - vcpus 1 2\n"
	       "vm gone 2 - - - - - -\nvm new 3 - - - - - -\n");
	/* In another boot an id is another VM; so it is if a boot is not known */
	expect(*data, before, BODY(BOOT("b"), "", PLAIN("\"id\":1,\"vcpus\":2")),
	       "vm gone 1 - - - - - -\nvm new 1 - - - - - -\n"
	       "vm gone 2 - - - - - -\n");
	expect(*data, before, BODY("", "", PLAIN("\"id\":1,\"vcpus\":2")),
	       "vm gone 1 - - - - - -\nvm new 1 - - - - - -\n"
	       "vm gone 2 - - - - - -\n");
}

/* Two VMs of one name: the ids tell them apart, if they mean the same */
static void test_twins(void **data)
{
	static const char before[] =
		BODY(BOOT("a"), "", PLAIN("\"id\":1,\"name\":\"x\",\"vcpus\":1") ","
		     PLAIN("\"id\":2,\"name\":\"x\",\"vcpus\":2"));

	expect(*data, before, BODY(BOOT("a"), "",
				   PLAIN("\"id\":2,\"name\":\"x\",\"vcpus\":2")),
	       "vm gone 1 - - - - - -\n");
	expect(*data, before, BODY(BOOT("b"), "",
				   PLAIN("\"id\":7,\"name\":\"x\",\"vcpus\":1")),
	       "vm gone 2 - - - - - -\n");
}

/* UUID, then name, then id: whatever the order of the snapshots */
static void test_order(void **data)
{
	expect(*data, BODY(BOOT("a"), "", ""),
	       BODY(BOOT("a"), "", PLAIN("\"id\":1") ","
		    PLAIN("\"id\":2,\"name\":\"b\"") ","
		    PLAIN("\"id\":3,\"name\":\"a\"") ","
		    PLAIN("\"id\":4,\"name\":\"z\",\"uuid\":\"" UUID2 "\"") ","
		    PLAIN("\"id\":5,\"name\":\"c\",\"uuid\":\"" UUID1 "\"")),
	       "vm new 5 - - - - - -\nvm new 4 - - - - - -\n"
	       "vm new 3 - - - - - -\nvm new 2 - - - - - -\n"
	       "vm new 1 - - - - - -\n");
}

/* Where not all VMs can be seen, none is gone and none is new */
static void test_hidden(void **data)
{
	struct state *state = *data;
	static const char whole[] =
		BODY(BOOT("a"), "", PLAIN("\"id\":1") "," PLAIN("\"id\":2"));
	static const char part[] =
		"\"host\":{" BOOT("a") "},\"complete\":false,\"problems\":["
		"{\"code\":\"vms-hidden\",\"text\":\"some are hidden\"}],"
		"\"policies\":[],\"vms\":[" PLAIN("\"id\":2,\"vcpus\":1") "]";

	expect(state, whole, part, "vm changed 2 - - - vcpus - 1\n");
	assert_false(s2_model_complete(s2_diff_outcome(state->diff)));
	assert_string_equal(s2_obj_str(s2_model_first(
		s2_diff_outcome(state->diff), S2_OBJ_PROBLEM),
		S2_PROBLEM_TEXT), "new: some are hidden");
	expect(state, part, whole, "vm changed 2 - - - vcpus 1 -\n");
}

/* -------------------------------------------------------------------- slots */

#define SLOT(n, gpa, more) \
	"{\"slot\":" n ",\"gpa\":" gpa ",\"bytes\":4096" more "}"

static void test_slots(void **data)
{
	expect(*data, BODY(BOOT("a"), "",
			   VM("\"id\":1", SLOT("0", "0", ",\"class\":\"ram\","
			      "\"predicted\":\"wb\",\"mapped\":\"unmapped\"") ","
			      SLOT("1", "4096", "") "," SLOT("7", "65536", ""),
			      "")),
	       BODY(BOOT("a"), "",
		    VM("\"id\":1", SLOT("2", "8192", "") ","
		       SLOT("1", "16384", "") ","
		       SLOT("0", "32768", ",\"class\":\"io-nc\","
			    "\"predicted\":\"nc\",\"mapped\":\"nc\","
			    "\"enforced\":[\"noexec\"]"), "")),
	       "slot changed 1 0 - - gpa 0x0 0x8000\n"
	       "slot changed 1 0 - - class ram io-nc\n"
	       "slot changed 1 0 - - predicted wb nc\n"
	       "slot changed 1 0 - - mapped unmapped nc\n"
	       "slot changed 1 0 - - enforced - noexec\n"
	       "slot changed 1 1 - - gpa 0x1000 0x4000\n"
	       "slot new 1 2 - - - - 0x2000-0x2fff\n"
	       "slot gone 1 7 - - - 0x10000-0x10fff -\n");
}

/* ----------------------------------------------------------------- policies */

#define SET(place, owner, constraints, mode) \
	"{" place ",\"owner\":\"" owner "\",\"constraints\":[" constraints "]," \
	"\"mode\":\"" mode "\",\"generation\":1,\"enforced\":[],\"audited\":[]," \
	"\"denied\":0,\"would_deny\":0}"
#define CLASS(c)	"\"class\":\"" c "\""

static void test_policies(void **data)
{
	expect(*data, BODY(BOOT("a"),
			   SET(CLASS("ram"), "admin", "\"noexec\"", "audit"),
			   VM("\"id\":1", "",
			      SET(CLASS("io"), "vmm", "\"locked\"", "enforce") ","
			      SET("\"slot\":3", "admin", "\"noexec\"", "enforce"))),
	       BODY(BOOT("a"),
		    SET(CLASS("ram"), "admin", "\"noexec\",\"match-vma\"",
			"audit") ","
		    SET(CLASS("gmem"), "admin", "\"noexec\"", "enforce"),
		    VM("\"id\":1", "",
		       SET(CLASS("io"), "vmm", "\"locked\"", "enforce") ","
		       SET(CLASS("io"), "admin", "\"noexec\"", "audit") ","
		       /* Nobody's: it follows from the others */
		       "{\"class\":\"ram\",\"enforced\":[\"noexec\"]}")),
	       "policy changed - - ram admin constraints noexec noexec,match-vma\n"
	       "policy changed - - gmem admin constraints none noexec\n"
	       "policy changed - - gmem admin mode none enforce\n"
	       "policy changed 1 - io admin constraints none noexec\n"
	       "policy changed 1 - io admin mode none audit\n"
	       "policy changed 1 3 - admin constraints noexec none\n"
	       "policy changed 1 3 - admin mode enforce none\n");
}

static void test_bad_flags(void **data)
{
	struct state *state = *data;

	state->before = load(state->ctx, BODY("", "", ""));
	assert_int_equal(s2_diff(state->ctx, state->before, state->before, 2,
				 &state->diff), -EINVAL);
	assert_null(state->diff);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_host), T(test_same), T(test_noise), T(test_by_uuid),
		T(test_by_name), T(test_by_id), T(test_twins), T(test_order),
		T(test_hidden), T(test_slots), T(test_policies),
		T(test_bad_flags),
	};

	return RUN_TESTS(tests);
}
