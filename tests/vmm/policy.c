// SPDX-License-Identifier: GPL-2.0-only
/* Policies of the VM's own: what is written for them, and their ioctls. */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm.h"

struct word {
	const char *name;
	uint32_t value;
};

static const struct word classes[] = {
	{ "ram", KVM_S2_CLASS_RAM },
	{ "zone-device", KVM_S2_CLASS_ZONE_DEVICE },
	{ "pfnmap-wb", KVM_S2_CLASS_PFNMAP_WB },
	{ "ram-nc", KVM_S2_CLASS_RAM_NC },
	{ "io", KVM_S2_CLASS_IO },
	{ "io-nc", KVM_S2_CLASS_IO_NC },
	{ "gmem", KVM_S2_CLASS_GMEM },
	{ "hole", KVM_S2_CLASS_HOLE },
	{ NULL, 0 }
};

static const struct word constraints[] = {
	{ "require-fwb", KVM_S2_CONSTRAINT_REQUIRE_FWB },
	{ "floor=nc", KVM_S2_CONSTRAINT_FLOOR_NC },
	{ "floor=device", KVM_S2_CONSTRAINT_FLOOR_DEVICE },
	{ "noexec", KVM_S2_CONSTRAINT_NOEXEC },
	{ "match-vma", KVM_S2_CONSTRAINT_MATCH_VMA },
	{ "locked", KVM_S2_CONSTRAINT_LOCKED },
	{ "force", KVM_S2_CONSTRAINT_FORCE },
	{ "none", 0 },
	{ NULL, 0 }
};

static const struct word modes[] = {
	{ "none", KVM_S2_MODE_NONE },
	{ "audit", KVM_S2_MODE_AUDIT },
	{ "enforce", KVM_S2_MODE_ENFORCE },
	{ NULL, 0 }
};

/* A word of the table, or a number: so that what is not valid can be asked. */
static int value_of(const struct word *words, const char *text, uint32_t *value)
{
	uint64_t number;

	for (; words->name; words++) {
		if (strcmp(words->name, text))
			continue;
		*value = words->value;
		return 0;
	}
	if (parse_u64(text, &number) || number > UINT32_MAX)
		return -EINVAL;
	*value = number;
	return 0;
}

/* SLOT, CLASS, or SLOT/CLASS with both as they are to be asked */
static int parse_scope(char *text, struct policy_args *p)
{
	char *class = strchr(text, '/');
	uint64_t slot;

	p->slot = KVM_S2_ALL_SLOTS;
	p->mem_class = 0;
	if (!class && parse_u64(text, &slot))
		return value_of(classes, text, &p->mem_class);
	if (class)
		*class++ = '\0';
	if (parse_u64(text, &slot) || slot > UINT32_MAX)
		return -EINVAL;
	p->slot = slot;
	return class ? value_of(classes, class, &p->mem_class) : 0;
}

static int parse_constraints(char *text, uint32_t *mask)
{
	char *save, *part;
	uint32_t value;

	*mask = 0;
	if (!*text)
		return -EINVAL;
	for (part = strtok_r(text, "+", &save); part;
	     part = strtok_r(NULL, "+", &save)) {
		if (value_of(constraints, part, &value))
			return -EINVAL;
		*mask |= value;
	}
	return 0;
}

static int parse_last(const char *text, struct policy_args *p)
{
	uint64_t count;

	if (!strncmp(text, "gen=", 4))
		return parse_u64(text + 4, &p->generation);
	if (strncmp(text, "count=", 6))
		return -EINVAL;
	if (parse_u64(text + 6, &count) || count > 65536)
		return -EINVAL;
	p->count = count;
	return 0;
}

/* SCOPE, or SCOPE:CONSTRAINTS:MODE[:gen=N][:count=N] */
int parse_policy(char *text, bool scope_only, struct policy_args *p)
{
	char *save, *scope = strtok_r(text, ":", &save);
	char *what, *mode, *part;
	int ret;

	memset(p, 0, sizeof(*p));
	p->count = 64;
	if (!scope || parse_scope(scope, p))
		return -EINVAL;
	what = strtok_r(NULL, ":", &save);
	if (scope_only)
		return what ? -EINVAL : 0;
	mode = strtok_r(NULL, ":", &save);
	if (!mode || parse_constraints(what, &p->constraints))
		return -EINVAL;
	ret = value_of(modes, mode, &p->mode);
	while (!ret && (part = strtok_r(NULL, ":", &save)))
		ret = parse_last(part, p);
	return ret;
}

static struct kvm_s2_policy request(const struct policy_args *p)
{
	return (struct kvm_s2_policy) {
		.size = sizeof(struct kvm_s2_policy),
		.slot = p->slot,
		.mem_class = p->mem_class,
		.constraints = p->constraints,
		.mode = p->mode,
		.generation = p->generation,
	};
}

static void print_asked(const struct policy_args *p)
{
	printf(",\"slot\":%u,\"class\":%u", p->slot, p->mem_class);
}

int policy_set(struct vm *vm, const struct policy_args *p)
{
	struct kvm_s2_policy req = request(p);

	print_asked(p);
	printf(",\"constraints\":%u,\"mode\":%u", p->constraints, p->mode);
	if (ioctl(vm->fd, KVM_S2_SET_POLICY, &req))
		printf(",\"errno\":%d", errno);
	else
		printf(",\"vm_id\":%" PRIu64 ",\"generation\":%" PRIu64,
		       (uint64_t)req.vm_id, (uint64_t)req.generation);
	return 0;
}

int policy_get(struct vm *vm, const struct policy_args *p)
{
	struct kvm_s2_policy req = request(p);

	print_asked(p);
	if (ioctl(vm->fd, KVM_S2_GET_POLICY, &req)) {
		printf(",\"errno\":%d", errno);
		return 0;
	}
	printf(",\"constraints\":%u,\"mode\":%u,\"generation\":%" PRIu64
	       ",\"vm_id\":%" PRIu64, req.constraints, req.mode,
	       (uint64_t)req.generation, (uint64_t)req.vm_id);
	printf(",\"enforced\":%u,\"audited\":%u,\"denied\":%" PRIu64
	       ",\"would_deny\":%" PRIu64, req.enforced, req.audited,
	       (uint64_t)req.denied, (uint64_t)req.would_deny);
	return 0;
}

static int try_walk(struct vm *vm, const struct policy_args *p,
		    struct kvm_s2_extent *buf)
{
	const uint64_t end = 1ull << IPA_BITS;
	unsigned int total = 0, calls = 0;
	struct kvm_s2_policy req = request(p);

	req.flags = KVM_S2_POLICY_DRY_RUN;
	req.extents = (uintptr_t)buf;
	req.extent_size = sizeof(*buf);
	printf(",\"extents\":[");
	while (req.gpa < end) {
		uint64_t from = req.gpa;

		req.count = p->count;
		if (ioctl(vm->fd, KVM_S2_SET_POLICY, &req)) {
			printf("],\"errno\":%d", errno);
			return 0;
		}
		for (unsigned int i = 0; i < req.count; i++)
			s2_print_extent(&buf[i], !total && !i);
		total += req.count;
		calls++;
		if (req.gpa <= from)
			return fail(-ELOOP, "KVM_S2_SET_POLICY stays at 0x%"
				    PRIx64, from);
	}
	printf("],\"total\":%u,\"calls\":%u,\"generation\":%" PRIu64, total,
	       calls, (uint64_t)req.generation);
	return 0;
}

int policy_try(struct vm *vm, const struct policy_args *p)
{
	/* room for none is one of those that must be refused */
	struct kvm_s2_extent *buf = calloc(p->count ?: 1, sizeof(*buf));
	int ret;

	if (!buf)
		return fail(-ENOMEM, "extents");
	print_asked(p);
	printf(",\"constraints\":%u,\"mode\":%u", p->constraints, p->mode);
	ret = try_walk(vm, p, buf);
	free(buf);
	return ret;
}
