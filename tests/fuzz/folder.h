/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder of files that change with each input: in memory, and kept open */
#ifndef FUZZ_FOLDER_H
#define FUZZ_FOLDER_H

#include <stddef.h>

struct folder {
	char path[64];
};

/* Goes away when the process ends, however it does */
void folder_make(struct folder *folder);

/* The path of something in it */
void folder_path(const struct folder *folder, const char *name, char *buf,
		 size_t size);

/* Makes a file or a link, and the directories that lead to it */
int folder_open(const struct folder *folder, const char *name);
void folder_link(const struct folder *folder, const char *name,
		 const char *target);

/* Another content for a file */
void folder_write(int fd, const void *data, size_t len);

#endif /* FUZZ_FOLDER_H */
