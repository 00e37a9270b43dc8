// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs of two PCI devices, from sysfs: parts of the input are "resource",
 * "vendor" and "device" of each, then an extent: two numbers, where it is and
 * how long.  Its pieces must add up to it.
 */
#include <stdlib.h>
#include <string.h>

#include "source/proc/bar.h"
#include "folder.h"
#include "fuzz.h"

#define ONE	"bus/pci/devices/0000:01:00.0/"
#define TWO	"bus/pci/devices/0000:01:00.1/"

static const char *const files[] = {
	ONE "resource", ONE "vendor", ONE "device",
	TWO "resource", TWO "vendor", TWO "device",
};

#define FILES	(sizeof(files) / sizeof(files[0]))

static struct folder folder;
static int fds[FILES];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	folder_make(&folder);
	for (size_t i = 0; i < FILES; i++)
		fds[i] = folder_open(&folder, files[i]);
	folder_link(&folder, ONE "driver", "../../../drivers/vfio-pci");
	folder_link(&folder, TWO "driver", "/");
	return 0;
}

static void check_bars(const struct s2_bars *bars)
{
	for (size_t i = 0; i < bars->count; i++) {
		const struct s2_bar *bar = &bars->bar[i];

		fuzz_must(bar->start < bar->end, "a BAR without an end");
		fuzz_must(!i || bar[-1].start <= bar->start, "out of order");
		fuzz_must(s2_bars_find(bars, bar->start) &&
			  s2_bars_find(bars, bar->end), "not found");
	}
}

static void check_pieces(const struct s2_list *list, uint64_t gpa,
			 uint64_t hpa, uint64_t bytes)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct s2_obj *piece = s2_list_at(list, i);
		uint64_t n = s2_obj_num(piece, S2_EXTENT_BYTES, 0);

		fuzz_must(n && n <= bytes - sum, "a piece of another length");
		fuzz_must(s2_obj_num(piece, S2_EXTENT_GPA, 0) == gpa + sum &&
			  s2_obj_num(piece, S2_EXTENT_HPA, 0) == hpa + sum,
			  "a piece of another place");
		sum += n;
	}
	fuzz_must(sum == bytes, "pieces that do not add up");
}

static void split(struct s2_ctx *ctx, const struct s2_bars *bars,
		  const char *text)
{
	unsigned long long hpa = 0, bytes = 0;
	struct s2_model *model;
	struct s2_list from, to;
	struct s2_obj *extent;

	sscanf(text, "%llx %llx", &hpa, &bytes);
	/* What the parser of answers lets through */
	if (!bytes || hpa + (bytes - 1) < hpa)
		return;
	fuzz_must(!s2_model_new(ctx, &model), "no model");
	s2_list_init(&from, S2_OBJ_EXTENT);
	s2_list_init(&to, S2_OBJ_EXTENT);
	extent = s2_list_add(&from);
	s2_obj_set_num(extent, S2_EXTENT_GPA, 0);
	s2_obj_set_num(extent, S2_EXTENT_HPA, hpa);
	s2_obj_set_num(extent, S2_EXTENT_BYTES, bytes);
	fuzz_must(!s2_bars_add_extent(bars, model, &to, extent), "not split");
	check_pieces(&to, 0, hpa, bytes);
	s2_list_clear(&from);
	s2_list_clear(&to);
	s2_model_unref(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct s2_bars bars = { .count = 0 };
	struct s2_ctx *ctx = fuzz_ctx();
	char path[128], *text;

	folder_path(&folder, "", path, sizeof(path));
	s2_ctx_set_root(ctx, S2_ROOT_SYS, path);
	for (size_t i = 0; i < FILES; i++) {
		size_t len;

		text = fuzz_part(&in, &len);
		folder_write(fds[i], text, len);
		free(text);
	}
	fuzz_must(!s2_bars_read(ctx, &bars), "not read");
	check_bars(&bars);
	text = fuzz_part(&in, NULL);
	split(ctx, &bars, text);
	free(text);
	s2_bars_clear(&bars);
	s2_ctx_unref(ctx);
	return 0;
}
