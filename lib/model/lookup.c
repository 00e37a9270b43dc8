// SPDX-License-Identifier: LGPL-2.1-or-later
/* VMs by id, pid, UUID or name */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/order.h"
#include "base/text.h"
#include "model/by_num.h"
#include "model/lookup.h"
#include "model/model.h"
#include "model/program.h"
#include "model/who.h"

/* What a VM is looked up by: one of @num and @str; with a pid, @fd too */
struct key {
	unsigned int field;
	uint64_t num;
	bool has_fd;
	uint64_t fd;
	const char *str;
	bool ignore_case;
};

struct named {
	const char *text;
	const struct s2_obj *vm;
};

/* A VM by its process, those whose descriptor is not known first */
struct processed {
	uint64_t pid;
	bool has_fd;
	uint64_t fd;
	const struct s2_obj *vm;
};

struct by_process {
	struct processed *entry;
	size_t count;
};

/* In order of the text, and VMs of one in the order they have in the model */
struct by_text {
	struct named *entry;
	size_t count;
};

/**
 * struct s2_lookup - the VMs of a model, to look up many
 * @model: the model
 * @is_sorted: whether the lists below are made: for one VM they would not pay
 */
struct s2_lookup {
	const struct s2_model *model;
	bool is_sorted;
	struct s2_by_num id;
	struct by_process process;
	struct by_text uuid;
	struct by_text name;
};

static bool matches(const struct s2_obj *vm, const struct key *key)
{
	const char *str;

	if (!key->str)
		return s2_obj_has(vm, key->field) &&
			s2_obj_num(vm, key->field, 0) == key->num &&
			(!key->has_fd || (s2_obj_has(vm, S2_VM_FD) &&
			 s2_obj_num(vm, S2_VM_FD, 0) == key->fd));
	str = s2_obj_str(vm, key->field);
	if (!str)
		return false;
	return key->ignore_case ? !strcasecmp(str, key->str) :
		!strcmp(str, key->str);
}

/* "id:3, pid:14:fd:7": how to tell VMs apart that a key cannot */
static void describe(const struct s2_model *model, const struct key *key,
		     char *buf, size_t size)
{
	const struct s2_obj *vm;
	size_t len = 0;

	*buf = '\0';
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		char spec[S2_VM_SPEC_MAX];
		int n;

		if (!matches(vm, key))
			continue;
		s2_vm_spec(vm, spec, sizeof(spec));
		n = snprintf(buf + len, size - len, "%s%s%s", len ? ", " : "",
			     s2_obj_has(vm, S2_VM_ID) ? "id:" : "", spec);
		if (n < 0 || (size_t)n >= size - len)
			break;
		len += n;
	}
}

/* How many VMs the key is for; @first of them */
static size_t find_any(const struct s2_lookup *lookup, const struct key *key,
		       const struct s2_obj **first)
{
	const struct s2_obj *vm;
	size_t count = 0;

	s2_model_for_each(vm, lookup->model, S2_OBJ_VM)
		if (matches(vm, key) && !count++)
			*first = vm;
	return count;
}

static size_t find_by_num(const struct s2_by_num *by, uint64_t num,
			  const struct s2_obj **first)
{
	const struct s2_numbered *entry = s2_by_num_find(by, num);
	size_t count = 0;

	if (entry)
		*first = entry->obj;
	for (; entry; entry = s2_by_num_next(by, entry))
		count++;
	return count;
}

static int cmp_process(const struct processed *a, const struct processed *b)
{
	int cmp = s2_order(a->pid, b->pid);

	if (!cmp)
		cmp = a->has_fd - b->has_fd;
	return cmp || !a->has_fd ? cmp : s2_order(a->fd, b->fd);
}

/* Where the first stands that does not come before @what */
static size_t first_process(const struct by_process *by,
			    const struct processed *what)
{
	size_t low = 0, high = by->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cmp_process(&by->entry[middle], what) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t find_by_process(const struct by_process *by,
			      const struct key *key,
			      const struct s2_obj **first)
{
	const struct processed what = {
		.pid = key->num, .has_fd = key->has_fd, .fd = key->fd,
	};
	size_t from = first_process(by, &what), n = from;

	for (; n < by->count && by->entry[n].pid == key->num; n++)
		if (key->has_fd && by->entry[n].fd != key->fd)
			break;
	if (n > from)
		*first = by->entry[from].vm;
	return n - from;
}

static size_t find_by_text(const struct by_text *by, const struct key *key,
			   const struct s2_obj **first)
{
	int (*cmp)(const char *a, const char *b) =
		key->ignore_case ? strcasecmp : strcmp;
	size_t low = 0, high = by->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cmp(by->entry[middle].text, key->str) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < by->count; end++)
		if (cmp(by->entry[end].text, key->str) != 0)
			break;
	if (end > low)
		*first = by->entry[low].vm;
	return end - low;
}

static size_t find_all(const struct s2_lookup *lookup, const struct key *key,
		       const struct s2_obj **first)
{
	if (!lookup->is_sorted)
		return find_any(lookup, key, first);
	switch (key->field) {
	case S2_VM_ID:
		return find_by_num(&lookup->id, key->num, first);
	case S2_VM_PID:
		return find_by_process(&lookup->process, key, first);
	case S2_VM_UUID:
		return find_by_text(&lookup->uuid, key, first);
	default:
		return find_by_text(&lookup->name, key, first);
	}
}

/* 0, -ENOENT without a text, or -ENOTUNIQ */
static int find_one(const struct s2_lookup *lookup, const char *spec,
		    const struct key *key, const struct s2_obj **found)
{
	const struct s2_model *model = lookup->model;
	size_t count = find_all(lookup, key, found);
	char list[256];

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
static int find_name(const struct s2_lookup *lookup, const char *spec,
		     const char *name, const struct s2_obj **vm)
{
	char spelled[S2_STRING_MAX];
	struct key key = { .field = S2_VM_NAME, .str = spelled };

	if (s2_escape_again(spelled, sizeof(spelled), name, strlen(name)) >=
	    sizeof(spelled))
		return -ENOENT;
	return find_one(lookup, spec, &key, vm);
}

static int not_found(const struct s2_model *model, const char *spec)
{
	return s2_fail(model->ctx, -ENOENT, "no such VM: '%s'", spec);
}

/* "81", or with a pid "81:fd:7".  Return: as s2_text_u64() */
static int read_num(const char *text, struct key *key)
{
	const char *fd = key->field == S2_VM_PID ? strstr(text, ":fd:") : NULL;
	char pid[24];
	int err;

	if (!fd)
		return s2_text_u64(text, &key->num);
	if ((size_t)(fd - text) >= sizeof(pid))
		return -ERANGE;
	memcpy(pid, text, (size_t)(fd - text));
	pid[fd - text] = '\0';
	key->has_fd = true;
	err = s2_text_u64(pid, &key->num);
	return err ? err : s2_text_u64(fd + strlen(":fd:"), &key->fd);
}

static int find_num(const struct s2_lookup *lookup, const char *spec,
		    const char *digits, unsigned int field,
		    const struct s2_obj **vm)
{
	struct key key = { .field = field };
	int err = read_num(digits, &key);

	if (err)
		return s2_fail(lookup->model->ctx, -ENOENT,
			       "no such VM: '%s': %s", spec, err == -ERANGE ?
			       "number out of range" : "not a number");
	err = find_one(lookup, spec, &key, vm);
	return err == -ENOENT ? not_found(lookup->model, spec) : err;
}

static int find_str(const struct s2_lookup *lookup, const char *spec,
		    const char *str, unsigned int field,
		    const struct s2_obj **vm)
{
	struct key key = { .field = field, .str = str, .ignore_case = true };
	int err = field == S2_VM_NAME ? find_name(lookup, spec, str, vm) :
		find_one(lookup, spec, &key, vm);

	return err == -ENOENT ? not_found(lookup->model, spec) : err;
}

/* Without a prefix: id, then pid; or UUID; or name */
static int find_bare(const struct s2_lookup *lookup, const char *spec,
		     const struct s2_obj **vm)
{
	struct key key = { .field = S2_VM_ID };
	int err = s2_text_u64(spec, &key.num);

	if (!err) {
		if (!find_one(lookup, spec, &key, vm))
			return 0;
		return find_num(lookup, spec, spec, S2_VM_PID, vm);
	}
	if (s2_text_is_uuid(spec))
		return find_str(lookup, spec, spec, S2_VM_UUID, vm);
	if (err == -ERANGE && find_name(lookup, spec, spec, vm) == -ENOENT)
		return find_num(lookup, spec, spec, S2_VM_ID, vm);
	return find_str(lookup, spec, spec, S2_VM_NAME, vm);
}

int s2_lookup_vm(const struct s2_lookup *lookup, const char *spec,
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
			return find_num(lookup, spec, spec + len,
					kinds[i].field, vm);
		return find_str(lookup, spec, spec + len, kinds[i].field, vm);
	}
	return find_bare(lookup, spec, vm);
}

int s2_model_find_vm(const struct s2_model *model, const char *spec,
		     const struct s2_obj **vm)
{
	const struct s2_lookup lookup = { .model = model };

	return s2_lookup_vm(&lookup, spec, vm);
}

/* ------------------------------------------------------------------- many */

static int cmp_vm(const struct named *a, const struct named *b, int cmp)
{
	return cmp ? cmp : (a->vm > b->vm) - (a->vm < b->vm);
}

static int cmp_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return cmp_vm(x, y, strcmp(x->text, y->text));
}

static int cmp_uuid(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return cmp_vm(x, y, strcasecmp(x->text, y->text));
}

static int sort_text(struct by_text *by, const struct s2_model *model,
		     unsigned int field,
		     int (*cmp)(const void *a, const void *b))
{
	const struct s2_obj *vm;

	by->entry = calloc(model->vms.count + 1, sizeof(*by->entry));
	if (!by->entry)
		return -ENOMEM;
	s2_model_for_each(vm, model, S2_OBJ_VM) {
		const char *text = s2_obj_str(vm, field);

		if (text)
			by->entry[by->count++] = (struct named){ text, vm };
	}
	qsort(by->entry, by->count, sizeof(*by->entry), cmp);
	return 0;
}

static int cmp_processed(const void *a, const void *b)
{
	const struct processed *x = a, *y = b;
	int cmp = cmp_process(x, y);

	return cmp ? cmp : (x->vm > y->vm) - (x->vm < y->vm);
}

static int sort_processes(struct by_process *by, const struct s2_model *model)
{
	const struct s2_obj *vm;

	by->entry = calloc(model->vms.count + 1, sizeof(*by->entry));
	if (!by->entry)
		return -ENOMEM;
	s2_model_for_each(vm, model, S2_OBJ_VM)
		if (s2_obj_has(vm, S2_VM_PID))
			by->entry[by->count++] = (struct processed){
				.pid = s2_obj_num(vm, S2_VM_PID, 0),
				.has_fd = s2_obj_has(vm, S2_VM_FD),
				.fd = s2_obj_num(vm, S2_VM_FD, 0), .vm = vm,
			};
	qsort(by->entry, by->count, sizeof(*by->entry), cmp_processed);
	return 0;
}

int s2_lookup_new(const struct s2_model *model, struct s2_lookup **lookup)
{
	const struct s2_obj *first = s2_model_first(model, S2_OBJ_VM);
	struct s2_lookup *new = calloc(1, sizeof(*new));

	*lookup = new;
	if (!new)
		return s2_fail_nomem(model->ctx);
	new->model = model;
	new->is_sorted = true;
	if (!s2_by_num_make(&new->id, first, S2_VM_ID, NULL) &&
	    !sort_processes(&new->process, model) &&
	    !sort_text(&new->uuid, model, S2_VM_UUID, cmp_uuid) &&
	    !sort_text(&new->name, model, S2_VM_NAME, cmp_name))
		return 0;
	s2_lookup_free(new);
	*lookup = NULL;
	return s2_fail_nomem(model->ctx);
}

void s2_lookup_free(struct s2_lookup *lookup)
{
	if (!lookup)
		return;
	s2_by_num_clear(&lookup->id);
	free(lookup->process.entry);
	free(lookup->uuid.entry);
	free(lookup->name.entry);
	free(lookup);
}

bool s2_lookup_has(const struct s2_lookup *lookup, const struct s2_who *who)
{
	struct processed what = { .pid = who->part[S2_WHO_PID] };
	const struct by_process *by = &lookup->process;
	size_t n;

	if (s2_who_has(who, S2_WHO_ID))
		return s2_by_num_find(&lookup->id, who->part[S2_WHO_ID]);
	if (!s2_who_has(who, S2_WHO_PID))
		return false;
	n = first_process(by, &what);
	if (n == by->count || by->entry[n].pid != what.pid)
		return false;
	/* Where one of the two descriptors is not known, it may be that VM */
	if (!s2_who_has(who, S2_WHO_FD) || !by->entry[n].has_fd)
		return true;
	what.has_fd = true;
	what.fd = who->part[S2_WHO_FD];
	n = first_process(by, &what);
	return n < by->count && !cmp_process(&by->entry[n], &what);
}
