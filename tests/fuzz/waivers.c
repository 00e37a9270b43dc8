// SPDX-License-Identifier: GPL-2.0-only
/* A file of waivers, and which findings of a model it is for */
#include <stdlib.h>

#include "fuzz.h"
#include "json/json.h"

#define NOW	1767225600	/* 2026-01-01 */

static int load_bytes(struct s2_ctx *ctx, const uint8_t *data, size_t size,
		      struct s2_waivers **waivers)
{
	FILE *real = stdin;
	int err;

	stdin = fuzz_open(data, size);
	err = s2_waivers_load(ctx, "-", waivers);
	fclose(stdin);
	stdin = real;
	return err;
}

static size_t check_uses(const struct s2_waivers *waivers)
{
	struct s2_waiver_use use = { .size = sizeof(use) };
	size_t n = 0;

	for (; !s2_waivers_use(waivers, n, &use); n++) {
		fuzz_must(use.id && use.rule && use.expires,
			  "a waiver without a name, a rule or an end");
		fuzz_must(use.resurfaced <= use.matched, "more than match");
		fuzz_must(use.expires <= NOW || !use.resurfaced,
			  "resurfaced, and holds");
	}
	return n;
}

static void waive(struct s2_ctx *ctx, struct s2_waivers *waivers)
{
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "audit", .model = fuzz_model(),
	};
	struct s2_report *report;
	size_t count, size;

	fuzz_must(!s2_audit(ctx, (struct s2_model *)fuzz_model(), &report),
		  "no audit");
	count = s2_report_count(report, 0, false);
	fuzz_must(count, "the model has no findings");
	fuzz_must(!s2_report_waive(report, waivers, NOW), "not waived");
	fuzz_must(s2_report_count(report, 0, false) +
		  s2_report_count(report, 0, true) == count, "a finding is lost");
	fuzz_must(check_uses(waivers) == s2_waivers_count(waivers),
		  "another number of waivers");
	opt.report = report;
	free(fuzz_json(&opt, &size));
	s2_report_unref(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct s2_waivers *waivers;
	int err = load_bytes(ctx, data, size, &waivers);

	if (err)
		fuzz_must_explain(ctx, err);
	else
		waive(ctx, waivers);
	if (!err)
		s2_waivers_free(waivers);
	s2_ctx_unref(ctx);
	return 0;
}
