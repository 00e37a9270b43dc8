// SPDX-License-Identifier: LGPL-2.1-or-later
/* Findings: evidence, merging, keys, order */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/alias.h"
#include "audit/finding.h"
#include "base/order.h"
#include "model/extent.h"
#include "model/field.h"
#include "model/program.h"

/* What of an object is evidence by itself */
static const struct {
	unsigned int evidence;
	unsigned int from;
} evidence_map[] = {
	{ S2_EVIDENCE_CLASS, S2_EXTENT_CLASS },
	{ S2_EVIDENCE_MAPPED, S2_EXTENT_MAPPED },
	{ S2_EVIDENCE_STRENGTH, S2_EXTENT_STRENGTH },
	{ S2_EVIDENCE_VMA_TYPE, S2_EXTENT_VMA_TYPE },
	{ S2_EVIDENCE_PERM, S2_EXTENT_PERM },
	{ S2_EVIDENCE_FACTS, S2_EXTENT_FACTS },
	{ S2_EVIDENCE_REASON, S2_EXTENT_REASON },
	{ S2_EVIDENCE_HPA, S2_EXTENT_HPA },
	{ S2_EVIDENCE_BDF, S2_EXTENT_BDF },
	{ S2_EVIDENCE_BAR, S2_EXTENT_BAR },
	{ S2_EVIDENCE_PREFETCHABLE, S2_EXTENT_PREFETCHABLE },
	{ S2_EVIDENCE_DRIVER, S2_EXTENT_DRIVER },
	{ S2_EVIDENCE_PCI_ID, S2_EXTENT_PCI_ID },
	{ S2_EVIDENCE_CLASS, S2_POLICY_CLASS },
	{ S2_EVIDENCE_CONSTRAINTS, S2_POLICY_ENFORCED },
};

static void fill_evidence(struct s2_obj *evidence, const struct s2_obj *obj)
{
	for (size_t i = 0; i < ARRAY_SIZE(evidence_map); i++) {
		unsigned int from = evidence_map[i].from;

		if (S2_FIELD_OBJ(from) != s2_obj_type(obj) ||
		    s2_obj_has(evidence, evidence_map[i].evidence))
			continue;
		/* Where a VM's own memory lies is not shown to everybody */
		if (from == S2_EXTENT_HPA && !s2_extent_may_be_bar(obj))
			continue;
		s2_obj_copy(evidence, evidence_map[i].evidence, obj, from);
	}
}

static bool same(const struct s2_obj *a, const struct s2_obj *b,
		 unsigned int id)
{
	const char *text = s2_field_by_id(id)->kind == S2_KIND_STRING ?
		s2_obj_str(a, id) : NULL;

	if (s2_obj_has(a, id) != s2_obj_has(b, id))
		return false;
	if (text)
		return !strcmp(text, s2_obj_str(b, id));
	return s2_obj_num(a, id, 0) == s2_obj_num(b, id, 0);
}

/* Nothing that could wrap gets past a source, but for nothing at all */
static void set_last(struct s2_obj *finding, uint64_t gpa, uint64_t bytes)
{
	if (bytes)
		s2_obj_set_num(finding, S2_FINDING_GPA_LAST, gpa + (bytes - 1));
}

/* ---------------------------------------------------------------- merging */

/* Longest text of merge_key(): a number of 64 bits for each field */
#define MERGE_KEY_MAX	(20ul * (S2_FIELDS_MAX + 1))

/*
 * What tells the findings of a rule in a slot apart.  Equal strings of one pool
 * have one address.  Return: 0 or -ENOMEM
 */
static int merge_key(struct s2_report *report, const struct s2_rule *rule,
		     const struct s2_hit *hit, char key[MERGE_KEY_MAX])
{
	int len = snprintf(key, MERGE_KEY_MAX, "%d", hit->severity);

	for (unsigned int i = 0; rule->evidence >> i; i++) {
		unsigned int id = S2_FIELD_ID(S2_OBJ_EVIDENCE, i);
		uint64_t num = s2_obj_num(hit->evidence, id, 0);

		if (!(rule->evidence >> i & 1))
			continue;
		if (s2_obj_has(hit->evidence, id) &&
		    s2_field_by_id(id)->kind == S2_KIND_STRING) {
			num = (uintptr_t)s2_pool_add(
				&report->pool, s2_obj_str(hit->evidence, id));
			if (!num)
				return -ENOMEM;
		}
		len += snprintf(key + len, MERGE_KEY_MAX - (size_t)len,
				s2_obj_has(hit->evidence, id) ?
				",%" PRIx64 : ",-", num);
	}
	return 0;
}

/*
 * Evidence that differs from extent to extent is dropped, but for the first
 * host-physical address.
 */
static void merge(struct s2_obj *finding, const struct s2_obj *extent,
		  const struct s2_hit *hit)
{
	struct s2_obj *evidence =
		s2_list_at(s2_obj_kids(finding, S2_OBJ_EVIDENCE), 0);
	uint64_t bytes = s2_obj_num(finding, S2_FINDING_BYTES, 0);

	if (__builtin_add_overflow(bytes,
				   s2_obj_num(extent, S2_EXTENT_BYTES, 0),
				   &bytes))
		bytes = UINT64_MAX;
	s2_obj_set_num(finding, S2_FINDING_BYTES, bytes);
	set_last(finding, s2_obj_num(extent, S2_EXTENT_GPA, 0),
		 s2_obj_num(extent, S2_EXTENT_BYTES, 0));
	s2_obj_set_num(finding, S2_FINDING_EXTENTS,
		       s2_obj_num(finding, S2_FINDING_EXTENTS, 0) + 1);
	for (unsigned int i = 0; i < s2_field_count(S2_OBJ_EVIDENCE); i++) {
		unsigned int id = S2_FIELD_ID(S2_OBJ_EVIDENCE, i);

		if (id != S2_EVIDENCE_HPA && !same(evidence, hit->evidence, id))
			s2_obj_forget(evidence, id);
	}
}

static bool in_slot(const struct s2_obj *finding, const struct s2_obj *extent)
{
	return s2_obj_has(finding, S2_FINDING_SLOT) ==
		s2_obj_has(extent, S2_EXTENT_SLOT) &&
		s2_obj_num(finding, S2_FINDING_SLOT, 0) ==
		s2_obj_num(extent, S2_EXTENT_SLOT, 0);
}

/*
 * Where the number of the finding that this extent belongs to stands, counted
 * from 1; 0 if there is none yet.  Extents come in order of address, so those of
 * a slot follow each other, and what was found before the slot changed is not
 * added to.  NULL: no memory
 */
static uint32_t *find_like(struct s2_report *report,
			   const struct s2_rule *rule,
			   const struct s2_place *place,
			   const struct s2_hit *hit)
{
	struct s2_list *findings = &report->findings;
	struct s2_merge *merge = place->merge;
	char key[MERGE_KEY_MAX];
	const char *kept;

	if (findings->count > merge->first &&
	    !in_slot(s2_list_at(findings, findings->count - 1), place->obj)) {
		s2_pool_clear(&merge->pool);
		merge->first = findings->count;
	}
	if (merge_key(report, rule, hit, key))
		return NULL;
	kept = s2_pool_add(&merge->pool, key);
	return kept ? s2_pool_note(kept) : NULL;
}

/* ------------------------------------------------------------------- keys */

/* A key while it is put together; what does not fit makes it useless */
struct key {
	char text[8192];
	size_t len;
};

__attribute__((format(printf, 2, 3)))
static void key_add(struct key *key, const char *fmt, ...)
{
	size_t room = sizeof(key->text) - key->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(key->text + key->len, room, fmt, args);
	va_end(args);
	key->len += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

/* "/NAME=TEXT"; what could be taken for a part of another is "%XX" */
static void put_text(struct key *key, const char *name, const char *text)
{
	key_add(key, "/%s=", name);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c == 0x7f || strchr("/=%\"'\\", c))
			key_add(key, "%%%02X", c);
		else
			key_add(key, "%c", c);
	}
}

static void put_num(struct key *key, const char *prefix, const char *name,
		    uint64_t num)
{
	key_add(key, "/%s%s=%" PRIu64, prefix, name, num);
}

/*
 * By the process and when it started, which each source can know: the number that a
 * kernel gives its VMs would be in the key of one source alone.
 */
static void put_who(struct key *key, const char *prefix,
		    const struct s2_who *who)
{
	if (!s2_who_has(who, S2_WHO_PID) ||
	    (!s2_who_has(who, S2_WHO_START) && s2_who_has(who, S2_WHO_ID))) {
		put_num(key, prefix, "vm", who->part[S2_WHO_ID]);
		return;
	}
	put_num(key, prefix, "pid", who->part[S2_WHO_PID]);
	if (s2_who_has(who, S2_WHO_START))
		put_num(key, prefix, "start", who->part[S2_WHO_START]);
	/* The first keeps its key when its process makes another */
	if (who->part[S2_WHO_NTH] > 1)
		put_num(key, prefix, "nth", who->part[S2_WHO_NTH]);
}

/* By what outlives a reboot of the host, if there is any */
static void key_add_vm(struct key *key, const char *prefix, const char *uuid,
		       const char *name, const struct s2_who *who)
{
	char what[32];

	if (uuid) {
		snprintf(what, sizeof(what), "%suuid", prefix);
		put_text(key, what, uuid);
	}
	if (name) {
		snprintf(what, sizeof(what), "%sname", prefix);
		put_text(key, what, name);
	}
	if (!uuid && !name)
		put_who(key, prefix, who);
}

/*
 * Where the slot begins, not what of it the guest had touched: that grows from
 * audit to audit.
 */
static void put_place(struct key *key, const struct s2_place *place,
		      const struct s2_obj *finding)
{
	uint64_t gpa = s2_obj_num(finding, S2_FINDING_GPA, 0);
	uint64_t number = s2_obj_num(finding, S2_FINDING_SLOT, 0);
	const struct s2_obj *slot = NULL;

	if (!place->pair && s2_obj_has(finding, S2_FINDING_SLOT)) {
		slot = s2_by_num_first(place->slots, number);
		gpa = slot ? s2_obj_num(slot, S2_SLOT_GPA, gpa) : gpa;
	}
	if (s2_obj_has(finding, S2_FINDING_SLOT))
		key_add(key, "/slot=%" PRIu64, number);
	if (place->pair)
		gpa = place->pair->a.slot_gpa;
	if (s2_obj_has(finding, S2_FINDING_GPA))
		key_add(key, "/gpa=0x%" PRIx64, gpa);
}

static void put_pair(struct key *key, const struct s2_pair *pair)
{
	const struct s2_mapping *b = &pair->b;

	key_add_vm(key, "other-", b->uuid, b->name, &b->who);
	if (b->has_slot)
		key_add(key, "/other-slot=%" PRIu32, b->slot);
	key_add(key, "/other-gpa=0x%" PRIx64, b->slot_gpa);
}

static const char *make_key(struct s2_report *report,
			    const struct s2_rule *rule,
			    const struct s2_place *place,
			    const struct s2_obj *finding,
			    const struct s2_obj *evidence)
{
	const struct s2_field *field = s2_fields(S2_OBJ_EVIDENCE, NULL);
	struct key key = { .len = 0 };
	struct s2_who who = { .known = 0 };
	char text[S2_TEXT_MAX];

	key_add(&key, "%s", rule->id);
	if (place->vm)
		s2_who_of(&who, place->vm);
	else if (place->pair)
		who = place->pair->a.who;
	if (place->vm || place->pair)
		key_add_vm(&key, "", s2_obj_str(finding, S2_FINDING_UUID),
			   s2_obj_str(finding, S2_FINDING_NAME), &who);
	else
		key_add(&key, "/host");
	put_place(&key, place, finding);
	if (place->pair)
		put_pair(&key, place->pair);
	for (; field->name; field++) {
		if (!(rule->evidence >> S2_FIELD_INDEX(field->id) & 1) ||
		    !s2_obj_has(evidence, field->id))
			continue;
		s2_value_text(field, s2_obj_get(evidence, field->id), text,
			      sizeof(text));
		put_text(&key, field->name, text);
	}
	return s2_pool_add(&report->pool, key.text);
}

/* ----------------------------------------------------------- new findings */

/* The strings of a model are not those of a report */
static int own_strings(struct s2_report *report, struct s2_obj *obj)
{
	const struct s2_field *field = s2_fields(s2_obj_type(obj), NULL);

	for (; field->name; field++) {
		const char *text = field->kind == S2_KIND_STRING ?
			s2_obj_str(obj, field->id) : NULL;

		if (!text)
			continue;
		text = s2_pool_add(&report->pool, text);
		if (!text)
			return -ENOMEM;
		s2_obj_set_str(obj, field->id, text);
	}
	return 0;
}

static void set_range(struct s2_obj *finding, const struct s2_obj *obj)
{
	s2_obj_set_num(finding, S2_FINDING_EXTENTS, 0);
	switch (s2_obj_type(obj)) {
	case S2_OBJ_EXTENT:
		s2_obj_copy(finding, S2_FINDING_SLOT, obj, S2_EXTENT_SLOT);
		s2_obj_copy(finding, S2_FINDING_GPA, obj, S2_EXTENT_GPA);
		s2_obj_copy(finding, S2_FINDING_BYTES, obj, S2_EXTENT_BYTES);
		s2_obj_set_num(finding, S2_FINDING_EXTENTS, 1);
		break;
	case S2_OBJ_SLOT:
		s2_obj_copy(finding, S2_FINDING_SLOT, obj, S2_SLOT_SLOT);
		s2_obj_copy(finding, S2_FINDING_GPA, obj, S2_SLOT_GPA);
		s2_obj_copy(finding, S2_FINDING_BYTES, obj, S2_SLOT_BYTES);
		break;
	case S2_OBJ_POLICY:
		s2_obj_copy(finding, S2_FINDING_SLOT, obj, S2_POLICY_SLOT);
		break;
	default:
		return;
	}
	set_last(finding, s2_obj_num(finding, S2_FINDING_GPA, 0),
		 s2_obj_num(finding, S2_FINDING_BYTES, 0));
}

static void set_pair(struct s2_obj *finding, const struct s2_pair *pair)
{
	s2_who_set(finding, &pair->a.who);
	s2_obj_set_str(finding, S2_FINDING_NAME, pair->a.name);
	s2_obj_set_str(finding, S2_FINDING_UUID, pair->a.uuid);
	if (pair->a.has_slot)
		s2_obj_set_num(finding, S2_FINDING_SLOT, pair->a.slot);
	s2_obj_set_num(finding, S2_FINDING_GPA, pair->a.gpa);
	s2_obj_set_num(finding, S2_FINDING_BYTES, pair->bytes);
	if (pair->count == 1)
		set_last(finding, pair->a.gpa, pair->bytes);
	s2_obj_set_num(finding, S2_FINDING_EXTENTS, pair->count);
}

static int add_finding(struct s2_report *report, const struct s2_rule *rule,
	       const struct s2_place *place, const struct s2_hit *hit)
{
	struct s2_obj *finding = s2_list_add(&report->findings), *evidence;
	struct s2_list *kids;
	const char *key;

	if (!finding)
		return -ENOMEM;
	kids = s2_obj_kids(finding, S2_OBJ_EVIDENCE);
	evidence = kids ? s2_list_add(kids) : NULL;
	if (!evidence)
		return -ENOMEM;
	s2_obj_set_kids_known(finding, S2_OBJ_EVIDENCE, true);
	s2_obj_copy_all(evidence, hit->evidence);
	s2_obj_set_str(finding, S2_FINDING_RULE, rule->id);
	s2_obj_set_num(finding, S2_FINDING_SEVERITY, hit->severity);
	s2_obj_set_str(finding, S2_FINDING_STATEMENT, hit->statement);
	s2_obj_set_num(finding, S2_FINDING_WAIVED, false);
	if (place->pair) {
		set_pair(finding, place->pair);
	} else {
		set_range(finding, place->obj);
		if (place->vm) {
			s2_who_copy(finding, place->vm);
			s2_obj_copy(finding, S2_FINDING_NAME, place->vm,
				    S2_VM_NAME);
			s2_obj_copy(finding, S2_FINDING_UUID, place->vm,
				    S2_VM_UUID);
		}
	}
	if (own_strings(report, finding) || own_strings(report, evidence))
		return -ENOMEM;
	key = make_key(report, rule, place, finding, evidence);
	s2_obj_set_str(finding, S2_FINDING_KEY, key);
	return key ? 0 : -ENOMEM;
}

int s2_finding_add(struct s2_report *report, const struct s2_rule *rule,
		   const struct s2_place *place, struct s2_hit *hit)
{
	uint32_t *number;
	int err;

	if (!place->pair)
		fill_evidence(hit->evidence, place->obj);
	if (place->pair || s2_obj_type(place->obj) != S2_OBJ_EXTENT)
		return add_finding(report, rule, place, hit);
	number = find_like(report, rule, place, hit);
	if (!number)
		return -ENOMEM;
	if (*number) {
		merge(s2_list_at(&report->findings, *number - 1), place->obj,
		      hit);
		return 0;
	}
	err = add_finding(report, rule, place, hit);
	*number = (uint32_t)report->findings.count;
	return err;
}

/* ------------------------------------------------------------------ order */

int s2_finding_cmp(const void *a, const void *b)
{
	static const unsigned int ids[] = {
		S2_FINDING_VM, S2_FINDING_PID, S2_FINDING_FD, S2_FINDING_GPA,
		S2_FINDING_SLOT,
	};
	int cmp = s2_order(s2_obj_num(b, S2_FINDING_SEVERITY, 0),
			   s2_obj_num(a, S2_FINDING_SEVERITY, 0));

	if (!cmp)
		cmp = strcmp(s2_obj_str(a, S2_FINDING_RULE),
			     s2_obj_str(b, S2_FINDING_RULE));
	for (size_t i = 0; !cmp && i < ARRAY_SIZE(ids); i++)
		cmp = s2_order(s2_obj_num(a, ids[i], 0),
			       s2_obj_num(b, ids[i], 0));
	return cmp ? cmp : strcmp(s2_obj_str(a, S2_FINDING_KEY),
				  s2_obj_str(b, S2_FINDING_KEY));
}

/* A key, and the finding that has it */
struct keyed {
	const char *key;
	size_t n;
};

/* The same text has the same address */
static int cmp_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int cmp = s2_order((uintptr_t)x->key, (uintptr_t)y->key);

	return cmp ? cmp : s2_order(x->n, y->n);
}

static int number_keys(struct s2_report *report, const struct keyed *keyed,
		       size_t count)
{
	size_t times = 1;

	for (size_t i = 1; i < count; i++) {
		char text[8224];
		const char *key;

		times = keyed[i].key == keyed[i - 1].key ? times + 1 : 1;
		if (times == 1)
			continue;
		snprintf(text, sizeof(text), "%s/%zu", keyed[i].key, times);
		key = s2_pool_add(&report->pool, text);
		if (!key)
			return -ENOMEM;
		s2_obj_set_str(s2_list_at(&report->findings, keyed[i].n),
			       S2_FINDING_KEY, key);
	}
	return 0;
}

int s2_finding_unique_keys(struct s2_report *report, size_t first)
{
	size_t count = report->findings.count - first;
	struct keyed *keyed;
	int err;

	if (count < 2)
		return 0;
	keyed = calloc(count, sizeof(*keyed));
	if (!keyed)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		keyed[i].n = first + i;
		keyed[i].key = s2_obj_str(s2_list_at(&report->findings,
						     first + i),
					  S2_FINDING_KEY);
	}
	qsort(keyed, count, sizeof(*keyed), cmp_keyed);
	err = number_keys(report, keyed, count);
	free(keyed);
	return err;
}
