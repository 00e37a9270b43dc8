// SPDX-License-Identifier: GPL-2.0-only
/* The external sort: in memory, in a file, and merged in several passes */
#include "unit.h"

#include "base/sorter.h"

static int cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct check {
	uint64_t count;
	uint64_t sum;
	uint64_t last;
};

static int take(void *data, const void *record)
{
	struct check *check = data;
	uint64_t num = *(const uint64_t *)record;

	assert_true(num >= check->last);
	check->last = num;
	check->sum += num;
	check->count++;
	return 0;
}

static void sort(uint64_t count)
{
	struct check check = { .count = 0 };
	struct s2_ctx *ctx = new_ctx();
	uint64_t num = 1, sum = 0;
	struct s2_sorter *sorter;

	assert_int_equal(s2_sorter_new(ctx, sizeof(num), cmp, &sorter), 0);
	for (uint64_t i = 0; i < count; i++) {
		num = num * 6364136223846793005u + 1442695040888963407u;
		sum += num;
		assert_int_equal(s2_sorter_add(sorter, &num), 0);
	}
	assert_int_equal(s2_sorter_each(sorter, take, &check), 0);
	assert_int_equal(check.count, count);
	assert_int_equal(check.sum, sum);
	s2_sorter_free(sorter);
	s2_ctx_unref(ctx);
}

/* 32768 fit into memory; 32 such runs are merged into one */
static void test_sizes(void **data)
{
	static const uint64_t sizes[] = {
		0, 1, 2, 32767, 32768, 32769, 100000, 1100000,
	};

	(void)data;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		sort(sizes[i]);
}

static int stop(void *data, const void *record)
{
	(void)data;
	(void)record;
	return 7;
}

/* Where there is no room for a file, that is said */
static void test_no_directory(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_sorter *sorter;
	uint64_t num = 0;
	int err = 0;

	(void)data;
	setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(s2_sorter_new(ctx, sizeof(num), cmp, &sorter), 0);
	for (; !err && num < 1000000; num++)
		err = s2_sorter_add(sorter, &num);
	assert_int_equal(err, -2);
	assert_string_equal(s2_ctx_error(ctx),
			    "cannot make a temporary file in /nonexistent: No such file or directory");
	s2_sorter_free(sorter);
	unsetenv("TMPDIR");
	assert_int_equal(s2_sorter_new(ctx, sizeof(num), cmp, &sorter), 0);
	assert_int_equal(s2_sorter_add(sorter, &num), 0);
	assert_int_equal(s2_sorter_each(sorter, stop, NULL), 7);
	s2_sorter_free(sorter);
	s2_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_no_directory),
	};

	return RUN_TESTS(tests);
}
