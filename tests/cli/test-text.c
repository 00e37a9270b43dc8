// SPDX-License-Identifier: GPL-2.0-only
/* Sizes and strings that somebody else chose; expected values by hand. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "frame/text.h"

static unsigned int n, failed;

static void is(const char *got, const char *want, const char *what)
{
	bool same = got && !strcmp(got, want);

	printf("%sok %u - %s\n", same ? "" : "not ", ++n, what);
	if (same)
		return;
	failed++;
	printf("# got \"%s\", expected \"%s\"\n", got ? got : "(null)", want);
}

static void size(uint64_t bytes, const char *want)
{
	char buf[TEXT_SIZE_MAX];

	is(text_size(buf, bytes), want, want);
}

static void safe(const char *in, const char *want, const char *what)
{
	char *got = text_safe(in);

	is(got, want, what);
	free(got);
}

static void wrap(const char *in, int width, int indent, const char *want,
		 const char *what)
{
	char *got = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&got, &len);

	if (!f)
		exit(1);
	text_wrap(f, in, indent, indent, width);
	fclose(f);
	is(got, want, what);
	free(got);
}

static void sizes(void)
{
	size(0, "0");
	size(1, "1B");
	size(1023, "1023B");
	size(1024, "1K");
	size(4096, "4K");
	size(1536, "1.5K");
	size(1048575, "1M");
	size(1048576, "1M");
	size(16777216, "16M");
	size(1073741824, "1G");
	size(1610612736, "1.5G");
	size((uint64_t)1 << 40, "1T");
	size((uint64_t)1 << 52, "4P");
	size(UINT64_MAX, "16E");
}

static void strings(void)
{
	safe("", "", "empty");
	safe("guest-1", "guest-1", "plain");
	safe("caf\xc3\xa9 \xe2\x82\xac", "caf\xc3\xa9 \xe2\x82\xac",
	     "UTF-8 is kept");
	safe("\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7", "four bytes are kept");
	safe("a\nb\tc", "a\\x0ab\\x09c", "control characters");
	safe("\x1b[31m", "\\x1b[31m", "escape");
	safe("\x7f", "\\x7f", "delete");
	safe("\xc2\x9b" "31m", "\\xc2\\x9b31m", "C1 control (CSI)");
	safe("\x9b", "\\x9b", "a lone continuation byte");
	safe("\xc3", "\\xc3", "cut short");
	safe("\xc0\xaf", "\\xc0\\xaf", "overlong");
	safe("\xe0\x80\xaf", "\\xe0\\x80\\xaf", "overlong, three bytes");
	safe("\xed\xa0\x80", "\\xed\\xa0\\x80", "surrogate");
	safe("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "past U+10FFFF");
	safe("a\xe2\x80\xae" "b", "a\\xe2\\x80\\xaeb", "right-to-left override");
	safe("\xe2\x81\xa6", "\\xe2\\x81\\xa6", "isolate");
	safe("\xe2\x80\x8b", "\\xe2\\x80\\x8b", "zero width");
}

static void wraps(void)
{
	wrap("one two", 80, 0, "one two\n", "fits");
	wrap("aaaaaaaaaa bbbbbbbbb cc", 20, 0, "aaaaaaaaaa bbbbbbbbb\ncc\n",
	     "exactly as wide");
	wrap("aaaaaaaaaa bbbbbbbbbb", 24, 4, "aaaaaaaaaa\n    bbbbbbbbbb\n",
	     "indented");
	wrap("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b", 20, 0,
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nb\n", "a word too long");
	wrap("", 20, 0, "\n", "nothing");
}

int main(void)
{
	sizes();
	strings();
	wraps();
	printf("1..%u\n", n);
	return failed ? 1 : 0;
}
