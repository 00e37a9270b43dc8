// SPDX-License-Identifier: GPL-2.0-only
/* Structures that begin with their size, from older and newer callers */
#include "unit.h"

#include <errno.h>

#include "base/sized.h"

/* Today: the first version had no @last */
struct now {
	size_t size;
	uint64_t first;
	uint64_t last;
};

#define FIRST	(sizeof(size_t) + sizeof(uint64_t))

/* A caller whose structure has @len bytes and says @size; each behind the size is @fill */
static int read_sized(size_t len, size_t size, int fill, struct now *now)
{
	/* Not a byte more, so that a sanitizer sees who reads one */
	unsigned char *caller = malloc(len);
	int err;

	assert_non_null(caller);
	memset(caller, fill, len);
	memcpy(caller, &size, sizeof(size));
	memset(now, 0xee, sizeof(*now));
	err = s2_sized_read(now, sizeof(*now), FIRST, caller);
	free(caller);
	return err;
}

static void test_same(void **data)
{
	struct now now;

	(void)data;
	assert_int_equal(read_sized(24, 24, 0x11, &now), 0);
	assert_int_equal(now.size, 24);
	assert_true(now.first == 0x1111111111111111);
	assert_true(now.last == 0x1111111111111111);
}

static void test_older(void **data)
{
	struct now now;

	(void)data;
	assert_int_equal(read_sized(16, 16, 0x11, &now), 0);
	assert_true(now.first == 0x1111111111111111);
	assert_true(now.last == 0);
	assert_int_equal(read_sized(15, 15, 0x11, &now), -EINVAL);
	assert_int_equal(read_sized(8, 8, 0x11, &now), -EINVAL);
	assert_int_equal(read_sized(8, 0, 0x11, &now), -EINVAL);
}

static void test_newer(void **data)
{
	struct now now;

	(void)data;
	assert_int_equal(read_sized(32, 32, 0, &now), 0);
	assert_true(now.first == 0 && now.last == 0);
	assert_int_equal(read_sized(4096, 4096, 0, &now), 0);
	assert_int_equal(read_sized(25, 25, 1, &now), -E2BIG);
	/* Whoever forgot to set the size: nothing is read */
	assert_int_equal(read_sized(24, 4097, 0, &now), -E2BIG);
	assert_int_equal(read_sized(24, SIZE_MAX, 0, &now), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same), cmocka_unit_test(test_older),
		cmocka_unit_test(test_newer),
	};

	return RUN_TESTS(tests);
}
