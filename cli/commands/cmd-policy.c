// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl policy: the table of its subcommands */
#include "commands/commands.h"

static const struct command *const subs[] = {
	&cmd_policy_get,
	&cmd_policy_set,
	&cmd_policy_check,
	&cmd_policy_apply,
};

const struct command cmd_policy = {
	.name = "policy",
	.summary = "show and set what memory types may be",
	.synopsis = "SUBCOMMAND [ARGUMENT]...",
	.about = "A policy constrains the memory types that VMs get: for the "
		 "host or one VM by class of memory, or for one memory slot.  "
		 "'s2ctl policy SUBCOMMAND --help' says more about each.",
	.subs = subs,
	.n_subs = COUNT_OF(subs),
};
