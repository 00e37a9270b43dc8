// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/sarif.h"
#include "frame/text.h"
#include "json/json.h"

#define INDENT 2

static struct json_object *must(struct sarif *s, struct json_object *value)
{
	if (!value && !s->err)
		s->err = -ENOMEM;
	return value;
}

struct json_object *sarif_obj(struct sarif *s)
{
	return must(s, json_object_new_object());
}

struct json_object *sarif_array(struct sarif *s)
{
	return must(s, json_object_new_array());
}

struct json_object *sarif_bool(struct sarif *s, bool value)
{
	return must(s, json_object_new_boolean(value));
}

struct json_object *sarif_num(struct sarif *s, int64_t value)
{
	return must(s, json_object_new_int64(value));
}

struct json_object *sarif_str(struct sarif *s, const char *text)
{
	char *safe = text_safe(text);
	struct json_object *value = safe ? json_object_new_string(safe) : NULL;

	free(safe);
	return must(s, value);
}

/*
 * In a message, brackets make a link and braces a placeholder (3.11.5 and
 * 3.11.6).  NULL, as from asprintf(), is out of memory.
 */
static char *escape(const char *text)
{
	char *safe = text ? text_safe(text) : NULL;
	char *out = safe ? malloc(2 * strlen(safe) + 2) : NULL, *o = out;

	for (const char *c = safe; out && *c; c++) {
		if (*c == '[' || *c == ']' || *c == '\\')
			*o++ = '\\';
		else if (*c == '{' || *c == '}')
			*o++ = *c;
		*o++ = *c;
	}
	if (out)
		*o = '\0';
	free(safe);
	return out;
}

struct json_object *sarif_message(struct sarif *s, const char *text)
{
	char *out = NULL;
	struct json_object *value;

	/* Newlines are ours: what comes from others has none. */
	for (const char *line = text; line;) {
		size_t n = strcspn(line, "\n");
		char *part = strndup(line, n), *escaped = escape(part), *more;

		if (!escaped || asprintf(&more, "%s%s%s", out ? out : "",
					 escaped, line[n] ? "\n" : "") < 0)
			more = NULL;
		free(escaped);
		free(part);
		free(out);
		out = more;
		line = out && line[n] ? line + n + 1 : NULL;
	}
	value = out ? json_object_new_string(out) : NULL;
	free(out);
	return must(s, value);
}

struct json_object *sarif_sentence(struct sarif *s, const char *text)
{
	char *out = escape(text);
	struct json_object *value = NULL;
	size_t n = out ? strlen(out) : 0;

	if (n) {
		if (out[0] >= 'a' && out[0] <= 'z' && strncmp(out, "wb", 2))
			out[0] -= 'a' - 'A';
		/* escape() leaves room for one more */
		if (out[n - 1] != '.')
			memcpy(out + n, ".", 2);
	}
	if (out)
		value = json_object_new_string(out);
	free(out);
	return must(s, value);
}

struct json_object *sarif_sentences(struct sarif *s, const char *a,
				    const char *b, const char *text)
{
	struct json_object *value;
	char *all = NULL;

	if (asprintf(&all, "%s%s: %s", a, b, text) < 0)
		all = NULL;
	value = sarif_sentence(s, all);
	free(all);
	return value;
}

struct json_object *sarif_time(struct sarif *s, uint64_t time)
{
	char text[TEXT_TIME_MAX];

	/* A snapshot may say anything; the format has years of four digits. */
	if (!text_time(text, time, true))
		strcpy(text, "9999-12-31T23:59:59Z");
	return sarif_str(s, text);
}

struct json_object *sarif_file_uri(struct sarif *s, const char *path)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-._~/";
	char *out = malloc(8 + 3 * strlen(path)), *o = out;
	struct json_object *value;

	if (!out)
		return must(s, NULL);
	o += sprintf(o, "%s", *path == '/' ? "file://" : "");
	for (; *path; path++)
		o += sprintf(o, strchr(unreserved, *path) ? "%c" : "%%%02X",
			     (unsigned char)*path);
	value = sarif_str(s, out);
	free(out);
	return value;
}

struct json_object *sarif_doc_uri(struct sarif *s, const char *rule)
{
	struct json_object *value;
	char *path;

	if (asprintf(&path, S2CTL_DOCDIR "/rules/%s%s", rule ? rule : "",
		     rule ? ".md" : "") < 0)
		return must(s, NULL);
	value = sarif_file_uri(s, path);
	free(path);
	return value;
}

struct json_object *sarif_fields(struct sarif *s, const struct s2_obj *obj)
{
	const struct s2_field *f = s2_fields(s2_obj_type(obj), NULL);
	struct json_object *out = sarif_obj(s);

	for (; f->name; f++) {
		struct json_object *value;
		int err = s2_json_value(f, s2_obj_get(obj, f->id), &value);

		if (err || value)
			sarif_set(s, out, f->name, must(s, value));
	}
	return out;
}

void sarif_set(struct sarif *s, struct json_object *obj, const char *key,
	       struct json_object *value)
{
	if (obj && value && !json_object_object_add(obj, key, value))
		return;
	json_object_put(value);
	must(s, NULL);
}

void sarif_add(struct sarif *s, struct json_object *array,
	       struct json_object *value)
{
	if (array && value && !json_object_array_add(array, value))
		return;
	json_object_put(value);
	must(s, NULL);
}

/* ------------------------------------------------------------- writing -- */

static void put_bytes(struct sarif *s, const char *text, size_t len)
{
	if (s->err || !len)
		return;
	errno = 0;
	if (fwrite(text, 1, len, s->file) != len)
		s->err = errno ? -errno : -EIO;
}

static void sarif_newline(struct sarif *s)
{
	if (!s->pretty)
		return;
	put_bytes(s, "\n", 1);
	for (int i = 0; i < s->depth * INDENT; i++)
		put_bytes(s, " ", 1);
}

static void element(struct sarif *s, const char *key)
{
	if (s->filled)
		put_bytes(s, ",", 1);
	if (s->depth)
		sarif_newline(s);
	s->filled = true;
	if (!key)
		return;
	put_bytes(s, "\"", 1);
	put_bytes(s, key, strlen(key));
	put_bytes(s, "\": ", s->pretty ? 3 : 2);
}

void sarif_open(struct sarif *s, const char *key, char bracket)
{
	element(s, key);
	put_bytes(s, &bracket, 1);
	s->depth++;
	s->filled = false;
}

void sarif_close(struct sarif *s, char bracket)
{
	s->depth--;
	if (s->filled)
		sarif_newline(s);
	put_bytes(s, &bracket, 1);
	s->filled = true;
}

void sarif_write(struct sarif *s, const char *key, struct json_object *value)
{
	element(s, key);
	if (!s->err)
		s->err = s2_json_put(s->file, value, s->pretty, s->depth);
	json_object_put(value);
}

int sarif_end(struct sarif *s)
{
	put_bytes(s, "\n", 1);
	errno = 0;
	if (!s->err && fflush(s->file))
		s->err = errno ? -errno : -EIO;
	return s->err;
}
