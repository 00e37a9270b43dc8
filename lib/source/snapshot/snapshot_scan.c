// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds the members of a snapshot's one object, and the elements of its array of
 * VMs, by brackets and strings alone.  What is in them is json-c's to judge: each
 * piece goes through it, so that nothing is accepted that is not JSON.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "source/snapshot/snapshot_scan.h"

/* All of a file; a VM, or what is not a VM; and VMs */
#define FILE_MAX	(4ull << 30)
#define PIECE_MAX	(256ull << 20)
#define VMS_MAX		(1u << 20)
/* json-c takes about 100 bytes for a value */
#define VALUES_MAX	(16ul << 20)
#define CHUNK		65536
#define KEY_MAX		256

/* Where the scanner is: @at of @filled bytes that begin at @from of the file */
struct cursor {
	struct s2_scan *scan;
	uint64_t from;
	size_t at;
	size_t filled;
	char *chunk;
};

static int not_json(struct cursor *c, const char *what)
{
	return s2_fail(c->scan->ctx, -EBADMSG,
		       "%s: not a snapshot: not JSON: %s after %" PRIu64 " bytes",
		       c->scan->name, what,
		       c->from + c->at);
}

static int ends_early(struct s2_scan *scan)
{
	if (!scan->store.bytes)
		return s2_fail(scan->ctx, -EBADMSG,
			       "%s: not a snapshot: the file is empty",
			       scan->name);
	return s2_fail(scan->ctx, -EBADMSG,
		       "%s: not a snapshot: the JSON ends early after %llu bytes",
		       scan->name, (unsigned long long)scan->store.bytes);
}

static int cannot_read(struct s2_scan *scan, int err)
{
	return s2_fail(scan->ctx, err, "%s: %s", scan->name, strerror(-err));
}

/* -------------------------------------------------------------- characters */

/* More of the file into the store, if it is not there already */
static int pull(struct cursor *c)
{
	struct s2_scan *scan = c->scan;
	size_t len;

	errno = 0;
	len = fread(c->chunk, 1, CHUNK, scan->file);
	if (ferror(scan->file))
		return cannot_read(scan, errno ? -errno : -EIO);
	if (scan->store.bytes + len > FILE_MAX)
		return s2_fail(scan->ctx, -EFBIG, "%s: larger than %llu MiB",
			       scan->name, FILE_MAX >> 20);
	c->filled = len;
	return s2_store_write(&scan->store, c->chunk, len);
}

/* The next chunk.  Return: 0, also at the end, or -errno */
static int refill(struct cursor *c)
{
	long n;

	c->from += c->filled;
	c->at = 0;
	c->filled = 0;
	if (c->scan->file)
		return pull(c);
	n = s2_store_read(&c->scan->store, c->from, c->chunk, CHUNK);
	if (n < 0)
		return cannot_read(c->scan, (int)n);
	c->filled = (size_t)n;
	return 0;
}

/* The character where the scanner is, EOF at the end.  Return: 0 or -errno */
static int peek(struct cursor *c, int *ch)
{
	if (c->at == c->filled) {
		int err = refill(c);

		if (err)
			return err;
	}
	*ch = c->at < c->filled ? (unsigned char)c->chunk[c->at] : EOF;
	return 0;
}

static bool is_blank(int ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

/* The next character that is not blank; it is not taken */
static int skip(struct cursor *c, int *ch)
{
	int err;

	while (!(err = peek(c, ch)) && is_blank(*ch))
		c->at++;
	return err;
}

/* ------------------------------------------------------------------ pieces */

/* A value while its end is looked for */
struct value {
	struct s2_span span;
	char open[S2_SNAPSHOT_DEPTH_MAX];	/* brackets that are open */
	size_t depth;
	size_t depth_max;
	bool in_string;
	bool escaped;
	unsigned long commas;
};

static int open_bracket(struct cursor *c, struct value *v, char ch)
{
	if (v->depth == v->depth_max)
		return s2_fail(c->scan->ctx, -EBADMSG,
			       "%s: not a snapshot: nested more than %d deep",
			       c->scan->name, S2_SNAPSHOT_DEPTH_MAX);
	v->open[v->depth++] = ch;
	return 0;
}

/* Takes a character that is part of the value */
static int take(struct cursor *c, struct value *v, char ch)
{
	v->commas += ch == ',';
	if (v->commas > VALUES_MAX)
		return s2_fail(c->scan->ctx, -EFBIG, "%s: more than %lu values",
			       c->scan->name, VALUES_MAX);
	if (c->from + c->at - v->span.from > PIECE_MAX)
		return s2_fail(c->scan->ctx, -EFBIG,
			       "%s: a part is larger than %llu MiB",
			       c->scan->name, PIECE_MAX >> 20);
	c->at++;
	if (!ch)
		return not_json(c, "a zero byte");
	if (v->in_string) {
		if (v->escaped)
			v->escaped = false;
		else if (ch == '\\')
			v->escaped = true;
		else
			v->in_string = ch != '"';
		return 0;
	}
	v->in_string = ch == '"';
	if (ch == '{' || ch == '[')
		return open_bracket(c, v, ch);
	if (ch != '}' && ch != ']')
		return 0;
	if (!v->depth || v->open[--v->depth] != (ch == '}' ? '{' : '['))
		return not_json(c, "an unexpected bracket");
	return 0;
}

/* Whether a value that is a number or a word has ended before @ch */
static bool ends_word(int ch)
{
	return is_blank(ch) || ch == ',' || ch == '}' || ch == ']' || ch == ':';
}

/* What is no word of JSON is worse than one that may go on */
static int word_ends_early(struct cursor *c, const struct value *v)
{
	const struct s2_span span = {
		.from = v->span.from, .bytes = c->from + c->at - v->span.from,
	};
	struct json_object *json = NULL;
	int err = span.bytes ? s2_scan_json(c->scan, &span, &json) : 0;

	json_object_put(json);
	return err ? err : ends_early(c->scan);
}

/*
 * Takes one value, without a look at what is in it.  One that is a number or a
 * word must be followed by something.
 */
static int scan_value(struct cursor *c, size_t depth, struct s2_span *span)
{
	struct value v = {
		.depth_max = S2_SNAPSHOT_DEPTH_MAX - depth,
	};
	bool word;
	int ch, err = skip(c, &ch);

	if (err)
		return err;
	v.span.from = c->from + c->at;
	word = ch != '"' && ch != '{' && ch != '[';
	if (word && ends_word(ch))
		return not_json(c, "no value");
	do {
		if (ch == EOF)
			return word ? word_ends_early(c, &v) :
				ends_early(c->scan);
		err = take(c, &v, (char)ch);
		if (err)
			return err;
		if (!word && !v.depth && !v.in_string)
			break;
		err = peek(c, &ch);
	} while (!err && !(word && ends_word(ch)));
	v.span.bytes = c->from + c->at - v.span.from;
	*span = v.span;
	return err;
}

static int bad_json(struct s2_scan *scan, enum json_tokener_error error)
{
	if (error == json_tokener_continue)
		return ends_early(scan);
	if (error == json_tokener_error_depth)
		return s2_fail(scan->ctx, -EBADMSG,
			       "%s: not a snapshot: nested more than %d deep",
			       scan->name, S2_SNAPSHOT_DEPTH_MAX);
	return s2_fail(scan->ctx, -EBADMSG, "%s: not a snapshot: not JSON: %s",
		       scan->name, json_tokener_error_desc(error));
}

/* Feeds a piece, and a newline, which ends what is a number */
static int feed(struct s2_scan *scan, struct json_tokener *tok,
		const struct s2_span *span, char *chunk,
		struct json_object **json)
{
	enum json_tokener_error error = json_tokener_continue;
	uint64_t done = 0;

	while (done < span->bytes && error == json_tokener_continue) {
		uint64_t left = span->bytes - done;
		long n = s2_store_read(&scan->store, span->from + done, chunk,
				       left < CHUNK ? (size_t)left : CHUNK);

		if (n < 0)
			return cannot_read(scan, (int)n);
		if (!n)
			return ends_early(scan);
		*json = json_tokener_parse_ex(tok, chunk, (int)n);
		error = json_tokener_get_error(tok);
		done += error == json_tokener_success ?
			json_tokener_get_parse_end(tok) : (uint64_t)n;
	}
	if (error == json_tokener_continue) {
		*json = json_tokener_parse_ex(tok, "\n", 1);
		error = json_tokener_get_error(tok);
	}
	if (error != json_tokener_success)
		return bad_json(scan, error);
	/* The scanner and json-c must agree on where it ends */
	return done == span->bytes ? 0 :
		bad_json(scan, json_tokener_error_parse_unexpected);
}

int s2_scan_json(struct s2_scan *scan, const struct s2_span *span,
		 struct json_object **json)
{
	struct json_tokener *tok = json_tokener_new_ex(S2_SNAPSHOT_DEPTH_MAX);
	char *chunk = malloc(CHUNK);
	int err = -ENOMEM;

	*json = NULL;
	if (tok && chunk) {
		/* Not STRICT alone: it would refuse the newline at the end */
		json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
				       JSON_TOKENER_ALLOW_TRAILING_CHARS |
				       JSON_TOKENER_VALIDATE_UTF8);
		err = feed(scan, tok, span, chunk, json);
	}
	if (err) {
		json_object_put(*json);
		*json = NULL;
	}
	free(chunk);
	json_tokener_free(tok);
	return err == -ENOMEM ? s2_fail_nomem(scan->ctx) : err;
}

/* ---------------------------------------------------------------- the file */

static int add_vm(struct s2_scan *scan, const struct s2_span *span)
{
	if (scan->vms == VMS_MAX)
		return s2_fail(scan->ctx, -EFBIG, "%s: more than %u VMs",
			       scan->name, VMS_MAX);
	if (scan->vms == scan->room) {
		size_t room = scan->room ? scan->room * 2 : 16;
		struct s2_span *vm = reallocarray(scan->vm, room, sizeof(*vm));

		if (!vm)
			return s2_fail_nomem(scan->ctx);
		scan->vm = vm;
		scan->room = room;
	}
	scan->vm[scan->vms++] = *span;
	return 0;
}

/* After an element or a member: a comma, or the end with @close */
static int next_or_end(struct cursor *c, char close, bool *end)
{
	int ch, err = skip(c, &ch);

	if (err)
		return err;
	if (ch == EOF)
		return ends_early(c->scan);
	if (ch != ',' && ch != close)
		return not_json(c, "an unexpected character");
	c->at++;
	*end = ch == close;
	return 0;
}

/* Whether a list that has just begun has nothing in it */
static int is_empty(struct cursor *c, char close, bool *end)
{
	int ch, err = skip(c, &ch);

	*end = !err && ch == close;
	c->at += *end;
	return err;
}

static int scan_vms(struct cursor *c)
{
	struct s2_span span;
	bool end;
	int err;

	c->at++;
	c->scan->vms_known = true;
	err = is_empty(c, ']', &end);
	while (!err && !end) {
		err = scan_value(c, 2, &span);
		if (!err)
			err = add_vm(c->scan, &span);
		if (!err)
			err = next_or_end(c, ']', &end);
	}
	return err;
}

/* A key, as json-c reads it: it may be written with escapes */
static int scan_key(struct cursor *c, char key[KEY_MAX])
{
	struct json_object *json;
	struct s2_span span;
	int ch, err = skip(c, &ch);

	if (!err && ch != '"' && ch != EOF)
		return not_json(c, "no key");
	if (!err)
		err = scan_value(c, 1, &span);
	if (!err)
		err = s2_scan_json(c->scan, &span, &json);
	if (err)
		return err;
	snprintf(key, KEY_MAX, "%s", json_object_get_string(json));
	json_object_put(json);
	err = skip(c, &ch);
	if (!err && ch == EOF)
		err = ends_early(c->scan);
	else if (!err && ch != ':')
		err = not_json(c, "a key without a colon");
	c->at += !err;
	return err;
}

static int add_member(struct cursor *c, const char *key)
{
	struct json_object *json;
	struct s2_span span;
	int err = scan_value(c, 1, &span);

	if (!err)
		err = s2_scan_json(c->scan, &span, &json);
	if (err)
		return err;
	/* What is null is as good as not there; json-c would keep it, too */
	if (json_object_object_add(c->scan->root, key, json)) {
		json_object_put(json);
		return s2_fail_nomem(c->scan->ctx);
	}
	return 0;
}

static int scan_member(struct cursor *c)
{
	struct s2_scan *scan = c->scan;
	char key[KEY_MAX];
	int ch, err = scan_key(c, key);

	if (err)
		return err;
	if ((scan->vms_known && !strcmp(key, "vms")) ||
	    json_object_object_get_ex(scan->root, key, NULL))
		return s2_fail(scan->ctx, -EINVAL,
			       "%s: not a valid snapshot: %.40s: is there twice",
			       scan->name, key);
	if (strcmp(key, "vms"))
		return add_member(c, key);
	err = skip(c, &ch);
	if (err)
		return err;
	return ch == '[' ? scan_vms(c) : add_member(c, key);
}

static int scan_object(struct cursor *c)
{
	bool end;
	int err;

	c->scan->root = json_object_new_object();
	if (!c->scan->root)
		return s2_fail_nomem(c->scan->ctx);
	c->at++;
	err = is_empty(c, '}', &end);
	while (!err && !end) {
		err = scan_member(c);
		if (!err)
			err = next_or_end(c, '}', &end);
	}
	return err;
}

/* What is no object is no snapshot, but may be JSON */
static int scan_other(struct cursor *c)
{
	struct s2_span span = { 0, 0 };
	int err = scan_value(c, 0, &span);

	if (!err)
		err = s2_scan_json(c->scan, &span, &c->scan->root);
	if (!err && !c->scan->root)
		err = s2_fail(c->scan->ctx, -EBADMSG,
			      "%s: not a snapshot: null", c->scan->name);
	return err;
}

static int scan_all(struct cursor *c)
{
	int ch, err = skip(c, &ch);

	if (err)
		return err;
	if (ch == EOF)
		return ends_early(c->scan);
	err = ch == '{' ? scan_object(c) : scan_other(c);
	if (!err)
		err = skip(c, &ch);
	if (!err && ch != EOF)
		err = s2_fail(c->scan->ctx, -EBADMSG,
			      "%s: not a snapshot: something follows the JSON",
			      c->scan->name);
	return err;
}

int s2_scan_file(struct s2_scan *scan)
{
	struct cursor c = { .scan = scan, .chunk = malloc(CHUNK) };
	int err = c.chunk ? scan_all(&c) : s2_fail_nomem(scan->ctx);

	free(c.chunk);
	scan->file = NULL;
	return err;
}

void s2_scan_clear(struct s2_scan *scan)
{
	json_object_put(scan->root);
	s2_store_clear(&scan->store);
	free(scan->vm);
	memset(scan, 0, sizeof(*scan));
	scan->store.fd = -1;
}
