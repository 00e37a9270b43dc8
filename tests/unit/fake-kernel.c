// SPDX-License-Identifier: GPL-2.0-only
/* A kernel of our own, one message after the other */
#include "fake-kernel.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2_netlink.h>
#include <linux/kvm_s2_types.h>

#include "source/kernel/kernel.h"

static int fake_send(void *priv, const void *buf, size_t len)
{
	struct fake *fake = priv;

	assert_true(fake->nr_sent < MAX && len <= sizeof(fake->sent[0]));
	memcpy(fake->sent[fake->nr_sent++], buf, len);
	return 0;
}

static ssize_t fake_recv(void *priv, void *buf, size_t size, uint32_t *from)
{
	struct fake *fake = priv;
	struct nlmsghdr *nlh = buf;
	size_t n = fake->next++;
	int left;

	if (n >= fake->count)
		return fake->end ? fake->end : -EIO;
	if (fake->error[n])
		return fake->error[n];
	assert_true(fake->len[n] <= size);
	memcpy(buf, fake->datagram[n], fake->len[n]);
	left = (int)fake->len[n];
	while (left >= (int)sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) &&
	       nlh->nlmsg_len <= (unsigned int)left) {
		struct nlmsghdr *sent =
			(struct nlmsghdr *)fake->sent[fake->nr_sent - 1];

		if (!nlh->nlmsg_seq)
			nlh->nlmsg_seq = sent->nlmsg_seq;
		if (!nlh->nlmsg_pid)
			nlh->nlmsg_pid = PORT;
		nlh = mnl_nlmsg_next(nlh, &left);
	}
	*from = fake->from[n];
	return fake->len[n];
}

static void fake_close(void *priv)
{
	struct fake *fake = priv;

	for (size_t i = 0; i < fake->count; i++)
		free(fake->datagram[i]);
	memset(fake, 0, sizeof(*fake));
}

static int fake_join(void *priv, uint32_t group)
{
	struct fake *fake = priv;

	fake->group = group;
	return 0;
}

static int fake_fd(void *priv)
{
	(void)priv;
	return 42;
}

static const struct s2_nl_io fake_io = {
	.send = fake_send, .recv = fake_recv, .join = fake_join, .fd = fake_fd,
	.close = fake_close,
};

struct nlmsghdr *begin(struct fake *fake, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh;

	assert_true(fake->count < MAX);
	fake->datagram[fake->count] = calloc(1, 4096);
	nlh = mnl_nlmsg_put_header(fake->datagram[fake->count]);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	if (type == FAMILY || type == GENL_ID_CTRL)
		mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	return nlh;
}

void commit(struct fake *fake, const struct nlmsghdr *nlh)
{
	fake->len[fake->count++] = nlh->nlmsg_len;
}

void say_error(struct fake *fake, int error)
{
	struct nlmsghdr *nlh = begin(fake, NLMSG_ERROR, NLM_F_CAPPED);
	struct nlmsgerr *msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));

	msg->error = error;
	commit(fake, nlh);
}

void say_nothing(struct fake *fake, int error)
{
	assert_true(fake->count < MAX);
	fake->error[fake->count++] = error;
}

void say_done(struct fake *fake, uint16_t flags, int error)
{
	struct nlmsghdr *nlh = begin(fake, NLMSG_DONE, NLM_F_MULTI | flags);

	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(error)) = error;
	commit(fake, nlh);
}

void say_family(struct fake *fake)
{
	struct nlmsghdr *nlh = begin(fake, GENL_ID_CTRL, 0);

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	commit(fake, nlh);
	say_error(fake, 0);
}

void say_group(struct fake *fake)
{
	struct nlmsghdr *nlh = begin(fake, GENL_ID_CTRL, 0);
	struct nlattr *groups, *group;

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, 76);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, "event");
	mnl_attr_nest_end(nlh, group);
	group = mnl_attr_nest_start(nlh, 2);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, 77);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, "events");
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	commit(fake, nlh);
	say_error(fake, 0);
}

void say_host(struct fake *fake)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, 0);

	mnl_attr_put_u32(nlh, KVM_S2_A_HOST_FEATURES, 7);
	mnl_attr_put_u8(nlh, KVM_S2_A_HOST_FWB, 1);
	mnl_attr_put_u8(nlh, KVM_S2_A_HOST_DIC, 0);
	mnl_attr_put_u8(nlh, KVM_S2_A_HOST_PKVM, 0);
	mnl_attr_put_u32(nlh, KVM_S2_A_HOST_PAGE_SIZE, 65536);
	mnl_attr_put_u32(nlh, KVM_S2_A_HOST_VMS, 1);
	/* "uint" in its long form */
	mnl_attr_put_u64(nlh, KVM_S2_A_HOST_LAST_VM_ID, 9);
	commit(fake, nlh);
	say_error(fake, 0);
}

void say_vm(struct fake *fake, uint64_t id)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, NLM_F_MULTI);

	mnl_attr_put_u32(nlh, KVM_S2_A_VM_ID, id);
	mnl_attr_put_u32(nlh, KVM_S2_A_VM_TGID, 4000000);
	mnl_attr_put_strz(nlh, KVM_S2_A_VM_COMM, "vmm\x1b[2J");
	mnl_attr_put_u8(nlh, KVM_S2_A_VM_ALIVE, 1);
	mnl_attr_put_u32(nlh, KVM_S2_A_VM_VCPUS, 2);
	mnl_attr_put_u32(nlh, KVM_S2_A_VM_SLOTS, 1);
	mnl_attr_put_u32(nlh, KVM_S2_A_VM_IPA_BITS, 40);
	mnl_attr_put_u32(nlh, KVM_S2_A_VM_FACTS, KVM_S2_FACT_FWB);
	commit(fake, nlh);
}

void say_slot(struct fake *fake, uint32_t slot, uint64_t gpa,
		     uint64_t bytes)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, NLM_F_MULTI);

	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_VM_ID, 9);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_SLOT, slot);
	mnl_attr_put_u64(nlh, KVM_S2_A_SLOT_GPA, gpa);
	mnl_attr_put_u64(nlh, KVM_S2_A_SLOT_BYTES, bytes);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_CLASS, KVM_S2_CLASS_RAM);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_MAPPED, KVM_S2_TYPE_WB);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_FACTS, KVM_S2_FACT_FWB);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_REASON, KVM_S2_REASON_MAP_MEMORY);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_PERM, 7);
	mnl_attr_put_u32(nlh, KVM_S2_A_SLOT_WB_BYTES, 4096);
	commit(fake, nlh);
}

void say_extent(struct fake *fake, uint64_t gpa, uint64_t bytes,
		       uint32_t class, uint32_t mapped, uint64_t hpa)
{
	struct nlmsghdr *nlh = begin(fake, FAMILY, NLM_F_MULTI);

	mnl_attr_put_u32(nlh, KVM_S2_A_EXTENT_SLOT, 0);
	mnl_attr_put_u64(nlh, KVM_S2_A_EXTENT_GPA, gpa);
	mnl_attr_put_u64(nlh, KVM_S2_A_EXTENT_BYTES, bytes);
	mnl_attr_put_u32(nlh, KVM_S2_A_EXTENT_CLASS, class);
	mnl_attr_put_u32(nlh, KVM_S2_A_EXTENT_MAPPED, mapped);
	if (hpa)
		mnl_attr_put_u64(nlh, KVM_S2_A_EXTENT_HPA, hpa);
	commit(fake, nlh);
}

int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->root = make_dir();
	/* No real /proc or /sys: what is found is what the messages say */
	s2_ctx_set_root(state->ctx, S2_ROOT_PROC, state->root);
	s2_ctx_set_root(state->ctx, S2_ROOT_SYS, state->root);
	s2_ctx_set_root(state->ctx, S2_ROOT_DEBUG, state->root);
	*data = state;
	return 0;
}

int teardown(void **data)
{
	struct state *state = *data;

	s2_source_close(state->src);
	s2_ctx_unref(state->ctx);
	drop_dir(state->root);
	free(state);
	return 0;
}

struct s2_nl *open_fake_nl(struct s2_ctx *ctx, struct fake *fake)
{
	struct s2_nl *nl;

	assert_int_equal(s2_nl_open_io(ctx, &fake_io, fake, &nl), 0);
	nl->portid = PORT;
	return nl;
}

void open_fake(struct state *state)
{
	struct s2_nl *nl = open_fake_nl(state->ctx, &state->fake);

	assert_int_equal(s2_open_kernel_nl(state->ctx, nl, &state->src), 0);
}

struct s2_model *load(struct state *state, unsigned int flags)
{
	struct s2_load_options opt = { .size = sizeof(opt), .flags = flags };
	struct s2_model *model;

	assert_int_equal(s2_load(state->src, &opt, &model), 0);
	return model;
}

const char *problem(const struct s2_model *model, unsigned int id)
{
	const struct s2_obj *obj = s2_model_first(model, S2_OBJ_PROBLEM);

	assert_non_null(obj);
	return s2_obj_str(obj, id);
}
