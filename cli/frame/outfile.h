/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing a file so that nobody ever sees half of it. */
#ifndef S2CTL_OUTFILE_H
#define S2CTL_OUTFILE_H

#include <stdio.h>
#include <sys/types.h>

/*
 * Writes all of it; need not flush.  0, a negative errno, or the exit status that
 * is to be, having said why.
 */
typedef int (*outfile_fn)(FILE *file, const void *data);

/*
 * Have fn write path: without a name first, with that mode whatever the umask, to
 * the disk, then in one step in place of what was there, which a failure leaves
 * as it was, and so does a signal that ends the program: neither leaves another
 * file behind.  A symbolic link is followed; a device or a pipe, which cannot be
 * replaced, is written to.  Returns an exit status: CLI_OK, or another having
 * said why.
 */
int outfile_write(const char *path, mode_t mode, outfile_fn fn,
		  const void *data);

/* The same without a word: 0, a negative errno, or what fn returned */
int outfile_try(const char *path, mode_t mode, outfile_fn fn, const void *data);

#endif /* S2CTL_OUTFILE_H */
