// SPDX-License-Identifier: GPL-2.0-only
/* The kernel backend fed with what a kernel says */
#include "unit.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>

#include "fake-kernel.h"
#include "source/kernel/kernel.h"

/* One VM with one slot and three extents, two of which are alike */
static void test_whole(void **data)
{
	struct state *state = *data;
	const struct s2_obj *host, *vm, *slot, *extent;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	say_slot(&state->fake, 0, 0x40000000, 0x3000);
	say_done(&state->fake, 0, 0);
	say_extent(&state->fake, 0x40000000, 0x1000, KVM_S2_CLASS_RAM,
		   KVM_S2_TYPE_WB, 0);
	say_extent(&state->fake, 0x40001000, 0x1000, KVM_S2_CLASS_RAM,
		   KVM_S2_TYPE_WB, 0);
	say_extent(&state->fake, 0x40002000, 0x1000, KVM_S2_CLASS_RAM,
		   KVM_S2_TYPE_UNMAPPED, 0);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_EXTENTS);
	assert_true(s2_model_complete(model));
	host = s2_model_host(model);
	assert_string_equal(s2_obj_str(host, S2_HOST_SOURCE), "kernel");
	assert_int_equal(s2_obj_num(host, S2_HOST_FWB, 5), 1);
	assert_int_equal(s2_obj_num(host, S2_HOST_DIC, 5), 0);
	assert_int_equal(s2_obj_num(host, S2_HOST_LAST_VM_ID, 0), 9);
	assert_int_equal(s2_obj_num(host, S2_HOST_PAGE_SIZE, 0), 65536);
	vm = nth_vm(model, 0);
	assert_int_equal(s2_obj_num(vm, S2_VM_ID, 0), 9);
	/* The first of its process, in the order in which the kernel made them */
	assert_int_equal(s2_obj_num(vm, S2_VM_NTH, 0), 1);
	assert_string_equal(s2_obj_str(vm, S2_VM_COMM), "vmm\\x1b[2J");
	assert_int_equal(s2_obj_num(vm, S2_VM_BYTES, 0), 0x3000);
	assert_int_equal(s2_obj_num(vm, S2_VM_WB_BYTES, 0), 4096);
	/* The slot did not say, so the VM cannot */
	assert_false(s2_obj_get(vm, S2_VM_NC_BYTES).known);
	slot = nth(vm, S2_OBJ_SLOT, 0);
	assert_string_equal(s2_obj_str(slot, S2_SLOT_STRENGTH), "forced");
	assert_non_null(s2_obj_str(slot, S2_SLOT_WHY));
	assert_false(s2_obj_get(slot, S2_SLOT_HVA).known);
	assert_int_equal(s2_obj_count(vm, S2_OBJ_EXTENT), 2);
	extent = nth(vm, S2_OBJ_EXTENT, 0);
	assert_int_equal(s2_obj_num(extent, S2_EXTENT_BYTES, 0), 0x2000);
	assert_string_equal(s2_obj_str(nth(vm, S2_OBJ_EXTENT, 1),
				       S2_EXTENT_MAPPED), "unmapped");
	s2_model_unref(model);
}

/* Physical addresses that do not follow on each other keep extents apart */
static void test_phys_not_merged(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	say_slot(&state->fake, 0, 0, 0x3000);
	say_done(&state->fake, 0, 0);
	say_extent(&state->fake, 0, 0x1000, 1, 2, 0x80000000);
	say_extent(&state->fake, 0x1000, 0x1000, 1, 2, 0x80001000);
	say_extent(&state->fake, 0x2000, 0x1000, 1, 2, 0x90000000);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_PHYS);
	assert_int_equal(s2_obj_count(nth_vm(model, 0), S2_OBJ_EXTENT), 2);
	s2_model_unref(model);
}

/* The host, and then each VM by itself, with what it is asked for */
static int take_one(void *data, struct s2_model *model)
{
	int *calls = data;

	assert_int_equal(s2_obj_num(s2_model_host(model), S2_HOST_FWB, 7), 1);
	assert_true(s2_model_complete(model));
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), *calls ? 1 : 0);
	if (*calls) {
		const struct s2_obj *vm = nth_vm(model, 0);

		assert_int_equal(s2_obj_num(vm, S2_VM_ID, 0), 8 + *calls);
		assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_SLOT, 0),
					    S2_SLOT_SLOT, 9), *calls);
		assert_int_equal(s2_obj_count(vm, S2_OBJ_EXTENT), 1);
	}
	++*calls;
	return 0;
}

static void test_each(void **data)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_EXTENTS,
	};
	struct state *state = *data;
	int calls = 0;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_vm(&state->fake, 10);
	say_done(&state->fake, 0, 0);
	for (int vm = 1; vm <= 2; vm++) {
		say_slot(&state->fake, vm, 0, 0x1000);
		say_done(&state->fake, 0, 0);
		say_extent(&state->fake, 0, 0x1000, 1, 2, 0);
		say_done(&state->fake, 0, 0);
	}
	open_fake(state);
	assert_int_equal(s2_load_each(state->src, &opt, take_one, &calls), 0);
	assert_int_equal(calls, 3);
}

static void test_no_family(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	say_error(&state->fake, -ENOENT);
	open_fake(state);
	model = load(state, S2_LOAD_VMS);
	assert_false(s2_model_complete(model));
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "no-series");
	assert_int_equal(s2_obj_num(s2_model_host(model), S2_HOST_SERIES, 7),
			 0);
	assert_false(s2_obj_get(s2_model_host(model), S2_HOST_FWB).known);
	s2_model_unref(model);
}

/* The kernel's words and the attribute reach the caller as they are */
static void test_extack(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh;
	struct nlmsgerr *msg;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	nlh = begin(&state->fake, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));
	msg->error = -EINVAL;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "the VM is a teapot");
	/* nlmsghdr and genlmsghdr come before the first attribute */
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 20);
	commit(&state->fake, nlh);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "refused");
	assert_string_equal(problem(model, S2_PROBLEM_TEXT),
			    "VM 9: slot-get: the VM is a teapot (slot-get.vm-id)");
	assert_string_equal(problem(model, S2_PROBLEM_ATTR), "slot-get.vm-id");
	assert_false(s2_obj_known(nth_vm(model, 0), S2_OBJ_SLOT));
	s2_model_unref(model);
}

/* An attribute that is missing, behind a request that was sent back whole */
static void test_extack_missing(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh;
	struct nlmsgerr *msg;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	nlh = begin(&state->fake, NLMSG_ERROR, NLM_F_ACK_TLVS);
	msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));
	msg->error = -EINVAL;
	msg->msg.nlmsg_len = sizeof(msg->msg) + 12;
	memset(mnl_nlmsg_put_extra_header(nlh, 12), 0xee, 12);
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE, KVM_S2_A_SLOT_VM_ID);
	commit(&state->fake, nlh);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_string_equal(problem(model, S2_PROBLEM_TEXT),
			    "VM 9: slot-get: Invalid argument (slot-get.vm-id)");
	s2_model_unref(model);
}

/* A dump that fails on the way says so in its NLMSG_DONE */
static void test_done_extack(void **data)
{
	struct state *state = *data;
	struct nlmsghdr *nlh;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	nlh = begin(&state->fake, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS);
	*(int *)mnl_nlmsg_put_extra_header(nlh, 4) = -ENOENT;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "no such VM");
	commit(&state->fake, nlh);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "vm-gone");
	assert_string_equal(problem(model, S2_PROBLEM_TEXT),
			    "VM 9 has ended while it was read: slot-get: no such VM");
	/* What was known before is still there */
	assert_int_equal(s2_obj_num(nth_vm(model, 0), S2_VM_VCPUS, 0), 2);
	s2_model_unref(model);
}

static void test_no_privilege(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	put_text(state->root, "class/misc/kvm/s2/fwb", "0\n");
	put_text(state->root, "class/misc/kvm/s2/dic", "1\n");
	put_text(state->root, "class/misc/kvm/s2/pkvm", "0\n");
	put_text(state->root, "class/misc/kvm/s2/features", "0xf\n");
	say_family(&state->fake);
	say_error(&state->fake, -EPERM);
	say_error(&state->fake, -EPERM);
	open_fake(state);
	/* The host alone is known from sysfs */
	model = load(state, 0);
	assert_true(s2_model_complete(model));
	assert_int_equal(s2_obj_num(s2_model_host(model), S2_HOST_DIC, 7), 1);
	assert_int_equal(s2_obj_num(s2_model_host(model), S2_HOST_FWB, 7), 0);
	assert_int_equal(s2_obj_num(s2_model_host(model), S2_HOST_FEATURES, 0),
			 15);
	/* vma-types and DIC, but no FWB */
	assert_int_equal(s2_obj_num(s2_model_host(model),
				    S2_HOST_CACHEABLE_PFNMAP, 7), 0);
	s2_model_unref(model);
	model = load(state, S2_LOAD_VMS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "no-privilege");
	assert_string_equal(s2_obj_str(s2_model_host(model), S2_HOST_SOURCE),
			    "proc");
	s2_model_unref(model);
}

/* Interrupted twice, then whole: nothing of the first two is left */
static void test_interrupted_twice(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	const struct s2_obj *vm;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	say_slot(&state->fake, 5, 0, 0x1000);
	say_done(&state->fake, NLM_F_DUMP_INTR, 0);
	say_slot(&state->fake, 6, 0, 0x1000);
	say_done(&state->fake, NLM_F_DUMP_INTR, 0);
	say_slot(&state->fake, 7, 0, 0x1000);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_true(s2_model_complete(model));
	vm = nth_vm(model, 0);
	assert_int_equal(s2_obj_count(vm, S2_OBJ_SLOT), 1);
	assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_SLOT, 0), S2_SLOT_SLOT, 0),
			 7);
	s2_model_unref(model);
}

static void test_interrupted_always(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	for (int i = 0; i < S2_DUMP_TRIES; i++) {
		say_slot(&state->fake, i, 0, 0x1000);
		say_done(&state->fake, NLM_F_DUMP_INTR, 0);
	}
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_false(s2_model_complete(model));
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "interrupted");
	assert_int_equal(s2_obj_count(nth_vm(model, 0), S2_OBJ_SLOT), 1);
	/* family, host, VMs, and slots five times */
	assert_int_equal(state->fake.nr_sent, 3 + S2_DUMP_TRIES);
	s2_model_unref(model);
}

static void say_busy_slot(struct fake *fake)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, NLM_F_MULTI);

	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_SLOT, 0);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_GPA, 0);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_BYTES, 4096);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_REASON, KVM_S2_REASON_VMM_BUSY);
	commit(fake, nlh);
	say_done(fake, 0, 0);
}

/* What is not in the memory map, by the VMA and by the memory map alone */
static void say_odd_slot(struct fake *fake, uint32_t slot, uint32_t verdict,
			 uint32_t reason, uint32_t facts)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, NLM_F_MULTI);

	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_SLOT, slot);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_GPA, slot << 12);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_BYTES, 4096);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_VERDICT, verdict);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_REASON, reason);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_FACTS, facts);
	commit(fake, nlh);
}

static void test_vma_types(void **data)
{
	static const char *const reasons[] = {
		"cacheable-vma", "io-vma", "not-flushable", "not-map-memory",
	};
	struct state *state = *data;
	const struct s2_obj *vm;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	say_odd_slot(&state->fake, 0, KVM_S2_VERDICT_ALLOW, 11, 1 << 16);
	say_odd_slot(&state->fake, 1, KVM_S2_VERDICT_ALLOW, 12, 1 << 1);
	say_odd_slot(&state->fake, 2, KVM_S2_VERDICT_DENY, 13, 1 << 2);
	say_odd_slot(&state->fake, 3, KVM_S2_VERDICT_ALLOW, 2, 1 << 20);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_true(s2_model_complete(model));
	vm = nth_vm(model, 0);
	for (size_t i = 0; i < 4; i++) {
		const struct s2_obj *slot = nth(vm, S2_OBJ_SLOT, i);

		assert_string_equal(s2_obj_str(slot, S2_SLOT_REASON),
				    reasons[i]);
		assert_non_null(s2_obj_str(slot, S2_SLOT_WHY));
	}
	assert_string_equal(s2_obj_str(nth(vm, S2_OBJ_SLOT, 2),
				       S2_SLOT_VERDICT), "deny");
	assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_SLOT, 3), S2_SLOT_FACTS, 0),
			 KVM_S2_FACT_MAP_ONLY);
	s2_model_unref(model);
}

/* What the kernel could not look at is asked for again, but not for ever */
static void test_busy(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	say_busy_slot(&state->fake);
	say_slot(&state->fake, 1, 0, 0x1000);
	say_done(&state->fake, 0, 0);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	for (int i = 0; i < S2_DUMP_TRIES; i++)
		say_busy_slot(&state->fake);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_true(s2_model_complete(model));
	assert_int_equal(s2_obj_count(nth_vm(model, 0), S2_OBJ_SLOT), 1);
	s2_model_unref(model);
	model = load(state, S2_LOAD_SLOTS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "vmm-busy");
	assert_int_equal(s2_obj_count(nth_vm(model, 0), S2_OBJ_SLOT), 1);
	s2_model_unref(model);
}

/* Protected KVM: VMs, and a reason why there is no more */
static void test_pkvm(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	struct nlmsghdr *nlh;

	say_family(&state->fake);
	nlh = begin(&state->fake, FAMILY, 0);
	mnl_attr_put_u8(nlh, KVM_S2_A_HOST_PKVM, 1);
	commit(&state->fake, nlh);
	say_error(&state->fake, 0);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_SLOTS);
	assert_string_equal(problem(model, S2_PROBLEM_CODE), "pkvm");
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 1);
	assert_false(s2_obj_known(nth_vm(model, 0), S2_OBJ_SLOT));
	s2_model_unref(model);
}

/* A name comes from the VM's process, and not from one that took its number */
static void test_names(void **data)
{
	static const char cmdline[] = "qemu\0-name\0guest=web\0";
	struct state *state = *data;
	struct s2_model *model;

	put_file(state->root, "4000000/cmdline", cmdline, sizeof(cmdline) - 1);
	put_link(state->root, "4000000/fd/3", "/dev/kvm");
	say_family(&state->fake);
	for (int i = 0; i < 2; i++) {
		say_host(&state->fake);
		say_vm(&state->fake, 9);
		say_done(&state->fake, 0, 0);
	}
	open_fake(state);
	model = load(state, S2_LOAD_VMS);
	assert_null(s2_obj_str(nth_vm(model, 0), S2_VM_NAME));
	s2_model_unref(model);
	put_link(state->root, "4000000/fd/5", "anon_inode:kvm-vcpu:0");
	model = load(state, S2_LOAD_VMS);
	assert_string_equal(s2_obj_str(nth_vm(model, 0), S2_VM_NAME), "web");
	s2_model_unref(model);
}

/* Only the kernel is believed, and only answers to what was asked */
static void test_strangers(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 666);
	state->fake.from[state->fake.count - 1] = 1234;
	say_vm(&state->fake, 667);
	((struct nlmsghdr *)state->fake.datagram[state->fake.count - 1])
		->nlmsg_seq = 0xdead;
	say_vm(&state->fake, 668);
	((struct nlmsghdr *)state->fake.datagram[state->fake.count - 1])
		->nlmsg_pid = PORT + 1;
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_VMS);
	assert_true(s2_model_complete(model));
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 1);
	assert_int_equal(s2_obj_num(nth_vm(model, 0), S2_VM_ID, 0), 9);
	s2_model_unref(model);
}

/* I/O extents are asked for again with addresses, and split by BAR */
static void test_bars(void **data)
{
	struct state *state = *data;
	const struct s2_obj *vm;
	struct s2_model *model;
	struct nlmsghdr *sent;
	struct nlattr *attr;
	uint64_t gpa = 0;
	bool phys = false;

	put_text(state->root, "bus/pci/devices/0000:00:02.0/resource",
		 "0x0000000010000000 0x00000000100000ff 0x0000000000040200\n"
		 "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
		 "0x0000008000000000 0x0000008000000fff 0x000000000014220c\n"
		 "0x0000008000001000 0x0000008000001fff 0x0000000000140204\n");
	put_text(state->root, "bus/pci/devices/0000:00:02.0/vendor", "0x10de\n");
	put_text(state->root, "bus/pci/devices/0000:00:02.0/device", "0x0042\n");
	put_link(state->root, "bus/pci/devices/0000:00:02.0/driver",
		 "../../../bus/pci/drivers/vfio-pci");
	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	say_slot(&state->fake, 0, 0x1000, 0x3000);
	say_done(&state->fake, 0, 0);
	say_extent(&state->fake, 0x1000, 0x1000, KVM_S2_CLASS_RAM, 2, 0);
	say_extent(&state->fake, 0x2000, 0x2000, KVM_S2_CLASS_IO_NC, 3, 0);
	say_done(&state->fake, 0, 0);
	say_extent(&state->fake, 0x2000, 0x2000, KVM_S2_CLASS_IO_NC, 3,
		   0x8000000000);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_DEVICES);
	assert_true(s2_model_complete(model));
	vm = nth_vm(model, 0);
	assert_int_equal(s2_obj_count(vm, S2_OBJ_EXTENT), 3);
	assert_null(s2_obj_str(nth(vm, S2_OBJ_EXTENT, 0), S2_EXTENT_BDF));
	assert_string_equal(s2_obj_str(nth(vm, S2_OBJ_EXTENT, 1),
				       S2_EXTENT_BDF), "0000:00:02.0");
	assert_string_equal(s2_obj_str(nth(vm, S2_OBJ_EXTENT, 1),
				       S2_EXTENT_DRIVER), "vfio-pci");
	assert_string_equal(s2_obj_str(nth(vm, S2_OBJ_EXTENT, 1),
				       S2_EXTENT_PCI_ID), "10de:0042");
	assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_EXTENT, 1), S2_EXTENT_BAR,
				    9), 2);
	assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_EXTENT, 1),
				    S2_EXTENT_PREFETCHABLE, 9), 1);
	assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_EXTENT, 2), S2_EXTENT_GPA,
				    0), 0x3000);
	assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_EXTENT, 2), S2_EXTENT_BAR,
				    9), 3);
	assert_int_equal(s2_obj_num(nth(vm, S2_OBJ_EXTENT, 2),
				    S2_EXTENT_PREFETCHABLE, 9), 0);
	/* The second request was for that range and with addresses */
	sent = (struct nlmsghdr *)state->fake.sent[state->fake.nr_sent - 1];
	mnl_attr_for_each(attr, sent, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == KVM_S2_A_EXTENT_GPA)
			gpa = mnl_attr_get_u32(attr);
		phys |= mnl_attr_get_type(attr) == KVM_S2_A_EXTENT_PHYS;
	}
	assert_int_equal(gpa, 0x2000);
	assert_true(phys);
	s2_model_unref(model);
}

/* What is there is shown, and why its devices have no names is said, once */
static void test_bars_unreadable(void **data)
{
	struct state *state = *data;
	const struct s2_obj *problem;
	struct s2_model *model;

	put_text(state->root, "bus/pci/devices", "not a folder");
	say_family(&state->fake);
	say_host(&state->fake);
	say_vm(&state->fake, 9);
	say_done(&state->fake, 0, 0);
	say_slot(&state->fake, 0, 0x1000, 0x3000);
	say_done(&state->fake, 0, 0);
	say_extent(&state->fake, 0x1000, 0x1000, KVM_S2_CLASS_RAM, 2, 0);
	say_done(&state->fake, 0, 0);
	open_fake(state);
	model = load(state, S2_LOAD_DEVICES);
	assert_false(s2_model_complete(model));
	assert_int_equal(s2_obj_count(nth_vm(model, 0), S2_OBJ_EXTENT), 1);
	assert_int_equal(s2_model_count(model, S2_OBJ_PROBLEM), 1);
	problem = s2_model_first(model, S2_OBJ_PROBLEM);
	assert_string_equal(s2_obj_str(problem, S2_PROBLEM_CODE), "refused");
	assert_non_null(strstr(s2_obj_str(problem, S2_PROBLEM_TEXT),
			       "/bus/pci/devices: Not a directory"));
	s2_model_unref(model);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_whole), T(test_phys_not_merged), T(test_each),
		T(test_no_family),
		T(test_extack), T(test_extack_missing), T(test_done_extack),
		T(test_no_privilege), T(test_interrupted_twice),
		T(test_interrupted_always),
		T(test_strangers), T(test_bars), T(test_bars_unreadable), T(test_names),
		T(test_vma_types), T(test_busy), T(test_pkvm),
	};

	return RUN_TESTS(tests);
}
