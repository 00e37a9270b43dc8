// SPDX-License-Identifier: LGPL-2.1-or-later
/* The audit: asks the rules about each object and keeps what they say */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "audit/alias.h"
#include "audit/audit.h"
#include "audit/cannot.h"
#include "audit/finding.h"
#include "audit/look.h"
#include "model/extent.h"
#include "model/who.h"
#include "policy/plan.h"

/**
 * struct s2_audit - an audit in progress
 * @ctx: context
 * @look: what rules may look at beside the object
 * @rules: mask of the rules to run, by number in the table
 * @min_severity: what is less severe is left out
 * @report: what was found since the last report was taken
 * @first: the first model, for what is asked of the host
 * @host_plan: what the site policy makes of the host's policies
 * @alias: mappings of host memory, if a rule compares them
 * @merge: findings that more extents can belong to
 * @scratch: room for one object of evidence, and one for an extent
 * @incomplete: a model was not complete
 * @is_core: they are read from the kernel's memory
 * @cannot: rules that lack what is not known there
 * @unknown: mask of the rules that lacked facts about the VM
 */
struct s2_audit {
	struct s2_ctx *ctx;
	struct s2_look look;
	uint32_t rules;
	int min_severity;
	struct s2_report *report;
	struct s2_model *first;
	struct s2_plan *host_plan;
	struct s2_alias *alias;
	struct s2_merge merge;
	struct s2_list scratch[2];
	bool incomplete;
	bool is_core;
	struct s2_cannot cannot;
	uint32_t unknown;
};

static uint32_t bit_of(const struct s2_rule *rule)
{
	return 1u << (rule - s2_rules);
}

static bool is_on(const struct s2_audit *audit, const struct s2_rule *rule)
{
	return audit->rules & bit_of(rule);
}

/* Whether it is on, and the model was loaded with what it needs and can have it */
static bool can_run(struct s2_audit *audit, const struct s2_rule *rule)
{
	unsigned int needs = rule->needs, has = audit->look.model->flags;

	if (is_on(audit, rule) && rule->series_only && audit->is_core) {
		audit->cannot.all |= bit_of(rule);
		return false;
	}
	if (has & S2_LOAD_POLICY)
		has |= S2_LOAD_POLICY_IF_ANY;
	return is_on(audit, rule) && !(needs & ~has);
}

/* ------------------------------------------------------------------ asking */

static int take_hit(struct s2_audit *audit, const struct s2_rule *rule,
		    const struct s2_place *place, struct s2_hit *hit)
{
	if (hit->severity < audit->min_severity)
		return 0;
	return s2_finding_add(audit->report, rule, place, hit);
}

static struct s2_hit new_hit(const struct s2_audit *audit)
{
	struct s2_hit hit = { .evidence = s2_list_at(&audit->scratch[0], 0) };

	hit.evidence->known = 0;
	return hit;
}

static int ask(struct s2_audit *audit, const struct s2_rule *rule,
	       s2_check_fn check, const struct s2_place *place)
{
	struct s2_hit hit = new_hit(audit);

	switch (check(&audit->look, place->obj, &hit)) {
	case S2_CHECK_CLEAN:
		break;
	case S2_CHECK_UNKNOWN:
		audit->unknown |= bit_of(rule);
		break;
	case S2_CHECK_HIT:
		return take_hit(audit, rule, place, &hit);
	}
	return 0;
}

/* What a VM has several of: the function of the rule that looks at one */
static s2_check_fn check_of(const struct s2_rule *rule, enum s2_obj_type type)
{
	switch (type) {
	case S2_OBJ_EXTENT:
		return rule->extent;
	case S2_OBJ_SLOT:
		return rule->slot;
	case S2_OBJ_POLICY:
		return rule->policy;
	default:
		return NULL;
	}
}

/*
 * The extent that begins with @extent, as it is without host-physical addresses:
 * where they differ means nothing to a rule.  @next: what follows.
 */
static const struct s2_obj *whole_extent(struct s2_audit *audit,
					 const struct s2_obj *extent,
					 const struct s2_obj **next)
{
	struct s2_obj *whole = s2_list_at(&audit->scratch[1], 0);

	*next = s2_obj_next(extent);
	if (!*next || !s2_extent_continues(extent, *next, false))
		return extent;
	s2_obj_copy_all(whole, extent);
	do {
		/* Of I/O the last part must follow physically, too */
		s2_obj_set_num(whole, S2_EXTENT_BYTES,
			       s2_obj_num(whole, S2_EXTENT_BYTES, 0) +
			       s2_obj_num(*next, S2_EXTENT_BYTES, 0));
		*next = s2_obj_next(*next);
	} while (*next && s2_extent_continues(whole, *next, false));
	return whole;
}

static int run_kids(struct s2_audit *audit, const struct s2_rule *rule,
		    enum s2_obj_type type)
{
	struct s2_place place = {
		.vm = audit->look.vm, .slots = &audit->look.slots,
		.merge = &audit->merge,
	};
	s2_check_fn check = check_of(rule, type);
	const struct s2_obj *obj, *next;
	int err = 0;

	audit->merge.first = audit->report->findings.count;
	for (obj = check ? s2_obj_first(place.vm, type) : NULL; !err && obj;
	     obj = next) {
		place.obj = obj;
		if (type == S2_OBJ_EXTENT)
			place.obj = whole_extent(audit, obj, &next);
		else
			next = s2_obj_next(obj);
		err = ask(audit, rule, check, &place);
	}
	s2_pool_clear(&audit->merge.pool);
	return err;
}

/* ---------------------------------------------------------------- unknown */

static int cannot_tell(struct s2_audit *audit, const char *what)
{
	const struct s2_obj *vm = audit->look.vm;
	char title[S2_WHO_MAX], text[240];

	s2_vm_title(vm, title, sizeof(title));
	snprintf(text, sizeof(text), "%s: %s", title, what);
	return s2_problem_add(&audit->report->problems, &audit->report->pool,
			      S2_PROBLEM_FACTS_MISSING, vm, NULL, text);
}

/* What lacks facts that this source has of no VM is not told of each */
static void note_cannot(struct s2_audit *audit)
{
	if (!audit->is_core)
		return;
	audit->cannot.some |= audit->unknown;
	audit->unknown = 0;
}

static int tell_unknown(struct s2_audit *audit)
{
	int err = 0;

	note_cannot(audit);
	for (const struct s2_rule *rule = s2_rules; !err && rule->id; rule++) {
		char text[80];

		if (!(audit->unknown & bit_of(rule)))
			continue;
		snprintf(text, sizeof(text),
			 "%s could not decide: facts about some extents are missing",
			 rule->id);
		err = cannot_tell(audit, text);
	}
	audit->unknown = 0;
	return err;
}

static const struct s2_rule *site_rule(void)
{
	return &s2_rules[s2_rule_find("S2-009")];
}

/* What a site policy's rules do not know, once */
static int adopt_problems(struct s2_audit *audit, const struct s2_plan *plan)
{
	struct s2_report *report = audit->report;
	const struct s2_obj *p;

	s2_model_for_each(p, s2_plan_outcome(plan), S2_OBJ_PROBLEM) {
		size_t n = report->problems.count;

		/* That some of it cannot be known is said of the rule */
		if (audit->is_core && s2_obj_num(p, S2_PROBLEM_CODE, 0) ==
		    S2_PROBLEM_FACTS_MISSING)
			continue;
		if (s2_problem_add(&report->problems, &report->pool,
				   s2_obj_num(p, S2_PROBLEM_CODE, 0), NULL,
				   NULL, s2_obj_str(p, S2_PROBLEM_TEXT)))
			return s2_fail_nomem(audit->ctx);
		if (report->problems.count > n)
			s2_who_copy(s2_list_at(&report->problems, n), p);
	}
	return 0;
}

/* ------------------------------------------------------------------ a VM -- */

static int run_rule(struct s2_audit *audit, const struct s2_rule *rule)
{
	struct s2_place place = { .vm = audit->look.vm, .obj = audit->look.vm };
	int err = run_kids(audit, rule, S2_OBJ_EXTENT);

	if (!err)
		err = run_kids(audit, rule, S2_OBJ_SLOT);
	if (!err)
		err = run_kids(audit, rule, S2_OBJ_POLICY);
	if (!err && rule->vm)
		err = ask(audit, rule, rule->vm, &place);
	return err;
}

static int run_rules(struct s2_audit *audit)
{
	int err = 0;

	for (const struct s2_rule *rule = s2_rules; !err && rule->id; rule++) {
		bool unknown = false;

		if (!can_run(audit, rule))
			continue;
		err = run_rule(audit, rule);
		if (!err && rule->pair)
			err = s2_alias_add(audit->alias, audit->look.vm,
					   &audit->look.slots, &unknown);
		if (unknown)
			audit->unknown |= bit_of(rule);
	}
	return err;
}

/* What the site policy makes of the VM; @plan stays NULL without one */
static int plan_vm(struct s2_audit *audit, struct s2_plan **plan)
{
	int err;

	if (!audit->host_plan)
		return 0;
	err = s2_site_plan_vm(audit->look.site, audit->look.model,
			      audit->look.vm, plan);
	if (!err)
		err = adopt_problems(audit, *plan);
	audit->look.vm_plan = *plan;
	if (err)
		return err;
	return s2_by_num_make(&audit->look.changes, s2_plan_first(*plan),
			      S2_CHANGE_SLOT, NULL);
}

static int audit_vm(struct s2_audit *audit, const struct s2_obj *vm)
{
	size_t first = audit->report->findings.count;
	struct s2_plan *plan = NULL;
	int err;

	audit->look.vm = vm;
	/* An incomplete model has said so already */
	if (!s2_obj_known(vm, S2_OBJ_EXTENT))
		return audit->incomplete ? 0 : cannot_tell(audit,
			"not audited: its extents are not known");
	err = s2_look_at(&audit->look);
	if (!err)
		err = plan_vm(audit, &plan);
	if (!err)
		err = run_rules(audit);
	if (!err)
		err = tell_unknown(audit);
	if (!err)
		err = s2_finding_unique_keys(audit->report, first);
	audit->look.vm_plan = NULL;
	s2_look_drop(&audit->look);
	s2_plan_free(plan);
	return err;
}

/* ------------------------------------------------------------- the audit -- */

static int select_rules(struct s2_audit *audit,
			const struct s2_audit_options *opt)
{
	if (!opt->nr_rules)
		audit->rules = UINT32_MAX;
	for (size_t i = 0; i < opt->nr_rules; i++) {
		int n = s2_rule_find(opt->rules[i]);

		if (n < 0)
			return s2_fail(audit->ctx, -EINVAL,
				       "no such rule: '%.40s'", opt->rules[i]);
		audit->rules |= 1u << n;
	}
	return 0;
}

static int apply_options(struct s2_audit *audit,
			 const struct s2_audit_options *opt)
{
	if (opt->size != sizeof(*opt) || opt->min_severity < 0 ||
	    opt->min_severity > S2_SEVERITY_CRITICAL)
		return s2_fail(audit->ctx, -EINVAL, "unknown audit options");
	audit->min_severity = opt->min_severity;
	audit->look.site = opt->site;
	audit->look.baseline = opt->baseline;
	return select_rules(audit, opt);
}

static int prepare(struct s2_audit *audit)
{
	int err = 0;

	audit->report = s2_report_new();
	s2_list_init(&audit->scratch[0], S2_OBJ_EVIDENCE);
	s2_list_init(&audit->scratch[1], S2_OBJ_EXTENT);
	if (!audit->report || !s2_list_add(&audit->scratch[0]) ||
	    !s2_list_add(&audit->scratch[1]))
		return s2_fail_nomem(audit->ctx);
	for (const struct s2_rule *rule = s2_rules; rule->id; rule++)
		if (!err && rule->pair && is_on(audit, rule))
			err = s2_alias_new(audit->ctx, &audit->alias);
	return err;
}

int s2_audit_open(struct s2_ctx *ctx, const struct s2_audit_options *opt,
		  struct s2_audit **audit)
{
	const struct s2_audit_options all = { .size = sizeof(all) };
	struct s2_audit *new = calloc(1, sizeof(*new));
	int err;

	*audit = NULL;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	err = apply_options(new, opt ? opt : &all);
	if (!err)
		err = prepare(new);
	if (err) {
		s2_audit_close(new);
		return err;
	}
	*audit = new;
	return 0;
}

void s2_audit_close(struct s2_audit *audit)
{
	if (!audit)
		return;
	s2_alias_free(audit->alias);
	s2_plan_free(audit->host_plan);
	s2_report_unref(audit->report);
	s2_model_unref(audit->first);
	s2_list_clear(&audit->scratch[0]);
	s2_list_clear(&audit->scratch[1]);
	s2_ctx_unref(audit->ctx);
	free(audit);
}

unsigned int s2_audit_needs(const struct s2_audit *audit)
{
	unsigned int needs = S2_LOAD_DEVICES;

	for (const struct s2_rule *rule = s2_rules; rule->id; rule++)
		if (is_on(audit, rule))
			needs |= rule->needs | rule->uses;
	return needs;
}

static bool needs_plan(const struct s2_audit *audit)
{
	return audit->look.site && is_on(audit, site_rule());
}

static int take_first(struct s2_audit *audit, struct s2_model *model)
{
	int err;

	if (audit->first)
		return 0;
	audit->first = s2_model_ref(model);
	audit->is_core = s2_model_is_core(model);
	audit->look.boot_id = s2_obj_str(s2_model_host(model), S2_HOST_BOOT_ID);
	if (!needs_plan(audit))
		return 0;
	if (audit->is_core)
		audit->cannot.some |= bit_of(site_rule());
	err = s2_site_plan_vm(audit->look.site, model, NULL,
			      &audit->host_plan);
	audit->look.host_plan = audit->host_plan;
	return err ? err : adopt_problems(audit, audit->host_plan);
}

/* Where the text was not set on the way */
static int say_no_memory(struct s2_audit *audit, int err)
{
	return err == -ENOMEM ? s2_fail_nomem(audit->ctx) : err;
}

int s2_audit_add(struct s2_audit *audit, struct s2_model *model)
{
	const struct s2_obj *vm;
	int err = take_first(audit, model);

	audit->incomplete |= !s2_model_complete(model);
	audit->look.model = model;
	audit->look.host = s2_model_host(model);
	s2_model_for_each(vm, model, S2_OBJ_VM)
		if (!err)
			err = audit_vm(audit, vm);
	audit->look.model = NULL;
	audit->look.vm = NULL;
	return say_no_memory(audit, err);
}

/* --------------------------------------------------------------- the host -- */

/* Which rule is asked about pairs */
struct pairs {
	struct s2_audit *audit;
	const struct s2_rule *rule;
};

static int ask_pair(void *data, const struct s2_pair *pair)
{
	const struct pairs *pairs = data;
	struct s2_place place = { .pair = pair };
	struct s2_hit hit = new_hit(pairs->audit);

	if (pairs->rule->pair(pair, &hit) != S2_CHECK_HIT)
		return 0;
	return take_hit(pairs->audit, pairs->rule, &place, &hit);
}

static int note(struct s2_audit *audit, const struct s2_rule *rule,
		const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s could not decide: %s", rule->id, what);
	return s2_problem_add(&audit->report->problems, &audit->report->pool,
			      S2_PROBLEM_FACTS_MISSING, NULL, NULL, text);
}

static int run_host(struct s2_audit *audit, const struct s2_rule *rule)
{
	struct s2_place place = { .obj = s2_model_host(audit->first) };
	struct pairs pairs = { audit, rule };
	bool more = false;
	int err = 0;

	audit->unknown = 0;
	if (rule->host)
		err = ask(audit, rule, rule->host, &place);
	note_cannot(audit);
	if (!err && audit->unknown)
		err = note(audit, rule, "facts about the host are missing");
	if (!err && rule->pair)
		err = s2_alias_pairs(audit->alias, ask_pair, &pairs, &more);
	if (!err && more)
		err = note(audit, rule, "more pairs of slots than it can keep");
	audit->unknown = 0;
	return err;
}

int s2_audit_finish(struct s2_audit *audit)
{
	size_t first = audit->report->findings.count;
	int err = 0;

	if (!audit->first)
		return 0;
	audit->look.model = audit->first;
	audit->look.host = s2_model_host(audit->first);
	for (const struct s2_rule *rule = s2_rules; !err && rule->id; rule++)
		if (can_run(audit, rule))
			err = run_host(audit, rule);
	audit->look.model = NULL;
	if (!err)
		err = s2_cannot_tell(&audit->cannot, audit->first,
				     audit->report);
	if (!err)
		err = s2_finding_unique_keys(audit->report, first);
	return say_no_memory(audit, err);
}

/* A report outlives the models */
static int note_boot(const struct s2_audit *audit)
{
	struct s2_report *report = audit->report;
	const char *boot_id = audit->look.boot_id;

	if (boot_id)
		report->boot_id = s2_pool_add(&report->pool, boot_id);
	return boot_id && !report->boot_id ? -ENOMEM : 0;
}

int s2_audit_take(struct s2_audit *audit, struct s2_report **report)
{
	struct s2_report *next = s2_report_new();

	*report = NULL;
	if (!next || note_boot(audit)) {
		s2_report_unref(next);
		return s2_fail_nomem(audit->ctx);
	}
	audit->report->incomplete = audit->incomplete;
	audit->report->counted = audit->look.baseline;
	s2_list_sort(&audit->report->findings, s2_finding_cmp);
	*report = audit->report;
	audit->report = next;
	return 0;
}

int s2_audit(struct s2_ctx *ctx, struct s2_model *model,
	     struct s2_report **report)
{
	struct s2_audit *audit;
	int err;

	*report = NULL;
	err = s2_audit_open(ctx, NULL, &audit);
	if (err)
		return err;
	err = s2_audit_add(audit, model);
	if (!err)
		err = s2_audit_finish(audit);
	if (!err)
		err = s2_audit_take(audit, report);
	s2_audit_close(audit);
	return err;
}
