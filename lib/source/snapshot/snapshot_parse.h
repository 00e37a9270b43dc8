/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_SNAPSHOT_PARSE_H
#define S2_SNAPSHOT_PARSE_H

#include "model/model.h"

struct json_object;

/*
 * Each returns 0, -EINVAL, -EPROTONOSUPPORT or -ENOMEM, with a text.  @name is
 * the file, for that text.
 */

/* Fills @model from the envelope @root, without VMs; @has_vms: it has them */
int s2_snapshot_parse(struct s2_model *model, struct json_object *root,
		      bool has_vms, const char *name);

/* Adds VM number @n, with its children, to @list; strings are @model's */
int s2_snapshot_parse_vm(struct s2_model *model, struct s2_list *list,
			 struct json_object *json, size_t n, const char *name);

/* What must not be said of two VMs */
int s2_snapshot_check_vms(struct s2_model *model, const char *name);

#endif /* S2_SNAPSHOT_PARSE_H */
