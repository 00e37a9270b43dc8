/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_COMBINE_H
#define S2_COMBINE_H

#include "model/object.h"
#include "policy/policy.h"

/* Sets the fields of an object of type S2_OBJ_COMBINATION */
void s2_combination_fill(struct s2_obj *obj, const struct s2_combination *c);

#endif /* S2_COMBINE_H */
