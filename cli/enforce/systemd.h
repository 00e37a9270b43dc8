/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a service has to say to systemd and to its journal.  Where systemd did not start
 * it, or the program was built without libsystemd, all of this does nothing.
 */
#ifndef S2CTL_SYSTEMD_H
#define S2CTL_SYSTEMD_H

#include <stdbool.h>
#include <stddef.h>

/* sd_notify(3): "READY=1" and the like */
void systemd_notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Whether standard error is the journal */
bool systemd_has_journal(void);

/* One entry; each field is "NAME=value".  Whether it was taken */
bool systemd_journal(const char *const *fields, size_t count);

/*
 * The watchdog looks only while there is work: who waits for events is not stuck,
 * and need not be woken to say so.  Does nothing if there is no watchdog.
 */
void systemd_work_begins(void);
void systemd_work_goes_on(void);
void systemd_work_ends(void);

#endif /* S2CTL_SYSTEMD_H */
