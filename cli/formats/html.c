// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/html.h"
#include "frame/text.h"
#include "screen/value.h"

void html_text(FILE *f, const char *text)
{
	char *safe = text_safe(text ? text : "\u2013");

	for (const char *c = safe ? safe : ""; *c; c++) {
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

void html_time(FILE *f, uint64_t time)
{
	char text[TEXT_TIME_MAX];

	if (!text_time(text, time, true)) {
		fprintf(f, "%" PRIu64 " s after 1970", time);
		return;
	}
	fprintf(f, "<time datetime=\"%s\">", text);
	text_time(text, time, false);
	fprintf(f, "%s</time>", text);
}

void html_value(FILE *f, const struct s2_obj *obj, unsigned int id)
{
	const struct s2_field *field = value_field(id);
	struct s2_value v = s2_obj_get(obj, id);
	char *text;

	if (!v.known) {
		html_text(f, NULL);
		return;
	}
	if (field->kind == S2_KIND_TIME) {
		html_time(f, v.num);
		return;
	}
	text = value_text(field, v, VALUE_SPACED);
	fputs(field->kind == S2_KIND_ADDRESS ? "<code>" : "", f);
	html_text(f, text ? text : "");
	fputs(field->kind == S2_KIND_ADDRESS ? "</code>" : "", f);
	free(text);
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
		value_field(id)->kind == S2_KIND_FLAGS || id == S2_VM_UUID ||
		id == S2_HOST_BOOT_ID || id == S2_HOST_TIME ?
		" class=\"wide\"" : "", term);
	html_value(f, obj, id);
	fputs("</dd></div>\n", f);
}

void html_cell(FILE *f, const char *heading)
{
	fprintf(f, "<td data-label=\"%s\">", heading);
}
