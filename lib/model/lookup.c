// SPDX-License-Identifier: LGPL-2.1-or-later
/* VMs by id, pid, UUID or name */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "model/model.h"
#include "base/escape.h"
#include "base/text.h"

/* What a VM is looked up by: one of @num and @str */
struct key {
	unsigned int field;
	uint64_t num;
	const char *str;
	bool ignore_case;
};

static bool matches(const struct s2_obj *vm, const struct key *key)
{
	const char *str;

	if (!key->str)
		return s2_obj_has(vm, key->field) &&
			s2_obj_num(vm, key->field, 0) == key->num;
	str = s2_obj_str(vm, key->field);
	if (!str)
		return false;
	return key->ignore_case ? !strcasecmp(str, key->str) :
		!strcmp(str, key->str);
}

/* "pid 12, pid 14": how to tell VMs apart that a key cannot */
static void describe(const struct s2_model *model, const struct key *key,
		     char *buf, size_t size)
{
	const struct s2_obj *vm;
	size_t len = 0;

	*buf = '\0';
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		bool has_id = s2_obj_has(vm, S2_VM_ID);
		int n;

		if (!matches(vm, key))
			continue;
		n = snprintf(buf + len, size - len, "%s%s%" PRIu64,
			     len ? ", " : "", has_id ? "id:" : "pid:",
			     s2_obj_num(vm, has_id ? S2_VM_ID : S2_VM_PID, 0));
		if (n < 0 || (size_t)n >= size - len)
			break;
		len += n;
	}
}

/* 0, -ENOENT without a text, or -ENOTUNIQ */
static int find_one(const struct s2_model *model, const char *spec,
		    const struct key *key, const struct s2_obj **found)
{
	const struct s2_obj *vm;
	size_t count = 0;
	char list[256];

	s2_model_for_each(vm, model, S2_OBJ_VM) {
		if (!matches(vm, key))
			continue;
		if (!count++)
			*found = vm;
	}
	if (count < 2)
		return count ? 0 : -ENOENT;
	*found = NULL;
	describe(model, key, list, sizeof(list));
	return s2_fail(model->ctx, -ENOTUNIQ, "'%s' fits %zu VMs: %s", spec,
		       count, list);
}

/*
 * A name is the same however it is spelled.  What is longer than any name that is
 * kept is none.
 */
static int find_name(const struct s2_model *model, const char *spec,
		     const char *name, const struct s2_obj **vm)
{
	char spelled[S2_STRING_MAX];
	struct key key = { .field = S2_VM_NAME, .str = spelled };

	if (s2_escape_again(spelled, sizeof(spelled), name, strlen(name)) >=
	    sizeof(spelled))
		return -ENOENT;
	return find_one(model, spec, &key, vm);
}

static int not_found(const struct s2_model *model, const char *spec)
{
	return s2_fail(model->ctx, -ENOENT, "no such VM: '%s'", spec);
}

static int find_num(const struct s2_model *model, const char *spec,
		    const char *digits, unsigned int field,
		    const struct s2_obj **vm)
{
	struct key key = { .field = field };
	int err = s2_text_u64(digits, &key.num);

	if (err)
		return s2_fail(model->ctx, -ENOENT, "no such VM: '%s': %s",
			       spec, err == -ERANGE ? "number out of range" :
			       "not a number");
	err = find_one(model, spec, &key, vm);
	return err == -ENOENT ? not_found(model, spec) : err;
}

static int find_str(const struct s2_model *model, const char *spec,
		    const char *str, unsigned int field,
		    const struct s2_obj **vm)
{
	struct key key = { .field = field, .str = str, .ignore_case = true };
	int err = field == S2_VM_NAME ? find_name(model, spec, str, vm) :
		find_one(model, spec, &key, vm);

	return err == -ENOENT ? not_found(model, spec) : err;
}

/* Without a prefix: id, then pid; or UUID; or name */
static int find_bare(const struct s2_model *model, const char *spec,
		     const struct s2_obj **vm)
{
	struct key key = { .field = S2_VM_ID };
	int err = s2_text_u64(spec, &key.num);

	if (!err) {
		if (!find_one(model, spec, &key, vm))
			return 0;
		return find_num(model, spec, spec, S2_VM_PID, vm);
	}
	if (s2_text_is_uuid(spec))
		return find_str(model, spec, spec, S2_VM_UUID, vm);
	if (err == -ERANGE && find_name(model, spec, spec, vm) == -ENOENT)
		return find_num(model, spec, spec, S2_VM_ID, vm);
	return find_str(model, spec, spec, S2_VM_NAME, vm);
}

int s2_model_find_vm(const struct s2_model *model, const char *spec,
		     const struct s2_obj **vm)
{
	static const struct {
		const char *prefix;
		unsigned int field;
		bool is_num;
	} kinds[] = {
		{ "id:", S2_VM_ID, true },
		{ "pid:", S2_VM_PID, true },
		{ "uuid:", S2_VM_UUID, false },
		{ "name:", S2_VM_NAME, false },
	};

	*vm = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i].prefix);

		if (strncmp(spec, kinds[i].prefix, len))
			continue;
		if (kinds[i].is_num)
			return find_num(model, spec, spec + len,
					kinds[i].field, vm);
		return find_str(model, spec, spec + len, kinds[i].field, vm);
	}
	return find_bare(model, spec, vm);
}
