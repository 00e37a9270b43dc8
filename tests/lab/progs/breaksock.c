// SPDX-License-Identifier: GPL-2.0-only
/*
 * breaksock.so - preloaded, it has a socket fail once
 *
 * When the file of $BREAKSOCK is there, it is removed, and the next message that
 * is received from a multicast group ends with EIO, as if the socket were lost.
 * Requests and their answers, which may go on at the same time, are left alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* Whether it is a member of any group */
static bool listens(int fd)
{
	unsigned int groups[64] = { 0 };
	socklen_t size = sizeof(groups);

	if (getsockopt(fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups,
		       &size))
		return false;
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (groups[i])
			return true;
	return false;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	static ssize_t (*real)(int fd, struct msghdr *msg, int flags);
	const char *file = getenv("BREAKSOCK");
	int was = errno;

	if (!real)
		real = (ssize_t (*)(int, struct msghdr *, int))
			dlsym(RTLD_NEXT, "recvmsg");
	if (file && listens(fd) && !unlink(file)) {
		errno = EIO;
		return -1;
	}
	errno = was;
	return real(fd, msg, flags);
}
