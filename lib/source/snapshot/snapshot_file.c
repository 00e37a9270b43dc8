// SPDX-License-Identifier: LGPL-2.1-or-later
/* The file of a snapshot: its records, or its one document, in one pass */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/head.h"
#include "source/snapshot/snapshot_file.h"
#include "source/source.h"

enum { DOC_HOST, DOC_COMPLETE, DOC_PROBLEMS, DOC_VMS, DOC_POLICIES, DOC_RECORD };
enum { RECORD_HOST, RECORD_PROBLEM, RECORD_VM, RECORD_END };
enum { END_VMS, END_PROBLEMS, END_COMPLETE, END_BOOT_ID };
/* Behind the fields of a record's object */
enum { COMMON_BOOT_ID };

/* ------------------------------------------------------------ both forms */

static void add_id(struct s2_snapshot_file *f, const struct s2_obj *vm,
		   unsigned long line)
{
	size_t room = f->ids_room ? f->ids_room * 2 : 64;
	struct s2_snapshot_id *id;

	if (!s2_obj_has(vm, S2_VM_ID))
		return;
	if (f->ids == f->ids_room) {
		id = reallocarray(f->id, room, sizeof(*id));
		if (!id) {
			s2_in_fail_nomem(&f->r.in);
			return;
		}
		f->id = id;
		f->ids_room = room;
	}
	f->id[f->ids++] = (struct s2_snapshot_id){
		.id = s2_obj_num(vm, S2_VM_ID, 0), .line = line,
	};
}

/* Equal ones by line */
static int cmp_id(const void *a, const void *b)
{
	const struct s2_snapshot_id *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Numbers of VMs must be unique; those that have none may be several */
static void check_ids(struct s2_snapshot_file *f)
{
	if (f->r.in.err || !f->ids)
		return;
	qsort(f->id, f->ids, sizeof(*f->id), cmp_id);
	for (size_t i = 1; i < f->ids; i++)
		if (f->id[i].id == f->id[i - 1].id)
			s2_in_bad_member(&f->r.in, "vms", f->id[i].line,
					 "%" PRIu64 " is there twice",
					 f->id[i].id);
}

static void check_complete(struct s2_snapshot_file *f)
{
	if (f->r.in.err || f->is_complete || f->r.is_quiet ||
	    !s2_model_complete(f->model))
		return;
	if (s2_model_problem(f->model, S2_PROBLEM_MALFORMED, NULL,
			     "the snapshot is incomplete and does not say why"))
		s2_in_fail_nomem(&f->r.in);
}

static void read_complete(struct s2_snapshot_file *f)
{
	f->has_complete = true;
	if (s2_in_type(&f->r.in) == S2_IN_BOOL)
		f->is_complete = s2_in_bool(&f->r.in);
	else
		s2_in_bad(&f->r.in, "neither true nor false");
}

static void read_policies(struct s2_snapshot_file *f)
{
	struct s2_model *model = f->model;

	s2_snapshot_policies(&f->r, model, &model->policies,
			     &model->policies_known);
	if (f->r.flags & S2_LOAD_POLICIES)
		return;
	s2_list_clear(&model->policies);
	model->policies_known = false;
}

/* Not in the model's list yet: a word that is not known is a problem more */
static void add_problem(struct s2_snapshot_file *f, const struct s2_obj *problem)
{
	struct s2_obj *new;

	if (!s2_obj_has(problem, S2_PROBLEM_TEXT))
		s2_in_bad_member(&f->r.in, "text", 0, "missing");
	f->problems++;
	if (f->r.in.err || f->r.is_quiet)
		return;
	new = s2_list_add(&f->model->problems);
	if (new)
		s2_obj_copy_all(new, problem);
	else
		s2_in_fail_nomem(&f->r.in);
}

/* A VM of which the object was entered */
static void read_vm_keys(struct s2_snapshot_file *f, struct s2_model *model,
			 struct s2_obj *vm,
			 void (*other)(struct s2_snapshot_file *f, int key))
{
	unsigned int own = f->r.vm.count + S2_SNAPSHOT_VM_KEYS;
	int key;

	while (s2_in_key(&f->r.in, &f->r.vm.keys, &key)) {
		if (other && key >= (int)own)
			other(f, key - (int)own);
		else
			s2_snapshot_vm_key(&f->r, model, vm, key);
	}
	s2_snapshot_vm_end(&f->r, vm);
}

static bool read_vm(struct s2_snapshot_file *f, struct s2_model *model,
		    void (*other)(struct s2_snapshot_file *f, int key))
{
	struct s2_in *in = &f->r.in;
	struct s2_obj *vm;

	f->place = s2_in_place(in);
	if (!s2_field_in_is_object(in))
		return false;
	vm = s2_list_add(&model->vms);
	if (!vm) {
		s2_in_fail_nomem(in);
		return false;
	}
	vm->tag = (uint32_t)f->vms++;
	s2_in_enter(in);
	read_vm_keys(f, model, vm, other);
	add_id(f, vm, f->place.line);
	return !in->err;
}

/* ------------------------------------------------------------ the document */

static void read_document_host(struct s2_snapshot_file *f)
{
	const struct s2_field_to to = s2_snapshot_to(&f->r, f->model);
	struct s2_obj *host = s2_model_host_rw(f->model);

	f->has_host = true;
	s2_field_in_object(&f->r.in, &f->r.host, host, &to);
	s2_snapshot_host_end(&f->r, host);
}

static void read_document_problems(struct s2_snapshot_file *f)
{
	const struct s2_field_to to = s2_snapshot_to(&f->r, f->model);
	struct s2_in *in = &f->r.in;
	struct s2_list list;
	struct s2_obj *obj;

	if (s2_in_type(in) != S2_IN_ARRAY) {
		s2_in_bad(in, "missing or not an array");
		return;
	}
	f->has_problems = true;
	s2_list_init(&list, S2_OBJ_PROBLEM);
	s2_in_enter(in);
	while (s2_in_next(in)) {
		obj = s2_list_add(&list);
		if (!obj) {
			s2_in_fail_nomem(in);
			break;
		}
		s2_field_in_object(in, &f->r.problem, obj, &to);
		add_problem(f, obj);
		s2_list_drop(&list);
	}
	s2_list_clear(&list);
}

static void enter_vms(struct s2_snapshot_file *f)
{
	if (s2_in_type(&f->r.in) != S2_IN_ARRAY) {
		s2_in_bad(&f->r.in, "missing or not an array");
		return;
	}
	f->has_vms = true;
	f->in_vms = true;
	s2_in_enter(&f->r.in);
}

static void read_member(struct s2_snapshot_file *f, int key)
{
	switch (key) {
	case DOC_HOST:
		read_document_host(f);
		break;
	case DOC_COMPLETE:
		read_complete(f);
		break;
	case DOC_PROBLEMS:
		read_document_problems(f);
		break;
	case DOC_VMS:
		enter_vms(f);
		break;
	case DOC_POLICIES:
		read_policies(f);
		break;
	default:
		s2_in_skip(&f->r.in);
	}
}

static void end_document(struct s2_snapshot_file *f)
{
	struct s2_in *in = &f->r.in;

	if (in->err)
		return;
	if (!f->has_problems)
		s2_in_bad_member(in, "problems", 0, "missing or not an array");
	else if (!f->has_complete)
		s2_in_bad_member(in, "complete", 0,
				 "missing or neither true nor false");
	else if (!f->has_host)
		s2_in_bad_member(in, "host", 0, "missing");
	else if (!f->has_vms)
		s2_in_bad_member(in, "vms", 0, "missing or not an array");
	s2_in_finish(in);
	check_ids(f);
	check_complete(f);
}

/* To the beginning: what looked like a document is the first of several records */
static void begin_records(struct s2_snapshot_file *f)
{
	f->is_records = true;
	/* They may have come before the key that says what it is */
	s2_list_clear(&f->model->policies);
	f->model->policies_known = false;
	s2_in_return(&f->r.in, (struct s2_in_place){ .from = 0, .line = 1 });
	f->r.in.flags |= S2_IN_MANY;
}

static bool next_of_document(struct s2_snapshot_file *f, struct s2_model *model)
{
	struct s2_in *in = &f->r.in;
	int key;

	if (!f->is_begun) {
		f->is_begun = true;
		s2_in_enter(in);
	}
	while (!in->err) {
		if (f->in_vms && s2_in_next(in))
			return read_vm(f, model, NULL);
		f->in_vms = false;
		if (!s2_in_key(in, &f->document, &key)) {
			end_document(f);
			return false;
		}
		if (key == DOC_RECORD) {
			begin_records(f);
			return false;
		}
		read_member(f, key);
	}
	return false;
}

/* ------------------------------------------------------------- the records */

static void say_several(struct s2_snapshot_file *f)
{
	s2_in_fail(&f->r.in, -EINVAL,
		   "%s:%lu: a second host begins here, and s2ctl reads one at a time: take one out, as with jq -c 'select(.boot_id == \"%.40s\")'",
		   f->r.in.name, s2_in_line(&f->r.in),
		   f->boot_id ? f->boot_id : "...");
}

/* Keys that all records have */
static void read_common(struct s2_snapshot_file *f, int key)
{
	const char *boot_id;

	if (key != COMMON_BOOT_ID) {
		s2_in_skip(&f->r.in);
		return;
	}
	if (s2_in_type(&f->r.in) == S2_IN_NULL) {
		s2_in_null(&f->r.in);
		return;
	}
	boot_id = s2_field_in_text(&f->r.in, &f->model->pool, NULL);
	if (!f->r.in.err && (!boot_id || !f->boot_id ||
			     strcmp(boot_id, f->boot_id)))
		say_several(f);
}

static void read_host_record(struct s2_snapshot_file *f)
{
	const struct s2_field_to to = s2_snapshot_to(&f->r, f->model);
	struct s2_obj *host = s2_model_host_rw(f->model);
	struct s2_in *in = &f->r.in;
	int key;

	if (f->has_host) {
		say_several(f);
		return;
	}
	f->has_host = true;
	s2_in_enter(in);
	while (s2_in_key(in, &f->r.host.keys, &key)) {
		if (key < 0)
			s2_in_skip(in);
		else if ((unsigned int)key == f->r.host.count)
			read_policies(f);
		else
			s2_field_in_read(in, &f->r.host, (unsigned int)key,
					 host, &to);
	}
	s2_snapshot_host_end(&f->r, host);
	f->boot_id = s2_obj_str(host, S2_HOST_BOOT_ID);
}

static void read_problem_record(struct s2_snapshot_file *f)
{
	const struct s2_field_to to = s2_snapshot_to(&f->r, f->model);
	struct s2_in *in = &f->r.in;
	struct s2_list list;
	struct s2_obj *obj;
	int key;

	s2_list_init(&list, S2_OBJ_PROBLEM);
	obj = s2_list_add(&list);
	if (!obj) {
		s2_in_fail_nomem(in);
		return;
	}
	s2_in_enter(in);
	while (s2_in_key(in, &f->r.problem.keys, &key)) {
		if (key >= 0 && (unsigned int)key < f->r.problem.count)
			s2_field_in_read(in, &f->r.problem, (unsigned int)key,
					 obj, &to);
		else
			read_common(f, key - (int)f->r.problem.count);
	}
	add_problem(f, obj);
	s2_list_clear(&list);
}

/* How many records there were, as the last one says, and as was counted */
static void read_count(struct s2_in *in, uint64_t counted)
{
	struct s2_in_number num = { .value = 0 };

	if (s2_in_type(in) == S2_IN_NUMBER)
		num = s2_in_number(in);
	if (!num.is_integer || num.is_negative)
		s2_in_bad(in, "not an unsigned integer, or too large");
	else if (num.value != counted)
		s2_in_bad(in, "%" PRIu64 " were written, and %" PRIu64
			  " are here: lines are missing, or too many", num.value,
			  counted);
}

static void read_end_record(struct s2_snapshot_file *f)
{
	struct s2_in *in = &f->r.in;
	bool has_vms = false;
	int key;

	f->has_end = true;
	s2_in_enter(in);
	while (s2_in_key(in, &f->end, &key)) {
		has_vms |= key == END_VMS;
		if (key == END_VMS)
			read_count(in, f->vms);
		else if (key == END_PROBLEMS)
			read_count(in, f->problems);
		else if (key == END_COMPLETE)
			read_complete(f);
		else
			read_common(f, key - END_BOOT_ID);
	}
	if (!has_vms)
		s2_in_bad_member(in, "vms", 0, "missing");
	else if (!f->has_complete)
		s2_in_bad_member(in, "complete", 0,
				 "missing or neither true nor false");
}

/* What the object that is next is, which is not entered; -1 for nothing we know */
static int peek_record(struct s2_snapshot_file *f)
{
	struct s2_in *in = &f->r.in;
	struct s2_in_place place = s2_in_place(in);
	const char *word = NULL;
	int key = -1, kind = -1;
	size_t len = 0;

	if (!s2_field_in_is_object(in))
		return -1;
	s2_in_enter(in);
	while (key < 0 && s2_in_key(in, &f->record, &key))
		if (key < 0)
			s2_in_skip(in);
	if (key < 0)
		s2_in_bad_member(in, "record", 0, "missing");
	else if (s2_in_type(in) == S2_IN_STRING)
		word = s2_in_string(in, &len);
	else
		s2_in_bad(in, "not a string");
	if (word)
		kind = s2_keys_find(&f->records, word, len);
	s2_in_return(in, place);
	return kind;
}

static void end_records(struct s2_snapshot_file *f)
{
	struct s2_in *in = &f->r.in;

	if (!f->has_end)
		s2_in_fail(in, -EBADMSG,
			   "%s:%lu: not a snapshot: it ends early: the last record, which says that all is here, is missing",
			   in->name, s2_in_line(in));
	check_ids(f);
	check_complete(f);
}

/* Any record but a VM's.  Additions are allowed: one that nobody knows is skipped */
static void read_record(struct s2_snapshot_file *f, int kind)
{
	if (kind == RECORD_HOST)
		read_host_record(f);
	else if (f->has_end)
		s2_in_bad(&f->r.in, "something follows the last record");
	else if (kind == RECORD_PROBLEM)
		read_problem_record(f);
	else if (kind == RECORD_END)
		read_end_record(f);
	else
		s2_in_skip(&f->r.in);
}

static bool next_of_records(struct s2_snapshot_file *f, struct s2_model *model)
{
	struct s2_in *in = &f->r.in;
	int kind;

	while (s2_in_begins(in)) {
		kind = peek_record(f);
		if (!in->err && !f->has_host && kind != RECORD_HOST)
			s2_in_bad(in, "the host's record must be the first");
		if (in->err)
			return false;
		if (kind == RECORD_VM && !f->has_end)
			return read_vm(f, model, read_common);
		read_record(f, kind);
	}
	if (!in->err)
		end_records(f);
	return false;
}

/* ---------------------------------------------------------------- the file */

static void add_common(struct s2_keys *keys)
{
	s2_keys_add(keys, "boot_id");
	s2_keys_add(keys, "record");
	s2_keys_finish(keys);
}

static void init_keys(struct s2_snapshot_file *f)
{
	static const char *const document[] = {
		"host", "complete", "problems", "vms", "policies", "record",
	};
	static const char *const records[] = { "host", "problem", "vm", "end" };
	static const char *const end[] = { "vms", "problems", "complete" };

	s2_snapshot_in_init(&f->r);
	s2_keys_add(&f->r.host.keys, "policies");
	s2_keys_finish(&f->r.host.keys);
	add_common(&f->r.vm.keys);
	add_common(&f->r.problem.keys);
	for (size_t i = 0; i < ARRAY_SIZE(document); i++)
		s2_keys_add(&f->document, document[i]);
	s2_keys_finish(&f->document);
	for (size_t i = 0; i < ARRAY_SIZE(records); i++)
		s2_keys_add(&f->records, records[i]);
	s2_keys_finish(&f->records);
	for (size_t i = 0; i < ARRAY_SIZE(end); i++)
		s2_keys_add(&f->end, end[i]);
	add_common(&f->end);
	s2_keys_add(&f->record, "record");
	s2_keys_finish(&f->record);
}

int s2_snapshot_file_open(struct s2_store *store, const char *name,
			  struct s2_model *model, unsigned int flags,
			  struct s2_snapshot_file **file)
{
	struct s2_snapshot_file *new = calloc(1, sizeof(*new));
	int err;

	*file = new;
	if (!new)
		return s2_fail_nomem(store->ctx);
	new->model = model;
	new->r.problems = model;
	new->r.flags = flags;
	init_keys(new);
	err = s2_head_check(store, name, "a snapshot", "snapshot", "");
	return err ? err : s2_in_open(&new->r.in, store, name, "a snapshot");
}

void s2_snapshot_file_free(struct s2_snapshot_file *file)
{
	if (!file)
		return;
	s2_snapshot_in_clear(&file->r);
	free(file->id);
	free(file);
}

bool s2_snapshot_file_next(struct s2_snapshot_file *file,
			   struct s2_model *model)
{
	bool there = !file->is_records && next_of_document(file, model);

	return there || (file->is_records && next_of_records(file, model));
}

int s2_snapshot_file_err(const struct s2_snapshot_file *file)
{
	return file->r.in.err;
}

int s2_snapshot_file_again(struct s2_snapshot_file *file,
			   struct s2_in_place place, struct s2_model *model)
{
	s2_in_return(&file->r.in, place);
	read_vm(file, model, NULL);
	return s2_snapshot_file_err(file);
}
