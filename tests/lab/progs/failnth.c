// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth - every request about memory types, with every allocation failing
 *
 *   failnth [once]
 *
 * Does each request again and again, and has the kernel fail the first
 * allocation in it, then the second, and so on until there was none left to
 * fail (/proc/thread-self/fail-nth).  A request that fails must change nothing,
 * and one that does not must do all of it.  Prints a line of JSON for each;
 * with "once" does each once and has nothing fail.
 * Exit status: 0 done, 1 error, 4 the kernel cannot inject faults.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/kvm_s2.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXIT_SKIP	4
#define MAX_NTH		2000
#define SLOT		3
#define SLOT_BYTES	(64u << 10)
#define SYSFS		"/sys/class/misc/kvm/s2/policy_ram"

enum place { NOWHERE, AT_SLOT, AT_CLASS, AT_HOST };

/* One kind of request.  @cmd is of netlink, or 0 for an ioctl. */
struct op {
	const char *name;
	enum place place;	/* that it sets, or would, or tells of */
	bool sets;		/* something: @constraints go with it */
	int cmd;
	bool dump;
	int (*run)(const struct op *op, uint32_t constraints);
};

static struct {
	int vm_fd;
	uint64_t vm_id;
	struct nl_sock *sock;
	int family;
	int nth_fd;
	unsigned int lost;	/* acknowledgements of what was answered */
} g;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "failnth: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Arms the n-th allocation from now on; 0 disarms. */
static void arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (g.nth_fd >= 0 && pwrite(g.nth_fd, text, len, 0) != len)
		die("fail-nth");
}

/* Whether an allocation was made to fail; disarms. */
static bool disarm(void)
{
	char text[16] = "";

	if (g.nth_fd < 0)
		return false;
	if (pread(g.nth_fd, text, sizeof(text) - 1, 0) < 1)
		die("fail-nth");
	arm(0);
	return !atoi(text);
}

static struct kvm_s2_policy policy_at(enum place place)
{
	return (struct kvm_s2_policy) {
		.size = sizeof(struct kvm_s2_policy),
		.slot = place == AT_SLOT ? SLOT : KVM_S2_ALL_SLOTS,
		.mem_class = place == AT_SLOT ? 0 : KVM_S2_CLASS_RAM,
	};
}

static int run_set(const struct op *op, uint32_t constraints)
{
	struct kvm_s2_policy p = policy_at(op->place);

	p.constraints = constraints;
	p.mode = constraints ? KVM_S2_MODE_ENFORCE : KVM_S2_MODE_NONE;
	return ioctl(g.vm_fd, KVM_S2_SET_POLICY, &p) ? -errno : 0;
}

static int run_try(const struct op *op, uint32_t constraints)
{
	struct kvm_s2_policy p = policy_at(op->place);
	struct kvm_s2_extent e[8];

	p.flags = KVM_S2_POLICY_DRY_RUN;
	p.constraints = constraints;
	p.mode = constraints ? KVM_S2_MODE_ENFORCE : KVM_S2_MODE_NONE;
	p.extents = (uintptr_t)e;
	p.extent_size = sizeof(e[0]);
	p.count = 8;
	return ioctl(g.vm_fd, KVM_S2_SET_POLICY, &p) ? -errno : 0;
}

static int run_get(const struct op *op, uint32_t constraints)
{
	struct kvm_s2_policy p = policy_at(op->place);

	(void)constraints;
	return ioctl(g.vm_fd, KVM_S2_GET_POLICY, &p) ? -errno : 0;
}

static int run_slot(const struct op *op, uint32_t constraints)
{
	struct kvm_s2_slot s = { .size = sizeof(s), .slot = SLOT };

	(void)op;
	(void)constraints;
	return ioctl(g.vm_fd, KVM_S2_GET_SLOT, &s) ? -errno : 0;
}

static int run_extents(const struct op *op, uint32_t constraints)
{
	struct kvm_s2_extent e[8];
	struct kvm_s2_extents req = {
		.size = sizeof(req),
		.extents = (uintptr_t)e,
		.extent_size = sizeof(e[0]),
		.count = 8,
	};

	(void)op;
	(void)constraints;
	return ioctl(g.vm_fd, KVM_S2_GET_EXTENTS, &req) ? -errno : 0;
}

static int run_sysfs(const struct op *op, uint32_t constraints)
{
	const char *text = constraints ? "enforce noexec" : "none";
	int fd = open(SYSFS, O_WRONLY | O_CLOEXEC), ret;

	(void)op;
	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static void put_place(struct nl_msg *msg, const struct op *op)
{
	/* the same number in all of the sets, but for the class */
	const int class = op->cmd == KVM_S2_CMD_POLICY_CHECK ?
		KVM_S2_A_EXTENT_CLASS : KVM_S2_A_POLICY_CLASS;

	if (op->place != AT_HOST && op->place != NOWHERE)
		nla_put_u64(msg, KVM_S2_A_POLICY_VM_ID, g.vm_id);
	if (op->place == AT_SLOT)
		nla_put_u32(msg, KVM_S2_A_POLICY_SLOT, SLOT);
	else if (op->sets)
		nla_put_u32(msg, class, KVM_S2_CLASS_RAM);
}

static struct nl_msg *message(const struct op *op, uint32_t constraints)
{
	const bool check = op->cmd == KVM_S2_CMD_POLICY_CHECK;
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, g.family, 0,
				 op->dump ? NLM_F_DUMP : 0, op->cmd,
				 KVM_S2_FAMILY_VERSION))
		die("message");
	put_place(msg, op);
	if (op->sets) {
		nla_put_u32(msg, check ? KVM_S2_A_EXTENT_CONSTRAINTS :
					 KVM_S2_A_POLICY_CONSTRAINTS,
			    constraints);
		nla_put_u32(msg, check ? KVM_S2_A_EXTENT_MODE :
					 KVM_S2_A_POLICY_MODE,
			    constraints ? KVM_S2_MODE_ENFORCE :
					  KVM_S2_MODE_NONE);
	}
	nl_complete_msg(g.sock, msg);
	return msg;
}

/* 1: there is more to come; else what it ended with. */
static int look(const void *buf, size_t len, bool dump)
{
	const struct nlmsghdr *nlh = buf;

	for (; nlmsg_ok(nlh, len);
	     nlh = (const void *)((const char *)nlh +
				  NLMSG_ALIGN(nlh->nlmsg_len))) {
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return *(const int *)NLMSG_DATA(nlh);
		len -= NLMSG_ALIGN(nlh->nlmsg_len);
	}
	return dump;
}

/*
 * Without libnl where allocations fail, so that only the kernel's do.
 *
 * A request that is not a dump is answered, and then acknowledged.  If there is
 * no memory for the acknowledgement the kernel puts ENOBUFS on the socket, which
 * recv() tells before the answer that came first.  So what was done is known by
 * the answer, and ENOBUFS is a failure only if there is none.
 */
static int exchange(struct nl_msg *msg, bool dump)
{
	static char buf[1 << 17];
	int fd = nl_socket_get_fd(g.sock), ret = 1;
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	bool lost = false;

	if (sendto(fd, nlh, nlh->nlmsg_len, 0, (void *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	while (ret == 1) {
		ssize_t n = recv(fd, buf, sizeof(buf), lost ? MSG_DONTWAIT : 0);

		if (n >= 0)
			ret = look(buf, n, dump);
		else if (errno == ENOBUFS && !dump && !lost)
			lost = true;
		else
			ret = lost && errno == EAGAIN ? -ENOBUFS : -errno;
	}
	g.lost += lost && !ret;
	return ret;
}

/* A socket of its own: a dump that failed may leave something behind. */
static int connect_netlink(void)
{
	g.sock = nl_socket_alloc();
	if (!g.sock || genl_connect(g.sock) < 0)
		return -1;
	g.family = genl_ctrl_resolve(g.sock, KVM_S2_FAMILY_NAME);
	return g.family < 0 ? -1 : 0;
}

static int run_netlink(const struct op *op, uint32_t constraints);

static const struct op ops[] = {
	{ "KVM_S2_GET_SLOT", AT_SLOT, false, 0, false, run_slot },
	{ "KVM_S2_GET_EXTENTS", NOWHERE, false, 0, false, run_extents },
	{ "KVM_S2_GET_POLICY slot", AT_SLOT, false, 0, false, run_get },
	{ "KVM_S2_GET_POLICY class", AT_CLASS, false, 0, false, run_get },
	{ "KVM_S2_SET_POLICY slot", AT_SLOT, true, 0, false, run_set },
	{ "KVM_S2_SET_POLICY class", AT_CLASS, true, 0, false, run_set },
	{ "dry run slot", AT_SLOT, false, 0, false, run_try },
	{ "dry run class", AT_CLASS, false, 0, false, run_try },
	{ "sysfs", AT_HOST, true, 0, false, run_sysfs },
	{ "host-get", NOWHERE, false, KVM_S2_CMD_HOST_GET, false,
	  run_netlink },
	{ "vm-get", AT_CLASS, false, KVM_S2_CMD_VM_GET, false, run_netlink },
	{ "vm dump", NOWHERE, false, KVM_S2_CMD_VM_GET, true, run_netlink },
	{ "slot-get", AT_SLOT, false, KVM_S2_CMD_SLOT_GET, false,
	  run_netlink },
	{ "slot dump", AT_CLASS, false, KVM_S2_CMD_SLOT_GET, true,
	  run_netlink },
	{ "extent dump", AT_CLASS, false, KVM_S2_CMD_EXTENT_GET, true,
	  run_netlink },
	{ "policy dump", AT_CLASS, false, KVM_S2_CMD_POLICY_GET, true,
	  run_netlink },
	{ "policy dump host", NOWHERE, false, KVM_S2_CMD_POLICY_GET, true,
	  run_netlink },
	{ "policy-set slot", AT_SLOT, true, KVM_S2_CMD_POLICY_SET, false,
	  run_netlink },
	{ "policy-set class", AT_CLASS, true, KVM_S2_CMD_POLICY_SET, false,
	  run_netlink },
	{ "policy-set host", AT_HOST, true, KVM_S2_CMD_POLICY_SET, false,
	  run_netlink },
	{ "policy-check slot", AT_SLOT, true, KVM_S2_CMD_POLICY_CHECK, true,
	  run_netlink },
	{ "policy-check class", AT_CLASS, true, KVM_S2_CMD_POLICY_CHECK, true,
	  run_netlink },
	{ "policy-check host", AT_HOST, true, KVM_S2_CMD_POLICY_CHECK, true,
	  run_netlink },
};

static unsigned int nth;	/* which allocation fails, 0 for none */
static bool injected;

static int run_netlink(const struct op *op, uint32_t constraints)
{
	struct nl_msg *msg;
	int ret;

	if (connect_netlink())
		die("netlink");
	msg = message(op, constraints);
	arm(nth);
	ret = exchange(msg, op->dump);
	injected = disarm();
	nlmsg_free(msg);
	nl_socket_free(g.sock);
	return ret;
}

/* What holds for the slot and the class: all of the policies show in these. */
static void state(struct kvm_s2_policy out[2])
{
	out[0] = policy_at(AT_SLOT);
	out[1] = policy_at(AT_CLASS);
	if (ioctl(g.vm_fd, KVM_S2_GET_POLICY, &out[0]) ||
	    ioctl(g.vm_fd, KVM_S2_GET_POLICY, &out[1]))
		die("KVM_S2_GET_POLICY");
}

static const char *judge(const struct op *op, int ret, uint32_t constraints,
			 const struct kvm_s2_policy *before)
{
	const bool sets = op->sets && op->cmd != KVM_S2_CMD_POLICY_CHECK;
	struct kvm_s2_policy after[2];

	state(after);
	if (ret || !sets) {
		if (memcmp(before, after, sizeof(after)))
			return ret ? "failed, and changed something" :
				     "changed something";
		if (ret && !injected)
			return strerror(-ret);
		return NULL;
	}
	/* the slot's own, or what its class has */
	if (after[op->place != AT_SLOT].enforced != constraints)
		return "succeeded, and did not set it";
	return NULL;
}

/* What fails must be told, except where it only was to tell others. */
static void try_op(const struct op *op, bool once)
{
	unsigned int failed = 0, survived = 0;
	const char *wrong = NULL;
	bool last = false;

	g.lost = 0;
	for (unsigned int n = 1; !wrong && !last && n < MAX_NTH; n++) {
		uint32_t constraints = n % 2 ? KVM_S2_CONSTRAINT_NOEXEC : 0;
		struct kvm_s2_policy before[2];
		int ret;

		state(before);
		nth = once ? 0 : n;
		if (!op->cmd)
			arm(nth);
		ret = op->run(op, constraints);
		if (!op->cmd)
			injected = disarm();
		wrong = judge(op, ret, constraints, before);
		last = !injected;
		failed += injected && ret;
		survived += injected && !ret;
	}
	if (op->sets)
		op->run(op, nth = 0);
	printf("{\"op\":\"%s\",\"failed\":%u,\"survived\":%u,\"lost\":%u,"
	       "\"ended\":%s", op->name, failed, survived, g.lost,
	       last ? "true" : "false");
	if (wrong)
		printf(",\"wrong\":\"%s\"", wrong);
	printf("}\n");
}

static void make_vm(void)
{
	struct kvm_userspace_memory_region region = {
		.slot = SLOT,
		.memory_size = SLOT_BYTES,
	};
	struct kvm_s2_policy p = policy_at(AT_CLASS);
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	void *mem;

	if (kvm < 0)
		die("/dev/kvm");
	g.vm_fd = ioctl(kvm, KVM_CREATE_VM, 0);
	mem = mmap(NULL, SLOT_BYTES, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g.vm_fd < 0 || mem == MAP_FAILED)
		die("cannot make a VM");
	region.userspace_addr = (uintptr_t)mem;
	if (ioctl(g.vm_fd, KVM_SET_USER_MEMORY_REGION, &region) ||
	    ioctl(g.vm_fd, KVM_S2_GET_POLICY, &p))
		die("cannot make a VM with a slot");
	g.vm_id = p.vm_id;
}

int main(int argc, char **argv)
{
	bool once = argc == 2 && !strcmp(argv[1], "once");

	if (argc > 1 && !once) {
		fprintf(stderr, "usage: failnth [once]\n");
		return 64;
	}
	g.nth_fd = once ? -1 : open("/proc/thread-self/fail-nth",
				    O_RDWR | O_CLOEXEC);
	if (g.nth_fd < 0 && !once) {
		fprintf(stderr, "failnth: this kernel has no fail-nth\n");
		return EXIT_SKIP;
	}
	make_vm();
	for (unsigned int i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		try_op(&ops[i], once);
	return fflush(stdout) ? 1 : 0;
}
