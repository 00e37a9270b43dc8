/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs that are due get what the policies ask for, in order of their ids. */
#ifndef S2CTL_ENFORCE_SERVE_H
#define S2CTL_ENFORCE_SERVE_H

#include "enforce/service.h"

/* Those that were due at a time, and are fresh or not; tells the state of each */
void serve_due(struct service *s, bool fresh, uint64_t at);

#endif /* S2CTL_ENFORCE_SERVE_H */
