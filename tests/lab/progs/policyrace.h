/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of policyrace have in common. */
#ifndef POLICYRACE_H
#define POLICYRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../vmm/vmm.h"

#define CHURNED		0u	/* deleted and made, again and again */
#define STEADY		1u
#define NR_PAGES	64u
#define FAULTING	2u	/* vCPUs that do; one more only spins */

struct kvm_s2_extent;
struct nl_sock;

/* A connection to the family, for one thread. */
struct nl {
	struct nl_sock *sock;
	int family;
};

/* What the administrator sets. */
struct setting {
	uint64_t vm_id;		/* 0: the host's */
	int slot;		/* -1: for the class */
	uint32_t mem_class;
	uint32_t constraints;
	uint32_t mode;
};

typedef void (*on_extent)(const struct kvm_s2_extent *e, void *arg);

/* policyrace-nl.c */
void nl_open(struct nl *nl);
int nl_set(struct nl *nl, const struct setting *s);
int nl_check(struct nl *nl, const struct setting *s);
int nl_extents(struct nl *nl, uint64_t vm_id, on_extent fn, void *arg);
int nl_policies(struct nl *nl, uint64_t vm_id);
int nl_host(struct nl *nl, bool *fwb, uint64_t *last_vm);

/* policyrace-threads.c */
struct race {
	struct vm vm;
	struct vm_spec spec;
	uint64_t vm_id;
	unsigned int seed, life_ms;
	int round;
	bool stop;
	/* each written by one thread only */
	uint64_t accesses[FAULTING], refused[FAULTING], missing[FAULTING];
	uint64_t remade, dumps, nl_dumps, born;
};

extern struct race race;

uint64_t next_random(uint64_t *state);
void race_start(bool alone);
void race_stop(void);
uint64_t race_extents(uint32_t slot, on_extent fn, void *arg);
void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...);

#endif /* POLICYRACE_H */
