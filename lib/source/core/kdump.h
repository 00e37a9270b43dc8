/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed dumps, by libkdumpfile where that is installed */
#ifndef S2_CORE_KDUMP_H
#define S2_CORE_KDUMP_H

#include "source/core/image.h"

enum s2_kdump_kind {
	S2_KDUMP_NONE,	/* no such dump */
	S2_KDUMP_DISK,
	S2_KDUMP_FLAT,	/* the same, as makedumpfile -F writes it to a pipe */
};

/* kdump_head.c.  What the file begins with */
enum s2_kdump_kind s2_kdump_kind(int fd);

/*
 * kdump_head.c: whether all of it is there, and the size of its blocks; 0 where that
 * cannot be told.  Return: 0, or -EBADMSG or -ENOMEM with a text
 */
int s2_kdump_head(struct s2_image *image, uint32_t *block);

/*
 * Loads the library if @fd is a dump that needs it, as long as files may still be
 * opened.  Return: whether it is such a dump.
 */
bool s2_kdump_load(int fd);

/*
 * Sets image->kdump and image->info.  Return: 0; -ENOEXEC for what is no dump,
 * -EOPNOTSUPP where the library is missing, or what it says; with a text
 */
int s2_kdump_open(struct s2_image *image);
void s2_kdump_close(struct s2_kdump *kdump);

/* As s2_image_phys() */
int s2_kdump_read(struct s2_kdump *kdump, uint64_t pa, void *buf, size_t len);

#endif /* S2_CORE_KDUMP_H */
