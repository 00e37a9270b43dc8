/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's guest-physical addresses cut into cells, for whoever draws them. */
#ifndef S2CTL_REGION_H
#define S2CTL_REGION_H

#include <stddef.h>
#include <stdint.h>

#include <s2ctl.h>

#define REGION_MIN_CELL 4096

/* Which types were seen in a cell: a mask */
enum region_seen {
	SEEN_UNMAPPED = 1 << 0,
	SEEN_WB = 1 << 1,
	SEEN_NC = 1 << 2,
	SEEN_DEVICE = 1 << 3,
	SEEN_OTHER = 1 << 4,		/* mixed, or not known */
};

#define SEEN_BITS 5

/* A run of addresses that extents cover */
struct region {
	uint64_t start;
	uint64_t last;			/* inclusive: the end may be 2^64 */
	const struct s2_obj *first;	/* extent */
	const struct s2_obj *after;	/* the extent behind it, or NULL */
};

/* The region that begins with this extent */
struct region region_from(const struct s2_obj *extent);

/* Bytes a cell: the least power of two that cuts it into at most max cells */
uint64_t region_cell(const struct region *r, uint64_t max);

/* How many cells of that size */
size_t region_cells(const struct region *r, uint64_t cell);

/*
 * The mask of enum region_seen of each of the n cells; to be freed.  NULL when
 * out of memory.
 */
unsigned char *region_seen(const struct region *r, uint64_t cell, size_t n);

/* The type of an extent: one of enum region_seen */
unsigned int region_seen_in(const struct s2_obj *extent);

#endif /* S2CTL_REGION_H */
