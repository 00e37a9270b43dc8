/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What constraints make of memory, worked out here and not by the kernel */
#ifndef S2_CONSTRAIN_H
#define S2_CONSTRAIN_H

#include "model/model.h"

/**
 * struct s2_constraints - constraints of one place, or of several united
 * @enforced: mask of enum kvm_s2_constraint in mode enforce
 * @audited: mask of enum kvm_s2_constraint in mode audit
 */
struct s2_constraints {
	unsigned int enforced;
	unsigned int audited;
};

/**
 * struct s2_outcome - what becomes of an extent
 * @type: enum kvm_s2_type of the next entry
 * @verdict: enum kvm_s2_verdict; of a fetch, if only that is refused
 * @reason: enum kvm_s2_reason
 */
struct s2_outcome {
	unsigned int type;
	unsigned int verdict;
	unsigned int reason;
};

/* Adds what is set in @mode, an enum kvm_s2_mode */
void s2_unite(struct s2_constraints *c, unsigned int constraints,
	      unsigned int mode);

/*
 * Holds an extent to constraints, united from all scopes, in place of those that
 * hold now: what these have made of it is taken back first.
 * Return: 0, or -ENODATA if that takes a fact that is not known.
 */
int s2_constrain(const struct s2_obj *extent, struct s2_constraints c,
		 struct s2_outcome *out);

/*
 * The same on a host whose kernel has no constraints, and tells types but no verdicts
 * (s2_model_is_bare()): what has a type is allowed.
 */
int s2_constrain_bare(const struct s2_obj *extent, struct s2_constraints c,
		      struct s2_outcome *out);

#endif /* S2_CONSTRAIN_H */
