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
#define KDUMP_STRING		4	/* enum kdump_attr_type_t */

struct kdump_attr {
	int type;
	union {
		const char *string;
		uint64_t number;
	} value;
};

struct s2_kdump {
	void *kdump;	/* kdump_ctx_t */
	void *(*new)(void);
	void (*free)(void *kdump);
	int (*open_fdset)(void *kdump, unsigned int count, const int *fds);
	int (*set_attr)(void *kdump, const char *key,
			const struct kdump_attr *attr);
	int (*vmcoreinfo_raw)(void *kdump, char **raw);
	int (*read)(void *kdump, int space, uint64_t addr, void *buf,
		    size_t *len);
	const char *(*get_err)(void *kdump);
};

/* Loaded once, and for good: a reader has one dump */
static void *library;

static void open_library(void)
{
	static const char *const names[] = {
		"libkdumpfile.so.12", "libkdumpfile.so.11",
		"libkdumpfile.so.10", "libkdumpfile.so",
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
	       find("kdump_open_fdset", &k->open_fdset) &&
	       find("kdump_set_attr", &k->set_attr) &&
	       find("kdump_vmcoreinfo_raw", &k->vmcoreinfo_raw) &&
	       find("kdump_read", &k->read) &&
	       find("kdump_get_err", &k->get_err);
}

/* What the file begins with: to tell a dump from any other file */
static bool is_dump(int fd)
{
	static const char *const magics[] = {
		"KDUMP   ", "DISKDUMP", "makedumpfile",
	};
	char head[16] = "";

	if (pread(fd, head, sizeof(head) - 1, 0) != sizeof(head) - 1)
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		if (!memcmp(head, magics[i], strlen(magics[i])))
			return true;
	}
	return false;
}

bool s2_kdump_load(int fd)
{
	static bool tried;

	if (!is_dump(fd))
		return false;
	/* A second time, no file can be opened any more */
	if (!tried)
		open_library();
	tried = true;
	return true;
}

static int open_dump(struct s2_image *image, struct s2_kdump *k)
{
	/* Without it the library does not look for VMCOREINFO */
	const struct kdump_attr linux_os = { KDUMP_STRING, { "linux" } };
	char *raw = NULL;

	k->kdump = k->new();
	if (!k->kdump)
		return s2_fail_nomem(image->ctx);
	if (k->open_fdset(k->kdump, 1, &image->fd) != KDUMP_OK ||
	    k->set_attr(k->kdump, "addrxlat.ostype", &linux_os) != KDUMP_OK ||
	    k->vmcoreinfo_raw(k->kdump, &raw) != KDUMP_OK)
		return s2_fail(image->ctx, -EBADMSG, "%s: libkdumpfile: %s",
			       image->name, k->get_err(k->kdump));
	image->info = raw;
	return 0;
}

int s2_kdump_open(struct s2_image *image)
{
	struct s2_kdump *k;

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
	return open_dump(image, k);
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
