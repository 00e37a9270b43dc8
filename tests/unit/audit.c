// SPDX-License-Identifier: GPL-2.0-only
/* What tests of the audit have in common */
#include "audit.h"
#include "audit/audit.h"

struct s2_source *open_source(struct s2_ctx *ctx, const char *text)
{
	struct s2_source *src;

	if (open_text(ctx, text, strlen(text), &src))
		fail_msg("%s", s2_ctx_error(ctx));
	return src;
}

void run_with(struct audit *audit, const char *text,
		     struct s2_audit_options *opt)
{
	struct s2_load_options load = { .size = sizeof(load), .flags = FLAGS };
	struct s2_audit_options none = { .size = sizeof(none) };
	struct s2_source *src = open_source(audit->ctx, text);
	struct s2_audit *run;
	struct s2_model *model;

	opt = opt ? opt : &none;
	opt->site = audit->site;
	assert_int_equal(s2_load(src, &load, &model), 0);
	assert_int_equal(s2_audit_open(audit->ctx, opt, &run), 0);
	if (s2_audit_add(run, model) || s2_audit_finish(run))
		fail_msg("%s", s2_ctx_error(audit->ctx));
	assert_int_equal(s2_audit_take(run, &audit->report), 0);
	s2_audit_close(run);
	s2_model_unref(model);
	s2_source_close(src);
}

struct audit run(const char *text)
{
	struct audit audit = { .ctx = new_ctx() };

	run_with(&audit, text, NULL);
	return audit;
}

struct audit run_site(const char *text, const char *json)
{
	struct audit audit = { .ctx = new_ctx(), .dir = make_dir() };
	const char *path = audit.dir;

	put_text(audit.dir, "site.json", json);
	if (s2_site_load(audit.ctx, &path, 1, &audit.site))
		fail_msg("%s", s2_ctx_error(audit.ctx));
	run_with(&audit, text, NULL);
	return audit;
}

void end(struct audit *audit)
{
	s2_report_unref(audit->report);
	s2_site_free(audit->site);
	s2_ctx_unref(audit->ctx);
	if (audit->dir)
		drop_dir(audit->dir);
}

size_t count(const struct audit *audit)
{
	return s2_report_count(audit->report, 0, false);
}

const struct s2_obj *of_rule(const struct audit *audit, const char *rule)
{
	const struct s2_obj *it, *found = NULL;

	s2_report_for_each(it, audit->report, S2_OBJ_FINDING) {
		if (strcmp(s2_obj_str(it, S2_FINDING_RULE), rule))
			continue;
		if (found)
			fail_msg("%s is there twice", rule);
		found = it;
	}
	return found;
}

const struct s2_obj *expect(const struct audit *audit, const char *rule,
				   const char *severity, const char *statement)
{
	const struct s2_obj *obj = of_rule(audit, rule);

	if (!obj)
		fail_msg("%s found nothing", rule);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_SEVERITY), severity);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_STATEMENT), statement);
	return obj;
}

const struct s2_obj *evidence(const struct s2_obj *finding)
{
	return nth(finding, S2_OBJ_EVIDENCE, 0);
}

void expect_unknown(const struct audit *audit, const char *part)
{
	const struct s2_obj *problem =
		s2_report_first(audit->report, S2_OBJ_PROBLEM);

	assert_false(s2_report_complete(audit->report));
	assert_non_null(problem);
	assert_non_null(strstr(s2_obj_str(problem, S2_PROBLEM_TEXT), part));
}
