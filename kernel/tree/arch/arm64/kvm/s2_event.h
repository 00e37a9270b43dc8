/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling the administrator's programs what happens.
 */
#ifndef __ARM64_KVM_S2_EVENT_H__
#define __ARM64_KVM_S2_EVENT_H__

#include <net/genetlink.h>

extern const struct genl_multicast_group kvm_s2_nl_groups[];

void kvm_s2_event_init(void);

#endif /* __ARM64_KVM_S2_EVENT_H__ */
