// SPDX-License-Identifier: GPL-2.0-only
/* Every word that can be printed is explained */
#include "unit.h"

#include <ctype.h>

#include "model/field.h"
#include "audit/rule_table.h"
#include "model/words.h"

/* Under which kind the words of a field are explained */
static const char *kind_of(const struct s2_field *field)
{
	static const struct {
		const char *field;
		const char *kind;
	} kinds[] = {
		{ "source", "source" }, { "origin", "source" },
		{ "features", "feature" },
		{ "flags", "flag" }, { "class", "class" }, { "facts", "fact" },
		{ "vma_type", "type" }, { "predicted", "type" },
		{ "mapped", "type" }, { "strength", "strength" },
		{ "verdict", "verdict" }, { "reason", "reason" },
		{ "code", "problem" }, { "severity", "severity" },
		{ "stage1", "type" }, { "stage2", "type" },
		{ "effective", "type" }, { "kind", "term" },
		{ "constraints", "constraint" }, { "enforced", "constraint" },
		{ "audited", "constraint" }, { "mode", "mode" },
		{ "owner", "owner" }, { "scope", "scope" },
		{ "event", "event" }, { "action", "action" },
		{ "old_constraints", "constraint" }, { "old_mode", "mode" },
		{ "other_mapped", "type" }, { "what", "difference" },
		{ "change", "difference" }, { "requirement", "requirement" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].field, field->name))
			return kinds[i].kind;
	return NULL;
}

static void check_field(const struct s2_field *field)
{
	const char *kind = kind_of(field);

	if (!kind)
		fail_msg("nobody explains the words of '%s'", field->name);
	for (const char *const *word = field->words; *word; word++)
		if (**word && !s2_word_find(kind, *word))
			fail_msg("%s '%s' is not explained", kind, *word);
}

/* Whatever fields there will be: none has a word without an explanation */
static void test_all_words(void **data)
{
	(void)data;
	for (unsigned int type = S2_OBJ_HOST; s2_fields(type, NULL); type++)
		for (const struct s2_field *f = s2_fields(type, NULL); f->name;
		     f++)
			if (f->words)
				check_field(f);
}

static void test_rules(void **data)
{
	(void)data;
	for (const struct s2_rule *rule = s2_rules; rule->id; rule++) {
		const struct s2_word *w = s2_word_find("rule", rule->id);

		if (!w)
			fail_msg("%s is not explained", rule->id);
		assert_non_null(w->remedy);
		assert_true(w->severity);
	}
}

/* A summary is a phrase, a text and a remedy are sentences that say more */
static void check_texts(const struct s2_word *w)
{
	if (!*w->summary || w->summary[strlen(w->summary) - 1] == '.')
		fail_msg("%s '%s': not a phrase: %s", w->kind, w->word,
			 w->summary);
	if (!w->text || strlen(w->text) < 20 ||
	    w->text[strlen(w->text) - 1] != '.')
		fail_msg("%s '%s' has no explanation", w->kind, w->word);
	if (!strcmp(w->text, w->summary))
		fail_msg("%s '%s' says the same twice", w->kind, w->word);
	if (w->remedy && w->remedy[strlen(w->remedy) - 1] != '.')
		fail_msg("%s '%s': the remedy is no sentence", w->kind, w->word);
}

static void test_texts(void **data)
{
	const struct s2_field *kinds = s2_field_find(S2_OBJ_WORD, "kind");
	size_t count, n = 0;

	(void)data;
	for (const struct s2_word *w = s2_words(&count); w->word; w++, n++) {
		bool known = false;

		for (size_t i = 0; kinds->words[i]; i++)
			known |= !strcmp(kinds->words[i], w->kind);
		if (!known)
			fail_msg("'%s' is not a kind", w->kind);
		if (s2_word_find(w->kind, w->word) != w)
			fail_msg("%s '%s' is there twice", w->kind, w->word);
		check_texts(w);
	}
	assert_int_equal(n, count);
}

/* Who meets one of these wants to know what to do */
static void test_remedies(void **data)
{
	static const struct {
		const char *kind;
		const char *word;
	} wrong[] = {
		{ "type", "device" }, { "type", "mixed" }, { "class", "hole" },
		{ "class", "ram-nc" }, { "class", "io" },
		{ "verdict", "deny" }, { "verdict", "would-deny" },
		{ "reason", "not-map-memory" }, { "reason", "io-vma" },
		{ "reason", "not-flushable" }, { "reason", "exec-io" },
		{ "reason", "no-vma" }, { "reason", "vmm-exited" },
		{ "reason", "mte-vma" }, { "reason", "vmm-busy" },
		{ "strength", "weak" }, { "problem", "no-series" },
		{ "problem", "no-privilege" }, { "problem", "refused" },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const struct s2_word *w = s2_word_find(wrong[i].kind,
						       wrong[i].word);

		assert_non_null(w);
		if (!w->remedy)
			fail_msg("%s '%s' has no remedy", w->kind, w->word);
	}
}

/* "FLOOR_NC" as it is written here: "floor=nc" */
static void to_word(const char *kind, char *name)
{
	for (char *c = name; *c; c++)
		*c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
	if (!strcmp(kind, "constraint") && !strncmp(name, "floor-", 6))
		name[5] = '=';
}

/* An enumerator of the ABI: its number has that word, which is explained */
static bool check_enumerator(const char *line)
{
	static const struct {
		const char *name, *kind;
		unsigned int field;
	} enums[] = {
		{ "TYPE", "type", S2_EXTENT_MAPPED },
		{ "CLASS", "class", S2_EXTENT_CLASS },
		{ "VERDICT", "verdict", S2_EXTENT_VERDICT },
		{ "REASON", "reason", S2_EXTENT_REASON },
		{ "CONSTRAINT", "constraint", S2_POLICY_CONSTRAINTS },
		{ "MODE", "mode", S2_POLICY_MODE },
		{ "OWNER", "owner", S2_POLICY_OWNER },
		{ "FACT", "fact", S2_EXTENT_FACTS },
		{ "FEATURE", "feature", S2_HOST_FEATURES },
	};
	char group[16], name[32], value[16], buf[16];

	if (sscanf(line, "\tKVM_S2_%15[A-Z]_%31[A-Z0-9_] = %15[0-9 <],", group,
		   name, value) != 3 || !strcmp(name, "UNKNOWN"))
		return false;
	for (size_t i = 0; i < sizeof(enums) / sizeof(enums[0]); i++) {
		const struct s2_field *field = s2_field_by_id(enums[i].field);
		const char *shift = strchr(value, '<');
		const char *word;

		if (strcmp(group, enums[i].name))
			continue;
		to_word(enums[i].kind, name);
		word = shift ? s2_flag_word(field, (unsigned int)atoi(shift + 3),
					    buf) :
			s2_field_word(field, (uint64_t)atoi(value));
		if (!word || strcmp(word, name))
			fail_msg("%s has the word '%s'", line, word);
		if (!s2_word_find(enums[i].kind, word))
			fail_msg("%s is not explained", word);
		return true;
	}
	/* Permissions are letters */
	if (strcmp(group, "PERM"))
		fail_msg("nobody knows the words of %s", line);
	return false;
}

/* Whatever the kernel can say has a word */
static void test_abi(void **data)
{
	static const char *const files[] = {
		SRCDIR "/uapi/linux/kvm_s2_types.h",
		SRCDIR "/uapi/linux/kvm_s2.h",
	};
	size_t found = 0;
	char line[256];

	(void)data;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *file = fopen(files[i], "r");

		assert_non_null(file);
		while (fgets(line, sizeof(line), file))
			found += check_enumerator(line);
		fclose(file);
	}
	/* Types, classes, verdicts, reasons; the rest may grow */
	assert_true(found > 5 + 10 + 4 + 17);
}

/* What is as it should be must not be printed with advice */
static void test_no_remedies(void **data)
{
	static const char *const right[] = {
		"map-memory", "any-uncached", "cacheable-vma", "vgic",
	};

	(void)data;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_null(s2_word_find("reason", right[i])->remedy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_words), cmocka_unit_test(test_rules),
		cmocka_unit_test(test_texts), cmocka_unit_test(test_remedies),
		cmocka_unit_test(test_no_remedies), cmocka_unit_test(test_abi),
	};

	return RUN_TESTS(tests);
}
