// SPDX-License-Identifier: GPL-2.0-only
/* The table of commands: dispatch, help and completion read it. */
#include <string.h>

#include "commands.h"

const struct command *const cli_commands[] = {
	&cmd_host,
	&cmd_list,
	&cmd_show,
	&cmd_audit,
	&cmd_policy,
	&cmd_monitor,
	&cmd_enforce,
	&cmd_hook,
	&cmd_explain,
	&cmd_snapshot,
	&cmd_diff,
	&cmd_preflight,
	&cmd_version,
	&cmd_help,
};
const size_t cli_n_commands = COUNT_OF(cli_commands);

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
