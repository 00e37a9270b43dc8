// SPDX-License-Identifier: LGPL-2.1-or-later
/* In what two models differ: which fields count, and a row for each that does */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "compare/compare.h"
#include "compare/diff.h"
#include "model/adopt.h"
#include "model/field.h"
#include "model/who.h"

struct differ {
	struct s2_diff *diff;
	unsigned int flags;
	const struct s2_model *before;
	const struct s2_model *after;
	bool before_whole;	/* all VMs of that model can be seen */
	bool after_whole;
};

/* A field that is compared; @noise: it changes by itself */
struct compared {
	unsigned int id;
	bool noise;
};

static const struct compared host_fields[] = {
	{ S2_HOST_BOOT_ID, true }, { S2_HOST_RELEASE, false },
	{ S2_HOST_MACHINE, false }, { S2_HOST_SERIES, false },
	{ S2_HOST_FEATURES, false }, { S2_HOST_FWB, false },
	{ S2_HOST_DIC, false }, { S2_HOST_PKVM, false },
	{ S2_HOST_PAGE_SIZE, false }, { S2_HOST_IPA_BITS, false },
	{ S2_HOST_CACHEABLE_PFNMAP, false }, { S2_HOST_VM_COUNT, true },
	{ S2_HOST_LAST_VM_ID, true }, { 0, false },
};

static const struct compared vm_fields[] = {
	{ S2_VM_ID, true }, { S2_VM_PID, true }, { S2_VM_START, true },
	{ S2_VM_FD, true }, { S2_VM_NTH, true },
	{ S2_VM_COMM, false }, { S2_VM_NAME, false }, { S2_VM_UUID, false },
	{ S2_VM_ALIVE, false }, { S2_VM_UID, false }, { S2_VM_CGROUP, true },
	{ S2_VM_VCPUS, false }, { S2_VM_IPA_BITS, false },
	{ S2_VM_FACTS, false }, { S2_VM_SLOT_COUNT, true },
	{ S2_VM_BYTES, true }, { S2_VM_WB_BYTES, true },
	{ S2_VM_NC_BYTES, true }, { S2_VM_DEVICE_BYTES, true },
	{ S2_VM_EXEC_BYTES, true }, { 0, false },
};

static const struct compared slot_fields[] = {
	{ S2_SLOT_GPA, false }, { S2_SLOT_BYTES, false },
	{ S2_SLOT_HVA, true }, { S2_SLOT_FLAGS, false },
	{ S2_SLOT_CLASS, false }, { S2_SLOT_FACTS, true },
	{ S2_SLOT_VMA_TYPE, false }, { S2_SLOT_PREDICTED, false },
	{ S2_SLOT_MAPPED, false }, { S2_SLOT_STRENGTH, false },
	{ S2_SLOT_PERM, true }, { S2_SLOT_VERDICT, false },
	{ S2_SLOT_REASON, false }, { S2_SLOT_ENFORCED, false },
	{ S2_SLOT_AUDITED, false }, { S2_SLOT_WB_BYTES, true },
	{ S2_SLOT_NC_BYTES, true }, { S2_SLOT_DEVICE_BYTES, true },
	{ S2_SLOT_EXEC_BYTES, true }, { S2_SLOT_DENIED, true },
	{ S2_SLOT_WOULD_DENY, true }, { 0, false },
};

/* What holds there comes of all policies: the slots say it */
static const struct compared policy_fields[] = {
	{ S2_POLICY_CONSTRAINTS, false }, { S2_POLICY_MODE, false },
	{ S2_POLICY_GENERATION, true }, { S2_POLICY_ENFORCED, true },
	{ S2_POLICY_AUDITED, true }, { S2_POLICY_DENIED, true },
	{ S2_POLICY_WOULD_DENY, true }, { 0, false },
};

/* ------------------------------------------------------------------- rows */

/* What a row is about, before and after; of each, one may be NULL */
struct subject {
	unsigned int what;
	const struct s2_obj *vm;
	const struct s2_obj *slot;
	const struct s2_obj *policy;
};

enum { WHAT_HOST = 1, WHAT_VM, WHAT_SLOT, WHAT_POLICY };

static int set_subject(struct differ *d, struct s2_obj *row,
		       const struct subject *s)
{
	struct s2_pool *pool = &d->diff->outcome->pool;

	s2_obj_set_num(row, S2_DIFF_WHAT, s->what);
	if (s->slot)
		s2_obj_copy(row, S2_DIFF_SLOT, s->slot, S2_SLOT_SLOT);
	if (s->policy) {
		s2_obj_copy(row, S2_DIFF_SLOT, s->policy, S2_POLICY_SLOT);
		s2_obj_copy(row, S2_DIFF_CLASS, s->policy, S2_POLICY_CLASS);
		s2_obj_copy(row, S2_DIFF_OWNER, s->policy, S2_POLICY_OWNER);
	}
	if (!s->vm)
		return 0;
	s2_who_copy(row, s->vm);
	if (s2_obj_keep_str(pool, row, S2_DIFF_NAME,
			    s2_obj_str(s->vm, S2_VM_NAME)))
		return -ENOMEM;
	return s2_obj_keep_str(pool, row, S2_DIFF_UUID,
			       s2_obj_str(s->vm, S2_VM_UUID));
}

static int add_row(struct differ *d, const struct subject *s,
		   enum s2_change_kind kind, const char *field,
		   const char *before, const char *after)
{
	struct s2_pool *pool = &d->diff->outcome->pool;
	struct s2_obj *row = s2_list_add(&d->diff->rows);

	if (!row || set_subject(d, row, s) ||
	    s2_obj_keep_str(pool, row, S2_DIFF_FIELD, field) ||
	    s2_obj_keep_str(pool, row, S2_DIFF_OLD, before) ||
	    s2_obj_keep_str(pool, row, S2_DIFF_NEW, after))
		return s2_fail_nomem(d->diff->ctx);
	s2_obj_set_num(row, S2_DIFF_CHANGE, kind);
	return 0;
}

static bool is_equal(struct s2_value a, struct s2_value b)
{
	if (a.known != b.known || !a.known)
		return a.known == b.known;
	if (a.kind != S2_KIND_STRING)
		return a.num == b.num;
	return a.str && b.str && !strcmp(a.str, b.str);
}

/* Where nobody has set a policy, there are no constraints: that is known */
static struct s2_value value_of(const struct s2_obj *obj,
				const struct s2_field *field)
{
	if (obj)
		return s2_obj_get(obj, field->id);
	return (struct s2_value){
		.kind = field->kind, .known = true,
		.str = field->kind == S2_KIND_ENUM ? s2_field_word(field, 0) :
			NULL,
	};
}

static int compare(struct differ *d, const struct subject *s,
		   const struct compared *fields, const struct s2_obj *before,
		   const struct s2_obj *after)
{
	int err = 0;

	for (; !err && fields->id; fields++) {
		const struct s2_field *field = s2_field_by_id(fields->id);
		struct s2_value a = value_of(before, field);
		struct s2_value b = value_of(after, field);
		char old[S2_STRING_MAX], new[S2_STRING_MAX];

		if ((fields->noise && !(d->flags & S2_DIFF_ALL)) ||
		    is_equal(a, b))
			continue;
		s2_value_text(field, a, old, sizeof(old));
		s2_value_text(field, b, new, sizeof(new));
		err = add_row(d, s, S2_CHANGE_IS_CHANGED, field->name,
			      a.known ? old : NULL, b.known ? new : NULL);
	}
	return err;
}

/* --------------------------------------------------------------- children */

/* Objects in an order of their own, to walk along two at a time */
struct sorted {
	const struct s2_obj **obj;
	size_t count;
};

typedef int (*cmp_fn)(const void *a, const void *b);

static int cmp_slot_number(const void *a, const void *b)
{
	return s2_order(s2_obj_num(*(const struct s2_obj *const *)a,
				   S2_SLOT_SLOT, UINT64_MAX),
			s2_obj_num(*(const struct s2_obj *const *)b,
				   S2_SLOT_SLOT, UINT64_MAX));
}

/* Those for classes first, then those for slots */
static int cmp_policy(const void *a, const void *b)
{
	static const unsigned int ids[] = {
		S2_POLICY_SCOPE, S2_POLICY_CLASS, S2_POLICY_SLOT,
		S2_POLICY_OWNER,
	};
	const struct s2_obj *x = *(const struct s2_obj *const *)a;
	const struct s2_obj *y = *(const struct s2_obj *const *)b;
	int cmp = 0;

	for (size_t i = 0; !cmp && i < ARRAY_SIZE(ids); i++)
		cmp = s2_order(s2_obj_num(x, ids[i], UINT64_MAX),
			       s2_obj_num(y, ids[i], UINT64_MAX));
	return cmp;
}

static int sort(struct differ *d, struct sorted *sorted,
		const struct s2_obj *first, size_t count, cmp_fn cmp)
{
	sorted->obj = calloc(count + 1, sizeof(*sorted->obj));
	if (!sorted->obj)
		return s2_fail_nomem(d->diff->ctx);
	for (; first; first = s2_obj_next(first))
		sorted->obj[sorted->count++] = first;
	if (count)
		qsort(sorted->obj, count, sizeof(*sorted->obj), cmp);
	return 0;
}

typedef int (*pair_fn)(struct differ *d, const struct s2_obj *vm,
		       const struct s2_obj *before, const struct s2_obj *after);

/* Calls @fn for each two that are the same, and for what is there once */
static int walk(struct differ *d, const struct s2_obj *vm,
		const struct sorted *a, const struct sorted *b, cmp_fn cmp,
		pair_fn fn)
{
	size_t i = 0, j = 0;
	int err = 0;

	while (!err && (i < a->count || j < b->count)) {
		int order = i == a->count ? 1 : j == b->count ? -1 :
			cmp(&a->obj[i], &b->obj[j]);

		err = fn(d, vm, order <= 0 ? a->obj[i] : NULL,
			 order >= 0 ? b->obj[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	return err;
}

static int walk_lists(struct differ *d, const struct s2_obj *vm,
		      const struct s2_obj *first_a, size_t count_a,
		      const struct s2_obj *first_b, size_t count_b, cmp_fn cmp,
		      pair_fn fn)
{
	struct sorted a = { NULL, 0 }, b = { NULL, 0 };
	int err = sort(d, &a, first_a, count_a, cmp);

	if (!err)
		err = sort(d, &b, first_b, count_b, cmp);
	if (!err)
		err = walk(d, vm, &a, &b, cmp, fn);
	free(a.obj);
	free(b.obj);
	return err;
}

static void range_text(const struct s2_obj *slot, char *buf, size_t size)
{
	uint64_t gpa = s2_obj_num(slot, S2_SLOT_GPA, 0);

	snprintf(buf, size, "0x%" PRIx64 "-0x%" PRIx64, gpa,
		 gpa + (s2_obj_num(slot, S2_SLOT_BYTES, 1) - 1));
}

static int diff_slot(struct differ *d, const struct s2_obj *vm,
		     const struct s2_obj *before, const struct s2_obj *after)
{
	struct subject s = {
		.what = WHAT_SLOT, .vm = vm, .slot = after ? after : before,
	};
	char range[64];

	if (before && after)
		return compare(d, &s, slot_fields, before, after);
	range_text(s.slot, range, sizeof(range));
	return add_row(d, &s, after ? S2_CHANGE_IS_NEW : S2_CHANGE_IS_GONE,
		       NULL, before ? range : NULL, after ? range : NULL);
}

static int diff_policy(struct differ *d, const struct s2_obj *vm,
		       const struct s2_obj *before, const struct s2_obj *after)
{
	struct subject s = {
		.what = WHAT_POLICY, .vm = vm,
		.policy = after ? after : before,
	};

	/* What holds where nobody has set anything follows from the others */
	if (!s2_obj_has(s.policy, S2_POLICY_OWNER) &&
	    !(d->flags & S2_DIFF_ALL))
		return 0;
	return compare(d, &s, policy_fields, before, after);
}

static int diff_kids(struct differ *d, const struct s2_vm_pair *pair,
		     enum s2_obj_type type, cmp_fn cmp, pair_fn fn)
{
	if (!s2_obj_known(pair->before, type) ||
	    !s2_obj_known(pair->after, type))
		return 0;
	return walk_lists(d, pair->after,
			  s2_obj_first(pair->before, type),
			  s2_obj_count(pair->before, type),
			  s2_obj_first(pair->after, type),
			  s2_obj_count(pair->after, type), cmp, fn);
}

/* -------------------------------------------------------------------- VMs */

static int diff_vm(struct differ *d, const struct s2_vm_pair *pair)
{
	struct subject s = {
		.what = WHAT_VM, .vm = pair->after ? pair->after : pair->before,
	};
	int err;

	if (!pair->before)
		return d->before_whole ? add_row(d, &s, S2_CHANGE_IS_NEW, NULL,
						 NULL, NULL) : 0;
	if (!pair->after)
		return d->after_whole ? add_row(d, &s, S2_CHANGE_IS_GONE, NULL,
						NULL, NULL) : 0;
	err = compare(d, &s, vm_fields, pair->before, pair->after);
	if (!err)
		err = diff_kids(d, pair, S2_OBJ_SLOT, cmp_slot_number,
				diff_slot);
	if (!err)
		err = diff_kids(d, pair, S2_OBJ_POLICY, cmp_policy,
				diff_policy);
	return err;
}

static int diff_vms(struct differ *d)
{
	struct s2_vm_pair *pairs;
	size_t count = 0;
	int err;

	if (s2_diff_pair(d->before, d->after, &pairs, &count))
		return s2_fail_nomem(d->diff->ctx);
	err = 0;
	for (size_t i = 0; !err && i < count; i++)
		err = diff_vm(d, &pairs[i]);
	free(pairs);
	return err;
}

/* ------------------------------------------------------------------- host */

static int diff_host(struct differ *d)
{
	struct subject s = { .what = WHAT_HOST };
	bool before = s2_model_known(d->before, S2_OBJ_POLICY);
	bool after = s2_model_known(d->after, S2_OBJ_POLICY);
	int err = compare(d, &s, host_fields, s2_model_host(d->before),
			  s2_model_host(d->after));

	if (!err && before != after)
		err = s2_model_problem(d->diff->outcome, S2_PROBLEM_NO_POLICY,
				       NULL, "policies are known of one of the two only");
	if (err || !before || !after)
		return err;
	return walk_lists(d, NULL, s2_model_first(d->before, S2_OBJ_POLICY),
			  s2_model_count(d->before, S2_OBJ_POLICY),
			  s2_model_first(d->after, S2_OBJ_POLICY),
			  s2_model_count(d->after, S2_OBJ_POLICY), cmp_policy,
			  diff_policy);
}

/* Whether a VM that is not in the model is not on the host either */
static bool is_whole(const struct s2_model *model)
{
	const struct s2_obj *problem;

	if (!s2_model_known(model, S2_OBJ_VM))
		return false;
	s2_model_for_each(problem, model, S2_OBJ_PROBLEM) {
		switch (s2_obj_num(problem, S2_PROBLEM_CODE, 0)) {
		case S2_PROBLEM_VM_GONE:
		case S2_PROBLEM_VMM_BUSY:
		case S2_PROBLEM_PKVM:
		case S2_PROBLEM_NOT_LOADED:
		case S2_PROBLEM_FACTS_MISSING:
		case S2_PROBLEM_NO_POLICY:
		case S2_PROBLEM_UNKNOWN_VALUE:
		case S2_PROBLEM_CANNOT_KNOW:
			break;
		default:
			return false;
		}
	}
	return true;
}

/* --------------------------------------------------------------- all of it */

static int new_diff(struct differ *d, struct s2_ctx *ctx)
{
	int err;

	d->diff = calloc(1, sizeof(*d->diff));
	if (!d->diff)
		return s2_fail_nomem(ctx);
	d->diff->ctx = s2_ctx_ref(ctx);
	s2_list_init(&d->diff->rows, S2_OBJ_DIFF);
	err = s2_adopt_host(ctx, s2_model_host(d->after), &d->diff->outcome);
	if (!err)
		err = s2_adopt_problems(d->diff->outcome, d->before, "old");
	if (!err)
		err = s2_adopt_problems(d->diff->outcome, d->after, "new");
	return err;
}

int s2_diff(struct s2_ctx *ctx, const struct s2_model *before,
	    const struct s2_model *after, unsigned int flags,
	    struct s2_diff **diff)
{
	struct differ d = {
		.flags = flags, .before = before, .after = after,
		.before_whole = is_whole(before), .after_whole = is_whole(after),
	};
	int err;

	*diff = NULL;
	if (flags & ~S2_DIFF_ALL)
		return s2_fail(ctx, -EINVAL, "unknown flags of a comparison");
	err = new_diff(&d, ctx);
	if (!err)
		err = diff_host(&d);
	if (!err)
		err = diff_vms(&d);
	if (err) {
		s2_diff_free(d.diff);
		return err;
	}
	*diff = d.diff;
	return 0;
}

void s2_diff_free(struct s2_diff *diff)
{
	if (!diff)
		return;
	s2_list_clear(&diff->rows);
	s2_model_unref(diff->outcome);
	s2_ctx_unref(diff->ctx);
	free(diff);
}

const struct s2_obj *s2_diff_first(const struct s2_diff *diff)
{
	return diff->rows.count ? s2_list_at(&diff->rows, 0) : NULL;
}

size_t s2_diff_count(const struct s2_diff *diff)
{
	return diff->rows.count;
}

const struct s2_model *s2_diff_outcome(const struct s2_diff *diff)
{
	return diff->outcome;
}
