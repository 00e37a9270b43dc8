// SPDX-License-Identifier: GPL-2.0-only
/*
 * breaksock.so - preloaded, it has a socket fail once
 *
 * When the file of $BREAKSOCK is there, it is removed, and the next message that
 * is received ends with EIO, as if the socket were lost.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	static ssize_t (*real)(int fd, struct msghdr *msg, int flags);
	const char *file = getenv("BREAKSOCK");

	if (!real)
		real = (ssize_t (*)(int, struct msghdr *, int))
			dlsym(RTLD_NEXT, "recvmsg");
	if (file && !unlink(file)) {
		errno = EIO;
		return -1;
	}
	return real(fd, msg, flags);
}
