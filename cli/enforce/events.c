// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <libudev.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "enforce/clock.h"
#include "enforce/events.h"

#define ROOM		(8 << 20)	/* bytes: some thousand VMs at once */
#define AT_ONCE		10000		/* of each kind in one round */
#define WAIT_MAX_MS	60000

/* --------------------------------------------------------------------- open */

static void begin_round(struct events *ev)
{
	ev->more = false;
	for (size_t i = 0; i < FROM_COUNT; i++) {
		ev->more |= !ev->left[i];
		ev->left[i] = AT_ONCE;
	}
}

int events_begin(struct events *ev)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	ev->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (ev->signals < 0)
		return -errno;
	begin_round(ev);
	ev->more = false;
	return 0;
}

static void close_sockets(struct events *ev)
{
	s2_monitor_close(ev->monitor);
	if (ev->uevents)
		udev_monitor_unref(ev->uevents);
	if (ev->udev)
		udev_unref(ev->udev);
	ev->monitor = NULL;
	ev->uevents = NULL;
	ev->udev = NULL;
}

void events_end(struct events *ev)
{
	close_sockets(ev);
	if (ev->signals >= 0)
		close(ev->signals);
	ev->signals = -1;
}

/* "kernel": as the kernel sends them, whether or not there is a udev */
static int open_uevents(struct events *ev)
{
	int err;

	ev->udev = udev_new();
	if (ev->udev)
		ev->uevents = udev_monitor_new_from_netlink(ev->udev, "kernel");
	if (!ev->uevents)
		return -ENOMEM;
	/* More than an ordinary user may have; less will do */
	udev_monitor_set_receive_buffer_size(ev->uevents, ROOM);
	err = udev_monitor_filter_add_match_subsystem_devtype(ev->uevents,
							      "misc", NULL);
	return err < 0 ? err : udev_monitor_enable_receiving(ev->uevents);
}

int events_open(struct events *ev, struct s2_source *src)
{
	int err = s2_monitor_open(src, &ev->monitor);

	if (!err)
		err = open_uevents(ev);
	if (err)
		close_sockets(ev);
	return err;
}

/* ------------------------------------------------------------------ what came */

static bool next_signal(struct events *ev, struct input *in)
{
	struct signalfd_siginfo info;

	if (read(ev->signals, &info, sizeof(info)) != sizeof(info))
		return false;
	in->type = info.ssi_signo == SIGHUP ? INPUT_RELOAD : INPUT_STOP;
	return true;
}

static bool broken(struct events *ev, struct input *in, const char *why)
{
	close_sockets(ev);
	in->type = INPUT_BROKEN;
	in->text = why;
	return true;
}

static bool lost(struct input *in, const char *of)
{
	in->type = INPUT_LOST;
	in->text = of;
	return true;
}

/* An event of /dev/kvm, whatever it says: VMs came or went */
static bool next_uevent(struct events *ev, struct input *in)
{
	struct udev_device *device;
	const char *name;
	bool ours;

	errno = 0;
	device = udev_monitor_receive_device(ev->uevents);
	if (!device && errno == ENOBUFS)
		return lost(in, "the kernel's devices");
	if (!device && errno && errno != EAGAIN && errno != EINTR)
		return broken(ev, in, strerror(errno));
	if (!device)
		return false;
	name = udev_device_get_sysname(device);
	ours = name && !strcmp(name, "kvm");
	udev_device_unref(device);
	in->type = ours ? INPUT_DEVICE : INPUT_NONE;
	return true;
}

static const char *word_of(const struct s2_obj *event, unsigned int id)
{
	const char *word = s2_obj_str(event, id);

	return word ? word : "unknown";
}

static bool next_kernel(struct events *ev, struct input *in)
{
	const struct s2_obj *event;
	int err = s2_monitor_next(ev->monitor, &event);

	if (err == -EAGAIN)
		return false;
	if (err == -ENOBUFS)
		return lost(in, "kvm_s2");
	if (err)
		return broken(ev, in, s2_ctx_error(ev->ctx));
	switch (s2_obj_num(event, S2_EVENT_EVENT, 0)) {
	case S2_EVENT_IS_DENIED:
		in->type = INPUT_DENIED;
		in->vm = s2_obj_num(event, S2_EVENT_VM, 0);
		in->class = word_of(event, S2_EVENT_CLASS);
		in->reason = word_of(event, S2_EVENT_REASON);
		in->denied = s2_obj_num(event, S2_EVENT_DENIED, 0);
		in->would_deny = s2_obj_num(event, S2_EVENT_WOULD_DENY, 0);
		break;
	case S2_EVENT_IS_VM_GONE:
		in->type = INPUT_GONE;
		break;
	default:
		in->type = INPUT_OTHER;
	}
	return true;
}

static bool may_read(struct events *ev, enum events_from from)
{
	return ev->left[from] && ev->left[from]--;
}

/* Signals first: whoever stops the service does not wait for what else came */
bool events_next(struct events *ev, struct input *in)
{
	*in = (struct input){ .type = INPUT_NONE };
	if (may_read(ev, FROM_SIGNALS) && next_signal(ev, in))
		return true;
	if (ev->uevents && may_read(ev, FROM_UEVENTS) && next_uevent(ev, in))
		return true;
	if (ev->monitor && may_read(ev, FROM_KERNEL) && next_kernel(ev, in))
		return true;
	begin_round(ev);
	return false;
}

/* --------------------------------------------------------------------- wait */

static int timeout(uint64_t until)
{
	uint64_t now = clock_now();

	if (!until)
		return -1;
	if (until <= now)
		return 0;
	return until - now < WAIT_MAX_MS ? (int)(until - now) : WAIT_MAX_MS;
}

int events_wait(const struct events *ev, uint64_t until)
{
	struct pollfd fds[FROM_COUNT] = {
		[FROM_SIGNALS] = { .fd = ev->signals },
		[FROM_UEVENTS] = {
			.fd = ev->uevents ? udev_monitor_get_fd(ev->uevents) :
				-1,
		},
		[FROM_KERNEL] = {
			.fd = ev->monitor ? s2_monitor_fd(ev->monitor) : -1,
		},
	};

	for (size_t i = 0; i < FROM_COUNT; i++)
		fds[i].events = POLLIN;
	return poll(fds, FROM_COUNT, ev->more ? 0 : timeout(until)) < 0 &&
	       errno != EINTR ? -errno : 0;
}
