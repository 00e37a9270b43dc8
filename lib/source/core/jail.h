/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking away from a process all that it does not need to read an open file */
#ifndef S2_CORE_JAIL_H
#define S2_CORE_JAIL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * First: no other files than @keep, no capabilities, another user than root, and no way
 * back.  Return: S2_JAIL_* of what could be done.
 */
unsigned int s2_jail_enter(const int *keep, size_t count);

/*
 * Then, once libraries are loaded: only to read, to write and to get memory.  @map: also
 * to map files into memory, as libkdumpfile does.  Return: likewise.
 */
unsigned int s2_jail_close(bool map);

#endif /* S2_CORE_JAIL_H */
