// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each region (a run of addresses that slots cover) gets a scale of its own, a
 * power of two, so that it takes at most MAX_ROWS rows: a BAR of 64 KiB is as
 * visible as the gigabytes of RAM beside it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/color.h"
#include "screen/map.h"
#include "screen/region.h"
#include "frame/text.h"

#define MAX_ROWS 16

static char cell_char(unsigned int seen)
{
	switch (seen) {
	case SEEN_UNMAPPED:
		return '.';
	case SEEN_WB:
		return 'W';
	case SEEN_WB | SEEN_UNMAPPED:
		return 'w';
	case SEEN_NC:
		return 'N';
	case SEEN_NC | SEEN_UNMAPPED:
		return 'n';
	case SEEN_DEVICE:
		return 'D';
	case SEEN_DEVICE | SEEN_UNMAPPED:
		return 'd';
	default:
		return seen & SEEN_OTHER ? '?' : '#';
	}
}

static const char *cell_color(char c)
{
	switch (c) {
	case 'W':
	case 'w':
		return color_of_word("wb");
	case 'N':
	case 'n':
		return color_of_word("nc");
	case 'D':
	case 'd':
		return color_of_word("device");
	case '.':
		return color_of_word("unmapped");
	default:
		return color_of_word("mixed");
	}
}

static void put_cells(const char *cells, size_t n, bool color)
{
	const char *current = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *want = color ? cell_color(cells[i]) : NULL;

		if (want != current)
			printf("%s%s", current ? COLOR_RESET : "",
			       want ? want : "");
		current = want;
		putchar(cells[i]);
	}
	printf("%s\n", current ? COLOR_RESET : "");
}

/* How many whole rows after the one at i are the same. */
static size_t same_rows(const char *cells, size_t i, size_t n, size_t width)
{
	size_t rows = 0;

	while (i + (rows + 2) * width <= n &&
	       !memcmp(cells + i, cells + i + (rows + 1) * width, width))
		rows++;
	return rows;
}

static int draw_region(const struct region *r, int digits, unsigned int width,
		       bool color)
{
	uint64_t cell = region_cell(r, (uint64_t)width * MAX_ROWS);
	size_t n = region_cells(r, cell);
	char *cells = (char *)region_seen(r, cell, n);
	char size[TEXT_SIZE_MAX], each[TEXT_SIZE_MAX];

	if (!cells)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		cells[i] = cell_char((unsigned char)cells[i]);
	printf("\n0x%0*" PRIx64 "  %s, %s a character\n", digits, r->start,
	       text_size(size, r->last - r->start + 1),
	       text_size(each, cell));
	for (size_t i = 0; i < n; i += width) {
		size_t rows = same_rows(cells, i, n, width);

		printf("0x%0*" PRIx64 "  ", digits, r->start + i * cell);
		put_cells(cells + i, n - i < width ? n - i : width, color);
		if (rows < 2)
			continue;
		printf("%*s  %zu more rows like that\n", digits + 2, "", rows);
		i += rows * width;
	}
	free(cells);
	return 0;
}

static void draw_hole(uint64_t from, uint64_t to, int digits)
{
	char size[TEXT_SIZE_MAX];

	printf("\n%*s  hole of %s: no slot\n", digits + 2, "",
	       text_size(size, to - from));
}

void map_legend(bool color)
{
	static const struct {
		const char *cells;
		const char *text;
	} legend[] = {
		{ "W", "wb" }, { "N", "nc" }, { "D", "device" },
		{ ".", "unmapped" }, { "#", "several types" },
		{ "?", "unknown" },
	};

	for (size_t i = 0; i < sizeof(legend) / sizeof(*legend); i++) {
		const char *seq = color ? cell_color(*legend[i].cells) : NULL;

		printf("%s%s%s%s %s", i ? "  " : "", seq ? seq : "", legend[i].cells,
		       seq ? COLOR_RESET : "", legend[i].text);
	}
	fputs("\nsmall letters: partly mapped\n", stdout);
}

int map_draw(const struct s2_obj *vm, bool color)
{
	const struct s2_obj *e;
	struct region r = { 0 };
	int digits, columns, err;
	unsigned int width = 16;
	uint64_t high = 0;

	s2_obj_for_each(e, vm, S2_OBJ_EXTENT) {
		uint64_t start = s2_obj_num(e, S2_EXTENT_GPA, 0);
		uint64_t bytes = s2_obj_num(e, S2_EXTENT_BYTES, 1);
		uint64_t last = start + (bytes ? bytes - 1 : 0);

		if (last > high)
			high = last;
	}
	if (!s2_obj_count(vm, S2_OBJ_EXTENT)) {
		puts(s2_obj_known(vm, S2_OBJ_EXTENT) ?
		     "  Nothing to draw: no slot." :
		     "  Nothing to draw: its extents are not known.");
		return 0;
	}
	for (digits = 8; digits < 16 && high >> (4 * digits);)
		digits++;
	columns = text_width() - digits - 4;
	while (width * 2 <= (unsigned int)(columns > 0 ? columns : 0))
		width *= 2;
	for (e = s2_obj_first(vm, S2_OBJ_EXTENT); e; e = r.after) {
		if (r.first)
			draw_hole(r.last + 1,
				  s2_obj_num(e, S2_EXTENT_GPA, 0), digits);
		r = region_from(e);
		err = draw_region(&r, digits, width, color);
		if (err)
			return err;
	}
	return 0;
}
