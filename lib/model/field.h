/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields: lookups in the one description of what objects hold */
#ifndef S2_FIELD_H
#define S2_FIELD_H

#include "model/program.h"
#include "s2ctl.h"

#define S2_OBJ_TYPES		(S2_OBJ_REQUIREMENT + 1)
#define S2_FIELD_OBJ(id)	((id) >> 8)
#define S2_FIELD_INDEX(id)	((id) & 0xff)
#define S2_FIELDS_MAX		32

size_t s2_field_count(unsigned int type);

/* NULL if there is no such field */
const struct s2_field *s2_field_by_id(unsigned int id);

/*
 * Words and numbers of S2_KIND_ENUM (number n is words[n - 1], for 0 is "not
 * known"; with S2_FIELD_FROM_ZERO it is words[n]) and S2_KIND_FLAGS (bit n is words[n], "" where no bit is
 * defined).
 */
const char *s2_field_word(const struct s2_field *field, uint64_t num);

/* Return: the number, or 0 for an unknown word */
uint64_t s2_field_num(const struct s2_field *field, const char *word);

/*
 * Name of one flag: its word, or "bit-N" in @buf for a bit that this version
 * does not know.
 */
const char *s2_flag_word(const struct s2_field *field, unsigned int bit,
			 char buf[16]);

/* Return: the bit that @word names, or -1 */
int s2_flag_bit(const struct s2_field *field, const char *word);

/* Whether its text is a name that its owner chose: spelled as by s2_escape() */
bool s2_field_is_name(const struct s2_field *field);

/* "rwx", "r--" ... */
void s2_perm_text(uint64_t perm, char buf[4]);

/* Return: the mask, or -1 if @text is not of that form */
int s2_perm_parse(const char *text);

#endif /* S2_FIELD_H */
