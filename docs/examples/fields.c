// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * fields SNAPSHOT - all that is known of each VM, also in fields of a later version
 *
 *	cc -o fields fields.c $(pkg-config --cflags --libs s2ctl)
 */
#include <stdio.h>
#include <string.h>

#include <s2ctl.h>

static void print_vm(const struct s2_obj *vm)
{
	const struct s2_field *field;

	s2_field_for_each(field, S2_OBJ_VM) {
		struct s2_value value = s2_obj_get(vm, field->id);
		char text[256];

		if (!value.known)
			continue;
		s2_value_text(field, value, text, sizeof(text));
		printf("%s: %s\n", field->name, text);
	}
}

static int print_file(struct s2_ctx *ctx, const char *path)
{
	struct s2_load_options opt;
	struct s2_source *source = NULL;
	struct s2_model *model = NULL;
	const struct s2_obj *vm;
	int err = s2_open_snapshot(ctx, path, &source);

	memset(&opt, 0, sizeof(opt));
	opt.size = sizeof(opt);
	opt.flags = S2_LOAD_VMS | S2_LOAD_SLOTS;
	if (!err)
		err = s2_load(source, &opt, &model);
	if (!err)
		s2_model_for_each(vm, model, S2_OBJ_VM)
			print_vm(vm);
	s2_model_unref(model);
	s2_source_close(source);
	return err;
}

int main(int argc, char **argv)
{
	struct s2_ctx *ctx;
	int err;

	if (argc != 2 || s2_ctx_new(&ctx))
		return 1;
	err = print_file(ctx, argv[1]);
	if (err)
		fprintf(stderr, "fields: %s\n", s2_ctx_error(ctx));
	s2_ctx_unref(ctx);
	return err ? 1 : 0;
}
