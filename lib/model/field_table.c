// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The one description of what objects hold: JSON, the snapshot reader, tables,
 * help and completion are made from it.
 *
 * Words stand in the order of the kernel's numbers (linux/kvm_s2_types.h),
 * beginning with 1 for an enum (0 is "not known") and with bit 0 for a mask.
 */
#include "base/array.h"
#include "model/field_macros.h"
#include "model/field_table.h"
#include "model/program.h"

static const char *const source_words[] = {
	"kernel", "snapshot", "proc", "core", NULL
};

static const char *const feature_words[] = {
	"slot", "extents", "netlink", "vma-types", "policy", NULL
};

static const char *const slot_flag_words[] = {
	"log-dirty", "readonly", "guest-memfd", NULL
};

static const char *const type_words[] = {
	"unmapped", "wb", "nc", "device", "mixed", NULL
};

static const char *const strength_words[] = {
	"weak", "forced", NULL
};

static const char *const verdict_words[] = {
	"allow", "would-deny", "deny", "mixed", NULL
};

static const char *const reason_words[] = {
	"map-memory", "not-map-memory", "any-uncached", "exec-io", "no-vma",
	"vmm-exited", "vgic", "mixed", "mte-vma", "vmm-busy",
	"cacheable-vma", "io-vma", "not-flushable", "floor", "require-fwb",
	"match-vma", "noexec", NULL
};

static const char *const fact_words[] = {
	[0] = "vma", [1] = "vm-io", [2] = "vm-pfnmap", [3] = "vm-mixedmap",
	[4] = "any-uncached", [5] = "hugetlb", [6] = "mte-allowed", [7] = "",
	[8] = "pfn", [9] = "map-memory", [10] = "struct-page",
	[11] = "zone-device", [12] = "flushable", [13] = "gmem", [14] = "",
	[15] = "", [16] = "fwb", [17] = "dic", [18] = "mte", [19] = "pkvm",
	[20] = "map-only", [21] = NULL
};

static const char *const problem_words[] = {
	"no-series", "no-privilege", "vm-gone", "interrupted", "refused",
	"malformed", "unknown-value", "vms-hidden", "pkvm", "not-loaded",
	"facts-missing", "vmm-busy", "no-policy", "contradiction",
	"cannot-know", NULL
};

static const char *const severity_words[] = {
	"info", "low", "medium", "high", "critical", NULL
};

/* What two stages can be and make: numbers as in type_words, not all of them */
static const char *const stage_words[] = {
	"", "wb", "nc", "device", NULL
};

static const char *const kind_words[] = {
	"term", "rule", "type", "class", "verdict", "reason", "constraint",
	"mode", "owner", "scope", "action", "event", "fact", "strength", "feature",
	"flag", "source", "severity", "problem", "difference", "requirement",
	NULL
};

static const char *const constraint_words[] = {
	"require-fwb", "floor=nc", "floor=device", "noexec", "match-vma",
	"locked", "force", NULL
};

/* From 0: to set nothing is a mode like others */
static const char *const mode_words[] = {
	"none", "audit", "enforce", NULL
};

static const char *const event_words[] = {
	"state", "ready", "denied", "policy", "vm-gone", "resync", NULL
};

static const char *const scope_words[] = {
	"host", "vm", "slot", NULL
};

static const char *const action_words[] = {
	"set", "keep", "clear", NULL
};

static const struct s2_field host_fields[] = {
	W(S2_HOST_SOURCE, ENUM, 0, "source", "SOURCE", source_words,
	  "Where this comes from: the kernel's reports, a snapshot, /proc alone, "
	  "or the kernel's memory."),
	F(S2_HOST_TIME, TIME, 0, "time", "TIME",
	  "When it was read, in seconds since 1970-01-01 UTC."),
	F(S2_HOST_BOOT_ID, STRING, 0, "boot_id", "BOOT ID",
	  "Identity of this boot of the host; a VM id is unique within it."),
	F(S2_HOST_RELEASE, STRING, 0, "release", "KERNEL",
	  "Release of the running kernel."),
	F(S2_HOST_MACHINE, STRING, 0, "machine", "MACHINE",
	  "Architecture of the running kernel."),
	F(S2_HOST_SERIES, BOOL, 0, "series", "SERIES",
	  "Whether the kernel reports stage-2 memory types."),
	W(S2_HOST_FEATURES, FLAGS, 0, "features", "FEATURES", feature_words,
	  "What the kernel can do about stage-2 memory types."),
	F(S2_HOST_FWB, BOOL, 0, "fwb", "FWB",
	  "Whether stage 2 uses FEAT_S2FWB, which makes wb forced, not weak."),
	F(S2_HOST_DIC, BOOL, 0, "dic", "DIC",
	  "Whether the CPUs need no instruction cache maintenance (CTR_EL0.DIC)."),
	F(S2_HOST_PKVM, BOOL, 0, "pkvm", "PKVM",
	  "Whether KVM is protected, so that no slot or extent can be read."),
	F(S2_HOST_PAGE_SIZE, BYTES, 0, "page_size", "PAGE SIZE",
	  "Size of the host's pages in bytes."),
	F(S2_HOST_VM_COUNT, NUMBER, 0, "vm_count", "VMS",
	  "Number of VMs that exist."),
	F(S2_HOST_LAST_VM_ID, NUMBER, 0, "last_vm_id", "LAST VM",
	  "Identity that the newest VM got; 0 if there was none."),
	F(S2_HOST_CACHEABLE_PFNMAP, BOOL, D, "cacheable_pfnmap", "PFNMAP WB",
	  "Whether a VM can have write-back memory that has no kernel alias: "
	  "vma-types, FWB, DIC and no protected KVM."),
	F(S2_HOST_IPA_BITS, NUMBER, 0, "ipa_bits", "IPA BITS",
	  "Widest guest-physical addresses that a VM can have, in bits."),
	W(S2_HOST_ORIGIN, ENUM, 0, "origin", "ORIGIN", source_words,
	  "For a snapshot: where what it holds came from."),
	F(S2_HOST_PCI, BOOL, 0, "pci", "PCI",
	  "Whether the host's PCI devices could be read: without them, no BAR "
	  "has a name."),
	END
};

static const struct s2_field vm_fields[] = {
	F(S2_VM_ID, NUMBER, 0, "id", "ID",
	  "Identity of the VM; not used again until the host reboots."),
	F(S2_VM_PID, NUMBER, 0, "pid", "PID",
	  "Process that made the VM; a hint, it may be gone."),
	F(S2_VM_COMM, STRING, U, "comm", "COMMAND",
	  "Name of the task that made the VM."),
	F(S2_VM_NAME, STRING, U, "name", "NAME",
	  "Name from the VMM's command line (-name); a hint."),
	F(S2_VM_UUID, STRING, U, "uuid", "UUID",
	  "UUID from the VMM's command line (-uuid); a hint."),
	F(S2_VM_ALIVE, BOOL, 0, "alive", "ALIVE",
	  "Whether the address space that made the VM still exists."),
	F(S2_VM_VCPUS, NUMBER, 0, "vcpus", "VCPUS",
	  "Number of vCPUs created."),
	F(S2_VM_SLOT_COUNT, NUMBER, 0, "slot_count", "SLOTS",
	  "Number of memory slots."),
	F(S2_VM_IPA_BITS, NUMBER, 0, "ipa_bits", "IPA BITS",
	  "Width of the guest's physical address space in bits."),
	W(S2_VM_FACTS, FLAGS, 0, "facts", "FACTS", fact_words,
	  "Facts about the whole VM that decisions are made from."),
	F(S2_VM_BYTES, BYTES, D, "bytes", "SIZE",
	  "Bytes of guest-physical addresses in all slots."),
	F(S2_VM_WB_BYTES, BYTES, D, "wb_bytes", "WB",
	  "Bytes of the slots mapped Normal write-back."),
	F(S2_VM_NC_BYTES, BYTES, D, "nc_bytes", "NC",
	  "Bytes of the slots mapped Normal non-cacheable."),
	F(S2_VM_DEVICE_BYTES, BYTES, D, "device_bytes", "DEVICE",
	  "Bytes of the slots mapped Device."),
	F(S2_VM_EXEC_BYTES, BYTES, D, "exec_bytes", "EXEC",
	  "Bytes of the slots mapped with execute permission."),
	F(S2_VM_FD, NUMBER, 0, "fd", "FD",
	  "Descriptor of the VM in its process, where the kernel's reports do not "
	  "name the VM."),
	F(S2_VM_UID, NUMBER, 0, "uid", "UID",
	  "User that the process runs as: its effective user id."),
	F(S2_VM_CGROUP, STRING, U, "cgroup", "CGROUP",
	  "Control group of the process, from the root of those seen here."),
	F(S2_VM_START, NUMBER, 0, "start", "START",
	  "When the process started, in clock ticks since the host booted: "
	  "field 22 of /proc/PID/stat."),
	F(S2_VM_NTH, NUMBER, 0, "nth", "NTH",
	  "Which of the VMs of its process it is, counted from 1 in the order "
	  "they were made."),
	END
};

static const struct s2_field slot_fields[] = {
	F(S2_SLOT_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot."),
	F(S2_SLOT_GPA, ADDRESS, 0, "gpa", "GPA",
	  "Guest-physical address of the slot."),
	F(S2_SLOT_BYTES, BYTES, 0, "bytes", "SIZE",
	  "Length of the slot in bytes."),
	F(S2_SLOT_HVA, ADDRESS, 0, "hva", "HVA",
	  "Address of the slot in the VMM."),
	W(S2_SLOT_FLAGS, FLAGS, 0, "flags", "FLAGS", slot_flag_words,
	  "Flags that the VMM set on the slot."),
	W(S2_SLOT_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "What lies behind the slot."),
	W(S2_SLOT_FACTS, FLAGS, 0, "facts", "FACTS", fact_words,
	  "Facts that the decision is made from; those true of any part."),
	W(S2_SLOT_VMA_TYPE, ENUM, 0, "vma_type", "VMA TYPE", type_words,
	  "Memory type of the VMM's own mapping."),
	W(S2_SLOT_PREDICTED, ENUM, 0, "predicted", "PREDICTED", type_words,
	  "Memory type that a fault would choose now."),
	W(S2_SLOT_MAPPED, ENUM, 0, "mapped", "MAPPED", type_words,
	  "Memory type in the stage-2 entries."),
	W(S2_SLOT_STRENGTH, ENUM, D, "strength", "STRENGTH", strength_words,
	  "For wb: forced with FEAT_S2FWB; weak without, the guest may weaken it."),
	F(S2_SLOT_PERM, PERM, 0, "perm", "PERM",
	  "Permissions that any stage-2 entry has."),
	W(S2_SLOT_VERDICT, ENUM, 0, "verdict", "VERDICT", verdict_words,
	  "What happens to a data access."),
	W(S2_SLOT_REASON, ENUM, 0, "reason", "REASON", reason_words,
	  "Why the predicted type and the verdict are what they are."),
	F(S2_SLOT_WHY, STRING, D, "why", "WHY",
	  "The reason in words."),
	F(S2_SLOT_WB_BYTES, BYTES, 0, "wb_bytes", "WB",
	  "Bytes mapped Normal write-back."),
	F(S2_SLOT_NC_BYTES, BYTES, 0, "nc_bytes", "NC",
	  "Bytes mapped Normal non-cacheable."),
	F(S2_SLOT_DEVICE_BYTES, BYTES, 0, "device_bytes", "DEVICE",
	  "Bytes mapped Device."),
	F(S2_SLOT_EXEC_BYTES, BYTES, 0, "exec_bytes", "EXEC",
	  "Bytes mapped with execute permission."),
	W(S2_SLOT_ENFORCED, FLAGS, 0, "enforced", "ENFORCED", constraint_words,
	  "Constraints enforced on the slot: the host's, the VM's and its own; "
	  "where it has several classes, its own."),
	W(S2_SLOT_AUDITED, FLAGS, 0, "audited", "AUDITED", constraint_words,
	  "Constraints on the slot in audit mode, likewise."),
	F(S2_SLOT_DENIED, NUMBER, 0, "denied", "DENIED",
	  "Faults in the slot that constraints refused."),
	F(S2_SLOT_WOULD_DENY, NUMBER, 0, "would_deny", "WOULD DENY",
	  "Faults that constraints in audit mode would have refused."),
	END
};

static const struct s2_field extent_fields[] = {
	F(S2_EXTENT_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot; absent for what KVM itself maps."),
	F(S2_EXTENT_GPA, ADDRESS, 0, "gpa", "GPA",
	  "First guest-physical address."),
	F(S2_EXTENT_BYTES, BYTES, 0, "bytes", "SIZE",
	  "Length in bytes."),
	F(S2_EXTENT_HPA, ADDRESS, 0, "hpa", "HPA",
	  "Host-physical address of the first byte: of I/O memory and pfnmap-wb, or where asked for."),
	W(S2_EXTENT_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "What lies behind the extent."),
	W(S2_EXTENT_FACTS, FLAGS, 0, "facts", "FACTS", fact_words,
	  "Facts that the decision is made from."),
	W(S2_EXTENT_VMA_TYPE, ENUM, 0, "vma_type", "VMA TYPE", type_words,
	  "Memory type of the VMM's own mapping."),
	W(S2_EXTENT_PREDICTED, ENUM, 0, "predicted", "PREDICTED", type_words,
	  "Memory type that a fault would choose now."),
	W(S2_EXTENT_MAPPED, ENUM, 0, "mapped", "MAPPED", type_words,
	  "Memory type in the stage-2 entries."),
	W(S2_EXTENT_STRENGTH, ENUM, D, "strength", "STRENGTH", strength_words,
	  "For wb: forced with FEAT_S2FWB; weak without, the guest may weaken it."),
	F(S2_EXTENT_PERM, PERM, 0, "perm", "PERM",
	  "Permissions in the stage-2 entries."),
	F(S2_EXTENT_MEMATTR, NUMBER, 0, "memattr", "MEMATTR",
	  "MemAttr[3:0] of the stage-2 entries, as the architecture encodes it."),
	W(S2_EXTENT_VERDICT, ENUM, 0, "verdict", "VERDICT", verdict_words,
	  "What happens to a data access."),
	W(S2_EXTENT_REASON, ENUM, 0, "reason", "REASON", reason_words,
	  "Why the predicted type and the verdict are what they are."),
	F(S2_EXTENT_WHY, STRING, D, "why", "WHY",
	  "The reason in words."),
	F(S2_EXTENT_BDF, STRING, 0, "bdf", "BDF",
	  "PCI device whose BAR is mapped, where that is known."),
	F(S2_EXTENT_BAR, NUMBER, 0, "bar", "BAR",
	  "Number of that BAR."),
	F(S2_EXTENT_PREFETCHABLE, BOOL, 0, "prefetchable", "PREFETCH",
	  "Whether that BAR is prefetchable."),
	F(S2_EXTENT_DRIVER, STRING, 0, "driver", "DRIVER",
	  "Driver that the PCI device is bound to."),
	F(S2_EXTENT_PCI_ID, STRING, 0, "pci_id", "PCI ID",
	  "Vendor and device of that PCI device, as hexadecimal VENDOR:DEVICE."),
	END
};

static const struct s2_field problem_fields[] = {
	W(S2_PROBLEM_CODE, ENUM, 0, "code", "CODE", problem_words,
	  "Kind of problem."),
	F(S2_PROBLEM_TEXT, STRING, 0, "text", "TEXT",
	  "What could not be known, and why."),
	F(S2_PROBLEM_ATTR, STRING, 0, "attr", "ATTRIBUTE",
	  "Path of the netlink attribute to blame."),
	F(S2_PROBLEM_VM, NUMBER, 0, "vm", "VM",
	  "Identity of the VM concerned."),
	F(S2_PROBLEM_PID, NUMBER, 0, "pid", "PID",
	  "Process of the VM concerned."),
	F(S2_PROBLEM_FD, NUMBER, 0, "fd", "FD",
	  "Descriptor of that VM in its process."),
	F(S2_PROBLEM_RULE, STRING, 0, "rule", "RULE",
	  "Rule of the audit that could not decide."),
	END
};

static const struct s2_field finding_fields[] = {
	F(S2_FINDING_RULE, STRING, 0, "rule", "RULE",
	  "Permanent identifier of the rule."),
	W(S2_FINDING_SEVERITY, ENUM, 0, "severity", "SEVERITY", severity_words,
	  "How bad it is."),
	F(S2_FINDING_VM, NUMBER, 0, "vm", "VM",
	  "Identity of the VM concerned."),
	F(S2_FINDING_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot concerned."),
	F(S2_FINDING_GPA, ADDRESS, 0, "gpa", "GPA",
	  "First guest-physical address concerned."),
	F(S2_FINDING_BYTES, BYTES, 0, "bytes", "SIZE",
	  "Bytes concerned, from the first address on; there may be gaps."),
	F(S2_FINDING_EXTENTS, NUMBER, 0, "extents", "EXTENTS",
	  "Number of extents concerned."),
	F(S2_FINDING_STATEMENT, STRING, 0, "statement", "STATEMENT",
	  "What was found, in one line."),
	F(S2_FINDING_WAIVED, BOOL, 0, "waived", "WAIVED",
	  "Whether the site has accepted it."),
	F(S2_FINDING_NAME, STRING, U, "name", "NAME",
	  "Name of the VM, as its own command line gives it."),
	F(S2_FINDING_UUID, STRING, U, "uuid", "UUID",
	  "UUID of the VM, as its own command line gives it."),
	F(S2_FINDING_KEY, STRING, 0, "key", "KEY",
	  "The same for the same finding of the same VM in another audit."),
	F(S2_FINDING_WAIVER, STRING, 0, "waiver", "WAIVER",
	  "Statement of the waiver that is for it, expired or not."),
	F(S2_FINDING_EXPIRES, TIME, 0, "expires", "EXPIRES",
	  "When that waiver ends, in seconds since 1970-01-01 UTC."),
	F(S2_FINDING_GPA_LAST, ADDRESS, 0, "gpa_last", "LAST",
	  "Last guest-physical address concerned."),
	F(S2_FINDING_PID, NUMBER, 0, "pid", "PID",
	  "Process of the VM concerned."),
	F(S2_FINDING_START, NUMBER, 0, "start", "START",
	  "When that process started, in clock ticks since the host booted."),
	F(S2_FINDING_FD, NUMBER, 0, "fd", "FD",
	  "Descriptor of that VM in its process."),
	END
};

static const struct s2_field evidence_fields[] = {
	W(S2_EVIDENCE_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "What lies behind the range."),
	W(S2_EVIDENCE_MAPPED, ENUM, 0, "mapped", "MAPPED", type_words,
	  "Memory type in the stage-2 entries."),
	W(S2_EVIDENCE_STRENGTH, ENUM, 0, "strength", "STRENGTH", strength_words,
	  "For wb: whether it is forced or weak."),
	W(S2_EVIDENCE_VMA_TYPE, ENUM, 0, "vma_type", "VMA TYPE", type_words,
	  "Memory type of the VMM's own mapping."),
	F(S2_EVIDENCE_PERM, PERM, 0, "perm", "PERM",
	  "Permissions in the stage-2 entries."),
	W(S2_EVIDENCE_FACTS, FLAGS, 0, "facts", "FACTS", fact_words,
	  "Facts that the decision is made from."),
	W(S2_EVIDENCE_REASON, ENUM, 0, "reason", "REASON", reason_words,
	  "Why KVM chose the type."),
	F(S2_EVIDENCE_HPA, ADDRESS, 0, "hpa", "HPA",
	  "Host-physical address of the first byte."),
	F(S2_EVIDENCE_BDF, STRING, 0, "bdf", "BDF",
	  "PCI device whose BAR is mapped."),
	F(S2_EVIDENCE_BAR, NUMBER, 0, "bar", "BAR",
	  "Number of that BAR."),
	F(S2_EVIDENCE_PREFETCHABLE, BOOL, 0, "prefetchable", "PREFETCH",
	  "Whether that BAR is prefetchable."),
	F(S2_EVIDENCE_DRIVER, STRING, 0, "driver", "DRIVER",
	  "Driver that the PCI device is bound to."),
	F(S2_EVIDENCE_PCI_ID, STRING, 0, "pci_id", "PCI ID",
	  "Vendor and device of the PCI device."),
	W(S2_EVIDENCE_CONSTRAINTS, FLAGS, 0, "constraints", "CONSTRAINTS",
	  constraint_words, "Constraints that it is about."),
	W(S2_EVIDENCE_MODE, ENUM, Z, "mode", "MODE", mode_words,
	  "What comes of these constraints."),
	F(S2_EVIDENCE_DENIED, NUMBER, 0, "denied", "DENIED",
	  "Faults that constraints refused."),
	F(S2_EVIDENCE_WOULD_DENY, NUMBER, 0, "would_deny", "WOULD DENY",
	  "Faults that constraints in audit mode would have refused."),
	F(S2_EVIDENCE_SITE_RULES, STRING, 0, "site_rules", "SITE RULES",
	  "Rules of the site policy that ask for it."),
	F(S2_EVIDENCE_OTHER_VM, NUMBER, 0, "other_vm", "OTHER VM",
	  "VM that has the same host memory with another type."),
	F(S2_EVIDENCE_OTHER_SLOT, NUMBER, 0, "other_slot", "OTHER SLOT",
	  "Slot of that VM."),
	F(S2_EVIDENCE_OTHER_GPA, ADDRESS, 0, "other_gpa", "OTHER GPA",
	  "Guest-physical address in that VM."),
	W(S2_EVIDENCE_OTHER_MAPPED, ENUM, 0, "other_mapped", "OTHER MAPPED",
	  type_words, "Memory type there."),
	F(S2_EVIDENCE_OTHER_PID, NUMBER, 0, "other_pid", "OTHER PID",
	  "Process of that VM."),
	F(S2_EVIDENCE_OTHER_FD, NUMBER, 0, "other_fd", "OTHER FD",
	  "Descriptor of that VM in its process."),
	END
};

static const struct s2_field combination_fields[] = {
	W(S2_COMBINATION_STAGE1, ENUM, 0, "stage1", "STAGE 1", stage_words,
	  "Memory type in the guest's own page tables."),
	W(S2_COMBINATION_STAGE2, ENUM, 0, "stage2", "STAGE 2", stage_words,
	  "Memory type in KVM's stage-2 entries."),
	F(S2_COMBINATION_FWB, BOOL, 0, "fwb", "FWB",
	  "Whether stage 2 uses FEAT_S2FWB."),
	W(S2_COMBINATION_EFFECTIVE, ENUM, D, "effective", "EFFECTIVE",
	  stage_words, "Memory type that the guest's accesses get."),
	F(S2_COMBINATION_UNALIGNED_FAULTS, BOOL, D, "unaligned_faults",
	  "UNALIGNED FAULTS", "Whether accesses that are not aligned fault."),
	F(S2_COMBINATION_DC_ZVA_FAULTS, BOOL, D, "dc_zva_faults",
	  "DC ZVA FAULTS", "Whether zeroing memory with DC ZVA faults."),
	F(S2_COMBINATION_WRITE_COMBINING, BOOL, D, "write_combining",
	  "WRITE COMBINING", "Whether the CPU may gather writes into one."),
	F(S2_COMBINATION_EXECUTABLE, BOOL, D, "executable", "EXECUTABLE",
	  "Whether instructions can be fetched, permissions of stage 1 apart; "
	  "null where the architecture leaves that to the CPU."),
	F(S2_COMBINATION_WEAKENED, BOOL, D, "weakened", "WEAKENED",
	  "Whether stage 1 takes the caches away from what stage 2 made "
	  "write-back: the guest then bypasses what a cacheable mapping of the "
	  "host goes through."),
	F(S2_COMBINATION_WHY, STRING, D, "why", "WHY",
	  "The rule of the architecture, in words."),
	END
};

static const struct s2_field word_fields[] = {
	W(S2_WORD_KIND, ENUM, 0, "kind", "KIND", kind_words,
	  "Kind of the word; the same word may stand in several."),
	F(S2_WORD_WORD, STRING, 0, "word", "WORD",
	  "The word."),
	F(S2_WORD_SUMMARY, STRING, 0, "summary", "SUMMARY",
	  "What it means, in one line."),
	F(S2_WORD_TEXT, STRING, 0, "text", "TEXT",
	  "What it means, and why it happens."),
	F(S2_WORD_REMEDY, STRING, 0, "remedy", "REMEDY",
	  "What to do about it; null where there is nothing to do."),
	W(S2_WORD_SEVERITY, ENUM, 0, "severity", "SEVERITY", severity_words,
	  "Worst severity of a rule; null for other words."),
	END
};

static const struct s2_field policy_fields[] = {
	W(S2_POLICY_SCOPE, ENUM, D, "scope", "SCOPE", scope_words,
	  "What it is for: all VMs of the host, one VM, or one slot."),
	F(S2_POLICY_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot; absent for a class."),
	W(S2_POLICY_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "Class of memory that it is for; absent for a slot."),
	W(S2_POLICY_OWNER, ENUM, 0, "owner", "OWNER", s2_owner_words,
	  "Who set it; absent where nobody did and others' constraints hold."),
	W(S2_POLICY_CONSTRAINTS, FLAGS, 0, "constraints", "CONSTRAINTS",
	  constraint_words, "What the owner has set."),
	W(S2_POLICY_MODE, ENUM, Z, "mode", "MODE", mode_words,
	  "Whether the constraints are enforced or only counted."),
	F(S2_POLICY_GENERATION, NUMBER, 0, "generation", "GEN",
	  "Counts changes of the policies of the VM, or of the host's."),
	W(S2_POLICY_ENFORCED, FLAGS, 0, "enforced", "ENFORCED",
	  constraint_words,
	  "Constraints enforced there, whoever set them and for what scope."),
	W(S2_POLICY_AUDITED, FLAGS, 0, "audited", "AUDITED", constraint_words,
	  "Constraints in audit mode there, likewise."),
	F(S2_POLICY_DENIED, NUMBER, 0, "denied", "DENIED",
	  "Faults that constraints refused there."),
	F(S2_POLICY_WOULD_DENY, NUMBER, 0, "would_deny", "WOULD DENY",
	  "Faults that constraints in audit mode would have refused there."),
	END
};

static const struct s2_field event_fields[] = {
	F(S2_EVENT_TIME, TIME, 0, "time", "TIME",
	  "When it was received, in seconds since 1970-01-01 UTC."),
	W(S2_EVENT_EVENT, ENUM, 0, "event", "EVENT", event_words,
	  "What happened."),
	F(S2_EVENT_VM, NUMBER, 0, "vm", "VM",
	  "Identity of the VM; absent for the host's policy."),
	W(S2_EVENT_SCOPE, ENUM, D, "scope", "SCOPE", scope_words,
	  "What the policy is for: all VMs of the host, one VM, or one slot."),
	F(S2_EVENT_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot; absent for a class."),
	W(S2_EVENT_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "Class of memory; absent for a slot."),
	W(S2_EVENT_OWNER, ENUM, 0, "owner", "OWNER", s2_owner_words,
	  "Who set the policy."),
	W(S2_EVENT_CONSTRAINTS, FLAGS, 0, "constraints", "CONSTRAINTS",
	  constraint_words, "What the owner has set."),
	W(S2_EVENT_MODE, ENUM, Z, "mode", "MODE", mode_words,
	  "Whether the constraints are enforced or only counted."),
	F(S2_EVENT_GENERATION, NUMBER, 0, "generation", "GEN",
	  "Counts changes of the policies of the VM, or of the host's."),
	W(S2_EVENT_ENFORCED, FLAGS, 0, "enforced", "ENFORCED",
	  constraint_words,
	  "Constraints enforced there, whoever set them and for what scope."),
	W(S2_EVENT_AUDITED, FLAGS, 0, "audited", "AUDITED", constraint_words,
	  "Constraints in audit mode there, likewise."),
	F(S2_EVENT_DENIED, NUMBER, 0, "denied", "DENIED",
	  "Faults that constraints refused there, since the VM began."),
	F(S2_EVENT_WOULD_DENY, NUMBER, 0, "would_deny", "WOULD DENY",
	  "Faults that constraints in audit mode would have refused there."),
	W(S2_EVENT_REASON, ENUM, 0, "reason", "REASON", reason_words,
	  "Why the last such fault was, or would have been, refused."),
	F(S2_EVENT_GPA, ADDRESS, 0, "gpa", "GPA",
	  "Guest-physical address of the last such fault."),
	F(S2_EVENT_COMPLETE, BOOL, 0, "complete", "COMPLETE",
	  "With ready: whether all of the state could be read."),
	END
};

static const struct s2_field change_fields[] = {
	W(S2_CHANGE_ACTION, ENUM, 0, "action", "ACTION", action_words,
	  "What is done: set, clear, or keep what is there already."),
	W(S2_CHANGE_SCOPE, ENUM, 0, "scope", "SCOPE", scope_words,
	  "Whether it is the host's policy, a VM's or a slot's."),
	F(S2_CHANGE_VM, NUMBER, 0, "vm", "VM",
	  "Identity of the VM; null for the host."),
	F(S2_CHANGE_NAME, STRING, U, "name", "NAME",
	  "Name of the VM; a hint."),
	F(S2_CHANGE_SLOT, NUMBER, 0, "slot", "SLOT",
	  "Number of the slot; null for a policy by class."),
	W(S2_CHANGE_CLASS, ENUM, 0, "class", "CLASS", s2_class_words,
	  "Class of memory that the policy is for; null for a slot."),
	W(S2_CHANGE_CONSTRAINTS, FLAGS, 0, "constraints", "CONSTRAINTS",
	  constraint_words, "What the site policy asks of that memory."),
	W(S2_CHANGE_MODE, ENUM, Z, "mode", "MODE", mode_words,
	  "Whether that is enforced or only counted."),
	W(S2_CHANGE_OLD_CONSTRAINTS, FLAGS, 0, "old_constraints", "OLD",
	  constraint_words, "What the administrator has set there now."),
	W(S2_CHANGE_OLD_MODE, ENUM, Z, "old_mode", "OLD MODE", mode_words,
	  "The mode of that."),
	F(S2_CHANGE_RULES, STRING, 0, "rules", "RULES",
	  "Rules of the site policy that ask for it, separated by commas."),
	W(S2_CHANGE_SEVERITY, ENUM, 0, "severity", "SEVERITY", severity_words,
	  "How bad it is if memory breaks it: the worst of those rules."),
	F(S2_CHANGE_DENIED_BYTES, BYTES, 0, "denied_bytes", "DENIED",
	  "Bytes of memory in use that it would deny; at least, if not all is "
	  "known."),
	F(S2_CHANGE_WOULD_DENY_BYTES, BYTES, 0, "would_deny_bytes",
	  "WOULD DENY",
	  "Bytes of memory in use that it would count as denied; likewise."),
	END
};

#define TABLE(fields)	{ fields, ARRAY_SIZE(fields) - 1 }

const struct s2_field_table s2_field_tables[S2_OBJ_TYPES] = {
	[S2_OBJ_HOST] = TABLE(host_fields),
	[S2_OBJ_VM] = TABLE(vm_fields),
	[S2_OBJ_SLOT] = TABLE(slot_fields),
	[S2_OBJ_EXTENT] = TABLE(extent_fields),
	[S2_OBJ_PROBLEM] = TABLE(problem_fields),
	[S2_OBJ_FINDING] = TABLE(finding_fields),
	[S2_OBJ_EVIDENCE] = TABLE(evidence_fields),
	[S2_OBJ_COMBINATION] = TABLE(combination_fields),
	[S2_OBJ_WORD] = TABLE(word_fields),
	[S2_OBJ_POLICY] = TABLE(policy_fields),
	[S2_OBJ_EVENT] = TABLE(event_fields),
	[S2_OBJ_CHANGE] = TABLE(change_fields),
	[S2_OBJ_DIFF] = TABLE(s2_diff_fields),
	[S2_OBJ_REQUIREMENT] = TABLE(s2_requirement_fields),
};
