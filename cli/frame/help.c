// SPDX-License-Identifier: GPL-2.0-only
/* Help, written from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "frame/cli.h"
#include "frame/text.h"

#define HELP_INDENT 28

static void print_option(const struct opt *o)
{
	int n;

	if (o->letter)
		n = printf("  -%c, --%s", o->letter, o->name);
	else
		n = printf("      --%s", o->name);
	if (o->arg != ARG_NONE)
		n += printf("=%s", o->arg_name);
	if (n < HELP_INDENT - 1)
		printf("%*s", HELP_INDENT - n, "");
	else
		printf("\n%*s", HELP_INDENT, "");
	text_wrap(stdout, o->help, HELP_INDENT, HELP_INDENT, text_width());
}

static void print_options(const enum opt_id *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_option(&cli_options[ids[i]]);
}

static void print_statuses(void)
{
	putchar('\n');
	text_wrap(stdout,
		  "Exit status: 0 clean; 1 error; 2 findings; 3 undetermined; "
		  "64 wrong usage.", 0, 0, text_width());
}

int cli_help(void)
{
	fputs("Usage: s2ctl [OPTION]... COMMAND [ARGUMENT]...\n\n", stdout);
	text_wrap(stdout,
		  "Show which memory type KVM/arm64 gave to the memory of each "
		  "VM, and why.", 0, 0, text_width());
	fputs("\nCommands:\n", stdout);
	for (size_t i = 0; i < cli_n_commands; i++) {
		int n = printf("  %-10s ", cli_commands[i]->name);

		text_wrap(stdout, cli_commands[i]->summary, n, n, text_width());
	}
	fputs("\nOptions, before or after COMMAND:\n", stdout);
	print_options(cli_global_options, cli_global_count);
	putchar('\n');
	text_wrap(stdout, "'s2ctl COMMAND --help' says more, 'man s2ctl' most.",
		  0, 0, text_width());
	print_statuses();
	return CLI_OK;
}

static void print_subs(const struct command *cmd)
{
	fputs("\nSubcommands:\n", stdout);
	for (size_t i = 0; i < cmd->n_subs; i++) {
		int n = printf("  %-10s ", cli_sub_name(cmd->subs[i]));

		text_wrap(stdout, cmd->subs[i]->summary, n, n, text_width());
	}
}

int cli_help_command(const struct command *cmd)
{
	printf("Usage: s2ctl %s [OPTION]...%s%s\n\n", cmd->name,
	       *cmd->synopsis ? " " : "", cmd->synopsis);
	text_wrap(stdout, cmd->about, 0, 0, text_width());
	if (cmd->n_subs)
		print_subs(cmd);
	fputs("\nOptions:\n", stdout);
	print_options(cmd->options, cmd->n_options);
	print_options(cli_global_options, cli_global_count);
	print_statuses();
	return CLI_OK;
}
