// SPDX-License-Identifier: GPL-2.0-only
/* What VMs rely on, and whether a host has it; worked out on paper */
#include "compare/compare.h"
#include "unit.h"

#include <stdio.h>

#define ROWS	4096

struct state {
	struct s2_ctx *ctx;
	struct s2_model *vms;
	struct s2_model *host;
	struct s2_site *site;
	struct s2_preflight *preflight;
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

static void clear(struct state *state)
{
	s2_preflight_free(state->preflight);
	s2_site_free(state->site);
	s2_model_unref(state->vms);
	s2_model_unref(state->host);
	state->preflight = NULL;
	state->site = NULL;
	state->vms = NULL;
	state->host = NULL;
}

static int teardown(void **data)
{
	struct state *state = *data;

	clear(state);
	drop_dir(state->dir);
	s2_ctx_unref(state->ctx);
	free(state);
	return 0;
}

static struct s2_model *load(struct s2_ctx *ctx, const char *host,
			     const char *policies, const char *vms)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_source *src;
	struct s2_model *model;
	char *text;
	int len = asprintf(&text, "{\"format_version\":1,\"kind\":\"snapshot\","
			   "\"host\":{%s},\"complete\":true,\"problems\":[],"
			   "\"policies\":%s,\"vms\":[%s]}", host, policies, vms);

	assert_true(len > 0);
	if (open_text(ctx, text, len, &src))
		fail_msg("%s", s2_ctx_error(ctx));
	free(text);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	s2_source_close(src);
	return model;
}


/* "fwb - yes no missing": requirement, class or slot, needed, has, verdict */
static void rows(const struct s2_preflight *preflight, char *buf)
{
	const struct s2_obj *row = s2_preflight_first(preflight);
	size_t len = 0;

	*buf = '\0';
	for (; row; row = s2_obj_next(row)) {
		const char *class = s2_obj_str(row, S2_REQUIREMENT_CLASS);
		const char *has = s2_obj_str(row, S2_REQUIREMENT_HAS);
		char slot[16] = "-";

		if (s2_obj_get(row, S2_REQUIREMENT_SLOT).known)
			snprintf(slot, sizeof(slot), "%u", (unsigned int)
				 s2_obj_num(row, S2_REQUIREMENT_SLOT, 0));
		len += snprintf(buf + len, ROWS - len, "%s %s %s %s %s\n",
				s2_obj_str(row, S2_REQUIREMENT_REQUIREMENT),
				class ? class : slot,
				s2_obj_str(row, S2_REQUIREMENT_NEEDED),
				has ? has : "-",
				s2_obj_str(row, S2_REQUIREMENT_VERDICT));
	}
}

static void expect(const struct state *state, const char *want)
{
	char got[ROWS];

	rows(state->preflight, got);
	assert_string_equal(got, want);
}

static const char *why(const struct state *state, const char *requirement)
{
	const struct s2_obj *row = s2_preflight_first(state->preflight);

	for (; row; row = s2_obj_next(row))
		if (!strcmp(s2_obj_str(row, S2_REQUIREMENT_REQUIREMENT),
			    requirement))
			return s2_obj_str(row, S2_REQUIREMENT_WHY);
	fail_msg("no %s", requirement);
	return NULL;
}

static size_t count(const struct state *state, enum s2_answer answer)
{
	return s2_preflight_count(state->preflight, answer);
}

/* A host that has all, and one that has nothing */
#define ALL	"\"series\":true,\"features\":[\"netlink\",\"vma-types\"," \
	"\"policy\"],\"fwb\":true,\"dic\":true,\"pkvm\":false,"		\
	"\"page_size\":4096,\"ipa_bits\":48,\"release\":\"6.12.1\""
#define NONE	"\"series\":true,\"features\":[\"netlink\"],\"fwb\":false," \
	"\"dic\":false,\"pkvm\":false,\"page_size\":65536,\"ipa_bits\":36," \
	"\"release\":\"6.12.2\""

#define FACTS	"\"facts\":[\"vma\",\"fwb\",\"dic\"],\"verdict\":\"allow\"," \
	"\"mapped\":\"unmapped\",\"perm\":\"---\""
#define EXTENT(slot, gpa, class, type, vma)				\
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":4096,\"class\":\"" class \
	"\",\"predicted\":\"" type "\",\"vma_type\":\"" vma "\"," FACTS "}"
#define VM(extents, policies)						\
	"{\"id\":1,\"name\":\"web\",\"uid\":64055,\"alive\":true,"		\
	"\"ipa_bits\":40,\"slots\":[{\"slot\":0,\"gpa\":0,\"bytes\":65536}]," \
	"\"extents\":[" extents "],\"policies\":[" policies "]}"

#define RAM	EXTENT("0", "0", "ram", "wb", "wb")
#define GPU	EXTENT("0", "4096", "pfnmap-wb", "wb", "wb")
#define DAX	EXTENT("0", "8192", "zone-device", "wb", "wb")
#define BAR	EXTENT("0", "12288", "io", "device", "device")
#define VFIO	EXTENT("0", "16384", "io-nc", "nc", "device")

static void run(struct state *state, const char *vms, const char *host,
		const char *policies, const char *rule)
{
	int err;

	clear(state);
	state->vms = load(state->ctx, ALL, "[]", vms);
	state->host = load(state->ctx, host, policies, "");
	if (rule) {
		char text[512], path[256];
		const char *paths = path;

		snprintf(text, sizeof(text), "{\"format_version\":1,\"rules\":[%s]}",
			 rule);
		put_text(state->dir, "p", text);
		snprintf(path, sizeof(path), "%s/p", state->dir);
		if (s2_site_load(state->ctx, &paths, 1, &state->site))
			fail_msg("%s", s2_ctx_error(state->ctx));
	}
	err = s2_preflight(state->ctx, state->vms, state->host, state->site,
			   &state->preflight);
	if (err)
		fail_msg("%s", s2_ctx_error(state->ctx));
}

/* ----------------------------------------------------------- CPUs and kernel */

static void test_all_there(void **data)
{
	run(*data, VM(RAM "," GPU "," DAX "," BAR "," VFIO, ""), ALL, "[]", NULL);
	expect(*data,
	       "fwb - yes yes ok\n"
	       "dic - yes yes ok\n"
	       "vma-types - yes yes ok\n"
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 48 ok\n"
	       "class ram wb wb ok\n"
	       "class zone-device wb wb ok\n"
	       "class pfnmap-wb wb wb ok\n"
	       "class io device device ok\n"
	       "class io-nc nc nc ok\n"
	       "guarantee - forced forced ok\n");
	assert_string_equal(why(*data, "fwb"),
			    "4096 bytes of write-back memory have no kernel alias");
	assert_string_equal(why(*data, "vma-types"),
			    "8192 bytes outside the memory map are write-back by the VMM's mapping");
	/* Three extents that are wb, whatever they are */
	assert_string_equal(why(*data, "guarantee"),
			    "12288 bytes of wb are forced where the VM is (S2-011)");
	assert_true(s2_model_complete(s2_preflight_outcome(
		((struct state *)*data)->preflight)));
}

static void test_nothing_there(void **data)
{
	run(*data, VM(RAM "," GPU "," DAX "," BAR "," VFIO, ""), NONE, "[]", NULL);
	expect(*data,
	       "fwb - yes no missing\n"
	       "dic - yes no missing\n"
	       "vma-types - yes no missing\n"
	       "page-size - 4096 65536 missing\n"
	       "ipa-bits - 40 36 missing\n"
	       "class ram wb wb ok\n"
	       "class zone-device wb device missing\n"
	       "class pfnmap-wb wb device missing\n"
	       "class io device device ok\n"
	       "class io-nc nc nc ok\n"
	       "guarantee - forced weak missing\n");
	assert_int_equal(count(*data, S2_ANSWER_MISSING), 8);
	assert_int_equal(count(*data, S2_ANSWER_OK), 3);
	assert_int_equal(count(*data, 0), 11);
}

/* With the types of the VMM's mappings, but CPUs that cannot: refused */
static void test_refused(void **data)
{
	run(*data, VM(GPU, ""), "\"series\":true,\"features\":[\"vma-types\"],"
	    "\"fwb\":true,\"dic\":false,\"pkvm\":false,\"page_size\":4096,"
	    "\"ipa_bits\":40", "[]", NULL);
	expect(*data,
	       "fwb - yes yes ok\n"
	       "dic - yes no missing\n"
	       "vma-types - yes yes ok\n"
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 40 ok\n"
	       "class pfnmap-wb wb refused missing\n"
	       "guarantee - forced forced ok\n");
}

/* Protected KVM goes by the memory map: a BAR cannot be nc */
static void test_pkvm(void **data)
{
	run(*data, VM(VFIO, ""), "\"series\":true,\"features\":[],\"fwb\":true,"
	    "\"dic\":true,\"pkvm\":true,\"page_size\":4096,\"ipa_bits\":40",
	    "[]", NULL);
	expect(*data,
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 40 ok\n"
	       "class io-nc nc device missing\n");
}

/* Nothing is guessed, and each thing that is not known is a problem */
static void test_unknown(void **data)
{
	struct state *state = *data;

	run(state, VM(RAM "," DAX, ""), "\"machine\":\"aarch64\"", "[]", NULL);
	expect(state,
	       "vma-types - yes - unknown\n"
	       "page-size - 4096 - unknown\n"
	       "ipa-bits - 40 - unknown\n"
	       "class ram wb wb ok\n"
	       "class zone-device wb - unknown\n"
	       "guarantee - forced - unknown\n");
	assert_int_equal(s2_model_count(s2_preflight_outcome(state->preflight),
					S2_OBJ_PROBLEM), 5);
	assert_string_equal(s2_obj_str(s2_model_first(
		s2_preflight_outcome(state->preflight), S2_OBJ_PROBLEM),
		S2_PROBLEM_TEXT), "VM 1: whether it gets what it needs is not "
		"known: vma-types: 4096 bytes outside the memory map are "
		"write-back by the VMM's mapping");
}

static void test_own_memory_unknown(void **data)
{
	run(*data, "{\"id\":1,\"ipa_bits\":40,\"slots\":[],\"extents\":[{\"gpa\":0,"
	    "\"bytes\":4096}],\"policies\":[]}", ALL, "[]", NULL);
	expect(*data,
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 48 ok\n"
	       "class - unknown - unknown\n");
	assert_string_equal(why(*data, "class"),
			    "4096 bytes of a class that is not known");
}

/* What is refused where the VM is, and VMs that are no more, rely on nothing */
static void test_nothing_needed(void **data)
{
	run(*data, "{\"id\":1,\"ipa_bits\":40,\"slots\":[],\"extents\":[{\"gpa\":0,"
	    "\"bytes\":4096,\"class\":\"pfnmap-wb\",\"predicted\":\"wb\","
	    "\"verdict\":\"deny\"}],\"policies\":[]},"
	    "{\"id\":2,\"alive\":false,\"slots\":[],\"extents\":[" GPU "],"
	    "\"policies\":[]}", NONE, "[]", NULL);
	expect(*data,
	       "page-size - 4096 65536 missing\n"
	       "ipa-bits - 40 36 missing\n");
}

/* ------------------------------------------------------- the VM's own policies */

#define OWN(place, constraints, mode)					\
	"{" place ",\"owner\":\"vmm\",\"constraints\":[" constraints "],"	\
	"\"mode\":\"" mode "\",\"enforced\":[],\"audited\":[]}"

static void test_require_fwb(void **data)
{
	static const char weak[] = "\"series\":true,\"features\":[\"policy\"],"
		"\"fwb\":false,\"dic\":true,\"pkvm\":false,\"page_size\":4096,"
		"\"ipa_bits\":40";

	run(*data, VM(RAM, OWN("\"class\":\"ram\"", "\"require-fwb\"", "enforce")),
	    weak, "[]", NULL);
	expect(*data,
	       "fwb - yes no missing\n"
	       "policy - yes yes ok\n"
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 40 ok\n"
	       "class ram wb wb ok\n"
	       "guarantee - forced weak missing\n");
	assert_string_equal(why(*data, "fwb"),
			    "require-fwb is enforced for class ram");
	run(*data, VM(RAM, OWN("\"slot\":0", "\"require-fwb\"", "enforce")),
	    weak, "[]", NULL);
	assert_string_equal(why(*data, "fwb"),
			    "require-fwb is enforced for slot 0");
	/* Only counted, or for memory that it does not have: not needed */
	run(*data, VM(RAM, OWN("\"class\":\"ram\"", "\"require-fwb\"", "audit") ","
		      OWN("\"class\":\"gmem\"", "\"require-fwb\"", "enforce")),
	    weak, "[]", NULL);
	expect(*data,
	       "policy - yes yes ok\n"
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 40 ok\n"
	       "class ram wb wb ok\n"
	       "guarantee - forced weak missing\n");
	assert_string_equal(why(*data, "policy"),
			    "2 policies are set for the VM");
}

static void test_no_policies_there(void **data)
{
	run(*data, VM(BAR, OWN("\"slot\":0", "\"noexec\"", "enforce")), NONE, "null",
	    NULL);
	expect(*data,
	       "policy - yes no missing\n"
	       "page-size - 4096 65536 missing\n"
	       "ipa-bits - 40 36 missing\n"
	       "class io device device ok\n");
	assert_string_equal(why(*data, "policy"), "1 policy is set for the VM");
	/* A kernel that cannot have policies has none: nothing is not known */
	assert_true(s2_model_complete(s2_preflight_outcome(
		((struct state *)*data)->preflight)));
}

/* ------------------------------------------------------- the policies there */

#define THERE(class, enforced, audited)					\
	"{\"class\":\"" class "\",\"owner\":\"admin\",\"constraints\":["	\
	enforced audited "],\"enforced\":[" enforced "],"			\
	"\"audited\":[" audited "]}"

static void test_host_policies(void **data)
{
	run(*data, VM(RAM "," VFIO, ""), ALL,
	    "[" THERE("ram", "\"floor=nc\"", "") ","
	    THERE("io-nc", "", "\"match-vma\"") ","
	    THERE("gmem", "\"floor=nc\"", "") "]", NULL);
	expect(*data,
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 48 ok\n"
	       "class ram wb wb ok\n"
	       "class io-nc nc nc ok\n"
	       "guarantee - forced forced ok\n"
	       "host-policy ram allow deny missing\n"
	       "host-policy io-nc allow would-deny ok\n");
	assert_string_equal(why(*data, "host-policy"),
			    "floor=nc is enforced: 4096 bytes would be denied");
}

/* require-fwb is decided by the CPUs there, not by those here */
static void test_host_require_fwb(void **data)
{
	run(*data, VM(RAM, ""), ALL, "[" THERE("ram", "\"require-fwb\"", "") "]",
	    NULL);
	assert_string_equal(why(*data, "host-policy"),
			    "require-fwb is enforced");
	assert_int_equal(count(*data, S2_ANSWER_MISSING), 0);
	run(*data, VM(RAM, ""), "\"series\":true,\"features\":[\"policy\"],"
	    "\"fwb\":false,\"dic\":true,\"pkvm\":false,\"page_size\":4096,"
	    "\"ipa_bits\":40", "[" THERE("ram", "\"require-fwb\"", "") "]", NULL);
	assert_string_equal(why(*data, "host-policy"),
			    "require-fwb is enforced: 4096 bytes would be denied");
	/* The policy and the guarantee */
	assert_int_equal(count(*data, S2_ANSWER_MISSING), 2);
}

static void test_host_policies_unknown(void **data)
{
	struct state *state = *data;

	run(state, VM(BAR, ""), ALL, "null", NULL);
	expect(state,
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 48 ok\n"
	       "class io device device ok\n"
	       "host-policy - allow - unknown\n");
	assert_false(s2_model_complete(s2_preflight_outcome(state->preflight)));
}

#define RULE(match, constraints, mode) \
	"{\"id\":\"r\",\"match\":{" match "},\"constraints\":[" constraints \
	"],\"mode\":\"" mode "\"}"

static void test_site(void **data)
{
	/* Of the VM's own user, on memory that nothing has touched yet */
	run(*data, VM(RAM "," BAR, ""), ALL, "[]",
	    RULE("\"vm\":{\"uid\":64055},\"class\":[\"ram\",\"io\",\"gmem\"]",
		 "\"floor=nc\"", "enforce"));
	expect(*data,
	       "page-size - 4096 4096 ok\n"
	       "ipa-bits - 40 48 ok\n"
	       "class ram wb wb ok\n"
	       "class io device device ok\n"
	       "guarantee - forced forced ok\n"
	       "site-policy ram allow deny missing\n"
	       "site-policy io allow allow ok\n");
	assert_string_equal(why(*data, "site-policy"),
			    "floor=nc (enforce) by rules r: 4096 bytes would be denied");
	/* Of another user: it is for nothing here */
	run(*data, VM(BAR, ""), ALL, "[]",
	    RULE("\"vm\":{\"uid\":1}", "\"floor=nc\"", "enforce"));
	assert_int_equal(count(*data, 0), 3);
	/* For the host, and only counted */
	run(*data, VM(RAM, ""), ALL, "[]",
	    RULE("\"class\":[\"ram\"]", "\"floor=nc\"", "audit"));
	assert_int_equal(count(*data, S2_ANSWER_MISSING), 0);
	assert_string_equal(why(*data, "site-policy"),
			    "floor=nc (audit) by rules r: 4096 bytes would be counted as denied");
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_all_there), T(test_nothing_there), T(test_refused),
		T(test_pkvm), T(test_unknown), T(test_own_memory_unknown),
		T(test_nothing_needed), T(test_require_fwb),
		T(test_no_policies_there), T(test_host_policies),
		T(test_host_require_fwb), T(test_host_policies_unknown),
		T(test_site),
	};

	return RUN_TESTS(tests);
}
