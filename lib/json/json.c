// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The envelope as JSON, written as it goes.
 */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "audit/report.h"
#include "json/emit.h"
#include "json/json.h"
#include "model/field.h"
#include "model/model.h"
#include "model/words.h"
#include "policy/combine.h"

/* An audit has looked at extents with addresses that not everybody may see */
static void put_extents(struct s2_emit *e, const struct s2_obj *vm, bool hidden)
{
	if (!hidden) {
		s2_emit_kids(e, "extents", vm, S2_OBJ_EXTENT);
		return;
	}
	s2_emit_key(e, "extents");
	s2_emit_value(e, NULL);
}

static void put_vms(struct s2_emit *e, const struct s2_model *model, bool hidden)
{
	const struct s2_obj *vm;

	s2_emit_key(e, "vms");
	if (!model || !model->vms_known) {
		s2_emit_value(e, NULL);
		return;
	}
	s2_emit_begin(e, "[");
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		s2_emit_element(e);
		s2_emit_begin(e, "{");
		s2_emit_fields(e, vm);
		s2_emit_kids(e, "slots", vm, S2_OBJ_SLOT);
		put_extents(e, vm, hidden);
		s2_emit_kids(e, "policies", vm, S2_OBJ_POLICY);
		s2_emit_end(e, "}");
	}
	s2_emit_end(e, "]");
}

/* The host's own */
static void put_policies(struct s2_emit *e, const struct s2_model *model)
{
	s2_emit_list(e, "policies", model && model->policies_known,
		     model ? s2_model_first(model, S2_OBJ_POLICY) : NULL);
}

static void put_problems(struct s2_emit *e, const struct s2_model *model,
			 const struct s2_report *report)
{
	const struct s2_obj *obj;

	s2_emit_key(e, "problems");
	s2_emit_begin(e, "[");
	if (model) {
		s2_model_for_each(obj, model, S2_OBJ_PROBLEM) {
			s2_emit_element(e);
			s2_emit_obj(e, obj);
		}
	}
	if (report) {
		s2_report_for_each(obj, report, S2_OBJ_PROBLEM) {
			s2_emit_element(e);
			s2_emit_obj(e, obj);
		}
	}
	s2_emit_end(e, "]");
}

static void put_findings(struct s2_emit *e, const struct s2_report *report)
{
	const struct s2_obj *obj;

	s2_emit_key(e, "findings");
	if (!report) {
		s2_emit_value(e, NULL);
		return;
	}
	s2_emit_begin(e, "[");
	s2_report_for_each(obj, report, S2_OBJ_FINDING) {
		s2_emit_element(e);
		s2_emit_begin(e, "{");
		s2_emit_finding(e, obj);
		s2_emit_end(e, "}");
	}
	s2_emit_end(e, "]");
}

static void put_summary(struct s2_emit *e, const struct s2_report *report)
{
	const struct s2_field *severity = s2_field_by_id(S2_FINDING_SEVERITY);

	s2_emit_key(e, "summary");
	if (!report) {
		s2_emit_value(e, NULL);
		return;
	}
	s2_emit_begin(e, "{");
	for (int s = S2_SEVERITY_INFO; s <= S2_SEVERITY_CRITICAL; s++) {
		s2_emit_key(e, s2_field_word(severity, s));
		s2_emit_must(e, json_object_new_uint64(
			s2_report_count(report, s, false)));
	}
	s2_emit_key(e, "waived");
	s2_emit_must(e, json_object_new_uint64(s2_report_count(report, 0, true)));
	s2_emit_end(e, "}");
}

/* A word is no object of a model: it is made one to be written like them */
static void put_words(struct s2_emit *e, const struct s2_json_options *opt)
{
	struct s2_list list;

	s2_emit_key(e, "words");
	if (!opt->words) {
		s2_emit_value(e, NULL);
		return;
	}
	s2_list_init(&list, S2_OBJ_WORD);
	s2_emit_begin(e, "[");
	for (size_t i = 0; i < opt->nr_words; i++) {
		struct s2_obj *obj = s2_list_add(&list);

		if (!obj) {
			s2_emit_must(e, NULL);
			break;
		}
		s2_word_fill(obj, opt->words[i]);
		s2_emit_element(e);
		s2_emit_obj(e, obj);
		s2_list_drop(&list);
	}
	s2_emit_end(e, "]");
	s2_list_clear(&list);
}

static void put_combination(struct s2_emit *e, const struct s2_combination *c)
{
	struct s2_list list;
	struct s2_obj *obj;

	s2_emit_key(e, "combination");
	if (!c) {
		s2_emit_value(e, NULL);
		return;
	}
	s2_list_init(&list, S2_OBJ_COMBINATION);
	obj = s2_list_add(&list);
	if (obj) {
		s2_combination_fill(obj, c);
		s2_emit_obj(e, obj);
	} else {
		s2_emit_must(e, NULL);
	}
	s2_list_clear(&list);
}

/* What it does comes after what it is for is said */
static void put_applied(struct s2_emit *e, const struct s2_json_options *opt)
{
	int applied = -1;

	errno = 0;
	if (opt->apply && !e->err && fflush(e->file))
		e->err = errno ? -errno : -EIO;
	if (opt->apply && !e->err)
		applied = opt->apply(opt->data);
	s2_emit_key(e, "applied");
	if (applied < 0)
		s2_emit_value(e, NULL);
	else
		s2_emit_must(e, json_object_new_boolean(applied));
}

static void put_envelope(struct s2_emit *e, const struct s2_json_options *opt)
{
	bool complete = (!opt->model || s2_model_complete(opt->model)) &&
		(!opt->report || s2_report_complete(opt->report));

	s2_emit_begin(e, "{");
	s2_emit_key(e, "format_version");
	s2_emit_must(e, json_object_new_int(S2_FORMAT_VERSION));
	s2_emit_key(e, "kind");
	s2_emit_must(e, json_object_new_string(opt->kind));
	s2_emit_tool(e);
	s2_emit_key(e, "host");
	if (opt->model)
		s2_emit_obj(e, s2_model_host(opt->model));
	else
		s2_emit_value(e, NULL);
	s2_emit_key(e, "complete");
	s2_emit_must(e, json_object_new_boolean(complete));
	put_problems(e, opt->model, opt->report);
	put_vms(e, opt->model, !strcmp(opt->kind, "audit"));
	put_policies(e, opt->model);
	put_findings(e, opt->report);
	put_summary(e, opt->report);
	put_words(e, opt);
	put_combination(e, opt->combination);
	s2_emit_list(e, "plan", opt->plan,
		 opt->plan ? s2_plan_first(opt->plan) : NULL);
	s2_emit_list(e, "differences", opt->diff,
		 opt->diff ? s2_diff_first(opt->diff) : NULL);
	s2_emit_list(e, "requirements", opt->preflight,
		 opt->preflight ? s2_preflight_first(opt->preflight) : NULL);
	put_applied(e, opt);
	s2_emit_end(e, "}");
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

int s2_json_write(FILE *file, const struct s2_json_options *opt)
{
	struct s2_emit e = {
		.file = file,
		.pretty = opt->flags & S2_JSON_PRETTY,
		.first = true,
	};

	if (opt->size != sizeof(*opt) || !is_kind(opt->kind) ||
	    (opt->flags & ~S2_JSON_PRETTY))
		return -EINVAL;
	put_envelope(&e, opt);
	return s2_emit_finish(&e);
}

int s2_json_write_obj(FILE *file, const struct s2_obj *obj)
{
	struct s2_emit e = { .file = file, .first = true };

	s2_emit_obj(&e, obj);
	return s2_emit_finish(&e);
}
