// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl enforce: the service */
#include <errno.h>
#include <libudev.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "commands/commands.h"
#include "enforce/enforce.h"
#include "enforce/systemd.h"
#include "frame/session.h"
#include "policy/policy.h"

uint64_t enforce_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	/* Never 0, which is no time */
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000 + 1;
}

/* ------------------------------------------------------------------- policy */

static int read_site(struct enforce *e, struct s2_site **site)
{
	return s2_site_load(e->ctx, e->paths, e->n_paths, site);
}

/* The new policy, if it is good; else the one that there was */
static void reload(struct enforce *e)
{
	struct s2_site *site;
	int err;

	systemd_notify("RELOADING=1");
	err = read_site(e, &site);
	if (err) {
		enforce_log(&(struct log_entry){ .id = LOG_KEPT },
			    "%s: the policy before stays in force",
			    s2_ctx_error(e->ctx));
	} else {
		s2_site_free(e->site);
		e->site = site;
		e->n_rules = s2_site_count(site);
		enforce_log(&(struct log_entry){ .id = LOG_RELOADED },
			    "%zu rules were read", e->n_rules);
		vms_anew(e);
	}
	e->current = !err;
	metrics_soon(e);
	systemd_notify("READY=1\nSTATUS=%zu rules%s", e->n_rules,
		       err ? "; the last reload failed" : "");
}

/* --------------------------------------------------------------------- loop */

/* Whether to go on */
static bool take_signals(struct enforce *e, int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGHUP)
			return false;
		reload(e);
	}
	return true;
}

static int timeout(const struct enforce *e)
{
	uint64_t due = sooner(sooner(sooner(e->audit, e->reopen), e->anew),
			      sooner(e->retry, seen_due(e)));
	uint64_t now = enforce_now();

	if (e->look)
		return 0;
	if (!due)
		return -1;
	return due <= now ? 0 : due - now < 60000 ? (int)(due - now) : 60000;
}

static void work(struct enforce *e)
{
	uint64_t now;

	events_take(e);
	now = enforce_now();
	if (e->retry && e->retry <= now) {
		e->retry = 0;
		e->look = true;
	}
	if (e->anew && e->anew <= now)
		vms_anew(e);
	if (e->look || (seen_due(e) && seen_due(e) <= now))
		vms_look(e);
	if (e->audit && e->audit <= enforce_now())
		metrics_audit(e);
}

static void loop(struct enforce *e, int signals)
{
	bool on = true;

	while (on) {
		struct pollfd fds[] = {
			{ .fd = signals, .events = POLLIN },
			{ .fd = e->monitor ? s2_monitor_fd(e->monitor) : -1,
			  .events = POLLIN },
			{ .fd = e->uevents ?
				udev_monitor_get_fd(e->uevents) : -1,
			  .events = POLLIN },
		};

		systemd_work_ends();
		if (poll(fds, COUNT_OF(fds), timeout(e)) < 0 && errno != EINTR)
			break;
		systemd_work_begins();
		on = take_signals(e, signals);
		if (on)
			work(e);
	}
}

/* -------------------------------------------------------------------- begin */

static int open_signals(void)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	return signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int begin(struct enforce *e)
{
	int err = s2_ctx_new(&e->ctx), status;

	if (err)
		return cli_failed(err);
	err = read_site(e, &e->site);
	if (err)
		return session_failed(e->ctx, -EINVAL);
	e->n_rules = s2_site_count(e->site);
	status = accept_read(&e->accept, e->ctx, e->cli);
	if (status >= 0)
		return status;
	err = s2_open_kernel(e->ctx, &e->src);
	/* Before VMs are looked at: what comes meanwhile is told of */
	if (!err)
		err = events_open(e);
	return err ? session_failed(e->ctx, err) : -1;
}

/* What runs already, and the first audit */
static void first_round(struct enforce *e)
{
	e->current = true;
	vms_anew(e);
	e->started = (uint64_t)time(NULL);
	metrics_audit(e);
	enforce_log(&(struct log_entry){ .id = LOG_STARTED },
		    "%zu rules, %zu VMs", e->n_rules, e->n_vms);
	systemd_notify("READY=1\nSTATUS=%zu rules", e->n_rules);
}

static void end(struct enforce *e)
{
	events_close(e);
	seen_close(e);
	metrics_close(e);
	accept_close(&e->accept);
	s2_site_free(e->site);
	s2_source_close(e->src);
	s2_ctx_unref(e->ctx);
}

static int enforce(struct enforce *e)
{
	int signals = open_signals(), status;

	if (signals < 0)
		return cli_failed(-errno);
	status = begin(e);
	if (status < 0) {
		first_round(e);
		loop(e, signals);
		systemd_notify("STOPPING=1");
		enforce_log(&(struct log_entry){ .id = LOG_STOPPED },
			    "stopped: what is set stays set");
		status = CLI_OK;
	}
	end(e);
	close(signals);
	return status;
}

static int run_enforce(struct cli *cli, int argc, char **argv)
{
	struct enforce e = {
		.cli = cli,
		.paths = (const char *const *)argv,
		.n_paths = (size_t)argc,
		.libvirt = S2_LIBVIRT_DIR,
	};

	if (cli_given(cli, OPT_FROM))
		return cli_usage("enforce: nothing can be enforced in a snapshot");
	if (cli->json)
		return cli_usage("enforce: it prints nothing but messages: no JSON");
	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], "-"))
			return cli_usage("enforce: a policy must be there to be read again: not '-'");
	if (cli_given(cli, OPT_LIBVIRT))
		e.libvirt = cli->value[OPT_LIBVIRT];
	if (!cli_given(cli, OPT_STOPPED))
		return enforce(&e);
	if (!cli_given(cli, OPT_METRICS))
		return cli_usage("enforce: --stopped goes with --metrics");
	return metrics_stopped(cli->value[OPT_METRICS]);
}

static const enum opt_id options[] = {
	OPT_FORCE, OPT_PRUNE, OPT_WAIVERS, OPT_METRICS, OPT_LIBVIRT,
	OPT_STOPPED,
};

const struct command cmd_enforce = {
	.name = "enforce",
	.summary = "keep a site policy in force, as a service",
	.synopsis = "[FILE]...",
	.about = "Set what a site policy, by default that in "
		 "/etc/s2ctl/policy.d, and the own policies of libvirt's domains "
		 "ask for, now and for each VM that comes, until it is stopped.  "
		 "What is set stays then.  It tells what it does and what it "
		 "finds, to the journal or on standard error.  SIGHUP has it read "
		 "the policy again.",
	.args = ARGS_FILES,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_enforce,
};
