// SPDX-License-Identifier: GPL-2.0-only
/* The source "core": what it makes of memory that is cut short or makes no sense */
#include <linux/kvm_s2_types.h>
#include <stdio.h>
#include <unistd.h>

#include "tiny.h"
#include "unit.h"

/* A file of @bytes.  Return: what opening it says */
static int open_cut(const struct tiny *tiny, off_t bytes, char *text, size_t size)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_core core;
	int fd = tiny_file(tiny, 0, NULL), err;

	assert_int_equal(ftruncate(fd, bytes), 0);
	err = s2_core_open(&core, ctx, fd, "cut", false, -1);
	if (!err)
		s2_core_close(&core);
	snprintf(text, size, "%s", s2_ctx_error(ctx));
	s2_ctx_unref(ctx);
	close(fd);
	return err;
}

static void test_cut(void **state)
{
	const size_t whole = TINY_OFF + TINY_BYTES;
	struct tiny tiny;
	char text[1024];

	(void)state;
	tiny_make(&tiny, 0);
	for (size_t bytes = 0; bytes < whole;
	     bytes += bytes < 4096 ? 1 : 40961) {
		assert_int_not_equal(open_cut(&tiny, (off_t)bytes, text,
					      sizeof(text)), 0);
		assert_true(*text && !strchr(text, '\n'));
	}
	assert_int_equal(open_cut(&tiny, (off_t)whole, text, sizeof(text)), 0);
	tiny_free(&tiny);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int count_slot(void *data, const struct s2_slot *slot)
{
	(void)slot;
	++*(unsigned long *)data;
	return 0;
}

static int count_extent(void *data, const struct s2_core_extent *extent)
{
	assert_true(extent->mapped == KVM_S2_TYPE_UNMAPPED ||
		    (extent->mapped >= KVM_S2_TYPE_WB &&
		     extent->mapped <= KVM_S2_TYPE_DEVICE));
	++*(unsigned long *)data;
	return 0;
}

/* Everything that can be asked of a kernel's memory */
static void read_all(struct s2_ctx *ctx, int fd)
{
	unsigned long count = 0;
	const struct s2_core_sink sink = { count_slot, count_extent, &count };
	struct s2_core core;

	if (s2_core_open(&core, ctx, fd, "odd", false, -1))
		return;
	if (!s2_core_find_vms(&core)) {
		for (size_t i = 0; i < core.vms; i++)
			s2_core_read_vm(&core, &core.vm[i], true, i % 2, &sink);
	}
	s2_core_close(&core);
}

/* A value that stands for something elsewhere: a word of the memory, an address in it, a bit */
static uint64_t odd_value(const struct tiny *tiny, uint64_t *seed, uint64_t old)
{
	uint64_t n = next_random(seed), at = next_random(seed) % tiny->used & ~7ull;

	switch (n % 5) {
	case 0:
		return tiny_get(tiny, TINY_PA + at);
	case 1:
		return TINY_VA + at;
	case 2:
		return TINY_PA + (at & ~4095ull) + 3;
	case 3:
		return old ^ 1ull << (n >> 8) % 64;
	default:
		return n;
	}
}

/* A word here and there is another one: loops, wild pointers and numbers in everything */
static void test_odd_words(void **state)
{
	uint64_t seed = 20261128;
	struct tiny tiny;
	int fd;

	(void)state;
	tiny_make(&tiny, 0);
	fd = tiny_file(&tiny, 0, NULL);
	for (int i = 0; i < 4000; i++) {
		uint64_t at = next_random(&seed) % tiny.used & ~7ull, value;
		uint64_t old = tiny_get(&tiny, TINY_PA + at);
		struct s2_ctx *ctx;

		/* Most of it is zero, and of no interest */
		if (!old)
			continue;
		ctx = new_ctx();
		value = odd_value(&tiny, &seed, old);
		assert_int_equal(pwrite(fd, &value, 8, TINY_OFF + (off_t)at), 8);
		read_all(ctx, fd);
		assert_int_equal(pwrite(fd, &old, 8, TINY_OFF + (off_t)at), 8);
		s2_ctx_unref(ctx);
	}
	close(fd);
	tiny_free(&tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_odd_words),
	};

	return RUN_TESTS(tests);
}
