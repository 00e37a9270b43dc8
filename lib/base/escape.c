// SPDX-License-Identifier: LGPL-2.1-or-later
/* Text that others chose, spelled in one way everywhere */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/escape.h"
#include "base/utf8.h"

/* What a text is, and so what its backslashes mean */
enum kind {
	RAW_NAME,
	SPELLED_NAME,
	SENTENCE,
};

/*
 * Control characters; spaces but the one; what ends a line; what has no shape of
 * its own (Default_Ignorable_Code_Point of the Unicode standard): such characters
 * make two names look the same, or a text read other than it is.
 */
static const struct range {
	uint32_t first, last;
} hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x00a0 }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x1680, 0x1680 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
	{ 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static bool is_hidden(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (code <= hidden[i].last)
			return code >= hidden[i].first;
	return false;
}

/* The value of a hexadecimal digit, or -1 */
static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Whether "\xNN" stands here */
static bool is_escape(const char *p, size_t len)
{
	return len >= 4 && p[0] == '\\' && p[1] == 'x' && hex(p[2]) >= 0 &&
	       hex(p[3]) >= 0;
}

/* The byte that is meant here.  Return: how many bytes say it */
static size_t byte_at(const char *p, size_t len, enum kind kind, char *byte)
{
	if (kind == SPELLED_NAME && is_escape(p, len)) {
		*byte = (char)(hex(p[2]) << 4 | hex(p[3]));
		return 4;
	}
	*byte = *p;
	return 1;
}

/**
 * struct piece - one character, or a byte that is none
 * @byte: its bytes, as they are meant
 * @count: how many
 * @taken: how many bytes of the text say it
 * @escape: whether it is written as "\xNN"
 */
struct piece {
	char byte[4];
	size_t count;
	size_t taken;
	bool escape;
};

static struct piece next_piece(const char *p, size_t len, enum kind kind,
			       bool first)
{
	struct piece piece = { .count = 0 };
	size_t taken[5] = { 0 }, n = 0;
	uint32_t code = 0;

	while (n < 4 && taken[n] < len) {
		taken[n + 1] = taken[n] + byte_at(p + taken[n], len - taken[n],
						  kind, &piece.byte[n]);
		n++;
	}
	piece.count = s2_utf8_next(piece.byte, n, &code);
	piece.escape = !piece.count || is_hidden(code);
	if (!piece.count)
		piece.count = 1;
	piece.taken = taken[piece.count];
	if (kind != SENTENCE)
		piece.escape |= is_escape(piece.byte, n) ||
			(code == ' ' && (first || piece.taken == len));
	return piece;
}

/* Where the text goes, how much of it is there, and how long it would be */
struct out {
	char *buf;
	size_t size;
	size_t end;
	size_t whole;
};

/* All of it or, once something did not fit, nothing */
static void put_out(struct out *out, const char *text, size_t len)
{
	if (out->end == out->whole && out->end + len < out->size) {
		memcpy(out->buf + out->end, text, len);
		out->end += len;
	}
	out->whole += len;
}

static void put_piece(struct out *out, const struct piece *piece)
{
	static const char digits[] = "0123456789abcdef";
	char text[16];

	if (!piece->escape) {
		put_out(out, piece->byte, piece->count);
		return;
	}
	for (size_t i = 0; i < piece->count; i++) {
		unsigned char c = (unsigned char)piece->byte[i];

		text[4 * i] = '\\';
		text[4 * i + 1] = 'x';
		text[4 * i + 2] = digits[c >> 4];
		text[4 * i + 3] = digits[c & 15];
	}
	put_out(out, text, 4 * piece->count);
}

/* With letters, digits and the like nothing is to be done */
static bool is_plain(char c)
{
	return c > ' ' && c < 0x7f && c != '\\';
}

static size_t spell(char *buf, size_t size, const char *p, size_t len,
		    enum kind kind)
{
	struct out out = { .buf = buf, .size = size };

	for (bool first = true; len; first = false) {
		struct piece piece;

		while (len && is_plain(*p)) {
			put_out(&out, p++, 1);
			len--;
			first = false;
		}
		if (!len)
			break;
		piece = next_piece(p, len, kind, first);
		put_piece(&out, &piece);
		p += piece.taken;
		len -= piece.taken;
	}
	if (size)
		buf[out.end] = '\0';
	return out.whole;
}

size_t s2_escape(char *buf, size_t size, const char *raw, size_t len)
{
	return spell(buf, size, raw, len, RAW_NAME);
}

size_t s2_escape_again(char *buf, size_t size, const char *text, size_t len)
{
	return spell(buf, size, text, len, SPELLED_NAME);
}

size_t s2_text_clean(char *buf, size_t size, const char *raw, size_t len)
{
	return spell(buf, size, raw, len, SENTENCE);
}

size_t s2_unescape(char *buf, size_t size, const char *text)
{
	size_t len = strlen(text), used = 0, step;
	char byte;

	for (; len; text += step, len -= step) {
		step = byte_at(text, len, SPELLED_NAME, &byte);
		if (used + 1 < size)
			buf[used] = byte;
		used++;
	}
	if (size)
		buf[used < size ? used : size - 1] = '\0';
	return used;
}
