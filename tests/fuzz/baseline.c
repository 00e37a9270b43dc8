// SPDX-License-Identifier: GPL-2.0-only
/* What an audit wrote before, with what it finds now */
#include <stdlib.h>

#include "audit/baseline.h"
#include "fuzz.h"
#include "json/json.h"

static int load_bytes(struct s2_ctx *ctx, const void *data, size_t size,
		      struct s2_baseline **baseline)
{
	FILE *real = stdin;
	int err;

	stdin = fuzz_open(data, size);
	err = s2_baseline_load(ctx, "-", baseline);
	fclose(stdin);
	stdin = real;
	return err;
}

static struct s2_report *audit(struct s2_ctx *ctx)
{
	struct s2_report *report;

	fuzz_must(!s2_audit(ctx, (struct s2_model *)fuzz_model(), &report),
		  "no audit");
	return report;
}

static char *write_audit(const struct s2_report *report, size_t *size)
{
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "audit", .model = fuzz_model(),
		.report = report,
	};

	return fuzz_json(&opt, size);
}

static void check_slots(const struct s2_baseline *baseline)
{
	const struct s2_obj *vm, *slot;

	s2_model_for_each(vm, fuzz_model(), S2_OBJ_VM)
		s2_obj_for_each(slot, vm, S2_OBJ_SLOT)
			s2_baseline_counters(baseline,
				s2_obj_str(s2_model_host(fuzz_model()),
					   S2_HOST_BOOT_ID), vm,
				(uint32_t)s2_obj_num(slot, S2_SLOT_SLOT, 0), 0);
}

static void compare(struct s2_ctx *ctx, const struct s2_baseline *baseline)
{
	struct s2_report *report = audit(ctx);
	size_t count = s2_report_count(report, 0, false), size;

	fuzz_must(!s2_report_compare(report, baseline), "not compared");
	fuzz_must(s2_report_count(report, 0, false) <= count,
		  "more findings than there were");
	free(write_audit(report, &size));
	s2_report_unref(report);
	check_slots(baseline);
}

/* With itself as a baseline an audit has nothing new */
static void check_itself(struct s2_ctx *ctx)
{
	struct s2_report *report = audit(ctx);
	struct s2_baseline *baseline;
	size_t size;
	char *text = write_audit(report, &size);

	if (load_bytes(ctx, text, size, &baseline))
		fuzz_fail("own audit not read: %s", s2_ctx_error(ctx));
	fuzz_must(!s2_report_compare(report, baseline), "not compared");
	fuzz_must(!s2_report_count(report, 0, false), "new, and the same");
	s2_baseline_free(baseline);
	s2_report_unref(report);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct s2_baseline *baseline;
	int err = load_bytes(ctx, data, size, &baseline);

	if (err) {
		fuzz_must_explain(ctx, err);
	} else {
		compare(ctx, baseline);
		s2_baseline_free(baseline);
	}
	if (!size)
		check_itself(ctx);
	s2_ctx_unref(ctx);
	return 0;
}
