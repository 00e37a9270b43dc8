// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlclient - a second client of the netlink family "kvm_s2"
 *
 * On libnl-genl and written from the specification alone: it shares no code
 * with libs2ctl, so that what both agree on is the kernel's doing.
 *
 *   nlclient dump [phys]   everything, as one JSON object of plain numbers
 *   nlclient refusals VM   requests that must be refused, one JSON line each
 *   nlclient try           every request once: what each comes to
 *   nlclient policy-get|policy-set|policy-check [KEY=N]...   one JSON line
 *   nlclient script [FIFO] such requests from standard input, one a line; an
 *                          empty line is written to FIFO after each
 *   nlclient events FILE COMMAND [ARG]...   events while COMMAND runs, to FILE
 *
 * Exit status: 0 done, 1 the family is not there or a dump failed, 64 usage.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nlclient.h"

static const struct attr host_attrs[] = {
	{ KVM_S2_A_HOST_FEATURES, "features", U32 },
	{ KVM_S2_A_HOST_FWB, "fwb", U8 },
	{ KVM_S2_A_HOST_DIC, "dic", U8 },
	{ KVM_S2_A_HOST_PKVM, "pkvm", U8 },
	{ KVM_S2_A_HOST_PAGE_SIZE, "page-size", U32 },
	{ KVM_S2_A_HOST_VMS, "vms", U32 },
	{ KVM_S2_A_HOST_LAST_VM_ID, "last-vm-id", UINT },
	{ 0, NULL, U8 },
};

static const struct attr vm_attrs[] = {
	{ KVM_S2_A_VM_ID, "id", UINT },
	{ KVM_S2_A_VM_TGID, "tgid", U32 },
	{ KVM_S2_A_VM_COMM, "comm", STRING },
	{ KVM_S2_A_VM_ALIVE, "alive", U8 },
	{ KVM_S2_A_VM_VCPUS, "vcpus", U32 },
	{ KVM_S2_A_VM_SLOTS, "slots", U32 },
	{ KVM_S2_A_VM_IPA_BITS, "ipa-bits", U32 },
	{ KVM_S2_A_VM_FACTS, "facts", U32 },
	{ 0, NULL, U8 },
};

static const struct attr slot_attrs[] = {
	{ KVM_S2_A_SLOT_VM_ID, "vm-id", UINT },
	{ KVM_S2_A_SLOT_SLOT, "slot", U32 },
	{ KVM_S2_A_SLOT_GPA, "gpa", UINT },
	{ KVM_S2_A_SLOT_BYTES, "bytes", UINT },
	{ KVM_S2_A_SLOT_HVA, "hva", UINT },
	{ KVM_S2_A_SLOT_SLOT_FLAGS, "slot-flags", U32 },
	{ KVM_S2_A_SLOT_CLASS, "class", U32 },
	{ KVM_S2_A_SLOT_FACTS, "facts", U32 },
	{ KVM_S2_A_SLOT_VMA_TYPE, "vma-type", U32 },
	{ KVM_S2_A_SLOT_PREDICTED, "predicted", U32 },
	{ KVM_S2_A_SLOT_MAPPED, "mapped", U32 },
	{ KVM_S2_A_SLOT_PERM, "perm", U32 },
	{ KVM_S2_A_SLOT_VERDICT, "verdict", U32 },
	{ KVM_S2_A_SLOT_REASON, "reason", U32 },
	{ KVM_S2_A_SLOT_WB_BYTES, "wb-bytes", UINT },
	{ KVM_S2_A_SLOT_NC_BYTES, "nc-bytes", UINT },
	{ KVM_S2_A_SLOT_DEVICE_BYTES, "device-bytes", UINT },
	{ KVM_S2_A_SLOT_EXEC_BYTES, "exec-bytes", UINT },
	{ KVM_S2_A_SLOT_ENFORCED, "enforced", U32 },
	{ KVM_S2_A_SLOT_AUDITED, "audited", U32 },
	{ KVM_S2_A_SLOT_DENIED, "denied", UINT },
	{ KVM_S2_A_SLOT_WOULD_DENY, "would-deny", UINT },
	{ 0, NULL, U8 },
};

const struct attr extent_attrs[] = {
	{ KVM_S2_A_EXTENT_VM_ID, "vm-id", UINT },
	{ KVM_S2_A_EXTENT_SLOT, "slot", U32 },
	{ KVM_S2_A_EXTENT_GPA, "gpa", UINT },
	{ KVM_S2_A_EXTENT_BYTES, "bytes", UINT },
	{ KVM_S2_A_EXTENT_HPA, "hpa", UINT },
	{ KVM_S2_A_EXTENT_CLASS, "class", U32 },
	{ KVM_S2_A_EXTENT_FACTS, "facts", U32 },
	{ KVM_S2_A_EXTENT_VMA_TYPE, "vma-type", U32 },
	{ KVM_S2_A_EXTENT_PREDICTED, "predicted", U32 },
	{ KVM_S2_A_EXTENT_MAPPED, "mapped", U32 },
	{ KVM_S2_A_EXTENT_PERM, "perm", U32 },
	{ KVM_S2_A_EXTENT_MEMATTR, "memattr", U32 },
	{ KVM_S2_A_EXTENT_VERDICT, "verdict", U32 },
	{ KVM_S2_A_EXTENT_REASON, "reason", U32 },
	{ 0, NULL, U8 },
};

static void print_attr(FILE *out, const struct attr *a, struct nlattr *nla)
{
	fprintf(out, "\"%s\":", a->name);
	switch (a->kind) {
	case U8:
		fprintf(out, "%u", nla_get_u8(nla));
		break;
	case U32:
		fprintf(out, "%u", nla_get_u32(nla));
		break;
	case UINT:
		fprintf(out, "%" PRIu64, nla_len(nla) == 8 ? nla_get_u64(nla) :
							   nla_get_u32(nla));
		break;
	case STRING:
		fprintf(out, "\"%s\"", nla_get_string(nla));
		break;
	}
}

void print_attrs(FILE *out, const struct attr *attrs, struct nlattr **tb)
{
	bool first = true;

	for (const struct attr *a = attrs; a->name; a++) {
		if (!tb[a->nr])
			continue;
		fputs(first ? "" : ",", out);
		print_attr(out, a, tb[a->nr]);
		first = false;
	}
}

static int on_object(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *tb[64];

	if (genlmsg_parse(nlh, 0, tb, 63, NULL) < 0) {
		x->err = EBADMSG;
		return NL_STOP;
	}
	if (x->attrs == vm_attrs && tb[KVM_S2_A_VM_ID] && x->objects < 64) {
		struct nlattr *id = tb[KVM_S2_A_VM_ID];

		x->ids[x->objects] = nla_len(id) == 8 ? nla_get_u64(id) :
							nla_get_u32(id);
	}
	if (!x->quiet) {
		printf("%s{", x->objects ? "," : "");
		print_attrs(stdout, x->attrs, tb);
		printf("}");
	}
	x->objects++;
	return NL_OK;
}

/* The attributes behind an error, or behind what ends a dump. */
static void parse_extack(struct exchange *x, struct nlattr *head, int len)
{
	struct nlattr *tb[16];

	if (nla_parse(tb, 15, head, len, NULL) < 0)
		return;
	if (tb[NLMSGERR_ATTR_MSG])
		snprintf(x->text, sizeof(x->text), "%s",
			 nla_get_string(tb[NLMSGERR_ATTR_MSG]));
	if (tb[NLMSGERR_ATTR_OFFS])
		x->bad_offset = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		x->miss_type = nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]);
}

static int on_error(struct sockaddr_nl *nla, struct nlmsgerr *e, void *arg)
{
	struct exchange *x = arg;
	struct nlmsghdr *nlh = (void *)((char *)e - NLMSG_HDRLEN);
	int skip = sizeof(*e);

	(void)nla;
	x->done = true;
	x->err = -e->error;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NL_STOP;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	parse_extack(x, (void *)((char *)e + NLMSG_ALIGN(skip)),
		     nlh->nlmsg_len - NLMSG_HDRLEN - NLMSG_ALIGN(skip));
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->done = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct exchange *x = arg;
	int err = 0;

	if (nlmsg_datalen(nlh) >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(nlh), sizeof(err));
	x->err = -err;
	x->done = true;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		parse_extack(x, (void *)((char *)nlmsg_data(nlh) +
					 NLMSG_ALIGN(sizeof(err))),
			     nlmsg_datalen(nlh) - NLMSG_ALIGN(sizeof(err)));
	return NL_STOP;
}

/* Without this libnl stops at the mark; what was dumped is wanted as well. */
static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->interrupted = true;
	return NL_OK;
}

static int exchange(struct client *c, struct nl_msg *msg, struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_CUSTOM);
	int ret;

	x->bad_offset = -1;
	x->miss_type = -1;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_object, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, NULL, NULL);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	ret = nl_send_auto(c->sock, msg);
	nlmsg_free(msg);
	while (ret >= 0 && !x->done) {
		ret = nl_recvmsgs(c->sock, cb);
		if (x->done)
			ret = 0;
	}
	nl_cb_put(cb);
	if (ret < 0 && !x->err)
		x->err = EPROTO;
	return x->err;
}

struct nl_msg *request(struct client *c, int cmd, bool dump)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, c->family, 0,
				 dump ? NLM_F_DUMP : NLM_F_ACK, cmd,
				 KVM_S2_FAMILY_VERSION)) {
		fprintf(stderr, "nlclient: out of memory\n");
		exit(1);
	}
	return msg;
}

static int open_client(struct client *c)
{
	int one = 1, ret;

	c->sock = nl_socket_alloc();
	if (!c->sock)
		return -NLE_NOMEM;
	ret = genl_connect(c->sock);
	if (ret < 0)
		return ret;
	nl_socket_disable_auto_ack(c->sock);
	setsockopt(nl_socket_get_fd(c->sock), SOL_NETLINK, NETLINK_EXT_ACK,
		   &one, sizeof(one));
	setsockopt(nl_socket_get_fd(c->sock), SOL_NETLINK,
		   NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	c->family = genl_ctrl_resolve(c->sock, KVM_S2_FAMILY_NAME);
	return c->family < 0 ? c->family : 0;
}

static int failed(const char *what, const struct exchange *x)
{
	fprintf(stderr, "nlclient: %s: %s%s%s\n", what, strerror(x->err),
		x->text[0] ? ": " : "", x->text);
	return 1;
}

/* One array of objects; what it came to is printed by the caller. */
static int dump_one(struct client *c, int cmd, const struct attr *attrs,
		    uint64_t vm, bool phys, struct exchange *x)
{
	struct nl_msg *msg = request(c, cmd, true);

	*x = (struct exchange) { .attrs = attrs };
	if (cmd == KVM_S2_CMD_SLOT_GET)
		nla_put_u64(msg, KVM_S2_A_SLOT_VM_ID, vm);
	if (cmd == KVM_S2_CMD_EXTENT_GET)
		nla_put_u64(msg, KVM_S2_A_EXTENT_VM_ID, vm);
	if (phys)
		nla_put_flag(msg, KVM_S2_A_EXTENT_PHYS);
	if (exchange(c, msg, x))
		return failed("dump", x);
	return 0;
}

static int dump(struct client *c, bool phys)
{
	struct exchange host = { .attrs = host_attrs }, vms, x;
	bool interrupted = false;

	printf("{\"host\":");
	if (exchange(c, request(c, KVM_S2_CMD_HOST_GET, false), &host))
		return failed("host-get", &host);
	printf(",\"vms\":[");
	if (dump_one(c, KVM_S2_CMD_VM_GET, vm_attrs, 0, false, &vms))
		return 1;
	printf("]");
	for (unsigned int i = 0; i < vms.objects && i < 64; i++) {
		printf(",\"slots-%" PRIu64 "\":[", vms.ids[i]);
		if (dump_one(c, KVM_S2_CMD_SLOT_GET, slot_attrs, vms.ids[i],
			     false, &x))
			return 1;
		interrupted |= x.interrupted;
		printf("],\"extents-%" PRIu64 "\":[", vms.ids[i]);
		if (dump_one(c, KVM_S2_CMD_EXTENT_GET, extent_attrs,
			     vms.ids[i], phys, &x))
			return 1;
		interrupted |= x.interrupted;
		printf("]");
	}
	printf(",\"interrupted\":%s}\n", interrupted ? "true" : "false");
	return 0;
}

/* Which attribute of the request begins at an offset?  -1: none does. */
static int attr_at(struct nl_msg *msg, int offset)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *nla = (void *)((char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN);
	int left = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;

	for (; nla_ok(nla, left); nla = nla_next(nla, &left))
		if ((char *)nla - (char *)nlh == offset)
			return nla_type(nla);
	return -1;
}

/*
 * Sends a request and reports, with the objects that came if there is a table
 * for them; @msg is consumed.
 */
void report(struct client *c, const char *name, struct nl_msg *msg,
	    const struct attr *attrs)
{
	struct exchange x = { .attrs = attrs ?: host_attrs, .quiet = !attrs };
	struct nl_msg *copy;

	nl_complete_msg(c->sock, msg);
	copy = nlmsg_convert(nlmsg_hdr(msg));
	printf("{\"case\":\"%s\"%s", name, attrs ? ",\"list\":[" : "");
	exchange(c, msg, &x);
	printf("%s,\"errno\":%d,\"objects\":%u,\"text\":\"%s\"",
	       attrs ? "]" : "", x.err, x.objects, x.text);
	if (x.bad_offset >= 0)
		printf(",\"bad_attr\":%d", attr_at(copy, x.bad_offset));
	if (x.miss_type >= 0)
		printf(",\"missing\":%d", x.miss_type);
	if (x.interrupted)
		printf(",\"interrupted\":true");
	printf("}\n");
	nlmsg_free(copy);
}

enum value { NONE, V8, V16, V32, V64, VFLAG };

/* A request with up to three attributes. */
struct bad {
	const char *name;
	int cmd;
	bool dump;
	struct {
		int attr;
		enum value kind;
		uint64_t val;
	} a[3];
};

#define THE_VM	UINT64_MAX	/* stands for the VM from the command line */
#define NO_VM	0x7fffffffffffull

static const struct bad bads[] = {
	{ "vm-get without id", KVM_S2_CMD_VM_GET, false, { } },
	{ "vm-get of no VM", KVM_S2_CMD_VM_GET, false,
	  { { KVM_S2_A_VM_ID, V64, NO_VM } } },
	{ "vm-get id 0", KVM_S2_CMD_VM_GET, false,
	  { { KVM_S2_A_VM_ID, V32, 0 } } },
	{ "vm-get id of 2 bytes", KVM_S2_CMD_VM_GET, false,
	  { { KVM_S2_A_VM_ID, V16, 1 } } },
	{ "vm-get unknown attribute", KVM_S2_CMD_VM_GET, false,
	  { { KVM_S2_A_VM_ID, V64, THE_VM }, { 50, V32, 1 } } },
	{ "vm-get attribute of a reply", KVM_S2_CMD_VM_GET, false,
	  { { KVM_S2_A_VM_ID, V64, THE_VM }, { KVM_S2_A_VM_TGID, V32, 1 } } },
	{ "host-get with an attribute", KVM_S2_CMD_HOST_GET, false,
	  { { KVM_S2_A_HOST_FWB, V8, 1 } } },
	{ "vm dump with an attribute", KVM_S2_CMD_VM_GET, true,
	  { { KVM_S2_A_VM_ID, V64, THE_VM } } },
	{ "host-get as a dump", KVM_S2_CMD_HOST_GET, true, { } },
	{ "slot-get without vm-id", KVM_S2_CMD_SLOT_GET, false,
	  { { KVM_S2_A_SLOT_SLOT, V32, 0 } } },
	{ "slot-get without slot", KVM_S2_CMD_SLOT_GET, false,
	  { { KVM_S2_A_SLOT_VM_ID, V64, THE_VM } } },
	{ "slot-get of no VM", KVM_S2_CMD_SLOT_GET, false,
	  { { KVM_S2_A_SLOT_VM_ID, V64, NO_VM },
	    { KVM_S2_A_SLOT_SLOT, V32, 0 } } },
	{ "slot-get of no slot", KVM_S2_CMD_SLOT_GET, false,
	  { { KVM_S2_A_SLOT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_SLOT_SLOT, V32, 777 } } },
	{ "slot-get of slot ~0", KVM_S2_CMD_SLOT_GET, false,
	  { { KVM_S2_A_SLOT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_SLOT_SLOT, V32, UINT32_MAX } } },
	{ "slot-get slot of 8 bytes", KVM_S2_CMD_SLOT_GET, false,
	  { { KVM_S2_A_SLOT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_SLOT_SLOT, V64, 0 } } },
	{ "slot dump without vm-id", KVM_S2_CMD_SLOT_GET, true, { } },
	{ "slot dump of no VM", KVM_S2_CMD_SLOT_GET, true,
	  { { KVM_S2_A_SLOT_VM_ID, V64, NO_VM } } },
	{ "extent dump without vm-id", KVM_S2_CMD_EXTENT_GET, true, { } },
	{ "extent dump of no VM", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, NO_VM } } },
	{ "extent dump of no slot", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_SLOT, V32, 777 } } },
	{ "extent dump bytes 0", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_BYTES, V32, 0 } } },
	{ "extent dump gpa not aligned", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_GPA, V32, 1 } } },
	{ "extent dump bytes not aligned", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_BYTES, V32, 4097 } } },
	{ "extent dump gpa beyond", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_GPA, V64, 1ull << 52 } } },
	{ "extent dump range overflows", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_GPA, V32, 0x2000 },
	    { KVM_S2_A_EXTENT_BYTES, V64, -0x1000ull } } },
	{ "extent dump phys with a value", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_PHYS, V32, 1 } } },
	{ "extent dump attribute of a reply", KVM_S2_CMD_EXTENT_GET, true,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM },
	    { KVM_S2_A_EXTENT_HPA, V64, 1 } } },
	{ "extent-get not as a dump", KVM_S2_CMD_EXTENT_GET, false,
	  { { KVM_S2_A_EXTENT_VM_ID, V64, THE_VM } } },
	{ "unknown command", 99, false, { } },
};

static void put_value(struct nl_msg *msg, int attr, enum value kind,
		      uint64_t val)
{
	switch (kind) {
	case NONE:
		break;
	case V8:
		nla_put_u8(msg, attr, val);
		break;
	case V16:
		nla_put_u16(msg, attr, val);
		break;
	case V32:
		nla_put_u32(msg, attr, val);
		break;
	case V64:
		nla_put_u64(msg, attr, val);
		break;
	case VFLAG:
		nla_put_flag(msg, attr);
		break;
	}
}

static int refusals(struct client *c, uint64_t vm)
{
	for (unsigned int i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		const struct bad *b = &bads[i];
		struct nl_msg *msg = request(c, b->cmd, b->dump);

		for (int j = 0; j < 3; j++)
			put_value(msg, b->a[j].attr, b->a[j].kind,
				  b->a[j].val == THE_VM ? vm : b->a[j].val);
		report(c, b->name, msg, NULL);
	}
	return 0;
}

/* All that an administrator may do: for those who may not. */
static int try_all(struct client *c)
{
	static const struct bad tries[] = {
		{ "host-get", KVM_S2_CMD_HOST_GET, false, { } },
		{ "vm-get", KVM_S2_CMD_VM_GET, false,
		  { { KVM_S2_A_VM_ID, V64, 1 } } },
		{ "vm dump", KVM_S2_CMD_VM_GET, true, { } },
		{ "slot-get", KVM_S2_CMD_SLOT_GET, false,
		  { { KVM_S2_A_SLOT_VM_ID, V64, 1 },
		    { KVM_S2_A_SLOT_SLOT, V32, 0 } } },
		{ "slot dump", KVM_S2_CMD_SLOT_GET, true,
		  { { KVM_S2_A_SLOT_VM_ID, V64, 1 } } },
		{ "extent dump", KVM_S2_CMD_EXTENT_GET, true,
		  { { KVM_S2_A_EXTENT_VM_ID, V64, 1 } } },
		{ "extent dump phys", KVM_S2_CMD_EXTENT_GET, true,
		  { { KVM_S2_A_EXTENT_VM_ID, V64, 1 },
		    { KVM_S2_A_EXTENT_PHYS, VFLAG, 0 } } },
		{ "policy dump", KVM_S2_CMD_POLICY_GET, true, { } },
		{ "policy-set", KVM_S2_CMD_POLICY_SET, false,
		  { { KVM_S2_A_POLICY_CLASS, V32, KVM_S2_CLASS_RAM },
		    { KVM_S2_A_POLICY_CONSTRAINTS, V32,
		      KVM_S2_CONSTRAINT_NOEXEC },
		    { KVM_S2_A_POLICY_MODE, V32, KVM_S2_MODE_AUDIT } } },
		{ "policy check", KVM_S2_CMD_POLICY_CHECK, true,
		  { { KVM_S2_A_EXTENT_CLASS, V32, KVM_S2_CLASS_RAM },
		    { KVM_S2_A_EXTENT_CONSTRAINTS, V32,
		      KVM_S2_CONSTRAINT_NOEXEC },
		    { KVM_S2_A_EXTENT_MODE, V32, KVM_S2_MODE_AUDIT } } },
	};

	for (unsigned int i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		const struct bad *b = &tries[i];
		struct nl_msg *msg = request(c, b->cmd, b->dump);

		for (int j = 0; j < 3; j++)
			put_value(msg, b->a[j].attr, b->a[j].kind,
				  b->a[j].val);
		report(c, b->name, msg, NULL);
	}
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: nlclient dump [phys] | refusals VM | try |\n"
			"       policy-get|policy-set|policy-check [KEY=N]... |\n"
			"       script [FIFO] | events FILE COMMAND [ARG]...\n");
	return 64;
}

static int run(struct client *c, int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char *end = NULL;
	uint64_t vm;

	if (!strncmp(what, "policy-", 7))
		return policy_request(c, argc - 1, argv + 1) ? usage() : 0;
	if (!strcmp(what, "script") && argc <= 3)
		return policy_script(c, argv[2]) ? usage() : 0;
	if (!strcmp(what, "events") && argc > 3)
		return watch_events(c, argv[2], argv + 3);
	if (!strcmp(what, "try") && argc == 2)
		return try_all(c);
	if (!strcmp(what, "dump") && argc == 2)
		return dump(c, false);
	if (!strcmp(what, "dump") && argc == 3 && !strcmp(argv[2], "phys"))
		return dump(c, true);
	if (strcmp(what, "refusals") || argc != 3)
		return usage();
	vm = strtoull(argv[2], &end, 10);
	if (!vm || *end)
		return usage();
	return refusals(c, vm);
}

int main(int argc, char **argv)
{
	struct client c = { 0 };
	int ret = open_client(&c);

	if (ret < 0) {
		fprintf(stderr, "nlclient: %s: %s\n", KVM_S2_FAMILY_NAME,
			nl_geterror(ret));
		return 1;
	}
	ret = run(&c, argc, argv);
	if (fflush(stdout))
		ret = 1;
	nl_socket_free(c.sock);
	return ret;
}
