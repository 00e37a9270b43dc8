// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A value of json-c's as text, straight to the file.  json-c would make the text
 * in memory first, and where there is none leaves out what does not fit without
 * a word.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "json/json.h"

#define INDENT	2

struct writer {
	FILE *file;
	bool pretty;
	int depth;
};

static void newline(const struct writer *w)
{
	if (w->pretty)
		fprintf(w->file, "\n%*s", w->depth * INDENT, "");
}

static void put_string(const struct writer *w, const char *text, size_t len)
{
	static const char escaped[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";

	putc('"', w->file);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		const char *at = c ? strchr(escaped, c) : NULL;

		if (at)
			fprintf(w->file, "\\%c", letters[at - escaped]);
		else if (c < 0x20)
			fprintf(w->file, "\\u%04x", c);
		else
			putc(c, w->file);
	}
	putc('"', w->file);
}

static void put_value(struct writer *w, struct json_object *json);

static void put_array(struct writer *w, struct json_object *json)
{
	size_t count = json_object_array_length(json);

	putc('[', w->file);
	w->depth++;
	for (size_t i = 0; i < count; i++) {
		if (i)
			putc(',', w->file);
		newline(w);
		put_value(w, json_object_array_get_idx(json, i));
	}
	w->depth--;
	newline(w);
	putc(']', w->file);
}

static void put_object(struct writer *w, struct json_object *json)
{
	bool first = true;

	putc('{', w->file);
	w->depth++;
	json_object_object_foreach(json, key, value) {
		if (!first)
			putc(',', w->file);
		first = false;
		newline(w);
		put_string(w, key, strlen(key));
		fputs(w->pretty ? ": " : ":", w->file);
		put_value(w, value);
	}
	w->depth--;
	if (!first)
		newline(w);
	putc('}', w->file);
}

/* json-c has both kinds of integers; what is not negative may be the larger one */
static void put_int(const struct writer *w, struct json_object *json)
{
	int64_t num = json_object_get_int64(json);

	if (num < 0)
		fprintf(w->file, "%" PRId64, num);
	else
		fprintf(w->file, "%" PRIu64, json_object_get_uint64(json));
}

/* As deep as our own code has nested it */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void put_value(struct writer *w, struct json_object *json)
{
	switch (json_object_get_type(json)) {
	case json_type_boolean:
		fputs(json_object_get_boolean(json) ? "true" : "false",
		      w->file);
		break;
	case json_type_int:
		put_int(w, json);
		break;
	case json_type_double:
		fprintf(w->file, "%.17g", json_object_get_double(json));
		break;
	case json_type_string:
		put_string(w, json_object_get_string(json),
			   (size_t)json_object_get_string_len(json));
		break;
	case json_type_array:
		put_array(w, json);
		break;
	case json_type_object:
		put_object(w, json);
		break;
	case json_type_null:
		fputs("null", w->file);
		break;
	}
}

int s2_json_put(FILE *file, struct json_object *json, bool pretty, int depth)
{
	struct writer w = { .file = file, .pretty = pretty, .depth = depth };

	errno = 0;
	put_value(&w, json);
	if (!ferror(file))
		return 0;
	return errno ? -errno : -EIO;
}
