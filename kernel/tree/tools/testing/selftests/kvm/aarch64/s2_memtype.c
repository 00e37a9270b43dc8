// SPDX-License-Identifier: GPL-2.0-only
/*
 * s2_memtype - Tests for KVM_CAP_S2_MEMTYPE and its ioctls.
 *
 * This test includes:
 *  - Test what the capability says of the host and of a VM.
 *  - Test that KVM_S2_GET_SLOT describes a slot before and after the guest has
 *    touched, written and executed parts of it.
 *  - Test that KVM_S2_GET_EXTENTS covers the slots exactly and in order, adds
 *    up to what KVM_S2_GET_SLOT says, does not depend on how many extents a
 *    call has room for, and knows the same pages as /proc/self/pagemap.
 *  - Test that every argument that is not valid is refused: sizes, flags, pads,
 *    counts, ranges and pointers.
 *  - Test that host-physical addresses need CAP_SYS_ADMIN.
 *  - Test a slot that is deleted and made again while it is read, one without
 *    memory behind it, and a VM whose VMM is another process or has exited.
 */

#include <fcntl.h>
#include <linux/kvm_s2.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define TEST_SLOT	10
#define TEST_GPA	BIT(30)
#define TEST_PAGES	64ul
#define MAX_EXTENTS	256
#define NOBODY		65534

#define RACE_LOOPS	2000

#define PAGEMAP_PRESENT	BIT_ULL(63)
#define PAGEMAP_PFN	((1ull << 55) - 1)

enum guest_job_type {
	JOB_READ,
	JOB_WRITE,
	JOB_EXEC,
};

static struct guest_job {
	enum guest_job_type type;
	uint64_t addr;
	uint64_t pages;
	uint64_t stride;
} guest_job;

static size_t page_size;

static void guest_main(void)
{
	uint64_t i, addr;

	for (;;) {
		addr = READ_ONCE(guest_job.addr);
		for (i = 0; i < READ_ONCE(guest_job.pages); i++) {
			switch (READ_ONCE(guest_job.type)) {
			case JOB_READ:
				READ_ONCE(*(uint64_t *)addr);
				break;
			case JOB_WRITE:
				WRITE_ONCE(*(uint64_t *)addr, i);
				break;
			case JOB_EXEC:
				((void (*)(void))addr)();
				break;
			}
			addr += READ_ONCE(guest_job.stride);
		}
		GUEST_SYNC(0);
	}
}

static void run_job(struct kvm_vcpu *vcpu, enum guest_job_type type,
		    uint64_t page, uint64_t pages, uint64_t step)
{
	struct ucall uc;

	guest_job = (struct guest_job) {
		.type	= type,
		.addr	= TEST_GPA + page * page_size,
		.pages	= pages,
		.stride	= step * page_size,
	};
	sync_global_to_guest(vcpu->vm, guest_job);
	vcpu_run(vcpu);
	TEST_ASSERT_EQ(get_ucall(vcpu, &uc), UCALL_SYNC);
}

static int __get_slot(struct kvm_vm *vm, struct kvm_s2_slot *slot)
{
	return __vm_ioctl(vm, KVM_S2_GET_SLOT, slot);
}

static struct kvm_s2_slot get_slot(struct kvm_vm *vm, uint32_t id)
{
	struct kvm_s2_slot slot = {
		.size = sizeof(slot),
		.slot = id,
	};
	int ret = __get_slot(vm, &slot);

	TEST_ASSERT(!ret, __KVM_IOCTL_ERROR("KVM_S2_GET_SLOT", ret));
	TEST_ASSERT_EQ(slot.size, sizeof(slot));
	TEST_ASSERT_EQ(slot.slot, id);
	return slot;
}

static int __get_extents(struct kvm_vm *vm, struct kvm_s2_extents *req)
{
	return __vm_ioctl(vm, KVM_S2_GET_EXTENTS, req);
}

/*
 * All extents of a range, in as many calls as it takes.  Neighbours that are
 * alike but were told apart by two calls are put together again.
 */
static uint32_t get_extents(struct kvm_vm *vm, uint32_t flags, uint64_t gpa,
			    uint64_t end, uint32_t room,
			    struct kvm_s2_extent *extents)
{
	struct kvm_s2_extent part[MAX_EXTENTS];
	struct kvm_s2_extents req = {
		.size		= sizeof(req),
		.flags		= flags,
		.gpa		= gpa,
		.end		= end,
		.extents	= (uintptr_t)part,
		.extent_size	= sizeof(part[0]),
	};
	uint32_t nr = 0, i;
	int ret;

	do {
		uint64_t from = req.gpa;

		req.count = room;
		ret = __get_extents(vm, &req);
		TEST_ASSERT(!ret, __KVM_IOCTL_ERROR("KVM_S2_GET_EXTENTS", ret));
		TEST_ASSERT(req.count <= room, "%u extents in the room of %u",
			    req.count, room);
		TEST_ASSERT(req.gpa > from && req.gpa <= end,
			    "went from %#lx to %#llx", from, req.gpa);
		TEST_ASSERT_EQ(req.end, end);

		for (i = 0; i < req.count; i++) {
			TEST_ASSERT(nr < MAX_EXTENTS, "too many extents");
			extents[nr++] = part[i];
		}
	} while (req.gpa < end);

	return nr;
}

static uint32_t get_test_extents(struct kvm_vm *vm, uint32_t flags,
				 uint32_t room, struct kvm_s2_extent *extents)
{
	return get_extents(vm, flags, TEST_GPA,
			   TEST_GPA + TEST_PAGES * page_size, room, extents);
}

static struct kvm_vm *create_vm(struct kvm_vcpu **vcpu, uint32_t slot_flags)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(vcpu, guest_main);

	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, TEST_GPA,
				    TEST_SLOT,
				    TEST_PAGES * page_size / vm->page_size,
				    slot_flags);
	virt_map(vm, TEST_GPA, TEST_GPA,
		 TEST_PAGES * page_size / vm->page_size);
	return vm;
}

static void *test_hva(struct kvm_vm *vm)
{
	return addr_gpa2hva(vm, TEST_GPA);
}

static void test_capability(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	int host = kvm_check_cap(KVM_CAP_S2_MEMTYPE);
	int own = vm_check_cap(vm, KVM_CAP_S2_MEMTYPE);
	int pfnmap = kvm_check_cap(KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED);
	const uint32_t coherent = KVM_S2_FACT_FWB | KVM_S2_FACT_DIC;
	uint32_t facts = get_slot(vm, TEST_SLOT).facts;
	bool by_vma = !(facts & KVM_S2_FACT_MAP_ONLY);

	TEST_ASSERT(host & KVM_S2_FEATURE_SLOT, "host mask %#x", host);
	TEST_ASSERT(host & KVM_S2_FEATURE_EXTENTS, "host mask %#x", host);
	TEST_ASSERT_EQ(own, host & ~KVM_S2_FEATURE_NETLINK);

	/* Without both, KVM needs an alias to maintain the caches through. */
	TEST_ASSERT_EQ(!!(host & KVM_S2_FEATURE_VMA_TYPES), by_vma);
	TEST_ASSERT_EQ(pfnmap, by_vma && (facts & coherent) == coherent);
	kvm_vm_free(vm);
}

static void test_ids(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	uint64_t id = get_slot(vm, TEST_SLOT).vm_id;

	TEST_ASSERT(id, "a VM must have an identity");
	TEST_ASSERT_EQ(get_slot(vm, 0).vm_id, id);
	kvm_vm_free(vm);

	vm = create_vm(&vcpu, 0);
	TEST_ASSERT(get_slot(vm, TEST_SLOT).vm_id > id,
		    "an identity was used twice");
	kvm_vm_free(vm);
}

static void assert_is_ram(const struct kvm_s2_slot *slot)
{
	TEST_ASSERT_EQ(slot->mem_class, KVM_S2_CLASS_RAM);
	TEST_ASSERT_EQ(slot->vma_type, KVM_S2_TYPE_WB);
	TEST_ASSERT_EQ(slot->predicted, KVM_S2_TYPE_WB);
	TEST_ASSERT_EQ(slot->verdict, KVM_S2_VERDICT_ALLOW);
	TEST_ASSERT_EQ(slot->reason, KVM_S2_REASON_MAP_MEMORY);
	TEST_ASSERT(slot->facts & KVM_S2_FACT_VMA, "facts %#x", slot->facts);
	TEST_ASSERT(!(slot->facts & (KVM_S2_FACT_VM_IO |
				     KVM_S2_FACT_VM_PFNMAP |
				     KVM_S2_FACT_ANY_UNCACHED |
				     KVM_S2_FACT_PKVM)),
		    "facts %#x", slot->facts);
	TEST_ASSERT_EQ(slot->nc_bytes, 0);
	TEST_ASSERT_EQ(slot->device_bytes, 0);
}

static void test_slot(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	struct kvm_s2_slot slot;
	uint32_t exec;

	slot = get_slot(vm, TEST_SLOT);
	assert_is_ram(&slot);
	TEST_ASSERT_EQ(slot.gpa, TEST_GPA);
	TEST_ASSERT_EQ(slot.bytes, TEST_PAGES * page_size);
	TEST_ASSERT_EQ(slot.hva, (uintptr_t)test_hva(vm));
	TEST_ASSERT_EQ(slot.slot_flags, 0);
	TEST_ASSERT_EQ(slot.mapped, KVM_S2_TYPE_UNMAPPED);
	TEST_ASSERT_EQ(slot.wb_bytes, 0);
	TEST_ASSERT_EQ(slot.exec_bytes, 0);
	TEST_ASSERT_EQ(slot.perm, 0);

	/* With DIC, what is mapped is executable from the start. */
	exec = slot.facts & KVM_S2_FACT_DIC ? KVM_S2_PERM_X : 0;

	run_job(vcpu, JOB_WRITE, 0, 7, 1);
	slot = get_slot(vm, TEST_SLOT);
	assert_is_ram(&slot);
	TEST_ASSERT_EQ(slot.mapped, KVM_S2_TYPE_WB);
	TEST_ASSERT_EQ(slot.wb_bytes, 7 * page_size);
	TEST_ASSERT_EQ(slot.perm, KVM_S2_PERM_R | KVM_S2_PERM_W | exec);
	TEST_ASSERT_EQ(slot.exec_bytes, exec ? 7 * page_size : 0);

	/* RET, executed from the second page */
	*(uint32_t *)(test_hva(vm) + page_size) = 0xd65f03c0;
	run_job(vcpu, JOB_EXEC, 1, 1, 1);
	slot = get_slot(vm, TEST_SLOT);
	TEST_ASSERT_EQ(slot.wb_bytes, 7 * page_size);
	TEST_ASSERT_EQ(slot.exec_bytes, exec ? 7 * page_size : page_size);
	TEST_ASSERT(slot.perm & KVM_S2_PERM_X, "perm %#x", slot.perm);
	kvm_vm_free(vm);
}

static void test_read_only_slot(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, KVM_MEM_READONLY);
	struct kvm_s2_slot slot;

	memset(test_hva(vm), 1, TEST_PAGES * page_size);
	run_job(vcpu, JOB_READ, 0, TEST_PAGES, 1);
	slot = get_slot(vm, TEST_SLOT);
	assert_is_ram(&slot);
	TEST_ASSERT_EQ(slot.slot_flags, KVM_MEM_READONLY);
	TEST_ASSERT_EQ(slot.wb_bytes, TEST_PAGES * page_size);
	TEST_ASSERT_EQ(slot.perm & ~KVM_S2_PERM_X, KVM_S2_PERM_R);
	kvm_vm_free(vm);
}

static uint64_t pagemap_pa(void *hva)
{
	uint64_t entry;
	ssize_t n;
	int fd;

	fd = open("/proc/self/pagemap", O_RDONLY);
	TEST_ASSERT(fd >= 0, "cannot open /proc/self/pagemap");
	n = pread(fd, &entry, sizeof(entry),
		  (uintptr_t)hva / page_size * sizeof(entry));
	TEST_ASSERT_EQ(n, sizeof(entry));
	close(fd);
	TEST_ASSERT(entry & PAGEMAP_PRESENT, "nothing at %p", hva);
	return (entry & PAGEMAP_PFN) * page_size;
}

static void assert_covers_slot(const struct kvm_s2_extent *e, uint32_t nr)
{
	uint64_t gpa = TEST_GPA;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		TEST_ASSERT_EQ(e[i].gpa, gpa);
		TEST_ASSERT_EQ(e[i].slot, TEST_SLOT);
		TEST_ASSERT(e[i].bytes && !(e[i].bytes % page_size),
			    "extent of %#llx bytes", e[i].bytes);
		gpa += e[i].bytes;
	}
	TEST_ASSERT_EQ(gpa, TEST_GPA + TEST_PAGES * page_size);
}

static void assert_extents_alike(struct kvm_vm *vm, uint32_t flags,
				 const struct kvm_s2_extent *want, uint32_t nr)
{
	struct kvm_s2_extent got[MAX_EXTENTS];
	uint32_t room;

	for (room = 1; room <= nr; room++) {
		TEST_ASSERT_EQ(get_test_extents(vm, flags, room, got), nr);
		TEST_ASSERT(!memcmp(got, want, nr * sizeof(*want)),
			    "other extents with room for %u", room);
	}
}

/* Every second page of the first half is written: one extent for each page. */
static void test_extents(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	struct kvm_s2_extent e[MAX_EXTENTS];
	struct kvm_s2_slot slot;
	uint64_t wb = 0;
	uint32_t nr, i;

	nr = get_test_extents(vm, 0, MAX_EXTENTS, e);
	TEST_ASSERT_EQ(nr, 1);
	assert_covers_slot(e, nr);
	TEST_ASSERT_EQ(e[0].mapped, KVM_S2_TYPE_UNMAPPED);
	TEST_ASSERT_EQ(e[0].memattr, ~0u);
	TEST_ASSERT_EQ(e[0].hpa, ~0ull);

	run_job(vcpu, JOB_WRITE, 0, TEST_PAGES / 4, 2);
	nr = get_test_extents(vm, 0, MAX_EXTENTS, e);
	assert_covers_slot(e, nr);
	/* the last page that is not mapped and the second half are one */
	TEST_ASSERT_EQ(nr, TEST_PAGES / 2);
	for (i = 0; i < nr; i++) {
		bool written = !(i % 2);

		TEST_ASSERT_EQ(e[i].mem_class, KVM_S2_CLASS_RAM);
		TEST_ASSERT_EQ(e[i].predicted, KVM_S2_TYPE_WB);
		TEST_ASSERT_EQ(e[i].mapped, written ? KVM_S2_TYPE_WB :
						      KVM_S2_TYPE_UNMAPPED);
		TEST_ASSERT_EQ(e[i].hpa, ~0ull);
		if (!written)
			continue;
		wb += e[i].bytes;
		TEST_ASSERT_EQ(e[i].memattr,
			       e[i].facts & KVM_S2_FACT_FWB ? 0x6 : 0xf);
		TEST_ASSERT(e[i].facts & KVM_S2_FACT_PFN, "page not known");
	}

	slot = get_slot(vm, TEST_SLOT);
	TEST_ASSERT_EQ(slot.wb_bytes, wb);
	assert_extents_alike(vm, 0, e, nr);
	kvm_vm_free(vm);
}

static void test_phys(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	struct kvm_s2_extent e[MAX_EXTENTS];
	uint64_t off;
	uint32_t nr, i;

	if (geteuid()) {
		pr_info("host-physical addresses: skipped, not root\n");
		kvm_vm_free(vm);
		return;
	}

	run_job(vcpu, JOB_WRITE, 0, TEST_PAGES / 2, 1);
	nr = get_test_extents(vm, KVM_S2_EXTENTS_PHYS, MAX_EXTENTS, e);
	assert_covers_slot(e, nr);
	for (i = 0; i < nr; i++) {
		if (e[i].mapped == KVM_S2_TYPE_UNMAPPED) {
			TEST_ASSERT_EQ(e[i].hpa, ~0ull);
			continue;
		}
		for (off = 0; off < e[i].bytes; off += page_size)
			TEST_ASSERT_EQ(e[i].hpa + off,
				       pagemap_pa(addr_gpa2hva(vm, e[i].gpa + off)));
	}
	assert_extents_alike(vm, KVM_S2_EXTENTS_PHYS, e, nr);
	kvm_vm_free(vm);
}

/* From nothing to the end of the address space: all slots, and only slots. */
static void test_whole_vm(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	struct kvm_s2_extent e[MAX_EXTENTS];
	struct kvm_s2_extents req = {
		.size		= sizeof(req),
		.extents	= (uintptr_t)e,
		.extent_size	= sizeof(e[0]),
		.count		= MAX_EXTENTS,
	};
	uint64_t test_bytes = 0, other_bytes = 0, end = 0;
	uint32_t i;

	TEST_ASSERT(!__get_extents(vm, &req), "errno %d", errno);
	TEST_ASSERT_EQ(req.end, 0);
	TEST_ASSERT_EQ(req.gpa, 1ull << vm->pa_bits);
	for (i = 0; i < req.count; i++) {
		TEST_ASSERT(e[i].gpa >= end, "extents out of order");
		end = e[i].gpa + e[i].bytes;
		if (e[i].slot == TEST_SLOT)
			test_bytes += e[i].bytes;
		else
			other_bytes += e[i].bytes;
	}
	TEST_ASSERT_EQ(test_bytes, TEST_PAGES * page_size);
	TEST_ASSERT_EQ(other_bytes, get_slot(vm, 0).bytes);

	/* begins in the middle of one, ends in the middle of the slot */
	TEST_ASSERT_EQ(get_extents(vm, 0, TEST_GPA + page_size,
				   TEST_GPA + 3 * page_size, 1, e), 1);
	TEST_ASSERT_EQ(e[0].gpa, TEST_GPA + page_size);
	TEST_ASSERT_EQ(e[0].bytes, 2 * page_size);

	/* nothing at all */
	TEST_ASSERT_EQ(get_extents(vm, 0, 2 * TEST_GPA, 3 * TEST_GPA, 1, e), 0);
	kvm_vm_free(vm);
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
union big_slot {
	struct kvm_s2_slot s;
	uint8_t bytes[sizeof(struct kvm_s2_slot) + 64];
};

static void test_slot_size(struct kvm_vm *vm)
{
	union big_slot big = { .s.slot = TEST_SLOT };
	const size_t first = offsetof(struct kvm_s2_slot, enforced);
	const size_t small[] = { 0, 4, 8, first - 1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(small); i++) {
		big.s.size = small[i];
		assert_fails(__get_slot(vm, &big.s), EINVAL, "size %zu",
			     small[i]);
	}

	/* Who knows the first version only gets no more than that. */
	big.s.size = first;
	big.s.denied = 77;
	TEST_ASSERT(!__get_slot(vm, &big.s), "first version: errno %d", errno);
	TEST_ASSERT_EQ(big.s.size, first);
	TEST_ASSERT_EQ(big.s.gpa, TEST_GPA);
	TEST_ASSERT_EQ(big.s.denied, 77);

	big = (union big_slot) { .s.slot = TEST_SLOT, .s.size = sizeof(big) };
	big.bytes[sizeof(big) - 1] = 1;
	assert_fails(__get_slot(vm, &big.s), E2BIG, "tail that is not zero");
	big.bytes[sizeof(big) - 1] = 0;
	TEST_ASSERT(!__get_slot(vm, &big.s), "zero tail: errno %d", errno);
	TEST_ASSERT_EQ(big.s.size, sizeof(big));
	TEST_ASSERT_EQ(big.s.gpa, TEST_GPA);

	big = (union big_slot) { .s.slot = TEST_SLOT, .s.size = UINT32_MAX };
	assert_fails(__get_slot(vm, &big.s), E2BIG, "size beyond a page");
}

static void test_slot_arguments(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	const struct kvm_s2_slot good = {
		.size = sizeof(good),
		.slot = TEST_SLOT,
	};
	struct kvm_s2_slot s;
	void *hole;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		s = good;
		s.flags = 1u << bit;
		assert_fails(__get_slot(vm, &s), EINVAL, "flag %d", bit);
		s = good;
		s.pad0 = 1u << bit;
		assert_fails(__get_slot(vm, &s), EINVAL, "pad0 bit %d", bit);
		s = good;
		s.pad1 = 1u << bit;
		assert_fails(__get_slot(vm, &s), EINVAL, "pad1 bit %d", bit);
	}

	s = good;
	s.slot = TEST_SLOT + 1;
	assert_fails(__get_slot(vm, &s), ENOENT, "slot that is not there");
	s.slot = UINT32_MAX;
	assert_fails(__get_slot(vm, &s), ENOENT, "slot ~0");
	s.slot = INT32_MAX;
	assert_fails(__get_slot(vm, &s), ENOENT, "slot beyond all slots");
	/* what looks like a slot of a second address space */
	s.slot = 1 << 16 | TEST_SLOT;
	assert_fails(__get_slot(vm, &s), ENOENT, "slot of address space 1");

	/* What is "out" may hold anything. */
	memset(&s, 0xff, sizeof(s));
	s.size = sizeof(s);
	s.slot = TEST_SLOT;
	s.flags = 0;
	s.pad0 = 0;
	s.pad1 = 0;
	TEST_ASSERT(!__get_slot(vm, &s), "errno %d", errno);
	TEST_ASSERT_EQ(s.gpa, TEST_GPA);

	hole = mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(hole != MAP_FAILED, "mmap() failed");
	munmap(hole + page_size, page_size);
	assert_fails(__get_slot(vm, hole + page_size), EFAULT, "bad pointer");
	hole += page_size - 8;
	*(uint32_t *)hole = sizeof(s);
	assert_fails(__get_slot(vm, hole), EFAULT, "pointer half bad");
	assert_fails(__get_slot(vm, NULL), EFAULT, "null pointer");

	test_slot_size(vm);
	kvm_vm_free(vm);
}

static void test_extents_size(struct kvm_vm *vm,
			      const struct kvm_s2_extents *good)
{
	union {
		struct kvm_s2_extents r;
		uint8_t bytes[sizeof(struct kvm_s2_extents) + 64];
	} big = { .r = *good };
	const size_t small[] = { 0, 4, 8, sizeof(big.r) - 1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(small); i++) {
		big.r.size = small[i];
		assert_fails(__get_extents(vm, &big.r), EINVAL, "size %zu",
			     small[i]);
	}

	big.r.size = sizeof(big);
	big.bytes[sizeof(big) - 1] = 1;
	assert_fails(__get_extents(vm, &big.r), E2BIG, "tail not zero");
	big.bytes[sizeof(big) - 1] = 0;
	TEST_ASSERT(!__get_extents(vm, &big.r), "zero tail: errno %d", errno);
	TEST_ASSERT_EQ(big.r.size, sizeof(big));
	TEST_ASSERT_EQ(big.r.count, 1);
}

/* Elements that are larger than this kernel's get zeroes at their end. */
static void test_extent_size(struct kvm_vm *vm,
			     const struct kvm_s2_extents *good)
{
	const uint32_t bad[] = {
		0, 8, sizeof(struct kvm_s2_extent) - 8,
		sizeof(struct kvm_s2_extent) - 1,
		sizeof(struct kvm_s2_extent) + 1,
	};
	struct {
		struct kvm_s2_extent e;
		uint64_t tail[2];
	} big[2];
	struct kvm_s2_extents r;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		r = *good;
		r.extent_size = bad[i];
		assert_fails(__get_extents(vm, &r), EINVAL, "extent_size %u",
			     bad[i]);
	}
	r = *good;
	r.extent_size = 1u << 31;
	assert_fails(__get_extents(vm, &r), E2BIG, "extent_size 2 GiB");

	memset(big, 0xff, sizeof(big));
	r = *good;
	r.extents = (uintptr_t)big;
	r.extent_size = sizeof(big[0]);
	r.count = 2;
	TEST_ASSERT(!__get_extents(vm, &r), "errno %d", errno);
	TEST_ASSERT_EQ(r.count, 1);
	TEST_ASSERT_EQ(big[0].e.gpa, TEST_GPA);
	TEST_ASSERT_EQ(big[0].tail[0], 0);
	TEST_ASSERT_EQ(big[0].tail[1], 0);
	TEST_ASSERT_EQ(big[1].tail[0], ~0ull);
}

static void test_extents_range(struct kvm_vm *vm,
			       const struct kvm_s2_extents *good)
{
	const uint64_t limit = 1ull << vm->pa_bits;
	const struct {
		const char *what;
		uint64_t gpa;
		uint64_t end;
	} bad[] = {
		{ "gpa not aligned", TEST_GPA + 1, 2 * TEST_GPA },
		{ "gpa not aligned, end 0", TEST_GPA + page_size / 2, 0 },
		{ "end not aligned", TEST_GPA, TEST_GPA + page_size + 1 },
		{ "end before gpa", TEST_GPA, TEST_GPA - page_size },
		{ "end beyond the address space", TEST_GPA, limit + page_size },
		{ "both beyond", limit + page_size, limit + 2 * page_size },
		{ "gpa beyond, end 0", limit + page_size, 0 },
		{ "end the last page", TEST_GPA, -page_size },
	};
	struct kvm_s2_extents r;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		r = *good;
		r.gpa = bad[i].gpa;
		r.end = bad[i].end;
		assert_fails(__get_extents(vm, &r), EINVAL, "%s", bad[i].what);
	}

	r = *good;
	r.gpa = limit;
	r.end = 0;
	TEST_ASSERT(!__get_extents(vm, &r), "empty range: errno %d", errno);
	TEST_ASSERT_EQ(r.count, 0);
	TEST_ASSERT_EQ(r.gpa, limit);
}

static void test_extents_arguments(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_vm(&vcpu, 0);
	struct kvm_s2_extent e;
	const struct kvm_s2_extents good = {
		.size		= sizeof(good),
		.gpa		= TEST_GPA,
		.end		= TEST_GPA + TEST_PAGES * page_size,
		.extents	= (uintptr_t)&e,
		.extent_size	= sizeof(e),
		.count		= 1,
	};
	struct kvm_s2_extents r;
	void *hole;
	int bit;

	for (bit = 1; bit < 32; bit++) {
		r = good;
		r.flags = 1u << bit;
		assert_fails(__get_extents(vm, &r), EINVAL, "flag %d", bit);
	}

	r = good;
	r.count = 0;
	assert_fails(__get_extents(vm, &r), EINVAL, "count 0");
	r.count = 65537;
	assert_fails(__get_extents(vm, &r), EINVAL, "count 65537");
	r.count = UINT32_MAX;
	assert_fails(__get_extents(vm, &r), EINVAL, "count ~0");
	/* no more than one is written, so room for one is enough */
	r.count = 65536;
	TEST_ASSERT(!__get_extents(vm, &r), "count 65536: errno %d", errno);
	TEST_ASSERT_EQ(r.count, 1);

	hole = mmap(NULL, page_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	TEST_ASSERT(hole != MAP_FAILED, "mmap() failed");
	assert_fails(__get_extents(vm, hole), EFAULT, "bad pointer");
	assert_fails(__get_extents(vm, NULL), EFAULT, "null pointer");
	r = good;
	r.extents = (uintptr_t)hole;
	assert_fails(__get_extents(vm, &r), EFAULT, "bad array");
	r.extents = 0;
	assert_fails(__get_extents(vm, &r), EFAULT, "no array");
	r.extents = UINT64_MAX;
	assert_fails(__get_extents(vm, &r), EFAULT, "array at the end");

	test_extents_size(vm, &good);
	test_extent_size(vm, &good);
	test_extents_range(vm, &good);
	kvm_vm_free(vm);
}

static void wait_for_child(pid_t pid)
{
	int status;

	TEST_ASSERT_EQ(waitpid(pid, &status, 0), pid);
	TEST_ASSERT(WIFEXITED(status) && !WEXITSTATUS(status),
		    "child ended with %#x", status);
}

/* In a process of its own, which gives all capabilities away. */
static void test_phys_needs_capability(void)
{
	struct kvm_s2_extent e[MAX_EXTENTS];
	struct kvm_s2_extents r = {
		.size		= sizeof(r),
		.flags		= KVM_S2_EXTENTS_PHYS,
		.extents	= (uintptr_t)e,
		.extent_size	= sizeof(e[0]),
		.count		= MAX_EXTENTS,
	};
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	uint32_t i;
	pid_t pid;

	pid = fork();
	TEST_ASSERT(pid >= 0, "fork() failed");
	if (pid) {
		wait_for_child(pid);
		return;
	}

	vm = create_vm(&vcpu, 0);
	run_job(vcpu, JOB_WRITE, 0, TEST_PAGES / 4, 2);
	TEST_ASSERT(geteuid() || !setresuid(NOBODY, NOBODY, NOBODY),
		    "cannot become an ordinary user");
	assert_fails(__get_extents(vm, &r), EPERM, "PHYS as ordinary user");

	r.flags = 0;
	TEST_ASSERT(!__get_extents(vm, &r), "without PHYS: errno %d", errno);
	TEST_ASSERT(r.count > TEST_PAGES / 2, "%u extents", r.count);
	for (i = 0; i < r.count; i++)
		TEST_ASSERT_EQ(e[i].hpa, ~0ull);
	TEST_ASSERT_EQ(get_slot(vm, TEST_SLOT).mapped, KVM_S2_TYPE_WB);
	_exit(0);
}

static void test_hole(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	struct kvm_s2_extent e[MAX_EXTENTS];
	struct kvm_s2_slot slot;
	void *mem;
	uint32_t nr;

	mem = mmap(NULL, 4 * page_size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(mem != MAP_FAILED, "mmap() failed");
	vm_set_user_memory_region(vm, TEST_SLOT, 0, TEST_GPA, 4 * page_size,
				  mem);

	/* unmaps the second page, then all */
	munmap(mem + page_size, page_size);
	slot = get_slot(vm, TEST_SLOT);
	TEST_ASSERT_EQ(slot.mem_class, KVM_S2_CLASS_MIXED);
	TEST_ASSERT_EQ(slot.verdict, KVM_S2_VERDICT_MIXED);
	TEST_ASSERT_EQ(slot.reason, KVM_S2_REASON_MIXED);
	nr = get_extents(vm, 0, TEST_GPA, TEST_GPA + 4 * page_size, 1, e);
	TEST_ASSERT_EQ(nr, 3);
	TEST_ASSERT_EQ(e[0].mem_class, KVM_S2_CLASS_RAM);
	TEST_ASSERT_EQ(e[1].mem_class, KVM_S2_CLASS_HOLE);
	TEST_ASSERT_EQ(e[1].gpa, TEST_GPA + page_size);
	TEST_ASSERT_EQ(e[1].bytes, page_size);
	TEST_ASSERT_EQ(e[2].mem_class, KVM_S2_CLASS_RAM);

	munmap(mem, 4 * page_size);
	slot = get_slot(vm, TEST_SLOT);
	TEST_ASSERT_EQ(slot.mem_class, KVM_S2_CLASS_HOLE);
	TEST_ASSERT_EQ(slot.verdict, KVM_S2_VERDICT_DENY);
	TEST_ASSERT_EQ(slot.reason, KVM_S2_REASON_NO_VMA);
	TEST_ASSERT_EQ(slot.mapped, KVM_S2_TYPE_UNMAPPED);
	kvm_vm_free(vm);
}

static struct {
	struct kvm_vm *vm;
	void *mem;
	bool stop;
} racer;

static void *race_slots(void *unused)
{
	uint64_t bytes = TEST_PAGES * page_size;

	while (!READ_ONCE(racer.stop)) {
		vm_set_user_memory_region(racer.vm, TEST_SLOT, 0, TEST_GPA,
					  bytes, racer.mem);
		vm_set_user_memory_region(racer.vm, TEST_SLOT, 0, TEST_GPA, 0,
					  racer.mem);
	}
	return NULL;
}

/* Whatever is read must be the slot as it was at some time, or no slot. */
static void test_deleted_slot(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	uint64_t bytes = TEST_PAGES * page_size;
	struct kvm_s2_extent e;
	struct kvm_s2_extents r;
	struct kvm_s2_slot s;
	int i, ret, there = 0, gone = 0;
	pthread_t thread;

	racer.vm = vm;
	racer.stop = false;
	racer.mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(racer.mem != MAP_FAILED, "mmap() failed");
	TEST_ASSERT(!pthread_create(&thread, NULL, race_slots, NULL),
		    "cannot create a thread");

	for (i = 0; i < RACE_LOOPS || !there || !gone; i++) {
		s = (struct kvm_s2_slot) { .size = sizeof(s), .slot = TEST_SLOT };
		ret = __get_slot(vm, &s);
		TEST_ASSERT(!ret || errno == ENOENT || errno == EAGAIN,
			    "errno %d", errno);
		if (ret) {
			gone++;
		} else {
			there++;
			TEST_ASSERT_EQ(s.gpa, TEST_GPA);
			TEST_ASSERT_EQ(s.bytes, bytes);
			TEST_ASSERT_EQ(s.mem_class, KVM_S2_CLASS_RAM);
		}

		r = (struct kvm_s2_extents) {
			.size		= sizeof(r),
			.extents	= (uintptr_t)&e,
			.extent_size	= sizeof(e),
			.count		= 1,
		};
		TEST_ASSERT(!__get_extents(vm, &r), "errno %d", errno);
		if (!r.count)
			continue;
		TEST_ASSERT_EQ(e.gpa, TEST_GPA);
		TEST_ASSERT_EQ(e.bytes, bytes);
		TEST_ASSERT_EQ(e.slot, TEST_SLOT);
	}

	WRITE_ONCE(racer.stop, true);
	pthread_join(thread, NULL);
	kvm_vm_free(vm);
}

static void send_fd(int sock, int fd)
{
	char ctrl[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov	= &iov,
		.msg_iovlen	= 1,
		.msg_control	= ctrl,
		.msg_controllen	= sizeof(ctrl),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	TEST_ASSERT_EQ(sendmsg(sock, &msg, 0), 1);
}

static int receive_fd(int sock)
{
	char ctrl[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov	= &iov,
		.msg_iovlen	= 1,
		.msg_control	= ctrl,
		.msg_controllen	= sizeof(ctrl),
	};
	int fd;

	TEST_ASSERT_EQ(recvmsg(sock, &msg, 0), 1);
	TEST_ASSERT(CMSG_FIRSTHDR(&msg), "no file descriptor came");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

static void assert_not_ours(int fd, const char *when)
{
	struct kvm_s2_extent e;
	struct kvm_s2_slot s = { .size = sizeof(s), .slot = TEST_SLOT };
	struct kvm_s2_extents r = {
		.size		= sizeof(r),
		.extents	= (uintptr_t)&e,
		.extent_size	= sizeof(e),
		.count		= 1,
	};

	assert_fails(ioctl(fd, KVM_S2_GET_SLOT, &s), EIO, "slot %s", when);
	assert_fails(ioctl(fd, KVM_S2_GET_EXTENTS, &r), EIO, "extents %s", when);
}

/* The VM outlives its VMM while somebody else has the file descriptor. */
static void test_other_process(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	int socks[2], fd;
	char byte;
	pid_t pid;

	TEST_ASSERT(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, socks),
		    "socketpair() failed");
	pid = fork();
	TEST_ASSERT(pid >= 0, "fork() failed");
	if (!pid) {
		vm = create_vm(&vcpu, 0);
		run_job(vcpu, JOB_WRITE, 0, 3, 1);
		send_fd(socks[1], vm->fd);
		TEST_ASSERT_EQ(read(socks[1], &byte, 1), 1);
		_exit(0);
	}

	fd = receive_fd(socks[0]);
	assert_not_ours(fd, "of another process");
	TEST_ASSERT_EQ(write(socks[0], "", 1), 1);
	wait_for_child(pid);
	assert_not_ours(fd, "of a process that has exited");
	close(fd);
	close(socks[0]);
	close(socks[1]);
}

int main(void)
{
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_S2_MEMTYPE));

	page_size = getpagesize();

	test_capability();
	test_ids();
	test_slot();
	test_read_only_slot();
	test_extents();
	test_phys();
	test_whole_vm();
	test_slot_arguments();
	test_extents_arguments();
	test_phys_needs_capability();
	test_hole();
	test_deleted_slot();
	test_other_process();
	return 0;
}
