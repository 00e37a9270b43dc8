// SPDX-License-Identifier: GPL-2.0-only
/* Memory of /dev/testmem, the lab's driver for memory of any kind. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lab/testmem/testmem.h"
#include "vmm.h"

struct word {
	const char *name;
	uint32_t value;
};

static const struct word regions[] = {
	{ "reserved", TESTMEM_RESERVED },
	{ "no-struct", TESTMEM_NO_STRUCT },
	{ NULL, 0 }
};

static const struct word prots[] = {
	{ "wb", TESTMEM_WB },
	{ "nc", TESTMEM_NC },
	{ "device", TESTMEM_DEVICE },
	{ "ngnrne", TESTMEM_NGNRNE },
	{ NULL, 0 }
};

static const struct word flags[] = {
	{ "io", TESTMEM_IO },
	{ "any-uncached", TESTMEM_ANY_UNCACHED },
	{ "blocks", TESTMEM_BLOCKS },
	{ NULL, 0 }
};

static int find(const struct word *words, const char *name, uint32_t *value)
{
	for (; name && words->name; words++) {
		if (strcmp(words->name, name))
			continue;
		*value = words->value;
		return 0;
	}
	return -EINVAL;
}

/* REGION/TYPE[+FLAG]... */
static int parse(const char *arg, struct testmem_setup *setup)
{
	char text[128], *save, *flag;
	uint32_t value;
	int ret;

	memset(setup, 0, sizeof(*setup));
	if (strlen(arg) >= sizeof(text))
		return -EINVAL;
	strcpy(text, arg);
	ret = find(regions, strtok_r(text, "/", &save), &setup->region);
	ret = ret ?: find(prots, strtok_r(NULL, "+", &save), &setup->prot);
	while (!ret && (flag = strtok_r(NULL, "+", &save))) {
		ret = find(flags, flag, &value);
		if (!ret)
			setup->flags |= value;
	}
	return ret;
}

/* At @place, which must be free. */
int testmem_map(const char *arg, void *place, uint64_t size, uint64_t off,
		void **hva)
{
	struct testmem_setup setup;
	int fd, ret;

	ret = parse(arg, &setup);
	if (ret)
		return ret;
	fd = open("/dev/testmem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, TESTMEM_SETUP, &setup))
		ret = -errno;
	if (!ret) {
		*hva = mmap(place, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED_NOREPLACE, fd, off);
		ret = *hva == MAP_FAILED ? -errno : 0;
	}
	close(fd);
	return ret;
}

/* References to the page behind an address, but for the asker's own. */
int testmem_refs(void *hva, int64_t *refs)
{
	struct testmem_refs arg = { .addr = (uintptr_t)hva };
	int fd = open("/dev/testmem", O_RDWR | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, TESTMEM_REFS, &arg))
		ret = -errno;
	close(fd);
	*refs = arg.refs;
	return ret;
}

static void *sit(void *arg)
{
	int fd = (intptr_t)arg;

	if (ioctl(fd, TESTMEM_SIT))
		fail(-errno, "TESTMEM_SIT");
	close(fd);
	return NULL;
}

/* The thread says itself, in the driver's parameter, that it sits. */
int testmem_sit(void)
{
	int fd = open("/dev/testmem", O_RDWR | O_CLOEXEC);
	pthread_t thread;
	int ret;

	if (fd < 0)
		return fail(-errno, "/dev/testmem");
	ret = -pthread_create(&thread, NULL, sit, (void *)(intptr_t)fd);
	if (ret) {
		close(fd);
		return fail(ret, "cannot start a thread");
	}
	pthread_detach(thread);
	return 0;
}
