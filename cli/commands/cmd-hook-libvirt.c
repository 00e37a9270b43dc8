// SPDX-License-Identifier: GPL-2.0-only
/*
 * s2ctl hook libvirt: may a domain that has a policy of its own start here, and has
 * it got it?  The whole daemon waits for us, so we are quick, and never call it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "frame/text.h"
#include "policy/policy.h"

#define TIMES		3	/* that somebody else may be faster */

struct hook {
	struct cli *cli;
	struct s2_ctx *ctx;
	struct s2_source *src;
	struct s2_domain *domain;
	const char *name;	/* as libvirt says it, to find its files */
	const char *dir;
	char *what;		/* "domain 'NAME'", to be read */
};

typedef int (*operation_fn)(struct hook *h);

static int domain_failed(const struct hook *h, int err)
{
	const char *text = s2_ctx_error(h->ctx);

	cli_err("%s: %s", h->what, *text ? text : strerror(-err));
	return CLI_ERROR;
}

/* What the domain asks for cannot be had.  libvirt shows the line to the user */
static int domain_refused(const struct hook *h)
{
	cli_err("%s: %s", h->what, s2_ctx_error(h->ctx));
	return CLI_FINDING;
}

/* ---------------------------------------------------------- before it starts */

static int check_host(struct hook *h, const struct s2_model *host)
{
	int err = s2_domain_check(h->domain, host);

	if (err)
		return err == -ENOMEM ? domain_failed(h, err) :
					domain_refused(h);
	if (s2_model_known(host, S2_OBJ_POLICY))
		return CLI_OK;
	cli_err("%s: this daemon may not set the domain's policy: a session daemon cannot, use qemu:///system",
		h->what);
	return CLI_FINDING;
}

/* Can this host honour the domain's policy? */
static int prepare(struct hook *h)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_POLICY,
	};
	struct s2_model *host;
	int err = s2_load(h->src, &opt, &host), status;

	if (err)
		return domain_failed(h, err);
	status = check_host(h, host);
	s2_model_unref(host);
	return status;
}

/* ---------------------------------------------------------- when it has started */

/* What libvirt keeps of it has the process, which standard input has not */
static int read_status(struct hook *h)
{
	struct s2_domain *running;
	char *path;
	int err;

	if (asprintf(&path, "%s/%s.xml", h->dir, h->name) < 0)
		return -ENOMEM;
	err = s2_domain_load(h->ctx, path, &running);
	free(path);
	if (err)
		return err;
	s2_domain_free(h->domain);
	h->domain = running;
	return 0;
}

/* The site's rules are for it as well: what is set is set for both */
static int make_site(struct hook *h, struct s2_site **site)
{
	int err = access(S2_SITE_DIR, F_OK) ? s2_site_new(h->ctx, site) :
		s2_site_load(h->ctx, NULL, 0, site);

	if (!err)
		err = s2_site_add_domain(*site, h->domain);
	if (!err)
		h->domain = NULL;	/* it is the site's now */
	return err;
}

/*
 * Unless it is so already.  No lock is waited for, which would have the whole
 * daemon wait: if somebody else sets the same VM's policy, the kernel says so.
 */
static int apply_plan(struct hook *h, struct s2_plan *plan)
{
	if (s2_plan_count(plan, S2_ACTION_KEEP) == s2_plan_count(plan, 0))
		return 0;
	return s2_plan_apply(plan, h->src);
}

/* What in use would be denied?  Else it is set.  -EAGAIN: somebody was faster */
static int put_in_force(struct hook *h, const struct s2_site *site,
			const struct s2_model *model)
{
	struct s2_plan *plan;
	int err, status = CLI_OK;

	err = s2_site_plan(site, model, S2_PLAN_VMS | S2_PLAN_KNOWN, &plan);
	if (err)
		return domain_failed(h, err);
	err = s2_plan_try(plan, h->src, model);
	if (!err && s2_plan_bytes(plan, false)) {
		cli_err("%s: its policy denies %" PRIu64 " bytes of what it uses already",
			h->what, s2_plan_bytes(plan, false));
		status = CLI_FINDING;
	} else if (!err) {
		err = apply_plan(h, plan);
	}
	s2_plan_free(plan);
	if (err == -ESTALE)
		return -EAGAIN;
	return err ? domain_failed(h, err) : status;
}

/* The VM of that process, and what its policies make of it */
static int look_at(struct hook *h, const struct s2_site *site,
		   const char *process)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
		.vms = &process,
		.nr_vms = 1,
	};
	int status = -EAGAIN;

	for (int i = 0; status == -EAGAIN && i < TIMES; i++) {
		struct s2_model *model;
		int err = s2_load(h->src, &opt, &model);

		if (err)
			return domain_failed(h, err);
		status = put_in_force(h, site, model);
		s2_model_unref(model);
	}
	return status == -EAGAIN ? domain_failed(h, status) : status;
}

/* Is it in force, and does anything violate it? */
static int started(struct hook *h)
{
	struct s2_site *site = NULL;
	char process[32];
	int err, status;

	err = read_status(h);
	if (!err && !s2_domain_pid(h->domain))
		return domain_failed(h, -ESRCH);
	if (err)
		return domain_failed(h, err);
	snprintf(process, sizeof(process), "pid:%" PRIu64,
		 s2_domain_pid(h->domain));
	err = make_site(h, &site);
	status = err ? domain_failed(h, err) : look_at(h, site, process);
	s2_site_free(site);
	return status;
}

/* To fail would kill a guest that runs: it is only said */
static int reconnect(struct hook *h)
{
	started(h);
	return CLI_OK;
}

/* ------------------------------------------------------------------ operations */

static const struct {
	const char *operation;
	const char *sub;
	operation_fn fn;
} operations[] = {
	{ "prepare", "begin", prepare },
	{ "migrate", "begin", prepare },
	{ "restore", "begin", prepare },
	{ "started", "begin", started },
	{ "reconnect", "begin", reconnect },
};

/* Of what there is nothing to say, nothing fails */
static operation_fn find_operation(const char *operation, const char *sub)
{
	for (size_t i = 0; i < COUNT_OF(operations); i++)
		if (!strcmp(operations[i].operation, operation) &&
		    !strcmp(operations[i].sub, sub))
			return operations[i].fn;
	return NULL;
}

/* A domain without a policy of its own is no concern of ours */
static int serve(struct hook *h, operation_fn fn)
{
	int err = s2_domain_read_file(h->ctx, stdin, h->what, &h->domain);

	if (err) {
		cli_err("%s", s2_ctx_error(h->ctx));
		return CLI_ERROR;
	}
	if (!s2_domain_count(h->domain))
		return CLI_OK;
	err = s2_open_kernel(h->ctx, &h->src);
	return err ? domain_failed(h, err) : fn(h);
}

/* Whoever writes to us must not find that we are gone */
static void drain(void)
{
	char buf[4096];

	while (fread(buf, 1, sizeof(buf), stdin) == sizeof(buf))
		;
}

static int make_what(struct hook *h)
{
	char *name = text_name(h->name);

	if (!name || asprintf(&h->what, "domain '%s'", name) < 0)
		h->what = NULL;
	free(name);
	return h->what ? 0 : -ENOMEM;
}

static int run_hook_libvirt(struct cli *cli, int argc, char **argv)
{
	struct hook h = { .cli = cli, .dir = S2_LIBVIRT_DIR };
	operation_fn fn;
	int err, status;

	if (cli_given(cli, OPT_FROM) || cli->json)
		return cli_usage("hook libvirt: neither snapshots nor JSON");
	if (argc < 3)
		return cli_usage("hook libvirt: NAME, OPERATION and SUBOPERATION are missing");
	if (cli_given(cli, OPT_LIBVIRT))
		h.dir = cli->value[OPT_LIBVIRT];
	h.name = argv[0];
	fn = find_operation(argv[1], argv[2]);
	if (!fn) {
		drain();
		return CLI_OK;
	}
	err = s2_ctx_new(&h.ctx);
	if (!err)
		err = make_what(&h);
	status = err ? cli_failed(err) : serve(&h, fn);
	s2_domain_free(h.domain);
	s2_source_close(h.src);
	s2_ctx_unref(h.ctx);
	free(h.what);
	return fn == reconnect ? CLI_OK : status;
}

static const enum opt_id options[] = { OPT_LIBVIRT };

const struct command cmd_hook_libvirt = {
	.name = "hook libvirt",
	.summary = "answer the qemu hook of libvirt",
	.synopsis = "NAME OPERATION SUBOPERATION [EXTRA]",
	.about = "Called by libvirt's hook /etc/libvirt/hooks/qemu.d/50-s2ctl, "
		 "with the domain's XML on standard input.  For a domain that has "
		 "a policy of its own in its metadata: whether this host can "
		 "honour it, before the domain starts; and once it has started, "
		 "put it in force.",
	.args = ARGS_NONE,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_hook_libvirt,
};
