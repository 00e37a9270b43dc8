/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A kernel's memory, understood: the host, its VMs, their slots and extents */
#ifndef S2_CORE_READER_H
#define S2_CORE_READER_H

#include "source/core/memmap.h"
#include "source/core/slots.h"
#include "source/core/vmas.h"
#include "source/core/walk.h"

/* VMs that are looked at at most */
#define S2_CORE_VMS_MAX	65536u

/* A fact that may not be known */
enum s2_known {
	S2_UNKNOWN = -1,
	S2_NO,
	S2_YES,
};

/**
 * struct s2_core_vm - a VM
 * @kvm: address of its struct kvm
 * @mm: and of the address space that made it
 * @owner: and of the first task of that, or 0
 * @known: whether its structure could be read; else only that it is there is known
 * @pid: process, or the thread that made it where @is_thread
 * @maker: the thread that made it
 * @fd: a descriptor of it in that process, if @has_fd
 * @start: when that process started, in nanoseconds since the host did; 0: not known
 * @alive: whether the address space still exists
 * @slots: memory slots, if @slots_known
 * @ipa_bits: width of guest-physical addresses
 * @facts: of the whole VM: mask of enum kvm_s2_fact
 * @facts_known: whether these are all
 */
struct s2_core_vm {
	uint64_t kvm;
	uint64_t mm;
	uint64_t owner;
	uint64_t start;
	uint32_t pid;
	uint32_t maker;
	uint32_t fd;
	uint32_t vcpus;
	uint32_t slots;
	uint32_t ipa_bits;
	uint32_t facts;
	bool known;
	bool slots_known;
	bool facts_known;
	bool is_thread;
	bool has_fd;
	bool alive;
	char comm[16];
};

/**
 * struct s2_core - a kernel whose memory is read
 * @image: its memory
 * @layout, @symbols, @map: where things are in it
 * @vm: the VMs that were found, in the order in which they were made if that is known
 * @vms: how many
 * @fwb, @dic, @pkvm: enum s2_known
 * @mte_allowed: the bit of vm_flags that is VM_MTE_ALLOWED, or 0
 * @vm_fops: address of the operations of VMs' files; 0: not met yet
 */
struct s2_core {
	struct s2_image image;
	struct s2_layout layout;
	struct s2_symbols symbols;
	struct s2_memmap map;
	struct s2_core_vm *vm;
	size_t vms;
	enum s2_known fwb;
	enum s2_known dic;
	enum s2_known pkvm;
	uint64_t mte_allowed;
	uint64_t vm_fops;
};

/* What lies behind a range of guest-physical addresses; as struct kvm_s2_extent */
struct s2_core_extent {
	uint64_t gpa;
	uint64_t bytes;
	uint64_t hpa;		/* S2_NO_PHYS: not asked for, or not mapped */
	uint32_t slot;		/* S2_NO_SLOT: what KVM itself maps */
	uint32_t facts;
	uint8_t class;		/* 0: not known; likewise the types */
	uint8_t vma_type;
	uint8_t mapped;
	uint8_t memattr;	/* S2_MEMATTR_NONE */
	uint8_t perm;
	bool facts_known;
};

#define S2_NO_SLOT	UINT32_MAX

/* What comes of reading a VM; each returns 0 or what ends it */
struct s2_core_sink {
	int (*slot)(void *data, const struct s2_slot *slot);
	int (*extent)(void *data, const struct s2_core_extent *extent);
	void *data;
};

/*
 * Opens the memory in @fd.  @btf_fd: the kernel's BTF, or -1: it is looked for in
 * memory.  Return: 0 or -errno with a text
 */
int s2_core_open(struct s2_core *core, struct s2_ctx *ctx, int fd,
		 const char *name, bool live, int btf_fd);
void s2_core_close(struct s2_core *core);

/* host.c: what the CPUs and KVM can do */
void s2_core_read_host(struct s2_core *core);

/* btf_load.c: Return: 0, or -errno with a text */
int s2_core_load_btf(struct s2_core *core, int fd, struct s2_btf *btf);

/*
 * vms.c: finds the VMs; one that cannot be read is still one.  Return: 0; -EINTR: they
 * changed each time; -EOPNOTSUPP: they cannot be found; -EBADMSG, -ENOMEM; with a text
 */
int s2_core_find_vms(struct s2_core *core);

static inline int s2_core_peek(struct s2_core *core, uint64_t base,
			       enum s2_layout_id id, uint64_t *value)
{
	return s2_peek(&core->image, &core->layout, base, id, value);
}

/* Another VM.  Return: 0; -EBADMSG: there are too many; -ENOMEM; with a text */
int s2_core_add_vm(struct s2_core *core, uint64_t kvm);

/* list.c: a list of the kernel's */
typedef int (*s2_node_fn)(struct s2_core *core, uint64_t node, void *data);

/*
 * Calls @fn for each node behind @head, until it is @head again.  Return: 0; what @fn did;
 * -EAGAIN: it changed meanwhile; -EBADMSG: it makes no sense
 */
int s2_core_each_node(struct s2_core *core, uint64_t head, s2_node_fn fn,
		      void *data);

/* Whether both neighbours of a node know it */
bool s2_core_is_linked(struct s2_core *core, uint64_t node);

/* files.c: the descriptors of VMs that are known, process by process */
int s2_core_find_fds(struct s2_core *core);

/* files.c: adds the VMs that the descriptors of all processes lead to.  As s2_core_find_vms() */
int s2_core_find_in_files(struct s2_core *core);

/* What is the same for all of a VM's memory: sets @facts and @facts_known */
void s2_core_read_facts(struct s2_core *core, struct s2_core_vm *vm);

/* Whether a VM that was found is still one of the kernel's */
bool s2_core_is_listed(struct s2_core *core, uint64_t kvm);

/*
 * Whether it is still the same VM, with the VMM that it had: when a VM ends, its place in
 * memory may soon be another's, and its VMM's mappings go before it does
 */
bool s2_core_is_there(struct s2_core *core, const struct s2_core_vm *vm);

/*
 * vm.c: reads slots and, with @extents, what is behind them.  @phys: extents end where
 * physical addresses do not follow on.  Return: 0, what the sink did, or: -ESRCH: the VM
 * has ended; -EINTR: it changed each time; -EBUSY: only what the VMM has mapped there could
 * not be read; -EBADMSG: its data make no sense; -ELOOP:
 * more was read than the dump has; -EFAULT and others: they cannot be read;
 * -EOPNOTSUPP: protected KVM has no page table that can be read
 */
int s2_core_read_vm(struct s2_core *core, const struct s2_core_vm *vm,
		    bool extents, bool phys, const struct s2_core_sink *sink);

/* The page table of a VM, ready to be walked; -ENOENT: it has none (any more) */
int s2_core_open_walk(struct s2_core *core, uint64_t kvm, struct s2_walk *walk);

#endif /* S2_CORE_READER_H */
