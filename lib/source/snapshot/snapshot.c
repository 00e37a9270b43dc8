// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Snapshot backend: a file that need not be trusted.  All of it is checked
 * against the description of fields, and refused as a whole if anything in it is
 * wrong.  All VMs at once are read in one pass, straight into the model; one VM at
 * a time takes two, for what is wrong must be known before the first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/snapshot/snapshot_file.h"
#include "source/source.h"

/**
 * struct s2_snapshot - an open snapshot
 * @store: its bytes
 * @name: name of the file
 * @is_complete: whether it was when it was read last
 * @place: where the VMs are in it
 * @places: how many
 * @room: of @place
 */
struct s2_snapshot {
	struct s2_store store;
	char *name;
	bool is_complete;
	struct s2_in_place *place;
	size_t places;
	size_t room;
};

/* ------------------------------------------------------------ what is missing */

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
static int check_policies(struct s2_model *model, unsigned int flags)
{
	const struct s2_obj *vm;
	bool known = model->policies_known;

	if (!known && s2_model_is_core(model))
		return s2_source_no_policies(model, flags);

	s2_model_for_each(vm, model, S2_OBJ_VM)
		known &= s2_obj_known(vm, S2_OBJ_POLICY);
	if (known)
		return 0;
	return s2_model_problem(model, S2_PROBLEM_NO_POLICY, NULL,
				"the snapshot does not hold all policies");
}

/*
 * A snapshot made without extents cannot show them.  One that is not complete has
 * said why.
 */
static int check_details(const struct s2_snapshot *snapshot,
			 struct s2_model *model, unsigned int flags)
{
	const struct s2_obj *vm;

	if (!(flags & (S2_LOAD_SLOTS | S2_LOAD_POLICIES)) ||
	    !snapshot->is_complete || !s2_model_complete(model))
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
		return check_policies(model, flags);
	return 0;
}

/* ---------------------------------------------------------------- reading */

/* All of the file into @model; of the VMs, as much as @flags say */
static int read_whole(struct s2_snapshot *snapshot, struct s2_model *model,
		      unsigned int flags)
{
	struct s2_snapshot_file *file;
	int err = s2_snapshot_file_open(&snapshot->store, snapshot->name,
					model, flags, &file);

	while (!err && s2_snapshot_file_next(file, model))
		if (!(flags & S2_LOAD_VMS))
			s2_list_drop(&model->vms);
	if (!err)
		err = s2_snapshot_file_err(file);
	s2_snapshot_file_free(file);
	snapshot->is_complete = s2_model_complete(model);
	return err;
}

static int load_whole(struct s2_source *src, struct s2_model *model,
		      unsigned int flags)
{
	struct s2_snapshot *snapshot = src->priv;
	int err = read_whole(snapshot, model, flags);

	return err ? err : check_details(snapshot, model, flags);
}

/* The strings of one VM at a time, for what is looked at and not kept */
static bool next_checked(struct s2_snapshot_file *file, struct s2_ctx *ctx,
			 int *err)
{
	struct s2_model *model;
	bool there;

	*err = s2_model_new(ctx, &model);
	if (*err)
		return false;
	there = s2_snapshot_file_next(file, model);
	*err = s2_snapshot_file_err(file);
	s2_model_unref(model);
	return there;
}

/* As read_whole(), and no VM is kept, so that there may be any number */
static int check_whole(struct s2_snapshot *snapshot, struct s2_model *model,
		       unsigned int flags)
{
	struct s2_snapshot_file *file;
	int err = s2_snapshot_file_open(&snapshot->store, snapshot->name,
					model, flags & S2_LOAD_POLICIES, &file);

	while (!err && next_checked(file, model->ctx, &err))
		;
	s2_snapshot_file_free(file);
	snapshot->is_complete = s2_model_complete(model);
	return err;
}

/* Each VM of a file that was checked into a model of its own */
static int give_each(struct s2_snapshot *snapshot, struct s2_model *all,
		     struct s2_snapshot_file *file, s2_model_fn fn, void *data)
{
	bool there = true;
	int err = 0;

	while (!err && there) {
		struct s2_model *model;

		err = s2_source_one_vm(all, NULL, &model);
		if (err)
			break;
		there = s2_snapshot_file_next(file, model);
		err = s2_snapshot_file_err(file);
		if (!err && there)
			err = check_details(snapshot, model, all->flags);
		if (!err && there)
			err = fn(data, model);
		s2_model_unref(model);
	}
	return err;
}

/* What is said of the host was said when the file was checked */
static int open_again(struct s2_snapshot *snapshot, struct s2_ctx *ctx,
		      unsigned int flags, struct s2_model **host,
		      struct s2_snapshot_file **file)
{
	int err = s2_model_new(ctx, host);

	*file = NULL;
	if (!err)
		err = s2_snapshot_file_open(&snapshot->store, snapshot->name,
					    *host, flags, file);
	if (!err)
		(*file)->r.is_quiet = true;
	return err;
}

static int load_each(struct s2_source *src, struct s2_model *all,
		     s2_model_fn fn, void *data)
{
	struct s2_snapshot *snapshot = src->priv;
	struct s2_snapshot_file *file;
	struct s2_model *host;
	int err = check_whole(snapshot, all, all->flags);

	if (!err)
		err = fn(data, all);
	if (err || !(all->flags & S2_LOAD_VMS))
		return err;
	err = open_again(snapshot, src->ctx, all->flags, &host, &file);
	if (!err)
		err = give_each(snapshot, all, file, fn, data);
	s2_snapshot_file_free(file);
	s2_model_unref(host);
	return err;
}

/* ------------------------------------------------------- some of the VMs only */

static int add_place(struct s2_snapshot *snapshot, struct s2_in_place place)
{
	size_t room = snapshot->room ? snapshot->room * 2 : 64;
	struct s2_in_place *new;

	if (snapshot->places == snapshot->room) {
		new = reallocarray(snapshot->place, room, sizeof(*new));
		if (!new)
			return -ENOMEM;
		snapshot->place = new;
		snapshot->room = room;
	}
	snapshot->place[snapshot->places++] = place;
	return 0;
}

/* All VMs without their children, and where they are */
static int load_vms(struct s2_source *src, struct s2_model *model,
		    unsigned int flags)
{
	struct s2_snapshot *snapshot = src->priv;
	struct s2_snapshot_file *file;
	int err = s2_snapshot_file_open(&snapshot->store, snapshot->name,
					model, (flags & S2_LOAD_POLICIES) |
					S2_LOAD_VMS, &file);

	snapshot->places = 0;
	while (!err && s2_snapshot_file_next(file, model))
		if (add_place(snapshot, file->place))
			err = s2_fail_nomem(src->ctx);
	if (!err)
		err = s2_snapshot_file_err(file);
	s2_snapshot_file_free(file);
	snapshot->is_complete = s2_model_complete(model);
	return err;
}

/* Its children, which are read with another object of the same VM */
static int load_vm(struct s2_snapshot *snapshot, struct s2_model *model,
		   size_t n, struct s2_snapshot_file *file)
{
	uint32_t tag = s2_list_at(&model->vms, n)->tag;
	struct s2_obj *vm, *other;
	int err;

	err = s2_snapshot_file_again(file, snapshot->place[tag], model);
	if (err)
		return err;
	vm = s2_list_at(&model->vms, n);
	other = s2_list_at(&model->vms, model->vms.count - 1);
	s2_obj_swap_kids(vm, other);
	s2_list_drop(&model->vms);
	return 0;
}

static int load_details(struct s2_source *src, struct s2_model *model,
			unsigned int flags)
{
	struct s2_snapshot *snapshot = src->priv;
	size_t count = model->vms.count;
	struct s2_snapshot_file *file;
	struct s2_model *host;
	int err = open_again(snapshot, src->ctx, flags, &host, &file);

	for (size_t i = 0; !err && i < count; i++)
		err = load_vm(snapshot, model, i, file);
	s2_snapshot_file_free(file);
	s2_model_unref(host);
	return err ? err : check_details(snapshot, model, flags);
}

/* ---------------------------------------------------------------- opening */

static void snapshot_free(struct s2_snapshot *snapshot)
{
	s2_store_clear(&snapshot->store);
	free(snapshot->place);
	free(snapshot->name);
	free(snapshot);
}

static void snapshot_close(struct s2_source *src)
{
	snapshot_free(src->priv);
}

static const struct s2_source_ops snapshot_ops = {
	.noun = "a snapshot",
	.load_whole = load_whole,
	.load_each = load_each,
	.load_vms = load_vms,
	.load_details = load_details,
	.close = snapshot_close,
};

static int new_snapshot(struct s2_ctx *ctx, const char *name,
			struct s2_snapshot **snapshot)
{
	struct s2_snapshot *new = calloc(1, sizeof(*new));

	*snapshot = NULL;
	if (!new)
		return s2_fail_nomem(ctx);
	s2_store_init(&new->store, ctx);
	new->name = strdup(name);
	if (!new->name) {
		snapshot_free(new);
		return s2_fail_nomem(ctx);
	}
	*snapshot = new;
	return 0;
}

/* A memory dump is read here and there, and that cannot be done with a pipe */
static int check_no_dump(struct s2_snapshot *snapshot)
{
	char head[4];

	if (s2_store_read(&snapshot->store, 0, head, sizeof(head)) !=
	    sizeof(head) || memcmp(head, "\177ELF", sizeof(head)) != 0)
		return 0;
	return s2_fail(snapshot->store.ctx, -ESPIPE,
		       "%s: a memory dump must be a file, which can be read at any place, and no pipe",
		       snapshot->name);
}

/* What can be read only once is checked while it is; it may have no end */
static int check_stream(struct s2_snapshot *snapshot)
{
	struct s2_ctx *ctx = snapshot->store.ctx;
	struct s2_model *model;
	s2_log_fn log = ctx->log;
	int err = check_no_dump(snapshot);

	if (!err)
		err = s2_model_new(ctx, &model);
	if (err)
		return err;
	/* When it is loaded, what is not known is said */
	ctx->log = NULL;
	err = check_whole(snapshot, model, 0);
	ctx->log = log;
	s2_model_unref(model);
	s2_store_end(&snapshot->store);
	return err;
}

/* Takes @snapshot over */
static int finish_open(struct s2_snapshot *snapshot, int err,
		       struct s2_source **src)
{
	struct s2_ctx *ctx = snapshot->store.ctx;

	if (!err && snapshot->store.file)
		err = check_stream(snapshot);
	if (!err)
		err = s2_source_new(ctx, &snapshot_ops, snapshot, src);
	if (err)
		snapshot_free(snapshot);
	return err;
}

int s2_open_snapshot_file(struct s2_ctx *ctx, FILE *file, const char *name,
			  struct s2_source **src)
{
	struct s2_snapshot *new;
	int err = new_snapshot(ctx, name, &new);

	*src = NULL;
	if (err)
		return err;
	new->store.file = file;
	return finish_open(new, 0, src);
}

int s2_open_snapshot(struct s2_ctx *ctx, const char *path,
		     struct s2_source **src)
{
	struct s2_snapshot *new;
	int err = new_snapshot(ctx, !strcmp(path, "-") ? "standard input" :
			       path, &new);

	*src = NULL;
	if (err)
		return err;
	return finish_open(new, s2_store_open(&new->store, path), src);
}
