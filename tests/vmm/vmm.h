/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmm - a small arm64 virtual machine monitor for tests
 *
 * It makes VMs whose memory slots have a backing of the caller's choosing,
 * lets guest code do single accesses there, and says what came of each.
 */
#ifndef VMM_H
#define VMM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_VMS		16
#define MAX_SLOTS	64
#define MAX_VCPUS	8
#define MAX_ACTIONS	256
#define NAME_MAX_LEN	15	/* what fits a task's comm */

#define EXIT_USAGE	64

/* Where the guest's own code lies: its slot, and the page it exits through. */
#define CODE_SLOT	1000
#define CODE_GPA	0xf000000000ull
#define CODE_SIZE	0x20000ull
#define EXIT_GPA	(CODE_GPA + 0x100000)
#define IPA_BITS	40

enum backing {
	BACK_ANON,
	BACK_ANON_THP,
	BACK_MEMFD,
	BACK_HUGETLB,
	BACK_FILE,
	BACK_BAR,
	BACK_VFIO,
	BACK_HOLE,
	BACK_MIXED,
	BACK_TESTMEM,
};

struct slot {
	enum backing backing;
	const char *arg;	/* path or BDF/BAR, where the backing has one */
	uint32_t number;
	uint32_t kvm_flags;
	uint64_t gpa;
	uint64_t size;
	uint64_t off;
	bool has_gpa, has_size, has_number;
	bool prot_ro;		/* map PROT_READ only */
	bool populate;
	void *hva;
};

/* The guest's stage-1 memory type; also the bits above the address space. */
enum s1_type {
	S1_WB,
	S1_NC,
	S1_DEVICE,
	S1_TYPES,
};

struct guest_op {
	const struct guest_code *code;
	enum s1_type s1;
	uint32_t vcpu;
	uint64_t gpa;
	uint64_t len;
	uint64_t stride;
};

struct extents_args {
	bool phys;
	bool quiet;
	uint64_t gpa;
	uint64_t end;
	uint32_t count;
};

struct policy_args {
	uint32_t slot;
	uint32_t mem_class;
	uint32_t constraints;
	uint32_t mode;
	uint32_t count;		/* room for extents, in a dry run */
	uint64_t generation;
};

enum action_kind {
	ACT_GUEST,
	ACT_AGAIN,
	ACT_S2_CAP,
	ACT_S2_SLOT,
	ACT_S2_EXTENTS,
	ACT_POLICY_SET,
	ACT_POLICY_GET,
	ACT_POLICY_TRY,
	ACT_READ_PT,
	ACT_MAKE,
	ACT_FLAGS,
	ACT_MOVE,
	ACT_DELETE,
	ACT_UNMAP,
	ACT_DISCARD,
	ACT_REFS,
	ACT_REINIT,
	ACT_SIT,
};

struct action {
	enum action_kind kind;
	union {
		struct guest_op op;
		struct extents_args extents;
		struct policy_args policy;
		struct {
			uint32_t slot;
			uint64_t off;	/* in it, for ACT_REFS */
			uint64_t gpa;		/* for ACT_MOVE */
			uint32_t kvm_flags;	/* for ACT_FLAGS, ... */
			bool has_flags;		/* ... perhaps ACT_MOVE */
		};
		struct {
			uint32_t vcpu;
			uint64_t times;
		} again;
	};
};

enum hold {
	HOLD_NO,
	HOLD_SPIN,
	HOLD_TOUCH,
	HOLD_IDLE,
	HOLD_ORPHAN,
	HOLD_CHURN,
	HOLD_FAULTS,
};

struct vm_spec {
	const char *name;
	uint32_t vcpus;
	unsigned int vgic;	/* version of the GIC, 0 for none */
	bool no_mmu;
	bool mte;
	bool el2;
	uint64_t split_chunk;	/* of eager page splitting, 0 for none */
	bool time;
	bool script;		/* more actions come from standard input */
	const char *script_done;	/* told after each line of it */
	enum hold hold;
	unsigned int nr_slots;
	unsigned int nr_actions;
	struct slot code;	/* what backs CODE_SLOT */
	struct slot slots[MAX_SLOTS];
	struct action actions[MAX_ACTIONS];
};

struct vmm_args {
	char **argv;
	unsigned int nr_vms;
	const char *ready;
	int report_fd;		/* in the process of one VM of several */
	bool stop_on_eof;
	struct vm_spec vms[MAX_VMS];
};

struct kvm_run;
struct kvm_s2_extent;

struct vcpu {
	int fd;
	uint32_t index;
	struct kvm_run *run;
	size_t run_size;
	bool stop;		/* set by another thread: vcpu_stop() */
};

struct vm {
	const struct vm_spec *spec;
	int kvm_fd;
	int fd;
	struct slot code;
	struct slot slots[MAX_SLOTS];
	struct vcpu vcpus[MAX_VCPUS];
};

/* Where a VM says that it holds: a pipe to the parent, else the file itself. */
struct ready {
	int fd;			/* -1: there is no parent */
	const char *path;
};

/* What a guest operation, or any run of a vCPU, ended with. */
enum outcome {
	OUT_OK,
	OUT_ERRNO,		/* KVM_RUN failed: .err, perhaps .fault_* */
	OUT_EXCEPTION,		/* the guest took one: .esr, .far, .elr */
	OUT_MMIO,		/* an access that no slot takes: .addr, .write */
	OUT_EXIT,		/* any other exit reason: .reason */
	OUT_STOPPED,		/* interrupted on purpose */
};

struct result {
	enum outcome outcome;
	int err;
	uint32_t reason;
	bool write;
	uint64_t addr;
	uint64_t value;
	uint64_t esr, far, elr;
	uint64_t fault_gpa, fault_bytes, fault_flags;
};

/* One operation that the guest blob knows. */
struct guest_code {
	const char *name;
	size_t entry;		/* offset in the blob */
	bool plants;		/* put a RET there first */
	bool has_value;		/* x3 is worth reporting */
	uint64_t bias;		/* added to the address */
};

/* args.c */
void parse_args(int argc, char **argv, struct vmm_args *args);
void parse_action_line(char *line, struct vm_spec *spec);

/* parse.c */
void usage(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
uint64_t number(const char *what, const char *s, uint64_t min, uint64_t max);
void parse_guest(char *text, struct guest_op *op);
void parse_extents(char *text, struct extents_args *e);
void parse_refs(char *text, struct action *act);
void parse_again(char *text, struct action *act);
void parse_new_flags(char *text, struct action *act);
void parse_move(char *text, struct action *act);

/* usage.c */
extern const char usage_text[];

/* number.c */
int parse_u64(const char *s, uint64_t *val);

/* slot.c */
int parse_slot_flags(char *text, struct slot *slot);
int parse_slot(char *text, struct slot *slot, const char **why);
int parse_code_slot(char *text, struct slot *slot, const char **why);
int slot_map(struct slot *slot);

/* vfio.c */
int vfio_map_bar(const char *arg, uint64_t size, uint64_t off, void **hva);

/* testmem.c */
int testmem_map(const char *arg, void *place, uint64_t size, uint64_t off,
		void **hva);
int testmem_refs(void *hva, int64_t *refs);
int testmem_sit(void);

/* guest.c */
const struct guest_code *guest_code_find(const char *name);
int guest_load(struct vm *vm);
int guest_vcpu_setup(struct vm *vm, struct vcpu *vcpu);
int guest_do(struct vm *vm, const struct guest_op *op, struct result *res);
int guest_again(struct vm *vm, uint32_t vcpu, struct result *res);
int guest_start_hold(struct vm *vm, struct vcpu *vcpu);

/* vm.c */
int vm_create(struct vm *vm, const struct vm_spec *spec);
int vm_delete_slot(struct vm *vm, uint32_t number);
int vm_set_slot(struct vm *vm, const struct slot *slot);
int vm_try_slot(struct vm *vm, const struct slot *slot);
struct slot *vm_slot(struct vm *vm, uint32_t number);
int vcpu_get(struct vcpu *vcpu, uint64_t id, uint64_t *val);
int vcpu_set(struct vcpu *vcpu, uint64_t id, uint64_t val);
int vcpu_run(struct vcpu *vcpu, struct result *res);
void vcpu_stop(struct vcpu *vcpu, pthread_t thread, int sig);
int vcpu_init(struct vm *vm, struct vcpu *vcpu);

/* vgic.c */
int vgic_create(struct vm *vm);

/* action.c */
int run_actions(struct vm *vm, const struct vm_spec *spec);
void print_result(const struct vm *vm, const struct result *res);

/* s2.c */
int s2_print_cap(struct vm *vm);
int s2_print_slot(struct vm *vm, uint32_t slot);
int s2_print_extents(struct vm *vm, const struct extents_args *args);
void s2_print_extent(const struct kvm_s2_extent *e, bool first);

/* policy.c */
int parse_policy(char *text, bool scope_only, struct policy_args *p);
int policy_set(struct vm *vm, const struct policy_args *p);
int policy_get(struct vm *vm, const struct policy_args *p);
int policy_try(struct vm *vm, const struct policy_args *p);

/* script.c */
int run_script(struct vm *vm);

/* hold.c */
void hold_block_signals(void);
int hold_vm(struct vm *vm, bool stop_on_eof, const struct ready *ready);

/* main.c */
int report_ready(const struct ready *ready, const struct vm *vm);

/* Prints "vmm: ..." with the text for a negative errno; returns it. */
int fail(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* VMM_H */
