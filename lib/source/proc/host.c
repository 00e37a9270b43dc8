// SPDX-License-Identifier: LGPL-2.1-or-later
/* Facts about the host that any user can read */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "source/proc/host.h"

/* Reads a file of one line.  Return: its text without the newline, or NULL */
static char *read_line(const struct s2_ctx *ctx, enum s2_root root,
		       const char *name, char *buf, size_t size)
{
	char path[512];

	if (s2_path(ctx, root, path, sizeof(path), "%s", name) ||
	    s2_read_file(path, buf, size) <= 0)
		return NULL;
	buf[strcspn(buf, "\n")] = '\0';
	return *buf ? buf : NULL;
}

static int read_system(struct s2_model *model)
{
	struct s2_obj *host = s2_model_host_rw(model);
	char boot_id[64], release[128], machine[64];
	struct utsname uts;
	const char *arch;
	int err;

	err = s2_model_set_str(model, host, S2_HOST_BOOT_ID,
			       read_line(model->ctx, S2_ROOT_PROC,
					 "sys/kernel/random/boot_id", boot_id,
					 sizeof(boot_id)));
	if (!err)
		err = s2_model_set_str(model, host, S2_HOST_RELEASE,
				       read_line(model->ctx, S2_ROOT_PROC,
						 "sys/kernel/osrelease",
						 release, sizeof(release)));
	arch = read_line(model->ctx, S2_ROOT_PROC, "sys/kernel/arch", machine,
			 sizeof(machine));
	if (!arch && !model->ctx->roots_set && !uname(&uts))
		arch = uts.machine;
	if (!err)
		err = s2_model_set_str(model, host, S2_HOST_MACHINE, arch);
	return err;
}

/* One number a file, decimal or 0x; what is missing stays absent */
static void read_attrs(struct s2_model *model)
{
	static const struct {
		const char *name;
		unsigned int id;
	} attrs[] = {
		{ "class/misc/kvm/s2/fwb", S2_HOST_FWB },
		{ "class/misc/kvm/s2/dic", S2_HOST_DIC },
		{ "class/misc/kvm/s2/pkvm", S2_HOST_PKVM },
		{ "class/misc/kvm/s2/features", S2_HOST_FEATURES },
		{ "class/misc/kvm/s2/vms", S2_HOST_VM_COUNT },
	};
	struct s2_obj *host = s2_model_host_rw(model);

	for (size_t i = 0; i < ARRAY_SIZE(attrs); i++) {
		unsigned long long num;
		char buf[32], *end;

		if (!read_line(model->ctx, S2_ROOT_SYS, attrs[i].name, buf,
			       sizeof(buf)))
			continue;
		errno = 0;
		num = strtoull(buf, &end, 0);
		if (errno || *end || buf[0] == '-')
			continue;
		s2_obj_set_num(host, attrs[i].id, num);
	}
}

/* How wide a VM's addresses can be: KVM says so to whoever can open it */
static void read_ipa_bits(struct s2_model *model)
{
	int fd, bits;

	if (model->ctx->roots_set)
		return;
	fd = open("/dev/kvm", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	bits = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
	close(fd);
	if (bits > 0)
		s2_obj_set_num(s2_model_host_rw(model), S2_HOST_IPA_BITS, bits);
}

int s2_host_read(struct s2_model *model)
{
	struct s2_obj *host = s2_model_host_rw(model);
	char path[512];
	struct stat st;
	bool series;
	int err;

	s2_obj_set_num(host, S2_HOST_TIME, time(NULL));
	s2_obj_set_num(host, S2_HOST_PAGE_SIZE, sysconf(_SC_PAGESIZE));
	err = read_system(model);
	if (err)
		return err;
	series = !s2_path(model->ctx, S2_ROOT_SYS, path, sizeof(path),
			  "class/misc/kvm/s2") && !stat(path, &st);
	s2_obj_set_num(host, S2_HOST_SERIES, series);
	read_attrs(model);
	read_ipa_bits(model);
	return 0;
}

int s2_host_dic(void)
{
#ifdef __aarch64__
	uint64_t ctr;

	/* Where CPUs differ, the kernel traps this and answers for all of them */
	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return ctr >> 29 & 1;
#else
	return -1;
#endif
}

int s2_host_pkvm(const struct s2_ctx *ctx)
{
	char path[512], line[8192];

	if (s2_path(ctx, S2_ROOT_PROC, path, sizeof(path), "cmdline") ||
	    s2_read_file(path, line, sizeof(line)) <= 0)
		return -1;
	return strstr(line, "kvm-arm.mode=protected") != NULL;
}
