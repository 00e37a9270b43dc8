// SPDX-License-Identifier: LGPL-2.1-or-later
/* The process that reads a kernel's memory: it has no privileges, and answers */
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/core/jail.h"
#include "source/core/kdump.h"
#include "source/core/wire.h"

/* libkdumpfile's: for a dump's table of pages, and its notes, whose size the dump says */
#define KDUMP_MEMORY	(2ull << 30)

/* Its streams; too large for a stack */
struct server {
	struct s2_core core;
	struct s2_ctx *ctx;
	struct s2_wire in;
	struct s2_wire out;
};

static int end(struct server *s, int err, unsigned int jail)
{
	struct s2_wire_end e = { .err = err, .jail = jail };

	if (err)
		snprintf(e.text, sizeof(e.text), "%s", s2_ctx_error(s->ctx));
	s->ctx->error[0] = '\0';
	err = s2_wire_put(&s->out, S2_WIRE_END, &e, sizeof(e));
	return err ? err : s2_wire_flush(&s->out);
}

/* ------------------------------------------------------------------- lists */

/* An entry that is write-back tells of FWB; then there is no need to read on */
static int look_at_entry(void *data, const struct s2_core_extent *e)
{
	struct s2_core *core = data;

	if (e->mapped != KVM_S2_TYPE_WB)
		return 0;
	core->fwb = e->memattr == 6 ? S2_YES : S2_NO;
	return -ECANCELED;
}

static int ignore_slot(void *data, const struct s2_slot *slot)
{
	(void)data;
	(void)slot;
	return 0;
}

/* Where no variable says it (Linux 6.1), the first write-back entry does */
static void learn_fwb(struct s2_core *core)
{
	const struct s2_core_sink sink = {
		.slot = ignore_slot, .extent = look_at_entry, .data = core,
	};

	if (core->fwb != S2_UNKNOWN)
		return;
	for (size_t i = 0; core->fwb == S2_UNKNOWN && i < core->vms; i++)
		s2_core_read_vm(core, &core->vm[i], true, false, &sink);
	for (size_t i = 0; i < core->vms; i++)
		s2_core_read_facts(core, &core->vm[i]);
}

static int put_host(struct server *s)
{
	struct s2_wire_host host = {
		.fwb = s->core.fwb, .dic = s->core.dic, .pkvm = s->core.pkvm,
		.page_size = 1u << s->core.image.page_shift,
		.vms = (uint32_t)s->core.vms,
	};

	s2_image_text(&s->core.image, "OSRELEASE", host.release,
		      sizeof(host.release));
	return s2_wire_put(&s->out, S2_WIRE_HOST, &host, sizeof(host));
}

static int list(struct server *s, const struct s2_wire_request *req)
{
	int err;

	if (s->core.dic == S2_UNKNOWN)
		s->core.dic = req->dic;
	if (s->core.pkvm == S2_UNKNOWN)
		s->core.pkvm = req->pkvm;
	err = s2_core_find_vms(&s->core);
	if (err)
		return end(s, err, 0);
	learn_fwb(&s->core);
	err = put_host(s);
	for (size_t i = 0; !err && i < s->core.vms; i++) {
		struct s2_core_vm vm = s->core.vm[i];

		/* Addresses of the kernel's are nobody's business */
		vm.kvm = vm.mm = vm.owner = 0;
		err = s2_wire_put(&s->out, S2_WIRE_VM, &vm, sizeof(vm));
	}
	return err ? err : end(s, 0, 0);
}

/* --------------------------------------------------------------------- VMs */

static int put_slot(void *data, const struct s2_slot *slot)
{
	struct server *s = data;

	return s2_wire_put(&s->out, S2_WIRE_SLOT, slot, sizeof(*slot));
}

static int put_extent(void *data, const struct s2_core_extent *extent)
{
	struct server *s = data;

	return s2_wire_put(&s->out, S2_WIRE_EXTENT, extent, sizeof(*extent));
}

static int read_vm(struct server *s, const struct s2_wire_request *req)
{
	const struct s2_core_sink sink = {
		.slot = put_slot, .extent = put_extent, .data = s,
	};
	int err;

	if (req->vm >= s->core.vms)
		return end(s, -EINVAL, 0);
	err = s2_core_read_vm(&s->core, &s->core.vm[req->vm], req->extents,
			      req->phys, &sink);
	return err == -EPIPE ? err : end(s, err, 0);
}

/* ------------------------------------------------------------------ serving */

static int answer(struct server *s)
{
	struct s2_wire_request req;
	struct s2_wire_head head;
	int err = s2_wire_get(&s->in, &head, &req, sizeof(req));

	if (err)
		return err;
	switch (req.op) {
	case S2_WIRE_LIST:
		return list(s, &req);
	case S2_WIRE_READ:
		return read_vm(s, &req);
	default:
		return -EBADMSG;
	}
}

void s2_core_serve(struct s2_ctx *ctx, const char *name, bool live, int fd,
		   int btf_fd, int peer)
{
	int keep[] = { fd, btf_fd, peer };
	struct server *s = calloc(1, sizeof(*s));
	unsigned int jail = s2_jail_enter(keep, 3);
	int err;

	if (!s)
		_exit(1);
	/* Lines of a log are the other process's */
	s2_ctx_set_log(ctx, NULL, NULL);
	s->ctx = ctx;
	s->in.fd = s->out.fd = peer;
	if (!live && s2_kdump_load(fd))
		s2_jail_limit_memory(KDUMP_MEMORY);
	jail |= s2_jail_close();
	err = s2_core_open(&s->core, ctx, fd, name, live, btf_fd);
	if (btf_fd >= 0)
		close(btf_fd);
	if (end(s, err, jail) || err)
		_exit(0);
	while (!answer(s))
		;
	_exit(0);
}
