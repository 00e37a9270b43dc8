/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program uses of this room: everything as JSON.
 */
#ifndef S2_JSON_JSON_H
#define S2_JSON_JSON_H

#include "audit/audit.h"
#include "compare/compare.h"

/* ---------------------------------------------------------------- JSON -- */

/* Flags of struct s2_json_options */
#define S2_JSON_PRETTY		(1u << 0)	/* indent for people */

/**
 * struct s2_json_options - what to write
 * @size: sizeof(struct s2_json_options)
 * @kind: "host", "list", "show", "audit", "policy-get", "policy-set",
 *	"policy-plan", "explain", "snapshot", "diff", "preflight" or "version"
 * @flags: S2_JSON_*
 * @model: model; NULL leaves "host" and "vms" null
 * @report: report on that model; NULL leaves "findings" and "summary" null
 * @words: words to explain; NULL leaves "words" null
 * @nr_words: how many
 * @combination: what s2_combine() said; NULL leaves "combination" null
 * @plan: what a site policy makes of the model; NULL leaves "plan" null
 * @apply: called once all else has been written and flushed, never if that
 *	failed; what it returns becomes "applied": 1 true, 0 false, -1 null.
 *	NULL leaves that null
 * @data: for @apply
 * @diff: differences; NULL leaves "differences" null
 * @preflight: requirements; NULL leaves "requirements" null
 */
struct s2_json_options {
	size_t size;
	const char *kind;
	unsigned int flags;
	const struct s2_model *model;
	const struct s2_report *report;
	const struct s2_word *const *words;
	size_t nr_words;
	const struct s2_combination *combination;
	const struct s2_plan *plan;
	int (*apply)(void *data);
	void *data;
	const struct s2_diff *diff;
	const struct s2_preflight *preflight;
};

/**
 * s2_json_write() - write the envelope
 * @file: where to; flushed, not closed
 * @opt: what
 *
 * The envelope has the same keys whatever @kind and however many VMs; what is
 * not known is null.  Written as it goes, so that memory does not grow with it.
 *
 * Return: 0, -EINVAL, -ENOMEM, or why writing failed (-ENOSPC, -EPIPE, ...).
 */
int s2_json_write(FILE *file, const struct s2_json_options *opt);

/**
 * s2_json_write_obj() - write one object on one line, without the envelope
 * @file: where to; flushed, not closed
 * @obj: an event, or any other; without its children
 *
 * Return: as s2_json_write().
 */
int s2_json_write_obj(FILE *file, const struct s2_obj *obj);

/**
 * s2_json_write_record() - write one line of what is written as it comes
 * @file: where to; neither flushed nor closed
 * @obj: the host, a finding with its evidence, or a problem
 *
 * The line is an object as in the envelope, with a key "record" that says what
 * it is: "host", "finding" or "problem".
 *
 * Return: 0, -EINVAL, -ENOMEM, or why writing failed.
 */
int s2_json_write_record(FILE *file, const struct s2_obj *obj);

/**
 * s2_json_write_tally() - write the last line, whose "record" is "summary"
 * @file: where to; flushed, not closed
 * @tally: sums
 *
 * Return: as s2_json_write_record().
 */
int s2_json_write_tally(FILE *file, const struct s2_tally *tally);

/**
 * s2_json_write_snapshot() - write all of a model, one object a line
 * @file: where to; flushed, not closed
 * @model: model with all of its VMs
 * @flags: S2_JSON_*; with S2_JSON_PRETTY an object takes several lines
 *
 * The host with its policies, the problems, the VMs with their children, and last a
 * record "end" that says how many there were.  Each has the host's boot id, so that
 * files of several hosts can be put together.
 *
 * Return: as s2_json_write().
 */
int s2_json_write_snapshot(FILE *file, const struct s2_model *model,
			   unsigned int flags);

/* --------------------------------------------------------------- values -- */

struct json_object;

/**
 * s2_json_value() - the value of a field, as everything that writes JSON has it
 * @field: description of the field
 * @value: value of such a field
 * @json: where to store it, to be given back with json_object_put(); NULL, which
 *	is JSON's null, where it is not known
 *
 * Return: 0 or -ENOMEM.
 */
int s2_json_value(const struct s2_field *field, struct s2_value value,
		  struct json_object **json);

/**
 * s2_json_put() - write a value as text, without a newline behind it
 * @file: where to
 * @json: value; NULL is JSON's null
 * @pretty: indent
 * @depth: how deep the value is nested in what was written before it
 *
 * Return: 0 or -errno of writing.
 */
int s2_json_put(FILE *file, struct json_object *json, bool pretty, int depth);

#endif /* S2_JSON_JSON_H */
