// SPDX-License-Identifier: GPL-2.0-only
/* Site policies: which VMs and slots rules are for */
#include "unit.h"

#include <stdio.h>

#include "base/glob.h"
#include "policy/site.h"
#include "policy/policy.h"

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

static struct s2_site *load(struct state *state, const char *text)
{
	char path[256];
	const char *paths = path;
	struct s2_site *site;

	snprintf(path, sizeof(path), "%s/p", state->dir);
	put_text(state->dir, "p", text);
	if (s2_site_load(state->ctx, &paths, 1, &site))
		fail_msg("%s\n%s", text, s2_ctx_error(state->ctx));
	return site;
}

/* A file of one rule: how it matches */
#define RULE(match) \
	"{\"format_version\":1,\"rules\":[{\"id\":\"a\",\"match\":{" match \
	"},\"constraints\":[\"noexec\"],\"mode\":\"audit\"}]}"

/* --------------------------------------------------------------- patterns */

static void test_glob(void **data)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{ "web", "web", true }, { "web", "web1", false },
		{ "web", "we", false }, { "web", "Web", false },
		{ "*", "", true }, { "*", "anything", true },
		{ "**", "x", true }, { "?", "", false }, { "?", "x", true },
		{ "?", "\xc3\xa9", true }, { "??", "\xc3\xa9", false },
		{ "web-*", "web-", true }, { "web-*", "web-1", true },
		{ "web-*", "web", false }, { "*-web", "a-web", true },
		{ "*-web", "a-web-", false }, { "a*b*c", "aXbYc", true },
		{ "a*b*c", "abbc", true }, { "a*b*c", "acb", false },
		{ "*ab", "aab", true }, { "*aab", "aaab", true },
		{ "/m.slice/*", "/m.slice/a/b", true },
		{ "a\\*", "a\\b", true }, { "a.c", "abc", false },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (s2_glob_match(cases[i].pattern, cases[i].text) !=
		    cases[i].match)
			fail_msg("'%s' '%s'", cases[i].pattern, cases[i].text);
}

/* What takes fnmatch() longer than anyone lives */
static void test_glob_time(void **data)
{
	char pattern[256] = "", text[256];

	(void)data;
	for (int i = 0; i < 120; i++)
		strcat(pattern, "*a");
	strcat(pattern, "*b");
	memset(text, 'a', 255);
	text[255] = '\0';
	assert_false(s2_glob_match(pattern, text));
}

/* --------------------------------------------------------- VMs and slots */

#define VM(fields) "{\"id\":1" fields ",\"slots\":[],\"extents\":[]}"

/* Whether a rule for "vm" is for a VM: n, y or u */
static void test_vms(void **data)
{
	static const struct {
		const char *rule, *vm;
		char match;
	} cases[] = {
		{ "\"name\":\"web*\"", ",\"name\":\"web1\"", 'y' },
		{ "\"name\":\"web*\"", ",\"name\":\"db\"", 'n' },
		{ "\"name\":\"*\"", ",\"uid\":5", 'n' },
		{ "\"name\":\"*\"", "", 'u' },
		{ "\"uid\":5", ",\"uid\":5", 'y' },
		{ "\"uid\":0", ",\"uid\":5", 'n' },
		{ "\"uid\":0", ",\"name\":\"x\"", 'u' },
		{ "\"cgroup\":\"/m/*\"", ",\"cgroup\":\"/m/a/b\"", 'y' },
		{ "\"cgroup\":\"/m/*\"", ",\"cgroup\":\"/user\"", 'n' },
		{ "\"cgroup\":\"*\"", ",\"uid\":5", 'u' },
		{ "\"comm\":\"qemu*\"", ",\"comm\":\"qemu-x\"", 'y' },
		{ "\"comm\":\"qemu*\"", ",\"comm\":\"vmm\"", 'n' },
		{ "\"comm\":\"qemu*\"", ",\"uid\":5", 'u' },
		{ "\"uuid\":\"C7A5FDBD-edaf-9455-926a-d65c16db1809\"",
		  ",\"uuid\":\"c7a5fdbd-EDAF-9455-926a-d65c16db1809\"", 'y' },
		{ "\"uuid\":\"c7a5fdbd-edaf-9455-926a-d65c16db1809\"",
		  ",\"uuid\":\"c7a5fdbd-edaf-9455-926a-d65c16db1800\"", 'n' },
		{ "\"uuid\":\"c7a5fdbd-edaf-9455-926a-d65c16db1809\"", "", 'u' },
		/* A name is spelled in one way, a path is as systemd has it */
		{ "\"name\":\"a\\\\x1B*\"", ",\"name\":\"a\\\\x1bz\"", 'y' },
		{ "\"name\":\"a\\\\x1b\"", ",\"name\":\"a\\\\x5cx1b\"", 'n' },
		{ "\"name\":\"DOM\\\\user\"", ",\"name\":\"DOM\\\\user\"", 'y' },
		{ "\"cgroup\":\"/m/qemu\\\\x2d*\"",
		  ",\"cgroup\":\"/m/qemu\\\\x2d1.scope\"", 'y' },
		/* All must hold; one no is enough */
		{ "\"name\":\"a\",\"uid\":5", ",\"name\":\"a\",\"uid\":5", 'y' },
		{ "\"name\":\"a\",\"uid\":5", ",\"name\":\"a\",\"uid\":6", 'n' },
		{ "\"name\":\"a\",\"uid\":5", ",\"name\":\"b\"", 'n' },
		{ "\"name\":\"a\",\"uid\":5", ",\"name\":\"a\"", 'u' },
	};
	struct state *state = *data;
	char text[512], vm[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_site *site;
		struct s2_model *model;
		const char *why;
		int match;

		snprintf(text, sizeof(text),
			 RULE("\"vm\":{%s}"),
			 cases[i].rule);
		snprintf(vm, sizeof(vm), VM("%s"), cases[i].vm);
		site = load(state, text);
		model = load_vms(state->ctx, vm, S2_LOAD_VMS);
		match = s2_site_match_vm(site->rule, nth_vm(model, 0), &why);
		if ("nyu"[match] != cases[i].match)
			fail_msg("%s for %s: %c", cases[i].rule, cases[i].vm,
				 "nyu"[match]);
		s2_model_unref(model);
		s2_site_free(site);
	}
}

#define EXTENT(slot, gpa, class, more) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":4096,\"class\":\"" class \
	"\"" more "}"
#define BAR(id)	",\"hpa\":4096,\"bdf\":\"0000:00:01.0\",\"pci_id\":\"" id "\""

static void test_slots(void **data)
{
	static const char vm[] =
		"{\"id\":1,\"slots\":["
		"{\"slot\":0,\"gpa\":0,\"bytes\":4096},"
		"{\"slot\":1,\"gpa\":4096,\"bytes\":8192},"
		"{\"slot\":2,\"gpa\":16384,\"bytes\":4096},"
		"{\"slot\":3,\"gpa\":20480,\"bytes\":4096},"
		"{\"slot\":4,\"gpa\":24576,\"bytes\":4096}],\"extents\":["
		EXTENT("0", "0", "ram", ",\"hpa\":0") ","
		EXTENT("1", "4096", "io-nc", BAR("10de:2342")) ","
		EXTENT("1", "8192", "io-nc", "") ","
		EXTENT("2", "16384", "io", "") ","
		EXTENT("3", "20480", "io", ",\"hpa\":8192") ","
		EXTENT("4", "24576", "io",
		       ",\"hpa\":8192,\"bdf\":\"0000:00:02.0\"") "]}";
	static const struct {
		const char *match;
		const char *want;	/* for each slot */
	} cases[] = {
		{ "\"device\":[\"10de:2342\"]", "nyunu" },
		{ "\"device\":[\"10de:*\"]", "nyunu" },
		{ "\"device\":[\"10de:2343\",\"1af4:2342\"]", "nnunu" },
		{ "\"device\":[\"10DE:2342\"],\"class\":[\"io-nc\"]", "nyunu" },
		{ "\"device\":[\"10de:2342\"],\"class\":[\"io\"]", "nnunu" },
	};
	struct state *state = *data;
	struct s2_model *model = load_vms(state->ctx, vm, S2_LOAD_DEVICES);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_by_num bars;
		struct s2_site *site;
		char text[256];

		snprintf(text, sizeof(text),
			 RULE("%s"),
			 cases[i].match);
		site = load(state, text);
		assert_int_equal(s2_site_bars(nth_vm(model, 0), &bars), 0);
		for (int n = 0; n < 5; n++) {
			const struct s2_obj *slot =
				nth(nth_vm(model, 0), S2_OBJ_SLOT, n);
			int match = s2_site_match_slot(site->rule,
						       nth_vm(model, 0), &bars,
						       slot,
						       s2_model_host(model));

			if ("nyu"[match] != cases[i].want[n])
				fail_msg("%s, slot %d: %c", cases[i].match, n,
					 "nyu"[match]);
		}
		s2_by_num_clear(&bars);
		s2_site_free(site);
	}
	s2_model_unref(model);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob), cmocka_unit_test(test_glob_time),
		T(test_vms), T(test_slots),
	};

	return RUN_TESTS(tests);
}
