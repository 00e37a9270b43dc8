// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * This host, by the best that it has: the series' family; else the kernel's memory; else
 * /proc alone.  Policies and events are the family's.
 */
#include <stdlib.h>
#include <string.h>

#include "source/kernel/kernel.h"
#include "source/source.h"

/**
 * struct live - the sources of a host
 * @kernel: the family and /proc
 * @core: the kernel's memory, once it is needed; NULL: not yet, or it cannot be read
 * @tried: whether that is known
 * @use: the one that the last list of VMs came from
 */
struct live {
	struct s2_source *kernel;
	struct s2_source *core;
	bool tried;
	struct s2_source *use;
};

static void live_close(struct s2_source *src)
{
	struct live *live = src->priv;

	s2_source_close(live->core);
	s2_source_close(live->kernel);
	free(live);
}

/* Opens the kernel's memory.  Return: 0, also if it cannot be read, or -ENOMEM */
static int try_core(struct s2_source *src)
{
	struct live *live = src->priv;
	int err;

	if (live->tried)
		return 0;
	err = s2_open_core(src->ctx, &live->core);
	if (err == -ENOMEM)
		return err;
	live->tried = true;
	if (err)
		s2_kernel_set_why(live->kernel, err, s2_ctx_error(src->ctx));
	return 0;
}

static int live_load_vms(struct s2_source *src, struct s2_model *model,
			 unsigned int flags)
{
	struct live *live = src->priv;
	int err = 0;

	live->use = live->kernel;
	if (!s2_kernel_has_family(live->kernel)) {
		err = try_core(src);
		if (live->core)
			live->use = live->core;
	}
	return err ? err : live->use->ops->load_vms(live->use, model, flags);
}

static int live_load_details(struct s2_source *src, struct s2_model *model,
			     unsigned int flags)
{
	struct live *live = src->priv;

	return live->use->ops->load_details(live->use, model, flags);
}

static int live_policy_set(struct s2_source *src, const struct s2_policy *policy,
			   uint64_t *generation)
{
	struct live *live = src->priv;

	return s2_policy_set(live->kernel, policy, generation);
}

static int live_policy_try(struct s2_source *src, const struct s2_policy *policy,
			   struct s2_model *model)
{
	struct live *live = src->priv;

	return live->kernel->ops->policy_try(live->kernel, policy, model);
}

static int live_monitor_open(struct s2_source *src, struct s2_monitor **monitor)
{
	struct live *live = src->priv;

	return s2_monitor_open(live->kernel, monitor);
}

static const struct s2_source_ops live_ops = {
	.load_vms = live_load_vms,
	.load_details = live_load_details,
	.policy_set = live_policy_set,
	.policy_try = live_policy_try,
	.monitor_open = live_monitor_open,
	.close = live_close,
};

static int open_best(struct s2_ctx *ctx, struct s2_source **src)
{
	struct live *live = calloc(1, sizeof(*live));
	int err;

	if (!live)
		return s2_fail_nomem(ctx);
	err = s2_open_kernel(ctx, &live->kernel);
	/* Directories that stand for a host have no memory */
	live->tried = ctx->roots_set;
	if (!err)
		err = s2_source_new(ctx, &live_ops, live, src);
	if (err) {
		s2_source_close(live->kernel);
		free(live);
	}
	return err;
}

int s2_open_host(struct s2_ctx *ctx, enum s2_live from, struct s2_source **src)
{
	*src = NULL;
	switch (from) {
	case S2_LIVE_BEST:
		return open_best(ctx, src);
	case S2_LIVE_KERNEL:
		return s2_open_kernel(ctx, src);
	case S2_LIVE_CORE:
		return s2_open_core(ctx, src);
	case S2_LIVE_PROC:
		return s2_open_kernel_nl(ctx, NULL, src);
	}
	return s2_fail(ctx, -EINVAL, "unknown source of a host");
}
