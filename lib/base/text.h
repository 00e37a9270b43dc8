/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that others wrote: made safe before it is stored */
#ifndef S2_TEXT_H
#define S2_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest text that is kept of what others say, with its NUL */
#define S2_TEXT_MAX	256

/*
 * Copies @len bytes of @raw as UTF-8 that a terminal and JSON can take: what
 * is not UTF-8, and control, bidirectional and line separating characters,
 * become "\xNN" byte by byte.  Clean text stays as it is, so that a snapshot
 * can be read and written again.  Cut short, with a NUL, where @buf ends.
 */
void s2_text_clean(char *buf, size_t size, const char *raw, size_t len);

/*
 * Digits and nothing else.  Return: 0, -EINVAL, or -ERANGE above 64 bits.
 */
int s2_text_u64(const char *text, uint64_t *num);

/* Four hexadecimal digits at the beginning of @text.  Return: whether they are */
bool s2_text_hex4(const char *text, uint16_t *num);

/* Whether @text has the form of a UUID */
bool s2_text_is_uuid(const char *text);

#endif /* S2_TEXT_H */
