/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mappings of a VMM, from the tree in its mm_struct */
#ifndef S2_CORE_VMAS_H
#define S2_CORE_VMAS_H

#include "source/core/layout.h"

struct s2_vma {
	uint64_t start;
	uint64_t end;
	uint64_t flags;
	uint64_t prot;
	uint64_t dax;		/* whether it is of a file with DAX: 0 or 1 */
};

/* In order of address, and none in another */
struct s2_vmas {
	struct s2_vma *vma;
	size_t count;
	size_t room;
};

/*
 * Reads what lies in [@start, @end).  No lock is held, so a reading counts only if the
 * next one says the same.  Return: 0; -EINTR: it changed each time; -EBADMSG: it makes
 * no sense; -E2BIG; -ENOMEM; or why it cannot be read
 */
int s2_vmas_read(struct s2_vmas *vmas, struct s2_image *image,
		 const struct s2_layout *layout, uint64_t mm, uint64_t start,
		 uint64_t end);
void s2_vmas_clear(struct s2_vmas *vmas);

/* The first that ends behind @addr, or NULL; it may begin behind @addr, too */
const struct s2_vma *s2_vmas_find(const struct s2_vmas *vmas, uint64_t addr);

#endif /* S2_CORE_VMAS_H */
