// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "screen/region.h"

static uint64_t start_of(const struct s2_obj *e)
{
	return s2_obj_num(e, S2_EXTENT_GPA, 0);
}

static uint64_t last_of(const struct s2_obj *e)
{
	uint64_t bytes = s2_obj_num(e, S2_EXTENT_BYTES, 1);

	return start_of(e) + (bytes ? bytes - 1 : 0);
}

/* Extents come in order; those of a snapshot may overlap. */
struct region region_from(const struct s2_obj *e)
{
	struct region r = { start_of(e), last_of(e), e, NULL };

	for (e = s2_obj_next(e); e; e = s2_obj_next(e)) {
		if (r.last != UINT64_MAX && start_of(e) > r.last + 1)
			break;
		if (last_of(e) > r.last)
			r.last = last_of(e);
	}
	r.after = e;
	return r;
}

uint64_t region_cell(const struct region *r, uint64_t max)
{
	uint64_t cell = REGION_MIN_CELL;

	while ((r->last - r->start) / cell >= max)
		cell *= 2;
	return cell;
}

size_t region_cells(const struct region *r, uint64_t cell)
{
	return (size_t)((r->last - r->start) / cell) + 1;
}

unsigned int region_seen_in(const struct s2_obj *e)
{
	static const struct {
		const char *word;
		unsigned int bit;
	} bits[] = {
		{ "unmapped", SEEN_UNMAPPED },
		{ "wb", SEEN_WB },
		{ "nc", SEEN_NC },
		{ "device", SEEN_DEVICE },
	};
	const char *type = s2_obj_str(e, S2_EXTENT_MAPPED);

	for (size_t i = 0; type && i < sizeof(bits) / sizeof(*bits); i++)
		if (!strcmp(type, bits[i].word))
			return bits[i].bit;
	return SEEN_OTHER;
}

/* Number of the one bit that is set */
static unsigned int bit_of(unsigned int seen)
{
	unsigned int bit = 0;

	while (seen >>= 1)
		bit++;
	return bit;
}

/*
 * Where extents of a type begin and end is counted, and how many there are in a
 * cell is the sum up to it: each extent takes two steps, however many cells it
 * covers.
 */
unsigned char *region_seen(const struct region *r, uint64_t cell, size_t n)
{
	ssize_t (*change)[SEEN_BITS] = calloc(n + 1, sizeof(*change));
	unsigned char *seen = calloc(n, 1);
	ssize_t here[SEEN_BITS] = { 0 };

	for (const struct s2_obj *e = r->first; change && e != r->after;
	     e = s2_obj_next(e)) {
		unsigned int bit = bit_of(region_seen_in(e));

		change[(start_of(e) - r->start) / cell][bit]++;
		change[(last_of(e) - r->start) / cell + 1][bit]--;
	}
	for (size_t i = 0; seen && change && i < n; i++) {
		for (unsigned int bit = 0; bit < SEEN_BITS; bit++) {
			here[bit] += change[i][bit];
			if (here[bit])
				seen[i] |= (unsigned char)(1u << bit);
		}
	}
	if (!change) {
		free(seen);
		seen = NULL;
	}
	free(change);
	return seen;
}
