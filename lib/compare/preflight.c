// SPDX-License-Identifier: LGPL-2.1-or-later
/* What VMs rely on, and whether a host has it: CPUs, kernel, classes of memory */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "compare/preflight.h"
#include "model/adopt.h"
#include "model/field.h"

#define TEXT_MAX	256

/* ------------------------------------------------------------------- rows */

/* What is not known makes the whole incomplete */
static int add_problem(struct s2_flight *f, const struct s2_obj *row)
{
	bool has_id = s2_obj_has(f->vm, S2_VM_ID);

	return s2_model_problem(f->preflight->outcome,
				S2_PROBLEM_FACTS_MISSING, f->vm,
				"%s %" PRIu64 ": whether it gets what it needs is not known: %s: %s",
				has_id ? "VM" : "VM of process",
				s2_obj_num(f->vm, has_id ? S2_VM_ID : S2_VM_PID,
					   0),
				s2_obj_str(row, S2_REQUIREMENT_REQUIREMENT),
				s2_obj_str(row, S2_REQUIREMENT_WHY));
}

int s2_flight_add(struct s2_flight *f, const struct s2_need *need,
		  const char *why, ...)
{
	struct s2_pool *pool = &f->preflight->outcome->pool;
	struct s2_obj *row = s2_list_add(&f->preflight->rows);
	char text[TEXT_MAX];
	va_list args;

	va_start(args, why);
	vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	if (!row ||
	    s2_obj_keep_str(pool, row, S2_REQUIREMENT_NEEDED, need->needed) ||
	    s2_obj_keep_str(pool, row, S2_REQUIREMENT_HAS, need->has) ||
	    s2_obj_keep_str(pool, row, S2_REQUIREMENT_WHY, text) ||
	    s2_obj_keep_str(pool, row, S2_REQUIREMENT_NAME,
			    s2_obj_str(f->vm, S2_VM_NAME)) ||
	    s2_obj_keep_str(pool, row, S2_REQUIREMENT_UUID,
			    s2_obj_str(f->vm, S2_VM_UUID)))
		return s2_fail_nomem(f->preflight->ctx);
	s2_obj_copy(row, S2_REQUIREMENT_VM, f->vm, S2_VM_ID);
	s2_obj_set_num(row, S2_REQUIREMENT_REQUIREMENT, need->what);
	s2_obj_set_num(row, S2_REQUIREMENT_VERDICT, need->answer);
	if (need->class)
		s2_obj_set_num(row, S2_REQUIREMENT_CLASS, need->class);
	if (need->slot != S2_ANY_SLOT)
		s2_obj_set_num(row, S2_REQUIREMENT_SLOT, need->slot);
	return need->answer == S2_ANSWER_UNKNOWN ? add_problem(f, row) : 0;
}

/* Something that a host has or has not: 1, 0, -1 not known */
static int add_yes(struct s2_flight *f, enum s2_requirement what, int has,
		   const char *why)
{
	struct s2_need need = {
		.what = what, .slot = S2_ANY_SLOT, .needed = "yes",
		.has = has < 0 ? NULL : has ? "yes" : "no",
		.answer = has < 0 ? S2_ANSWER_UNKNOWN :
			has ? S2_ANSWER_OK : S2_ANSWER_MISSING,
	};

	return s2_flight_add(f, &need, "%s", why);
}

/* ------------------------------------------------------------------ facts */

static int host_bool(const struct s2_model *model, unsigned int id)
{
	const struct s2_obj *host = s2_model_host(model);

	return s2_obj_has(host, id) ? s2_obj_num(host, id, 0) != 0 : -1;
}

int s2_flight_feature(const struct s2_model *model, uint64_t bit)
{
	const struct s2_obj *host = s2_model_host(model);

	if (s2_obj_has(host, S2_HOST_FEATURES))
		return !!(s2_obj_num(host, S2_HOST_FEATURES, 0) & bit);
	return -1;
}

/* Policies are the series' alone */
static int has_policies(const struct s2_model *model)
{
	if (!host_bool(model, S2_HOST_SERIES))
		return 0;
	return s2_flight_feature(model, KVM_S2_FEATURE_POLICY);
}

static bool counts(const struct s2_obj *extent)
{
	return s2_obj_num(extent, S2_EXTENT_VERDICT, 0) != KVM_S2_VERDICT_DENY;
}

uint64_t s2_flight_bytes(const struct s2_obj *vm, unsigned int class)
{
	const struct s2_obj *extent;
	uint64_t sum = 0;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
		if (counts(extent) &&
		    s2_obj_num(extent, S2_EXTENT_CLASS, 0) == class &&
		    __builtin_add_overflow(sum, s2_obj_num(extent,
							   S2_EXTENT_BYTES, 0),
					   &sum))
			return UINT64_MAX;
	return sum;
}

/* Bytes of one class that are write-back where the VM is */
static uint64_t wb_bytes(const struct s2_obj *vm, unsigned int class)
{
	const struct s2_obj *extent;
	uint64_t sum = 0;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
		if (counts(extent) &&
		    s2_obj_num(extent, S2_EXTENT_CLASS, 0) == class &&
		    s2_obj_num(extent, S2_EXTENT_PREDICTED, 0) ==
		    KVM_S2_TYPE_WB)
			sum += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	return sum;
}

/* ------------------------------------------------------- CPUs and kernel */

/* Whether memory that a policy is for is write-back, and so refused */
static bool concerns_wb(const struct s2_obj *vm, const struct s2_obj *policy)
{
	const struct s2_obj *extent;

	if (!s2_obj_has(policy, S2_POLICY_SLOT))
		return wb_bytes(vm, s2_obj_num(policy, S2_POLICY_CLASS, 0));
	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT)
		if (s2_obj_num(extent, S2_EXTENT_SLOT, UINT64_MAX) ==
		    s2_obj_num(policy, S2_POLICY_SLOT, 0) &&
		    s2_obj_num(extent, S2_EXTENT_PREDICTED, 0) ==
		    KVM_S2_TYPE_WB)
			return true;
	return false;
}

/* The VM's own policy that asks for FEAT_S2FWB, or NULL */
static const struct s2_obj *find_require_fwb(const struct s2_obj *vm)
{
	const struct s2_obj *policy;

	s2_obj_for_each(policy, vm, S2_OBJ_POLICY)
		if (s2_obj_num(policy, S2_POLICY_MODE, 0) ==
		    KVM_S2_MODE_ENFORCE &&
		    s2_obj_num(policy, S2_POLICY_CONSTRAINTS, 0) &
		    KVM_S2_CONSTRAINT_REQUIRE_FWB &&
		    concerns_wb(vm, policy))
			return policy;
	return NULL;
}

static int check_fwb(struct s2_flight *f, uint64_t pfnmap)
{
	const struct s2_obj *policy = find_require_fwb(f->vm);
	char why[TEXT_MAX] = "", part[64];
	size_t used = 0;

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
	return add_yes(f, S2_REQUIRES_FWB, host_bool(f->to, S2_HOST_FWB), why);
}

static int check_vma_types(struct s2_flight *f, uint64_t pfnmap)
{
	uint64_t bytes = pfnmap + wb_bytes(f->vm, KVM_S2_CLASS_ZONE_DEVICE);
	char why[TEXT_MAX];

	if (!bytes)
		return 0;
	snprintf(why, sizeof(why),
		 "%" PRIu64 " bytes outside the memory map are write-back by the VMM's mapping",
		 bytes);
	return add_yes(f, S2_REQUIRES_VMA_TYPES,
		       s2_flight_feature(f->to, KVM_S2_FEATURE_VMA_TYPES), why);
}

/* How many policies are set for the VM; -1: not known */
static int count_policies(const struct s2_flight *f)
{
	const struct s2_obj *policy;
	int count = 0;

	if (!s2_obj_known(f->vm, S2_OBJ_POLICY))
		return has_policies(f->from) ? -1 : 0;
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
		return add_yes(f, S2_REQUIRES_POLICY, -1,
			       "the policies of the VM are not known");
	snprintf(why, sizeof(why), "%d %s set for the VM", count,
		 count == 1 ? "policy is" : "policies are");
	return add_yes(f, S2_REQUIRES_POLICY, has_policies(f->to), why);
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

/* Most that is known to work there: by KVM's word, or because a VM has it */
static uint64_t find_ipa_bits(const struct s2_model *to, bool *at_least)
{
	const struct s2_obj *vm;
	uint64_t bits = 0;

	*at_least = !s2_obj_has(s2_model_host(to), S2_HOST_IPA_BITS);
	if (!*at_least)
		return s2_obj_num(s2_model_host(to), S2_HOST_IPA_BITS, 0);
	s2_model_for_each(vm, to, S2_OBJ_VM)
		if (s2_obj_num(vm, S2_VM_IPA_BITS, 0) > bits)
			bits = s2_obj_num(vm, S2_VM_IPA_BITS, 0);
	return bits;
}

static int check_ipa_bits(struct s2_flight *f)
{
	uint64_t bits = s2_obj_num(f->vm, S2_VM_IPA_BITS, 0);
	char needed[32], has[48];
	bool at_least;
	uint64_t there = find_ipa_bits(f->to, &at_least);
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

/* ---------------------------------------------------------------- classes */

/* What memory of a class becomes there: a type, UNMAPPED for refused, or 0 */
static unsigned int type_there(const struct s2_flight *f, unsigned int class)
{
	int vma_types = s2_flight_feature(f->to, KVM_S2_FEATURE_VMA_TYPES);
	int pfnmap = host_bool(f->to, S2_HOST_CACHEABLE_PFNMAP);
	int pkvm = host_bool(f->to, S2_HOST_PKVM);
	const char *a = s2_obj_str(s2_model_host(f->from), S2_HOST_RELEASE);
	const char *b = s2_obj_str(s2_model_host(f->to), S2_HOST_RELEASE);

	switch (class) {
	case KVM_S2_CLASS_RAM:
	case KVM_S2_CLASS_RAM_NC:
		return KVM_S2_TYPE_WB;
	case KVM_S2_CLASS_IO:
		return KVM_S2_TYPE_DEVICE;
	case KVM_S2_CLASS_IO_NC:
		return pkvm < 0 ? 0 : pkvm ? KVM_S2_TYPE_DEVICE :
			KVM_S2_TYPE_NC;
	case KVM_S2_CLASS_ZONE_DEVICE:
		return vma_types < 0 ? 0 : vma_types ? KVM_S2_TYPE_WB :
			KVM_S2_TYPE_DEVICE;
	case KVM_S2_CLASS_PFNMAP_WB:
		if (!vma_types)
			return KVM_S2_TYPE_DEVICE;
		return pfnmap < 0 ? 0 : pfnmap ? KVM_S2_TYPE_WB :
			KVM_S2_TYPE_UNMAPPED;
	default:
		/* Not every kernel has guest_memfd: the same one has */
		return a && b && !strcmp(a, b) ? KVM_S2_TYPE_WB : 0;
	}
}

/* The weakest type that memory of the class has where the VM is; 0: unknown */
static unsigned int type_here(const struct s2_obj *vm, unsigned int class)
{
	const struct s2_obj *extent;
	unsigned int weakest = KVM_S2_TYPE_MIXED;

	s2_obj_for_each(extent, vm, S2_OBJ_EXTENT) {
		unsigned int type = s2_obj_num(extent, S2_EXTENT_PREDICTED, 0);

		if (s2_obj_num(extent, S2_EXTENT_CLASS, 0) != class ||
		    !counts(extent))
			continue;
		if (type < KVM_S2_TYPE_WB || type > KVM_S2_TYPE_DEVICE)
			return 0;
		if (type < weakest)
			weakest = type;
	}
	return weakest;
}

/* A weaker type than before takes nothing away; a stronger one does */
static int check_class(struct s2_flight *f, unsigned int class)
{
	const struct s2_field *types = s2_field_by_id(S2_EXTENT_PREDICTED);
	uint64_t bytes = s2_flight_bytes(f->vm, class);
	unsigned int here, there;
	struct s2_need need = {
		.what = S2_REQUIRES_CLASS, .class = class, .slot = S2_ANY_SLOT,
	};

	if (!bytes)
		return 0;
	here = type_here(f->vm, class);
	there = type_there(f, class);
	need.needed = here ? s2_field_word(types, here) : "unknown";
	if (there)
		need.has = there == KVM_S2_TYPE_UNMAPPED ? "refused" :
			s2_field_word(types, there);
	need.answer = !here || !there ? S2_ANSWER_UNKNOWN :
		there == KVM_S2_TYPE_UNMAPPED || there > here ?
		S2_ANSWER_MISSING : S2_ANSWER_OK;
	return s2_flight_add(f, &need, "%" PRIu64 " bytes of class %s", bytes,
			     s2_field_word(s2_field_by_id(S2_EXTENT_CLASS),
					   class));
}

/* Memory of which not even the class is known could be anything */
static int check_unknown(struct s2_flight *f)
{
	struct s2_need need = {
		.what = S2_REQUIRES_CLASS, .slot = S2_ANY_SLOT,
		.needed = "unknown", .answer = S2_ANSWER_UNKNOWN,
	};
	const struct s2_obj *extent;
	uint64_t bytes = 0;

	if (!s2_obj_known(f->vm, S2_OBJ_EXTENT))
		return s2_flight_add(f, &need, "its memory is not known");
	s2_obj_for_each(extent, f->vm, S2_OBJ_EXTENT) {
		uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

		if (!class || class == KVM_S2_CLASS_MIXED)
			bytes += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	}
	return bytes ? s2_flight_add(f, &need, "%" PRIu64 " bytes of a class that is not known",
				     bytes) : 0;
}

static int check_classes(struct s2_flight *f)
{
	int err = 0;

	/* A hole is nothing, and the VGIC's interface is no memory */
	for (unsigned int class = KVM_S2_CLASS_RAM;
	     !err && class <= KVM_S2_CLASS_GMEM; class++)
		err = check_class(f, class);
	return err ? err : check_unknown(f);
}

/* S2-011: what the guest could not weaken, it can there */
static int check_guarantee(struct s2_flight *f)
{
	int fwb = host_bool(f->to, S2_HOST_FWB);
	struct s2_need need = {
		.what = S2_REQUIRES_GUARANTEE, .slot = S2_ANY_SLOT,
		.needed = "forced", .has = fwb < 0 ? NULL :
			fwb ? "forced" : "weak",
		.answer = fwb < 0 ? S2_ANSWER_UNKNOWN :
			fwb ? S2_ANSWER_OK : S2_ANSWER_MISSING,
	};
	const struct s2_obj *extent;
	uint64_t bytes = 0;

	s2_obj_for_each(extent, f->vm, S2_OBJ_EXTENT)
		if (counts(extent) &&
		    s2_obj_num(extent, S2_EXTENT_STRENGTH, 0) ==
		    S2_STRENGTH_FORCED)
			bytes += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	return bytes ? s2_flight_add(f, &need, "%" PRIu64 " bytes of wb are forced where the VM is (S2-011)",
				     bytes) : 0;
}

/* --------------------------------------------------------------- all of it */

static int check_vm(struct s2_flight *f)
{
	uint64_t pfnmap = wb_bytes(f->vm, KVM_S2_CLASS_PFNMAP_WB);
	int err = check_fwb(f, pfnmap);

	if (!err && pfnmap)
		err = add_yes(f, S2_REQUIRES_DIC,
			      host_bool(f->to, S2_HOST_DIC),
			      "write-back memory without a kernel alias takes FWB and DIC");
	if (!err)
		err = check_vma_types(f, pfnmap);
	if (!err)
		err = check_policy(f);
	if (!err)
		err = check_page_size(f);
	if (!err)
		err = check_ipa_bits(f);
	if (!err)
		err = check_classes(f);
	if (!err)
		err = check_guarantee(f);
	if (!err)
		err = s2_flight_arrive(f);
	if (!err)
		err = s2_flight_policies(f);
	s2_model_unref(f->arrival);
	f->arrival = NULL;
	return err;
}

/*
 * Of the host that the VMs are to come to, nobody asks for its VMs.  A kernel
 * that cannot have policies has none: that is known.
 */
static int adopt_problems(struct s2_model *to, const struct s2_model *from,
			  const char *prefix, bool vms)
{
	const struct s2_obj *problem;
	int err = 0;

	s2_model_for_each(problem, from, S2_OBJ_PROBLEM) {
		uint64_t code = s2_obj_num(problem, S2_PROBLEM_CODE, 0);

		if (code == S2_PROBLEM_NO_POLICY && !has_policies(from))
			continue;
		if (!vms && (s2_obj_has(problem, S2_PROBLEM_VM) ||
			     code == S2_PROBLEM_VMS_HIDDEN))
			continue;
		if (!err)
			err = s2_adopt_problem(to, problem, prefix);
	}
	return err;
}

static int new_preflight(struct s2_ctx *ctx, const struct s2_flight *f,
			 struct s2_preflight **preflight)
{
	struct s2_preflight *new = calloc(1, sizeof(*new));
	int err;

	*preflight = new;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	s2_list_init(&new->rows, S2_OBJ_REQUIREMENT);
	err = s2_adopt_host(ctx, s2_model_host(f->to), &new->outcome);
	if (!err)
		err = adopt_problems(new->outcome, f->from, NULL, true);
	if (!err && f->to != f->from)
		err = adopt_problems(new->outcome, f->to, "destination", false);
	return err;
}

int s2_preflight(struct s2_ctx *ctx, const struct s2_model *vms,
		 const struct s2_model *host, const struct s2_site *site,
		 struct s2_preflight **preflight)
{
	struct s2_flight f = { .from = vms, .to = host, .site = site };
	int err;

	*preflight = NULL;
	err = new_preflight(ctx, &f, &f.preflight);
	s2_model_for_each(f.vm, vms, S2_OBJ_VM)
		if (!err && s2_obj_num(f.vm, S2_VM_ALIVE, 1))
			err = check_vm(&f);
	if (err) {
		s2_preflight_free(f.preflight);
		return err;
	}
	*preflight = f.preflight;
	return 0;
}

void s2_preflight_free(struct s2_preflight *preflight)
{
	if (!preflight)
		return;
	s2_list_clear(&preflight->rows);
	s2_model_unref(preflight->outcome);
	s2_ctx_unref(preflight->ctx);
	free(preflight);
}

const struct s2_obj *s2_preflight_first(const struct s2_preflight *preflight)
{
	return preflight->rows.count ? s2_list_at(&preflight->rows, 0) : NULL;
}

size_t s2_preflight_count(const struct s2_preflight *preflight,
			  enum s2_answer answer)
{
	size_t count = 0;

	for (size_t i = 0; i < preflight->rows.count; i++)
		count += !answer ||
			s2_obj_num(s2_list_at(&preflight->rows, i),
				   S2_REQUIREMENT_VERDICT, 0) == answer;
	return count;
}

const struct s2_model *s2_preflight_outcome(
		const struct s2_preflight *preflight)
{
	return preflight->outcome;
}
