// SPDX-License-Identifier: GPL-2.0-only
/*
 * The formats with findings that no snapshot has: accepted ones, such whose
 * waiver has expired, with a key.
 */
#include <errno.h>

#include "../unit/unit.h"

#include <json-c/json.h>

#include "model/field.h"
#include "audit/report.h"

#include "formats/format.h"
#include "audit/audit.h"

struct audit {
	struct s2_ctx *ctx;
	struct s2_model *model;
	struct s2_report *report;
};

/* Two findings of S2-002, in slots 0 and 1: accepted, and not any more */
static struct audit begin(void)
{
	struct audit audit = { .ctx = new_ctx() };
	struct s2_obj *f;

	audit.model = load_vms(audit.ctx,
		"{\"id\":1,\"name\":\"web\",\"slots\":[],\"extents\":["
		"{\"slot\":0,\"gpa\":0,\"bytes\":4096,\"class\":\"ram\",\"vma_type\":\"wb\",\"mapped\":\"wb\",\"perm\":\"rw-\",\"facts\":[\"vma\"]},"
		"{\"slot\":1,\"gpa\":8192,\"bytes\":4096,\"class\":\"ram\",\"vma_type\":\"wb\",\"mapped\":\"wb\",\"perm\":\"rw-\",\"facts\":[\"vma\"]}]}",
		S2_LOAD_DEVICES);
	assert_int_equal(s2_audit(audit.ctx, audit.model, &audit.report), 0);
	assert_int_equal(s2_report_count(audit.report, 0, false), 2);
	f = s2_list_at(&audit.report->findings, 0);
	s2_obj_set_num(f, S2_FINDING_WAIVED, true);
	s2_obj_set_str(f, S2_FINDING_WAIVER, "agreed <b>with</b> the owner");
	s2_obj_set_num(f, S2_FINDING_EXPIRES, 1774958400);
	s2_obj_set_str(f, S2_FINDING_KEY, "0123456789abcdef");
	f = s2_list_at(&audit.report->findings, 1);
	s2_obj_set_str(f, S2_FINDING_WAIVER, "for the move");
	s2_obj_set_num(f, S2_FINDING_EXPIRES, 1704067200);
	/* From a report that had none */
	s2_obj_forget(f, S2_FINDING_KEY);
	return audit;
}

static void end(struct audit *audit)
{
	s2_report_unref(audit->report);
	s2_model_unref(audit->model);
	s2_ctx_unref(audit->ctx);
}

static char *run(const struct audit *audit,
		 int (*write)(FILE *file, const struct format_input *in))
{
	struct cli cli = { .json = false };
	const struct format_input in = {
		.cli = &cli, .model = audit->model, .report = audit->report,
	};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(write(f, &in), 0);
	fclose(f);
	return text;
}

static struct json_object *at(struct json_object *obj, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(obj, key, &value));
	return value;
}

static void expect_str(struct json_object *obj, const char *key,
		       const char *want)
{
	assert_string_equal(json_object_get_string(at(obj, key)), want);
}

static void test_sarif(void **data)
{
	struct audit audit = begin();
	char *text = run(&audit, format_sarif);
	struct json_object *all = json_tokener_parse(text), *results, *result;
	struct json_object *suppression;

	(void)data;
	assert_non_null(all);
	results = at(json_object_array_get_idx(at(all, "runs"), 0), "results");
	assert_int_equal(json_object_array_length(results), 2);
	result = json_object_array_get_idx(results, 0);
	assert_int_equal(json_object_array_length(at(result, "suppressions")),
			 1);
	suppression = json_object_array_get_idx(at(result, "suppressions"), 0);
	expect_str(suppression, "kind", "external");
	expect_str(suppression, "status", "accepted");
	expect_str(suppression, "justification",
		   "agreed <b>with</b> the owner");
	expect_str(at(result, "partialFingerprints"), "s2ctlKey/v1",
		   "0123456789abcdef");
	/* An expired waiver suppresses nothing. */
	result = json_object_array_get_idx(results, 1);
	assert_false(json_object_object_get_ex(result, "suppressions", NULL));
	assert_false(json_object_object_get_ex(result, "partialFingerprints",
					       NULL));
	json_object_put(all);
	free(text);
	end(&audit);
}

static void test_prometheus(void **data)
{
	struct audit audit = begin();
	char *text = run(&audit, format_prometheus);

	(void)data;
	assert_non_null(strstr(text, "\ns2ctl_findings{rule=\"S2-002\",severity=\"low\",waived=\"true\"} 1\n"));
	assert_non_null(strstr(text, "\ns2ctl_findings{rule=\"S2-002\",severity=\"low\",waived=\"false\"} 1\n"));
	free(text);
	end(&audit);
}

static void test_html(void **data)
{
	struct audit audit = begin();
	char *text = run(&audit, format_html);

	(void)data;
	assert_non_null(strstr(text, "1 open finding, the worst low. 1 accepted by the site."));
	assert_non_null(strstr(text, "<tr class=\"waived\">"));
	assert_non_null(strstr(text, "<strong>Accepted</strong>: agreed &lt;b&gt;with&lt;/b&gt; the owner (until <time datetime=\"2026-03-31T12:00:00Z\">"));
	assert_non_null(strstr(text, "<strong>The waiver has expired</strong>: for the move (on <time datetime=\"2024-01-01T00:00:00Z\">"));
	free(text);
	end(&audit);
}

/* Writing that fails is noticed in every format */
static void test_full(void **data)
{
	int (*const write[])(FILE *file, const struct format_input *in) = {
		format_sarif, format_prometheus, format_html,
	};
	struct audit audit = begin();
	struct cli cli = { .json = false };
	const struct format_input in = {
		.cli = &cli, .model = audit.model, .report = audit.report,
	};

	(void)data;
	for (size_t i = 0; i < sizeof(write) / sizeof(*write); i++) {
		FILE *f = fopen("/dev/full", "w");

		assert_non_null(f);
		assert_int_equal(write[i](f, &in), -ENOSPC);
		fclose(f);
	}
	end(&audit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sarif),
		cmocka_unit_test(test_prometheus),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_full),
	};

	return RUN_TESTS(tests);
}
