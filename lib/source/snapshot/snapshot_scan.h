/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A snapshot's file in pieces: where each VM stands, and all else as JSON, so
 * that one VM at a time has to be in memory.
 */
#ifndef S2_SNAPSHOT_SCAN_H
#define S2_SNAPSHOT_SCAN_H

#include "base/store.h"

struct json_object;

#define S2_SNAPSHOT_DEPTH_MAX	16

/* Where something stands in the file */
struct s2_span {
	uint64_t from;
	uint64_t bytes;
};

/**
 * struct s2_scan - a file, and what was found in it
 * @ctx: context
 * @name: what to call it in error texts
 * @file: where bytes that @store does not have yet come from, or NULL
 * @store: the bytes
 * @root: the envelope; without its VMs, if they are an array
 * @vms_known: whether they are
 * @vm: where they stand
 * @vms: how many
 * @room: of @vm
 */
struct s2_scan {
	struct s2_ctx *ctx;
	const char *name;
	FILE *file;
	struct s2_store store;
	struct json_object *root;
	bool vms_known;
	struct s2_span *vm;
	size_t vms;
	size_t room;
};

/* Return: 0; -errno of reading; -EFBIG; -EBADMSG; -EINVAL; -ENOMEM; with a text */
int s2_scan_file(struct s2_scan *scan);
void s2_scan_clear(struct s2_scan *scan);

/* The JSON of one piece; NULL is JSON's null.  Return: likewise */
int s2_scan_json(struct s2_scan *scan, const struct s2_span *span,
		 struct json_object **json);

#endif /* S2_SNAPSHOT_SCAN_H */
