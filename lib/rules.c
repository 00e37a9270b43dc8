// SPDX-License-Identifier: LGPL-2.1-or-later
/* The audit: runs the rules over a model and merges what they see */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "report.h"
#include "rule_table.h"

static const struct {
	unsigned int evidence;
	unsigned int extent;
} evidence_map[] = {
	{ S2_EVIDENCE_CLASS, S2_EXTENT_CLASS },
	{ S2_EVIDENCE_MAPPED, S2_EXTENT_MAPPED },
	{ S2_EVIDENCE_STRENGTH, S2_EXTENT_STRENGTH },
	{ S2_EVIDENCE_VMA_TYPE, S2_EXTENT_VMA_TYPE },
	{ S2_EVIDENCE_PERM, S2_EXTENT_PERM },
	{ S2_EVIDENCE_FACTS, S2_EXTENT_FACTS },
	{ S2_EVIDENCE_REASON, S2_EXTENT_REASON },
	{ S2_EVIDENCE_HPA, S2_EXTENT_HPA },
	{ S2_EVIDENCE_BDF, S2_EXTENT_BDF },
	{ S2_EVIDENCE_BAR, S2_EXTENT_BAR },
	{ S2_EVIDENCE_PREFETCHABLE, S2_EXTENT_PREFETCHABLE },
	{ S2_EVIDENCE_DRIVER, S2_EXTENT_DRIVER },
	{ S2_EVIDENCE_PCI_ID, S2_EXTENT_PCI_ID },
};

#define EVIDENCE_COUNT	ARRAY_SIZE(evidence_map)

/* An audit in progress: where the findings of the current VM begin */
struct audit {
	struct s2_report *report;
	const struct s2_obj *vm;
	size_t vm_start;
};

static bool same_cell(const struct s2_obj *a, unsigned int a_id,
		      const struct s2_obj *b, unsigned int b_id)
{
	if (s2_obj_has(a, a_id) != s2_obj_has(b, b_id))
		return false;
	/* Strings are interned: the same text has the same address */
	return !s2_obj_has(a, a_id) ||
		!memcmp(&a->cell[S2_FIELD_INDEX(a_id)],
			&b->cell[S2_FIELD_INDEX(b_id)], sizeof(union s2_cell));
}

static bool merges(const struct s2_rule *rule, const struct s2_obj *finding,
		   const struct s2_obj *extent, const struct s2_hit *hit)
{
	const struct s2_obj *evidence =
		s2_obj_first(finding, S2_OBJ_EVIDENCE);

	if (strcmp(s2_obj_str(finding, S2_FINDING_RULE), rule->id) ||
	    s2_obj_num(finding, S2_FINDING_SEVERITY, 0) !=
	    (uint64_t)hit->severity)
		return false;
	for (size_t i = 0; i < EVIDENCE_COUNT; i++) {
		unsigned int id = evidence_map[i].evidence;

		if ((rule->evidence >> S2_FIELD_INDEX(id) & 1) &&
		    !same_cell(evidence, id, extent, evidence_map[i].extent))
			return false;
	}
	return true;
}

/*
 * Evidence that differs from extent to extent is dropped, but for the first
 * host-physical address.
 */
static void merge(struct s2_obj *finding, const struct s2_obj *extent)
{
	struct s2_obj *evidence =
		s2_list_at(s2_obj_kids(finding, S2_OBJ_EVIDENCE), 0);
	uint64_t bytes = s2_obj_num(finding, S2_FINDING_BYTES, 0);

	if (__builtin_add_overflow(bytes,
				   s2_obj_num(extent, S2_EXTENT_BYTES, 0),
				   &bytes))
		bytes = UINT64_MAX;
	s2_obj_set_num(finding, S2_FINDING_BYTES, bytes);
	s2_obj_set_num(finding, S2_FINDING_EXTENTS,
		       s2_obj_num(finding, S2_FINDING_EXTENTS, 0) + 1);
	for (size_t i = 0; i < EVIDENCE_COUNT; i++) {
		unsigned int id = evidence_map[i].evidence;

		if (id != S2_EVIDENCE_HPA &&
		    !same_cell(evidence, id, extent, evidence_map[i].extent))
			s2_obj_forget(evidence, id);
	}
}

static int add_finding(struct audit *audit, const struct s2_rule *rule,
		       const struct s2_obj *extent, const struct s2_hit *hit)
{
	struct s2_report *report = audit->report;
	struct s2_obj *finding = s2_list_add(&report->findings);
	struct s2_list *kids;
	struct s2_obj *evidence;
	const char *statement;

	if (!finding)
		return -ENOMEM;
	kids = s2_obj_kids(finding, S2_OBJ_EVIDENCE);
	evidence = kids ? s2_list_add(kids) : NULL;
	statement = s2_pool_add(&report->pool, hit->statement);
	if (!evidence || !statement)
		return -ENOMEM;
	s2_obj_set_kids_known(finding, S2_OBJ_EVIDENCE, true);
	s2_obj_set_str(finding, S2_FINDING_RULE, rule->id);
	s2_obj_set_num(finding, S2_FINDING_SEVERITY, hit->severity);
	s2_obj_copy(finding, S2_FINDING_VM, audit->vm, S2_VM_ID);
	s2_obj_copy(finding, S2_FINDING_NAME, audit->vm, S2_VM_NAME);
	s2_obj_copy(finding, S2_FINDING_UUID, audit->vm, S2_VM_UUID);
	s2_obj_copy(finding, S2_FINDING_SLOT, extent, S2_EXTENT_SLOT);
	s2_obj_copy(finding, S2_FINDING_GPA, extent, S2_EXTENT_GPA);
	s2_obj_copy(finding, S2_FINDING_BYTES, extent, S2_EXTENT_BYTES);
	s2_obj_set_num(finding, S2_FINDING_EXTENTS, 1);
	s2_obj_set_str(finding, S2_FINDING_STATEMENT, statement);
	s2_obj_set_num(finding, S2_FINDING_WAIVED, false);
	for (size_t i = 0; i < EVIDENCE_COUNT; i++)
		s2_obj_copy(evidence, evidence_map[i].evidence, extent,
			    evidence_map[i].extent);
	return 0;
}

/*
 * One finding per rule, slot and kind of evidence.  Extents come in order of
 * address, so those of a slot follow each other: looking back to where the
 * slot changes is enough.
 */
static int record(struct audit *audit, const struct s2_rule *rule,
		  const struct s2_obj *extent, const struct s2_hit *hit)
{
	struct s2_list *findings = &audit->report->findings;

	for (size_t i = findings->count; i > audit->vm_start; i--) {
		struct s2_obj *finding = s2_list_at(findings, i - 1);

		if (!same_cell(finding, S2_FINDING_SLOT, extent,
			       S2_EXTENT_SLOT))
			break;
		if (!merges(rule, finding, extent, hit))
			continue;
		merge(finding, extent);
		return 0;
	}
	return add_finding(audit, rule, extent, hit);
}

static int cannot_tell(struct audit *audit, const char *what)
{
	char text[160];
	bool has_id = s2_obj_has(audit->vm, S2_VM_ID);

	snprintf(text, sizeof(text), "%s %" PRIu64 ": %s",
		 has_id ? "VM" : "VM of process",
		 s2_obj_num(audit->vm, has_id ? S2_VM_ID : S2_VM_PID, 0), what);
	return s2_problem_add(&audit->report->problems, &audit->report->pool,
			      S2_PROBLEM_FACTS_MISSING, audit->vm, NULL, text);
}

static int run_rule(struct audit *audit, const struct s2_rule *rule)
{
	const struct s2_obj *extent;
	bool unknown = false;
	char text[80];
	int err;

	s2_obj_for_each(extent, audit->vm, S2_OBJ_EXTENT) {
		struct s2_hit hit = { .severity = 0 };

		switch (rule->extent(extent, &hit)) {
		case S2_CHECK_CLEAN:
			break;
		case S2_CHECK_UNKNOWN:
			unknown = true;
			break;
		case S2_CHECK_HIT:
			err = record(audit, rule, extent, &hit);
			if (err)
				return err;
			break;
		}
	}
	if (!unknown)
		return 0;
	snprintf(text, sizeof(text),
		 "%s could not decide: facts about some extents are missing",
		 rule->id);
	return cannot_tell(audit, text);
}

static int run_vm(struct audit *audit)
{
	int err = 0;

	/* An incomplete model has said so already */
	if (!s2_obj_known(audit->vm, S2_OBJ_EXTENT))
		return s2_model_complete(audit->report->model) ?
			cannot_tell(audit, "not audited: its extents are not known") :
			0;
	for (const struct s2_rule *rule = s2_rules; !err && rule->id; rule++) {
		audit->vm_start = audit->report->findings.count;
		err = run_rule(audit, rule);
	}
	return err;
}

static int cmp_num(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Worst first, then by rule, VM and address */
static int cmp_finding(const void *a, const void *b)
{
	int cmp = cmp_num(s2_obj_num(b, S2_FINDING_SEVERITY, 0),
			  s2_obj_num(a, S2_FINDING_SEVERITY, 0));

	if (!cmp)
		cmp = strcmp(s2_obj_str(a, S2_FINDING_RULE),
			     s2_obj_str(b, S2_FINDING_RULE));
	if (!cmp)
		cmp = cmp_num(s2_obj_num(a, S2_FINDING_VM, 0),
			      s2_obj_num(b, S2_FINDING_VM, 0));
	if (!cmp)
		cmp = cmp_num(s2_obj_num(a, S2_FINDING_GPA, 0),
			      s2_obj_num(b, S2_FINDING_GPA, 0));
	return cmp;
}

int s2_audit(struct s2_ctx *ctx, struct s2_model *model,
	     struct s2_report **report)
{
	struct audit audit = { .report = calloc(1, sizeof(struct s2_report)) };
	int err = 0;

	*report = NULL;
	if (!audit.report)
		return s2_fail_nomem(ctx);
	audit.report->model = s2_model_ref(model);
	s2_list_init(&audit.report->findings, S2_OBJ_FINDING);
	s2_list_init(&audit.report->problems, S2_OBJ_PROBLEM);
	s2_model_for_each(audit.vm, model, S2_OBJ_VM) {
		err = run_vm(&audit);
		if (err)
			break;
	}
	if (err) {
		s2_report_unref(audit.report);
		return s2_fail_nomem(ctx);
	}
	s2_list_sort(&audit.report->findings, cmp_finding);
	*report = audit.report;
	return 0;
}
