/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: from what a rule saw to an object of the report */
#ifndef S2_FINDING_H
#define S2_FINDING_H

#include "audit/report.h"
#include "audit/rule_table.h"
#include "model/by_num.h"

/**
 * struct s2_merge - findings that more extents of their slot can belong to
 * @first: the first of them; the last is the last of the report
 * @pool: what tells them apart, each with the number of the finding beside it
 */
struct s2_merge {
	size_t first;
	struct s2_pool pool;
};

/**
 * struct s2_place - where a rule saw something
 * @vm: the VM, or NULL for the host
 * @slots: its slots by number, if it is a VM
 * @obj: extent, slot, policy, VM or host
 * @merge: where the findings of extents are remembered, empty for each rule
 * @pair: two mappings instead, whose strings live as long as they are needed
 */
struct s2_place {
	const struct s2_obj *vm;
	const struct s2_by_num *slots;
	const struct s2_obj *obj;
	struct s2_merge *merge;
	const struct s2_pair *pair;
};

/*
 * Adds a finding, or merges it with that of the same rule, slot and evidence.
 * @hit's evidence is completed from the object.
 * Return: 0 or -ENOMEM.
 */
int s2_finding_add(struct s2_report *report, const struct s2_rule *rule,
		   const struct s2_place *place, struct s2_hit *hit);

/*
 * Tells the keys of findings from @first on apart, should two be the same:
 * slots of a snapshot can overlap.  Return: 0 or -ENOMEM.
 */
int s2_finding_unique_keys(struct s2_report *report, size_t first);

/* Worst first, then by rule, VM and address; never 0 for two that differ */
int s2_finding_cmp(const void *a, const void *b);

#endif /* S2_FINDING_H */
