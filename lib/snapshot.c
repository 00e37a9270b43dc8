// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Snapshot backend: a file that need not be trusted.  It is read with bounds on
 * size, nesting and number of values, checked against the description of
 * fields, and refused as a whole if anything in it is wrong.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "extent.h"
#include "snapshot_parse.h"
#include "source.h"

#define SIZE_MAX_BYTES	(256ul << 20)
/* json-c takes about 100 bytes for a value */
#define VALUES_MAX	(16ul << 20)
#define DEPTH_MAX	16
#define CHUNK		65536

/* A file while it is read */
struct input {
	struct s2_ctx *ctx;
	FILE *file;
	const char *name;
	struct json_tokener *tok;
	struct json_object *root;
	size_t bytes;
	size_t values;
};

static int bad_json(struct input *in, enum json_tokener_error error)
{
	switch (error) {
	case json_tokener_continue:
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not a snapshot: the JSON ends early after %zu bytes",
			       in->name, in->bytes);
	case json_tokener_error_depth:
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not a snapshot: nested more than %d deep",
			       in->name, DEPTH_MAX);
	default:
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not a snapshot: not JSON: %s", in->name,
			       json_tokener_error_desc(error));
	}
}

/* One value more for each comma, at most: enough to bound what json-c takes */
static int check_bounds(struct input *in, const char *buf, size_t len)
{
	in->bytes += len;
	for (size_t i = 0; i < len; i++)
		in->values += buf[i] == ',';
	if (in->bytes > SIZE_MAX_BYTES)
		return s2_fail(in->ctx, -EFBIG, "%s: larger than %lu MiB",
			       in->name, SIZE_MAX_BYTES >> 20);
	if (in->values > VALUES_MAX)
		return s2_fail(in->ctx, -EFBIG, "%s: more than %lu values",
			       in->name, VALUES_MAX);
	return 0;
}

static bool is_blank(const char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", buf[i]) || !buf[i])
			return false;
	return true;
}

/* After the end of the value only blanks may follow */
static int feed(struct input *in, const char *buf, size_t len)
{
	enum json_tokener_error error;
	size_t used;

	if (in->root) {
		used = 0;
	} else {
		in->root = json_tokener_parse_ex(in->tok, buf, (int)len);
		error = json_tokener_get_error(in->tok);
		if (error == json_tokener_continue)
			return 0;
		if (error != json_tokener_success)
			return bad_json(in, error);
		if (!in->root)
			return s2_fail(in->ctx, -EBADMSG,
				       "%s: not a snapshot: null", in->name);
		used = json_tokener_get_parse_end(in->tok);
	}
	if (!is_blank(buf + used, len - used))
		return s2_fail(in->ctx, -EBADMSG,
			       "%s: not a snapshot: something follows the JSON",
			       in->name);
	return 0;
}

static int read_json(struct input *in)
{
	char *buf = malloc(CHUNK);
	int err = 0;
	size_t len;

	if (!buf)
		return s2_fail_nomem(in->ctx);
	do {
		errno = 0;
		len = fread(buf, 1, CHUNK, in->file);
		if (ferror(in->file)) {
			err = errno ? -errno : -EIO;
			s2_fail(in->ctx, err, "%s: %s", in->name,
				strerror(-err));
			break;
		}
		err = check_bounds(in, buf, len);
		if (!err && len)
			err = feed(in, buf, len);
	} while (!err && len);
	free(buf);
	if (!err && !in->root)
		err = in->bytes ? bad_json(in, json_tokener_continue) :
			s2_fail(in->ctx, -EBADMSG,
				"%s: not a snapshot: the file is empty",
				in->name);
	return err;
}

/* --------------------------------------------------------------- backend -- */

/*
 * A snapshot has all there is.  What the kernel backend would not have been
 * asked for is taken away, so that an audit finds the same in both.
 */
static void take_away(struct s2_obj *extent, unsigned int flags)
{
	bool devices = (flags & S2_LOAD_DEVICES) && s2_extent_is_io(extent);

	if (!(flags & S2_LOAD_PHYS) && !devices)
		s2_obj_forget(extent, S2_EXTENT_HPA);
	if (devices)
		return;
	s2_obj_forget(extent, S2_EXTENT_BDF);
	s2_obj_forget(extent, S2_EXTENT_BAR);
	s2_obj_forget(extent, S2_EXTENT_PREFETCHABLE);
	s2_obj_forget(extent, S2_EXTENT_DRIVER);
	s2_obj_forget(extent, S2_EXTENT_PCI_ID);
}

static int copy_kids(struct s2_obj *to, const struct s2_obj *from,
		     enum s2_obj_type type, unsigned int flags)
{
	struct s2_list *list;
	const struct s2_obj *obj;

	if (!s2_obj_known(from, type))
		return 0;
	list = s2_obj_kids(to, type);
	if (!list)
		return -ENOMEM;
	s2_obj_for_each(obj, from, type) {
		struct s2_obj *new = s2_list_add(list);

		if (!new)
			return -ENOMEM;
		s2_obj_copy_all(new, obj);
		if (type != S2_OBJ_EXTENT)
			continue;
		take_away(new, flags);
		if (!(flags & S2_LOAD_PHYS))
			s2_extent_merge_last(list);
	}
	s2_obj_set_kids_known(to, type, true);
	return 0;
}

static int copy_list(struct s2_list *to, const struct s2_list *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct s2_obj *new = s2_list_add(to);

		if (!new)
			return -ENOMEM;
		s2_obj_copy_all(new, s2_list_at(from, i));
	}
	return 0;
}

static int copy_vms(struct s2_model *to, const struct s2_model *from,
		    unsigned int flags)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, from, S2_OBJ_VM) {
		struct s2_obj *new = s2_list_add(&to->vms);

		if (!new)
			return -ENOMEM;
		s2_obj_copy_all(new, vm);
		if ((flags & S2_LOAD_SLOTS) &&
		    copy_kids(new, vm, S2_OBJ_SLOT, flags))
			return -ENOMEM;
		if ((flags & S2_LOAD_EXTENTS) &&
		    copy_kids(new, vm, S2_OBJ_EXTENT, flags))
			return -ENOMEM;
		if ((flags & S2_LOAD_POLICIES) &&
		    copy_kids(new, vm, S2_OBJ_POLICY, flags))
			return -ENOMEM;
	}
	return 0;
}

static int snapshot_load(struct s2_source *src, struct s2_model *model,
			 unsigned int flags)
{
	struct s2_model *all = src->priv;

	model->base = s2_model_ref(all);
	s2_obj_copy_all(s2_model_host_rw(model), s2_model_host(all));
	if (copy_list(&model->problems, &all->problems))
		return s2_fail_nomem(src->ctx);
	if ((flags & S2_LOAD_POLICIES) && all->policies_known) {
		model->policies_known = true;
		if (copy_list(&model->policies, &all->policies))
			return s2_fail_nomem(src->ctx);
	}
	if ((flags & S2_LOAD_VMS) && copy_vms(model, all, flags))
		return s2_fail_nomem(src->ctx);
	return 0;
}

/* Whether the snapshot holds what was asked for of a VM */
static bool has_details(const struct s2_obj *vm, unsigned int flags)
{
	return (s2_obj_known(vm, S2_OBJ_SLOT) || !(flags & S2_LOAD_SLOTS)) &&
		(s2_obj_known(vm, S2_OBJ_EXTENT) ||
		 !(flags & S2_LOAD_EXTENTS));
}

/* One made before there were policies, or by a kernel that has none */
static int check_policies(struct s2_model *model)
{
	const struct s2_obj *vm;
	bool known = model->policies_known;

	s2_model_for_each(vm, model, S2_OBJ_VM)
		known &= s2_obj_known(vm, S2_OBJ_POLICY);
	if (known)
		return 0;
	return s2_model_problem(model, S2_PROBLEM_NO_POLICY, NULL,
				"the snapshot does not hold all policies");
}

/* A snapshot made without extents cannot show them */
static int snapshot_details(struct s2_source *src, struct s2_model *model,
			    unsigned int flags)
{
	const struct s2_obj *vm;

	(void)src;
	if (!s2_model_complete(model))
		return 0;
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		if (has_details(vm, flags))
			continue;
		return s2_model_problem(model, S2_PROBLEM_NOT_LOADED, vm,
					"the snapshot does not hold all slots and extents");
	}
	if (flags & S2_LOAD_POLICY)
		return check_policies(model);
	return 0;
}

static void snapshot_close(struct s2_source *src)
{
	s2_model_unref(src->priv);
}

static const struct s2_source_ops snapshot_ops = {
	.load_vms = snapshot_load,
	.load_details = snapshot_details,
	.close = snapshot_close,
};

int s2_open_snapshot_file(struct s2_ctx *ctx, FILE *file, const char *name,
			  struct s2_source **src)
{
	struct input in = { .ctx = ctx, .file = file, .name = name };
	struct s2_model *model = NULL;
	int err;

	*src = NULL;
	in.tok = json_tokener_new_ex(DEPTH_MAX);
	if (!in.tok)
		return s2_fail_nomem(ctx);
	/* Not STRICT alone: it would refuse the newline at the end */
	json_tokener_set_flags(in.tok, JSON_TOKENER_STRICT |
			       JSON_TOKENER_ALLOW_TRAILING_CHARS |
			       JSON_TOKENER_VALIDATE_UTF8);
	err = read_json(&in);
	json_tokener_free(in.tok);
	if (!err)
		err = s2_model_new(ctx, &model);
	if (!err)
		err = s2_snapshot_parse(model, in.root, name);
	json_object_put(in.root);
	if (!err)
		err = s2_source_new(ctx, &snapshot_ops, model, src);
	if (err)
		s2_model_unref(model);
	return err;
}

int s2_open_snapshot(struct s2_ctx *ctx, const char *path,
		     struct s2_source **src)
{
	FILE *file;
	int err;

	*src = NULL;
	if (!strcmp(path, "-"))
		return s2_open_snapshot_file(ctx, stdin, "standard input", src);
	file = fopen(path, "re");
	if (!file) {
		err = -errno;
		return s2_fail(ctx, err, "%s: %s", path, strerror(-err));
	}
	err = s2_open_snapshot_file(ctx, file, path, src);
	fclose(file);
	return err;
}
