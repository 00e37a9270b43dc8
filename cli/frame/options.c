// SPDX-License-Identifier: GPL-2.0-only
/*
 * One description of every option.  It drives getopt_long(), --help, the
 * completions and the test that compares them with the manual.
 */
#include <stddef.h>

#include "frame/cli.h"

const char *const format_words[FORMAT_COUNT + 1] = {
	[FORMAT_TABLE] = "table",
	[FORMAT_JSON] = "json",
	[FORMAT_JSONL] = "jsonl",
	[FORMAT_SARIF] = "sarif",
	[FORMAT_PROMETHEUS] = "prometheus",
	[FORMAT_HTML] = "html",
};

static const char *const color_words[] = { "auto", "always", "never", NULL };
static const char *const severity_words[] = {
	"info", "low", "medium", "high", "critical", NULL
};

static const char *const source_words[] = { "kernel", "core", "proc", NULL };

static const char *const type_words[] = { "wb", "nc", "device", NULL };

/* What a policy can be for: the classes that memory of a slot can have. */
static const char *const class_words[] = {
	"ram", "zone-device", "pfnmap-wb", "ram-nc", "io", "io-nc", "gmem",
	"hole", NULL
};
static const char *const mode_words[] = { "audit", "enforce", NULL };

const struct opt cli_options[OPT_COUNT] = {
	[OPT_JSON] = { "json", 'j', .help = "print JSON" },
	[OPT_PRETTY] = { "pretty", 'p', .help = "print JSON, indented" },
	[OPT_COLOR] = { "color", 0, ARG_WORD, "WHEN", color_words,
		"use colour: auto (default), always or never" },
	[OPT_FROM] = { "from", 0, ARG_FILE, "FILE", NULL,
		"read a snapshot or a memory dump instead of this host; - for standard input" },
	[OPT_SOURCE] = { "source", 0, ARG_WORD, "SOURCE", source_words,
		"see this host by kernel (the series), core (the kernel's memory) or "
			"proc; default: the first of these that there is" },
	[OPT_VERBOSE] = { "verbose", 'v',
		.help = "say on standard error what is read, and from where" },
	[OPT_HELP] = { "help", 'h', .help = "print this help" },
	[OPT_VERSION] = { "version", 0, .help = "print the version" },
	[OPT_COLUMNS] = { "output", 'o', ARG_COLUMNS, "COLUMNS", NULL,
		"columns to print, in order; +COLUMNS adds to the default" },
	[OPT_NOHEADINGS] = { "noheadings", 'n', .help = "print no headings" },
	[OPT_RAW] = { "raw", 'r',
		.help = "print for scripts: no alignment, sizes in bytes" },
	[OPT_LIST_COLUMNS] = { "list-columns", 0,
		.help = "print the columns that there are" },
	[OPT_EXTENTS] = { "extents", 0,
		.help = "print each run of addresses that are alike" },
	[OPT_MAP] = { "map", 0,
		.help = "draw the guest-physical address space by type" },
	[OPT_PHYS] = { "phys", 0,
		.help = "with host-physical addresses, and an extent for each "
			"run of them" },
	[OPT_FAIL_ON] = { "fail-on", 0, ARG_WORD, "SEVERITY", severity_words,
		"exit 2 only on what is at least this severe" },
	[OPT_FILE] = { "output", 'o', ARG_FILE, "FILE", NULL,
		"write to FILE, mode 0600; - for standard output (default)" },
	[OPT_STAGE1] = { "stage1", 0, ARG_WORD, "TYPE", type_words,
		"memory type in the guest's page tables: wb, nc or device" },
	[OPT_STAGE2] = { "stage2", 0, ARG_WORD, "TYPE", type_words,
		"memory type in KVM's stage-2 entries: wb, nc or device" },
	[OPT_FWB] = { "fwb", 0, .help = "on a CPU with FEAT_S2FWB" },
	[OPT_NO_FWB] = { "no-fwb", 0, .help = "on a CPU without FEAT_S2FWB" },
	[OPT_VM] = { "vm", 0, ARG_VM, "VM", NULL,
		"for this VM alone (default: for all VMs of the host)" },
	[OPT_SLOT] = { "slot", 0, ARG_NUMBER, "N", NULL,
		"for this memory slot of the VM" },
	[OPT_CLASS] = { "class", 0, ARG_WORD, "CLASS", class_words,
		"for memory of this class" },
	[OPT_MODE] = { "mode", 0, ARG_WORD, "MODE", mode_words,
		"audit: count what would be denied; enforce: deny it" },
	[OPT_DRY_RUN] = { "dry-run", 0,
		.help = "change nothing; print what would be denied" },
	[OPT_FORCE] = { "force", 0,
		.help = "do it even if memory in use would be denied" },
	[OPT_OFFLINE] = { "offline", 0,
		.help = "look at the files only, at no host and no snapshot" },
	[OPT_PRUNE] = { "prune", 0,
		.help = "clear what is set and no rule asks for" },
	[OPT_PARTIAL] = { "partial", 0,
		.help = "set what is known, and leave out what is not" },
	[OPT_FORMAT] = { "format", 0, ARG_WORD, "FORMAT", format_words,
		"what to print: table (default), json, jsonl, sarif, prometheus "
		"or html" },
	[OPT_RULE] = { "rule", 0, ARG_RULES, "RULES", NULL,
		"apply these rules only, separated by commas" },
	[OPT_SEVERITY] = { "severity", 0, ARG_WORD, "SEVERITY", severity_words,
		"look for what is at least this severe" },
	[OPT_OUTPUT_FILE] = { "output-file", 0, ARG_FILE, "FILE", NULL,
		"write to FILE, all at once; - for standard output (default)" },
	[OPT_WAIVERS] = { "waivers", 0, ARG_FILE, "FILE", NULL,
		"mark the findings that the waivers in FILE are for" },
	[OPT_BASELINE] = { "baseline", 0, ARG_FILE, "OLD", NULL,
		"only what is new since OLD, written by 'audit --json'" },
	[OPT_ALL] = { "all", 0,
		.help = "also what changes by itself: counters, bytes in use, "
			"ids, addresses" },
	[OPT_ON] = { "on", 0, ARG_FILE, "FILE", NULL,
		"the host in this snapshot, instead of this host" },
	[OPT_POLICY] = { "policy", 0, ARG_FILE, "PATH", NULL,
		"with the site policy in this file or directory" },
	[OPT_METRICS] = { "metrics", 0, ARG_FILE, "FILE", NULL,
		"write FILE for Prometheus, all at once, when something changed" },
	[OPT_LIBVIRT] = { "libvirt", 0, ARG_FILE, "DIR", NULL,
		"where libvirt keeps its domains' state (default: "
		"/run/libvirt/qemu)" },
	[OPT_STOPPED] = { "stopped", 0,
		.help = "only say in the file of --metrics that nothing runs" },
};

const enum opt_id cli_global_options[] = {
	OPT_JSON, OPT_PRETTY, OPT_COLOR, OPT_FROM, OPT_SOURCE, OPT_VERBOSE, OPT_HELP,
	OPT_VERSION,
};
const size_t cli_global_count =
	sizeof(cli_global_options) / sizeof(*cli_global_options);
