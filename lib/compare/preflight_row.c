// SPDX-License-Identifier: LGPL-2.1-or-later
/* A row of the answer, and what is not known with it */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "compare/preflight.h"
#include "model/who.h"

#define TEXT_MAX	256

/* What is not known makes the whole incomplete */
static int add_problem(struct s2_flight *f, const struct s2_obj *row)
{
	char title[S2_WHO_MAX];

	s2_vm_title(f->vm, title, sizeof(title));
	return s2_model_problem(f->preflight->outcome,
				S2_PROBLEM_FACTS_MISSING, f->vm,
				"%s: whether it gets what it needs is not known: %s: %s",
				title,
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
	s2_who_copy(row, f->vm);
	s2_obj_set_num(row, S2_REQUIREMENT_REQUIREMENT, need->what);
	s2_obj_set_num(row, S2_REQUIREMENT_VERDICT, need->answer);
	if (need->class)
		s2_obj_set_num(row, S2_REQUIREMENT_CLASS, need->class);
	if (need->slot != S2_ANY_SLOT)
		s2_obj_set_num(row, S2_REQUIREMENT_SLOT, need->slot);
	return need->answer == S2_ANSWER_UNKNOWN ? add_problem(f, row) : 0;
}

int s2_flight_add_yes(struct s2_flight *f, enum s2_requirement what, int has,
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
