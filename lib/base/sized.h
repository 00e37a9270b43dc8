/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structures that begin with their size, from callers who are older or newer than we are */
#ifndef S2_SIZED_H
#define S2_SIZED_H

#include <stddef.h>

/* Nobody has a structure as large; a size beyond is one that was never set */
#define S2_SIZED_MAX	4096

/**
 * s2_sized_read() - copy a structure that its caller made, as clone3(2) does
 * @to: the structure as this library knows it; members that an older caller does
 *	not have are zero
 * @to_size: its size
 * @first: size of the first version that was released: no caller has a smaller one
 * @from: the caller's; begins with a size_t that says how large it is
 *
 * Return: 0; -EINVAL if it is smaller than the first version; -E2BIG if a newer
 * caller set a member that this library does not know.
 */
int s2_sized_read(void *to, size_t to_size, size_t first, const void *from);

#endif /* S2_SIZED_H */
