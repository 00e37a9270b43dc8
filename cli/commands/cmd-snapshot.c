// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl snapshot */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/commands.h"
#include "frame/outfile.h"
#include "frame/session.h"
#include "frame/text.h"
#include "json/json.h"

static int write_records(FILE *f, const void *data)
{
	const struct session *s = data;

	return s2_json_write_snapshot(f, s->model,
				      s->cli->pretty ? S2_JSON_PRETTY : 0);
}

static int write_standard(const struct session *s)
{
	int err = write_records(stdout, s);

	return err ? cli_write_failed(-err) : CLI_OK;
}

static int write_path(const struct session *s, const char *path)
{
	int status = outfile_write(path, 0600, write_records, s);
	struct stat st;

	if (status == CLI_OK && !s->cli->json && !stat(path, &st) &&
	    S_ISREG(st.st_mode)) {
		fputs("Written with mode 0600, for it holds host-physical "
		      "addresses: ", stdout);
		text_print(stdout, path);
		putchar('\n');
	}
	return status;
}

static int run_snapshot(struct cli *cli, int argc, char **argv)
{
	const char *path = cli->value[OPT_FILE];
	struct session s;
	int status = no_arguments(cli, argc, argv);

	if (status >= 0)
		return status;
	status = session_load(&s, cli, S2_LOAD_PHYS | S2_LOAD_DEVICES |
			      S2_LOAD_POLICY | S2_LOAD_POLICY_IF_ANY, 0,
			      NULL);
	if (status < 0) {
		if (path && strcmp(path, "-"))
			status = write_path(&s, path);
		else
			status = write_standard(&s);
		status = session_end(&s, status);
	}
	session_close(&s);
	return status;
}

static const enum opt_id options[] = { OPT_FILE };

const struct command cmd_snapshot = {
	.name = "snapshot",
	.summary = "write everything that is known to a file",
	.synopsis = "",
	.about = "Write the host, its VMs, slots and extents as JSON, one "
		 "object a line, which --from reads.  It holds host-physical "
		 "addresses: keep it confidential.",
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_snapshot,
};
