/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waivers: findings that a site has accepted, for a time */
#ifndef S2_WAIVER_H
#define S2_WAIVER_H

#include "audit/audit.h"
#include "model/model.h"

#define S2_WAIVERS_MAX	4096

/**
 * struct s2_waiver - one waiver
 * @id: its name
 * @line: where it stands in the file
 * @rule: id of the rule, as the vocabulary has it
 * @uuid: the VM's UUID, or NULL
 * @name: the VM's name, or NULL
 * @has_range: whether @gpa and @bytes count
 * @gpa: first guest-physical address
 * @bytes: how many, which does not wrap around
 * @has_slot: whether @slot counts
 * @slot: number of a slot
 * @statement: why it is accepted
 * @expires: first second in which it does not hold
 * @resurfaced: findings that it would have waived in its time
 */
struct s2_waiver {
	const char *id;
	unsigned int line;
	const char *rule;
	const char *uuid;
	const char *name;
	bool has_range;
	uint64_t gpa;
	uint64_t bytes;
	bool has_slot;
	uint32_t slot;
	const char *statement;
	uint64_t expires;
	size_t resurfaced;
};

struct s2_waiver_index;

/**
 * struct s2_waivers - see audit.h
 * @pool: its strings
 * @file: where they stand
 * @waiver: the waivers, in the order of the file
 * @count: how many
 * @index: which of them are for a finding
 */
struct s2_waivers {
	struct s2_ctx *ctx;
	struct s2_pool pool;
	const char *file;
	struct s2_waiver *waiver;
	size_t count;
	struct s2_waiver_index *index;
};

/* Adds the waivers of a file.  Return: as s2_waivers_load() */
int s2_waivers_read(struct s2_waivers *waivers, const char *path);

#endif /* S2_WAIVER_H */
