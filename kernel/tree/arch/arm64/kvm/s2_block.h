/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether one stage-2 entry may map several pages.
 */
#ifndef __ARM64_KVM_S2_BLOCK_H__
#define __ARM64_KVM_S2_BLOCK_H__

#include <linux/types.h>

bool kvm_s2_block_alike(unsigned long pfn, unsigned long nr);

#endif /* __ARM64_KVM_S2_BLOCK_H__ */
