/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules.  A rule looks and says what it saw; it neither prints nor allocates.
 * Its texts for people are in word_table.c under the same id.
 */
#ifndef S2_RULE_TABLE_H
#define S2_RULE_TABLE_H

#include "model.h"

/**
 * struct s2_hit - what a rule saw in one extent
 * @severity: enum s2_severity
 * @statement: one line
 */
struct s2_hit {
	int severity;
	char statement[160];
};

/* What a check returns */
enum s2_check {
	S2_CHECK_CLEAN = 0,
	S2_CHECK_HIT = 1,
	S2_CHECK_UNKNOWN = 2,	/* facts are missing */
};

/**
 * struct s2_rule - a rule
 * @id: permanent identifier
 * @evidence: mask of the evidence that tells findings of a slot apart, by
 *	index of field; what differs otherwise is merged
 * @extent: looks at one extent
 *
 * Rules over more than one extent (one host page mapped twice, host policy)
 * will get a second function here, called once per model.
 */
struct s2_rule {
	const char *id;
	uint32_t evidence;
	enum s2_check (*extent)(const struct s2_obj *extent,
				struct s2_hit *hit);
};

/* Ends with an entry whose id is NULL */
extern const struct s2_rule s2_rules[];

#endif /* S2_RULE_TABLE_H */
