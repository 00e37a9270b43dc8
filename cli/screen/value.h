/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of fields as text: the one place that says how each kind looks to people.
 * s2_json_value() is the same for JSON.
 */
#ifndef S2CTL_VALUE_H
#define S2CTL_VALUE_H

#include <s2ctl.h>

/* How it is to look: a mask */
enum value_style {
	VALUE_EXACT = 1 << 0,	/* sizes in bytes, not as "4K" */
	VALUE_DATE = 1 << 1,	/* times as "2026-03-31 12:00:00 UTC" */
	VALUE_SPACED = 1 << 2,	/* several words with spaces, not commas */
};

/* The description of a field. */
const struct s2_field *value_field(unsigned int id);

/*
 * The text of a value, "-" if it is not known; to be freed.  NULL when out of
 * memory.
 */
char *value_text(const struct s2_field *field, struct s2_value value,
		 unsigned int style);

#endif /* S2CTL_VALUE_H */
