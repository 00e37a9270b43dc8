/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_EXTENT_H
#define S2_EXTENT_H

#include "model/object.h"

/* Whether it is a memory type, and not unmapped, mixed or unknown */
bool s2_extent_is_type(uint64_t type);

/*
 * Whether no BAR of a PCI device lies behind an extent of which none is named: where
 * its address and the host's devices are known.
 */
bool s2_extent_is_no_bar(const struct s2_obj *extent, const struct s2_obj *host);

/*
 * The type that memory has for its guest: what a fault would choose now or, where
 * nobody says so, what is mapped.  0: not known
 */
uint64_t s2_extent_type(const struct s2_obj *extent);

/* Whether it is I/O memory: of class io or io-nc */
bool s2_extent_is_io(const struct s2_obj *extent);

/*
 * Whether it can be memory of a PCI device: I/O memory, or what a driver lets be
 * mapped cacheable without struct pages.
 */
bool s2_extent_may_be_bar(const struct s2_obj *extent);

/*
 * Whether @next goes on where @prev ends, and is alike.  Of what may be
 * a BAR, also physically; of other memory only with @phys.
 */
bool s2_extent_continues(const struct s2_obj *prev, const struct s2_obj *next,
			 bool phys);

/*
 * Merges the last extent of a list with the one before, if it goes on where
 * that ends, also physically, and is alike.
 */
void s2_extent_merge_last(struct s2_list *list);

#endif /* S2_EXTENT_H */
