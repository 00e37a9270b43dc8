// SPDX-License-Identifier: GPL-2.0-only
/* Site policies: what is read, and what is refused with its place */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <linux/kvm_s2_types.h>

#include "policy/site.h"
#include "model/reader.h"
#include "policy/policy.h"

#define ROUNDS	3000

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

static int load_bytes(struct state *state, const char *text, size_t len,
		      struct s2_site **site)
{
	char path[256];
	const char *paths = path;

	snprintf(path, sizeof(path), "%s/p", state->dir);
	put_file(state->dir, "p", text, len);
	return s2_site_load(state->ctx, &paths, 1, site);
}

/* The text must be refused with @err, and the error end in @want */
static void refuse(struct state *state, const char *text, int err,
		   const char *want)
{
	struct s2_site *site;
	const char *got;
	int is = load_bytes(state, text, strlen(text), &site);

	assert_null(site);
	got = s2_ctx_error(state->ctx);
	if (is != err || strlen(got) < strlen(want) ||
	    strcmp(got + strlen(got) - strlen(want), want))
		fail_msg("%s\nis %d: %s\nnot %d: %s", text, is, got, err, want);
	assert_null(strchr(got, '\n'));
}

/* A file of rules */
#define FILE_OF(rules) \
	"{\"format_version\":1,\"rules\":[" rules "]}"

/* One rule: how it matches, and what for */
#define RULE(id, match, constraints, mode) \
	"{\"id\":\"" id "\",\"match\":{" match "},\"constraints\":[" \
	constraints "],\"mode\":\"" mode "\"}"

static struct s2_site *load(struct state *state, const char *text)
{
	struct s2_site *site;

	if (load_bytes(state, text, strlen(text), &site))
		fail_msg("%s\n%s", text, s2_ctx_error(state->ctx));
	return site;
}

/* ------------------------------------------------------------- what it is */

static void test_all_keys(void **data)
{
	struct state *state = *data;
	struct s2_site *site = load(state,
		"// one\n{ \"$schema\": \"x\", \"format_version\": 1, /* two\n */\n"
		"\"rules\": [ { \"id\": \"a.b-c_1\", \"description\": \"// no\",\n"
		"\"match\": { \"vm\": { \"name\": \"web-*\", \"uuid\":"
		" \"C7A5FDBD-edaf-9455-926a-d65c16db1809\", \"uid\": 64055,"
		" \"cgroup\": \"/machine.slice/*\", \"comm\": \"qemu*\" },"
		" \"class\": [\"io\", \"io-nc\"],"
		" \"device\": [\"10DE:2342\", \"1af4:*\"] },"
		"\"constraints\": [\"require-fwb\", \"floor=nc\", \"locked\"],"
		"\"mode\": \"enforce\", \"severity\": \"high\" } ] }\n// end");
	const struct s2_site_rule *rule = site->rule;

	assert_int_equal(s2_site_count(site), 1);
	assert_string_equal(rule->id, "a.b-c_1");
	assert_int_equal(rule->line, 4);
	assert_true(rule->per_vm);
	assert_string_equal(rule->name, "web-*");
	assert_string_equal(rule->uuid, "C7A5FDBD-edaf-9455-926a-d65c16db1809");
	assert_true(rule->has_uid);
	assert_int_equal(rule->uid, 64055);
	assert_string_equal(rule->cgroup, "/machine.slice/*");
	assert_string_equal(rule->comm, "qemu*");
	assert_int_equal(rule->classes, 1 << KVM_S2_CLASS_IO |
			 1 << KVM_S2_CLASS_IO_NC);
	assert_int_equal(rule->nr_devices, 2);
	assert_int_equal(rule->device[0].vendor, 0x10de);
	assert_int_equal(rule->device[0].device, 0x2342);
	assert_false(rule->device[0].any);
	assert_int_equal(rule->device[1].vendor, 0x1af4);
	assert_true(rule->device[1].any);
	assert_int_equal(rule->constraints, KVM_S2_CONSTRAINT_REQUIRE_FWB |
			 KVM_S2_CONSTRAINT_FLOOR_NC | KVM_S2_CONSTRAINT_LOCKED);
	assert_int_equal(rule->mode, KVM_S2_MODE_ENFORCE);
	assert_int_equal(rule->severity, S2_SEVERITY_HIGH);
	s2_site_free(site);
}

static void test_least(void **data)
{
	struct state *state = *data;
	struct s2_site *site = load(state, FILE_OF(
		"{\"id\":\"a\",\"constraints\":[\"noexec\"],\"mode\":\"audit\"}"));

	assert_false(site->rule->per_vm);
	assert_int_equal(site->rule->classes, 0);
	/* ram, zone-device, pfnmap-wb, ram-nc, io, io-nc, gmem: not hole */
	assert_int_equal(s2_site_classes(site->rule), 0xfe);
	assert_int_equal(site->rule->severity, S2_SEVERITY_MEDIUM);
	s2_site_free(site);
	site = load(state, FILE_OF(""));
	assert_int_equal(s2_site_count(site), 0);
	s2_site_free(site);
}

/* -------------------------------------------------------- what is refused */

#define ONE(match, constraints, mode) \
	FILE_OF(RULE("a", match, constraints, mode))

static void test_not_json(void **data)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "", "p:1: nothing is in it" },
		{ " \n// only this\n", "p:3: nothing is in it" },
		{ "{\n\n", "p:3: the JSON ends early" },
		{ "{}\n{}", "p:2: something follows the JSON" },
		{ "{}\n/* x", "p:2: a comment that does not end" },
		{ "{}\n/", "p:2: something follows the JSON" },
		{ "{\n'a':1}", "p:2: not JSON: a single quote" },
		{ "{\"'\":1,\na:1}", "p:2: not JSON: quoted object property name expected" },
		{ "nul", "p:1: not JSON: null expected" },
		{ "{\"a\":1,\n}", "p:2: not JSON: unexpected character" },
		{ "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
		  "p:1: nested more than 8 deep" },
		{ "{\"a\":1,\n\"a\":2}", "p:2: the key 'a' is there twice" },
		{ "[{\"b\":{}},\n{\"b\":{\"c\":1,\n\"c\":{}}}]",
		  "p:3: the key 'c' is there twice" },
		{ "{\"\\u0061\":1}", "p:1: a key with an escape" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuse(*data, cases[i].text, -EBADMSG, cases[i].want);
}

static void test_nul(void **data)
{
	struct s2_site *site;
	struct state *state = *data;

	assert_int_equal(load_bytes(state, "{}\n\0", 4, &site), -EBADMSG);
	assert_non_null(strstr(s2_ctx_error(state->ctx),
			       "p:2: a NUL byte: not text"));
}

static void test_document(void **data)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "[]", "p:1: not an object" },
		{ "null", "p:1: not an object" },
		{ "7", "p:1: not an object" },
		{ "{}", "p:1: 'format_version' is missing" },
		{ "{\"format_version\":1}", "p:1: 'rules' is missing" },
		{ "{\"format_version\":1,\n\"rules\":{}}",
		  "p:2: rules: not an array" },
		{ "{\"format_version\":0,\"rules\":[]}",
		  "format_version: not a positive integer" },
		{ "{\"format_version\":\"1\",\"rules\":[]}",
		  "format_version: not a positive integer" },
		{ "{\"format_version\":1.0,\"rules\":[]}",
		  "format_version: not a positive integer" },
		{ "{\"format_version\":1,\"rules\":[],\n\"more\":1}",
		  "p:2: more: unknown key" },
		{ "{\"format_version\":1,\"rules\":[],\"$schema\":1}",
		  "$schema: not a string" },
		{ FILE_OF("7"), "rules[0]: not an object" },
		{ FILE_OF("{}"), "rules[0]: 'id' is missing" },
		{ FILE_OF("{\"id\":\"a\"}"),
		  "rules[0]: 'constraints' is missing" },
		{ FILE_OF("{\"id\":\"a\",\"constraints\":[\"noexec\"]}"),
		  "rules[0]: 'mode' is missing" },
		{ FILE_OF("{\"id\":\"a\",\n\"constrains\":[]}"),
		  "p:2: rules[0].constrains: unknown key" },
		{ FILE_OF("{\"id\":\"a\",\"description\":7}"),
		  "rules[0].description: not a string" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuse(*data, cases[i].text, -EINVAL, cases[i].want);
	/* Before its keys, which we cannot know */
	refuse(*data, "{\"other\":[],\"format_version\":2}", -EPROTONOSUPPORT,
	       "format_version: this s2ctl reads format 1: a newer one is needed");
}

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define BAD_ID \
	"rules[0].id: not made of letters, digits and ._-, or longer than 64"

static void test_rule(void **data)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ FILE_OF("{\"id\":\"\"}"), "rules[0].id: empty" },
		{ FILE_OF("{\"id\":7}"), "rules[0].id: not a string" },
		{ FILE_OF("{\"id\":\"a b\"}"), BAD_ID },
		{ FILE_OF("{\"id\":\"-a\"}"), BAD_ID },
		{ FILE_OF("{\"id\":\"a,b\"}"), BAD_ID },
		{ FILE_OF("{\"id\":\"" X64 "x\"}"), BAD_ID },
		{ FILE_OF("{\"id\":\"a\\u0000b\"}"),
		  "rules[0].id: characters that cannot be seen" },
		{ ONE("", "", "audit"), "rules[0].constraints: nothing is in it" },
		{ ONE("", "\"floor=wb\"", "audit"),
		  "rules[0].constraints[0]: 'floor=wb' is no word for a constraint" },
		{ ONE("", "\"noexec\",7", "audit"),
		  "rules[0].constraints[1]: not a string" },
		{ ONE("", "\"noexec\",\"noexec\"", "audit"),
		  "rules[0].constraints[1]: is there twice" },
		{ ONE("", "\"floor=nc\",\"force\"", "audit"),
		  "rules[0].constraints[1]: only a VMM can ask for 'force', for its own VM" },
		{ ONE("", "\"noexec\",\"locked\"", "audit"),
		  "rules[0].constraints: the host's policy cannot be 'locked', only a VM's" },
		{ ONE("", "\"noexec\"", "none"),
		  "rules[0].mode: 'none' is no word for a mode" },
		{ ONE("", "\"noexec\"", "Audit"),
		  "rules[0].mode: 'Audit' is no word for a mode" },
		{ FILE_OF("{\"id\":\"a\",\"severity\":\"bad\"}"),
		  "rules[0].severity: 'bad' is no word for a severity" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuse(*data, cases[i].text, -EINVAL, cases[i].want);
}

static void test_same_id(void **data)
{
	struct state *state = *data;
	struct s2_site *site;
	const char *text = FILE_OF(RULE("a", "", "\"noexec\"", "audit") ",\n"
				   RULE("a", "", "\"noexec\"", "audit"));

	assert_int_equal(load_bytes(state, text, strlen(text), &site), -EINVAL);
	assert_non_null(strstr(s2_ctx_error(state->ctx),
			       "p:2: rules[1].id: 'a' is the id of a rule at "));
	assert_non_null(strstr(s2_ctx_error(state->ctx), "/p:1 already"));
}

static void test_match(void **data)
{
	static const struct {
		const char *match;
		const char *want;
	} cases[] = {
		{ "\"vm\":7", "vm: not an object" },
		{ "\"vm\":{}", "vm: nothing is in it: leave it out, and the rule is for the host" },
		{ "\"VM\":{}", "VM: unknown key" },
		{ "\"vm\":{\"nam\":\"x\"}", "vm.nam: unknown key" },
		{ "\"vm\":{\"name\":\"\"}", "vm.name: empty" },
		{ "\"vm\":{\"name\":null}", "vm.name: not a string" },
		{ "\"vm\":{\"name\":\"[a-z]*\"}", "vm.name: a pattern knows '*' and '?' only: write '?' for a bracket" },
		{ "\"vm\":{\"name\":\"a\\\\x2A\"}", "vm.name: a pattern knows '*' and '?' only: write '?' for a '*' or '?' of the name" },
		{ "\"vm\":{\"comm\":\"\\\\x3f\"}", "vm.comm: a pattern knows '*' and '?' only: write '?' for a '*' or '?' of the name" },
		{ "\"vm\":{\"comm\":\"a\\tb\"}", "vm.comm: characters that cannot be seen" },
		{ "\"vm\":{\"name\":\"" X64 X64 X64 X64 "\"}", "vm.name: longer than 255 bytes" },
		{ "\"vm\":{\"cgroup\":\"machine\"}", "vm.cgroup: no cgroup begins like that: begin with '/'" },
		{ "\"vm\":{\"uuid\":\"x\"}", "vm.uuid: not of the form of a UUID" },
		{ "\"vm\":{\"uuid\":\"c7a5fdbd-edaf-9455-926a-*\"}", "vm.uuid: not of the form of a UUID" },
		{ "\"vm\":{\"uid\":\"0\"}", "vm.uid: not an integer" },
		{ "\"vm\":{\"uid\":1.5}", "vm.uid: not an integer" },
		{ "\"vm\":{\"uid\":-1}", "vm.uid: not the number of a user" },
		{ "\"vm\":{\"uid\":4294967295}", "vm.uid: not the number of a user" },
		{ "\"vm\":{\"uid\":99999999999999999999}", "vm.uid: not the number of a user" },
		{ "\"class\":\"ram\"", "class: not an array" },
		{ "\"class\":[]", "class: nothing is in it" },
		{ "\"class\":[\"RAM\"]", "class[0]: 'RAM' is no word for a class" },
		{ "\"class\":[\"io\",\"vgic\"]", "class[1]: no policy can be for this class" },
		{ "\"class\":[\"mixed\"]", "class[0]: no policy can be for this class" },
		{ "\"class\":[\"io\",\"io\"]", "class[1]: is there twice" },
		{ "\"device\":[]", "device: nothing is in it" },
		{ "\"device\":[\"10de\"]", "device[0]: not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*" },
		{ "\"device\":[\"10de:23\"]", "device[0]: not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*" },
		{ "\"device\":[\"10de:23420\"]", "device[0]: not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*" },
		{ "\"device\":[\"10de:**\"]", "device[0]: not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*" },
		{ "\"device\":[\"*:2342\"]", "device[0]: not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*" },
		{ "\"device\":[\"10dg:2342\"]", "device[0]: not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*" },
		{ "\"device\":[\"\"]", "device[0]: empty" },
	};
	char text[1024], want[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), FILE_OF("{\"id\":\"a\",\"match\":{%s}}"),
			 cases[i].match);
		snprintf(want, sizeof(want), ":1: rules[0].match.%s",
			 cases[i].want);
		refuse(*data, text, -EINVAL, want);
	}
}

static void test_contradiction(void **data)
{
	struct state *state = *data;
	struct s2_site *site;

	refuse(state, FILE_OF(RULE("a", "\"class\":[\"ram\",\"io\"]",
				   "\"noexec\"", "audit") ",\n"
			      RULE("b", "\"class\":[\"io\"]", "\"match-vma\"",
				   "enforce")), -EINVAL,
	       "p:1) audit");
	assert_non_null(strstr(s2_ctx_error(state->ctx),
			       "p:2: rule 'b' would enforce for class io of the host, and rule 'a' ("));
	/* Other classes, or not the host: no contradiction yet */
	site = load(state, FILE_OF(
		RULE("a", "\"class\":[\"ram\"]", "\"noexec\"", "audit") ","
		RULE("b", "\"class\":[\"io\"]", "\"noexec\"", "enforce") ","
		RULE("c", "\"vm\":{\"name\":\"x\"},\"class\":[\"ram\"]",
		     "\"noexec\"", "enforce") ","
		RULE("d", "\"device\":[\"1af4:*\"],\"class\":[\"io\"]",
		     "\"noexec\",\"locked\"", "enforce")));
	s2_site_free(site);
}

/* ----------------------------------------------------------------- bounds */

static void test_large(void **data)
{
	struct state *state = *data;
	struct s2_site *site;
	size_t len = S2_SITE_SIZE_MAX + 1;
	char *text = malloc(len);

	memset(text, ' ', len);
	memcpy(text, FILE_OF(""), strlen(FILE_OF("")));
	assert_int_equal(load_bytes(state, text, len, &site), -EFBIG);
	assert_int_equal(load_bytes(state, text, len - 1, &site), 0);
	s2_site_free(site);
	free(text);
}

static void test_many_rules(void **data)
{
	struct state *state = *data;
	struct s2_site *site;
	char *text = malloc(200 * (S2_SITE_RULES_MAX + 2)), *p = text;

	p += sprintf(p, "{\"format_version\":1,\"rules\":[");
	for (int i = 0; i <= S2_SITE_RULES_MAX; i++)
		p += sprintf(p, "%s{\"id\":\"r%d\",\"constraints\":[\"noexec\"],"
			     "\"mode\":\"audit\"}", i ? "," : "", i);
	strcpy(p, "]}");
	refuse(state, text, -EINVAL, "p:1: rules: more than 1024 elements");
	/* One less is fine */
	strcpy(strstr(text, ",{\"id\":\"r1024\""), "]}");
	assert_int_equal(load_bytes(state, text, strlen(text), &site), 0);
	assert_int_equal(s2_site_count(site), S2_SITE_RULES_MAX);
	s2_site_free(site);
	free(text);
}

static void test_many_keys(void **data)
{
	char text[512] = "{", *p = text + 1;

	for (int i = 0; i < 40; i++)
		p += sprintf(p, "%s\"k%d\":1", i ? "," : "", i);
	strcpy(p, "}");
	refuse(*data, text, -EBADMSG, "p:1: an object of too many keys");
}

static void test_directory(void **data)
{
	static const char rule[] = FILE_OF(
		"{\"id\":\"%s\",\"constraints\":[\"noexec\"],\"mode\":\"audit\"}");
	static const char *const names[] = { "b", "a", "c" };
	struct state *state = *data;
	const char *paths = state->dir;
	char text[256], name[32];
	struct s2_site *site;
	const char *file;
	unsigned int line;

	for (int i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), rule, names[i]);
		snprintf(name, sizeof(name), "%s.json", names[i]);
		put_text(state->dir, name, text);
	}
	/* Backups, hidden files and notes are no policy */
	put_text(state->dir, "a.json~", "x");
	put_text(state->dir, ".d.json", "x");
	put_text(state->dir, "README", "x");
	put_text(state->dir, ".json", "x");
	assert_int_equal(s2_site_load(state->ctx, &paths, 1, &site), 0);
	assert_int_equal(s2_site_count(site), 3);
	assert_string_equal(site->rule[0].id, "a");
	assert_string_equal(site->rule[2].id, "c");
	assert_int_equal(s2_site_find(site, "b,c", &file, &line), 0);
	assert_non_null(strstr(file, "/b.json"));
	assert_int_equal(line, site->rule[1].line);
	assert_int_equal(s2_site_find(site, "b", &file, &line), 0);
	assert_int_equal(s2_site_find(site, "", &file, &line), -ENOENT);
	assert_int_equal(s2_site_find(site, "bb", &file, &line), -ENOENT);
	s2_site_free(site);
	/* One bad file, and there is no policy */
	put_text(state->dir, "d.json", "{");
	assert_int_equal(s2_site_load(state->ctx, &paths, 1, &site), -EBADMSG);
	assert_null(site);
	assert_non_null(strstr(s2_ctx_error(state->ctx), "/d.json:1: "));
	/* What cannot be read must not be waited for */
	snprintf(text, sizeof(text), "%s/c.json", state->dir);
	remove(text);
	assert_int_equal(mkfifo(text, 0600), 0);
	assert_int_equal(s2_site_load(state->ctx, &paths, 1, &site), -EINVAL);
	paths = "/nonexistent";
	assert_int_equal(s2_site_load(state->ctx, &paths, 1, &site), -ENOENT);
}

/* ------------------------------------------------------- spoilt, but alive */

static unsigned int next_random(unsigned int *seed, unsigned int limit)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % limit;
}

static size_t spoil(char *text, size_t len, unsigned int *seed)
{
	static const char bytes[] = "{}[],:\"\\/*\n 0eu";
	size_t at = next_random(seed, len);

	switch (next_random(seed, 4)) {
	case 0:
		text[at] = (char)next_random(seed, 256);
		return len;
	case 1:
		return at + 1;
	case 2:
		memmove(text + at, text + at + 1, len - at - 1);
		return len - 1 ? len - 1 : 1;
	default:
		text[at] = bytes[next_random(seed, sizeof(bytes) - 1)];
		return len;
	}
}

static void test_spoilt(void **data)
{
	static const char good[] =
		"{ \"format_version\": 1, // c\n\"rules\": [ { \"id\": \"a\","
		"\"match\": { \"vm\": { \"name\": \"w\\u0041*\", \"uid\": 1 },"
		"/* c */ \"class\": [\"io\"], \"device\": [\"10de:*\"] },"
		"\"constraints\": [\"noexec\"], \"mode\": \"audit\" } ] }";
	struct state *state = *data;
	unsigned int taken = 0;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		unsigned int seed = round;
		size_t len = sizeof(good) - 1;
		struct s2_site *site;
		char text[sizeof(good)];
		int err;

		memcpy(text, good, len);
		for (unsigned int i = next_random(&seed, 6); i; i--)
			len = spoil(text, len, &seed);
		err = load_bytes(state, text, len, &site);
		taken += !err;
		/* Refused with words, on one line */
		assert_true(!err == !!site);
		if (err)
			assert_true(*s2_ctx_error(state->ctx));
		s2_site_free(site);
	}
	assert_true(taken > 0 && taken < ROUNDS);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_all_keys), T(test_least), T(test_not_json), T(test_nul),
		T(test_document), T(test_rule), T(test_same_id), T(test_match),
		T(test_contradiction), T(test_large), T(test_many_rules),
		T(test_many_keys), T(test_directory),
		T(test_spoilt),
	};

	return RUN_TESTS(tests);
}
