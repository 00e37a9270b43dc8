// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules for a VM.  Those of a libvirt domain are bound to its process, and there
 * may be as many domains as VMs: only those of the VM's own are looked at.
 */
#include <errno.h>
#include <stdlib.h>

#include "model/who.h"
#include "policy/plan_rules.h"

struct s2_bound_rule {
	uint64_t pid;
	size_t number;
};

static int cmp_bound(const void *a, const void *b)
{
	const struct s2_bound_rule *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

int s2_rules_open(struct s2_rules *rules, const struct s2_site *site)
{
	*rules = (struct s2_rules){
		.site = site,
		.any = calloc(site->count + 1, sizeof(*rules->any)),
		.bound = calloc(site->count + 1, sizeof(*rules->bound)),
		.match = calloc(site->count + 1, sizeof(*rules->match)),
	};
	if (!rules->any || !rules->bound || !rules->match) {
		s2_rules_close(rules);
		return s2_fail_nomem(site->ctx);
	}
	for (size_t i = 0; i < site->count; i++) {
		uint64_t pid = site->rule[i].pid;

		if (pid)
			rules->bound[rules->nr_bound++] =
				(struct s2_bound_rule){ pid, i };
		else
			rules->any[rules->nr_any++] = i;
	}
	qsort(rules->bound, rules->nr_bound, sizeof(*rules->bound), cmp_bound);
	return 0;
}

void s2_rules_close(struct s2_rules *rules)
{
	free(rules->any);
	free(rules->bound);
	free(rules->match);
	*rules = (struct s2_rules){ .site = NULL };
}

/* The first rule for this process or a later one */
static size_t first_bound(const struct s2_rules *rules, uint64_t pid)
{
	size_t low = 0, high = rules->nr_bound;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rules->bound[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int match_rule(struct s2_rules *rules, size_t number,
		      const struct s2_obj *vm, struct s2_model *problems)
{
	const struct s2_site_rule *rule = &rules->site->rule[number];
	enum s2_match match = S2_MATCH_YES;
	char title[S2_WHO_MAX];
	const char *why = NULL;

	if (rule->per_vm)
		match = s2_site_match_vm(rule, vm, &why);
	if (match == S2_MATCH_YES)
		rules->match[rules->count++] = number;
	if (match != S2_MATCH_UNKNOWN)
		return 0;
	rules->maybe = true;
	s2_vm_title(vm, title, sizeof(title));
	return s2_model_problem(problems, S2_PROBLEM_FACTS_MISSING, vm,
				"rule '%s': the %s of %s%s is not known",
				rule->id, why,
				s2_obj_has(vm, S2_VM_ID) ? "" : "the ", title);
}

int s2_rules_match(struct s2_rules *rules, const struct s2_obj *vm,
		   struct s2_model *problems)
{
	bool has_pid = s2_obj_has(vm, S2_VM_PID);
	uint64_t pid = s2_obj_num(vm, S2_VM_PID, 0);
	size_t any = 0, bound = has_pid ? first_bound(rules, pid) : 0;
	size_t number, n;
	int err = 0;

	rules->count = 0;
	rules->maybe = false;
	/* A VM without a process may be any domain's */
	for (n = 0; !has_pid && !err && n < rules->site->count; n++)
		err = match_rule(rules, n, vm, problems);
	while (has_pid && !err) {
		bool more = bound < rules->nr_bound &&
			rules->bound[bound].pid == pid;

		if (more && (any == rules->nr_any ||
			     rules->bound[bound].number < rules->any[any]))
			number = rules->bound[bound++].number;
		else if (any < rules->nr_any)
			number = rules->any[any++];
		else
			break;
		err = match_rule(rules, number, vm, problems);
	}
	return err;
}
