// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel answers.  The first byte of the input says what is done; then
 * come datagrams: two bytes of length, little-endian, one that says what it is
 * (enum what), and its bytes.  Sequence numbers and ports that are zero are
 * those of the request, so that an answer gets further than that.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "json/json.h"
#include "source/kernel/kernel.h"

#define PORT	7

enum what {
	FROM_KERNEL,
	FROM_OTHER,		/* another process sent it */
	ERROR,			/* none; the length is the number of an error */
	WHATS
};

enum action {
	AUDIT,
	TRY,
	MONITOR,
	APPLY,
	ACTIONS
};

struct kernel {
	const uint8_t *at;
	size_t left;
	uint32_t seq;
	int end;		/* what there is after the last datagram */
};

/* A dump that finds the VMM busy waits a while for it: not here */
int usleep(useconds_t usec)
{
	(void)usec;
	return 0;
}

static int take_request(void *priv, const void *buf, size_t len)
{
	struct kernel *kernel = priv;
	const struct nlmsghdr *nlh = buf;

	fuzz_must(len >= sizeof(*nlh) && nlh->nlmsg_len == len,
		  "a request of the wrong length");
	kernel->seq = nlh->nlmsg_seq;
	return 0;
}

static void address_messages(const struct kernel *kernel, char *buf, size_t len)
{
	size_t at = 0;

	while (len - at >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)(buf + at);

		if (!nlh->nlmsg_seq)
			nlh->nlmsg_seq = kernel->seq;
		if (!nlh->nlmsg_pid)
			nlh->nlmsg_pid = PORT;
		if (nlh->nlmsg_len < sizeof(*nlh) ||
		    MNL_ALIGN((size_t)nlh->nlmsg_len) > len - at)
			break;
		at += MNL_ALIGN(nlh->nlmsg_len);
	}
}

static ssize_t answer(void *priv, void *buf, size_t size, uint32_t *from)
{
	struct kernel *kernel = priv;
	size_t len;
	enum what what;

	if (kernel->left < 3)
		return kernel->end;
	len = (kernel->at[0] | (size_t)kernel->at[1] << 8) & 0xfff;
	what = kernel->at[2] % WHATS;
	kernel->at += 3;
	kernel->left -= 3;
	if (what == ERROR)
		return len ? -(ssize_t)len : -EIO;
	if (len > kernel->left)
		len = kernel->left;
	fuzz_must(len <= size, "no room for a datagram");
	memcpy(buf, kernel->at, len);
	kernel->at += len;
	kernel->left -= len;
	address_messages(kernel, buf, len);
	*from = what == FROM_OTHER ? 99 : 0;
	return (ssize_t)len;
}

static int join(void *priv, uint32_t group)
{
	struct kernel *kernel = priv;

	kernel->end = -EAGAIN;
	return group == 13 ? -EPERM : 0;
}

static int fd(void *priv)
{
	(void)priv;
	return -1;
}

static void close_nothing(void *priv)
{
	(void)priv;
}

static struct s2_nl *open_nl(struct s2_ctx *ctx, struct kernel *kernel)
{
	static const struct s2_nl_io io = {
		.send = take_request, .recv = answer, .join = join, .fd = fd,
		.close = close_nothing,
	};
	struct s2_nl *nl;

	fuzz_must(!s2_nl_open_io(ctx, &io, kernel, &nl), "no connection");
	nl->portid = PORT;
	return nl;
}

static struct s2_model *load(struct s2_ctx *ctx, struct s2_source *src,
			     unsigned int flags)
{
	struct s2_load_options opt = { .size = sizeof(opt), .flags = flags };
	struct s2_model *model;
	int err = s2_load(src, &opt, &model);

	if (err)
		fuzz_must_explain(ctx, err);
	return model;
}

static void audit(struct s2_ctx *ctx, struct s2_source *src)
{
	struct s2_json_options opt = { .size = sizeof(opt), .kind = "audit" };
	struct s2_model *model = load(ctx, src, S2_LOAD_DEVICES |
				      S2_LOAD_POLICY);
	struct s2_report *report;
	size_t size;

	if (!model)
		return;
	fuzz_must(!s2_audit(ctx, model, &report), "no audit");
	opt.model = model;
	opt.report = report;
	free(fuzz_json(&opt, &size));
	s2_report_unref(report);
	s2_model_unref(model);
}

static void try(struct s2_ctx *ctx, struct s2_source *src)
{
	struct s2_policy policy = {
		.vm_id = 9, .slot = S2_ANY_SLOT, .mem_class = 1,
		.constraints = 1, .mode = 2,
	};
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "policy-set",
	};
	struct s2_model *model;
	uint64_t generation;
	size_t size;
	int err = s2_policy_try(src, &policy, &model);

	if (err) {
		fuzz_must_explain(ctx, err);
	} else {
		opt.model = model;
		free(fuzz_json(&opt, &size));
		s2_model_unref(model);
	}
	err = s2_policy_set(src, &policy, &generation);
	if (err)
		fuzz_must_explain(ctx, err);
}

static void print_event(const struct s2_obj *event)
{
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	fuzz_must(!s2_json_write_obj(file, event), "event not written");
	fclose(file);
	fuzz_must_print(text, size);
	free(text);
}

/* As s2ctl monitor: the state, what happens, and the state again */
static void monitor(struct s2_ctx *ctx, struct s2_source *src,
		    struct kernel *kernel)
{
	const struct s2_obj *event;
	struct s2_monitor *m;
	struct s2_model *model;
	int err = s2_monitor_open_nl(ctx, open_nl(ctx, kernel), &m);

	if (err) {
		fuzz_must_explain(ctx, err);
		return;
	}
	model = load(ctx, src, S2_LOAD_VMS | S2_LOAD_POLICY);
	if (model) {
		s2_monitor_select(m, model);
		s2_monitor_dump(m, model);
		s2_model_unref(model);
	}
	do {
		err = s2_monitor_next(m, &event);
		if (event)
			print_event(event);
	} while (!err || err == -ENOBUFS || err == -EBADMSG);
	s2_monitor_close(m);
}

static void apply(struct s2_ctx *ctx, struct s2_source *src)
{
	static const char path[] = SRCDIR "/packaging/policy.d/00-example.json";
	const char *paths[] = { path };
	struct s2_json_options opt = {
		.size = sizeof(opt), .kind = "policy-plan",
	};
	struct s2_model *model = load(ctx, src, S2_LOAD_DEVICES |
				      S2_LOAD_POLICY);
	struct s2_site *site = NULL;
	struct s2_plan *plan = NULL;
	size_t size;
	int err;

	if (!model)
		return;
	fuzz_must(!s2_site_load(ctx, paths, 1, &site), "%s: refused", path);
	err = s2_site_plan(site, model, S2_PLAN_PRUNE, &plan);
	if (!err)
		err = s2_plan_try(plan, src, model);
	if (!err)
		err = s2_plan_apply(plan, src);
	if (err)
		fuzz_must_explain(ctx, err);
	if (plan) {
		opt.model = s2_plan_outcome(plan);
		opt.plan = plan;
		free(fuzz_json(&opt, &size));
	}
	s2_plan_free(plan);
	s2_site_free(site);
	s2_model_unref(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct s2_ctx *ctx = fuzz_ctx();
	struct kernel kernel = { .end = -EIO };
	struct s2_source *src;

	if (size) {
		kernel.at = data + 1;
		kernel.left = size - 1;
	}
	fuzz_must(!s2_open_kernel_nl(ctx, open_nl(ctx, &kernel), &src),
		  "no source");
	switch (size ? data[0] % ACTIONS : AUDIT) {
	case AUDIT:
		audit(ctx, src);
		break;
	case TRY:
		try(ctx, src);
		break;
	case MONITOR:
		monitor(ctx, src, &kernel);
		break;
	case APPLY:
		apply(ctx, src);
		break;
	}
	s2_source_close(src);
	s2_ctx_unref(ctx);
	return 0;
}
