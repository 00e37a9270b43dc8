// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files that an administrator wrote: from JSON to what they say */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "model/reader.h"
#include "base/escape.h"
#include "base/text.h"
#include "model/field.h"
#include "model/program.h"

#define ID_MAX		64

int s2_reader_bad(struct s2_reader *r, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s2_in_bad(&r->in, "%s", text);
	return r->in.err;
}

/* ----------------------------------------------------------------- values */

int s2_read_object(struct s2_reader *r, const struct s2_key *keys)
{
	struct s2_keys names = { .count = 0 };
	size_t members = 0;
	uint64_t seen = 0;
	int key, err = 0;

	if (s2_in_type(&r->in) != S2_IN_OBJECT)
		return s2_reader_bad(r, "not an object");
	for (size_t i = 0; keys[i].name; i++)
		s2_keys_add(&names, keys[i].name);
	s2_in_enter(&r->in);
	while (!err && s2_in_key(&r->in, &names, &key)) {
		members++;
		if (key == S2_IN_UNKNOWN) {
			s2_in_bad_key(&r->in);
			break;
		}
		seen |= 1ull << key;
		err = keys[key].read(r);
	}
	r->members = members;
	for (size_t i = 0; !err && keys[i].name; i++)
		if (keys[i].required && !(seen >> i & 1))
			s2_reader_bad(r, "'%s' is missing", keys[i].name);
	return err ? err : r->in.err;
}

int s2_read_array(struct s2_reader *r, size_t least, size_t most,
		  int (*read)(struct s2_reader *r))
{
	size_t members = 0;
	int err = 0;

	if (s2_in_type(&r->in) != S2_IN_ARRAY)
		return s2_reader_bad(r, "not an array");
	s2_in_enter(&r->in);
	while (!err && s2_in_next(&r->in)) {
		if (members++ == most) {
			s2_in_bad_open(&r->in, "more than %zu elements", most);
			break;
		}
		err = read(r);
	}
	r->members = members;
	if (!err && members < least)
		s2_reader_bad(r, "nothing is in it");
	return err ? err : r->in.err;
}

/* What is wrong with a text, or NULL */
static const char *find_fault(const char *text, size_t len)
{
	char clean[S2_TEXT_MAX];

	if (!len)
		return "empty";
	if (len >= sizeof(clean))
		return "longer than 255 bytes";
	s2_text_clean(clean, sizeof(clean), text, len);
	if (strlen(clean) != len || strcmp(clean, text))
		return "characters that cannot be seen";
	return NULL;
}

const char *s2_read_text(struct s2_reader *r, int *err)
{
	const char *text, *fault, *kept = NULL;
	size_t len;

	if (s2_in_type(&r->in) != S2_IN_STRING) {
		*err = s2_reader_bad(r, "not a string");
		return NULL;
	}
	text = s2_in_string(&r->in, &len);
	fault = text ? find_fault(text, len) : NULL;
	if (fault)
		s2_reader_bad(r, "%s", fault);
	else if (text)
		kept = s2_pool_add(r->pool, text);
	if (!kept)
		s2_in_fail_nomem(&r->in);
	*err = r->in.err;
	return kept;
}

int s2_reader_spell(struct s2_reader *r, const char **name)
{
	char spelled[4 * S2_TEXT_MAX];

	s2_escape_again(spelled, sizeof(spelled), *name, strlen(*name));
	*name = s2_pool_add(r->pool, spelled);
	return *name ? 0 : s2_fail_nomem(r->ctx);
}

uint64_t s2_read_word(struct s2_reader *r, unsigned int id, int *err)
{
	const struct s2_field *field = s2_field_by_id(id);
	const char *word = s2_read_text(r, err);
	uint64_t num = 0;

	if (!word)
		return 0;
	if (field->kind == S2_KIND_ENUM) {
		num = s2_field_num(field, word);
	} else {
		int bit = s2_flag_bit(field, word);

		num = bit < 0 ? 0 : 1ull << bit;
	}
	if (!num)
		*err = s2_reader_bad(r, "'%.64s' is no word for a %s", word,
				     id == S2_CHANGE_CONSTRAINTS ?
				     "constraint" : field->name);
	return num;
}

const char *s2_read_id(struct s2_reader *r, int *err)
{
	const char *id = s2_read_text(r, err);
	size_t len;

	if (!id)
		return NULL;
	len = strspn(id, "abcdefghijklmnopqrstuvwxyz"
		     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	if (!id[len] && len <= ID_MAX && !strchr("._-", id[0]))
		return id;
	*err = s2_reader_bad(r, "not made of letters, digits and ._-, or longer than %d",
			     ID_MAX);
	return NULL;
}

int s2_read_integer(struct s2_reader *r, struct s2_in_number *num)
{
	bool is_number = s2_in_type(&r->in) == S2_IN_NUMBER;

	memset(num, 0, sizeof(*num));
	if (is_number)
		*num = s2_in_number(&r->in);
	if (!is_number || !(num->is_integer || num->is_large))
		return s2_reader_bad(r, "not an integer");
	return r->in.err;
}

int s2_read_ignored(struct s2_reader *r)
{
	if (s2_in_type(&r->in) != S2_IN_STRING)
		return s2_reader_bad(r, "not a string");
	s2_in_skip(&r->in);
	return r->in.err;
}

int s2_read_version(struct s2_reader *r)
{
	s2_in_skip(&r->in);
	return r->in.err;
}

/* --------------------------------------------------------------- the file */

/* How the version of a file is to be taken */
enum version { VERSION_NONE, VERSION_BAD, VERSION_OURS, VERSION_NEWER };

static enum version look_at_version(struct s2_in *in)
{
	struct s2_in_number num;

	if (s2_in_type(in) != S2_IN_NUMBER) {
		s2_in_skip(in);
		return VERSION_BAD;
	}
	num = s2_in_number(in);
	if (!(num.is_integer || num.is_large) || num.is_negative ||
	    (num.is_integer && !num.value))
		return VERSION_BAD;
	return num.is_integer && num.value == S2_FORMAT_VERSION ?
		VERSION_OURS : VERSION_NEWER;
}

/* All of the file, of which nothing but the version is looked at */
static enum version skim(struct s2_in *in, unsigned long *line)
{
	struct s2_keys names = { .count = 0 };
	enum version version = VERSION_NONE;
	int key;

	if (s2_in_type(in) != S2_IN_OBJECT) {
		s2_in_skip(in);
		return version;
	}
	s2_keys_add(&names, "format_version");
	s2_in_enter(in);
	while (s2_in_key(in, &names, &key)) {
		if (key == S2_IN_UNKNOWN) {
			s2_in_skip(in);
			continue;
		}
		*line = s2_in_line(in);
		version = look_at_version(in);
	}
	return version;
}

/*
 * First whether it is JSON, and the version: a newer one may have other keys.  Then
 * what it says.
 */
static int read_document(struct s2_reader *r, const struct s2_key *keys)
{
	struct s2_in_place place = s2_in_place(&r->in);
	unsigned long line = 0;
	enum version version;

	version = skim(&r->in, &line);
	s2_in_finish(&r->in);
	if (version == VERSION_BAD)
		s2_in_bad_member(&r->in, "format_version", line,
				 "not a positive integer");
	else if (version == VERSION_NEWER)
		s2_in_fail(&r->in, -EPROTONOSUPPORT,
			   "%s:%lu: format_version: this s2ctl reads format %d: a newer one is needed",
			   r->in.name, line, S2_FORMAT_VERSION);
	s2_in_return(&r->in, place);
	return r->in.err ? r->in.err : s2_read_object(r, keys);
}

int s2_read_file_of(struct s2_reader *r, const char *path,
		    const struct s2_key *keys)
{
	struct s2_store store;
	int err;

	s2_store_init(&store, r->ctx);
	err = s2_store_open(&store, path);
	if (!err)
		err = s2_in_open(&r->in, &store, strcmp(path, "-") ? path :
				 "standard input", NULL);
	r->in.flags = S2_IN_COMMENTS;
	r->in.depth_max = S2_SITE_DEPTH_MAX;
	r->in.bytes_max = S2_SITE_SIZE_MAX;
	if (!err)
		err = read_document(r, keys);
	s2_in_clear(&r->in);
	s2_store_clear(&store);
	return err;
}
