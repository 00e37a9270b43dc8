/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By what this host chooses memory types, and what it refuses for it.
 */
#ifndef __ARM64_KVM_S2_CHOICE_H__
#define __ARM64_KVM_S2_CHOICE_H__

#include <linux/mm_types.h>

u32 kvm_s2_choice_facts(void);
bool kvm_s2_cacheable_pfnmap(void);
bool kvm_s2_vma_allowed(struct vm_area_struct *vma, unsigned long hva);

#endif /* __ARM64_KVM_S2_CHOICE_H__ */
