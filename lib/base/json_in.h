/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON as it is read: one value after the other, without a tree of them.  It is
 * taken by the letter of RFC 8259: what is no UTF-8, a key that is there twice, a
 * zero byte, and what follows the end are refused, with file and line.
 *
 * The first error stays: nothing is read after it, each function returns at once,
 * and whoever reads looks at @err when done.
 */
#ifndef S2_JSON_IN_H
#define S2_JSON_IN_H

#include "base/key_set.h"
#include "base/key_table.h"
#include "base/store.h"

#define S2_IN_DEPTH_MAX	16

/* What is kept of one text; what is longer is cut, and checked to its end */
#define S2_IN_TEXT_MAX	(64u << 10)

/* Flags: what a file that people write may have and be */
#define S2_IN_COMMENTS	(1u << 0)	/* comments, as in C; keys of our own only */
#define S2_IN_MANY	(1u << 1)	/* one value after the other */

enum s2_in_type {
	S2_IN_NONE,		/* an error, or the end */
	S2_IN_NULL,
	S2_IN_BOOL,
	S2_IN_NUMBER,
	S2_IN_STRING,
	S2_IN_ARRAY,
	S2_IN_OBJECT,
};

/* Numbers of s2_in_key() that are no key of the table */
#define S2_IN_UNKNOWN	(-1)

/**
 * struct s2_in_level - an object or array that is open
 * @object: which of the two
 * @count: keys or elements that have begun
 * @seen: mask of the keys of the table that were there
 * @keys: where those that are not begin among &s2_in.keys
 * @key: key of the table that is read, or NULL
 * @line: where it begins
 */
struct s2_in_level {
	bool object;
	uint64_t count;
	uint64_t seen;
	size_t keys;
	const char *key;
	unsigned long line;
};

/**
 * struct s2_in - what is read
 * @ctx: for error texts
 * @store: bytes
 * @name: name of the file
 * @what: what it should be, "a snapshot"; NULL if errors need not say so
 * @flags: S2_IN_*
 * @err: 0 or the first error
 * @depth_max: how many may be open, at most S2_IN_DEPTH_MAX
 * @bytes_max: how many bytes there may be; 0 for any number
 * @buf: a piece of the file, and zeroes
 * @at: what is read next
 * @end: of the piece
 * @from: where in the file the piece begins
 * @ended: whether nothing follows it
 * @counted: up to where lines were counted
 * @lines: newlines before that
 * @shown: line of what has just ended; 0 for that of @at
 * @cut: where a quote has become the end of a string, or NULL
 * @is_begun: whether an object or array of the top has begun
 * @depth: how many are open
 * @level: those that are
 * @keys: their keys that are in no table
 * @text: of a string that is not in one piece
 * @text_len: how much of it
 * @text_room: of @text
 */
struct s2_in {
	struct s2_ctx *ctx;
	struct s2_store *store;
	const char *name;
	const char *what;
	unsigned int flags;
	int err;
	unsigned int depth_max;
	uint64_t bytes_max;
	char *buf;
	char *at;
	char *end;
	uint64_t from;
	bool ended;
	const char *counted;
	unsigned long lines;
	unsigned long shown;
	char *cut;
	bool is_begun;
	unsigned int depth;
	struct s2_in_level level[S2_IN_DEPTH_MAX];
	struct s2_key_set keys;
	char *text;
	size_t text_len;
	size_t text_room;
};

/**
 * struct s2_in_number - a number
 * @value: without its sign
 * @is_negative: whether it has one, and is not 0
 * @is_integer: whether it has neither fraction nor exponent, and fits
 * @is_large: whether it is an integer that does not fit
 */
struct s2_in_number {
	uint64_t value;
	bool is_negative;
	bool is_integer;
	bool is_large;
};

/* A place in a file to come back to */
struct s2_in_place {
	uint64_t from;
	unsigned long line;
};

/*
 * Begins at the beginning of @store; fill in the rest as you like, then.  Clear it
 * either way.  Return: 0 or -ENOMEM, which is @err as well
 */
int s2_in_open(struct s2_in *in, struct s2_store *store, const char *name,
	       const char *what);
void s2_in_clear(struct s2_in *in);

/* Whether another value begins, and blanks before it are taken; at the top */
bool s2_in_begins(struct s2_in *in);

/* The end of the file: nothing but blanks may follow */
void s2_in_finish(struct s2_in *in);

/*
 * Here, and back.  A place must be where a value begins, and what was entered since
 * the beginning counts as left: that value is read as if it were at the top.
 */
struct s2_in_place s2_in_place(struct s2_in *in);
void s2_in_return(struct s2_in *in, struct s2_in_place place);

/* By the byte that a value begins with; and what does it if blanks come before */
extern const unsigned char s2_in_types[256];
enum s2_in_type s2_in_find_type(struct s2_in *in);

/* Of the value that is next */
static inline enum s2_in_type s2_in_type(struct s2_in *in)
{
	enum s2_in_type type = s2_in_types[(unsigned char)*in->at];

	return type != S2_IN_NONE ? type : s2_in_find_type(in);
}

/* Each takes the value that is next; another type is an error of the caller's */
void s2_in_null(struct s2_in *in);
bool s2_in_bool(struct s2_in *in);
struct s2_in_number s2_in_number(struct s2_in *in);

/* Ends with a NUL and may have others in it; good until more is read */
const char *s2_in_string(struct s2_in *in, size_t *len);

/* Takes a value of any type, with all that is in it */
void s2_in_skip(struct s2_in *in);

/* Into the object or array that is next */
void s2_in_enter(struct s2_in *in);

/* The next element of the array; false: there is none, and the array has ended */
bool s2_in_next(struct s2_in *in);

/*
 * The next key of the object, of which the value is next.  @keys: those that are
 * known, or NULL.  @key: its number there, or S2_IN_UNKNOWN.  Return: false:
 * there is none, and the object has ended
 */
bool s2_in_key(struct s2_in *in, const struct s2_keys *keys, int *key);

/* Says that the key that was just read is unknown */
void s2_in_bad_key(struct s2_in *in);

/* Line where the reader is, from 1 */
unsigned long s2_in_line(struct s2_in *in);

/*
 * Says what is wrong with the value that was just read or is next, or with the one
 * that has just ended: file, line, its place ("rules[2].match.vm"), and the text.
 */
void s2_in_bad(struct s2_in *in, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Likewise of the object or array that is open */
void s2_in_bad_open(struct s2_in *in, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Likewise of a member of it, which stands, or would, in @line; 0: as it */
void s2_in_bad_member(struct s2_in *in, const char *member, unsigned long line,
		      const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Sets @err, and a text unless there was an error before */
void s2_in_fail(struct s2_in *in, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void s2_in_fail_nomem(struct s2_in *in);

#endif /* S2_JSON_IN_H */
