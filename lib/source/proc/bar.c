// SPDX-License-Identifier: LGPL-2.1-or-later
/* PCI BARs by host-physical address, from sysfs */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/proc/bar.h"

#define PCI_BARS	6
/* Flags in "resource": include/linux/ioport.h */
#define RES_MEM		0x200
#define RES_PREFETCH	0x2000

static struct s2_bar *add_bar(struct s2_bars *bars)
{
	struct s2_bar *new;

	/* Doubles whenever the count reaches a power of two */
	if (!(bars->count & (bars->count - 1))) {
		size_t room = bars->count ? bars->count * 2 : 1;

		new = reallocarray(bars->bar, room, sizeof(*new));
		if (!new)
			return NULL;
		bars->bar = new;
	}
	new = &bars->bar[bars->count++];
	memset(new, 0, sizeof(*new));
	return new;
}

/* Name of the driver that <device>/driver points to, or "" */
static void read_driver(const char *device, char *buf, size_t size)
{
	char path[512], target[512];
	const char *base;
	ssize_t len;

	*buf = '\0';
	if (snprintf(path, sizeof(path), "%s/driver", device) >=
	    (int)sizeof(path))
		return;
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return;
	target[len] = '\0';
	base = strrchr(target, '/');
	snprintf(buf, size, "%.*s", (int)size - 1, base ? base + 1 : target);
}

/* Number of four hexadecimal digits in a file of <device>; -1 if it has none */
static int read_hex(const char *device, const char *file)
{
	char path[512], text[16];
	unsigned int id;

	if (snprintf(path, sizeof(path), "%s/%s", device, file) >=
	    (int)sizeof(path) || s2_read_file(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%x", &id) != 1 || id > 0xffff)
		return -1;
	return (int)id;
}

/* "VENDOR:DEVICE", or "" */
static void read_pci_id(const char *device, char *buf, size_t size)
{
	int vendor = read_hex(device, "vendor");
	int id = read_hex(device, "device");

	*buf = '\0';
	if (vendor >= 0 && id >= 0)
		snprintf(buf, size, "%04x:%04x", vendor & 0xffff, id & 0xffff);
}

static int add_device(struct s2_bars *bars, const char *device)
{
	char path[512], text[2048], driver[64], pci_id[10];
	const char *bdf = strrchr(device, '/');
	char *line = text;
	long len;

	if (!bdf || snprintf(path, sizeof(path), "%s/resource", device) >=
	    (int)sizeof(path))
		return 0;
	len = s2_read_file(path, text, sizeof(text));
	/* A device may have been unplugged meanwhile; a process may have too many files */
	if (len <= 0)
		return len == -EMFILE || len == -ENFILE ? (int)len : 0;
	read_driver(device, driver, sizeof(driver));
	read_pci_id(device, pci_id, sizeof(pci_id));
	for (unsigned int i = 0; i < PCI_BARS && line && *line; i++) {
		unsigned long long start, end, flags;
		struct s2_bar *bar;

		if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3)
			break;
		line = strchr(line, '\n');
		if (line)
			line++;
		if (!(flags & RES_MEM) || end <= start)
			continue;
		bar = add_bar(bars);
		if (!bar)
			return -ENOMEM;
		bar->start = start;
		bar->end = end;
		bar->index = i;
		bar->prefetchable = flags & RES_PREFETCH;
		snprintf(bar->bdf, sizeof(bar->bdf), "%.31s", bdf + 1);
		memcpy(bar->driver, driver, sizeof(driver));
		memcpy(bar->pci_id, pci_id, sizeof(pci_id));
	}
	return 0;
}

/* The kernel's documented list (Documentation/ABI/testing/sysfs-bus-pci) */
static int scan_devices(struct s2_ctx *ctx, struct s2_bars *bars)
{
	struct dirent *entry;
	char path[512];
	int err = s2_path(ctx, S2_ROOT_SYS, path, sizeof(path), "bus/pci/devices");
	DIR *dir = err ? NULL : opendir(path);

	/* A host without PCI has no such folder, and no BARs either */
	if (!dir && !err && errno != ENOENT)
		err = -errno;
	while (dir && !err && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.' &&
		    !s2_path(ctx, S2_ROOT_SYS, path, sizeof(path),
			     "bus/pci/devices/%s", entry->d_name))
			err = add_device(bars, path);
	}
	if (dir)
		closedir(dir);
	return err;
}

static int cmp_bar(const void *a, const void *b)
{
	const struct s2_bar *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

int s2_bars_read(struct s2_ctx *ctx, struct s2_bars *bars)
{
	int err = scan_devices(ctx, bars);

	if (err == -ENOMEM)
		return s2_fail_nomem(ctx);
	if (err)
		return s2_fail(ctx, err, "%s/bus/pci/devices: %s",
			       ctx->root[S2_ROOT_SYS], strerror(-err));
	if (bars->count)
		qsort(bars->bar, bars->count, sizeof(*bars->bar), cmp_bar);
	for (size_t i = 0; i < bars->count; i++) {
		struct s2_bar *bar = &bars->bar[i];

		bar->reach = bar->end;
		if (i && bars->bar[i - 1].reach > bar->end)
			bar->reach = bars->bar[i - 1].reach;
	}
	return 0;
}

void s2_bars_clear(struct s2_bars *bars)
{
	free(bars->bar);
	bars->bar = NULL;
	bars->count = 0;
	bars->were_read = false;
}

int s2_bars_need(struct s2_bars *bars, struct s2_model *model)
{
	char text[S2_ERROR_MAX];
	int err;

	if (bars->were_read)
		return 0;
	err = s2_bars_read(model->ctx, bars);
	bars->were_read = true;
	if (!err || err == -ENOMEM || err == -EMFILE || err == -ENFILE)
		return err;
	snprintf(text, sizeof(text), "%s", s2_ctx_error(model->ctx));
	return s2_model_problem(model, S2_PROBLEM_REFUSED, NULL,
				"PCI devices cannot be named: %s", text);
}

/*
 * The first BAR that ends at @hpa or behind it, or one before it does: if that
 * begins later, none has @hpa.
 */
const struct s2_bar *s2_bars_find(const struct s2_bars *bars, uint64_t hpa)
{
	size_t low = 0, high = bars->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bars->bar[middle].reach < hpa)
			low = middle + 1;
		else
			high = middle;
	}
	return low < bars->count && bars->bar[low].start <= hpa ?
		&bars->bar[low] : NULL;
}

/* The first BAR that begins behind @hpa, or NULL */
static const struct s2_bar *next_bar(const struct s2_bars *bars, uint64_t hpa)
{
	size_t low = 0, high = bars->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bars->bar[middle].start <= hpa)
			low = middle + 1;
		else
			high = middle;
	}
	return low < bars->count ? &bars->bar[low] : NULL;
}

/* Bytes from @hpa, at most @bytes, up to where a BAR ends or the next begins */
static uint64_t bytes_alike(const struct s2_bars *bars,
			    const struct s2_bar *bar, uint64_t hpa,
			    uint64_t bytes)
{
	const struct s2_bar *next;

	if (bar)
		return bar->end - hpa < bytes - 1 ? bar->end - hpa + 1 : bytes;
	next = next_bar(bars, hpa);
	return next && next->start - hpa < bytes ? next->start - hpa : bytes;
}

static int name_bar(struct s2_model *model, struct s2_obj *obj,
		    const struct s2_bar *bar)
{
	const char *bdf = s2_model_str(model, bar->bdf, strlen(bar->bdf));

	if (!bdf)
		return s2_fail_nomem(model->ctx);
	s2_obj_set_str(obj, S2_EXTENT_BDF, bdf);
	s2_obj_set_num(obj, S2_EXTENT_BAR, bar->index);
	s2_obj_set_num(obj, S2_EXTENT_PREFETCHABLE, bar->prefetchable);
	s2_obj_set_str(obj, S2_EXTENT_DRIVER,
		       s2_model_str(model, bar->driver, strlen(bar->driver)));
	s2_obj_set_str(obj, S2_EXTENT_PCI_ID,
		       s2_model_str(model, bar->pci_id, strlen(bar->pci_id)));
	return 0;
}

int s2_bars_add_extent(const struct s2_bars *bars, struct s2_model *model,
		       struct s2_list *list, const struct s2_obj *extent)
{
	uint64_t left = s2_obj_num(extent, S2_EXTENT_BYTES, 0);
	uint64_t gpa = s2_obj_num(extent, S2_EXTENT_GPA, 0);
	uint64_t hpa = s2_obj_num(extent, S2_EXTENT_HPA, 0);

	while (left) {
		const struct s2_bar *bar = s2_bars_find(bars, hpa);
		uint64_t bytes = bytes_alike(bars, bar, hpa, left);
		struct s2_obj *obj = s2_list_add(list);
		int err;

		if (!obj)
			return s2_fail_nomem(model->ctx);
		s2_obj_copy_all(obj, extent);
		s2_obj_set_num(obj, S2_EXTENT_GPA, gpa);
		s2_obj_set_num(obj, S2_EXTENT_HPA, hpa);
		s2_obj_set_num(obj, S2_EXTENT_BYTES, bytes);
		err = bar ? name_bar(model, obj, bar) : 0;
		if (err)
			return err;
		gpa += bytes;
		hpa += bytes;
		left -= bytes;
	}
	return 0;
}
