// SPDX-License-Identifier: LGPL-2.1-or-later
/* Kernel backend: trying and setting policies */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/extent.h"
#include "source/kernel/kernel.h"
#include "source/kernel/nl_parse.h"
#include "source/source.h"

/* ------------------------------------------------------------- requests -- */

/* The same things have other numbers in the two requests */
struct policy_attrs {
	uint16_t vm_id, slot, class, constraints, mode, generation;
};

static const struct policy_attrs set_attrs = {
	.vm_id = KVM_S2_A_POLICY_VM_ID, .slot = KVM_S2_A_POLICY_SLOT,
	.class = KVM_S2_A_POLICY_CLASS,
	.constraints = KVM_S2_A_POLICY_CONSTRAINTS,
	.mode = KVM_S2_A_POLICY_MODE,
	.generation = KVM_S2_A_POLICY_GENERATION,
};

static const struct policy_attrs check_attrs = {
	.vm_id = KVM_S2_A_EXTENT_VM_ID, .slot = KVM_S2_A_EXTENT_SLOT,
	.class = KVM_S2_A_EXTENT_CLASS,
	.constraints = KVM_S2_A_EXTENT_CONSTRAINTS,
	.mode = KVM_S2_A_EXTENT_MODE,
};

#define ARGS_MAX	6

static void add_arg(struct s2_nl_arg *args, struct s2_nl_req *req,
		    uint16_t type, enum s2_nl_kind kind, const char *name,
		    uint64_t num)
{
	args[req->count++] = (struct s2_nl_arg){
		.type = type, .kind = kind, .name = name, .num = num,
	};
}

static void fill_args(struct s2_nl_req *req, struct s2_nl_arg args[ARGS_MAX],
		      const struct s2_policy *policy,
		      const struct policy_attrs *attrs)
{
	req->args = args;
	if (policy->vm_id)
		add_arg(args, req, attrs->vm_id, S2_NL_UINT, "vm-id",
			policy->vm_id);
	if (policy->slot != S2_ANY_SLOT)
		add_arg(args, req, attrs->slot, S2_NL_U32, "slot",
			policy->slot);
	if (policy->mem_class)
		add_arg(args, req, attrs->class, S2_NL_U32, "class",
			policy->mem_class);
	add_arg(args, req, attrs->constraints, S2_NL_U32, "constraints",
		policy->constraints);
	add_arg(args, req, attrs->mode, S2_NL_U32, "mode", policy->mode);
	if (policy->generation && attrs->generation)
		add_arg(args, req, attrs->generation, S2_NL_UINT, "generation",
			policy->generation);
}

/* ------------------------------------------------------------- refusals -- */

/* A VM and a slot that there is not, both are -ENOENT: the attribute tells */
static bool is_no_vm(const struct s2_kernel *kernel)
{
	const char *dot = strrchr(kernel->nl->attr, '.');

	return dot && !strcmp(dot, ".vm-id");
}

static int refused(struct s2_kernel *kernel, struct s2_ctx *ctx, int err)
{
	if (err == -ENOENT && is_no_vm(kernel))
		err = -ESRCH;
	if (err == -ENOMEM)
		return s2_fail_nomem(ctx);
	return s2_fail(ctx, err, "%s", kernel->nl->text);
}

static int take_features(const struct nlmsghdr *nlh, void *data)
{
	struct s2_model *model = data;

	return s2_nl_parse(model, s2_model_host_rw(model), nlh);
}

/*
 * Whether the kernel can be asked at all: what it refuses later is then about
 * the policy, not about who asks.
 */
static int check_support(struct s2_kernel *kernel, struct s2_ctx *ctx)
{
	const struct s2_nl_req req = {
		.name = "host-get", .family = kernel->family,
		.cmd = KVM_S2_CMD_HOST_GET, .version = KVM_S2_FAMILY_VERSION,
	};
	struct s2_model *model;
	bool has;
	int err;

	if (!kernel->family)
		return s2_fail(ctx, -EOPNOTSUPP,
			       "this kernel has no kvm_s2 family, and so no policies");
	err = s2_model_new(ctx, &model);
	if (err)
		return err;
	err = s2_nl_call(kernel->nl, &req, take_features, model, NULL);
	has = s2_kernel_has_policy(model);
	s2_model_unref(model);
	if (err == -EPERM || err == -EACCES)
		return s2_fail(ctx, -EACCES,
			       "%s: run as root in the initial user and network namespace",
			       kernel->nl->text);
	if (err)
		return refused(kernel, ctx, err);
	if (!has)
		return s2_fail(ctx, -EOPNOTSUPP,
			       "this kernel has no policies: it reports memory types and constrains none");
	return 0;
}

/* ------------------------------------------------------------------ set -- */

static int take_generation(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	uint64_t *generation = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != KVM_S2_A_POLICY_GENERATION)
			continue;
		if (mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			*generation = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_payload_len(attr) == sizeof(uint64_t))
			*generation = mnl_attr_get_u64(attr);
		else
			return -EBADMSG;
	}
	return 0;
}

int s2_kernel_policy_set(struct s2_source *src, const struct s2_policy *policy,
			 uint64_t *generation)
{
	struct s2_kernel *kernel = src->priv;
	struct s2_nl_arg args[ARGS_MAX];
	struct s2_nl_req req = {
		.name = "policy-set", .family = kernel->family,
		.cmd = KVM_S2_CMD_POLICY_SET, .version = KVM_S2_FAMILY_VERSION,
	};
	uint64_t now = 0;
	int err = check_support(kernel, src->ctx);

	if (err)
		return err;
	fill_args(&req, args, policy, &set_attrs);
	err = s2_nl_call(kernel->nl, &req, take_generation, &now, NULL);
	if (err)
		return refused(kernel, src->ctx, err);
	if (generation)
		*generation = now;
	return 0;
}

/* -------------------------------------------------------------- dry run -- */

/*
 * What the extents of all VMs go to.  They come VM by VM in order of identity:
 * @at is the VM of the last one, @newest the largest identity so far.
 */
struct check {
	struct s2_model *model;
	bool busy;
	size_t at;
	uint64_t newest;
};

static int read_vm_id(const struct nlmsghdr *nlh, uint64_t *id)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		size_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) != KVM_S2_A_EXTENT_VM_ID)
			continue;
		if (len != sizeof(uint32_t) && len != sizeof(uint64_t))
			return -EBADMSG;
		*id = len == sizeof(uint32_t) ? mnl_attr_get_u32(attr) :
			mnl_attr_get_u64(attr);
		return 0;
	}
	return -EBADMSG;
}

/* The VM, made if it is new: it may have begun since the VMs were read */
static struct s2_obj *vm_of(struct check *check, uint64_t id)
{
	struct s2_list *vms = &check->model->vms;
	struct s2_obj *vm;

	for (size_t i = 0; i < vms->count && id <= check->newest; i++) {
		size_t n = (check->at + i) % vms->count;

		vm = s2_list_at(vms, n);
		if (s2_obj_num(vm, S2_VM_ID, 0) != id)
			continue;
		check->at = n;
		return vm;
	}
	vm = s2_list_add(vms);
	if (!vm)
		return NULL;
	s2_obj_set_num(vm, S2_VM_ID, id);
	check->at = vms->count - 1;
	if (id > check->newest)
		check->newest = id;
	return vm;
}

static int take_checked(const struct nlmsghdr *nlh, void *data)
{
	struct check *check = data;
	struct s2_list *list = NULL;
	struct s2_obj *vm, *extent;
	uint64_t id;
	int err = read_vm_id(nlh, &id);

	if (err)
		return err;
	vm = vm_of(check, id);
	if (vm)
		list = s2_obj_kids(vm, S2_OBJ_EXTENT);
	extent = list ? s2_list_add(list) : NULL;
	if (!extent)
		return -ENOMEM;
	s2_obj_set_kids_known(vm, S2_OBJ_EXTENT, true);
	err = s2_nl_parse(check->model, extent, nlh);
	if (err) {
		s2_list_drop(list);
		return err;
	}
	check->busy |= s2_obj_num(extent, S2_EXTENT_REASON, 0) ==
		KVM_S2_REASON_VMM_BUSY;
	s2_extent_merge_last(list);
	return 0;
}

static void forget_extents(struct s2_model *model)
{
	for (size_t i = 0; i < model->vms.count; i++)
		s2_obj_set_kids_known(s2_list_at(&model->vms, i),
				      S2_OBJ_EXTENT, false);
}

/* VMs without a single extent are none that anything would change for */
static int drop_untouched(struct s2_model *model)
{
	bool *keep = calloc(model->vms.count + 1, sizeof(*keep));

	if (!keep)
		return s2_fail_nomem(model->ctx);
	for (size_t i = 0; i < model->vms.count; i++)
		keep[i] = s2_obj_count(s2_list_at(&model->vms, i),
				       S2_OBJ_EXTENT);
	s2_list_filter(&model->vms, keep);
	free(keep);
	return 0;
}

static int note_unsure(struct s2_model *model, bool interrupted)
{
	if (interrupted)
		return s2_model_problem(model, S2_PROBLEM_INTERRUPTED, NULL,
					"policy-check: VMs or slots changed each of the %d times that they were read",
					S2_DUMP_TRIES);
	return s2_model_problem(model, S2_PROBLEM_VMM_BUSY, NULL,
				"policy-check: a VMM kept its address space locked each of %d times",
				S2_DUMP_TRIES);
}

static int dump_check(struct s2_kernel *kernel, struct s2_model *model,
		      const struct s2_nl_req *req)
{
	struct check check = { .model = model };
	bool interrupted = false;
	const struct s2_obj *vm;

	s2_model_for_each(vm, model, S2_OBJ_VM)
		if (s2_obj_num(vm, S2_VM_ID, 0) > check.newest)
			check.newest = s2_obj_num(vm, S2_VM_ID, 0);

	for (int try = 0; try < S2_DUMP_TRIES; try++) {
		int err;

		forget_extents(model);
		interrupted = false;
		check.busy = false;
		err = s2_nl_call(kernel->nl, req, take_checked, &check,
				 &interrupted);
		if (err == -EINTR || err == -EAGAIN)
			interrupted = true;
		else if (err)
			return refused(kernel, model->ctx, err);
		if (!interrupted && !check.busy)
			return 0;
		/* As for other dumps: 10, 20, 40, 80 ms */
		if (try + 1 < S2_DUMP_TRIES)
			usleep(10000u << try);
	}
	return note_unsure(model, interrupted);
}

int s2_kernel_policy_try(struct s2_source *src, const struct s2_policy *policy,
			 struct s2_model *model)
{
	struct s2_kernel *kernel = src->priv;
	struct s2_nl_arg args[ARGS_MAX];
	struct s2_nl_req req = {
		.name = "policy-check", .family = kernel->family,
		.cmd = KVM_S2_CMD_POLICY_CHECK,
		.version = KVM_S2_FAMILY_VERSION, .dump = true,
	};
	int err = check_support(kernel, src->ctx);

	/* For the names of the VMs, unless who asks has them */
	if (!err && !model->vms_known)
		err = s2_kernel_load_vms(src, model, S2_LOAD_VMS);
	model->vms_known = true;
	if (err)
		return err;
	fill_args(&req, args, policy, &check_attrs);
	err = dump_check(kernel, model, &req);
	return err ? err : drop_untouched(model);
}

/* -------------------------------------------------------------- monitor -- */

int s2_kernel_monitor_open(struct s2_source *src, struct s2_monitor **monitor)
{
	struct s2_nl *nl;
	int err = check_support(src->priv, src->ctx);

	if (!err)
		err = s2_nl_open(src->ctx, &nl);
	return err ? err : s2_monitor_open_nl(src->ctx, nl, monitor);
}
