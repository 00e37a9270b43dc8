// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl version, and --version */
#include <stdio.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "model/program.h"

int cli_version(void)
{
	printf("s2ctl %s\n", s2_version());
	return CLI_OK;
}

static const char *series(const struct session *s)
{
	struct s2_value v = s2_obj_get(s2_model_host(s->model),
				       S2_HOST_SERIES);

	if (!v.known)
		return "unknown";
	return v.num ? "yes" : "no";
}

static int run_version(struct cli *cli, int argc, char **argv)
{
	struct session s;
	int status = no_arguments(cli, argc, argv);

	if (status >= 0)
		return status;
	/* The host alone: that needs no privilege. */
	status = session_load(&s, cli, 0, 0, NULL);
	if (status < 0) {
		if (cli->json) {
			status = session_json(&s, "version");
		} else {
			status = CLI_OK;
			printf("s2ctl          %s\n", S2CTL_VERSION);
			printf("libs2ctl       %s\n", s2_version());
			printf("JSON format    %d\n", S2_FORMAT_VERSION);
			printf("kernel series  %s\n", series(&s));
		}
	}
	session_close(&s);
	return status;
}

const struct command cmd_version = {
	.name = "version",
	.summary = "print versions, and whether the kernel has the series",
	.synopsis = "",
	.about = "Print the versions of the program, its library and the JSON "
		 "format, and whether the kernel carries the kvm_s2 series.",
	.run = run_version,
};
