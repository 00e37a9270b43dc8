/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Netlink attributes to objects */
#ifndef S2_NL_PARSE_H
#define S2_NL_PARSE_H

#include <linux/netlink.h>

#include "model/model.h"

/*
 * Fills @obj (host, VM, slot, extent, policy or event) from a message of the family kvm_s2.
 * Attributes that this version does not know are left alone; a value that it
 * does not know stays absent and becomes a problem of the model.
 *
 * Return: 0; -EBADMSG if the message or a length in it is wrong; -ENOMEM.
 */
int s2_nl_parse(struct s2_model *model, struct s2_obj *obj,
		const struct nlmsghdr *nlh);

#endif /* S2_NL_PARSE_H */
