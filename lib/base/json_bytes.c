// SPDX-License-Identifier: LGPL-2.1-or-later
/* JSON that is read: bytes, lines, blanks and comments, and how errors are said */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_bytes.h"

#define CHUNK		65536
/* Zeroes behind a piece, of which the first ends every loop */
#define PADDING		16

/* ----------------------------------------------------------------- errors */

/* Nothing is read any more: all that looks sees the end */
static void stop(struct s2_in *in, int err)
{
	in->err = err;
	in->ended = true;
	in->at = in->end;
	*in->end = '\0';
}

void s2_in_fail(struct s2_in *in, int err, const char *fmt, ...)
{
	char text[512];
	va_list args;

	if (in->err)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s2_fail(in->ctx, err, "%s", text);
	stop(in, err);
}

void s2_in_fail_nomem(struct s2_in *in)
{
	if (!in->err)
		stop(in, s2_fail_nomem(in->ctx));
}

void s2_in_refuse(struct s2_in *in, unsigned long line, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s2_in_fail(in, -EBADMSG, "%s:%lu: %s%s%s%s", in->name, line,
		   in->what ? "not " : "", in->what ? in->what : "",
		   in->what ? ": " : "", text);
}

void s2_in_not_json(struct s2_in *in, const char *what)
{
	s2_in_refuse(in, s2_in_line(in), "not JSON: %s", what);
}

void s2_in_unexpected(struct s2_in *in, const char *what)
{
	unsigned char c = s2_in_peek(in);

	if (c == '\'')
		s2_in_not_json(in, "a single quote");
	else if (c)
		s2_in_not_json(in, what);
	else if (in->flags & S2_IN_COMMENTS && !in->depth && !in->is_begun)
		s2_in_refuse(in, s2_in_line(in), "nothing is in it");
	else if (!in->from && in->end == in->buf)
		s2_in_refuse(in, 1, "the file is empty");
	else
		s2_in_refuse(in, s2_in_line(in), "the JSON ends early");
}

/* ------------------------------------------------------------------ bytes */

unsigned long s2_in_line(struct s2_in *in)
{
	const char *newline;

	while (in->counted < in->at) {
		newline = memchr(in->counted, '\n',
				 (size_t)(in->at - in->counted));
		in->lines += newline != NULL;
		in->counted = newline ? newline + 1 : in->at;
	}
	return in->lines + 1;
}

static void read_piece(struct s2_in *in)
{
	long n;

	s2_in_line(in);
	in->from += (uint64_t)(in->end - in->buf);
	n = s2_store_read(in->store, in->from, in->buf, CHUNK);
	in->at = in->end = in->buf;
	in->counted = in->buf;
	in->cut = NULL;
	if (n < 0 && in->store->is_said) {
		stop(in, (int)n);
	} else if (n < 0) {
		s2_in_fail(in, (int)n, "%s: %s", in->name, strerror((int)-n));
	} else if (in->bytes_max && in->from + (uint64_t)n > in->bytes_max) {
		s2_in_fail(in, -EFBIG, "%s: larger than %llu KiB", in->name,
			   (unsigned long long)in->bytes_max >> 10);
	} else {
		in->end += n;
		in->ended = !n;
	}
	memset(in->end, 0, PADDING);
}

unsigned char s2_in_more(struct s2_in *in)
{
	if (in->at == in->end && !in->ended)
		read_piece(in);
	if (in->at < in->end && !*in->at)
		s2_in_refuse(in, s2_in_line(in), "a NUL byte: not text");
	return (unsigned char)*in->at;
}

int s2_in_open(struct s2_in *in, struct s2_store *store, const char *name,
	       const char *what)
{
	memset(in, 0, sizeof(*in));
	in->ctx = store->ctx;
	in->store = store;
	in->name = name;
	in->what = what;
	in->depth_max = S2_IN_DEPTH_MAX;
	in->buf = calloc(1, CHUNK + PADDING);
	in->at = in->end = in->buf;
	in->counted = in->buf;
	if (!in->buf) {
		in->err = s2_fail_nomem(in->ctx);
		in->ended = true;
	}
	return in->err;
}

void s2_in_clear(struct s2_in *in)
{
	free(in->buf);
	free(in->text);
	s2_key_set_clear(&in->keys);
	in->buf = NULL;
	in->text = NULL;
}

struct s2_in_place s2_in_place(struct s2_in *in)
{
	unsigned long line = s2_in_line(in);

	return (struct s2_in_place){
		.from = in->from + (uint64_t)(in->at - in->buf),
		.line = line,
	};
}

void s2_in_return(struct s2_in *in, struct s2_in_place place)
{
	uint64_t size = (uint64_t)(in->end - in->buf);

	if (in->err)
		return;
	if (in->cut)
		*in->cut = '"';
	in->cut = NULL;
	if (place.from >= in->from && place.from - in->from <= size) {
		in->at = in->buf + (place.from - in->from);
	} else {
		in->from = place.from;
		in->at = in->end = in->buf;
		memset(in->end, 0, PADDING);
	}
	in->ended = false;
	in->counted = in->at;
	in->lines = place.line - 1;
	in->depth = 0;
	s2_key_set_end(&in->keys, 0);
}

/* ----------------------------------------------------- blanks and comments */

static void skip_line(struct s2_in *in)
{
	unsigned char c;

	while ((c = s2_in_peek(in)) && c != '\n')
		in->at++;
}

/* Behind its first two characters */
static void skip_comment(struct s2_in *in, unsigned long line)
{
	unsigned char c, before = 0;

	while ((c = s2_in_peek(in))) {
		in->at++;
		if (before == '*' && c == '/')
			return;
		before = c;
	}
	s2_in_refuse(in, line, "a comment that does not end");
}

/* Past one, or past the error that a slash is elsewhere */
static void take_comment(struct s2_in *in)
{
	unsigned long line = s2_in_line(in);
	unsigned char c;

	in->at++;
	c = s2_in_peek(in);
	if (c == '/') {
		skip_line(in);
	} else if (c == '*') {
		in->at++;
		skip_comment(in, line);
	} else {
		s2_in_refuse(in, line, in->is_begun && !in->depth ?
			     "something follows the JSON" :
			     "not JSON: unexpected character");
	}
}

unsigned char s2_in_blanks(struct s2_in *in)
{
	for (;;) {
		unsigned char c = s2_in_peek(in);

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			in->at++;
		else if (c == '/' && in->flags & S2_IN_COMMENTS)
			take_comment(in);
		else
			return c;
	}
}
