// SPDX-License-Identifier: GPL-2.0-only
/* JSON: what is written, that the schema describes it, and what cannot be written */
#include "unit.h"

#include <errno.h>
#include <json-c/json.h>
#include <linux/kvm_s2_types.h>
#include <locale.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/field.h"
#include "json/json.h"

#define SCHEMA	SRCDIR "/lib/schema/s2ctl-1.schema.json"

/* One of everything: known, unknown, zero, largest */
static const char vms[] =
	"{\"id\":1,\"pid\":100,\"comm\":\"q\\\"emu\\\\\",\"name\":\"w/eb\","
	"\"alive\":true,\"vcpus\":2,\"slot_count\":2,\"ipa_bits\":40,"
	"\"facts\":[\"dic\"],\"slots\":["
	"{\"slot\":0,\"gpa\":0,\"bytes\":8192,\"hva\":281474976710656,"
	" \"flags\":[],\"class\":\"ram\",\"facts\":[\"vma\",\"bit-30\"],"
	" \"vma_type\":\"wb\",\"predicted\":\"wb\",\"mapped\":\"wb\","
	" \"perm\":\"rwx\",\"verdict\":\"allow\",\"reason\":\"map-memory\","
	" \"wb_bytes\":8192,\"nc_bytes\":0,\"device_bytes\":0,"
	" \"exec_bytes\":4096},"
	"{\"slot\":1,\"gpa\":18446744073709547520,\"bytes\":4096}],"
	"\"extents\":["
	"{\"slot\":0,\"gpa\":0,\"bytes\":8192,\"class\":\"ram\","
	" \"facts\":[],\"vma_type\":\"wb\",\"mapped\":\"wb\",\"memattr\":15,"
	" \"perm\":\"rwx\"},"
	"{\"slot\":1,\"gpa\":18446744073709547520,\"bytes\":4096,\"hpa\":0,"
	" \"class\":\"io\",\"mapped\":\"device\",\"vma_type\":\"device\","
	" \"facts\":[\"fwb\"],\"perm\":\"rw-\",\"bdf\":\"0000:00:02.0\","
	" \"bar\":2,\"prefetchable\":true}]},"
	"{\"pid\":200,\"fd\":12}";

static char *write_text(const struct s2_json_options *opt)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	assert_int_equal(s2_json_write(file, opt), 0);
	fclose(file);
	return text;
}

/* Runs the independent validator over @text; skips where there is none */
static void validate(const char *text)
{
	static const char script[] =
		"import json, jsonschema, sys\n"
		"schema = json.load(open(sys.argv[1]))\n"
		"jsonschema.Draft7Validator.check_schema(schema)\n"
		"jsonschema.Draft7Validator(schema).validate(json.load(sys.stdin))\n";
	char command[1024];
	FILE *pipe;

	if (system("python3 -c 'import jsonschema' 2>/dev/null"))
		skip();
	snprintf(command, sizeof(command), "python3 -c '%s' '%s' >&2", script,
		 SCHEMA);
	pipe = popen(command, "w");
	assert_non_null(pipe);
	fputs(text, pipe);
	assert_int_equal(pclose(pipe), 0);
}

struct state {
	struct s2_ctx *ctx;
	struct s2_model *model;
	struct s2_report *report;
	struct s2_json_options opt;
};

static int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->model = load_vms(state->ctx, vms, S2_LOAD_DEVICES);
	assert_int_equal(s2_audit(state->ctx, state->model, &state->report), 0);
	state->opt = (struct s2_json_options){
		.size = sizeof(state->opt), .kind = "audit",
		.model = state->model, .report = state->report,
	};
	*data = state;
	return 0;
}

static int teardown(void **data)
{
	struct state *state = *data;

	s2_report_unref(state->report);
	s2_model_unref(state->model);
	s2_ctx_unref(state->ctx);
	free(state);
	return 0;
}

static void test_schema_audit(void **data)
{
	struct state *state = *data;
	char *text = write_text(&state->opt);

	validate(text);
	free(text);
}

static void test_schema_pretty(void **data)
{
	struct state *state = *data;
	struct json_object *plain, *pretty;
	char *text = write_text(&state->opt), *pretty_text;

	state->opt.flags = S2_JSON_PRETTY;
	pretty_text = write_text(&state->opt);
	validate(pretty_text);
	/* The same but for blanks */
	plain = json_tokener_parse(text);
	pretty = json_tokener_parse(pretty_text);
	assert_non_null(plain);
	assert_true(json_object_equal(plain, pretty));
	json_object_put(plain);
	json_object_put(pretty);
	free(text);
	free(pretty_text);
}

/* Nothing loaded: the same keys, and null */
static void test_schema_empty(void **data)
{
	struct state *state = *data;
	char *text;

	state->opt = (struct s2_json_options){
		.size = sizeof(state->opt), .kind = "version",
	};
	text = write_text(&state->opt);
	assert_string_equal(strstr(text, ",\"host\""),
			    ",\"host\":null,\"complete\":true,\"problems\":[],"
			    "\"vms\":null,\"policies\":null,"
			    "\"findings\":null,\"summary\":null,"
			    "\"words\":null,\"combination\":null,\"plan\":null,"
			    "\"differences\":null,\"requirements\":null,\"applied\":null}\n");
	validate(text);
	free(text);
}

/* What two stages make: null is what the architecture leaves open */
static void test_combination(void **data)
{
	struct s2_combination c;
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "explain", .combination = &c,
	};
	char *text;

	(void)data;
	assert_int_equal(s2_combine(KVM_S2_TYPE_DEVICE, KVM_S2_TYPE_WB, false,
				    &c), 0);
	c.why = "because";
	text = write_text(&opt);
	assert_string_equal(strstr(text, ",\"words\""),
			    ",\"words\":null,\"combination\":{"
			    "\"stage1\":\"device\",\"stage2\":\"wb\","
			    "\"fwb\":false,\"effective\":\"device\","
			    "\"unaligned_faults\":true,"
			    "\"dc_zva_faults\":true,"
			    "\"write_combining\":false,"
			    "\"executable\":null,\"weakened\":true,"
			    "\"why\":\"because\"},\"plan\":null,"
			    "\"differences\":null,\"requirements\":null,\"applied\":null}\n");
	validate(text);
	free(text);
}

static void test_words(void **data)
{
	static const struct s2_word rule = {
		"rule", "S2-000", "a \"rule\"", "Text.", "Remedy.",
		S2_SEVERITY_LOW
	};
	static const struct s2_word fact = {
		"fact", "vma", "a fact", "Text.", NULL, 0
	};
	const struct s2_word *const words[] = { &rule, &fact };
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "explain", .words = words,
		.nr_words = 2,
	};
	char *text = write_text(&opt);

	(void)data;
	assert_string_equal(strstr(text, ",\"words\""),
			    ",\"words\":[{\"kind\":\"rule\",\"word\":\"S2-000\","
			    "\"summary\":\"a \\\"rule\\\"\",\"text\":\"Text.\","
			    "\"remedy\":\"Remedy.\",\"severity\":\"low\"},"
			    "{\"kind\":\"fact\",\"word\":\"vma\","
			    "\"summary\":\"a fact\",\"text\":\"Text.\","
			    "\"remedy\":null,\"severity\":null}],"
			    "\"combination\":null,\"plan\":null,"
			    "\"differences\":null,\"requirements\":null,\"applied\":null}\n");
	validate(text);
	free(text);
}

/* To the letter, for one VM that has nearly nothing */
static void test_letter(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx, "{\"id\":0,\"comm\":\"a/\\\"\"}",
					  S2_LOAD_VMS);
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "list", .model = model,
	};
	char *text = write_text(&opt);

	(void)data;
	assert_string_equal(strstr(text, ",\"host\""),
		",\"host\":{\"source\":\"snapshot\",\"time\":null,"
		"\"boot_id\":null,\"release\":null,\"machine\":null,"
		"\"series\":null,\"features\":null,\"fwb\":true,\"dic\":null,"
		"\"pkvm\":null,\"page_size\":null,\"vm_count\":null,"
		"\"last_vm_id\":null,\"cacheable_pfnmap\":null,\"ipa_bits\":null,"
		"\"origin\":null,\"pci\":null},"
		"\"complete\":true,\"problems\":[],"
		"\"vms\":[{\"id\":0,\"pid\":null,\"comm\":\"a/\\\"\","
		"\"name\":null,\"uuid\":null,\"alive\":null,\"vcpus\":null,"
		"\"slot_count\":null,\"ipa_bits\":null,\"facts\":null,"
		"\"bytes\":null,\"wb_bytes\":null,\"nc_bytes\":null,"
		"\"device_bytes\":null,\"exec_bytes\":null,\"fd\":null,"
		"\"uid\":null,\"cgroup\":null,\"start\":null,\"nth\":null,"
		"\"slots\":null,\"extents\":null,\"policies\":null}],\"policies\":null,"
		"\"findings\":null,\"summary\":null,\"words\":null,"
		"\"combination\":null,\"plan\":null,"
			    "\"differences\":null,\"requirements\":null,\"applied\":null}\n");
	free(text);
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

/* What is written can be read, and is written again the same */
static void test_round_trip(void **data)
{
	struct state *state = *data;
	struct s2_load_options load = {
		.size = sizeof(load), .flags = S2_LOAD_DEVICES,
	};
	struct s2_source *src;
	struct s2_model *model;
	char *first, *second;

	state->opt.kind = "snapshot";
	state->opt.report = NULL;
	first = write_text(&state->opt);
	if (open_text(state->ctx, first, strlen(first), &src))
		fail_msg("%s", s2_ctx_error(state->ctx));
	assert_int_equal(s2_load(src, &load, &model), 0);
	state->opt.model = model;
	second = write_text(&state->opt);
	/* The first load noted that one VM has no slots: so does the file */
	assert_string_equal(first, second);
	s2_model_unref(model);
	s2_source_close(src);
	free(first);
	free(second);
}

static void test_locale(void **data)
{
	struct state *state = *data;
	char *text = write_text(&state->opt), *again;

	if (!setlocale(LC_ALL, "C.UTF-8"))
		skip();
	setlocale(LC_ALL, "de_DE.UTF-8");
	again = write_text(&state->opt);
	setlocale(LC_ALL, "C");
	assert_string_equal(text, again);
	free(text);
	free(again);
}

static void test_full_disk(void **data)
{
	struct state *state = *data;
	FILE *file = fopen("/dev/full", "w");

	assert_non_null(file);
	assert_int_equal(s2_json_write(file, &state->opt), -ENOSPC);
	fclose(file);
	/* Also where the first write fails, not only the last flush */
	file = fopen("/dev/full", "w");
	setvbuf(file, NULL, _IONBF, 0);
	assert_int_equal(s2_json_write(file, &state->opt), -ENOSPC);
	fclose(file);
}

static void test_closed_pipe(void **data)
{
	struct state *state = *data;
	int fds[2];
	FILE *file;

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	file = fdopen(fds[1], "w");
	assert_int_equal(s2_json_write(file, &state->opt), -EPIPE);
	fclose(file);
}

static void test_bad_options(void **data)
{
	struct state *state = *data;
	FILE *file = fopen("/dev/null", "w");

	state->opt.kind = "nonsense";
	assert_int_equal(s2_json_write(file, &state->opt), -EINVAL);
	state->opt.kind = NULL;
	assert_int_equal(s2_json_write(file, &state->opt), -EINVAL);
	state->opt.kind = "show";
	state->opt.flags = 0x80;
	assert_int_equal(s2_json_write(file, &state->opt), -EINVAL);
	state->opt.flags = 0;
	state->opt.size = 3;
	assert_int_equal(s2_json_write(file, &state->opt), -EINVAL);
	fclose(file);
}

static struct json_object *get(struct json_object *json, const char *key)
{
	struct json_object *child = NULL;

	json_object_object_get_ex(json, key, &child);
	if (!child)
		fail_msg("the schema has no '%s'", key);
	return child;
}

/* All words of a field stand in the schema */
static void check_words(struct json_object *property,
			const struct s2_field *field)
{
	struct json_object *words = property;

	if (field->kind == S2_KIND_FLAGS)
		words = json_object_array_get_idx(get(get(property, "items"),
						      "anyOf"), 0);
	words = get(words, "enum");
	for (size_t i = 0; field->words[i]; i++) {
		bool found = !*field->words[i];

		for (size_t j = 0; j < json_object_array_length(words); j++) {
			const char *word = json_object_get_string(
				json_object_array_get_idx(words, j));

			found |= word && !strcmp(word, field->words[i]);
		}
		if (!found)
			fail_msg("the schema lacks %s '%s'", field->name,
				 field->words[i]);
	}
}

/* The schema has the fields of the tables, their texts, and no others */
static void test_schema_fields(void **data)
{
	static const struct {
		enum s2_obj_type type;
		const char *name;
		size_t more;	/* slots, extents, evidence */
	} types[] = {
		{ S2_OBJ_HOST, "host", 0 }, { S2_OBJ_VM, "vm", 3 },
		{ S2_OBJ_SLOT, "slot", 0 }, { S2_OBJ_EXTENT, "extent", 0 },
		{ S2_OBJ_PROBLEM, "problem", 0 },
		{ S2_OBJ_FINDING, "finding", 1 },
		{ S2_OBJ_EVIDENCE, "evidence", 0 },
		{ S2_OBJ_COMBINATION, "combination", 0 },
		{ S2_OBJ_WORD, "word", 0 }, { S2_OBJ_POLICY, "policy", 0 },
		{ S2_OBJ_EVENT, "event", 0 }, { S2_OBJ_CHANGE, "change", 0 },
		{ S2_OBJ_DIFF, "difference", 0 },
		{ S2_OBJ_REQUIREMENT, "requirement", 0 },
	};
	struct json_object *schema = json_object_from_file(SCHEMA);

	(void)data;
	assert_non_null(schema);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct json_object *def = get(get(schema, "definitions"),
					      types[i].name);
		size_t count;
		const struct s2_field *field = s2_fields(types[i].type, &count);

		assert_int_equal(json_object_object_length(get(def,
				"properties")), count + types[i].more);
		assert_int_equal(json_object_array_length(get(def,
				"required")), count + types[i].more);
		for (; field->name; field++) {
			struct json_object *property =
				get(get(def, "properties"), field->name);

			assert_string_equal(json_object_get_string(
				get(property, "description")), field->doc);
			if (field->words)
				check_words(property, field);
		}
	}
	json_object_put(schema);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_schema_audit), T(test_schema_pretty),
		T(test_schema_empty), cmocka_unit_test(test_letter),
		cmocka_unit_test(test_combination),
		cmocka_unit_test(test_words), T(test_round_trip), T(test_locale), T(test_full_disk),
		T(test_closed_pipe), T(test_bad_options),
		cmocka_unit_test(test_schema_fields),
	};

	return RUN_TESTS(tests);
}
