/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs by id, pid, UUID or name: for one, s2_model_find_vm() does */
#ifndef S2_LOOKUP_H
#define S2_LOOKUP_H

#include "model/model.h"
#include "model/who.h"

struct s2_lookup;

/* The VMs must stay where they are.  Return: 0 or -ENOMEM */
int s2_lookup_new(const struct s2_model *model, struct s2_lookup **lookup);
void s2_lookup_free(struct s2_lookup *lookup);

/* As s2_model_find_vm() */
int s2_lookup_vm(const struct s2_lookup *lookup, const char *spec,
		 const struct s2_obj **vm);

/* Whether a VM may be the one that is meant: at least its id or its pid is known */
bool s2_lookup_has(const struct s2_lookup *lookup, const struct s2_who *who);

#endif /* S2_LOOKUP_H */
