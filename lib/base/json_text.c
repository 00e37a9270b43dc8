// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One file of a site policy: bytes, comments, JSON.  json-c knows neither the
 * lines of what it has read nor of keys that were there twice, so a walk along
 * the text does.  It is done only on text that json-c has accepted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"

#define KEYS_MAX	32

static unsigned int line_of(const char *text, const char *at)
{
	unsigned int line = 1;

	for (; text < at && *text; text++)
		line += *text == '\n';
	return line;
}

static int bad_at(struct s2_ctx *ctx, const struct s2_site_text *file,
		  const char *at, const char *what)
{
	return s2_fail(ctx, -EBADMSG, "%s:%u: %s", file->name,
		       line_of(file->text, at), what);
}

/* ------------------------------------------------------------------ bytes */

static int read_bytes(struct s2_ctx *ctx, FILE *in, struct s2_site_text *file,
		      size_t *len)
{
	int err;

	file->text = malloc(S2_SITE_SIZE_MAX + 2);
	if (!file->text)
		return s2_fail_nomem(ctx);
	errno = 0;
	*len = fread(file->text, 1, S2_SITE_SIZE_MAX + 1, in);
	file->text[*len] = '\0';
	if (ferror(in)) {
		err = errno ? -errno : -EIO;
		return s2_fail(ctx, err, "%s: %s", file->name, strerror(-err));
	}
	if (*len > S2_SITE_SIZE_MAX)
		return s2_fail(ctx, -EFBIG, "%s: larger than %lu KiB",
			       file->name, S2_SITE_SIZE_MAX >> 10);
	if (strlen(file->text) != *len)
		return bad_at(ctx, file, file->text + strlen(file->text),
			      "a NUL byte: not text");
	return 0;
}

/* --------------------------------------------------------------- comments */

/* Past the string that begins at @p, or to the end of the text */
static char *skip_string(char *p)
{
	for (p++; *p && *p != '"'; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : p;
}

/* Blanks the comment at @p but for its newlines.  NULL: it does not end */
static char *blank_comment(char *p)
{
	char *end;

	if (p[1] == '/') {
		end = p + strcspn(p, "\n");
	} else {
		end = strstr(p + 2, "*/");
		if (!end)
			return NULL;
		end += 2;
	}
	for (; p < end; p++)
		if (*p != '\n')
			*p = ' ';
	return end;
}

/* json-c takes tabs and newlines in a string, JSON does not */
static const char *find_control(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p >= 0x20)
		p++;
	return p < end ? p : NULL;
}

static int blank_comments(struct s2_ctx *ctx, struct s2_site_text *file)
{
	char *p = file->text;

	while (*p) {
		if (*p == '"') {
			char *end = skip_string(p);
			const char *control = find_control(p, end);

			if (control)
				return bad_at(ctx, file, control,
					      "not JSON: a control character in a string");
			p = end;
		} else if (*p == '/' && (p[1] == '/' || p[1] == '*')) {
			char *end = blank_comment(p);

			if (!end)
				return bad_at(ctx, file, p,
					      "a comment that does not end");
			p = end;
		} else if (*p == '\'') {
			/* json-c takes them, JSON does not, nor do we below */
			return bad_at(ctx, file, p,
				      "not JSON: a single quote");
		} else {
			p++;
		}
	}
	return 0;
}

/* ------------------------------------------------------ a walk along JSON */

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

static const char *skip_value(const char *p)
{
	int depth = 0;

	do {
		if (*p == '"') {
			p = skip_string((char *)p);
		} else if (*p == '{' || *p == '[') {
			depth++;
			p++;
		} else if (depth) {
			depth -= *p == '}' || *p == ']';
			p++;
		} else {
			p += strcspn(p, ",]} \t\r\n");
		}
	} while (depth && *p);
	return p;
}

/* A member of an object, or an element of an array: that has no key */
struct item {
	const char *key;
	size_t key_len;
	const char *value;
};

/*
 * The next item of the container; @p is behind its bracket or behind the item
 * before.  Return: where this one ends, or NULL if there is none.
 */
static const char *next_item(const char *p, bool object, struct item *item)
{
	p = skip_blanks(p);
	if (*p == ',')
		p = skip_blanks(p + 1);
	if (!*p || *p == '}' || *p == ']')
		return NULL;
	memset(item, 0, sizeof(*item));
	if (object) {
		item->key = p + 1;
		p = skip_string((char *)p);
		item->key_len = p - item->key - 1;
		p = skip_blanks(p);
		if (*p == ':')
			p = skip_blanks(p + 1);
	}
	item->value = p;
	return skip_value(p);
}

static int check_keys(struct s2_ctx *ctx, const struct s2_site_text *file,
		      const char *p);

/* Escapes would be another way to write a key twice; none of ours needs them */
static int check_key(struct s2_ctx *ctx, const struct s2_site_text *file,
		     const struct item *seen, size_t count)
{
	const struct item *new = &seen[count];

	if (count + 1 == KEYS_MAX)
		return bad_at(ctx, file, new->key, "an object of too many keys");
	if (memchr(new->key, '\\', new->key_len))
		return bad_at(ctx, file, new->key, "a key with an escape");
	for (size_t i = 0; i < count; i++) {
		char text[64];

		if (seen[i].key_len != new->key_len ||
		    memcmp(seen[i].key, new->key, new->key_len))
			continue;
		snprintf(text, sizeof(text), "the key '%.*s' is there twice",
			 new->key_len < 32 ? (int)new->key_len : 32, new->key);
		return bad_at(ctx, file, new->key, text);
	}
	return 0;
}

static int check_items(struct s2_ctx *ctx, const struct s2_site_text *file,
		       const char *p, bool object)
{
	struct item seen[KEYS_MAX];
	size_t count = 0;
	int err = 0;

	while (!err && (p = next_item(p, object, &seen[count]))) {
		if (object)
			err = check_key(ctx, file, seen, count);
		if (!err)
			err = check_keys(ctx, file, seen[count].value);
		count += object;
	}
	return err;
}

/* As deep as json-c went, so no deeper than S2_SITE_DEPTH_MAX */
static int check_keys(struct s2_ctx *ctx, const struct s2_site_text *file,
		      const char *p)
{
	if (*p != '{' && *p != '[')
		return 0;
	return check_items(ctx, file, p + 1, *p == '{');
}

static bool is_step(const struct item *item, const struct s2_site_step *step,
		    size_t index)
{
	if (!step->key)
		return index == step->index;
	return strlen(step->key) == item->key_len &&
	       !memcmp(step->key, item->key, item->key_len);
}

/* Where the step leads from the value at @p, or NULL */
static const char *take_step(const char *p, const struct s2_site_step *step)
{
	struct item item;
	size_t index = 0;

	if (*p != (step->key ? '{' : '['))
		return NULL;
	for (p++; (p = next_item(p, step->key, &item)); index++)
		if (is_step(&item, step, index))
			return item.value;
	return NULL;
}

unsigned int s2_site_text_line(const struct s2_site_text *file,
			       const struct s2_site_step *step, size_t count)
{
	const char *p = skip_blanks(file->text);

	for (size_t i = 0; i < count; i++) {
		const char *next = take_step(p, &step[i]);

		if (!next)
			break;
		p = next;
	}
	return line_of(file->text, p);
}

/* ------------------------------------------------------------------- JSON */

static int bad_json(struct s2_ctx *ctx, const struct s2_site_text *file,
		    enum json_tokener_error error, size_t at, size_t len)
{
	char text[96];

	switch (error) {
	case json_tokener_continue:
		return bad_at(ctx, file, file->text + len, *skip_blanks(file->text) ?
			      "the JSON ends early" : "nothing is in it");
	case json_tokener_error_depth:
		snprintf(text, sizeof(text), "nested more than %d deep",
			 S2_SITE_DEPTH_MAX);
		break;
	default:
		snprintf(text, sizeof(text), "not JSON: %s",
			 json_tokener_error_desc(error));
	}
	return bad_at(ctx, file, file->text + at, text);
}

static int parse(struct s2_ctx *ctx, struct s2_site_text *file, size_t len)
{
	struct json_tokener *tok = json_tokener_new_ex(S2_SITE_DEPTH_MAX);
	enum json_tokener_error error;
	const char *rest;
	size_t used;

	if (!tok)
		return s2_fail_nomem(ctx);
	/* Not STRICT alone: it would refuse the newline at the end */
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
			       JSON_TOKENER_ALLOW_TRAILING_CHARS |
			       JSON_TOKENER_VALIDATE_UTF8);
	/* A newline, without which json-c takes "null" or "7" for a beginning */
	memcpy(file->text + len, "\n", 2);
	file->root = json_tokener_parse_ex(tok, file->text, (int)len + 1);
	error = json_tokener_get_error(tok);
	used = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	if (error != json_tokener_success)
		return bad_json(ctx, file, error, used, len);
	rest = skip_blanks(file->text + used);
	if (*rest)
		return bad_at(ctx, file, rest, "something follows the JSON");
	return check_keys(ctx, file, skip_blanks(file->text));
}

int s2_site_text_read(struct s2_ctx *ctx, const char *path,
		      struct s2_site_text *file)
{
	bool standard = !strcmp(path, "-");
	FILE *in = standard ? stdin : fopen(path, "re");
	size_t len = 0;
	int err;

	memset(file, 0, sizeof(*file));
	file->name = standard ? "standard input" : path;
	if (!in) {
		err = -errno;
		return s2_fail(ctx, err, "%s: %s", path, strerror(-err));
	}
	err = read_bytes(ctx, in, file, &len);
	if (!standard)
		fclose(in);
	if (!err)
		err = blank_comments(ctx, file);
	return err ? err : parse(ctx, file, len);
}

void s2_site_text_clear(struct s2_site_text *file)
{
	json_object_put(file->root);
	free(file->text);
	memset(file, 0, sizeof(*file));
}
