// SPDX-License-Identifier: GPL-2.0-only
/* Memory slots: what is written on the command line, and what backs them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm.h"

#define HUGE_SIZE	(2ull << 20)

static const struct {
	const char *name;
	bool needs_arg;
} backings[] = {
	[BACK_ANON]	= { "anon", false },
	[BACK_ANON_THP]	= { "anon-thp", false },
	[BACK_MEMFD]	= { "memfd", false },
	[BACK_HUGETLB]	= { "hugetlb", false },
	[BACK_FILE]	= { "file", true },
	[BACK_BAR]	= { "bar", true },
	[BACK_VFIO]	= { "vfio", true },
	[BACK_HOLE]	= { "hole", false },
	[BACK_MIXED]	= { "mixed", true },
	[BACK_TESTMEM]	= { "testmem", true },
};

static int parse_backing(char *text, struct slot *slot, const char **why)
{
	char *arg = strchr(text, '=');
	unsigned int i;

	if (arg)
		*arg++ = '\0';
	for (i = 0; i < sizeof(backings) / sizeof(backings[0]); i++)
		if (!strcmp(text, backings[i].name))
			break;
	if (i == sizeof(backings) / sizeof(backings[0])) {
		*why = "no such backing";
		return -EINVAL;
	}
	if (backings[i].needs_arg != !!arg || (arg && !*arg)) {
		*why = backings[i].needs_arg ? "the backing needs =PATH" :
					       "the backing takes no =PATH";
		return -EINVAL;
	}
	slot->backing = i;
	slot->arg = arg;
	return 0;
}

int parse_slot_flags(char *text, struct slot *slot)
{
	char *save, *flag;

	flag = strtok_r(text, "+", &save);
	if (!flag)
		return -EINVAL;
	for (; flag; flag = strtok_r(NULL, "+", &save)) {
		if (!strcmp(flag, "ro"))
			slot->kvm_flags |= KVM_MEM_READONLY;
		else if (!strcmp(flag, "log"))
			slot->kvm_flags |= KVM_MEM_LOG_DIRTY_PAGES;
		else if (!strcmp(flag, "prot-ro"))
			slot->prot_ro = true;
		else if (!strcmp(flag, "populate"))
			slot->populate = true;
		else
			return -EINVAL;
	}
	return 0;
}

static int parse_option(char *text, struct slot *slot, const char **why)
{
	char *arg = strchr(text, '=');
	uint64_t val;
	int ret;

	*why = "an option that does not exist, or a value that is not valid";
	if (!arg)
		return -EINVAL;
	*arg++ = '\0';
	if (!strcmp(text, "flags"))
		return parse_slot_flags(arg, slot);
	ret = parse_u64(arg, &val);
	if (ret)
		return ret;
	if (!strcmp(text, "size")) {
		slot->size = val;
		slot->has_size = true;
	} else if (!strcmp(text, "gpa")) {
		slot->gpa = val;
		slot->has_gpa = true;
	} else if (!strcmp(text, "off")) {
		slot->off = val;
	} else if (!strcmp(text, "slot") && val < CODE_SLOT) {
		slot->number = val;
		slot->has_number = true;
	} else {
		return -EINVAL;
	}
	return 0;
}

static int check_slot(const struct slot *slot, const char **why)
{
	uint64_t page = sysconf(_SC_PAGESIZE);

	*why = "size= and gpa= must be given";
	if (!slot->has_size || !slot->has_gpa)
		return -EINVAL;
	*why = "size=, gpa= and off= must be multiples of the page size";
	if (!slot->size || slot->size % page || slot->gpa % page ||
	    slot->off % page)
		return -EINVAL;
	*why = "it does not fit below the guest's own code";
	if (slot->size > CODE_GPA || slot->gpa > CODE_GPA - slot->size)
		return -EINVAL;
	*why = "two halves need an even number of pages";
	if (slot->backing == BACK_MIXED && slot->size % (2 * page))
		return -EINVAL;
	*why = "off= needs a backing with =PATH";
	if (slot->off && !slot->arg)
		return -EINVAL;
	return 0;
}

/* BACKING[=ARG],size=N,gpa=N[,off=N][,slot=N][,flags=F[+F]...] */
int parse_slot(char *text, struct slot *slot, const char **why)
{
	char *save, *part;
	int ret;

	memset(slot, 0, sizeof(*slot));
	*why = "empty";
	part = strtok_r(text, ",", &save);
	if (!part)
		return -EINVAL;
	ret = parse_backing(part, slot, why);
	while (!ret && (part = strtok_r(NULL, ",", &save)))
		ret = parse_option(part, slot, why);
	return ret ?: check_slot(slot, why);
}

/* BACKING[=ARG][,off=N]: where the guest's own code is, and how much. */
int parse_code_slot(char *text, struct slot *slot, const char **why)
{
	char *save, *part;
	int ret;

	memset(slot, 0, sizeof(*slot));
	*why = "empty";
	part = strtok_r(text, ",", &save);
	if (!part)
		return -EINVAL;
	ret = parse_backing(part, slot, why);
	while (!ret && (part = strtok_r(NULL, ",", &save)))
		ret = parse_option(part, slot, why);
	if (ret)
		return ret;
	*why = "only off= can be given";
	if (slot->has_size || slot->has_gpa || slot->has_number)
		return -EINVAL;
	slot->number = CODE_SLOT;
	slot->gpa = CODE_GPA;
	slot->size = CODE_SIZE;
	return 0;
}

static int slot_prot(const struct slot *slot)
{
	return slot->prot_ro ? PROT_READ : PROT_READ | PROT_WRITE;
}

static int map_fd(struct slot *slot, int fd, uint64_t off, int flags)
{
	int ret = 0;

	slot->hva = mmap(NULL, slot->size, slot_prot(slot), flags, fd, off);
	if (slot->hva == MAP_FAILED)
		ret = -errno;
	close(fd);
	return ret;
}

/*
 * Far below where the kernel puts mappings that name no address: memory that
 * is unmapped behind a slot must not come back as somebody's stack.  At a
 * multiple of 2 MiB, as transparent huge pages need it.
 */
static void *next_place(uint64_t size)
{
	static uintptr_t next = 0x1000000000;
	void *place = (void *)next;

	next += (size + 2 * HUGE_SIZE - 1) & ~(HUGE_SIZE - 1);
	return place;
}

static int map_anon(struct slot *slot, bool thp)
{
	slot->hva = mmap(next_place(slot->size), slot->size, slot_prot(slot),
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			 -1, 0);
	if (slot->hva == MAP_FAILED)
		return -errno;
	if (madvise(slot->hva, slot->size,
		    thp ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) && thp)
		return -errno;
	return 0;
}

static int map_memfd(struct slot *slot, unsigned int flags)
{
	int fd = memfd_create("vmm", MFD_CLOEXEC | flags);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, slot->size)) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return map_fd(slot, fd, 0, MAP_SHARED);
}

static int map_path(struct slot *slot)
{
	int fd = open(slot->arg, (slot->prot_ro ? O_RDONLY : O_RDWR) |
				 O_CLOEXEC | O_SYNC);

	if (fd < 0)
		return -errno;
	return map_fd(slot, fd, slot->off, MAP_SHARED);
}

/* First half anonymous, second half the file: one slot over two VMAs. */
static int map_mixed(struct slot *slot)
{
	uint64_t half = slot->size / 2;
	int fd, ret;
	void *p;

	ret = map_anon(slot, false);
	if (ret)
		return ret;
	fd = open(slot->arg, O_RDWR | O_CLOEXEC | O_SYNC);
	if (fd < 0)
		return -errno;
	p = mmap((char *)slot->hva + half, half, slot_prot(slot),
		 MAP_SHARED | MAP_FIXED, fd, slot->off);
	if (p == MAP_FAILED)
		ret = -errno;
	close(fd);
	return ret;
}

static int slot_back(struct slot *slot)
{
	switch (slot->backing) {
	case BACK_ANON:
	case BACK_HOLE:		/* unmapped once KVM has the slot */
		return map_anon(slot, false);
	case BACK_ANON_THP:
		return map_anon(slot, true);
	case BACK_MEMFD:
		return map_memfd(slot, 0);
	case BACK_HUGETLB:
		return map_memfd(slot, MFD_HUGETLB);
	case BACK_FILE:
	case BACK_BAR:
		return map_path(slot);
	case BACK_MIXED:
		return map_mixed(slot);
	case BACK_VFIO:
		return vfio_map_bar(slot->arg, slot->size, slot->off,
				    &slot->hva);
	case BACK_TESTMEM:
		return testmem_map(slot->arg, next_place(slot->size),
				   slot->size, slot->off, &slot->hva);
	}
	return -EINVAL;
}

int slot_map(struct slot *slot)
{
	int ret = slot_back(slot);

	if (ret)
		return fail(ret, "slot %u: cannot map %s%s%s", slot->number,
			    backings[slot->backing].name, slot->arg ? " " : "",
			    slot->arg ?: "");
	if (slot->populate &&
	    madvise(slot->hva, slot->size, slot->prot_ro ?
		    MADV_POPULATE_READ : MADV_POPULATE_WRITE))
		return fail(-errno, "slot %u: cannot populate", slot->number);
	return 0;
}
