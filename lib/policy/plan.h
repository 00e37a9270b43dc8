/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan: what a site policy makes of each place of a model */
#ifndef S2_PLAN_H
#define S2_PLAN_H

#include "policy/constrain.h"
#include "policy/policy.h"
#include "policy/site.h"

/**
 * struct s2_plan - see s2ctl.h
 * @changes: the places, those of the host first
 * @outcome: model of what they would deny, and of what is not known
 * @noted: identities of the VMs in it, each with its number beside it, from 1
 */
struct s2_plan {
	struct s2_ctx *ctx;
	struct s2_pool pool;
	struct s2_list changes;
	struct s2_model *outcome;
	struct s2_pool noted;
};

/*
 * What a site policy makes of one VM or, without @vm, of the host.  Of what is
 * not known, the outcome has what the rules lack and not what the model does.
 * Return: as s2_site_plan().
 */
int s2_site_plan_vm(const struct s2_site *site, const struct s2_model *model,
		    const struct s2_obj *vm, struct s2_plan **plan);

/* plan_change.c: whether the change is one */
bool s2_change_is_made(const struct s2_obj *change);

/* What a change sets; of any generation */
void s2_change_policy(const struct s2_obj *change, struct s2_policy *policy);

/* "VM 3, class ram", for texts */
void s2_change_place(const struct s2_obj *change, char *buf, size_t size);

/*
 * plan_outcome.c: puts an extent that would be denied, or counted, into the outcome
 */
int s2_plan_note(struct s2_plan *plan, const struct s2_obj *vm,
		 const struct s2_obj *extent, const struct s2_outcome *out);

/* Says that not all is known that a change would deny, of @vm */
int s2_plan_note_unknown(struct s2_plan *plan, const struct s2_obj *change,
			 const struct s2_obj *vm);

/**
 * struct s2_trial - a change while it is tried
 * @alone: no other change can meet it on any memory
 * @denied: bytes in use that it would deny, by itself or with others
 * @would_deny: likewise, bytes of which it would be counted
 * @unknown: there may be more
 */
struct s2_trial {
	bool alone;
	uint64_t denied;
	uint64_t would_deny;
	bool unknown;
};

/*
 * Works out from a model what the changes make of each extent, all of them
 * together and with what they leave in force.  @asked: what the changes that are
 * alone make of it is known already.  Return: 0 or -ENOMEM
 */
int s2_plan_unite(struct s2_plan *plan, const struct s2_model *model,
		  bool asked, struct s2_trial *trial);

#endif /* S2_PLAN_H */
