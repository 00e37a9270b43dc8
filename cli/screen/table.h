/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables of objects, from the library's description of their fields. */
#ifndef S2CTL_TABLE_H
#define S2CTL_TABLE_H

#include <stdio.h>

#include <s2ctl.h>

#include "frame/cli.h"

/*
 * What a table shows.  Slots, extents and policies have their VM's id as column
 * "vm".
 */
struct table_spec {
	enum s2_obj_type type;
	const unsigned int *defaults;	/* enum s2_field_id, in order */
	size_t n_defaults;
};

struct table;

/*
 * Make a table with the columns that the command line asks for.  Negative to
 * go on, else an exit status.
 */
int table_open(struct table **table, const struct cli *cli,
	       const struct table_spec *spec);
void table_close(struct table *table);

/* Add obj as a row.  vm: the VM it belongs to, or NULL.  0 or -ENOMEM. */
int table_add(struct table *table, const struct s2_obj *vm,
	      const struct s2_obj *obj);

/* Print it; without rows say "empty" in its place.  0 or -ENOMEM. */
int table_print(struct table *table, const char *empty);
int table_print_to(struct table *table, FILE *file, const char *empty);

/*
 * For what comes one at a time: the headings, unless they are not wanted, and a
 * row, each with the newline.  0 or -ENOMEM.
 */
int table_stream_headings(const struct table *table, FILE *file);
int table_stream_row(const struct table *table, FILE *file,
		     const struct s2_obj *obj);

/* For --list-columns. */
void table_list_columns(const struct table_spec *spec);

/* Options that every command with a table takes. */
#define TABLE_OPTIONS \
	OPT_COLUMNS, OPT_NOHEADINGS, OPT_RAW, OPT_LIST_COLUMNS

static inline void table_closep(struct table **table)
{
	table_close(*table);
}

#endif /* S2CTL_TABLE_H */
