// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a VM needs of the CPUs and the kernel there */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2.h>
#include <linux/kvm_s2_types.h>
#include <stdio.h>

#include "compare/preflight.h"
#include "model/by_num.h"
#include "model/extent.h"

#define TEXT_MAX	256

static bool is_wb(const struct s2_obj *extent)
{
	return s2_extent_type(extent) == KVM_S2_TYPE_WB;
}

/* Mask of the classes of memory that is write-back where the VM is */
static unsigned int wb_classes(const struct s2_obj *vm)
{
	const struct s2_obj *extent;
	unsigned int classes = 0;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT) {
		uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

		if (class < 32 && s2_flight_counts(extent) && is_wb(extent))
			classes |= 1u << class;
	}
	return classes;
}

/* Whether a policy refuses write-back memory of a class, or in a slot */
static bool refuses_wb(const struct s2_obj *policy, unsigned int classes,
		       const struct s2_by_num *slots)
{
	uint64_t class = s2_obj_num(policy, S2_POLICY_CLASS, 0);

	if (s2_obj_num(policy, S2_POLICY_MODE, 0) != KVM_S2_MODE_ENFORCE ||
	    !(s2_obj_num(policy, S2_POLICY_CONSTRAINTS, 0) &
	      KVM_S2_CONSTRAINT_REQUIRE_FWB))
		return false;
	if (s2_obj_has(policy, S2_POLICY_SLOT))
		return s2_by_num_first(slots, s2_obj_num(policy,
							 S2_POLICY_SLOT, 0));
	return class < 32 && classes >> class & 1;
}

/* @found: the VM's own policy that asks for FEAT_S2FWB, or NULL */
static int find_require_fwb(const struct s2_obj *vm,
			    const struct s2_obj **found)
{
	unsigned int classes = wb_classes(vm);
	const struct s2_obj *policy;
	struct s2_by_num slots;

	*found = NULL;
	if (s2_by_num_make(&slots, s2_obj_first(vm, S2_OBJ_EXTENT),
			   S2_EXTENT_SLOT, is_wb))
		return -ENOMEM;
	s2_obj_for_each(policy, vm, S2_OBJ_POLICY)
		if (!*found && refuses_wb(policy, classes, &slots))
			*found = policy;
	s2_by_num_clear(&slots);
	return 0;
}

static int check_fwb(struct s2_flight *f, uint64_t pfnmap)
{
	const struct s2_obj *policy;
	char why[TEXT_MAX] = "", part[64];
	size_t used = 0;

	if (find_require_fwb(f->vm, &policy))
		return s2_fail_nomem(f->preflight->ctx);
	if (!pfnmap && !policy)
		return 0;
	if (pfnmap)
		used = snprintf(why, sizeof(why),
				"%" PRIu64 " bytes of write-back memory have no kernel alias%s",
				pfnmap, policy ? "; " : "");
	if (policy && s2_obj_has(policy, S2_POLICY_SLOT))
		snprintf(part, sizeof(part), "slot %" PRIu64,
			 s2_obj_num(policy, S2_POLICY_SLOT, 0));
	else if (policy)
		snprintf(part, sizeof(part), "class %s",
			 s2_obj_str(policy, S2_POLICY_CLASS));
	if (policy)
		snprintf(why + used, sizeof(why) - used,
			 "require-fwb is enforced for %s", part);
	return s2_flight_add_yes(f, S2_REQUIRES_FWB,
				 s2_flight_host_bool(f->to, S2_HOST_FWB), why);
}

static int check_vma_types(struct s2_flight *f, uint64_t pfnmap)
{
	uint64_t bytes = pfnmap +
		s2_flight_wb_bytes(f->vm, KVM_S2_CLASS_ZONE_DEVICE);
	char why[TEXT_MAX];

	if (!bytes)
		return 0;
	snprintf(why, sizeof(why),
		 "%" PRIu64 " bytes outside the memory map are write-back by the VMM's mapping",
		 bytes);
	return s2_flight_add_yes(f, S2_REQUIRES_VMA_TYPES,
				 s2_flight_feature(f->to,
						   KVM_S2_FEATURE_VMA_TYPES),
				 why);
}

/* How many policies are set for the VM; -1: not known */
static int count_policies(const struct s2_flight *f)
{
	const struct s2_obj *policy;
	int count = 0;

	if (!s2_obj_known(f->vm, S2_OBJ_POLICY))
		return s2_flight_has_policies(f->from) ? -1 : 0;
	s2_obj_for_each(policy, f->vm, S2_OBJ_POLICY)
		count += s2_obj_num(policy, S2_POLICY_CONSTRAINTS, 0) != 0;
	return count;
}

static int check_policy(struct s2_flight *f)
{
	int count = count_policies(f);
	char why[TEXT_MAX];

	if (!count)
		return 0;
	if (count < 0)
		return s2_flight_add_yes(f, S2_REQUIRES_POLICY, -1,
					 "the policies of the VM are not known");
	snprintf(why, sizeof(why), "%d %s set for the VM", count,
		 count == 1 ? "policy is" : "policies are");
	return s2_flight_add_yes(f, S2_REQUIRES_POLICY,
				 s2_flight_has_policies(f->to), why);
}

static int check_page_size(struct s2_flight *f)
{
	uint64_t from = s2_obj_num(s2_model_host(f->from), S2_HOST_PAGE_SIZE, 0);
	uint64_t to = s2_obj_num(s2_model_host(f->to), S2_HOST_PAGE_SIZE, 0);
	char needed[32], has[32];
	struct s2_need need = {
		.what = S2_REQUIRES_PAGE_SIZE, .slot = S2_ANY_SLOT,
		.needed = from ? needed : "unknown", .has = to ? has : NULL,
		.answer = !from || !to ? S2_ANSWER_UNKNOWN :
			from == to ? S2_ANSWER_OK : S2_ANSWER_MISSING,
	};

	snprintf(needed, sizeof(needed), "%" PRIu64, from);
	snprintf(has, sizeof(has), "%" PRIu64, to);
	return s2_flight_add(f, &need, "slots and dirty logs are in pages of the host");
}

void s2_flight_ipa_bits(struct s2_flight *f)
{
	const struct s2_obj *host = s2_model_host(f->to), *vm;

	f->ipa_bits = s2_obj_num(host, S2_HOST_IPA_BITS, 0);
	f->ipa_bits_at_least = !s2_obj_has(host, S2_HOST_IPA_BITS);
	if (!f->ipa_bits_at_least)
		return;
	s2_model_for_each(vm, f->to, S2_OBJ_VM)
		if (s2_obj_num(vm, S2_VM_IPA_BITS, 0) > f->ipa_bits)
			f->ipa_bits = s2_obj_num(vm, S2_VM_IPA_BITS, 0);
}

static int check_ipa_bits(struct s2_flight *f)
{
	uint64_t bits = s2_obj_num(f->vm, S2_VM_IPA_BITS, 0);
	char needed[32], has[48];
	bool at_least = f->ipa_bits_at_least;
	uint64_t there = f->ipa_bits;
	struct s2_need need = {
		.what = S2_REQUIRES_IPA_BITS, .slot = S2_ANY_SLOT,
		.needed = bits ? needed : "unknown",
		.has = there ? has : NULL,
		.answer = !bits || !there ? S2_ANSWER_UNKNOWN :
			there >= bits ? S2_ANSWER_OK :
			at_least ? S2_ANSWER_UNKNOWN : S2_ANSWER_MISSING,
	};

	snprintf(needed, sizeof(needed), "%" PRIu64, bits);
	snprintf(has, sizeof(has), "%s%" PRIu64, at_least ? "at least " : "",
		 there);
	return s2_flight_add(f, &need, at_least ?
			     "by the VMs that are there: KVM was not asked" :
			     "by what KVM there says");
}

int s2_flight_host(struct s2_flight *f)
{
	uint64_t pfnmap = s2_flight_wb_bytes(f->vm, KVM_S2_CLASS_PFNMAP_WB);
	int err = check_fwb(f, pfnmap);

	if (!err && pfnmap)
		err = s2_flight_add_yes(f, S2_REQUIRES_DIC,
					s2_flight_host_bool(f->to, S2_HOST_DIC),
					"write-back memory without a kernel alias takes FWB and DIC");
	if (!err)
		err = check_vma_types(f, pfnmap);
	if (!err)
		err = check_policy(f);
	if (!err)
		err = check_page_size(f);
	return err ? err : check_ipa_bits(f);
}
