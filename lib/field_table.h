/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_FIELD_TABLE_H
#define S2_FIELD_TABLE_H

#include "object.h"

struct s2_field_table {
	const struct s2_field *fields;
	size_t count;
};

/* By type of object */
extern const struct s2_field_table s2_field_tables[S2_OBJ_TYPES];

#endif /* S2_FIELD_TABLE_H */
