/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns for names */
#ifndef S2_GLOB_H
#define S2_GLOB_H

#include <stdbool.h>

/*
 * Whether @text is what @pattern says: "*" stands for any characters, also none
 * and also "/", "?" for one.  All else stands for itself; nothing depends on
 * the locale.  The time is bounded by the product of the lengths: the text may
 * be an enemy's.
 */
bool s2_glob_match(const char *pattern, const char *text);

#endif /* S2_GLOB_H */
