// SPDX-License-Identifier: GPL-2.0-only
/*
 * s2ctl audit --format=html: a report to read, print and keep.  One file, no
 * script, nothing from elsewhere; its own policy forbids both.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "formats/format.h"
#include "formats/html.h"
#include "screen/words.h"

/* cli/formats/report.css, as it is */
extern const char report_css[];
__asm__(".section .rodata\n"
	".global report_css\n"
	"report_css:\n"
	".incbin \"cli/formats/report.css\"\n"
	".byte 0\n"
	".text\n");

static void put_head(FILE *f)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n", f);
	fprintf(f, "<meta name=\"generator\" content=\"s2ctl %s\">\n"
		"<title>s2ctl audit</title>\n<style>\n%s</style>\n</head>\n<body>\n",
		s2_version(), report_css);
}

static void put_yes_no(FILE *f, const char *term, const struct s2_obj *host,
		       unsigned int id, const char *yes, const char *no)
{
	struct s2_value v = s2_obj_get(host, id);

	fprintf(f, "<div><dt>%s</dt><dd>%s</dd></div>\n", term,
		!v.known ? "not known" : v.num ? yes : no);
}

static void put_host(FILE *f, const struct s2_obj *host)
{
	fputs("<dl class=\"facts\">\n", f);
	html_pair(f, "Read", host, S2_HOST_TIME);
	html_pair(f, "Boot", host, S2_HOST_BOOT_ID);
	html_pair(f, "From", host, S2_HOST_SOURCE);
	html_pair(f, "Kernel", host, S2_HOST_RELEASE);
	html_pair(f, "Machine", host, S2_HOST_MACHINE);
	html_pair(f, "Pages", host, S2_HOST_PAGE_SIZE);
	put_yes_no(f, "FEAT_S2FWB", host, S2_HOST_FWB, "yes: wb is forced",
		   "no: wb is weak");
	put_yes_no(f, "DIC", host, S2_HOST_DIC, "yes", "no");
	put_yes_no(f, "Protected KVM", host, S2_HOST_PKVM, "yes", "no");
	html_pair(f, "Kernel reports", host, S2_HOST_FEATURES);
	fputs("</dl>\n", f);
}

static void put_verdict(FILE *f, const struct s2_report *report)
{
	size_t open = s2_report_count(report, 0, false);
	size_t waived = s2_report_count(report, 0, true);
	int worst = s2_report_worst(report);

	fputs("<p class=\"lead\">", f);
	if (!open)
		fputs(s2_report_complete(report) ? "No open findings." :
		      "No open findings in what is known.", f);
	else
		fprintf(f, "%zu open finding%s, the worst %s.", open,
			open == 1 ? "" : "s", words_severity(worst));
	if (waived)
		fprintf(f, " %zu accepted by the site.", waived);
	fputs("</p>\n", f);
}

static void put_problem(FILE *f, const struct s2_obj *problem)
{
	const char *text = s2_obj_str(problem, S2_PROBLEM_TEXT);

	fputs("<li>", f);
	html_text(f, text ? text : "something could not be read");
	fputs("</li>\n", f);
}

/* What the source can never know is no reason for alarm */
static bool is_cannot(const struct s2_obj *problem)
{
	const char *code = s2_obj_str(problem, S2_PROBLEM_CODE);

	return code && !strcmp(code, "cannot-know");
}

/* Without a file it is counted only */
static bool put_one(FILE *f, const struct s2_obj *problem, bool cannot)
{
	if (is_cannot(problem) != cannot)
		return false;
	if (f)
		put_problem(f, problem);
	return true;
}

/* Those of the model and of the report, of one of the two sorts */
static size_t put_list(FILE *f, const struct format_input *in, bool cannot)
{
	const struct s2_obj *p;
	size_t count = 0;

	s2_model_for_each(p, in->model, S2_OBJ_PROBLEM)
		count += put_one(f, p, cannot);
	s2_report_for_each(p, in->report, S2_OBJ_PROBLEM)
		count += put_one(f, p, cannot);
	return count;
}

static void put_cannot(FILE *f, const struct format_input *in)
{
	if (!put_list(NULL, in, true))
		return;
	fputs("<section aria-labelledby=\"cannot\">\n"
	      "<h2 id=\"cannot\">Not looked at</h2>\n"
	      "<p>This source cannot know all that these rules need.</p>\n<ul>\n",
	      f);
	put_list(f, in, true);
	fputs("</ul>\n</section>\n", f);
}

static void put_problems(FILE *f, const struct format_input *in)
{
	if (s2_report_complete(in->report))
		return;
	fputs("<section class=\"banner\" aria-labelledby=\"incomplete\">\n"
	      "<h2 id=\"incomplete\">Incomplete</h2>\n"
	      "<p>Something could not be known. What is missing here may hide a finding.</p>\n<ul>\n",
	      f);
	put_list(f, in, false);
	fputs("</ul>\n</section>\n", f);
}

static void put_count(FILE *f, const char *class, const char *word, size_t n)
{
	fprintf(f, "<li class=\"%s%s\"><span class=\"n\">%zu</span> <span class=\"word\">%s</span></li>\n",
		class, n ? "" : " zero", n, word);
}

static void put_summary(FILE *f, const struct s2_report *report)
{
	char class[32];

	fputs("<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n<ul class=\"counts\">\n",
	      f);
	for (int s = S2_SEVERITY_CRITICAL; s >= S2_SEVERITY_INFO; s--) {
		snprintf(class, sizeof(class), "severity-%s", words_severity(s));
		put_count(f, class, words_severity(s),
			  s2_report_count(report, (enum s2_severity)s, false));
	}
	put_count(f, "accepted", "accepted", s2_report_count(report, 0, true));
	fputs("</ul>\n</section>\n", f);
}

static void put_policies(FILE *f, const struct s2_model *model)
{
	const struct s2_obj *p;

	if (!s2_model_known(model, S2_OBJ_POLICY))
		return;
	fputs("<section aria-labelledby=\"policies\">\n<h2 id=\"policies\">The host's policies</h2>\n",
	      f);
	if (!s2_model_count(model, S2_OBJ_POLICY)) {
		fputs("<p class=\"none\">None: KVM's choice of memory types is not constrained.</p>\n</section>\n",
		      f);
		return;
	}
	fputs("<table>\n<thead><tr><th scope=\"col\">Class</th><th scope=\"col\">Mode</th><th scope=\"col\">Constraints</th></tr></thead>\n<tbody>\n",
	      f);
	s2_model_for_each(p, model, S2_OBJ_POLICY) {
		fputs("<tr>", f);
		html_cell(f, "Class");
		html_value(f, p, S2_POLICY_CLASS);
		fputs("</td>", f);
		html_cell(f, "Mode");
		html_value(f, p, S2_POLICY_MODE);
		fputs("</td>", f);
		html_cell(f, "Constraints");
		html_value(f, p, S2_POLICY_CONSTRAINTS);
		fputs("</td></tr>\n", f);
	}
	fputs("</tbody></table>\n</section>\n", f);
}

int format_html(FILE *file, const struct format_input *in)
{
	int err;

	put_head(file);
	html_map_patterns(file);
	fputs("<header>\n<p class=\"kicker\">s2ctl audit</p>\n<h1>Memory types of KVM guests</h1>\n",
	      file);
	put_verdict(file, in->report);
	put_host(file, s2_model_host(in->model));
	fputs("</header>\n<main>\n", file);
	put_problems(file, in);
	put_summary(file, in->report);
	err = html_findings(file, in->report);
	if (!err)
		err = html_vms(file, in->model);
	put_policies(file, in->model);
	put_cannot(file, in);
	fprintf(file, "</main>\n<footer><p>Written by s2ctl %s. Sizes are in powers of 1024; addresses are guest-physical.</p></footer>\n</body>\n</html>\n",
		s2_version());
	if (!err && fflush(file))
		err = errno ? -errno : -EIO;
	return err;
}
