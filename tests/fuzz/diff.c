// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two models: one from a snapshot, and one that stays the same.  In what they
 * differ, either way round, and whether one is a host for the other's VMs.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "json/json.h"

static struct s2_model *load(struct s2_ctx *ctx, const uint8_t *data,
			     size_t size)
{
	struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_source *src;
	struct s2_model *model = NULL;
	FILE *file = fuzz_open(data, size);

	if (!s2_open_snapshot_file(ctx, file, "fuzz", &src)) {
		s2_load(src, &opt, &model);
		s2_source_close(src);
	}
	fclose(file);
	return model;
}

/* Whether it can be said which VM is which: an id, or a process, means one boot's */
static bool has_identities(const struct s2_model *model)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, model, S2_OBJ_VM)
		if (!s2_obj_get(vm, S2_VM_ID).known &&
		    !(s2_obj_get(vm, S2_VM_PID).known &&
		      s2_obj_get(vm, S2_VM_START).known &&
		      s2_obj_get(vm, S2_VM_NTH).known))
			return false;
	return s2_obj_str(s2_model_host(model), S2_HOST_BOOT_ID);
}

/* Return: in how many things they differ */
static size_t diff(struct s2_ctx *ctx, const struct s2_model *before,
		   const struct s2_model *after, unsigned int flags)
{
	struct s2_json_options opt = { .size = sizeof(opt), .kind = "diff" };
	const struct s2_obj *one;
	struct s2_diff *diff;
	size_t count = 0, size;

	fuzz_must(!s2_diff(ctx, before, after, flags, &diff), "no diff");
	for (one = s2_diff_first(diff); one; one = s2_obj_next(one))
		count++;
	fuzz_must(count == s2_diff_count(diff), "another number");
	opt.model = s2_diff_outcome(diff);
	opt.diff = diff;
	free(fuzz_json(&opt, &size));
	s2_diff_free(diff);
	return count;
}

static void preflight(struct s2_ctx *ctx, const struct s2_model *vms,
		      const struct s2_model *host)
{
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "preflight",
	};
	struct s2_preflight *p;
	size_t size;

	fuzz_must(!s2_preflight(ctx, vms, host, NULL, &p), "no preflight");
	fuzz_must(s2_preflight_count(p, S2_ANSWER_OK) +
		  s2_preflight_count(p, S2_ANSWER_MISSING) +
		  s2_preflight_count(p, S2_ANSWER_UNKNOWN) ==
		  s2_preflight_count(p, 0), "an answer of another kind");
	opt.model = s2_preflight_outcome(p);
	opt.preflight = p;
	free(fuzz_json(&opt, &size));
	s2_preflight_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct s2_model *model = load(ctx, data, size);

	if (model) {
		fuzz_must(!diff(ctx, model, model, S2_DIFF_ALL) ||
			  !has_identities(model), "differs from itself");
		diff(ctx, model, fuzz_model(), 0);
		diff(ctx, fuzz_model(), model, S2_DIFF_ALL);
		preflight(ctx, model, fuzz_model());
		preflight(ctx, fuzz_model(), model);
		s2_model_unref(model);
	}
	s2_ctx_unref(ctx);
	return 0;
}
