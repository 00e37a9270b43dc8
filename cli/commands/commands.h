/* SPDX-License-Identifier: GPL-2.0-only */
/* What each cmd-*.c gives to the table of commands. */
#ifndef S2CTL_COMMANDS_H
#define S2CTL_COMMANDS_H

#include "frame/cli.h"

extern const struct command cmd_host;
extern const struct command cmd_list;
extern const struct command cmd_show;
extern const struct command cmd_audit;
extern const struct command cmd_policy;
extern const struct command cmd_policy_get;
extern const struct command cmd_policy_set;
extern const struct command cmd_policy_check;
extern const struct command cmd_policy_apply;
extern const struct command cmd_monitor;
extern const struct command cmd_enforce;
extern const struct command cmd_hook;
extern const struct command cmd_hook_libvirt;
extern const struct command cmd_explain;
extern const struct command cmd_snapshot;
extern const struct command cmd_diff;
extern const struct command cmd_preflight;
extern const struct command cmd_version;
extern const struct command cmd_help;

/* Hand the table of commands down: cli_find_command() and others read it. */
void commands_use(void);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif /* S2CTL_COMMANDS_H */
