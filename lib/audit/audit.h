/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program uses of this room: audits, their reports, waivers and baselines.
 */
#ifndef S2_AUDIT_AUDIT_H
#define S2_AUDIT_AUDIT_H

#include "policy/policy.h"

/* --------------------------------------------------------------- rules -- */

struct s2_audit;
struct s2_baseline;
struct s2_report;

/**
 * struct s2_audit_options - how to audit
 * @size: sizeof(struct s2_audit_options)
 * @site: site policy that S2-007 and S2-009 compare with, or NULL: they then
 *	find nothing.  Must live as long as the audit
 * @rules: ids of the rules to run; NULL for all.  Looked at when the audit is
 *	opened
 * @nr_rules: how many; 0 for all
 * @min_severity: enum s2_severity; what is less severe is left out.  0 for all
 * @baseline: what an older audit found, or NULL: S2-010 then counts from there,
 *	in the same boot.  Must live as long as the audit
 */
struct s2_audit_options {
	size_t size;
	const struct s2_site *site;
	const char *const *rules;
	size_t nr_rules;
	int min_severity;
	const struct s2_baseline *baseline;
};

/**
 * s2_audit_open() - begin an audit
 * @ctx: context
 * @opt: how; NULL for all rules without a site policy
 * @audit: where to put the audit; free with s2_audit_close()
 *
 * Return: 0; -EINVAL for options that make no sense, or a rule that there is
 * not; -ENOMEM.
 */
int s2_audit_open(struct s2_ctx *ctx, const struct s2_audit_options *opt,
		  struct s2_audit **audit);

/**
 * s2_audit_close() - free an audit
 * @audit: audit, may be NULL; reports taken from it stay
 */
void s2_audit_close(struct s2_audit *audit);

/**
 * s2_audit_needs() - what a model must have for the rules of an audit
 * @audit: audit
 *
 * Return: S2_LOAD_*.  A rule that needs S2_LOAD_PHYS, S2_LOAD_POLICY or
 * S2_LOAD_POLICY_IF_ANY does not run over a model that was loaded without.
 */
unsigned int s2_audit_needs(const struct s2_audit *audit);

/**
 * s2_audit_add() - run the rules over the VMs of a model
 * @audit: audit
 * @model: model; what the host is like is taken from the first one
 *
 * Can be called for one model that has all VMs, or for one model for each VM.
 * No model is needed any more when it returns, but for the first one, which is
 * kept.
 *
 * Return: 0; -errno of writing a temporary file; -ENOMEM.
 */
int s2_audit_add(struct s2_audit *audit, struct s2_model *model);

/**
 * s2_audit_finish() - run the rules over the host, and over VMs together
 * @audit: audit, to which nothing is added afterwards
 *
 * Return: 0; -errno of reading a temporary file; -ENOMEM.
 */
int s2_audit_finish(struct s2_audit *audit);

/**
 * s2_audit_take() - take what was found since it was last called
 * @audit: audit
 * @report: where to put the report; free with s2_report_unref()
 *
 * Call it after each s2_audit_add() for little memory, or once after
 * s2_audit_finish() for one report, worst finding first.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_audit_take(struct s2_audit *audit, struct s2_report **report);

/**
 * s2_audit() - run the rules over a model
 * @ctx: context
 * @model: loaded with S2_LOAD_EXTENTS and S2_LOAD_DEVICES; see
 *	s2_audit_needs()
 * @report: where to put the report; free with s2_report_unref()
 *
 * Return: 0, or as s2_audit_add() and s2_audit_finish().
 */
int s2_audit(struct s2_ctx *ctx, struct s2_model *model,
	     struct s2_report **report);

/**
 * s2_report_unref() - free a report
 * @report: report, may be NULL
 */
void s2_report_unref(struct s2_report *report);

/**
 * s2_report_complete() - whether every rule could look at everything
 * @report: report
 *
 * Return: false if a model was incomplete or a rule lacked facts.
 */
bool s2_report_complete(const struct s2_report *report);

/**
 * s2_report_first() - first object of one type in a report
 * @report: report
 * @type: S2_OBJ_FINDING or S2_OBJ_PROBLEM (those the model does not have)
 *
 * Return: the object or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_report_first(const struct s2_report *report,
				     enum s2_obj_type type);

#define s2_report_for_each(it, report, type)				\
	for ((it) = s2_report_first(report, type); (it);		\
	     (it) = s2_obj_next(it))

/**
 * s2_report_count() - number of findings of one severity
 * @report: report
 * @severity: enum s2_severity, or 0 for all
 * @waived: count the waived ones, or those that are not
 *
 * Return: how many.
 */
size_t s2_report_count(const struct s2_report *report,
		       enum s2_severity severity, bool waived);

/**
 * s2_report_worst() - worst severity among the findings that are not waived
 * @report: report
 *
 * Return: enum s2_severity, or 0 if there is none.
 */
int s2_report_worst(const struct s2_report *report);

/**
 * struct s2_tally - sums over the reports of an audit
 * @size: sizeof(struct s2_tally); set by the caller
 * @severity: findings that are not waived, by enum s2_severity
 * @waived: findings that are
 * @complete: whether every rule could look at everything; true at the beginning
 */
struct s2_tally {
	size_t size;
	uint64_t severity[S2_SEVERITY_CRITICAL + 1];
	uint64_t waived;
	bool complete;
};

/**
 * s2_tally_add() - add a report
 * @tally: sums
 * @report: report
 */
void s2_tally_add(struct s2_tally *tally, const struct s2_report *report);
/* ------------------------------------------------------------ waivers -- */

struct s2_waivers;

/**
 * s2_waivers_load() - read a file of waivers
 * @ctx: context
 * @path: file, or "-" for standard input
 * @waivers: where to put them; free with s2_waivers_free()
 *
 * The format is that of s2ctl.waivers(5).  What is not understood is refused.
 *
 * Return: 0; -errno of opening and reading; -EFBIG if it is larger than 1 MiB;
 * -EBADMSG if it is not JSON; -EPROTONOSUPPORT if it is for a newer s2ctl;
 * -EINVAL for what it says; -ENOMEM.  The text begins with file and line.
 */
int s2_waivers_load(struct s2_ctx *ctx, const char *path,
		    struct s2_waivers **waivers);

/**
 * s2_waivers_free() - free waivers
 * @waivers: waivers, may be NULL; reports do not need them
 */
void s2_waivers_free(struct s2_waivers *waivers);

/**
 * s2_waivers_count() - number of waivers
 * @waivers: waivers
 *
 * Return: how many.
 */
size_t s2_waivers_count(const struct s2_waivers *waivers);

/**
 * s2_report_waive() - mark the findings that waivers are for
 * @report: report
 * @waivers: waivers; they count what they are used for
 * @now: time in seconds since 1970-01-01 UTC
 *
 * A finding that a waiver is for has its statement and when it expires.  It is
 * waived if that is later than @now, and stays in the report either way.  Of
 * several waivers the one that holds longest counts.  Where findings come in
 * several reports, call it for each.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_report_waive(struct s2_report *report, struct s2_waivers *waivers,
		    uint64_t now);

/**
 * struct s2_waiver_use - what came of a waiver
 * @size: sizeof(struct s2_waiver_use); set by the caller
 * @id: its name
 * @rule: the rule
 * @file: the file it stands in
 * @line: line in that file
 * @expires: first second, since 1970-01-01 UTC, in which it does not hold
 * @matched: number of findings that it is for
 * @resurfaced: number of findings that it would have waived, had it not expired
 */
struct s2_waiver_use {
	size_t size;
	const char *id;
	const char *rule;
	const char *file;
	unsigned int line;
	uint64_t expires;
	size_t matched;
	size_t resurfaced;
};

/**
 * s2_waivers_use() - ask what came of a waiver
 * @waivers: waivers, after s2_report_waive()
 * @n: which, from 0, in the order of the file
 * @use: where to put it; its strings live as long as @waivers
 *
 * Return: 0, or -EINVAL if there is no such waiver or @use is of another size.
 */
int s2_waivers_use(const struct s2_waivers *waivers, size_t n,
		   struct s2_waiver_use *use);

/* ----------------------------------------------------------- baselines -- */

/**
 * s2_baseline_load() - read what an audit found before
 * @ctx: context
 * @path: what "s2ctl audit --json" wrote; "-" for standard input.  It need not
 *	be trusted
 * @baseline: where to put it; free with s2_baseline_free()
 *
 * Return: 0; -errno of opening and reading; -EFBIG if it is larger than
 * 256 MiB; -EBADMSG if it is not JSON; -EPROTONOSUPPORT if a newer s2ctl wrote
 * it; -EINVAL if it is not an audit; -ENOMEM.
 */
int s2_baseline_load(struct s2_ctx *ctx, const char *path,
		     struct s2_baseline **baseline);

/**
 * s2_baseline_free() - free a baseline
 * @baseline: baseline, may be NULL
 */
void s2_baseline_free(struct s2_baseline *baseline);

/**
 * s2_report_compare() - keep only the findings that are new
 * @report: report; after s2_report_waive(), if there are waivers
 * @baseline: what was found before
 *
 * A finding is recognised by its key or, where one of the two has none, by
 * rule, VM, slot, address and statement; a VM by UUID, else name, else id and
 * boot.  It is new as well if it has become more severe, or was waived and is
 * so no more; so are more faults of S2-010, if the audit was given the baseline.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_report_compare(struct s2_report *report,
		      const struct s2_baseline *baseline);

#endif /* S2_AUDIT_AUDIT_H */
