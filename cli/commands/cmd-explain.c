// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl explain: words, and what two stages make */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "frame/text.h"
#include "json/json.h"
#include "screen/words.h"

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

/* What is there of a kind: "wb nc device", for the term "type". */
static void print_kind(const char *kind)
{
	const struct s2_word *w = s2_words(NULL);
	char *all = NULL;
	size_t size;
	FILE *f = open_memstream(&all, &size);

	for (; f && w->word; w++)
		if (!strcmp(w->kind, kind))
			fprintf(f, "%s ", w->word);
	if (f && !fclose(f))
		paragraph("words", all);
	free(all);
}

static void explain(const struct s2_word *w)
{
	const char *severity = severity_word(w->severity);

	printf("%s (%s)\n", w->word, w->kind);
	paragraph("means", w->summary);
	paragraph("severity", severity);
	paragraph("because", w->text);
	paragraph("remedy", w->remedy);
	if (!strcmp(w->kind, "term"))
		print_kind(w->word);
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

static bool is_word(const struct s2_word *w, const char *arg)
{
	return text_same_word(w->word, arg);
}

static bool known(const char *arg)
{
	const struct s2_word *w = s2_words(NULL);

	while (w->word && !is_word(w, arg))
		w++;
	return w->word;
}

/* Appends the entries of a word, or all.  Return: how many there are now. */
static size_t add_words(const struct s2_word **found, size_t n, const char *arg)
{
	for (const struct s2_word *w = s2_words(NULL); w->word; w++)
		if (!arg || is_word(w, arg))
			found[n++] = w;
	return n;
}

/* In the order of the arguments; all if there are none.  NULL: no memory. */
static const struct s2_word **find_words(int argc, char **argv, size_t *count)
{
	const struct s2_word **found;
	size_t most;

	s2_words(&most);
	found = calloc(most * (argc ? (size_t)argc : 1), sizeof(*found));
	if (!found)
		return NULL;
	*count = argc ? 0 : add_words(found, 0, NULL);
	for (int i = 0; i < argc; i++)
		*count = add_words(found, *count, argv[i]);
	return found;
}

static int write_json(const struct cli *cli, struct s2_json_options *opt)
{
	int err;

	opt->size = sizeof(*opt);
	opt->kind = "explain";
	opt->flags = cli->pretty ? S2_JSON_PRETTY : 0;
	err = s2_json_write(stdout, opt);
	return err ? cli_write_failed(-err) : CLI_OK;
}

static int explain_words(const struct cli *cli, int argc, char **argv)
{
	struct s2_json_options opt = { 0 };
	const struct s2_word **words;
	int status = CLI_OK;

	for (int i = 0; i < argc; i++)
		if (!known(argv[i]))
			return cli_usage("explain: unknown word '%s'; 's2ctl explain' lists them",
					 argv[i]);
	words = find_words(argc, argv, &opt.nr_words);
	if (!words)
		return cli_failed(-ENOMEM);
	opt.words = words;
	if (cli->json)
		status = write_json(cli, &opt);
	else if (!argc)
		list_words();
	for (size_t i = 0; argc && !cli->json && i < opt.nr_words; i++) {
		if (i)
			putchar('\n');
		explain(words[i]);
	}
	free(words);
	return status;
}

/* --------------------------------------------------------- two stages -- */

static const enum opt_id options[] = {
	OPT_STAGE1, OPT_STAGE2, OPT_FWB, OPT_NO_FWB
};

static bool wants_combination(const struct cli *cli)
{
	for (size_t i = 0; i < COUNT_OF(options); i++)
		if (cli_given(cli, options[i]))
			return true;
	return false;
}

/* Negative to go on, else an exit status. */
static int check_combination(const struct cli *cli, int argc, char **argv)
{
	for (size_t i = 0; i < COUNT_OF(options); i++) {
		if (!cli_given(cli, options[i]))
			continue;
		if (argc != 1 || !text_same_word(argv[0], "type"))
			return cli_usage("explain: '--%s' goes with the word 'type' alone",
					 cli_options[options[i]].name);
	}
	if (!cli_given(cli, OPT_STAGE1) || !cli_given(cli, OPT_STAGE2))
		return cli_usage("explain: give both, '--stage1' and '--stage2'");
	if (cli_given(cli, OPT_FWB) && cli_given(cli, OPT_NO_FWB))
		return cli_usage("explain: '--fwb' and '--no-fwb' exclude each other");
	return -1;
}

/* What the CPUs of the host have, or of a snapshot's. */
static int find_fwb(struct cli *cli, bool *fwb)
{
	struct s2_value v;
	struct session s;
	int status;

	*fwb = cli_given(cli, OPT_FWB);
	if (*fwb || cli_given(cli, OPT_NO_FWB))
		return -1;
	status = session_load(&s, cli, 0, 0, NULL);
	if (status < 0) {
		v = s2_obj_get(s2_model_host(s.model), S2_HOST_FWB);
		*fwb = v.num;
		if (!v.known)
			status = cli_usage("explain: nothing here says whether there is FEAT_S2FWB: give '--fwb' or '--no-fwb'");
	}
	session_close(&s);
	return status;
}

static const char *caches(const struct s2_combination *c, const char *effective)
{
	if (c->weakened)
		return "bypassed, although stage 2 is wb: until it maintains "
		       "them, the guest may see other data than a cacheable "
		       "mapping of the host";
	return strcmp(effective, "wb") ? "not used" : "used";
}

static const char *fetches(const struct s2_combination *c)
{
	if (c->executable < 0)
		return "up to the CPU: from what is Device at stage 1 they "
		       "may work or fault";
	return c->executable ? "work, where stage 1 permits them" :
	       "are refused: KVM gives execute permission to wb alone";
}

static void print_combination(const struct cli *cli,
			      const struct s2_combination *c)
{
	const struct s2_field *f = s2_field_find(S2_OBJ_COMBINATION,
						 "effective");
	const char *effective = f->words[c->effective - 1];

	printf("%s at stage 1, %s at stage 2, %s FEAT_S2FWB: %s\n",
	       cli->value[OPT_STAGE1], cli->value[OPT_STAGE2],
	       c->fwb ? "with" : "without", effective);
	paragraph("means", words_find("type", effective)->summary);
	paragraph("because", c->why);
	paragraph("caches", caches(c, effective));
	paragraph("unaligned", c->unaligned_faults ?
		  "accesses fault" : "accesses work");
	paragraph("DC ZVA", c->dc_zva_faults ? "faults" : "works");
	paragraph("writes", c->write_combining ?
		  "can be combined" : "are not combined");
	paragraph("fetches", fetches(c));
}

static int combine(struct cli *cli, int argc, char **argv)
{
	struct s2_json_options opt = { 0 };
	struct s2_combination c;
	bool fwb;
	int status = check_combination(cli, argc, argv);

	if (status < 0)
		status = find_fwb(cli, &fwb);
	if (status >= 0)
		return status;
	/* The table of options accepts no other words. */
	s2_combine((unsigned int)s2_type_from_word(cli->value[OPT_STAGE1]),
		   (unsigned int)s2_type_from_word(cli->value[OPT_STAGE2]),
		   fwb, &c);
	opt.combination = &c;
	if (cli->json)
		return write_json(cli, &opt);
	print_combination(cli, &c);
	return CLI_OK;
}

static int run_explain(struct cli *cli, int argc, char **argv)
{
	if (wants_combination(cli))
		return combine(cli, argc, argv);
	return explain_words(cli, argc, argv);
}

const struct command cmd_explain = {
	.name = "explain",
	.summary = "explain a rule, reason, type or class",
	.synopsis = "[WORD]...",
	.about = "Say what a word in the output means: a rule (S2-003), a "
		 "reason, a type, a class, a verdict, a fact, or such a term "
		 "itself.  Without one, list them all.  With the word 'type' "
		 "and --stage1 and --stage2, say what the two make together, "
		 "and what the guest feels; without --fwb or --no-fwb, on this "
		 "host's CPUs.",
	.args = ARGS_TOPIC,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_explain,
};
