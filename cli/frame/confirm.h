/* SPDX-License-Identifier: GPL-2.0-only */
/* A question to whoever sits at the terminal. */
#ifndef S2CTL_CONFIRM_H
#define S2CTL_CONFIRM_H

#include <stdbool.h>
#include <stdint.h>

enum answer {
	ANSWER_YES,
	ANSWER_NO,
	ANSWER_NOBODY,		/* there is no one to ask */
};

/*
 * Whether so many bytes in use may be denied: yes if there are none or force is
 * given, else what is answered at the terminal.  Anything but "y" or "yes" is a
 * no.
 */
enum answer may_deny(uint64_t bytes, bool force, const char *question);

#endif /* S2CTL_CONFIRM_H */
