// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "enforce/systemd.h"

/* make SYSTEMD=no */
#ifndef WITHOUT_SYSTEMD
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#else
static int sd_notify(int unset_environment, const char *state)
{
	(void)unset_environment;
	(void)state;
	return -ENOSYS;
}

static int sd_journal_sendv(const struct iovec *iov, int n)
{
	(void)iov;
	(void)n;
	return -ENOSYS;
}
#endif

#define FIELDS_MAX	32

void systemd_notify(const char *fmt, ...)
{
	char *state;
	va_list ap;
	int len;

	if (!getenv("NOTIFY_SOCKET"))
		return;
	va_start(ap, fmt);
	len = vasprintf(&state, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	sd_notify(0, state);
	free(state);
}

/* $JOURNAL_STREAM names device and inode of what systemd made standard error */
bool systemd_has_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

bool systemd_journal(const char *const *fields, size_t count)
{
	struct iovec iov[FIELDS_MAX];

	if (count > FIELDS_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		iov[i] = (struct iovec){
			.iov_base = (void *)fields[i],
			.iov_len = strlen(fields[i]),
		};
	return sd_journal_sendv(iov, (int)count) >= 0;
}

/* What the unit says, which the service was started with */
static const char *watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC");

	return usec && strspn(usec, "0123456789") == strlen(usec) ? usec : NULL;
}

void systemd_work_begins(void)
{
	if (watchdog())
		systemd_notify("WATCHDOG=1\nWATCHDOG_USEC=%s", watchdog());
}

void systemd_work_goes_on(void)
{
	if (watchdog())
		systemd_notify("WATCHDOG=1");
}

void systemd_work_ends(void)
{
	if (watchdog())
		systemd_notify("WATCHDOG_USEC=0");
}
