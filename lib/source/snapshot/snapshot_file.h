/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of a snapshot, in either of its forms: records, one object a line and a
 * VM in each; and one document, as s2ctl wrote it before.
 */
#ifndef S2_SNAPSHOT_FILE_H
#define S2_SNAPSHOT_FILE_H

#include "source/snapshot/snapshot_vm.h"

/* A VM's number, and the line where it is said */
struct s2_snapshot_id {
	uint64_t id;
	unsigned long line;
};

/**
 * struct s2_snapshot_file - a file while it is read
 * @r: its objects
 * @model: gets the host, its policies, and problems
 * @is_records: which form it has
 * @is_begun: whether the document was entered
 * @in_vms: whether the document's array of VMs was
 * @has_host: whether the host was there
 * @has_problems: whether the document's problems were
 * @has_vms: whether its array of VMs was
 * @has_complete: whether it was said if all is known
 * @is_complete: that
 * @has_end: whether the last record was there
 * @boot_id: of the host, or NULL
 * @vms: VMs that have begun
 * @problems: problems in records
 * @place: of the VM that was read last
 * @id: numbers of VMs
 * @ids: how many
 * @ids_room: of @id
 * @document: keys of the document
 * @record: keys that all records have
 * @records: what records there are
 * @end: keys of the last record
 */
struct s2_snapshot_file {
	struct s2_snapshot_in r;
	struct s2_model *model;
	bool is_records;
	bool is_begun;
	bool in_vms;
	bool has_host;
	bool has_problems;
	bool has_vms;
	bool has_complete;
	bool is_complete;
	bool has_end;
	const char *boot_id;
	uint64_t vms;
	uint64_t problems;
	struct s2_in_place place;
	struct s2_snapshot_id *id;
	size_t ids;
	size_t ids_room;
	struct s2_keys document;
	struct s2_keys record;
	struct s2_keys records;
	struct s2_keys end;
};

/*
 * Begins to read.  @flags: S2_LOAD_*, what is kept.  Return: 0, or -errno with a
 * text; free it either way
 */
int s2_snapshot_file_open(struct s2_store *store, const char *name,
			  struct s2_model *model, unsigned int flags,
			  struct s2_snapshot_file **file);
void s2_snapshot_file_free(struct s2_snapshot_file *file);

/*
 * Reads on, up to the end of the next VM, which is added to the VMs of @model.
 * False: there is none, and all of the file was read and is right, if
 * s2_snapshot_file_err() says so.
 */
bool s2_snapshot_file_next(struct s2_snapshot_file *file,
			   struct s2_model *model);
int s2_snapshot_file_err(const struct s2_snapshot_file *file);

/* Reads the VM at @place again.  Nothing else can be read from @file then. */
int s2_snapshot_file_again(struct s2_snapshot_file *file,
			   struct s2_in_place place, struct s2_model *model);

#endif /* S2_SNAPSHOT_FILE_H */
