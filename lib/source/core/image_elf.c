// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory of a kernel in an ELF file: /proc/kcore, kdump's and QEMU's dumps */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "source/core/image.h"

/* More memory banks than any machine has */
#define SEGMENTS_MAX	65536
/* A note for each CPU, and VMCOREINFO; a task_struct has some 10 KiB */
#define NOTES_MAX	(16u << 20)
#define INFO_MAX	65536

static int bad(struct s2_image *image, const char *what)
{
	return s2_fail(image->ctx, -EBADMSG, "%s: %s", image->name, what);
}

static int cmp_va(const void *a, const void *b)
{
	const struct s2_segment *x = a, *y = b;

	return x->va < y->va ? -1 : x->va > y->va;
}

static int cmp_pa(const void *a, const void *b)
{
	const struct s2_segment *x = a, *y = b;

	return x->pa < y->pa ? -1 : x->pa > y->pa;
}

/* ------------------------------------------------------------------ notes */

static int keep_info(struct s2_image *image, const void *desc, size_t len)
{
	if (image->info || len > INFO_MAX)
		return 0;
	image->info = calloc(1, len + 1);
	if (!image->info)
		return s2_fail_nomem(image->ctx);
	memcpy(image->info, desc, len);
	return 0;
}

static int keep_task(struct s2_image *image, const void *desc, size_t len)
{
	if (image->task || !len)
		return 0;
	image->task = malloc(len);
	if (!image->task)
		return s2_fail_nomem(image->ctx);
	memcpy(image->task, desc, len);
	image->task_bytes = len;
	return 0;
}

static int take_note(struct s2_image *image, const Elf64_Nhdr *note,
		     const char *name, const void *desc)
{
	if (note->n_namesz == 11 && !memcmp(name, "VMCOREINFO", 11))
		return keep_info(image, desc, note->n_descsz);
	if (image->live && note->n_type == NT_TASKSTRUCT &&
	    note->n_namesz == 5 && !memcmp(name, "CORE", 5))
		return keep_task(image, desc, note->n_descsz);
	return 0;
}

/* A note that does not fit ends them */
static int take_notes(struct s2_image *image, const char *data, size_t len)
{
	size_t at = 0;
	int err = 0;

	while (!err && len - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		uint64_t name, desc;

		memcpy(&note, data + at, sizeof(note));
		name = at + sizeof(note);
		desc = name + ((note.n_namesz + 3ull) & ~3ull);
		if (desc > len || note.n_descsz > len - desc)
			break;
		err = take_note(image, &note, data + name, data + desc);
		desc += (note.n_descsz + 3ull) & ~3ull;
		if (desc > len)
			break;
		at = desc;
	}
	return err;
}

static int read_notes(struct s2_image *image, const Elf64_Phdr *ph)
{
	size_t len = ph->p_filesz;
	char *data;
	int err;

	if (len > NOTES_MAX)
		return bad(image, "its notes are larger than any kernel's");
	data = malloc(len + 1);
	if (!data)
		return s2_fail_nomem(image->ctx);
	err = s2_image_read(image, ph->p_offset, data, len);
	if (err)
		err = bad(image, "its notes cannot be read: is the dump complete?");
	else
		err = take_notes(image, data, len);
	free(data);
	return err;
}

/* --------------------------------------------------------------- segments */

static int read_segments(struct s2_image *image, const Elf64_Phdr *ph,
			 size_t count)
{
	int err = 0;

	image->by_va = calloc(count + 1, sizeof(*image->by_va));
	image->by_pa = calloc(count + 1, sizeof(*image->by_pa));
	if (!image->by_va || !image->by_pa)
		return s2_fail_nomem(image->ctx);
	for (size_t i = 0; !err && i < count; i++) {
		const struct s2_segment seg = {
			.va = ph[i].p_vaddr, .pa = ph[i].p_paddr,
			.bytes = ph[i].p_filesz, .off = ph[i].p_offset,
		};

		if (ph[i].p_type == PT_NOTE)
			err = read_notes(image, &ph[i]);
		if (ph[i].p_type != PT_LOAD || !seg.bytes ||
		    seg.off > INT64_MAX - seg.bytes)
			continue;
		image->by_va[image->count++] = seg;
		/* kcore has memory without a physical address, and says -1 or 0 */
		if (seg.pa != S2_NO_PHYS && (seg.pa || !image->live))
			image->by_pa[image->phys++] = seg;
	}
	qsort(image->by_va, image->count, sizeof(*image->by_va), cmp_va);
	qsort(image->by_pa, image->phys, sizeof(*image->by_pa), cmp_pa);
	return err;
}

static int read_headers(struct s2_image *image, const Elf64_Ehdr *eh)
{
	size_t count = eh->e_phnum;
	Elf64_Phdr *ph;
	Elf64_Shdr sh;
	int err;

	if (count == PN_XNUM) {
		if (s2_image_read(image, eh->e_shoff, &sh, sizeof(sh)))
			return bad(image, "its headers cannot be read: is the dump complete?");
		count = sh.sh_info;
	}
	if (eh->e_phentsize != sizeof(*ph) || count > SEGMENTS_MAX)
		return bad(image, "its program headers are not those of a memory dump");
	ph = calloc(count + 1, sizeof(*ph));
	if (!ph)
		return s2_fail_nomem(image->ctx);
	if (s2_image_read(image, eh->e_phoff, ph, count * sizeof(*ph)))
		err = bad(image, "its headers cannot be read: is the dump complete?");
	else
		err = read_segments(image, ph, count);
	free(ph);
	return err;
}

/* Whether all that the headers promise is in the file */
static int check_size(struct s2_image *image)
{
	uint64_t end = 0;
	struct stat st;

	for (size_t i = 0; i < image->count; i++) {
		const struct s2_segment *seg = &image->by_va[i];

		if (seg->off + seg->bytes > end)
			end = seg->off + seg->bytes;
	}
	if (image->live || fstat(image->fd, &st) || !S_ISREG(st.st_mode) ||
	    !st.st_size || (uint64_t)st.st_size >= end)
		return 0;
	return s2_fail(image->ctx, -EBADMSG,
		       "%s: the dump has %llu bytes where its headers say %llu: it was cut short, or is still being written",
		       image->name, (unsigned long long)st.st_size,
		       (unsigned long long)end);
}

int s2_image_elf(struct s2_image *image)
{
	Elf64_Ehdr eh;
	int err;

	err = s2_image_read(image, 0, &eh, sizeof(eh));
	if (err == -ENODATA || (!err && memcmp(eh.e_ident, ELFMAG, SELFMAG)))
		return -ENOEXEC;
	if (err)
		return s2_fail(image->ctx, err, "%s: %s", image->name,
			       strerror(-err));
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB || eh.e_machine != EM_AARCH64)
		return s2_fail(image->ctx, -EOPNOTSUPP,
			       "%s: an ELF file of another architecture (class %u, data %u, machine %u), not of arm64",
			       image->name, eh.e_ident[EI_CLASS],
			       eh.e_ident[EI_DATA], eh.e_machine);
	if (eh.e_type != ET_CORE)
		return s2_fail(image->ctx, -ENOEXEC,
			       "%s: an ELF file, but not a memory dump (its type is %u, not ET_CORE)",
			       image->name, eh.e_type);
	err = read_headers(image, &eh);
	return err ? err : check_size(image);
}
