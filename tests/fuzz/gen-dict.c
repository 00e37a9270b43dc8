// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dictionaries for libFuzzer, from the tables of the program and the library:
 * words that are spelt right get further.
 */
#include <string.h>

#include "commands/commands.h"
#include "frame/cli.h"
#include "fuzz.h"
#include "model/program.h"

/* @quote: as a string of JSON */
static void entry(const char *text, bool quote)
{
	if (!text || !*text)
		return;
	printf(quote ? "\"\\\"%s\\\"\"\n" : "\"%s\"\n", text);
}

static void words(const struct s2_field *field, bool quote)
{
	for (size_t i = 0; field->words && field->words[i]; i++)
		entry(field->words[i], quote);
}

static void fields(enum s2_obj_type type, bool quote)
{
	const struct s2_field *field = s2_fields(type, NULL);

	for (; field->name; field++) {
		entry(field->name, quote);
		words(field, quote);
	}
}

static void snapshot(void)
{
	static const char *const keys[] = {
		"format_version", "kind", "snapshot", "host", "complete",
		"problems", "policies", "vms", "slots", "extents", "record",
		"vm", "problem", "end", NULL
	};

	for (size_t i = 0; keys[i]; i++)
		entry(keys[i], true);
	fields(S2_OBJ_HOST, true);
	fields(S2_OBJ_VM, true);
	fields(S2_OBJ_SLOT, true);
	fields(S2_OBJ_EXTENT, true);
	fields(S2_OBJ_PROBLEM, true);
	fields(S2_OBJ_POLICY, true);
	puts("\"18446744073709551614\"\n\"18446744073709551615\"\n"
	     "\"9223372036854775808\"\n\"4096\"\n\"true\"\n\"false\"\n"
	     "\"null\"\n\"\\\\u0000\"\n\"\\\\u001b\"\n\"\\\\u202e\"");
}

static void site(void)
{
	static const char *const keys[] = {
		"$schema", "format_version", "rules", "id", "description",
		"match", "vm", "name", "uuid", "uid", "cgroup", "comm", "class",
		"device", "constraints", "mode", "severity", "10de:*",
		"10de:2342", "/machine.slice/*", "*", "web", NULL
	};

	for (size_t i = 0; keys[i]; i++)
		entry(keys[i], true);
	fields(S2_OBJ_CHANGE, true);
	puts("\"//\"\n\"/*\"\n\"*/\"\n\"\\\\\\\"\"\n\"64055\"\n\"null\"");
}

static void waivers(void)
{
	static const char *const keys[] = {
		"$schema", "format_version", "waivers", "id", "rule", "vm",
		"uuid", "name", "slot", "range", "gpa", "bytes", "statement",
		"expires", "2026-12-31", "2024-02-29", NULL
	};
	const struct s2_word *w = s2_words(NULL);

	for (size_t i = 0; keys[i]; i++)
		entry(keys[i], true);
	for (; w->word; w++)
		if (!strcmp(w->kind, "rule"))
			entry(w->word, true);
	puts("\"18446744073709551614\"\n\"//\"\n\"/*\"\n\"*/\"");
}

static void baseline(void)
{
	snapshot();
	entry("findings", true);
	entry("evidence", true);
	entry("audit", true);
	fields(S2_OBJ_FINDING, true);
}

static void argv(void)
{
	const struct command *cmd;
	char option[64];

	for (size_t i = 0; (cmd = cli_nth_command(i)); i++)
		entry(cmd->name + (strrchr(cmd->name, ' ') ?
				   strcspn(cmd->name, " ") + 1 : 0), false);
	for (size_t i = 0; i < OPT_COUNT; i++) {
		const struct opt *o = &cli_options[i];

		snprintf(option, sizeof(option), "--%s%s", o->name,
			 o->arg == ARG_NONE ? "" : "=");
		entry(option, false);
		snprintf(option, sizeof(option), "-%c", o->letter);
		entry(o->letter ? option : NULL, false);
		for (size_t w = 0; o->words && o->words[w]; w++)
			entry(o->words[w], false);
	}
	for (enum s2_obj_type t = S2_OBJ_HOST; t <= S2_OBJ_CHANGE; t++)
		fields(t, false);
	puts("\"\\x0a\"\n\"--\"\n\"id:\"\n\"pid:\"\n\"uuid:\"\n\"name:\"");
}

static void text(void)
{
	puts("\"\\xe2\\x80\\xae\"\n\"\\xc2\\x9b\"\n\"\\x1b[2J\"\n"
	     "\"\\xed\\xa0\\x80\"\n\"\\xf0\\x9f\\x98\\x80\"\n\"\\x00\"\n"
	     "\"\\x1e\"\n\"-name\\x00\"\n\"--name\\x00\"\n\"guest=\"\n\",,\"\n"
	     "\"18446744073709551615\"\n\"bit-63\"");
	fields(S2_OBJ_SLOT, false);
}

static void domain(void)
{
	puts("\"<domain\"\n\"<domstatus pid='1'\"\n\"<name>\"\n\"</name>\"\n"
	     "\"<uuid>\"\n\"</uuid>\"\n\"<metadata>\"\n\"</metadata>\"\n"
	     "\"<s:policy xmlns:s='urn:s2ctl:domain:1'>\"\n\"</s:policy>\"\n"
	     "\"<s:rule\"\n\"/>\"\n\"class='\"\n\"constraints='\"\n\"mode='\"\n"
	     "\"severity='\"\n\"device='10de:*'\"\n\"<!DOCTYPE\"\n\"&#10;\"");
	fields(S2_OBJ_CHANGE, false);
}

static void json(void)
{
	puts("\"{\"\n\"}\"\n\"[\"\n\"]\"\n\":\"\n\",\"\n\"true\"\n\"false\"\n\"null\"\n"
	     "\"\\\"a\\\":\"\n\"\\\"\\\"\"\n\"\\\\ud834\\\\udd1e\"\n\"\\\\u00e9\"\n"
	     "\"\\xc3\\xa9\"\n\"\\xed\\xa0\\x80\"\n\"\\xf0\\x9d\\x84\\x9e\"\n"
	     "\"18446744073709551615\"\n\"18446744073709551616\"\n\"-0\"\n"
	     "\"1e+9\"\n\"0.5\"\n\"-9223372036854775808\"\n\"NaN\"\n\"//\"\n\"/*\"");
}

int main(int argc, char **argv_)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} dicts[] = {
		{ "snapshot", snapshot }, { "show", snapshot },
		{ "site", site }, { "argv", argv }, { "text", text },
		{ "diff", snapshot }, { "baseline", baseline },
		{ "waivers", waivers }, { "domain", domain },
		{ "json", json },
	};

	commands_use();
	for (size_t i = 0; argc == 2 && i < sizeof(dicts) / sizeof(*dicts);
	     i++) {
		if (strcmp(dicts[i].name, argv_[1]))
			continue;
		dicts[i].print();
		return 0;
	}
	return 64;
}
