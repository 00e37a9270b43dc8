// SPDX-License-Identifier: LGPL-2.1-or-later
/* Netlink transport */
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "source/kernel/nl.h"
#include "base/array.h"
#include "base/text.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define REQUEST_MAX	512

static int sock_send(void *priv, const void *buf, size_t len)
{
	return mnl_socket_sendto(priv, buf, len) < 0 ? -errno : 0;
}

/* mnl_socket_recvfrom() does not tell who sent it */
static ssize_t sock_recv(void *priv, void *buf, size_t size, uint32_t *from)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &addr, .msg_namelen = sizeof(addr),
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t len;

	do {
		len = recvmsg(mnl_socket_get_fd(priv), &msg, 0);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (msg.msg_namelen != sizeof(addr))
		return -EBADMSG;
	*from = addr.nl_pid;
	return len;
}

static int sock_fd(void *priv)
{
	return mnl_socket_get_fd(priv);
}

static int sock_join(void *priv, uint32_t group)
{
	int fd = sock_fd(priv), flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) ||
	    mnl_socket_setsockopt(priv, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		return -errno;
	return 0;
}

static void sock_close(void *priv)
{
	mnl_socket_close(priv);
}

static const struct s2_nl_io sock_io = {
	.send = sock_send,
	.recv = sock_recv,
	.join = sock_join,
	.fd = sock_fd,
	.close = sock_close,
};

int s2_nl_open_io(struct s2_ctx *ctx, const struct s2_nl_io *io, void *priv,
		  struct s2_nl **nl)
{
	*nl = calloc(1, sizeof(**nl));
	if (!*nl) {
		io->close(priv);
		s2_fail_nomem(ctx);
		return -ENOMEM;
	}
	(*nl)->ctx = s2_ctx_ref(ctx);
	(*nl)->io = io;
	(*nl)->priv = priv;
	return 0;
}

int s2_nl_open(struct s2_ctx *ctx, struct s2_nl **nl)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_GENERIC,
						   SOCK_CLOEXEC);
	static const int options[] = {
		NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK,
	};
	int on = 1, err = -errno;

	*nl = NULL;
	if (!sock)
		return s2_fail(ctx, err, "cannot open a netlink socket: %s",
			       strerror(-err));
	/* Kernels without one of them do without */
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		mnl_socket_setsockopt(sock, options[i], &on, sizeof(on));
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		mnl_socket_close(sock);
		return s2_fail(ctx, err, "cannot bind a netlink socket: %s",
			       strerror(-err));
	}
	err = s2_nl_open_io(ctx, &sock_io, sock, nl);
	if (!err)
		(*nl)->portid = mnl_socket_get_portid(sock);
	return err;
}

void s2_nl_close(struct s2_nl *nl)
{
	if (!nl)
		return;
	nl->io->close(nl->priv);
	s2_ctx_unref(nl->ctx);
	free(nl);
}

/* ------------------------------------------------------------- requests -- */

static void put_arg(struct nlmsghdr *nlh, const struct s2_nl_arg *arg)
{
	switch (arg->kind) {
	case S2_NL_U8:
		mnl_attr_put_u8(nlh, arg->type, arg->num);
		break;
	case S2_NL_U32:
		mnl_attr_put_u32(nlh, arg->type, arg->num);
		break;
	case S2_NL_UINT:
		if (arg->num > UINT32_MAX)
			mnl_attr_put_u64(nlh, arg->type, arg->num);
		else
			mnl_attr_put_u32(nlh, arg->type, arg->num);
		break;
	case S2_NL_STRING:
		mnl_attr_put_strz(nlh, arg->type, arg->str);
		break;
	case S2_NL_FLAG:
		mnl_attr_put(nlh, arg->type, 0, NULL);
		break;
	}
}

static int send_request(struct s2_nl *nl, const struct s2_nl_req *req,
			char buf[REQUEST_MAX])
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = req->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (req->dump)
		nlh->nlmsg_flags |= NLM_F_DUMP;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = req->cmd;
	genl->version = req->version;
	for (size_t i = 0; i < req->count; i++)
		put_arg(nlh, &req->args[i]);
	return nl->io->send(nl->priv, nlh, nlh->nlmsg_len);
}

/* -------------------------------------------------------------- answers -- */

/* What is being waited for */
struct call {
	struct s2_nl *nl;
	const struct s2_nl_req *req;
	const char *sent;
	s2_nl_cb cb;
	void *data;
	bool *interrupted;
	bool done;
};

/* Name of the attribute at @offset of the request, or of @type if it is that */
static const char *arg_name(const struct call *call, const uint32_t *offset,
			    const uint32_t *type)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)call->sent;
	const struct nlattr *attr;

	for (size_t i = 0; type && i < call->req->count; i++)
		if (call->req->args[i].type == *type)
			return call->req->args[i].name;
	if (!offset)
		return NULL;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if ((const char *)attr - call->sent != (long)*offset)
			continue;
		for (size_t i = 0; i < call->req->count; i++)
			if (call->req->args[i].type == mnl_attr_get_type(attr))
				return call->req->args[i].name;
	}
	return NULL;
}

/* Reads the extended acknowledgement: @len bytes of attributes at @tlv */
static void read_extack(const struct call *call, const char *tlv, size_t len,
			int error)
{
	struct s2_nl *nl = call->nl;
	const struct nlattr *attr = (const struct nlattr *)tlv;
	uint32_t offset, type, *has_offset = NULL, *has_type = NULL;
	char text[256] = "";
	const char *name;

	while (mnl_attr_ok(attr, (int)len)) {
		size_t step = MNL_ALIGN(attr->nla_len);
		size_t payload = mnl_attr_get_payload_len(attr);
		const char *value = mnl_attr_get_payload(attr);

		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			s2_text_clean(text, sizeof(text), value,
				      strnlen(value, payload));
			break;
		case NLMSGERR_ATTR_OFFS:
			if (payload == sizeof(offset)) {
				memcpy(&offset, value, sizeof(offset));
				has_offset = &offset;
			}
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (payload == sizeof(type)) {
				memcpy(&type, value, sizeof(type));
				has_type = &type;
			}
			break;
		}
		if (step > len)
			break;
		len -= step;
		attr = mnl_attr_next(attr);
	}
	name = arg_name(call, has_offset, has_type);
	if (name)
		snprintf(nl->attr, sizeof(nl->attr), "%s.%s", call->req->name,
			 name);
	else if (has_type)
		snprintf(nl->attr, sizeof(nl->attr), "%s.#%u", call->req->name,
			 type);
	snprintf(nl->text, sizeof(nl->text), "%s: %s%s%s%s", call->req->name,
		 *text ? text : strerror(-error), *nl->attr ? " (" : "",
		 nl->attr, *nl->attr ? ")" : "");
}

/* As the kernel numbers errors */
static bool is_errno(int error)
{
	return error < 0 && error >= -4095;
}

/* NLMSG_ERROR: an acknowledgement or a refusal */
static int take_error(struct call *call, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *msg = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	size_t skip = sizeof(*msg);

	if (len < sizeof(*msg))
		return -EBADMSG;
	call->done = true;
	if (!msg->error)
		return 0;
	if (!is_errno(msg->error))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (msg->msg.nlmsg_len < sizeof(msg->msg))
			return -EBADMSG;
		skip += MNL_ALIGN(msg->msg.nlmsg_len - sizeof(msg->msg));
	}
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip > len)
		skip = len;
	read_extack(call, (const char *)msg + skip, len - skip, msg->error);
	return msg->error;
}

/* NLMSG_DONE: the end of a dump, which may have failed on the way */
static int take_done(struct call *call, const struct nlmsghdr *nlh)
{
	const char *payload = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	int error = 0;

	call->done = true;
	if (len < sizeof(error))
		return 0;
	memcpy(&error, payload, sizeof(error));
	if (error >= 0)
		return 0;
	if (!is_errno(error))
		return -EBADMSG;
	len -= sizeof(error);
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		len = 0;
	read_extack(call, payload + sizeof(error), len, error);
	return error;
}

static int take_message(struct call *call, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_seq != call->nl->seq ||
	    (call->nl->portid && nlh->nlmsg_pid != call->nl->portid))
		return 0;
	if ((nlh->nlmsg_flags & NLM_F_DUMP_INTR) && call->interrupted)
		*call->interrupted = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_ERROR:
		return take_error(call, nlh);
	case NLMSG_DONE:
		return take_done(call, nlh);
	case NLMSG_OVERRUN:
		return -ENOBUFS;
	}
	if (nlh->nlmsg_type != call->req->family ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return -EBADMSG;
	return call->cb(nlh, call->data);
}

bool s2_nl_is_whole(const struct nlmsghdr *nlh, int left)
{
	return left >= (int)sizeof(*nlh) &&
	       nlh->nlmsg_len >= sizeof(*nlh) &&
	       nlh->nlmsg_len <= (unsigned int)left;
}

static int take_datagram(struct call *call, int len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)call->nl->buf;
	int first = 0;

	while (!call->done && s2_nl_is_whole(nlh, len)) {
		int err = take_message(call, nlh);

		/* After a refusal by us the rest of a dump must still go */
		if (err && !first)
			first = err;
		if (err && call->done)
			return first;
		nlh = mnl_nlmsg_next(nlh, &len);
	}
	if (len > 0 && !call->done)
		return first ? first : -EBADMSG;
	return first;
}

int s2_nl_call(struct s2_nl *nl, const struct s2_nl_req *req, s2_nl_cb cb,
	       void *data, bool *interrupted)
{
	char sent[REQUEST_MAX] __attribute__((aligned(8)));
	struct call call = {
		.nl = nl, .req = req, .sent = sent, .cb = cb, .data = data,
		.interrupted = interrupted,
	};
	int err, first = 0;

	nl->text[0] = '\0';
	nl->attr[0] = '\0';
	err = send_request(nl, req, sent);
	while (!err && !call.done) {
		uint32_t from = 0;
		ssize_t len = nl->io->recv(nl->priv, nl->buf, sizeof(nl->buf),
					   &from);

		if (len < 0) {
			err = (int)len;
			break;
		}
		if (from) {
			s2_log(nl->ctx, "netlink: ignored a message from port %u",
			       from);
			continue;
		}
		if (!len) {
			err = -EBADMSG;
			break;
		}
		/* Drain what is left of a dump, so that the next call is clean */
		err = take_datagram(&call, (int)len);
		if (err && !first)
			first = err;
		if (req->dump)
			err = 0;
	}
	err = first ? first : err;
	if (err && !nl->text[0])
		snprintf(nl->text, sizeof(nl->text), "%s: %s", req->name,
			 err == -EBADMSG ? "malformed answer" : strerror(-err));
	return err;
}
