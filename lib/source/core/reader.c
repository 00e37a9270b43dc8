// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "source/core/reader.h"

static int understand(struct s2_core *core, int btf_fd)
{
	struct s2_btf btf = { .count = 0 };
	int err = s2_symbols_read(&core->image, &core->symbols);

	if (!err)
		err = s2_core_load_btf(core, btf_fd, &btf);
	if (!err)
		err = s2_layout_read(&core->layout, &btf, core->image.ctx,
				     core->image.name);
	if (!err)
		err = s2_memmap_read(&core->map, &core->image, &core->layout,
				     &core->symbols, &btf);
	s2_btf_close(&btf);
	if (!err)
		s2_core_read_host(core);
	return err;
}

int s2_core_open(struct s2_core *core, struct s2_ctx *ctx, int fd,
		 const char *name, bool live, int btf_fd)
{
	int err;

	memset(core, 0, sizeof(*core));
	err = s2_image_open(&core->image, ctx, fd, name, live);
	if (err)
		return err;
	err = understand(core, btf_fd);
	if (err)
		s2_core_close(core);
	return err;
}

void s2_core_close(struct s2_core *core)
{
	free(core->vm);
	s2_memmap_close(&core->map);
	s2_image_close(&core->image);
	memset(core, 0, sizeof(*core));
}

int s2_core_add_vm(struct s2_core *core, uint64_t kvm)
{
	struct s2_core_vm *more;

	if (core->vms == S2_CORE_VMS_MAX)
		return s2_fail(core->image.ctx, -EBADMSG,
			       "%s: its list of VMs does not end",
			       core->image.name);
	/* In steps of 16: there are few */
	if (core->vms % 16 == 0) {
		more = reallocarray(core->vm, core->vms + 16, sizeof(*more));
		if (!more)
			return s2_fail_nomem(core->image.ctx);
		core->vm = more;
	}
	core->vm[core->vms++] = (struct s2_core_vm){ .kvm = kvm };
	return 0;
}
