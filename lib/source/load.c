// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loading: from any source, the VMs asked for, as deep as asked for */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sized.h"
#include "model/lookup.h"
#include "source/source.h"

/* struct s2_load_options as it was first released */
#define OPTIONS_FIRST	(offsetof(struct s2_load_options, nr_vms) + sizeof(size_t))

int s2_source_new(struct s2_ctx *ctx, const struct s2_source_ops *ops,
		  void *priv, struct s2_source **src)
{
	struct s2_source *new = calloc(1, sizeof(*new));

	*src = NULL;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	new->ops = ops;
	new->priv = priv;
	*src = new;
	return 0;
}

void s2_source_close(struct s2_source *src)
{
	if (!src)
		return;
	src->ops->close(src);
	s2_ctx_unref(src->ctx);
	free(src);
}

/* What was not found may be among what could not be seen: not known, then */
static int not_seen(struct s2_model *model, const char *spec)
{
	return s2_model_problem(model, S2_PROBLEM_VMS_HIDDEN, NULL,
				"VM '%s' is not among those that can be seen",
				spec);
}

static int look_up(struct s2_model *model, const struct s2_lookup *lookup,
		   const char *const *specs, size_t count, bool *keep)
{
	bool complete = s2_model_complete(model);
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		const struct s2_obj *vm = NULL;

		err = s2_lookup_vm(lookup, specs[i], &vm);
		if (err == -ENOENT && (model->flags & S2_LOAD_IF_THERE))
			err = 0;
		if (err == -ENOENT && !complete)
			err = not_seen(model, specs[i]);
		if (!err && vm)
			keep[s2_list_index(&model->vms, vm)] = true;
	}
	return err;
}

static int select_vms(struct s2_model *model, const char *const *specs,
		      size_t count)
{
	bool *keep = calloc(model->vms.count + 1, sizeof(*keep));
	struct s2_lookup *lookup = NULL;
	int err;

	err = keep ? s2_lookup_new(model, &lookup) : s2_fail_nomem(model->ctx);
	if (!err)
		err = look_up(model, lookup, specs, count, keep);
	s2_lookup_free(lookup);
	if (!err)
		s2_list_filter(&model->vms, keep);
	free(keep);
	return err;
}

/* Problems of VMs that were not asked for are nobody's concern */
static int select_problems(struct s2_model *model)
{
	bool *keep = calloc(model->problems.count + 1, sizeof(*keep));
	struct s2_lookup *vms = NULL;

	if (!keep || s2_lookup_new(model, &vms)) {
		free(keep);
		return s2_fail_nomem(model->ctx);
	}
	for (size_t i = 0; i < model->problems.count; i++) {
		struct s2_who who;

		s2_who_of(&who, s2_list_at(&model->problems, i));
		keep[i] = !who.known || s2_lookup_has(vms, &who);
	}
	s2_problem_filter(model, keep);
	s2_lookup_free(vms);
	free(keep);
	return 0;
}

static unsigned int implied_flags(unsigned int flags)
{
	if (flags & (S2_LOAD_PHYS | S2_LOAD_DEVICES))
		flags |= S2_LOAD_EXTENTS;
	if (flags & S2_LOAD_EXTENTS)
		flags |= S2_LOAD_SLOTS;
	if (flags & S2_LOAD_SLOTS)
		flags |= S2_LOAD_VMS;
	return flags;
}

/* @opt: what the caller asks for, as this library knows it */
static int read_options(struct s2_ctx *ctx, const struct s2_load_options *caller,
			struct s2_load_options *opt)
{
	const unsigned int all = S2_LOAD_VMS | S2_LOAD_SLOTS |
		S2_LOAD_EXTENTS | S2_LOAD_PHYS | S2_LOAD_DEVICES |
		S2_LOAD_POLICY | S2_LOAD_POLICY_IF_ANY | S2_LOAD_IF_THERE;
	int err = s2_sized_read(opt, sizeof(*opt), OPTIONS_FIRST, caller);

	if (err == -E2BIG)
		return s2_fail(ctx, err,
			       "load options: a member is set that libs2ctl %s does not know",
			       s2_version());
	if (err)
		return s2_fail(ctx, err,
			       "load options: size is not sizeof(struct s2_load_options)");
	if (opt->flags & ~all)
		return s2_fail(ctx, -EINVAL, "unknown load options");
	if (opt->nr_vms && !(implied_flags(opt->flags) & S2_LOAD_VMS))
		return s2_fail(ctx, -EINVAL, "VMs asked for but not loaded");
	return 0;
}

static int new_model(struct s2_source *src, const struct s2_load_options *opt,
		     struct s2_model **model)
{
	int err = s2_model_new(src->ctx, model);

	if (err)
		return err;
	(*model)->flags = implied_flags(opt->flags);
	(*model)->vms_known = (*model)->flags & S2_LOAD_VMS;
	return 0;
}

/* Whether the source lists the VMs in the order in which they were made */
static bool are_in_order(const struct s2_model *model)
{
	uint64_t source = s2_obj_num(s2_model_host(model), S2_HOST_SOURCE, 0);

	return source == S2_SOURCE_KERNEL || source == S2_SOURCE_CORE;
}

/* The host and, if asked for, those VMs that are, without their children */
static int load_vms(struct s2_source *src, const struct s2_load_options *opt,
		    struct s2_model *model)
{
	int err = src->ops->load_vms(src, model, model->flags);

	if (!err && are_in_order(model))
		err = s2_who_number(model);
	if (!err && opt->nr_vms)
		err = select_vms(model, opt->vms, opt->nr_vms);
	if (!err && opt->nr_vms)
		err = select_problems(model);
	return err;
}

/* What was left out, and what follows from all of it */
static int complete(struct s2_source *src, struct s2_model *model)
{
	int err = 0;

	if (src->ops->load_details &&
	    (model->flags & (S2_LOAD_SLOTS | S2_LOAD_POLICIES)))
		err = src->ops->load_details(src, model, model->flags);
	if (!err)
		s2_model_derive(model);
	return err;
}

static int load_whole(struct s2_source *src, struct s2_model *model)
{
	int err = src->ops->load_whole(src, model, model->flags);

	if (!err)
		s2_model_derive(model);
	return err;
}

int s2_load(struct s2_source *src, const struct s2_load_options *opt,
	    struct s2_model **model)
{
	struct s2_model *new = NULL;
	struct s2_load_options known;
	int err;

	*model = NULL;
	err = read_options(src->ctx, opt, &known);
	if (!err)
		err = new_model(src, &known, &new);
	if (!err && src->ops->load_whole && !known.nr_vms) {
		err = load_whole(src, new);
	} else {
		if (!err)
			err = load_vms(src, &known, new);
		if (!err)
			err = complete(src, new);
	}
	if (err) {
		s2_model_unref(new);
		return err;
	}
	*model = new;
	return 0;
}

/* ---------------------------------------------------------------- VM by VM */

/* A model of one VM, or of none; @all has the host, its policies and the strings */
int s2_source_one_vm(struct s2_model *all, const struct s2_obj *vm,
		     struct s2_model **model)
{
	struct s2_obj *copy;
	int err = s2_model_new(all->ctx, model);

	if (err)
		return err;
	(*model)->base = s2_model_ref(all);
	(*model)->flags = all->flags;
	(*model)->vms_known = all->vms_known;
	(*model)->policies_known = all->policies_known;
	s2_obj_copy_all(s2_model_host_rw(*model), s2_model_host(all));
	(*model)->policies = all->policies;
	(*model)->policies_lent = true;
	copy = vm ? s2_list_add(&(*model)->vms) : NULL;
	if (vm && !copy) {
		s2_model_unref(*model);
		*model = NULL;
		return s2_fail_nomem(all->ctx);
	}
	if (vm) {
		s2_obj_copy_all(copy, vm);
		copy->tag = vm->tag;
	}
	return 0;
}

static int each_vm(struct s2_source *src, struct s2_model *all,
		   const struct s2_list *vms, s2_model_fn fn, void *data)
{
	int err = fn(data, all);

	for (size_t i = 0; !err && i < vms->count; i++) {
		struct s2_model *model = NULL;

		err = s2_source_one_vm(all, s2_list_at(vms, i), &model);
		if (!err)
			err = complete(src, model);
		if (!err)
			err = fn(data, model);
		s2_model_unref(model);
	}
	return err;
}

/* VM by VM, but first all of them without their details */
static int list_and_load_each(struct s2_source *src,
			      const struct s2_load_options *opt,
			      struct s2_model *all, s2_model_fn fn, void *data)
{
	int err = load_vms(src, opt, all);
	struct s2_list vms;

	if (err)
		return err;
	vms = all->vms;
	s2_list_init(&all->vms, S2_OBJ_VM);
	s2_model_derive(all);
	err = each_vm(src, all, &vms, fn, data);
	s2_list_clear(&vms);
	return err;
}

/* Who gets the models of a source that has them one by one */
struct receiver {
	s2_model_fn fn;
	void *data;
};

static int derive_and_give(void *data, struct s2_model *model)
{
	const struct receiver *receiver = data;

	s2_model_derive(model);
	return receiver->fn(receiver->data, model);
}

int s2_load_each(struct s2_source *src, const struct s2_load_options *opt,
		 s2_model_fn fn, void *data)
{
	struct receiver receiver = { .fn = fn, .data = data };
	struct s2_model *all = NULL;
	struct s2_load_options known;
	int err;

	err = read_options(src->ctx, opt, &known);
	if (!err)
		err = new_model(src, &known, &all);
	if (!err && src->ops->load_each && !known.nr_vms)
		err = src->ops->load_each(src, all, derive_and_give, &receiver);
	else if (!err)
		err = list_and_load_each(src, &known, all, fn, data);
	s2_model_unref(all);
	return err;
}
