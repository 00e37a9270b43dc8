// SPDX-License-Identifier: LGPL-2.1-or-later
/* Kernel backend: a source over a connection to the family */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm_s2_netlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/kernel/kernel.h"
#include "source/source.h"

static void kernel_close(struct s2_source *src)
{
	struct s2_kernel *kernel = src->priv;

	s2_bars_clear(&kernel->bars);
	s2_nl_close(kernel->nl);
	free(kernel->why);
	free(kernel);
}

bool s2_kernel_has_family(const struct s2_source *src)
{
	const struct s2_kernel *kernel = src->priv;

	return kernel->family;
}

void s2_kernel_set_why(struct s2_source *src, int err, const char *text)
{
	struct s2_kernel *kernel = src->priv;

	free(kernel->why);
	/* Without memory it is not said */
	kernel->why = strdup(text);
	kernel->why_err = err;
}

static const struct s2_source_ops kernel_ops = {
	.noun = "this kernel",
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

/* A socket, a folder of processes and what is read below it, and what udev opens */
#define FILES_AT_ONCE	8

static bool is_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM ||
		err == -ENOBUFS;
}

/*
 * What cannot be opened is taken for what is not there, and that is right but for
 * one reason: that nothing can be opened.  So that is asked first.
 */
static int need_files(struct s2_ctx *ctx)
{
	int fd[FILES_AT_ONCE], err = 0;
	size_t count = 0;

	while (!err && count < FILES_AT_ONCE) {
		fd[count] = open("/", O_PATH | O_CLOEXEC);
		if (fd[count] < 0)
			err = -errno;
		else
			count++;
	}
	while (count)
		close(fd[--count]);
	if (!is_shortage(err))
		return 0;
	return s2_fail(ctx, err, "cannot open what tells about this host: %s",
		       strerror(-err));
}

int s2_open_kernel(struct s2_ctx *ctx, struct s2_source **src)
{
	struct s2_nl *nl = NULL;
	int err = 0;

	*src = NULL;
	if (!ctx->roots_set)
		err = need_files(ctx);
	if (!err && !ctx->roots_set)
		err = s2_nl_open(ctx, &nl);
	/* A host without netlink is a host without the family */
	if (is_shortage(err))
		return err;
	return s2_open_kernel_nl(ctx, nl, src);
}
