/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Source: what a backend provides */
#ifndef S2_SOURCE_H
#define S2_SOURCE_H

#include "model/model.h"

/* Policies, whether they must be there or not */
#define S2_LOAD_POLICIES	(S2_LOAD_POLICY | S2_LOAD_POLICY_IF_ANY)

struct s2_source;

/**
 * struct s2_source_ops - a backend
 * @noun: what it is called in a refusal to do what only a kernel can
 * @load_vms: fills host, and with S2_LOAD_VMS the VMs without children
 * @load_details: fills the children of the VMs that are left; NULL if
 *	@load_vms has done so
 * @load_whole: both in one, of all VMs; NULL where that would save nothing
 * @load_each: fills host, policies and problems of @all, calls @fn for it, and then
 *	for a model of each VM with its details; returns what @fn did.  NULL where
 *	@load_vms and @load_details do for each VM
 * @policy_set: as s2_policy_set(); NULL where that cannot be
 * @policy_try: likewise, as s2_policy_try(); without names of VMs if
 *	@model has its VMs known already
 * @monitor_open: likewise, as s2_monitor_open()
 * @close: frees what the backend allocated; the source itself is freed after
 *
 * Each returns 0 or -errno with a text for what ends the load; what is merely
 * not known becomes a problem of the model.
 */
struct s2_source_ops {
	const char *noun;
	int (*load_vms)(struct s2_source *src, struct s2_model *model,
			unsigned int flags);
	int (*load_details)(struct s2_source *src, struct s2_model *model,
			    unsigned int flags);
	int (*load_whole)(struct s2_source *src, struct s2_model *model,
			  unsigned int flags);
	int (*load_each)(struct s2_source *src, struct s2_model *all,
			 s2_model_fn fn, void *data);
	int (*policy_set)(struct s2_source *src,
			  const struct s2_policy *policy, uint64_t *generation);
	int (*policy_try)(struct s2_source *src,
			  const struct s2_policy *policy, struct s2_model *model);
	int (*monitor_open)(struct s2_source *src,
			    struct s2_monitor **monitor);
	void (*close)(struct s2_source *src);
};

struct s2_source {
	struct s2_ctx *ctx;
	const struct s2_source_ops *ops;
	void *priv;
};

/* As s2_policy_try(), but of the VMs only the identities are there */
int s2_policy_try_bare(struct s2_source *src, const struct s2_policy *policy,
		       struct s2_model **model);

/*
 * A model with host, policies and strings of @all, and @vm, without its children,
 * or none.  Return: 0, or -ENOMEM with a text
 */
int s2_source_one_vm(struct s2_model *all, const struct s2_obj *vm,
		     struct s2_model **model);

/*
 * For a model of the kernel's memory, which has no policies: says so if @flags ask for
 * them, as what cannot be known if they ask for them where there are any, too.
 * Return: 0, or -ENOMEM with a text
 */
int s2_source_no_policies(struct s2_model *model, unsigned int flags);

/* Takes @priv over when it succeeds */
int s2_source_new(struct s2_ctx *ctx, const struct s2_source_ops *ops,
		  void *priv, struct s2_source **src);

#endif /* S2_SOURCE_H */
