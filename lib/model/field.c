// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lookups in the description of fields; values as text */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "model/field.h"
#include "model/field_table.h"

const struct s2_field *s2_fields(enum s2_obj_type type, size_t *count)
{
	const struct s2_field *fields = NULL;

	if (type >= S2_OBJ_HOST && type < S2_OBJ_TYPES)
		fields = s2_field_tables[type].fields;
	if (count)
		*count = fields ? s2_field_tables[type].count : 0;
	return fields;
}

size_t s2_field_stride(void)
{
	return sizeof(struct s2_field);
}

size_t s2_field_count(unsigned int type)
{
	return type < S2_OBJ_TYPES ? s2_field_tables[type].count : 0;
}

const struct s2_field *s2_field_by_id(unsigned int id)
{
	unsigned int type = S2_FIELD_OBJ(id);

	if (S2_FIELD_INDEX(id) >= s2_field_count(type))
		return NULL;
	return &s2_field_tables[type].fields[S2_FIELD_INDEX(id)];
}

const struct s2_field *s2_field_find(enum s2_obj_type type, const char *name)
{
	const struct s2_field *field = s2_fields(type, NULL);

	for (; field && field->name; field++)
		if (!strcmp(field->name, name))
			return field;
	return NULL;
}

/* Number of the first word */
static uint64_t first_num(const struct s2_field *field)
{
	return field->flags & S2_FIELD_FROM_ZERO ? 0 : 1;
}

const char *s2_field_word(const struct s2_field *field, uint64_t num)
{
	for (uint64_t i = 0; field->words && field->words[i]; i++)
		if (i + first_num(field) == num)
			return field->words[i];
	return NULL;
}

uint64_t s2_field_num(const struct s2_field *field, const char *word)
{
	for (uint64_t i = 0; field->words && field->words[i]; i++)
		if (!strcmp(field->words[i], word))
			return i + first_num(field);
	return 0;
}

const char *s2_flag_word(const struct s2_field *field, unsigned int bit,
			 char buf[16])
{
	for (unsigned int i = 0; field->words && field->words[i]; i++)
		if (i == bit && *field->words[i])
			return field->words[i];
	snprintf(buf, 16, "bit-%u", bit);
	return buf;
}

int s2_flag_bit(const struct s2_field *field, const char *word)
{
	uint64_t bit;

	for (int i = 0; *word && field->words && field->words[i]; i++)
		if (!strcmp(field->words[i], word))
			return i;
	if (strncmp(word, "bit-", 4) || s2_text_u64(word + 4, &bit) ||
	    bit > 63)
		return -1;
	return (int)bit;
}

bool s2_field_is_name(const struct s2_field *field)
{
	static const unsigned int names[] = {
		S2_VM_NAME, S2_VM_COMM, S2_FINDING_NAME, S2_CHANGE_NAME,
		S2_DIFF_NAME, S2_REQUIREMENT_NAME,
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (field->id == names[i])
			return true;
	return false;
}

void s2_perm_text(uint64_t perm, char buf[4])
{
	memcpy(buf, "---", 4);
	for (int i = 0; i < 3; i++)
		if (perm >> i & 1)
			buf[i] = "rwx"[i];
}

int s2_perm_parse(const char *text)
{
	int perm = 0;

	for (int i = 0; i < 3; i++) {
		if (text[i] == "rwx"[i])
			perm |= 1 << i;
		else if (text[i] != '-')
			return -1;
	}
	return text[3] ? -1 : perm;
}

/* Appends to @buf as far as there is room; @len counts the whole text */
static void append(char *buf, size_t size, size_t *len, const char *text)
{
	for (; *text; text++, (*len)++)
		if (*len + 1 < size)
			buf[*len] = *text;
}

static void append_flags(const struct s2_field *field, uint64_t mask,
			 char *buf, size_t size, size_t *len)
{
	const char *comma = "";

	for (unsigned int bit = 0; bit < 64; bit++) {
		char name[16];

		if (!(mask >> bit & 1))
			continue;
		append(buf, size, len, comma);
		append(buf, size, len, s2_flag_word(field, bit, name));
		comma = ",";
	}
	if (!mask)
		append(buf, size, len, "none");
}

size_t s2_value_text(const struct s2_field *field, struct s2_value value,
		     char *buf, size_t size)
{
	char tmp[32] = "-";
	const char *text = tmp;
	size_t len = 0;

	if (!value.known)
		goto out;
	switch (field->kind) {
	case S2_KIND_BOOL:
		text = value.num ? "yes" : "no";
		break;
	case S2_KIND_NUMBER:
	case S2_KIND_BYTES:
	case S2_KIND_TIME:
		snprintf(tmp, sizeof(tmp), "%" PRIu64, value.num);
		break;
	case S2_KIND_ADDRESS:
		snprintf(tmp, sizeof(tmp), "0x%" PRIx64, value.num);
		break;
	case S2_KIND_ENUM:
	case S2_KIND_STRING:
		text = value.str ? value.str : "-";
		break;
	case S2_KIND_PERM:
		s2_perm_text(value.num, tmp);
		break;
	case S2_KIND_FLAGS:
		append_flags(field, value.num, buf, size, &len);
		text = "";
		break;
	}
out:
	append(buf, size, &len, text);
	if (size)
		buf[len < size ? len : size - 1] = '\0';
	return len;
}
