// SPDX-License-Identifier: GPL-2.0-only
/* Policies and events: see nlclient.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm_s2_netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nlclient.h"

#define EXIT_LISTEN	125
#define MAX_WORDS	16

static const struct attr policy_attrs[] = {
	{ KVM_S2_A_POLICY_VM_ID, "vm-id", UINT },
	{ KVM_S2_A_POLICY_SLOT, "slot", U32 },
	{ KVM_S2_A_POLICY_CLASS, "class", U32 },
	{ KVM_S2_A_POLICY_OWNER, "owner", U32 },
	{ KVM_S2_A_POLICY_CONSTRAINTS, "constraints", U32 },
	{ KVM_S2_A_POLICY_MODE, "mode", U32 },
	{ KVM_S2_A_POLICY_GENERATION, "generation", UINT },
	{ KVM_S2_A_POLICY_ENFORCED, "enforced", U32 },
	{ KVM_S2_A_POLICY_AUDITED, "audited", U32 },
	{ KVM_S2_A_POLICY_DENIED, "denied", UINT },
	{ KVM_S2_A_POLICY_WOULD_DENY, "would-deny", UINT },
	{ KVM_S2_A_POLICY_REASON, "reason", U32 },
	{ KVM_S2_A_POLICY_GPA, "gpa", UINT },
	{ 0, NULL, U8 },
};

/* A policy has other attribute numbers in a dry run than where it is set. */
static const struct {
	const char *key;
	bool is_long;
	int policy_attr;
	int extent_attr;
} keys[] = {
	{ "vm", true, KVM_S2_A_POLICY_VM_ID, KVM_S2_A_EXTENT_VM_ID },
	{ "slot", false, KVM_S2_A_POLICY_SLOT, KVM_S2_A_EXTENT_SLOT },
	{ "class", false, KVM_S2_A_POLICY_CLASS, KVM_S2_A_EXTENT_CLASS },
	{ "constraints", false, KVM_S2_A_POLICY_CONSTRAINTS,
	  KVM_S2_A_EXTENT_CONSTRAINTS },
	{ "mode", false, KVM_S2_A_POLICY_MODE, KVM_S2_A_EXTENT_MODE },
	{ "generation", true, KVM_S2_A_POLICY_GENERATION, 0 },
	{ "owner", false, KVM_S2_A_POLICY_OWNER, 0 },
};

static int put_key(struct nl_msg *msg, bool extent, const char *text)
{
	size_t len = strcspn(text, "=");
	unsigned long long value;
	char *end;
	int attr;

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strlen(keys[i].key) != len ||
		    strncmp(keys[i].key, text, len) || !text[len])
			continue;
		value = strtoull(text + len + 1, &end, 0);
		attr = extent ? keys[i].extent_attr : keys[i].policy_attr;
		if (end == text + len + 1 || *end || !attr)
			return -EINVAL;
		return keys[i].is_long ? nla_put_u64(msg, attr, value) :
					 nla_put_u32(msg, attr, value);
	}
	return -EINVAL;
}

/* policy-get, policy-set or policy-check, and its KEY=N; -EINVAL if not. */
int policy_request(struct client *c, int argc, char **argv)
{
	bool check = !strcmp(argv[0], "policy-check");
	struct nl_msg *msg;
	int ret = 0;

	if (!strcmp(argv[0], "policy-get"))
		msg = request(c, KVM_S2_CMD_POLICY_GET, true);
	else if (!strcmp(argv[0], "policy-set"))
		msg = request(c, KVM_S2_CMD_POLICY_SET, false);
	else if (check)
		msg = request(c, KVM_S2_CMD_POLICY_CHECK, true);
	else
		return -EINVAL;
	for (int i = 1; !ret && i < argc; i++)
		ret = put_key(msg, check, argv[i]);
	if (ret) {
		nlmsg_free(msg);
		return -EINVAL;
	}
	report(c, argv[0], msg, check ? extent_attrs : policy_attrs);
	return 0;
}

int policy_script(struct client *c, const char *done)
{
	char *words[MAX_WORDS], *line = NULL, *save, *word;
	int fd = done ? open(done, O_WRONLY | O_CLOEXEC) : -1;
	size_t room = 0;
	int n, ret = 0;

	if (done && fd < 0)
		return -errno;
	while (!ret && getline(&line, &room, stdin) > 0) {
		n = 0;
		for (word = strtok_r(line, " \t\n", &save);
		     word && n < MAX_WORDS;
		     word = strtok_r(NULL, " \t\n", &save))
			words[n++] = word;
		if (!n)
			continue;
		ret = word ? -EINVAL : policy_request(c, n, words);
		fflush(stdout);
		if (fd >= 0 && write(fd, "\n", 1) != 1)
			ret = -errno;
	}
	free(line);
	return ret;
}

static const char *event_name(int cmd)
{
	switch (cmd) {
	case KVM_S2_CMD_DENIED_NTF:
		return "denied";
	case KVM_S2_CMD_POLICY_NTF:
		return "policy";
	case KVM_S2_CMD_VM_GONE_NTF:
		return "vm-gone";
	}
	return "unknown";
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *tb[64];
	FILE *out = arg;

	if (genlmsg_parse(nlh, 0, tb, 63, NULL) < 0)
		return NL_SKIP;
	fprintf(out, "{\"event\":\"%s\",",
		event_name(genlmsg_hdr(nlh)->cmd));
	print_attrs(out, policy_attrs, tb);
	fprintf(out, "}\n");
	return NL_OK;
}

static int join(struct client *c, FILE *out)
{
	int group = genl_ctrl_resolve_grp(c->sock, KVM_S2_FAMILY_NAME,
					  KVM_S2_MCGRP_EVENTS);

	if (group < 0)
		return group;
	nl_socket_disable_seq_check(c->sock);
	nl_socket_modify_cb(c->sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, out);
	nl_socket_set_nonblocking(c->sock);
	return nl_socket_add_membership(c->sock, group);
}

/* What is lost is told as an event of its own. */
static void drain(struct client *c, FILE *out)
{
	int ret;

	do {
		ret = nl_recvmsgs_default(c->sock);
		if (ret == -NLE_NOMEM)
			fprintf(out, "{\"event\":\"overrun\"}\n");
	} while (ret == 0 || ret == -NLE_NOMEM);
}

/*
 * Until the command has ended and nothing has come for a second, since events
 * are sent together.
 */
static int listen_while(struct client *c, pid_t pid, FILE *out)
{
	struct pollfd fd = { .fd = nl_socket_get_fd(c->sock), .events = POLLIN };
	int status = 0, n;

	for (;;) {
		n = poll(&fd, 1, pid ? 100 : 1000);
		if (n > 0)
			drain(c, out);
		if (pid && waitpid(pid, &status, WNOHANG) == pid)
			pid = 0;
		else if (!pid && n <= 0)
			break;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int watch_events(struct client *c, const char *path, char **argv)
{
	FILE *out = fopen(path, "we");
	int ret = out ? join(c, out) : 0;
	pid_t pid;

	if (!out || ret < 0) {
		fprintf(stderr, "nlclient: events: %s\n",
			out ? nl_geterror(ret) : strerror(errno));
		return EXIT_LISTEN;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[0], argv);
		fprintf(stderr, "nlclient: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	ret = pid < 0 ? EXIT_LISTEN : listen_while(c, pid, out);
	return fclose(out) ? EXIT_LISTEN : ret;
}
