// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Snapshot backend: a file that need not be trusted.  It is read with bounds,
 * checked against the description of fields, and refused as a whole if anything
 * in it is wrong.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "extent.h"
#include "json_read.h"
#include "snapshot_parse.h"
#include "source.h"

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
	/* Of the VMs but not of the host, or the other way round, is no none */
	if (flags & S2_LOAD_POLICY ||
	    (flags & S2_LOAD_POLICY_IF_ANY && has_any_policies(model)))
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
	struct json_object *root = NULL;
	struct s2_model *model = NULL;
	int err;

	*src = NULL;
	err = s2_json_read(ctx, file, name, "a snapshot", &root);
	if (!err)
		err = s2_model_new(ctx, &model);
	if (!err)
		err = s2_snapshot_parse(model, root, name);
	json_object_put(root);
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
