/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the process that reads a kernel's memory and the one that asked say to each
 * other: requests of a fixed size one way, records the other.
 */
#ifndef S2_CORE_WIRE_H
#define S2_CORE_WIRE_H

#include "source/core/reader.h"

/* What the reader could do without; see jail.h */
#define S2_JAIL_CAPS	(1u << 0)
#define S2_JAIL_USER	(1u << 1)
#define S2_JAIL_SECCOMP	(1u << 2)

enum s2_wire_op {
	S2_WIRE_LIST = 1,	/* the host and its VMs */
	S2_WIRE_READ,		/* one of these VMs */
};

struct s2_wire_request {
	uint32_t op;
	uint32_t vm;		/* its place in the list */
	uint32_t extents;
	uint32_t phys;
	int32_t dic;		/* enum s2_known: what the host says of itself, */
	int32_t pkvm;		/* for a kernel without symbols of variables */
};

enum s2_wire_kind {
	S2_WIRE_END = 1,	/* each answer ends with one: struct s2_wire_end */
	S2_WIRE_HOST,
	S2_WIRE_VM,		/* struct s2_core_vm */
	S2_WIRE_SLOT,		/* struct s2_slot */
	S2_WIRE_EXTENT,		/* struct s2_core_extent */
	S2_WIRE_KINDS,
};

struct s2_wire_head {
	uint32_t kind;
	uint32_t bytes;		/* that follow */
};

/* @err: 0 or a negative errno; @text: what s2_fail() said, or "" */
struct s2_wire_end {
	int32_t err;
	uint32_t jail;		/* S2_JAIL_*; in the first answer */
	char text[S2_ERROR_MAX];
};

/* @fwb, @dic, @pkvm: enum s2_known; @vms: how many follow */
struct s2_wire_host {
	int32_t fwb;
	int32_t dic;
	int32_t pkvm;
	uint32_t page_size;
	uint32_t vms;
	char release[128];
};

/* A stream of records, one way or the other */
struct s2_wire {
	int fd;
	size_t at;
	size_t bytes;
	char data[65536];
};

/* Return: 0, or -EPIPE: the other process is gone */
int s2_wire_put(struct s2_wire *wire, enum s2_wire_kind kind, const void *data,
		uint32_t bytes);
int s2_wire_flush(struct s2_wire *wire);

/*
 * Reads the next record into @data, of @room bytes, and fills what it does not have with
 * zeros.  Return: 0; -EPIPE; -EBADMSG: it is longer than @room
 */
int s2_wire_get(struct s2_wire *wire, struct s2_wire_head *head, void *data,
		size_t room);

/* serve.c: the reader's whole life.  Never returns */
void s2_core_serve(struct s2_ctx *ctx, const char *name, bool live, int fd,
		   int btf_fd, int peer) __attribute__((noreturn));

#endif /* S2_CORE_WIRE_H */
