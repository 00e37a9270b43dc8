// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <langinfo.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "model/program.h"
#include "screen/color.h"
#include "screen/table.h"
#include "screen/value.h"
#include "frame/text.h"

#define MAX_COLUMNS 64

/* A field of the row or, for some, of the VM that the row belongs to. */
struct column {
	const struct s2_field *field;
	const char *name;
	const char *heading;
	bool of_vm;
};

struct table {
	const struct cli *cli;
	struct libscols_table *scols;
	struct column column[MAX_COLUMNS];
	size_t n_columns;
	bool raw;
	bool ascii;		/* the terminal's character set is not UTF-8 */
};

static bool has_parent(const struct table_spec *spec)
{
	return spec->type == S2_OBJ_SLOT || spec->type == S2_OBJ_EXTENT ||
	       spec->type == S2_OBJ_POLICY;
}

static struct column column_of(const struct table_spec *spec,
			       const struct s2_field *f)
{
	/* A child does not hold its parent's identity; a row of a table does. */
	if (f->id == S2_VM_ID && has_parent(spec))
		return (struct column){ f, "vm", "VM", true };
	return (struct column){ f, f->name, f->header, false };
}

/* Columns there can be: number n, or one without a name behind the last. */
static struct column nth_column(const struct table_spec *spec, size_t n)
{
	const struct s2_field *fields = s2_fields(spec->type, NULL);
	bool with_vm = has_parent(spec);

	if (with_vm && !n)
		return column_of(spec, value_field(S2_VM_ID));
	return column_of(spec, &fields[with_vm ? n - 1 : n]);
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

static struct column find_column(const struct table_spec *spec,
				 const char *name, size_t len)
{
	struct column c;

	for (size_t n = 0; (c = nth_column(spec, n)).name; n++)
		if (same_name(c.name, name, len))
			return c;
	/* What stands above the column is understood as well. */
	for (size_t n = 0; (c = nth_column(spec, n)).name; n++)
		if (same_name(c.heading, name, len))
			return c;
	return c;
}

static int add_default(struct table *t, const struct table_spec *spec)
{
	for (size_t i = 0; i < spec->n_defaults; i++)
		t->column[t->n_columns++] =
			column_of(spec, value_field(spec->defaults[i]));
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
		const struct column c = find_column(spec, p, len);

		if (!c.name)
			return cli_usage("%s: unknown column '%.*s'; try --list-columns",
					 t->cli->command->name, (int)len, p);
		if (t->n_columns == MAX_COLUMNS)
			return cli_usage("%s: more than %d columns",
					 t->cli->command->name, MAX_COLUMNS);
		t->column[t->n_columns++] = c;
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
		const struct column *c = &t->column[i];

		if (!scols_table_new_column(t->scols, c->heading, 0,
					    column_flags(c->field)))
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
	t->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	status = choose_columns(t, spec);
	if (status >= 0)
		return status;
	t->scols = scols_new_table();
	if (!t->scols || make_columns(t))
		goto nomem;
	/* The text is safe already, and its one spelling is to stay. */
	scols_table_enable_noencoding(t->scols, true);
	scols_table_enable_noheadings(t->scols,
				      cli_given(cli, OPT_NOHEADINGS));
	scols_table_enable_colors(t->scols, cli->color_out);
	return -1;
nomem:
	return cli_failed(-ENOMEM);
}

void table_close(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->scols);
	free(t);
}

/*
 * libsmartcols does not come to an end with what is no character of the locale:
 * there, each byte of such a character is escaped.
 */
static char *in_ascii(const char *text)
{
	char *out = malloc(4 * strlen(text) + 1), *o = out;

	if (!out)
		return NULL;
	for (; *text; text++)
		o += sprintf(o, (unsigned char)*text < 0x80 ? "%c" : "\\x%02x",
			     (unsigned char)*text);
	*o = '\0';
	return out;
}

/* The host's own policies belong to no VM. */
static struct s2_value cell_value(const struct column *c,
				  const struct s2_obj *vm,
				  const struct s2_obj *obj)
{
	if (c->of_vm && !vm)
		return (struct s2_value){ .kind = c->field->kind };
	return s2_obj_get(c->of_vm ? vm : obj, c->field->id);
}

/* Whether the column says which VM it is. */
static bool is_vm_column(const struct column *c)
{
	return c->of_vm || c->field->id == S2_VM_ID ||
	       c->field->id == S2_FINDING_VM || c->field->id == S2_DIFF_VM ||
	       c->field->id == S2_REQUIREMENT_VM;
}

/* A VM without an id: what else it can be asked for by. */
static char *vm_text(const struct s2_obj *obj)
{
	char spec[S2_VM_SPEC_MAX];

	s2_vm_spec(obj, spec, sizeof(spec));
	return strdup(spec);
}

/* The text of a cell, to be freed; NULL when out of memory. */
static char *cell_text(const struct table *t, const struct column *c,
		       const struct s2_obj *vm, const struct s2_obj *obj)
{
	struct s2_value v = cell_value(c, vm, obj);
	char *text, *ascii;

	if (is_vm_column(c) && !v.known && (vm || !c->of_vm))
		return vm_text(c->of_vm ? vm : obj);
	text = value_text(c->field, v, t->raw ? VALUE_EXACT : 0);

	if (!text || !t->ascii || t->raw)
		return text;
	ascii = in_ascii(text);
	free(text);
	return ascii;
}

int table_add(struct table *t, const struct s2_obj *vm,
	      const struct s2_obj *obj)
{
	struct libscols_line *line = scols_table_new_line(t->scols, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column *c = &t->column[i];
		struct s2_value v = cell_value(c, vm, obj);
		const char *color = color_of_value(c->field, v);
		char *s = cell_text(t, c, vm, obj);

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

/* One cell as scripts have it: a blank in it would begin another. */
static void put_raw(FILE *file, const char *text, bool last)
{
	for (const char *c = *text ? text : "-"; *c; c++)
		if (*c == ' ')
			fputs("\\x20", file);
		else
			fputc(*c, file);
	fputc(last ? '\n' : ' ', file);
}

static void print_raw(const struct table *t, FILE *file)
{
	size_t n = scols_table_get_nlines(t->scols);

	table_stream_headings(t, file);
	for (size_t i = 0; i < n; i++) {
		struct libscols_line *line = scols_table_get_line(t->scols, i);

		for (size_t k = 0; k < t->n_columns; k++)
			put_raw(file, scols_cell_get_data(
					scols_line_get_cell(line, k)),
				k + 1 == t->n_columns);
	}
}

int table_print_to(struct table *t, FILE *file, const char *empty)
{
	if (!scols_table_get_nlines(t->scols)) {
		if (!t->raw && !cli_given(t->cli, OPT_NOHEADINGS))
			fprintf(file, "%s\n", empty);
		return 0;
	}
	if (!t->raw) {
		int err = scols_table_set_stream(t->scols, file);

		return err ? err : scols_print_table(t->scols);
	}
	print_raw(t, file);
	return 0;
}

int table_print(struct table *t, const char *empty)
{
	return table_print_to(t, stdout, empty);
}

/* Rows that are not known yet must fit: the longest word, else by kind. */
static int stream_width(const struct column *c)
{
	const struct s2_field *f = c->field;
	size_t width = strlen(c->heading);

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
	const struct s2_field *f = t->column[i].field;
	bool last = i + 1 == t->n_columns;
	int width = stream_width(&t->column[i]);

	if (t->raw) {
		put_raw(file, text, last);
		return;
	}
	if (!(column_flags(f) & SCOLS_FL_RIGHT))
		width = last ? 0 : -width;
	fprintf(file, "%*s%s", width, text, last ? "\n" : " ");
}

int table_stream_headings(const struct table *t, FILE *file)
{
	if (cli_given(t->cli, OPT_NOHEADINGS))
		return 0;
	for (size_t i = 0; i < t->n_columns; i++)
		stream_cell(t, i, file, t->column[i].heading);
	return ferror(file) ? -ENOMEM : 0;
}

int table_stream_row(const struct table *t, FILE *file,
		     const struct s2_obj *obj)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column *c = &t->column[i];
		char *s = cell_text(t, c, NULL, obj);

		if (!s)
			return -ENOMEM;
		stream_cell(t, i, file, s);
		free(s);
	}
	return ferror(file) ? -ENOMEM : 0;
}

static void list_column(const struct column *c)
{
	int used = 0;

	for (const char *n = c->name; *n; n++)
		used += printf("%c", text_upper(*n));
	used += printf("%*s", used < 14 ? 14 - used : 1, "");
	used += printf("%-10s ", c->heading);
	text_wrap(stdout, c->field->doc, used, used, text_width());
}

void table_list_columns(const struct table_spec *spec)
{
	struct column c;

	for (size_t n = 0; (c = nth_column(spec, n)).name; n++)
		list_column(&c);
}
