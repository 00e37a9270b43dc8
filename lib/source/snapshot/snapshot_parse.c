// SPDX-License-Identifier: LGPL-2.1-or-later
/* Snapshot backend: from JSON to a model, trusting nothing */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "model/field.h"
#include "model/program.h"
#include "source/snapshot/snapshot_parse.h"

/* Where in the file the reader is, for error texts: "vms[2].slots[0]" */
struct reader {
	struct s2_model *model;
	const char *name;
	char where[64];
};

static int bad(struct reader *r, const char *key, const char *what)
{
	return s2_fail(r->model->ctx, -EINVAL, "%s: not a valid snapshot: %s%s%s: %s",
		       r->name, r->where, *r->where ? "." : "", key, what);
}

/* json-c makes UINT64_MAX of all that is larger, so that cannot be told apart */
static int read_u64(struct json_object *json, uint64_t *num)
{
	if (!json_object_is_type(json, json_type_int) ||
	    json_object_get_int64(json) < 0)
		return -EINVAL;
	*num = json_object_get_uint64(json);
	return *num == UINT64_MAX ? -EINVAL : 0;
}

static int read_flags(struct reader *r, const struct s2_field *field,
		      struct json_object *json, uint64_t *mask)
{
	*mask = 0;
	if (!json_object_is_type(json, json_type_array))
		return bad(r, field->name, "not an array of words");
	for (size_t i = 0; i < json_object_array_length(json); i++) {
		struct json_object *word = json_object_array_get_idx(json, i);
		int bit = -1;

		if (json_object_is_type(word, json_type_string))
			bit = s2_flag_bit(field, json_object_get_string(word));
		if (bit < 0)
			return bad(r, field->name, "unknown word in the array");
		*mask |= 1ull << bit;
	}
	return 0;
}

static int unknown_word(struct reader *r, const struct s2_field *field,
			const char *word)
{
	return s2_model_problem(r->model, S2_PROBLEM_UNKNOWN_VALUE, NULL,
				"this version of s2ctl does not know the %s '%.40s' in the snapshot",
				field->name, word);
}

static int read_word(struct reader *r, const struct s2_field *field,
		     struct json_object *json, struct s2_obj *obj)
{
	const char *word = json_object_get_string(json), *known;
	uint64_t num;

	if (!json_object_is_type(json, json_type_string))
		return bad(r, field->name, "not a string");
	if (field->kind == S2_KIND_PERM) {
		int perm = s2_perm_parse(word);

		if (perm < 0)
			return bad(r, field->name, "not of the form rwx");
		s2_obj_set_num(obj, field->id, perm);
		return 0;
	}
	num = s2_field_num(field, word);
	/* 0 may be a word of its own */
	known = s2_field_word(field, num);
	if (!known || strcmp(known, word))
		return unknown_word(r, field, word);
	s2_obj_set_num(obj, field->id, num);
	return 0;
}

static int read_string(struct reader *r, const struct s2_field *field,
		       struct json_object *json, struct s2_obj *obj)
{
	const char *str;
	size_t len;

	if (!json_object_is_type(json, json_type_string))
		return bad(r, field->name, "not a string");
	len = json_object_get_string_len(json);
	str = s2_model_text(r->model, field, json_object_get_string(json), len);
	if (!str && len)
		return s2_fail_nomem(r->model->ctx);
	s2_obj_set_str(obj, field->id, str);
	return 0;
}

static int read_field(struct reader *r, const struct s2_field *field,
		      struct json_object *json, struct s2_obj *obj)
{
	uint64_t num = 0;
	int err;

	switch (field->kind) {
	case S2_KIND_BOOL:
		if (!json_object_is_type(json, json_type_boolean))
			return bad(r, field->name, "neither true nor false");
		num = json_object_get_boolean(json);
		break;
	case S2_KIND_NUMBER:
	case S2_KIND_BYTES:
	case S2_KIND_ADDRESS:
	case S2_KIND_TIME:
		if (read_u64(json, &num))
			return bad(r, field->name, "not an unsigned integer, or too large");
		break;
	case S2_KIND_FLAGS:
		err = read_flags(r, field, json, &num);
		if (err)
			return err;
		break;
	case S2_KIND_ENUM:
	case S2_KIND_PERM:
		return read_word(r, field, json, obj);
	case S2_KIND_STRING:
		return read_string(r, field, json, obj);
	}
	s2_obj_set_num(obj, field->id, num);
	return 0;
}

/* Keys that this version does not know are left alone: additions are allowed */
static int read_obj(struct reader *r, struct json_object *json,
		    struct s2_obj *obj)
{
	const struct s2_field *field = s2_fields(s2_obj_type(obj), NULL);

	if (!json_object_is_type(json, json_type_object))
		return bad(r, "it", "not an object");
	for (; field->name; field++) {
		struct json_object *child = NULL;
		int err;

		if (field->flags & S2_FIELD_DERIVED)
			continue;
		json_object_object_get_ex(json, field->name, &child);
		if (!child)
			continue;
		err = read_field(r, field, child, obj);
		if (err)
			return err;
	}
	return 0;
}

/* A range must have a start and a length, and end within 64 bits */
static int check_range(struct reader *r, const struct s2_obj *obj,
		       unsigned int gpa_id, unsigned int bytes_id)
{
	uint64_t gpa, bytes = s2_obj_num(obj, bytes_id, 0);

	if (!s2_obj_has(obj, gpa_id))
		return bad(r, "gpa", "missing");
	if (!bytes)
		return bad(r, "bytes", "missing or zero");
	gpa = s2_obj_num(obj, gpa_id, 0);
	if (gpa + (bytes - 1) < gpa)
		return bad(r, "bytes", "the range wraps around");
	return 0;
}

static int check_kid(struct reader *r, const struct s2_obj *obj)
{
	if (s2_obj_type(obj) == S2_OBJ_EXTENT)
		return check_range(r, obj, S2_EXTENT_GPA, S2_EXTENT_BYTES);
	if (!s2_obj_has(obj, S2_SLOT_SLOT))
		return bad(r, "slot", "missing");
	return check_range(r, obj, S2_SLOT_GPA, S2_SLOT_BYTES);
}

static int read_kids(struct reader *r, struct json_object *json,
		     struct s2_obj *vm, enum s2_obj_type type,
		     const char *key, size_t vm_index)
{
	struct json_object *array = NULL;
	struct s2_list *list;

	json_object_object_get_ex(json, key, &array);
	if (!array)
		return 0;
	if (!json_object_is_type(array, json_type_array))
		return bad(r, key, "not an array");
	list = s2_obj_kids(vm, type);
	if (!list)
		return s2_fail_nomem(r->model->ctx);
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct s2_obj *obj = s2_list_add(list);
		int err;

		if (!obj)
			return s2_fail_nomem(r->model->ctx);
		snprintf(r->where, sizeof(r->where), "vms[%zu].%s[%zu]",
			 vm_index, key, i);
		err = read_obj(r, json_object_array_get_idx(array, i), obj);
		if (!err)
			err = check_kid(r, obj);
		if (err)
			return err;
	}
	s2_obj_set_kids_known(vm, type, true);
	return 0;
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Numbers that must be unique: VM ids, slots of a VM.  Absent ones may repeat */
static int check_unique(struct reader *r, const struct s2_list *list,
			unsigned int id, const char *what)
{
	uint64_t *nums = calloc(list->count + 1, sizeof(*nums));
	size_t count = 0;
	int err = 0;

	if (!nums)
		return s2_fail_nomem(r->model->ctx);
	for (size_t i = 0; i < list->count; i++)
		if (s2_obj_has(s2_list_at(list, i), id))
			nums[count++] = s2_obj_num(s2_list_at(list, i), id, 0);
	qsort(nums, count, sizeof(*nums), cmp_u64);
	for (size_t i = 1; !err && i < count; i++) {
		char text[64];

		if (nums[i] != nums[i - 1])
			continue;
		snprintf(text, sizeof(text), "%" PRIu64 " is there twice",
			 nums[i]);
		err = bad(r, what, text);
	}
	free(nums);
	return err;
}

static int read_policies(struct reader *r, struct json_object *json,
			 struct s2_list *list, const char *where, bool *known)
{
	struct json_object *array = NULL;

	json_object_object_get_ex(json, "policies", &array);
	if (!array)
		return 0;
	if (!json_object_is_type(array, json_type_array))
		return bad(r, "policies", "not an array");
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct s2_obj *obj = s2_list_add(list);
		int err;

		if (!obj)
			return s2_fail_nomem(r->model->ctx);
		snprintf(r->where, sizeof(r->where), "%spolicies[%zu]", where,
			 i);
		err = read_obj(r, json_object_array_get_idx(array, i), obj);
		if (!err && s2_obj_has(obj, S2_POLICY_SLOT) &&
		    s2_obj_has(obj, S2_POLICY_CLASS))
			err = bad(r, "class", "there beside a slot");
		if (err)
			return err;
	}
	*known = true;
	return 0;
}

static int read_vm_policies(struct reader *r, struct json_object *json,
			    struct s2_obj *vm, size_t i)
{
	struct s2_list *list = s2_obj_kids(vm, S2_OBJ_POLICY);
	bool known = false;
	char where[32];
	int err;

	if (!list)
		return s2_fail_nomem(r->model->ctx);
	snprintf(where, sizeof(where), "vms[%zu].", i);
	err = read_policies(r, json, list, where, &known);
	s2_obj_set_kids_known(vm, S2_OBJ_POLICY, known);
	return err;
}

static int read_vm(struct reader *r, struct json_object *json,
		   struct s2_list *list, size_t i)
{
	struct s2_obj *vm = s2_list_add(list);
	int err;

	if (!vm)
		return s2_fail_nomem(r->model->ctx);
	snprintf(r->where, sizeof(r->where), "vms[%zu]", i);
	err = read_obj(r, json, vm);
	if (!err && s2_obj_num(vm, S2_VM_IPA_BITS, 0) > 64)
		err = bad(r, "ipa_bits", "more than 64");
	if (!err)
		err = read_kids(r, json, vm, S2_OBJ_SLOT, "slots", i);
	if (!err)
		err = read_kids(r, json, vm, S2_OBJ_EXTENT, "extents", i);
	if (!err)
		err = read_vm_policies(r, json, vm, i);
	snprintf(r->where, sizeof(r->where), "vms[%zu]", i);
	if (!err && s2_obj_known(vm, S2_OBJ_SLOT))
		err = check_unique(r, s2_obj_kids(vm, S2_OBJ_SLOT),
				   S2_SLOT_SLOT, "slots");
	return err;
}

int s2_snapshot_parse_vm(struct s2_model *model, struct s2_list *list,
			 struct json_object *json, size_t n, const char *name)
{
	struct reader r = { .model = model, .name = name };

	return read_vm(&r, json, list, n);
}

int s2_snapshot_check_vms(struct s2_model *model, const char *name)
{
	struct reader r = { .model = model, .name = name };

	return check_unique(&r, &model->vms, S2_VM_ID, "vms");
}

static int read_host(struct reader *r, struct json_object *root)
{
	struct s2_obj *host = s2_model_host_rw(r->model);
	struct json_object *json = NULL;
	uint64_t page;
	int err;

	json_object_object_get_ex(root, "host", &json);
	if (!json)
		return bad(r, "host", "missing");
	snprintf(r->where, sizeof(r->where), "host");
	err = read_obj(r, json, host);
	if (err)
		return err;
	page = s2_obj_num(host, S2_HOST_PAGE_SIZE, 4096);
	if (!page || (page & (page - 1)))
		return bad(r, "page_size", "not a power of two");
	s2_obj_set_num(host, S2_HOST_SOURCE, S2_SOURCE_SNAPSHOT);
	r->where[0] = '\0';
	return 0;
}

/* Into a list of its own: reading one problem may add another to the model */
static int read_problem_list(struct reader *r, struct json_object *array,
			     struct s2_list *list)
{
	int err = 0;

	for (size_t i = 0; !err && i < json_object_array_length(array); i++) {
		struct s2_obj *obj = s2_list_add(list);

		if (!obj)
			return s2_fail_nomem(r->model->ctx);
		snprintf(r->where, sizeof(r->where), "problems[%zu]", i);
		err = read_obj(r, json_object_array_get_idx(array, i), obj);
		if (!err && !s2_obj_has(obj, S2_PROBLEM_TEXT))
			err = bad(r, "text", "missing");
	}
	for (size_t i = 0; !err && i < list->count; i++) {
		struct s2_obj *obj = s2_list_add(&r->model->problems);

		if (!obj)
			return s2_fail_nomem(r->model->ctx);
		s2_obj_copy_all(obj, s2_list_at(list, i));
	}
	r->where[0] = '\0';
	return err;
}

static int read_problems(struct reader *r, struct json_object *root)
{
	struct json_object *array = NULL, *complete = NULL;
	struct s2_list list;
	int err;

	json_object_object_get_ex(root, "problems", &array);
	if (!json_object_is_type(array, json_type_array))
		return bad(r, "problems", "missing or not an array");
	s2_list_init(&list, S2_OBJ_PROBLEM);
	err = read_problem_list(r, array, &list);
	s2_list_clear(&list);
	if (err)
		return err;
	json_object_object_get_ex(root, "complete", &complete);
	if (!json_object_is_type(complete, json_type_boolean))
		return bad(r, "complete", "missing or neither true nor false");
	if (!json_object_get_boolean(complete) && s2_model_complete(r->model))
		return s2_model_problem(r->model, S2_PROBLEM_MALFORMED, NULL,
					"the snapshot is incomplete and does not say why");
	return 0;
}

static int check_envelope(struct reader *r, struct json_object *root)
{
	struct json_object *json = NULL;
	uint64_t version;

	if (!json_object_is_type(root, json_type_object))
		return bad(r, "it", "not an object");
	json_object_object_get_ex(root, "format_version", &json);
	if (read_u64(json, &version) || !version)
		return bad(r, "format_version", "missing or not a positive integer");
	if (version > S2_FORMAT_VERSION)
		return s2_fail(r->model->ctx, -EPROTONOSUPPORT,
			       "%s: was written by a newer s2ctl (format %" PRIu64
			       ", this one reads %d)", r->name, version,
			       S2_FORMAT_VERSION);
	json = NULL;
	json_object_object_get_ex(root, "kind", &json);
	if (!json_object_is_type(json, json_type_string) ||
	    strcmp(json_object_get_string(json), "snapshot"))
		return bad(r, "kind", "not \"snapshot\"");
	return 0;
}

int s2_snapshot_parse(struct s2_model *model, struct json_object *root,
		      bool has_vms, const char *name)
{
	struct reader r = { .model = model, .name = name };
	int err = check_envelope(&r, root);

	if (!err)
		err = read_problems(&r, root);
	if (!err)
		err = read_host(&r, root);
	if (!err)
		err = read_policies(&r, root, &model->policies, "",
				    &model->policies_known);
	r.where[0] = '\0';
	if (!err && !has_vms)
		err = bad(&r, "vms", "missing or not an array");
	model->vms_known = true;
	return err;
}
