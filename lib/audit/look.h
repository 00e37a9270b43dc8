/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rules look up in a VM: its slots by number, memory of which class it has */
#ifndef S2_LOOK_H
#define S2_LOOK_H

#include "audit/rule_table.h"

/* Gets it ready for @look's VM.  Return: 0 or -ENOMEM; drop it either way */
int s2_look_at(struct s2_look *look);
void s2_look_drop(struct s2_look *look);

#endif /* S2_LOOK_H */
