/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Building and writing SARIF.  Errors are remembered: whoever builds need not
 * look, and nothing is written after the first.
 */
#ifndef S2CTL_SARIF_H
#define S2CTL_SARIF_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <s2ctl.h>

#define SARIF_SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* The base that the pages on rules are relative to */
#define SARIF_RULES_BASE "S2CTL_RULES"

struct sarif {
	FILE *file;
	bool pretty;
	int depth;
	bool filled;		/* something stands in the innermost container */
	int err;
};

/*
 * Values; NULL, remembered, when out of memory.  Strings are made safe, as
 * text_safe() does.
 */
struct json_object *sarif_obj(struct sarif *s);
struct json_object *sarif_array(struct sarif *s);
struct json_object *sarif_bool(struct sarif *s, bool value);
struct json_object *sarif_num(struct sarif *s, int64_t value);
struct json_object *sarif_str(struct sarif *s, const char *text);
/* Text of a message: neither link nor placeholder can be in it */
struct json_object *sarif_message(struct sarif *s, const char *text);
/* The same, as one sentence with a capital and a full stop */
struct json_object *sarif_sentence(struct sarif *s, const char *text);
/* "AB: TEXT." */
struct json_object *sarif_sentences(struct sarif *s, const char *a,
				    const char *b, const char *text);
struct json_object *sarif_time(struct sarif *s, uint64_t time);
/* Of a file: "file:" if its path is absolute, else relative to wherever one is */
struct json_object *sarif_file_uri(struct sarif *s, const char *path);
/* Where the page on a rule is installed; NULL: where all of them are */
struct json_object *sarif_doc_uri(struct sarif *s, const char *rule);
/* All fields that are known */
struct json_object *sarif_fields(struct sarif *s, const struct s2_obj *obj);

/* These take the value over. */
void sarif_set(struct sarif *s, struct json_object *obj, const char *key,
	       struct json_object *value);
void sarif_add(struct sarif *s, struct json_object *array,
	       struct json_object *value);

/* Writing; key NULL in an array, and for the outermost */
void sarif_open(struct sarif *s, const char *key, char bracket);
void sarif_close(struct sarif *s, char bracket);
void sarif_write(struct sarif *s, const char *key, struct json_object *value);
/* Ends the line.  0 or a negative errno. */
int sarif_end(struct sarif *s);

#endif /* S2CTL_SARIF_H */
