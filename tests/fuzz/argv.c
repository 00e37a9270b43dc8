// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: arguments are lines of the input.  All are parsed; commands
 * that neither write nor reach out are run as well, on a snapshot of ours.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "fuzz.h"

#define ARGS	24

static const struct command *const harmless[] = {
	&cmd_host, &cmd_list, &cmd_show, &cmd_audit, &cmd_explain,
	&cmd_version, &cmd_help, &cmd_policy_get,
};

static char *snapshot;
static size_t snapshot_size;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	commands_use();
	setenv("COLUMNS", "100", 1);
	unsetenv("NO_COLOR");
	snapshot = fuzz_read("model.json", &snapshot_size);
	return 0;
}

/* No file is opened that the input names: it could be anything */
static bool may_run(const struct cli *cli)
{
	bool found = false;

	for (size_t i = 0; i < COUNT_OF(harmless); i++)
		found |= cli->command == harmless[i];
	for (size_t i = 0; found && i < OPT_COUNT; i++)
		if (i != OPT_FROM && cli_options[i].arg == ARG_FILE &&
		    cli->value[i])
			found = false;
	return found;
}

static int run(struct cli *cli, int argc, char **argv)
{
	int status = cli_parse(cli, &argc, &argv);

	if (status >= 0)
		return status;
	fuzz_must(cli->command && argc >= 0 && argc < ARGS, "parsed wrongly");
	if (!may_run(cli))
		return CLI_OK;
	cli->value[OPT_FROM] = "-";
	return cli->command->run(cli, argc, argv);
}

/* "s2ctl: ..." a line */
static void check_errors(const char *text)
{
	while (*text) {
		fuzz_must(!strncmp(text, "s2ctl: ", 7), "on stderr: %s", text);
		text += strcspn(text, "\n");
		fuzz_must(*text == '\n', "on stderr: no end of line");
		text++;
	}
}

static void check_json(const char *text)
{
	struct json_object *root;

	/* With --help it is text */
	if (*text != '{')
		return;
	root = json_tokener_parse(text);
	fuzz_must(root, "not JSON: %s", text);
	json_object_put(root);
}

static void check(const struct cli *cli, int status,
		  const struct fuzz_streams *s)
{
	bool color = cli->value[OPT_COLOR] &&
		!strcmp(cli->value[OPT_COLOR], "always");

	fuzz_must((status >= CLI_OK && status <= CLI_UNDETERMINED) ||
		  status == CLI_USAGE, "exit status %d", status);
	fuzz_must(!s->err_size == (status != CLI_USAGE &&
				   status != CLI_ERROR) ||
		  status == CLI_UNDETERMINED || cli->value[OPT_VERBOSE],
		  "status %d, and on stderr: %s", status, s->err_text);
	check_errors(s->err_text);
	fuzz_must_print(s->err_text, s->err_size);
	if (!color)
		fuzz_must_print(s->out_text, s->out_size);
	if (cli->json)
		check_json(s->out_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *line = text, *argv[ARGS + 1] = { NULL };
	struct fuzz_streams streams;
	struct cli cli = { 0 };
	int argc = 1, status;

	fuzz_must(text, "no memory");
	memcpy(text, data, size);
	text[size] = '\0';
	argv[0] = "s2ctl";
	while (line && *line && argc < ARGS) {
		argv[argc++] = line;
		line = strchr(line, '\n');
		if (line)
			*line++ = '\0';
	}
	fuzz_streams_take(&streams, snapshot, snapshot_size);
	status = run(&cli, argc, argv);
	fuzz_streams_give(&streams);
	check(&cli, status, &streams);
	fuzz_streams_free(&streams);
	free(text);
	return 0;
}
