// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups in the table of commands.  The table names every command, so it stands
 * above them all; main() hands it down once, before anything asks.
 */
#include <string.h>

#include "frame/cli.h"

const struct command *const *cli_commands;
size_t cli_n_commands;

void cli_use_commands(const struct command *const *commands, size_t count)
{
	cli_commands = commands;
	cli_n_commands = count;
}

const struct command *cli_find_command(const char *name)
{
	for (size_t i = 0; i < cli_n_commands; i++)
		if (!strcmp(cli_commands[i]->name, name))
			return cli_commands[i];
	return NULL;
}

const char *cli_sub_name(const struct command *sub)
{
	return strrchr(sub->name, ' ') + 1;
}

const struct command *cli_find_sub(const struct command *cmd, const char *name)
{
	for (size_t i = 0; i < cmd->n_subs; i++)
		if (!strcmp(cli_sub_name(cmd->subs[i]), name))
			return cmd->subs[i];
	return NULL;
}

const struct command *cli_nth_command(size_t n)
{
	for (size_t i = 0; i < cli_n_commands; i++) {
		const struct command *cmd = cli_commands[i];

		if (n <= cmd->n_subs)
			return n ? cmd->subs[n - 1] : cmd;
		n -= cmd->n_subs + 1;
	}
	return NULL;
}
