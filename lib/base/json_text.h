/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One file of a site policy as JSON, and where in the file something stands */
#ifndef S2_SITE_TEXT_H
#define S2_SITE_TEXT_H

#include <json-c/json.h>

#include "base/ctx.h"

#define S2_SITE_SIZE_MAX	(1ul << 20)
#define S2_SITE_DEPTH_MAX	8

/**
 * struct s2_site_text - a file
 * @name: what to call it in error texts
 * @text: its bytes; comments are blanks
 * @root: what it says
 */
struct s2_site_text {
	const char *name;
	char *text;
	struct json_object *root;
};

/* One step from a value to one in it: a key, or without one a place in an array */
struct s2_site_step {
	const char *key;
	size_t index;
};

/*
 * Reads and parses @path, "-" for standard input.  JSON to the letter, but for
 * comments; a key that is there twice is refused, for one of the two would
 * silently not count.
 * Return: 0, -errno of reading, -EFBIG, -EBADMSG, or -ENOMEM, with a text that
 * names file and line.  Clear it either way.
 */
int s2_site_text_read(struct s2_ctx *ctx, const char *path,
		      struct s2_site_text *file);
void s2_site_text_clear(struct s2_site_text *file);

/* Line of the value at the end of the steps, or of the last one that is there */
unsigned int s2_site_text_line(const struct s2_site_text *file,
			       const struct s2_site_step *step, size_t count);

#endif /* S2_SITE_TEXT_H */
