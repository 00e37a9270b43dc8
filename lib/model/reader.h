/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files that an administrator wrote: site policies and waivers.  What is not
 * understood is refused, for a rule of which a part is ignored would say
 * something else.
 */
#ifndef S2_READER_H
#define S2_READER_H

#include "base/json_text.h"
#include "base/pool.h"

/**
 * struct s2_reader - where the reader of a file is
 * @ctx: for error texts
 * @pool: keeps the strings that are read
 * @into: what is filled; the caller's
 * @file: the file
 * @step: the way from its root to here
 * @depth: how many steps
 */
struct s2_reader {
	struct s2_ctx *ctx;
	struct s2_pool *pool;
	void *into;
	struct s2_site_text file;
	struct s2_site_step step[S2_SITE_DEPTH_MAX];
	size_t depth;
};

/* A key of an object: what reads its value */
struct s2_key {
	const char *name;
	bool required;
	int (*read)(struct s2_reader *r, struct json_object *json);
};

/* Reads a whole file, "-" for standard input.  @keys ends with a NULL name */
int s2_read_file_of(struct s2_reader *r, const char *path,
		    const struct s2_key *keys);

/* Says what is wrong, with file, line and place.  Return: -EINVAL */
int s2_reader_bad(struct s2_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void s2_reader_enter(struct s2_reader *r, const char *key, size_t index);
void s2_reader_leave(struct s2_reader *r);

int s2_read_object(struct s2_reader *r, struct json_object *json,
		   const struct s2_key *keys);

/* Calls @read for each element; an empty array is most likely a mistake */
int s2_read_array(struct s2_reader *r, struct json_object *json, size_t most,
		  int (*read)(struct s2_reader *r, struct json_object *json));

/* NULL and the reason in the context, if it is no text that can be shown */
const char *s2_read_text(struct s2_reader *r, struct json_object *json,
			 int *err);

/* A name of a VM that was read, to be spelled as the model's are */
int s2_reader_spell(struct s2_reader *r, const char **name);

/* As s2_read_text(), for the name of a rule or waiver */
const char *s2_read_id(struct s2_reader *r, struct json_object *json, int *err);

/* The number of a word of a field; 0 with an error */
uint64_t s2_read_word(struct s2_reader *r, struct json_object *json,
		      unsigned int id, int *err);

/* Text for people or editors, which is not kept */
int s2_read_ignored(struct s2_reader *r, struct json_object *json);

/* The version of the format, which all such files have */
int s2_read_version(struct s2_reader *r, struct json_object *json);

#endif /* S2_READER_H */
