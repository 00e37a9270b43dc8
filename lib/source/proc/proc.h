/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc and KVM's debugfs tell about VMs */
#ifndef S2_PROC_H
#define S2_PROC_H

#include "model/model.h"

/*
 * Adds the VMs that can be found without the series: pid, fd, comm, and hints
 * from the command line.  VMs that may be hidden become a problem.
 * Return: 0 or -ENOMEM.
 */
int s2_proc_find_vms(struct s2_model *model);

/*
 * Adds name and UUID from the command line of the VM's process, its user and its
 * cgroup, if that process still exists and still holds a VM.
 * Return: 0 or -ENOMEM.
 */
int s2_proc_name_vm(struct s2_model *model, struct s2_obj *vm);

/*
 * The process of a thread of the initial PID namespace, or the thread itself if it is gone
 * or this /proc numbers processes otherwise
 */
uint64_t s2_proc_tgid(const struct s2_ctx *ctx, uint64_t tid);

/*
 * Finds a QEMU-style option in a command line of NUL-terminated arguments.
 * Return: its argument; NULL if it is not there, or there several times with
 * different arguments.
 */
const char *s2_cmdline_option(const char *cmdline, size_t len,
			      const char *option);

/*
 * The name in an argument of -name ("NAME", "guest=NAME,debug-threads=on"),
 * doubled commas undone.  Return: whether there is one.
 */
bool s2_cmdline_guest(const char *arg, char *buf, size_t size);

#endif /* S2_PROC_H */
