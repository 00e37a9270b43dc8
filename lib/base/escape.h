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
 * Each function writes as many whole characters as fit, and a NUL.
 */
#ifndef S2_ESCAPE_H
#define S2_ESCAPE_H

#include <stddef.h>

/**
 * s2_escape() - spell a name
 * @buf: where to put the spelling
 * @size: bytes of room there
 * @raw: the name, as its owner chose it
 * @len: its bytes
 *
 * Return: how long the whole would be, as from snprintf().
 */
size_t s2_escape(char *buf, size_t size, const char *raw, size_t len);

/**
 * s2_escape_again() - spell a name that somebody has spelled: a user, a policy, a snapshot
 * @buf: where to put the spelling
 * @size: bytes of room there
 * @text: the name; "\xNN" is the byte that it stands for, all else stands for itself
 * @len: its bytes
 *
 * What s2_escape() has written stays as it is.
 *
 * Return: how long the whole would be, as from snprintf().
 */
size_t s2_escape_again(char *buf, size_t size, const char *text, size_t len);

/**
 * s2_text_clean() - make a sentence or a path safe, in which a name may be spelled already
 * @buf: where to put it
 * @size: bytes of room there
 * @raw: the text
 * @len: its bytes
 *
 * What cannot be seen is escaped; backslashes and spaces stay.
 *
 * Return: how long the whole would be, as from snprintf().
 */
size_t s2_text_clean(char *buf, size_t size, const char *raw, size_t len);

/**
 * s2_unescape() - have the bytes back that a spelling stands for
 * @buf: where to put them; there may be a NUL among them
 * @size: bytes of room there
 * @text: the spelling
 *
 * Return: how long the whole would be, as from snprintf().
 */
size_t s2_unescape(char *buf, size_t size, const char *text);

#endif /* S2_ESCAPE_H */
