// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The head of a compressed dump.  libkdumpfile reads it too; here is what it leaves
 * out: a file that was cut short, which it reads as zeros, and blocks of another size
 * than the kernel's pages, as QEMU writes them.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/core/kdump.h"

/* Where struct disk_dump_header of a 64-bit machine has them */
#define AT_BLOCK	428

/*
 * Where struct kdump_sub_header, the block behind it, has the places of VMCOREINFO,
 * notes and what was erased: an offset and a size each
 */
#define AT_TEXTS	32
#define TEXTS		3u
/* Whether it is one of several files, that makedumpfile --split wrote at once */
#define AT_SPLIT	12

/* In a flattened file the parts follow a head of this size, each with its place */
#define FLAT_HEAD	4096
#define FLAT_PART	16

#define BLOCK_MIN	4096u
#define BLOCK_MAX	65536u
/* A bit for each page: of 16 TiB in pages of 4 KiB */
#define BITMAP_MAX	(512ull << 20)
#define CHUNK		65536u

/* Of more CPUs than there are */
#define NOTES_MAX	(64u << 20)

/* What is used here of the head */
struct head {
	uint32_t block;		/* bytes of one */
	uint32_t second;	/* blocks of its second part */
	uint32_t bitmaps;	/* and of the two bitmaps together */
	uint32_t pages;		/* bits of each */
};

/* struct page_desc */
struct place {
	uint64_t offset;
	uint32_t bytes;
	uint32_t flags;
	uint64_t page_flags;
};

/* Places that are looked at, from the last one back: many may be of one page of zeros */
#define PLACES		2048u

static enum s2_kdump_kind kind_at(int fd, off_t off)
{
	static const struct {
		const char *magic;
		enum s2_kdump_kind kind;
	} all[] = {
		{ "KDUMP   ", S2_KDUMP_DISK },
		{ "DISKDUMP", S2_KDUMP_DISK },
		{ "makedumpfile", S2_KDUMP_FLAT },
	};
	char head[12];

	if (pread(fd, head, sizeof(head), off) != sizeof(head))
		return S2_KDUMP_NONE;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (!memcmp(head, all[i].magic, strlen(all[i].magic)))
			return all[i].kind;
	}
	return S2_KDUMP_NONE;
}

enum s2_kdump_kind s2_kdump_kind(int fd)
{
	return kind_at(fd, 0);
}

/*
 * Makedumpfile and QEMU write the head first into a flattened file too.  Return: where it
 * is, or -1: an ELF file that was flattened, or parts in an order of their own
 */
static off_t find_head(const struct s2_image *image)
{
	const off_t first = FLAT_HEAD + FLAT_PART;

	if (s2_kdump_kind(image->fd) == S2_KDUMP_DISK)
		return 0;
	return kind_at(image->fd, first) == S2_KDUMP_DISK ? first : -1;
}

static int cut_short(struct s2_image *image)
{
	return s2_fail(image->ctx, -EBADMSG,
		       "%s: the dump ends before its pages do: it was cut short, or is still being written",
		       image->name);
}

static int count_pages(struct s2_image *image, uint64_t off, uint64_t bytes,
		       uint64_t *count)
{
	uint64_t *buf = malloc(CHUNK);
	int err = 0;

	if (!buf)
		return s2_fail_nomem(image->ctx);
	*count = 0;
	while (!err && bytes) {
		size_t len = bytes < CHUNK ? (size_t)bytes : CHUNK;

		err = s2_image_read(image, off, buf, len);
		for (size_t i = 0; !err && i < len / 8; i++)
			*count += (unsigned int)__builtin_popcountll(buf[i]);
		off += len;
		bytes -= len;
	}
	free(buf);
	return err ? cut_short(image) : 0;
}

/* Whether the pages that were written last are in the file */
static int check_places(struct s2_image *image, uint64_t off, uint64_t count)
{
	size_t n = count < PLACES ? (size_t)count : PLACES;
	struct place *place;
	struct stat st;
	int err = 0;

	if (!n || fstat(image->fd, &st) || !S_ISREG(st.st_mode))
		return 0;
	place = calloc(n, sizeof(*place));
	if (!place)
		return s2_fail_nomem(image->ctx);
	if (s2_image_read(image, off + (count - n) * sizeof(*place), place,
			  n * sizeof(*place)))
		err = cut_short(image);
	for (size_t i = 0; !err && i < n; i++) {
		uint64_t end = le64toh(place[i].offset);

		if (end > (uint64_t)st.st_size ||
		    le32toh(place[i].bytes) > (uint64_t)st.st_size - end)
			err = cut_short(image);
	}
	free(place);
	return err;
}

/* libkdumpfile 0.5.1 does not live through sizes that no memory is enough for */
static int check_texts(struct s2_image *image, uint64_t block)
{
	uint64_t text[TEXTS][2];
	struct stat st;

	if (s2_image_read(image, block + AT_TEXTS, text, sizeof(text)))
		return cut_short(image);
	if (fstat(image->fd, &st) || !S_ISREG(st.st_mode))
		return 0;
	for (size_t i = 0; i < TEXTS; i++) {
		uint64_t off = le64toh(text[i][0]), bytes = le64toh(text[i][1]);

		if (bytes > NOTES_MAX)
			return s2_fail(image->ctx, -EBADMSG,
				       "%s: its notes are larger than any kernel's",
				       image->name);
		if (bytes && (off > (uint64_t)st.st_size ||
			      bytes > (uint64_t)st.st_size - off))
			return cut_short(image);
	}
	return 0;
}

static int check_split(struct s2_image *image, uint64_t block)
{
	uint32_t split;

	if (s2_image_read(image, block + AT_SPLIT, &split, sizeof(split)))
		return cut_short(image);
	return split ? s2_fail(image->ctx, -EBADMSG,
			       "%s: one of several files of a dump: put them together first, with makedumpfile --reassemble",
			       image->name) : 0;
}

/* Behind the head: its second part, two bitmaps, and the places of pages */
static int check_rest(struct s2_image *image, const struct head *head)
{
	uint64_t off = (1 + (uint64_t)head->second) * head->block, count;
	uint64_t bytes = (uint64_t)head->bitmaps * head->block;
	int err;

	if (bytes / 2 > BITMAP_MAX)
		return s2_fail(image->ctx, -EBADMSG,
			       "%s: a table of pages of %llu bytes, where 512 MiB are what s2ctl reads",
			       image->name, (unsigned long long)bytes / 2);
	if (head->pages > bytes * 8)
		return s2_fail(image->ctx, -EBADMSG,
			       "%s: its table of pages has room for fewer than it says there are",
			       image->name);
	err = check_split(image, head->block);
	if (!err)
		err = check_texts(image, head->block);
	if (!err)
		err = count_pages(image, off + bytes / 2, bytes / 2, &count);
	return err ? err : check_places(image, off + bytes, count);
}

int s2_kdump_head(struct s2_image *image, uint32_t *block)
{
	const off_t at = find_head(image);
	uint32_t field[4];
	struct head head;

	*block = 0;
	if (at < 0)
		return 0;
	if (s2_image_read(image, (uint64_t)at + AT_BLOCK, field, sizeof(field)))
		return cut_short(image);
	head = (struct head){
		.block = le32toh(field[0]), .second = le32toh(field[1]),
		.bitmaps = le32toh(field[2]), .pages = le32toh(field[3]),
	};
	if (head.block < BLOCK_MIN || head.block > BLOCK_MAX ||
	    (head.block & (head.block - 1)))
		return s2_fail(image->ctx, -EBADMSG,
			       "%s: blocks of %u bytes: not a dump of a 64-bit kernel",
			       image->name, head.block);
	*block = head.block;
	return at ? 0 : check_rest(image, &head);
}
