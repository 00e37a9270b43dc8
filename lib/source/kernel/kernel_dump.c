// SPDX-License-Identifier: LGPL-2.1-or-later
/* Kernel backend: dumps of VMs, slots, extents and policies */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/extent.h"
#include "source/kernel/kernel.h"
#include "source/kernel/nl_parse.h"

static enum s2_problem problem_code(const struct s2_obj *vm, int err)
{
	switch (err) {
	case -ENOENT:
	case -ESRCH:
		return vm ? S2_PROBLEM_VM_GONE : S2_PROBLEM_REFUSED;
	case -EPERM:
	case -EACCES:
		return S2_PROBLEM_NO_PRIVILEGE;
	case -EBADMSG:
		return S2_PROBLEM_MALFORMED;
	default:
		return S2_PROBLEM_REFUSED;
	}
}

int s2_kernel_problem(struct s2_kernel *kernel, struct s2_model *model,
		      const struct s2_obj *vm, int err)
{
	enum s2_problem code = problem_code(vm, err);
	const char *attr = *kernel->nl->attr ? kernel->nl->attr : NULL;
	char text[S2_ERROR_MAX], prefix[64] = "";
	const char *hint = "";

	if (err == -ENOMEM)
		return s2_fail_nomem(model->ctx);
	if (vm)
		snprintf(prefix, sizeof(prefix), "VM %" PRIu64 "%s: ",
			 s2_obj_num(vm, S2_VM_ID, 0),
			 code == S2_PROBLEM_VM_GONE ?
			 " has ended while it was read" : "");
	/* "Operation not permitted" alone does not tell anyone what to do */
	if (code == S2_PROBLEM_NO_PRIVILEGE)
		hint = ": run as root in the initial user and network namespace";
	snprintf(text, sizeof(text), "%s%s%s", prefix, kernel->nl->text, hint);
	s2_log(model->ctx, "%s", text);
	if (s2_problem_add(&model->problems, &model->pool, code, vm, attr,
			   text))
		return s2_fail_nomem(model->ctx);
	return 0;
}

/* ------------------------------------------------------------------ dumps */

/* What a dump goes to; @busy: the kernel could not look behind some range */
struct target {
	struct s2_model *model;
	struct s2_list *list;
	bool busy;
};

static bool is_busy(const struct s2_obj *obj)
{
	unsigned int id = s2_obj_type(obj) == S2_OBJ_SLOT ? S2_SLOT_REASON :
		S2_EXTENT_REASON;

	return s2_obj_num(obj, id, 0) == KVM_S2_REASON_VMM_BUSY;
}

static int take_object(const struct nlmsghdr *nlh, void *data)
{
	struct target *target = data;
	struct s2_obj *obj = s2_list_add(target->list);
	int err;

	if (!obj)
		return -ENOMEM;
	err = s2_nl_parse(target->model, obj, nlh);
	target->busy |= !err && is_busy(obj);
	if (err)
		s2_list_drop(target->list);
	else if (target->list->type == S2_OBJ_EXTENT)
		s2_extent_merge_last(target->list);
	return err;
}

static int note_interrupted(struct s2_model *model, const char *name,
			    const struct s2_obj *vm)
{
	if (!vm)
		return s2_model_problem(model, S2_PROBLEM_INTERRUPTED, NULL,
					"%s: the VMs changed each of the %d times that they were read",
					name, S2_DUMP_TRIES);
	return s2_model_problem(model, S2_PROBLEM_INTERRUPTED, vm,
				"VM %" PRIu64 ": %s: its slots changed each of the %d times that they were read",
				s2_obj_num(vm, S2_VM_ID, 0), name,
				S2_DUMP_TRIES);
}

/* Takes away what a try has added beyond @count */
static void list_truncate(struct s2_list *list, size_t count)
{
	while (list->count > count)
		s2_list_drop(list);
}

static int note_busy(struct s2_model *model, const char *name,
		     const struct s2_obj *vm)
{
	return s2_model_problem(model, S2_PROBLEM_VMM_BUSY, vm,
				"VM %" PRIu64 ": %s: the VMM kept its address space locked each of %d times",
				s2_obj_num(vm, S2_VM_ID, 0), name,
				S2_DUMP_TRIES);
}

int s2_kernel_dump(struct s2_kernel *kernel, struct s2_model *model,
		   const struct s2_nl_req *req, struct s2_list *list,
		   const struct s2_obj *vm)
{
	struct target target = { .model = model, .list = list };
	size_t count = list->count;
	bool interrupted = true;
	int err = 0;

	for (int try = 0; try < S2_DUMP_TRIES; try++) {
		list_truncate(list, count);
		interrupted = false;
		target.busy = false;
		err = s2_nl_call(kernel->nl, req, take_object, &target,
				 &interrupted);
		/* A dump that another operation broke into says so this way */
		if (err == -EINTR || err == -EAGAIN)
			interrupted = true;
		else if (err)
			return err;
		if (!interrupted && !target.busy)
			return 0;
		/* Give the VMM time to let go: 10, 20, 40, 80 ms */
		if (target.busy && try + 1 < S2_DUMP_TRIES)
			usleep(10000u << try);
	}
	/* What the last try read is kept: it is better than nothing */
	if (interrupted)
		return note_interrupted(model, req->name, vm);
	return note_busy(model, req->name, vm);
}

int s2_kernel_slots(struct s2_kernel *kernel, struct s2_model *model,
		    struct s2_obj *vm)
{
	const struct s2_nl_arg arg = {
		.type = KVM_S2_A_SLOT_VM_ID, .kind = S2_NL_UINT,
		.name = "vm-id", .num = s2_obj_num(vm, S2_VM_ID, 0),
	};
	const struct s2_nl_req req = {
		.name = "slot-get", .family = kernel->family,
		.cmd = KVM_S2_CMD_SLOT_GET, .version = KVM_S2_FAMILY_VERSION,
		.dump = true, .args = &arg, .count = 1,
	};
	struct s2_list *list = s2_obj_kids(vm, S2_OBJ_SLOT);
	int err;

	if (!list)
		return s2_fail_nomem(model->ctx);
	err = s2_kernel_dump(kernel, model, &req, list, vm);
	s2_obj_set_kids_known(vm, S2_OBJ_SLOT, !err);
	return err ? s2_kernel_problem(kernel, model, vm, err) : 0;
}

/* ---------------------------------------------------------------- extents */

/* A range of guest-physical addresses; @bytes 0 is all of it */
struct range {
	uint64_t gpa;
	uint64_t bytes;
};

static int dump_extents(struct s2_kernel *kernel, struct s2_model *model,
			const struct s2_obj *vm, const struct range *range,
			bool phys, struct s2_list *list)
{
	struct s2_nl_arg args[4] = {
		{ .type = KVM_S2_A_EXTENT_VM_ID, .kind = S2_NL_UINT,
		  .name = "vm-id", .num = s2_obj_num(vm, S2_VM_ID, 0) },
	};
	struct s2_nl_req req = {
		.name = "extent-get", .family = kernel->family,
		.cmd = KVM_S2_CMD_EXTENT_GET, .version = KVM_S2_FAMILY_VERSION,
		.dump = true, .args = args, .count = 1,
	};

	if (range->bytes) {
		args[req.count++] = (struct s2_nl_arg){
			.type = KVM_S2_A_EXTENT_GPA, .kind = S2_NL_UINT,
			.name = "gpa", .num = range->gpa };
		args[req.count++] = (struct s2_nl_arg){
			.type = KVM_S2_A_EXTENT_BYTES, .kind = S2_NL_UINT,
			.name = "bytes", .num = range->bytes };
	}
	if (phys)
		args[req.count++] = (struct s2_nl_arg){
			.type = KVM_S2_A_EXTENT_PHYS, .kind = S2_NL_FLAG,
			.name = "phys" };
	return s2_kernel_dump(kernel, model, &req, list, vm);
}

/* Number of extents from @first on that may be BARs and follow on each other */
static size_t io_run(const struct s2_list *list, size_t first,
		     struct range *range)
{
	size_t n = first;

	range->gpa = s2_obj_num(s2_list_at(list, first), S2_EXTENT_GPA, 0);
	range->bytes = 0;
	for (; n < list->count; n++) {
		const struct s2_obj *extent = s2_list_at(list, n);

		if (!s2_extent_may_be_bar(extent) ||
		    s2_obj_num(extent, S2_EXTENT_GPA, 0) !=
		    range->gpa + range->bytes)
			break;
		range->bytes += s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	}
	return n - first;
}

static int copy_extent(struct s2_list *to, const struct s2_obj *extent)
{
	struct s2_obj *new = s2_list_add(to);

	if (!new)
		return -ENOMEM;
	s2_obj_copy_all(new, extent);
	return 0;
}

/* Appends one run of I/O extents, with their BARs, to @to */
static int name_run(struct s2_kernel *kernel, struct s2_model *model,
		    const struct s2_obj *vm, const struct range *range,
		    const struct s2_bars *bars, struct s2_list *to)
{
	struct s2_list run;
	int err;

	s2_list_init(&run, S2_OBJ_EXTENT);
	err = dump_extents(kernel, model, vm, range, true, &run);
	for (size_t i = 0; !err && i < run.count; i++) {
		const struct s2_obj *extent = s2_list_at(&run, i);

		if (s2_extent_may_be_bar(extent) &&
		    s2_obj_has(extent, S2_EXTENT_HPA))
			err = s2_bars_add_extent(bars, model, to, extent);
		else
			err = copy_extent(to, extent);
	}
	s2_list_clear(&run);
	return err;
}

/* Replaces the I/O extents of @list by ones that name their BARs */
static int name_bars(struct s2_kernel *kernel, struct s2_model *model,
		     const struct s2_obj *vm, const struct s2_bars *bars,
		     struct s2_list *list)
{
	struct s2_list named;
	int err = 0;

	s2_list_init(&named, S2_OBJ_EXTENT);
	for (size_t i = 0; !err && i < list->count;) {
		struct range range;
		size_t run = io_run(list, i, &range);

		if (!run) {
			err = copy_extent(&named, s2_list_at(list, i++));
			continue;
		}
		err = name_run(kernel, model, vm, &range, bars, &named);
		i += run;
	}
	if (err) {
		s2_list_clear(&named);
		return err;
	}
	s2_list_clear(list);
	*list = named;
	return 0;
}

int s2_kernel_extents(struct s2_kernel *kernel, struct s2_model *model,
		      struct s2_obj *vm, bool phys,
		      const struct s2_bars *bars)
{
	struct s2_list *list = s2_obj_kids(vm, S2_OBJ_EXTENT);
	const struct range all = { .bytes = 0 };
	int err;

	if (!list)
		return s2_fail_nomem(model->ctx);
	err = dump_extents(kernel, model, vm, &all, phys, list);
	s2_obj_set_kids_known(vm, S2_OBJ_EXTENT, !err);
	if (!err && bars)
		err = name_bars(kernel, model, vm, bars, list);
	return err ? s2_kernel_problem(kernel, model, vm, err) : 0;
}

/* --------------------------------------------------------------- policies */

bool s2_kernel_has_policy(const struct s2_model *model)
{
	return s2_obj_num(s2_model_host(model), S2_HOST_FEATURES, 0) &
		KVM_S2_FEATURE_POLICY;
}

int s2_kernel_policies(struct s2_kernel *kernel, struct s2_model *model,
		       struct s2_obj *vm)
{
	const struct s2_nl_arg arg = {
		.type = KVM_S2_A_POLICY_VM_ID, .kind = S2_NL_UINT,
		.name = "vm-id", .num = vm ? s2_obj_num(vm, S2_VM_ID, 0) : 0,
	};
	const struct s2_nl_req req = {
		.name = "policy-get", .family = kernel->family,
		.cmd = KVM_S2_CMD_POLICY_GET, .version = KVM_S2_FAMILY_VERSION,
		.dump = true, .args = &arg, .count = vm ? 1 : 0,
	};
	struct s2_list *list = &model->policies;
	int err;

	if (vm)
		list = s2_obj_kids(vm, S2_OBJ_POLICY);
	if (vm && !list)
		return s2_fail_nomem(model->ctx);
	err = s2_kernel_dump(kernel, model, &req, list, vm);
	if (vm)
		s2_obj_set_kids_known(vm, S2_OBJ_POLICY, !err);
	else
		model->policies_known = !err;
	if (err && !vm)
		s2_list_clear(list);
	return err ? s2_kernel_problem(kernel, model, vm, err) : 0;
}
