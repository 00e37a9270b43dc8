// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl: parse, run a command, check that its output was written. */
#include <locale.h>

#include "commands/commands.h"
#include "frame/cli.h"

int main(int argc, char **argv)
{
	struct cli cli = { 0 };
	int status;

	commands_use();
	cli_guard_stdio();
	/* For the width of characters.  Numbers and words stay as they are. */
	setlocale(LC_CTYPE, "");
	status = cli_parse(&cli, &argc, &argv);
	if (status < 0)
		status = cli.command->run(&cli, argc, argv);
	return cli_finish(status);
}
