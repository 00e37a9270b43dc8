/* SPDX-License-Identifier: GPL-2.0-only */
/* Output that goes on until somebody ends it. */
#ifndef S2CTL_STREAM_H
#define S2CTL_STREAM_H

#include <stddef.h>

/* From now on SIGINT and SIGTERM end the waiting below, not the program. */
void stream_begin(void);

/*
 * Wait until fd is readable.  0; -EINTR if a signal asks to end; -EPIPE if
 * nobody reads standard output any more; -errno.
 */
int stream_wait(int fd);

/*
 * Write all of buf to standard output, as slowly as it is read.  0; -EINTR if
 * a signal asks to end before it is done; -errno.
 */
int stream_write(const char *buf, size_t len);

#endif /* S2CTL_STREAM_H */
