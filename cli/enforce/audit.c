// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "audit/audit.h"
#include "enforce/audit.h"
#include "enforce/clock.h"
#include "enforce/log.h"
#include "enforce/metrics.h"
#include "enforce/systemd.h"
#include "screen/words.h"

#define FINDINGS_MAX	10000	/* that are remembered */

/* ----------------------------------------------------------------- findings */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_known(const struct findings *known, const char *key)
{
	return known->count && bsearch(&key, known->key, known->count,
				       sizeof(*known->key), by_text);
}

/* The VM as it was last seen: a finding may be all that is left of it */
static struct log_vm vm_of(const struct state *st, uint64_t id)
{
	const struct seen *seen = state_find(st, id);

	return (struct log_vm){
		.id = id, .name = seen ? seen->name : NULL,
		.uuid = seen ? seen->uuid : NULL,
	};
}

static void log_finding(const struct state *st, const struct s2_obj *f)
{
	uint64_t severity = s2_obj_num(f, S2_FINDING_SEVERITY, 0);
	const char *rule = s2_obj_str(f, S2_FINDING_RULE);
	const char *word = words_severity((int)severity);
	struct s2_value number = s2_obj_get(f, S2_FINDING_SLOT);
	char fields[3][64], slot[32] = "";
	struct log_entry entry = {
		.id = LOG_FINDING,
		.vm = vm_of(st, s2_obj_num(f, S2_FINDING_VM, 0)),
		.priority = severity >= S2_SEVERITY_HIGH ? LOG_ERR :
			severity == S2_SEVERITY_INFO ? LOG_INFO : 0,
		.field = { fields[0], fields[1] },
	};

	snprintf(fields[0], sizeof(fields[0]), "S2CTL_RULE=%s", rule);
	snprintf(fields[1], sizeof(fields[1]), "S2CTL_SEVERITY=%s", word);
	if (number.known) {
		snprintf(fields[2], sizeof(fields[2]), "S2CTL_SLOT=%" PRIu64,
			 number.num);
		entry.field[2] = fields[2];
		snprintf(slot, sizeof(slot), "slot %" PRIu64 ": ", number.num);
	}
	enforce_log(&entry, "%s, %s: %s%s", rule, word, slot,
		    s2_obj_str(f, S2_FINDING_STATEMENT));
}

void audit_forget(struct findings *known)
{
	for (size_t i = 0; i < known->count; i++)
		free(known->key[i]);
	free(known->key);
	*known = (struct findings){ .count = 0 };
}

/* Tell of those that were not there before, and keep what is there now */
static void tell_findings(struct service *s, const struct s2_report *report)
{
	size_t room = s2_report_count(report, 0, false);
	struct findings now = { .key = calloc(room + 1, sizeof(*now.key)) };
	const struct s2_obj *f;

	if (!now.key)
		return;
	s2_report_for_each(f, report, S2_OBJ_FINDING) {
		const char *key = s2_obj_str(f, S2_FINDING_KEY);

		if (!key || s2_obj_num(f, S2_FINDING_WAIVED, 0))
			continue;
		if (!is_known(&s->findings, key))
			log_finding(&s->state, f);
		if (now.count < room && now.count < FINDINGS_MAX &&
		    (now.key[now.count] = strdup(key)))
			now.count++;
	}
	qsort(now.key, now.count, sizeof(*now.key), by_text);
	audit_forget(&s->findings);
	s->findings = now;
}

/* -------------------------------------------------------------------- audit */

static int audit(struct service *s, struct s2_model **model,
		 struct s2_report **report)
{
	const struct s2_audit_options how = {
		.size = sizeof(how), .site = s->site,
	};
	struct s2_load_options opt = { .size = sizeof(opt) };
	struct s2_audit *audit;
	int err = s2_audit_open(s->ctx, &how, &audit);

	if (err)
		return err;
	opt.flags = s2_audit_needs(audit) | S2_LOAD_DEVICES | S2_LOAD_POLICY;
	err = s2_load(s->src, &opt, model);
	/* Half of it is done: the watchdog sees it go on */
	systemd_work_goes_on();
	if (!err)
		err = s2_audit_add(audit, *model);
	if (!err)
		err = s2_audit_finish(audit);
	if (!err)
		err = s2_audit_take(audit, report);
	if (!err)
		err = accept_apply(&s->accept, *report);
	s2_audit_close(audit);
	return err;
}

void audit_all(struct service *s)
{
	struct s2_report *report = NULL;
	struct s2_model *model = NULL;
	int err = audit(s, &model, &report);

	state_audited(&s->state, err, clock_now());
	if (err) {
		enforce_log(&(struct log_entry){ .id = LOG_FAILED },
			    "audit: %s", s2_ctx_error(s->ctx));
	} else {
		tell_findings(s, report);
		metrics_write(s, model, report);
	}
	s2_report_unref(report);
	s2_model_unref(model);
}
