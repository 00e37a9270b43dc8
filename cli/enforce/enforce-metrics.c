// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audits, and the text file for Prometheus.  An audit walks page tables, so what
 * happens in a burst is audited once, a little later; and where nothing happens,
 * nothing is done.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "audit/audit.h"
#include "enforce/enforce.h"
#include "enforce/systemd.h"
#include "formats/format.h"
#include "screen/words.h"

#define SETTLE_MS	1000	/* after what happened */
#define BETWEEN_MS	10000	/* two audits */
#define RETRY_MS	30000	/* of a text file that could not be written */
#define FINDINGS_MAX	10000	/* that are remembered */

static const char *const served_words[SERVED_COUNT] = {
	"applied", "unchanged", "refused", "failed", "gone",
};

static const char *const cause_words[CAUSE_COUNT] = {
	"overrun", "socket", "metrics",
};

void metrics_soon(struct enforce *e)
{
	uint64_t then = enforce_now() + SETTLE_MS;

	if (e->audited && then < e->audited + BETWEEN_MS)
		then = e->audited + BETWEEN_MS;
	e->audit = sooner(e->audit, then);
}

/* ---------------------------------------------------------------- text file */

static void put(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_one(FILE *f, const char *name, const char *help, uint64_t n)
{
	put(f, name, "gauge", help);
	fprintf(f, "%s %" PRIu64 "\n", name, n);
}

static void put_words(FILE *f, const char *name, const char *help,
		      const char *label, const char *const *words,
		      const uint64_t *n, size_t count)
{
	put(f, name, "counter", help);
	for (size_t i = 0; i < count; i++)
		fprintf(f, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label,
			words[i], n[i]);
}

static void put_up(FILE *f, bool up)
{
	put_one(f, "s2ctl_enforce_up", "Whether the service runs.", up);
}

/* Names and words are permanent; docs/formats.md has them as well. */
static void put_service(FILE *f, const struct enforce *e)
{
	put_up(f, true);
	put_one(f, "s2ctl_enforce_start_time_seconds",
		"When the service was started, in seconds since 1970-01-01 UTC.",
		e->started);
	put_one(f, "s2ctl_enforce_policy_current",
		"Whether the site policy that was read last is in force (1) or the one before, because that was bad (0).",
		e->current);
	put_one(f, "s2ctl_enforce_policy_rules",
		"Rules of the site policy, without those of domains.",
		e->n_rules);
	put_words(f, "s2ctl_enforce_vms_total",
		  "Virtual machines that were looked at, by what came of it.",
		  "result", served_words, e->served, SERVED_COUNT);
	put_words(f, "s2ctl_enforce_recoveries_total",
		  "What went wrong and is right again.", "cause", cause_words,
		  e->recovered, CAUSE_COUNT);
}

struct page {
	const struct enforce *e;
	const struct s2_model *model;
	const struct s2_report *report;
};

static int write_page(FILE *f, const void *data)
{
	const struct page *page = data;
	const struct format_input in = {
		.cli = page->e->cli, .model = page->model,
		.report = page->report, .site = page->e->site,
	};

	put_service(f, page->e);
	return format_prometheus(f, &in);
}

static int write_stopped(FILE *f, const void *data)
{
	(void)data;
	put_up(f, false);
	return 0;
}

int metrics_stopped(const char *path)
{
	return outfile_write(path, 0644, write_stopped, NULL);
}

/* Said once, and once more when it works again */
static void write_file(struct enforce *e, const struct s2_model *model,
		       const struct s2_report *report)
{
	const struct page page = { .e = e, .model = model, .report = report };
	const char *path = e->cli->value[OPT_METRICS];
	const bool failed = e->unwritten;
	int err;

	if (!path)
		return;
	/* So that the file says it, if it can be written */
	e->recovered[CAUSE_METRICS] += failed;
	err = outfile_try(path, 0644, write_page, &page);
	e->unwritten = err;
	if (err) {
		e->recovered[CAUSE_METRICS] -= failed;
		e->audit = sooner(e->audit, enforce_now() + RETRY_MS);
	}
	if (err && !failed)
		enforce_log(&(struct log_entry){ .id = LOG_LOST },
			    "cannot write '%s': %s", path, strerror(-err));
	else if (!err && failed)
		enforce_log(&(struct log_entry){ .id = LOG_RECOVERED },
			    "'%s' is written again", path);
}

/* ----------------------------------------------------------------- findings */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_known(const struct enforce *e, const char *key)
{
	return e->n_findings && bsearch(&key, e->finding, e->n_findings,
					sizeof(*e->finding), by_text);
}

static void log_finding(const struct enforce *e, const struct s2_obj *f)
{
	uint64_t severity = s2_obj_num(f, S2_FINDING_SEVERITY, 0);
	uint64_t vm = s2_obj_num(f, S2_FINDING_VM, 0);
	const char *rule = s2_obj_str(f, S2_FINDING_RULE);
	const char *word = words_severity((int)severity);
	struct s2_value number = s2_obj_get(f, S2_FINDING_SLOT);
	char fields[3][64], slot[32] = "";
	struct log_entry entry = {
		.id = LOG_FINDING, .vm_id = vm, .seen = seen_find(e, vm),
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

static void forget_findings(struct enforce *e)
{
	for (size_t i = 0; i < e->n_findings; i++)
		free(e->finding[i]);
	free(e->finding);
	e->finding = NULL;
	e->n_findings = 0;
}

/* Tell of those that were not there before, and keep what is there now */
static void tell_findings(struct enforce *e, const struct s2_report *report)
{
	size_t room = s2_report_count(report, 0, false), n = 0;
	char **now = calloc(room + 1, sizeof(*now));
	const struct s2_obj *f;

	s2_report_for_each(f, report, S2_OBJ_FINDING) {
		const char *key = s2_obj_str(f, S2_FINDING_KEY);

		if (!now || !key || s2_obj_num(f, S2_FINDING_WAIVED, 0))
			continue;
		if (!is_known(e, key))
			log_finding(e, f);
		if (n < room && n < FINDINGS_MAX && (now[n] = strdup(key)))
			n++;
	}
	if (!now)
		return;
	qsort(now, n, sizeof(*now), by_text);
	forget_findings(e);
	e->finding = now;
	e->n_findings = n;
}

/* -------------------------------------------------------------------- audit */

/* One VM after the other, so that the watchdog sees it go on */
static int audit(struct enforce *e, struct s2_model **model,
		 struct s2_report **report)
{
	const struct s2_audit_options how = {
		.size = sizeof(how), .site = e->site,
	};
	struct s2_load_options opt = { .size = sizeof(opt) };
	struct s2_audit *audit;
	int err = s2_audit_open(e->ctx, &how, &audit);

	if (err)
		return err;
	opt.flags = s2_audit_needs(audit) | S2_LOAD_DEVICES | S2_LOAD_POLICY;
	err = s2_load(e->src, &opt, model);
	systemd_work_goes_on();
	if (!err)
		err = s2_audit_add(audit, *model);
	if (!err)
		err = s2_audit_finish(audit);
	if (!err)
		err = s2_audit_take(audit, report);
	if (!err)
		err = accept_apply(&e->accept, *report);
	s2_audit_close(audit);
	return err;
}

void metrics_audit(struct enforce *e)
{
	struct s2_report *report = NULL;
	struct s2_model *model = NULL;
	int err;

	e->audit = 0;
	err = audit(e, &model, &report);
	e->audited = enforce_now();
	if (err) {
		enforce_log(&(struct log_entry){ .id = LOG_FAILED },
			    "audit: %s", s2_ctx_error(e->ctx));
		e->audit = e->audited + RETRY_MS;
	} else {
		tell_findings(e, report);
		write_file(e, model, report);
	}
	s2_report_unref(report);
	s2_model_unref(model);
}

void metrics_close(struct enforce *e)
{
	forget_findings(e);
}
