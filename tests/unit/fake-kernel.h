/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel of our own for tests of the kernel backend */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <linux/netlink.h>

#include "source/kernel/nl.h"
#include "unit.h"

#define FAMILY	0x42
#define PORT	7
#define MAX	64

/*
 * A kernel of our own.  Each request is answered by the next datagrams of the
 * script, up to one that ends an answer; messages get the request's sequence
 * number.
 */
struct fake {
	char *datagram[MAX];
	size_t len[MAX];
	uint32_t from[MAX];
	int error[MAX];
	size_t count;
	size_t next;
	char sent[MAX][512];
	size_t nr_sent;
	int end;	/* what there is after the script; 0: an I/O error */
	uint32_t group;	/* the last that was joined */
};

/* A context without a real /proc or /sys, and the kernel it talks to */
struct state {
	struct s2_ctx *ctx;
	struct fake fake;
	struct s2_source *src;
	char *root;
};

/* For cmocka */
int setup(void **data);
int teardown(void **data);

/* A datagram of one message; the caller fills it in and calls commit() */
struct nlmsghdr *begin(struct fake *fake, uint16_t type, uint16_t flags);
void commit(struct fake *fake, const struct nlmsghdr *nlh);

/* Whole messages: an answer ends with say_error(0) or, for a dump, say_done() */
void say_error(struct fake *fake, int error);
void say_done(struct fake *fake, uint16_t flags, int error);
void say_family(struct fake *fake);
void say_host(struct fake *fake);
void say_vm(struct fake *fake, uint64_t id);
void say_slot(struct fake *fake, uint32_t slot, uint64_t gpa, uint64_t bytes);
void say_extent(struct fake *fake, uint64_t gpa, uint64_t bytes,
		uint32_t class, uint32_t mapped, uint64_t hpa);

/* No datagram, but an error of the socket */
void say_nothing(struct fake *fake, int error);

/* The family and its group of events, number 77 */
void say_group(struct fake *fake);

/* A connection to a fake; close it before the fake goes */
struct s2_nl *open_fake_nl(struct s2_ctx *ctx, struct fake *fake);

/* Opens the source, once the script is written, and loads from it */
void open_fake(struct state *state);
struct s2_model *load(struct state *state, unsigned int flags);

/* A field of the first problem, which must be there */
const char *problem(const struct s2_model *model, unsigned int id);

#endif /* FAKE_KERNEL_H */
