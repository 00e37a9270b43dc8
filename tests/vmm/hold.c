// SPDX-License-Identifier: GPL-2.0-only
/* vCPUs that run until somebody says stop: SIGTERM, SIGINT, or end of input. */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "vmm.h"

#define SIG_KICK	SIGUSR1

struct runner {
	pthread_t thread;
	struct vm *vm;
	struct vcpu *vcpu;
};

static void on_kick(int sig)
{
	(void)sig;	/* only there to interrupt KVM_RUN */
}

static void stop_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

/* Before threads and before the VM: a stop that comes early must not be lost */
void hold_block_signals(void)
{
	struct sigaction act = { .sa_handler = on_kick };
	sigset_t set;

	stop_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIG_KICK, &act, NULL);
}

static void *run_vcpu(void *arg)
{
	struct runner *r = arg;
	struct result res;

	if (guest_start_hold(r->vm, r->vcpu) || vcpu_run(r->vcpu, &res))
		return NULL;
	if (res.outcome == OUT_STOPPED && r->vcpu->run->immediate_exit)
		return NULL;
	/* It should have run for ever: say what stopped it. */
	flockfile(stdout);
	printf("{\"vm\":\"%s\",\"action\":\"hold\",\"vcpu\":%u",
	       r->vm->spec->name, r->vcpu->index);
	print_result(r->vm, &res);
	printf("}\n");
	fflush(stdout);
	funlockfile(stdout);
	return NULL;
}

/* The clock of which, under -icount shift=0, a nanosecond is an instruction. */
static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Each access is a fault, for nothing of the slot is mapped when it is made. */
static void *run_faults(void *arg)
{
	struct runner *r = arg;
	const struct slot *slot = &r->vm->slots[0];
	struct guest_op op = {
		.code = guest_code_find("touch"),
		.vcpu = r->vcpu->index,
		.gpa = slot->gpa,
		.len = slot->size,
		.stride = sysconf(_SC_PAGESIZE),
	};
	uint64_t accesses = 0, start = now_ns();
	struct result res;

	while (!guest_do(r->vm, &op, &res) && res.outcome == OUT_OK) {
		accesses += slot->size / op.stride;
		if (madvise(slot->hva, slot->size, MADV_DONTNEED))
			break;
	}
	flockfile(stdout);
	printf("{\"vm\":\"%s\",\"action\":\"hold\",\"vcpu\":%u"
	       ",\"accesses\":%" PRIu64 ",\"ns\":%" PRIu64,
	       r->vm->spec->name, r->vcpu->index, accesses, now_ns() - start);
	print_result(r->vm, &res);
	printf("}\n");
	fflush(stdout);
	funlockfile(stdout);
	return NULL;
}

static volatile bool churn_stop;

static void *churn(void *arg)
{
	struct vm *vm = arg;

	while (!churn_stop)
		if (vm_delete_slot(vm, vm->slots[0].number) ||
		    vm_set_slot(vm, &vm->slots[0]))
			break;
	return NULL;
}

static int wait_for_stop(bool stop_on_eof)
{
	struct pollfd fds[2];
	sigset_t set;
	char c;

	stop_set(&set);
	fds[0].fd = signalfd(-1, &set, SFD_CLOEXEC);
	fds[0].events = POLLIN;
	fds[1].fd = stop_on_eof ? STDIN_FILENO : -1;
	fds[1].events = POLLIN;
	if (fds[0].fd < 0)
		return fail(-errno, "signalfd");
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return fail(-errno, "poll");
		if (fds[0].revents)
			break;
		if (fds[1].revents && read(STDIN_FILENO, &c, 1) <= 0)
			break;
	}
	close(fds[0].fd);
	return 0;
}

static void stop_vcpus(struct runner *runners, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		vcpu_stop(runners[i].vcpu, runners[i].thread, SIG_KICK);
	for (uint32_t i = 0; i < n; i++)
		pthread_join(runners[i].thread, NULL);
}

/*
 * The address space that made the VM goes away with this process; a child,
 * whose address space is another, keeps the VM.
 */
static int become_orphan(struct vm *vm, const struct ready *ready)
{
	pid_t parent = getpid(), pid = fork();
	int ret;

	if (pid < 0)
		return fail(-errno, "fork");
	if (pid) {
		fflush(stdout);
		_exit(0);
	}
	while (getppid() == parent)
		usleep(1000);
	ret = report_ready(ready, vm);
	return ret ?: wait_for_stop(false);
}

static int churn_until_stop(struct vm *vm, bool stop_on_eof,
			    const struct ready *ready)
{
	pthread_t thread;
	int ret = -pthread_create(&thread, NULL, churn, vm);

	if (ret)
		return fail(ret, "cannot start a thread");
	ret = report_ready(ready, vm);
	ret = ret ?: wait_for_stop(stop_on_eof);
	churn_stop = true;
	pthread_join(thread, NULL);
	return ret;
}

int hold_vm(struct vm *vm, bool stop_on_eof, const struct ready *ready)
{
	struct runner runners[MAX_VCPUS];
	void *(*run)(void *) = run_vcpu;
	uint32_t n = 0, want;
	int ret = 0;

	if (vm->spec->hold == HOLD_ORPHAN)
		return become_orphan(vm, ready);
	if (vm->spec->hold == HOLD_CHURN)
		return churn_until_stop(vm, stop_on_eof, ready);
	if (vm->spec->hold == HOLD_FAULTS)
		run = run_faults;
	want = vm->spec->hold == HOLD_IDLE ? 0 : vm->spec->vcpus;
	for (; !ret && n < want; n++) {
		runners[n].vm = vm;
		runners[n].vcpu = &vm->vcpus[n];
		ret = -pthread_create(&runners[n].thread, NULL, run, &runners[n]);
		if (ret) {
			fail(ret, "cannot start vCPU %u", n);
			break;
		}
	}
	ret = ret ?: report_ready(ready, vm);
	ret = ret ?: wait_for_stop(stop_on_eof);
	stop_vcpus(runners, n);
	return ret;
}
