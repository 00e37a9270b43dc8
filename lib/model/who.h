/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which VM an object is, or is about.  A kernel with the series numbers its VMs; on
 * any other a VM goes by its process and by what it is there.
 */
#ifndef S2_WHO_H
#define S2_WHO_H

#include "model/model.h"
#include "model/program.h"

/* What identifies a VM; not each object has all of it */
enum s2_who_part {
	S2_WHO_ID,
	S2_WHO_PID,
	S2_WHO_START,
	S2_WHO_FD,
	S2_WHO_NTH,
	S2_WHO_PARTS,
};

/**
 * struct s2_who - a VM's identity, outside of an object
 * @known: mask of 1 << enum s2_who_part
 * @part: the numbers of those
 */
struct s2_who {
	unsigned int known;
	uint64_t part[S2_WHO_PARTS];
};

/*
 * Of a VM; or of the VM that a problem, a finding, a difference or a requirement is
 * about; of evidence, the other VM's.
 */
void s2_who_of(struct s2_who *who, const struct s2_obj *obj);

/* The other way round; what is not known is absent then */
void s2_who_set(struct s2_obj *obj, const struct s2_who *who);

/* From one object to another */
void s2_who_copy(struct s2_obj *to, const struct s2_obj *from);

static inline bool s2_who_has(const struct s2_who *who, enum s2_who_part part)
{
	return who->known >> part & 1;
}

/*
 * The order of ids; those without one by process, and by when they were made.  0 for
 * two of which nothing is known that differs.
 */
int s2_who_cmp(const struct s2_who *a, const struct s2_who *b);

/* As s2_vm_title() */
#define S2_WHO_MAX	S2_VM_TITLE_MAX
size_t s2_who_title(const struct s2_who *who, char *buf, size_t size);

/*
 * Numbers the VMs of each process.  They must be in the order in which they were
 * made.  Return: 0, or -ENOMEM with a text
 */
int s2_who_number(struct s2_model *model);

#endif /* S2_WHO_H */
