// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "screen/color.h"
#include "screen/table.h"
#include "frame/text.h"

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
	return spec->type == S2_OBJ_SLOT || spec->type == S2_OBJ_EXTENT ||
	       spec->type == S2_OBJ_POLICY;
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
		int c = known[i] == ' ' ? '_' : text_lower(known[i]);

		if (c != text_lower(name[i]))
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

/* The host's own policies belong to no VM. */
static struct s2_value field_value(const struct s2_field *f,
				   const struct s2_obj *vm,
				   const struct s2_obj *obj)
{
	if (f != &vm_field)
		return s2_obj_get(obj, f->id);
	if (!vm)
		return (struct s2_value){ .kind = f->kind };
	return s2_obj_get(vm, f->id);
}

int table_add(struct table *t, const struct s2_obj *vm,
	      const struct s2_obj *obj)
{
	struct libscols_line *line = scols_table_new_line(t->scols, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct s2_field *f = t->column[i];
		struct s2_value v = field_value(f, vm, obj);
		const char *color = color_of_value(f, v);
		char *s = cell_text(t, f, v);

		/* refer_data: the line frees s. */
		if (!s || scols_line_refer_data(line, i, s)) {
			free(s);
			return -ENOMEM;
		}
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the line has s */
		if (t->cli->color_out && color)
			scols_cell_set_color(scols_line_get_cell(line, i),
					     color);
	}
	return 0;
}

int table_print_to(struct table *t, FILE *file, const char *empty)
{
	if (scols_table_get_nlines(t->scols)) {
		int err = scols_table_set_stream(t->scols, file);

		return err ? err : scols_print_table(t->scols);
	}
	if (!t->raw && !cli_given(t->cli, OPT_NOHEADINGS))
		fprintf(file, "%s\n", empty);
	return 0;
}

int table_print(struct table *t, const char *empty)
{
	return table_print_to(t, stdout, empty);
}

/* Rows that are not known yet must fit: the longest word, else by kind. */
static int stream_width(const struct s2_field *f)
{
	size_t width = strlen(f->header);

	if (f->kind == S2_KIND_ENUM)
		for (const char *const *w = f->words; *w; w++)
			width = strlen(*w) > width ? strlen(*w) : width;
	else if (f->kind == S2_KIND_ADDRESS)
		width = width > 14 ? width : 14;
	else if (f->kind == S2_KIND_FLAGS)
		width = width > 16 ? width : 16;
	else if (f->kind == S2_KIND_TIME)
		width = width > 10 ? width : 10;
	return (int)width;
}

static void stream_cell(const struct table *t, size_t i, FILE *file,
			const char *text)
{
	bool last = i + 1 == t->n_columns;
	int width = t->raw ? 0 : stream_width(t->column[i]);

	if (!(column_flags(t->column[i]) & SCOLS_FL_RIGHT))
		width = last ? 0 : -width;
	fprintf(file, "%*s%s", width, text, last ? "\n" : " ");
}

int table_stream_headings(const struct table *t, FILE *file)
{
	if (cli_given(t->cli, OPT_NOHEADINGS))
		return 0;
	for (size_t i = 0; i < t->n_columns; i++)
		stream_cell(t, i, file, t->raw ? t->column[i]->name :
			    t->column[i]->header);
	return ferror(file) ? -ENOMEM : 0;
}

int table_stream_row(const struct table *t, FILE *file,
		     const struct s2_obj *obj)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct s2_field *f = t->column[i];
		char *s = cell_text(t, f, s2_obj_get(obj, f->id));

		if (!s)
			return -ENOMEM;
		stream_cell(t, i, file, s);
		free(s);
	}
	return ferror(file) ? -ENOMEM : 0;
}

static void list_column(const struct s2_field *f)
{
	int used = 0;

	for (const char *c = f->name; *c; c++)
		used += printf("%c", text_upper(*c));
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
