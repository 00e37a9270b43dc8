/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a stage-2 page table that its VM may be changing.
 *
 * The table is read in parts.  A part counts only if nothing was taken away meanwhile:
 * the VM's counters of invalidations and of slots are the same before and after, and
 * each table is still the one that its parent points to.  Else the part is read again,
 * a bounded number of times.
 */
#ifndef S2_CORE_WALK_H
#define S2_CORE_WALK_H

#include "source/core/memmap.h"

#define S2_MEMATTR_NONE	255u

/* How often a part is read before it is given up */
#define S2_WALK_TRIES	100

/* A run of entries that are alike; @memattr S2_MEMATTR_NONE: nothing is mapped */
struct s2_run {
	uint64_t gpa;
	uint64_t bytes;
	uint64_t hpa;
	uint32_t facts;
	uint8_t memattr;
	uint8_t perm;
	bool facts_known;
};

/* What a reading rests on; see s2_guard_read() */
struct s2_guard {
	uint64_t seq;
	uint64_t in_progress;
	uint64_t slots;
	uint64_t generation;
	uint64_t pgt;
};

/* One level of the table, as it was read */
struct s2_level {
	uint64_t pa;
	uint64_t gpa;		/* of its first entry */
	uint32_t count;		/* entries; 0: not read */
	uint32_t room;
	unsigned int shift;	/* log2 of what an entry maps */
	uint64_t entry_at;	/* physical address of the entry that points here */
	uint64_t entry;
	uint64_t *data;
};

#define S2_LEVELS	5	/* -1 to 3 */

/**
 * struct s2_walk - a page table, and how far it was read
 * @image, @layout, @map: the kernel
 * @kvm: address of its struct kvm
 * @pgt: address of its struct kvm_pgtable, as long as there is one
 * @live: it can change
 * @phys: runs end where physical addresses do not follow on
 * @root: physical address of the table
 * @start_level, @ia_bits: what it begins with
 * @lpa2: addresses have 52 bits, in pages of 4 or 16 KiB
 * @level: by number, from @start_level on; @level[0] is the root
 * @run: runs of the part being read
 */
struct s2_walk {
	struct s2_image *image;
	const struct s2_layout *layout;
	struct s2_memmap *map;
	uint64_t kvm;
	uint64_t pgt;
	bool live;
	bool phys;
	uint64_t root;
	int start_level;
	unsigned int ia_bits;
	bool lpa2;
	struct s2_level level[S2_LEVELS];
	struct s2_run *run;
	size_t runs;
	size_t tables;
	size_t entries;
	bool too_many;
};

typedef int (*s2_run_fn)(void *data, const struct s2_run *run);

/*
 * What changes whenever something is taken out of the tables or the slots.  Return: 0
 * or why it cannot be read.
 */
int s2_guard_read(struct s2_image *image, const struct s2_layout *layout,
		  uint64_t kvm, struct s2_guard *guard);

/* Whether nothing was taken away between two readings */
bool s2_guard_holds(const struct s2_guard *before, const struct s2_guard *after);

/* Makes room for what the page table needs.  Return: 0, -ENOMEM; -EBADMSG: no table is such */
int s2_walk_open(struct s2_walk *walk);
void s2_walk_close(struct s2_walk *walk);

/*
 * Calls @fn for each run from @gpa up to @end, what is not mapped too.  Return: 0, what
 * @fn did; -EINTR: it changed each time; -ELOOP: more entries than the dump has room for;
 * or why a table cannot be read
 */
int s2_walk_range(struct s2_walk *walk, uint64_t gpa, uint64_t end,
		  s2_run_fn fn, void *data);

#endif /* S2_CORE_WALK_H */
