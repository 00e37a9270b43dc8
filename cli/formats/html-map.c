// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest-physical addresses as a picture.  Each region has a bar of its own: the
 * larger the region the longer, by logarithm, for a BAR of 64 KiB is to be seen
 * beside gigabytes of RAM; in a bar the scale is linear.  Widths are percentages
 * and text has its natural size, so that the picture fits any screen.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/html.h"
#include "screen/region.h"
#include "frame/text.h"

#define MAX_CELLS	256	/* of a bar: each can be seen */
#define MAX_REGIONS	48	/* of a picture: the rest is counted */
#define ROW		56	/* a region's height, and a gap's */
#define GAP_ROW		26
#define BAR_AT		20
#define BAR_HEIGHT	22
#define MIN_WIDTH	12	/* of a bar, in percent */

struct kind {
	unsigned int seen;
	const char *name;	/* of the classes in the style, and of patterns */
	const char *text;
};

static const struct kind kinds[] = {
	{ SEEN_WB, "wb", "wb" },
	{ SEEN_WB | SEEN_UNMAPPED, "wb part", "wb, partly mapped" },
	{ SEEN_NC, "nc", "nc" },
	{ SEEN_NC | SEEN_UNMAPPED, "nc part", "nc, partly mapped" },
	{ SEEN_DEVICE, "device", "device" },
	{ SEEN_DEVICE | SEEN_UNMAPPED, "device part", "device, partly mapped" },
	{ SEEN_UNMAPPED, "unmapped", "unmapped" },
};

static const struct kind several = { 0, "several", "several types" };
static const struct kind unknown = { SEEN_OTHER, "unknown", "not known" };

static const struct kind *kind_of(unsigned int seen)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].seen == seen)
			return &kinds[i];
	return seen & SEEN_OTHER ? &unknown : &several;
}

void html_map_patterns(FILE *f)
{
	/* Not by colour alone: for the colour-blind, and for grey paper */
	static const struct {
		const char *name;
		const char *shape;
	} patterns[] = {
		{ "nc", "<path d=\"M0 8 8 0M-2 2 2 -2M6 10 10 6\"/>" },
		{ "device", "<path d=\"M2 0V8M6 0V8\"/>" },
		{ "several", "<path d=\"M0 8 8 0M0 0 8 8\"/>" },
		{ "unknown", "<circle cx=\"4\" cy=\"4\" r=\"1.5\"/>" },
	};

	fputs("<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n",
	      f);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		fprintf(f, "<pattern id=\"fill-%s\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect class=\"base %s\" width=\"8\" height=\"8\"/><g class=\"ink %s\">%s</g></pattern>\n",
			patterns[i].name, patterns[i].name, patterns[i].name,
			patterns[i].shape);
	fputs("</defs></svg>\n", f);
}

static void legend_entry(FILE *f, const char *classes, const char *text)
{
	fprintf(f, "<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><rect class=\"seg %s\" width=\"22\" height=\"14\" rx=\"2\"/></svg>%s</li>\n",
		classes, text);
}

void html_map_legend(FILE *f)
{
	fputs("<ul class=\"legend\">\n", f);
	legend_entry(f, "wb", "wb: write-back");
	legend_entry(f, "nc", "nc: non-cacheable");
	legend_entry(f, "device", "device");
	legend_entry(f, "unmapped", "not mapped yet");
	legend_entry(f, "wb part", "paler: partly mapped");
	legend_entry(f, "several", "several types");
	legend_entry(f, "unknown", "not known");
	fputs("</ul>\n", f);
}

static unsigned int log_of(uint64_t n)
{
	unsigned int log = 0;

	while (n >>= 1)
		log++;
	return log;
}

/* In hundredths of a percent of the picture */
static unsigned int width_of(const struct region *r, unsigned int most)
{
	unsigned int log = log_of(r->last - r->start), least = 12;

	if (log < least || most <= least)
		return most <= least ? 10000 : MIN_WIDTH * 100;
	return MIN_WIDTH * 100 +
		(10000 - MIN_WIDTH * 100) * (log - least) / (most - least);
}

static void put_percent(FILE *f, const char *name, uint64_t hundredths)
{
	fprintf(f, " %s=\"%" PRIu64 ".%02" PRIu64 "%%\"", name,
		hundredths / 100, hundredths % 100);
}

static void put_range(FILE *f, uint64_t from, uint64_t last)
{
	fprintf(f, "0x%" PRIx64 " to 0x%" PRIx64, from, last);
}

/* Cells from i up to before j, which are alike */
static void segment(FILE *f, const struct region *r, uint64_t cell,
		    const unsigned char *seen, size_t n, size_t i, size_t j,
		    unsigned int width, unsigned int y)
{
	const struct kind *kind = kind_of(seen[i]);
	uint64_t from = r->start + i * cell;
	uint64_t last = j == n ? r->last : r->start + j * cell - 1;
	uint64_t left = (uint64_t)width * i / n, right = (uint64_t)width * j / n;

	fprintf(f, "<rect class=\"seg %s\" y=\"%u\" height=\"%d\"", kind->name,
		y + BAR_AT, BAR_HEIGHT);
	put_percent(f, "x", left);
	put_percent(f, "width", right - left);
	fputs("><title>", f);
	put_range(f, from, last);
	fprintf(f, ": %s, ", kind->text);
	html_size(f, last - from + 1);
	fputs("</title></rect>\n", f);
}

static int draw_region(FILE *f, const struct region *r, unsigned int most,
		       unsigned int y)
{
	uint64_t cell = region_cell(r, MAX_CELLS);
	size_t n = region_cells(r, cell), i, j;
	unsigned char *seen = region_seen(r, cell, n);
	unsigned int width = width_of(r, most);

	if (!seen)
		return -ENOMEM;
	fprintf(f, "<text x=\"0\" y=\"%u\" class=\"from\">0x%" PRIx64 "</text><text x=\"100%%\" y=\"%u\" class=\"size\">",
		y + 13, r->start, y + 13);
	html_size(f, r->last - r->start + 1);
	fputs("</text>\n", f);
	for (i = 0; i < n; i = j) {
		for (j = i + 1; j < n && seen[j] == seen[i];)
			j++;
		segment(f, r, cell, seen, n, i, j, width, y);
	}
	fprintf(f, "<rect class=\"frame\" x=\"0\" y=\"%u\" height=\"%d\"",
		y + BAR_AT, BAR_HEIGHT);
	put_percent(f, "width", width);
	fputs("/>\n", f);
	free(seen);
	return 0;
}

static void draw_gap(FILE *f, uint64_t bytes, unsigned int y)
{
	fprintf(f, "<line class=\"gap\" x1=\"0\" x2=\"30%%\" y1=\"%u\" y2=\"%u\"/><line class=\"gap\" x1=\"70%%\" x2=\"100%%\" y1=\"%u\" y2=\"%u\"/><text x=\"50%%\" y=\"%u\" class=\"gap\">",
		y + 9, y + 9, y + 9, y + 9, y + 13);
	html_size(f, bytes);
	fputs(" without a slot</text>\n", f);
}

/* "512M from 0x40000000 to 0x5fffffff: 12M wb, 500M unmapped." */
static void describe(FILE *f, const struct region *r)
{
	static const struct {
		unsigned int seen;
		const char *word;
	} types[] = {
		{ SEEN_WB, "wb" }, { SEEN_NC, "nc" }, { SEEN_DEVICE, "device" },
		{ SEEN_UNMAPPED, "unmapped" }, { SEEN_OTHER, "not known" },
	};
	const char *sep = ": ";

	html_size(f, r->last - r->start + 1);
	fputs(" from ", f);
	put_range(f, r->start, r->last);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		uint64_t bytes = 0;

		for (const struct s2_obj *e = r->first; e != r->after;
		     e = s2_obj_next(e))
			if (region_seen_in(e) == types[i].seen)
				bytes += s2_obj_num(e, S2_EXTENT_BYTES, 0);
		if (!bytes)
			continue;
		fputs(sep, f);
		html_size(f, bytes);
		fprintf(f, " %s", types[i].word);
		sep = ", ";
	}
	fputs(". ", f);
}

struct picture {
	size_t regions;		/* that are drawn */
	size_t more;		/* that are not */
	size_t gaps;
	unsigned int most;	/* logarithm of the largest */
};

static struct picture measure(const struct s2_obj *vm)
{
	const struct s2_obj *e = s2_obj_first(vm, S2_OBJ_EXTENT);
	struct picture p = { 0 };

	while (e) {
		struct region r = region_from(e);
		unsigned int log = log_of(r.last - r.start);

		e = r.after;
		if (p.regions == MAX_REGIONS) {
			p.more++;
			continue;
		}
		p.most = log > p.most ? log : p.most;
		p.gaps += p.regions > 0;
		p.regions++;
	}
	return p;
}

static void head(FILE *f, const struct s2_obj *vm, size_t n,
		 const struct picture *p)
{
	const struct s2_obj *e = s2_obj_first(vm, S2_OBJ_EXTENT);

	fprintf(f, "<svg class=\"map\" role=\"img\" aria-labelledby=\"map-%zu-title map-%zu-text\" width=\"100%%\" height=\"%zu\">\n<title id=\"map-%zu-title\">Guest memory by type, %zu region%s</title>\n<desc id=\"map-%zu-text\">",
		n, n, p->regions * ROW + p->gaps * GAP_ROW, n, p->regions,
		p->regions == 1 ? "" : "s", n);
	for (size_t i = 0; i < p->regions; i++) {
		struct region r = region_from(e);

		describe(f, &r);
		e = r.after;
	}
	fputs("</desc>\n", f);
}

int html_map(FILE *f, const struct s2_obj *vm, size_t n)
{
	const struct s2_obj *e = s2_obj_first(vm, S2_OBJ_EXTENT);
	struct picture p = measure(vm);
	unsigned int y = 0;
	uint64_t end = 0;
	int err = 0;

	if (!e) {
		fprintf(f, "<p class=\"quiet\">%s</p>\n",
			s2_obj_known(vm, S2_OBJ_EXTENT) ?
			"Nothing to draw: no slot." :
			"Nothing to draw: its extents are not known.");
		return 0;
	}
	head(f, vm, n, &p);
	for (size_t i = 0; !err && i < p.regions; i++) {
		struct region r = region_from(e);

		if (i) {
			draw_gap(f, r.start - end, y);
			y += GAP_ROW;
		}
		err = draw_region(f, &r, p.most, y);
		y += ROW;
		end = r.last + 1;
		e = r.after;
	}
	fputs("</svg>\n", f);
	if (p.more)
		fprintf(f, "<p class=\"quiet\">%zu more regions are not drawn.</p>\n",
			p.more);
	return err;
}
