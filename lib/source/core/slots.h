/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory slots of a VM */
#ifndef S2_CORE_SLOTS_H
#define S2_CORE_SLOTS_H

#include "source/core/layout.h"

/* KVM_USER_MEM_SLOTS is 32764; KVM numbers with 16 bits */
#define S2_SLOTS_MAX	32767u
/* KVM_MEMSLOT_INVALID: it is just being taken away */
#define S2_SLOT_INVALID	(1u << 16)

struct s2_slot {
	uint32_t id;
	uint32_t flags;
	uint64_t gpa;
	uint64_t bytes;
	uint64_t hva;
};

/* In order of guest-physical address, and none in another */
struct s2_slots {
	struct s2_slot *slot;
	size_t count;
	size_t room;
};

/*
 * Reads the slots that are in use now.  Return: 0; -EAGAIN: they changed; -EBADMSG: they
 * make no sense; -ENOMEM; or why they cannot be read
 */
int s2_slots_read(struct s2_slots *slots, struct s2_image *image,
		  const struct s2_layout *layout, uint64_t kvm);
void s2_slots_clear(struct s2_slots *slots);

#endif /* S2_CORE_SLOTS_H */
