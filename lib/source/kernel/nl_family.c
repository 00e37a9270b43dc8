// SPDX-License-Identifier: LGPL-2.1-or-later
/* Netlink transport: families by name, and their multicast groups */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>

#include "source/kernel/nl.h"

/* How many datagrams are dropped at once; a flood must not keep us for ever */
#define DRAIN_MAX	65536

/* What is looked for, and what was found */
struct family {
	const char *group;	/* NULL: none */
	uint32_t group_id;
	uint16_t id;
};

static int take_group(const struct nlattr *nest, struct family *family)
{
	const struct nlattr *attr;
	bool wanted = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, nest) {
		size_t len = mnl_attr_get_payload_len(attr);
		const char *value = mnl_attr_get_payload(attr);

		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			wanted = len == strlen(family->group) + 1 &&
				!memcmp(value, family->group, len);
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			if (len != sizeof(id))
				return -EBADMSG;
			id = mnl_attr_get_u32(attr);
			break;
		}
	}
	if (wanted)
		family->group_id = id;
	return 0;
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *nest;
	struct family *family = data;
	int err = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			if (mnl_attr_get_payload_len(attr) !=
			    sizeof(family->id))
				return -EBADMSG;
			family->id = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			mnl_attr_for_each_nested(nest, attr)
				if (!err && family->group)
					err = take_group(nest, family);
			break;
		}
	}
	return err;
}

static int find_family(struct s2_nl *nl, const char *name,
		       struct family *family)
{
	const struct s2_nl_arg arg = {
		.type = CTRL_ATTR_FAMILY_NAME, .kind = S2_NL_STRING,
		.name = "family-name", .str = name,
	};
	const struct s2_nl_req req = {
		.name = "getfamily", .family = GENL_ID_CTRL,
		.cmd = CTRL_CMD_GETFAMILY, .version = 1, .args = &arg,
		.count = 1,
	};
	int err = s2_nl_call(nl, &req, take_family, family, NULL);

	if (err || family->id)
		return err;
	snprintf(nl->text, sizeof(nl->text), "%s: malformed answer", req.name);
	return -EBADMSG;
}

int s2_nl_family(struct s2_nl *nl, const char *name, uint16_t *id)
{
	struct family family = { .group = NULL };
	int err = find_family(nl, name, &family);

	*id = family.id;
	return err;
}

/* --------------------------------------------------------------- groups -- */

int s2_nl_join(struct s2_nl *nl, const char *name, const char *group,
	       uint16_t *id)
{
	struct family family = { .group = group };
	int err = find_family(nl, name, &family);

	*id = family.id;
	if (err)
		return err;
	if (!family.group_id)
		err = -ENOENT;
	else
		err = nl->io->join(nl->priv, family.group_id);
	if (err)
		snprintf(nl->text, sizeof(nl->text),
			 "cannot join the group %s of %s: %s", group, name,
			 err == -ENOENT ? "there is none" : strerror(-err));
	return err;
}

/*
 * What is still queued is older than what was lost, and what will be read anew
 * is newer than both.
 */
static int drop_all(struct s2_nl *nl)
{
	for (unsigned int i = 0; i < DRAIN_MAX; i++) {
		uint32_t from;
		ssize_t len = nl->io->recv(nl->priv, nl->buf, sizeof(nl->buf),
					   &from);

		if (len < 0 && len != -ENOBUFS && len != -EMSGSIZE)
			return len == -EAGAIN ? 0 : (int)len;
	}
	return 0;
}

static int receive(struct s2_nl *nl)
{
	uint32_t from = 0;
	ssize_t len;
	int err;

	do {
		len = nl->io->recv(nl->priv, nl->buf, sizeof(nl->buf), &from);
	} while (len >= 0 && from);
	if (len == -ENOBUFS) {
		err = drop_all(nl);
		return err ? err : -ENOBUFS;
	}
	if (len < 0)
		return (int)len;
	nl->at = (const struct nlmsghdr *)nl->buf;
	nl->left = (int)len;
	return 0;
}

int s2_nl_next(struct s2_nl *nl, const struct nlmsghdr **nlh)
{
	if (nl->left <= 0) {
		int err = receive(nl);

		if (err)
			return err;
	}
	if (!s2_nl_is_whole(nl->at, nl->left)) {
		nl->left = 0;
		return -EBADMSG;
	}
	*nlh = nl->at;
	nl->at = mnl_nlmsg_next(nl->at, &nl->left);
	return 0;
}
