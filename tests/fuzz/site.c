// SPDX-License-Identifier: GPL-2.0-only
/* A site policy, and what it makes of a model that stays the same */
#include <stdlib.h>

#include "fuzz.h"
#include "json/json.h"

static int load_bytes(struct s2_ctx *ctx, const uint8_t *data, size_t size,
		      struct s2_site **site)
{
	const char *path = "-";
	FILE *real = stdin;
	int err;

	stdin = fuzz_open(data, size);
	err = s2_site_load(ctx, &path, 1, site);
	fclose(stdin);
	stdin = real;
	return err;
}

static void check_plan(struct s2_ctx *ctx, const struct s2_site *site,
		       unsigned int flags)
{
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "policy-plan",
	};
	const struct s2_obj *change;
	struct s2_plan *plan;
	size_t size, count = 0;
	int err = s2_site_plan(site, fuzz_model(), flags, &plan);

	if (err) {
		fuzz_must_explain(ctx, err);
		return;
	}
	fuzz_must(!s2_plan_try(plan, NULL, fuzz_model()), "not to be tried");
	for (change = s2_plan_first(plan); change; change = s2_obj_next(change))
		count++;
	fuzz_must(count == s2_plan_count(plan, 0), "another number of places");
	fuzz_must(flags || !s2_plan_count(plan, S2_ACTION_CLEAR),
		  "something is cleared that nobody asked for");
	opt.model = s2_plan_outcome(plan);
	opt.plan = plan;
	free(fuzz_json(&opt, &size));
	s2_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct s2_site *site;
	int err = load_bytes(ctx, data, size, &site);

	if (err) {
		fuzz_must_explain(ctx, err);
	} else {
		check_plan(ctx, site, 0);
		check_plan(ctx, site, S2_PLAN_PRUNE);
		s2_site_free(site);
	}
	s2_ctx_unref(ctx);
	return 0;
}
