/* SPDX-License-Identifier: GPL-2.0-only */
/* Making policies true, of the host or of one VM, and telling of it. */
#ifndef S2CTL_ENFORCE_APPLY_H
#define S2CTL_ENFORCE_APPLY_H

#include <stdbool.h>

#include "enforce/service.h"

/* Flags of s2_site_plan() */
unsigned int apply_flags(const struct service *s);

/*
 * Make what the site policy asks for true, of vm or, if it is NULL, of the host.
 * fresh: nothing is in use yet that somebody counts on.  Returns an enum served;
 * -EINTR: a signal is to be served first.
 */
int apply_policy(const struct service *s, const struct s2_model *model,
		 unsigned int flags, const struct s2_obj *vm, bool fresh);

/* Tell that a plan is not carried out for vm, or the host: SERVED_REFUSED */
enum served apply_refuse(const struct s2_plan *plan, const struct s2_obj *vm);

/* Tell of a failure of the library: SERVED_FAILED, or SERVED_GONE without a word */
enum served apply_failed(const struct service *s, const struct s2_obj *vm,
			 int err);

#endif /* S2CTL_ENFORCE_APPLY_H */
