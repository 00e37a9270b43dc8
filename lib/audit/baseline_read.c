// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What an audit wrote, trusting nothing.  Only what findings are recognised by
 * is looked at, and the counters of VMs: what a newer s2ctl has added beside
 * them is left alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/baseline.h"
#include "model/field_in.h"
#include "model/head.h"

/* What one file is read with */
struct baseline_in {
	struct s2_in in;
	struct s2_baseline *baseline;
	struct s2_words_in words;
	struct s2_field_in host;
	struct s2_field_in finding;
	struct s2_field_in vm;
	struct s2_field_in slot;
	struct s2_field_in policy;
	bool has_findings;
};

enum { DOC_HOST, DOC_FINDINGS, DOC_VMS };
/* Behind the fields of a VM */
enum { VM_SLOTS, VM_POLICIES };

/* A word that is not known is of a newer s2ctl: the field is not known */
static struct s2_field_to to_pool(struct s2_pool *pool)
{
	return (struct s2_field_to){ .pool = pool };
}

/* --------------------------------------------------------------- findings */

static int add_known(struct baseline_in *r, struct s2_known_set *set,
		     const char *id, unsigned int severity)
{
	char *kept;

	if (set->count == set->room) {
		size_t room = set->room ? set->room * 2 : 16;
		struct s2_known *new = reallocarray(set->known, room,
						    sizeof(*new));

		if (!new)
			return s2_fail_nomem(r->baseline->ctx);
		set->known = new;
		set->room = room;
	}
	kept = strdup(id);
	if (!kept)
		return s2_fail_nomem(r->baseline->ctx);
	set->known[set->count++] = (struct s2_known){ kept, severity };
	return 0;
}

static int add_finding(struct baseline_in *r, const struct s2_obj *finding)
{
	struct s2_baseline *baseline = r->baseline;
	const char *key = s2_obj_str(finding, S2_FINDING_KEY);
	unsigned int severity = s2_obj_num(finding, S2_FINDING_SEVERITY, 0);
	char *place = s2_finding_place(finding, baseline->boot_id);
	int err;

	if (!place)
		return s2_fail_nomem(baseline->ctx);
	if (s2_obj_num(finding, S2_FINDING_WAIVED, 0))
		severity = 0;
	err = add_known(r, &baseline->by_place, place, severity);
	if (!err)
		err = add_known(r, key ? &baseline->by_key :
				&baseline->keyless, key ? key : place,
				severity);
	free(place);
	return err;
}

static void take_finding(struct baseline_in *r, struct s2_obj *finding,
			 const struct s2_field_to *to)
{
	s2_field_in_object(&r->in, &r->finding, finding, to);
	if (!r->in.err && !s2_obj_has(finding, S2_FINDING_RULE))
		s2_in_bad_member(&r->in, "rule", 0, "missing");
	if (!r->in.err && !s2_obj_has(finding, S2_FINDING_STATEMENT))
		s2_in_bad_member(&r->in, "statement", 0, "missing");
	if (!r->in.err && add_finding(r, finding))
		s2_in_fail_nomem(&r->in);
}

/* There may be a great many, and their strings are not looked up again */
static void read_finding(struct baseline_in *r)
{
	struct s2_pool scratch = { .count = 0 };
	const struct s2_field_to to = to_pool(&scratch);
	struct s2_list list;
	struct s2_obj *finding;

	s2_list_init(&list, S2_OBJ_FINDING);
	finding = s2_list_add(&list);
	if (finding)
		take_finding(r, finding, &to);
	else
		s2_in_fail_nomem(&r->in);
	s2_list_clear(&list);
	s2_pool_clear(&scratch);
}

static int cmp_known(const void *a, const void *b)
{
	return strcmp(((const struct s2_known *)a)->id,
		      ((const struct s2_known *)b)->id);
}

static void sort_set(struct s2_known_set *set)
{
	if (set->count)
		qsort(set->known, set->count, sizeof(*set->known), cmp_known);
}

static void read_findings(struct baseline_in *r)
{
	if (s2_in_type(&r->in) != S2_IN_ARRAY) {
		s2_in_bad(&r->in, "missing or not an array");
		return;
	}
	r->has_findings = true;
	s2_in_enter(&r->in);
	while (s2_in_next(&r->in))
		read_finding(r);
}

/* --------------------------------------------------------------- counters */

static void read_kids(struct baseline_in *r, struct s2_obj *vm,
		      enum s2_obj_type type, const struct s2_field_in *fields)
{
	const struct s2_field_to to = to_pool(&r->baseline->pool);
	struct s2_list *list = s2_obj_kids(vm, type);
	struct s2_obj *kid;

	if (!list)
		s2_in_fail_nomem(&r->in);
	if (!list || !s2_field_in_is_array(&r->in))
		return;
	s2_in_enter(&r->in);
	while (s2_in_next(&r->in)) {
		kid = s2_list_add(list);
		if (kid)
			s2_field_in_object(&r->in, fields, kid, &to);
		else
			s2_in_fail_nomem(&r->in);
	}
	s2_obj_set_kids_known(vm, type, true);
}

static void read_vm(struct baseline_in *r)
{
	const struct s2_field_to to = to_pool(&r->baseline->pool);
	struct s2_obj *vm;
	int key;

	if (!s2_field_in_is_object(&r->in))
		return;
	vm = s2_list_add(&r->baseline->vms);
	if (!vm) {
		s2_in_fail_nomem(&r->in);
		return;
	}
	s2_in_enter(&r->in);
	while (s2_in_key(&r->in, &r->vm.keys, &key)) {
		if (key == (int)r->vm.count + VM_SLOTS)
			read_kids(r, vm, S2_OBJ_SLOT, &r->slot);
		else if (key == (int)r->vm.count + VM_POLICIES)
			read_kids(r, vm, S2_OBJ_POLICY, &r->policy);
		else if (key < 0)
			s2_in_skip(&r->in);
		else
			s2_field_in_read(&r->in, &r->vm, (unsigned int)key, vm,
					 &to);
	}
	if (!s2_obj_has(vm, S2_VM_ID))
		s2_list_drop(&r->baseline->vms);
}

static void read_vms(struct baseline_in *r)
{
	if (!s2_field_in_is_array(&r->in))
		return;
	s2_in_enter(&r->in);
	while (s2_in_next(&r->in))
		read_vm(r);
}

/* --------------------------------------------------------------- the file */

static void init_fields(struct baseline_in *r)
{
	static const unsigned int host[] = { S2_HOST_BOOT_ID, 0 };
	static const unsigned int finding[] = {
		S2_FINDING_RULE, S2_FINDING_SEVERITY, S2_FINDING_VM,
		S2_FINDING_SLOT, S2_FINDING_GPA, S2_FINDING_STATEMENT,
		S2_FINDING_WAIVED, S2_FINDING_NAME, S2_FINDING_UUID,
		S2_FINDING_KEY, S2_FINDING_PID, S2_FINDING_START,
		S2_FINDING_FD, 0
	};
	static const unsigned int vm[] = { S2_VM_ID, 0 };
	static const unsigned int slot[] = {
		S2_SLOT_SLOT, S2_SLOT_DENIED, S2_SLOT_WOULD_DENY, 0
	};
	static const unsigned int policy[] = {
		S2_POLICY_SLOT, S2_POLICY_CLASS, S2_POLICY_DENIED,
		S2_POLICY_WOULD_DENY, 0
	};

	s2_field_in_init(&r->host, &r->words, S2_OBJ_HOST, host);
	s2_field_in_init(&r->finding, &r->words, S2_OBJ_FINDING, finding);
	s2_field_in_init(&r->slot, &r->words, S2_OBJ_SLOT, slot);
	s2_field_in_init(&r->policy, &r->words, S2_OBJ_POLICY, policy);
	s2_field_in_init(&r->vm, &r->words, S2_OBJ_VM, vm);
	s2_keys_add(&r->vm.keys, "slots");
	s2_keys_add(&r->vm.keys, "policies");
	s2_keys_finish(&r->host.keys);
	s2_keys_finish(&r->finding.keys);
	s2_keys_finish(&r->slot.keys);
	s2_keys_finish(&r->policy.keys);
	s2_keys_finish(&r->vm.keys);
}

static void init_document(struct s2_keys *keys)
{
	s2_keys_add(keys, "host");
	s2_keys_add(keys, "findings");
	s2_keys_add(keys, "vms");
	s2_keys_finish(keys);
}

static void read_boot(struct baseline_in *r)
{
	struct s2_baseline *baseline = r->baseline;
	const struct s2_field_to to = to_pool(&baseline->pool);
	struct s2_list list;
	struct s2_obj *host;

	s2_list_init(&list, S2_OBJ_HOST);
	host = s2_list_add(&list);
	if (host)
		s2_field_in_object(&r->in, &r->host, host, &to);
	else
		s2_in_fail_nomem(&r->in);
	if (host)
		baseline->boot_id = s2_obj_str(host, S2_HOST_BOOT_ID);
	s2_list_clear(&list);
}

/* The host, without which findings are not recognised: no further than to it */
static void read_host(struct baseline_in *r, const struct s2_keys *document)
{
	bool there = false;
	int key;

	s2_in_enter(&r->in);
	while (!there && s2_in_key(&r->in, document, &key)) {
		there = key == DOC_HOST;
		if (there)
			read_boot(r);
		else
			s2_in_skip(&r->in);
	}
	if (!there)
		s2_in_bad_member(&r->in, "host", 0, "missing");
}

static void read_body(struct baseline_in *r, const struct s2_keys *document)
{
	int key;

	s2_in_enter(&r->in);
	while (s2_in_key(&r->in, document, &key)) {
		if (key == DOC_FINDINGS)
			read_findings(r);
		else if (key == DOC_VMS)
			read_vms(r);
		else
			s2_in_skip(&r->in);
	}
	if (!r->has_findings)
		s2_in_bad_member(&r->in, "findings", 0,
				 "missing or not an array");
	s2_in_finish(&r->in);
}

static int read_store(struct baseline_in *r, struct s2_store *store,
		      const char *name)
{
	struct s2_in_place place = { .from = 0, .line = 1 };
	struct s2_keys document = { .count = 0 };
	int err = s2_head_check(store, name, "an audit", "audit",
				": 's2ctl audit --json' writes one");

	if (!err)
		err = s2_in_open(&r->in, store, name, "an audit");
	if (err)
		return err;
	init_fields(r);
	init_document(&document);
	read_host(r, &document);
	s2_in_return(&r->in, place);
	if (!r->in.err)
		read_body(r, &document);
	sort_set(&r->baseline->by_key);
	sort_set(&r->baseline->by_place);
	sort_set(&r->baseline->keyless);
	return r->in.err;
}

static int read_path(struct s2_baseline *baseline, const char *path)
{
	struct baseline_in *r = calloc(1, sizeof(*r));
	struct s2_store store;
	int err;

	if (!r)
		return s2_fail_nomem(baseline->ctx);
	r->baseline = baseline;
	s2_store_init(&store, baseline->ctx);
	err = s2_store_open(&store, path);
	if (!err)
		err = read_store(r, &store, strcmp(path, "-") ? path :
				 "standard input");
	s2_in_clear(&r->in);
	s2_store_clear(&store);
	free(r);
	return err;
}

int s2_baseline_load(struct s2_ctx *ctx, const char *path,
		     struct s2_baseline **baseline)
{
	struct s2_baseline *new = calloc(1, sizeof(*new));
	int err;

	*baseline = NULL;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	s2_list_init(&new->vms, S2_OBJ_VM);
	err = read_path(new, path);
	if (!err)
		err = s2_baseline_settle(new);
	if (err) {
		s2_baseline_free(new);
		return err;
	}
	*baseline = new;
	return 0;
}
