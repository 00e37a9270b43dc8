// SPDX-License-Identifier: GPL-2.0-only
/* The command line, read by the table of options. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame/cli.h"

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
