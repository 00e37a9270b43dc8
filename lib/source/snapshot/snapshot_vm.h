/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects of a snapshot, from JSON, trusting nothing */
#ifndef S2_SNAPSHOT_VM_H
#define S2_SNAPSHOT_VM_H

#include "model/field_in.h"
#include "model/model.h"

/* Keys of a VM that are no fields, behind its fields */
enum s2_snapshot_vm_key {
	S2_SNAPSHOT_SLOTS,
	S2_SNAPSHOT_EXTENTS,
	S2_SNAPSHOT_POLICIES,
	S2_SNAPSHOT_VM_KEYS,
};

/**
 * struct s2_snapshot_in - objects while they are read
 * @in: the file
 * @problems: model that gets the problems met while reading
 * @is_quiet: they were said before
 * @flags: S2_LOAD_*: what of a VM is kept; all of it is checked
 * @words: of the fields
 * @host: fields of the host, likewise
 * @vm: of a VM, and enum s2_snapshot_vm_key
 * @slot: of a slot
 * @extent: of an extent
 * @policy: of a policy
 * @problem: of a problem
 * @numbers: of the slots of one VM
 * @numbers_room: of @numbers
 */
struct s2_snapshot_in {
	struct s2_in in;
	struct s2_model *problems;
	bool is_quiet;
	unsigned int flags;
	struct s2_words_in words;
	struct s2_field_in host;
	struct s2_field_in vm;
	struct s2_field_in slot;
	struct s2_field_in extent;
	struct s2_field_in policy;
	struct s2_field_in problem;
	uint64_t *numbers;
	size_t numbers_room;
};

/* Gets the tables ready, without those of the host and VM being finished */
void s2_snapshot_in_init(struct s2_snapshot_in *r);
void s2_snapshot_in_clear(struct s2_snapshot_in *r);

/*
 * The value of a key of a VM's object into @vm, the last of its list, with strings
 * of @model; S2_IN_UNKNOWN and what is behind its keys are skipped.
 */
void s2_snapshot_vm_key(struct s2_snapshot_in *r, struct s2_model *model,
			struct s2_obj *vm, int key);

/* What must hold for a VM whose object has ended */
void s2_snapshot_vm_end(struct s2_snapshot_in *r, struct s2_obj *vm);

/* An array of policies, or null; @known is set for an array */
void s2_snapshot_policies(struct s2_snapshot_in *r, struct s2_model *model,
			  struct s2_list *list, bool *known);

/* What must hold for the host */
void s2_snapshot_host_end(struct s2_snapshot_in *r, struct s2_obj *host);

/* Where fields of objects go that keep their strings in @model */
struct s2_field_to s2_snapshot_to(struct s2_snapshot_in *r,
				  struct s2_model *model);

#endif /* S2_SNAPSHOT_VM_H */
