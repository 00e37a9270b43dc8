/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text that others chose, spelled in one way everywhere.
 *
 * A byte that is no part of a character that can be seen is written "\xNN": what is
 * not UTF-8, control characters, and characters that end lines, reorder text, or
 * look like nothing or like a space.  In a name the same is done to a space at
 * either end, and to a backslash in front of "xNN".  So each "\xNN" in a name
 * stands for one byte, and the name can be had back from its spelling.
 *
 * Each function writes as many whole characters as fit into @size bytes, and a
 * NUL.  Return: how long the whole would be, as from snprintf().
 */
#ifndef S2_ESCAPE_H
#define S2_ESCAPE_H

#include <stddef.h>

/* The bytes of a name, as its owner chose them */
size_t s2_escape(char *buf, size_t size, const char *raw, size_t len);

/*
 * A name as somebody has spelled it: a user, a policy, a snapshot.  "\xNN" is the
 * byte that it stands for; all else stands for itself.  What s2_escape() has
 * written stays as it is.
 */
size_t s2_escape_again(char *buf, size_t size, const char *text, size_t len);

/*
 * A sentence or a path, in which a name may be spelled already: what cannot be seen
 * is escaped, backslashes and spaces stay.
 */
size_t s2_text_clean(char *buf, size_t size, const char *raw, size_t len);

/* The bytes that a spelling stands for; there may be a NUL among them */
size_t s2_unescape(char *buf, size_t size, const char *text);

#endif /* S2_ESCAPE_H */
