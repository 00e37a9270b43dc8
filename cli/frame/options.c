// SPDX-License-Identifier: GPL-2.0-only
/*
 * One description of every option.  It drives getopt_long(), --help, the
 * completions and the test that compares them with the manual.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
		"read a snapshot instead of this host; - for standard input" },
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
	OPT_JSON, OPT_PRETTY, OPT_COLOR, OPT_FROM, OPT_VERBOSE, OPT_HELP,
	OPT_VERSION,
};
const size_t cli_global_count =
	sizeof(cli_global_options) / sizeof(*cli_global_options);

/* What getopt_long() returns for an option: its id, above any letter. */
#define LONG_BASE 256

struct getopt_tables {
	char letters[2 + 2 * OPT_COUNT + 1];
	struct option longs[OPT_COUNT + 1];
	enum opt_id by_letter[128];
	size_t n_longs;
};

static void add_option(struct getopt_tables *t, char **letter, enum opt_id id)
{
	const struct opt *o = &cli_options[id];

	t->longs[t->n_longs++] = (struct option){
		.name = o->name,
		.has_arg = o->arg == ARG_NONE ? no_argument : required_argument,
		.val = LONG_BASE + (int)id,
	};
	if (!o->letter)
		return;
	t->by_letter[(unsigned char)o->letter] = id;
	*(*letter)++ = o->letter;
	if (o->arg != ARG_NONE)
		*(*letter)++ = ':';
}

/*
 * cmd NULL: the global options only.  Without a command yet, or where a
 * subcommand follows, stop at the first word that is no option.
 */
static void make_tables(struct getopt_tables *t, const struct command *cmd)
{
	char *letter = t->letters;

	memset(t, 0, sizeof(*t));
	if (!cmd || cmd->n_subs)
		*letter++ = '+';
	*letter++ = ':';
	for (size_t i = 0; i < cli_global_count; i++)
		add_option(t, &letter, cli_global_options[i]);
	for (size_t i = 0; cmd && i < cmd->n_options; i++)
		add_option(t, &letter, cmd->options[i]);
}

/* The word that getopt_long() took an option from. */
static const char *option_word(char **argv)
{
	const char *last = argv[optind - 1];

	return last == optarg && optind > 1 ? argv[optind - 2] : last;
}

/* Abbreviations would change their meaning when an option is added. */
static bool abbreviated(const char *word, const char *name)
{
	if (strncmp(word, "--", 2))
		return false;
	word += 2;
	return strcspn(word, "=") != strlen(name);
}

static int bad_option(const struct command *cmd, int code, const char *word)
{
	const char *in = cmd ? cmd->name : "s2ctl";

	if (code == ':') {
		if (optopt >= LONG_BASE)
			return cli_usage("%s: option '--%s' needs an argument", in,
					 cli_options[optopt - LONG_BASE].name);
		return cli_usage("%s: option '-%c' needs an argument", in, optopt);
	}
	if (optopt >= LONG_BASE)
		return cli_usage("%s: option '--%s' takes no argument", in,
				 cli_options[optopt - LONG_BASE].name);
	if (optopt)
		return cli_usage("%s: unknown option '-%c'", in, optopt);
	return cli_usage("%s: unknown option '%s'", in, word);
}

static int store_option(struct cli *cli, enum opt_id id, const char *arg)
{
	const struct opt *o = &cli_options[id];

	if (o->words && arg) {
		const char *const *w = o->words;

		while (*w && strcmp(*w, arg))
			w++;
		if (!*w)
			return cli_usage("'%s' is not a value of '--%s'; see --help",
					 arg, o->name);
	}
	if (arg && !*arg)
		return cli_usage("the argument of '--%s' is empty", o->name);
	cli->value[id] = arg ? arg : "";
	return -1;
}

/* Parse what the tables know.  Negative to go on, else an exit status. */
static int parse_with(struct cli *cli, int argc, char **argv)
{
	struct getopt_tables t;
	int code;

	make_tables(&t, cli->command);
	opterr = 0;
	optind = 0;	/* glibc: start afresh */
	while ((code = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1) {
		enum opt_id id;
		int status;

		if (code == ':' || code == '?')
			return bad_option(cli->command, code, argv[optind - 1]);
		if (code >= LONG_BASE) {
			const char *word = option_word(argv);

			id = (enum opt_id)(code - LONG_BASE);
			optopt = 0;
			if (abbreviated(word, cli_options[id].name))
				return bad_option(cli->command, '?', word);
		} else {
			id = t.by_letter[code & 127];
		}
		status = store_option(cli, id, optarg);
		if (status >= 0)
			return status;
	}
	return -1;
}

static bool want_color(const struct cli *cli)
{
	const char *when = cli->value[OPT_COLOR];
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (when && strcmp(when, "auto"))
		return !strcmp(when, "always");
	if (no && *no)
		return false;
	return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb");
}

/* Behind a command that has them: find the subcommand and parse the rest. */
static int parse_sub(struct cli *cli, int *argc, char ***argv)
{
	const struct command *cmd = cli->command;

	if (optind >= *argc) {
		if (cli_given(cli, OPT_HELP) || cli_given(cli, OPT_VERSION))
			return -1;
		return cli_usage("%s: no subcommand given; try 's2ctl %s --help'",
				 cmd->name, cmd->name);
	}
	cli->command = cli_find_sub(cmd, (*argv)[optind]);
	if (!cli->command)
		return cli_usage("%s: unknown subcommand '%s'; try 's2ctl %s --help'",
				 cmd->name, (*argv)[optind], cmd->name);
	*argc -= optind;
	*argv += optind;
	return parse_with(cli, *argc, *argv);
}

int cli_parse(struct cli *cli, int *argc, char ***argv)
{
	int status = parse_with(cli, *argc, *argv);

	if (status >= 0)
		return status;
	if (cli_given(cli, OPT_HELP) && optind >= *argc)
		return cli_help();
	if (cli_given(cli, OPT_VERSION))
		return cli_version();
	if (optind >= *argc)
		return cli_usage("no command given; try 's2ctl --help'");
	cli->command = cli_find_command((*argv)[optind]);
	if (!cli->command)
		return cli_usage("unknown command '%s'; try 's2ctl --help'",
				 (*argv)[optind]);
	*argc -= optind;
	*argv += optind;
	status = parse_with(cli, *argc, *argv);
	if (status < 0 && cli->command->n_subs)
		status = parse_sub(cli, argc, argv);
	if (status >= 0)
		return status;
	if (cli_given(cli, OPT_HELP))
		return cli_help_command(cli->command);
	if (cli_given(cli, OPT_VERSION))
		return cli_version();
	*argc -= optind;
	*argv += optind;
	cli->pretty = cli_given(cli, OPT_PRETTY);
	cli->json = cli->pretty || cli_given(cli, OPT_JSON);
	cli->color_out = want_color(cli);
	return -1;
}
