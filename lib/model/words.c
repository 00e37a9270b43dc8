// SPDX-License-Identifier: LGPL-2.1-or-later
/* The vocabulary: lookups in its table */
#include <string.h>

#include "model/field.h"
#include "model/words.h"

const struct s2_word *s2_words(size_t *count)
{
	if (count)
		for (*count = 0; s2_word_table[*count].word;)
			++*count;
	return s2_word_table;
}

size_t s2_word_stride(void)
{
	return sizeof(struct s2_word);
}

const struct s2_word *s2_word_find(const char *kind, const char *word)
{
	for (const struct s2_word *w = s2_word_table; word && w->word; w++)
		if (!strcmp(w->word, word) && !strcmp(w->kind, kind))
			return w;
	return NULL;
}

const char *s2_word_summary(const char *kind, const char *word)
{
	const struct s2_word *w = s2_word_find(kind, word);

	return w ? w->summary : NULL;
}

void s2_word_fill(struct s2_obj *obj, const struct s2_word *word)
{
	s2_obj_set_num(obj, S2_WORD_KIND,
		       s2_field_num(s2_field_by_id(S2_WORD_KIND), word->kind));
	s2_obj_set_str(obj, S2_WORD_WORD, word->word);
	s2_obj_set_str(obj, S2_WORD_SUMMARY, word->summary);
	s2_obj_set_str(obj, S2_WORD_TEXT, word->text);
	s2_obj_set_str(obj, S2_WORD_REMEDY, word->remedy);
	if (word->severity)
		s2_obj_set_num(obj, S2_WORD_SEVERITY, word->severity);
}
