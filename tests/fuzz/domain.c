// SPDX-License-Identifier: GPL-2.0-only
/* A libvirt domain's XML, and what its policy makes of a model */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "policy/policy.h"

/* Adds the domain's rules, which are for one VM at most; frees the domain */
static void plan(struct s2_ctx *ctx, struct s2_domain *domain)
{
	const size_t rules = s2_domain_count(domain);
	struct s2_site *site;
	struct s2_plan *plan;

	fuzz_must(!s2_site_new(ctx, &site), "no site");
	fuzz_must(!s2_site_add_domain(site, domain), "not added");
	fuzz_must(s2_site_count(site) == rules, "another number of rules");
	fuzz_must(!s2_site_plan(site, fuzz_model(), 0, &plan), "no plan");
	fuzz_must(!s2_plan_count(plan, S2_ACTION_CLEAR), "something is cleared");
	for (const struct s2_obj *c = s2_plan_first(plan); c;
	     c = s2_obj_next(c))
		fuzz_must(s2_obj_get(c, S2_CHANGE_VM).known,
			  "a domain has a policy for the host");
	s2_plan_free(plan);
	s2_site_drop_domains(site);
	fuzz_must(!s2_site_count(site), "a rule is left");
	s2_site_free(site);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct s2_domain *domain;
	int err = s2_domain_parse(ctx, "domain", (const char *)data, size,
				  &domain);

	if (err) {
		fuzz_must_explain(ctx, err);
	} else {
		fuzz_must(strlen(s2_domain_uuid(domain)) == 36,
			  "not a UUID");
		err = s2_domain_check(domain, fuzz_model());
		if (err)
			fuzz_must_explain(ctx, err);
		plan(ctx, domain);
	}
	s2_ctx_unref(ctx);
	return 0;
}
