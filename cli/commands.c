// SPDX-License-Identifier: GPL-2.0-only
/* The table of commands: dispatch, help and completion read it. */
#include <string.h>

#include "commands.h"

const struct command *const cli_commands[] = {
	&cmd_host,
	&cmd_list,
	&cmd_show,
	&cmd_audit,
	&cmd_explain,
	&cmd_snapshot,
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
