// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The envelope as JSON, written as it goes: only one object's worth of json-c
 * is in memory at a time.
 */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "audit/report.h"
#include "json/json.h"
#include "model/field.h"
#include "model/model.h"
#include "model/words.h"
#include "policy/combine.h"

#define INDENT	2

/**
 * struct emit - a stream of JSON
 * @file: where to
 * @pretty: indent
 * @depth: containers that are open
 * @first: nothing stands in the innermost one yet
 * @err: first failure; nothing is written after it
 */
struct emit {
	FILE *file;
	bool pretty;
	int depth;
	bool first;
	int err;
};

static void put(struct emit *e, const char *text, size_t len)
{
	if (e->err || !len)
		return;
	errno = 0;
	if (fwrite(text, 1, len, e->file) != len)
		e->err = errno ? -errno : -EIO;
}

static void puts_(struct emit *e, const char *text)
{
	put(e, text, strlen(text));
}

static void newline(struct emit *e)
{
	if (!e->pretty)
		return;
	puts_(e, "\n");
	for (int i = 0; i < e->depth * INDENT; i++)
		puts_(e, " ");
}

/* Before each element of an array and each key of an object */
static void element(struct emit *e)
{
	if (!e->first)
		puts_(e, ",");
	e->first = false;
	newline(e);
}

static void key(struct emit *e, const char *name)
{
	element(e);
	puts_(e, "\"");
	puts_(e, name);
	puts_(e, e->pretty ? "\": " : "\":");
}

static void begin(struct emit *e, const char *bracket)
{
	puts_(e, bracket);
	e->depth++;
	e->first = true;
}

static void end(struct emit *e, const char *bracket)
{
	e->depth--;
	if (!e->first)
		newline(e);
	puts_(e, bracket);
	e->first = false;
}

/* Writes a json-c value and gives it back; NULL is JSON's null */
static void value(struct emit *e, struct json_object *json)
{
	if (!e->err)
		e->err = s2_json_put(e->file, json, e->pretty, e->depth);
	json_object_put(json);
}

/* As value(), for what must not be NULL */
static void must(struct emit *e, struct json_object *json)
{
	if (!json && !e->err)
		e->err = -ENOMEM;
	else
		value(e, json);
}

static void put_field(struct emit *e, const struct s2_field *field,
		      struct s2_value val)
{
	struct json_object *json;
	int err = s2_json_value(field, val, &json);

	key(e, field->name);
	if (err && !e->err)
		e->err = err;
	value(e, json);
}

static void put_fields(struct emit *e, const struct s2_obj *obj)
{
	const struct s2_field *field = s2_fields(s2_obj_type(obj), NULL);

	for (; field->name; field++)
		put_field(e, field, s2_obj_get(obj, field->id));
}

static void put_obj(struct emit *e, const struct s2_obj *obj)
{
	begin(e, "{");
	put_fields(e, obj);
	end(e, "}");
}

/* An array of objects, or null if it is not known what is in it */
static void put_kids(struct emit *e, const char *name,
		     const struct s2_obj *parent, enum s2_obj_type type)
{
	const struct s2_obj *obj;

	key(e, name);
	if (!s2_obj_known(parent, type)) {
		value(e, NULL);
		return;
	}
	begin(e, "[");
	s2_obj_for_each(obj, parent, type) {
		element(e);
		put_obj(e, obj);
	}
	end(e, "]");
}

/* An audit has looked at extents with addresses that not everybody may see */
static void put_extents(struct emit *e, const struct s2_obj *vm, bool hidden)
{
	if (!hidden) {
		put_kids(e, "extents", vm, S2_OBJ_EXTENT);
		return;
	}
	key(e, "extents");
	value(e, NULL);
}

static void put_vms(struct emit *e, const struct s2_model *model, bool hidden)
{
	const struct s2_obj *vm;

	key(e, "vms");
	if (!model || !model->vms_known) {
		value(e, NULL);
		return;
	}
	begin(e, "[");
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		element(e);
		begin(e, "{");
		put_fields(e, vm);
		put_kids(e, "slots", vm, S2_OBJ_SLOT);
		put_extents(e, vm, hidden);
		put_kids(e, "policies", vm, S2_OBJ_POLICY);
		end(e, "}");
	}
	end(e, "]");
}

/* The host's own */
static void put_policies(struct emit *e, const struct s2_model *model)
{
	const struct s2_obj *obj;

	key(e, "policies");
	if (!model || !model->policies_known) {
		value(e, NULL);
		return;
	}
	begin(e, "[");
	s2_model_for_each(obj, model, S2_OBJ_POLICY) {
		element(e);
		put_obj(e, obj);
	}
	end(e, "]");
}

static void put_problems(struct emit *e, const struct s2_model *model,
			 const struct s2_report *report)
{
	const struct s2_obj *obj;

	key(e, "problems");
	begin(e, "[");
	if (model) {
		s2_model_for_each(obj, model, S2_OBJ_PROBLEM) {
			element(e);
			put_obj(e, obj);
		}
	}
	if (report) {
		s2_report_for_each(obj, report, S2_OBJ_PROBLEM) {
			element(e);
			put_obj(e, obj);
		}
	}
	end(e, "]");
}

/* The keys of a finding */
static void put_finding(struct emit *e, const struct s2_obj *finding)
{
	const struct s2_obj *evidence = s2_obj_first(finding, S2_OBJ_EVIDENCE);

	put_fields(e, finding);
	key(e, "evidence");
	if (evidence)
		put_obj(e, evidence);
	else
		value(e, NULL);
}

static void put_findings(struct emit *e, const struct s2_report *report)
{
	const struct s2_obj *obj;

	key(e, "findings");
	if (!report) {
		value(e, NULL);
		return;
	}
	begin(e, "[");
	s2_report_for_each(obj, report, S2_OBJ_FINDING) {
		element(e);
		begin(e, "{");
		put_finding(e, obj);
		end(e, "}");
	}
	end(e, "]");
}

static void put_summary(struct emit *e, const struct s2_report *report)
{
	const struct s2_field *severity = s2_field_by_id(S2_FINDING_SEVERITY);

	key(e, "summary");
	if (!report) {
		value(e, NULL);
		return;
	}
	begin(e, "{");
	for (int s = S2_SEVERITY_INFO; s <= S2_SEVERITY_CRITICAL; s++) {
		key(e, s2_field_word(severity, s));
		must(e, json_object_new_uint64(
			s2_report_count(report, s, false)));
	}
	key(e, "waived");
	must(e, json_object_new_uint64(s2_report_count(report, 0, true)));
	end(e, "}");
}

/* A word is no object of a model: it is made one to be written like them */
static void put_words(struct emit *e, const struct s2_json_options *opt)
{
	struct s2_list list;

	key(e, "words");
	if (!opt->words) {
		value(e, NULL);
		return;
	}
	s2_list_init(&list, S2_OBJ_WORD);
	begin(e, "[");
	for (size_t i = 0; i < opt->nr_words; i++) {
		struct s2_obj *obj = s2_list_add(&list);

		if (!obj) {
			must(e, NULL);
			break;
		}
		s2_word_fill(obj, opt->words[i]);
		element(e);
		put_obj(e, obj);
		s2_list_drop(&list);
	}
	end(e, "]");
	s2_list_clear(&list);
}

static void put_combination(struct emit *e, const struct s2_combination *c)
{
	struct s2_list list;
	struct s2_obj *obj;

	key(e, "combination");
	if (!c) {
		value(e, NULL);
		return;
	}
	s2_list_init(&list, S2_OBJ_COMBINATION);
	obj = s2_list_add(&list);
	if (obj) {
		s2_combination_fill(obj, c);
		put_obj(e, obj);
	} else {
		must(e, NULL);
	}
	s2_list_clear(&list);
}

/* Of a list that is no model's: null if it was not asked for */
static void put_list(struct emit *e, const char *name, bool known,
		     const struct s2_obj *obj)
{
	key(e, name);
	if (!known) {
		value(e, NULL);
		return;
	}
	begin(e, "[");
	for (; obj; obj = s2_obj_next(obj)) {
		element(e);
		put_obj(e, obj);
	}
	end(e, "]");
}

/* What it does comes after what it is for is said */
static void put_applied(struct emit *e, const struct s2_json_options *opt)
{
	int applied = -1;

	errno = 0;
	if (opt->apply && !e->err && fflush(e->file))
		e->err = errno ? -errno : -EIO;
	if (opt->apply && !e->err)
		applied = opt->apply(opt->data);
	key(e, "applied");
	if (applied < 0)
		value(e, NULL);
	else
		must(e, json_object_new_boolean(applied));
}

static void put_tool(struct emit *e)
{
	key(e, "tool");
	begin(e, "{");
	key(e, "name");
	must(e, json_object_new_string("s2ctl"));
	key(e, "version");
	must(e, json_object_new_string(s2_version()));
	end(e, "}");
}

static void put_envelope(struct emit *e, const struct s2_json_options *opt)
{
	bool complete = (!opt->model || s2_model_complete(opt->model)) &&
		(!opt->report || s2_report_complete(opt->report));

	begin(e, "{");
	key(e, "format_version");
	must(e, json_object_new_int(S2_FORMAT_VERSION));
	key(e, "kind");
	must(e, json_object_new_string(opt->kind));
	put_tool(e);
	key(e, "host");
	if (opt->model)
		put_obj(e, s2_model_host(opt->model));
	else
		value(e, NULL);
	key(e, "complete");
	must(e, json_object_new_boolean(complete));
	put_problems(e, opt->model, opt->report);
	put_vms(e, opt->model, !strcmp(opt->kind, "audit"));
	put_policies(e, opt->model);
	put_findings(e, opt->report);
	put_summary(e, opt->report);
	put_words(e, opt);
	put_combination(e, opt->combination);
	put_list(e, "plan", opt->plan,
		 opt->plan ? s2_plan_first(opt->plan) : NULL);
	put_list(e, "differences", opt->diff,
		 opt->diff ? s2_diff_first(opt->diff) : NULL);
	put_list(e, "requirements", opt->preflight,
		 opt->preflight ? s2_preflight_first(opt->preflight) : NULL);
	put_applied(e, opt);
	end(e, "}");
}

static bool is_kind(const char *kind)
{
	static const char *const kinds[] = {
		"host", "list", "show", "audit", "policy-get", "policy-set",
		"policy-plan", "explain", "snapshot", "diff", "preflight",
		"version",
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kind && !strcmp(kind, kinds[i]))
			return true;
	return false;
}

/* Ends the line, and says whether all of it was written */
static int finish(struct emit *e)
{
	puts_(e, "\n");
	errno = 0;
	if (!e->err && fflush(e->file))
		e->err = errno ? -errno : -EIO;
	return e->err;
}

int s2_json_write(FILE *file, const struct s2_json_options *opt)
{
	struct emit e = {
		.file = file,
		.pretty = opt->flags & S2_JSON_PRETTY,
		.first = true,
	};

	if (opt->size != sizeof(*opt) || !is_kind(opt->kind) ||
	    (opt->flags & ~S2_JSON_PRETTY))
		return -EINVAL;
	put_envelope(&e, opt);
	return finish(&e);
}

int s2_json_write_obj(FILE *file, const struct s2_obj *obj)
{
	struct emit e = { .file = file, .first = true };

	put_obj(&e, obj);
	return finish(&e);
}

/* ---------------------------------------------------------------- records -- */

static void begin_record(struct emit *e, const char *record)
{
	begin(e, "{");
	key(e, "record");
	must(e, json_object_new_string(record));
}

int s2_json_write_record(FILE *file, const struct s2_obj *obj)
{
	struct emit e = { .file = file, .first = true };

	switch ((unsigned int)s2_obj_type(obj)) {
	case S2_OBJ_HOST:
		begin_record(&e, "host");
		key(&e, "format_version");
		must(&e, json_object_new_int(S2_FORMAT_VERSION));
		put_tool(&e);
		put_fields(&e, obj);
		break;
	case S2_OBJ_FINDING:
		begin_record(&e, "finding");
		put_finding(&e, obj);
		break;
	case S2_OBJ_PROBLEM:
		begin_record(&e, "problem");
		put_fields(&e, obj);
		break;
	default:
		return -EINVAL;
	}
	end(&e, "}");
	puts_(&e, "\n");
	return e.err;
}

int s2_json_write_tally(FILE *file, const struct s2_tally *tally)
{
	const struct s2_field *severity = s2_field_by_id(S2_FINDING_SEVERITY);
	struct emit e = { .file = file, .first = true };

	if (tally->size != sizeof(*tally))
		return -EINVAL;
	begin_record(&e, "summary");
	for (int s = S2_SEVERITY_INFO; s <= S2_SEVERITY_CRITICAL; s++) {
		key(&e, s2_field_word(severity, s));
		must(&e, json_object_new_uint64(tally->severity[s]));
	}
	key(&e, "waived");
	must(&e, json_object_new_uint64(tally->waived));
	key(&e, "complete");
	must(&e, json_object_new_boolean(tally->complete));
	end(&e, "}");
	return finish(&e);
}
