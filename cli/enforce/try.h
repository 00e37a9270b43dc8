/* SPDX-License-Identifier: GPL-2.0-only */
/* All policies, at the start and when they were read again. */
#ifndef S2CTL_ENFORCE_TRY_H
#define S2CTL_ENFORCE_TRY_H

#include "enforce/service.h"

/*
 * Try all of them together, set those of the host, and have every VM served that
 * loses nothing by it.
 */
void try_all(struct service *s);

#endif /* S2CTL_ENFORCE_TRY_H */
