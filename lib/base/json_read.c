// SPDX-License-Identifier: LGPL-2.1-or-later
/* A JSON document that need not be trusted: bounds on size, nesting and values */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"

#define SIZE_MAX_BYTES	(256ul << 20)
/* json-c takes about 100 bytes for a value */
#define VALUES_MAX	(16ul << 20)
#define DEPTH_MAX	16
#define CHUNK		65536

/* A file while it is read */
struct input {
	struct s2_ctx *ctx;
	FILE *file;
	const char *name;
	const char *what;
	struct json_tokener *tok;
	struct json_object *root;
	size_t bytes;
	size_t values;
};

static int bad_json(struct input *in, enum json_tokener_error error)
{
	switch (error) {
	case json_tokener_continue:
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not %s: the JSON ends early after %zu bytes",
			       in->name, in->what, in->bytes);
	case json_tokener_error_depth:
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not %s: nested more than %d deep",
			       in->name, in->what, DEPTH_MAX);
	default:
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not %s: not JSON: %s", in->name, in->what,
			       json_tokener_error_desc(error));
	}
}

/* One value more for each comma, at most: enough to bound what json-c takes */
static int check_bounds(struct input *in, const char *buf, size_t len)
{
	in->bytes += len;
	for (size_t i = 0; i < len; i++)
		in->values += buf[i] == ',';
	if (in->bytes > SIZE_MAX_BYTES)
		return s2_fail(in->ctx, -EFBIG, "%s: larger than %lu MiB",
			       in->name, SIZE_MAX_BYTES >> 20);
	if (in->values > VALUES_MAX)
		return s2_fail(in->ctx, -EFBIG, "%s: more than %lu values",
			       in->name, VALUES_MAX);
	return 0;
}

static bool is_blank(const char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", buf[i]) || !buf[i])
			return false;
	return true;
}

/* After the end of the value only blanks may follow */
static int feed(struct input *in, const char *buf, size_t len)
{
	enum json_tokener_error error;
	size_t used;

	if (in->root) {
		used = 0;
	} else {
		in->root = json_tokener_parse_ex(in->tok, buf, (int)len);
		error = json_tokener_get_error(in->tok);
		if (error == json_tokener_continue)
			return 0;
		if (error != json_tokener_success)
			return bad_json(in, error);
		if (!in->root)
			return s2_fail(in->ctx, -EBADMSG,
				       "%s: not %s: null", in->name, in->what);
		used = json_tokener_get_parse_end(in->tok);
	}
	if (!is_blank(buf + used, len - used))
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not %s: something follows the JSON",
			       in->name, in->what);
	return 0;
}

static int read_json(struct input *in)
{
	char *buf = malloc(CHUNK);
	int err = 0;
	size_t len;

	if (!buf)
		return s2_fail_nomem(in->ctx);
	do {
		errno = 0;
		len = fread(buf, 1, CHUNK, in->file);
		if (ferror(in->file)) {
			err = errno ? -errno : -EIO;
			s2_fail(in->ctx, err, "%s: %s", in->name,
				strerror(-err));
			break;
		}
		err = check_bounds(in, buf, len);
		if (!err && len)
			err = feed(in, buf, len);
	} while (!err && len);
	free(buf);
	if (!err && !in->root)
		err = in->bytes ? bad_json(in, json_tokener_continue) :
			s2_fail(in->ctx, -EBADMSG,
				"%s: not %s: the file is empty",
				in->name, in->what);
	return err;
}

int s2_json_read(struct s2_ctx *ctx, FILE *file, const char *name,
		 const char *what, struct json_object **root)
{
	struct input in = {
		.ctx = ctx, .file = file, .name = name, .what = what,
	};
	int err;

	*root = NULL;
	in.tok = json_tokener_new_ex(DEPTH_MAX);
	if (!in.tok)
		return s2_fail_nomem(ctx);
	/* Not STRICT alone: it would refuse the newline at the end */
	json_tokener_set_flags(in.tok, JSON_TOKENER_STRICT |
			       JSON_TOKENER_ALLOW_TRAILING_CHARS |
			       JSON_TOKENER_VALIDATE_UTF8);
	err = read_json(&in);
	json_tokener_free(in.tok);
	if (err)
		json_object_put(in.root);
	else
		*root = in.root;
	return err;
}
