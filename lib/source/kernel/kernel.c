// SPDX-License-Identifier: LGPL-2.1-or-later
/* Kernel backend: a source over a connection to the family */
#include <errno.h>
#include <linux/kvm_s2_netlink.h>
#include <stdlib.h>

#include "source/kernel/kernel.h"
#include "source/source.h"

static void kernel_close(struct s2_source *src)
{
	struct s2_kernel *kernel = src->priv;

	s2_bars_clear(&kernel->bars);
	s2_nl_close(kernel->nl);
	free(kernel);
}

static const struct s2_source_ops kernel_ops = {
	.load_vms = s2_kernel_load_vms,
	.load_details = s2_kernel_load_details,
	.policy_set = s2_kernel_policy_set,
	.policy_try = s2_kernel_policy_try,
	.monitor_open = s2_kernel_monitor_open,
	.close = kernel_close,
};

int s2_open_kernel_nl(struct s2_ctx *ctx, struct s2_nl *nl,
		      struct s2_source **src)
{
	struct s2_kernel *kernel = calloc(1, sizeof(*kernel));
	int err = 0;

	*src = NULL;
	if (!kernel) {
		s2_nl_close(nl);
		return s2_fail_nomem(ctx);
	}
	kernel->nl = nl;
	if (nl)
		err = s2_nl_family(nl, KVM_S2_FAMILY_NAME, &kernel->family);
	if (err && err != -ENOENT)
		s2_log(ctx, "%s", nl->text);
	err = s2_source_new(ctx, &kernel_ops, kernel, src);
	if (err) {
		s2_nl_close(nl);
		free(kernel);
	}
	return err;
}

int s2_open_kernel(struct s2_ctx *ctx, struct s2_source **src)
{
	struct s2_nl *nl = NULL;

	/* A host without netlink is a host without the family */
	if (!ctx->roots_set && s2_nl_open(ctx, &nl) == -ENOMEM)
		return -ENOMEM;
	return s2_open_kernel_nl(ctx, nl, src);
}
