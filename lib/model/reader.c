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

#define FORMAT_VERSION	1
#define ID_MAX		64

/* ----------------------------------------------------------------- errors */

/* "rules[2].match.vm" */
static void write_path(const struct s2_reader *r, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < r->depth && used < size; i++) {
		const struct s2_site_step *step = &r->step[i];

		if (step->key)
			used += snprintf(buf + used, size - used, "%s%s",
					 i ? "." : "", step->key);
		else
			used += snprintf(buf + used, size - used, "[%zu]",
					 step->index);
	}
}

int s2_reader_bad(struct s2_reader *r, const char *fmt, ...)
{
	char path[128], text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	write_path(r, path, sizeof(path));
	return s2_fail(r->ctx, -EINVAL, "%s:%u: %s%s%s", r->file.name,
		       s2_site_text_line(&r->file, r->step, r->depth), path,
		       *path ? ": " : "", text);
}

void s2_reader_enter(struct s2_reader *r, const char *key, size_t index)
{
	r->step[r->depth++] = (struct s2_site_step){
		.key = key, .index = index,
	};
}

void s2_reader_leave(struct s2_reader *r)
{
	r->depth--;
}

/* ----------------------------------------------------------------- values */

static const struct s2_key *find_key(const struct s2_key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

int s2_read_object(struct s2_reader *r, struct json_object *json,
		       const struct s2_key *keys)
{
	if (!json_object_is_type(json, json_type_object))
		return s2_reader_bad(r, "not an object");
	json_object_object_foreach(json, name, child) {
		const struct s2_key *key = find_key(keys, name);
		int err;

		s2_reader_enter(r, key ? key->name : name, 0);
		err = key ? key->read(r, child) : s2_reader_bad(r, "unknown key");
		s2_reader_leave(r);
		if (err)
			return err;
	}
	for (; keys->name; keys++)
		if (keys->required &&
		    !json_object_object_get_ex(json, keys->name, NULL))
			return s2_reader_bad(r, "'%s' is missing", keys->name);
	return 0;
}

int s2_read_array(struct s2_reader *r, struct json_object *json, size_t most,
		      int (*read)(struct s2_reader *r, struct json_object *json))
{
	size_t count;
	int err = 0;

	if (!json_object_is_type(json, json_type_array))
		return s2_reader_bad(r, "not an array");
	count = json_object_array_length(json);
	if (!count)
		return s2_reader_bad(r, "nothing is in it");
	if (count > most)
		return s2_reader_bad(r, "more than %zu elements", most);
	for (size_t i = 0; !err && i < count; i++) {
		s2_reader_enter(r, NULL, i);
		err = read(r, json_object_array_get_idx(json, i));
		s2_reader_leave(r);
	}
	return err;
}

const char *s2_read_text(struct s2_reader *r, struct json_object *json,
			     int *err)
{
	char clean[S2_TEXT_MAX];
	const char *text, *kept;
	size_t len;

	*err = -EINVAL;
	if (!json_object_is_type(json, json_type_string)) {
		s2_reader_bad(r, "not a string");
		return NULL;
	}
	text = json_object_get_string(json);
	len = json_object_get_string_len(json);
	s2_text_clean(clean, sizeof(clean), text, len);
	if (!len) {
		s2_reader_bad(r, "empty");
		return NULL;
	}
	if (len >= sizeof(clean)) {
		s2_reader_bad(r, "longer than %d bytes", S2_TEXT_MAX - 1);
		return NULL;
	}
	if (strlen(clean) != len || strcmp(clean, text)) {
		s2_reader_bad(r, "characters that cannot be seen");
		return NULL;
	}
	kept = s2_pool_add(r->pool, text);
	*err = kept ? 0 : s2_fail_nomem(r->ctx);
	return kept;
}

int s2_reader_spell(struct s2_reader *r, const char **name)
{
	char spelled[4 * S2_TEXT_MAX];

	s2_escape_again(spelled, sizeof(spelled), *name, strlen(*name));
	*name = s2_pool_add(r->pool, spelled);
	return *name ? 0 : s2_fail_nomem(r->ctx);
}

uint64_t s2_read_word(struct s2_reader *r, struct json_object *json,
			  unsigned int id, int *err)
{
	const struct s2_field *field = s2_field_by_id(id);
	const char *word = s2_read_text(r, json, err);
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
			   id == S2_CHANGE_CONSTRAINTS ? "constraint" :
			   field->name);
	return num;
}

const char *s2_read_id(struct s2_reader *r, struct json_object *json, int *err)
{
	const char *id = s2_read_text(r, json, err);
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

int s2_read_ignored(struct s2_reader *r, struct json_object *json)
{
	if (!json_object_is_type(json, json_type_string))
		return s2_reader_bad(r, "not a string");
	return 0;
}

/* --------------------------------------------------------------- the file */

int s2_read_version(struct s2_reader *r, struct json_object *json)
{
	if (!json_object_is_type(json, json_type_int) ||
	    json_object_get_int64(json) < 1)
		return s2_reader_bad(r, "not a positive integer");
	if (json_object_get_int64(json) == FORMAT_VERSION)
		return 0;
	s2_reader_bad(r, "this s2ctl reads format %d: a newer one is needed",
		      FORMAT_VERSION);
	return -EPROTONOSUPPORT;
}

/* First the version: a newer one may have other keys */
static int read_document(struct s2_reader *r, const struct s2_key *keys)
{
	struct json_object *version;

	if (json_object_object_get_ex(r->file.root, "format_version",
				      &version)) {
		int err;

		s2_reader_enter(r, "format_version", 0);
		err = s2_read_version(r, version);
		s2_reader_leave(r);
		if (err)
			return err;
	}
	return s2_read_object(r, r->file.root, keys);
}

int s2_read_file_of(struct s2_reader *r, const char *path,
		    const struct s2_key *keys)
{
	int err = s2_site_text_read(r->ctx, path, &r->file);

	if (!err)
		err = read_document(r, keys);
	s2_site_text_clear(&r->file);
	return err;
}
