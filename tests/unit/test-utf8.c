// SPDX-License-Identifier: GPL-2.0-only
/* The decoder of UTF-8, against the Unicode standard's table 3-7 */
#include "unit.h"

#include "base/utf8.h"

/* "Well-formed UTF-8 byte sequences", copied row by row, and the numbers */
static const struct row {
	uint32_t first, last;
	unsigned char byte[4][2];
} table[] = {
	{ 0x0000, 0x007f, { { 0x00, 0x7f } } },
	{ 0x0080, 0x07ff, { { 0xc2, 0xdf }, { 0x80, 0xbf } } },
	{ 0x0800, 0x0fff, { { 0xe0, 0xe0 }, { 0xa0, 0xbf }, { 0x80, 0xbf } } },
	{ 0x1000, 0xcfff, { { 0xe1, 0xec }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 0xd000, 0xd7ff, { { 0xed, 0xed }, { 0x80, 0x9f }, { 0x80, 0xbf } } },
	{ 0xe000, 0xffff, { { 0xee, 0xef }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 0x10000, 0x3ffff, { { 0xf0, 0xf0 }, { 0x90, 0xbf }, { 0x80, 0xbf },
			      { 0x80, 0xbf } } },
	{ 0x40000, 0xfffff, { { 0xf1, 0xf3 }, { 0x80, 0xbf }, { 0x80, 0xbf },
			      { 0x80, 0xbf } } },
	{ 0x100000, 0x10ffff, { { 0xf4, 0xf4 }, { 0x80, 0x8f }, { 0x80, 0xbf },
				{ 0x80, 0xbf } } },
};

/* How many bytes of @s the table takes as one character; 0: no row does */
static size_t by_table(const unsigned char *s, size_t len)
{
	for (size_t r = 0; r < sizeof(table) / sizeof(table[0]); r++) {
		size_t n = 0;

		while (n < len && n < 4 && table[r].byte[n][1] &&
		       s[n] >= table[r].byte[n][0] &&
		       s[n] <= table[r].byte[n][1])
			n++;
		if (n && (n == 4 || !table[r].byte[n][1]))
			return n;
	}
	return 0;
}

/* Bytes at and beside every bound of the table */
static const unsigned char edges[] = {
	0x00, 0x01, 0x22, 0x5c, 0x7e, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0,
	0xaf, 0xb0, 0xbe, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xde, 0xdf, 0xe0, 0xe1,
	0xe2, 0xeb, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5,
	0xf7, 0xf8, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
};

static void compare(const unsigned char *s, size_t len)
{
	uint32_t cp = 0x12345678;
	/* A copy of just these bytes, so that a sanitizer sees one too many. */
	char *copy = len ? malloc(len) : NULL;
	size_t got;

	if (len)
		memcpy(copy, s, len);
	got = s2_utf8_next(copy, len, &cp);
	free(copy);
	if (got != by_table(s, len))
		fail_msg("%02x %02x %02x %02x, %zu bytes: %zu", s[0], s[1],
			 s[2], s[3], len, got);
	assert_true(got || cp == 0x12345678);
}

static void test_table(void **data)
{
	const size_t n = sizeof(edges);

	(void)data;
	for (size_t i = 0; i < n * n * n * n; i++) {
		const unsigned char s[] = {
			edges[i / (n * n * n)], edges[i / (n * n) % n],
			edges[i / n % n], edges[i % n],
		};

		/* Shorter ones once each, where what follows is all zeroes */
		compare(s, 4);
		if (!(i % n))
			compare(s, 3);
		if (!(i % (n * n)))
			compare(s, 2);
	}
	for (unsigned int b = 0; b < 256; b++)
		compare((const unsigned char[4]){ b }, 1);
	compare(edges, 0);
}

/* Numbers that the standard and RFC 3629 write out, and the ends of each row */
static void test_numbers(void **data)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t cp;
	} cases[] = {
		{ "", 1, 0 }, { "A", 1, 0x41 }, { "\x7f", 1, 0x7f },
		{ "\xc2\x80", 2, 0x80 }, { "\xd0\xb0", 2, 0x430 },
		{ "\xdf\xbf", 2, 0x7ff }, { "\xe0\xa0\x80", 3, 0x800 },
		{ "\xe0\xbf\xbf", 3, 0xfff }, { "\xe1\x80\x80", 3, 0x1000 },
		{ "\xe4\xba\x8c", 3, 0x4e8c }, { "\xec\xbf\xbf", 3, 0xcfff },
		{ "\xed\x80\x80", 3, 0xd000 }, { "\xed\x9f\xbf", 3, 0xd7ff },
		{ "\xee\x80\x80", 3, 0xe000 }, { "\xef\xbb\xbf", 3, 0xfeff },
		{ "\xef\xbf\xbf", 3, 0xffff }, { "\xf0\x90\x80\x80", 4, 0x10000 },
		{ "\xf0\x90\x8c\x82", 4, 0x10302 },
		{ "\xf0\xbf\xbf\xbf", 4, 0x3ffff },
		{ "\xf1\x80\x80\x80", 4, 0x40000 },
		{ "\xf3\xbf\xbf\xbf", 4, 0xfffff },
		{ "\xf4\x80\x80\x80", 4, 0x100000 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t cp = ~0U;

		assert_int_equal(s2_utf8_next(cases[i].text, cases[i].len, &cp),
				 cases[i].len);
		assert_int_equal(cp, cases[i].cp);
	}
}

/* What is not UTF-8, as the standard's section on it and RFC 3629 name it */
static void test_bad(void **data)
{
	static const struct {
		const char *text;
		size_t len;
		const char *what;
	} cases[] = {
		{ "", 0, "nothing" },
		{ "\x80", 1, "a byte that continues" },
		{ "\xc0\xaf", 2, "'/' in two bytes" },
		{ "\xc1\xbf", 2, "DEL in two bytes" },
		{ "\xe0\x80\xbf", 3, "'?' in three bytes" },
		{ "\xe0\x9f\xbf", 3, "7FF in three bytes" },
		{ "\xf0\x80\x81\x82", 4, "42 in four bytes" },
		{ "\xf0\x8f\xbf\xbf", 4, "FFFF in four bytes" },
		{ "\xed\xa0\x80", 3, "the first surrogate" },
		{ "\xed\xbf\xbf", 3, "the last surrogate" },
		{ "\xf4\x90\x80\x80", 4, "110000" },
		{ "\xf5\x80\x80\x80", 4, "140000" },
		{ "\xf8\x88\x80\x80\x80", 5, "five bytes" },
		{ "\xc3", 1, "one byte of two" }, { "\xc3(", 2, "c3 and (" },
		{ "\xe2\x82", 2, "two bytes of three" },
		{ "\xf0\x9f\x98", 3, "three bytes of four" },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t cp = 7;

		if (s2_utf8_next(cases[i].text, cases[i].len, &cp) || cp != 7)
			fail_msg("%s is taken", cases[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bad),
	};

	return RUN_TESTS(tests);
}
