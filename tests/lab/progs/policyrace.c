// SPDX-License-Identifier: GPL-2.0-only
/*
 * policyrace - an administrator's policies, set while everything happens
 *
 *   policyrace [-s SEED] [-n ROUNDS] [-l MS] [-o FOLDER] CODE
 *
 * Policies for the host, a VM and a slot come and go over netlink, at random from
 * the seed, while vCPUs fault on the pages that they are about, one of the slots
 * is deleted and made, other VMs are born and killed, and all of it is dumped.
 * When a request has returned, no entry may be left that what is set now would not
 * have made: looked for in the VM with its ioctl, and in every other one over
 * netlink.  Before that, faults that are refused are counted while the flags of
 * their slot change, and the host's policy is looked at while slots change.
 *
 * Other VMs live for up to MS milliseconds (500), system calls of a beginner
 * included.  It goes on past its ROUNDS until enough of everything has happened,
 * and lets them live longer and longer meanwhile, for on a slow machine they end
 * before they have begun.
 *
 * CODE is a file with DAX for the guest's code, which is thus of a class that no
 * policy here is about.  With -o, after each request the file set.N in FOLDER
 * says what is enforced where, and the next comes when walked.N is there: time to
 * stop the machine and to look at the page table from outside.
 *
 * Prints one line of JSON; what should not be is told on standard error.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <linux/kvm_s2.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "policyrace.h"

#define REFUSALS	3000	/* at least, and so many changes of flags */
#define FLAG_CHANGES	20
#define FIRST_TINY	100u	/* slots of a page each */
#define NR_TINY		400u
#define TINY_GPA	0x40000000ull
#define TINY_CHECKS	100
#define TINY_CHANGES	20	/* of the slots, while that goes on */
#define FLOORS		(KVM_S2_CONSTRAINT_FLOOR_NC | \
			 KVM_S2_CONSTRAINT_FLOOR_DEVICE)

enum scope { HOST, VM, SLOT, NR_SCOPES };

static uint32_t enforced[NR_SCOPES];
static uint64_t sets[NR_SCOPES];
static uint64_t pages_seen, others_seen;
static uint64_t refusals, counted, changes;	/* while flags change so often */
static uint64_t tiny_remade;
static bool fwb;

static const struct {
	uint32_t constraints;
	uint32_t mode;
} settings[] = {
	{ 0, KVM_S2_MODE_NONE },
	{ 0, KVM_S2_MODE_NONE },
	{ KVM_S2_CONSTRAINT_NOEXEC, KVM_S2_MODE_ENFORCE },
	{ KVM_S2_CONSTRAINT_FLOOR_DEVICE, KVM_S2_MODE_ENFORCE },
	{ KVM_S2_CONSTRAINT_FLOOR_NC, KVM_S2_MODE_ENFORCE },
	{ KVM_S2_CONSTRAINT_REQUIRE_FWB, KVM_S2_MODE_ENFORCE },
	{ KVM_S2_CONSTRAINT_MATCH_VMA, KVM_S2_MODE_ENFORCE },
	{ KVM_S2_CONSTRAINT_FLOOR_DEVICE, KVM_S2_MODE_AUDIT },
	{ KVM_S2_CONSTRAINT_NOEXEC, KVM_S2_MODE_AUDIT },
};

#define NR_SETTINGS	(sizeof(settings) / sizeof(settings[0]))

static void on_kick(int sig)
{
	(void)sig;
}

static void make_vm(const char *code)
{
	struct vm_spec *spec = &race.spec;
	const uint64_t page = sysconf(_SC_PAGESIZE);
	struct kvm_s2_slot s = { .size = sizeof(s), .slot = STEADY };

	spec->name = "race";
	spec->vcpus = FAULTING + 1;
	spec->hold = HOLD_SPIN;
	spec->code = (struct slot) {
		.backing = BACK_FILE, .arg = code, .number = CODE_SLOT,
		.gpa = CODE_GPA, .size = CODE_SIZE,
	};
	spec->nr_slots = 2;
	for (uint32_t i = 0; i < 2; i++)
		spec->slots[i] = (struct slot) {
			.backing = BACK_ANON, .number = i,
			.gpa = 0x10000000ull * (i + 1), .size = NR_PAGES * page,
		};
	if (vm_create(&race.vm, spec))
		die("cannot make a VM");
	/* so that a page can be executed: a RET is there */
	for (uint32_t i = 0; i < 2; i++)
		for (uint64_t off = 0; off < NR_PAGES * page; off += page)
			*(uint32_t *)((char *)race.vm.slots[i].hva + off) =
				0xd65f03c0;
	if (ioctl(race.vm.fd, KVM_S2_GET_SLOT, &s))
		die("KVM_S2_GET_SLOT: %s", strerror(errno));
	race.vm_id = s.vm_id;
}

/* ------------------------------------------- counters and flags of a slot -- */

static void *be_refused(void *arg)
{
	struct guest_op op = {
		.code = guest_code_find("touch"),
		.gpa = race.vm.slots[STEADY].gpa,
		.len = 8,
		.stride = 8,
	};
	struct result res;
	int ret = guest_do(&race.vm, &op, &res);

	(void)arg;

	for (;;) {
		if (ret || res.outcome != OUT_ERRNO || res.err != EFAULT)
			die("what is denied was not refused");
		if (__atomic_add_fetch(&refusals, 1, __ATOMIC_RELAXED) >=
		    REFUSALS && __atomic_load_n(&changes, __ATOMIC_RELAXED) >=
		    FLAG_CHANGES)
			return NULL;
		ret = guest_again(&race.vm, 0, &res);
	}
}

/* Is one lost between the slot that was and the one that takes its place? */
static void count_while_flags_change(void)
{
	struct kvm_s2_policy p = {
		.size = sizeof(p), .slot = STEADY,
		.constraints = KVM_S2_CONSTRAINT_FLOOR_DEVICE,
		.mode = KVM_S2_MODE_ENFORCE,
	};
	struct slot with = race.vm.slots[STEADY];
	pthread_t thread;

	with.kvm_flags = KVM_MEM_LOG_DIRTY_PAGES;
	if (ioctl(race.vm.fd, KVM_S2_SET_POLICY, &p))
		die("KVM_S2_SET_POLICY: %s", strerror(errno));
	if (pthread_create(&thread, NULL, be_refused, NULL))
		die("cannot start a thread");
	while (__atomic_load_n(&refusals, __ATOMIC_RELAXED) < REFUSALS ||
	       changes < FLAG_CHANGES) {
		if (vm_set_slot(&race.vm, &with) ||
		    vm_set_slot(&race.vm, &race.vm.slots[STEADY]))
			die("cannot change flags");
		__atomic_add_fetch(&changes, 2, __ATOMIC_RELAXED);
	}
	pthread_join(thread, NULL);
	p = (struct kvm_s2_policy) { .size = sizeof(p), .slot = STEADY };
	if (ioctl(race.vm.fd, KVM_S2_GET_POLICY, &p))
		die("KVM_S2_GET_POLICY: %s", strerror(errno));
	counted = p.denied;
	p = (struct kvm_s2_policy) { .size = sizeof(p), .slot = STEADY };
	if (ioctl(race.vm.fd, KVM_S2_SET_POLICY, &p))
		die("KVM_S2_SET_POLICY: %s", strerror(errno));
}

/* ----------------------------------------------- slots under a host's policy -- */

static void set_tiny_slot(uint32_t number, bool there)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	struct kvm_userspace_memory_region region = {
		.slot = number,
		.guest_phys_addr = TINY_GPA + number * page,
		.memory_size = there ? page : 0,
		.userspace_addr = (uintptr_t)race.vm.slots[STEADY].hva,
	};

	if (ioctl(race.vm.fd, KVM_SET_USER_MEMORY_REGION, &region))
		die("slot %u: %s", number, strerror(errno));
}

static void *change_tiny_slots(void *arg)
{
	bool *stop = arg;

	while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) {
		set_tiny_slot(FIRST_TINY + NR_TINY, true);
		set_tiny_slot(FIRST_TINY + NR_TINY, false);
		__atomic_add_fetch(&tiny_remade, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/*
 * Who looks at the host's policy looks at all slots of all VMs, and holds no lock
 * that keeps them.  There are many here, so that they change while it looks.
 */
static void check_while_slots_change(struct nl *nl)
{
	struct setting s = {
		.slot = -1, .mem_class = KVM_S2_CLASS_RAM,
		.constraints = KVM_S2_CONSTRAINT_FLOOR_DEVICE,
		.mode = KVM_S2_MODE_ENFORCE,
	};
	bool stop = false;
	pthread_t thread;

	for (uint32_t i = 0; i < NR_TINY; i++)
		set_tiny_slot(FIRST_TINY + i, true);
	if (pthread_create(&thread, NULL, change_tiny_slots, &stop))
		die("cannot start a thread");
	/* a busy machine may run nothing but the checks for a while */
	for (int i = 0; i < TINY_CHECKS ||
	     __atomic_load_n(&tiny_remade, __ATOMIC_RELAXED) < TINY_CHANGES;
	     i++) {
		int ret = nl_check(nl, &s);

		/* its extents change too fast to tell, now and then */
		if (ret && ret != -EAGAIN)
			die("policy-check: %s", strerror(-ret));
		ret = nl_host(nl, NULL, NULL);
		if (ret)
			die("host-get: %s", strerror(-ret));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	for (uint32_t i = 0; i < NR_TINY; i++)
		set_tiny_slot(FIRST_TINY + i, false);
}

/* --------------------------------------------------------------- the race -- */

struct judge {
	uint32_t mask;
	uint64_t vm_id;
	uint64_t *seen;
};

/* Plain memory, write-back unless it is refused. */
static void judge(const struct kvm_s2_extent *e, void *arg)
{
	const struct judge *j = arg;

	if (e->mapped == KVM_S2_TYPE_UNMAPPED ||
	    e->mem_class != KVM_S2_CLASS_RAM)
		return;
	++*j->seen;
	if (e->mapped != KVM_S2_TYPE_WB || (j->mask & FLOORS) ||
	    ((j->mask & KVM_S2_CONSTRAINT_REQUIRE_FWB) && !fwb) ||
	    ((j->mask & KVM_S2_CONSTRAINT_NOEXEC) &&
	     (e->perm & KVM_S2_PERM_X)))
		die("VM %" PRIu64 ", slot %u: type %u, permissions %#x at %#"
		    PRIx64 " under constraints %#x", j->vm_id, e->slot,
		    e->mapped, e->perm, (uint64_t)e->gpa, j->mask);
}

static uint32_t mask_of(uint32_t slot)
{
	return enforced[HOST] | enforced[VM] |
	       (slot == STEADY ? enforced[SLOT] : 0);
}

static void judge_own(void)
{
	for (uint32_t slot = CHURNED; slot <= STEADY; slot++) {
		struct judge j = {
			.mask = mask_of(slot), .vm_id = race.vm_id,
			.seen = &pages_seen,
		};

		race_extents(slot, judge, &j);
	}
}

/* The last few VMs, of which some have ended, and some just begin. */
static void judge_others(struct nl *nl)
{
	struct judge j = { .mask = enforced[HOST], .seen = &others_seen };
	uint64_t last;
	int ret = nl_host(nl, NULL, &last);

	if (ret)
		die("host-get: %s", strerror(-ret));
	for (j.vm_id = last > 2 ? last - 2 : 1; j.vm_id <= last; j.vm_id++) {
		if (j.vm_id == race.vm_id)
			continue;
		ret = nl_extents(nl, j.vm_id, judge, &j);
		if (ret && ret != -ENOENT && ret != -EAGAIN)
			die("a dump of VM %" PRIu64 ": %s", j.vm_id,
			    strerror(-ret));
	}
}

static enum scope set_one(struct nl *nl, uint64_t *random)
{
	const enum scope scope = next_random(random) % NR_SCOPES;
	const unsigned int n = next_random(random) % NR_SETTINGS;
	struct setting s = {
		.vm_id = scope == HOST ? 0 : race.vm_id,
		.slot = scope == SLOT ? (int)STEADY : -1,
		.mem_class = KVM_S2_CLASS_RAM,
		.constraints = settings[n].constraints,
		.mode = settings[n].mode,
	};
	int ret = nl_set(nl, &s);

	if (ret)
		die("policy-set, scope %d, constraints %#x: %s", scope,
		    s.constraints, strerror(-ret));
	enforced[scope] = s.mode == KVM_S2_MODE_ENFORCE ? s.constraints : 0;
	sets[scope]++;
	return scope;
}

static void wait_outside(const char *folder)
{
	char name[512], tmp[512];
	FILE *f;

	snprintf(tmp, sizeof(tmp), "%s/new", folder);
	snprintf(name, sizeof(name), "%s/set.%d", folder, race.round);
	f = fopen(tmp, "we");
	if (!f || fprintf(f, "{\"churned\":%u,\"steady\":%u}\n",
			  mask_of(CHURNED), mask_of(STEADY)) < 0 ||
	    fclose(f) || rename(tmp, name))
		die("%s: %s", name, strerror(errno));
	snprintf(name, sizeof(name), "%s/walked.%d", folder, race.round);
	while (access(name, F_OK))
		usleep(20000);
}

static uint64_t of_vcpus(const uint64_t *counts)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < FAULTING; i++)
		sum += __atomic_load_n(&counts[i], __ATOMIC_RELAXED);
	return sum;
}

static bool at_least(const uint64_t *count, uint64_t least)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED) >= least;
}

/*
 * A slow machine has its rounds done before much else has happened: more than
 * what tests/lab/policy-race asks for.
 */
static bool enough(void)
{
	return at_least(&race.born, 15) && at_least(&race.remade, 110) &&
	       at_least(&race.dumps, 110) && at_least(&race.nl_dumps, 25) &&
	       of_vcpus(race.accesses) >= 600 &&
	       of_vcpus(race.refused) >= 110 &&
	       of_vcpus(race.missing) >= 25 &&
	       pages_seen >= 110 && others_seen >= 15;
}

static void run(struct nl *nl, int rounds, const char *outside)
{
	uint64_t random = race.seed;

	for (; race.round < rounds || !(outside || enough()); race.round++) {
		enum scope scope = set_one(nl, &random);

		if (race.round >= rounds)
			__atomic_add_fetch(&race.life_ms, 1, __ATOMIC_RELAXED);
		judge_own();
		if (scope == HOST)
			judge_others(nl);
		if (outside)
			wait_outside(outside);
		else if (next_random(&random) % 2)
			usleep(next_random(&random) % 2000);
		judge_own();
		if (!outside)
			judge_others(nl);	/* that have come back meanwhile */
	}
}

static void take_back(struct nl *nl)
{
	struct setting s = { .slot = -1, .mem_class = KVM_S2_CLASS_RAM };

	if (nl_set(nl, &s))
		die("cannot take the host's policy back");
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_kick };
	const char *outside = NULL;
	int rounds = 300, opt;
	struct nl nl;

	race.seed = 1;
	race.life_ms = 500;
	while ((opt = getopt(argc, argv, "s:n:l:o:")) != -1) {
		if (opt == 's')
			race.seed = strtoul(optarg, NULL, 10);
		else if (opt == 'n')
			rounds = atoi(optarg);
		else if (opt == 'l')
			race.life_ms = strtoul(optarg, NULL, 10);
		else if (opt == 'o')
			outside = optarg;
		else
			return EXIT_USAGE;
	}
	if (optind + 1 != argc || rounds < 1 || !race.life_ms)
		return EXIT_USAGE;
	sigaction(SIGUSR1, &act, NULL);
	nl_open(&nl);
	if (nl_host(&nl, &fwb, NULL))
		die("host-get");
	make_vm(argv[optind]);
	count_while_flags_change();
	check_while_slots_change(&nl);
	race_start(outside);
	run(&nl, rounds, outside);
	race_stop();
	take_back(&nl);
	printf("{\"seed\":%u,\"rounds\":%d,\"host_sets\":%" PRIu64
	       ",\"vm_sets\":%" PRIu64 ",\"slot_sets\":%" PRIu64, race.seed,
	       race.round, sets[HOST], sets[VM], sets[SLOT]);
	printf(",\"accesses\":%" PRIu64 ",\"refused\":%" PRIu64
	       ",\"missing\":%" PRIu64 ",\"remade\":%" PRIu64 ",\"dumps\":%"
	       PRIu64, of_vcpus(race.accesses), of_vcpus(race.refused),
	       of_vcpus(race.missing), race.remade, race.dumps);
	printf(",\"nl_dumps\":%" PRIu64 ",\"born\":%" PRIu64 ",\"seen\":%"
	       PRIu64 ",\"others_seen\":%" PRIu64, race.nl_dumps, race.born,
	       pages_seen, others_seen);
	printf(",\"flag_changes\":%" PRIu64 ",\"flag_refused\":%" PRIu64
	       ",\"flag_counted\":%" PRIu64 ",\"tiny_remade\":%" PRIu64 "}\n",
	       changes, refusals, counted, tiny_remade);
	return fflush(stdout) ? 1 : 0;
}
