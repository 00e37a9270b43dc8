/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stream of JSON: what documents and records are written with */
#ifndef S2_EMIT_H
#define S2_EMIT_H

#include <stdbool.h>
#include <stdio.h>

#include "model/model.h"

struct json_object;

/**
 * struct s2_emit - a stream of JSON
 * @file: where to
 * @pretty: indent
 * @depth: containers that are open
 * @first: nothing stands in the innermost one yet
 * @err: first failure; nothing is written after it
 */
struct s2_emit {
	FILE *file;
	bool pretty;
	int depth;
	bool first;
	int err;
};

/* Before each element of an array and each key of an object */
void s2_emit_element(struct s2_emit *e);
void s2_emit_key(struct s2_emit *e, const char *name);
void s2_emit_begin(struct s2_emit *e, const char *bracket);
void s2_emit_end(struct s2_emit *e, const char *bracket);
void s2_emit_text(struct s2_emit *e, const char *text);

/* Writes a json-c value and gives it back; NULL is JSON's null */
void s2_emit_value(struct s2_emit *e, struct json_object *json);

/* As s2_emit_value(), for what must not be NULL */
void s2_emit_must(struct s2_emit *e, struct json_object *json);

/* All fields of an object as keys; the object; an array of its children or null */
void s2_emit_fields(struct s2_emit *e, const struct s2_obj *obj);
void s2_emit_obj(struct s2_emit *e, const struct s2_obj *obj);
void s2_emit_kids(struct s2_emit *e, const char *name,
		  const struct s2_obj *parent, enum s2_obj_type type);

/* The object and what follows it in its list; null if that is not known */
void s2_emit_list(struct s2_emit *e, const char *name, bool known,
		  const struct s2_obj *obj);

/* The keys of a finding; what wrote this */
void s2_emit_finding(struct s2_emit *e, const struct s2_obj *finding);
void s2_emit_tool(struct s2_emit *e);

/* Ends the line, and says whether all of it was written */
int s2_emit_finish(struct s2_emit *e);

#endif /* S2_EMIT_H */
