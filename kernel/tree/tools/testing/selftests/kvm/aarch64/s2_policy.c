// SPDX-License-Identifier: GPL-2.0-only
/*
 * s2_policy - Tests for KVM_S2_SET_POLICY and KVM_S2_GET_POLICY.
 *
 * This test includes:
 *  - Test that every argument that is not valid is refused: sizes, flags,
 *    places, constraints, modes, generations and what only a dry run takes.
 *  - Test that what was set is what is got, that each change is counted, and
 *    that a slot's policy goes with the slot and stays otherwise.
 *  - Test that what is enforced is refused in KVM_RUN, and can be done when
 *    the policy is taken back; that audit changes nothing; that a dry run sets
 *    nothing and says what setting does.
 *  - Test, again and again and at random, that no entry of the old policy is
 *    left when KVM_S2_SET_POLICY returns, while vCPUs fault on the same pages,
 *    another slot is deleted and made, and extents are dumped.
 */

#include <linux/kvm_s2.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define TEST_SLOT	10
#define OTHER_SLOT	11
#define TEST_GPA	BIT(30)
#define OTHER_GPA	(2 * BIT(30))
#define TEST_PAGES	64ul
#define MAX_EXTENTS	256
#define RACE_VCPUS	2

#define A64_RET		0xd65f03c0

#define NOEXEC		KVM_S2_CONSTRAINT_NOEXEC
#define FLOOR_NC	KVM_S2_CONSTRAINT_FLOOR_NC
#define FLOOR_DEVICE	KVM_S2_CONSTRAINT_FLOOR_DEVICE
#define MATCH_VMA	KVM_S2_CONSTRAINT_MATCH_VMA
#define LOCKED		KVM_S2_CONSTRAINT_LOCKED
#define FORCE		KVM_S2_CONSTRAINT_FORCE
#define AUDIT		KVM_S2_MODE_AUDIT
#define ENFORCE		KVM_S2_MODE_ENFORCE

static uint64_t guest_addr;
static bool guest_exec;
static size_t page_size;

static void guest_main(void)
{
	for (;;) {
		if (READ_ONCE(guest_exec))
			((void (*)(void))READ_ONCE(guest_addr))();
		else
			READ_ONCE(*(uint64_t *)READ_ONCE(guest_addr));
		GUEST_SYNC(0);
	}
}

/* Reads and executes the pages for ever; what is refused is only tried again. */
static void guest_race(uint64_t seed)
{
	uint64_t addr;

	for (;;) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		addr = TEST_GPA + (seed >> 33) % TEST_PAGES * READ_ONCE(page_size);
		if (seed & BIT(62))
			((void (*)(void))addr)();
		else
			READ_ONCE(*(uint64_t *)addr);
		if (!(seed >> 58))
			GUEST_SYNC(0);
	}
}

static int __set_policy(struct kvm_vm *vm, struct kvm_s2_policy *p)
{
	return __vm_ioctl(vm, KVM_S2_SET_POLICY, p);
}

static int __get_policy(struct kvm_vm *vm, struct kvm_s2_policy *p)
{
	return __vm_ioctl(vm, KVM_S2_GET_POLICY, p);
}

static struct kvm_s2_policy slot_policy(uint32_t slot, uint32_t constraints,
					uint32_t mode)
{
	return (struct kvm_s2_policy) {
		.size		= sizeof(struct kvm_s2_policy),
		.slot		= slot,
		.constraints	= constraints,
		.mode		= mode,
	};
}

static struct kvm_s2_policy class_policy(uint32_t mem_class,
					 uint32_t constraints, uint32_t mode)
{
	struct kvm_s2_policy p = slot_policy(KVM_S2_ALL_SLOTS, constraints,
					     mode);

	p.mem_class = mem_class;
	return p;
}

static uint64_t set_policy(struct kvm_vm *vm, struct kvm_s2_policy p)
{
	int ret = __set_policy(vm, &p);

	TEST_ASSERT(!ret, __KVM_IOCTL_ERROR("KVM_S2_SET_POLICY", ret));
	TEST_ASSERT(p.vm_id, "a VM must have an identity");
	return p.generation;
}

static struct kvm_s2_policy get_policy(struct kvm_vm *vm,
				       struct kvm_s2_policy p)
{
	int ret;

	p.constraints = 0;
	p.mode = 0;
	p.generation = 0;
	ret = __get_policy(vm, &p);
	TEST_ASSERT(!ret, __KVM_IOCTL_ERROR("KVM_S2_GET_POLICY", ret));
	return p;
}

static struct kvm_vm *create_vm(struct kvm_vcpu **vcpu)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(vcpu, guest_main);
	uint64_t i;

	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, TEST_GPA,
				    TEST_SLOT,
				    TEST_PAGES * page_size / vm->page_size, 0);
	virt_map(vm, TEST_GPA, TEST_GPA,
		 TEST_PAGES * page_size / vm->page_size);
	for (i = 0; i < TEST_PAGES; i++)
		*(uint32_t *)addr_gpa2hva(vm, TEST_GPA + i * page_size) =
			A64_RET;
	return vm;
}

#define assert_fails(ret, err, fmt, args...)				\
do {									\
	int __ret = (ret);						\
									\
	TEST_ASSERT(__ret == -1 && errno == (err),			\
		    fmt ": want errno %d, got %d with errno %d",	\
		    ##args, (err), __ret, __ret ? errno : 0);		\
} while (0)

/* A structure as a later version may have it. */
union big_policy {
	struct kvm_s2_policy p;
	uint8_t bytes[sizeof(struct kvm_s2_policy) + 64];
};

static void test_size(struct kvm_vm *vm)
{
	union big_policy big = { .p = slot_policy(TEST_SLOT, NOEXEC, AUDIT) };
	const size_t small[] = { 0, 4, 8, sizeof(big.p) - 1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(small); i++) {
		big.p.size = small[i];
		assert_fails(__set_policy(vm, &big.p), EINVAL, "set, size %zu",
			     small[i]);
		assert_fails(__get_policy(vm, &big.p), EINVAL, "get, size %zu",
			     small[i]);
	}

	big.p.size = sizeof(big);
	big.bytes[sizeof(big) - 1] = 1;
	assert_fails(__set_policy(vm, &big.p), E2BIG, "tail that is not zero");
	big.bytes[sizeof(big) - 1] = 0;
	TEST_ASSERT(!__set_policy(vm, &big.p), "zero tail: errno %d", errno);

	big.p.size = UINT32_MAX;
	assert_fails(__set_policy(vm, &big.p), E2BIG, "size beyond a page");
	set_policy(vm, slot_policy(TEST_SLOT, 0, 0));
}

static void test_bits(struct kvm_vm *vm)
{
	const struct kvm_s2_policy good = slot_policy(TEST_SLOT, NOEXEC, AUDIT);
	struct kvm_s2_policy p;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		p = good;
		p.flags = 1u << bit;
		if (p.flags != KVM_S2_POLICY_DRY_RUN)
			assert_fails(__set_policy(vm, &p), EINVAL, "flag %d",
				     bit);
		assert_fails(__get_policy(vm, &p), EINVAL, "get, flag %d", bit);

		p = good;
		p.constraints = 1u << bit;
		if (p.constraints > FORCE)
			assert_fails(__set_policy(vm, &p), EINVAL,
				     "constraint %d", bit);

		p = good;
		p.mode = 1u << bit;
		if (p.mode > ENFORCE)
			assert_fails(__set_policy(vm, &p), EINVAL, "mode %#x",
				     p.mode);
	}
}

static void test_places(struct kvm_vm *vm)
{
	const struct {
		const char *what;
		uint32_t slot;
		uint32_t mem_class;
		int err;
	} bad[] = {
		{ "no class", KVM_S2_ALL_SLOTS, 0, EINVAL },
		{ "class VGIC", KVM_S2_ALL_SLOTS, KVM_S2_CLASS_VGIC, EINVAL },
		{ "class MIXED", KVM_S2_ALL_SLOTS, KVM_S2_CLASS_MIXED, EINVAL },
		{ "class ~0", KVM_S2_ALL_SLOTS, UINT32_MAX, EINVAL },
		{ "class 257", KVM_S2_ALL_SLOTS, 257, EINVAL },
		{ "slot and class", TEST_SLOT, KVM_S2_CLASS_RAM, EINVAL },
		{ "no such slot", TEST_SLOT + 1, 0, ENOENT },
		{ "beyond all slots", INT32_MAX, 0, ENOENT },
		{ "negative slot", INT32_MIN, 0, ENOENT },
	};
	struct kvm_s2_policy p;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		p = slot_policy(bad[i].slot, NOEXEC, AUDIT);
		p.mem_class = bad[i].mem_class;
		assert_fails(__set_policy(vm, &p), bad[i].err, "set, %s",
			     bad[i].what);
		p = slot_policy(bad[i].slot, 0, 0);
		p.mem_class = bad[i].mem_class;
		assert_fails(__get_policy(vm, &p), bad[i].err, "get, %s",
			     bad[i].what);
	}
}

static void test_values(struct kvm_vm *vm)
{
	const struct {
		const char *what;
		uint32_t constraints;
		uint32_t mode;
		int err;
	} bad[] = {
		{ "mode without constraints", 0, ENFORCE, EINVAL },
		{ "constraints without mode", NOEXEC, 0, EINVAL },
		{ "force alone", FORCE, ENFORCE, EINVAL },
		{ "force without its floor", FORCE | NOEXEC, AUDIT, EINVAL },
	};
	const uint32_t unforceable[] = {
		KVM_S2_CLASS_PFNMAP_WB, KVM_S2_CLASS_IO, KVM_S2_CLASS_IO_NC,
		KVM_S2_CLASS_GMEM, KVM_S2_CLASS_HOLE,
	};
	struct kvm_s2_policy p;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		p = slot_policy(TEST_SLOT, bad[i].constraints, bad[i].mode);
		assert_fails(__set_policy(vm, &p), bad[i].err, "%s",
			     bad[i].what);
	}
	for (i = 0; i < ARRAY_SIZE(unforceable); i++) {
		p = class_policy(unforceable[i], FLOOR_NC | FORCE, ENFORCE);
		assert_fails(__set_policy(vm, &p), EOPNOTSUPP,
			     "force for class %u", unforceable[i]);
	}

	p = slot_policy(TEST_SLOT, NOEXEC, AUDIT);
	p.generation = get_policy(vm, p).generation + 1;
	assert_fails(__set_policy(vm, &p), ESTALE, "stale generation");
}

/* What only a dry run takes, and what a dry run does not. */
static void test_dry_run_arguments(struct kvm_vm *vm)
{
	const struct kvm_s2_policy good = slot_policy(TEST_SLOT, NOEXEC, AUDIT);
	struct kvm_s2_extent e;
	struct kvm_s2_policy p;

	p = good;
	p.gpa = page_size;
	assert_fails(__set_policy(vm, &p), EINVAL, "gpa");
	p = good;
	p.extents = (uintptr_t)&e;
	assert_fails(__set_policy(vm, &p), EINVAL, "extents");
	p = good;
	p.count = 1;
	assert_fails(__set_policy(vm, &p), EINVAL, "count");
	p = good;
	p.extent_size = sizeof(e);
	assert_fails(__set_policy(vm, &p), EINVAL, "extent_size");

	p = good;
	p.flags = KVM_S2_POLICY_DRY_RUN;
	p.extents = (uintptr_t)&e;
	p.extent_size = sizeof(e);
	assert_fails(__set_policy(vm, &p), EINVAL, "room for none");
	p.count = 65537;
	assert_fails(__set_policy(vm, &p), EINVAL, "too much room");
	p.count = 1;
	p.extent_size = 8;
	assert_fails(__set_policy(vm, &p), EINVAL, "small extents");
}

static void test_arguments(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu);
	struct kvm_s2_policy p;

	test_size(vm);
	test_bits(vm);
	test_places(vm);
	test_values(vm);
	test_dry_run_arguments(vm);

	p = get_policy(vm, slot_policy(TEST_SLOT, 0, 0));
	TEST_ASSERT_EQ(p.constraints, 0);
	TEST_ASSERT_EQ(p.mode, 0);
	TEST_ASSERT_EQ(p.enforced, 0);
	TEST_ASSERT_EQ(p.audited, 0);
	kvm_vm_free(vm);
}

static void assert_got(struct kvm_vm *vm, struct kvm_s2_policy want)
{
	struct kvm_s2_policy p = get_policy(vm, want);
	uint32_t mask = want.constraints & ~LOCKED;

	TEST_ASSERT_EQ(p.constraints, want.constraints);
	TEST_ASSERT_EQ(p.mode, want.mode);
	TEST_ASSERT_EQ(p.enforced & ~LOCKED, want.mode == ENFORCE ? mask : 0);
	TEST_ASSERT_EQ(p.audited & ~LOCKED, want.mode == AUDIT ? mask : 0);
}

static void test_get_what_was_set(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu);
	uint64_t generation, last = 0;
	struct kvm_s2_policy p;
	uint32_t mem_class, mask;

	for (mem_class = KVM_S2_CLASS_RAM; mem_class <= KVM_S2_CLASS_HOLE;
	     mem_class++) {
		for (mask = 1; mask < LOCKED; mask++) {
			p = class_policy(mem_class, mask, 1 + mask % 2);
			generation = set_policy(vm, p);
			TEST_ASSERT(generation > last, "%lu after %lu",
				    generation, last);
			last = generation;
			assert_got(vm, p);
		}
		set_policy(vm, class_policy(mem_class, 0, 0));
	}

	p = slot_policy(TEST_SLOT, NOEXEC | MATCH_VMA, ENFORCE);
	p.generation = get_policy(vm, p).generation;
	set_policy(vm, p);
	p.generation = 0;
	assert_got(vm, p);
	kvm_vm_free(vm);
}

static void test_locked(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu);
	struct kvm_s2_policy p;

	set_policy(vm, slot_policy(TEST_SLOT, NOEXEC | LOCKED, AUDIT));
	p = slot_policy(TEST_SLOT, 0, 0);
	assert_fails(__set_policy(vm, &p), EPERM, "nothing");
	p = slot_policy(TEST_SLOT, NOEXEC, AUDIT);
	assert_fails(__set_policy(vm, &p), EPERM, "without the lock");
	p = slot_policy(TEST_SLOT, MATCH_VMA | LOCKED, ENFORCE);
	assert_fails(__set_policy(vm, &p), EPERM, "something else");
	set_policy(vm, slot_policy(TEST_SLOT, NOEXEC | LOCKED, ENFORCE));
	p = slot_policy(TEST_SLOT, NOEXEC | LOCKED, AUDIT);
	assert_fails(__set_policy(vm, &p), EPERM, "audit only");
	assert_got(vm, slot_policy(TEST_SLOT, NOEXEC | LOCKED, ENFORCE));
	kvm_vm_free(vm);
}

static void test_slot_changes(void)
{
	const struct kvm_s2_policy want = slot_policy(TEST_SLOT, NOEXEC,
						      ENFORCE);
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu);
	uint64_t bytes = TEST_PAGES * page_size;
	void *hva = addr_gpa2hva(vm, TEST_GPA);

	set_policy(vm, want);
	vm_set_user_memory_region(vm, TEST_SLOT, KVM_MEM_LOG_DIRTY_PAGES,
				  TEST_GPA, bytes, hva);
	assert_got(vm, want);
	vm_set_user_memory_region(vm, TEST_SLOT, 0, TEST_GPA, bytes, hva);
	vm_set_user_memory_region(vm, TEST_SLOT, 0, OTHER_GPA, bytes, hva);
	assert_got(vm, want);
	vm_set_user_memory_region(vm, TEST_SLOT, 0, OTHER_GPA, 0, hva);
	vm_set_user_memory_region(vm, TEST_SLOT, 0, TEST_GPA, bytes, hva);
	assert_got(vm, slot_policy(TEST_SLOT, 0, 0));
	kvm_vm_free(vm);
}

static int run_guest(struct kvm_vcpu *vcpu, bool exec, uint64_t page)
{
	guest_addr = TEST_GPA + page * page_size;
	guest_exec = exec;
	sync_global_to_guest(vcpu->vm, guest_addr);
	sync_global_to_guest(vcpu->vm, guest_exec);
	return _vcpu_run(vcpu);
}

static void assert_denied(struct kvm_vcpu *vcpu, int ret, uint64_t page)
{
	struct kvm_run *run = vcpu->run;

	TEST_ASSERT(ret == -1 && errno == EFAULT, "want EFAULT, got %d", ret);
	TEST_ASSERT_EQ(run->exit_reason, KVM_EXIT_MEMORY_FAULT);
	TEST_ASSERT_EQ(run->memory_fault.gpa & ~(page_size - 1),
		       TEST_GPA + page * page_size);
}

static void assert_done(struct kvm_vcpu *vcpu, int ret)
{
	struct ucall uc;

	TEST_ASSERT(!ret, "KVM_RUN: errno %d", errno);
	TEST_ASSERT_EQ(get_ucall(vcpu, &uc), UCALL_SYNC);
}

static void test_denied(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu);
	struct kvm_s2_policy place = slot_policy(TEST_SLOT, 0, 0);
	int i;

	assert_done(vcpu, run_guest(vcpu, true, 0));
	set_policy(vm, slot_policy(TEST_SLOT, NOEXEC, ENFORCE));
	assert_denied(vcpu, run_guest(vcpu, true, 0), 0);
	for (i = 0; i < 9; i++)
		assert_denied(vcpu, _vcpu_run(vcpu), 0);
	TEST_ASSERT_EQ(get_policy(vm, place).denied, 10);
	set_policy(vm, place);
	assert_done(vcpu, _vcpu_run(vcpu));

	set_policy(vm, slot_policy(TEST_SLOT, FLOOR_DEVICE, ENFORCE));
	assert_denied(vcpu, run_guest(vcpu, false, 5), 5);
	set_policy(vm, slot_policy(TEST_SLOT, FLOOR_DEVICE, AUDIT));
	assert_done(vcpu, _vcpu_run(vcpu));
	TEST_ASSERT_EQ(get_policy(vm, place).denied, 11);
	TEST_ASSERT(get_policy(vm, place).would_deny, "nothing was counted");
	kvm_vm_free(vm);
}

static uint32_t get_extents(struct kvm_vm *vm, struct kvm_s2_extent *extents)
{
	struct kvm_s2_extents req = {
		.size		= sizeof(req),
		.gpa		= TEST_GPA,
		.end		= TEST_GPA + TEST_PAGES * page_size,
		.extents	= (uintptr_t)extents,
		.extent_size	= sizeof(*extents),
		.count		= MAX_EXTENTS,
	};
	int ret = __vm_ioctl(vm, KVM_S2_GET_EXTENTS, &req);

	TEST_ASSERT(!ret, __KVM_IOCTL_ERROR("KVM_S2_GET_EXTENTS", ret));
	TEST_ASSERT_EQ(req.gpa, req.end);
	return req.count;
}

static void test_dry_run(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu);
	struct kvm_s2_extent e[MAX_EXTENTS], before[MAX_EXTENTS];
	struct kvm_s2_policy p = slot_policy(TEST_SLOT, FLOOR_DEVICE, ENFORCE);
	uint64_t generation = get_policy(vm, p).generation;
	uint32_t nr;

	assert_done(vcpu, run_guest(vcpu, false, 3));
	nr = get_extents(vm, before);

	p.flags = KVM_S2_POLICY_DRY_RUN;
	p.extents = (uintptr_t)e;
	p.extent_size = sizeof(e[0]);
	p.count = MAX_EXTENTS;
	TEST_ASSERT(!__set_policy(vm, &p), "errno %d", errno);
	TEST_ASSERT_EQ(p.gpa, 1ull << vm->pa_bits);
	TEST_ASSERT_EQ(p.count, 1);
	TEST_ASSERT_EQ(e[0].gpa, TEST_GPA + 3 * page_size);
	TEST_ASSERT_EQ(e[0].bytes, page_size);
	TEST_ASSERT_EQ(e[0].mapped, KVM_S2_TYPE_WB);
	TEST_ASSERT_EQ(e[0].verdict, KVM_S2_VERDICT_DENY);
	TEST_ASSERT_EQ(e[0].reason, KVM_S2_REASON_FLOOR);

	TEST_ASSERT_EQ(get_policy(vm, p = slot_policy(TEST_SLOT, 0, 0)).generation,
		       generation);
	assert_got(vm, p);
	TEST_ASSERT_EQ(get_extents(vm, e), nr);
	TEST_ASSERT(!memcmp(e, before, nr * sizeof(e[0])), "a dry run did it");
	kvm_vm_free(vm);
}

static struct {
	struct kvm_vm *vm;
	void *other;
	bool stop;
	uint64_t faults[RACE_VCPUS];
} race;

static void *race_vcpu(void *arg)
{
	struct kvm_vcpu *vcpu = arg;
	int ret;

	while (!READ_ONCE(race.stop)) {
		ret = _vcpu_run(vcpu);
		TEST_ASSERT(!ret || errno == EFAULT || errno == EINTR,
			    "KVM_RUN: errno %d", errno);
		race.faults[vcpu->id] += ret && errno == EFAULT;
	}
	return NULL;
}

static void *race_slots(void *unused)
{
	uint64_t bytes = TEST_PAGES * page_size;

	while (!READ_ONCE(race.stop)) {
		vm_set_user_memory_region(race.vm, OTHER_SLOT, 0, OTHER_GPA,
					  bytes, race.other);
		vm_set_user_memory_region(race.vm, OTHER_SLOT, 0, OTHER_GPA, 0,
					  race.other);
	}
	return NULL;
}

static void *race_dump(void *unused)
{
	struct kvm_s2_extent e[MAX_EXTENTS];

	while (!READ_ONCE(race.stop))
		get_extents(race.vm, e);
	return NULL;
}

/* The policies between which the race goes to and fro. */
static const struct {
	uint32_t constraints;
	uint32_t mode;
	uint32_t type;		/* that entries may have, 0 for none at all */
	uint32_t not_perm;	/* that they may not */
} race_policies[] = {
	{ 0, 0, KVM_S2_TYPE_WB, 0 },
	{ NOEXEC, ENFORCE, KVM_S2_TYPE_WB, KVM_S2_PERM_X },
	{ FLOOR_NC | FORCE, ENFORCE, KVM_S2_TYPE_NC, KVM_S2_PERM_X },
	{ FLOOR_NC, ENFORCE, 0, 0 },
	{ FLOOR_DEVICE, AUDIT, KVM_S2_TYPE_WB, 0 },
};

static void assert_no_old_entry(int i, int round, unsigned int seed)
{
	struct kvm_s2_extent e[MAX_EXTENTS];
	uint32_t nr = get_extents(race.vm, e), j;

	for (j = 0; j < nr; j++) {
		if (e[j].mapped == KVM_S2_TYPE_UNMAPPED)
			continue;
		TEST_ASSERT(e[j].mapped == race_policies[i].type &&
			    !(e[j].perm & race_policies[i].not_perm),
			    "seed %u, round %d: type %u, permissions %#x at %#llx under constraints %#x",
			    seed, round, e[j].mapped, e[j].perm, e[j].gpa,
			    race_policies[i].constraints);
	}
}

/* By slot or by class: of the two places only one is in use at a time. */
static void race_set(int i, bool by_class)
{
	const uint32_t constraints = race_policies[i].constraints;
	const uint32_t mode = race_policies[i].mode;

	if (by_class) {
		set_policy(race.vm, slot_policy(TEST_SLOT, 0, 0));
		set_policy(race.vm, class_policy(KVM_S2_CLASS_RAM_NC,
						 constraints, mode));
		set_policy(race.vm, class_policy(KVM_S2_CLASS_RAM_NC, 0, 0));
	}
	set_policy(race.vm, slot_policy(TEST_SLOT, constraints, mode));
}

static struct kvm_vm *create_race_vm(struct kvm_vcpu **vcpus)
{
	struct kvm_vm *vm = vm_create_with_vcpus(RACE_VCPUS, guest_race, vcpus);
	uint64_t pages = TEST_PAGES * page_size / vm->page_size, i;

	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, TEST_GPA,
				    TEST_SLOT, pages, 0);
	virt_map(vm, TEST_GPA, TEST_GPA, pages);
	for (i = 0; i < TEST_PAGES; i++)
		*(uint32_t *)addr_gpa2hva(vm, TEST_GPA + i * page_size) =
			A64_RET;
	sync_global_to_guest(vm, page_size);
	return vm;
}

static void test_race(unsigned int seed, int rounds)
{
	struct kvm_vcpu *vcpus[RACE_VCPUS];
	pthread_t threads[RACE_VCPUS + 2];
	uint64_t faults = 0;
	int i, round;

	srandom(seed);
	memset(&race, 0, sizeof(race));
	race.vm = create_race_vm(vcpus);
	race.other = mmap(NULL, TEST_PAGES * page_size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(race.other != MAP_FAILED, "mmap() failed");

	for (i = 0; i < RACE_VCPUS; i++) {
		vcpu_args_set(vcpus[i], 1, (uint64_t)random() << 20 | i);
		pthread_create(&threads[i], NULL, race_vcpu, vcpus[i]);
	}
	pthread_create(&threads[i++], NULL, race_slots, NULL);
	pthread_create(&threads[i++], NULL, race_dump, NULL);

	for (round = 0; round < rounds; round++) {
		int next = random() % ARRAY_SIZE(race_policies);

		race_set(next, random() % 8 == 0);
		assert_no_old_entry(next, round, seed);
		if (random() % 2)
			usleep(random() % 500);
		assert_no_old_entry(next, round, seed);
	}

	/* Nobody stays in a guest that is refused nothing: it syncs. */
	WRITE_ONCE(race.stop, true);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < RACE_VCPUS; i++)
		faults += race.faults[i];
	pr_info("seed %u: %d rounds, %lu faults refused\n", seed, rounds,
		faults);
	munmap(race.other, TEST_PAGES * page_size);
	kvm_vm_free(race.vm);
}

static void help(const char *name)
{
	printf("usage: %s [-s SEED] [-n ROUNDS]\n"
	       "  -s SEED    of the race (1)\n"
	       "  -n ROUNDS  of the race (300)\n", name);
}

int main(int argc, char **argv)
{
	unsigned int seed = 1;
	int rounds = 300, opt;

	while ((opt = getopt(argc, argv, "hs:n:")) != -1) {
		switch (opt) {
		case 's':
			seed = atoi_non_negative("seed", optarg);
			break;
		case 'n':
			rounds = atoi_positive("rounds", optarg);
			break;
		default:
			help(argv[0]);
			return opt == 'h' ? 0 : KSFT_FAIL;
		}
	}

	TEST_REQUIRE(kvm_check_cap(KVM_CAP_S2_MEMTYPE) &
		     KVM_S2_FEATURE_POLICY);

	page_size = getpagesize();

	test_arguments();
	test_get_what_was_set();
	test_locked();
	test_slot_changes();
	test_denied();
	test_dry_run();
	test_race(seed, rounds);
	return 0;
}
