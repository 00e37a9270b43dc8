// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest: its code, its stage-1 translation and what it is asked to do.
 *
 * Stage 1 maps the whole guest-physical address space three times, one 1 TiB
 * after the other: as Normal write-back, as Normal non-cacheable, as Device.
 * So the type of an access is chosen by its address alone, and with the MMU on
 * a misaligned access is the stage-2 type's business only (with the MMU off
 * all data accesses are Device).
 */
#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <unistd.h>

#include "vmm.h"

extern const uint8_t guest_blob[], guest_blob_end[];
extern const uint8_t guest_touch[], guest_read[], guest_write[];
extern const uint8_t guest_dirty[], guest_exec[], guest_zva[];
extern const uint8_t guest_touch_forever[], guest_spin[];

#define CORE(reg)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 |		\
			 KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(reg))
#define X(n)		CORE(regs.regs[0]) + 2 * (n)
#define SCTLR_EL1	ARM64_SYS_REG(3, 0, 1, 0, 0)
#define TTBR0_EL1	ARM64_SYS_REG(3, 0, 2, 0, 0)
#define TCR_EL1		ARM64_SYS_REG(3, 0, 2, 0, 2)
#define MAIR_EL1	ARM64_SYS_REG(3, 0, 10, 2, 0)
#define VBAR_EL1	ARM64_SYS_REG(3, 0, 12, 0, 0)

#define PSTATE_EL1H_MASKED	0x3c5
#define SCTLR_M_C_I		(1ull << 0 | 1ull << 2 | 1ull << 12)
#define SCTLR_A			(1ull << 1)
/* T0SZ 16, walks write-back and inner shareable, no TTBR1, 40-bit output */
#define TCR_VALUE		(16 | 1ull << 8 | 1ull << 10 | 3ull << 12 | \
				 1ull << 23 | 2ull << 32)
#define MAIR_VALUE		0x0444ffull	/* attr 2, 1, 0 */
#define DESC_TABLE		3ull
#define DESC_BLOCK(attr)	(1ull | 1ull << 10 | 3ull << 8 | (attr) << 2)

#define TABLES_OFF	0x10000		/* of the code slot */
#define TABLE_SIZE	0x1000
#define GIB		(1ull << 30)
#define A64_RET		0xd65f03c0u

static const uint64_t s1_attr[S1_TYPES] = { 0, 1, 2 };

/* C constants cannot be differences of symbols, so the table is filled late. */
static struct guest_code codes[] = {
	{ "touch", 0, false, false, 0 },
	{ "read", 0, false, true, 0 },
	{ "write", 0, false, false, 0 },
	{ "dirty", 0, false, false, 0 },
	{ "exec", 0, true, false, 0 },
	{ "fetch", 0, false, false, 0 },
	{ "misread", 0, false, false, 1 },
	{ "miswrite", 0, false, false, 1 },
	{ "zva", 0, false, false, 0 },
};

static const uint8_t *const entries[] = {
	guest_touch, guest_read, guest_write, guest_dirty, guest_exec,
	guest_exec, guest_read, guest_write, guest_zva,
};

const struct guest_code *guest_code_find(const char *name)
{
	for (unsigned int i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(name, codes[i].name))
			continue;
		codes[i].entry = entries[i] - guest_blob;
		return &codes[i];
	}
	return NULL;
}

static uint64_t guest_va(uint64_t gpa, enum s1_type s1)
{
	return (uint64_t)s1 << IPA_BITS | gpa;
}

/* One level-0 table, and two level-1 tables of 1 GiB blocks for each type. */
static void build_tables(uint8_t *code)
{
	uint64_t *l0 = (uint64_t *)(code + TABLES_OFF);
	uint64_t l1_gpa = CODE_GPA + TABLES_OFF + TABLE_SIZE;

	for (unsigned int i = 0; i < 2 * S1_TYPES; i++) {
		uint64_t *l1 = l0 + (i + 1) * (TABLE_SIZE / sizeof(*l0));
		uint64_t gpa = i % 2 ? 512 * GIB : 0;
		uint64_t attr = s1_attr[i / 2];

		l0[i] = (l1_gpa + i * TABLE_SIZE) | DESC_TABLE;
		for (unsigned int j = 0; j < 512; j++)
			l1[j] = (gpa + j * GIB) | DESC_BLOCK(attr);
	}
}

int guest_load(struct vm *vm)
{
	uint8_t *p = vm->code.hva;

	memcpy(p, guest_blob, guest_blob_end - guest_blob);
	build_tables(p);
	__builtin___clear_cache((char *)p, (char *)p + CODE_SIZE);
	return 0;
}

int guest_vcpu_setup(struct vm *vm, struct vcpu *vcpu)
{
	uint64_t sctlr;
	int ret;

	ret = vcpu_set(vcpu, VBAR_EL1, CODE_GPA);
	ret = ret ?: vcpu_set(vcpu, CORE(regs.pstate), PSTATE_EL1H_MASKED);
	if (ret || vm->spec->no_mmu)
		return ret;
	ret = vcpu_set(vcpu, TTBR0_EL1, CODE_GPA + TABLES_OFF);
	ret = ret ?: vcpu_set(vcpu, TCR_EL1, TCR_VALUE);
	ret = ret ?: vcpu_set(vcpu, MAIR_EL1, MAIR_VALUE);
	ret = ret ?: vcpu_get(vcpu, SCTLR_EL1, &sctlr);
	return ret ?: vcpu_set(vcpu, SCTLR_EL1,
			       (sctlr | SCTLR_M_C_I) & ~SCTLR_A);
}

/* Puts a RET wherever the guest is going to jump to. */
static int plant(struct vm *vm, const struct guest_op *op)
{
	for (uint64_t off = 0; off < op->len; off += op->stride) {
		uint64_t gpa = op->gpa + off;
		const struct slot *slot = NULL;

		for (unsigned int i = 0; i < vm->spec->nr_slots; i++)
			if (gpa - vm->slots[i].gpa < vm->slots[i].size)
				slot = &vm->slots[i];
		if (!slot || !slot->hva || slot->prot_ro)
			return fail(-EFAULT, "cannot plant code at 0x%llx",
				    (unsigned long long)gpa);

		char *hva = (char *)slot->hva + (gpa - slot->gpa);

		*(volatile uint32_t *)hva = A64_RET;
		__builtin___clear_cache(hva, hva + sizeof(uint32_t));
	}
	return 0;
}

static int enter(struct vcpu *vcpu, uint64_t entry, uint64_t va,
		 uint64_t count, uint64_t stride)
{
	int ret;

	ret = vcpu_set(vcpu, X(0), va);
	ret = ret ?: vcpu_set(vcpu, X(1), count);
	ret = ret ?: vcpu_set(vcpu, X(2), stride);
	ret = ret ?: vcpu_set(vcpu, X(27), EXIT_GPA);
	ret = ret ?: vcpu_set(vcpu, CORE(regs.pstate), PSTATE_EL1H_MASKED);
	return ret ?: vcpu_set(vcpu, CORE(regs.pc), CODE_GPA + entry);
}

/* A store to the exit page is the guest's own report. */
static int guest_report(struct vcpu *vcpu, struct result *res)
{
	int ret;

	if (res->outcome != OUT_MMIO || !res->write)
		return 0;
	if (res->addr == EXIT_GPA) {
		res->outcome = OUT_OK;
		return vcpu_get(vcpu, X(3), &res->value);
	}
	if (res->addr != EXIT_GPA + 8)
		return 0;
	res->outcome = OUT_EXCEPTION;
	ret = vcpu_get(vcpu, X(20), &res->esr);
	ret = ret ?: vcpu_get(vcpu, X(21), &res->far);
	return ret ?: vcpu_get(vcpu, X(22), &res->elr);
}

/* The result's far is guest-virtual: cut to a guest-physical address. */
int guest_do(struct vm *vm, const struct guest_op *op, struct result *res)
{
	struct vcpu *vcpu = &vm->vcpus[op->vcpu];
	uint64_t count = (op->len + op->stride - 1) / op->stride;
	int ret = 0;

	if (op->code->plants)
		ret = plant(vm, op);
	ret = ret ?: enter(vcpu, op->code->entry,
			   guest_va(op->gpa, op->s1) + op->code->bias, count,
			   op->stride);
	ret = ret ?: vcpu_run(vcpu, res);
	return ret ?: guest_report(vcpu, res);
}

/* Goes on where the vCPU was stopped. */
int guest_again(struct vm *vm, uint32_t vcpu, struct result *res)
{
	int ret = vcpu_run(&vm->vcpus[vcpu], res);

	return ret ?: guest_report(&vm->vcpus[vcpu], res);
}

/* Sets a vCPU up to run until it is stopped; the caller runs it. */
int guest_start_hold(struct vm *vm, struct vcpu *vcpu)
{
	const struct vm_spec *spec = vm->spec;
	const struct slot *slot;

	if (spec->hold != HOLD_TOUCH || !spec->nr_slots)
		return enter(vcpu, guest_spin - guest_blob, 0, 1, 0);
	slot = &vm->slots[vcpu->index % spec->nr_slots];
	return enter(vcpu, guest_touch_forever - guest_blob,
		     guest_va(slot->gpa, S1_WB),
		     slot->size / sysconf(_SC_PAGESIZE),
		     sysconf(_SC_PAGESIZE));
}
