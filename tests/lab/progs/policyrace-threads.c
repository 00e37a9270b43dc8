// SPDX-License-Identifier: GPL-2.0-only
/* What goes on in policyrace while policies are set. */
#include <errno.h>
#include <linux/kvm.h>
#include <linux/kvm_s2.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policyrace.h"

#define MAX_THREADS	8
#define MAX_EXTENTS	256

struct race race;

static pthread_t threads[MAX_THREADS];
static unsigned int nr_threads;
static pthread_t vcpu_threads[FAULTING + 1];

void die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "policyrace: seed %u, round %d: ", race.seed,
		race.round);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	_exit(1);
}

uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

static bool stopped(void)
{
	return __atomic_load_n(&race.stop, __ATOMIC_RELAXED);
}

/* Of one slot, with the VM's own ioctl; returns how many pages are mapped. */
uint64_t race_extents(uint32_t slot, on_extent fn, void *arg)
{
	struct kvm_s2_extent e[MAX_EXTENTS];
	const uint64_t page = sysconf(_SC_PAGESIZE);
	const struct slot *s = &race.vm.slots[slot];
	struct kvm_s2_extents req = {
		.size = sizeof(req),
		.gpa = s->gpa,
		.end = s->gpa + NR_PAGES * page,
		.extents = (uintptr_t)e,
		.extent_size = sizeof(e[0]),
		.count = MAX_EXTENTS,
	};
	uint64_t pages = 0;

	if (ioctl(race.vm.fd, KVM_S2_GET_EXTENTS, &req))
		die("KVM_S2_GET_EXTENTS: %s", strerror(errno));
	for (uint32_t i = 0; i < req.count; i++) {
		if (e[i].mapped == KVM_S2_TYPE_UNMAPPED)
			continue;
		pages += e[i].bytes / page;
		if (fn)
			fn(&e[i], arg);
	}
	return pages;
}

/* Where the guest goes next, and what it does there. */
static struct guest_op next_op(uint32_t vcpu, uint64_t *random)
{
	static const char *const names[] = { "touch", "dirty", "fetch" };
	const uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t first = next_random(random) % NR_PAGES;
	uint64_t left = NR_PAGES - first;
	uint32_t slot = next_random(random) % 2 ? STEADY : CHURNED;

	return (struct guest_op) {
		.code = guest_code_find(names[next_random(random) % 3]),
		.vcpu = vcpu,
		.gpa = race.vm.slots[slot].gpa + first * page,
		.len = (1 + next_random(random) % (left < 8 ? left : 8)) * page,
		.stride = page,
	};
}

static void *fault(void *arg)
{
	const uint32_t vcpu = (uintptr_t)arg;
	uint64_t random = race.seed * 31ull + vcpu;

	while (!stopped()) {
		struct guest_op op = next_op(vcpu, &random);
		struct result res;
		int ret = guest_do(&race.vm, &op, &res);

		/* what was refused is tried again, now and then */
		while (!ret && res.outcome == OUT_ERRNO && res.err == EFAULT) {
			race.refused[vcpu]++;
			if (next_random(&random) % 4 == 0 || stopped())
				break;
			ret = guest_again(&race.vm, vcpu, &res);
		}
		if (ret)
			die("vCPU %u: %s", vcpu, strerror(-ret));
		if (res.outcome == OUT_OK)
			race.accesses[vcpu] += op.len / op.stride;
		else if (res.outcome == OUT_MMIO ||
			 res.outcome == OUT_EXCEPTION)
			race.missing[vcpu]++;	/* there was no slot */
		else if (res.outcome == OUT_EXIT || (res.err != EFAULT &&
			 res.outcome == OUT_ERRNO))
			die("vCPU %u: exit %u, errno %d", vcpu, res.reason,
			    res.err);
	}
	return NULL;
}

/* Is in the guest most of the time, for whoever stops the machine to look. */
static void *spin(void *arg)
{
	struct vcpu *vcpu = arg;
	struct result res;

	if (guest_start_hold(&race.vm, vcpu))
		die("vCPU %u cannot start", vcpu->index);
	while (!stopped())
		if (vcpu_run(vcpu, &res))
			die("vCPU %u cannot run", vcpu->index);
	return NULL;
}

static void *churn(void *arg)
{
	(void)arg;
	for (; !stopped(); race.remade++)
		if (vm_delete_slot(&race.vm, CHURNED) ||
		    vm_set_slot(&race.vm, &race.vm.slots[CHURNED]))
			die("cannot make a slot again");
	return NULL;
}

static void *dump(void *arg)
{
	(void)arg;
	for (; !stopped(); race.dumps++) {
		struct kvm_s2_slot s = {
			.size = sizeof(s), .slot = race.dumps % 2,
		};

		race_extents(race.dumps % 2, NULL, NULL);
		if (ioctl(race.vm.fd, KVM_S2_GET_SLOT, &s) &&
		    errno != ENOENT && errno != EAGAIN)
			die("KVM_S2_GET_SLOT: %s", strerror(errno));
	}
	return NULL;
}

/* Of any VM there is or was: it may have ended, or its slots change too fast. */
static void *dump_all(void *arg)
{
	uint64_t random = race.seed * 17ull, last;
	struct nl nl;

	(void)arg;
	nl_open(&nl);
	for (; !stopped(); race.nl_dumps++) {
		struct setting s = {
			.slot = -1, .mem_class = KVM_S2_CLASS_RAM,
			.constraints = KVM_S2_CONSTRAINT_FLOOR_DEVICE,
			.mode = KVM_S2_MODE_ENFORCE,
		};
		int ret = nl_host(&nl, NULL, &last);

		if (ret)
			die("host-get: %s", strerror(-ret));
		if (next_random(&random) % 3)
			s.vm_id = last - next_random(&random) % 3 % last;
		ret = nl_check(&nl, &s);
		ret = ret ?: nl_policies(&nl, s.vm_id);
		if (s.vm_id)
			ret = ret ?: nl_extents(&nl, s.vm_id, NULL, NULL);
		if (ret && ret != -ENOENT && ret != -EAGAIN)
			die("a dump of VM %llu: %s",
			    (unsigned long long)s.vm_id, strerror(-ret));
	}
	return NULL;
}

/* VMs that are killed at any time between their first system call and later. */
static void *live_and_die(void *arg)
{
	char *const argv[] = {
		(char *)"vmm", (char *)"--name", (char *)"mortal",
		(char *)"--slot", (char *)"anon,size=256K,gpa=0x10000000",
		(char *)"--guest", (char *)"write@0x10000000:256K",
		(char *)"--hold=touch", NULL,
	};
	uint64_t random = race.seed * 13ull;
	posix_spawn_file_actions_t files;

	(void)arg;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", 1, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", 1, 0);
	for (; !stopped(); race.born++) {
		pid_t pid;
		int ret = posix_spawnp(&pid, "vmm", &files, NULL, argv,
				       environ);

		if (ret)
			die("cannot run vmm: %s", strerror(ret));
		usleep(next_random(&random) % (1000ull * race.life_ms));
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	posix_spawn_file_actions_destroy(&files);
	return NULL;
}

static void start(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	if (pthread_create(thread, NULL, fn, arg))
		die("cannot start a thread");
}

/* @alone: with no VM but ours, and less that keeps the guest from running */
void race_start(bool alone)
{
	for (uintptr_t i = 0; i < FAULTING; i++)
		start(&vcpu_threads[i], fault, (void *)i);
	start(&vcpu_threads[FAULTING], spin, &race.vm.vcpus[FAULTING]);
	start(&threads[nr_threads++], churn, NULL);
	if (alone)
		return;
	start(&threads[nr_threads++], dump, NULL);
	start(&threads[nr_threads++], dump_all, NULL);
	start(&threads[nr_threads++], live_and_die, NULL);
}

void race_stop(void)
{
	__atomic_store_n(&race.stop, true, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i <= FAULTING; i++)
		vcpu_stop(&race.vm.vcpus[i], vcpu_threads[i], SIGUSR1);
	for (unsigned int i = 0; i <= FAULTING; i++)
		pthread_join(vcpu_threads[i], NULL);
	for (unsigned int i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
}
