// SPDX-License-Identifier: GPL-2.0-only
/* Findings by rule, worst first, each rule with what it means and what to do */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "formats/html.h"
#include "screen/words.h"

static bool same_rule(const struct s2_obj *a, const char *rule)
{
	const char *of = s2_obj_str(a, S2_FINDING_RULE);

	return of && !strcmp(of, rule);
}

static void put_evidence(FILE *f, const struct s2_obj *finding)
{
	const struct s2_obj *evidence = s2_obj_first(finding, S2_OBJ_EVIDENCE);
	const struct s2_field *field = s2_fields(S2_OBJ_EVIDENCE, NULL);

	if (!evidence)
		return;
	fputs("<details class=\"evidence\"><summary>Evidence</summary><dl>\n",
	      f);
	for (; field->name; field++) {
		if (!s2_obj_get(evidence, field->id).known)
			continue;
		fprintf(f, "<div><dt>%s</dt><dd>", field->name);
		html_value(f, evidence, field->id);
		fputs("</dd></div>\n", f);
	}
	fputs("</dl></details>", f);
}

/* Accepted by the site, or not any more */
static void put_waiver(FILE *f, const struct s2_obj *finding)
{
	bool waived = s2_obj_num(finding, S2_FINDING_WAIVED, false);
	const char *waiver = s2_obj_str(finding, S2_FINDING_WAIVER);
	struct s2_value expires = s2_obj_get(finding, S2_FINDING_EXPIRES);

	if (!waived && !waiver)
		return;
	fprintf(f, "<p class=\"waiver\"><strong>%s</strong>",
		waived ? "Accepted" : "The waiver has expired");
	if (waiver) {
		fputs(": ", f);
		html_text(f, waiver);
	}
	if (expires.known) {
		fputs(waived ? " (until " : " (on ", f);
		html_time(f, expires.num);
		fputc(')', f);
	}
	fputs("</p>", f);
}

static void put_finding_vm(FILE *f, const struct s2_obj *finding)
{
	const char *name = s2_obj_str(finding, S2_FINDING_NAME);
	char spec[S2_VM_SPEC_MAX];

	if (s2_vm_spec(finding, spec, sizeof(spec)) && strcmp(spec, "-") != 0)
		fprintf(f, "<a href=\"#vm-%s\">%s</a>", spec, spec);
	else
		fputs(name ? "" : "host", f);
	if (name) {
		fputs(" <span class=\"name\">", f);
		html_text(f, name);
		fputs("</span>", f);
	}
}

static void put_row(FILE *f, const struct s2_obj *finding)
{
	bool waived = s2_obj_num(finding, S2_FINDING_WAIVED, false);

	fprintf(f, "<tr%s>", waived ? " class=\"waived\"" : "");
	html_cell(f, "Severity");
	html_label(f, "severity", s2_obj_str(finding, S2_FINDING_SEVERITY));
	fputs("</td>", f);
	html_cell(f, "VM");
	put_finding_vm(f, finding);
	fputs("</td>", f);
	html_cell(f, "Slot");
	html_value(f, finding, S2_FINDING_SLOT);
	fputs("</td>", f);
	html_cell(f, "From");
	html_value(f, finding, S2_FINDING_GPA);
	fputs("</td>", f);
	html_cell(f, "Size");
	html_value(f, finding, S2_FINDING_BYTES);
	fputs("</td>", f);
	html_cell(f, "Found");
	fputs("<p>", f);
	html_text(f, s2_obj_str(finding, S2_FINDING_STATEMENT));
	fputs("</p>", f);
	put_waiver(f, finding);
	put_evidence(f, finding);
	fputs("</td></tr>\n", f);
}

static void put_explanation(FILE *f, const struct s2_word *w)
{
	fputs("<details class=\"explain\" open><summary>Why it matters, and what to do</summary>\n<p>",
	      f);
	html_text(f, w->text);
	fputs("</p>\n", f);
	if (w->remedy) {
		fputs("<p class=\"remedy\"><strong>What to do:</strong> ", f);
		html_text(f, w->remedy);
		fputs("</p>\n", f);
	}
	fputs("</details>\n", f);
}

/* All findings of the rule of this one, which is its first and its worst */
static void put_rule(FILE *f, const struct s2_obj *first,
		     const struct s2_word *w)
{
	const struct s2_obj *finding;

	fprintf(f, "<article class=\"rule\" id=\"rule-%s\">\n<h3><span class=\"id\">%s</span> ",
		w->word, w->word);
	html_text(f, w->summary);
	fputs("</h3>\n", f);
	put_explanation(f, w);
	fputs("<table>\n<thead><tr><th scope=\"col\">Severity</th><th scope=\"col\">VM</th><th scope=\"col\">Slot</th><th scope=\"col\">From</th><th scope=\"col\">Size</th><th scope=\"col\">Found</th></tr></thead>\n<tbody>\n",
	      f);
	for (finding = first; finding; finding = s2_obj_next(finding))
		if (same_rule(finding, w->word))
			put_row(f, finding);
	fputs("</tbody></table>\n</article>\n", f);
}

/* The rules in the order of their first findings, each once */
static int put_rules(FILE *f, const struct s2_report *report)
{
	const struct s2_word *words = s2_words(NULL);
	const struct s2_obj *finding;
	size_t n;
	bool *done;

	s2_words(&n);
	done = calloc(n, sizeof(*done));
	if (!done)
		return -ENOMEM;
	s2_report_for_each(finding, report, S2_OBJ_FINDING) {
		const struct s2_word *w =
			words_find("rule", s2_obj_str(finding, S2_FINDING_RULE));

		if (!w || done[w - words])
			continue;
		done[w - words] = true;
		put_rule(f, finding, w);
	}
	free(done);
	return 0;
}

int html_findings(FILE *f, const struct s2_report *report)
{
	int err;

	fputs("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n",
	      f);
	if (!s2_report_first(report, S2_OBJ_FINDING))
		fprintf(f, "<p class=\"none\">%s</p>\n",
			s2_report_complete(report) ? "No findings." :
			"No findings in what is known.");
	err = put_rules(f, report);
	fputs("</section>\n", f);
	return err;
}
