// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which VM: by the kernel's number or, where there is none, by its process */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/order.h"
#include "model/program.h"
#include "model/who.h"

/* Where an object has it; 0 for what it does not have */
static const struct {
	enum s2_obj_type type;
	unsigned int field[S2_WHO_PARTS];
} tables[] = {
	{ S2_OBJ_VM, { S2_VM_ID, S2_VM_PID, S2_VM_START, S2_VM_FD,
		       S2_VM_NTH } },
	{ S2_OBJ_PROBLEM, { S2_PROBLEM_VM, S2_PROBLEM_PID, 0,
			    S2_PROBLEM_FD } },
	{ S2_OBJ_FINDING, { S2_FINDING_VM, S2_FINDING_PID, S2_FINDING_START,
			    S2_FINDING_FD } },
	{ S2_OBJ_EVIDENCE, { S2_EVIDENCE_OTHER_VM, S2_EVIDENCE_OTHER_PID, 0,
			     S2_EVIDENCE_OTHER_FD } },
	{ S2_OBJ_DIFF, { S2_DIFF_VM, S2_DIFF_PID, 0, S2_DIFF_FD } },
	{ S2_OBJ_REQUIREMENT, { S2_REQUIREMENT_VM, S2_REQUIREMENT_PID, 0,
				S2_REQUIREMENT_FD } },
};

static const unsigned int *fields_of(const struct s2_obj *obj)
{
	static const unsigned int none[S2_WHO_PARTS];

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i].type == s2_obj_type(obj))
			return tables[i].field;
	return none;
}

void s2_who_of(struct s2_who *who, const struct s2_obj *obj)
{
	const unsigned int *field = fields_of(obj);

	*who = (struct s2_who){ .known = 0 };
	for (unsigned int i = 0; i < S2_WHO_PARTS; i++) {
		if (!field[i] || !s2_obj_has(obj, field[i]))
			continue;
		who->known |= 1u << i;
		who->part[i] = s2_obj_num(obj, field[i], 0);
	}
}

void s2_who_set(struct s2_obj *obj, const struct s2_who *who)
{
	const unsigned int *field = fields_of(obj);

	for (unsigned int i = 0; i < S2_WHO_PARTS; i++) {
		if (!field[i])
			continue;
		if (s2_who_has(who, i))
			s2_obj_set_num(obj, field[i], who->part[i]);
		else
			s2_obj_forget(obj, field[i]);
	}
}

void s2_who_copy(struct s2_obj *to, const struct s2_obj *from)
{
	struct s2_who who;

	s2_who_of(&who, from);
	s2_who_set(to, &who);
}

/* What is not known comes behind what is */
static int cmp_part(const struct s2_who *a, const struct s2_who *b,
		    enum s2_who_part part)
{
	bool has = s2_who_has(a, part);

	if (has != s2_who_has(b, part))
		return has ? -1 : 1;
	return has ? s2_order(a->part[part], b->part[part]) : 0;
}

int s2_who_cmp(const struct s2_who *a, const struct s2_who *b)
{
	static const enum s2_who_part order[] = {
		S2_WHO_ID, S2_WHO_PID, S2_WHO_START, S2_WHO_NTH, S2_WHO_FD,
	};
	int cmp = 0;

	for (size_t i = 0; !cmp && i < ARRAY_SIZE(order); i++)
		cmp = cmp_part(a, b, order[i]);
	return cmp;
}

/* ------------------------------------------------------------------- text */

static size_t as_size(int n)
{
	return n < 0 ? 0 : (size_t)n;
}

size_t s2_who_title(const struct s2_who *who, char *buf, size_t size)
{
	if (s2_who_has(who, S2_WHO_ID))
		return as_size(snprintf(buf, size, "VM %" PRIu64,
					who->part[S2_WHO_ID]));
	if (!s2_who_has(who, S2_WHO_PID))
		return as_size(snprintf(buf, size, "VM"));
	if (!s2_who_has(who, S2_WHO_FD))
		return as_size(snprintf(buf, size, "VM of process %" PRIu64,
					who->part[S2_WHO_PID]));
	return as_size(snprintf(buf, size,
				"VM of process %" PRIu64 ", fd %" PRIu64,
				who->part[S2_WHO_PID], who->part[S2_WHO_FD]));
}

size_t s2_vm_title(const struct s2_obj *obj, char *buf, size_t size)
{
	struct s2_who who;

	s2_who_of(&who, obj);
	return s2_who_title(&who, buf, size);
}

size_t s2_vm_spec(const struct s2_obj *obj, char *buf, size_t size)
{
	struct s2_who who;

	s2_who_of(&who, obj);
	if (s2_who_has(&who, S2_WHO_ID))
		return as_size(snprintf(buf, size, "%" PRIu64,
					who.part[S2_WHO_ID]));
	if (!s2_who_has(&who, S2_WHO_PID))
		return as_size(snprintf(buf, size, "-"));
	if (!s2_who_has(&who, S2_WHO_FD))
		return as_size(snprintf(buf, size, "pid:%" PRIu64,
					who.part[S2_WHO_PID]));
	return as_size(snprintf(buf, size, "pid:%" PRIu64 ":fd:%" PRIu64,
				who.part[S2_WHO_PID], who.part[S2_WHO_FD]));
}

/* -------------------------------------------------------------- numbering */

struct member {
	struct s2_who who;
	size_t n;
};

/* The same process, if its number was not used again in between */
static int cmp_process(const struct s2_who *a, const struct s2_who *b)
{
	int cmp = cmp_part(a, b, S2_WHO_PID);

	return cmp ? cmp : cmp_part(a, b, S2_WHO_START);
}

static int cmp_member(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int cmp = cmp_process(&x->who, &y->who);

	return cmp ? cmp : s2_order(x->n, y->n);
}

int s2_who_number(struct s2_model *model)
{
	size_t count = model->vms.count;
	struct member *members = calloc(count + 1, sizeof(*members));
	uint64_t nth = 0;

	if (!members)
		return s2_fail_nomem(model->ctx);
	for (size_t i = 0; i < count; i++) {
		members[i].n = i;
		s2_who_of(&members[i].who, s2_list_at(&model->vms, i));
	}
	qsort(members, count, sizeof(*members), cmp_member);
	for (size_t i = 0; i < count; i++) {
		bool first = !i || cmp_process(&members[i - 1].who,
					       &members[i].who);

		nth = first ? 1 : nth + 1;
		if (s2_who_has(&members[i].who, S2_WHO_PID))
			s2_obj_set_num(s2_list_at(&model->vms, members[i].n),
				       S2_VM_NTH, nth);
	}
	free(members);
	return 0;
}
