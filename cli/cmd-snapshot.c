// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl snapshot */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "session.h"
#include "text.h"

static int write_envelope(const struct session *s, FILE *f)
{
	struct s2_json_options opt = {
		.size = sizeof(opt),
		.kind = "snapshot",
		.flags = s->cli->pretty ? S2_JSON_PRETTY : 0,
		.model = s->model,
	};

	return s2_json_write(f, &opt);
}

static int cannot_write(const char *path, int err)
{
	cli_err("cannot write '%s': %s", path, strerror(err));
	return CLI_ERROR;
}

/* Write, and make sure that it is on the disk.  Closes fd.  0 or an errno. */
static int write_fd(const struct session *s, int fd)
{
	FILE *f = fdopen(fd, "w");
	int err;

	if (!f) {
		err = errno;
		close(fd);
		return err;
	}
	err = -write_envelope(s, f);
	if (!err && (fflush(f) || (fsync(fd) && errno != EINVAL)))
		err = errno;
	if (fclose(f) && !err)
		err = errno;
	return err;
}

/*
 * Under another name first: nobody sees half a snapshot, and a failure leaves
 * what was there before.  mkstemp() makes it 0600.
 */
static int write_file(const struct session *s, const char *path)
{
	char *temp = NULL;
	int fd, err;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return cli_failed(-ENOMEM);
	fd = mkstemp(temp);
	if (fd < 0) {
		err = errno;
		goto out;
	}
	err = write_fd(s, fd);
	if (!err && rename(temp, path))
		err = errno;
	if (err)
		unlink(temp);
out:
	free(temp);
	if (err)
		return cannot_write(path, err);
	if (!s->cli->json) {
		fputs("Written with mode 0600, for it holds host-physical "
		      "addresses: ", stdout);
		text_print(stdout, path);
		putchar('\n');
	}
	return CLI_OK;
}

/* A device or a pipe cannot be replaced, only written to. */
static int write_special(const struct session *s, const char *path)
{
	FILE *f = fopen(path, "we");
	int err;

	if (!f)
		return cannot_write(path, errno);
	err = -write_envelope(s, f);
	if (fclose(f) && !err)
		err = errno;
	return err ? cannot_write(path, err) : CLI_OK;
}

static int write_path(const struct session *s, const char *path)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int status;

	/* Follow a symbolic link rather than replace it. */
	if (real && !stat(real, &st) && !S_ISREG(st.st_mode))
		status = S_ISDIR(st.st_mode) ? cannot_write(path, EISDIR) :
					       write_special(s, path);
	else
		status = write_file(s, real ? real : path);
	free(real);
	return status;
}

static int run(struct cli *cli, int argc, char **argv)
{
	const char *path = cli->value[OPT_FILE];
	struct session s;
	int status = no_arguments(cli, argc, argv);

	if (status >= 0)
		return status;
	status = session_load(&s, cli, S2_LOAD_PHYS | S2_LOAD_DEVICES |
			      S2_LOAD_POLICY, 0, NULL);
	if (status < 0) {
		if (path && strcmp(path, "-"))
			status = write_path(&s, path);
		else
			status = session_json(&s, "snapshot");
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
	.about = "Write the host, its VMs, slots and extents as JSON, which "
		 "--from reads.  It holds host-physical addresses: keep it "
		 "confidential.",
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run,
};
