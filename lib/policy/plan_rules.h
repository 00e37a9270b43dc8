/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which rules of a site policy are for a VM */
#ifndef S2_PLAN_RULES_H
#define S2_PLAN_RULES_H

#include "policy/site.h"

struct s2_bound_rule;

/**
 * struct s2_rules - the rules of a site, and those of them for one VM
 * @site: the site policy
 * @any: numbers of the rules that are for no process alone
 * @nr_any: how many
 * @bound: the others, in order of process
 * @nr_bound: how many
 * @match: numbers of the rules for the VM, in order
 * @count: how many
 * @maybe: for one more it is not known
 */
struct s2_rules {
	const struct s2_site *site;
	size_t *any;
	size_t nr_any;
	struct s2_bound_rule *bound;
	size_t nr_bound;
	size_t *match;
	size_t count;
	bool maybe;
};

/* Return: 0 or -ENOMEM; then free it with s2_rules_close() */
int s2_rules_open(struct s2_rules *rules, const struct s2_site *site);
void s2_rules_close(struct s2_rules *rules);

/*
 * Works out which rules are for a VM; @problems: where to note what they take and
 * is not known.  Return: 0 or -ENOMEM
 */
int s2_rules_match(struct s2_rules *rules, const struct s2_obj *vm,
		   struct s2_model *problems);

#endif /* S2_PLAN_RULES_H */
