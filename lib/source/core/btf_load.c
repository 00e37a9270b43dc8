// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's BTF: a file of the running kernel's, or in its memory */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/core/reader.h"

#define HEADER_WORDS	6
#define MAGIC_WORD	0x0001eb9fu	/* magic, version 1, no flags */
#define HEADER_BYTES	24u
#define PAGE		4096u
/* A kernel's image is smaller */
#define IMAGE_MAX	(128u << 20)
/* Any module's BTF has fewer types than a kernel's */
#define TYPES_MIN	100000u

static int bad(struct s2_core *core, int err)
{
	if (err == -ENOMEM)
		return s2_fail_nomem(core->image.ctx);
	return s2_fail(core->image.ctx, err,
		       "%s: the kernel's type information (BTF) makes no sense",
		       core->image.name);
}

static int read_file(struct s2_core *core, int fd, struct s2_btf *btf)
{
	size_t room = 8u << 20, len = 0;
	char *data = malloc(room);
	ssize_t n = 1;
	int err;

	while (data && n > 0) {
		if (len == room) {
			char *more = room < S2_BTF_MAX ?
				realloc(data, room *= 2) : NULL;

			if (!more) {
				free(data);
				return bad(core, -ENOMEM);
			}
			data = more;
		}
		n = read(fd, data + len, room - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	if (!data || n < 0) {
		free(data);
		return bad(core, data ? -EIO : -ENOMEM);
	}
	err = s2_btf_open(btf, data, len);
	return err ? bad(core, err) : 0;
}

static int read_memory(struct s2_core *core, uint64_t from, uint64_t len,
		       struct s2_btf *btf)
{
	char *data;
	int err = 0;

	if (len < HEADER_BYTES || len > S2_BTF_MAX)
		return bad(core, -EBADMSG);
	data = malloc(len);
	if (!data)
		return bad(core, -ENOMEM);
	for (uint64_t at = 0; !err && at < len; at += PAGE) {
		size_t part = len - at < PAGE ? (size_t)(len - at) : PAGE;

		err = s2_image_virt(&core->image, from + at, data + at, part);
	}
	if (err) {
		free(data);
		return bad(core, -EBADMSG);
	}
	err = s2_btf_open(btf, data, len);
	return err ? bad(core, err) : 0;
}

/* Whether a header of BTF stands there.  Return: its length with all that follows, or 0 */
static uint64_t length_at(const unsigned char *page, size_t off)
{
	uint32_t h[HEADER_WORDS];

	memcpy(h, page + off, sizeof(h));
	if (h[0] != MAGIC_WORD || h[1] != HEADER_BYTES || h[2] ||
	    h[3] < TYPES_MIN * 12 || h[4] < h[3] || h[4] > S2_BTF_MAX ||
	    h[5] > S2_BTF_MAX)
		return 0;
	return HEADER_BYTES + (uint64_t)h[4] + h[5];
}

/* A kernel without symbols of its variables: its image is looked through */
static uint64_t search(struct s2_core *core, uint64_t *len)
{
	unsigned char page[PAGE];
	uint64_t text;

	if (!s2_image_number(&core->image, "SYMBOL", "_stext", &text))
		return 0;
	text &= ~(uint64_t)(PAGE - 1);
	for (uint64_t va = text; va < text + IMAGE_MAX; va += PAGE) {
		if (s2_image_virt(&core->image, va, page, PAGE))
			continue;
		for (size_t off = 0; off + HEADER_BYTES <= PAGE; off += 4) {
			*len = length_at(page, off);
			if (*len)
				return va + off;
		}
	}
	return 0;
}

int s2_core_load_btf(struct s2_core *core, int fd, struct s2_btf *btf)
{
	uint64_t from = core->symbols.addr[S2_SYM_START_BTF], len;
	uint64_t to = core->symbols.addr[S2_SYM_STOP_BTF];

	if (fd >= 0)
		return read_file(core, fd, btf);
	len = to - from;
	if (!from || to <= from)
		from = search(core, &len);
	if (!from)
		return s2_fail(core->image.ctx, -EOPNOTSUPP,
			       "%s: the kernel has no type information (CONFIG_DEBUG_INFO_BTF): its memory cannot be understood",
			       core->image.name);
	return read_memory(core, from, len, btf);
}
