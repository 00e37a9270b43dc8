// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "screen/color.h"

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define MAGENTA "\033[35m"
#define BOLD_RED "\033[1;31m"
#define DIM "\033[2m"

static const struct {
	const char *word;
	const char *color;
} colors[] = {
	{ "wb", GREEN },
	{ "nc", YELLOW },
	{ "device", MAGENTA },
	{ "mixed", BOLD_RED },
	{ "unmapped", DIM },
	{ "would-deny", YELLOW },
	{ "deny", RED },
	{ "weak", YELLOW },
	{ "medium", YELLOW },
	{ "high", RED },
	{ "critical", BOLD_RED },
};

const char *color_of_word(const char *word)
{
	for (size_t i = 0; word && i < sizeof(colors) / sizeof(*colors); i++)
		if (!strcmp(colors[i].word, word))
			return colors[i].color;
	return NULL;
}

const char *color_of_value(const struct s2_field *field, struct s2_value value)
{
	if (!value.known || field->kind != S2_KIND_ENUM)
		return NULL;
	return color_of_word(value.str);
}
