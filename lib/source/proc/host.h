/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_HOST_H
#define S2_HOST_H

#include "model/model.h"

/*
 * Fills what any user can read about the host: /proc, uname and, with the
 * series, the attributes below /sys/class/misc/kvm/s2.
 * Return: 0 or -ENOMEM.
 */
int s2_host_read(struct s2_model *model);

#endif /* S2_HOST_H */
