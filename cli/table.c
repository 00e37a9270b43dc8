// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "table.h"
#include "text.h"

#define MAX_COLUMNS 64

struct table {
	const struct cli *cli;
	struct libscols_table *scols;
	const struct s2_field *column[MAX_COLUMNS];
	size_t n_columns;
	bool raw;
};

/* A child does not hold its parent's identity; a row of a table does. */
static const struct s2_field vm_field = {
	.id = S2_VM_ID,
	.kind = S2_KIND_NUMBER,
	.name = "vm",
	.header = "VM",
	.doc = "Identity of the VM.",
};

static bool has_parent(const struct table_spec *spec)
{
	return spec->type == S2_OBJ_SLOT || spec->type == S2_OBJ_EXTENT;
}

static const struct s2_field *field_by_id(const struct table_spec *spec,
					  unsigned int id)
{
	const struct s2_field *f = s2_fields(spec->type, NULL);

	if (id == S2_VM_ID && has_parent(spec))
		return &vm_field;
	while (f->name && f->id != id)
		f++;
	return f->name ? f : NULL;
}

/* Names are those of JSON; blanks in a heading are written as "_". */
static bool same_name(const char *known, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len && known[i]; i++) {
		int c = known[i] == ' ' ? '_' : tolower((unsigned char)known[i]);

		if (c != tolower((unsigned char)name[i]))
			return false;
	}
	return i == len && !known[i];
}

static const struct s2_field *field_by_name(const struct table_spec *spec,
					    const char *name, size_t len)
{
	const struct s2_field *f;

	if (has_parent(spec) && same_name(vm_field.name, name, len))
		return &vm_field;
	for (f = s2_fields(spec->type, NULL); f->name; f++)
		if (same_name(f->name, name, len))
			return f;
	/* What stands above the column is understood as well. */
	for (f = s2_fields(spec->type, NULL); f->name; f++)
		if (same_name(f->header, name, len))
			return f;
	return NULL;
}

static int add_default(struct table *t, const struct table_spec *spec)
{
	for (size_t i = 0; i < spec->n_defaults; i++)
		t->column[t->n_columns++] = field_by_id(spec, spec->defaults[i]);
	return -1;
}

static int choose_columns(struct table *t, const struct table_spec *spec)
{
	const char *p = t->cli->value[OPT_COLUMNS];

	if (!p)
		return add_default(t, spec);
	if (*p == '+') {
		add_default(t, spec);
		p++;
	}
	for (;;) {
		size_t len = strcspn(p, ",");
		const struct s2_field *f = field_by_name(spec, p, len);

		if (!f)
			return cli_usage("%s: unknown column '%.*s'; try --list-columns",
					 t->cli->command->name, (int)len, p);
		if (t->n_columns == MAX_COLUMNS)
			return cli_usage("%s: more than %d columns",
					 t->cli->command->name, MAX_COLUMNS);
		t->column[t->n_columns++] = f;
		if (!p[len])
			return -1;
		p += len + 1;
	}
}

/*
 * What does not fit goes over the edge, whole; libsmartcols would break it
 * inside words.  Only text whose length a VM's owner chose is cut.
 */
static int column_flags(const struct s2_field *f)
{
	if (f->kind == S2_KIND_NUMBER || f->kind == S2_KIND_BYTES)
		return SCOLS_FL_RIGHT;
	return f->flags & S2_FIELD_UNTRUSTED ? SCOLS_FL_TRUNC : 0;
}

static int make_columns(struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct s2_field *f = t->column[i];

		if (!scols_table_new_column(t->scols, f->header, 0,
					    column_flags(f)))
			return -ENOMEM;
	}
	return 0;
}

int table_open(struct table **table, const struct cli *cli,
	       const struct table_spec *spec)
{
	struct table *t = calloc(1, sizeof(*t));
	int status;

	*table = t;
	if (!t)
		goto nomem;
	t->cli = cli;
	t->raw = cli_given(cli, OPT_RAW);
	status = choose_columns(t, spec);
	if (status >= 0)
		return status;
	t->scols = scols_new_table();
	if (!t->scols || make_columns(t))
		goto nomem;
	scols_table_enable_raw(t->scols, t->raw);
	scols_table_enable_noheadings(t->scols,
				      cli_given(cli, OPT_NOHEADINGS));
	scols_table_enable_colors(t->scols, cli->color_out);
	return -1;
nomem:
	cli_err("out of memory");
	return CLI_ERROR;
}

void table_close(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->scols);
	free(t);
}

/* The text of a cell, to be freed; NULL when out of memory. */
static char *cell_text(const struct table *t, const struct s2_field *f,
		       struct s2_value v)
{
	char size[TEXT_SIZE_MAX];
	char *s, *safe;
	size_t n;

	if (f->kind == S2_KIND_BYTES && v.known && !t->raw)
		return strdup(text_size(size, v.num));
	/* An empty cell would vanish from a raw line. */
	if (f->kind == S2_KIND_FLAGS && v.known && !v.num)
		return strdup("none");
	if (f->kind == S2_KIND_STRING && v.known)
		return text_safe(v.str);
	n = s2_value_text(f, v, NULL, 0);
	s = malloc(n + 1);
	if (!s)
		return NULL;
	s2_value_text(f, v, s, n + 1);
	safe = text_safe(s);
	free(s);
	return safe;
}

int table_add(struct table *t, const struct s2_obj *vm,
	      const struct s2_obj *obj)
{
	struct libscols_line *line = scols_table_new_line(t->scols, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct s2_field *f = t->column[i];
		const struct s2_obj *from = f == &vm_field ? vm : obj;
		struct s2_value v = s2_obj_get(from, f->id);
		const char *color = color_of_value(f, v);
		char *s = cell_text(t, f, v);

		/* refer_data: the line frees s. */
		if (!s || scols_line_refer_data(line, i, s)) {
			free(s);
			return -ENOMEM;
		}
		if (t->cli->color_out && color)
			scols_cell_set_color(scols_line_get_cell(line, i),
					     color);
	}
	return 0;
}

int table_print(struct table *t, const char *empty)
{
	if (scols_table_get_nlines(t->scols))
		return scols_print_table(t->scols);
	if (!t->raw && !cli_given(t->cli, OPT_NOHEADINGS))
		puts(empty);
	return 0;
}

static void list_column(const struct s2_field *f)
{
	int used = 0;

	for (const char *c = f->name; *c; c++)
		used += printf("%c", toupper((unsigned char)*c));
	used += printf("%*s", used < 14 ? 14 - used : 1, "");
	used += printf("%-10s ", f->header);
	text_wrap(stdout, f->doc, used, used, text_width());
}

void table_list_columns(const struct table_spec *spec)
{
	const struct s2_field *f = s2_fields(spec->type, NULL);

	if (has_parent(spec))
		list_column(&vm_field);
	for (; f->name; f++)
		list_column(f);
}
