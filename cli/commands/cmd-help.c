// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl help */
#include "commands/commands.h"
#include "frame/session.h"

static int run_help(struct cli *cli, int argc, char **argv)
{
	const struct command *cmd;

	if (cli->json)
		return cli_usage("help: there is no JSON of this");
	if (!argc)
		return cli_help();
	cmd = cli_find_command(argv[0]);
	if (!cmd)
		return cli_usage("help: unknown command '%s'", argv[0]);
	if (argc > 1 && cmd->n_subs) {
		const struct command *sub = cli_find_sub(cmd, argv[1]);

		if (!sub)
			return cli_usage("help: unknown subcommand '%s %s'",
					 cmd->name, argv[1]);
		cmd = sub;
		argc--;
		argv++;
	}
	if (argc > 1)
		return no_arguments(cli, argc - 1, argv + 1);
	return cli_help_command(cmd);
}

const struct command cmd_help = {
	.name = "help",
	.summary = "print help",
	.synopsis = "[COMMAND [SUBCOMMAND]]",
	.about = "Print all commands and options, or those of one command.",
	.args = ARGS_COMMAND,
	.run = run_help,
};
