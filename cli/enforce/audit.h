/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Audits.  One walks page tables, so what happens in a burst is audited once, a
 * little later; and where nothing happens, nothing is done.
 */
#ifndef S2CTL_ENFORCE_AUDIT_H
#define S2CTL_ENFORCE_AUDIT_H

#include "enforce/service.h"

/* Audit, tell of findings that are new, and write the text file */
void audit_all(struct service *s);
void audit_forget(struct findings *known);

#endif /* S2CTL_ENFORCE_AUDIT_H */
