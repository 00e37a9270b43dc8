// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller SNAPSHOT | caller --kernel - a program that others wrote
 *
 * tests/unit/test-callers compiles it with headers of several days:
 *
 *	-DYESTERDAY	goes through arrays by index: there was no other way
 *	-DTOMORROW=N	sets a member of s2_load_options that there is not yet
 *	-DSIZE=N	says that s2_load_options is as large as that
 *
 * It prints VMs, slots, names of fields and words, one a line.  With --kernel it asks
 * for all that there is, devices included, and prints the libraries it then has.
 */
#include <stdio.h>
#include <string.h>

#include <s2ctl.h>

#ifndef SIZE
#define SIZE	sizeof(struct s2_load_options)
#endif

static int load(struct s2_source *source, unsigned int flags, struct s2_model **model)
{
	struct s2_load_options opt;

	memset(&opt, 0, sizeof(opt));
	opt.size = SIZE;
	opt.flags = flags;
#ifdef TOMORROW
	opt.tomorrow = TOMORROW;
#endif
	return s2_load(source, &opt, model);
}

static void print_model(const struct s2_model *model)
{
	const struct s2_obj *vm, *slot;
	const char *name;

	s2_model_for_each(vm, model, S2_OBJ_VM) {
		name = s2_obj_str(vm, S2_VM_NAME);
		printf("vm %s\n", name ? name : "-");
		s2_obj_for_each(slot, vm, S2_OBJ_SLOT)
			printf("slot %d %s\n", (int)s2_obj_num(slot, S2_SLOT_SLOT, 0),
			       s2_obj_str(slot, S2_SLOT_MAPPED));
	}
}

static void print_tables(void)
{
#ifdef YESTERDAY
	const struct s2_field *fields = s2_fields(S2_OBJ_VM, NULL);
	const struct s2_word *words = s2_words(NULL);

	for (int i = 0; fields[i].name; i++)
		printf("field %s\n", fields[i].name);
	for (int i = 0; words[i].word; i++)
		printf("word %s %s\n", words[i].kind, words[i].word);
#else
	const struct s2_field *field;
	const struct s2_word *word;

	s2_field_for_each(field, S2_OBJ_VM)
		printf("field %s\n", field->name);
	s2_field_for_each(field, (enum s2_obj_type)0)
		printf("of nothing: %s\n", field->name);
	s2_word_for_each(word)
		printf("word %s %s\n", word->kind, word->word);
#endif
}

/* Names of the files that are mapped */
static void print_libraries(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[4096];

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, ".so"))
			printf("%s", strrchr(line, '/') + 1);
	if (maps)
		fclose(maps);
}

int main(int argc, char **argv)
{
	struct s2_ctx *ctx = NULL;
	struct s2_source *source = NULL;
	struct s2_model *model = NULL;
	int kernel = argc > 1 && !strcmp(argv[1], "--kernel");
	int err = s2_ctx_new(&ctx);

	if (!err)
		err = kernel ? s2_open_kernel(ctx, &source) :
			       s2_open_snapshot(ctx, argv[1], &source);
	if (!err)
		err = load(source, kernel ? S2_LOAD_DEVICES : S2_LOAD_SLOTS, &model);
	if (err) {
		printf("error %d: %s\n", err, s2_ctx_error(ctx));
	} else if (kernel) {
		print_libraries();
	} else {
		print_model(model);
		print_tables();
	}
	s2_model_unref(model);
	s2_source_close(source);
	s2_ctx_unref(ctx);
	return err ? 1 : 0;
}
