/* SPDX-License-Identifier: GPL-2.0-only */
#if !defined(_TRACE_ARM64_KVM_S2_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_ARM64_KVM_S2_H

#include <linux/kvm_host.h>
#include <linux/tracepoint.h>

#include "s2_memtype.h"

#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

TRACE_DEFINE_ENUM(KVM_S2_TYPE_UNKNOWN);
TRACE_DEFINE_ENUM(KVM_S2_TYPE_WB);
TRACE_DEFINE_ENUM(KVM_S2_TYPE_NC);
TRACE_DEFINE_ENUM(KVM_S2_TYPE_DEVICE);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_RAM);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_ZONE_DEVICE);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_PFNMAP_WB);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_RAM_NC);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_IO);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_IO_NC);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_GMEM);
TRACE_DEFINE_ENUM(KVM_S2_CLASS_HOLE);
TRACE_DEFINE_ENUM(KVM_S2_VERDICT_ALLOW);
TRACE_DEFINE_ENUM(KVM_S2_VERDICT_WOULD_DENY);
TRACE_DEFINE_ENUM(KVM_S2_VERDICT_DENY);
TRACE_DEFINE_ENUM(KVM_S2_REASON_MAP_MEMORY);
TRACE_DEFINE_ENUM(KVM_S2_REASON_NOT_MAP_MEMORY);
TRACE_DEFINE_ENUM(KVM_S2_REASON_ANY_UNCACHED);
TRACE_DEFINE_ENUM(KVM_S2_REASON_EXEC_IO);
TRACE_DEFINE_ENUM(KVM_S2_REASON_NO_VMA);
TRACE_DEFINE_ENUM(KVM_S2_REASON_MTE_VMA);
TRACE_DEFINE_ENUM(KVM_S2_REASON_CACHEABLE_VMA);
TRACE_DEFINE_ENUM(KVM_S2_REASON_IO_VMA);
TRACE_DEFINE_ENUM(KVM_S2_REASON_NOT_FLUSHABLE);
TRACE_DEFINE_ENUM(KVM_S2_REASON_FLOOR);
TRACE_DEFINE_ENUM(KVM_S2_REASON_REQUIRE_FWB);
TRACE_DEFINE_ENUM(KVM_S2_REASON_MATCH_VMA);
TRACE_DEFINE_ENUM(KVM_S2_REASON_NOEXEC);

#define kvm_s2_trace_types						\
	{ KVM_S2_TYPE_UNKNOWN,		"unknown" },			\
	{ KVM_S2_TYPE_WB,		"wb" },				\
	{ KVM_S2_TYPE_NC,		"nc" },				\
	{ KVM_S2_TYPE_DEVICE,		"device" }

#define kvm_s2_trace_classes						\
	{ KVM_S2_CLASS_RAM,		"ram" },			\
	{ KVM_S2_CLASS_ZONE_DEVICE,	"zone-device" },		\
	{ KVM_S2_CLASS_PFNMAP_WB,	"pfnmap-wb" },			\
	{ KVM_S2_CLASS_RAM_NC,		"ram-nc" },			\
	{ KVM_S2_CLASS_IO,		"io" },				\
	{ KVM_S2_CLASS_IO_NC,		"io-nc" },			\
	{ KVM_S2_CLASS_GMEM,		"gmem" },			\
	{ KVM_S2_CLASS_HOLE,		"hole" }

#define kvm_s2_trace_verdicts						\
	{ KVM_S2_VERDICT_ALLOW,		"allow" },			\
	{ KVM_S2_VERDICT_WOULD_DENY,	"would-deny" },			\
	{ KVM_S2_VERDICT_DENY,		"deny" }

#define kvm_s2_trace_reasons						\
	{ KVM_S2_REASON_MAP_MEMORY,	"map-memory" },			\
	{ KVM_S2_REASON_NOT_MAP_MEMORY,	"not-map-memory" },		\
	{ KVM_S2_REASON_ANY_UNCACHED,	"any-uncached" },		\
	{ KVM_S2_REASON_EXEC_IO,	"exec-io" },			\
	{ KVM_S2_REASON_NO_VMA,		"no-vma" },			\
	{ KVM_S2_REASON_MTE_VMA,	"mte-vma" },			\
	{ KVM_S2_REASON_CACHEABLE_VMA,	"cacheable-vma" },		\
	{ KVM_S2_REASON_IO_VMA,		"io-vma" },			\
	{ KVM_S2_REASON_NOT_FLUSHABLE,	"not-flushable" },		\
	{ KVM_S2_REASON_FLOOR,		"floor" },			\
	{ KVM_S2_REASON_REQUIRE_FWB,	"require-fwb" },		\
	{ KVM_S2_REASON_MATCH_VMA,	"match-vma" },			\
	{ KVM_S2_REASON_NOEXEC,		"noexec" }

/* One choice of a memory type, at the fault that asked for it. */
TRACE_EVENT(kvm_s2_decide,
	TP_PROTO(struct kvm *kvm, u64 ipa, const struct kvm_s2_input *in,
		 const struct kvm_s2_decision *d),
	TP_ARGS(kvm, ipa, in, d),

	TP_STRUCT__entry(
		__field(u64, vm_id)
		__field(u64, ipa)
		__field(u32, facts)
		__field(u8, vma_type)
		__field(u8, class)
		__field(u8, type)
		__field(u8, verdict)
		__field(u8, reason)
		__field(bool, exec_fault)
		__field(bool, exec)
		__field(bool, cmo)
	),

	TP_fast_assign(
		__entry->vm_id		= kvm->arch.s2.id;
		__entry->ipa		= ipa;
		__entry->facts		= in->facts;
		__entry->vma_type	= in->vma_type;
		__entry->class		= kvm_s2_classify(in->facts, in->vma_type);
		__entry->type		= d->type;
		__entry->verdict	= d->verdict;
		__entry->reason		= d->reason;
		__entry->exec_fault	= in->exec_fault;
		__entry->exec		= d->exec;
		__entry->cmo		= d->cmo;
	),

	TP_printk("vm: %llu ipa: 0x%llx facts: 0x%x vma: %s fetch: %d class: %s type: %s exec: %d cmo: %d verdict: %s reason: %s",
		  __entry->vm_id, __entry->ipa, __entry->facts,
		  __print_symbolic(__entry->vma_type, kvm_s2_trace_types),
		  __entry->exec_fault,
		  __print_symbolic(__entry->class, kvm_s2_trace_classes),
		  __print_symbolic(__entry->type, kvm_s2_trace_types),
		  __entry->exec, __entry->cmo,
		  __print_symbolic(__entry->verdict, kvm_s2_trace_verdicts),
		  __print_symbolic(__entry->reason, kvm_s2_trace_reasons))
);

/* One fault that constraints refused, or would have. */
TRACE_EVENT(kvm_s2_deny,
	TP_PROTO(struct kvm *kvm, u32 slot, u64 ipa, u8 mem_class,
		 bool exec_fault, const struct kvm_s2_decision *d),
	TP_ARGS(kvm, slot, ipa, mem_class, exec_fault, d),

	TP_STRUCT__entry(
		__field(u64, vm_id)
		__field(u64, ipa)
		__field(u32, slot)
		__field(u8, class)
		__field(u8, type)
		__field(u8, verdict)
		__field(u8, reason)
		__field(bool, exec_fault)
	),

	TP_fast_assign(
		__entry->vm_id		= kvm->arch.s2.id;
		__entry->ipa		= ipa;
		__entry->slot		= slot;
		__entry->class		= mem_class;
		__entry->type		= d->type;
		__entry->verdict	= d->verdict;
		__entry->reason		= d->reason;
		__entry->exec_fault	= exec_fault;
	),

	TP_printk("vm: %llu slot: %u ipa: 0x%llx fetch: %d class: %s type: %s verdict: %s reason: %s",
		  __entry->vm_id, __entry->slot, __entry->ipa,
		  __entry->exec_fault,
		  __print_symbolic(__entry->class, kvm_s2_trace_classes),
		  __print_symbolic(__entry->type, kvm_s2_trace_types),
		  __print_symbolic(__entry->verdict, kvm_s2_trace_verdicts),
		  __print_symbolic(__entry->reason, kvm_s2_trace_reasons))
);

/*
 * The host cleaned and invalidated the caches over memory that a guest has
 * non-cacheable by force: before it was mapped, or after it was unmapped.
 */
TRACE_EVENT(kvm_s2_cmo,
	TP_PROTO(struct kvm *kvm, u64 ipa, u64 size, bool map),
	TP_ARGS(kvm, ipa, size, map),

	TP_STRUCT__entry(
		__field(u64, vm_id)
		__field(u64, ipa)
		__field(u64, size)
		__field(bool, map)
	),

	TP_fast_assign(
		__entry->vm_id	= kvm->arch.s2.id;
		__entry->ipa	= ipa;
		__entry->size	= size;
		__entry->map	= map;
	),

	TP_printk("vm: %llu ipa: 0x%llx size: 0x%llx when: %s",
		  __entry->vm_id, __entry->ipa, __entry->size,
		  __entry->map ? "map" : "unmap")
);

#endif /* _TRACE_ARM64_KVM_S2_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_s2

/* This part must be outside protection */
#include <trace/define_trace.h>
