/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of nlclient have in common. */
#ifndef NLCLIENT_H
#define NLCLIENT_H

#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum kind { U8, U32, UINT, STRING };

struct attr {
	int nr;
	const char *name;
	enum kind kind;
};

/* One request and what came back for it. */
struct exchange {
	const struct attr *attrs;
	bool quiet;		/* print no objects */
	unsigned int objects;
	bool interrupted;
	bool done;
	int err;		/* positive errno */
	char text[256];		/* of the extended acknowledgement */
	int bad_offset;		/* in the request, -1: not given */
	int miss_type;		/* -1: not given */
	uint64_t ids[64];	/* of VMs */
};

struct client {
	struct nl_sock *sock;
	int family;
};

/* nlclient.c */
extern const struct attr extent_attrs[];
void print_attrs(FILE *out, const struct attr *attrs, struct nlattr **tb);
struct nl_msg *request(struct client *c, int cmd, bool dump);
void report(struct client *c, const char *name, struct nl_msg *msg,
	    const struct attr *attrs);

/* nlclient-policy.c */
int policy_request(struct client *c, int argc, char **argv);
int policy_script(struct client *c, const char *done);
int watch_events(struct client *c, const char *path, char **argv);

#endif /* NLCLIENT_H */
