/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that reads a kernel's memory, from outside */
#ifndef S2_CORE_PEER_H
#define S2_CORE_PEER_H

#include <sys/types.h>

#include "source/core/wire.h"

struct s2_peer {
	pid_t pid;		/* 0: there is none */
	struct s2_wire in;
	struct s2_wire out;
};

/* One record of an answer; returns 0 or what ends the load */
typedef int (*s2_peer_fn)(void *data, const struct s2_wire_head *head,
			  const void *record);

/* The longest record but for the last */
#define S2_RECORD_MAX	512

/*
 * Starts a reader of @fd and waits until it understands what is there.  Both files may
 * be closed then.  Return: 0, or what the reader says, with a text
 */
int s2_peer_start(struct s2_peer *peer, struct s2_ctx *ctx, const char *name,
		  bool live, int fd, int btf_fd);
void s2_peer_stop(struct s2_peer *peer);

/*
 * Asks, and calls @fn for each record but the last.  @end: the last.  Return: 0; what
 * @fn did; -EIO, with a text: the reader is gone
 */
int s2_peer_ask(struct s2_peer *peer, struct s2_ctx *ctx,
		const struct s2_wire_request *req, s2_peer_fn fn, void *data,
		struct s2_wire_end *end);

#endif /* S2_CORE_PEER_H */
