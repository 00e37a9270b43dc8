// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "frame/text.h"
#include "screen/value.h"

const struct s2_field *value_field(unsigned int id)
{
	const struct s2_field *f = s2_fields((enum s2_obj_type)(id >> 8), NULL);

	while (f->id != id)
		f++;
	return f;
}

static char *copy(const char *text)
{
	char *new = strdup(text);

	return new ? new : text_lose();
}

/* What the library makes of it. */
static char *plain_text(const struct s2_field *field, struct s2_value value)
{
	size_t n = s2_value_text(field, value, NULL, 0);
	char *text = malloc(n + 1), *safe;

	if (!text)
		return text_lose();
	s2_value_text(field, value, text, n + 1);
	safe = text_safe(text);
	free(text);
	return safe;
}

char *value_text(const struct s2_field *field, struct s2_value value,
		 unsigned int style)
{
	char size[TEXT_SIZE_MAX], time[TEXT_TIME_MAX], *text;

	if (field->kind == S2_KIND_BYTES && value.known &&
	    !(style & VALUE_EXACT))
		return copy(text_size(size, value.num));
	if (field->kind == S2_KIND_TIME && value.known && (style & VALUE_DATE) &&
	    text_time(time, value.num, false))
		return copy(time);
	text = plain_text(field, value);
	if (text && field->kind == S2_KIND_FLAGS && (style & VALUE_SPACED))
		for (char *c = text; (c = strchr(c, ','));)
			*c = ' ';
	return text;
}
