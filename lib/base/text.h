/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and the like, in text that others wrote */
#ifndef S2_TEXT_H
#define S2_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/escape.h"

/* Longest text that is kept of what others say, with its NUL */
#define S2_TEXT_MAX	256

/*
 * Digits and nothing else.  Return: 0, -EINVAL, or -ERANGE above 64 bits.
 */
int s2_text_u64(const char *text, uint64_t *num);

/* Four hexadecimal digits at the beginning of @text.  Return: whether they are */
bool s2_text_hex4(const char *text, uint16_t *num);

/* Whether @text has the form of a UUID */
bool s2_text_is_uuid(const char *text);

#endif /* S2_TEXT_H */
