/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's guest-physical address space, drawn by type. */
#ifndef S2CTL_MAP_H
#define S2CTL_MAP_H

#include <stdbool.h>

#include <s2ctl.h>

/* What the characters mean. */
void map_legend(bool color);

/* Draw the extents of a VM.  0 or -ENOMEM. */
int map_draw(const struct s2_obj *vm, bool color);

#endif /* S2CTL_MAP_H */
