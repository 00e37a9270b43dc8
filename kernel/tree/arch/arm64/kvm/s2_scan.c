// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a stage-2 page table as runs of entries that are alike.
 *
 * kvm_pgtable_walk() calls back for every leaf.  That is what one wants in
 * order to change leaves; to read a VM's memory map, where neighbours are
 * nearly always alike, most of the time would go into getting to the next
 * entry.  Here a table is found once, and its entries are compared in a loop.
 *
 * The caller holds mmu_lock for reading.  Faults go on meanwhile and may
 * replace a table, which is freed after a grace period; hence RCU.
 */
#include <linux/memblock.h>
#include <linux/mmzone.h>
#include <linux/rcupdate.h>
#include <asm/kvm_mmu.h>

#include "s2_facts.h"
#include "s2_scan.h"

#define S2_TYPE_TABLE		BIT(1)	/* in a level above the last */

#define S2_ATTR_MASK							\
	(KVM_PTE_VALID | S2_TYPE_TABLE | KVM_PTE_LEAF_ATTR_S2_PERMS |	\
	 KVM_PTE_LEAF_ATTR_LO_S2_MEMATTR)

/*
 * An output address wider than 48 bits has its top bits apart from the others.
 * They are compared like attributes, so what is left is one plain number.
 */
static u64 s2_addr_low(void)
{
	return kvm_lpa2_is_enabled() ? KVM_PTE_ADDR_MASK_LPA2 :
				       KVM_PTE_ADDR_MASK;
}

static u64 s2_addr_high(void)
{
	if (kvm_lpa2_is_enabled())
		return KVM_PTE_ADDR_51_50_LPA2;

	return PAGE_SHIFT == 16 ? KVM_PTE_ADDR_51_48 : 0;
}

/**
 * kvm_s2_memattr_type - decode the memory type of an entry
 * @memattr: MemAttr[3:0]
 * @fwb: the table was built with FEAT_S2FWB
 *
 * Return: an enum kvm_s2_type; UNKNOWN for what KVM never writes.
 */
u8 kvm_s2_memattr_type(u8 memattr, bool fwb)
{
	if (memattr == (fwb ? MT_S2_FWB_NORMAL : MT_S2_NORMAL))
		return KVM_S2_TYPE_WB;
	if (memattr == (fwb ? MT_S2_FWB_NORMAL_NC : MT_S2_NORMAL_NC))
		return KVM_S2_TYPE_NC;
	if (memattr == (fwb ? MT_S2_FWB_DEVICE_nGnRE : MT_S2_DEVICE_nGnRE))
		return KVM_S2_TYPE_DEVICE;

	return KVM_S2_TYPE_UNKNOWN;
}

/* The part of the memory map, or of what lies between two parts, around @pa. */
static void s2_map_memory_range(u64 pa, u64 *lo, u64 *hi)
{
	struct memblock_region *r;
	u64 start, end;

	*lo = 0;
	*hi = U64_MAX;

	for_each_mem_region(r) {
		start = PAGE_ALIGN(r->base);
		end = PAGE_ALIGN(r->base + r->size);

		if (pa >= end) {
			*lo = end;
			continue;
		}

		if (pa >= start)
			*lo = start;
		*hi = pa >= start ? end : start;
		return;
	}
}

/*
 * Learn the facts of the page at @pa and how far around it they hold, so that
 * the pages of a run need not be looked up one by one.
 */
static void s2_learn_facts(struct kvm_s2_scan *scan, u64 pa)
{
	unsigned long pfn = PHYS_PFN(pa);
	u64 subsection;

	s2_map_memory_range(pa, &scan->lo, &scan->hi);
	scan->facts = kvm_s2_pfn_facts(pfn);

	if (scan->facts & KVM_S2_FACT_MAP_MEMORY)
		return;

	/* Struct pages come and go by subsection, and are of one kind there. */
	subsection = ALIGN_DOWN(pa, PFN_PHYS(PAGES_PER_SUBSECTION));
	scan->lo = max(scan->lo, subsection);
	scan->hi = min(scan->hi, subsection + PFN_PHYS(PAGES_PER_SUBSECTION));
}

/* How many entries from @ptep on, of at most @max, are not mapped? */
static u32 s2_count_invalid(const kvm_pte_t *ptep, u32 max)
{
	u32 n;

	for (n = 1; n < max; n++) {
		if (kvm_pte_valid(READ_ONCE(ptep[n])))
			break;
	}

	return n;
}

/* How many are like the first, each physically behind the one before? */
static u32 s2_count_contiguous(const kvm_pte_t *ptep, u32 max, kvm_pte_t first,
			       u64 step)
{
	const u64 mask = S2_ATTR_MASK | s2_addr_high() | s2_addr_low();
	u64 want = first & mask;
	u32 n;

	for (n = 1; n < max; n++) {
		want += step;
		if ((READ_ONCE(ptep[n]) & mask) != want)
			break;
	}

	return n;
}

/* How many are like the first, wherever in the known range they lie? */
static u32 s2_count_alike(const struct kvm_s2_scan *scan,
			  const kvm_pte_t *ptep, u32 max, kvm_pte_t first)
{
	const u64 low = s2_addr_low();
	const u64 mask = S2_ATTR_MASK | s2_addr_high();
	/* What the top bits of all these addresses amount to */
	const u64 window = kvm_pte_to_phys(first) - (first & low);
	const u64 lo = max(scan->lo, window) - window;
	const u64 span = scan->hi - window - lo;
	const u64 want = first & mask;
	u32 n;

	for (n = 1; n + 1 < max; n += 2) {
		kvm_pte_t a = READ_ONCE(ptep[n]);
		kvm_pte_t b = READ_ONCE(ptep[n + 1]);

		if ((((a ^ want) | (b ^ want)) & mask) ||
		    (a & low) - lo >= span || (b & low) - lo >= span)
			break;
	}

	/* The odd one, or the first of a pair that did not match */
	for (; n < max; n++) {
		kvm_pte_t pte = READ_ONCE(ptep[n]);

		if (((pte ^ want) & mask) || (pte & low) - lo >= span)
			break;
	}

	return n;
}

/* How many entries of a level it takes to map so many bytes. */
static u64 s2_entries(u64 bytes, s8 level)
{
	return ((bytes - 1) >> kvm_granule_shift(level)) + 1;
}

/*
 * Describe @pte, which was read from @ptep, as a run; say how many entries
 * belong to it.
 */
static u32 s2_begin_run(struct kvm_s2_scan *scan, struct kvm_s2_run *run,
			const kvm_pte_t *ptep, kvm_pte_t pte, u32 max, s8 level)
{
	enum kvm_pgtable_prot prot;
	u64 pa;

	if (!kvm_pte_valid(pte)) {
		*run = (struct kvm_s2_run) { .memattr = KVM_S2_MEMATTR_NONE };
		return s2_count_invalid(ptep, max);
	}

	pa = kvm_pte_to_phys(pte);
	if (pa - scan->lo >= scan->hi - scan->lo)
		s2_learn_facts(scan, pa);

	prot = kvm_pgtable_stage2_pte_prot(pte);
	run->hpa = pa;
	run->facts = scan->facts;
	run->memattr = FIELD_GET(KVM_PTE_LEAF_ATTR_LO_S2_MEMATTR, pte);
	run->perm = (prot & KVM_PGTABLE_PROT_R ? KVM_S2_PERM_R : 0) |
		    (prot & KVM_PGTABLE_PROT_W ? KVM_S2_PERM_W : 0) |
		    (prot & KVM_PGTABLE_PROT_X ? KVM_S2_PERM_X : 0);

	if (!scan->phys)
		return s2_count_alike(scan, ptep, max, pte);

	max = min_t(u64, max, s2_entries(scan->hi - pa, level));
	return s2_count_contiguous(ptep, max, pte, kvm_granule_size(level));
}

static bool s2_is_table(kvm_pte_t pte, s8 level)
{
	return level < KVM_PGTABLE_LAST_LEVEL && kvm_pte_valid(pte) &&
	       (pte & S2_TYPE_TABLE);
}

/*
 * Scan the leaves of one table from its entry @idx on, until the table, the
 * range or the budget ends, or the next table begins.
 */
static u64 s2_scan_leaves(struct kvm_s2_scan *scan, const kvm_pte_t *table,
			  u32 idx, u32 nr, s8 level, u64 gpa, u64 end)
{
	u64 step = kvm_granule_size(level);

	while (idx < nr && gpa < end && scan->budget) {
		struct kvm_s2_run *run = &scan->runs[scan->nr];
		/* A fault may put a table here at any time: look once. */
		kvm_pte_t pte = READ_ONCE(table[idx]);
		u64 offset = gpa & (step - 1);
		u32 max, n;

		if (s2_is_table(pte, level))
			break;

		max = min_t(u64, nr - idx, s2_entries(end - gpa + offset, level));
		max = min(max, scan->budget);

		n = s2_begin_run(scan, run, table + idx, pte, max, level);
		scan->nr++;
		run->gpa = gpa;
		run->hpa += offset;
		run->bytes = min(n * step - offset, end - gpa);

		gpa += run->bytes;
		idx += n;
		scan->budget -= n;
	}

	return gpa;
}

/* Find the lowest table that translates @gpa and scan it. */
static u64 s2_scan_table(struct kvm_s2_scan *scan, struct kvm_pgtable *pgt,
			 u64 gpa, u64 end)
{
	const kvm_pte_t *table = rcu_dereference(pgt->pgd);
	s8 level = pgt->start_level;
	u32 shift = kvm_granule_shift(level);
	/* The first level may be several tables, one behind the other. */
	u32 nr = BIT(pgt->ia_bits - shift);
	u32 idx = gpa >> shift;
	kvm_pte_t pte = READ_ONCE(table[idx]);

	while (s2_is_table(pte, level)) {
		table = pgt->mm_ops->phys_to_virt(kvm_pte_to_phys(pte));
		level++;
		nr = PTRS_PER_PTE;
		idx = (gpa >> kvm_granule_shift(level)) & (nr - 1);
		pte = READ_ONCE(table[idx]);
	}

	return s2_scan_leaves(scan, table, idx, nr, level, gpa, end);
}

/**
 * kvm_s2_scan - read a part of a stage-2 page table
 * @scan: where to; @phys is set by the caller
 * @pgt: the page table
 * @gpa: guest-physical address to begin at, below the table's limit
 * @end: where to end at the latest
 *
 * Looks at KVM_S2_SCAN_BUDGET entries at most.  The caller holds mmu_lock, for
 * reading suffices.
 *
 * Return: the guest-physical address where the scan stopped.
 */
u64 kvm_s2_scan(struct kvm_s2_scan *scan, struct kvm_pgtable *pgt,
		u64 gpa, u64 end)
{
	scan->nr = 0;
	scan->budget = KVM_S2_SCAN_BUDGET;
	/* Memory may have been plugged since the last time. */
	scan->lo = 0;
	scan->hi = 0;

	rcu_read_lock();
	while (gpa < end && scan->budget)
		gpa = s2_scan_table(scan, pgt, gpa, end);
	rcu_read_unlock();

	return gpa;
}
