// SPDX-License-Identifier: GPL-2.0-only
/* One VM and its vCPUs, through KVM's ioctls. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm.h"

/* As upstream has them; the headers may be older. */
#define EXIT_MEMORY_FAULT	39
#define VCPU_HAS_EL2		7
#define CAP_EAGER_SPLIT		228

int fail(int err, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "vmm: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(-err));
	return err;
}

int vcpu_get(struct vcpu *vcpu, uint64_t id, uint64_t *val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)val };

	if (ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg))
		return fail(-errno, "KVM_GET_ONE_REG 0x%llx",
			    (unsigned long long)id);
	return 0;
}

int vcpu_set(struct vcpu *vcpu, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&val };

	if (ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg))
		return fail(-errno, "KVM_SET_ONE_REG 0x%llx",
			    (unsigned long long)id);
	return 0;
}

static void set_immediate_exit(struct vcpu *vcpu, uint8_t value)
{
	__atomic_store_n(&vcpu->run->immediate_exit, value, __ATOMIC_SEQ_CST);
}

/*
 * Ends the KVM_RUN that the thread is in, and any later one.  @sig needs a
 * handler, and is only there to interrupt the ioctl.
 */
void vcpu_stop(struct vcpu *vcpu, pthread_t thread, int sig)
{
	__atomic_store_n(&vcpu->stop, true, __ATOMIC_SEQ_CST);
	set_immediate_exit(vcpu, 1);
	pthread_kill(thread, sig);
}

/*
 * KVM steps over an MMIO access when the vCPU is next run; have that behind us
 * before anyone looks at, or sets, the program counter.  A stop that comes
 * meanwhile is not to be lost with the flag: it is either seen below, or sets
 * the flag after we have cleared it.
 */
static int finish_mmio(struct vcpu *vcpu)
{
	int ret = 0;

	set_immediate_exit(vcpu, 1);
	if (!ioctl(vcpu->fd, KVM_RUN, 0) || errno != EINTR)
		ret = fail(-EPROTO, "KVM did not finish an MMIO access");
	set_immediate_exit(vcpu, 0);
	if (__atomic_load_n(&vcpu->stop, __ATOMIC_SEQ_CST))
		set_immediate_exit(vcpu, 1);
	return ret;
}

struct memory_fault {
	uint64_t flags;
	uint64_t gpa;
	uint64_t size;
};

static void get_memory_fault(const struct kvm_run *run, struct result *res)
{
	struct memory_fault fault;

	memcpy(&fault, &run->hw, sizeof(fault));
	res->fault_flags = fault.flags;
	res->fault_gpa = fault.gpa;
	res->fault_bytes = fault.size;
}

int vcpu_run(struct vcpu *vcpu, struct result *res)
{
	struct kvm_run *run = vcpu->run;

	memset(res, 0, sizeof(*res));
	run->exit_reason = KVM_EXIT_UNKNOWN;
	if (ioctl(vcpu->fd, KVM_RUN, 0)) {
		res->err = errno;
		res->outcome = errno == EINTR ? OUT_STOPPED : OUT_ERRNO;
		res->reason = run->exit_reason;
		if (res->reason == EXIT_MEMORY_FAULT)
			get_memory_fault(run, res);
		return 0;
	}
	res->reason = run->exit_reason;
	if (run->exit_reason != KVM_EXIT_MMIO) {
		res->outcome = OUT_EXIT;
		return 0;
	}
	res->outcome = OUT_MMIO;
	res->addr = run->mmio.phys_addr;
	res->write = run->mmio.is_write;
	return finish_mmio(vcpu);
}

int vm_try_slot(struct vm *vm, const struct slot *slot)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot->number,
		.flags = slot->kvm_flags,
		.guest_phys_addr = slot->gpa,
		.memory_size = slot->size,
		.userspace_addr = (uintptr_t)slot->hva,
	};

	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region) ? -errno : 0;
}

struct slot *vm_slot(struct vm *vm, uint32_t number)
{
	for (unsigned int i = 0; i < vm->spec->nr_slots; i++)
		if (vm->slots[i].number == number)
			return &vm->slots[i];
	return NULL;
}

int vm_set_slot(struct vm *vm, const struct slot *slot)
{
	int ret = vm_try_slot(vm, slot);

	if (ret)
		return fail(ret, "slot %u: KVM_SET_USER_MEMORY_REGION",
			    slot->number);
	return 0;
}

int vm_delete_slot(struct vm *vm, uint32_t number)
{
	const struct slot none = { .number = number };

	return vm_set_slot(vm, &none);
}

static int add_slots(struct vm *vm)
{
	int ret;

	for (unsigned int i = 0; i < vm->spec->nr_slots; i++) {
		struct slot *slot = &vm->slots[i];

		ret = slot_map(slot);
		ret = ret ?: vm_set_slot(vm, slot);
		if (ret)
			return ret;
		if (slot->backing != BACK_HOLE)
			continue;
		munmap(slot->hva, slot->size);
		slot->hva = NULL;
	}
	ret = slot_map(&vm->code);
	ret = ret ?: guest_load(vm);
	return ret ?: vm_set_slot(vm, &vm->code);
}

int vcpu_init(struct vm *vm, struct vcpu *vcpu)
{
	struct kvm_vcpu_init init;

	if (ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init))
		return fail(-errno, "KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (vm->spec->el2)
		init.features[0] |= 1 << VCPU_HAS_EL2;
	if (ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init))
		return fail(-errno, "KVM_ARM_VCPU_INIT");
	return 0;
}

static int add_vcpu(struct vm *vm, uint32_t index)
{
	struct vcpu *vcpu = &vm->vcpus[index];
	int ret, size;

	vcpu->index = index;
	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)index);
	if (vcpu->fd < 0)
		return fail(-errno, "KVM_CREATE_VCPU");
	ret = vcpu_init(vm, vcpu);
	if (ret)
		return ret;
	size = ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		return fail(-errno, "KVM_GET_VCPU_MMAP_SIZE");
	vcpu->run_size = size;
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		return fail(-errno, "cannot map kvm_run");
	return guest_vcpu_setup(vm, vcpu);
}

/* What must be asked for before there is a slot or a vCPU. */
static int enable_caps(struct vm *vm)
{
	struct kvm_enable_cap mte = { .cap = KVM_CAP_ARM_MTE };
	struct kvm_enable_cap split = {
		.cap = CAP_EAGER_SPLIT,
		.args[0] = vm->spec->split_chunk,
	};

	if (vm->spec->mte && ioctl(vm->fd, KVM_ENABLE_CAP, &mte))
		return fail(-errno, "KVM_CAP_ARM_MTE");
	if (vm->spec->split_chunk && ioctl(vm->fd, KVM_ENABLE_CAP, &split))
		return fail(-errno, "KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE");
	return 0;
}

int vm_create(struct vm *vm, const struct vm_spec *spec)
{
	int ret;

	memset(vm, 0, sizeof(*vm));
	vm->spec = spec;
	vm->code = spec->code;
	memcpy(vm->slots, spec->slots, sizeof(vm->slots));
	vm->kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm_fd < 0)
		return fail(-errno, "/dev/kvm");
	vm->fd = ioctl(vm->kvm_fd, KVM_CREATE_VM,
		       KVM_VM_TYPE_ARM_IPA_SIZE(IPA_BITS));
	if (vm->fd < 0)
		return fail(-errno, "KVM_CREATE_VM");
	ret = enable_caps(vm);
	ret = ret ?: add_slots(vm);
	for (uint32_t i = 0; !ret && i < spec->vcpus; i++)
		ret = add_vcpu(vm, i);
	if (!ret && spec->vgic)
		ret = vgic_create(vm);
	return ret;
}
