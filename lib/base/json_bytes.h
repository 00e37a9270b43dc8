/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of JSON that is read: what json_in.h is made of */
#ifndef S2_JSON_BYTES_H
#define S2_JSON_BYTES_H

#include "base/json_in.h"

/* The next piece of the file, if all of this one was read.  Return: *at */
unsigned char s2_in_more(struct s2_in *in);

/* The byte that is next; 0 at the end and after an error */
static inline unsigned char s2_in_peek(struct s2_in *in)
{
	return *in->at ? (unsigned char)*in->at : s2_in_more(in);
}

/* Past blanks, and comments where they may be.  Return: as s2_in_peek() */
unsigned char s2_in_blanks(struct s2_in *in);

/* Most values have no blanks before them */
static inline unsigned char s2_in_next_byte(struct s2_in *in)
{
	unsigned char c = (unsigned char)*in->at;

	return c > ' ' && c != '/' ? c : s2_in_blanks(in);
}

/* Here is something that JSON does not have */
void s2_in_not_json(struct s2_in *in, const char *what);

/* The byte that is next cannot be: it is wrong, or the end */
void s2_in_unexpected(struct s2_in *in, const char *what);

/* "FILE:LINE: not a snapshot: TEXT" in @line */
void s2_in_refuse(struct s2_in *in, unsigned long line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* S2_JSON_BYTES_H */
