// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a file of s2ctl's is, and of which version, before anything else of it */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "model/head.h"
#include "model/program.h"

enum { FORMAT_VERSION, KIND, KEYS };

struct head {
	struct s2_in in;
	struct s2_keys keys;
	const char *kind;
	const char *hint;
	bool has[KEYS];
};

static void read_version(struct s2_in *in)
{
	struct s2_in_number num = { .value = 0 };

	if (s2_in_type(in) == S2_IN_NUMBER)
		num = s2_in_number(in);
	if (!num.is_integer || num.is_negative || !num.value)
		s2_in_bad(in, "missing or not a positive integer");
	else if (num.value > S2_FORMAT_VERSION)
		s2_in_fail(in, -EPROTONOSUPPORT,
			   "%s:%lu: was written by a newer s2ctl (format %" PRIu64
			   ", this one reads %d)", in->name, s2_in_line(in),
			   num.value, S2_FORMAT_VERSION);
}

static void read_kind(struct head *h)
{
	const char *word = NULL;
	size_t len;

	if (s2_in_type(&h->in) == S2_IN_STRING)
		word = s2_in_string(&h->in, &len);
	if (!word || strcmp(word, h->kind))
		s2_in_bad(&h->in, "not \"%s\"%s", h->kind, h->hint);
}

/* What is no object, but may not even be JSON */
static void refuse(struct s2_in *in, enum s2_in_type type)
{
	s2_in_skip(in);
	s2_in_finish(in);
	if (type == S2_IN_ARRAY)
		s2_in_bad(in, "not an object");
	else
		s2_in_fail(in, -EBADMSG, "%s:%lu: not %s: a single value",
			   in->name, s2_in_line(in), in->what);
}

static void read_head(struct head *h)
{
	struct s2_in *in = &h->in;
	enum s2_in_type type = s2_in_type(in);
	int key;

	if (type != S2_IN_OBJECT) {
		refuse(in, type);
		return;
	}
	s2_in_enter(in);
	while (!(h->has[FORMAT_VERSION] && h->has[KIND]) &&
	       s2_in_key(in, &h->keys, &key)) {
		if (key == FORMAT_VERSION)
			read_version(in);
		else if (key == KIND)
			read_kind(h);
		else
			s2_in_skip(in);
		if (key >= 0)
			h->has[key] = true;
	}
	if (!h->has[FORMAT_VERSION])
		s2_in_bad_member(in, "format_version", 0,
				 "missing or not a positive integer");
	else if (!h->has[KIND])
		s2_in_bad_member(in, "kind", 0, "not \"%s\"%s", h->kind,
				 h->hint);
}

int s2_head_check(struct s2_store *store, const char *name, const char *what,
		  const char *kind, const char *hint)
{
	struct head h = { .kind = kind, .hint = hint };

	s2_keys_add(&h.keys, "format_version");
	s2_keys_add(&h.keys, "kind");
	s2_keys_finish(&h.keys);
	if (!s2_in_open(&h.in, store, name, what))
		read_head(&h);
	s2_in_clear(&h.in);
	return h.in.err;
}
