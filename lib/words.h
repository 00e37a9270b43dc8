/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_WORDS_H
#define S2_WORDS_H

#include "s2ctl.h"

/* The summary of a word, or NULL; @word may be NULL */
const char *s2_word_summary(const char *kind, const char *word);

/* The word's entry, or NULL */
const struct s2_word *s2_word_find(const char *kind, const char *word);

#endif /* S2_WORDS_H */
