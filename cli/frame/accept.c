// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <time.h>

#include "audit/audit.h"
#include "frame/accept.h"

int accept_read(struct accept *accept, struct s2_ctx *ctx,
		const struct cli *cli)
{
	int err = 0;

	if (cli_given(cli, OPT_WAIVERS))
		err = s2_waivers_load(ctx, cli->value[OPT_WAIVERS],
				      &accept->waivers);
	if (!err && cli_given(cli, OPT_BASELINE))
		err = s2_baseline_load(ctx, cli->value[OPT_BASELINE],
				       &accept->baseline);
	if (!err)
		return -1;
	if (err == -ENOMEM)
		return cli_failed(err);
	cli_err("%s", s2_ctx_error(ctx));
	return CLI_ERROR;
}

int accept_apply(struct accept *accept, struct s2_report *report)
{
	int err = 0;

	if (accept->waivers)
		err = s2_report_waive(report, accept->waivers,
				      (uint64_t)time(NULL));
	if (!err && accept->baseline)
		err = s2_report_compare(report, accept->baseline);
	return err;
}

/* Of the last day on which it held. */
static void say_expired(const struct s2_waiver_use *use)
{
	time_t last = (time_t)use->expires - 1;
	char day[32] = "a day";
	struct tm tm;

	if (gmtime_r(&last, &tm))
		strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	cli_err("%s:%u: waiver '%s' expired on %s: %zu finding%s of %s count%s again",
		use->file, use->line, use->id, day, use->resurfaced,
		use->resurfaced == 1 ? "" : "s", use->rule,
		use->resurfaced == 1 ? "s" : "");
}

void accept_end(const struct accept *accept, const struct cli *cli)
{
	size_t count = accept->waivers ? s2_waivers_count(accept->waivers) : 0;

	for (size_t i = 0; i < count; i++) {
		struct s2_waiver_use use = { .size = sizeof(use) };

		if (s2_waivers_use(accept->waivers, i, &use))
			continue;
		if (use.resurfaced)
			say_expired(&use);
		else if (!use.matched && cli_given(cli, OPT_VERBOSE))
			cli_err("%s:%u: waiver '%s' is for no finding",
				use.file, use.line, use.id);
	}
}

void accept_close(struct accept *accept)
{
	s2_waivers_free(accept->waivers);
	s2_baseline_free(accept->baseline);
}
