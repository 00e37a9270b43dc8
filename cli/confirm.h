/* SPDX-License-Identifier: GPL-2.0-only */
/* A question to whoever sits at the terminal. */
#ifndef S2CTL_CONFIRM_H
#define S2CTL_CONFIRM_H

#include <stdbool.h>

/* Whether there is someone to ask. */
bool can_confirm(void);

/* Ask on standard error; anything but "y" or "yes" is a no. */
bool confirm(const char *question);

#endif /* S2CTL_CONFIRM_H */
