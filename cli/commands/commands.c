// SPDX-License-Identifier: GPL-2.0-only
/* The table of commands: dispatch, help and completion read it. */
#include "commands/commands.h"

static const struct command *const table[] = {
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

void commands_use(void)
{
	cli_use_commands(table, COUNT_OF(table));
}
