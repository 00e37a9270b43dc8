/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking away from a process all that it does not need to read an open file */
#ifndef S2_CORE_JAIL_H
#define S2_CORE_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * First: no other files than @keep, no capabilities, another user than root, and no way
 * back.  Return: S2_JAIL_* of what could be done.
 */
unsigned int s2_jail_enter(int *keep, size_t count);

/* Where what parses is not ours: no more memory than that */
void s2_jail_limit_memory(uint64_t bytes);

/*
 * Then, once libraries are loaded: only to read, to write and to get memory.  Return:
 * likewise.
 */
unsigned int s2_jail_close(void);

#endif /* S2_CORE_JAIL_H */
