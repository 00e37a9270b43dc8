// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compressed dumps (makedumpfile's, and the formats of other tools).  libkdumpfile
 * reads them; it is looked for when such a dump is met, and nothing needs it to be
 * installed.  What is declared here is its stable interface, from its manual.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/core/kdump.h"

#define KDUMP_OK		0
#define KDUMP_MACHPHYSADDR	1	/* enum kdump_addrspace_t */

/* kdump_attr_t */
struct attr {
	int type;
	union {
		uint64_t number;
		const char *string;
		void *other;
	} val;
};

#define KDUMP_NUMBER		2
#define KDUMP_STRING		4
#define KDUMP_MMAP_NEVER	0

struct s2_kdump {
	void *kdump;	/* kdump_ctx_t */
	void *(*new)(void);
	void (*free)(void *kdump);
	int (*set_attr)(void *kdump, const char *key, const void *attr);
	int (*open_fdset)(void *kdump, unsigned int count, const int *fd);
	int (*vmcoreinfo_raw)(void *kdump, char **raw);
	int (*read)(void *kdump, int space, uint64_t addr, void *buf,
		    size_t *len);
	const char *(*get_err)(void *kdump);
};

/*
 * Loaded once, and for good: a reader has one dump.  What is used here is the same in
 * all these: 0.5.1 to 0.5.4 (10; Debian 12 and 13) and 0.5.6 (12).
 */
static void *library;

static void open_library(void)
{
	static const char *const names[] = {
		"libkdumpfile.so.12", "libkdumpfile.so.11",
		"libkdumpfile.so.10",
	};

	for (size_t i = 0; !library && i < sizeof(names) / sizeof(*names); i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
}

/* ISO C has no way from an object pointer to one of a function; POSIX needs it */
static bool find(const char *name, void *fn)
{
	void *found = dlsym(library, name);

	memcpy(fn, &found, sizeof(found));
	return found;
}

static bool find_all(struct s2_kdump *k)
{
	return find("kdump_new", &k->new) &&
	       find("kdump_free", &k->free) &&
	       find("kdump_set_attr", &k->set_attr) &&
	       find("kdump_open_fdset", &k->open_fdset) &&
	       find("kdump_vmcoreinfo_raw", &k->vmcoreinfo_raw) &&
	       find("kdump_read", &k->read) &&
	       find("kdump_get_err", &k->get_err);
}

bool s2_kdump_load(int fd)
{
	static bool tried;

	if (s2_kdump_kind(fd) == S2_KDUMP_NONE)
		return false;
	/* A second time, no file can be opened any more */
	if (!tried)
		open_library();
	tried = true;
	return true;
}

static bool set_number(const struct s2_kdump *k, const char *key, uint64_t number)
{
	const struct attr attr = { .type = KDUMP_NUMBER, .val.number = number };

	return k->set_attr(k->kdump, key, &attr) == KDUMP_OK;
}

static bool set_string(const struct s2_kdump *k, const char *key,
		       const char *string)
{
	const struct attr attr = { .type = KDUMP_STRING, .val.string = string };

	return k->set_attr(k->kdump, key, &attr) == KDUMP_OK;
}

/*
 * read(2) needs no more system calls than the reader has anyway, and a file that is
 * cut meanwhile is an error of its; mapped, it would end the process.
 */
static bool open_file(const struct s2_kdump *k, int fd)
{
	return set_number(k, "file.mmap_policy", KDUMP_MMAP_NEVER) &&
	       k->open_fdset(k->kdump, 1, &fd) == KDUMP_OK;
}

static int cannot_open(struct s2_image *image, const struct s2_kdump *k)
{
	if (s2_kdump_kind(image->fd) == S2_KDUMP_FLAT)
		return s2_fail(image->ctx, -EBADMSG,
			       "%s: libkdumpfile: %s; flattened dumps are read by 0.5.3 and later: before that, put it together with makedumpfile -R DUMP < %s",
			       image->name, k->get_err(k->kdump), image->name);
	return s2_fail(image->ctx, -EBADMSG, "%s: libkdumpfile: %s",
		       image->name, k->get_err(k->kdump));
}

static int open_dump(struct s2_image *image, struct s2_kdump *k, uint32_t block)
{
	char *raw = NULL;
	int err;

	if (!open_file(k, image->fd)) {
		err = cannot_open(image, k);
		/* 0.5.1 frees twice what a failed attempt has freed already */
		k->kdump = NULL;
		return err;
	}
	/* VMCOREINFO is Linux's: without that there is none */
	if (!set_string(k, "addrxlat.ostype", "linux") ||
	    k->vmcoreinfo_raw(k->kdump, &raw) != KDUMP_OK)
		return s2_fail(image->ctx, -EBADMSG, "%s: libkdumpfile: %s",
			       image->name, k->get_err(k->kdump));
	image->info = raw;
	/* That has set the kernel's page size, where the blocks of QEMU's dumps are larger */
	if (block && !set_number(k, "arch.page_size", block))
		return s2_fail(image->ctx, -EBADMSG,
			       "%s: libkdumpfile: blocks of %u bytes: %s; make an ELF dump instead",
			       image->name, block, k->get_err(k->kdump));
	return 0;
}

int s2_kdump_open(struct s2_image *image)
{
	struct s2_kdump *k;
	uint32_t block;
	int err;

	if (!s2_kdump_load(image->fd))
		return s2_fail(image->ctx, -ENOEXEC,
			       "%s: neither a snapshot nor a memory dump (ELF, or what makedumpfile writes)",
			       image->name);
	k = calloc(1, sizeof(*k));
	if (!k)
		return s2_fail_nomem(image->ctx);
	image->kdump = k;
	if (!library || !find_all(k))
		return s2_fail(image->ctx, -EOPNOTSUPP,
			       "%s: a compressed dump: install libkdumpfile to read it, or have kdump write an ELF file (makedumpfile -E)",
			       image->name);
	err = s2_kdump_head(image, &block);
	if (err)
		return err;
	k->kdump = k->new();
	if (!k->kdump)
		return s2_fail_nomem(image->ctx);
	return open_dump(image, k, block);
}

void s2_kdump_close(struct s2_kdump *kdump)
{
	if (!kdump)
		return;
	if (kdump->kdump)
		kdump->free(kdump->kdump);
	free(kdump);
}

int s2_kdump_read(struct s2_kdump *kdump, uint64_t pa, void *buf, size_t len)
{
	size_t got = len;

	if (kdump->read(kdump->kdump, KDUMP_MACHPHYSADDR, pa, buf, &got) !=
	    KDUMP_OK || got != len)
		return -EFAULT;
	return 0;
}
