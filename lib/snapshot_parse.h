/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_SNAPSHOT_PARSE_H
#define S2_SNAPSHOT_PARSE_H

#include "model.h"

struct json_object;

/*
 * Fills @model from the envelope @root; @name is the file, for error texts.
 * Return: 0, -EINVAL, -EPROTONOSUPPORT or -ENOMEM, with a text.
 */
int s2_snapshot_parse(struct s2_model *model, struct json_object *root,
		      const char *name);

#endif /* S2_SNAPSHOT_PARSE_H */
