/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects from JSON, by the description of their fields */
#ifndef S2_FIELD_IN_H
#define S2_FIELD_IN_H

#include "base/json_in.h"
#include "model/object.h"

/* Different lists of words that the fields of one file's objects have */
#define S2_FIELD_IN_WORDS	24

/* The words of fields, ready to be found */
struct s2_words_in {
	struct {
		const char *const *words;
		struct s2_keys keys;
	} list[S2_FIELD_IN_WORDS];
	unsigned int count;
};

/**
 * struct s2_field_in - how objects of one type are read
 * @field: their fields
 * @count: how many
 * @wanted: mask of those that are read
 * @keys: their names, in order, and behind them what the caller has added
 * @words: of each field, or NULL
 */
struct s2_field_in {
	const struct s2_field *field;
	unsigned int count;
	uint64_t wanted;
	struct s2_keys keys;
	const struct s2_keys *words[S2_FIELDS_MAX];
};

/**
 * struct s2_field_to - where what is read goes
 * @pool: strings
 * @unknown: called for a word that a field does not have; the field is left absent
 * @data: for @unknown
 */
struct s2_field_to {
	struct s2_pool *pool;
	void (*unknown)(void *data, const struct s2_field *field,
			const char *word);
	void *data;
};

/*
 * Gets ready for objects of @type.  @ids: the fields that are wanted, ending with 0,
 * or NULL for all that do not follow from others.  More keys may be added to @keys
 * then; s2_keys_finish() is the caller's.
 */
void s2_field_in_init(struct s2_field_in *f, struct s2_words_in *words,
		      enum s2_obj_type type, const unsigned int *ids);

/* The value of key number @key, which is a field's, into @obj; null is absent */
void s2_field_in_read(struct s2_in *in, const struct s2_field_in *f,
		      unsigned int key, struct s2_obj *obj,
		      const struct s2_field_to *to);

/*
 * All of an object.  Keys that this version does not know are left alone, for
 * additions are allowed.
 */
void s2_field_in_object(struct s2_in *in, const struct s2_field_in *f,
			struct s2_obj *obj, const struct s2_field_to *to);

/* Whether an object is next; else that is said */
bool s2_field_in_is_object(struct s2_in *in);

/* Whether an array is next; null is taken, and is none */
bool s2_field_in_is_array(struct s2_in *in);

/*
 * A text, made safe, in a pool; NULL if there is nothing in it, or an error.
 * @field: what it is, for names are spelled in a way of their own; NULL: no field
 */
const char *s2_field_in_text(struct s2_in *in, struct s2_pool *pool,
			     const struct s2_field *field);

#endif /* S2_FIELD_IN_H */
