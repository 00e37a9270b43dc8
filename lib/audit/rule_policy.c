// SPDX-License-Identifier: LGPL-2.1-or-later
/* The rules about policies: the host's, the site's, and what they refused */
#include <inttypes.h>
#include <linux/kvm_s2.h>
#include <stdio.h>
#include <string.h>

#include "audit/baseline.h"
#include "audit/rule_table.h"
#include "model/extent.h"
#include "model/field.h"
#include "policy/constrain.h"
#include "policy/plan.h"
#include "policy/policy.h"

/* Adds a word to a list, or "..." where there is no more room */
static void add_word(char *list, size_t size, const char *word)
{
	size_t len = strlen(list), room = size - len;

	if (strlen(word) + sizeof(",...") > room)
		word = "...";
	if (len < 3 || strcmp(list + len - 3, "..."))
		snprintf(list + len, room, "%s%s", len ? "," : "", word);
}

/* S2-007: nc is the driver's word for the device; the site's is missing */
enum s2_check s2_rule_unapproved(struct s2_look *look,
				 const struct s2_obj *extent,
				 struct s2_hit *hit)
{
	const char *bdf = s2_obj_str(extent, S2_EXTENT_BDF);
	const char *pci_id = s2_obj_str(extent, S2_EXTENT_PCI_ID);

	if (!look->site || !look->site->files ||
	    s2_obj_num(extent, S2_EXTENT_MAPPED, 0) != KVM_S2_TYPE_NC ||
	    s2_obj_num(extent, S2_EXTENT_CLASS, 0) != KVM_S2_CLASS_IO_NC)
		return S2_CHECK_CLEAN;
	if (!bdf)
		return s2_extent_is_no_bar(extent, look->host) ?
			S2_CHECK_CLEAN : S2_CHECK_UNKNOWN;
	if (!pci_id)
		return S2_CHECK_UNKNOWN;
	if (s2_site_approves(look->site, pci_id, KVM_S2_TYPE_NC))
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_MEDIUM;
	snprintf(hit->statement, sizeof(hit->statement),
		 "BAR %" PRIu64 " of %.40s (%.16s) is mapped nc, which the site has not approved",
		 s2_obj_num(extent, S2_EXTENT_BAR, 0), bdf, pci_id);
	return S2_CHECK_HIT;
}

/* The mode of what the administrator has set for a class of the host's */
static unsigned int host_mode(const struct s2_model *model, unsigned int class)
{
	const struct s2_obj *policy;

	s2_model_for_each(policy, model, S2_OBJ_POLICY)
		if (s2_obj_num(policy, S2_POLICY_OWNER, 0) ==
		    KVM_S2_OWNER_ADMIN &&
		    s2_obj_num(policy, S2_POLICY_CLASS, 0) == class &&
		    s2_obj_num(policy, S2_POLICY_CONSTRAINTS, 0))
			return s2_obj_num(policy, S2_POLICY_MODE, 0);
	return KVM_S2_MODE_NONE;
}

/* S2-008: memory that nobody constrains; or that somebody only watches */
enum s2_check s2_rule_no_host_policy(struct s2_look *look,
				     const struct s2_obj *host,
				     struct s2_hit *hit)
{
	const struct s2_field *class = s2_field_by_id(S2_EXTENT_CLASS);
	char list[2][96] = { "", "" };

	if (!(s2_obj_num(host, S2_HOST_FEATURES, 0) & KVM_S2_FEATURE_POLICY))
		return S2_CHECK_CLEAN;
	if (!s2_model_known(look->model, S2_OBJ_POLICY))
		return S2_CHECK_UNKNOWN;
	for (unsigned int c = S2_SITE_CLASS_FIRST; c <= S2_SITE_CLASS_LAST;
	     c++) {
		unsigned int mode = host_mode(look->model, c);

		if ((look->classes >> c & 1) && mode != KVM_S2_MODE_ENFORCE)
			add_word(list[mode == KVM_S2_MODE_AUDIT],
				 sizeof(list[0]), s2_field_word(class, c));
	}
	if (!list[0][0] && !list[1][0])
		return S2_CHECK_CLEAN;
	hit->severity = list[0][0] ? S2_SEVERITY_LOW : S2_SEVERITY_INFO;
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_MODE,
		       list[0][0] ? KVM_S2_MODE_NONE : KVM_S2_MODE_AUDIT);
	snprintf(hit->statement, sizeof(hit->statement), "%s %s",
		 list[0][0] ? "no host policy for memory in use of class" :
		 "the host's policy is only audited for memory of class",
		 list[0][0] ? list[0] : list[1]);
	return S2_CHECK_HIT;
}

/* ------------------------------------------------------------ site policy -- */

/* What the site asks for at one extent, united over the places it is in */
struct asked {
	struct s2_constraints all;
	unsigned int constraints;	/* those that deny it by themselves */
	unsigned int mode;
	unsigned int severity;
	bool unknown;
};

/* Whether constraints deny it; what KVM itself refuses is not against them */
static bool denies(const struct s2_look *look, const struct s2_obj *extent,
		   struct s2_constraints c, bool *unknown)
{
	struct s2_outcome out;
	int err = s2_model_is_bare(look->model) ?
		s2_constrain_bare(extent, c, &out) :
		s2_constrain(extent, c, &out);

	if (err) {
		*unknown = true;
		return false;
	}
	return out.verdict == KVM_S2_VERDICT_DENY &&
		out.reason >= KVM_S2_REASON_FLOOR;
}

static void blame(struct s2_look *look, const struct s2_obj *change,
		  struct asked *asked)
{
	unsigned int severity = s2_obj_num(change, S2_CHANGE_SEVERITY, 0);
	unsigned int mode = s2_obj_num(change, S2_CHANGE_MODE, 0);

	asked->constraints |= s2_obj_num(change, S2_CHANGE_CONSTRAINTS, 0);
	if (mode > asked->mode)
		asked->mode = mode;
	if (severity > asked->severity)
		asked->severity = severity;
	add_word(look->text, sizeof(look->text),
		 s2_obj_str(change, S2_CHANGE_RULES));
}

/* @all: blame it even if it would not deny it by itself */
static void ask_change(struct s2_look *look, const struct s2_obj *extent,
		       const struct s2_obj *change, bool all,
		       struct asked *asked)
{
	unsigned int constraints = s2_obj_num(change, S2_CHANGE_CONSTRAINTS, 0);
	struct s2_constraints c = { 0, 0 };

	s2_unite(&c, constraints, KVM_S2_MODE_ENFORCE);
	s2_unite(&asked->all, constraints, KVM_S2_MODE_ENFORCE);
	if (all || denies(look, extent, c, &asked->unknown))
		blame(look, change, asked);
}

/*
 * Goes through what is asked for there, as if all of it were enforced.  Changes
 * for classes are few, and those for slots come behind them.
 */
static void ask_changes(struct s2_look *look, const struct s2_obj *extent,
			bool all, struct asked *asked)
{
	const struct s2_plan *plans[] = { look->host_plan, look->vm_plan };
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);
	const struct s2_numbered *n = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		const struct s2_obj *change = plans[i] ?
			s2_plan_first(plans[i]) : NULL;

		for (; change && !s2_obj_has(change, S2_CHANGE_SLOT);
		     change = s2_obj_next(change))
			if (s2_obj_num(change, S2_CHANGE_CLASS, UINT64_MAX) ==
			    class)
				ask_change(look, extent, change, all, asked);
	}
	if (s2_obj_has(extent, S2_EXTENT_SLOT))
		n = s2_by_num_find(&look->changes,
				   s2_obj_num(extent, S2_EXTENT_SLOT, 0));
	for (; n; n = s2_by_num_next(&look->changes, n))
		ask_change(look, extent, n->obj, all, asked);
}

/* S2-009: memory in use that the site's rules would deny, set or not */
enum s2_check s2_rule_breaks_site(struct s2_look *look,
				  const struct s2_obj *extent,
				  struct s2_hit *hit)
{
	struct asked asked = { .constraints = 0 };

	look->text[0] = '\0';
	if (!look->host_plan || !s2_obj_num(look->vm, S2_VM_ALIVE, 1) ||
	    s2_obj_num(extent, S2_EXTENT_MAPPED, 0) == KVM_S2_TYPE_UNMAPPED)
		return S2_CHECK_CLEAN;
	if (!s2_obj_has(extent, S2_EXTENT_CLASS))
		return S2_CHECK_UNKNOWN;
	ask_changes(look, extent, false, &asked);
	/* None alone, but all together */
	if (!look->text[0] && !asked.unknown &&
	    denies(look, extent, asked.all, &asked.unknown))
		ask_changes(look, extent, true, &asked);
	if (!look->text[0])
		return asked.unknown ? S2_CHECK_UNKNOWN : S2_CHECK_CLEAN;
	hit->severity = (int)asked.severity;
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_CONSTRAINTS,
		       asked.constraints);
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_MODE, asked.mode);
	s2_obj_set_str(hit->evidence, S2_EVIDENCE_SITE_RULES, look->text);
	snprintf(hit->statement, sizeof(hit->statement),
		 "%s memory mapped %s is against the site policy: %.80s",
		 s2_obj_str(extent, S2_EXTENT_CLASS),
		 s2_obj_str(extent, S2_EXTENT_MAPPED), look->text);
	return S2_CHECK_HIT;
}

/* S2-009: what the site asks for and nobody has set; of a VM, or of the host */
enum s2_check s2_rule_site_not_set(struct s2_look *look,
				   const struct s2_obj *obj,
				   struct s2_hit *hit)
{
	const struct s2_plan *plan = s2_obj_type(obj) == S2_OBJ_VM ?
		look->vm_plan : look->host_plan;
	const struct s2_obj *change;
	size_t count = 0;

	look->text[0] = '\0';
	for (change = plan ? s2_plan_first(plan) : NULL; change;
	     change = s2_obj_next(change)) {
		const char *rules = s2_obj_str(change, S2_CHANGE_RULES);

		if (s2_obj_num(change, S2_CHANGE_ACTION, 0) != S2_ACTION_SET ||
		    !s2_obj_has(change, S2_CHANGE_OLD_MODE))
			continue;
		if (!count++ || !strstr(look->text, rules))
			add_word(look->text, sizeof(look->text), rules);
	}
	if (!count)
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_INFO;
	snprintf(hit->statement, sizeof(hit->statement),
		 "the site policy asks for %zu polic%s that %s not set", count,
		 count == 1 ? "y" : "ies", count == 1 ? "is" : "are");
	s2_obj_set_str(hit->evidence, S2_EVIDENCE_SITE_RULES, look->text);
	return S2_CHECK_HIT;
}

/* --------------------------------------------------------------- counters -- */

/* How much a counter grew; one that is smaller has begun anew */
static uint64_t grown(uint64_t now, uint64_t then)
{
	return now >= then ? now - then : now;
}

/* S2-010: faults that were refused, or would have been, since the baseline */
static enum s2_check counted(struct s2_look *look, uint32_t slot,
			     unsigned int class, const struct s2_counters *now,
			     struct s2_hit *hit)
{
	struct s2_counters old = { 0, 0 };
	uint64_t denied, would_deny;

	if (look->baseline)
		old = s2_baseline_counters(look->baseline, look->boot_id,
					   look->vm, slot, class);
	denied = grown(now->denied, old.denied);
	would_deny = grown(now->would_deny, old.would_deny);
	if (!denied && !would_deny)
		return S2_CHECK_CLEAN;
	hit->severity = denied ? S2_SEVERITY_MEDIUM : S2_SEVERITY_LOW;
	snprintf(hit->statement, sizeof(hit->statement),
		 "constraints %s %" PRIu64 " fault%s%s",
		 denied ? "denied" : "would have denied",
		 denied ? denied : would_deny,
		 (denied ? denied : would_deny) == 1 ? "" : "s",
		 look->baseline ? " since the baseline" : "");
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_DENIED, now->denied);
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_WOULD_DENY, now->would_deny);
	return S2_CHECK_HIT;
}

enum s2_check s2_rule_denied_slot(struct s2_look *look,
				  const struct s2_obj *slot,
				  struct s2_hit *hit)
{
	const struct s2_counters now = {
		.denied = s2_obj_num(slot, S2_SLOT_DENIED, 0),
		.would_deny = s2_obj_num(slot, S2_SLOT_WOULD_DENY, 0),
	};

	return counted(look, (uint32_t)s2_obj_num(slot, S2_SLOT_SLOT, 0), 0,
		       &now, hit);
}

/* Whether the slot itself tells how often it was refused something */
static bool slot_tells(const struct s2_look *look, uint64_t number)
{
	const struct s2_obj *slot = s2_by_num_first(&look->slots, number);

	return slot && s2_obj_has(slot, S2_SLOT_DENIED);
}

/* Counters of a class; those of a slot stand with its policy, too */
enum s2_check s2_rule_denied_policy(struct s2_look *look,
				    const struct s2_obj *policy,
				    struct s2_hit *hit)
{
	const struct s2_counters now = {
		.denied = s2_obj_num(policy, S2_POLICY_DENIED, 0),
		.would_deny = s2_obj_num(policy, S2_POLICY_WOULD_DENY, 0),
	};
	uint64_t slot = s2_obj_num(policy, S2_POLICY_SLOT, S2_ANY_SLOT);
	enum s2_check check;

	if (slot != S2_ANY_SLOT && slot_tells(look, slot))
		return S2_CHECK_CLEAN;
	check = counted(look, (uint32_t)slot,
			s2_obj_num(policy, S2_POLICY_CLASS, 0), &now, hit);
	s2_obj_copy(hit->evidence, S2_EVIDENCE_MODE, policy, S2_POLICY_MODE);
	return check;
}

/* -------------------------------------------------------------- migration -- */

/* Whether the VM has wb memory, forced, of a class or in a slot */
static bool has_forced(const struct s2_look *look, const struct s2_obj *policy)
{
	uint64_t class = s2_obj_num(policy, S2_POLICY_CLASS, 0);

	if (s2_obj_has(policy, S2_POLICY_SLOT))
		return s2_by_num_first(&look->forced,
				       s2_obj_num(policy, S2_POLICY_SLOT, 0));
	return class < 32 && look->forced_classes >> class & 1;
}

bool s2_rule_asks_for_fwb(const struct s2_obj *policy)
{
	return s2_obj_num(policy, S2_POLICY_ENFORCED, 0) &
		KVM_S2_CONSTRAINT_REQUIRE_FWB;
}

/* S2-011: wb memory that a policy allows on CPUs with FEAT_S2FWB only */
enum s2_check s2_rule_needs_fwb(struct s2_look *look,
				const struct s2_obj *policy,
				struct s2_hit *hit)
{
	if (!s2_rule_asks_for_fwb(policy) || !has_forced(look, policy))
		return S2_CHECK_CLEAN;
	hit->severity = S2_SEVERITY_INFO;
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_CONSTRAINTS,
		       KVM_S2_CONSTRAINT_REQUIRE_FWB);
	s2_obj_set_num(hit->evidence, S2_EVIDENCE_MODE, KVM_S2_MODE_ENFORCE);
	snprintf(hit->statement, sizeof(hit->statement),
		 "relies on FEAT_S2FWB: require-fwb is enforced");
	return S2_CHECK_HIT;
}
