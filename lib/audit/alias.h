/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Host memory that is mapped with different types (S2-004): mappings are
 * collected, sorted by host-physical address and compared where they overlap.
 */
#ifndef S2_ALIAS_H
#define S2_ALIAS_H

#include "model/by_num.h"
#include "model/model.h"
#include "model/who.h"

/**
 * struct s2_mapping - one mapping of host memory
 * @who: which VM
 * @name: its name or NULL
 * @uuid: its UUID or NULL
 * @has_slot: whether it is in a slot
 * @io: whether it may be a BAR, whose address is no secret
 * @type: enum kvm_s2_type
 * @mem_class: enum kvm_s2_class, or 0
 * @slot: number of the slot
 * @gpa: where the overlap begins in the VM
 * @slot_gpa: where the slot begins; @gpa if it has none
 */
struct s2_mapping {
	struct s2_who who;
	const char *name;
	const char *uuid;
	bool has_slot;
	bool io;
	unsigned int type;
	unsigned int mem_class;
	uint32_t slot;
	uint64_t gpa;
	uint64_t slot_gpa;
};

/**
 * struct s2_pair - two slots that have host memory in common
 * @a: one of the two
 * @b: the other
 * @hpa: the first such host-physical address
 * @bytes: how much memory
 * @count: in how many pieces
 */
struct s2_pair {
	struct s2_mapping a;
	struct s2_mapping b;
	uint64_t hpa;
	uint64_t bytes;
	uint64_t count;
};

struct s2_alias;

int s2_alias_new(struct s2_ctx *ctx, struct s2_alias **alias);
void s2_alias_free(struct s2_alias *alias);

/*
 * Takes the mappings of a VM in; @slots: its slots by number.  @unknown is set if
 * some have no host-physical address or type.  Return: 0; -errno of a temporary
 * file; -ENOMEM.
 */
int s2_alias_add(struct s2_alias *alias, const struct s2_obj *vm,
		 const struct s2_by_num *slots, bool *unknown);

/*
 * Calls @fn for each pair of slots.  @more is set if there are more than are
 * kept.  Return: 0, what @fn returned if that was not 0, or as s2_alias_add().
 */
int s2_alias_pairs(struct s2_alias *alias,
		   int (*fn)(void *data, const struct s2_pair *pair),
		   void *data, bool *more);

#endif /* S2_ALIAS_H */
