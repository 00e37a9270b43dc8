/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Netlink transport: requests, answers, extended acknowledgements.  What is
 * sent and received goes through struct s2_nl_io, so that tests can feed
 * messages of their own.
 */
#ifndef S2_NL_H
#define S2_NL_H

#include <linux/netlink.h>
#include <sys/types.h>

#include "base/ctx.h"

/* The kernel fills 32 KiB at most for one read of a dump */
#define S2_NL_BUF	65536

/**
 * struct s2_nl_io - a socket
 * @send: sends one message.  Return: 0 or -errno
 * @recv: receives one datagram and tells the port it came from (0 is the
 *	kernel).  Return: its length or -errno
 * @join: joins a multicast group; from then on @recv does not wait, but returns
 *	-EAGAIN.  Return: 0 or -errno
 * @fd: descriptor to wait on
 * @close: frees @priv
 */
struct s2_nl_io {
	int (*send)(void *priv, const void *buf, size_t len);
	ssize_t (*recv)(void *priv, void *buf, size_t size, uint32_t *from);
	int (*join)(void *priv, uint32_t group);
	int (*fd)(void *priv);
	void (*close)(void *priv);
};

enum s2_nl_kind {
	S2_NL_U8,
	S2_NL_U32,
	S2_NL_UINT,		/* 4 or 8 bytes: "uint" in a spec */
	S2_NL_STRING,
	S2_NL_FLAG,
};

/* An attribute of a request; @name as in the spec, for error texts */
struct s2_nl_arg {
	uint16_t type;
	enum s2_nl_kind kind;
	const char *name;
	uint64_t num;
	const char *str;
};

/**
 * struct s2_nl_req - a request
 * @name: operation as in the spec ("slot-get")
 * @family: identifier of the generic netlink family
 * @cmd: command of the family
 * @version: version of the family
 * @dump: ask for all instead of one
 * @args: attributes
 * @count: how many
 */
struct s2_nl_req {
	const char *name;
	uint16_t family;
	uint8_t cmd;
	uint8_t version;
	bool dump;
	const struct s2_nl_arg *args;
	size_t count;
};

/* Called for each message of an answer.  Return: 0, or -errno to stop */
typedef int (*s2_nl_cb)(const struct nlmsghdr *nlh, void *data);

/**
 * struct s2_nl - a connection
 * @ctx: context
 * @io: socket
 * @priv: for @io
 * @portid: our port, 0 to accept any
 * @seq: sequence number of the last request
 * @text: why the last request failed; the kernel's words verbatim
 * @attr: path of the attribute to blame ("slot-get.vm-id"), or ""
 * @at: next message in @buf, for s2_nl_next()
 * @left: bytes from there on
 */
struct s2_nl {
	struct s2_ctx *ctx;
	const struct s2_nl_io *io;
	void *priv;
	uint32_t portid;
	uint32_t seq;
	char text[S2_ERROR_MAX / 2];
	char attr[64];
	const struct nlmsghdr *at;
	int left;
	char buf[S2_NL_BUF] __attribute__((aligned(8)));
};

/* Opens a generic netlink socket.  Return: 0 or -errno with a text in @ctx */
int s2_nl_open(struct s2_ctx *ctx, struct s2_nl **nl);

/* The same over any @io; takes @priv over, also when it fails */
int s2_nl_open_io(struct s2_ctx *ctx, const struct s2_nl_io *io, void *priv,
		  struct s2_nl **nl);
void s2_nl_close(struct s2_nl *nl);

/**
 * s2_nl_call() - send a request and take the whole answer
 * @nl: connection
 * @req: request
 * @cb: called for each message but the acknowledgement
 * @data: for @cb
 * @interrupted: set if the kernel marked the dump inconsistent; may be NULL
 *
 * Return: 0; what the kernel or @cb answered; -EBADMSG for a malformed answer.
 * @nl->text and @nl->attr say more.
 */
int s2_nl_call(struct s2_nl *nl, const struct s2_nl_req *req, s2_nl_cb cb,
	       void *data, bool *interrupted);

/* mnl_nlmsg_ok() takes a length above INT_MAX for a negative one, and fits */
bool s2_nl_is_whole(const struct nlmsghdr *nlh, int left);

/* Identifier of a family.  Return: 0, -ENOENT if there is none, or -errno */
int s2_nl_family(struct s2_nl *nl, const char *name, uint16_t *id);

/*
 * Joins a multicast group of a family; no s2_nl_call() is possible after it.
 * Return: 0; -ENOENT if there is no such family or group; -errno.
 */
int s2_nl_join(struct s2_nl *nl, const char *family, const char *group,
	       uint16_t *id);

/*
 * Next message of a group; lives until the next call.
 * Return: 0; -EAGAIN if there is none; -ENOBUFS if some were lost, and all that
 * were queued are dropped; -EBADMSG; -errno.
 */
int s2_nl_next(struct s2_nl *nl, const struct nlmsghdr **nlh);

#endif /* S2_NL_H */
