// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs that were seen.  Identities only grow, so a VM that was not seen yet is
 * one that is new, whatever became of the event that told of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/enforce.h"

uint64_t seen_id(const struct s2_obj *vm)
{
	return s2_obj_num(vm, S2_VM_ID, 0);
}

static int by_id(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static struct seen *find(const struct enforce *e, size_t known, uint64_t id)
{
	const struct seen key = { .id = id };

	return known ? bsearch(&key, e->vm, known, sizeof(*e->vm), by_id) :
		NULL;
}

struct seen *seen_find(const struct enforce *e, uint64_t id)
{
	return find(e, e->n_vms, id);
}

static int remember(struct enforce *e, const struct s2_obj *vm)
{
	struct seen *new = reallocarray(e->vm, e->n_vms + 1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	e->vm = new;
	new[e->n_vms++] = (struct seen){
		.id = seen_id(vm), .due = enforce_now(), .fresh = true,
		.here = true,
	};
	return 0;
}

/* To have none is no reason not to serve it */
static void rename_to(char **name, const char *to)
{
	if (!to || (*name && !strcmp(*name, to)))
		return;
	free(*name);
	*name = strdup(to);
}

void seen_name(struct seen *s, const struct s2_obj *vm)
{
	rename_to(&s->name, s2_obj_str(vm, S2_VM_NAME));
	rename_to(&s->uuid, s2_obj_str(vm, S2_VM_UUID));
}

static void forget(struct seen *s)
{
	free(s->name);
	free(s->uuid);
}

/* Those that were not in the last list have ended, whether or not an event came */
static void forget_gone(struct enforce *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_vms; i++) {
		struct seen *s = &e->vm[i];

		if (s->here) {
			e->vm[n++] = *s;
			continue;
		}
		enforce_log(&(struct log_entry){ .id = LOG_GONE, .seen = s },
			    "ended");
		forget(s);
	}
	e->n_vms = n;
}

int seen_list(struct enforce *e)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS,
	};
	struct s2_model *model;
	const struct s2_obj *vm;
	size_t known = e->n_vms;
	int err = s2_load(e->src, &opt, &model);

	if (err)
		return err;
	for (size_t i = 0; i < known; i++)
		e->vm[i].here = false;
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		struct seen *s = find(e, known, seen_id(vm));

		if (s)
			s->here = true;
		else if (seen_id(vm) && !err)
			err = remember(e, vm);
	}
	if (!err && s2_model_complete(model))
		forget_gone(e);
	s2_model_unref(model);
	if (e->n_vms)
		qsort(e->vm, e->n_vms, sizeof(*e->vm), by_id);
	return err;
}

uint64_t seen_due(const struct enforce *e)
{
	uint64_t due = 0;

	for (size_t i = 0; i < e->n_vms; i++)
		due = sooner(due, e->vm[i].due);
	return due;
}

void seen_close(struct enforce *e)
{
	for (size_t i = 0; i < e->n_vms; i++)
		forget(&e->vm[i]);
	free(e->vm);
	e->vm = NULL;
	e->n_vms = 0;
}
