/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies are changed by one at a time, and not half. */
#ifndef S2CTL_GUARD_H
#define S2CTL_GUARD_H

#define GUARD_LOCK	"/run/s2ctl.lock"
#define GUARD_SECONDS	30

/*
 * Wait until no other s2ctl changes policies, at most so many seconds, and keep
 * others out until the program ends.  Says so if it has to wait.  Who may not
 * lock may not change anything either: that is for the kernel to say.  Negative
 * to go on, else an exit status.
 */
int guard_lock(const char *path, unsigned int seconds);

/* Let others in again before the program ends. */
void guard_unlock(void);

/* Have SIGINT, SIGTERM, SIGHUP and SIGQUIT wait; let them through if they do. */
void guard_hold_signals(void);
void guard_release_signals(void);

#endif /* S2CTL_GUARD_H */
