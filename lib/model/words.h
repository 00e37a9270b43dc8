/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_WORDS_H
#define S2_WORDS_H

#include "model/object.h"

/* All words; the last entry has none */
extern const struct s2_word s2_word_table[];

/* The summary of a word, or NULL; @word may be NULL */
const char *s2_word_summary(const char *kind, const char *word);

/* The word's entry, or NULL */
const struct s2_word *s2_word_find(const char *kind, const char *word);

/* Sets the fields of an object of type S2_OBJ_WORD */
void s2_word_fill(struct s2_obj *obj, const struct s2_word *word);

#endif /* S2_WORDS_H */
