/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libs2ctl: what stage-2 memory types the VMs of an arm64 host have, and why.
 *
 * Data flows one way:
 *
 *	source (kernel | snapshot)  ->  model  ->  objects  ->  fields
 *
 * Everything in a model is an object (struct s2_obj) of one of a few types; an
 * object has fields, and one table of fields per type is what snapshots and a
 * program's tables are made from.  A field that is absent is not known, which
 * is not the same as zero.
 *
 * Conventions.  Functions that can fail return 0 or a negative errno and leave
 * one line of text in the context (s2_ctx_error()).  Bytes and addresses are
 * 64-bit numbers of bytes.  Strings are UTF-8 without control characters,
 * belong to the object they came from and live as long as its model.
 * Nothing is translated and nothing depends on the locale.  There are no
 * globals: a context, and all that came from it, must be used by one thread at
 * a time.  Numbers of types, classes, verdicts and so on are those of the
 * kernel's linux/kvm_s2_types.h.
 */
#ifndef S2CTL_H
#define S2CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct s2_ctx;
struct s2_source;
struct s2_model;
struct s2_obj;

/**
 * s2_version() - version of the library
 *
 * Return: a string such as "0.1.0", never NULL.
 */
const char *s2_version(void);

/* ------------------------------------------------------------- context -- */

/**
 * enum s2_root - file systems that the library reads
 * @S2_ROOT_SYS: sysfs, "/sys"
 * @S2_ROOT_PROC: procfs, "/proc"
 * @S2_ROOT_DEBUG: debugfs, "/sys/kernel/debug"
 */
enum s2_root {
	S2_ROOT_SYS,
	S2_ROOT_PROC,
	S2_ROOT_DEBUG,
};

/**
 * s2_ctx_new() - make a context
 * @ctx: where to put it; the caller owns a reference
 *
 * Return: 0 or -ENOMEM.
 */
int s2_ctx_new(struct s2_ctx **ctx);

/**
 * s2_ctx_unref() - drop a reference
 * @ctx: context, may be NULL; sources and models hold references of their own
 */
void s2_ctx_unref(struct s2_ctx *ctx);

/**
 * s2_ctx_set_root() - read a file system from elsewhere (a seam for tests)
 * @ctx: context
 * @root: which
 * @path: directory; copied
 *
 * Once a root has been set, s2_open_kernel() talks to no netlink family: what
 * it finds is what the directories say.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int s2_ctx_set_root(struct s2_ctx *ctx, enum s2_root root, const char *path);

/**
 * typedef s2_log_fn - receives one line of progress or trouble
 * @data: as given to s2_ctx_set_log()
 * @line: text without a newline
 */
typedef void (*s2_log_fn)(void *data, const char *line);

/**
 * s2_ctx_set_log() - be told what the library does (for "-v")
 * @ctx: context
 * @fn: called for each line, or NULL for silence (the default)
 * @data: passed through
 */
void s2_ctx_set_log(struct s2_ctx *ctx, s2_log_fn fn, void *data);

/**
 * s2_ctx_error() - text of the last failure
 * @ctx: context
 *
 * One line without a newline, complete in itself; the kernel's extended
 * acknowledgement is in it verbatim, followed by the path of the attribute
 * that is to blame.
 *
 * Return: the text, "" if nothing has failed; valid until the next call that
 * uses this context.
 */
const char *s2_ctx_error(const struct s2_ctx *ctx);

/* ------------------------------------------------------------- objects -- */

/**
 * enum s2_obj_type - types of objects
 * @S2_OBJ_HOST: the host; one in a model
 * @S2_OBJ_VM: a virtual machine; in a model
 * @S2_OBJ_SLOT: a memory slot; in a VM, in order of guest-physical address
 * @S2_OBJ_EXTENT: an extent; in a VM, in order of guest-physical address
 * @S2_OBJ_PROBLEM: what could not be known, and why; in a model
 * @S2_OBJ_WORD: struct s2_word in JSON
 * @S2_OBJ_POLICY: what is set for a class or a slot, and what came of it; the
 *	host's in a model, a VM's in the VM; one for each owner
 * @S2_OBJ_EVENT: what a monitor reports
 */
enum s2_obj_type {
	S2_OBJ_HOST = 1,
	S2_OBJ_VM = 2,
	S2_OBJ_SLOT = 3,
	S2_OBJ_EXTENT = 4,
	S2_OBJ_PROBLEM = 5,
	S2_OBJ_WORD = 9,
	S2_OBJ_POLICY = 10,
	S2_OBJ_EVENT = 11,
};

/**
 * enum s2_kind - kinds of values
 * @S2_KIND_BOOL: true or false (or absent); JSON true, false, null
 * @S2_KIND_NUMBER: a number that counts or identifies
 * @S2_KIND_BYTES: a number of bytes
 * @S2_KIND_ADDRESS: an address in bytes
 * @S2_KIND_TIME: seconds since 1970-01-01 UTC
 * @S2_KIND_ENUM: one word of a fixed set
 * @S2_KIND_FLAGS: any of a fixed set of words; JSON array
 * @S2_KIND_PERM: three characters, "rwx" with "-" for what is not permitted
 * @S2_KIND_STRING: text
 */
enum s2_kind {
	S2_KIND_BOOL,
	S2_KIND_NUMBER,
	S2_KIND_BYTES,
	S2_KIND_ADDRESS,
	S2_KIND_TIME,
	S2_KIND_ENUM,
	S2_KIND_FLAGS,
	S2_KIND_PERM,
	S2_KIND_STRING,
};

/*
 * Field identifiers: type of object in the upper byte.  Permanent; new ones
 * are added at the end of their object.
 */
#define S2_FIELD_ID(obj, n)	(((obj) << 8) | (n))

/* What a field means is in its description: s2_fields(). */
enum s2_field_id {
	S2_HOST_SOURCE = S2_FIELD_ID(S2_OBJ_HOST, 0),
	S2_HOST_TIME, S2_HOST_BOOT_ID, S2_HOST_RELEASE, S2_HOST_MACHINE,
	S2_HOST_SERIES, S2_HOST_FEATURES, S2_HOST_FWB, S2_HOST_DIC,
	S2_HOST_PKVM, S2_HOST_PAGE_SIZE, S2_HOST_VM_COUNT,
	S2_HOST_LAST_VM_ID, S2_HOST_CACHEABLE_PFNMAP, S2_HOST_IPA_BITS,
	S2_HOST_ORIGIN, S2_HOST_PCI,

	S2_VM_ID = S2_FIELD_ID(S2_OBJ_VM, 0),
	S2_VM_PID, S2_VM_COMM, S2_VM_NAME, S2_VM_UUID, S2_VM_ALIVE,
	S2_VM_VCPUS, S2_VM_SLOT_COUNT, S2_VM_IPA_BITS, S2_VM_FACTS,
	S2_VM_BYTES, S2_VM_WB_BYTES, S2_VM_NC_BYTES, S2_VM_DEVICE_BYTES,
	S2_VM_EXEC_BYTES, S2_VM_FD, S2_VM_UID, S2_VM_CGROUP, S2_VM_START,
	S2_VM_NTH,

	S2_SLOT_SLOT = S2_FIELD_ID(S2_OBJ_SLOT, 0),
	S2_SLOT_GPA, S2_SLOT_BYTES, S2_SLOT_HVA, S2_SLOT_FLAGS,
	S2_SLOT_CLASS, S2_SLOT_FACTS, S2_SLOT_VMA_TYPE, S2_SLOT_PREDICTED,
	S2_SLOT_MAPPED, S2_SLOT_STRENGTH, S2_SLOT_PERM, S2_SLOT_VERDICT,
	S2_SLOT_REASON, S2_SLOT_WHY, S2_SLOT_WB_BYTES, S2_SLOT_NC_BYTES,
	S2_SLOT_DEVICE_BYTES, S2_SLOT_EXEC_BYTES, S2_SLOT_ENFORCED,
	S2_SLOT_AUDITED, S2_SLOT_DENIED, S2_SLOT_WOULD_DENY,

	S2_EXTENT_SLOT = S2_FIELD_ID(S2_OBJ_EXTENT, 0),
	S2_EXTENT_GPA, S2_EXTENT_BYTES, S2_EXTENT_HPA, S2_EXTENT_CLASS,
	S2_EXTENT_FACTS, S2_EXTENT_VMA_TYPE, S2_EXTENT_PREDICTED,
	S2_EXTENT_MAPPED, S2_EXTENT_STRENGTH, S2_EXTENT_PERM,
	S2_EXTENT_MEMATTR, S2_EXTENT_VERDICT, S2_EXTENT_REASON,
	S2_EXTENT_WHY, S2_EXTENT_BDF, S2_EXTENT_BAR, S2_EXTENT_PREFETCHABLE,
	S2_EXTENT_DRIVER, S2_EXTENT_PCI_ID,

	S2_PROBLEM_CODE = S2_FIELD_ID(S2_OBJ_PROBLEM, 0),
	S2_PROBLEM_TEXT, S2_PROBLEM_ATTR, S2_PROBLEM_VM, S2_PROBLEM_PID,
	S2_PROBLEM_FD, S2_PROBLEM_RULE,

	S2_WORD_KIND = S2_FIELD_ID(S2_OBJ_WORD, 0),
	S2_WORD_WORD, S2_WORD_SUMMARY, S2_WORD_TEXT, S2_WORD_REMEDY,
	S2_WORD_SEVERITY,

	S2_POLICY_SCOPE = S2_FIELD_ID(S2_OBJ_POLICY, 0),
	S2_POLICY_SLOT, S2_POLICY_CLASS, S2_POLICY_OWNER,
	S2_POLICY_CONSTRAINTS, S2_POLICY_MODE, S2_POLICY_GENERATION,
	S2_POLICY_ENFORCED, S2_POLICY_AUDITED, S2_POLICY_DENIED,
	S2_POLICY_WOULD_DENY,

	S2_EVENT_TIME = S2_FIELD_ID(S2_OBJ_EVENT, 0),
	S2_EVENT_EVENT, S2_EVENT_VM, S2_EVENT_SCOPE, S2_EVENT_SLOT,
	S2_EVENT_CLASS, S2_EVENT_OWNER, S2_EVENT_CONSTRAINTS, S2_EVENT_MODE,
	S2_EVENT_GENERATION, S2_EVENT_ENFORCED, S2_EVENT_AUDITED,
	S2_EVENT_DENIED, S2_EVENT_WOULD_DENY, S2_EVENT_REASON, S2_EVENT_GPA,
	S2_EVENT_COMPLETE,
};

/* Flags of struct s2_field */
#define S2_FIELD_DERIVED	(1u << 0)	/* follows from other fields */
#define S2_FIELD_UNTRUSTED	(1u << 1)	/* a VM's owner chose the text */
#define S2_FIELD_FROM_ZERO	(1u << 2)	/* the first word is number 0, not 1 */

/**
 * struct s2_field - description of a field
 * @id: enum s2_field_id
 * @kind: enum s2_kind
 * @flags: S2_FIELD_*
 * @name: key in JSON and name of the column ("vma_type"): permanent
 * @header: heading of the column ("VMA TYPE")
 * @doc: one sentence: what it means, unit included
 * @words: for S2_KIND_ENUM and S2_KIND_FLAGS: all words, ending in NULL
 */
struct s2_field {
	unsigned int id;
	enum s2_kind kind;
	unsigned int flags;
	const char *name;
	const char *header;
	const char *doc;
	const char *const *words;
};

/**
 * s2_fields() - the fields of a type of object, in their natural order
 * @type: type of object
 * @count: out, how many; may be NULL
 *
 * An entry is s2_field_stride() bytes long, which in a later library is more than
 * sizeof(struct s2_field).  Go through them with s2_field_for_each, never by index.
 *
 * Return: an array that ends with an entry whose name is NULL; NULL for an
 * unknown type.
 */
const struct s2_field *s2_fields(enum s2_obj_type type, size_t *count);

/**
 * s2_field_stride() - distance between two entries of s2_fields()
 *
 * Return: bytes, in the library that the program runs with.
 */
size_t s2_field_stride(void);

#define s2_field_for_each(it, type)					\
	for ((it) = s2_fields(type, NULL); (it) && (it)->name;		\
	     (it) = (const struct s2_field *)(const void *)		\
			((const char *)(it) + s2_field_stride()))

/**
 * s2_field_find() - look a field up by name
 * @type: type of object
 * @name: exact name
 *
 * Return: the field, or NULL.
 */
const struct s2_field *s2_field_find(enum s2_obj_type type, const char *name);

/**
 * struct s2_value - value of a field
 * @kind: its kind
 * @known: false if the value is absent: nothing below means anything
 * @num: value of the numeric kinds, 0 or 1 for S2_KIND_BOOL, the kernel's
 *	number for S2_KIND_ENUM, its mask for S2_KIND_FLAGS and S2_KIND_PERM
 * @str: text of S2_KIND_STRING, the word for S2_KIND_ENUM; else NULL
 */
struct s2_value {
	enum s2_kind kind;
	bool known;
	uint64_t num;
	const char *str;
};

/**
 * s2_obj_get() - read a field
 * @obj: object
 * @id: enum s2_field_id; of another type of object: absent
 *
 * Return: the value.
 */
struct s2_value s2_obj_get(const struct s2_obj *obj, unsigned int id);

/**
 * s2_obj_num() - read a field as a number
 * @obj: object
 * @id: enum s2_field_id
 * @absent: what to return if the value is absent
 *
 * Return: the number, or @absent.
 */
uint64_t s2_obj_num(const struct s2_obj *obj, unsigned int id, uint64_t absent);

/**
 * s2_obj_str() - read a field as a string or a word
 * @obj: object
 * @id: enum s2_field_id of kind S2_KIND_STRING or S2_KIND_ENUM
 *
 * Return: the text, or NULL if absent.
 */
const char *s2_obj_str(const struct s2_obj *obj, unsigned int id);

/**
 * s2_value_text() - a value as plain text
 * @field: its field
 * @value: value
 * @buf: where to put it
 * @size: size of @buf; 256 is enough for every kind but S2_KIND_STRING
 *
 * Numbers in decimal, addresses as "0x...", bool as "yes" and "no", flags
 * joined with commas, absent as "-".
 *
 * Return: length of the whole text, as snprintf() does; it was cut short if
 * that is not below @size.
 */
size_t s2_value_text(const struct s2_field *field, struct s2_value value,
		     char *buf, size_t size);

/**
 * s2_obj_type() - type of an object
 * @obj: object
 *
 * Return: enum s2_obj_type.
 */
enum s2_obj_type s2_obj_type(const struct s2_obj *obj);

/**
 * s2_obj_known() - whether an object's children of one type were read
 * @obj: a VM (slots, extents, policies)
 * @type: type of child
 *
 * Return: true if they are known, be they none; false if they were not asked
 * for or could not be read.
 */
bool s2_obj_known(const struct s2_obj *obj, enum s2_obj_type type);

/**
 * s2_obj_count() - number of an object's children of one type
 * @obj: a VM (slots, extents, policies)
 * @type: type of child
 *
 * Return: how many.
 */
size_t s2_obj_count(const struct s2_obj *obj, enum s2_obj_type type);

/**
 * s2_obj_first() - first child of one type
 * @obj: a VM (slots, extents, policies)
 * @type: type of child
 *
 * Return: the child or NULL.
 */
const struct s2_obj *s2_obj_first(const struct s2_obj *obj,
				  enum s2_obj_type type);

/**
 * s2_obj_next() - next object of the same type in the same parent
 * @obj: object
 *
 * Return: the object or NULL.
 */
const struct s2_obj *s2_obj_next(const struct s2_obj *obj);

#define s2_obj_for_each(it, obj, type)					\
	for ((it) = s2_obj_first(obj, type); (it); (it) = s2_obj_next(it))

/* ------------------------------------------------------------- sources -- */

/**
 * s2_open_kernel() - this host, as its kernel reports it
 * @ctx: context
 * @src: where to put the source; free with s2_source_close()
 *
 * Succeeds on every Linux: what the kernel does not tell (no series, no
 * privilege) is a problem of the model, which then has complete false and only
 * what /proc and KVM's debugfs tell.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_open_kernel(struct s2_ctx *ctx, struct s2_source **src);

/**
 * s2_open_core() - this host, as its kernel's memory shows it
 * @ctx: context
 * @src: where to put the source; free with s2_source_close()
 *
 * For a kernel without the series (Linux 6.0 and later, with CONFIG_PROC_KCORE,
 * CONFIG_KALLSYMS and CONFIG_DEBUG_INFO_BTF).  Memory is read by a child process without
 * privileges, which ends with the source; a caller must not wait for children that it
 * does not know.  Policies and verdicts are not known.
 *
 * Return: 0; -EACCES: it takes CAP_SYS_RAWIO, and a kernel that is not locked down;
 * -EOPNOTSUPP: the kernel does not tell what is needed; -ENOMEM; or -errno.
 */
int s2_open_core(struct s2_ctx *ctx, struct s2_source **src);

/**
 * s2_open_dump() - a host as it was, from a dump of its memory
 * @ctx: context
 * @path: an ELF file (/proc/vmcore, kdump's, QEMU's dump-guest-memory, virsh dump) or, with
 *	libkdumpfile, a compressed one
 * @src: where to put the source; free with s2_source_close()
 *
 * The file need not be trusted, and any machine can read it.
 *
 * Return: 0; -ENOEXEC: it is no dump; -EBADMSG: it is damaged; -EOPNOTSUPP: of another
 * architecture, or of a kernel that does not tell what is needed; -ESPIPE; -ENOMEM; or
 * -errno.
 */
int s2_open_dump(struct s2_ctx *ctx, const char *path, struct s2_source **src);

/**
 * enum s2_live - what this host is seen by
 * @S2_LIVE_BEST: the series' family; else the kernel's memory; else /proc alone
 * @S2_LIVE_KERNEL: the family, as s2_open_kernel()
 * @S2_LIVE_CORE: the kernel's memory, as s2_open_core()
 * @S2_LIVE_PROC: /proc and debugfs alone: VMs, but no memory types
 */
enum s2_live {
	S2_LIVE_BEST,
	S2_LIVE_KERNEL,
	S2_LIVE_CORE,
	S2_LIVE_PROC,
};

/**
 * s2_open_host() - this host
 * @ctx: context
 * @from: what it is seen by
 * @src: where to put the source; free with s2_source_close()
 *
 * With S2_LIVE_BEST, what cannot be read is a problem of the model, as with
 * s2_open_kernel(), and policies and events are the family's.
 *
 * Return: as s2_open_kernel() and s2_open_core(); -EINVAL.
 */
int s2_open_host(struct s2_ctx *ctx, enum s2_live from, struct s2_source **src);

/**
 * s2_open_file() - a host as it was, from a file of either kind
 * @ctx: context
 * @path: a snapshot, a dump, or "-" for a snapshot from standard input
 * @src: where to put the source; free with s2_source_close()
 *
 * Return: as s2_open_snapshot() and s2_open_dump().
 */
int s2_open_file(struct s2_ctx *ctx, const char *path, struct s2_source **src);

/**
 * s2_open_snapshot() - a host as it was, from a file
 * @ctx: context
 * @path: file, or "-" for standard input
 * @src: where to put the source; free with s2_source_close()
 *
 * The file need not be trusted.  A regular file is read, and checked, when it is
 * loaded, each time anew: it must not change meanwhile.  Anything else is read and
 * checked here; what of it is more than a little is kept in a temporary file without a
 * name, in $TMPDIR or /tmp.
 *
 * Return: 0; -errno of opening, reading and of the temporary file; -ENOMEM; for what
 * is checked here, as s2_load() for a snapshot that is wrong.
 */
int s2_open_snapshot(struct s2_ctx *ctx, const char *path,
		     struct s2_source **src);

/**
 * s2_open_snapshot_file() - as s2_open_snapshot(), from an open file
 * @ctx: context
 * @file: open for reading; not closed
 * @name: what to call it in error texts
 * @src: where to put the source; free with s2_source_close()
 *
 * Return: as s2_open_snapshot().
 */
int s2_open_snapshot_file(struct s2_ctx *ctx, FILE *file, const char *name,
			  struct s2_source **src);

/**
 * s2_source_close() - free a source
 * @src: source, may be NULL; models loaded from it stay
 */
void s2_source_close(struct s2_source *src);

/* Flags of struct s2_load_options; each costs time */
#define S2_LOAD_VMS	(1u << 0)	/* VMs; without it the host alone */
#define S2_LOAD_SLOTS	(1u << 1)	/* their slots, and sums of bytes */
#define S2_LOAD_EXTENTS	(1u << 2)	/* their extents */
#define S2_LOAD_PHYS	(1u << 3)	/* host-physical addresses of extents */
#define S2_LOAD_DEVICES	(1u << 4)	/* PCI BARs behind extents that can be some */
#define S2_LOAD_POLICY	(1u << 5)	/* the host's policies, and the VMs' */
#define S2_LOAD_POLICY_IF_ANY (1u << 6)	/* likewise; to have none is no problem */
#define S2_LOAD_IF_THERE (1u << 7)	/* leave out VMs asked for that do not exist */

/**
 * struct s2_load_options - what to load
 * @size: sizeof(struct s2_load_options)
 * @flags: S2_LOAD_*; each of VMS, SLOTS, EXTENTS implies those before it, PHYS
 *	and DEVICES imply EXTENTS; POLICY implies nothing.  POLICY_IF_ANY is for
 *	those to whom a kernel or a snapshot without policies is as good as any;
 *	with both, policies that the source can never know are a problem
 *	"cannot-know", which leaves the model complete
 * @vms: VMs wanted, as s2_model_find_vm() understands them; NULL for all
 * @nr_vms: how many; 0 for all
 *
 * A later version has more members, at the end.  Zero all of the structure, then set
 * its size: the library takes members that an older caller does not have for zero, and
 * refuses a newer caller only if a member that it does not know is not zero.
 */
struct s2_load_options {
	size_t size;
	unsigned int flags;
	const char *const *vms;
	size_t nr_vms;
};

/**
 * s2_load() - read a source into a model
 * @src: source
 * @opt: what to load
 * @model: where to put the model; free with s2_model_unref()
 *
 * What cannot be read is left absent and becomes a problem of the model; what
 * was read is never lost for it.
 *
 * A VM asked for that is not found where not all VMs can be seen is such a
 * problem, too: nobody can say that it does not exist.
 *
 * Return: 0, also for an incomplete model; -ENOENT if a VM asked for does not
 * exist and S2_LOAD_IF_THERE is not among the flags; -ENOTUNIQ if its name fits
 * several (the text lists their ids);
 * -EINVAL for bad options; -E2BIG if options are set that only a newer library knows;
 * -ENOMEM; and for a snapshot, which is refused as a whole, -errno of reading,
 * -EBADMSG if it is not JSON or ends early, -EPROTONOSUPPORT if a newer s2ctl wrote
 * it, -EINVAL if it is not a snapshot or contradicts itself.
 */
int s2_load(struct s2_source *src, const struct s2_load_options *opt,
	    struct s2_model **model);

/**
 * typedef s2_model_fn - receives one model
 * @data: as given to s2_load_each()
 * @model: model, which is freed when the function returns unless
 *	s2_monitor_dump() keeps it
 *
 * Return: 0 to go on; anything else ends the load.
 */
typedef int (*s2_model_fn)(void *data, struct s2_model *model);

/**
 * s2_load_each() - read a source VM by VM, in memory for one
 * @src: source
 * @opt: what to load
 * @fn: called first for a model of the host without VMs, then for a model for
 *	each VM, which has the host as well
 * @data: passed through
 *
 * Problems of the host are in the first model alone, those of a VM in its own.
 *
 * Return: 0; as s2_load(), before @fn is called; what @fn returned if that was
 * not 0.
 */
int s2_load_each(struct s2_source *src, const struct s2_load_options *opt,
		 s2_model_fn fn, void *data);

/* --------------------------------------------------------------- model -- */

/**
 * s2_model_unref() - free a model
 * @model: model, may be NULL
 */
void s2_model_unref(struct s2_model *model);

/**
 * s2_model_complete() - whether everything asked for is known
 * @model: model
 *
 * Return: true if it is, or if all that is not is what this source can never know
 * (problems "cannot-know"); false if another problem says what is not.
 */
bool s2_model_complete(const struct s2_model *model);

/**
 * s2_model_host() - the host of a model
 * @model: model
 *
 * Return: the object, never NULL.
 */
const struct s2_obj *s2_model_host(const struct s2_model *model);

/**
 * s2_model_first() - first object of one type in a model
 * @model: model
 * @type: S2_OBJ_HOST, S2_OBJ_VM, S2_OBJ_PROBLEM or S2_OBJ_POLICY (the host's)
 *
 * Return: the object or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_model_first(const struct s2_model *model,
				    enum s2_obj_type type);

/**
 * s2_model_count() - number of objects of one type in a model
 * @model: model
 * @type: S2_OBJ_HOST, S2_OBJ_VM, S2_OBJ_PROBLEM or S2_OBJ_POLICY (the host's)
 *
 * Return: how many.
 */
size_t s2_model_count(const struct s2_model *model, enum s2_obj_type type);

/**
 * s2_model_known() - whether a model's objects of one type were read
 * @model: model
 * @type: S2_OBJ_HOST, S2_OBJ_VM, S2_OBJ_PROBLEM or S2_OBJ_POLICY (the host's)
 *
 * Return: true if they are known, be they none; false if they were not asked
 * for or could not be read.
 */
bool s2_model_known(const struct s2_model *model, enum s2_obj_type type);

#define s2_model_for_each(it, model, type)				\
	for ((it) = s2_model_first(model, type); (it); (it) = s2_obj_next(it))

/**
 * s2_model_find_vm() - look a VM up
 * @model: model
 * @spec: "id:N", "pid:N", "uuid:UUID" or "name:NAME" say what they are;
 *	"pid:N:fd:N" is the one of a process's VMs that has this descriptor.
 *	Without a prefix: digits alone are a VM id or, if no VM has that id,
 *	a pid; the form of a UUID is a UUID; all else is a name.  There are no
 *	abbreviations, and a number with anything behind it is a name.
 * @vm: where to put the VM
 *
 * Return: 0, -ENOENT, or -ENOTUNIQ if it fits several (the text lists their
 * ids).
 */
int s2_model_find_vm(const struct s2_model *model, const char *spec,
		     const struct s2_obj **vm);

/* -------------------------------------------------------------- policy -- */

#define S2_ANY_SLOT	UINT32_MAX

/**
 * struct s2_policy - a policy of the administrator's to set
 * @vm_id: identity of the VM; 0 for the host
 * @slot: number of a slot of the VM; S2_ANY_SLOT for a class
 * @mem_class: enum kvm_s2_class, from RAM to HOLE; 0 for a slot
 * @constraints: mask of enum kvm_s2_constraint; 0 clears what was set
 * @mode: enum kvm_s2_mode; NONE goes with no constraints
 * @generation: that of the VM's or the host's policies which this was worked
 *	out for; 0 for any
 *
 * It does not tell its size, so it never grows: a policy that says more will be a
 * structure of its own.
 */
struct s2_policy {
	uint64_t vm_id;
	uint32_t slot;
	unsigned int mem_class;
	unsigned int constraints;
	unsigned int mode;
	uint64_t generation;
};

/**
 * s2_policy_set() - set a policy, in place of what was set there
 * @src: the kernel
 * @policy: what and for what
 * @generation: out, that of the policies now; may be NULL
 *
 * When it returns, no vCPU uses an entry that the policy forbids.
 *
 * Return: 0; -EOPNOTSUPP if this kernel or source has no policies; -EACCES
 * without privilege; what the kernel refuses with: -EINVAL, -EPERM (force, or
 * locked), -ESTALE (another generation), -EBUSY (a conflict), -ESRCH (no such
 * VM), -ENOENT (no such slot); -ENOMEM.  Other errors leave open whether it was
 * set.
 */
int s2_policy_set(struct s2_source *src, const struct s2_policy *policy,
		  uint64_t *generation);

/**
 * s2_policy_try() - dry run of s2_policy_set()
 * @src: the kernel
 * @policy: what and for what
 * @model: where to put the model; free with s2_model_unref()
 *
 * The model holds the VMs of which mapped memory would be treated otherwise,
 * each with those extents as they would be.  One whose verdict is deny would be
 * denied.  The model is incomplete if some could not be looked at.
 *
 * Return: as s2_policy_set(), whose refusals are made here as well.
 */
int s2_policy_try(struct s2_source *src, const struct s2_policy *policy,
		  struct s2_model **model);

/* ------------------------------------------------------------- monitor -- */

struct s2_monitor;

/**
 * enum s2_event - what S2_EVENT_EVENT can be
 * @S2_EVENT_IS_STATE: a policy as it is: part of a dump
 * @S2_EVENT_IS_READY: the dump is over; what follows are changes
 * @S2_EVENT_IS_DENIED: faults were, or would have been, denied
 * @S2_EVENT_IS_POLICY: a policy was set
 * @S2_EVENT_IS_VM_GONE: a VM ended
 * @S2_EVENT_IS_RESYNC: events were lost; the state follows anew
 */
enum s2_event {
	S2_EVENT_IS_STATE = 1,
	S2_EVENT_IS_READY,
	S2_EVENT_IS_DENIED,
	S2_EVENT_IS_POLICY,
	S2_EVENT_IS_VM_GONE,
	S2_EVENT_IS_RESYNC,
};

/**
 * s2_monitor_open() - subscribe to the kernel's events
 * @src: the kernel; must outlive the monitor
 * @monitor: where to put it; free with s2_monitor_close()
 *
 * Return: 0; -EOPNOTSUPP if this kernel or source has no policies; -EACCES
 * without privilege; -errno; -ENOMEM.
 */
int s2_monitor_open(struct s2_source *src, struct s2_monitor **monitor);

/**
 * s2_monitor_close() - end a subscription
 * @monitor: monitor, may be NULL
 */
void s2_monitor_close(struct s2_monitor *monitor);

/**
 * s2_monitor_fd() - what to wait for
 * @monitor: monitor
 *
 * Wait only after s2_monitor_next() has returned -EAGAIN.
 *
 * Return: a descriptor that is readable when there are events.
 */
int s2_monitor_fd(const struct s2_monitor *monitor);

/**
 * s2_monitor_select() - be told of some VMs only, and of the host
 * @monitor: monitor
 * @model: the VMs
 *
 * Return: 0 or -ENOMEM.
 */
int s2_monitor_select(struct s2_monitor *monitor, const struct s2_model *model);

/**
 * s2_monitor_dump() - have the state reported
 * @monitor: monitor
 * @model: the state, loaded with S2_LOAD_POLICY after s2_monitor_open(), and
 *	with S2_LOAD_VMS for that of VMs; kept until all of it is reported
 *
 * s2_monitor_next() then returns a S2_EVENT_IS_STATE for each policy in the
 * model, a S2_EVENT_IS_READY that says whether the model was complete, and what
 * has happened since.  An event may then tell what the state has told already.
 */
void s2_monitor_dump(struct s2_monitor *monitor, struct s2_model *model);

/**
 * s2_monitor_next() - next event
 * @monitor: monitor
 * @event: where to put the object; lives until the next call
 *
 * Never waits.
 *
 * Return: 0; -EAGAIN if there is none; -ENOBUFS if events were lost: @event is
 * then a S2_EVENT_IS_RESYNC, and the state must be loaded again and given to
 * s2_monitor_dump(); -errno.
 */
int s2_monitor_next(struct s2_monitor *monitor, const struct s2_obj **event);

/* --------------------------------------------------------------- words -- */

/**
 * struct s2_word - what a word of the vocabulary means
 * @kind: "term" (of the vocabulary itself: "type", "class"), "rule", "type",
 *	"class", "verdict", "reason", "constraint", "mode", "owner", "scope",
 *	"action", "event", "fact", "strength", "feature", "flag", "source",
 *	"severity" or "problem"
 * @word: the word ("S2-003", "wb", "ram", "map-memory")
 * @summary: one line
 * @text: explanation, one paragraph
 * @remedy: what to do about it; NULL where there is nothing to do
 * @severity: worst enum s2_severity of a rule; else 0
 */
struct s2_word {
	const char *kind;
	const char *word;
	const char *summary;
	const char *text;
	const char *remedy;
	int severity;
};

/**
 * s2_words() - the whole vocabulary; the same word may stand in two kinds
 * @count: out, how many; may be NULL
 *
 * An entry is s2_word_stride() bytes long, which in a later library is more than
 * sizeof(struct s2_word).  Go through them with s2_word_for_each, never by index.
 *
 * Return: an array that ends with an entry whose word is NULL.
 */
const struct s2_word *s2_words(size_t *count);

/**
 * s2_word_stride() - distance between two entries of s2_words()
 *
 * Return: bytes, in the library that the program runs with.
 */
size_t s2_word_stride(void);

#define s2_word_for_each(it)						\
	for ((it) = s2_words(NULL); (it)->word;				\
	     (it) = (const struct s2_word *)(const void *)		\
			((const char *)(it) + s2_word_stride()))

#ifdef __cplusplus
}
#endif

#endif /* S2CTL_H */
