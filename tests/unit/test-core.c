// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source "core" on a tiny kernel: what it reads, and what it reads while that changes.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdio.h>
#include <unistd.h>

#include "base/array.h"
#include "source/core/classify.h"
#include "tiny.h"
#include "unit.h"

#define FACTS_RAM	(KVM_S2_FACT_VMA | KVM_S2_FACT_MAP_MEMORY |	\
			 KVM_S2_FACT_STRUCT_PAGE |			\
			 KVM_S2_FACT_FLUSHABLE | KVM_S2_FACT_FWB)
#define FACTS_IO	(KVM_S2_FACT_VMA | KVM_S2_FACT_VM_IO |		\
			 KVM_S2_FACT_VM_PFNMAP | KVM_S2_FACT_FWB)
#define PFN		KVM_S2_FACT_PFN

#define EXTENTS_MAX	64

/* What a reading gave */
struct result {
	struct s2_slot slot[8];
	size_t slots;
	struct s2_core_extent extent[EXTENTS_MAX];
	size_t extents;
};

static int take_slot(void *data, const struct s2_slot *slot)
{
	struct result *r = data;

	assert_true(r->slots < ARRAY_SIZE(r->slot));
	r->slot[r->slots++] = *slot;
	return 0;
}

static int take_extent(void *data, const struct s2_core_extent *extent)
{
	struct result *r = data;

	assert_true(r->extents < EXTENTS_MAX);
	r->extent[r->extents++] = *extent;
	return 0;
}

static int read_vm(struct s2_core *core, size_t n, bool phys, struct result *r)
{
	const struct s2_core_sink sink = { take_slot, take_extent, r };

	memset(r, 0, sizeof(*r));
	return s2_core_read_vm(core, &core->vm[n], true, phys, &sink);
}

/* A kernel, its file, and its reader */
struct setup {
	struct tiny tiny;
	struct s2_ctx *ctx;
	struct s2_core core;
	int fd;
};

static int try_open(struct setup *s, unsigned int flags)
{
	tiny_make(&s->tiny, flags);
	s->fd = tiny_file(&s->tiny, flags, NULL);
	s->ctx = new_ctx();
	return s2_core_open(&s->core, s->ctx, s->fd, "tiny",
			    flags & TINY_LIVE, -1);
}

static void open_tiny(struct setup *s, unsigned int flags)
{
	int err = try_open(s, flags);

	if (err)
		print_message("# %s\n", s2_ctx_error(s->ctx));
	assert_int_equal(err, 0);
	assert_int_equal(s2_core_find_vms(&s->core), 0);
}

static void close_tiny(struct setup *s)
{
	s2_core_close(&s->core);
	close(s->fd);
	tiny_free(&s->tiny);
	s2_ctx_unref(s->ctx);
}

/* ------------------------------------------------------------------ reading */

static void check_extent(const struct s2_core_extent *e, uint64_t gpa,
			 uint64_t bytes, unsigned int class, uint32_t facts,
			 unsigned int vma_type, unsigned int mapped,
			 unsigned int perm)
{
	assert_int_equal(e->gpa, gpa);
	assert_int_equal(e->bytes, bytes);
	assert_int_equal(e->class, class);
	assert_int_equal(e->facts, facts);
	assert_int_equal(e->vma_type, vma_type);
	assert_int_equal(e->mapped, mapped);
	assert_int_equal(e->perm, perm);
}

static void check_first_vm(const struct result *r)
{
	assert_int_equal(r->slots, 2);
	assert_int_equal(r->slot[0].id, 0);
	assert_int_equal(r->slot[0].gpa, 0x40000000);
	assert_int_equal(r->slot[0].bytes, 4 << 20);
	assert_int_equal(r->slot[0].hva, 0x10000000);
	assert_int_equal(r->slot[1].id, 1);
	assert_int_equal(r->extents, 4);
	check_extent(&r->extent[0], 0x40000000, 65536, KVM_S2_CLASS_RAM,
		     FACTS_RAM | PFN, KVM_S2_TYPE_WB, KVM_S2_TYPE_WB, 7);
	assert_int_equal(r->extent[0].memattr, 6);
	assert_int_equal(r->extent[0].hpa, S2_NO_PHYS);
	check_extent(&r->extent[1], 0x40010000, 0x1f0000, KVM_S2_CLASS_RAM,
		     FACTS_RAM, KVM_S2_TYPE_WB, KVM_S2_TYPE_UNMAPPED, 0);
	check_extent(&r->extent[2], 0x40200000, 2 << 20, KVM_S2_CLASS_RAM,
		     FACTS_RAM | PFN, KVM_S2_TYPE_WB, KVM_S2_TYPE_WB, 3);
	check_extent(&r->extent[3], 0x8000000000, 2 << 20, KVM_S2_CLASS_IO,
		     FACTS_IO | PFN, KVM_S2_TYPE_DEVICE, KVM_S2_TYPE_DEVICE, 3);
	assert_int_equal(r->extent[3].slot, 1);
	assert_int_equal(r->extent[3].hpa, TINY_BAR);
	assert_int_equal(r->extent[3].memattr, 1);
}

static void check_vms(const struct s2_core *core)
{
	assert_int_equal(core->vms, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct s2_core_vm *vm = &core->vm[i];

		assert_int_equal(vm->pid, 77);
		assert_false(vm->is_thread);
		assert_true(vm->has_fd);
		assert_int_equal(vm->fd, 5 + i);
		assert_int_equal(vm->start, 1230000000);
		assert_string_equal(vm->comm, "vmm");
		assert_int_equal(vm->vcpus, 2);
		assert_int_equal(vm->slots, i ? 0 : 2);
		assert_int_equal(vm->ipa_bits, 40);
		assert_true(vm->alive);
	}
}

static void test_dump(void **state)
{
	struct setup s;
	struct result r;

	(void)state;
	open_tiny(&s, 0);
	check_vms(&s.core);
	assert_int_equal(s.core.fwb, S2_YES);
	assert_int_equal(s.core.dic, S2_NO);
	assert_int_equal(s.core.pkvm, S2_NO);
	assert_true(s.core.vm[0].facts_known);
	assert_int_equal(s.core.vm[0].facts, KVM_S2_FACT_FWB);
	assert_int_equal(read_vm(&s.core, 0, false, &r), 0);
	check_first_vm(&r);
	assert_int_equal(read_vm(&s.core, 1, false, &r), 0);
	assert_int_equal(r.slots, 0);
	close_tiny(&s);
}

/* Pages that are not one behind the other are extents of their own */
static void test_phys(void **state)
{
	struct setup s;
	struct result r;

	(void)state;
	open_tiny(&s, 0);
	assert_int_equal(read_vm(&s.core, 0, true, &r), 0);
	/* 16 pages in an order in which two follow each other at places */
	assert_true(r.extents > 8);
	for (size_t i = 0; i < r.extents; i++) {
		const struct s2_core_extent *e = &r.extent[i];
		uint64_t page = (e->gpa - 0x40000000) >> 12;

		if (e->mapped != KVM_S2_TYPE_UNMAPPED && page < 16)
			assert_int_equal(e->hpa, TINY_PA + (page ^ 5) * 4096);
	}
	close_tiny(&s);
}

/* A kernel without symbols of variables: processes lead to the VMs */
static void test_no_data_symbols(void **state)
{
	struct setup s;
	struct result r;

	(void)state;
	open_tiny(&s, TINY_NO_DATA);
	check_vms(&s.core);
	assert_int_equal(s.core.fwb, S2_UNKNOWN);
	assert_false(s.core.vm[0].facts_known);
	assert_int_equal(read_vm(&s.core, 0, false, &r), 0);
	assert_int_equal(r.extents, 4);
	assert_int_equal(r.extent[0].mapped, KVM_S2_TYPE_WB);
	assert_false(r.extent[0].facts_known);
	/* The memory map is not known, so RAM could be pfnmap-wb; I/O is I/O */
	assert_int_equal(r.extent[0].class, KVM_S2_CLASS_UNKNOWN);
	close_tiny(&s);
}

static void test_no_note(void **state)
{
	struct setup s;

	(void)state;
	open_tiny(&s, TINY_NO_NOTE);
	check_vms(&s.core);
	close_tiny(&s);
}

static void test_live(void **state)
{
	struct setup s;
	struct result r;

	(void)state;
	open_tiny(&s, TINY_LIVE);
	check_vms(&s.core);
	assert_int_equal(read_vm(&s.core, 0, false, &r), 0);
	check_first_vm(&r);
	close_tiny(&s);
}

/* Each fact and type, against the table in the manual of the series */
static void test_classify(void **state)
{
	const uint32_t vma = KVM_S2_FACT_VMA, map = KVM_S2_FACT_MAP_MEMORY;

	(void)state;
	assert_int_equal(s2_classify(0, 0), KVM_S2_CLASS_HOLE);
	assert_int_equal(s2_classify(vma | map, KVM_S2_TYPE_WB),
			 KVM_S2_CLASS_RAM);
	assert_int_equal(s2_classify(vma | map, KVM_S2_TYPE_NC),
			 KVM_S2_CLASS_RAM_NC);
	assert_int_equal(s2_classify(vma, KVM_S2_TYPE_WB),
			 KVM_S2_CLASS_PFNMAP_WB);
	assert_int_equal(s2_classify(vma, KVM_S2_TYPE_DEVICE),
			 KVM_S2_CLASS_IO);
	assert_int_equal(s2_memattr_type(15, false), KVM_S2_TYPE_WB);
	assert_int_equal(s2_memattr_type(15, true), KVM_S2_TYPE_UNKNOWN);
	assert_int_equal(s2_memattr_type(6, true), KVM_S2_TYPE_WB);
	assert_int_equal(s2_memattr_type(6, false), KVM_S2_TYPE_UNKNOWN);
}

/* ------------------------------------------------- memory that changes meanwhile */

/*
 * The memory of a running kernel: at a certain read, and before it is done, something
 * happens.
 */
static struct {
	struct setup *s;
	long left;		/* reads until then; negative: never */
	bool always;		/* and before each one after it */
	void (*happens)(struct setup *s);
	unsigned long reads;
} meanwhile;

/* A class that no memory has, whatever happens; 0: there is none such */
static unsigned int never_met;

static void store(struct setup *s)
{
	assert_int_equal(pwrite(s->fd, s->tiny.mem, s->tiny.used, TINY_OFF),
			 s->tiny.used);
}

static ssize_t changing_pread(int fd, void *buf, size_t len, off_t off)
{
	meanwhile.reads++;
	if (!meanwhile.left-- || (meanwhile.always && meanwhile.left < 0)) {
		meanwhile.happens(meanwhile.s);
		store(meanwhile.s);
	}
	return pread(fd, buf, len, off);
}

/* What was a table is something else now, and looks like entries of a device */
static void fill_with_device(struct tiny *t, uint64_t table)
{
	for (uint64_t i = 0; i < 512; i++)
		tiny_put64(t, table + i * 8,
			   TINY_PAGE(TINY_BAR, TINY_DEVICE | TINY_RW));
}

/* KVM puts a block where a table was, as after a migration; it counts nothing then */
static void collapse(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->l2, TINY_BLOCK(TINY_PA, TINY_WB | TINY_RW));
	fill_with_device(t, t->l3);
}

/* The host takes memory away */
static void invalidate(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->kvm[0] + TINY_KVM_SEQ,
		   tiny_get(t, t->kvm[0] + TINY_KVM_SEQ) + 1);
	tiny_put64(t, t->l2, 0);
	fill_with_device(t, t->l3);
}

/* All of the table goes, from the top: what it was is used for something else */
static void take_level(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->root + 8, 0);
	fill_with_device(t, t->l2);
	fill_with_device(t, t->l3);
}

/* Slot 1 goes */
static void swap_slots(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->kvm[0] + TINY_KVM_MEMSLOTS, tiny_va(t->slots2));
	tiny_put64(t, t->root + 512 * 8, 0);
	for (uint64_t i = 0; i < 512; i++)
		tiny_put64(t, t->l2_bar + i * 8,
			   TINY_BLOCK(TINY_BAR, TINY_NC | TINY_RW));
}

static void fill_all(struct tiny *t)
{
	fill_with_device(t, t->l2);
	fill_with_device(t, t->l3);
	fill_with_device(t, t->l2_bar);
}

/* The VM ends, and what its memory was is anything */
static void end_vm(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->vm_list + 8, tiny_va(t->kvm[1] + TINY_KVM_LIST));
	tiny_put64(t, t->kvm[1] + TINY_KVM_LIST, tiny_va(t->vm_list));
	for (uint64_t i = 0; i < TINY_KVM_BYTES; i += 8)
		tiny_put64(t, t->kvm[0] + i, 0x6b6b6b6b6b6b6b6b);
	fill_all(t);
}

/* The VMM exits: KVM gives the page table back, long before the VM leaves the list */
static void free_tables(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->kvm[0] + TINY_KVM_ARCH + TINY_ARCH_MMU + TINY_MMU_PGT,
		   0);
	fill_all(t);
}

/* ... and its mappings go */
static void exit_vmm(struct setup *s)
{
	struct tiny *t = &s->tiny;

	free_tables(s);
	tiny_put(t, t->mm + 24, 0, 4);
	tiny_put64(t, t->mm + 8, 0);
}

/* The VM has ended, and another one, of another process, is in the same place */
static void replace_vm(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put(t, t->kvm[0] + TINY_KVM_PID, 99, 4);
	fill_all(t);
}

/* The VMM maps something else behind slot 0, and its VMA goes to another process */
static void remap(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->vma[0] + TINY_VMA_MM, tiny_va(t->slot[0]));
	tiny_put64(t, t->vma[0] + TINY_VMA_PROT, 4 << 2);
	tiny_put64(t, t->node + 128 + 8, 0);
}

/* A page that was never a device's is never told to be one, and the other way round */
static void check_types(const struct result *r, int err)
{
	if (err == -ESRCH)
		return;
	for (size_t i = 0; i < r->extents; i++) {
		const struct s2_core_extent *e = &r->extent[i];

		if (e->gpa < 0x8000000000)
			assert_true(e->mapped == KVM_S2_TYPE_WB ||
				    e->mapped == KVM_S2_TYPE_UNMAPPED);
		else
			assert_true(e->mapped == KVM_S2_TYPE_DEVICE ||
				    e->mapped == KVM_S2_TYPE_UNMAPPED);
		if (e->vma_type && e->slot == 0)
			assert_int_equal(e->vma_type, KVM_S2_TYPE_WB);
		if (never_met)
			assert_int_not_equal(e->class, never_met);
	}
}

/*
 * Reads a VM as often as it takes reads, and each time it happens one read later.
 * @gone: whether the VM may be gone then.  Return: how often it was not read at all
 */
static unsigned long at_each_read(void (*happens)(struct setup *s), bool gone)
{
	unsigned long failed = 0, reads = 1;

	for (unsigned long n = 0; n < reads; n++) {
		struct result r;
		struct setup s;
		int err;

		open_tiny(&s, TINY_LIVE);
		memset(&meanwhile, 0, sizeof(meanwhile));
		meanwhile.s = &s;
		meanwhile.left = (long)n;
		meanwhile.happens = happens;
		s.core.image.pread = changing_pread;
		err = read_vm(&s.core, 0, false, &r);
		if (meanwhile.left >= 0)
			reads = 0;	/* it was never that far */
		else if (n + 1 == reads)
			reads++;
		check_types(&r, err);
		if (err && !(gone && err == -ESRCH))
			assert_true(err == -EINTR || err == -EBUSY);
		failed += !!err;
		close_tiny(&s);
	}
	return failed;
}

static void test_collapse(void **state)
{
	(void)state;
	assert_int_equal(at_each_read(collapse, false), 0);
}

static void test_invalidate(void **state)
{
	(void)state;
	assert_int_equal(at_each_read(invalidate, false), 0);
}

static void test_take_level(void **state)
{
	(void)state;
	assert_int_equal(at_each_read(take_level, false), 0);
}

static void test_swap_slots(void **state)
{
	(void)state;
	/* Slots that were told of already may go: then it says so */
	at_each_read(swap_slots, false);
}

static void test_end_vm(void **state)
{
	(void)state;
	assert_true(at_each_read(end_vm, true) > 0);
}

static void test_free_tables(void **state)
{
	(void)state;
	at_each_read(free_tables, false);
}

static void test_exit_vmm(void **state)
{
	(void)state;
	never_met = KVM_S2_CLASS_HOLE;
	at_each_read(exit_vmm, true);
	never_met = 0;
}

static void test_replace_vm(void **state)
{
	(void)state;
	assert_true(at_each_read(replace_vm, true));
}

static void test_remap(void **state)
{
	(void)state;
	at_each_read(remap, false);
}

static void count_up(struct setup *s)
{
	struct tiny *t = &s->tiny;

	tiny_put64(t, t->kvm[0] + TINY_KVM_SEQ,
		   tiny_get(t, t->kvm[0] + TINY_KVM_SEQ) + 1);
}

/* A VM that never keeps still: given up after a bound, and no type is told */
static void test_never_still(void **state)
{
	struct result r;
	struct setup s;

	(void)state;
	open_tiny(&s, TINY_LIVE);
	memset(&meanwhile, 0, sizeof(meanwhile));
	meanwhile.s = &s;
	meanwhile.always = true;
	meanwhile.happens = count_up;
	s.core.image.pread = changing_pread;
	assert_int_equal(read_vm(&s.core, 0, false, &r), -EINTR);
	assert_int_equal(r.extents, 0);
	assert_true(meanwhile.reads < 20000);
	close_tiny(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_phys),
		cmocka_unit_test(test_no_data_symbols),
		cmocka_unit_test(test_no_note),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_classify),
		cmocka_unit_test(test_collapse),
		cmocka_unit_test(test_invalidate),
		cmocka_unit_test(test_take_level),
		cmocka_unit_test(test_swap_slots),
		cmocka_unit_test(test_end_vm),
		cmocka_unit_test(test_free_tables),
		cmocka_unit_test(test_exit_vmm),
		cmocka_unit_test(test_replace_vm),
		cmocka_unit_test(test_remap),
		cmocka_unit_test(test_never_still),
	};

	return RUN_TESTS(tests);
}
