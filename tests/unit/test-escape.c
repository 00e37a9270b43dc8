// SPDX-License-Identifier: GPL-2.0-only
/* The one spelling of what others named.  Expected values are by hand. */
#include "unit.h"

#include "base/escape.h"
#include "base/text.h"

#define ROOM	256

typedef size_t (*spell_fn)(char *buf, size_t size, const char *text,
			   size_t len);

static void check(spell_fn fn, const char *text, size_t len, const char *want)
{
	char buf[ROOM];

	assert_int_equal(fn(buf, sizeof(buf), text, len), strlen(want));
	assert_string_equal(buf, want);
}

static const struct {
	const char *raw;
	const char *spelled;
} names[] = {
	{ "", "" },
	{ "web-1", "web-1" },
	{ "-rf", "-rf" },
	{ "id:3", "id:3" },
	{ "a b", "a b" },
	{ "it's \"quoted\" <&>", "it's \"quoted\" <&>" },
	{ "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "e\xcc\x81", "e\xcc\x81" },
	{ "\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7" },
	/* Control characters, DEL, C1 */
	{ "a\x1b[31m\tb", "a\\x1b[31m\\x09b" },
	{ "a\nb", "a\\x0ab" },
	{ "\x7f", "\\x7f" },
	{ "\xc2\x9b", "\\xc2\\x9b" },
	/* No UTF-8: overlong, surrogate, too large, cut short, alone */
	{ "\xc0\xaf", "\\xc0\\xaf" },
	{ "\xe0\x80\x80", "\\xe0\\x80\\x80" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xe6\x97", "\\xe6\\x97" },
	{ "\xff", "\\xff" },
	/* Override, line separator, zero width, no-break space, soft hyphen */
	{ "\xe2\x80\xaetxt", "\\xe2\\x80\\xaetxt" },
	{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
	{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },
	{ "a\xc2\xa0" "b", "a\\xc2\\xa0b" },
	{ "a\xc2\xad" "b", "a\\xc2\\xadb" },
	{ "\xe3\x80\x80", "\\xe3\\x80\\x80" },
	{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" },
	/* A space at an end would not be seen */
	{ " a ", "\\x20a\\x20" },
	{ " ", "\\x20" },
	{ "  ", "\\x20\\x20" },
	{ "   ", "\\x20 \\x20" },
	/* A backslash alone is one; where it could be an escape it is escaped */
	{ "DOM\\user", "DOM\\user" },
	{ "a\\", "a\\" },
	{ "\\x", "\\x" },
	{ "\\x4", "\\x4" },
	{ "\\xg0", "\\xg0" },
	{ "\\x41", "\\x5cx41" },
	{ "\\x4A", "\\x5cx4A" },
	{ "\\x1b", "\\x5cx1b" },
	{ "\\\\x41", "\\\\x5cx41" },
	{ "\\x5cx41", "\\x5cx5cx41" },
	{ "\\x\x1b", "\\x\\x1b" },
	{ "\\\x1b", "\\\\x1b" },
};

static void test_names(void **data)
{
	(void)data;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *raw = names[i].raw, *spelled = names[i].spelled;
		char back[ROOM];

		check(s2_escape, raw, strlen(raw), spelled);
		check(s2_escape_again, spelled, strlen(spelled), spelled);
		assert_int_equal(s2_unescape(back, sizeof(back), spelled),
				 strlen(raw));
		assert_string_equal(back, raw);
	}
	check(s2_escape, "a\0b", 3, "a\\x00b");
}

/* However somebody has spelled it, it is the same name */
static void test_again(void **data)
{
	static const struct {
		const char *text;
		const char *spelled;
	} cases[] = {
		{ "\\x41", "A" },
		{ "\\x1B", "\\x1b" },
		{ "caf\\xc3\\xa9", "caf\xc3\xa9" },
		{ "caf\xc3\\xa9", "caf\xc3\xa9" },
		{ "a\\x20b", "a b" },
		{ " a", "\\x20a" },
		{ "\x1b", "\\x1b" },
		{ "\\x5c", "\\" },
		{ "\\x5cx41", "\\x5cx41" },
		{ "\\x5c\\x78\\x34\\x31", "\\x5cx41" },
		{ "\\x00", "\\x00" },
		{ "\\xe2\\x80", "\\xe2\\x80" },
		{ "DOM\\user", "DOM\\user" },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(s2_escape_again, cases[i].text, strlen(cases[i].text),
		      cases[i].spelled);
}

/* In sentences and paths backslashes mean nothing */
static void test_sentences(void **data)
{
	static const struct {
		const char *raw;
		const char *clean;
	} cases[] = {
		{ "plain", "plain" },
		{ " VM 'a\\x1bb': ", " VM 'a\\x1bb': " },
		{ "back\\slash\\x41", "back\\slash\\x41" },
		{ "/machine-qemu\\x2d1.scope", "/machine-qemu\\x2d1.scope" },
		{ "a\x1b[31m\tb", "a\\x1b[31m\\x09b" },
		{ "\x7f\xc2\x9b", "\\x7f\\xc2\\x9b" },
		{ "\xe2\x80\xaetxt", "\\xe2\\x80\\xaetxt" },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(s2_text_clean, cases[i].raw, strlen(cases[i].raw),
		      cases[i].clean);
		check(s2_text_clean, cases[i].clean, strlen(cases[i].clean),
		      cases[i].clean);
	}
}

/*
 * Each character once: what cannot be seen, by the Unicode standard's files
 * (UnicodeData.txt: Cc, Zl, Zp, Zs but the space; DerivedCoreProperties.txt:
 * Default_Ignorable_Code_Point), and the annotations FFF9 to FFFB.
 */
static void test_hidden(void **data)
{
	static const uint32_t hidden[][2] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xa0, 0xa0 }, { 0xad, 0xad },
		{ 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 },
		{ 0x1680, 0x1680 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180d },
		{ 0x180e, 0x180e }, { 0x180f, 0x180f }, { 0x2000, 0x200a },
		{ 0x200b, 0x200f }, { 0x2028, 0x2028 }, { 0x2029, 0x2029 },
		{ 0x202a, 0x202e }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
		{ 0x2060, 0x2064 }, { 0x2065, 0x2065 }, { 0x2066, 0x206f },
		{ 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfff8 },
		{ 0xfff9, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0000 }, { 0xe0001, 0xe0001 },
		{ 0xe0002, 0xe001f }, { 0xe0020, 0xe007f },
		{ 0xe0080, 0xe00ff }, { 0xe0100, 0xe01ef },
		{ 0xe01f0, 0xe0fff },
	};
	size_t at = 0;

	(void)data;
	for (uint32_t cp = 1; cp <= 0x10ffff; cp++) {
		char raw[] = { 'a', 0, 0, 0, 0, 'b', 0 }, buf[ROOM];
		size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		for (size_t i = n; i > 1; i--)
			raw[i] = (char)(0x80 | (cp >> 6 * (n - i) & 0x3f));
		raw[1] = (char)(n == 1 ? cp : ((0xf00u >> n) & 0xff) |
				cp >> 6 * (n - 1));
		raw[n + 1] = 'b';
		raw[n + 2] = '\0';
		while (at < sizeof(hidden) / sizeof(hidden[0]) &&
		       cp > hidden[at][1])
			at++;
		s2_escape(buf, sizeof(buf), raw, strlen(raw));
		if (at < sizeof(hidden) / sizeof(hidden[0]) &&
		    cp >= hidden[at][0])
			assert_int_equal(strlen(buf), 4 * n + 2);
		else
			assert_string_equal(buf, raw);
	}
}

/* No half of an escape or of a character at the end, and nothing behind it */
static void test_short(void **data)
{
	static const struct {
		const char *text;
		size_t room;
		const char *want;
		size_t whole;
	} cases[] = {
		{ "abc\x01", 6, "abc", 7 },
		{ "abc\x01", 7, "abc", 7 },
		{ "abc\x01", 8, "abc\\x01", 7 },
		{ "abc\xc3\xa9", 5, "abc", 5 },
		{ "abc\xc3\xa9", 6, "abc\xc3\xa9", 5 },
		{ "a\x01zz", 4, "a", 7 },
		{ "abc", 1, "", 3 },
	};
	char buf[ROOM];

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(s2_escape(buf, cases[i].room, cases[i].text,
					   strlen(cases[i].text)),
				 cases[i].whole);
		assert_string_equal(buf, cases[i].want);
	}
	assert_int_equal(s2_escape(NULL, 0, "abc", 3), 3);
	assert_int_equal(s2_unescape(buf, 3, "a\\x62cd"), 4);
	assert_string_equal(buf, "ab");
	assert_int_equal(s2_unescape(NULL, 0, "\\x62"), 1);
}

/* Every text of a few bytes that escapes are made of comes back */
static void test_all(void **data)
{
	static const char bytes[] = "\\x41aG \x1b\xc3\xa9\xe2\x80\xae";
	const size_t n = sizeof(bytes) - 1;
	char raw[5], spelled[ROOM], again[ROOM], back[ROOM];

	(void)data;
	for (size_t i = 0; i < n * n * n * n * n; i++) {
		size_t rest = i;

		for (size_t k = 0; k < sizeof(raw); k++, rest /= n)
			raw[k] = bytes[rest % n];
		s2_escape(spelled, sizeof(spelled), raw, sizeof(raw));
		assert_int_equal(s2_unescape(back, sizeof(back), spelled),
				 sizeof(raw));
		assert_memory_equal(back, raw, sizeof(raw));
		s2_escape_again(again, sizeof(again), spelled, strlen(spelled));
		assert_string_equal(again, spelled);
		/* A message leaves a name as it is */
		s2_text_clean(again, sizeof(again), spelled, strlen(spelled));
		assert_string_equal(again, spelled);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_again),
		cmocka_unit_test(test_sentences), cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_short), cmocka_unit_test(test_all),
	};

	return RUN_TESTS(tests);
}
