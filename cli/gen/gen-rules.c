// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a page on each rule, which SARIF results point to, and a list of them:
 * gen-rules FOLDER.
 */
#include <stdio.h>
#include <string.h>

#include <s2ctl.h>

static const char *const severities[] = {
	"", "info", "low", "medium", "high", "critical"
};

static FILE *page(const char *dir, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.md", dir, name);
	f = fopen(path, "w");
	if (!f)
		perror(path);
	return f;
}

/* In lines that are short enough to read as they are */
static void paragraph(FILE *f, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " ");

		if (column && column + 1 + n > 100) {
			fputc('\n', f);
			column = 0;
		}
		column += (size_t)fprintf(f, "%s%.*s", column ? " " : "",
					  (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
	fputs("\n", f);
}

static int write_rule(const char *dir, const struct s2_word *w)
{
	FILE *f = page(dir, w->word);

	if (!f)
		return 1;
	fprintf(f, "# %s: %s\n\n", w->word, w->summary);
	fprintf(f, "Worst severity: **%s**\n\n## Why it matters\n\n",
		severities[w->severity]);
	paragraph(f, w->text);
	fputs("\n## What to do\n\n", f);
	paragraph(f, w->remedy ? w->remedy : "Nothing.");
	fprintf(f, "\n## More\n\n`s2ctl explain %s` prints this page on a terminal, "
		"`s2ctl audit` runs the rule.\n", w->word);
	return fclose(f) ? 1 : 0;
}

int main(int argc, char **argv)
{
	FILE *list = argc == 2 ? page(argv[1], "README") : NULL;
	int failed = 0;

	if (!list) {
		fputs("usage: gen-rules FOLDER\n", stderr);
		return 64;
	}
	fputs("# The rules of s2ctl audit\n\n"
	      "Written by `make generated` from the words of the library: edit those.\n\n"
	      "| rule | worst severity | finds |\n|---|---|---|\n", list);
	for (const struct s2_word *w = s2_words(NULL); w->word; w++) {
		if (strcmp(w->kind, "rule"))
			continue;
		fprintf(list, "| [%s](%s.md) | %s | %s |\n", w->word, w->word,
			severities[w->severity], w->summary);
		failed |= write_rule(argv[1], w);
	}
	failed |= fclose(list) != 0;
	return failed;
}
