// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl enforce: the service; cli/enforce is what it does */
#include <string.h>

#include "commands/commands.h"
#include "enforce/metrics.h"
#include "enforce/service.h"
#include "policy/policy.h"

static int run_enforce(struct cli *cli, int argc, char **argv)
{
	struct service s = {
		.cli = cli,
		.paths = (const char *const *)argv,
		.n_paths = (size_t)argc,
		.libvirt = S2_LIBVIRT_DIR,
	};

	if (cli_given(cli, OPT_FROM))
		return cli_usage("enforce: nothing can be enforced in a snapshot");
	if (cli->json)
		return cli_usage("enforce: it prints nothing but messages: no JSON");
	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], "-"))
			return cli_usage("enforce: a policy must be there to be read again: not '-'");
	if (cli_given(cli, OPT_LIBVIRT))
		s.libvirt = cli->value[OPT_LIBVIRT];
	if (!cli_given(cli, OPT_STOPPED))
		return service_run(&s);
	if (!cli_given(cli, OPT_METRICS))
		return cli_usage("enforce: --stopped goes with --metrics");
	return metrics_stopped(cli->value[OPT_METRICS]);
}

static const enum opt_id options[] = {
	OPT_FORCE, OPT_PRUNE, OPT_WAIVERS, OPT_METRICS, OPT_LIBVIRT,
	OPT_STOPPED,
};

const struct command cmd_enforce = {
	.name = "enforce",
	.summary = "keep a site policy in force, as a service",
	.synopsis = "[FILE]...",
	.about = "Set what a site policy, by default that in "
		 "/etc/s2ctl/policy.d, and the own policies of libvirt's domains "
		 "ask for, now and for each VM that comes, until it is stopped.  "
		 "What is set stays then.  It tells what it does and what it "
		 "finds, to the journal or on standard error.  SIGHUP has it read "
		 "the policy again.",
	.args = ARGS_FILES,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_enforce,
};
