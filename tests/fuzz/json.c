// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON by itself, beside json-c: what one takes the other takes, with the same
 * values.  json-c takes some that JSON does not have; which, stands below.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_in.h"
#include "base/utf8.h"
#include "fuzz.h"

/* Reasons of ours for which json-c, also when it is strict, has no ear */
static bool is_ours_alone(const char *error)
{
	static const char *const reasons[] = {
		"is there twice", "a control character in a string",
		"a number that begins with 0", "a NUL byte", "nested more than",
		"a number without a digit", "too many keys",
		/* It takes surrogates and what is overlong */
		"not UTF-8",
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (strstr(error, reasons[i]))
			return true;
	return false;
}

/* NULL: it is none; *null: it is one that json-c shows as NULL */
static struct json_object *parse(const uint8_t *data, size_t size, bool *null)
{
	struct json_tokener *tok = json_tokener_new_ex(S2_IN_DEPTH_MAX + 2);
	char *text = malloc(size + 2);
	enum json_tokener_error error;
	struct json_object *root;
	size_t end;

	fuzz_must(tok && text, "no memory");
	if (size)
		memcpy(text, data, size);
	/* Which ends a number */
	memcpy(text + size, "\n", 2);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
			       JSON_TOKENER_ALLOW_TRAILING_CHARS |
			       JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tok, text, (int)size + 1);
	error = json_tokener_get_error(tok);
	end = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	*null = !root && error == json_tokener_success;
	for (; end < size; end++)
		if (!text[end] || !strchr(" \t\r\n", text[end]))
			break;
	free(text);
	if (error == json_tokener_success && end >= size)
		return root;
	*null = false;
	json_object_put(root);
	return NULL;
}

static void compare_number(struct s2_in *in, struct json_object *json)
{
	struct s2_in_number num = s2_in_number(in);
	bool is_int = json_object_is_type(json, json_type_int);

	fuzz_must(is_int || json_object_is_type(json, json_type_double),
		  "a number, and json-c has none");
	fuzz_must(is_int == (num.is_integer || num.is_large),
		  "an integer to one of the two");
	if (!num.is_integer)
		return;
	if (!num.is_negative)
		fuzz_must(json_object_get_uint64(json) == num.value,
			  "another number");
	else if (num.value <= INT64_MAX)
		fuzz_must(json_object_get_int64(json) == -(int64_t)num.value,
			  "another negative number");
}

/* json-c takes U+1D800 and the like, as a pair of escapes, for half a pair */
static bool is_lost(uint32_t code)
{
	return code > 0xffff && (code & 0xf800) == 0xd800;
}

static bool is_same_text(const char *ours, size_t len, const char *theirs,
			 size_t their_len)
{
	while (len) {
		uint32_t code = 0;
		size_t n = s2_utf8_next(ours, len, &code);

		fuzz_must(n, "text that is no UTF-8");
		if (their_len >= n && !memcmp(ours, theirs, n)) {
			theirs += n;
			their_len -= n;
		} else if (is_lost(code) && their_len >= 3 &&
			   !memcmp(theirs, "\xef\xbf\xbd", 3)) {
			theirs += 3;
			their_len -= 3;
		} else {
			return false;
		}
		ours += n;
		len -= n;
	}
	return !their_len;
}

static void compare_string(struct s2_in *in, struct json_object *json)
{
	const char *text;
	size_t len;

	fuzz_must(json_object_is_type(json, json_type_string), "no string");
	text = s2_in_string(in, &len);
	fuzz_must(text && is_same_text(text, len, json_object_get_string(json),
				       json_object_get_string_len(json)),
		  "another string");
}

static void compare(struct s2_in *in, struct json_object *json);

/* In the order in which both have them; json-c keeps none twice */
static void compare_object(struct s2_in *in, struct json_object *json)
{
	struct lh_entry *entry = json_object_get_object(json)->head;
	int key;

	s2_in_enter(in);
	while (s2_in_key(in, NULL, &key)) {
		fuzz_must(entry, "a key that json-c does not have");
		compare(in, lh_entry_v(entry));
		entry = entry->next;
	}
	fuzz_must(!entry, "a key that only json-c has");
}

static void compare_array(struct s2_in *in, struct json_object *json)
{
	size_t n = 0;

	s2_in_enter(in);
	for (; s2_in_next(in); n++) {
		fuzz_must(n < json_object_array_length(json),
			  "an element that json-c does not have");
		compare(in, json_object_array_get_idx(json, n));
	}
	fuzz_must(n == json_object_array_length(json), "another length");
}

static void compare(struct s2_in *in, struct json_object *json)
{
	switch (s2_in_type(in)) {
	case S2_IN_NONE:
		fuzz_fail("no value, and it was accepted");
	case S2_IN_NULL:
		fuzz_must(!json, "null, and something for json-c");
		s2_in_null(in);
		break;
	case S2_IN_BOOL:
		fuzz_must(json_object_is_type(json, json_type_boolean) &&
			  json_object_get_boolean(json) == s2_in_bool(in),
			  "another truth");
		break;
	case S2_IN_NUMBER:
		compare_number(in, json);
		break;
	case S2_IN_STRING:
		compare_string(in, json);
		break;
	case S2_IN_ARRAY:
		fuzz_must(json_object_is_type(json, json_type_array), "no array");
		compare_array(in, json);
		break;
	case S2_IN_OBJECT:
		fuzz_must(json_object_is_type(json, json_type_object),
			  "no object");
		compare_object(in, json);
		break;
	}
}

/* Numbers that JSON does not have */
static bool has_nan(const uint8_t *data, size_t size)
{
	return memmem(data, size, "NaN", 3) || memmem(data, size, "Infinity", 8);
}

/* Keys with a zero byte end there for json-c, and may be the same to it */
static bool has_zero(const uint8_t *data, size_t size)
{
	return size > 5 && memmem(data, size, "\\u0000", 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct json_object *json;
	struct s2_store store;
	struct s2_in in;
	bool null;

	json = parse(data, size, &null);
	s2_store_init(&store, ctx);
	fuzz_must(!s2_store_write(&store, data, size), "no store");
	fuzz_must(!s2_in_open(&in, &store, "fuzz", "a test"), "no reader");
	s2_in_skip(&in);
	s2_in_finish(&in);
	if (in.err) {
		fuzz_must_explain(ctx, in.err);
		if ((json || null) && !has_nan(data, size) &&
		    !is_ours_alone(s2_ctx_error(ctx)))
			fuzz_fail("refused, and json-c takes it: %s",
				  s2_ctx_error(ctx));
	} else {
		fuzz_must(json || null, "accepted, and json-c refuses it");
		s2_in_return(&in, (struct s2_in_place){ .from = 0, .line = 1 });
		if (!has_zero(data, size))
			compare(&in, json);
		fuzz_must(!in.err, "accepted, and not the second time");
	}
	json_object_put(json);
	s2_in_clear(&in);
	s2_store_clear(&store);
	s2_ctx_unref(ctx);
	return 0;
}
