// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "enforce/clock.h"
#include "enforce/log.h"
#include "enforce/metrics.h"
#include "formats/format.h"
#include "frame/outfile.h"

static const char *const served_words[SERVED_COUNT] = {
	"applied", "unchanged", "refused", "failed", "gone",
};

static const char *const cause_words[CAUSE_COUNT] = {
	"overrun", "socket", "metrics",
};

static void put_head(FILE *f, const char *name, const char *type,
		     const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_one(FILE *f, const char *name, const char *help, uint64_t n)
{
	put_head(f, name, "gauge", help);
	fprintf(f, "%s %" PRIu64 "\n", name, n);
}

static void put_words(FILE *f, const char *name, const char *help,
		      const char *label, const char *const *words,
		      const uint64_t *n, size_t count)
{
	put_head(f, name, "counter", help);
	for (size_t i = 0; i < count; i++)
		fprintf(f, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label,
			words[i], n[i]);
}

static void put_up(FILE *f, bool up)
{
	put_one(f, "s2ctl_enforce_up", "Whether the service runs.", up);
}

/* Names and words are permanent; docs/formats.md has them as well. */
static void put_service(FILE *f, const struct service *s)
{
	uint64_t recovered[CAUSE_COUNT];

	/* If this can be read, it could be written again */
	memcpy(recovered, s->state.recovered, sizeof(recovered));
	recovered[CAUSE_METRICS] += s->state.unwritten;
	put_up(f, true);
	put_one(f, "s2ctl_enforce_start_time_seconds",
		"When the service was started, in seconds since 1970-01-01 UTC.",
		s->started);
	put_one(f, "s2ctl_enforce_policy_current",
		"Whether the site policy that was read last is in force (1) or the one before, because that was bad (0).",
		s->current);
	put_one(f, "s2ctl_enforce_policy_rules",
		"Rules of the site policy, without those of domains.",
		s->n_rules);
	put_words(f, "s2ctl_enforce_vms_total",
		  "Virtual machines that were looked at, by what came of it.",
		  "result", served_words, s->state.served, SERVED_COUNT);
	put_words(f, "s2ctl_enforce_recoveries_total",
		  "What went wrong and is right again.", "cause", cause_words,
		  recovered, CAUSE_COUNT);
}

struct page {
	const struct service *s;
	const struct s2_model *model;
	const struct s2_report *report;
};

static int write_page(FILE *f, const void *data)
{
	const struct page *page = data;
	const struct format_input in = {
		.cli = page->s->cli, .model = page->model,
		.report = page->report, .site = page->s->site,
	};

	put_service(f, page->s);
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
void metrics_write(struct service *s, const struct s2_model *model,
		   const struct s2_report *report)
{
	const struct page page = { .s = s, .model = model, .report = report };
	const char *path = s->cli->value[OPT_METRICS];
	bool news;
	int err;

	if (!path)
		return;
	err = outfile_try(path, 0644, write_page, &page);
	news = state_written(&s->state, !err, clock_now());
	if (err && news)
		enforce_log(&(struct log_entry){ .id = LOG_LOST },
			    "cannot write '%s': %s", path, strerror(-err));
	else if (news)
		enforce_log(&(struct log_entry){ .id = LOG_RECOVERED },
			    "'%s' is written again", path);
}
