// SPDX-License-Identifier: GPL-2.0-only
/*
 * stillborn - VMs whose making a signal interrupts
 *
 *   stillborn COUNT
 *
 * Asks for VMs while signals of a timer come in, until COUNT were interrupted, and
 * prints a line of JSON.  What KVM had made of them by then has to be freed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

static void on_alarm(int sig)
{
	(void)sig;
}

/* In so many microseconds, which differ from time to time */
static void set_timer(unsigned long tries)
{
	const struct itimerval when = {
		.it_value.tv_usec = 1 + (suseconds_t)(tries * 37 % 2000),
	};

	setitimer(ITIMER_REAL, &when, NULL);
}

int main(int argc, char **argv)
{
	const struct sigaction act = { .sa_handler = on_alarm };
	unsigned long count, interrupted = 0, tries = 0;
	int kvm, vm;

	if (argc != 2)
		return 64;
	count = strtoul(argv[1], NULL, 10);
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0 || sigaction(SIGALRM, &act, NULL)) {
		perror("stillborn");
		return 1;
	}
	for (; interrupted < count; tries++) {
		set_timer(tries);
		vm = ioctl(kvm, KVM_CREATE_VM, 0ul);
		if (vm >= 0)
			close(vm);
		else if (errno == EINTR)
			interrupted++;
		else {
			fprintf(stderr, "KVM_CREATE_VM: %s\n", strerror(errno));
			return 1;
		}
	}
	printf("{\"tries\":%lu,\"interrupted\":%lu}\n", tries, interrupted);
	return 0;
}
