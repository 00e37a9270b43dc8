// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/core/wire.h"

int s2_wire_flush(struct s2_wire *wire)
{
	size_t done = 0;

	while (done < wire->bytes) {
		/* Whoever went away is an error here, and no signal */
		ssize_t n = send(wire->fd, wire->data + done,
				 wire->bytes - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EPIPE;
		done += (size_t)n;
	}
	wire->bytes = 0;
	return 0;
}

static int put(struct s2_wire *wire, const void *data, size_t len)
{
	int err = 0;

	if (wire->bytes + len > sizeof(wire->data))
		err = s2_wire_flush(wire);
	if (err)
		return err;
	memcpy(wire->data + wire->bytes, data, len);
	wire->bytes += len;
	return 0;
}

int s2_wire_put(struct s2_wire *wire, enum s2_wire_kind kind, const void *data,
		uint32_t bytes)
{
	const struct s2_wire_head head = { .kind = kind, .bytes = bytes };
	int err = put(wire, &head, sizeof(head));

	return err ? err : put(wire, data, bytes);
}

static int get(struct s2_wire *wire, void *data, size_t len)
{
	char *to = data;

	while (len) {
		size_t part = wire->bytes - wire->at;
		ssize_t n;

		if (part > len)
			part = len;
		memcpy(to, wire->data + wire->at, part);
		wire->at += part;
		to += part;
		len -= part;
		if (!len)
			break;
		n = read(wire->fd, wire->data, sizeof(wire->data));
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return -EPIPE;
		wire->at = 0;
		wire->bytes = (size_t)n;
	}
	return 0;
}

int s2_wire_get(struct s2_wire *wire, struct s2_wire_head *head, void *data,
		size_t room)
{
	int err = get(wire, head, sizeof(*head));

	if (err)
		return err;
	if (head->bytes > room)
		return -EBADMSG;
	memset((char *)data + head->bytes, 0, room - head->bytes);
	return get(wire, data, head->bytes);
}
