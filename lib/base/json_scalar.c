// SPDX-License-Identifier: LGPL-2.1-or-later
/* JSON that is read: strings, numbers, and the three words */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_scalar.h"
#include "base/utf8.h"

/* What a text that was cut ends in */
#define REPLACEMENT	0xfffdu

/* ---------------------------------------------------------------- strings */

/* Bytes that are not a string's own: controls, '"', '\', and what is no ASCII */
static const unsigned char is_special[256] = {
	[0 ... 0x1f] = 1, ['"'] = 1, ['\\'] = 1, [0x80 ... 0xff] = 1,
};

static void append(struct s2_in *in, const char *text, size_t len)
{
	size_t room = in->text_room ? in->text_room : 256;
	char *new;

	if (len > S2_IN_TEXT_MAX - in->text_len)
		len = S2_IN_TEXT_MAX - in->text_len;
	while (room < in->text_len + len + 1)
		room *= 2;
	if (room != in->text_room) {
		new = realloc(in->text, room);
		if (!new) {
			s2_in_fail_nomem(in);
			return;
		}
		in->text = new;
		in->text_room = room;
	}
	memcpy(in->text + in->text_len, text, len);
	in->text_len += len;
	in->text[in->text_len] = '\0';
}

static size_t encode(uint32_t code, char text[4])
{
	if (code < 0x80) {
		text[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		text[0] = (char)(0xc0 | code >> 6);
		text[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		text[0] = (char)(0xe0 | code >> 12);
		text[1] = (char)(0x80 | (code >> 6 & 0x3f));
		text[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	text[0] = (char)(0xf0 | code >> 18);
	text[1] = (char)(0x80 | (code >> 12 & 0x3f));
	text[2] = (char)(0x80 | (code >> 6 & 0x3f));
	text[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static void append_code(struct s2_in *in, uint32_t code)
{
	char text[4];

	append(in, text, encode(code, text));
}

/* Four hexadecimal digits */
static uint32_t scan_hex4(struct s2_in *in)
{
	uint32_t code = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char c = s2_in_peek(in), low = c | 0x20;

		if (c >= '0' && c <= '9')
			code = code << 4 | (c - '0');
		else if (low >= 'a' && low <= 'f')
			code = code << 4 | (low - 'a' + 10);
		else
			s2_in_unexpected(in, "not four hexadecimal digits behind \\u");
		in->at += !in->err;
	}
	return code;
}

/*
 * Whether a backslash and 'u' follow the first half of a pair.  @other: what followed
 * a backslash, which was taken, instead
 */
static bool pair_follows(struct s2_in *in, char *other)
{
	*other = '\0';
	if (s2_in_peek(in) != '\\')
		return false;
	in->at++;
	*other = (char)s2_in_peek(in);
	if (*other != 'u')
		return false;
	in->at++;
	return true;
}

static void scan_escape(struct s2_in *in);

/* Halves of a pair that stand alone become U+FFFD, as json-c does it */
static void scan_code(struct s2_in *in)
{
	uint32_t code = scan_hex4(in), low;
	char other;

	while (code >= 0xd800 && code <= 0xdbff) {
		if (!pair_follows(in, &other)) {
			append_code(in, REPLACEMENT);
			if (other)
				scan_escape(in);
			return;
		}
		low = scan_hex4(in);
		if (low >= 0xdc00 && low <= 0xdfff) {
			append_code(in, 0x10000 + ((code & 0x3ff) << 10) +
				    (low & 0x3ff));
			return;
		}
		append_code(in, REPLACEMENT);
		code = low;
	}
	append_code(in, code >= 0xdc00 && code <= 0xdfff ? REPLACEMENT : code);
}

/* Behind the backslash */
static void scan_escape(struct s2_in *in)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	unsigned char c = s2_in_peek(in);
	const char *at = c ? strchr(from, c) : NULL;

	if (at) {
		append(in, &to[at - from], 1);
		in->at++;
	} else if (c == 'u') {
		in->at++;
		scan_code(in);
	} else {
		s2_in_unexpected(in, "an escape that JSON does not have");
	}
}

/* A character that takes several bytes; it may be in two pieces of the file */
static void scan_character(struct s2_in *in)
{
	char text[4];
	uint32_t code;
	size_t n = 0;

	do {
		text[n++] = *in->at++;
		if (s2_utf8_next(text, n, &code) == n) {
			append(in, text, n);
			return;
		}
	} while (n < sizeof(text) && s2_in_peek(in) >= 0x80);
	s2_in_not_json(in, "not UTF-8");
}

/* From what is no plain character on */
static void scan_rest(struct s2_in *in, bool *escaped)
{
	unsigned char c;

	while ((c = s2_in_peek(in)) && c != '"') {
		if (c == '\\') {
			*escaped = true;
			in->at++;
			scan_escape(in);
		} else if (c >= 0x80) {
			scan_character(in);
		} else if (c < 0x20) {
			s2_in_not_json(in, "a control character in a string");
		} else {
			char *from = in->at;

			while (!is_special[(unsigned char)*in->at])
				in->at++;
			append(in, from, (size_t)(in->at - from));
		}
	}
	if (!c)
		s2_in_unexpected(in, "");
	in->at += !in->err;
}

const char *s2_in_scan_string(struct s2_in *in, bool keep, size_t *len,
			      bool *escaped)
{
	bool ignored;
	char *from = in->at + 1, *to = from;

	if (in->cut)
		*in->cut = '"';
	in->cut = NULL;
	escaped = escaped ? escaped : &ignored;
	*escaped = false;
	while (!is_special[(unsigned char)*to])
		to++;
	in->at = to;
	if (*to == '"') {
		in->at++;
		*len = (size_t)(to - from);
		if (keep) {
			*to = '\0';
			in->cut = to;
		}
		return keep ? from : NULL;
	}
	in->text_len = 0;
	append(in, from, (size_t)(to - from));
	scan_rest(in, escaped);
	*len = in->text_len;
	return in->err || !keep ? NULL : in->text;
}

const char *s2_in_string(struct s2_in *in, size_t *len)
{
	const char *text;

	*len = 0;
	if (s2_in_type(in) != S2_IN_STRING)
		return NULL;
	text = s2_in_scan_string(in, true, len, NULL);
	return text;
}

/* ---------------------------------------------------------------- numbers */

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* At least one */
static void scan_digits(struct s2_in *in, struct s2_in_number *num)
{
	unsigned char c = s2_in_peek(in);

	if (!is_digit(c))
		s2_in_not_json(in, "a number without a digit");
	while (is_digit(c)) {
		unsigned int digit = c - '0';

		if (__builtin_mul_overflow(num->value, 10, &num->value) ||
		    __builtin_add_overflow(num->value, digit, &num->value))
			num->is_large = true;
		in->at++;
		c = s2_in_peek(in);
	}
}

/* Its digits count for nothing: there is no field of such numbers */
static void scan_fraction(struct s2_in *in, struct s2_in_number *num)
{
	struct s2_in_number ignored = { .value = 0 };
	unsigned char c = s2_in_peek(in);

	if (c == '.') {
		num->is_integer = false;
		in->at++;
		scan_digits(in, &ignored);
		c = s2_in_peek(in);
	}
	if (c != 'e' && c != 'E')
		return;
	num->is_integer = false;
	in->at++;
	c = s2_in_peek(in);
	in->at += c == '+' || c == '-';
	scan_digits(in, &ignored);
}

struct s2_in_number s2_in_number(struct s2_in *in)
{
	struct s2_in_number num = { .is_integer = true };
	bool minus, zero;

	if (s2_in_type(in) != S2_IN_NUMBER)
		return num;
	minus = *in->at == '-';
	in->at += minus;
	zero = s2_in_peek(in) == '0';
	if (zero)
		in->at++;
	else
		scan_digits(in, &num);
	if (zero && is_digit(s2_in_peek(in)))
		s2_in_not_json(in, "a number that begins with 0");
	scan_fraction(in, &num);
	num.is_negative = minus && (num.value || num.is_large ||
				    !num.is_integer);
	num.is_large &= num.is_integer;
	num.is_integer &= !num.is_large;
	return num;
}

/* ------------------------------------------------------------------ words */

static void scan_word(struct s2_in *in, const char *word)
{
	char text[24];

	for (const char *p = word; *p; p++) {
		if (s2_in_peek(in) != (unsigned char)*p) {
			snprintf(text, sizeof(text), "%s expected", word);
			s2_in_not_json(in, text);
			return;
		}
		in->at++;
	}
}

void s2_in_null(struct s2_in *in)
{
	if (s2_in_type(in) == S2_IN_NULL)
		scan_word(in, "null");
}

bool s2_in_bool(struct s2_in *in)
{
	bool is_true;

	if (s2_in_type(in) != S2_IN_BOOL)
		return false;
	is_true = *in->at == 't';
	scan_word(in, is_true ? "true" : "false");
	return is_true && !in->err;
}

const unsigned char s2_in_types[256] = {
	['n'] = S2_IN_NULL, ['t'] = S2_IN_BOOL, ['f'] = S2_IN_BOOL,
	['-'] = S2_IN_NUMBER, ['0' ... '9'] = S2_IN_NUMBER,
	['"'] = S2_IN_STRING, ['['] = S2_IN_ARRAY, ['{'] = S2_IN_OBJECT,
};

enum s2_in_type s2_in_find_type(struct s2_in *in)
{
	enum s2_in_type type = s2_in_types[s2_in_blanks(in)];

	if (type == S2_IN_NONE)
		s2_in_unexpected(in, "unexpected character");
	return type;
}
