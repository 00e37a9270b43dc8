// SPDX-License-Identifier: GPL-2.0-only
/* Strings that are kept once, and objects that are found by number */
#include "unit.h"

#include "base/hash.h"
#include "base/pool.h"
#include "model/by_num.h"

#define MANY	100000

static void test_once(void **state)
{
	struct s2_pool pool = { .count = 0 };
	const char *a, *b;
	char text[] = "ab";

	(void)state;
	assert_null(s2_pool_find(&pool, "ab"));
	a = s2_pool_add(&pool, text);
	text[0] = 'x';
	b = s2_pool_add(&pool, text);
	assert_string_equal(a, "ab");
	assert_string_equal(b, "xb");
	assert_ptr_equal(s2_pool_add(&pool, "ab"), a);
	assert_ptr_equal(s2_pool_find(&pool, "xb"), b);
	assert_null(s2_pool_find(&pool, "x"));
	assert_string_equal(s2_pool_add(&pool, ""), "");
	assert_int_equal(pool.count, 3);
	s2_pool_clear(&pool);
	assert_int_equal(pool.count, 0);
	assert_null(s2_pool_find(&pool, "ab"));
	/* And can be used again */
	assert_non_null(s2_pool_add(&pool, "ab"));
	s2_pool_clear(&pool);
}

/* They stay where they are, and so does what is noted beside them */
static void test_many(void **state)
{
	static const char *kept[MANY];
	struct s2_pool pool = { .count = 0 };
	char text[64];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "word %u%*s", i, (int)(i % 13), "");
		kept[i] = s2_pool_add(&pool, text);
		assert_non_null(kept[i]);
		assert_int_equal(*s2_pool_note(kept[i]), 0);
		*s2_pool_note(kept[i]) = i + 1;
	}
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "word %u%*s", i, (int)(i % 13), "");
		assert_string_equal(kept[i], text);
		assert_ptr_equal(s2_pool_add(&pool, text), kept[i]);
		assert_int_equal(*s2_pool_note(kept[i]), i + 1);
	}
	assert_int_equal(pool.count, MANY);
	s2_pool_clear(&pool);
}

/* Larger than any block, and between them small ones */
static void test_large(void **state)
{
	struct s2_pool pool = { .count = 0 };
	char *large = malloc(300000);

	(void)state;
	for (size_t len = 1; len < 300000; len = len * 3 + 1) {
		const char *kept;
		char small[32];

		memset(large, 'x', len);
		large[len] = '\0';
		kept = s2_pool_add(&pool, large);
		snprintf(small, sizeof(small), "%zu", len);
		assert_string_equal(s2_pool_add(&pool, small), small);
		assert_string_equal(kept, large);
		assert_ptr_equal(s2_pool_find(&pool, large), kept);
	}
	free(large);
	s2_pool_clear(&pool);
}

/* Each bit of the input counts: of SipHash's key nothing can be said */
static void test_hash(void **state)
{
	unsigned char data[40] = { 0 };
	uint64_t seen[sizeof(data) * 8 + sizeof(data) + 1];
	size_t count = 0;

	(void)state;
	for (size_t len = 0; len <= sizeof(data); len++)
		seen[count++] = s2_hash(data, len);
	for (size_t bit = 0; bit < sizeof(data) * 8; bit++) {
		data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		seen[count++] = s2_hash(data, sizeof(data));
		assert_int_equal(s2_hash(data, sizeof(data)), seen[count - 1]);
		data[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_true(seen[i] != seen[j]);
}

static bool is_even(const struct s2_obj *obj)
{
	return s2_obj_num(obj, S2_SLOT_GPA, 0) % 2 == 0;
}

/* 5 3 - 5 1 5, with their places as addresses */
static void fill(struct s2_list *list)
{
	static const int numbers[] = { 5, 3, -1, 5, 1, 5 };

	s2_list_init(list, S2_OBJ_SLOT);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct s2_obj *obj = s2_list_add(list);

		s2_obj_set_num(obj, S2_SLOT_GPA, i);
		if (numbers[i] >= 0)
			s2_obj_set_num(obj, S2_SLOT_SLOT, numbers[i]);
	}
}

static void expect(const struct s2_by_num *by, uint64_t num, const char *want)
{
	const struct s2_numbered *n = s2_by_num_find(by, num);
	char got[16] = "";

	for (; n; n = s2_by_num_next(by, n))
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%d",
			 (int)s2_obj_num(n->obj, S2_SLOT_GPA, 99));
	assert_string_equal(got, want);
	assert_int_equal(!s2_by_num_first(by, num), !*want);
}

static void test_by_num(void **state)
{
	struct s2_by_num by;
	struct s2_list list;

	(void)state;
	fill(&list);
	assert_int_equal(s2_by_num_make(&by, s2_list_at(&list, 0),
					S2_SLOT_SLOT, NULL), 0);
	expect(&by, 0, "");
	expect(&by, 1, "4");
	expect(&by, 2, "");
	expect(&by, 3, "1");
	expect(&by, 5, "035");
	expect(&by, 6, "");
	s2_by_num_clear(&by);
	expect(&by, 5, "");
	assert_int_equal(s2_by_num_make(&by, s2_list_at(&list, 0),
					S2_SLOT_SLOT, is_even), 0);
	expect(&by, 5, "0");
	expect(&by, 1, "4");
	s2_by_num_clear(&by);
	assert_int_equal(s2_by_num_part(&by, &list, 1, 5, S2_SLOT_SLOT), 0);
	expect(&by, 5, "3");
	expect(&by, 3, "1");
	s2_by_num_clear(&by);
	assert_int_equal(s2_by_num_make(&by, NULL, S2_SLOT_SLOT, NULL), 0);
	expect(&by, 5, "");
	s2_by_num_clear(&by);
	assert_int_equal(s2_list_index(&list, s2_list_at(&list, 4)), 4);
	s2_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once), cmocka_unit_test(test_many),
		cmocka_unit_test(test_large), cmocka_unit_test(test_hash),
		cmocka_unit_test(test_by_num),
	};

	return RUN_TESTS(tests);
}
