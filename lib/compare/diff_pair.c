// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which VM is which in two models.  What identifies a VM may be there twice, in
 * a snapshot that was tampered with or where a process made two VMs, and there
 * may be many: all is done by sorting.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/order.h"
#include "compare/diff.h"
#include "model/who.h"

/* The VMs of one model, and which of the other model each is */
struct side {
	const struct s2_obj **vm;
	const struct s2_obj **peer;
	size_t count;
};

/* A VM that may be paired, by what */
struct candidate {
	const char *key;
	struct s2_who who;
	bool has_who;
	size_t n;
};

struct pairing {
	struct side before;
	struct side after;
	struct candidate *a;
	struct candidate *b;
	bool same_boot;
};

/* Those that cannot be told apart by themselves stay in the model's order, behind */
static int cmp_who(const struct candidate *x, const struct candidate *y)
{
	int cmp = y->has_who - x->has_who;

	if (!cmp && x->has_who)
		cmp = s2_who_cmp(&x->who, &y->who);
	return cmp ? cmp : s2_order(x->n, y->n);
}

/* Upper and lower case of a UUID are one; of a name they are two */
static int cmp_folded(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int cmp = strcasecmp(x->key, y->key);

	return cmp ? cmp : cmp_who(x, y);
}

static int cmp_exact(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int cmp = strcmp(x->key, y->key);

	return cmp ? cmp : cmp_who(x, y);
}

/* ----------------------------------------------------------------- passes */

/*
 * What makes a pass: the text that must be the same, and which VMs take part in it.
 * Of those with one text, the kernel's number or the process tells which is which.
 */
struct pass {
	unsigned int field;	/* 0: none */
	bool before_any;	/* or those without a UUID */
	bool after_any;
	enum { BY_ID, BY_PROCESS, BY_ORDER } by;
};

/* What tells a VM from others of one text, in this pass; to order them, anything */
static bool identify(const struct s2_obj *vm, const struct pass *pass,
		     struct s2_who *who)
{
	static const unsigned int wanted[] = {
		[BY_ID] = 1u << S2_WHO_ID,
		[BY_PROCESS] = 1u << S2_WHO_PID | 1u << S2_WHO_START |
			1u << S2_WHO_NTH,
		[BY_ORDER] = (1u << S2_WHO_PARTS) - 1,
	};

	s2_who_of(who, vm);
	who->known &= wanted[pass->by];
	return who->known &&
		(pass->by == BY_ORDER || who->known == wanted[pass->by]);
}

static size_t collect(const struct side *side, const struct pass *pass,
		      bool any, struct candidate *to)
{
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++) {
		const struct s2_obj *vm = side->vm[i];
		struct candidate *c = &to[count];

		if (side->peer[i] || (!any && s2_obj_has(vm, S2_VM_UUID)))
			continue;
		*c = (struct candidate){
			.key = pass->field ? s2_obj_str(vm, pass->field) : "",
			.n = i,
		};
		c->has_who = identify(vm, pass, &c->who);
		count += c->key && (c->has_who || pass->by == BY_ORDER);
	}
	return count;
}

static void join(struct pairing *p, const struct candidate *a,
		 const struct candidate *b)
{
	p->before.peer[a->n] = p->after.vm[b->n];
	p->after.peer[b->n] = p->before.vm[a->n];
}

/* Of those with one key, those that are the same VM */
static void join_same(struct pairing *p, const struct candidate *a, size_t na,
		      const struct candidate *b, size_t nb)
{
	for (size_t i = 0, j = 0; i < na && j < nb;) {
		int cmp = s2_who_cmp(&a[i].who, &b[j].who);

		if (!cmp)
			join(p, &a[i], &b[j]);
		i += cmp <= 0;
		j += cmp >= 0;
	}
}

/* Those that are left, in order */
static void join_rest(struct pairing *p, const struct candidate *a, size_t na,
		      const struct candidate *b, size_t nb)
{
	for (size_t i = 0; i < na && i < nb; i++)
		join(p, &a[i], &b[i]);
}

/* How many of the sorted candidates have the key of the first */
static size_t group(const struct candidate *c, size_t count,
		    int (*cmp)(const char *a, const char *b))
{
	size_t n = 1;

	while (n < count && !cmp(c->key, c[n].key))
		n++;
	return n;
}

static void run_pass(struct pairing *p, const struct pass *pass)
{
	bool fold = pass->field == S2_VM_UUID;
	int (*cmp)(const char *a, const char *b) = fold ? strcasecmp : strcmp;
	size_t na = collect(&p->before, pass, pass->before_any, p->a);
	size_t nb = collect(&p->after, pass, pass->after_any, p->b);
	const struct candidate *a = p->a, *b = p->b;

	if (!na || !nb)
		return;
	qsort(p->a, na, sizeof(*a), fold ? cmp_folded : cmp_exact);
	qsort(p->b, nb, sizeof(*b), fold ? cmp_folded : cmp_exact);
	while (na && nb) {
		size_t ga = group(a, na, cmp), gb = group(b, nb, cmp);
		int order = cmp(a->key, b->key);

		if (!order && pass->by == BY_ORDER)
			join_rest(p, a, ga, b, gb);
		else if (!order)
			join_same(p, a, ga, b, gb);
		if (order <= 0) {
			a += ga;
			na -= ga;
		}
		if (order >= 0) {
			b += gb;
			nb -= gb;
		}
	}
}

/* Numbers of VMs and of processes mean the same within one boot only */
static void run_passes(struct pairing *p)
{
	/* Two UUIDs that differ are two VMs, even of one name */
	static const struct pass passes[] = {
		{ S2_VM_UUID, true, true, BY_ORDER },
		{ S2_VM_NAME, false, true, BY_ORDER },
		{ S2_VM_NAME, true, false, BY_ORDER },
		{ 0, true, true, BY_ORDER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
		struct pass pass = passes[i];

		for (pass.by = BY_ID; p->same_boot && pass.by < BY_ORDER;
		     pass.by++)
			run_pass(p, &pass);
		if (pass.field)
			run_pass(p, &passes[i]);
	}
}

/* ------------------------------------------------------------------ order */

static int cmp_text(const char *a, const char *b,
		    int (*cmp)(const char *a, const char *b))
{
	if (a && b)
		return cmp(a, b);
	return !a - !b;
}

/* VMs with a UUID first, then those with a name */
static int cmp_pair(const void *a, const void *b)
{
	const struct s2_vm_pair *p = a, *q = b;
	const struct s2_obj *x = p->after ? p->after : p->before;
	const struct s2_obj *y = q->after ? q->after : q->before;
	struct s2_who who[2];
	int cmp = cmp_text(s2_obj_str(x, S2_VM_UUID), s2_obj_str(y, S2_VM_UUID),
			   strcasecmp);

	if (!cmp)
		cmp = cmp_text(s2_obj_str(x, S2_VM_NAME),
			       s2_obj_str(y, S2_VM_NAME), strcmp);
	if (!cmp) {
		s2_who_of(&who[0], x);
		s2_who_of(&who[1], y);
		cmp = s2_who_cmp(&who[0], &who[1]);
	}
	/* One that is gone before one of the same name that is new */
	return cmp ? cmp : !!p->after - !!q->after;
}

static void collect_pairs(const struct pairing *p, struct s2_vm_pair *pairs,
			  size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < p->before.count; i++)
		pairs[(*count)++] = (struct s2_vm_pair){
			p->before.vm[i], p->before.peer[i]
		};
	for (size_t i = 0; i < p->after.count; i++)
		if (!p->after.peer[i])
			pairs[(*count)++] = (struct s2_vm_pair){
				NULL, p->after.vm[i]
			};
	if (*count)
		qsort(pairs, *count, sizeof(*pairs), cmp_pair);
}

/* --------------------------------------------------------------- all of it */

static int fill_side(struct side *side, const struct s2_model *model)
{
	size_t count = s2_model_count(model, S2_OBJ_VM);
	const struct s2_obj *vm;

	side->vm = calloc(count + 1, sizeof(*side->vm));
	side->peer = calloc(count + 1, sizeof(*side->peer));
	if (!side->vm || !side->peer)
		return -ENOMEM;
	s2_model_for_each(vm, model, S2_OBJ_VM)
		side->vm[side->count++] = vm;
	return 0;
}

static bool is_same_boot(const struct s2_model *a, const struct s2_model *b)
{
	const char *x = s2_obj_str(s2_model_host(a), S2_HOST_BOOT_ID);
	const char *y = s2_obj_str(s2_model_host(b), S2_HOST_BOOT_ID);

	return x && y && !strcmp(x, y);
}

int s2_diff_pair(const struct s2_model *before, const struct s2_model *after,
		 struct s2_vm_pair **pairs, size_t *count)
{
	struct pairing p = { .same_boot = is_same_boot(before, after) };
	int err = -ENOMEM;

	*pairs = NULL;
	if (fill_side(&p.before, before) || fill_side(&p.after, after))
		goto out;
	p.a = calloc(p.before.count + 1, sizeof(*p.a));
	p.b = calloc(p.after.count + 1, sizeof(*p.b));
	*pairs = calloc(p.before.count + p.after.count + 1, sizeof(**pairs));
	if (!p.a || !p.b || !*pairs)
		goto out;
	run_passes(&p);
	collect_pairs(&p, *pairs, count);
	err = 0;
out:
	free(p.before.vm);
	free(p.before.peer);
	free(p.after.vm);
	free(p.after.peer);
	free(p.a);
	free(p.b);
	if (err) {
		free(*pairs);
		*pairs = NULL;
	}
	return err;
}
