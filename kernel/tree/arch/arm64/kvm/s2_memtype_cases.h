/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kvm_s2_decide() is tested with, in the kernel (KUnit) and in user space.
 *
 * Both tables are worked out by hand: one of examples, and one that says of
 * every combination of inputs what must come of it, with the choice by the
 * memory map as well as with the choice by the VMA.
 */
#ifndef __ARM64_KVM_S2_MEMTYPE_CASES_H__
#define __ARM64_KVM_S2_MEMTYPE_CASES_H__

#include "s2_memtype.h"

#define F(name)		KVM_S2_FACT_##name
#define T(name)		KVM_S2_TYPE_##name
#define C(name)		KVM_S2_CLASS_##name
#define V(name)		KVM_S2_VERDICT_##name
#define R(name)		KVM_S2_REASON_##name

#define RAM_FACTS	(F(VMA) | F(PFN) | F(MAP_MEMORY) | F(STRUCT_PAGE) | \
			 F(FLUSHABLE))
#define BAR_FACTS	(F(VMA) | F(PFN) | F(VM_IO) | F(VM_PFNMAP))
#define DAX_FACTS	(F(VMA) | F(PFN) | F(STRUCT_PAGE) | F(ZONE_DEVICE) | \
			 F(FLUSHABLE))
/* As a driver maps memory that has no struct pages, and no other alias */
#define PFN_FACTS	(F(VMA) | F(PFN) | F(VM_PFNMAP))

struct s2_memtype_case {
	const char *name;
	struct kvm_s2_input in;
	u8 class;
	struct kvm_s2_decision out;
};

static const struct s2_memtype_case s2_memtype_cases[] = {
	{
		"anonymous memory, FWB and DIC: executable at once",
		{ RAM_FACTS | F(FWB) | F(DIC), T(WB), false },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"anonymous memory, neither: clean first, not executable",
		{ RAM_FACTS, T(WB), false },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), false, true },
	}, {
		"anonymous memory, neither, fetch: executable",
		{ RAM_FACTS, T(WB), true },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, true },
	}, {
		"anonymous memory, FWB only",
		{ RAM_FACTS | F(FWB), T(WB), false },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), false, false },
	}, {
		"huge pages are like any memory",
		{ RAM_FACTS | F(HUGETLB) | F(FWB) | F(DIC), T(WB), false },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"memory that a nested guest may not execute",
		{ RAM_FACTS | F(FWB) | F(DIC), T(WB), false, true },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), false, false },
	}, {
		"memory under a non-cacheable VMA: the base does not look",
		{ RAM_FACTS | F(FWB) | F(DIC), T(NC), false },
		C(RAM_NC),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), true, false },
	}, {
		"memory under a VMA that allows any uncached type: not I/O",
		{ RAM_FACTS | F(ANY_UNCACHED) | F(FWB), T(WB), false },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), false, false },
	}, {
		"a BAR through sysfs",
		{ BAR_FACTS | F(FWB) | F(DIC), T(DEVICE), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(IO_VMA), false, false },
	}, {
		"a BAR through sysfs, write-combined by the VMM",
		{ BAR_FACTS | F(FWB) | F(DIC), T(NC), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(IO_VMA), false, false },
	}, {
		"a BAR through vfio-pci",
		{ BAR_FACTS | F(ANY_UNCACHED) | F(DIC), T(DEVICE), false },
		C(IO_NC),
		{ T(NC), V(ALLOW), R(ANY_UNCACHED), false, false },
	}, {
		"a fetch from a BAR through sysfs",
		{ BAR_FACTS | F(FWB) | F(DIC), T(DEVICE), true },
		C(IO),
		{ T(DEVICE), V(DENY), R(EXEC_IO), false, false },
	}, {
		"a fetch from a BAR through vfio-pci",
		{ BAR_FACTS | F(ANY_UNCACHED), T(DEVICE), true },
		C(IO_NC),
		{ T(NC), V(DENY), R(EXEC_IO), false, false },
	}, {
		"a BAR by the memory map alone: as ever",
		{ BAR_FACTS | F(MAP_ONLY) | F(FWB) | F(DIC), T(DEVICE), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY), false, false },
	}, {
		"a BAR under protected KVM: as ever",
		{ BAR_FACTS | F(PKVM) | F(FWB) | F(DIC), T(DEVICE), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY), false, false },
	}, {
		"VM_IO counts, however it is mapped",
		{ BAR_FACTS | F(FWB) | F(DIC), T(WB), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(IO_VMA), false, false },
	}, {
		"devdax is memory",
		{ DAX_FACTS | F(FWB) | F(DIC), T(WB), false },
		C(ZONE_DEVICE),
		{ T(WB), V(ALLOW), R(CACHEABLE_VMA), true, false },
	}, {
		"devdax can be cleaned: no FWB needed",
		{ DAX_FACTS, T(WB), false },
		C(ZONE_DEVICE),
		{ T(WB), V(ALLOW), R(CACHEABLE_VMA), false, true },
	}, {
		"code in devdax",
		{ DAX_FACTS, T(WB), true },
		C(ZONE_DEVICE),
		{ T(WB), V(ALLOW), R(CACHEABLE_VMA), true, true },
	}, {
		"devdax by the memory map alone: a device",
		{ DAX_FACTS | F(MAP_ONLY) | F(FWB) | F(DIC), T(WB), false },
		C(ZONE_DEVICE),
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY), false, false },
	}, {
		"a fetch from devdax by the memory map alone",
		{ DAX_FACTS | F(MAP_ONLY) | F(FWB) | F(DIC), T(WB), true },
		C(ZONE_DEVICE),
		{ T(DEVICE), V(DENY), R(EXEC_IO), false, false },
	}, {
		"a struct page that is no alias, CPU without DIC",
		{ (DAX_FACTS & ~F(FLUSHABLE)) | F(FWB), T(WB), false },
		C(ZONE_DEVICE),
		{ T(WB), V(DENY), R(NOT_FLUSHABLE), false, false },
	}, {
		"cacheable memory without struct pages is memory",
		{ PFN_FACTS | F(FWB) | F(DIC), T(WB), false },
		C(PFNMAP_WB),
		{ T(WB), V(ALLOW), R(CACHEABLE_VMA), true, false },
	}, {
		"cacheable memory without struct pages, no FWB: refused",
		{ PFN_FACTS | F(DIC), T(WB), false },
		C(PFNMAP_WB),
		{ T(WB), V(DENY), R(NOT_FLUSHABLE), false, false },
	}, {
		"cacheable memory without struct pages, no DIC: refused",
		{ PFN_FACTS | F(FWB), T(WB), true },
		C(PFNMAP_WB),
		{ T(WB), V(DENY), R(NOT_FLUSHABLE), false, false },
	}, {
		"the same for a nested guest that may not execute it",
		{ PFN_FACTS | F(FWB) | F(DIC), T(WB), false, true },
		C(PFNMAP_WB),
		{ T(WB), V(ALLOW), R(CACHEABLE_VMA), false, false },
	}, {
		"cacheable without struct pages, by the memory map alone",
		{ PFN_FACTS | F(MAP_ONLY), T(WB), false },
		C(PFNMAP_WB),
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY), false, false },
	}, {
		"non-cacheable without struct pages, not VM_IO",
		{ PFN_FACTS | F(FWB) | F(DIC), T(NC), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(IO_VMA), false, false },
	}, {
		"cacheable and not VM_IO is not I/O, whatever a driver allows",
		{ PFN_FACTS | F(ANY_UNCACHED) | F(FWB) | F(DIC), T(WB), false },
		C(PFNMAP_WB),
		{ T(WB), V(ALLOW), R(CACHEABLE_VMA), true, false },
	}, {
		"MTE VM, memory outside the memory map",
		{ DAX_FACTS | F(MTE) | F(MTE_ALLOWED) | F(FWB) | F(DIC), T(WB),
		  false },
		C(ZONE_DEVICE),
		{ T(WB), V(DENY), R(MTE_VMA), false, false },
	}, {
		"guest_memfd in the memory map",
		{ F(GMEM) | F(PFN) | F(MAP_MEMORY) | F(FWB), T(UNKNOWN),
		  false },
		C(GMEM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), false, false },
	}, {
		"nothing there",
		{ F(FWB) | F(DIC), T(UNKNOWN), false },
		C(HOLE),
		{ T(UNKNOWN), V(DENY), R(NO_VMA), false, false },
	}, {
		"MTE VM, memory that may be tagged",
		{ RAM_FACTS | F(MTE) | F(MTE_ALLOWED) | F(FWB), T(WB), false },
		C(RAM),
		{ T(WB), V(ALLOW), R(MAP_MEMORY), false, false },
	}, {
		"MTE VM, memory that may not",
		{ RAM_FACTS | F(MTE) | F(FWB), T(WB), false },
		C(RAM),
		{ T(WB), V(DENY), R(MTE_VMA), false, false },
	}, {
		"MTE VM, a BAR needs no tags",
		{ BAR_FACTS | F(MTE) | F(FWB), T(DEVICE), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(IO_VMA), false, false },
	},
};

/*
 * One rule of the golden table: for inputs that have all of @all, at least one
 * of each @any that is not 0, not all of @lacks if that is not 0, none of @none,
 * a VMA of one of @vma_types, and that are a fetch or not as @fetch says.
 */
struct s2_golden {
	u32 all;
	u32 any[2];
	u32 lacks;
	u32 none;
	u8 vma_types;
	enum { NO_FETCH = 1, FETCH = 2, ANY_FETCH = 3 } fetch;
	u8 type;
	u8 verdict;
	u8 reason;
};

#define S2_VMA_TYPES		((1u << (T(MIXED) + 1)) - 1)
#define S2_VMA_OTHER		(S2_VMA_TYPES & ~(1u << T(WB)))
#define S2_VMA_WB		(S2_VMA_TYPES & ~S2_VMA_OTHER)

#define HERE			(F(VMA) | F(GMEM))
#define OLD			(F(MAP_ONLY) | F(PKVM))
#define COHERENT		(F(FWB) | F(DIC))

static const struct s2_golden s2_golden[] = {
	/* nothing there */
	{ .none = HERE, .vma_types = S2_VMA_TYPES, .fetch = ANY_FETCH,
	  T(UNKNOWN), V(DENY), R(NO_VMA) },

	/* in the memory map: the VMA does not matter */
	{ .all = F(MAP_MEMORY), .any = { HERE }, .none = F(MTE),
	  .vma_types = S2_VMA_TYPES, .fetch = ANY_FETCH,
	  T(WB), V(ALLOW), R(MAP_MEMORY) },
	{ .all = F(MAP_MEMORY) | F(MTE) | F(MTE_ALLOWED), .any = { HERE },
	  .vma_types = S2_VMA_TYPES, .fetch = ANY_FETCH,
	  T(WB), V(ALLOW), R(MAP_MEMORY) },
	{ .all = F(MAP_MEMORY) | F(MTE), .any = { HERE },
	  .none = F(MTE_ALLOWED),
	  .vma_types = S2_VMA_TYPES, .fetch = ANY_FETCH,
	  T(WB), V(DENY), R(MTE_VMA) },

	/* the old choice: anything else is I/O */
	{ .all = F(ANY_UNCACHED), .any = { HERE, OLD }, .none = F(MAP_MEMORY),
	  .vma_types = S2_VMA_TYPES, .fetch = NO_FETCH,
	  T(NC), V(ALLOW), R(ANY_UNCACHED) },
	{ .all = F(ANY_UNCACHED), .any = { HERE, OLD }, .none = F(MAP_MEMORY),
	  .vma_types = S2_VMA_TYPES, .fetch = FETCH,
	  T(NC), V(DENY), R(EXEC_IO) },
	{ .any = { HERE, OLD }, .none = F(MAP_MEMORY) | F(ANY_UNCACHED),
	  .vma_types = S2_VMA_TYPES, .fetch = NO_FETCH,
	  T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY) },
	{ .any = { HERE, OLD }, .none = F(MAP_MEMORY) | F(ANY_UNCACHED),
	  .vma_types = S2_VMA_TYPES, .fetch = FETCH,
	  T(DEVICE), V(DENY), R(EXEC_IO) },

	/* the new one: VM_IO is I/O */
	{ .all = F(VM_IO) | F(ANY_UNCACHED), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD,
	  .vma_types = S2_VMA_TYPES, .fetch = NO_FETCH,
	  T(NC), V(ALLOW), R(ANY_UNCACHED) },
	{ .all = F(VM_IO) | F(ANY_UNCACHED), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD,
	  .vma_types = S2_VMA_TYPES, .fetch = FETCH,
	  T(NC), V(DENY), R(EXEC_IO) },
	{ .all = F(VM_IO), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(ANY_UNCACHED),
	  .vma_types = S2_VMA_TYPES, .fetch = NO_FETCH,
	  T(DEVICE), V(ALLOW), R(IO_VMA) },
	{ .all = F(VM_IO), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(ANY_UNCACHED),
	  .vma_types = S2_VMA_TYPES, .fetch = FETCH,
	  T(DEVICE), V(DENY), R(EXEC_IO) },

	/* and so is what is not mapped cacheable */
	{ .all = F(ANY_UNCACHED), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO),
	  .vma_types = S2_VMA_OTHER, .fetch = NO_FETCH,
	  T(NC), V(ALLOW), R(ANY_UNCACHED) },
	{ .all = F(ANY_UNCACHED), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO),
	  .vma_types = S2_VMA_OTHER, .fetch = FETCH,
	  T(NC), V(DENY), R(EXEC_IO) },
	{ .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO) | F(ANY_UNCACHED),
	  .vma_types = S2_VMA_OTHER, .fetch = NO_FETCH,
	  T(DEVICE), V(ALLOW), R(IO_VMA) },
	{ .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO) | F(ANY_UNCACHED),
	  .vma_types = S2_VMA_OTHER, .fetch = FETCH,
	  T(DEVICE), V(DENY), R(EXEC_IO) },

	/* the rest is memory, where it can be kept coherent */
	{ .all = F(FLUSHABLE), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO) | F(MTE),
	  .vma_types = S2_VMA_WB, .fetch = ANY_FETCH,
	  T(WB), V(ALLOW), R(CACHEABLE_VMA) },
	{ .all = COHERENT, .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO) | F(MTE) | F(FLUSHABLE),
	  .vma_types = S2_VMA_WB, .fetch = ANY_FETCH,
	  T(WB), V(ALLOW), R(CACHEABLE_VMA) },
	{ .any = { HERE }, .lacks = COHERENT,
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO) | F(FLUSHABLE),
	  .vma_types = S2_VMA_WB, .fetch = ANY_FETCH,
	  T(WB), V(DENY), R(NOT_FLUSHABLE) },
	{ .all = F(MTE) | F(FLUSHABLE), .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO),
	  .vma_types = S2_VMA_WB, .fetch = ANY_FETCH,
	  T(WB), V(DENY), R(MTE_VMA) },
	{ .all = F(MTE) | COHERENT, .any = { HERE },
	  .none = F(MAP_MEMORY) | OLD | F(VM_IO) | F(FLUSHABLE),
	  .vma_types = S2_VMA_WB, .fetch = ANY_FETCH,
	  T(WB), V(DENY), R(MTE_VMA) },

	{ .vma_types = 0 }	/* the end */
};

static inline bool s2_golden_matches(const struct s2_golden *g,
				     struct kvm_s2_input in)
{
	return (in.facts & g->all) == g->all &&
	       !(in.facts & g->none) &&
	       (!g->any[0] || (in.facts & g->any[0])) &&
	       (!g->any[1] || (in.facts & g->any[1])) &&
	       (!g->lacks || (in.facts & g->lacks) != g->lacks) &&
	       (g->vma_types & (1u << in.vma_type)) &&
	       (g->fetch & (in.exec_fault ? FETCH : NO_FETCH));
}

/* Does exactly one rule apply, and does the decision follow it? */
static inline bool s2_memtype_agrees(struct kvm_s2_input in)
{
	struct kvm_s2_decision d = kvm_s2_decide(in);
	const struct s2_golden *g, *found = NULL;
	bool mapped_wb;

	for (g = s2_golden; g->vma_types; g++) {
		if (!s2_golden_matches(g, in))
			continue;
		if (found)
			return false;
		found = g;
	}
	if (!found)
		return false;

	mapped_wb = found->verdict == V(ALLOW) && found->type == T(WB);
	return d.type == found->type &&
	       d.verdict == found->verdict &&
	       d.reason == found->reason &&
	       d.exec == (mapped_wb && (in.exec_fault ||
			((in.facts & F(DIC)) && !in.exec_on_fetch))) &&
	       d.cmo == (mapped_wb && !(in.facts & F(FWB)));
}

#define S2_MEMTYPE_ALL_FACTS	((KVM_S2_FACT_MAP_ONLY << 1) - 1)

/* The next set of facts, or 0 after the last: skips bits that mean nothing. */
static inline u32 s2_memtype_next_facts(u32 facts)
{
	const u32 used = S2_MEMTYPE_ALL_FACTS & ~((1u << 7) | (3u << 14));

	return ((facts | ~used) + 1) & used;
}

/* Tries all inputs with these facts; says how many disagree with the table. */
static inline unsigned int s2_memtype_try(u32 facts)
{
	struct kvm_s2_input in = { .facts = facts };
	unsigned int wrong = 0;
	unsigned int i;

	for (i = 0; i < 4 * (T(MIXED) + 1); i++) {
		in.vma_type = i / 4;
		in.exec_fault = i & 1;
		in.exec_on_fetch = i & 2;
		if (!s2_memtype_agrees(in))
			wrong++;
	}

	return wrong;
}

/* 2^18; each set of facts stands for 6 types of VMA, and 4 kinds of access */
#define S2_MEMTYPE_FACT_SETS	262144

#undef F
#undef T
#undef C
#undef V
#undef R

#endif /* __ARM64_KVM_S2_MEMTYPE_CASES_H__ */
