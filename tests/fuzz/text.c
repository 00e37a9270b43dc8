// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything small that reads text: what makes it safe, numbers, words,
 * patterns, and a VMM's command line.  Two parts: the text, and a pattern.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/glob.h"
#include "base/text.h"
#include "frame/text.h"
#include "fuzz.h"
#include "model/field.h"
#include "model/program.h"
#include "source/proc/proc.h"

static void check_clean(const char *text, size_t len)
{
	size_t size = 4 * len + 1;
	char *once = malloc(size), *twice = malloc(size), small[16];

	fuzz_must(once && twice, "no memory");
	s2_text_clean(once, size, text, len);
	fuzz_must_print(once, strlen(once));
	fuzz_must(!strchr(once, '\n'), "a line ends");
	s2_text_clean(twice, size, once, strlen(once));
	fuzz_must(!strcmp(once, twice), "clean text was changed");
	for (size_t room = 0; room <= sizeof(small); room++) {
		memset(small, 'x', sizeof(small));
		s2_text_clean(small, room, text, len);
		fuzz_must(!room || !strncmp(small, once, strlen(small)),
			  "cut short, the text is another");
		fuzz_must(room == sizeof(small) || small[room] == 'x',
			  "written past the end");
	}
	free(once);
	free(twice);
}

/* A name's spelling says its bytes, and stays when it is read again */
static void check_name(const char *raw, size_t len)
{
	size_t size = 4 * len + 1;
	char *once = malloc(size), *back = malloc(size);
	char *again = malloc(4 * size);

	fuzz_must(once && back && again, "no memory");
	fuzz_must(s2_escape(once, size, raw, len) == strlen(once),
		  "the spelling was cut");
	fuzz_must_print(once, strlen(once));
	fuzz_must(s2_unescape(back, size, once) == len &&
		  !memcmp(back, raw, len), "the name is not to be had back");
	s2_escape_again(again, 4 * size, once, strlen(once));
	fuzz_must(!strcmp(again, once), "the spelling was changed");
	s2_text_clean(again, 4 * size, once, strlen(once));
	fuzz_must(!strcmp(again, once), "a message changed the spelling");
	/* Whatever somebody types, it comes to rest */
	s2_escape_again(again, 4 * size, raw, len);
	fuzz_must_print(again, strlen(again));
	free(again);
	free(back);
	free(once);
}

static void check_safe(const char *text)
{
	char *once = text_safe(text), *twice = text_safe(once);

	fuzz_must_print(once, strlen(once));
	fuzz_must(!strchr(once, '\n'), "a line ends");
	fuzz_must(!strcmp(once, twice), "safe text was changed");
	free(once);
	free(twice);
}

static void check_wrap(const char *text, int column, int indent, int width)
{
	char *out = NULL;
	size_t size;
	FILE *file = open_memstream(&out, &size);

	text_wrap(file, text, column, indent, width);
	fclose(file);
	for (const char *p = text; *p; p++)
		fuzz_must(*p == ' ' || *p == '\n' || strchr(out, *p),
			  "a character is lost");
	free(out);
}

/* Numbers are written in one way only, but for zeros in front */
static void check_numbers(const char *text)
{
	char again[32], size_text[TEXT_SIZE_MAX];
	uint64_t num;

	if (s2_text_u64(text, &num))
		return;
	snprintf(again, sizeof(again), "%llu", (unsigned long long)num);
	text += strspn(text, "0");
	fuzz_must(!strcmp(again, *text ? text : "0"), "another number");
	fuzz_must(strlen(text_size(size_text, num)) < TEXT_SIZE_MAX,
		  "a size without an end");
}

static void check_words(const char *text)
{
	for (unsigned int type = S2_OBJ_HOST; type <= S2_OBJ_CHANGE; type++) {
		const struct s2_field *field = s2_fields(type, NULL);
		char name[16];
		int bit;

		for (; field->name; field++) {
			uint64_t num = s2_field_num(field, text);

			fuzz_must(!num || !strcmp(s2_field_word(field, num),
						  text), "another word");
			bit = s2_flag_bit(field, text);
			if (bit >= 0)
				s2_flag_word(field, bit, name);
			fuzz_must(bit < 64, "no such bit");
		}
	}
	if (s2_perm_parse(text) >= 0) {
		char perm[4];

		s2_perm_text(s2_perm_parse(text), perm);
		fuzz_must(!strcmp(perm, text), "other permissions");
	}
	fuzz_must(!s2_text_is_uuid(text) || strlen(text) == 36, "no UUID");
}

/* The same again, the slow and simple way: a table of all prefixes */
static bool matches(const char *pattern, const char *text)
{
	size_t p = strlen(pattern), t = strlen(text);
	bool *is = calloc((p + 1) * (t + 1), sizeof(*is)), result;

	fuzz_must(is, "no memory");
	for (size_t i = 0; i <= p; i++) {
		for (size_t j = 0; j <= t; j++) {
			bool *now = &is[i * (t + 1) + j];
			const bool *up = i ? now - (t + 1) : NULL;

			if (!i)
				*now = !j;
			else if (pattern[i - 1] == '*')
				*now = *up || (j && now[-1]);
			else
				*now = j && up[-1] &&
					(pattern[i - 1] == '?' ||
					 pattern[i - 1] == text[j - 1]);
		}
	}
	result = is[p * (t + 1) + t];
	free(is);
	return result;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static void check_glob(const char *pattern, const char *text)
{
	bool match = s2_glob_match(pattern, text);

	if (is_ascii(text) && is_ascii(pattern) &&
	    strlen(text) <= 64 && strlen(pattern) <= 64)
		fuzz_must(match == matches(pattern, text),
			  "'%s' and '%s': %d", pattern, text, match);
	fuzz_must(s2_glob_match("*", text), "not everything");
	fuzz_must(strpbrk(text, "*?") || s2_glob_match(text, text),
		  "not itself");
}

static void check_cmdline(const char *text, size_t len)
{
	const char *name = s2_cmdline_option(text, len, "-name");
	char buf[32];

	s2_cmdline_option(text, len, "-uuid");
	if (!name)
		return;
	fuzz_must(name > text && name < text + len &&
		  memchr(name, '\0', (size_t)(text + len - name)),
		  "not in the command line");
	if (s2_cmdline_guest(name, buf, sizeof(buf)))
		fuzz_must(*buf && strlen(buf) < sizeof(buf), "no name");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	size_t len;
	char *text = fuzz_part(&in, &len), *pattern = fuzz_part(&in, NULL);

	check_clean(text, len);
	check_name(text, len);
	check_safe(text);
	check_wrap(text, 0, 0, 80);
	check_wrap(text, 17, 12, 40);
	check_numbers(text);
	check_words(text);
	check_glob(pattern, text);
	check_cmdline(text, len);
	free(text);
	free(pattern);
	return 0;
}
