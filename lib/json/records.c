// SPDX-License-Identifier: LGPL-2.1-or-later
/* One object a line: what an audit finds as it comes, and snapshots */
#include <errno.h>
#include <json-c/json.h>

#include "audit/report.h"
#include "json/emit.h"
#include "json/json.h"
#include "model/field.h"

static void begin_record(struct s2_emit *e, const char *record)
{
	s2_emit_begin(e, "{");
	s2_emit_key(e, "record");
	s2_emit_must(e, json_object_new_string(record));
}

int s2_json_write_record(FILE *file, const struct s2_obj *obj)
{
	struct s2_emit e = { .file = file, .first = true };

	switch ((unsigned int)s2_obj_type(obj)) {
	case S2_OBJ_HOST:
		begin_record(&e, "host");
		s2_emit_key(&e, "format_version");
		s2_emit_must(&e, json_object_new_int(S2_FORMAT_VERSION));
		s2_emit_tool(&e);
		s2_emit_fields(&e, obj);
		break;
	case S2_OBJ_FINDING:
		begin_record(&e, "finding");
		s2_emit_finding(&e, obj);
		break;
	case S2_OBJ_PROBLEM:
		begin_record(&e, "problem");
		s2_emit_fields(&e, obj);
		break;
	default:
		return -EINVAL;
	}
	s2_emit_end(&e, "}");
	s2_emit_text(&e, "\n");
	return e.err;
}

int s2_json_write_tally(FILE *file, const struct s2_tally *tally)
{
	const struct s2_field *severity = s2_field_by_id(S2_FINDING_SEVERITY);
	struct s2_emit e = { .file = file, .first = true };

	if (tally->size != sizeof(*tally))
		return -EINVAL;
	begin_record(&e, "summary");
	for (int s = S2_SEVERITY_INFO; s <= S2_SEVERITY_CRITICAL; s++) {
		s2_emit_key(&e, s2_field_word(severity, s));
		s2_emit_must(&e, json_object_new_uint64(tally->severity[s]));
	}
	s2_emit_key(&e, "waived");
	s2_emit_must(&e, json_object_new_uint64(tally->waived));
	s2_emit_key(&e, "complete");
	s2_emit_must(&e, json_object_new_boolean(tally->complete));
	s2_emit_end(&e, "}");
	return s2_emit_finish(&e);
}

/* --------------------------------------------------------------- snapshots -- */

/* Records of several hosts may stand in one file: each says whose it is */
static void begin_host_record(struct s2_emit *e, const struct s2_model *model,
			      const char *record)
{
	const char *boot_id = s2_obj_str(s2_model_host(model),
					 S2_HOST_BOOT_ID);

	begin_record(e, record);
	s2_emit_key(e, "boot_id");
	if (boot_id)
		s2_emit_must(e, json_object_new_string(boot_id));
	else
		s2_emit_value(e, NULL);
}

static void end_record(struct s2_emit *e)
{
	s2_emit_end(e, "}");
	s2_emit_text(e, "\n");
	e->first = true;
}

static void put_host(struct s2_emit *e, const struct s2_model *model)
{
	begin_record(e, "host");
	s2_emit_key(e, "format_version");
	s2_emit_must(e, json_object_new_int(S2_FORMAT_VERSION));
	s2_emit_key(e, "kind");
	s2_emit_must(e, json_object_new_string("snapshot"));
	s2_emit_tool(e);
	s2_emit_fields(e, s2_model_host(model));
	s2_emit_list(e, "policies", model->policies_known,
		     s2_model_first(model, S2_OBJ_POLICY));
	end_record(e);
}

static void put_vm(struct s2_emit *e, const struct s2_model *model,
		   const struct s2_obj *vm)
{
	begin_host_record(e, model, "vm");
	s2_emit_fields(e, vm);
	s2_emit_kids(e, "slots", vm, S2_OBJ_SLOT);
	s2_emit_kids(e, "extents", vm, S2_OBJ_EXTENT);
	s2_emit_kids(e, "policies", vm, S2_OBJ_POLICY);
	end_record(e);
}

static void put_end(struct s2_emit *e, const struct s2_model *model)
{
	begin_host_record(e, model, "end");
	s2_emit_key(e, "vms");
	s2_emit_must(e, json_object_new_uint64(
		s2_model_count(model, S2_OBJ_VM)));
	s2_emit_key(e, "problems");
	s2_emit_must(e, json_object_new_uint64(
		s2_model_count(model, S2_OBJ_PROBLEM)));
	s2_emit_key(e, "complete");
	s2_emit_must(e, json_object_new_boolean(s2_model_complete(model)));
	s2_emit_end(e, "}");
}

int s2_json_write_snapshot(FILE *file, const struct s2_model *model,
			   unsigned int flags)
{
	struct s2_emit e = {
		.file = file,
		.pretty = flags & S2_JSON_PRETTY,
		.first = true,
	};
	const struct s2_obj *obj;

	if (flags & ~S2_JSON_PRETTY || !model->vms_known)
		return -EINVAL;
	put_host(&e, model);
	s2_model_for_each(obj, model, S2_OBJ_PROBLEM) {
		begin_host_record(&e, model, "problem");
		s2_emit_fields(&e, obj);
		end_record(&e);
	}
	s2_model_for_each(obj, model, S2_OBJ_VM)
		put_vm(&e, model, obj);
	put_end(&e, model);
	return s2_emit_finish(&e);
}
