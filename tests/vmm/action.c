// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs what the command line asked for, in its order.  Each action prints one
 * line of JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "vmm.h"

/* The guest runs at addresses that say its stage-1 type as well. */
#define IPA_MASK	(((uint64_t)1 << IPA_BITS) - 1)

static const char *const s1_names[S1_TYPES] = { "wb", "nc", "device" };

/*
 * The raw clock: under -icount shift=0 one nanosecond of it is exactly one
 * instruction.
 */
static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* What of it was this thread's own, in the host and in the guest */
static uint64_t thread_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void print_result(const struct vm *vm, const struct result *res)
{
	(void)vm;
	switch (res->outcome) {
	case OUT_OK:
		printf(",\"result\":\"ok\"");
		break;
	case OUT_ERRNO:
		printf(",\"result\":\"errno\",\"errno\":\"%s\"",
		       strerrorname_np(res->err) ?: "?");
		if (res->fault_bytes)
			printf(",\"fault\":{\"gpa\":%" PRIu64 ",\"bytes\":%"
			       PRIu64 ",\"flags\":%" PRIu64 "}",
			       res->fault_gpa, res->fault_bytes,
			       res->fault_flags);
		break;
	case OUT_EXCEPTION:
		printf(",\"result\":\"exception\",\"esr\":%" PRIu64
		       ",\"far\":%" PRIu64 ",\"elr\":%" PRIu64,
		       res->esr, res->far & IPA_MASK, res->elr & IPA_MASK);
		break;
	case OUT_MMIO:
		printf(",\"result\":\"mmio\",\"addr\":%" PRIu64 ",\"write\":%s",
		       res->addr, res->write ? "true" : "false");
		break;
	case OUT_EXIT:
		printf(",\"result\":\"exit\",\"reason\":%u", res->reason);
		break;
	case OUT_STOPPED:
		printf(",\"result\":\"stopped\"");
		break;
	}
}

static int act_guest(struct vm *vm, const struct guest_op *op, uint64_t *ns)
{
	struct result res;
	uint64_t start = now_ns();
	int ret = guest_do(vm, op, &res);

	*ns = now_ns() - start;
	if (ret)
		return ret;
	printf(",\"op\":\"%s\",\"gpa\":%" PRIu64 ",\"len\":%" PRIu64
	       ",\"stride\":%" PRIu64 ",\"s1\":\"%s\",\"vcpu\":%u",
	       op->code->name, op->gpa, op->len, op->stride, s1_names[op->s1],
	       op->vcpu);
	print_result(vm, &res);
	if (res.outcome == OUT_OK && op->code->has_value)
		printf(",\"value\":%" PRIu64, res.value);
	return 0;
}

/* As often as is asked, unless the guest gets on. */
static int act_again(struct vm *vm, uint32_t vcpu, uint64_t times)
{
	struct result res;
	uint64_t runs = 0;
	int ret;

	do {
		ret = guest_again(vm, vcpu, &res);
		runs++;
	} while (!ret && res.outcome == OUT_ERRNO && runs < times);
	if (ret)
		return ret;
	printf(",\"vcpu\":%u,\"runs\":%" PRIu64, vcpu, runs);
	print_result(vm, &res);
	if (res.outcome == OUT_OK)
		printf(",\"value\":%" PRIu64, res.value);
	return 0;
}

/* Through KVM's debugfs; the pid and fd name the VM there. */
static int act_read_pt(struct vm *vm)
{
	static char buf[65536];
	char path[96];
	uint64_t bytes = 0, lines = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path),
		 "/sys/kernel/debug/kvm/%d-%d/stage2_page_tables", getpid(),
		 vm->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(-errno, "%s", path);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		bytes += n;
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	}
	if (n < 0)
		return fail(-errno, "%s", path);
	close(fd);
	printf(",\"bytes\":%" PRIu64 ",\"lines\":%" PRIu64, bytes, lines);
	return 0;
}

static int act_mem(struct vm *vm, uint32_t number, enum action_kind kind)
{
	struct slot *slot = vm_slot(vm, number);
	int ret;

	printf(",\"slot\":%u", number);
	if (kind == ACT_DELETE)
		return vm_delete_slot(vm, number);
	if (!slot->hva)
		return fail(-ENOENT, "slot %u has no memory", number);
	if (kind == ACT_UNMAP)
		ret = munmap(slot->hva, slot->size);
	else
		ret = madvise(slot->hva, slot->size, MADV_DONTNEED);
	if (ret)
		return fail(-errno, "slot %u", number);
	if (kind == ACT_UNMAP)
		slot->hva = NULL;
	return 0;
}

/* What is refused is told, and the slot is then as it was. */
static int act_slot(struct vm *vm, const struct action *act)
{
	struct slot *slot = vm_slot(vm, act->slot);
	struct slot want = *slot;
	int ret;

	if (act->kind == ACT_MOVE)
		want.gpa = act->gpa;
	if (act->kind == ACT_FLAGS || act->has_flags)
		want.kvm_flags = act->kvm_flags;
	printf(",\"slot\":%u", act->slot);
	ret = vm_try_slot(vm, &want);
	if (ret)
		printf(",\"errno\":%d", -ret);
	else
		*slot = want;
	return 0;
}

static int act_refs(struct vm *vm, uint32_t number, uint64_t off)
{
	struct slot *slot = vm_slot(vm, number);
	int64_t refs;
	int ret;

	if (!slot->hva || off >= slot->size)
		return fail(-ENOENT, "slot %u has no memory there", number);
	ret = testmem_refs((char *)slot->hva + off, &refs);
	if (ret)
		return fail(ret, "slot %u: cannot count references", number);
	printf(",\"slot\":%u,\"off\":%" PRIu64 ",\"refs\":%" PRId64, number,
	       off, refs);
	return 0;
}

static int act_reinit(struct vm *vm)
{
	int ret = 0;

	for (uint32_t i = 0; !ret && i < vm->spec->vcpus; i++) {
		ret = vcpu_init(vm, &vm->vcpus[i]);
		ret = ret ?: guest_vcpu_setup(vm, &vm->vcpus[i]);
	}
	return ret;
}

static const char *const kind_names[] = {
	[ACT_GUEST]	 = "guest",
	[ACT_AGAIN]	 = "again",
	[ACT_S2_CAP]	 = "s2-cap",
	[ACT_S2_SLOT]	 = "s2-slot",
	[ACT_S2_EXTENTS] = "s2-extents",
	[ACT_POLICY_SET] = "policy-set",
	[ACT_POLICY_GET] = "policy-get",
	[ACT_POLICY_TRY] = "policy-try",
	[ACT_READ_PT]	 = "read-pt",
	[ACT_MAKE]	 = "make",
	[ACT_FLAGS]	 = "flags",
	[ACT_MOVE]	 = "move",
	[ACT_DELETE]	 = "delete",
	[ACT_UNMAP]	 = "unmap",
	[ACT_DISCARD]	 = "discard",
	[ACT_REFS]	 = "refs",
	[ACT_REINIT]	 = "reinit",
	[ACT_SIT]	 = "sit",
};

static int run_action(struct vm *vm, const struct action *act, uint64_t *ns)
{
	uint64_t start = now_ns();
	int ret = -EINVAL;

	switch (act->kind) {
	case ACT_GUEST:		/* times itself, without the printing */
		return act_guest(vm, &act->op, ns);
	case ACT_AGAIN:
		ret = act_again(vm, act->again.vcpu, act->again.times);
		break;
	case ACT_S2_CAP:
		ret = s2_print_cap(vm);
		break;
	case ACT_S2_SLOT:
		ret = s2_print_slot(vm, act->slot);
		break;
	case ACT_S2_EXTENTS:
		ret = s2_print_extents(vm, &act->extents);
		break;
	case ACT_POLICY_SET:
		ret = policy_set(vm, &act->policy);
		break;
	case ACT_POLICY_GET:
		ret = policy_get(vm, &act->policy);
		break;
	case ACT_POLICY_TRY:
		ret = policy_try(vm, &act->policy);
		break;
	case ACT_READ_PT:
		ret = act_read_pt(vm);
		break;
	case ACT_MAKE:
	case ACT_FLAGS:
	case ACT_MOVE:
		ret = act_slot(vm, act);
		break;
	case ACT_DELETE:
	case ACT_UNMAP:
	case ACT_DISCARD:
		ret = act_mem(vm, act->slot, act->kind);
		break;
	case ACT_REFS:
		ret = act_refs(vm, act->slot, act->off);
		break;
	case ACT_REINIT:
		ret = act_reinit(vm);
		break;
	case ACT_SIT:
		ret = testmem_sit();
		break;
	}
	*ns = now_ns() - start;
	return ret;
}

int run_actions(struct vm *vm, const struct vm_spec *spec)
{
	uint64_t ns, cpu;
	int ret;

	for (unsigned int i = 0; i < spec->nr_actions; i++) {
		printf("{\"vm\":\"%s\",\"action\":\"%s\"", spec->name,
		       kind_names[spec->actions[i].kind]);
		cpu = thread_ns();
		ret = run_action(vm, &spec->actions[i], &ns);
		cpu = thread_ns() - cpu;
		if (ret) {
			printf(",\"failed\":true}\n");
			return ret;
		}
		if (spec->time)
			printf(",\"ns\":%" PRIu64 ",\"cpu_ns\":%" PRIu64, ns,
			       cpu);
		printf("}\n");
		if (fflush(stdout))
			return fail(-errno, "standard output");
	}
	return 0;
}
