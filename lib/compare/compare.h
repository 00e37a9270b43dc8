/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program uses of this room: how hosts differ, and what VMs rely on.
 */
#ifndef S2_COMPARE_COMPARE_H
#define S2_COMPARE_COMPARE_H

#include "policy/policy.h"

/* --------------------------------------------------------- differences -- */

struct s2_diff;

/**
 * enum s2_change_kind - what S2_DIFF_CHANGE can be
 * @S2_CHANGE_IS_NEW: in the second, not in the first
 * @S2_CHANGE_IS_GONE: in the first, not in the second
 * @S2_CHANGE_IS_CHANGED: in both, and a field differs
 */
enum s2_change_kind {
	S2_CHANGE_IS_NEW = 1,
	S2_CHANGE_IS_GONE,
	S2_CHANGE_IS_CHANGED,
};

/* Flags of s2_diff() */
#define S2_DIFF_ALL	(1u << 0)	/* also counters, ids, bytes in use */

/**
 * s2_diff() - in what two models differ
 * @ctx: context
 * @before: the first, loaded with S2_LOAD_SLOTS and S2_LOAD_POLICY, or
 *	POLICY_IF_ANY
 * @after: the second, loaded likewise; of the same host or of another
 * @flags: S2_DIFF_*
 * @diff: where to put the differences; free with s2_diff_free()
 *
 * VMs are the same if they have the same UUID, else the same name, else in the
 * same boot the same id, or the same process and place among its VMs; slots if they
 * have the same number in the same VM.
 * What one of the models does not know is not compared, and a VM is not gone,
 * or new, where not all VMs can be seen.
 *
 * The order is that of host, VMs, slots and policies; VMs are in order of UUID,
 * then name, then id: the same models give the same differences.
 *
 * Return: 0; -EINVAL for unknown flags; -ENOMEM.
 */
int s2_diff(struct s2_ctx *ctx, const struct s2_model *before,
	    const struct s2_model *after, unsigned int flags,
	    struct s2_diff **diff);

/**
 * s2_diff_free() - free differences
 * @diff: differences, may be NULL; the models stay
 */
void s2_diff_free(struct s2_diff *diff);

/**
 * s2_diff_first() - first difference
 * @diff: differences
 *
 * Return: an S2_OBJ_DIFF or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_diff_first(const struct s2_diff *diff);

/**
 * s2_diff_count() - number of differences
 * @diff: differences
 *
 * Return: how many.
 */
size_t s2_diff_count(const struct s2_diff *diff);

/**
 * s2_diff_outcome() - what is not known
 * @diff: differences
 *
 * Return: a model that lives as long as @diff: the host of the second model,
 * and the problems of both.
 */
const struct s2_model *s2_diff_outcome(const struct s2_diff *diff);

/* ----------------------------------------------------------- preflight -- */

struct s2_preflight;

/**
 * enum s2_requirement - what S2_REQUIREMENT_REQUIREMENT can be
 * @S2_REQUIRES_FWB: FEAT_S2FWB
 * @S2_REQUIRES_DIC: CTR_EL0.DIC
 * @S2_REQUIRES_VMA_TYPES: the kernel's feature of that name
 * @S2_REQUIRES_POLICY: likewise
 * @S2_REQUIRES_PAGE_SIZE: pages of the same size
 * @S2_REQUIRES_IPA_BITS: guest-physical addresses as wide
 * @S2_REQUIRES_CLASS: memory of a class
 * @S2_REQUIRES_GUARANTEE: wb that stays forced
 * @S2_REQUIRES_HOST_POLICY: that the host's policy allows its memory
 * @S2_REQUIRES_SITE_POLICY: that the site policy does
 */
enum s2_requirement {
	S2_REQUIRES_FWB = 1,
	S2_REQUIRES_DIC,
	S2_REQUIRES_VMA_TYPES,
	S2_REQUIRES_POLICY,
	S2_REQUIRES_PAGE_SIZE,
	S2_REQUIRES_IPA_BITS,
	S2_REQUIRES_CLASS,
	S2_REQUIRES_GUARANTEE,
	S2_REQUIRES_HOST_POLICY,
	S2_REQUIRES_SITE_POLICY,
};

/**
 * enum s2_answer - whether a host satisfies a requirement
 * @S2_ANSWER_OK: it does
 * @S2_ANSWER_MISSING: it does not
 * @S2_ANSWER_UNKNOWN: it takes a fact that is not known
 */
enum s2_answer {
	S2_ANSWER_OK = 1,
	S2_ANSWER_MISSING = 2,
	S2_ANSWER_UNKNOWN = 3,
};

/**
 * s2_preflight() - whether a host satisfies what VMs rely on
 * @ctx: context
 * @vms: the VMs and the host they are on, loaded with S2_LOAD_DEVICES and
 *	S2_LOAD_POLICY, or POLICY_IF_ANY
 * @host: the host they are to come to, loaded with S2_LOAD_VMS and
 *	S2_LOAD_POLICY, or POLICY_IF_ANY; may be @vms
 * @site: site policy of that host, or NULL
 * @preflight: where to put the requirements; free with s2_preflight_free()
 *
 * All memory of a VM is looked at, also what the guest has not touched yet.
 * Memory that is denied already where the VM is, is not, nor are VMs whose
 * process has ended.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_preflight(struct s2_ctx *ctx, const struct s2_model *vms,
		 const struct s2_model *host, const struct s2_site *site,
		 struct s2_preflight **preflight);

/**
 * s2_preflight_free() - free requirements
 * @preflight: requirements, may be NULL; the models stay
 */
void s2_preflight_free(struct s2_preflight *preflight);

/**
 * s2_preflight_first() - first requirement
 * @preflight: requirements
 *
 * Return: an S2_OBJ_REQUIREMENT or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_preflight_first(const struct s2_preflight *preflight);

/**
 * s2_preflight_count() - number of requirements
 * @preflight: requirements
 * @answer: enum s2_answer, or 0 for all
 *
 * Return: how many.
 */
size_t s2_preflight_count(const struct s2_preflight *preflight,
			  enum s2_answer answer);

/**
 * s2_preflight_outcome() - what is not known
 * @preflight: requirements
 *
 * Return: a model that lives as long as @preflight: the host that the VMs are to
 * come to, and the problems of both models and of the rules.
 */
const struct s2_model *s2_preflight_outcome(
		const struct s2_preflight *preflight);

#endif /* S2_COMPARE_COMPARE_H */
