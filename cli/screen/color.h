/* SPDX-License-Identifier: GPL-2.0-only */
/* One choice of colours, for tables, words and the map. */
#ifndef S2CTL_COLOR_H
#define S2CTL_COLOR_H

#include <s2ctl.h>

#define COLOR_RESET "\033[m"

/* Escape sequence for a value, or NULL for the terminal's own colour. */
const char *color_of_value(const struct s2_field *field, struct s2_value value);
const char *color_of_word(const char *word);

#endif /* S2CTL_COLOR_H */
