// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is new since another audit */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/baseline.h"
#include "audit/report.h"

char *s2_finding_place(const struct s2_obj *finding, const char *boot_id)
{
	const char *uuid = s2_obj_str(finding, S2_FINDING_UUID);
	const char *name = s2_obj_str(finding, S2_FINDING_NAME);
	char id[128] = "", *text;

	/* An id means something within one boot only */
	if (!uuid && !name && s2_obj_has(finding, S2_FINDING_VM))
		snprintf(id, sizeof(id), "%" PRIu64 "@%.64s",
			 s2_obj_num(finding, S2_FINDING_VM, 0),
			 boot_id ? boot_id : "");
	if (asprintf(&text, "%s\n%s:%s\n%" PRIx64 "\n%" PRIx64 "\n%s",
		     s2_obj_str(finding, S2_FINDING_RULE),
		     uuid ? "uuid" : name ? "name" : "id",
		     uuid ? uuid : name ? name : id,
		     s2_obj_num(finding, S2_FINDING_SLOT, UINT64_MAX),
		     s2_obj_num(finding, S2_FINDING_GPA, UINT64_MAX),
		     s2_obj_str(finding, S2_FINDING_STATEMENT)) < 0)
		return NULL;
	return text;
}

static void free_set(struct s2_known_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->known[i].id);
	free(set->known);
}

void s2_baseline_free(struct s2_baseline *baseline)
{
	if (!baseline)
		return;
	free_set(&baseline->by_key);
	free_set(&baseline->by_place);
	free_set(&baseline->keyless);
	s2_list_clear(&baseline->vms);
	s2_pool_clear(&baseline->pool);
	s2_ctx_unref(baseline->ctx);
	free(baseline);
}

/* ---------------------------------------------------------------- compare */

/* Worst severity under an id; -1 if there is none */
static int look_up(const struct s2_known_set *set, const char *id)
{
	size_t low = 0, high = set->count;
	int worst = -1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(set->known[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < set->count && !strcmp(set->known[low].id, id); low++)
		if ((int)set->known[low].severity > worst)
			worst = (int)set->known[low].severity;
	return worst;
}

/* By its key, if both have one; -1 if there is none, or -ENOMEM */
static int old_severity(const struct s2_baseline *baseline,
			const struct s2_obj *finding, const char *boot_id)
{
	const char *key = s2_obj_str(finding, S2_FINDING_KEY);
	int severity = key ? look_up(&baseline->by_key, key) : -1;
	char *place;

	if (severity >= 0)
		return severity;
	place = s2_finding_place(finding, boot_id);
	if (!place)
		return -ENOMEM;
	severity = look_up(key ? &baseline->keyless : &baseline->by_place,
			   place);
	free(place);
	return severity;
}

/* What was waived and is so no more is as good as new, and so is what was counted */
static bool is_new(const struct s2_report *report, const struct s2_obj *finding,
		   int old)
{
	if (old < 0 || (report->counted &&
			!strcmp(s2_obj_str(finding, S2_FINDING_RULE), "S2-010")))
		return true;
	return !s2_obj_num(finding, S2_FINDING_WAIVED, 0) &&
		(int)s2_obj_num(finding, S2_FINDING_SEVERITY, 0) > old;
}

int s2_report_compare(struct s2_report *report,
		      const struct s2_baseline *baseline)
{
	struct s2_list *findings = &report->findings;
	bool *keep = calloc(findings->count + 1, sizeof(*keep));
	int old = keep ? 0 : -ENOMEM;

	for (size_t i = 0; old != -ENOMEM && i < findings->count; i++) {
		const struct s2_obj *finding = s2_list_at(findings, i);

		old = old_severity(baseline, finding, report->boot_id);
		keep[i] = is_new(report, finding, old);
	}
	if (old != -ENOMEM)
		s2_list_filter(findings, keep);
	free(keep);
	return old == -ENOMEM ? s2_fail_nomem(baseline->ctx) : 0;
}

/* --------------------------------------------------------------- counters */

static const struct s2_obj *find_vm(const struct s2_baseline *baseline,
				    const struct s2_obj *vm)
{
	for (size_t i = 0; i < baseline->vms.count; i++) {
		const struct s2_obj *old = s2_list_at(&baseline->vms, i);

		if (s2_obj_has(vm, S2_VM_ID) &&
		    s2_obj_num(old, S2_VM_ID, 0) == s2_obj_num(vm, S2_VM_ID, 0))
			return old;
	}
	return NULL;
}

/* With the slot itself or, where that is not told, with its policy */
static void count_slot(const struct s2_obj *vm, uint32_t slot,
		       struct s2_counters *old)
{
	const struct s2_obj *it;

	s2_obj_for_each(it, vm, S2_OBJ_POLICY)
		if (s2_obj_num(it, S2_POLICY_SLOT, S2_ANY_SLOT) == slot) {
			old->denied = s2_obj_num(it, S2_POLICY_DENIED, 0);
			old->would_deny = s2_obj_num(it, S2_POLICY_WOULD_DENY, 0);
		}
	s2_obj_for_each(it, vm, S2_OBJ_SLOT)
		if (s2_obj_num(it, S2_SLOT_SLOT, S2_ANY_SLOT) == slot &&
		    s2_obj_has(it, S2_SLOT_DENIED)) {
			old->denied = s2_obj_num(it, S2_SLOT_DENIED, 0);
			old->would_deny = s2_obj_num(it, S2_SLOT_WOULD_DENY, 0);
		}
}

static void count_class(const struct s2_obj *vm, unsigned int class,
			struct s2_counters *old)
{
	const struct s2_obj *it;

	s2_obj_for_each(it, vm, S2_OBJ_POLICY)
		if (!s2_obj_has(it, S2_POLICY_SLOT) &&
		    s2_obj_num(it, S2_POLICY_CLASS, 0) == class) {
			old->denied = s2_obj_num(it, S2_POLICY_DENIED, 0);
			old->would_deny = s2_obj_num(it, S2_POLICY_WOULD_DENY, 0);
		}
}

struct s2_counters s2_baseline_counters(const struct s2_baseline *baseline,
					const char *boot_id,
					const struct s2_obj *vm, uint32_t slot,
					unsigned int class)
{
	struct s2_counters old = { 0, 0 };
	const struct s2_obj *then;

	/* An id means something within one boot only */
	if (!boot_id || !baseline->boot_id ||
	    strcmp(boot_id, baseline->boot_id))
		return old;
	then = find_vm(baseline, vm);
	if (then && slot != S2_ANY_SLOT)
		count_slot(then, slot, &old);
	else if (then)
		count_class(then, class, &old);
	return old;
}
