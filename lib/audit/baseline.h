/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A baseline: what an audit found before */
#ifndef S2_BASELINE_H
#define S2_BASELINE_H

#include "audit/audit.h"
#include "model/model.h"

/**
 * struct s2_known - a finding of the baseline
 * @id: what it is recognised by, see struct s2_known_set
 * @severity: enum s2_severity; 0 if it was waived or the word is not known
 */
struct s2_known {
	char *id;
	unsigned int severity;
};

/* Findings in order of @id */
struct s2_known_set {
	struct s2_known *known;
	size_t count;
	size_t room;
};

/* Faults that constraints refused, or would have but for the audit mode */
struct s2_counters {
	uint64_t denied;
	uint64_t would_deny;
};

/**
 * struct s2_counted - what the counters of a place were
 * @vm: identity of the VM
 * @of_slot: it is a slot, and not a class
 * @num: number of the slot, or enum kvm_s2_class
 * @n: what is said of the same place later counts: the slot itself says it
 *	behind its policy
 * @counters: the counters
 */
struct s2_counted {
	uint64_t vm;
	bool of_slot;
	uint64_t num;
	size_t n;
	struct s2_counters counters;
};

/**
 * struct s2_baseline - see s2ctl.h
 * @boot_id: of the host, or NULL
 * @by_key: findings, by key
 * @by_place: all findings, by rule, VM, slot, address and statement
 * @keyless: those of them that have no key
 * @vms: VMs with an id, their slots and policies
 * @counted: the counters of those, in order of VM and place, each once
 * @nr_counted: how many
 */
struct s2_baseline {
	struct s2_ctx *ctx;
	struct s2_pool pool;
	const char *boot_id;
	struct s2_known_set by_key;
	struct s2_known_set by_place;
	struct s2_known_set keyless;
	struct s2_list vms;
	struct s2_counted *counted;
	size_t nr_counted;
};

/*
 * Once all is read and the sets are in order: so that what is looked up is found
 * without a search.  Return: 0 or -ENOMEM, with a text
 */
int s2_baseline_settle(struct s2_baseline *baseline);

/*
 * What was counted for a slot of a VM, or with S2_ANY_SLOT for a class.  Nothing,
 * where it is not known or was another boot: they begin at zero.
 */
struct s2_counters s2_baseline_counters(const struct s2_baseline *baseline,
					const char *boot_id,
					const struct s2_obj *vm, uint32_t slot,
					unsigned int class);

/*
 * What tells a finding from others where it has no key; free it.  @boot_id: of
 * the host, or NULL.  Return: NULL without memory
 */
char *s2_finding_place(const struct s2_obj *finding, const char *boot_id);

#endif /* S2_BASELINE_H */
