/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of the HTML report; each writes to a file whose errors are seen later. */
#ifndef S2CTL_HTML_H
#define S2CTL_HTML_H

#include <stdint.h>
#include <stdio.h>

#include "audit/audit.h"

/*
 * Text, made safe as text_safe() does and then for HTML, be it in an attribute;
 * NULL as a dash.  All that is not a word of our own goes through this.
 */
void html_text(FILE *f, const char *text);

void html_size(FILE *f, uint64_t bytes);
/* "2026-03-31 12:00:00 UTC", as an element */
void html_time(FILE *f, uint64_t time);
/* Any value as text; what is not known as a dash */
void html_value(FILE *f, const struct s2_obj *obj, unsigned int id);
/* A word as a label whose look is that of its class: "type-wb" */
void html_label(FILE *f, const char *what, const char *word);
/* A pair of a description list; nothing if the value is not known */
void html_pair(FILE *f, const char *term, const struct s2_obj *obj,
	       unsigned int id);
/* The start of a cell; heading: shown beside it where there is no room */
void html_cell(FILE *f, const char *heading);

/* Each 0 or -ENOMEM */
int html_findings(FILE *f, const struct s2_report *report);
int html_vms(FILE *f, const struct s2_model *model);
/* The picture of a VM's guest-physical addresses; n tells VMs apart */
int html_map(FILE *f, const struct s2_obj *vm, size_t n);
/* Once, for all pictures: what their patterns look like, and what they mean */
void html_map_patterns(FILE *f);
void html_map_legend(FILE *f);

#endif /* S2CTL_HTML_H */
