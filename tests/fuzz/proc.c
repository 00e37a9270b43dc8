// SPDX-License-Identifier: GPL-2.0-only
/*
 * A host without the series, from its files: parts of the input are the name of
 * a directory of KVM's debugfs, then comm, status, cgroup and cmdline of process
 * 7, then what /proc and /sys say of the host, and stat of process 7.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "fuzz.h"
#include "json/json.h"

/* In the order of the parts, but for the first */
static const char *const files[] = {
	"proc/7/comm", "proc/7/status", "proc/7/cgroup", "proc/7/cmdline",
	"proc/sys/kernel/random/boot_id", "proc/sys/kernel/osrelease",
	"proc/sys/kernel/arch", "sys/class/misc/kvm/s2/fwb",
	"sys/class/misc/kvm/s2/features", "sys/class/misc/kvm/s2/vms",
	"proc/7/stat",
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
	folder_link(&folder, "proc/7/fd/10", "anon_inode:kvm-vm");
	folder_link(&folder, "proc/7/fd/11", "anon_inode:kvm-vcpu:0");
	folder_link(&folder, "proc/7/fd/x", "/dev/null");
	folder_link(&folder, "proc/self/ns/pid", "pid:[4026531836]");
	return 0;
}

/* Makes the directory of debugfs, if that can be its name */
static bool make_debugfs(const char *name, char *path, size_t size)
{
	folder_path(&folder, "debug/kvm", path, size);
	mkdir(path, 0755);
	if (!*name || strchr(name, '/') || strlen(name) > 200)
		return false;
	snprintf(path + strlen(path), size - strlen(path), "/%s", name);
	return !mkdir(path, 0755);
}

static void load(bool debugfs)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_json_options json = { .size = sizeof(json), .kind = "list" };
	struct s2_ctx *ctx = fuzz_ctx();
	struct s2_source *src;
	char path[512];
	size_t size;

	folder_path(&folder, "proc", path, sizeof(path));
	s2_ctx_set_root(ctx, S2_ROOT_PROC, path);
	folder_path(&folder, "sys", path, sizeof(path));
	s2_ctx_set_root(ctx, S2_ROOT_SYS, path);
	folder_path(&folder, debugfs ? "debug" : "none", path, sizeof(path));
	s2_ctx_set_root(ctx, S2_ROOT_DEBUG, path);
	fuzz_must(!s2_open_kernel(ctx, &src), "not opened");
	if (s2_load(src, &opt, (struct s2_model **)&json.model))
		fuzz_fail("not loaded: %s", s2_ctx_error(ctx));
	free(fuzz_json(&json, &size));
	s2_model_unref((struct s2_model *)json.model);
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	char *name = fuzz_part(&in, NULL), path[512];
	bool made = make_debugfs(name, path, sizeof(path));

	for (size_t i = 0; i < FILES; i++) {
		size_t len;
		char *part = fuzz_part(&in, &len);

		folder_write(fds[i], part, len);
		free(part);
	}
	load(true);
	load(false);
	if (made)
		rmdir(path);
	free(name);
	return 0;
}
