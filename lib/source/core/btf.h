/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the kernel's structures are laid out: from its BTF (Documentation/bpf/btf.rst).
 * libbpf reads BTF too, but brings libelf and zlib, and for what is needed here, a few
 * dozen offsets, this is less code than its use.  All that is read is checked.
 */
#ifndef S2_CORE_BTF_H
#define S2_CORE_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A large kernel's has 12 MiB */
#define S2_BTF_MAX	(64u << 20)

struct s2_btf {
	unsigned char *data;
	const unsigned char *types;
	const char *strings;
	uint32_t string_bytes;
	uint32_t count;		/* of types, with number 0, which is void */
	uint32_t *at;		/* where each is in @types */
	uint32_t *named;	/* numbers of structures and enumerations with a name */
	uint32_t names;
	uint32_t *bucket;	/* the same by name */
	uint32_t buckets;
};

/**
 * struct s2_member - a member of a structure
 * @off: bytes from the beginning of the structure
 * @bytes: its size
 * @type: number of its type
 */
struct s2_member {
	uint32_t off;
	uint32_t bytes;
	uint32_t type;
};

/* @data: from malloc(), taken over also on failure.  Return: 0, -EBADMSG, -ENOMEM */
int s2_btf_open(struct s2_btf *btf, void *data, size_t len);
void s2_btf_close(struct s2_btf *btf);

/*
 * @path: members with dots between them ("arch.mmu.pgt"); members of nameless ones
 * count as their parent's.  Return: whether there is such a structure and member
 */
bool s2_btf_member(const struct s2_btf *btf, const char *type, const char *path,
		   struct s2_member *member);

/* Size of a structure, in bytes; 0: there is none */
uint32_t s2_btf_size(const struct s2_btf *btf, const char *type);

/* Elements of the array that a member is; 0: it is none */
uint32_t s2_btf_elements(const struct s2_btf *btf,
			 const struct s2_member *member);

/* Value of an enumerator.  Return: whether it is there */
bool s2_btf_enum(const struct s2_btf *btf, const char *type, const char *name,
		 uint64_t *value);

#endif /* S2_CORE_BTF_H */
