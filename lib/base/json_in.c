// SPDX-License-Identifier: LGPL-2.1-or-later
/* JSON that is read: objects and arrays, and where in them something is */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/json_scalar.h"
#include "base/text.h"

/* Keys of one object of a file that people write */
#define PEOPLES_KEYS	32
/* A key of which nothing is cut */
#define KEY_MAX		4096

/* ----------------------------------------------------------------- errors */

/* "rules[2].match.vm" */
static void write_place(const struct s2_in *in, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (unsigned int i = 0; i < in->depth && used < size; i++) {
		const struct s2_in_level *level = &in->level[i];

		if (level->object && level->key)
			used += (size_t)snprintf(buf + used, size - used,
						 "%s%s", used ? "." : "",
						 level->key);
		else if (!level->object && level->count)
			used += (size_t)snprintf(buf + used, size - used,
						 "[%" PRIu64 "]",
						 level->count - 1);
	}
}

static void say_bad(struct s2_in *in, const char *member, unsigned long line,
		    const char *text)
{
	/* "a snapshot" */
	const char *what = in->what ? strchr(in->what, ' ') : NULL;
	char place[160];

	if (in->err)
		return;
	write_place(in, place, sizeof(place));
	s2_in_fail(in, -EINVAL, "%s:%lu: %s%s%s%s%s%s%s%s", in->name,
		   line ? line : in->shown ? in->shown : s2_in_line(in),
		   what ? "not a valid" : "", what ? what : "",
		   what ? ": " : "", place,
		   *place && *member ? "." : "", member,
		   *place || *member ? ": " : "", text);
}

void s2_in_bad(struct s2_in *in, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	say_bad(in, "", 0, text);
}

void s2_in_bad_member(struct s2_in *in, const char *member, unsigned long line,
		      const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	say_bad(in, member, line, text);
}

void s2_in_bad_open(struct s2_in *in, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/* Its own place, not that of what is in it */
	if (in->depth--)
		say_bad(in, "", in->level[in->depth].line, text);
}

/* ---------------------------------------------------------------- the top */

bool s2_in_begins(struct s2_in *in)
{
	unsigned char c = s2_in_blanks(in);

	in->shown = 0;
	return c;
}

void s2_in_finish(struct s2_in *in)
{
	if (s2_in_blanks(in))
		s2_in_refuse(in, s2_in_line(in), "something follows the JSON");
}

/* ------------------------------------------------------ objects and arrays */

void s2_in_enter(struct s2_in *in)
{
	enum s2_in_type type = s2_in_type(in);

	if (in->err)
		return;
	if (in->depth == in->depth_max) {
		s2_in_refuse(in, s2_in_line(in), "nested more than %u deep",
			     in->depth_max);
		return;
	}
	in->shown = s2_in_line(in);
	in->is_begun = true;
	in->level[in->depth++] = (struct s2_in_level){
		.object = type == S2_IN_OBJECT, .keys = in->keys.count,
		.line = in->shown,
	};
	in->at++;
}

static void say_twice(struct s2_in *in, unsigned long line, const char *key,
		      size_t len)
{
	char text[64];

	s2_text_clean(text, sizeof(text), key, len);
	s2_in_refuse(in, line, "the key '%s' is there twice", text);
}

/* Out of what has ended */
static void leave(struct s2_in *in)
{
	struct s2_in_level *level = &in->level[in->depth - 1];
	const struct s2_key_entry *twice = s2_key_set_end(&in->keys,
							  level->keys);

	if (twice)
		say_twice(in, twice->line, in->keys.text + twice->from,
			  twice->len);
	in->shown = level->line;
	in->depth--;
	in->at += !in->err;
}

/* To what follows in the innermost one; false: nothing does, and it has ended */
static bool go_on(struct s2_in *in, char close)
{
	struct s2_in_level *level = &in->level[in->depth - 1];
	unsigned char c = s2_in_next_byte(in);

	in->shown = 0;
	if (c == (unsigned char)close) {
		leave(in);
		return false;
	}
	if (level->count) {
		if (c != ',') {
			s2_in_unexpected(in, "unexpected character");
			return false;
		}
		in->at++;
		s2_in_next_byte(in);
	}
	level->count++;
	return !in->err;
}

bool s2_in_next(struct s2_in *in)
{
	return go_on(in, ']');
}

static void add_unknown(struct s2_in *in, const char *text, size_t len)
{
	int err = len > KEY_MAX ? -E2BIG :
		s2_key_set_add(&in->keys, text, len, s2_in_line(in));

	if (err == -ENOMEM)
		s2_in_fail_nomem(in);
	else if (err)
		s2_in_refuse(in, s2_in_line(in), "an object of too many keys, or too long ones");
}

/* Which key it is, and that it was not there before */
static int know(struct s2_in *in, const struct s2_keys *keys,
		const char *text, size_t len)
{
	struct s2_in_level *level = &in->level[in->depth - 1];
	int key = keys ? s2_keys_find(keys, text, len) : -1;

	level->key = NULL;
	if (key < 0) {
		add_unknown(in, text, len);
		return S2_IN_UNKNOWN;
	}
	if (level->seen >> key & 1)
		say_twice(in, s2_in_line(in), text, len);
	level->seen |= 1ull << key;
	level->key = keys->name[key];
	return key;
}

/* The key itself, up to the colon */
static int scan_key(struct s2_in *in, const struct s2_keys *keys)
{
	bool peoples = in->flags & S2_IN_COMMENTS, escaped;
	const char *text;
	size_t len;

	if (*in->at != '"') {
		s2_in_unexpected(in, *in->at == '}' ? "unexpected character" :
				 "quoted object property name expected");
		return S2_IN_UNKNOWN;
	}
	text = s2_in_scan_string(in, true, &len, &escaped);
	if (in->err)
		return S2_IN_UNKNOWN;
	/* Another way to write a key; none of ours needs it */
	if (peoples && escaped)
		s2_in_refuse(in, s2_in_line(in), "a key with an escape");
	if (peoples && in->level[in->depth - 1].count >= PEOPLES_KEYS)
		s2_in_refuse(in, s2_in_line(in), "an object of too many keys");
	return know(in, keys, text, len);
}

bool s2_in_key(struct s2_in *in, const struct s2_keys *keys, int *key)
{
	*key = S2_IN_UNKNOWN;
	if (!go_on(in, '}'))
		return false;
	*key = scan_key(in, keys);
	if (s2_in_next_byte(in) == ':')
		in->at++;
	else
		s2_in_unexpected(in, "a key without a colon");
	s2_in_next_byte(in);
	return !in->err;
}

void s2_in_bad_key(struct s2_in *in)
{
	const struct s2_key_set *keys = &in->keys;
	char text[128] = "";

	if (keys->count)
		s2_text_clean(text, sizeof(text), keys->text +
			      keys->entry[keys->count - 1].from,
			      keys->entry[keys->count - 1].len);
	say_bad(in, text, 0, "unknown key");
}

/* ------------------------------------------------------------ any of them */

/* A value that is neither, or into one that is */
static void begin_to_skip(struct s2_in *in)
{
	size_t len;
	bool escaped;

	switch (s2_in_type(in)) {
	case S2_IN_NONE:
		break;
	case S2_IN_NULL:
		s2_in_null(in);
		break;
	case S2_IN_BOOL:
		s2_in_bool(in);
		break;
	case S2_IN_NUMBER:
		s2_in_number(in);
		break;
	case S2_IN_STRING:
		s2_in_scan_string(in, false, &len, &escaped);
		break;
	case S2_IN_ARRAY:
	case S2_IN_OBJECT:
		s2_in_enter(in);
		break;
	}
}

void s2_in_skip(struct s2_in *in)
{
	unsigned int depth = in->depth;
	int key;

	begin_to_skip(in);
	while (!in->err && in->depth > depth)
		if (in->level[in->depth - 1].object ?
		    s2_in_key(in, NULL, &key) : s2_in_next(in))
			begin_to_skip(in);
}
