/* SPDX-License-Identifier: GPL-2.0-only */
/* Which VMs are there? */
#ifndef S2CTL_ENFORCE_LIST_H
#define S2CTL_ENFORCE_LIST_H

#include "enforce/service.h"

/*
 * Has the state take note of those that are new, and tells of those that have ended.
 * 0, or a negative errno with a text in the context
 */
int list_vms(struct service *s);

#endif /* S2CTL_ENFORCE_LIST_H */
