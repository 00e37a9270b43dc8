/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_CORE_CLASSIFY_H
#define S2_CORE_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Bits of vm_flags, the same in each kernel that can be read (linux/mm.h) */
#define S2_VM_PFNMAP		0x00000400ull
#define S2_VM_IO		0x00004000ull
#define S2_VM_HUGETLB		0x00400000ull
#define S2_VM_MIXEDMAP		0x10000000ull
#define S2_VM_ANY_UNCACHED	(1ull << 39)

/**
 * s2_classify() - name what lies behind a guest-physical address
 * @facts: mask of enum kvm_s2_fact
 * @vma_type: enum kvm_s2_type of the VMM's own mapping
 *
 * The same as the series' kvm_s2_classify(), for kernels that have none; a test
 * holds both against each other.
 *
 * Return: enum kvm_s2_class.
 */
unsigned int s2_classify(uint32_t facts, unsigned int vma_type);

/* enum kvm_s2_type of a vm_page_prot; KVM_S2_TYPE_UNKNOWN for no type that Linux has */
unsigned int s2_prot_type(uint64_t prot);

/* enum kvm_s2_type of MemAttr[3:0], with FEAT_S2FWB or without; likewise */
unsigned int s2_memattr_type(unsigned int memattr, bool fwb);

/* Facts of a VMA by its flags.  @mte_allowed: the bit that VM_MTE_ALLOWED is, or 0 */
uint32_t s2_vma_facts(uint64_t flags, uint64_t mte_allowed);

#endif /* S2_CORE_CLASSIFY_H */
