/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_HASH_H
#define S2_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * A hash that nobody outside this process can foresee, so that no file can be
 * made whose strings all get the same one.
 */
uint64_t s2_hash(const void *data, size_t len);

#endif /* S2_HASH_H */
