// SPDX-License-Identifier: GPL-2.0-only
/*
 * A snapshot as people see it: every command that prints one, in each form.
 * Whatever the snapshot says, nothing that a terminal obeys may come out.
 */
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "frame/cli.h"
#include "fuzz.h"

static const char *const commands[] = {
	"host", "host -j", "list", "list -p", "show", "show --map",
	"show --extents", "show --extents --phys -r", "show -n -o +why,facts",
	"audit", "audit -r", "audit -j", "policy get", "policy get -r",
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

/* All of the input again for each command */
long long fuzz_ns_per_byte = 200000;

/* "audit --format WORD" for each word that there is, else nothing */
static const char *format(size_t n)
{
	for (size_t i = 0; i < OPT_COUNT; i++) {
		const struct opt *o = &cli_options[i];

		if (strcmp(o->name, "format") || !o->words)
			continue;
		for (size_t w = 0; o->words[w]; w++)
			if (w == n)
				return o->words[w];
	}
	return NULL;
}

static void run(const uint8_t *data, size_t size, const char *line)
{
	char *copy = strdup(line), *argv[16] = { "s2ctl", "--from", "-" };
	char **args = argv, *save = NULL;
	struct fuzz_streams streams;
	struct cli cli = { 0 };
	int argc = 3, status;

	for (char *word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	fuzz_streams_take(&streams, data, size);
	status = cli_parse(&cli, &argc, &args);
	if (status < 0)
		status = cli.command->run(&cli, argc, args);
	fuzz_streams_give(&streams);
	fuzz_must(status >= CLI_OK && status <= CLI_UNDETERMINED,
		  "%s: exit status %d", line, status);
	fuzz_must(status != CLI_ERROR || streams.err_size,
		  "%s: failed without a word", line);
	fuzz_must_print(streams.out_text, streams.out_size);
	fuzz_must_print(streams.err_text, streams.err_size);
	fuzz_streams_free(&streams);
	free(copy);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	commands_use();
	setenv("COLUMNS", "100", 1);
	unsetenv("NO_COLOR");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *word;
	char line[64];

	for (size_t i = 0; i < COMMANDS; i++)
		run(data, size, commands[i]);
	for (size_t i = 0; (word = format(i)); i++) {
		/* For no terminal: its style sheet has tabs */
		if (!strcmp(word, "html"))
			continue;
		snprintf(line, sizeof(line), "audit --format %s", word);
		run(data, size, line);
	}
	return 0;
}
