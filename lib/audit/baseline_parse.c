// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What an audit wrote, trusting nothing.  Only what findings are recognised by
 * is looked at, and the counters of VMs: what a newer s2ctl has added beside
 * them is left alone.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/baseline.h"
#include "base/text.h"
#include "model/field.h"

/* Where in the file the reader is, for error texts: "vms[2].slots[0]" */
struct reader {
	struct s2_baseline *baseline;
	struct s2_pool *pool;
	const char *name;
	char where[64];
};

static int bad(struct reader *r, const char *key, const char *what)
{
	return s2_fail(r->baseline->ctx, -EINVAL, "%s: not a valid audit: %s%s%s: %s",
		       r->name, r->where, *r->where ? "." : "", key, what);
}

/* ----------------------------------------------------------------- fields */

/* json-c makes UINT64_MAX of all that is larger, so that cannot be told apart */
static int read_num(struct reader *r, const struct s2_field *field,
		    struct json_object *json, struct s2_obj *obj)
{
	if (!json_object_is_type(json, json_type_int) ||
	    json_object_get_int64(json) < 0 ||
	    json_object_get_uint64(json) == UINT64_MAX)
		return bad(r, field->name, "not an unsigned integer, or too large");
	s2_obj_set_num(obj, field->id, json_object_get_uint64(json));
	return 0;
}

static int read_text(struct reader *r, const struct s2_field *field,
		     struct json_object *json, struct s2_obj *obj)
{
	char clean[S2_STRING_MAX];
	const char *kept;

	if (!json_object_is_type(json, json_type_string))
		return bad(r, field->name, "not a string");
	(s2_field_is_name(field) ? s2_escape_again : s2_text_clean)(
		clean, sizeof(clean), json_object_get_string(json),
		json_object_get_string_len(json));
	if (field->kind == S2_KIND_ENUM) {
		uint64_t num = s2_field_num(field, clean);

		/* Of a newer s2ctl: not known */
		if (num)
			s2_obj_set_num(obj, field->id, num);
		return 0;
	}
	kept = s2_pool_add(r->pool, clean);
	if (!kept)
		return s2_fail_nomem(r->baseline->ctx);
	s2_obj_set_str(obj, field->id, kept);
	return 0;
}

static int read_field(struct reader *r, const struct s2_field *field,
		      struct json_object *json, struct s2_obj *obj)
{
	if (field->kind == S2_KIND_STRING || field->kind == S2_KIND_ENUM)
		return read_text(r, field, json, obj);
	if (field->kind != S2_KIND_BOOL)
		return read_num(r, field, json, obj);
	if (!json_object_is_type(json, json_type_boolean))
		return bad(r, field->name, "neither true nor false");
	s2_obj_set_num(obj, field->id, json_object_get_boolean(json));
	return 0;
}

/* Reads the fields with these ids; the list ends with 0 */
static int read_fields(struct reader *r, struct json_object *json,
		       struct s2_obj *obj, const unsigned int *ids)
{
	if (!json_object_is_type(json, json_type_object))
		return bad(r, "it", "not an object");
	for (; *ids; ids++) {
		const struct s2_field *field = s2_field_by_id(*ids);
		struct json_object *child = NULL;
		int err;

		json_object_object_get_ex(json, field->name, &child);
		if (!child)
			continue;
		err = read_field(r, field, child, obj);
		if (err)
			return err;
	}
	return 0;
}

/* --------------------------------------------------------------- findings */

static int add_known(struct reader *r, struct s2_known_set *set,
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

static int add_finding(struct reader *r, const struct s2_obj *finding)
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

static int read_finding(struct reader *r, struct json_object *json)
{
	static const unsigned int ids[] = {
		S2_FINDING_RULE, S2_FINDING_SEVERITY, S2_FINDING_VM,
		S2_FINDING_SLOT, S2_FINDING_GPA, S2_FINDING_STATEMENT,
		S2_FINDING_WAIVED, S2_FINDING_NAME, S2_FINDING_UUID,
		S2_FINDING_KEY, 0
	};
	struct s2_pool scratch = { .count = 0 };
	struct s2_list list;
	struct s2_obj *finding;
	int err;

	/* There may be a great many, and they are not looked up again */
	r->pool = &scratch;
	s2_list_init(&list, S2_OBJ_FINDING);
	finding = s2_list_add(&list);
	err = finding ? read_fields(r, json, finding, ids) :
		s2_fail_nomem(r->baseline->ctx);
	if (!err && !s2_obj_has(finding, S2_FINDING_RULE))
		err = bad(r, "rule", "missing");
	if (!err && !s2_obj_has(finding, S2_FINDING_STATEMENT))
		err = bad(r, "statement", "missing");
	if (!err)
		err = add_finding(r, finding);
	s2_list_clear(&list);
	s2_pool_clear(&scratch);
	r->pool = &r->baseline->pool;
	return err;
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

static int read_findings(struct reader *r, struct json_object *root)
{
	struct json_object *array = NULL;
	int err = 0;

	json_object_object_get_ex(root, "findings", &array);
	if (!json_object_is_type(array, json_type_array))
		return bad(r, "findings", "missing or not an array");
	for (size_t i = 0; !err && i < json_object_array_length(array); i++) {
		snprintf(r->where, sizeof(r->where), "findings[%zu]", i);
		err = read_finding(r, json_object_array_get_idx(array, i));
	}
	r->where[0] = '\0';
	sort_set(&r->baseline->by_key);
	sort_set(&r->baseline->by_place);
	sort_set(&r->baseline->keyless);
	return err;
}

/* --------------------------------------------------------------- counters */

/* Slots or policies of a VM: @key says which */
static int read_kids(struct reader *r, struct json_object *json,
		     struct s2_obj *vm, size_t n, enum s2_obj_type type,
		     const char *key, const unsigned int *ids)
{
	struct json_object *array = NULL;
	struct s2_list *list = s2_obj_kids(vm, type);

	if (!list)
		return s2_fail_nomem(r->baseline->ctx);
	json_object_object_get_ex(json, key, &array);
	if (!array)
		return 0;
	if (!json_object_is_type(array, json_type_array))
		return bad(r, key, "not an array");
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct s2_obj *kid = s2_list_add(list);
		int err;

		if (!kid)
			return s2_fail_nomem(r->baseline->ctx);
		snprintf(r->where, sizeof(r->where), "vms[%zu].%s[%zu]", n,
			 key, i);
		err = read_fields(r, json_object_array_get_idx(array, i), kid,
				  ids);
		if (err)
			return err;
	}
	s2_obj_set_kids_known(vm, type, true);
	return 0;
}

static int read_counters(struct reader *r, struct json_object *json,
			 struct s2_obj *vm, size_t n)
{
	static const unsigned int slot_ids[] = {
		S2_SLOT_SLOT, S2_SLOT_DENIED, S2_SLOT_WOULD_DENY, 0
	};
	static const unsigned int policy_ids[] = {
		S2_POLICY_SLOT, S2_POLICY_CLASS, S2_POLICY_DENIED,
		S2_POLICY_WOULD_DENY, 0
	};
	int err = read_kids(r, json, vm, n, S2_OBJ_SLOT, "slots", slot_ids);

	if (err)
		return err;
	/* read_kids() has been further than here */
	snprintf(r->where, sizeof(r->where), "vms[%zu]", n);
	return read_kids(r, json, vm, n, S2_OBJ_POLICY, "policies", policy_ids);
}

static int read_vm(struct reader *r, struct json_object *json, size_t n)
{
	static const unsigned int ids[] = { S2_VM_ID, 0 };
	struct s2_obj *vm = s2_list_add(&r->baseline->vms);
	int err;

	if (!vm)
		return s2_fail_nomem(r->baseline->ctx);
	snprintf(r->where, sizeof(r->where), "vms[%zu]", n);
	err = read_fields(r, json, vm, ids);
	if (!err && s2_obj_has(vm, S2_VM_ID))
		return read_counters(r, json, vm, n);
	if (!err)
		s2_list_drop(&r->baseline->vms);
	return err;
}

static int read_vms(struct reader *r, struct json_object *root)
{
	struct json_object *array = NULL;
	int err = 0;

	json_object_object_get_ex(root, "vms", &array);
	if (!array)
		return 0;
	if (!json_object_is_type(array, json_type_array))
		return bad(r, "vms", "not an array");
	for (size_t i = 0; !err && i < json_object_array_length(array); i++)
		err = read_vm(r, json_object_array_get_idx(array, i), i);
	return err;
}

/* --------------------------------------------------------------- envelope */

static int read_boot(struct reader *r, struct json_object *root)
{
	static const unsigned int ids[] = { S2_HOST_BOOT_ID, 0 };
	struct json_object *json = NULL;
	struct s2_list list;
	struct s2_obj *host;
	int err;

	json_object_object_get_ex(root, "host", &json);
	if (!json)
		return bad(r, "host", "missing");
	s2_list_init(&list, S2_OBJ_HOST);
	host = s2_list_add(&list);
	snprintf(r->where, sizeof(r->where), "host");
	err = host ? read_fields(r, json, host, ids) :
		s2_fail_nomem(r->baseline->ctx);
	if (!err)
		r->baseline->boot_id = s2_obj_str(host, S2_HOST_BOOT_ID);
	r->where[0] = '\0';
	s2_list_clear(&list);
	return err;
}

static int check_envelope(struct reader *r, struct json_object *root)
{
	struct json_object *json = NULL;
	const char *kind;

	if (!json_object_is_type(root, json_type_object))
		return bad(r, "it", "not an object");
	json_object_object_get_ex(root, "format_version", &json);
	if (!json_object_is_type(json, json_type_int) ||
	    json_object_get_int64(json) < 1)
		return bad(r, "format_version", "missing or not a positive integer");
	if (json_object_get_int64(json) > S2_FORMAT_VERSION)
		return s2_fail(r->baseline->ctx, -EPROTONOSUPPORT,
			       "%s: was written by a newer s2ctl (format %" PRId64
			       ", this one reads %d)", r->name,
			       json_object_get_int64(json), S2_FORMAT_VERSION);
	json = NULL;
	json_object_object_get_ex(root, "kind", &json);
	kind = json_object_is_type(json, json_type_string) ?
		json_object_get_string(json) : "";
	if (strcmp(kind, "audit"))
		return bad(r, "kind", "not \"audit\": 's2ctl audit --json' writes one");
	return 0;
}

int s2_baseline_parse(struct s2_baseline *baseline, struct json_object *root,
		      const char *name)
{
	struct reader r = {
		.baseline = baseline, .pool = &baseline->pool, .name = name,
	};
	int err = check_envelope(&r, root);

	if (!err)
		err = read_boot(&r, root);
	if (!err)
		err = read_findings(&r, root);
	return err ? err : read_vms(&r, root);
}
