/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the commands share: the tables of commands and options, the parsed
 * command line, and the only ways to print.
 */
#ifndef S2CTL_CLI_H
#define S2CTL_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses; documented in s2ctl(8) and docs/json.md. */
enum cli_exit {
	CLI_OK = 0,
	CLI_ERROR = 1,
	CLI_FINDING = 2,
	CLI_UNDETERMINED = 3,
	CLI_USAGE = 64,
};

/* Every option of every command.  options.c says what each one looks like. */
enum opt_id {
	OPT_JSON,
	OPT_PRETTY,
	OPT_COLOR,
	OPT_FROM,
	OPT_SOURCE,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION,
	OPT_COLUMNS,
	OPT_NOHEADINGS,
	OPT_RAW,
	OPT_LIST_COLUMNS,
	OPT_EXTENTS,
	OPT_MAP,
	OPT_PHYS,
	OPT_FAIL_ON,
	OPT_FILE,
	OPT_STAGE1,
	OPT_STAGE2,
	OPT_FWB,
	OPT_NO_FWB,
	OPT_VM,
	OPT_SLOT,
	OPT_CLASS,
	OPT_MODE,
	OPT_DRY_RUN,
	OPT_FORCE,
	OPT_OFFLINE,
	OPT_PRUNE,
	OPT_PARTIAL,
	OPT_FORMAT,
	OPT_RULE,
	OPT_SEVERITY,
	OPT_OUTPUT_FILE,
	OPT_WAIVERS,
	OPT_BASELINE,
	OPT_ALL,
	OPT_ON,
	OPT_POLICY,
	OPT_METRICS,
	OPT_LIBVIRT,
	OPT_STOPPED,
	OPT_COUNT
};

/* What the argument of an option is: checked where possible, and completed. */
enum opt_arg {
	ARG_NONE,
	ARG_FILE,
	ARG_COLUMNS,
	ARG_WORD,
	ARG_VM,
	ARG_NUMBER,
	ARG_RULES,
};

struct opt {
	const char *name;		/* long name, without dashes */
	char letter;			/* or 0 */
	enum opt_arg arg;
	const char *arg_name;		/* as help shows it */
	const char *const *words;	/* ARG_WORD: what is accepted */
	const char *help;
};

extern const struct opt cli_options[OPT_COUNT];
extern const enum opt_id cli_global_options[];
extern const size_t cli_global_count;

/* What the arguments of a command are, for completion. */
enum cmd_args {
	ARGS_NONE,
	ARGS_VMS,
	ARGS_TOPIC,
	ARGS_COMMAND,
	ARGS_CONSTRAINTS,
	ARGS_FILES,
};

struct cli;

/*
 * A command, or with subs one whose first argument names a subcommand.  The
 * name of a subcommand begins with that of its command: "policy get".
 */
struct command {
	const char *name;
	const char *summary;		/* one line, no full stop */
	const char *synopsis;		/* what follows the options, or "" */
	const char *about;		/* a paragraph for --help */
	enum cmd_args args;
	const enum opt_id *options;	/* beside the global ones */
	size_t n_options;
	int (*run)(struct cli *cli, int argc, char **argv);
	const struct command *const *subs;
	size_t n_subs;
};

/* The table of commands, once main() has set it */
extern const struct command *const *cli_commands;
extern size_t cli_n_commands;

void cli_use_commands(const struct command *const *commands, size_t count);

const struct command *cli_find_command(const char *name);
/* name: that of the subcommand alone */
const struct command *cli_find_sub(const struct command *cmd, const char *name);
/* What to type after its command: "get" of "policy get" */
const char *cli_sub_name(const struct command *sub);
/* Every command, each followed by its subcommands; NULL after the last */
const struct command *cli_nth_command(size_t n);

/* What --format can be: numbers of format_words, which ends with NULL. */
enum format_id {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_JSONL,
	FORMAT_SARIF,
	FORMAT_PROMETHEUS,
	FORMAT_HTML,
	FORMAT_COUNT
};

extern const char *const format_words[FORMAT_COUNT + 1];

/* The parsed command line. */
struct cli {
	const struct command *command;
	const char *value[OPT_COUNT];	/* NULL: not given; "": given, no argument */
	bool json;
	bool pretty;
	bool color_out;			/* decided once, for standard output */
};

static inline bool cli_given(const struct cli *cli, enum opt_id id)
{
	return cli->value[id] != NULL;
}

/*
 * parse.c: parse global options and find the command, then parse the rest.  On return
 * *argc and *argv hold the command's arguments.  Returns a negative number to
 * go on with the command, else an exit status.
 */
int cli_parse(struct cli *cli, int *argc, char ***argv);

int cli_version(void);

/* help.c */
int cli_help(void);
int cli_help_command(const struct command *cmd);

/*
 * error.c: the only printers to standard error: one line, "s2ctl: " in front,
 * nothing that a terminal would obey.
 */
void cli_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int cli_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* err: negative errno.  Returns CLI_ERROR. */
int cli_failed(int err);
/* Guard standard descriptors at the start; check standard output at the end. */
void cli_guard_stdio(void);
int cli_finish(int status);
/* Writing standard output failed with this errno.  Returns CLI_ERROR. */
int cli_write_failed(int err);

#endif /* S2CTL_CLI_H */
