// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * vms - identity and process of each VM, over generic netlink alone
 *
 *	cc -o vms vms.c $(pkg-config --cflags --libs libmnl)
 *
 * Exit status: 0 done, 1 failed.
 */
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2_netlink.h>
#include <stdio.h>
#include <string.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/* An attribute of type uint is 4 or 8 bytes long, as its value needs. */
static uint64_t get_uint(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) == sizeof(uint64_t) ?
	       mnl_attr_get_u64(attr) : mnl_attr_get_u32(attr);
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int print_vm(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	uint64_t id = 0;
	uint32_t tgid = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == KVM_S2_A_VM_ID)
			id = get_uint(attr);
		else if (mnl_attr_get_type(attr) == KVM_S2_A_VM_TGID)
			tgid = mnl_attr_get_u32(attr);
	}
	printf("VM %" PRIu64 ", process %" PRIu32 "\n", id, tgid);
	(void)data;
	return MNL_CB_OK;
}

/* Why a request was refused: in the extended acknowledgement. */
static int print_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	size_t skip = sizeof(*err);

	if (!err->error)
		return MNL_CB_STOP;
	/* Without NLM_F_CAPPED the request comes back before it. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += mnl_nlmsg_get_payload_len(&err->msg);
	errno = -err->error;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_for_each(attr, nlh, skip)
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
				fprintf(stderr, "vms: kernel: %s\n",
					mnl_attr_get_str(attr));
	(void)data;
	return MNL_CB_ERROR;
}

/* A dump that failed half way says so at its end. */
static int take_done(const struct nlmsghdr *nlh, void *data)
{
	int err = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(err))
		memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	errno = -err;
	(void)data;
	return err < 0 ? MNL_CB_ERROR : MNL_CB_STOP;
}

/* Send a request and give each message of the answer to fn. */
static int ask(struct mnl_socket *nl, uint16_t type, uint16_t flags,
	       uint8_t cmd, const char *name, mnl_cb_t fn, void *data)
{
	mnl_cb_t control[NLMSG_MIN_TYPE] = {
		[NLMSG_ERROR] = print_error,
		[NLMSG_DONE] = take_done,
	};
	char buf[32768] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	ssize_t len;
	int ret;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	if (name)
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -1;
	do {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0)
			return -1;
		ret = mnl_cb_run2(buf, len, 0, 0, fn, data, control,
				  NLMSG_MIN_TYPE);
	} while (ret > 0);
	return ret;
}

int main(void)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_GENERIC);
	uint16_t family = 0;
	int on = 1, ret = -1;

	if (nl && !mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID)) {
		mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof(on));
		ret = ask(nl, GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY,
			  KVM_S2_FAMILY_NAME, take_family, &family);
	}
	if (!ret)
		ret = ask(nl, family, NLM_F_DUMP, KVM_S2_CMD_VM_GET, NULL,
			  print_vm, NULL);
	if (ret < 0)
		fprintf(stderr, "vms: %s\n", strerror(errno));
	if (nl)
		mnl_socket_close(nl);
	return ret < 0 ? 1 : 0;
}
