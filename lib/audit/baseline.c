// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is new since another audit */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/baseline.h"
#include "audit/report.h"
#include "model/by_num.h"

char *s2_finding_place(const struct s2_obj *finding, const char *boot_id)
{
	const char *uuid = s2_obj_str(finding, S2_FINDING_UUID);
	const char *name = s2_obj_str(finding, S2_FINDING_NAME);
	char id[128] = "", *text;

	/* An id means something within one boot only, and so does a process */
	if (!uuid && !name && s2_obj_has(finding, S2_FINDING_VM))
		snprintf(id, sizeof(id), "%" PRIu64 "@%.64s",
			 s2_obj_num(finding, S2_FINDING_VM, 0),
			 boot_id ? boot_id : "");
	else if (!uuid && !name && s2_obj_has(finding, S2_FINDING_PID))
		snprintf(id, sizeof(id),
			 "pid:%" PRIu64 ":%" PRIu64 ":%" PRIu64 "@%.40s",
			 s2_obj_num(finding, S2_FINDING_PID, 0),
			 s2_obj_num(finding, S2_FINDING_START, 0),
			 s2_obj_num(finding, S2_FINDING_FD, 0),
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

/* ---------------------------------------------------------------- compare */

/* Worst severity under an id; -1 if there is none */
static int look_up(const struct s2_known_set *set, const char *id)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(set->known[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == set->count || strcmp(set->known[low].id, id) != 0)
		return -1;
	return (int)set->known[low].severity;
}

/* Keys of older versions name such a VM by its id, and are of the same boot then */
static bool has_new_key(const struct s2_obj *finding)
{
	return s2_obj_has(finding, S2_FINDING_VM) &&
		s2_obj_has(finding, S2_FINDING_START) &&
		!s2_obj_has(finding, S2_FINDING_UUID) &&
		!s2_obj_has(finding, S2_FINDING_NAME);
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
	severity = look_up(key && !has_new_key(finding) ? &baseline->keyless :
			   &baseline->by_place, place);
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

static int cmp_num(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_place(const struct s2_counted *a, const struct s2_counted *b)
{
	int cmp = cmp_num(a->vm, b->vm);

	if (!cmp)
		cmp = (int)a->of_slot - (int)b->of_slot;
	return cmp ? cmp : cmp_num(a->num, b->num);
}

static int cmp_counted(const void *a, const void *b)
{
	const struct s2_counted *x = a, *y = b;
	int cmp = cmp_place(x, y);

	return cmp ? cmp : cmp_num(x->n, y->n);
}

static void add_counted(struct s2_baseline *baseline, const struct s2_obj *vm,
			bool of_slot, uint64_t num, uint64_t denied,
			uint64_t would_deny)
{
	size_t n = baseline->nr_counted++;

	baseline->counted[n] = (struct s2_counted){
		.vm = s2_obj_num(vm, S2_VM_ID, 0), .of_slot = of_slot,
		.num = num, .n = n, .counters = { denied, would_deny },
	};
}

/* With the slot itself or, where that is not told, with its policy */
static void count_vm(struct s2_baseline *baseline, const struct s2_obj *vm)
{
	const struct s2_obj *it;

	s2_obj_for_each(it, vm, S2_OBJ_POLICY) {
		bool of_slot = s2_obj_has(it, S2_POLICY_SLOT);

		add_counted(baseline, vm, of_slot,
			    s2_obj_num(it, of_slot ? S2_POLICY_SLOT :
				       S2_POLICY_CLASS, 0),
			    s2_obj_num(it, S2_POLICY_DENIED, 0),
			    s2_obj_num(it, S2_POLICY_WOULD_DENY, 0));
	}
	s2_obj_for_each(it, vm, S2_OBJ_SLOT)
		if (s2_obj_has(it, S2_SLOT_SLOT) &&
		    s2_obj_has(it, S2_SLOT_DENIED))
			add_counted(baseline, vm, true,
				    s2_obj_num(it, S2_SLOT_SLOT, 0),
				    s2_obj_num(it, S2_SLOT_DENIED, 0),
				    s2_obj_num(it, S2_SLOT_WOULD_DENY, 0));
}

/* Keeps what was said last of each place */
static void squash_counted(struct s2_baseline *baseline)
{
	struct s2_counted *c = baseline->counted;
	size_t kept = 0;

	for (size_t i = 0; i < baseline->nr_counted; i++) {
		if (kept && !cmp_place(&c[kept - 1], &c[i]))
			kept--;
		c[kept++] = c[i];
	}
	baseline->nr_counted = kept;
}

/* Of two VMs with one id the first counts */
static int sort_counters(struct s2_baseline *baseline)
{
	struct s2_by_num vms;
	size_t room = 0;
	int err;

	for (size_t i = 0; i < baseline->vms.count; i++) {
		const struct s2_obj *vm = s2_list_at(&baseline->vms, i);

		room += s2_obj_count(vm, S2_OBJ_POLICY) +
			s2_obj_count(vm, S2_OBJ_SLOT);
	}
	if (!room)
		return 0;
	baseline->counted = calloc(room, sizeof(*baseline->counted));
	err = baseline->counted ?
		s2_by_num_make(&vms, s2_list_at(&baseline->vms, 0), S2_VM_ID,
			       NULL) : -ENOMEM;
	if (err)
		return err;
	for (size_t i = 0; i < vms.count; i++)
		if (!i || vms.entry[i].num != vms.entry[i - 1].num)
			count_vm(baseline, vms.entry[i].obj);
	s2_by_num_clear(&vms);
	qsort(baseline->counted, baseline->nr_counted,
	      sizeof(*baseline->counted), cmp_counted);
	squash_counted(baseline);
	return 0;
}

struct s2_counters s2_baseline_counters(const struct s2_baseline *baseline,
					const char *boot_id,
					const struct s2_obj *vm, uint32_t slot,
					unsigned int class)
{
	const struct s2_counted place = {
		.vm = s2_obj_num(vm, S2_VM_ID, 0),
		.of_slot = slot != S2_ANY_SLOT,
		.num = slot != S2_ANY_SLOT ? slot : class,
	};
	size_t low = 0, high = baseline->nr_counted;

	/* An id means something within one boot only */
	if (!boot_id || !baseline->boot_id ||
	    strcmp(boot_id, baseline->boot_id) != 0 ||
	    !s2_obj_has(vm, S2_VM_ID))
		return (struct s2_counters){ 0, 0 };
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cmp_place(&baseline->counted[middle], &place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < baseline->nr_counted &&
	    !cmp_place(&baseline->counted[low], &place))
		return baseline->counted[low].counters;
	return (struct s2_counters){ 0, 0 };
}

/* -------------------------------------------------------------- whole */

/* Of several under one id the worst counts */
static void squash_known(struct s2_known_set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		struct s2_known *last = kept ? &set->known[kept - 1] : NULL;

		if (!last || strcmp(last->id, set->known[i].id) != 0) {
			set->known[kept++] = set->known[i];
			continue;
		}
		if (set->known[i].severity > last->severity)
			last->severity = set->known[i].severity;
		free(set->known[i].id);
	}
	set->count = kept;
}

int s2_baseline_settle(struct s2_baseline *baseline)
{
	squash_known(&baseline->by_key);
	squash_known(&baseline->by_place);
	squash_known(&baseline->keyless);
	return sort_counters(baseline) ? s2_fail_nomem(baseline->ctx) : 0;
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
	free(baseline->counted);
	s2_list_clear(&baseline->vms);
	s2_pool_clear(&baseline->pool);
	s2_ctx_unref(baseline->ctx);
	free(baseline);
}
