// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * JSON, written as it goes: only one object's worth of json-c is in memory at a
 * time.
 */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "json/emit.h"
#include "json/json.h"

#define INDENT	2

static void put_raw(struct s2_emit *e, const char *text, size_t len)
{
	if (e->err || !len)
		return;
	errno = 0;
	if (fwrite(text, 1, len, e->file) != len)
		e->err = errno ? -errno : -EIO;
}

void s2_emit_text(struct s2_emit *e, const char *text)
{
	put_raw(e, text, strlen(text));
}

static void emit_newline(struct s2_emit *e)
{
	if (!e->pretty)
		return;
	s2_emit_text(e, "\n");
	for (int i = 0; i < e->depth * INDENT; i++)
		s2_emit_text(e, " ");
}

/* Before each element of an array and each key of an object */
void s2_emit_element(struct s2_emit *e)
{
	if (!e->first)
		s2_emit_text(e, ",");
	e->first = false;
	emit_newline(e);
}

void s2_emit_key(struct s2_emit *e, const char *name)
{
	s2_emit_element(e);
	s2_emit_text(e, "\"");
	s2_emit_text(e, name);
	s2_emit_text(e, e->pretty ? "\": " : "\":");
}

void s2_emit_begin(struct s2_emit *e, const char *bracket)
{
	s2_emit_text(e, bracket);
	e->depth++;
	e->first = true;
}

void s2_emit_end(struct s2_emit *e, const char *bracket)
{
	e->depth--;
	if (!e->first)
		emit_newline(e);
	s2_emit_text(e, bracket);
	e->first = false;
}

/* Writes a json-c value and gives it back; NULL is JSON's null */
void s2_emit_value(struct s2_emit *e, struct json_object *json)
{
	if (!e->err)
		e->err = s2_json_put(e->file, json, e->pretty, e->depth);
	json_object_put(json);
}

/* As s2_emit_value(), for what must not be NULL */
void s2_emit_must(struct s2_emit *e, struct json_object *json)
{
	if (!json && !e->err)
		e->err = -ENOMEM;
	else
		s2_emit_value(e, json);
}

static void put_field(struct s2_emit *e, const struct s2_field *field,
		      struct s2_value val)
{
	struct json_object *json;
	int err = s2_json_value(field, val, &json);

	s2_emit_key(e, field->name);
	if (err && !e->err)
		e->err = err;
	s2_emit_value(e, json);
}

void s2_emit_fields(struct s2_emit *e, const struct s2_obj *obj)
{
	const struct s2_field *field = s2_fields(s2_obj_type(obj), NULL);

	for (; field->name; field++)
		put_field(e, field, s2_obj_get(obj, field->id));
}

void s2_emit_obj(struct s2_emit *e, const struct s2_obj *obj)
{
	s2_emit_begin(e, "{");
	s2_emit_fields(e, obj);
	s2_emit_end(e, "}");
}

/* An array of objects, or null if it is not known what is in it */
void s2_emit_kids(struct s2_emit *e, const char *name,
		     const struct s2_obj *parent, enum s2_obj_type type)
{
	const struct s2_obj *obj;

	s2_emit_key(e, name);
	if (!s2_obj_known(parent, type)) {
		s2_emit_value(e, NULL);
		return;
	}
	s2_emit_begin(e, "[");
	s2_obj_for_each(obj, parent, type) {
		s2_emit_element(e);
		s2_emit_obj(e, obj);
	}
	s2_emit_end(e, "]");
}

void s2_emit_list(struct s2_emit *e, const char *name, bool known,
		     const struct s2_obj *obj)
{
	s2_emit_key(e, name);
	if (!known) {
		s2_emit_value(e, NULL);
		return;
	}
	s2_emit_begin(e, "[");
	for (; obj; obj = s2_obj_next(obj)) {
		s2_emit_element(e);
		s2_emit_obj(e, obj);
	}
	s2_emit_end(e, "]");
}

/* The keys of a finding */
void s2_emit_finding(struct s2_emit *e, const struct s2_obj *finding)
{
	const struct s2_obj *evidence = s2_obj_first(finding, S2_OBJ_EVIDENCE);

	s2_emit_fields(e, finding);
	s2_emit_key(e, "evidence");
	if (evidence)
		s2_emit_obj(e, evidence);
	else
		s2_emit_value(e, NULL);
}

void s2_emit_tool(struct s2_emit *e)
{
	s2_emit_key(e, "tool");
	s2_emit_begin(e, "{");
	s2_emit_key(e, "name");
	s2_emit_must(e, json_object_new_string("s2ctl"));
	s2_emit_key(e, "version");
	s2_emit_must(e, json_object_new_string(s2_version()));
	s2_emit_end(e, "}");
}

/* Ends the line, and says whether all of it was written */
int s2_emit_finish(struct s2_emit *e)
{
	s2_emit_text(e, "\n");
	errno = 0;
	if (!e->err && fflush(e->file))
		e->err = errno ? -errno : -EIO;
	return e->err;
}
