/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libs2ctl: what stage-2 memory types the VMs of an arm64 host have, and why.
 *
 * Data flows one way:
 *
 *	source (kernel | snapshot)  ->  model  ->  report (rules)  ->  output
 *
 * Everything in a model or a report is an object (struct s2_obj) of one of a
 * few types; an object has fields, and one table of fields per type is what
 * the JSON writer, the snapshot reader and a program's tables are made from.
 * A field that is absent is not known, which is not the same as zero.
 *
 * Conventions.  Functions that can fail return 0 or a negative errno and leave
 * one line of text in the context (s2_ctx_error()).  Bytes and addresses are
 * 64-bit numbers of bytes.  Strings are UTF-8 without control characters,
 * belong to the object they came from and live as long as its model or report.
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
struct s2_report;
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
 * @ctx: context, may be NULL; sources, models and reports hold references of
 *	their own
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
 * @S2_OBJ_PROBLEM: what could not be known, and why; in a model or a report
 * @S2_OBJ_FINDING: what a rule found; in a report, worst first
 * @S2_OBJ_EVIDENCE: what a finding rests on; one in a finding
 * @S2_OBJ_COMBINATION: struct s2_combination in JSON
 * @S2_OBJ_WORD: struct s2_word in JSON
 * @S2_OBJ_POLICY: what is set for a class or a slot, and what came of it; the
 *	host's in a model, a VM's in the VM; one for each owner
 * @S2_OBJ_EVENT: what a monitor reports
 * @S2_OBJ_CHANGE: what a site policy makes of one place; in a plan
 * @S2_OBJ_DIFF: one thing in which two models differ; in a struct s2_diff
 * @S2_OBJ_REQUIREMENT: what a VM takes of a host; in a struct s2_preflight
 */
enum s2_obj_type {
	S2_OBJ_HOST = 1,
	S2_OBJ_VM = 2,
	S2_OBJ_SLOT = 3,
	S2_OBJ_EXTENT = 4,
	S2_OBJ_PROBLEM = 5,
	S2_OBJ_FINDING = 6,
	S2_OBJ_EVIDENCE = 7,
	S2_OBJ_COMBINATION = 8,
	S2_OBJ_WORD = 9,
	S2_OBJ_POLICY = 10,
	S2_OBJ_EVENT = 11,
	S2_OBJ_CHANGE = 12,
	S2_OBJ_DIFF = 13,
	S2_OBJ_REQUIREMENT = 14,
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

	S2_VM_ID = S2_FIELD_ID(S2_OBJ_VM, 0),
	S2_VM_PID, S2_VM_COMM, S2_VM_NAME, S2_VM_UUID, S2_VM_ALIVE,
	S2_VM_VCPUS, S2_VM_SLOT_COUNT, S2_VM_IPA_BITS, S2_VM_FACTS,
	S2_VM_BYTES, S2_VM_WB_BYTES, S2_VM_NC_BYTES, S2_VM_DEVICE_BYTES,
	S2_VM_EXEC_BYTES, S2_VM_FD, S2_VM_UID, S2_VM_CGROUP,

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
	S2_PROBLEM_TEXT, S2_PROBLEM_ATTR, S2_PROBLEM_VM,

	S2_FINDING_RULE = S2_FIELD_ID(S2_OBJ_FINDING, 0),
	S2_FINDING_SEVERITY, S2_FINDING_VM, S2_FINDING_SLOT, S2_FINDING_GPA,
	S2_FINDING_BYTES, S2_FINDING_EXTENTS, S2_FINDING_STATEMENT,
	S2_FINDING_WAIVED, S2_FINDING_NAME, S2_FINDING_UUID, S2_FINDING_KEY,
	S2_FINDING_WAIVER, S2_FINDING_EXPIRES, S2_FINDING_GPA_LAST,

	S2_EVIDENCE_CLASS = S2_FIELD_ID(S2_OBJ_EVIDENCE, 0),
	S2_EVIDENCE_MAPPED, S2_EVIDENCE_STRENGTH, S2_EVIDENCE_VMA_TYPE,
	S2_EVIDENCE_PERM, S2_EVIDENCE_FACTS, S2_EVIDENCE_REASON,
	S2_EVIDENCE_HPA, S2_EVIDENCE_BDF, S2_EVIDENCE_BAR,
	S2_EVIDENCE_PREFETCHABLE, S2_EVIDENCE_DRIVER, S2_EVIDENCE_PCI_ID,
	S2_EVIDENCE_CONSTRAINTS, S2_EVIDENCE_MODE, S2_EVIDENCE_DENIED,
	S2_EVIDENCE_WOULD_DENY, S2_EVIDENCE_SITE_RULES, S2_EVIDENCE_OTHER_VM,
	S2_EVIDENCE_OTHER_SLOT, S2_EVIDENCE_OTHER_GPA,
	S2_EVIDENCE_OTHER_MAPPED,

	S2_COMBINATION_STAGE1 = S2_FIELD_ID(S2_OBJ_COMBINATION, 0),
	S2_COMBINATION_STAGE2, S2_COMBINATION_FWB, S2_COMBINATION_EFFECTIVE,
	S2_COMBINATION_UNALIGNED_FAULTS, S2_COMBINATION_DC_ZVA_FAULTS,
	S2_COMBINATION_WRITE_COMBINING, S2_COMBINATION_EXECUTABLE,
	S2_COMBINATION_WEAKENED, S2_COMBINATION_WHY,

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

	S2_CHANGE_ACTION = S2_FIELD_ID(S2_OBJ_CHANGE, 0),
	S2_CHANGE_SCOPE, S2_CHANGE_VM, S2_CHANGE_NAME, S2_CHANGE_SLOT,
	S2_CHANGE_CLASS, S2_CHANGE_CONSTRAINTS, S2_CHANGE_MODE,
	S2_CHANGE_OLD_CONSTRAINTS, S2_CHANGE_OLD_MODE, S2_CHANGE_RULES,
	S2_CHANGE_SEVERITY, S2_CHANGE_DENIED_BYTES,
	S2_CHANGE_WOULD_DENY_BYTES,

	S2_DIFF_WHAT = S2_FIELD_ID(S2_OBJ_DIFF, 0),
	S2_DIFF_CHANGE, S2_DIFF_VM, S2_DIFF_NAME, S2_DIFF_UUID,
	S2_DIFF_SLOT, S2_DIFF_CLASS, S2_DIFF_OWNER, S2_DIFF_FIELD,
	S2_DIFF_OLD, S2_DIFF_NEW,

	S2_REQUIREMENT_VM = S2_FIELD_ID(S2_OBJ_REQUIREMENT, 0),
	S2_REQUIREMENT_NAME, S2_REQUIREMENT_UUID,
	S2_REQUIREMENT_REQUIREMENT, S2_REQUIREMENT_CLASS,
	S2_REQUIREMENT_SLOT, S2_REQUIREMENT_NEEDED, S2_REQUIREMENT_HAS,
	S2_REQUIREMENT_VERDICT, S2_REQUIREMENT_WHY,
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
 * Return: an array that ends with an entry whose name is NULL; NULL for an
 * unknown type.
 */
const struct s2_field *s2_fields(enum s2_obj_type type, size_t *count);

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
 * @obj: a VM (slots, extents, policies) or a finding (evidence)
 * @type: type of child
 *
 * Return: true if they are known, be they none; false if they were not asked
 * for or could not be read.
 */
bool s2_obj_known(const struct s2_obj *obj, enum s2_obj_type type);

/**
 * s2_obj_count() - number of an object's children of one type
 * @obj: a VM (slots, extents, policies) or a finding (evidence)
 * @type: type of child
 *
 * Return: how many.
 */
size_t s2_obj_count(const struct s2_obj *obj, enum s2_obj_type type);

/**
 * s2_obj_first() - first child of one type
 * @obj: a VM (slots, extents, policies) or a finding (evidence)
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
 * s2_open_snapshot() - a host as it was, from a file
 * @ctx: context
 * @path: file, or "-" for standard input
 * @src: where to put the source; free with s2_source_close()
 *
 * Reads and checks the whole file; it need not be trusted.  VMs are read from it
 * again when they are loaded, so that it must not change meanwhile; what cannot be
 * read twice is kept in a temporary file without a name, in $TMPDIR or /tmp.
 *
 * Return: 0; -errno of opening, reading and of the temporary file; -EFBIG if it
 * is larger than 4 GiB, or one VM, or anything else in it, larger than 256 MiB;
 * -EBADMSG if it is not JSON or ends early; -EPROTONOSUPPORT if a
 * newer s2ctl wrote it; -EINVAL if it is not a snapshot or contradicts itself;
 * -ENOMEM.
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
 *	those to whom a kernel or a snapshot without policies is as good as any
 * @vms: VMs wanted, as s2_model_find_vm() understands them; NULL for all
 * @nr_vms: how many; 0 for all
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
 * -EINVAL for bad options; -ENOMEM.
 */
int s2_load(struct s2_source *src, const struct s2_load_options *opt,
	    struct s2_model **model);

/**
 * typedef s2_model_fn - receives one model
 * @data: as given to s2_load_each()
 * @model: model, which is freed when the function returns unless an audit or
 *	another object keeps it
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
 * Return: true if it is; false if a problem says what is not.
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
 * @spec: "id:N", "pid:N", "uuid:UUID" or "name:NAME" say what they are.
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

/* --------------------------------------------------------- site policy -- */

struct s2_site;
struct s2_plan;

/* Where a site policy is looked for */
#define S2_SITE_DIR	"/etc/s2ctl/policy.d"

/**
 * s2_site_load() - read a site policy
 * @ctx: context
 * @paths: files, "-" for standard input, or directories: of those, what ends
 *	in ".json", in order of name
 * @count: how many; 0 for S2_SITE_DIR
 * @site: where to put it; free with s2_site_free()
 *
 * The format is that of s2ctl.policy(5).  What is not understood is refused,
 * and so are rules that contradict each other whatever VMs there are.
 *
 * Return: 0; -errno of opening and reading; -EFBIG if it is too large; -EBADMSG
 * if it is not JSON; -EPROTONOSUPPORT if it is for a newer s2ctl; -EINVAL for
 * what it says; -ENOMEM.  The text begins with file and line.
 */
int s2_site_load(struct s2_ctx *ctx, const char *const *paths, size_t count,
		 struct s2_site **site);

/**
 * s2_site_new() - a site policy without rules
 * @ctx: context
 * @site: where to put it; free with s2_site_free()
 *
 * For domains that have policies of their own, where the site has none.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_site_new(struct s2_ctx *ctx, struct s2_site **site);

/**
 * s2_site_find() - where a rule of a site policy stands
 * @site: site policy
 * @id: the rule's name; what is behind a comma does not count, so that it can be
 *	S2_EVIDENCE_SITE_RULES
 * @file: where to put the file, as it was given or found; lives as long as @site
 * @line: where to put the line, from 1
 *
 * Return: 0, or -ENOENT if there is no such rule.
 */
int s2_site_find(const struct s2_site *site, const char *id, const char **file,
		 unsigned int *line);

/**
 * s2_site_free() - free a site policy
 * @site: site policy, may be NULL
 */
void s2_site_free(struct s2_site *site);

/**
 * s2_site_count() - number of rules
 * @site: site policy
 *
 * Return: how many.
 */
size_t s2_site_count(const struct s2_site *site);

/**
 * s2_site_needs() - what a model must have for the rules
 * @site: site policy
 *
 * Return: S2_LOAD_VMS, and S2_LOAD_DEVICES if a rule is for slots of devices.
 */
unsigned int s2_site_needs(const struct s2_site *site);

/**
 * enum s2_action - what S2_CHANGE_ACTION can be
 * @S2_ACTION_SET: a rule asks for what is not set yet
 * @S2_ACTION_KEEP: it is set already
 * @S2_ACTION_CLEAR: no rule asks for what is set
 */
enum s2_action {
	S2_ACTION_SET = 1,
	S2_ACTION_KEEP,
	S2_ACTION_CLEAR,
};

/* Flags of s2_site_plan() */
#define S2_PLAN_PRUNE	(1u << 0)	/* clear what no rule asks for */
#define S2_PLAN_KNOWN	(1u << 1)	/* only where it is known what is set */
#define S2_PLAN_VMS	(1u << 2)	/* not the places of the host */

/**
 * s2_site_plan() - work out what a site policy makes of each place
 * @site: site policy
 * @model: loaded with S2_LOAD_DEVICES and S2_LOAD_POLICY, or POLICY_IF_ANY
 * @flags: S2_PLAN_*
 * @plan: where to put the plan; free with s2_plan_free()
 *
 * A place is a class of memory, of the host's VMs or of one VM, or a slot.  The
 * rules that are for it are united.  If those for a VM do not agree on the mode,
 * all are enforced there, and a problem of the outcome says so: which rules a VM
 * matches can be up to its VMM, and must not be up to it to stop the others.
 * VMs whose process has ended have no places.
 *
 * Return: 0, -EINVAL for unknown flags, or -ENOMEM.
 */
int s2_site_plan(const struct s2_site *site, const struct s2_model *model,
		 unsigned int flags, struct s2_plan **plan);

/**
 * s2_plan_free() - free a plan
 * @plan: plan, may be NULL
 */
void s2_plan_free(struct s2_plan *plan);

/**
 * s2_plan_first() - first place of a plan
 * @plan: plan
 *
 * Return: an S2_OBJ_CHANGE or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_plan_first(const struct s2_plan *plan);

/**
 * s2_plan_try() - work out which memory in use the changes would deny
 * @plan: plan
 * @src: the kernel, for a dry run of each; NULL to work it out from @model
 * @model: what the plan was made from
 *
 * What counts is what all of them make together, with what stays in force.  The
 * kernel is asked about each: it can refuse it, and knows best what a change
 * does that no other can meet.  What several make of the same memory is worked
 * out from @model.  To clear a policy can deny memory as well.
 *
 * In a change, memory counts that it has a part in denying.
 *
 * Return: 0; what s2_policy_try() refuses with; -ENOMEM.
 */
int s2_plan_try(struct s2_plan *plan, struct s2_source *src,
		const struct s2_model *model);

/**
 * s2_plan_count() - number of places
 * @plan: plan
 * @action: enum s2_action, or 0 for all
 *
 * Return: how many.
 */
size_t s2_plan_count(const struct s2_plan *plan, enum s2_action action);

/**
 * s2_plan_bytes() - memory in use that the changes would deny
 * @plan: plan, after s2_plan_try()
 * @audit: count what is only to be audited, or what is to be enforced
 *
 * Return: how many bytes; what several changes would deny counts once.
 */
uint64_t s2_plan_bytes(const struct s2_plan *plan, bool audit);

/**
 * s2_plan_outcome() - what is known of the outcome
 * @plan: plan
 *
 * Return: a model that lives as long as the plan: the host; after s2_plan_try()
 * the VMs of which memory would be denied, with those extents; as problems, what
 * was not known of the model the plan was made from, or for the rules.
 */
const struct s2_model *s2_plan_outcome(const struct s2_plan *plan);

/**
 * s2_plan_apply() - make the changes, all or none
 * @plan: plan
 * @src: the kernel
 *
 * If one fails, those before it are taken back; the text says so, and what could
 * not be taken back.  What somebody else has set meanwhile is left alone.  VMs
 * that have ended meanwhile are left out.  New policies are set before old ones
 * are cleared, locks last.
 *
 * A caller that blocks SIGINT, SIGTERM, SIGHUP or SIGQUIT is not ended half way:
 * once one is pending, what was set is taken back.
 *
 * Return: 0; what s2_policy_set() refuses with; -ENOTRECOVERABLE if one fails
 * and what was set before could not all be taken back; -ENODATA if it is not known
 * what is set where something is to be changed; -EINTR if such a signal is
 * pending; -ENOMEM.
 */
int s2_plan_apply(struct s2_plan *plan, struct s2_source *src);

/* ------------------------------------------------------ libvirt domains -- */

struct s2_domain;

/* The namespace of a domain's own policy, in its <metadata>; see s2ctl-libvirt(7) */
#define S2_DOMAIN_NS	"urn:s2ctl:domain:1"

/* Where libvirt's system daemon keeps the state of the domains that run */
#define S2_LIBVIRT_DIR	"/run/libvirt/qemu"

/**
 * s2_domain_parse() - read a libvirt domain, and the policy in its metadata
 * @ctx: context
 * @what: what to call it in error texts
 * @xml: a domain's XML, or what libvirt keeps of one that runs; need not be
 *	trusted
 * @len: its length in bytes
 * @domain: where to put it; free with s2_domain_free()
 *
 * What is not of the namespace S2_DOMAIN_NS is skipped; in it, what is not
 * understood is refused.
 *
 * Return: 0; -EFBIG if it is larger than 4 MiB; -EBADMSG if it is not XML;
 * -EINVAL for what it says, or if it is no domain; -ENOMEM.  The text begins
 * with @what and the line.
 */
int s2_domain_parse(struct s2_ctx *ctx, const char *what, const char *xml,
		    size_t len, struct s2_domain **domain);

/**
 * s2_domain_read_file() - s2_domain_parse() from an open file
 * @ctx: context
 * @file: open for reading; not closed
 * @what: what to call it in error texts
 * @domain: where to put it; free with s2_domain_free()
 *
 * Return: as s2_domain_parse(); -errno of reading.
 */
int s2_domain_read_file(struct s2_ctx *ctx, FILE *file, const char *what,
			struct s2_domain **domain);

/**
 * s2_domain_load() - s2_domain_parse() from a file
 * @ctx: context
 * @path: file
 * @domain: where to put it; free with s2_domain_free()
 *
 * Return: as s2_domain_parse(); -errno of opening and reading.
 */
int s2_domain_load(struct s2_ctx *ctx, const char *path,
		   struct s2_domain **domain);

/**
 * s2_domain_find() - the libvirt domain that a VM is
 * @ctx: context
 * @dir: S2_LIBVIRT_DIR or the like
 * @vm: a VM of this host
 * @domain: where to put it; free with s2_domain_free()
 *
 * The process must be the one that libvirt started.  What it says of itself only
 * helps to find the file.
 *
 * Return: 0; -ENOENT if no domain has this process; as s2_domain_load().
 */
int s2_domain_find(struct s2_ctx *ctx, const char *dir, const struct s2_obj *vm,
		   struct s2_domain **domain);

/**
 * s2_domain_free() - free a domain
 * @domain: domain, may be NULL
 */
void s2_domain_free(struct s2_domain *domain);

/**
 * s2_domain_name() - its name
 * @domain: domain
 *
 * Return: the name; lives as long as @domain.
 */
const char *s2_domain_name(const struct s2_domain *domain);

/**
 * s2_domain_uuid() - its UUID
 * @domain: domain
 *
 * Return: the UUID; lives as long as @domain.
 */
const char *s2_domain_uuid(const struct s2_domain *domain);

/**
 * s2_domain_pid() - its process
 * @domain: domain
 *
 * Return: the process, or 0 where the XML was that of the domain alone.
 */
uint64_t s2_domain_pid(const struct s2_domain *domain);

/**
 * s2_domain_count() - number of rules of its policy
 * @domain: domain
 *
 * Return: how many; 0 if it has no policy.
 */
size_t s2_domain_count(const struct s2_domain *domain);

/**
 * s2_domain_check() - whether a host can honour a domain's policy
 * @domain: domain; it need not run
 * @host: the host, loaded with S2_LOAD_POLICY_IF_ANY
 *
 * Looks at what every domain has, which is RAM: what would be denied there is
 * reason enough not to start it.  Nobody knows its other memory before it runs.
 *
 * Return: 0; -EOPNOTSUPP if the host cannot have policies; -EPERM if it would deny
 * the domain its RAM; -ENODATA if that takes a fact that is not known; -ENOMEM.
 */
int s2_domain_check(const struct s2_domain *domain,
		    const struct s2_model *host);

/**
 * s2_site_add_domain() - add the rules of a domain to a site policy
 * @site: site policy
 * @domain: domain; is the site policy's from here on, unless this fails
 *
 * They are for the domain's process and UUID alone.
 *
 * Return: 0; -EFBIG if there are more than 65536 domains; -ENOMEM.
 */
int s2_site_add_domain(struct s2_site *site, struct s2_domain *domain);

/**
 * s2_site_add_libvirt() - add the rules of all domains that run
 * @site: site policy
 * @dir: S2_LIBVIRT_DIR or the like; need not exist
 *
 * A domain whose policy is wrong is left out: its owner must not be able to stop
 * the site's.
 *
 * Return: how many were left out, the text says why the last one was; -errno of
 * reading, -EACCES without privilege; as s2_site_add_domain().
 */
int s2_site_add_libvirt(struct s2_site *site, const char *dir);

/**
 * s2_site_drop_domains() - take the rules of domains away again
 * @site: site policy; what was planned from it stays
 */
void s2_site_drop_domains(struct s2_site *site);

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

/* --------------------------------------------------------------- rules -- */

/**
 * enum s2_severity - how bad a finding is
 * @S2_SEVERITY_INFO: worth knowing; nothing is wrong
 * @S2_SEVERITY_LOW: costs speed or robustness; no data is at risk
 * @S2_SEVERITY_MEDIUM: a guest can break under a load that makes sense
 * @S2_SEVERITY_HIGH: stale data, or host and guest see different data
 * @S2_SEVERITY_CRITICAL: one VM can read or harm what is not its own
 */
enum s2_severity {
	S2_SEVERITY_INFO = 1,
	S2_SEVERITY_LOW = 2,
	S2_SEVERITY_MEDIUM = 3,
	S2_SEVERITY_HIGH = 4,
	S2_SEVERITY_CRITICAL = 5,
};

/**
 * s2_severity_from_word() - parse a severity
 * @word: "info", "low", "medium", "high" or "critical"
 *
 * Return: enum s2_severity, or -EINVAL.
 */
int s2_severity_from_word(const char *word);

struct s2_audit;

struct s2_baseline;

/**
 * struct s2_audit_options - how to audit
 * @size: sizeof(struct s2_audit_options)
 * @site: site policy that S2-007 and S2-009 compare with, or NULL: they then
 *	find nothing.  Must live as long as the audit
 * @rules: ids of the rules to run; NULL for all.  Looked at when the audit is
 *	opened
 * @nr_rules: how many; 0 for all
 * @min_severity: enum s2_severity; what is less severe is left out.  0 for all
 * @baseline: what an older audit found, or NULL: S2-010 then counts from there,
 *	in the same boot.  Must live as long as the audit
 */
struct s2_audit_options {
	size_t size;
	const struct s2_site *site;
	const char *const *rules;
	size_t nr_rules;
	int min_severity;
	const struct s2_baseline *baseline;
};

/**
 * s2_audit_open() - begin an audit
 * @ctx: context
 * @opt: how; NULL for all rules without a site policy
 * @audit: where to put the audit; free with s2_audit_close()
 *
 * Return: 0; -EINVAL for options that make no sense, or a rule that there is
 * not; -ENOMEM.
 */
int s2_audit_open(struct s2_ctx *ctx, const struct s2_audit_options *opt,
		  struct s2_audit **audit);

/**
 * s2_audit_close() - free an audit
 * @audit: audit, may be NULL; reports taken from it stay
 */
void s2_audit_close(struct s2_audit *audit);

/**
 * s2_audit_needs() - what a model must have for the rules of an audit
 * @audit: audit
 *
 * Return: S2_LOAD_*.  A rule that needs S2_LOAD_PHYS, S2_LOAD_POLICY or
 * S2_LOAD_POLICY_IF_ANY does not run over a model that was loaded without.
 */
unsigned int s2_audit_needs(const struct s2_audit *audit);

/**
 * s2_audit_add() - run the rules over the VMs of a model
 * @audit: audit
 * @model: model; what the host is like is taken from the first one
 *
 * Can be called for one model that has all VMs, or for one model for each VM.
 * No model is needed any more when it returns, but for the first one, which is
 * kept.
 *
 * Return: 0; -errno of writing a temporary file; -ENOMEM.
 */
int s2_audit_add(struct s2_audit *audit, struct s2_model *model);

/**
 * s2_audit_finish() - run the rules over the host, and over VMs together
 * @audit: audit, to which nothing is added afterwards
 *
 * Return: 0; -errno of reading a temporary file; -ENOMEM.
 */
int s2_audit_finish(struct s2_audit *audit);

/**
 * s2_audit_take() - take what was found since it was last called
 * @audit: audit
 * @report: where to put the report; free with s2_report_unref()
 *
 * Call it after each s2_audit_add() for little memory, or once after
 * s2_audit_finish() for one report, worst finding first.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_audit_take(struct s2_audit *audit, struct s2_report **report);

/**
 * s2_audit() - run the rules over a model
 * @ctx: context
 * @model: loaded with S2_LOAD_EXTENTS and S2_LOAD_DEVICES; see
 *	s2_audit_needs()
 * @report: where to put the report; free with s2_report_unref()
 *
 * Return: 0, or as s2_audit_add() and s2_audit_finish().
 */
int s2_audit(struct s2_ctx *ctx, struct s2_model *model,
	     struct s2_report **report);

/**
 * s2_report_unref() - free a report
 * @report: report, may be NULL
 */
void s2_report_unref(struct s2_report *report);

/**
 * s2_report_complete() - whether every rule could look at everything
 * @report: report
 *
 * Return: false if a model was incomplete or a rule lacked facts.
 */
bool s2_report_complete(const struct s2_report *report);

/**
 * s2_report_first() - first object of one type in a report
 * @report: report
 * @type: S2_OBJ_FINDING or S2_OBJ_PROBLEM (those the model does not have)
 *
 * Return: the object or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_report_first(const struct s2_report *report,
				     enum s2_obj_type type);

#define s2_report_for_each(it, report, type)				\
	for ((it) = s2_report_first(report, type); (it);		\
	     (it) = s2_obj_next(it))

/**
 * s2_report_count() - number of findings of one severity
 * @report: report
 * @severity: enum s2_severity, or 0 for all
 * @waived: count the waived ones, or those that are not
 *
 * Return: how many.
 */
size_t s2_report_count(const struct s2_report *report,
		       enum s2_severity severity, bool waived);

/**
 * s2_report_worst() - worst severity among the findings that are not waived
 * @report: report
 *
 * Return: enum s2_severity, or 0 if there is none.
 */
int s2_report_worst(const struct s2_report *report);

/**
 * struct s2_tally - sums over the reports of an audit
 * @size: sizeof(struct s2_tally); set by the caller
 * @severity: findings that are not waived, by enum s2_severity
 * @waived: findings that are
 * @complete: whether every rule could look at everything; true at the beginning
 */
struct s2_tally {
	size_t size;
	uint64_t severity[S2_SEVERITY_CRITICAL + 1];
	uint64_t waived;
	bool complete;
};

/**
 * s2_tally_add() - add a report
 * @tally: sums
 * @report: report
 */
void s2_tally_add(struct s2_tally *tally, const struct s2_report *report);
/* ------------------------------------------------------------ waivers -- */

struct s2_waivers;

/**
 * s2_waivers_load() - read a file of waivers
 * @ctx: context
 * @path: file, or "-" for standard input
 * @waivers: where to put them; free with s2_waivers_free()
 *
 * The format is that of s2ctl.waivers(5).  What is not understood is refused.
 *
 * Return: 0; -errno of opening and reading; -EFBIG if it is larger than 1 MiB;
 * -EBADMSG if it is not JSON; -EPROTONOSUPPORT if it is for a newer s2ctl;
 * -EINVAL for what it says; -ENOMEM.  The text begins with file and line.
 */
int s2_waivers_load(struct s2_ctx *ctx, const char *path,
		    struct s2_waivers **waivers);

/**
 * s2_waivers_free() - free waivers
 * @waivers: waivers, may be NULL; reports do not need them
 */
void s2_waivers_free(struct s2_waivers *waivers);

/**
 * s2_waivers_count() - number of waivers
 * @waivers: waivers
 *
 * Return: how many.
 */
size_t s2_waivers_count(const struct s2_waivers *waivers);

/**
 * s2_report_waive() - mark the findings that waivers are for
 * @report: report
 * @waivers: waivers; they count what they are used for
 * @now: time in seconds since 1970-01-01 UTC
 *
 * A finding that a waiver is for has its statement and when it expires.  It is
 * waived if that is later than @now, and stays in the report either way.  Of
 * several waivers the one that holds longest counts.  Where findings come in
 * several reports, call it for each.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_report_waive(struct s2_report *report, struct s2_waivers *waivers,
		    uint64_t now);

/**
 * struct s2_waiver_use - what came of a waiver
 * @size: sizeof(struct s2_waiver_use); set by the caller
 * @id: its name
 * @rule: the rule
 * @file: the file it stands in
 * @line: line in that file
 * @expires: first second, since 1970-01-01 UTC, in which it does not hold
 * @matched: number of findings that it is for
 * @resurfaced: number of findings that it would have waived, had it not expired
 */
struct s2_waiver_use {
	size_t size;
	const char *id;
	const char *rule;
	const char *file;
	unsigned int line;
	uint64_t expires;
	size_t matched;
	size_t resurfaced;
};

/**
 * s2_waivers_use() - ask what came of a waiver
 * @waivers: waivers, after s2_report_waive()
 * @n: which, from 0, in the order of the file
 * @use: where to put it; its strings live as long as @waivers
 *
 * Return: 0, or -EINVAL if there is no such waiver or @use is of another size.
 */
int s2_waivers_use(const struct s2_waivers *waivers, size_t n,
		   struct s2_waiver_use *use);

/* ----------------------------------------------------------- baselines -- */

/**
 * s2_baseline_load() - read what an audit found before
 * @ctx: context
 * @path: what "s2ctl audit --json" wrote; "-" for standard input.  It need not
 *	be trusted
 * @baseline: where to put it; free with s2_baseline_free()
 *
 * Return: 0; -errno of opening and reading; -EFBIG if it is larger than
 * 256 MiB; -EBADMSG if it is not JSON; -EPROTONOSUPPORT if a newer s2ctl wrote
 * it; -EINVAL if it is not an audit; -ENOMEM.
 */
int s2_baseline_load(struct s2_ctx *ctx, const char *path,
		     struct s2_baseline **baseline);

/**
 * s2_baseline_free() - free a baseline
 * @baseline: baseline, may be NULL
 */
void s2_baseline_free(struct s2_baseline *baseline);

/**
 * s2_report_compare() - keep only the findings that are new
 * @report: report; after s2_report_waive(), if there are waivers
 * @baseline: what was found before
 *
 * A finding is recognised by its key or, where one of the two has none, by
 * rule, VM, slot, address and statement; a VM by UUID, else name, else id and
 * boot.  It is new as well if it has become more severe, or was waived and is
 * so no more; so are more faults of S2-010, if the audit was given the baseline.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_report_compare(struct s2_report *report,
		      const struct s2_baseline *baseline);

/* --------------------------------------------------------- differences -- */

struct s2_diff;

/**
 * enum s2_change_kind - what S2_DIFF_CHANGE can be
 * @S2_CHANGE_IS_NEW: in the second, not in the first
 * @S2_CHANGE_IS_GONE: in the first, not in the second
 * @S2_CHANGE_IS_CHANGED: in both, and a field differs
 */
enum s2_change_kind {
	S2_CHANGE_IS_NEW = 1,
	S2_CHANGE_IS_GONE,
	S2_CHANGE_IS_CHANGED,
};

/* Flags of s2_diff() */
#define S2_DIFF_ALL	(1u << 0)	/* also counters, ids, bytes in use */

/**
 * s2_diff() - in what two models differ
 * @ctx: context
 * @before: the first, loaded with S2_LOAD_SLOTS and S2_LOAD_POLICY, or
 *	POLICY_IF_ANY
 * @after: the second, loaded likewise; of the same host or of another
 * @flags: S2_DIFF_*
 * @diff: where to put the differences; free with s2_diff_free()
 *
 * VMs are the same if they have the same UUID, else the same name, else in the
 * same boot the same id; slots if they have the same number in the same VM.
 * What one of the models does not know is not compared, and a VM is not gone,
 * or new, where not all VMs can be seen.
 *
 * The order is that of host, VMs, slots and policies; VMs are in order of UUID,
 * then name, then id: the same models give the same differences.
 *
 * Return: 0; -EINVAL for unknown flags; -ENOMEM.
 */
int s2_diff(struct s2_ctx *ctx, const struct s2_model *before,
	    const struct s2_model *after, unsigned int flags,
	    struct s2_diff **diff);

/**
 * s2_diff_free() - free differences
 * @diff: differences, may be NULL; the models stay
 */
void s2_diff_free(struct s2_diff *diff);

/**
 * s2_diff_first() - first difference
 * @diff: differences
 *
 * Return: an S2_OBJ_DIFF or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_diff_first(const struct s2_diff *diff);

/**
 * s2_diff_count() - number of differences
 * @diff: differences
 *
 * Return: how many.
 */
size_t s2_diff_count(const struct s2_diff *diff);

/**
 * s2_diff_outcome() - what is not known
 * @diff: differences
 *
 * Return: a model that lives as long as @diff: the host of the second model,
 * and the problems of both.
 */
const struct s2_model *s2_diff_outcome(const struct s2_diff *diff);

/* ----------------------------------------------------------- preflight -- */

struct s2_preflight;

/**
 * enum s2_requirement - what S2_REQUIREMENT_REQUIREMENT can be
 * @S2_REQUIRES_FWB: FEAT_S2FWB
 * @S2_REQUIRES_DIC: CTR_EL0.DIC
 * @S2_REQUIRES_VMA_TYPES: the kernel's feature of that name
 * @S2_REQUIRES_POLICY: likewise
 * @S2_REQUIRES_PAGE_SIZE: pages of the same size
 * @S2_REQUIRES_IPA_BITS: guest-physical addresses as wide
 * @S2_REQUIRES_CLASS: memory of a class
 * @S2_REQUIRES_GUARANTEE: wb that stays forced
 * @S2_REQUIRES_HOST_POLICY: that the host's policy allows its memory
 * @S2_REQUIRES_SITE_POLICY: that the site policy does
 */
enum s2_requirement {
	S2_REQUIRES_FWB = 1,
	S2_REQUIRES_DIC,
	S2_REQUIRES_VMA_TYPES,
	S2_REQUIRES_POLICY,
	S2_REQUIRES_PAGE_SIZE,
	S2_REQUIRES_IPA_BITS,
	S2_REQUIRES_CLASS,
	S2_REQUIRES_GUARANTEE,
	S2_REQUIRES_HOST_POLICY,
	S2_REQUIRES_SITE_POLICY,
};

/**
 * enum s2_answer - whether a host satisfies a requirement
 * @S2_ANSWER_OK: it does
 * @S2_ANSWER_MISSING: it does not
 * @S2_ANSWER_UNKNOWN: it takes a fact that is not known
 */
enum s2_answer {
	S2_ANSWER_OK = 1,
	S2_ANSWER_MISSING = 2,
	S2_ANSWER_UNKNOWN = 3,
};

/**
 * s2_preflight() - whether a host satisfies what VMs rely on
 * @ctx: context
 * @vms: the VMs and the host they are on, loaded with S2_LOAD_DEVICES and
 *	S2_LOAD_POLICY, or POLICY_IF_ANY
 * @host: the host they are to come to, loaded with S2_LOAD_VMS and
 *	S2_LOAD_POLICY, or POLICY_IF_ANY; may be @vms
 * @site: site policy of that host, or NULL
 * @preflight: where to put the requirements; free with s2_preflight_free()
 *
 * All memory of a VM is looked at, also what the guest has not touched yet.
 * Memory that is denied already where the VM is, is not, nor are VMs whose
 * process has ended.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_preflight(struct s2_ctx *ctx, const struct s2_model *vms,
		 const struct s2_model *host, const struct s2_site *site,
		 struct s2_preflight **preflight);

/**
 * s2_preflight_free() - free requirements
 * @preflight: requirements, may be NULL; the models stay
 */
void s2_preflight_free(struct s2_preflight *preflight);

/**
 * s2_preflight_first() - first requirement
 * @preflight: requirements
 *
 * Return: an S2_OBJ_REQUIREMENT or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_preflight_first(const struct s2_preflight *preflight);

/**
 * s2_preflight_count() - number of requirements
 * @preflight: requirements
 * @answer: enum s2_answer, or 0 for all
 *
 * Return: how many.
 */
size_t s2_preflight_count(const struct s2_preflight *preflight,
			  enum s2_answer answer);

/**
 * s2_preflight_outcome() - what is not known
 * @preflight: requirements
 *
 * Return: a model that lives as long as @preflight: the host that the VMs are to
 * come to, and the problems of both models and of the rules.
 */
const struct s2_model *s2_preflight_outcome(
		const struct s2_preflight *preflight);

/* --------------------------------------------------------- two stages -- */

/**
 * s2_type_from_word() - parse a memory type that a stage can have
 * @word: "wb", "nc" or "device"
 *
 * Return: enum kvm_s2_type, or -EINVAL.
 */
int s2_type_from_word(const char *word);

/**
 * struct s2_combination - what becomes of the types of two stages
 * @stage1: enum kvm_s2_type in the guest's page tables: WB, NC or DEVICE
 * @stage2: enum kvm_s2_type in KVM's entries: WB, NC or DEVICE
 * @fwb: whether stage 2 uses FEAT_S2FWB
 * @effective: enum kvm_s2_type that the guest's accesses get
 * @unaligned_faults: accesses that are not aligned fault, whatever SCTLR_ELx.A
 * @dc_zva_faults: DC ZVA faults
 * @write_combining: the CPU may gather writes
 * @executable: 1 if instructions can be fetched, as far as the permissions of
 *	stage 1 allow it; 0 if not: KVM gives execute permission to WB only; -1
 *	where the architecture leaves it to the CPU: what stage 1 has as Device
 * @weakened: stage 2 is WB and @effective is not: the guest bypasses the caches
 *	that a cacheable mapping of the host goes through
 * @why: the rule of the architecture that applies, in words
 */
struct s2_combination {
	unsigned int stage1;
	unsigned int stage2;
	bool fwb;
	unsigned int effective;
	bool unaligned_faults;
	bool dc_zva_faults;
	bool write_combining;
	int executable;
	bool weakened;
	const char *why;
};

/**
 * s2_combine() - combine the types of two stages as the CPU does
 * @stage1: enum kvm_s2_type in the guest's page tables: WB, NC or DEVICE.  With
 *	its MMU off, a guest's data accesses are those to DEVICE
 * @stage2: enum kvm_s2_type in KVM's entries: WB, NC or DEVICE
 * @fwb: whether stage 2 uses FEAT_S2FWB
 * @out: where to put what becomes of them
 *
 * The rules are those of the Arm Architecture Reference Manual (DDI 0487K.a,
 * D8.6: R_HMNDG, R_TNHFM and R_GQFSF without FEAT_S2FWB, R_VRJSW and R_RHWZM
 * with it) for the encodings that KVM uses: MemAttr[3:0] is 0b1111, 0b0101 and
 * 0b0001 without FEAT_S2FWB, 0b0110, 0b0101 and 0b0001 with it.  DEVICE stands
 * for Device-nGnRnE and Device-nGnRE, which gather nothing.
 *
 * Return: 0, or -EINVAL for any other type.
 */
int s2_combine(unsigned int stage1, unsigned int stage2, bool fwb,
	       struct s2_combination *out);

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
 * Return: an array that ends with an entry whose word is NULL.
 */
const struct s2_word *s2_words(size_t *count);

/* ---------------------------------------------------------------- JSON -- */

/* What the JSON Schema in lib/schema describes */
#define S2_FORMAT_VERSION	1

/* Flags of struct s2_json_options */
#define S2_JSON_PRETTY		(1u << 0)	/* indent for people */

/**
 * struct s2_json_options - what to write
 * @size: sizeof(struct s2_json_options)
 * @kind: "host", "list", "show", "audit", "policy-get", "policy-set",
 *	"policy-plan", "explain", "snapshot", "diff", "preflight" or "version"
 * @flags: S2_JSON_*
 * @model: model; NULL leaves "host" and "vms" null
 * @report: report on that model; NULL leaves "findings" and "summary" null
 * @words: words to explain; NULL leaves "words" null
 * @nr_words: how many
 * @combination: what s2_combine() said; NULL leaves "combination" null
 * @plan: what a site policy makes of the model; NULL leaves "plan" null
 * @apply: called once all else has been written and flushed, never if that
 *	failed; what it returns becomes "applied": 1 true, 0 false, -1 null.
 *	NULL leaves that null
 * @data: for @apply
 * @diff: differences; NULL leaves "differences" null
 * @preflight: requirements; NULL leaves "requirements" null
 */
struct s2_json_options {
	size_t size;
	const char *kind;
	unsigned int flags;
	const struct s2_model *model;
	const struct s2_report *report;
	const struct s2_word *const *words;
	size_t nr_words;
	const struct s2_combination *combination;
	const struct s2_plan *plan;
	int (*apply)(void *data);
	void *data;
	const struct s2_diff *diff;
	const struct s2_preflight *preflight;
};

/**
 * s2_json_write() - write the envelope
 * @file: where to; flushed, not closed
 * @opt: what
 *
 * The envelope has the same keys whatever @kind and however many VMs; what is
 * not known is null.  Written as it goes, so that memory does not grow with it.
 *
 * Return: 0, -EINVAL, -ENOMEM, or why writing failed (-ENOSPC, -EPIPE, ...).
 */
int s2_json_write(FILE *file, const struct s2_json_options *opt);

/**
 * s2_json_write_obj() - write one object on one line, without the envelope
 * @file: where to; flushed, not closed
 * @obj: an event, or any other; without its children
 *
 * Return: as s2_json_write().
 */
int s2_json_write_obj(FILE *file, const struct s2_obj *obj);

/**
 * s2_json_write_record() - write one line of what is written as it comes
 * @file: where to; neither flushed nor closed
 * @obj: the host, a finding with its evidence, or a problem
 *
 * The line is an object as in the envelope, with a key "record" that says what
 * it is: "host", "finding" or "problem".
 *
 * Return: 0, -EINVAL, -ENOMEM, or why writing failed.
 */
int s2_json_write_record(FILE *file, const struct s2_obj *obj);

/**
 * s2_json_write_tally() - write the last line, whose "record" is "summary"
 * @file: where to; flushed, not closed
 * @tally: sums
 *
 * Return: as s2_json_write_record().
 */
int s2_json_write_tally(FILE *file, const struct s2_tally *tally);

#ifdef __cplusplus
}
#endif

#endif /* S2CTL_H */
