/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_CORE_TAKE_H
#define S2_CORE_TAKE_H

#include "source/core/peer.h"
#include "source/proc/bar.h"

/*
 * Slots and, as far as @flags ask for it, extents of a VM, from its reader; @bars: names
 * devices.  What cannot be known becomes a problem.  Return: 0 or what ends the load
 */
int s2_core_take_vm(struct s2_peer *peer, struct s2_model *model,
		    struct s2_obj *vm, unsigned int flags,
		    const struct s2_bars *bars);

#endif /* S2_CORE_TAKE_H */
