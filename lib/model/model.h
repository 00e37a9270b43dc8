/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Model: host, VMs, problems; what sources fill and rules read */
#ifndef S2_MODEL_H
#define S2_MODEL_H

#include "base/ctx.h"
#include "base/text.h"
#include "model/object.h"

/*
 * Longest text that is kept of what others wrote: a path of the kernel's, if
 * each byte of it is escaped.  What is cut must not be matched as if it were
 * whole.
 */
#define S2_STRING_MAX	(4 * 4096 + 1)

/* Numbers of the words of the field "code" of a problem */
enum s2_problem {
	S2_PROBLEM_NO_SERIES = 1,
	S2_PROBLEM_NO_PRIVILEGE,
	S2_PROBLEM_VM_GONE,
	S2_PROBLEM_INTERRUPTED,
	S2_PROBLEM_REFUSED,
	S2_PROBLEM_MALFORMED,
	S2_PROBLEM_UNKNOWN_VALUE,
	S2_PROBLEM_VMS_HIDDEN,
	S2_PROBLEM_PKVM,
	S2_PROBLEM_NOT_LOADED,
	S2_PROBLEM_FACTS_MISSING,
	S2_PROBLEM_VMM_BUSY,
	S2_PROBLEM_NO_POLICY,
	S2_PROBLEM_CONTRADICTION,
	S2_PROBLEM_CANNOT_KNOW,
};

enum s2_host_source {
	S2_SOURCE_KERNEL = 1,
	S2_SOURCE_SNAPSHOT,
	S2_SOURCE_PROC,
	S2_SOURCE_CORE,
};

/* Numbers of the words of the field "scope" of a policy */
enum s2_scope {
	S2_SCOPE_HOST = 1,
	S2_SCOPE_VM,
	S2_SCOPE_SLOT,
};

enum s2_strength {
	S2_STRENGTH_WEAK = 1,
	S2_STRENGTH_FORCED,
};

/**
 * struct s2_model - see s2ctl.h
 * @refs: references
 * @ctx: context
 * @base: model whose strings this one uses, or NULL
 * @pool: strings of its own
 * @host: one object
 * @vms: VMs
 * @vms_known: whether VMs were loaded
 * @policies: the host's
 * @policies_known: whether those were loaded
 * @policies_lent: they are those of @base, and not to be changed or freed
 * @problems: why it is not complete
 * @flags: S2_LOAD_* that it was loaded with
 */
struct s2_model {
	unsigned int refs;
	struct s2_ctx *ctx;
	struct s2_model *base;
	struct s2_pool pool;
	struct s2_list host;
	struct s2_list vms;
	bool vms_known;
	struct s2_list policies;
	bool policies_known;
	bool policies_lent;
	struct s2_list problems;
	unsigned int flags;
};

int s2_model_new(struct s2_ctx *ctx, struct s2_model **model);
struct s2_model *s2_model_ref(struct s2_model *model);

/* The same as s2_model_host(), to write to */
struct s2_obj *s2_model_host_rw(struct s2_model *model);

/* @raw made safe and kept.  NULL: no memory, or nothing in it */
const char *s2_model_str(struct s2_model *model, const char *raw, size_t len);

/*
 * The same, as it came from the host, into a field of an object of the model; a name
 * is spelled.  NULL or "" leaves the field as it is.  Return: 0, or -ENOMEM with a
 * text
 */
int s2_model_set_str(struct s2_model *model, struct s2_obj *obj,
		     unsigned int id, const char *raw);

/**
 * s2_problem_add() - note what could not be known
 * @list: problems of a model or a report
 * @pool: strings of the same
 * @code: kind
 * @vm: VM concerned or NULL
 * @attr: path of the attribute to blame or NULL
 * @text: one line; a text that is there already is not added again
 *
 * Return: 0 or -ENOMEM.
 */
int s2_problem_add(struct s2_list *list, struct s2_pool *pool,
		   enum s2_problem code, const struct s2_obj *vm,
		   const char *attr, const char *text);

/*
 * Whether all is known that could have been: what a source can never know is told,
 * and does not count.
 */
bool s2_problems_complete(const struct s2_list *problems);

/* Whether it is what was read from the kernel's memory, be it in a snapshot */
bool s2_model_is_core(const struct s2_model *model);

/* Such of a kernel without the series: no constraint has made the types there */
bool s2_model_is_bare(const struct s2_model *model);

/* Removes the problems of a model whose @keep is false */
void s2_problem_filter(struct s2_model *model, const bool *keep);

int s2_model_problem(struct s2_model *model, enum s2_problem code,
		     const struct s2_obj *vm, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Puts children in order and fills in what follows from other fields: sums,
 * strength, why, scope.
 */
void s2_model_derive(struct s2_model *model);

/* The same for an event, which is of the host where it names no VM */
void s2_event_derive(struct s2_obj *event);

#endif /* S2_MODEL_H */
