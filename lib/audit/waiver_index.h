/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waivers by what they are for, so that a finding is not compared with each */
#ifndef S2_WAIVER_INDEX_H
#define S2_WAIVER_INDEX_H

#include "audit/waiver.h"

struct s2_waiver_index;

/* Return: 0 or -ENOMEM */
int s2_waiver_index_new(const struct s2_waivers *waivers,
			struct s2_waiver_index **index);
void s2_waiver_index_free(struct s2_waiver_index *index);

/*
 * Of the waivers that are for a finding the one that holds longest, or NULL.
 * Each of them is counted.
 */
struct s2_waiver *s2_waiver_index_find(struct s2_waiver_index *index,
				       const struct s2_obj *finding);

/* For how many findings the n-th waiver was */
size_t s2_waiver_index_count(const struct s2_waiver_index *index, size_t n);

#endif /* S2_WAIVER_INDEX_H */
