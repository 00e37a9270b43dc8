// SPDX-License-Identifier: GPL-2.0-only
/* Actions that somebody makes up while the VM is there: line by line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vmm.h"

static int open_done(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? fail(-errno, "%s", path) : fd;
}

static int tell_done(int fd)
{
	if (fd >= 0 && write(fd, "\n", 1) != 1)
		return fail(-errno, "cannot tell that a line is done");
	return 0;
}

int run_script(struct vm *vm)
{
	static struct vm_spec spec;
	int fd = -1, ret = 0;
	char *line = NULL;
	size_t room = 0;

	spec = *vm->spec;
	if (spec.script_done)
		fd = open_done(spec.script_done);
	if (fd < 0 && spec.script_done)
		return fd;
	while (!ret && getline(&line, &room, stdin) > 0) {
		parse_action_line(line, &spec);
		ret = run_actions(vm, &spec);
		ret = ret ?: tell_done(fd);
	}
	if (!ret && ferror(stdin))
		ret = fail(-errno, "standard input");
	free(line);
	if (fd >= 0)
		close(fd);
	return ret;
}
