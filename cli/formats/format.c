// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "formats/format.h"
#include "json/json.h"

static int format_json(FILE *file, const struct format_input *in)
{
	struct s2_json_options opt = {
		.size = sizeof(opt),
		.kind = "audit",
		.flags = in->cli->pretty ? S2_JSON_PRETTY : 0,
		.model = in->model,
		.report = in->report,
	};

	return s2_json_write(file, &opt);
}

/* node_exporter, which runs as nobody, reads the metrics. */
#define FOR_ALL		0644
#define FOR_OWNER	0600

/* Policies; that a source can never know them is no reason to be incomplete. */
#define POLICIES	(S2_LOAD_POLICY | S2_LOAD_POLICY_IF_ANY)

static const struct format formats[FORMAT_COUNT] = {
	[FORMAT_TABLE] = { format_table, FOR_OWNER, 0, false },
	[FORMAT_JSON] = { format_json, FOR_OWNER, 0, true },
	[FORMAT_JSONL] = { NULL, FOR_OWNER, 0, false },
	[FORMAT_SARIF] = { format_sarif, FOR_OWNER, 0, true },
	[FORMAT_PROMETHEUS] = { format_prometheus, FOR_ALL, POLICIES,
		false },
	[FORMAT_HTML] = { format_html, FOR_OWNER, POLICIES, false },
};

static enum format_id format_of_word(const char *word)
{
	enum format_id id = FORMAT_TABLE;

	/* The parser has refused what is not among them. */
	while (id < FORMAT_HTML && strcmp(format_words[id], word))
		id++;
	return id;
}

int format_choose(const struct cli *cli, const struct format **format)
{
	const char *word = cli->value[OPT_FORMAT];
	enum format_id id = cli->json ? FORMAT_JSON : FORMAT_TABLE;

	if (word)
		id = format_of_word(word);
	*format = &formats[id];
	if (cli_given(cli, OPT_JSON) && id != FORMAT_JSON)
		return cli_usage("audit: '--json' and '--format=%s' exclude each other",
				 word);
	if (cli->pretty && !formats[id].indents)
		return cli_usage("audit: '--pretty' means nothing with '--format=%s'",
				 word);
	return -1;
}

bool format_to_file(const struct cli *cli)
{
	const char *path = cli->value[OPT_OUTPUT_FILE];

	return path && strcmp(path, "-");
}

struct job {
	const struct format *format;
	const struct format_input *in;
};

static int write_job(FILE *file, const void *data)
{
	const struct job *job = data;

	return job->format->write(file, job->in);
}

int format_emit(const struct format *format, const struct cli *cli,
		outfile_fn fn, const void *data)
{
	int err;

	if (format_to_file(cli))
		return outfile_write(cli->value[OPT_OUTPUT_FILE], format->mode,
				     fn, data);
	err = fn(stdout, data);
	if (err == -ENOMEM)
		return cli_failed(err);
	return err < 0 ? cli_write_failed(-err) : err;
}

int format_write(const struct format *format, const struct format_input *in)
{
	const struct job job = { format, in };

	return format_emit(format, in->cli, write_job, &job);
}
