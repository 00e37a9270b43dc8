// SPDX-License-Identifier: GPL-2.0-only
/* A PCI BAR through vfio-pci, in an IOMMU group of its own. */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm.h"

/* The number of the device's IOMMU group, from sysfs. */
static int group_number(const char *bdf)
{
	char path[128], link[256];
	const char *base;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group",
		 bdf);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return fail(-errno, "%s", path);
	link[n] = '\0';
	base = strrchr(link, '/');
	return base ? atoi(base + 1) : -EINVAL;
}

static int open_group(const char *bdf)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int nr = group_number(bdf);
	char path[64];
	int fd;

	if (nr < 0)
		return nr;
	snprintf(path, sizeof(path), "/dev/vfio/%d", nr);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail(-errno, "%s", path);
	if (ioctl(fd, VFIO_GROUP_GET_STATUS, &status))
		return fail(-errno, "VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return fail(-EBUSY, "group %d is not viable", nr);
	return fd;
}

/* Two BARs of one VM share group and container. */
static int device_fd(const char *bdf)
{
	static char last_bdf[32];
	static int last_fd;
	int container, group, fd;

	if (!strcmp(bdf, last_bdf))
		return last_fd;
	group = open_group(bdf);
	if (group < 0)
		return group;
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (container < 0)
		return fail(-errno, "/dev/vfio/vfio");
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container))
		return fail(-errno, "VFIO_GROUP_SET_CONTAINER");
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return fail(-errno, "VFIO_SET_IOMMU");
	fd = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, bdf);
	if (fd < 0)
		return fail(-errno, "VFIO_GROUP_GET_DEVICE_FD %s", bdf);
	snprintf(last_bdf, sizeof(last_bdf), "%s", bdf);
	last_fd = fd;
	return fd;
}

/*
 * BIT(1) of the command register: a device whose memory space is off faults on
 * access, and vfio-pci then refuses the mapping with SIGBUS.
 */
static int enable_memory(int fd)
{
	struct vfio_region_info cfg = {
		.argsz = sizeof(cfg),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	uint16_t cmd;

	if (ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &cfg))
		return -errno;
	if (pread(fd, &cmd, sizeof(cmd), cfg.offset + 4) != sizeof(cmd))
		return -EIO;
	cmd |= 2;
	if (pwrite(fd, &cmd, sizeof(cmd), cfg.offset + 4) != sizeof(cmd))
		return -EIO;
	return 0;
}

/* @arg: BDF/BAR */
int vfio_map_bar(const char *arg, uint64_t size, uint64_t off, void **hva)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	char bdf[32];
	uint64_t bar;
	int fd, n;

	if (sscanf(arg, "%31[^/]/%n", bdf, &n) != 1 ||
	    parse_u64(arg + n, &bar) || bar > 5)
		return fail(-EINVAL, "%s is not BDF/BAR", arg);
	fd = device_fd(bdf);
	if (fd < 0)
		return fd;
	if (enable_memory(fd))
		return fail(-EIO, "%s: cannot enable memory space", bdf);
	info.index = bar;
	if (ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &info))
		return fail(-errno, "VFIO_DEVICE_GET_REGION_INFO");
	if (!(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return fail(-ENXIO, "%s BAR %u cannot be mapped", bdf,
			    info.index);
	if (off > info.size || size > info.size - off)
		return fail(-ERANGE, "%s BAR %u has only 0x%llx bytes", bdf,
			    info.index, info.size);
	*hva = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    info.offset + off);
	return *hva == MAP_FAILED ? -errno : 0;
}
