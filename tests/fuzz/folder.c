// SPDX-License-Identifier: GPL-2.0-only
/* A folder of files that change with each input */
#include "folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

static int drop_entry(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* A child that does nothing but wait for our end, by a pipe that closes then */
static void drop_at_end(const char *path)
{
	int ends[2];
	char byte;
	pid_t pid;

	fuzz_must(!pipe(ends), "no pipe");
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	fuzz_must(pid >= 0, "no child");
	if (pid) {
		close(ends[0]);
		return;
	}
	close(ends[1]);
	setsid();
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	while (read(ends[0], &byte, 1) > 0)
		;
	nftw(path, drop_entry, 8, FTW_DEPTH | FTW_PHYS);
	_exit(0);
}

void folder_make(struct folder *folder)
{
	const char *base = getenv("TMPDIR");

	if (!base)
		base = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	snprintf(folder->path, sizeof(folder->path), "%.40s/s2ctl-fuzz.XXXXXX",
		 base);
	fuzz_must(mkdtemp(folder->path), "no folder: %s", folder->path);
	drop_at_end(folder->path);
}

void folder_path(const struct folder *folder, const char *name, char *buf,
		 size_t size)
{
	snprintf(buf, size, "%s/%s", folder->path, name);
}

static void make_path(const struct folder *folder, const char *name, char *buf,
		      size_t size)
{
	folder_path(folder, name, buf, size);
	for (char *p = buf + strlen(folder->path) + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(buf, 0755);
		*p = '/';
	}
}

int folder_open(const struct folder *folder, const char *name)
{
	char path[512];
	int fd;

	make_path(folder, name, path, sizeof(path));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	fuzz_must(fd >= 0, "no file: %s", path);
	return fd;
}

void folder_link(const struct folder *folder, const char *name,
		 const char *target)
{
	char path[512];

	make_path(folder, name, path, sizeof(path));
	fuzz_must(!symlink(target, path), "no link: %s", path);
}

void folder_write(int fd, const void *data, size_t len)
{
	fuzz_must(!ftruncate(fd, (off_t)len) &&
		  pwrite(fd, data, len, 0) == (ssize_t)len, "not written");
}
