// SPDX-License-Identifier: GPL-2.0-only
/*
 * A snapshot: what is accepted can be looked at from all sides, and written
 * again, and what was written is accepted and says the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "json/json.h"

#define ALL	(S2_LOAD_PHYS | S2_LOAD_DEVICES | S2_LOAD_POLICY)

static int open_bytes(struct s2_ctx *ctx, const void *data, size_t size,
		      struct s2_source **src)
{
	FILE *file = fuzz_open(data, size);
	int err = s2_open_snapshot_file(ctx, file, "fuzz", src);

	fclose(file);
	return err;
}

static struct s2_model *load(struct s2_source *src, unsigned int flags,
			     const char *vm)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = flags, .vms = &vm,
		.nr_vms = vm ? 1 : 0,
	};
	struct s2_model *model = NULL;
	int err = s2_load(src, &opt, &model);

	/* A name that two VMs have, or that reads like a number */
	fuzz_must(!err || vm, "opened, and not to be loaded: %d", err);
	return model;
}

static char *write_again(const struct s2_model *model, size_t *size)
{
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "snapshot", .model = model,
	};

	return fuzz_json(&opt, size);
}

/* The same, one object a line */
static char *write_records(const struct s2_model *model, size_t *size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, size);
	int err = s2_json_write_snapshot(file, model, 0);

	fclose(file);
	fuzz_must(!err, "records not written: %d", err);
	fuzz_must_print(text, *size);
	return text;
}

static struct s2_source *must_open(struct s2_ctx *ctx, const char *text,
				   size_t size)
{
	struct s2_source *src;

	if (open_bytes(ctx, text, size, &src))
		fuzz_fail("own snapshot not read again: %s", s2_ctx_error(ctx));
	return src;
}

/* What a document says, read; @records: from records that say the same */
static struct s2_model *reload(struct s2_ctx *ctx, const char *text,
			       size_t size, bool records)
{
	struct s2_source *src = must_open(ctx, text, size);
	struct s2_model *model = load(src, ALL, NULL);
	char *lines;

	s2_source_close(src);
	if (!records)
		return model;
	lines = write_records(model, &size);
	s2_model_unref(model);
	src = must_open(ctx, lines, size);
	model = load(src, ALL, NULL);
	s2_source_close(src);
	free(lines);
	return model;
}

/* Read, written, read, written: the second text is the first */
static void check_round_trip(struct s2_ctx *ctx, struct s2_source *src)
{
	struct s2_model *model = load(src, ALL, NULL);
	size_t size, size_again;
	char *text = write_again(model, &size), *again;

	s2_model_unref(model);
	for (int records = 0; records < 2; records++) {
		model = reload(ctx, text, size, records);
		again = write_again(model, &size_again);
		fuzz_must(size == size_again && !memcmp(text, again, size),
			  "changed by being read again:\n%s\n%s", text, again);
		free(again);
		s2_model_unref(model);
	}
	free(text);
}

static void print_fields(const struct s2_obj *obj)
{
	const struct s2_field *field = s2_fields(s2_obj_type(obj), NULL);

	for (; field->name; field++) {
		char small[7], text[1024];
		struct s2_value value = s2_obj_get(obj, field->id);
		size_t len = s2_value_text(field, value, text, sizeof(text));

		s2_value_text(field, value, small, sizeof(small));
		fuzz_must(len >= sizeof(text) || len == strlen(text),
			  "%s: a text of another length", field->name);
		fuzz_must(strlen(small) < sizeof(small) &&
			  !strncmp(small, text, strlen(small)),
			  "%s: the text cut short is another", field->name);
	}
}

/* As an audit of it does */
static void check_audit(struct s2_ctx *ctx, struct s2_source *src)
{
	struct s2_json_options opt = { .size = sizeof(opt), .kind = "audit" };
	struct s2_model *model = load(src, S2_LOAD_DEVICES | S2_LOAD_POLICY,
				      NULL);
	const struct s2_obj *obj;
	struct s2_report *report;
	size_t size;
	char *text;

	fuzz_must(!s2_audit(ctx, model, &report), "no audit");
	opt.model = model;
	opt.report = report;
	free(fuzz_json(&opt, &size));
	s2_report_for_each(obj, report, S2_OBJ_FINDING)
		print_fields(obj);
	s2_report_unref(report);
	/* With neighbours joined it must still be a snapshot */
	text = write_again(model, &size);
	s2_source_close(must_open(ctx, text, size));
	free(text);
	s2_model_unref(model);
}

/* How many VMs of an input are looked up: each goes through all of them */
#define LOOKED_UP	16

/* What a VM is called must find it, or say why not */
static void check_names(struct s2_ctx *ctx, struct s2_source *src)
{
	struct s2_model *model = load(src, S2_LOAD_VMS, NULL), *one;
	const struct s2_obj *vm, *found;
	const char *name;
	int left = LOOKED_UP;

	s2_model_for_each(vm, model, S2_OBJ_VM) {
		print_fields(vm);
		name = s2_obj_str(vm, S2_VM_NAME);
		if (!name || !left)
			continue;
		left--;
		if (s2_model_find_vm(model, name, &found))
			fuzz_must(*s2_ctx_error(ctx), "not found, and not why");
		one = load(src, S2_LOAD_EXTENTS, name);
		s2_model_unref(one);
	}
	s2_model_unref(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct s2_source *src;
	int err = open_bytes(ctx, data, size, &src);

	if (err) {
		fuzz_must_explain(ctx, err);
	} else {
		check_round_trip(ctx, src);
		check_audit(ctx, src);
		check_names(ctx, src);
		s2_source_close(src);
	}
	s2_ctx_unref(ctx);
	return 0;
}
