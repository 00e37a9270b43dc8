/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8, decoded in this one place */
#ifndef S2_UTF8_H
#define S2_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the first character of the @len bytes at @p into @cp.
 *
 * Return: how many bytes it takes, 1 to 4; or 0 if no well-formed character of
 * UTF-8 begins here, in the sense of the Unicode standard's table 3-7: overlong
 * forms, surrogates, numbers above 10FFFF, and characters that are cut short are
 * not well-formed.  @cp is then left alone.
 */
size_t s2_utf8_next(const char *p, size_t len, uint32_t *cp);

#endif /* S2_UTF8_H */
