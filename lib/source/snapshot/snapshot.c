// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Snapshot backend: a file that need not be trusted.  All of it is checked
 * against the description of fields, and refused as a whole if anything in it is
 * wrong; then VMs are read from it again when they are asked for, one at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/adopt.h"
#include "model/extent.h"
#include "source/snapshot/snapshot_parse.h"
#include "source/snapshot/snapshot_scan.h"
#include "source/source.h"

/**
 * struct s2_snapshot - an open snapshot
 * @scan: the file
 * @name: its name
 * @model: all of it but the children of VMs
 */
struct s2_snapshot {
	struct s2_scan scan;
	char *name;
	struct s2_model *model;
};

/* --------------------------------------------------------------- backend -- */

/*
 * A snapshot has all there is.  What the kernel backend would not have been
 * asked for is taken away, so that an audit finds the same in both.
 */
static void take_away(struct s2_obj *extent, unsigned int flags)
{
	bool devices = (flags & S2_LOAD_DEVICES) &&
		s2_extent_may_be_bar(extent);

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

static int copy_vms(struct s2_model *to, const struct s2_model *from)
{
	for (size_t i = 0; i < from->vms.count; i++) {
		struct s2_obj *new = s2_list_add(&to->vms);

		if (!new)
			return -ENOMEM;
		s2_obj_copy_all(new, s2_list_at(&from->vms, i));
		new->tag = (uint32_t)i;
	}
	return 0;
}

static int snapshot_load(struct s2_source *src, struct s2_model *model,
			 unsigned int flags)
{
	struct s2_snapshot *snapshot = src->priv;
	struct s2_model *all = snapshot->model;

	model->base = s2_model_ref(all);
	s2_obj_copy_all(s2_model_host_rw(model), s2_model_host(all));
	if (copy_list(&model->problems, &all->problems))
		return s2_fail_nomem(src->ctx);
	if ((flags & S2_LOAD_POLICIES) && all->policies_known) {
		model->policies_known = true;
		if (copy_list(&model->policies, &all->policies))
			return s2_fail_nomem(src->ctx);
	}
	if ((flags & S2_LOAD_VMS) && copy_vms(model, all))
		return s2_fail_nomem(src->ctx);
	return 0;
}

/* Reads a VM into @list, with strings of @model */
static int read_vm(struct s2_snapshot *snapshot, struct s2_model *model,
		   size_t n, struct s2_list *list)
{
	struct json_object *json;
	int err = s2_scan_json(&snapshot->scan, &snapshot->scan.vm[n], &json);

	if (err)
		return err;
	err = s2_snapshot_parse_vm(model, list, json, n, snapshot->name);
	json_object_put(json);
	return err;
}

static int copy_details(struct s2_obj *vm, const struct s2_obj *from,
			unsigned int flags)
{
	if ((flags & S2_LOAD_SLOTS) && copy_kids(vm, from, S2_OBJ_SLOT, flags))
		return -ENOMEM;
	if ((flags & S2_LOAD_EXTENTS) &&
	    copy_kids(vm, from, S2_OBJ_EXTENT, flags))
		return -ENOMEM;
	if ((flags & S2_LOAD_POLICIES) &&
	    copy_kids(vm, from, S2_OBJ_POLICY, flags))
		return -ENOMEM;
	return 0;
}

/* What is wrong with it was said when the snapshot was opened */
static int load_vm(struct s2_snapshot *snapshot, struct s2_model *model,
		   struct s2_obj *vm, unsigned int flags)
{
	size_t problems = model->problems.count;
	s2_log_fn log = model->ctx->log;
	struct s2_list list;
	int err;

	s2_list_init(&list, S2_OBJ_VM);
	model->ctx->log = NULL;
	err = read_vm(snapshot, model, vm->tag, &list);
	model->ctx->log = log;
	while (model->problems.count > problems)
		s2_list_drop(&model->problems);
	if (!err && copy_details(vm, s2_list_at(&list, 0), flags))
		err = s2_fail_nomem(model->ctx);
	s2_list_clear(&list);
	return err;
}

/* Whether the snapshot holds what was asked for of a VM */
static bool has_details(const struct s2_obj *vm, unsigned int flags)
{
	return (s2_obj_known(vm, S2_OBJ_SLOT) || !(flags & S2_LOAD_SLOTS)) &&
		(s2_obj_known(vm, S2_OBJ_EXTENT) ||
		 !(flags & S2_LOAD_EXTENTS));
}

static bool has_any_policies(const struct s2_model *model)
{
	const struct s2_obj *vm;
	bool known = model->policies_known;

	s2_model_for_each(vm, model, S2_OBJ_VM)
		known |= s2_obj_known(vm, S2_OBJ_POLICY);
	return known;
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
static int check_details(struct s2_model *model, unsigned int flags)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, model, S2_OBJ_VM) {
		if (has_details(vm, flags))
			continue;
		return s2_model_problem(model, S2_PROBLEM_NOT_LOADED, vm,
					"the snapshot does not hold all slots and extents");
	}
	/* Of the VMs but not of the host, or the other way round, is no none */
	if (flags & S2_LOAD_POLICY ||
	    (flags & S2_LOAD_POLICY_IF_ANY && has_any_policies(model)))
		return check_policies(model);
	return 0;
}

static int snapshot_details(struct s2_source *src, struct s2_model *model,
			    unsigned int flags)
{
	struct s2_snapshot *snapshot = src->priv;
	int err = 0;

	for (size_t i = 0; !err && i < model->vms.count; i++)
		err = load_vm(snapshot, model, s2_list_at(&model->vms, i),
			      flags);
	/* One that is not complete has said why */
	if (err || !s2_model_complete(model) ||
	    !s2_model_complete(snapshot->model))
		return err;
	return check_details(model, flags);
}

static void snapshot_free(struct s2_snapshot *snapshot)
{
	s2_scan_clear(&snapshot->scan);
	s2_model_unref(snapshot->model);
	free(snapshot->name);
	free(snapshot);
}

static void snapshot_close(struct s2_source *src)
{
	snapshot_free(src->priv);
}

static const struct s2_source_ops snapshot_ops = {
	.load_vms = snapshot_load,
	.load_details = snapshot_details,
	.close = snapshot_close,
};

/* ---------------------------------------------------------------- opening -- */

/* Checks all of a VM and keeps what is not its children */
static int check_vm(struct s2_snapshot *snapshot, size_t n)
{
	struct s2_model *to = snapshot->model, *model;
	int err = s2_model_new(to->ctx, &model);

	if (err)
		return err;
	err = read_vm(snapshot, model, n, &model->vms);
	if (!err && !s2_adopt(to, &to->vms, s2_list_at(&model->vms, 0)))
		err = s2_fail_nomem(to->ctx);
	if (!err)
		err = s2_adopt_problems(to, model, NULL);
	s2_model_unref(model);
	return err;
}

static int check_all(struct s2_snapshot *snapshot)
{
	struct s2_scan *scan = &snapshot->scan;
	int err = s2_scan_file(scan);

	if (!err)
		err = s2_model_new(scan->ctx, &snapshot->model);
	if (!err)
		err = s2_snapshot_parse(snapshot->model, scan->root,
					scan->vms_known, snapshot->name);
	json_object_put(scan->root);
	scan->root = NULL;
	for (size_t i = 0; !err && i < scan->vms; i++)
		err = check_vm(snapshot, i);
	if (!err)
		err = s2_snapshot_check_vms(snapshot->model, snapshot->name);
	return err;
}

/* Takes @fd over; or reads @file to its end, where that is not -1 */
static int open_snapshot(struct s2_ctx *ctx, FILE *file, int fd,
			 uint64_t bytes, const char *name,
			 struct s2_source **src)
{
	struct s2_snapshot *new = calloc(1, sizeof(*new));
	int err = 0;

	if (!new) {
		if (fd >= 0)
			close(fd);
		return s2_fail_nomem(ctx);
	}
	s2_store_init(&new->scan.store, ctx);
	new->scan.store.fd = fd;
	new->scan.store.bytes = bytes;
	new->scan.ctx = ctx;
	new->scan.file = file;
	new->name = strdup(name);
	new->scan.name = new->name;
	if (!new->name)
		err = s2_fail_nomem(ctx);
	if (!err)
		err = check_all(new);
	if (!err)
		err = s2_source_new(ctx, &snapshot_ops, new, src);
	if (err)
		snapshot_free(new);
	return err;
}

int s2_open_snapshot_file(struct s2_ctx *ctx, FILE *file, const char *name,
			  struct s2_source **src)
{
	*src = NULL;
	return open_snapshot(ctx, file, -1, 0, name, src);
}

int s2_open_snapshot(struct s2_ctx *ctx, const char *path,
		     struct s2_source **src)
{
	struct stat st;
	int err, fd;
	FILE *file;

	*src = NULL;
	if (!strcmp(path, "-"))
		return s2_open_snapshot_file(ctx, stdin, "standard input", src);
	file = fopen(path, "re");
	if (!file) {
		err = -errno;
		return s2_fail(ctx, err, "%s: %s", path, strerror(-err));
	}
	/* A file can be read again, a pipe cannot */
	if (!fstat(fileno(file), &st) && S_ISREG(st.st_mode) &&
	    st.st_size > 0) {
		fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
		err = fd < 0 ? s2_fail(ctx, -errno, "%s: %s", path,
				       strerror(errno)) :
			open_snapshot(ctx, NULL, fd, (uint64_t)st.st_size,
				      path, src);
	} else {
		err = s2_open_snapshot_file(ctx, file, path, src);
	}
	fclose(file);
	return err;
}
