// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two sockets: the kernel's uevents tell that a VM has come, the events of kvm_s2
 * that one has ended or was denied something.  Neither is trusted to tell all: what
 * was lost is looked for.
 */
#include <errno.h>
#include <inttypes.h>
#include <libudev.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "enforce/enforce.h"

#define ROOM		(8 << 20)	/* bytes: some thousand VMs at once */
#define REOPEN_MS	1000
#define AT_ONCE		10000		/* events between two looks at VMs */

static void close_uevents(struct enforce *e)
{
	if (e->uevents)
		udev_monitor_unref(e->uevents);
	if (e->udev)
		udev_unref(e->udev);
	e->uevents = NULL;
	e->udev = NULL;
}

void events_close(struct enforce *e)
{
	s2_monitor_close(e->monitor);
	e->monitor = NULL;
	close_uevents(e);
}

/* "kernel": as the kernel sends them, whether or not there is a udev */
static int open_uevents(struct enforce *e)
{
	int err;

	e->udev = udev_new();
	if (e->udev)
		e->uevents = udev_monitor_new_from_netlink(e->udev, "kernel");
	if (!e->uevents)
		return -ENOMEM;
	/* More than an ordinary user may have; less will do */
	udev_monitor_set_receive_buffer_size(e->uevents, ROOM);
	err = udev_monitor_filter_add_match_subsystem_devtype(e->uevents,
							      "misc", NULL);
	return err < 0 ? err : udev_monitor_enable_receiving(e->uevents);
}

int events_open(struct enforce *e)
{
	int err = s2_monitor_open(e->src, &e->monitor);

	if (!err) {
		err = open_uevents(e);
		if (err)
			events_close(e);
	}
	/* Whatever came before is looked for now */
	e->look = true;
	e->reopen = err ? enforce_now() + REOPEN_MS : 0;
	return err;
}

/* ------------------------------------------------------------------ what came */

static void lost(struct enforce *e, const char *what)
{
	enforce_log(&(struct log_entry){ .id = LOG_LOST },
		    "events of %s were lost: looking at all VMs again", what);
	e->recovered[CAUSE_OVERRUN]++;
	e->look = true;
	metrics_soon(e);
}

static void open_again(struct enforce *e, const char *why)
{
	enforce_log(&(struct log_entry){ .id = LOG_LOST },
		    "%s: opening the sockets again", why);
	events_close(e);
	e->reopen = enforce_now();
}

/* An event of /dev/kvm, whatever it says: VMs came or went */
static void take_uevents(struct enforce *e)
{
	for (int i = 0; i < AT_ONCE; i++) {
		struct udev_device *device;
		const char *name;

		errno = 0;
		device = udev_monitor_receive_device(e->uevents);
		if (!device) {
			if (errno == ENOBUFS)
				lost(e, "the kernel's devices");
			else if (errno && errno != EAGAIN && errno != EINTR)
				open_again(e, strerror(errno));
			return;
		}
		name = udev_device_get_sysname(device);
		if (name && !strcmp(name, "kvm"))
			e->look = true;
		udev_device_unref(device);
	}
}

static void log_denied(const struct enforce *e, const struct s2_obj *event)
{
	uint64_t denied = s2_obj_num(event, S2_EVENT_DENIED, 0);
	uint64_t would = s2_obj_num(event, S2_EVENT_WOULD_DENY, 0);
	const char *class = s2_obj_str(event, S2_EVENT_CLASS);
	const char *reason = s2_obj_str(event, S2_EVENT_REASON);
	uint64_t vm = s2_obj_num(event, S2_EVENT_VM, 0);
	struct log_entry entry = {
		.id = LOG_DENIED, .vm_id = vm, .seen = seen_find(e, vm),
		.priority = denied ? 0 : LOG_NOTICE,
	};
	char fields[4][96];

	class = class ? class : "unknown";
	reason = reason ? reason : "unknown";
	snprintf(fields[0], sizeof(fields[0]), "S2CTL_CLASS=%s", class);
	snprintf(fields[1], sizeof(fields[1]), "S2CTL_REASON=%s", reason);
	snprintf(fields[2], sizeof(fields[2]), "S2CTL_DENIED=%" PRIu64, denied);
	snprintf(fields[3], sizeof(fields[3]), "S2CTL_WOULD_DENY=%" PRIu64,
		 would);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		entry.field[i] = fields[i];
	enforce_log(&entry,
		    "class %s, reason %s: %" PRIu64 " faults denied, %" PRIu64 " would have been",
		    class, reason, denied, would);
}

static void take_event(struct enforce *e, const struct s2_obj *event)
{
	switch (s2_obj_num(event, S2_EVENT_EVENT, 0)) {
	case S2_EVENT_IS_DENIED:
		log_denied(e, event);
		break;
	case S2_EVENT_IS_VM_GONE:
		e->look = true;
		break;
	}
	metrics_soon(e);
}

static void take_kernel(struct enforce *e)
{
	for (int i = 0; i < AT_ONCE; i++) {
		const struct s2_obj *event;
		int err = s2_monitor_next(e->monitor, &event);

		if (err == -EAGAIN)
			return;
		if (!err) {
			take_event(e, event);
		} else if (err == -ENOBUFS) {
			lost(e, "kvm_s2");
		} else {
			open_again(e, s2_ctx_error(e->ctx));
			return;
		}
	}
}

static void reopen(struct enforce *e)
{
	if (events_open(e))
		return;
	e->recovered[CAUSE_SOCKET]++;
	metrics_soon(e);
	enforce_log(&(struct log_entry){ .id = LOG_RECOVERED },
		    "the sockets are open again");
}

void events_take(struct enforce *e)
{
	if (e->reopen && e->reopen <= enforce_now())
		reopen(e);
	if (e->uevents)
		take_uevents(e);
	if (e->monitor)
		take_kernel(e);
}
