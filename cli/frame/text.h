/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for people: sizes, addresses, and strings that somebody else chose. */
#ifndef S2CTL_TEXT_H
#define S2CTL_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_SIZE_MAX 24
#define TEXT_TIME_MAX 32

/*
 * A copy of a sentence or path that a terminal can take: see base/escape.h.  A name
 * of the model's is spelled already and comes out as it is.  NULL when out of
 * memory.
 */
char *text_safe(const char *s);

/* A name as its owner chose it, spelled as those of the model are; likewise. */
char *text_name(const char *raw);

/*
 * Whether there was no memory for a text: what was printed lacks it, and who
 * would say that all went well must say so instead.
 */
bool text_is_lost(void);

/* Note that a text is lost.  Returns NULL. */
char *text_lose(void);

/* Print text_safe() of s, and what is not there as "-". */
void text_print(FILE *f, const char *s);

/* "4K", "1.5G": exact, or rounded to one decimal.  Returns buf. */
const char *text_size(char buf[static TEXT_SIZE_MAX], uint64_t bytes);

/*
 * "2026-03-31 12:00:00 UTC" or, for programs, "2026-03-31T12:00:00Z".  False, and
 * no text, of a year that has more than four digits: a snapshot may say anything.
 */
bool text_time(char buf[static TEXT_TIME_MAX], uint64_t seconds, bool iso);

/*
 * Print s and a newline.  The first line begins at column, where the caller
 * has got to; those after it are indented.
 */
void text_wrap(FILE *f, const char *s, int column, int indent, int width);

/*
 * Case of our own words, which are ASCII: what tolower() makes of an "I" depends
 * on the locale, and is no "i" in Turkish.
 */
int text_lower(char c);
int text_upper(char c);
bool text_same_word(const char *a, const char *b);

/* Columns of the terminal: COLUMNS, else the terminal's own, else 80. */
int text_width(void);

#endif /* S2CTL_TEXT_H */
