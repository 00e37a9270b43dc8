/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_FIELD_TABLE_H
#define S2_FIELD_TABLE_H

#include "model/field.h"

struct s2_field_table {
	const struct s2_field *fields;
	size_t count;
};

/* By type of object */
extern const struct s2_field_table s2_field_tables[S2_OBJ_TYPES];

/* Those of field_compare.c */
#define S2_DIFF_FIELDS		13
#define S2_REQUIREMENT_FIELDS	12
extern const struct s2_field s2_diff_fields[S2_DIFF_FIELDS + 1];
extern const struct s2_field s2_requirement_fields[S2_REQUIREMENT_FIELDS + 1];

#endif /* S2_FIELD_TABLE_H */
