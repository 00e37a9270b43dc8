// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of plans share: hosts from a snapshot, and rules */
#include "plan-unit.h"
#include "policy/policy.h"

#include <stdio.h>

int plan_setup(void **data)
{
	struct plan_state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->dir = make_dir();
	*data = state;
	return 0;
}

int plan_teardown(void **data)
{
	struct plan_state *state = *data;

	s2_ctx_unref(state->ctx);
	drop_dir(state->dir);
	free(state);
	return 0;
}

struct s2_model *load_host(struct plan_state *state, const char *vms,
			   const char *policies)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_source *src;
	struct s2_model *model;
	char text[8192];

	assert_true(snprintf(text, sizeof(text),
			     "{\"format_version\":1,\"kind\":\"snapshot\",\"host\":{},"
			     "\"complete\":true,\"problems\":[],\"vms\":[%s],"
			     "\"policies\":[%s]}", vms, policies) <
		    (int)sizeof(text));
	if (open_text(state->ctx, text, strlen(text), &src))
		fail_msg("%s", s2_ctx_error(state->ctx));
	assert_int_equal(s2_load(src, &opt, &model), 0);
	s2_source_close(src);
	return model;
}

struct s2_site *load_site(struct plan_state *state, const char *rules)
{
	char text[4096], path[256];
	const char *paths = path;
	struct s2_site *site;

	snprintf(text, sizeof(text), "{\"format_version\":1,\"rules\":[%s]}",
		 rules);
	put_text(state->dir, "p", text);
	snprintf(path, sizeof(path), "%s/p", state->dir);
	if (s2_site_load(state->ctx, &paths, 1, &site))
		fail_msg("%s", s2_ctx_error(state->ctx));
	return site;
}

struct s2_plan *make_plan(struct plan_state *state,
			  const struct s2_model *model, const char *rules,
			  unsigned int flags)
{
	struct s2_site *site = load_site(state, rules);
	struct s2_plan *plan;

	if (s2_site_plan(site, model, flags, &plan))
		fail_msg("%s", s2_ctx_error(state->ctx));
	s2_site_free(site);
	return plan;
}

void expect_plan(const struct s2_plan *plan, const char *want)
{
	static const unsigned int ids[] = {
		S2_CHANGE_ACTION, S2_CHANGE_SCOPE, S2_CHANGE_VM,
		S2_CHANGE_SLOT, S2_CHANGE_CLASS, S2_CHANGE_CONSTRAINTS,
		S2_CHANGE_MODE, S2_CHANGE_OLD_CONSTRAINTS, S2_CHANGE_OLD_MODE,
		S2_CHANGE_RULES, S2_CHANGE_SEVERITY,
	};
	const struct s2_obj *change = s2_plan_first(plan);
	char got[4096] = "", *p = got;

	for (; change; change = s2_obj_next(change)) {
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
			const struct s2_field *f =
				&s2_fields(S2_OBJ_CHANGE, NULL)[ids[i] & 0xff];

			p += sprintf(p, "%s", i ? " " : "");
			p += s2_value_text(f, s2_obj_get(change, ids[i]), p,
					   256);
		}
		p += sprintf(p, "\n");
	}
	assert_string_equal(got, want);
}

