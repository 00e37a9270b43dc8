/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock of the service, which nobody sets. */
#ifndef S2CTL_ENFORCE_CLOCK_H
#define S2CTL_ENFORCE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* In milliseconds.  Never 0, which is no time */
static inline uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000 + 1;
}

#endif /* S2CTL_ENFORCE_CLOCK_H */
