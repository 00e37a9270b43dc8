// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the tables of completions and of the manual, from the tables that the
 * program and the library are made of: copies standard input and puts them in
 * place of "@tables@".
 */
#include <stdio.h>
#include <string.h>

#include <s2ctl.h>

#include "commands/commands.h"
#include "frame/cli.h"
#include "model/program.h"

static void all_words(const char *sep)
{
	const struct s2_word *w = s2_words(NULL);
	const char *before = "";

	for (; w->word; w++) {
		const struct s2_word *v = s2_words(NULL);

		/* A word may stand in two kinds; once is enough here. */
		while (v < w && strcmp(v->word, w->word))
			v++;
		if (v < w)
			continue;
		printf("%s%s", before, w->word);
		before = sep;
	}
}

static void all_commands(void)
{
	for (size_t i = 0; i < cli_n_commands; i++)
		printf("%s%s", i ? " " : "", cli_commands[i]->name);
}

static void all_subs(const struct command *cmd)
{
	for (size_t i = 0; i < cmd->n_subs; i++)
		printf("%s%s", i ? " " : "", cli_sub_name(cmd->subs[i]));
}

/* "policy:get", one word in every shell.  NULL: any command. */
static void word_of(const struct command *cmd)
{
	if (!cmd)
		putchar('*');
	for (const char *c = cmd ? cmd->name : ""; *c; c++)
		putchar(*c == ' ' ? ':' : *c);
}

static void all_constraints(const char *sep)
{
	const struct s2_field *f = s2_field_find(S2_OBJ_POLICY, "constraints");

	fputs("none", stdout);
	for (const char *const *w = f->words; *w; w++)
		if (strcmp(*w, "force"))
			printf("%s%s", sep, *w);
}

static void all_rules(const char *sep)
{
	const char *before = "";

	for (const struct s2_word *w = s2_words(NULL); w->word; w++) {
		if (strcmp(w->kind, "rule"))
			continue;
		printf("%s%s", before, w->word);
		before = sep;
	}
}

/* The next command of all there are, with subcommands behind their own. */
#define for_each_command(c) \
	for (size_t n_ = 0; ((c) = cli_nth_command(n_)); n_++)

static void choices(const struct opt *o)
{
	for (const char *const *w = o->words; *w; w++)
		printf("%s%s", w == o->words ? "" : " ", *w);
}

/* Inside single quotes of any of the three shells. */
static void quoted(const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\''", stdout);
		else if (*s == ']' || *s == '[')
			printf("\\%c", *s);
		else
			putchar(*s);
	}
}

/* ---------------------------------------------------------------- bash -- */

static void bash_names(const enum opt_id *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = &cli_options[ids[i]];

		if (o->letter)
			printf(" -%c", o->letter);
		printf(" --%s", o->name);
	}
}

static void bash_args(const struct command *cmd, const enum opt_id *ids,
		      size_t n)
{
	static const char *const bash_kind[] = {
		[ARG_FILE] = "file",
		[ARG_COLUMNS] = "columns",
		[ARG_VM] = "vm",
		[ARG_NUMBER] = "number",
		[ARG_RULES] = "rules",
	};

	for (size_t i = 0; i < n; i++) {
		const struct opt *o = &cli_options[ids[i]];

		if (o->arg == ARG_NONE)
			continue;
		putchar('\t');
		if (o->letter) {
			word_of(cmd);
			printf("/-%c | ", o->letter);
		}
		word_of(cmd);
		printf("/--%s) echo '", o->name);
		if (o->arg == ARG_WORD)
			choices(o);
		else
			fputs(bash_kind[o->arg], stdout);
		fputs("' ;;\n", stdout);
	}
}

static void bash_operands(void)
{
	static const char *const what[] = {
		[ARGS_VMS] = "vms",
		[ARGS_TOPIC] = "words",
		[ARGS_COMMAND] = "commands",
		[ARGS_CONSTRAINTS] = "constraints",
		[ARGS_FILES] = "file",
	};
	const struct command *c;

	for_each_command(c) {
		if (c->args == ARGS_NONE)
			continue;
		putchar('\t');
		word_of(c);
		printf(") echo %s ;;\n", what[c->args]);
	}
}

static void bash_subs(void)
{
	for (size_t i = 0; i < cli_n_commands; i++) {
		if (!cli_commands[i]->n_subs)
			continue;
		printf("\t%s) echo '", cli_commands[i]->name);
		all_subs(cli_commands[i]);
		fputs("' ;;\n", stdout);
	}
}

static void bash_tables(void)
{
	const struct command *c;

	fputs("_s2ctl_commands='", stdout);
	all_commands();
	fputs("'\n_s2ctl_words='", stdout);
	all_words(" ");
	fputs("'\n_s2ctl_constraints='", stdout);
	all_constraints(" ");
	fputs("'\n_s2ctl_rules='", stdout);
	all_rules(" ");
	fputs("'\n_s2ctl_global='", stdout);
	bash_names(cli_global_options, cli_global_count);
	fputs("'\n\n_s2ctl_subcommands() {\n\tcase $1 in\n", stdout);
	bash_subs();
	fputs("\tesac\n}\n\n_s2ctl_options() {\n\tcase $1 in\n", stdout);
	for_each_command(c) {
		putchar('\t');
		word_of(c);
		fputs(") echo '", stdout);
		bash_names(c->options, c->n_options);
		fputs("' ;;\n", stdout);
	}
	fputs("\tesac\n}\n\n# What follows an option: a kind of thing, or the words it takes.\n"
	      "_s2ctl_argument() {\n\tcase $1/$2 in\n", stdout);
	bash_args(NULL, cli_global_options, cli_global_count);
	for_each_command(c)
		bash_args(c, c->options, c->n_options);
	fputs("\tesac\n}\n\n# What the arguments of a command are.\n"
	      "_s2ctl_operand() {\n\tcase $1 in\n", stdout);
	bash_operands();
	fputs("\tesac\n}\n", stdout);
}

/* ----------------------------------------------------------------- zsh -- */

static void zsh_option(const struct opt *o)
{
	const char *eq = o->arg == ARG_NONE ? "" : "=";

	if (o->letter)
		printf("\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name,
		       o->letter, *eq ? "+" : "", o->name, eq);
	else
		printf("\t\t'--%s%s[", o->name, eq);
	quoted(o->help);
	putchar(']');
	if (o->arg == ARG_FILE) {
		fputs(":file:_files", stdout);
	} else if (o->arg == ARG_COLUMNS) {
		fputs(":columns:_s2ctl_columns", stdout);
	} else if (o->arg == ARG_VM) {
		fputs(":VM:_s2ctl_vms", stdout);
	} else if (o->arg == ARG_NUMBER) {
		fputs(":number:", stdout);
	} else if (o->arg == ARG_RULES) {
		fputs(":rules:_s2ctl_rules", stdout);
	} else if (o->arg == ARG_WORD) {
		fputs(":when:(", stdout);
		choices(o);
		putchar(')');
	}
	fputs("' \\\n", stdout);
}

static void zsh_describe(const struct command *const *cmds, size_t n,
			 const char *indent)
{
	for (size_t i = 0; i < n; i++) {
		printf("%s'%s:", indent, strrchr(cmds[i]->name, ' ') ?
		       cli_sub_name(cmds[i]) : cmds[i]->name);
		quoted(cmds[i]->summary);
		fputs("'\n", stdout);
	}
}

static void zsh_subs(void)
{
	fputs("_s2ctl_subcommands() {\n\tlocal -a subcommands\n"
	      "\tcase $1 in\n", stdout);
	for (size_t i = 0; i < cli_n_commands; i++) {
		const struct command *c = cli_commands[i];

		if (!c->n_subs)
			continue;
		printf("\t%s)\n\t\tsubcommands=(\n", c->name);
		zsh_describe(c->subs, c->n_subs, "\t\t\t");
		fputs("\t\t)\n\t\t;;\n", stdout);
	}
	fputs("\t*) return 1 ;;\n\tesac\n"
	      "\t[[ -n $2 ]] || _describe subcommand subcommands\n}\n\n",
	      stdout);
}

static void zsh_options(void)
{
	static const char *const operand[] = {
		[ARGS_NONE] = "",
		[ARGS_VMS] = "'*:VM:_s2ctl_vms'",
		[ARGS_TOPIC] = "'*:word:_s2ctl_words'",
		[ARGS_COMMAND] = "':command:_s2ctl_commands'",
		[ARGS_CONSTRAINTS] = "':constraints:_s2ctl_constraints'",
		[ARGS_FILES] = "'*:file:_files'",
	};
	const struct command *c;

	for_each_command(c) {
		putchar('\t');
		word_of(c);
		fputs(")\n\t\t_arguments -s : $global \\\n", stdout);
		for (size_t k = 0; k < c->n_options; k++)
			zsh_option(&cli_options[c->options[k]]);
		printf("\t\t%s\n\t\t;;\n", operand[c->args]);
	}
}

static void zsh_tables(void)
{
	fputs("_s2ctl_commands() {\n\tlocal -a commands=(\n", stdout);
	zsh_describe(cli_commands, cli_n_commands, "\t\t");
	fputs("\t)\n\t_describe command commands\n}\n\n", stdout);
	zsh_subs();
	fputs("_s2ctl_words() {\n\tcompadd -- ", stdout);
	all_words(" ");
	fputs("\n}\n\n_s2ctl_constraints() {\n\t_s2ctl_list ", stdout);
	all_constraints(" ");
	fputs("\n}\n\n_s2ctl_rules() {\n\t_s2ctl_list ", stdout);
	all_rules(" ");
	fputs("\n}\n\n_s2ctl_options() {\n\tlocal -a global=(\n", stdout);
	for (size_t i = 0; i < cli_global_count; i++)
		zsh_option(&cli_options[cli_global_options[i]]);
	fputs("\t)\n\tcase $1 in\n", stdout);
	zsh_options();
	fputs("\t*)\n\t\t_arguments -s : $global\n\t\t;;\n\tesac\n}\n", stdout);
}

/* ---------------------------------------------------------------- fish -- */

static void fish_option(const char *condition, const struct opt *o)
{
	printf("complete -c s2ctl%s%s%s -l %s", *condition ? " -n '" : "",
	       condition, *condition ? "'" : "", o->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	if (o->arg == ARG_FILE) {
		fputs(" -r -F", stdout);
	} else if (o->arg == ARG_COLUMNS) {
		fputs(" -x -a '(__s2ctl_columns)'", stdout);
	} else if (o->arg == ARG_VM) {
		fputs(" -x -a '(__s2ctl_vms)'", stdout);
	} else if (o->arg == ARG_NUMBER) {
		fputs(" -x", stdout);
	} else if (o->arg == ARG_RULES) {
		fputs(" -x -a '(__s2ctl_list ", stdout);
		all_rules(" ");
		fputs(")'", stdout);
	} else if (o->arg == ARG_WORD) {
		fputs(" -x -a '", stdout);
		choices(o);
		putchar('\'');
	}
	fputs(" -d '", stdout);
	quoted(o->help);
	fputs("'\n", stdout);
}

static void fish_operand(const struct command *c)
{
	fputs("complete -c s2ctl -n '__s2ctl_command ", stdout);
	word_of(c);
	if (c->args == ARGS_FILES) {
		fputs("' -F\n", stdout);
		return;
	}
	fputs("' -a '", stdout);
	if (c->args == ARGS_VMS) {
		fputs("(__s2ctl_vms)", stdout);
	} else if (c->args == ARGS_TOPIC) {
		all_words(" ");
	} else if (c->args == ARGS_CONSTRAINTS) {
		fputs("(__s2ctl_list ", stdout);
		all_constraints(" ");
		putchar(')');
	} else {
		all_commands();
	}
	fputs("'\n", stdout);
}

/* The word itself, where it is expected. */
static void fish_word(const struct command *c)
{
	const char *sub = strrchr(c->name, ' ');

	if (sub)
		printf("complete -c s2ctl -n '__s2ctl_command %.*s' -a %s -d '",
		       (int)(sub - c->name), c->name, sub + 1);
	else
		printf("complete -c s2ctl -n __s2ctl_no_command -a %s -d '",
		       c->name);
	quoted(c->summary);
	fputs("'\n", stdout);
}

static void fish_tables(void)
{
	const struct command *c;
	char condition[64];

	fputs("function __s2ctl_has_subcommands\n    contains -- $argv[1]",
	      stdout);
	for (size_t i = 0; i < cli_n_commands; i++)
		if (cli_commands[i]->n_subs)
			printf(" %s", cli_commands[i]->name);
	fputs("\nend\n", stdout);
	for (size_t i = 0; i < cli_global_count; i++)
		fish_option("", &cli_options[cli_global_options[i]]);
	for_each_command(c) {
		fish_word(c);
		snprintf(condition, sizeof(condition), "__s2ctl_command %s",
			 c->name);
		/* The blank in front of a subcommand, as word_of() does. */
		if (strrchr(c->name, ' '))
			*strrchr(condition, ' ') = ':';
		for (size_t k = 0; k < c->n_options; k++)
			fish_option(condition, &cli_options[c->options[k]]);
		if (c->args != ARGS_NONE)
			fish_operand(c);
	}
}

/* -------------------------------------------------------------- manual -- */

static const char *const kind_words[] = {
	[S2_KIND_BOOL] = "boolean",
	[S2_KIND_NUMBER] = "integer",
	[S2_KIND_BYTES] = "integer, bytes",
	[S2_KIND_ADDRESS] = "integer, address",
	[S2_KIND_TIME] = "integer, seconds since 1970",
	[S2_KIND_ENUM] = "word",
	[S2_KIND_FLAGS] = "array of words",
	[S2_KIND_PERM] = "string",
	[S2_KIND_STRING] = "string",
};

static void mdoc_words(const struct s2_field *f)
{
	const char *before = f->kind == S2_KIND_FLAGS ? "Any of" : "One of";

	if (!f->words)
		return;
	for (const char *const *w = f->words; *w; w++) {
		/* A bit that means nothing has no word. */
		if (!**w)
			continue;
		printf("%s\n.Li %s", before, *w);
		before = " ,";
	}
	puts(" .");
}

static void mdoc_tables(void)
{
	static const struct {
		enum s2_obj_type type;
		const char *title;
	} objects[] = {
		{ S2_OBJ_HOST, "host" },
		{ S2_OBJ_VM, "Each of vms" },
		{ S2_OBJ_SLOT, "Each of slots" },
		{ S2_OBJ_EXTENT, "Each of extents" },
		{ S2_OBJ_POLICY, "Each of policies" },
		{ S2_OBJ_PROBLEM, "Each of problems" },
		{ S2_OBJ_FINDING, "Each of findings" },
		{ S2_OBJ_EVIDENCE, "evidence" },
		{ S2_OBJ_COMBINATION, "combination" },
		{ S2_OBJ_WORD, "Each of words" },
		{ S2_OBJ_CHANGE, "Each of plan" },
		{ S2_OBJ_DIFF, "Each of differences" },
		{ S2_OBJ_REQUIREMENT, "Each of requirements" },
		{ S2_OBJ_EVENT, "A line of s2ctl monitor" },
	};

	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
		const struct s2_field *f = s2_fields(objects[i].type, NULL);

		printf(".Ss %s\n.Bl -tag -width Ds\n", objects[i].title);
		for (; f->name; f++) {
			printf(".It Va %s Pq %s\n%s\n", f->name,
			       kind_words[f->kind], f->doc);
			mdoc_words(f);
		}
		fputs(".El\n", stdout);
	}
}

/* COMMAND OPTION LETTER ARGUMENT WORDS, separated by tabs */
static void plain_option(const char *command, const struct opt *o)
{
	printf("%s\t--%s\t%c\t%s\t", command, o->name,
	       o->letter ? o->letter : '-',
	       o->arg == ARG_NONE ? "-" : o->arg_name);
	if (o->arg == ARG_WORD)
		choices(o);
	putchar('\n');
}

/* Every command and option, one a line, for the test of the manual. */
static void plain_tables(void)
{
	const struct command *c;

	for (size_t i = 0; i < cli_global_count; i++)
		plain_option("s2ctl", &cli_options[cli_global_options[i]]);
	for_each_command(c) {
		printf("%s\t\t\t\t\n", c->name);
		for (size_t k = 0; k < c->n_options; k++)
			plain_option(c->name, &cli_options[c->options[k]]);
	}
}

static void (*find_tables(const char *shell))(void)
{
	static const struct {
		const char *shell;
		void (*tables)(void);
	} known[] = {
		{ "bash", bash_tables },
		{ "zsh", zsh_tables },
		{ "fish", fish_tables },
		{ "mdoc", mdoc_tables },
		{ "plain", plain_tables },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].shell, shell))
			return known[i].tables;
	return NULL;
}

int main(int argc, char **argv)
{
	void (*tables)(void) = argc == 2 ? find_tables(argv[1]) : NULL;
	char line[1024];

	if (!tables) {
		fputs("usage: gen-tables bash|zsh|fish|mdoc|plain < TEMPLATE\n",
		      stderr);
		return 64;
	}
	commands_use();
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "@tables@\n"))
			tables();
		else
			fputs(line, stdout);
	}
	return fclose(stdout) ? 1 : 0;
}
