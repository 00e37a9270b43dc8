// SPDX-License-Identifier: GPL-2.0-only
/* What the VM's own ioctls (linux/kvm_s2.h) answer, number by number. */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <linux/kvm_s2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "vmm.h"

/* As upstream has it since 6.17; the headers may be older. */
#ifndef KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED
#define KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED	243
#endif

int s2_print_cap(struct vm *vm)
{
	int pfnmap = ioctl(vm->fd, KVM_CHECK_EXTENSION,
			   KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED);
	int host = ioctl(vm->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_S2_MEMTYPE);
	int own = ioctl(vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_S2_MEMTYPE);

	if (host < 0 || own < 0 || pfnmap < 0)
		return fail(-errno, "KVM_CHECK_EXTENSION");
	printf(",\"host_features\":%d,\"vm_features\":%d"
	       ",\"cacheable_pfnmap\":%d", host, own, pfnmap);
	return 0;
}

int s2_print_slot(struct vm *vm, uint32_t slot)
{
	struct kvm_s2_slot s = { .size = sizeof(s), .slot = slot };

	if (ioctl(vm->fd, KVM_S2_GET_SLOT, &s)) {
		printf(",\"errno\":%d", errno);
		return 0;
	}
	printf(",\"vm_id\":%" PRIu64 ",\"slot\":%u,\"gpa\":%" PRIu64
	       ",\"bytes\":%" PRIu64 ",\"hva\":%" PRIu64 ",\"slot_flags\":%u",
	       (uint64_t)s.vm_id, s.slot, (uint64_t)s.gpa, (uint64_t)s.bytes,
	       (uint64_t)s.hva, s.slot_flags);
	printf(",\"class\":%u,\"facts\":%u,\"vma_type\":%u,\"predicted\":%u"
	       ",\"mapped\":%u,\"perm\":%u,\"verdict\":%u,\"reason\":%u",
	       s.mem_class, s.facts, s.vma_type, s.predicted, s.mapped, s.perm,
	       s.verdict, s.reason);
	printf(",\"wb_bytes\":%" PRIu64 ",\"nc_bytes\":%" PRIu64
	       ",\"device_bytes\":%" PRIu64 ",\"exec_bytes\":%" PRIu64,
	       (uint64_t)s.wb_bytes, (uint64_t)s.nc_bytes,
	       (uint64_t)s.device_bytes, (uint64_t)s.exec_bytes);
	printf(",\"enforced\":%u,\"audited\":%u,\"denied\":%" PRIu64
	       ",\"would_deny\":%" PRIu64, s.enforced, s.audited,
	       (uint64_t)s.denied, (uint64_t)s.would_deny);
	return 0;
}

void s2_print_extent(const struct kvm_s2_extent *e, bool first)
{
	printf("%s{\"gpa\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"hpa\":%" PRIu64
	       ",\"slot\":%u,\"class\":%u,\"facts\":%u,\"vma_type\":%u",
	       first ? "" : ",", (uint64_t)e->gpa, (uint64_t)e->bytes,
	       (uint64_t)e->hpa, e->slot, e->mem_class, e->facts, e->vma_type);
	printf(",\"predicted\":%u,\"mapped\":%u,\"perm\":%u,\"memattr\":%u"
	       ",\"verdict\":%u,\"reason\":%u}",
	       e->predicted, e->mapped, e->perm, e->memattr, e->verdict,
	       e->reason);
}

static int walk(struct vm *vm, const struct extents_args *args,
		struct kvm_s2_extent *buf)
{
	uint64_t end = args->end ?: 1ull << IPA_BITS;
	unsigned int total = 0, calls = 0;
	struct kvm_s2_extents req = {
		.size = sizeof(req),
		.flags = args->phys ? KVM_S2_EXTENTS_PHYS : 0,
		.gpa = args->gpa,
		.end = args->end,
		.extents = (uintptr_t)buf,
		.extent_size = sizeof(*buf),
	};

	printf(",\"extents\":[");
	do {
		uint64_t from = req.gpa;

		req.count = args->count;
		if (ioctl(vm->fd, KVM_S2_GET_EXTENTS, &req)) {
			printf("],\"errno\":%d", errno);
			return 0;
		}
		for (unsigned int i = 0; i < req.count && !args->quiet; i++)
			s2_print_extent(&buf[i], !total && !i);
		total += req.count;
		calls++;
		if (req.gpa <= from && req.gpa < end)
			return fail(-ELOOP, "KVM_S2_GET_EXTENTS stays at 0x%"
				    PRIx64, (uint64_t)req.gpa);
	} while (req.gpa < end);
	printf("],\"vm_id\":%" PRIu64 ",\"total\":%u,\"calls\":%u,\"gpa\":%"
	       PRIu64, (uint64_t)req.vm_id, total, calls, (uint64_t)req.gpa);
	return 0;
}

int s2_print_extents(struct vm *vm, const struct extents_args *args)
{
	struct kvm_s2_extent *buf = calloc(args->count, sizeof(*buf));
	int ret;

	if (!buf)
		return fail(-ENOMEM, "extents");
	ret = walk(vm, args, buf);
	free(buf);
	return ret;
}
