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

/*
 * What a running kernel lets any program see: CTR_EL0.DIC of all CPUs, and whether KVM was
 * booted protected.  Return: 1, 0, or -1 for not known
 */
int s2_host_dic(void);
int s2_host_pkvm(const struct s2_ctx *ctx);

#endif /* S2_HOST_H */
