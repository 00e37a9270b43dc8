// SPDX-License-Identifier: LGPL-2.1-or-later
/* A file of waivers: from JSON to what is accepted */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/audit.h"
#include "audit/waiver.h"
#include "model/reader.h"
#include "base/text.h"
#include "model/words.h"

#define DAY	86400

struct target {
	struct s2_waivers *waivers;
	struct s2_waiver *waiver;
};

static struct s2_waiver *waiver_of(const struct s2_reader *r)
{
	return ((const struct target *)r->into)->waiver;
}

/* ----------------------------------------------------------------- values */

static int read_number(struct s2_reader *r, uint64_t *num)
{
	struct s2_in_number integer;
	int err = s2_read_integer(r, &integer);

	*num = integer.value;
	if (!err && (integer.is_negative || integer.is_large))
		err = s2_reader_bad(r, "negative, or too large");
	return err;
}

/* "2026-12-31": digits where they belong, of a day that there is */
static bool parse_day(const char *text, uint64_t *end)
{
	struct tm tm = { .tm_year = 0 }, back;
	time_t start;

	for (int i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' :
		    text[i] < '0' || text[i] > '9')
			return false;
	if (text[10] ||
	    sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday) != 3 || tm.tm_year < 1970)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	back = tm;
	start = timegm(&back);
	/* The 30th of February would be the 2nd of March */
	if (back.tm_mday != tm.tm_mday || back.tm_mon != tm.tm_mon)
		return false;
	*end = (uint64_t)start + DAY;
	return true;
}

/* ---------------------------------------------------------------- waivers */

static int read_waiver_id(struct s2_reader *r)
{
	const struct s2_waivers *waivers =
		((const struct target *)r->into)->waivers;
	int err;

	waiver_of(r)->id = s2_read_id(r, &err);
	if (err)
		return err;
	for (size_t i = 0; i + 1 < waivers->count; i++) {
		const struct s2_waiver *other = &waivers->waiver[i];

		/* In one pool, equal strings have one address */
		if (other->id == waiver_of(r)->id)
			return s2_reader_bad(r, "'%s' is the id of a waiver in line %u already",
					     other->id, other->line);
	}
	return 0;
}

static int read_waived_rule(struct s2_reader *r)
{
	const struct s2_word *word;
	const char *text;
	int err;

	text = s2_read_text(r, &err);
	if (!text)
		return err;
	word = s2_word_find("rule", text);
	if (!word)
		return s2_reader_bad(r, "'%.64s' is no rule", text);
	waiver_of(r)->rule = word->word;
	return 0;
}

static int read_uuid(struct s2_reader *r)
{
	int err;

	waiver_of(r)->uuid = s2_read_text(r, &err);
	if (!err && !s2_text_is_uuid(waiver_of(r)->uuid))
		err = s2_reader_bad(r, "not of the form of a UUID");
	return err;
}

static int read_name(struct s2_reader *r)
{
	int err;

	waiver_of(r)->name = s2_read_text(r, &err);
	return err ? err : s2_reader_spell(r, &waiver_of(r)->name);
}

static const struct s2_key vm_keys[] = {
	{ "uuid", false, read_uuid },
	{ "name", false, read_name },
	{ NULL, false, NULL },
};

static int read_waived_vm(struct s2_reader *r)
{
	int err = s2_read_object(r, vm_keys);

	if (err)
		return err;
	if (!waiver_of(r)->uuid == !waiver_of(r)->name)
		return s2_reader_bad(r, "either 'uuid' or 'name' must be there");
	return 0;
}

static int read_gpa(struct s2_reader *r)
{
	return read_number(r, &waiver_of(r)->gpa);
}

static int read_bytes(struct s2_reader *r)
{
	return read_number(r, &waiver_of(r)->bytes);
}

static const struct s2_key range_keys[] = {
	{ "gpa", true, read_gpa },
	{ "bytes", true, read_bytes },
	{ NULL, false, NULL },
};

static int read_range(struct s2_reader *r)
{
	struct s2_waiver *waiver = waiver_of(r);
	int err = s2_read_object(r, range_keys);

	if (err)
		return err;
	if (!waiver->bytes)
		return s2_reader_bad(r, "nothing is in it");
	if (waiver->gpa + (waiver->bytes - 1) < waiver->gpa)
		return s2_reader_bad(r, "it wraps around");
	waiver->has_range = true;
	return 0;
}

static int read_slot(struct s2_reader *r)
{
	uint64_t slot = 0;
	int err = read_number(r, &slot);

	if (err)
		return err;
	if (slot > UINT32_MAX)
		return s2_reader_bad(r, "not the number of a slot");
	waiver_of(r)->slot = (uint32_t)slot;
	waiver_of(r)->has_slot = true;
	return 0;
}

static int read_statement(struct s2_reader *r)
{
	int err;

	waiver_of(r)->statement = s2_read_text(r, &err);
	return err;
}

static int read_expires(struct s2_reader *r)
{
	const char *text;
	int err;

	text = s2_read_text(r, &err);
	if (!text)
		return err;
	if (!parse_day(text, &waiver_of(r)->expires))
		return s2_reader_bad(r, "not a day, as 2026-12-31");
	return 0;
}

static const struct s2_key waiver_keys[] = {
	{ "id", true, read_waiver_id },
	{ "rule", true, read_waived_rule },
	{ "vm", false, read_waived_vm },
	{ "range", false, read_range },
	{ "slot", false, read_slot },
	{ "statement", true, read_statement },
	{ "expires", true, read_expires },
	{ NULL, false, NULL },
};

static int read_waiver(struct s2_reader *r)
{
	struct target *target = r->into;
	struct s2_waivers *waivers = target->waivers;
	struct s2_waiver *new;
	int err;

	new = reallocarray(waivers->waiver, waivers->count + 1, sizeof(*new));
	if (!new)
		return s2_fail_nomem(waivers->ctx);
	waivers->waiver = new;
	target->waiver = &new[waivers->count++];
	memset(target->waiver, 0, sizeof(*new));
	target->waiver->line = (unsigned int)s2_in_line(&r->in);
	err = s2_read_object(r, waiver_keys);
	if (!err && target->waiver->has_range && target->waiver->has_slot)
		err = s2_reader_bad(r, "a range and a slot: one of them");
	return err;
}

/* --------------------------------------------------------------- the file */

/* A file without waivers is a file that waits for some */
static int read_waivers(struct s2_reader *r)
{
	return s2_read_array(r, 0, S2_WAIVERS_MAX, read_waiver);
}

static const struct s2_key file_keys[] = {
	{ "$schema", false, s2_read_ignored },
	{ "format_version", true, s2_read_version },
	{ "waivers", true, read_waivers },
	{ NULL, false, NULL },
};

int s2_waivers_read(struct s2_waivers *waivers, const char *path)
{
	struct target target = { .waivers = waivers };
	struct s2_reader r = {
		.ctx = waivers->ctx, .pool = &waivers->pool, .into = &target,
	};

	return s2_read_file_of(&r, path, file_keys);
}
