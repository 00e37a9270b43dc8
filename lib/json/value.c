// SPDX-License-Identifier: LGPL-2.1-or-later
/* The value of a field as JSON: the one place that says how each kind is written */
#include <errno.h>
#include <json-c/json.h>

#include "json/json.h"
#include "model/field.h"

static struct json_object *flags(const struct s2_field *field, uint64_t mask)
{
	struct json_object *array = json_object_new_array();
	char name[16];

	for (unsigned int bit = 0; array && bit < 64; bit++) {
		struct json_object *word;

		if (!(mask >> bit & 1))
			continue;
		word = json_object_new_string(s2_flag_word(field, bit, name));
		if (!word || json_object_array_add(array, word)) {
			json_object_put(word);
			json_object_put(array);
			array = NULL;
		}
	}
	return array;
}

static struct json_object *convert(const struct s2_field *field,
				   struct s2_value value)
{
	char perm[4];

	switch (field->kind) {
	case S2_KIND_BOOL:
		return json_object_new_boolean(value.num != 0);
	case S2_KIND_NUMBER:
	case S2_KIND_BYTES:
	case S2_KIND_ADDRESS:
	case S2_KIND_TIME:
		break;
	case S2_KIND_FLAGS:
		return flags(field, value.num);
	case S2_KIND_PERM:
		s2_perm_text(value.num, perm);
		return json_object_new_string(perm);
	case S2_KIND_ENUM:
	case S2_KIND_STRING:
		return json_object_new_string(value.str);
	}
	return json_object_new_uint64(value.num);
}

int s2_json_value(const struct s2_field *field, struct s2_value value,
		  struct json_object **json)
{
	bool is_text = field->kind == S2_KIND_ENUM ||
		field->kind == S2_KIND_STRING;

	*json = NULL;
	if (!value.known || (is_text && !value.str))
		return 0;
	*json = convert(field, value);
	return *json ? 0 : -ENOMEM;
}
