// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "formats/html.h"
#include "frame/text.h"

void html_text(FILE *f, const char *text)
{
	char *safe = text_safe(text ? text : "\u2013");

	for (const char *c = safe ? safe : "out of memory"; *c; c++) {
		switch (*c) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		case '\'':
			fputs("&#39;", f);
			break;
		default:
			fputc(*c, f);
		}
	}
	free(safe);
}

void html_size(FILE *f, uint64_t bytes)
{
	char size[TEXT_SIZE_MAX];

	html_text(f, text_size(size, bytes));
}

void html_address(FILE *f, struct s2_value address)
{
	if (address.known)
		fprintf(f, "<code>0x%" PRIx64 "</code>", address.num);
	else
		html_text(f, NULL);
}

void html_time(FILE *f, uint64_t time)
{
	time_t t = (time_t)time;
	char text[64];
	struct tm tm;

	/* Of a snapshot that says anything */
	if (time > 253402300799 || !gmtime_r(&t, &tm)) {
		fprintf(f, "%" PRIu64 " s after 1970", time);
		return;
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(f, "<time datetime=\"%s\">", text);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	fprintf(f, "%s</time>", text);
}

static const struct s2_field *field_of(const struct s2_obj *obj,
				       unsigned int id)
{
	const struct s2_field *field = s2_fields(s2_obj_type(obj), NULL);

	while (field->name && field->id != id)
		field++;
	return field;
}

void html_value(FILE *f, const struct s2_obj *obj, unsigned int id)
{
	const struct s2_field *field = field_of(obj, id);
	struct s2_value v = s2_obj_get(obj, id);
	char text[512];

	if (!v.known || !field->name) {
		html_text(f, NULL);
		return;
	}
	switch (field->kind) {
	case S2_KIND_BYTES:
		html_size(f, v.num);
		break;
	case S2_KIND_TIME:
		html_time(f, v.num);
		break;
	case S2_KIND_STRING:
		html_text(f, v.str);
		break;
	case S2_KIND_ADDRESS:
		html_address(f, v);
		break;
	default:
		s2_value_text(field, v, text, sizeof(text));
		for (char *c = text; field->kind == S2_KIND_FLAGS && *c; c++)
			if (*c == ',')
				*c = ' ';
		html_text(f, *text ? text : "none");
	}
}

void html_label(FILE *f, const char *what, const char *word)
{
	if (!word) {
		html_text(f, NULL);
		return;
	}
	fprintf(f, "<span class=\"label %s-%s\">", what, word);
	html_text(f, word);
	fputs("</span>", f);
}

void html_pair(FILE *f, const char *term, const struct s2_obj *obj,
	       unsigned int id)
{
	if (!s2_obj_get(obj, id).known)
		return;
	/* What needs room: identities, and lists of words */
	fprintf(f, "<div%s><dt>%s</dt><dd>",
		field_of(obj, id)->kind == S2_KIND_FLAGS || id == S2_VM_UUID ||
		id == S2_HOST_BOOT_ID || id == S2_HOST_TIME ?
		" class=\"wide\"" : "", term);
	html_value(f, obj, id);
	fputs("</dd></div>\n", f);
}

void html_cell(FILE *f, const char *heading)
{
	fprintf(f, "<td data-label=\"%s\">", heading);
}
