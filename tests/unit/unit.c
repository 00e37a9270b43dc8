// SPDX-License-Identifier: GPL-2.0-only
/* What every unit test of the library starts with */
#include "unit.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

struct s2_ctx *new_ctx(void)
{
	struct s2_ctx *ctx;

	assert_int_equal(s2_ctx_new(&ctx), 0);
	return ctx;
}

int open_text(struct s2_ctx *ctx, const char *text, size_t len,
	      struct s2_source **src)
{
	/* fmemopen() of nothing fails */
	FILE *file = len ? fmemopen((void *)text, len, "r") :
		fopen("/dev/null", "r");
	int err;

	assert_non_null(file);
	err = s2_open_snapshot_file(ctx, file, "test", src);
	fclose(file);
	return err;
}

struct s2_model *load_vms(struct s2_ctx *ctx, const char *vms,
			  unsigned int flags)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = flags,
	};
	struct s2_source *src;
	struct s2_model *model;
	char *text;
	int len;

	len = asprintf(&text, "{\"format_version\":1,\"kind\":\"snapshot\","
		       "\"host\":{\"fwb\":true},\"complete\":true,"
		       "\"problems\":[],\"vms\":[%s]}", vms);
	assert_true(len > 0);
	if (open_text(ctx, text, len, &src))
		fail_msg("%s", s2_ctx_error(ctx));
	free(text);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	s2_source_close(src);
	return model;
}

const struct s2_obj *nth_vm(const struct s2_model *model, size_t n)
{
	const struct s2_obj *vm = s2_model_first(model, S2_OBJ_VM);

	while (n-- && vm)
		vm = s2_obj_next(vm);
	assert_non_null(vm);
	return vm;
}

const struct s2_obj *nth(const struct s2_obj *parent, enum s2_obj_type type,
			 size_t n)
{
	const struct s2_obj *obj = s2_obj_first(parent, type);

	while (n-- && obj)
		obj = s2_obj_next(obj);
	assert_non_null(obj);
	return obj;
}

char *make_dir(void)
{
	char *dir = strdup("/tmp/s2ctl-unit.XXXXXX");

	assert_non_null(mkdtemp(dir));
	return dir;
}

static int drop_entry(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void drop_dir(char *dir)
{
	nftw(dir, drop_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

/* Path below @dir; makes the directories that lead to it */
static void make_path(const char *dir, const char *path, char *buf, size_t size)
{
	assert_true(snprintf(buf, size, "%s/%s", dir, path) < (int)size);
	for (char *p = buf + strlen(dir) + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(buf, 0755);
		*p = '/';
	}
}

void put_file(const char *dir, const char *path, const void *data, size_t len)
{
	char buf[512];
	FILE *file;

	make_path(dir, path, buf, sizeof(buf));
	file = fopen(buf, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void put_text(const char *dir, const char *path, const char *text)
{
	put_file(dir, path, text, strlen(text));
}

void put_link(const char *dir, const char *path, const char *target)
{
	char buf[512];

	make_path(dir, path, buf, sizeof(buf));
	assert_int_equal(symlink(target, buf), 0);
}
