// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/core/peer.h"

/* Ends the reader, which has nothing to put in order.  Return: how it went */
static int end_process(struct s2_peer *peer)
{
	int status = 0;

	if (!peer->pid)
		return 0;
	close(peer->in.fd);
	/* One that is gone already says how it went, not how it was ended here */
	kill(peer->pid, SIGKILL);
	while (waitpid(peer->pid, &status, 0) < 0 && errno == EINTR)
		;
	memset(&peer->in, 0, offsetof(struct s2_wire, data));
	memset(&peer->out, 0, offsetof(struct s2_wire, data));
	peer->pid = 0;
	return status;
}

void s2_peer_stop(struct s2_peer *peer)
{
	end_process(peer);
}

/* The reader does not answer any more */
static int gone(struct s2_peer *peer, struct s2_ctx *ctx)
{
	int status;

	if (!peer->pid)
		return s2_fail(ctx, -EIO,
			       "the process that reads the kernel's memory is gone");
	status = end_process(peer);
	if (WIFSIGNALED(status))
		return s2_fail(ctx, -EIO,
			       "the process that reads the kernel's memory was ended by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	return s2_fail(ctx, -EIO,
		       "the process that reads the kernel's memory has ended without an answer");
}

static int take_answer(struct s2_peer *peer, s2_peer_fn fn, void *data,
		       struct s2_wire_end *end)
{
	union {
		char record[S2_RECORD_MAX];
		struct s2_wire_end end;
		uint64_t align;
	} r;
	struct s2_wire_head head;
	int err;

	for (;;) {
		err = s2_wire_get(&peer->in, &head, &r, sizeof(r));
		if (err)
			return err;
		if (head.kind == S2_WIRE_END)
			break;
		if (!fn || head.kind >= S2_WIRE_KINDS ||
		    head.bytes > S2_RECORD_MAX)
			return -EBADMSG;
		err = fn(data, &head, &r);
		if (err)
			return err;
	}
	*end = r.end;
	end->text[sizeof(end->text) - 1] = '\0';
	return 0;
}

int s2_peer_ask(struct s2_peer *peer, struct s2_ctx *ctx,
		const struct s2_wire_request *req, s2_peer_fn fn, void *data,
		struct s2_wire_end *end)
{
	int err = s2_wire_put(&peer->out, S2_WIRE_END, req, sizeof(*req));

	if (!err)
		err = s2_wire_flush(&peer->out);
	if (!err)
		err = take_answer(peer, fn, data, end);
	if (err == -EPIPE)
		return gone(peer, ctx);
	if (err == -EBADMSG)
		err = s2_fail(ctx, -EIO,
			      "the process that reads the kernel's memory gave an answer that makes no sense");
	/* In the middle of an answer there is no way on */
	if (err)
		s2_peer_stop(peer);
	return err;
}

static void say_how(struct s2_ctx *ctx, const struct s2_peer *peer,
		    const char *name, unsigned int jail)
{
	s2_log(ctx, "%s is read by process %d: %s, %s, %s", name,
	       (int)peer->pid,
	       jail & S2_JAIL_CAPS ? "without capabilities" :
	       "with the capabilities of this one",
	       jail & S2_JAIL_USER ? "as user nobody" : "as the same user",
	       jail & S2_JAIL_SECCOMP ? "under a seccomp filter" :
	       "without a seccomp filter");
}

int s2_peer_start(struct s2_peer *peer, struct s2_ctx *ctx, const char *name,
		  bool live, int fd, int btf_fd)
{
	struct s2_wire_end end;
	int pair[2], err;

	memset(peer, 0, sizeof(*peer));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return s2_fail(ctx, -errno, "a socket pair: %s",
			       strerror(errno));
	peer->pid = fork();
	if (peer->pid < 0) {
		err = -errno;
		peer->pid = 0;
		close(pair[0]);
		close(pair[1]);
		return s2_fail(ctx, err,
			       "a process to read the kernel's memory: %s",
			       strerror(-err));
	}
	if (!peer->pid)
		s2_core_serve(ctx, name, live, fd, btf_fd, pair[1]);
	close(pair[1]);
	peer->in.fd = peer->out.fd = pair[0];
	err = take_answer(peer, NULL, NULL, &end);
	if (err)
		return gone(peer, ctx);
	if (!end.err) {
		say_how(ctx, peer, name, end.jail);
		return 0;
	}
	s2_peer_stop(peer);
	return s2_fail(ctx, end.err < 0 ? end.err : -EIO, "%s", end.text);
}
