/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sorts any number of records in bounded memory: sorted runs go to a temporary
 * file and are merged.  n log n in their number.
 */
#ifndef S2_SORTER_H
#define S2_SORTER_H

#include "base/ctx.h"

struct s2_sorter;

/* Records of @size bytes, in the order of @cmp */
int s2_sorter_new(struct s2_ctx *ctx, size_t size,
		  int (*cmp)(const void *a, const void *b),
		  struct s2_sorter **sorter);
void s2_sorter_free(struct s2_sorter *sorter);

/* Return: 0, -errno of a temporary file, -ENOMEM */
int s2_sorter_add(struct s2_sorter *sorter, const void *record);

/* Calls @fn for each record in order.  Once only.  Return: as s2_sorter_add(),
 * or what @fn returned if that was not 0
 */
int s2_sorter_each(struct s2_sorter *sorter,
		   int (*fn)(void *data, const void *record), void *data);

#endif /* S2_SORTER_H */
