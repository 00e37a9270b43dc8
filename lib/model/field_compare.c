// SPDX-License-Identifier: LGPL-2.1-or-later
/* Fields of what comes of comparing two models: see field_table.c */
#include "model/field_macros.h"
#include "model/field_table.h"
#include "model/program.h"

static const char *const answer_words[] = {
	"ok", "missing", "unknown", NULL
};

static const char *const what_words[] = {
	"host", "vm", "slot", "policy", NULL
};

static const char *const change_words[] = {
	"new", "gone", "changed", NULL
};

static const char *const requirement_words[] = {
	"fwb", "dic", "vma-types", "policy", "page-size", "ipa-bits", "class",
	"guarantee", "host-policy", "site-policy", NULL
};

const struct s2_field s2_diff_fields[S2_DIFF_FIELDS + 1] = {
	W(S2_DIFF_WHAT, ENUM, 0, "what", "WHAT", what_words,
	  "What differs: the host, a VM, a slot, or a policy of one of them."),
	W(S2_DIFF_CHANGE, ENUM, 0, "change", "CHANGE", change_words,
	  "Whether it is new, gone, or has changed."),
	F(S2_DIFF_VM, NUMBER, 0, "vm", "VM",
	  "Identity of the VM: the new one, or the old one if it is gone."),
	F(S2_DIFF_NAME, STRING, U, "name", "NAME",
	  "Name of that VM; a hint."),
	F(S2_DIFF_UUID, STRING, U, "uuid", "UUID",
	  "UUID of that VM; a hint."),
	F(S2_DIFF_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot."),
	W(S2_DIFF_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "Class of memory that the policy is for; null for a slot."),
	W(S2_DIFF_OWNER, ENUM, 0, "owner", "OWNER", s2_owner_words,
	  "Whose policy it is."),
	F(S2_DIFF_FIELD, STRING, 0, "field", "FIELD",
	  "The field that differs, as in JSON; null for what is new or gone."),
	F(S2_DIFF_OLD, STRING, U, "old", "OLD",
	  "What it was, as text; of a slot that is gone, its range."),
	F(S2_DIFF_NEW, STRING, U, "new", "NEW",
	  "What it is, likewise."),
	F(S2_DIFF_PID, NUMBER, 0, "pid", "PID",
	  "Process of that VM."),
	F(S2_DIFF_FD, NUMBER, 0, "fd", "FD",
	  "Descriptor of that VM in its process."),
	END
};

const struct s2_field s2_requirement_fields[S2_REQUIREMENT_FIELDS + 1] = {
	F(S2_REQUIREMENT_VM, NUMBER, 0, "vm", "VM",
	  "Identity of the VM, where it is now."),
	F(S2_REQUIREMENT_NAME, STRING, U, "name", "NAME",
	  "Name of the VM; a hint."),
	F(S2_REQUIREMENT_UUID, STRING, U, "uuid", "UUID",
	  "UUID of the VM; a hint."),
	W(S2_REQUIREMENT_REQUIREMENT, ENUM, 0, "requirement", "REQUIREMENT",
	  requirement_words, "What the VM takes of the host."),
	W(S2_REQUIREMENT_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "Class of memory that it is about."),
	F(S2_REQUIREMENT_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot that it is about."),
	F(S2_REQUIREMENT_NEEDED, STRING, 0, "needed", "NEEDED",
	  "What is needed."),
	F(S2_REQUIREMENT_HAS, STRING, 0, "has", "HAS",
	  "What the host has; null if that is not known."),
	W(S2_REQUIREMENT_VERDICT, ENUM, 0, "verdict", "VERDICT", answer_words,
	  "Whether that will do."),
	F(S2_REQUIREMENT_WHY, STRING, 0, "why", "WHY",
	  "Why it is needed, or what comes of it."),
	F(S2_REQUIREMENT_PID, NUMBER, 0, "pid", "PID",
	  "Process of the VM."),
	F(S2_REQUIREMENT_FD, NUMBER, 0, "fd", "FD",
	  "Descriptor of the VM in its process."),
	END
};
