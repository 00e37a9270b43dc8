// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl hook: the name that the hooks stand under */
#include "commands/commands.h"

static const struct command *const subs[] = {
	&cmd_hook_libvirt,
};

const struct command cmd_hook = {
	.name = "hook",
	.summary = "answer others who start VMs",
	.synopsis = "SUBCOMMAND [ARGUMENT]...",
	.about = "Called by hooks of programs that start VMs, never by people.",
	.subs = subs,
	.n_subs = COUNT_OF(subs),
};
