/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules.  A rule looks and says what it saw; it neither prints nor allocates.
 * Its texts for people are in word_table.c under the same id.
 */
#ifndef S2_RULE_TABLE_H
#define S2_RULE_TABLE_H

#include "audit/audit.h"
#include "model/by_num.h"
#include "model/model.h"

struct s2_pair;
struct s2_plan;
struct s2_site;

/**
 * struct s2_hit - what a rule saw in one object
 * @severity: enum s2_severity
 * @statement: one line
 * @evidence: what the rule adds to the evidence that is the object's own; of a
 *	text only the pointer is kept until the rule is asked again
 */
struct s2_hit {
	int severity;
	char statement[160];
	struct s2_obj *evidence;
};

/* What a check returns */
enum s2_check {
	S2_CHECK_CLEAN = 0,
	S2_CHECK_HIT = 1,
	S2_CHECK_UNKNOWN = 2,	/* facts are missing */
};

/**
 * struct s2_look - what a rule may look at beside the object
 * @model: the model that it is in
 * @host: the host of that
 * @vm: the VM that it is in, NULL for the host
 * @slots: its slots by number
 * @forced: its extents of forced wb by slot, if a policy asks for FEAT_S2FWB
 * @forced_classes: mask of the classes of those
 * @site: site policy or NULL
 * @host_plan: what that makes of the host's policies, if there is one
 * @vm_plan: what that makes of the VM's, if there is one
 * @changes: those of its changes that are for a slot, by its number
 * @classes: mask of 1 << enum kvm_s2_class: memory in use, of all VMs so far
 * @baseline: what an older audit found, or NULL
 * @boot_id: of the host, or NULL
 * @text: room for a text of the evidence
 */
struct s2_look {
	const struct s2_model *model;
	const struct s2_obj *host;
	const struct s2_obj *vm;
	struct s2_by_num slots;
	struct s2_by_num forced;
	unsigned int forced_classes;
	const struct s2_site *site;
	const struct s2_plan *host_plan;
	const struct s2_plan *vm_plan;
	struct s2_by_num changes;
	unsigned int classes;
	const struct s2_baseline *baseline;
	const char *boot_id;
	char text[S2_TEXT_MAX];
};

typedef enum s2_check (*s2_check_fn)(struct s2_look *look,
				     const struct s2_obj *obj,
				     struct s2_hit *hit);

/**
 * struct s2_rule - a rule
 * @id: permanent identifier
 * @evidence: mask of the evidence that tells findings of a slot apart, by
 *	index of field; what differs otherwise is merged
 * @needs: S2_LOAD_* beside extents, without which it does not run
 * @uses: S2_LOAD_* that it looks at where they were loaded
 * @series_only: what it looks at is kept by a kernel with the series alone, so that
 *	it does not run over what was read from the kernel's memory
 * @fact: what it needs to know, in words, for where that cannot be known
 * @extent: looks at one extent
 * @slot: looks at one slot of a VM
 * @policy: looks at one policy of a VM
 * @vm: looks at one VM
 * @host: looks at the host, when all VMs have been looked at
 * @pair: looks at two mappings of the same host memory; see alias.h
 *
 * Each function may be NULL.  None is called for what is not known; a VM
 * without known extents is said to be not audited.
 */
struct s2_rule {
	const char *id;
	uint32_t evidence;
	unsigned int needs;
	unsigned int uses;
	bool series_only;
	const char *fact;
	s2_check_fn extent;
	s2_check_fn slot;
	s2_check_fn policy;
	s2_check_fn vm;
	s2_check_fn host;
	enum s2_check (*pair)(const struct s2_pair *pair, struct s2_hit *hit);
};

/* Ends with an entry whose id is NULL */
extern const struct s2_rule s2_rules[];

/* Number of a rule in the table, or -1 */
int s2_rule_find(const char *id);

/* Rules about policies, in rule_policy.c */
enum s2_check s2_rule_unapproved(struct s2_look *look,
				 const struct s2_obj *extent,
				 struct s2_hit *hit);
enum s2_check s2_rule_no_host_policy(struct s2_look *look,
				     const struct s2_obj *host,
				     struct s2_hit *hit);
enum s2_check s2_rule_breaks_site(struct s2_look *look,
				  const struct s2_obj *extent,
				  struct s2_hit *hit);
enum s2_check s2_rule_site_not_set(struct s2_look *look,
				   const struct s2_obj *obj,
				   struct s2_hit *hit);
enum s2_check s2_rule_denied_slot(struct s2_look *look,
				  const struct s2_obj *slot,
				  struct s2_hit *hit);
enum s2_check s2_rule_denied_policy(struct s2_look *look,
				    const struct s2_obj *policy,
				    struct s2_hit *hit);
/* Whether a policy allows wb on CPUs with FEAT_S2FWB only */
bool s2_rule_asks_for_fwb(const struct s2_obj *policy);
enum s2_check s2_rule_needs_fwb(struct s2_look *look,
				const struct s2_obj *policy,
				struct s2_hit *hit);

#endif /* S2_RULE_TABLE_H */
