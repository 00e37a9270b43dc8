// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which waivers are for a finding, against a second implementation that compares
 * each with each: of VMs, slots and ranges that overlap in all ways.
 */
#include "unit.h"

#include <stdio.h>
#include <strings.h>

#include "audit/waiver_index.h"

#define ROUNDS		40
#define WAIVERS		60
#define FINDINGS	80

static const char *const rules[] = { "S2-001", "S2-002" };
static const char *const names[] = { NULL, "web", "WEB" };
static const char *const uuids[] = {
	NULL, "c0ffee00-0000-4000-8000-000000000001",
	"C0FFEE00-0000-4000-8000-000000000001",
	"c0ffee00-0000-4000-8000-000000000002",
};

/* The same each time */
static unsigned int next(unsigned int *seed, unsigned int below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % below;
}

static struct s2_waiver random_waiver(unsigned int *seed)
{
	struct s2_waiver waiver = {
		.rule = rules[next(seed, 2)], .expires = 1 + next(seed, 5),
	};

	switch (next(seed, 3)) {
	case 0:
		waiver.name = names[next(seed, 3)];
		break;
	case 1:
		waiver.uuid = uuids[next(seed, 4)];
		break;
	}
	switch (next(seed, 3)) {
	case 0:
		waiver.has_range = true;
		waiver.gpa = next(seed, 8);
		waiver.bytes = 1 + next(seed, 8);
		/* To the end of all addresses */
		if (!next(seed, 6))
			waiver.bytes = UINT64_MAX - waiver.gpa + 1;
		if (!waiver.bytes)
			waiver.bytes = UINT64_MAX;
		break;
	case 1:
		waiver.has_slot = true;
		waiver.slot = next(seed, 3);
		break;
	}
	return waiver;
}

static void add_finding(struct s2_list *list, unsigned int *seed)
{
	struct s2_obj *finding = s2_list_add(list);
	uint64_t gpa = next(seed, 10);

	s2_obj_set_str(finding, S2_FINDING_RULE, rules[next(seed, 2)]);
	s2_obj_set_str(finding, S2_FINDING_NAME, names[next(seed, 3)]);
	s2_obj_set_str(finding, S2_FINDING_UUID, uuids[next(seed, 4)]);
	if (next(seed, 4))
		s2_obj_set_num(finding, S2_FINDING_SLOT, next(seed, 3));
	if (!next(seed, 5))
		return;
	s2_obj_set_num(finding, S2_FINDING_GPA, gpa);
	if (next(seed, 5))
		s2_obj_set_num(finding, S2_FINDING_GPA_LAST,
			       next(seed, 9) ? gpa + next(seed, 5) :
			       UINT64_MAX);
}

static bool fits_text(const char *want, const char *text,
		      int (*cmp)(const char *a, const char *b))
{
	return !want || (text && !cmp(want, text));
}

/* As the manual says it */
static bool is_for(const struct s2_waiver *w, const struct s2_obj *finding)
{
	uint64_t gpa = s2_obj_num(finding, S2_FINDING_GPA, 0);
	uint64_t last = s2_obj_num(finding, S2_FINDING_GPA_LAST, 0);

	if (strcmp(w->rule, s2_obj_str(finding, S2_FINDING_RULE)) ||
	    !fits_text(w->name, s2_obj_str(finding, S2_FINDING_NAME), strcmp) ||
	    !fits_text(w->uuid, s2_obj_str(finding, S2_FINDING_UUID),
		       strcasecmp))
		return false;
	if (w->has_slot && (!s2_obj_has(finding, S2_FINDING_SLOT) ||
			    s2_obj_num(finding, S2_FINDING_SLOT, 0) != w->slot))
		return false;
	if (!w->has_range)
		return true;
	return s2_obj_has(finding, S2_FINDING_GPA_LAST) && last >= gpa &&
		gpa >= w->gpa && last <= w->gpa + (w->bytes - 1);
}

static void compare(const struct s2_waivers *waivers,
		    const struct s2_list *findings)
{
	size_t matched[WAIVERS] = { 0 };
	struct s2_waiver_index *index;

	assert_int_equal(s2_waiver_index_new(waivers, &index), 0);
	for (size_t i = 0; i < findings->count; i++) {
		const struct s2_obj *finding = s2_list_at(findings, i);
		const struct s2_waiver *best = NULL;

		for (size_t n = 0; n < waivers->count; n++) {
			const struct s2_waiver *w = &waivers->waiver[n];

			if (!is_for(w, finding))
				continue;
			matched[n]++;
			if (!best || w->expires > best->expires)
				best = w;
		}
		assert_ptr_equal(s2_waiver_index_find(index, finding), best);
	}
	for (size_t n = 0; n < waivers->count; n++)
		assert_int_equal(s2_waiver_index_count(index, n), matched[n]);
	s2_waiver_index_free(index);
}

static void test_random(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct s2_waiver waiver[WAIVERS];
		struct s2_waivers waivers = {
			.waiver = waiver, .count = next(&seed, WAIVERS + 1),
		};
		struct s2_list findings;

		s2_list_init(&findings, S2_OBJ_FINDING);
		for (size_t i = 0; i < waivers.count; i++)
			waiver[i] = random_waiver(&seed);
		for (int i = 0; i < FINDINGS; i++)
			add_finding(&findings, &seed);
		compare(&waivers, &findings);
		s2_list_clear(&findings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return RUN_TESTS(tests);
}
