/* SPDX-License-Identifier: GPL-2.0-only */
/* What the service does about what came, and about what it has decided. */
#ifndef S2CTL_ENFORCE_EFFECTS_H
#define S2CTL_ENFORCE_EFFECTS_H

#include "enforce/decide.h"
#include "enforce/service.h"

/* Tell people, where it is for them */
void effects_tell(const struct service *s, const struct input *in);

/* Do it; the state is told what came of it.  Not for STOP and WAIT */
void effects_do(struct service *s, const struct action *action);

/* The site policy as it is on the disk; 0, or a negative errno with a text */
int effects_read_site(struct service *s);

#endif /* S2CTL_ENFORCE_EFFECTS_H */
