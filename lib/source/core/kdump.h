/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed dumps, by libkdumpfile where that is installed */
#ifndef S2_CORE_KDUMP_H
#define S2_CORE_KDUMP_H

#include "source/core/image.h"

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
