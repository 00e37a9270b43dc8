/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_JSON_READ_H
#define S2_JSON_READ_H

#include "base/ctx.h"

struct json_object;

/*
 * Reads one JSON document, at most 256 MiB, nested at most 16 deep.  @name is
 * the file and @what what it should be ("a snapshot"), for error texts.  Free
 * @root with json_object_put().
 * Return: 0, -errno of reading, -EFBIG, -EBADMSG or -ENOMEM, with a text.
 */
int s2_json_read(struct s2_ctx *ctx, FILE *file, const char *name,
		 const char *what, struct json_object **root);

#endif /* S2_JSON_READ_H */
