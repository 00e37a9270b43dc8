/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What constraints make of memory, worked out here and not by the kernel */
#ifndef S2_CONSTRAIN_H
#define S2_CONSTRAIN_H

#include "model.h"

/**
 * struct s2_outcome - what becomes of an extent
 * @type: enum kvm_s2_type of the next entry
 * @verdict: enum kvm_s2_verdict; of a fetch, if only that is refused
 * @reason: enum kvm_s2_reason
 * @differs: whether the constraints make a difference
 */
struct s2_outcome {
	unsigned int type;
	unsigned int verdict;
	unsigned int reason;
	bool differs;
};

/*
 * Applies constraints to an extent, beside those that hold already: its type,
 * verdict and reason have those in them.
 * Return: 0, or -ENODATA if that takes a fact that is not known.
 */
int s2_constrain(const struct s2_obj *extent, unsigned int constraints,
		 unsigned int mode, struct s2_outcome *out);

#endif /* S2_CONSTRAIN_H */
