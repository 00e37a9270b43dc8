// SPDX-License-Identifier: LGPL-2.1-or-later
/* Objects from JSON, by the description of their fields */
#include <errno.h>
#include <string.h>

#include "base/escape.h"
#include "base/text.h"
#include "model/field.h"
#include "model/field_in.h"
#include "model/model.h"

/* ------------------------------------------------------------ getting ready */

/* Several fields have the same words */
static const struct s2_keys *find_words(struct s2_words_in *all,
					const char *const *words)
{
	struct s2_keys *keys;

	for (unsigned int i = 0; i < all->count; i++)
		if (all->list[i].words == words)
			return &all->list[i].keys;
	if (!words || all->count == S2_FIELD_IN_WORDS)
		return NULL;
	all->list[all->count].words = words;
	keys = &all->list[all->count++].keys;
	memset(keys, 0, sizeof(*keys));
	for (; *words; words++)
		s2_keys_add(keys, *words);
	s2_keys_finish(keys);
	return keys;
}

void s2_field_in_init(struct s2_field_in *f, struct s2_words_in *words,
		      enum s2_obj_type type, const unsigned int *ids)
{
	size_t count;

	memset(f, 0, sizeof(*f));
	f->field = s2_fields(type, &count);
	f->count = (unsigned int)count;
	for (unsigned int i = 0; i < f->count; i++) {
		s2_keys_add(&f->keys, f->field[i].name);
		if (!ids && !(f->field[i].flags & S2_FIELD_DERIVED))
			f->wanted |= 1ull << i;
	}
	for (; ids && *ids; ids++)
		f->wanted |= 1ull << S2_FIELD_INDEX(*ids);
	for (unsigned int i = 0; i < f->count; i++)
		if (f->wanted >> i & 1)
			f->words[i] = find_words(words, f->field[i].words);
}

/* ----------------------------------------------------------------- values */

static void set_num(struct s2_obj *obj, unsigned int key, uint64_t num)
{
	obj->cell[key].num = num;
	obj->known |= 1ull << key;
}

static void read_number(struct s2_in *in, unsigned int key, struct s2_obj *obj)
{
	struct s2_in_number num = { .value = 0 };

	if (s2_in_type(in) == S2_IN_NUMBER)
		num = s2_in_number(in);
	if (!num.is_integer || num.is_negative)
		s2_in_bad(in, "not an unsigned integer, or too large");
	else
		set_num(obj, key, num.value);
}

static void read_bool(struct s2_in *in, unsigned int key, struct s2_obj *obj)
{
	if (s2_in_type(in) == S2_IN_BOOL)
		set_num(obj, key, s2_in_bool(in));
	else
		s2_in_bad(in, "neither true nor false");
}

static int flag_bit(const struct s2_field *field, const struct s2_keys *words,
		    const char *word, size_t len)
{
	int bit = words ? s2_keys_find(words, word, len) : -1;

	/* "bit-9", and lists of words that found no room */
	return bit < 0 && strlen(word) == len ? s2_flag_bit(field, word) : bit;
}

static void read_flags(struct s2_in *in, const struct s2_field *field,
		       const struct s2_keys *words, unsigned int key,
		       struct s2_obj *obj)
{
	uint64_t mask = 0;

	if (s2_in_type(in) != S2_IN_ARRAY) {
		s2_in_bad(in, "not an array of words");
		return;
	}
	s2_in_enter(in);
	while (s2_in_next(in)) {
		const char *word = NULL;
		size_t len;
		int bit = -1;

		if (s2_in_type(in) == S2_IN_STRING)
			word = s2_in_string(in, &len);
		if (word)
			bit = flag_bit(field, words, word, len);
		if (bit < 0)
			s2_in_bad(in, "unknown word in the array");
		else
			mask |= 1ull << bit;
	}
	set_num(obj, key, mask);
}

static const char *read_string(struct s2_in *in, size_t *len)
{
	if (s2_in_type(in) == S2_IN_STRING)
		return s2_in_string(in, len);
	s2_in_bad(in, "not a string");
	return NULL;
}

static void read_perm(struct s2_in *in, unsigned int key, struct s2_obj *obj)
{
	size_t len;
	const char *word = read_string(in, &len);
	int perm = -1;

	if (word && len == 3)
		perm = s2_perm_parse(word);
	if (perm < 0)
		s2_in_bad(in, "not of the form rwx");
	else
		set_num(obj, key, (uint64_t)perm);
}

/* By the table, or where that found no room one by one */
static int word_index(const struct s2_field *field, const struct s2_keys *words,
		      const char *word, size_t len)
{
	if (words)
		return s2_keys_find(words, word, len);
	for (int i = 0; field->words && field->words[i]; i++)
		if (strlen(field->words[i]) == len &&
		    !memcmp(field->words[i], word, len))
			return i;
	return -1;
}

static void read_word(struct s2_in *in, const struct s2_field *field,
		      const struct s2_keys *words, unsigned int key,
		      struct s2_obj *obj, const struct s2_field_to *to)
{
	size_t len;
	const char *word = read_string(in, &len);
	int i;

	if (!word)
		return;
	i = word_index(field, words, word, len);
	if (i >= 0)
		set_num(obj, key, (uint64_t)i +
			!(field->flags & S2_FIELD_FROM_ZERO));
	else if (to->unknown)
		to->unknown(to->data, field, word);
}

/* Whether it is spelled already, as a name or as any other text */
static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == '\\')
			return false;
	return text[0] != ' ' && text[len - 1] != ' ';
}

const char *s2_field_in_text(struct s2_in *in, struct s2_pool *pool,
			     const struct s2_field *field)
{
	bool is_name = field && s2_field_is_name(field);
	char clean[S2_STRING_MAX];
	const char *kept;
	size_t len;
	const char *text = read_string(in, &len);

	if (!text || !len)
		return NULL;
	if (len >= sizeof(clean) || !is_plain(text, len)) {
		(is_name ? s2_escape_again : s2_text_clean)(
			clean, sizeof(clean), text, len);
		text = clean;
	}
	kept = s2_pool_add(pool, text);
	if (!kept)
		s2_in_fail_nomem(in);
	return kept;
}

void s2_field_in_read(struct s2_in *in, const struct s2_field_in *f,
		      unsigned int key, struct s2_obj *obj,
		      const struct s2_field_to *to)
{
	const struct s2_field *field = &f->field[key];
	const char *text;

	if (!(f->wanted >> key & 1)) {
		s2_in_skip(in);
		return;
	}
	if (s2_in_type(in) == S2_IN_NULL) {
		s2_in_null(in);
		return;
	}
	switch (field->kind) {
	case S2_KIND_BOOL:
		read_bool(in, key, obj);
		break;
	case S2_KIND_NUMBER:
	case S2_KIND_BYTES:
	case S2_KIND_ADDRESS:
	case S2_KIND_TIME:
		read_number(in, key, obj);
		break;
	case S2_KIND_FLAGS:
		read_flags(in, field, f->words[key], key, obj);
		break;
	case S2_KIND_PERM:
		read_perm(in, key, obj);
		break;
	case S2_KIND_ENUM:
		read_word(in, field, f->words[key], key, obj, to);
		break;
	case S2_KIND_STRING:
		text = s2_field_in_text(in, to->pool, field);
		if (text)
			s2_obj_set_str(obj, field->id, text);
		break;
	}
}

/* ---------------------------------------------------------------- objects */

bool s2_field_in_is_object(struct s2_in *in)
{
	if (s2_in_type(in) == S2_IN_OBJECT)
		return true;
	s2_in_bad(in, "not an object");
	return false;
}

bool s2_field_in_is_array(struct s2_in *in)
{
	enum s2_in_type type = s2_in_type(in);

	if (type == S2_IN_NULL)
		s2_in_null(in);
	else if (type != S2_IN_ARRAY)
		s2_in_bad(in, "not an array");
	return type == S2_IN_ARRAY;
}

void s2_field_in_object(struct s2_in *in, const struct s2_field_in *f,
			struct s2_obj *obj, const struct s2_field_to *to)
{
	int key;

	if (!s2_field_in_is_object(in))
		return;
	s2_in_enter(in);
	while (s2_in_key(in, &f->keys, &key)) {
		if (key < 0 || (unsigned int)key >= f->count)
			s2_in_skip(in);
		else
			s2_field_in_read(in, f, (unsigned int)key, obj, to);
	}
}
