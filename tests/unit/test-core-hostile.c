// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source "core" against a VMM that changes what is read each time, and a dump whose
 * tables are used again and again: nobody waits long, grows without bound, or is hidden.
 */
#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <unistd.h>

#include "tiny.h"
#include "unit.h"

struct setup {
	struct tiny tiny;
	struct s2_ctx *ctx;
	struct s2_core core;
	int fd;
};

static struct setup *now;
static unsigned long reads;
static void (*change)(struct tiny *tiny);

static void open_tiny(struct setup *s, unsigned int flags)
{
	tiny_make(&s->tiny, flags);
	s->fd = tiny_file(&s->tiny, flags, NULL);
	s->ctx = new_ctx();
	assert_int_equal(s2_core_open(&s->core, s->ctx, s->fd, "tiny",
				      flags & TINY_LIVE, -1), 0);
}

static void close_tiny(struct setup *s)
{
	s2_core_close(&s->core);
	close(s->fd);
	tiny_free(&s->tiny);
	s2_ctx_unref(s->ctx);
}

/* Something changes before each read */
static ssize_t changing_pread(int fd, void *buf, size_t len, off_t off)
{
	reads++;
	change(&now->tiny);
	assert_int_equal(pwrite(now->fd, now->tiny.mem, now->tiny.used, TINY_OFF),
			 now->tiny.used);
	return pread(fd, buf, len, off);
}

static void start_changing(struct setup *s, void (*fn)(struct tiny *tiny))
{
	now = s;
	reads = 0;
	change = fn;
	s->core.image.pread = changing_pread;
}

static int count_slot(void *data, const struct s2_slot *slot)
{
	(void)slot;
	(void)data;
	return 0;
}

static int count_extent(void *data, const struct s2_core_extent *extent)
{
	(void)extent;
	++*(unsigned long *)data;
	return 0;
}

static int read_vm(struct s2_core *core, size_t n, unsigned long *extents)
{
	const struct s2_core_sink sink = { count_slot, count_extent, extents };

	*extents = 0;
	return s2_core_read_vm(core, &core->vm[n], true, false, &sink);
}

static void add_up(struct tiny *tiny, uint64_t at)
{
	tiny_put64(tiny, at, tiny_get(tiny, at) + 1);
}

/* ------------------------------------------------------------------ it is not hidden */

static void change_slots(struct tiny *tiny)
{
	add_up(tiny, tiny->slots[0] + TINY_SLOTS_GENERATION);
}

static void test_slots_that_change_hide_nothing(void **state)
{
	unsigned long extents;
	struct setup s;

	(void)state;
	open_tiny(&s, TINY_LIVE);
	start_changing(&s, change_slots);
	assert_int_equal(s2_core_find_vms(&s.core), 0);
	assert_int_equal(s.core.vms, 2);
	assert_int_equal(s.core.vm[0].pid, 77);
	assert_int_equal(s.core.vm[0].fd, 5);
	assert_false(s.core.vm[0].slots_known);
	assert_true(s.core.vm[1].slots_known);
	assert_int_equal(read_vm(&s.core, 0, &extents), -EINTR);
	assert_int_equal(extents, 0);
	close_tiny(&s);
}

/* Of a VM whose structure holds nonsense it is known that it is there */
static void test_members_that_make_no_sense_hide_nothing(void **state)
{
	const unsigned int kinds[] = { 0, TINY_LIVE };
	unsigned long extents;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct setup s;

		open_tiny(&s, kinds[i]);
		tiny_put64(&s.tiny, s.tiny.kvm[0] + TINY_KVM_MM, 0x1234);
		assert_int_equal(pwrite(s.fd, s.tiny.mem, s.tiny.used, TINY_OFF),
				 s.tiny.used);
		assert_int_equal(s2_core_find_vms(&s.core), 0);
		assert_int_equal(s.core.vms, 2);
		assert_false(s.core.vm[0].known);
		assert_true(s.core.vm[1].known);
		assert_int_equal(read_vm(&s.core, 0, &extents), -EBADMSG);
		close_tiny(&s);
	}
}

static unsigned long end_at;

/* The newest VM ends, and its place in memory is used for something else */
static void end_newest(struct tiny *tiny)
{
	if (reads != end_at)
		return;
	tiny_put64(tiny, tiny->vm_list, tiny_va(tiny->kvm[0] + TINY_KVM_LIST));
	tiny_put64(tiny, tiny->kvm[0] + TINY_KVM_LIST + 8,
		   tiny_va(tiny->vm_list));
	for (uint64_t i = 0; i < TINY_KVM_BYTES; i += 8)
		tiny_put64(tiny, tiny->kvm[1] + i, tiny_va(tiny->slot[0]));
}

/* At whichever read that happens: the other is there, and nothing that never was */
static void test_a_vm_that_ends_hides_no_other(void **state)
{
	unsigned long most = 2;

	(void)state;
	for (end_at = 1; end_at < most; end_at++) {
		struct setup s;

		open_tiny(&s, TINY_LIVE);
		start_changing(&s, end_newest);
		assert_int_equal(s2_core_find_vms(&s.core), 0);
		most = reads + 2;
		assert_in_range(s.core.vms, 1, 2);
		assert_int_equal(s.core.vm[0].pid, 77);
		assert_int_equal(s.core.vm[0].fd, 5);
		assert_int_equal(s.core.vm[0].slots, 2);
		if (s.core.vms == 2 && s.core.vm[1].known)
			assert_int_equal(s.core.vm[1].vcpus, 2);
		close_tiny(&s);
	}
	assert_true(end_at > 40);
}

/* Descriptors of VMs that are not on the list are nobody's */
static void test_files_of_other_vms(void **state)
{
	struct setup s;
	uint64_t file;

	(void)state;
	open_tiny(&s, TINY_LIVE);
	file = tiny_get(&s.tiny, s.tiny.fds + 5 * 8);
	for (uint64_t fd = 3; fd < 5; fd++) {
		uint64_t other = tiny_take(&s.tiny, 32, 8);

		tiny_put64(&s.tiny, other,
			   tiny_get(&s.tiny, file - TINY_VA + TINY_PA));
		/* Before the first VM's address, and between both */
		tiny_put64(&s.tiny, other + 8, fd == 3 ?
			   tiny_va(s.tiny.kvm[0]) - 8 :
			   tiny_va(s.tiny.kvm[0]) + 8);
		tiny_put64(&s.tiny, s.tiny.fds + fd * 8, tiny_va(other));
	}
	assert_int_equal(pwrite(s.fd, s.tiny.mem, s.tiny.used, TINY_OFF),
			 s.tiny.used);
	assert_int_equal(s2_core_find_vms(&s.core), 0);
	assert_int_equal(s.core.vm[0].fd, 5);
	assert_int_equal(s.core.vm[1].fd, 6);
	close_tiny(&s);
}

/* ------------------------------------------------------------------- nobody waits long */

static void change_mappings(struct tiny *tiny)
{
	add_up(tiny, tiny->vma[0] + TINY_VMA_PROT);
}

static void change_tables(struct tiny *tiny)
{
	add_up(tiny, tiny->kvm[0] + TINY_KVM_SEQ);
}

/* Whatever changes: so many reads more than of a VM that keeps still, however often */
static void check_bounded(void (*fn)(struct tiny *tiny))
{
	const unsigned long patience = 3000;
	unsigned long extents, quiet;
	struct setup s;

	open_tiny(&s, TINY_LIVE);
	assert_int_equal(s2_core_find_vms(&s.core), 0);
	quiet = s.core.image.reads;
	assert_int_equal(read_vm(&s.core, 0, &extents), 0);
	quiet = s.core.image.reads - quiet;
	start_changing(&s, fn);
	s.core.image.patience = patience;
	for (int i = 0; i < 20; i++)
		read_vm(&s.core, 0, &extents);
	assert_true(reads <= patience + 20 * 2 * quiet);
	close_tiny(&s);
}

static void test_waiting_is_bounded(void **state)
{
	(void)state;
	check_bounded(change_slots);
	check_bounded(change_mappings);
	check_bounded(change_tables);
}

/* A list of VMs begins with patience again */
static void test_patience_comes_back(void **state)
{
	struct setup s;

	(void)state;
	open_tiny(&s, TINY_LIVE);
	s.core.image.patience = 0;
	assert_int_equal(s2_core_find_vms(&s.core), 0);
	assert_true(s.core.image.patience > 100000);
	close_tiny(&s);
}

static unsigned long give_back_at;

/* A table is given back, and what it was holds addresses where there is no memory */
static void give_table_back(struct tiny *tiny)
{
	if (reads != give_back_at)
		return;
	tiny_put64(tiny, tiny->root + 8, 0);
	for (uint64_t i = 0; i < 512; i++)
		tiny_put64(tiny, tiny->l2 + i * 8, 0x0000deadbeef0003);
}

/* That is a change and no damage, at whichever read it happens */
static void test_table_given_back(void **state)
{
	unsigned long extents;

	(void)state;
	for (give_back_at = 1; give_back_at < 120; give_back_at++) {
		struct setup s;
		int err;

		open_tiny(&s, TINY_LIVE);
		assert_int_equal(s2_core_find_vms(&s.core), 0);
		start_changing(&s, give_table_back);
		err = read_vm(&s.core, 0, &extents);
		assert_int_equal(err, 0);
		close_tiny(&s);
	}
}

/* ------------------------------------------------------------- nothing grows for ever */

/* One table of alternating types, in all places of all tables above it */
static void test_shared_tables(void **state)
{
	unsigned long extents;
	struct setup s;
	struct tiny *t = &s.tiny;
	int err;

	(void)state;
	tiny_make(t, 0);
	tiny_put64(t, t->slot[0] + TINY_SLOT_NPAGES, 1ull << 26);
	for (uint64_t i = 0; i < 512; i++) {
		tiny_put64(t, t->l3 + i * 8,
			   TINY_PAGE(TINY_PA, i % 2 ? TINY_WB : TINY_NC));
		tiny_put64(t, t->l2 + i * 8, TINY_TABLE(t->l3));
		if (i)
			tiny_put64(t, t->root + i * 8, TINY_TABLE(t->l2));
	}
	s.fd = tiny_file(t, 0, NULL);
	s.ctx = new_ctx();
	assert_int_equal(s2_core_open(&s.core, s.ctx, s.fd, "tiny", false, -1), 0);
	assert_int_equal(s2_core_find_vms(&s.core), 0);
	err = read_vm(&s.core, 0, &extents);
	assert_int_equal(err, -ELOOP);
	/* An entry takes eight bytes of the dump, and some are for small dumps */
	assert_true(extents < 65536 + TINY_BYTES / 8);
	close_tiny(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots_that_change_hide_nothing),
		cmocka_unit_test(test_members_that_make_no_sense_hide_nothing),
		cmocka_unit_test(test_a_vm_that_ends_hides_no_other),
		cmocka_unit_test(test_files_of_other_vms),
		cmocka_unit_test(test_waiting_is_bounded),
		cmocka_unit_test(test_patience_comes_back),
		cmocka_unit_test(test_table_given_back),
		cmocka_unit_test(test_shared_tables),
	};

	return RUN_TESTS(tests);
}
