// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl explain */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "commands.h"
#include "session.h"
#include "text.h"
#include "words.h"

static const char *severity_word(int severity)
{
	const char *const *words = cli_options[OPT_FAIL_ON].words;

	return severity >= S2_SEVERITY_INFO && severity <= S2_SEVERITY_CRITICAL ?
	       words[severity - S2_SEVERITY_INFO] : NULL;
}

static void paragraph(const char *label, const char *text)
{
	int n;

	if (!text || !*text)
		return;
	n = printf("  %-9s ", label);
	text_wrap(stdout, text, n, n, text_width());
}

static void explain(const struct s2_word *w)
{
	const char *severity = severity_word(w->severity);

	printf("%s (%s)\n", w->word, w->kind);
	paragraph("means", w->summary);
	paragraph("severity", severity);
	paragraph("because", w->text);
	paragraph("remedy", w->remedy);
}

static void list_words(void)
{
	const struct s2_word *w = s2_words(NULL);
	const char *kind = "";

	for (; w->word; w++) {
		int n;

		if (strcmp(w->kind, kind))
			printf("%s%s\n", *kind ? "\n" : "", w->kind);
		kind = w->kind;
		n = printf("  %-15s ", w->word);
		text_wrap(stdout, w->summary, n, n, text_width());
	}
}

static bool known(const char *arg)
{
	const struct s2_word *w = s2_words(NULL);

	while (w->word && strcasecmp(w->word, arg))
		w++;
	return w->word;
}

static int run(struct cli *cli, int argc, char **argv)
{
	bool first = true;

	if (cli->json)
		return cli_usage("explain: there is no JSON of this");
	for (int i = 0; i < argc; i++)
		if (!known(argv[i]))
			return cli_usage("explain: unknown word '%s'; 's2ctl explain' lists them",
					 argv[i]);
	if (!argc)
		list_words();
	for (int i = 0; i < argc; i++) {
		for (const struct s2_word *w = s2_words(NULL); w->word; w++) {
			if (strcasecmp(w->word, argv[i]))
				continue;
			if (!first)
				putchar('\n');
			first = false;
			explain(w);
		}
	}
	return CLI_OK;
}

const struct command cmd_explain = {
	.name = "explain",
	.summary = "explain a rule, reason, type or class",
	.synopsis = "[WORD]...",
	.about = "Say what a word in the output means: a rule (S2-003), a "
		 "reason, a type, a class, a verdict or a fact.  Without one, "
		 "list them all.",
	.args = ARGS_TOPIC,
	.run = run,
};
