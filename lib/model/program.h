/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects that only the program makes: findings, plans, differences.  They are
 * described in the same tables as those of s2ctl.h, and their numbers are as
 * permanent; a user of the library never sees one.
 */
#ifndef S2_MODEL_PROGRAM_H
#define S2_MODEL_PROGRAM_H

#include "s2ctl.h"

/* What the JSON Schema in lib/schema describes */
#define S2_FORMAT_VERSION	1

/*
 * More of enum s2_obj_type: what a rule found, worst first in a report; what a finding
 * rests on, one in a finding; struct s2_combination; what a site policy makes of one
 * place; one thing in which two models differ; what a VM takes of a host.
 */
#define S2_OBJ_FINDING		((enum s2_obj_type)6)
#define S2_OBJ_EVIDENCE		((enum s2_obj_type)7)
#define S2_OBJ_COMBINATION	((enum s2_obj_type)8)
#define S2_OBJ_CHANGE		((enum s2_obj_type)12)
#define S2_OBJ_DIFF		((enum s2_obj_type)13)
#define S2_OBJ_REQUIREMENT	((enum s2_obj_type)14)

/* What a field means is in its description: s2_fields(). */
enum s2_program_field_id {
	S2_FINDING_RULE = S2_FIELD_ID(S2_OBJ_FINDING, 0),
	S2_FINDING_SEVERITY, S2_FINDING_VM, S2_FINDING_SLOT, S2_FINDING_GPA,
	S2_FINDING_BYTES, S2_FINDING_EXTENTS, S2_FINDING_STATEMENT,
	S2_FINDING_WAIVED, S2_FINDING_NAME, S2_FINDING_UUID, S2_FINDING_KEY,
	S2_FINDING_WAIVER, S2_FINDING_EXPIRES, S2_FINDING_GPA_LAST,
	S2_FINDING_PID, S2_FINDING_START, S2_FINDING_FD,

	S2_EVIDENCE_CLASS = S2_FIELD_ID(S2_OBJ_EVIDENCE, 0),
	S2_EVIDENCE_MAPPED, S2_EVIDENCE_STRENGTH, S2_EVIDENCE_VMA_TYPE,
	S2_EVIDENCE_PERM, S2_EVIDENCE_FACTS, S2_EVIDENCE_REASON,
	S2_EVIDENCE_HPA, S2_EVIDENCE_BDF, S2_EVIDENCE_BAR,
	S2_EVIDENCE_PREFETCHABLE, S2_EVIDENCE_DRIVER, S2_EVIDENCE_PCI_ID,
	S2_EVIDENCE_CONSTRAINTS, S2_EVIDENCE_MODE, S2_EVIDENCE_DENIED,
	S2_EVIDENCE_WOULD_DENY, S2_EVIDENCE_SITE_RULES, S2_EVIDENCE_OTHER_VM,
	S2_EVIDENCE_OTHER_SLOT, S2_EVIDENCE_OTHER_GPA,
	S2_EVIDENCE_OTHER_MAPPED, S2_EVIDENCE_OTHER_PID,
	S2_EVIDENCE_OTHER_FD,

	S2_COMBINATION_STAGE1 = S2_FIELD_ID(S2_OBJ_COMBINATION, 0),
	S2_COMBINATION_STAGE2, S2_COMBINATION_FWB, S2_COMBINATION_EFFECTIVE,
	S2_COMBINATION_UNALIGNED_FAULTS, S2_COMBINATION_DC_ZVA_FAULTS,
	S2_COMBINATION_WRITE_COMBINING, S2_COMBINATION_EXECUTABLE,
	S2_COMBINATION_WEAKENED, S2_COMBINATION_WHY,

	S2_CHANGE_ACTION = S2_FIELD_ID(S2_OBJ_CHANGE, 0),
	S2_CHANGE_SCOPE, S2_CHANGE_VM, S2_CHANGE_NAME, S2_CHANGE_SLOT,
	S2_CHANGE_CLASS, S2_CHANGE_CONSTRAINTS, S2_CHANGE_MODE,
	S2_CHANGE_OLD_CONSTRAINTS, S2_CHANGE_OLD_MODE, S2_CHANGE_RULES,
	S2_CHANGE_SEVERITY, S2_CHANGE_DENIED_BYTES,
	S2_CHANGE_WOULD_DENY_BYTES,

	S2_DIFF_WHAT = S2_FIELD_ID(S2_OBJ_DIFF, 0),
	S2_DIFF_CHANGE, S2_DIFF_VM, S2_DIFF_NAME, S2_DIFF_UUID,
	S2_DIFF_SLOT, S2_DIFF_CLASS, S2_DIFF_OWNER, S2_DIFF_FIELD,
	S2_DIFF_OLD, S2_DIFF_NEW, S2_DIFF_PID, S2_DIFF_FD,

	S2_REQUIREMENT_VM = S2_FIELD_ID(S2_OBJ_REQUIREMENT, 0),
	S2_REQUIREMENT_NAME, S2_REQUIREMENT_UUID,
	S2_REQUIREMENT_REQUIREMENT, S2_REQUIREMENT_CLASS,
	S2_REQUIREMENT_SLOT, S2_REQUIREMENT_NEEDED, S2_REQUIREMENT_HAS,
	S2_REQUIREMENT_VERDICT, S2_REQUIREMENT_WHY, S2_REQUIREMENT_PID,
	S2_REQUIREMENT_FD,
};

/**
 * enum s2_severity - how bad a finding is
 * @S2_SEVERITY_INFO: worth knowing; nothing is wrong
 * @S2_SEVERITY_LOW: costs speed or robustness; no data is at risk
 * @S2_SEVERITY_MEDIUM: a guest can break under a load that makes sense
 * @S2_SEVERITY_HIGH: stale data, or host and guest see different data
 * @S2_SEVERITY_CRITICAL: one VM can read or harm what is not its own
 */
enum s2_severity {
	S2_SEVERITY_INFO = 1,
	S2_SEVERITY_LOW = 2,
	S2_SEVERITY_MEDIUM = 3,
	S2_SEVERITY_HIGH = 4,
	S2_SEVERITY_CRITICAL = 5,
};

/**
 * s2_severity_from_word() - parse a severity
 * @word: "info", "low", "medium", "high" or "critical"
 *
 * Return: enum s2_severity, or -EINVAL.
 */
int s2_severity_from_word(const char *word);

/**
 * s2_vm_spec() - what to call a VM by, in one word
 * @obj: a VM, or a finding, problem, difference or requirement that is about one;
 *	of evidence, the other VM
 * @buf: where to put it
 * @size: size of @buf; S2_VM_SPEC_MAX is enough
 *
 * Its id; where the kernel gave it none "pid:N:fd:N" or, if the descriptor is not
 * known, "pid:N"; s2_model_find_vm() understands each.  "-" for no VM.
 *
 * Return: length of the whole text, as snprintf() does.
 */
size_t s2_vm_spec(const struct s2_obj *obj, char *buf, size_t size);

#define S2_VM_SPEC_MAX	56

/**
 * s2_vm_title() - what to call a VM in a sentence
 * @obj: as for s2_vm_spec()
 * @buf: where to put it
 * @size: size of @buf; S2_VM_TITLE_MAX is enough
 *
 * "VM 3"; where the kernel gave it no id "VM of process 81, fd 7" or, if the
 * descriptor is not known, "VM of process 81".  "VM" if nothing is known.
 *
 * Return: length of the whole text, as snprintf() does.
 */
size_t s2_vm_title(const struct s2_obj *obj, char *buf, size_t size);

#define S2_VM_TITLE_MAX	72

#endif /* S2_MODEL_PROGRAM_H */
