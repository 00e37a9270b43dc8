// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What parses memory that others wrote has no privileges: if it is led astray, it can
 * give a wrong answer to the process that asked, and nothing else.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "source/core/jail.h"
#include "source/core/wire.h"

#define NOBODY	65534

#if defined(__aarch64__)
#define ARCH	AUDIT_ARCH_AARCH64
#elif defined(__x86_64__)
#define ARCH	AUDIT_ARCH_X86_64
#endif

/* Sanitizers need more, to look at themselves */
#if defined(__SANITIZE_ADDRESS__)
#undef ARCH
#endif

static void close_range_of(unsigned int from, unsigned int to)
{
	long max = sysconf(_SC_OPEN_MAX);

	if (!syscall(SYS_close_range, from, to, 0))
		return;
	/* Before Linux 5.9 */
	for (unsigned int fd = from; fd <= to && (long)fd < max; fd++)
		close((int)fd);
}

static int cmp_fd(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* @keep is put in order; negative ones are none */
static void close_others(int *keep, size_t count)
{
	unsigned int from = 0;

	qsort(keep, count, sizeof(*keep), cmp_fd);
	for (size_t i = 0; i < count; i++) {
		if (keep[i] < 0)
			continue;
		if ((unsigned int)keep[i] > from)
			close_range_of(from, (unsigned int)keep[i] - 1);
		from = (unsigned int)keep[i] + 1;
	}
	close_range_of(from, UINT_MAX);
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return !syscall(SYS_capset, &head, none);
}

static bool become_nobody(void)
{
	if (geteuid())
		return false;
	return !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY);
}

unsigned int s2_jail_enter(int *keep, size_t count)
{
	const struct rlimit zero = { 0, 0 };
	unsigned int done = 0;

	close_others(keep, count);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (become_nobody())
		done |= S2_JAIL_USER;
	/* After that: it takes away what changing the user needs */
	if (drop_capabilities())
		done |= S2_JAIL_CAPS;
	/* Changing the user clears it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &zero);
	setrlimit(RLIMIT_NPROC, &zero);
	return done;
}

#ifdef ARCH

#define ALLOW(nr)							\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),		\
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static unsigned int install(void)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		ALLOW(SYS_pread64), ALLOW(SYS_read), ALLOW(SYS_lseek),
		ALLOW(SYS_sendto), ALLOW(SYS_write), ALLOW(SYS_close),
		ALLOW(SYS_munmap), ALLOW(SYS_mremap), ALLOW(SYS_brk),
		ALLOW(SYS_madvise), ALLOW(SYS_fstat), ALLOW(SYS_newfstatat),
		ALLOW(SYS_clock_nanosleep), ALLOW(SYS_nanosleep),
		ALLOW(SYS_clock_gettime), ALLOW(SYS_getrandom),
		ALLOW(SYS_futex), ALLOW(SYS_rt_sigreturn),
		ALLOW(SYS_exit_group), ALLOW(SYS_exit),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		/* Memory, and no file */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[4])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog program = {
		.len = ARRAY_SIZE(code),
		.filter = (struct sock_filter *)code,
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ?
		0 : S2_JAIL_SECCOMP;
}

#else

static unsigned int install(void)
{
	return 0;
}

#endif

void s2_jail_limit_memory(uint64_t bytes)
{
#ifdef ARCH
	const struct rlimit limit = { bytes, bytes };

	setrlimit(RLIMIT_AS, &limit);
#else
	(void)bytes;
#endif
}

unsigned int s2_jail_close(void)
{
	const struct rlimit zero = { 0, 0 };

	/* What is open stays so */
	setrlimit(RLIMIT_NOFILE, &zero);
	return install();
}
