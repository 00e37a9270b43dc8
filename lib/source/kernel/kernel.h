/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel backend: requests of the family kvm_s2, with retries */
#ifndef S2_KERNEL_H
#define S2_KERNEL_H

#include "source/proc/bar.h"
#include "model/model.h"
#include "source/kernel/nl.h"

/* How often a dump that the kernel marks interrupted is taken again */
#define S2_DUMP_TRIES	5

/* A connection to the family */
struct s2_kernel {
	struct s2_nl *nl;	/* NULL: nothing to talk to */
	uint16_t family;	/* 0: not there */
	struct s2_bars bars;	/* of the devices, since VMs were last found */
	int why_err;		/* why nothing else tells of memory types, */
	char *why;		/* in a text, or NULL */
};

/* Opens a source over a connection; takes @nl over, also when it fails */
int s2_open_kernel_nl(struct s2_ctx *ctx, struct s2_nl *nl,
		      struct s2_source **src);

/* Whether the kernel has the family, be it that it refuses to talk to us */
bool s2_kernel_has_family(const struct s2_source *src);

/* Tells why memory types could not be known from elsewhere, to be said with the problem */
void s2_kernel_set_why(struct s2_source *src, int err, const char *text);

/*
 * Turns a failed request into a problem of the model; @vm may be NULL.
 * Return: 0, or @err if it ends the load.
 */
int s2_kernel_problem(struct s2_kernel *kernel, struct s2_model *model,
		      const struct s2_obj *vm, int err);

/*
 * Dumps into @list, again while the dump is interrupted.
 * Return: 0 or -errno, as s2_nl_call().
 */
int s2_kernel_dump(struct s2_kernel *kernel, struct s2_model *model,
		   const struct s2_nl_req *req, struct s2_list *list,
		   const struct s2_obj *vm);

/* Fills the slots of a VM.  Return: 0 or what ends the load */
int s2_kernel_slots(struct s2_kernel *kernel, struct s2_model *model,
		    struct s2_obj *vm);

/*
 * Fills the extents of a VM, with host-physical addresses if @phys; names the
 * BARs behind extents that may be some unless @bars is NULL.
 * Return: 0 or what ends the load.
 */
int s2_kernel_extents(struct s2_kernel *kernel, struct s2_model *model,
		      struct s2_obj *vm, bool phys,
		      const struct s2_bars *bars);

/* Reads the policies of a VM or, without one, of the host.  Return: likewise */
int s2_kernel_policies(struct s2_kernel *kernel, struct s2_model *model,
		       struct s2_obj *vm);

/* Whether the kernel has said that it knows policies */
bool s2_kernel_has_policy(const struct s2_model *model);

/* Operations of the source; see source.h */
int s2_kernel_load_vms(struct s2_source *src, struct s2_model *model,
		       unsigned int flags);
int s2_kernel_load_details(struct s2_source *src, struct s2_model *model,
			   unsigned int flags);
int s2_kernel_policy_set(struct s2_source *src, const struct s2_policy *policy,
			 uint64_t *generation);
int s2_kernel_policy_try(struct s2_source *src, const struct s2_policy *policy,
			 struct s2_model *model);
int s2_kernel_monitor_open(struct s2_source *src, struct s2_monitor **monitor);

/* Subscribes over a connection; takes @nl over, also when it fails */
int s2_monitor_open_nl(struct s2_ctx *ctx, struct s2_nl *nl,
		       struct s2_monitor **monitor);

#endif /* S2_KERNEL_H */
