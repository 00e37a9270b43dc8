// SPDX-License-Identifier: GPL-2.0-only
/* The reader of JSON by itself: what is JSON, what is not, where, and of what value */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "base/json_in.h"
#include "base/key_table.h"
#include "base/text.h"

/* A piece of the file, as the reader takes it: tokens must survive its end */
#define PIECE	65536

struct state {
	struct s2_ctx *ctx;
	struct s2_store store;
	struct s2_in in;
};

static void begin(struct state *s, const char *text, size_t len)
{
	s->ctx = new_ctx();
	s2_store_init(&s->store, s->ctx);
	assert_int_equal(s2_store_write(&s->store, text, len), 0);
	assert_int_equal(s2_in_open(&s->in, &s->store, "f", NULL), 0);
}

static void end(struct state *s)
{
	s2_in_clear(&s->in);
	s2_store_clear(&s->store);
	s2_ctx_unref(s->ctx);
}

/* Reads all of it.  Return: 0 or the error; @error: its text */
static int skim(const char *text, size_t len, unsigned int flags,
		char error[S2_TEXT_MAX])
{
	struct state s;
	int err;

	begin(&s, text, len);
	s.in.flags = flags;
	s2_in_skip(&s.in);
	s2_in_finish(&s.in);
	err = s.in.err;
	snprintf(error, S2_TEXT_MAX, "%s", s2_ctx_error(s.ctx));
	end(&s);
	return err;
}

/* Whatever stands before it: in each place of a piece and across its end */
static void expect(const char *text, size_t len, int want)
{
	static const size_t before[] = {
		0, 1, PIECE - 1, PIECE - 2, PIECE - 3, PIECE - 5, PIECE - 8, PIECE,
	};
	char *all = malloc(PIECE + len + 1), error[S2_TEXT_MAX];

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		int got;

		memset(all, ' ', before[i]);
		memcpy(all + before[i], text, len);
		got = skim(all, before[i] + len, 0, error);
		if (got != want)
			fail_msg("%.*s behind %zu blanks: %d '%s', not %d",
				 (int)len, text, before[i], got, error, want);
	}
	free(all);
}

static void test_accepted(void **data)
{
	static const char *const texts[] = {
		"[]", "{}", "[ ]", "{ }", "null", "true", "false", "0", "-0",
		"\"\"", "[[]]", "[{}]", "{\"\":0}", "[1]", "[1,2 , 3]",
		"[0e1]", "[0e+1]", "[0E-1]", "[1.5]", "[-1.5e10]", "[10]",
		"[123456789012345678901234567890]", "[1E22]",
		"[-123]", "[0.0000001]", "[20e1]", "[1]\n", "\t[1]\r\n ",
		"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\u0041\"]",
		"[\"\\uD834\\uDd1e\"]", "[\"\\u0000\"]", "[\"\\uFFFF\"]",
		"[\"\xc3\xa9\"]", "[\"\xe2\x82\xac\"]", "[\"\xf0\x9d\x84\x9e\"]",
		"[\"\xf4\x8f\xbf\xbf\"]", "[\"\xef\xbf\xbf\"]", "[\"\x7f\"]",
		"[\"a/*b*/c//d\"]", "{\"a\":{\"a\":{\"a\":[]}}}",
		"{\"a\":[],\"b\":{},\"c\":null}", "[null,1,\"1\",{}]",
		"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "\"\\ud800\"",
	};

	(void)data;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		expect(texts[i], strlen(texts[i]), 0);
}

static void test_refused(void **data)
{
	static const char *const texts[] = {
		"", " ", "[", "]", "{", "}", "[}", "{]", "[1", "[1,", "[,]",
		"[,1]", "[1,]", "[1,,2]", "[1 2]", "[1:2]", "[\"a\":1]",
		"{1:1}", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
		"{,\"a\":1}", "{\"a\":1,,}", "{\"a\" 1}", "{\"a\"::1}",
		"{\"a\":1 \"b\":2}", "{\"a\":1;}", "{null:1}", "{'a':1}",
		"['a']", "[\"a]", "[\"a", "\"", "[\"\\\"]", "[\"\\x00\"]",
		"[\"\\a\"]", "[\"\\u\"]", "[\"\\u12\"]", "[\"\\u12G4\"]",
		"[\"\\uD834\\u\"]", "[\"\\uD834\\x\"]", "[\"\\\n\"]",
		"[\"\t\"]", "[\"\n\"]", "[\"\x1f\"]", "[\"\x01\"]",
		"[\xff]", "[\"\xff\"]", "[\"\x80\"]", "[\"\xc0\x80\"]",
		"[\"\xc3\"]", "[\"\xe2\x82\"]", "[\"\xed\xa0\x80\"]",
		"[\"\xf0\x80\x80\x80\"]", "[\"\xf4\x90\x80\x80\"]",
		"[\"\xf8\x88\x80\x80\x80\"]", "\xef\xbb\xbf[]", "[\xc3\xa9]",
		"[-]", "[+1]", "[.5]", "[1.]", "[-.5]", "[1.e1]", "[1e]",
		"[1e+]", "[1E-]", "[1eE2]", "[01]", "[-01]", "[00]", "[0x1]",
		"[1a]", "[1.2.3]", "[1-2]", "[NaN]", "[nan]", "[Infinity]",
		"[-Infinity]", "[inf]", "[- 1]", "[1 000]", "[0.]", "[0e]",
		"nul", "nulll", "tru", "truee", "[True]", "[TRUE]", "[nil]",
		"fals", "[undefined]", "*", "<null>", "[] []", "{}{}", "[]1",
		"[]x", "1 2", "[] //", "[]/**/", "/**/[]", "[/**/]", "#[]",
		"[\f]", "[\v]", "[]\f", "[\xc2\xa0]", "\"a\"b", "{\"a\":\"b\"}#",
		"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
	};

	(void)data;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		expect(texts[i], strlen(texts[i]), -EBADMSG);
	expect("[\0]", 3, -EBADMSG);
	expect("[]\0", 3, -EBADMSG);
	expect("[\"\0\"]", 5, -EBADMSG);
	expect("\0", 1, -EBADMSG);
}

/* Wherever it is, however it is written, known or not */
static void test_keys_twice(void **data)
{
	static const char *const texts[] = {
		"{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":3}",
		"{\"\":1,\"\":2}", "{\"a\":1,\"\\u0061\":2}",
		"[{\"x\":{\"b\":1,\"c\":[],\"b\":1}}]",
		"{\"a\":{},\"x\":{\"a\":1},\"a\":1}",
		"{\"\\ud800\":1,\"\\udc00\":1}",
	};
	static const char *const fine[] = {
		"{\"a\":1,\"b\":{\"a\":1,\"b\":{\"a\":1}},\"c\":{\"a\":1}}",
		"[{\"a\":1},{\"a\":1}]", "{\"a\":1,\"A\":1,\"aa\":1,\"a\\u0000\":1}",
	};
	char error[S2_TEXT_MAX];

	(void)data;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		expect(texts[i], strlen(texts[i]), -EBADMSG);
		skim(texts[i], strlen(texts[i]), 0, error);
		assert_non_null(strstr(error, "is there twice"));
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		expect(fine[i], strlen(fine[i]), 0);
	assert_int_equal(skim("{\n\"a\":1,\n\"b\":{\n\"b\":1,\n\"c\":1},\"a\":2}",
			      36, 0, error), -EBADMSG);
	assert_string_equal(error, "f:5: the key 'a' is there twice");
}

static void test_many_keys(void **data)
{
	char *text = malloc(1 << 21), *p = text, error[S2_TEXT_MAX];

	(void)data;
	*p++ = '{';
	for (int i = 0; i < 60000; i++)
		p += sprintf(p, "\"%x\":0,", i * 40503u);
	strcpy(p, "\"end\":0}");
	assert_int_equal(skim(text, strlen(text), 0, error), 0);
	strcpy(p, "\"0\":0}");
	assert_int_equal(skim(text, strlen(text), 0, error), -EBADMSG);
	assert_string_equal(error, "f:1: the key '0' is there twice");
	free(text);
}

static void test_comments(void **data)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "// x\n[1, /* 2,\n */ 3] // end", "" },
		{ "/***/[]/* * / **/", "" },
		{ "[\"//\",\"/*\"]", "" },
		{ "[]\n//", "" },
		{ "[1]\n/*", "f:2: a comment that does not end" },
		{ "[1/2]", "f:1: not JSON: unexpected character" },
		{ "[1]\n/", "f:2: something follows the JSON" },
		{ "/", "f:1: not JSON: unexpected character" },
		{ "/*\n*/\n", "f:3: nothing is in it" },
	};
	char error[S2_TEXT_MAX];

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int err = skim(cases[i].text, strlen(cases[i].text),
			       S2_IN_COMMENTS, error);

		assert_int_equal(err, *cases[i].want ? -EBADMSG : 0);
		assert_string_equal(err ? error : "", cases[i].want);
	}
}

static void want_number(const char *text, uint64_t value, bool negative,
			  bool integer, bool large)
{
	struct s2_in_number num;
	struct state s;

	begin(&s, text, strlen(text));
	num = s2_in_number(&s.in);
	s2_in_finish(&s.in);
	assert_int_equal(s.in.err, 0);
	assert_int_equal(num.is_negative, negative);
	assert_int_equal(num.is_integer, integer);
	assert_int_equal(num.is_large, large);
	if (integer)
		assert_int_equal(num.value, value);
	end(&s);
}

static void test_numbers(void **data)
{
	(void)data;
	want_number("0", 0, false, true, false);
	want_number("-0", 0, false, true, false);
	want_number("-1", 1, true, true, false);
	/* Exact above 2^53, where a double is not */
	want_number("9007199254740993", 9007199254740993, false, true, false);
	want_number("18446744073709551615", UINT64_MAX, false, true, false);
	want_number("18446744073709551616", 0, false, false, true);
	want_number("99999999999999999999999", 0, false, false, true);
	want_number("-18446744073709551616", 0, true, false, true);
	want_number("1.0", 0, false, false, false);
	want_number("1e3", 0, false, false, false);
	want_number("-0.0", 0, true, false, false);
	want_number("123456789012345678901234567890.5", 0, false, false,
		      false);
}

static void want_string(const char *text, const char *want, size_t want_len)
{
	const char *got;
	struct state s;
	size_t len;

	begin(&s, text, strlen(text));
	got = s2_in_string(&s.in, &len);
	if (!got)
		fail_msg("%s: %s", text, s2_ctx_error(s.ctx));
	assert_int_equal(len, want_len);
	assert_memory_equal(got, want, want_len + 1);
	s2_in_finish(&s.in);
	assert_int_equal(s.in.err, 0);
	end(&s);
}

static void test_strings(void **data)
{
	(void)data;
	want_string("\"\"", "", 0);
	want_string("\"abc\"", "abc", 3);
	want_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8);
	want_string("\"a\\u0000b\"", "a\0b", 3);
	want_string("\"\\u00e9\\u20AC\"", "\xc3\xa9\xe2\x82\xac", 5);
	want_string("\"\\ud834\\udd1e\"", "\xf0\x9d\x84\x9e", 4);
	want_string("\"\xf0\x9d\x84\x9e\"", "\xf0\x9d\x84\x9e", 4);
	want_string("\"\\ud837\\udd1e\"", "\xf0\x9d\xb4\x9e", 4);
	/* Halves of pairs that stand alone */
	want_string("\"\\ud834x\"", "\xef\xbf\xbdx", 4);
	want_string("\"\\ud834\\n\"", "\xef\xbf\xbd\n", 4);
	want_string("\"\\udd1e\"", "\xef\xbf\xbd", 3);
	want_string("\"\\ud834\\ud834\\udd1e\"",
		      "\xef\xbf\xbd\xf0\x9d\x84\x9e", 7);
	want_string("\"\\ud834\\ud832e\"", "\xef\xbf\xbd\xef\xbf\xbd" "e", 7);
	want_string("\"\\ud834\\u0041\"", "\xef\xbf\xbd" "A", 4);
}

/* Kept as far as it matters, and checked to its end */
static void test_long_string(void **data)
{
	size_t len = 1 << 20, got_len;
	char *text = malloc(len + 1);
	struct state s;

	(void)data;
	memset(text, 'x', len);
	text[0] = '"';
	text[len - 1] = '"';
	begin(&s, text, len);
	assert_non_null(s2_in_string(&s.in, &got_len));
	assert_int_equal(got_len, S2_IN_TEXT_MAX);
	s2_in_finish(&s.in);
	assert_int_equal(s.in.err, 0);
	end(&s);
	text[len - 2] = '\n';
	expect(text, len, -EBADMSG);
	free(text);
}

/* Where something is wrong: lines and places, before and behind what was entered */
static void test_places(void **data)
{
	static const char text[] = "{\n\"a\": [1,\n{\"b\":\n\n7}],\n\"c\":8}";
	struct s2_keys keys = { .count = 0 };
	struct state s;
	int key;

	(void)data;
	s2_keys_add(&keys, "a");
	s2_keys_add(&keys, "b");
	s2_keys_finish(&keys);
	begin(&s, text, strlen(text));
	s.in.what = "a list";
	s2_in_enter(&s.in);
	assert_true(s2_in_key(&s.in, &keys, &key));
	assert_int_equal(key, 0);
	s2_in_enter(&s.in);
	assert_true(s2_in_next(&s.in));
	s2_in_number(&s.in);
	assert_int_equal(s2_in_line(&s.in), 2);
	assert_true(s2_in_next(&s.in));
	s2_in_enter(&s.in);
	assert_true(s2_in_key(&s.in, &keys, &key));
	assert_int_equal(key, 1);
	s2_in_number(&s.in);
	assert_int_equal(s2_in_line(&s.in), 5);
	assert_false(s2_in_key(&s.in, &keys, &key));
	/* Of the object that has ended: where it began */
	s2_in_bad_member(&s.in, "d", 0, "%s", "missing");
	assert_int_equal(s.in.err, -EINVAL);
	assert_string_equal(s2_ctx_error(s.ctx),
			    "f:3: not a valid list: a[1].d: missing");
	/* The first error stays, and nothing is read any more */
	s2_in_bad(&s.in, "another");
	assert_false(s2_in_next(&s.in));
	assert_int_equal(s2_in_type(&s.in), S2_IN_NONE);
	s2_in_skip(&s.in);
	assert_string_equal(s2_ctx_error(s.ctx),
			    "f:3: not a valid list: a[1].d: missing");
	end(&s);
}

/* Back to a value, also into another piece of the file */
static void test_return(void **data)
{
	char *text = malloc(3 * PIECE);
	struct s2_in_place first, third;
	struct state s;
	size_t len;

	(void)data;
	snprintf(text, 3 * PIECE, "[\"one\",\n%*s\"two\",\n%*s\"three\"]", PIECE,
		 "", PIECE / 2, "");
	begin(&s, text, strlen(text));
	s2_in_enter(&s.in);
	s2_in_next(&s.in);
	first = s2_in_place(&s.in);
	assert_string_equal(s2_in_string(&s.in, &len), "one");
	s2_in_next(&s.in);
	s2_in_skip(&s.in);
	s2_in_next(&s.in);
	third = s2_in_place(&s.in);
	assert_int_equal(third.line, 3);
	assert_string_equal(s2_in_string(&s.in, &len), "three");
	s2_in_return(&s.in, first);
	assert_string_equal(s2_in_string(&s.in, &len), "one");
	assert_int_equal(s2_in_line(&s.in), 1);
	s2_in_return(&s.in, third);
	assert_string_equal(s2_in_string(&s.in, &len), "three");
	s2_in_return(&s.in, third);
	assert_string_equal(s2_in_string(&s.in, &len), "three");
	assert_int_equal(s2_in_line(&s.in), 3);
	assert_int_equal(s.in.err, 0);
	end(&s);
	free(text);
}

static void test_several(void **data)
{
	static const char text[] = "{\"a\":1}\n{\"a\":2}\n 3 ";
	struct state s;
	int n = 0;

	(void)data;
	begin(&s, text, strlen(text));
	while (s2_in_begins(&s.in)) {
		s2_in_skip(&s.in);
		n++;
	}
	assert_int_equal(n, 3);
	assert_int_equal(s.in.err, 0);
	end(&s);
}

/* Words of any length, beside those that only look like them */
static void test_key_table(void **data)
{
	static const char *const words[] = {
		"a", "ab", "ba", "abc", "abcd", "abce", "abcdefgh", "abcdefgi",
		"abcdefghijklmnopqrstuvwxyz", "would_deny", "would_deny_bytes",
		"", "prefetchable", "slot", "slots", "bytes", "gpa", "hpa",
	};
	struct s2_keys keys = { .count = 0 };
	const size_t count = sizeof(words) / sizeof(words[0]);

	(void)data;
	for (size_t i = 0; i < count; i++)
		s2_keys_add(&keys, words[i]);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count; i++)
			assert_int_equal(s2_keys_find(&keys, words[i],
						      strlen(words[i])),
					 *words[i] ? (int)i : -1);
		assert_int_equal(s2_keys_find(&keys, "abd", 3), -1);
		assert_int_equal(s2_keys_find(&keys, "abcdefghijklmnopqrstuvwxyZ", 26), -1);
		assert_int_equal(s2_keys_find(&keys, "abcdefghIjklmnopqrstuvwxyz", 26), -1);
		assert_int_equal(s2_keys_find(&keys, "a\0b", 3), -1);
		/* First one by one, then by the table */
		s2_keys_finish(&keys);
		assert_true(keys.factor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_keys_twice),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_comments), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_long_string),
		cmocka_unit_test(test_places), cmocka_unit_test(test_return),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_key_table),
	};

	return RUN_TESTS(tests);
}
