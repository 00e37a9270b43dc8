/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kvm_s2_decide() is tested with, in the kernel (KUnit) and in user space.
 *
 * The table is worked out by hand.  base_choice() says once more, in the shape
 * that the fault path had before there was a function, what this base does;
 * every combination of inputs is held against it.
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
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY), false, false },
	}, {
		"a BAR through sysfs, write-combined by the VMM",
		{ BAR_FACTS | F(FWB) | F(DIC), T(NC), false },
		C(IO),
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY), false, false },
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
		"devdax: this base takes it for a device",
		{ DAX_FACTS | F(FWB) | F(DIC), T(WB), false },
		C(ZONE_DEVICE),
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY),
		  false, false },
	}, {
		"cacheable memory without struct pages: likewise",
		{ F(VMA) | F(PFN) | F(VM_PFNMAP) | F(FWB) | F(DIC), T(WB),
		  false },
		C(PFNMAP_WB),
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY),
		  false, false },
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
		{ T(DEVICE), V(ALLOW), R(NOT_MAP_MEMORY), false, false },
	},
};

/* This base's choice, said a second time.  *refused: -ENOEXEC or -EFAULT. */
struct base_choice {
	bool refused;
	bool device;
	bool normal_nc;
	bool exec;
};

static inline struct base_choice base_choice(struct kvm_s2_input in)
{
	struct base_choice c = { 0 };

	if (!(in.facts & (F(VMA) | F(GMEM)))) {
		c.refused = true;
		return c;
	}

	c.device = !(in.facts & F(MAP_MEMORY));
	if (in.exec_fault && c.device)
		c.refused = true;
	if (!c.device && (in.facts & F(MTE)) && !(in.facts & F(MTE_ALLOWED)))
		c.refused = true;

	if (in.exec_fault)
		c.exec = true;
	if (c.device) {
		if (in.facts & F(ANY_UNCACHED)) {
			c.normal_nc = true;
			c.device = false;
		}
	} else if (in.facts & F(DIC)) {
		c.exec = true;
	}

	return c;
}

/* Does the decision say what the base does? */
static inline bool s2_memtype_agrees(struct kvm_s2_input in)
{
	struct kvm_s2_decision d = kvm_s2_decide(in);
	struct base_choice c = base_choice(in);
	bool denied = d.verdict == V(DENY);

	if (denied != c.refused)
		return false;
	if (denied)
		return d.reason != R(UNKNOWN) && !d.exec && !d.cmo;

	return (d.type == T(DEVICE)) == c.device &&
	       (d.type == T(NC)) == c.normal_nc &&
	       (d.type == T(WB)) == (!c.device && !c.normal_nc) &&
	       d.exec == c.exec &&
	       d.cmo == (d.type == T(WB) && !(in.facts & F(FWB)));
}

#define S2_MEMTYPE_ALL_FACTS	((KVM_S2_FACT_PKVM << 1) - 1)

/* The next set of facts, or 0 after the last: skips bits that mean nothing. */
static inline u32 s2_memtype_next_facts(u32 facts)
{
	const u32 used = S2_MEMTYPE_ALL_FACTS & ~((1u << 7) | (3u << 14));

	return ((facts | ~used) + 1) & used;
}

/* Counts the combinations of inputs, and those that disagree with the base. */
static inline unsigned int s2_memtype_try_all(unsigned int *wrong)
{
	struct kvm_s2_input in = { 0 };
	unsigned int tried = 0;
	unsigned int i;

	*wrong = 0;
	do {
		for (i = 0; i < 2 * (T(MIXED) + 1); i++) {
			in.vma_type = i / 2;
			in.exec_fault = i % 2;
			tried++;
			if (!s2_memtype_agrees(in))
				(*wrong)++;
		}
		in.facts = s2_memtype_next_facts(in.facts);
	} while (in.facts);

	return tried;
}

/* 17 facts, 6 types of VMA, fetch or not */
#define S2_MEMTYPE_COMBINATIONS	((1u << 17) * 6 * 2)

#undef F
#undef T
#undef C
#undef V
#undef R

#endif /* __ARM64_KVM_S2_MEMTYPE_CASES_H__ */
