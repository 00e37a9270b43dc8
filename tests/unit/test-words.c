// SPDX-License-Identifier: GPL-2.0-only
/* Every word that can be printed is explained */
#include "unit.h"

#include "rule_table.h"
#include "words.h"

/* Under which kind the words of a field are explained */
static const char *kind_of(const struct s2_field *field)
{
	static const struct {
		const char *field;
		const char *kind;
	} kinds[] = {
		{ "source", "source" }, { "features", "feature" },
		{ "flags", "flag" }, { "class", "class" }, { "facts", "fact" },
		{ "vma_type", "type" }, { "predicted", "type" },
		{ "mapped", "type" }, { "strength", "strength" },
		{ "verdict", "verdict" }, { "reason", "reason" },
		{ "code", "problem" }, { "severity", "severity" },
		{ "stage1", "type" }, { "stage2", "type" },
		{ "effective", "type" }, { "kind", "term" },
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
		cmocka_unit_test(test_no_remedies),
	};

	return RUN_TESTS(tests);
}
