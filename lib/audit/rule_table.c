// SPDX-License-Identifier: LGPL-2.1-or-later
/* The rules about types: one function each; and the table of all rules */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <linux/kvm_s2_types.h>

#include "audit/alias.h"
#include "audit/rule_table.h"
#include "model/extent.h"
#include "model/field.h"
#include "model/program.h"

/*
 * Whether it is wb that the host cannot clean the caches for, of any strength but
 * @other.  Only where the page was looked at: what is assumed of one says nothing.
 */
static enum s2_check unflushable(const struct s2_obj *extent, unsigned int other)
{
	uint64_t facts = s2_obj_num(extent, S2_EXTENT_FACTS, 0);

	if (s2_obj_num(extent, S2_EXTENT_MAPPED, 0) != KVM_S2_TYPE_WB ||
	    s2_obj_num(extent, S2_EXTENT_STRENGTH, 0) == other)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_FACTS))
		return S2_CHECK_UNKNOWN;
	if (!(facts & KVM_S2_FACT_PFN) || (facts & KVM_S2_FACT_FLUSHABLE))
		return S2_CHECK_CLEAN;
	return s2_obj_has(extent, S2_EXTENT_STRENGTH) ? S2_CHECK_HIT :
		S2_CHECK_UNKNOWN;
}

/* S2-001: such memory, and the guest may go past the caches */
static enum s2_check unflushable_wb(struct s2_look *look,
				    const struct s2_obj *extent,
				    struct s2_hit *hit)
{
	const char *class = s2_obj_str(extent, S2_EXTENT_CLASS);
	enum s2_check check = unflushable(extent, S2_STRENGTH_FORCED);

	(void)look;
	if (check != S2_CHECK_HIT)
		return check;
	hit->severity = S2_SEVERITY_CRITICAL;
	snprintf(hit->statement, sizeof(hit->statement),
		 "mapped wb without FEAT_S2FWB over memory that the host cannot flush (%s)",
		 class ? class : "unknown");
	return S2_CHECK_HIT;
}

/* S2-002: wb that the guest may weaken */
static enum s2_check weak_wb(struct s2_look *look, const struct s2_obj *extent,
			     struct s2_hit *hit)
{
	(void)look;
	if (s2_obj_num(extent, S2_EXTENT_MAPPED, 0) != KVM_S2_TYPE_WB)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_STRENGTH))
		return S2_CHECK_UNKNOWN;
	if (s2_obj_num(extent, S2_EXTENT_STRENGTH, 0) == S2_STRENGTH_FORCED)
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_LOW;
	snprintf(hit->statement, sizeof(hit->statement),
		 "mapped wb without FEAT_S2FWB: the guest may choose non-cacheable");
	return S2_CHECK_HIT;
}

/* S2-003: two mappings of the same memory with different types */
static enum s2_check mismatched_vma(struct s2_look *look,
				    const struct s2_obj *extent,
				    struct s2_hit *hit)
{
	uint64_t mapped = s2_obj_num(extent, S2_EXTENT_MAPPED, 0);
	uint64_t vma = s2_obj_num(extent, S2_EXTENT_VMA_TYPE, 0);
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

	(void)look;
	if (!s2_extent_is_type(mapped) || vma == mapped)
		return S2_CHECK_CLEAN;
	/* No VMA, so no second mapping */
	if (class == KVM_S2_CLASS_VGIC || class == KVM_S2_CLASS_GMEM ||
	    class == KVM_S2_CLASS_HOLE || vma == KVM_S2_TYPE_UNMAPPED)
		return S2_CHECK_CLEAN;
	if (!s2_extent_is_type(vma))
		return S2_CHECK_UNKNOWN;
	hit->severity = mapped == KVM_S2_TYPE_WB || vma == KVM_S2_TYPE_WB ?
		S2_SEVERITY_HIGH : S2_SEVERITY_LOW;
	snprintf(hit->statement, sizeof(hit->statement),
		 "mapped %s, but %s in the VMM%s",
		 s2_obj_str(extent, S2_EXTENT_MAPPED),
		 s2_obj_str(extent, S2_EXTENT_VMA_TYPE),
		 hit->severity == S2_SEVERITY_HIGH ?
		 ": one side caches what the other does not" : "");
	return S2_CHECK_HIT;
}

/*
 * S2-005: instructions from where no program should be.  The class decides, not
 * VM_PFNMAP: drivers map the host's own RAM so, too, and what has struct pages
 * is managed like RAM.  KVM makes all that is wb executable on CPUs with DIC,
 * so that normal memory without struct pages is no more than low.
 */
static enum s2_check exec_io(struct s2_look *look, const struct s2_obj *extent,
			     struct s2_hit *hit)
{
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);
	const char *mapped = s2_obj_str(extent, S2_EXTENT_MAPPED);

	(void)look;
	if (!s2_extent_is_type(s2_obj_num(extent, S2_EXTENT_MAPPED, 0)) ||
	    class == KVM_S2_CLASS_VGIC)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_PERM) ||
	    !s2_obj_has(extent, S2_EXTENT_CLASS))
		return S2_CHECK_UNKNOWN;
	if (!(s2_obj_num(extent, S2_EXTENT_PERM, 0) & KVM_S2_PERM_X))
		return S2_CHECK_CLEAN;
	if (s2_extent_is_io(extent)) {
		hit->severity = S2_SEVERITY_HIGH;
		snprintf(hit->statement, sizeof(hit->statement),
			 "the guest can execute from I/O memory (%s), mapped %s",
			 s2_obj_str(extent, S2_EXTENT_CLASS), mapped);
		return S2_CHECK_HIT;
	}
	if (class != KVM_S2_CLASS_PFNMAP_WB)
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_LOW;
	snprintf(hit->statement, sizeof(hit->statement),
		 "the guest can execute from normal memory without struct pages, mapped %s",
		 mapped);
	return S2_CHECK_HIT;
}

/* S2-006: a BAR that could be nc */
static enum s2_check device_bar(struct s2_look *look,
				const struct s2_obj *extent,
				struct s2_hit *hit)
{
	if (!s2_extent_is_io(extent) ||
	    s2_obj_num(extent, S2_EXTENT_MAPPED, 0) != KVM_S2_TYPE_DEVICE)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_BDF))
		return s2_extent_is_no_bar(extent, look->host) ?
			S2_CHECK_CLEAN : S2_CHECK_UNKNOWN;
	if (!s2_obj_num(extent, S2_EXTENT_PREFETCHABLE, 0))
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_MEDIUM;
	snprintf(hit->statement, sizeof(hit->statement),
		 "prefetchable BAR %" PRIu64 " of %.40s is mapped device",
		 s2_obj_num(extent, S2_EXTENT_BAR, 0),
		 s2_obj_str(extent, S2_EXTENT_BDF));
	return S2_CHECK_HIT;
}

/* S2-004: what one of the two writes the other may not see */
static enum s2_check two_types(const struct s2_pair *pair, struct s2_hit *hit)
{
	const struct s2_field *type = s2_field_by_id(S2_EVIDENCE_MAPPED);
	const struct s2_mapping *a = &pair->a, *b = &pair->b;
	bool cached = a->type == KVM_S2_TYPE_WB || b->type == KVM_S2_TYPE_WB;
	const char *article;
	char title[S2_WHO_MAX], other[S2_WHO_MAX + 32];

	hit->severity = cached ? S2_SEVERITY_HIGH : S2_SEVERITY_MEDIUM;
	s2_who_title(&b->who, title, sizeof(title));
	article = s2_who_has(&b->who, S2_WHO_ID) ? "" : "the ";
	if (b->has_slot)
		snprintf(other, sizeof(other), "slot %" PRIu32 " of %s%s",
			 b->slot, article, title);
	else
		snprintf(other, sizeof(other), "%s%s", article, title);
	snprintf(hit->statement, sizeof(hit->statement),
		 "mapped %s, and the same host memory is mapped %s in %s",
		 s2_field_word(type, a->type), s2_field_word(type, b->type),
		 other);
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_MAPPED, a->type);
	if (a->mem_class)
		s2_obj_set_num(hit->evidence, S2_EVIDENCE_CLASS, a->mem_class);
	if (a->io)
		s2_obj_set_num(hit->evidence, S2_EVIDENCE_HPA, pair->hpa);
	s2_who_set(hit->evidence, &b->who);
	if (b->has_slot)
		s2_obj_set_num(hit->evidence, S2_EVIDENCE_OTHER_SLOT, b->slot);
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_OTHER_GPA, b->gpa);
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_OTHER_MAPPED, b->type);
	return S2_CHECK_HIT;
}

/*
 * S2-011: memory that a host without FEAT_S2FWB, or without DIC, would refuse.
 * KVM maps memory without a kernel alias only where it has both.
 */
static enum s2_check needs_features(struct s2_look *look,
				    const struct s2_obj *extent,
				    struct s2_hit *hit)
{
	enum s2_check check = unflushable(extent, S2_STRENGTH_WEAK);
	bool dic;

	(void)look;
	if (check != S2_CHECK_HIT)
		return check;
	dic = s2_obj_num(extent, S2_EXTENT_CLASS, 0) ==
		KVM_S2_CLASS_PFNMAP_WB &&
		s2_obj_num(extent, S2_EXTENT_PERM, 0) & KVM_S2_PERM_X;
	hit->severity = S2_SEVERITY_INFO;
	snprintf(hit->statement, sizeof(hit->statement),
		 "relies on FEAT_S2FWB%s: write-back memory that a host cannot flush",
		 dic ? " and DIC" : "");
	return S2_CHECK_HIT;
}

#define E(name)	(1u << S2_FIELD_INDEX(S2_EVIDENCE_##name))

const struct s2_rule s2_rules[] = {
	{ .id = "S2-001", .evidence = E(CLASS),
	  .fact = "whether the host can flush a page",
	  .extent = unflushable_wb },
	{ .id = "S2-002", .evidence = E(CLASS),
	  .fact = "whether stage 2 uses FEAT_S2FWB", .extent = weak_wb },
	{ .id = "S2-003", .evidence = E(CLASS) | E(MAPPED) | E(VMA_TYPE),
	  .fact = "the type of the VMM's own mapping",
	  .extent = mismatched_vma },
	{ .id = "S2-004", .needs = S2_LOAD_PHYS,
	  .fact = "host-physical addresses and types", .pair = two_types },
	{ .id = "S2-005", .evidence = E(CLASS) | E(MAPPED),
	  .fact = "class and permissions of memory", .extent = exec_io },
	{ .id = "S2-006", .evidence = E(CLASS) | E(BDF) | E(BAR),
	  .fact = "the host's PCI devices", .extent = device_bar },
	{ .id = "S2-007", .evidence = E(BDF) | E(BAR) | E(PCI_ID),
	  .fact = "the host's PCI devices", .extent = s2_rule_unapproved },
	{ .id = "S2-008", .needs = S2_LOAD_POLICY_IF_ANY, .series_only = true,
	  .fact = "the host's policies", .host = s2_rule_no_host_policy },
	{ .id = "S2-009", .evidence = E(CLASS) | E(SITE_RULES),
	  .fact = "the policies in force, and all that site rules match",
	  .uses = S2_LOAD_POLICY_IF_ANY, .extent = s2_rule_breaks_site, .vm = s2_rule_site_not_set,
	  .host = s2_rule_site_not_set },
	{ .id = "S2-010", .evidence = E(CLASS), .uses = S2_LOAD_POLICY_IF_ANY,
	  .series_only = true, .fact = "counters of refused faults",
	  .slot = s2_rule_denied_slot, .policy = s2_rule_denied_policy },
	{ .id = "S2-011", .evidence = E(CLASS), .uses = S2_LOAD_POLICY_IF_ANY,
	  .fact = "whether the host can flush a page",
	  .extent = needs_features, .policy = s2_rule_needs_fwb },
	{ .id = NULL },
};

int s2_rule_find(const char *id)
{
	for (int n = 0; s2_rules[n].id; n++)
		if (!strcmp(s2_rules[n].id, id))
			return n;
	return -1;
}
