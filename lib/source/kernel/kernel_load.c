// SPDX-License-Identifier: LGPL-2.1-or-later
/* Kernel backend: what to ask for, and what to do without an answer */
#include <errno.h>
#include <linux/kvm_s2_netlink.h>

#include "source/kernel/kernel.h"
#include "source/kernel/nl_parse.h"
#include "source/proc/host.h"
#include "source/proc/proc.h"
#include "source/source.h"

/* One message into the host object */
struct host_target {
	struct s2_model *model;
};

static int take_host(const struct nlmsghdr *nlh, void *data)
{
	struct host_target *target = data;

	return s2_nl_parse(target->model, s2_model_host_rw(target->model),
			   nlh);
}

/* Which facts of the host any user could read from sysfs */
static bool host_is_known(const struct s2_obj *host)
{
	return s2_obj_has(host, S2_HOST_FEATURES) &&
	       s2_obj_has(host, S2_HOST_FWB) &&
	       s2_obj_has(host, S2_HOST_DIC) &&
	       s2_obj_has(host, S2_HOST_PKVM);
}

/*
 * Asks for the host.  @answers: whether the family talks to us.
 * Return: 0 or what ends the load.
 */
static int ask_host(struct s2_kernel *kernel, struct s2_model *model,
		    unsigned int flags, bool *answers)
{
	struct s2_obj *host = s2_model_host_rw(model);
	const struct s2_nl_req req = {
		.name = "host-get", .family = kernel->family,
		.cmd = KVM_S2_CMD_HOST_GET, .version = KVM_S2_FAMILY_VERSION,
	};
	struct host_target target = { .model = model };
	int err;

	*answers = false;
	if (!kernel->family)
		return 0;
	s2_obj_set_num(host, S2_HOST_SERIES, true);
	err = s2_nl_call(kernel->nl, &req, take_host, &target, NULL);
	*answers = !err;
	if (!err)
		return 0;
	/* What was asked for may be known without the family */
	if (!(flags & S2_LOAD_VMS) && host_is_known(host)) {
		s2_log(model->ctx, "%s", kernel->nl->text);
		return 0;
	}
	return s2_kernel_problem(kernel, model, NULL, err);
}

static int note_no_series(const struct s2_kernel *kernel, struct s2_model *model)
{
	const struct s2_obj *host = s2_model_host(model);
	const char *why = "this kernel has no kvm_s2 family: memory types cannot be known";

	if (s2_obj_num(host, S2_HOST_SERIES, false)) {
		if (host_is_known(host) && !model->vms_known)
			return 0;
		why = "the kvm_s2 family cannot be reached from here: memory types cannot be known";
	}
	if (!kernel->why)
		return s2_model_problem(model, S2_PROBLEM_NO_SERIES, NULL, "%s",
					why);
	return s2_model_problem(model, kernel->why_err == -EACCES ?
				S2_PROBLEM_NO_PRIVILEGE : S2_PROBLEM_NO_SERIES,
				NULL, "memory types cannot be known: this kernel has no kvm_s2 family, and %s",
				kernel->why);
}

static int dump_vms(struct s2_kernel *kernel, struct s2_model *model,
		    bool *answers)
{
	const struct s2_nl_req req = {
		.name = "vm-get", .family = kernel->family,
		.cmd = KVM_S2_CMD_VM_GET, .version = KVM_S2_FAMILY_VERSION,
		.dump = true,
	};
	int err = s2_kernel_dump(kernel, model, &req, &model->vms, NULL);

	if (err) {
		*answers = false;
		s2_list_clear(&model->vms);
		return s2_kernel_problem(kernel, model, NULL, err);
	}
	for (size_t i = 0; !err && i < model->vms.count; i++)
		err = s2_proc_name_vm(model, s2_list_at(&model->vms, i));
	return err;
}

/* What policies there are is known, or a problem */
static int load_policies(struct s2_kernel *kernel, struct s2_model *model,
			 unsigned int flags)
{
	if (s2_kernel_has_policy(model))
		return s2_kernel_policies(kernel, model, NULL);
	if (!(flags & S2_LOAD_POLICY))
		return 0;
	return s2_model_problem(model, S2_PROBLEM_NO_POLICY, NULL,
				"this kernel has no policies: it reports memory types and constrains none");
}

int s2_kernel_load_vms(struct s2_source *src, struct s2_model *model,
		       unsigned int flags)
{
	struct s2_kernel *kernel = src->priv;
	struct s2_obj *host = s2_model_host_rw(model);
	bool answers;
	int err;

	s2_bars_clear(&kernel->bars);
	err = s2_host_read(model);
	if (!err)
		err = ask_host(kernel, model, flags, &answers);
	if (!err && !kernel->family)
		err = note_no_series(kernel, model);
	if (!err && s2_obj_num(host, S2_HOST_PKVM, 0) &&
	    (flags & S2_LOAD_SLOTS))
		err = s2_model_problem(model, S2_PROBLEM_PKVM, NULL,
				       "protected KVM shows no slots and no extents");
	if (!err && answers && (flags & S2_LOAD_VMS))
		err = dump_vms(kernel, model, &answers);
	if (!err && answers && (flags & S2_LOAD_POLICIES))
		err = load_policies(kernel, model, flags);
	if (err)
		return err;
	s2_obj_set_num(host, S2_HOST_SOURCE,
		       answers ? S2_SOURCE_KERNEL : S2_SOURCE_PROC);
	if (!answers && (flags & S2_LOAD_VMS))
		return s2_proc_find_vms(model);
	return 0;
}

/* Slots, extents and policies of one VM, as far as asked for */
static int load_vm(struct s2_kernel *kernel, struct s2_model *model,
		   struct s2_obj *vm, unsigned int flags,
		   const struct s2_bars *bars)
{
	int err = 0;

	if (flags & S2_LOAD_SLOTS)
		err = s2_kernel_slots(kernel, model, vm);
	if (!err && (flags & S2_LOAD_EXTENTS) && s2_obj_known(vm, S2_OBJ_SLOT))
		err = s2_kernel_extents(kernel, model, vm,
					flags & S2_LOAD_PHYS, bars);
	if (!err && model->policies_known)
		err = s2_kernel_policies(kernel, model, vm);
	return err;
}

int s2_kernel_load_details(struct s2_source *src, struct s2_model *model,
			   unsigned int flags)
{
	struct s2_kernel *kernel = src->priv;
	bool devices = flags & S2_LOAD_DEVICES;
	int err = 0;

	if (s2_obj_num(s2_model_host(model), S2_HOST_SOURCE, 0) !=
	    S2_SOURCE_KERNEL ||
	    s2_obj_num(s2_model_host(model), S2_HOST_PKVM, 0))
		return 0;
	if (devices)
		err = s2_bars_need(&kernel->bars, model);
	for (size_t i = 0; !err && i < model->vms.count; i++) {
		err = load_vm(kernel, model, s2_list_at(&model->vms, i), flags,
			      devices ? &kernel->bars : NULL);
	}
	return err;
}
