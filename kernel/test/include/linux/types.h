/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lets kernel files without KVM in them compile in user space: what the kernel
 * has in this header and user space has not.
 */
#ifndef S2_TEST_LINUX_TYPES_H
#define S2_TEST_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;

#endif
