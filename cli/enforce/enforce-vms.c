// SPDX-License-Identifier: GPL-2.0-only
/* What the policies make of the VMs that are here. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforce/enforce.h"
#include "enforce/systemd.h"
#include "frame/guard.h"
#include "policy/policy.h"

#define LOCK_SECONDS	5
#define TIMES		3	/* that a list of VMs is tried */
#define RETRY_MS	1000
#define RETRY_MAX_MS	300000

/*
 * When to look at a VM again, in ms after the last time: its devices come after
 * the VM, without an event, and so may libvirt's note of it.
 */
static const uint64_t later[] = { 1000, 4000, 25000 };

/* ------------------------------------------------------------------ serving */

/* A signal that waits takes back what was set, and is served first */
static bool is_signalled(void)
{
	sigset_t pending;

	return !sigpending(&pending) && (sigismember(&pending, SIGHUP) ||
					 sigismember(&pending, SIGTERM) ||
					 sigismember(&pending, SIGINT));
}

static unsigned int plan_flags(const struct enforce *e)
{
	unsigned int flags = S2_PLAN_KNOWN;

	/* As for 'policy apply': no rules at all are a mistake, not a wish */
	if (cli_given(e->cli, OPT_PRUNE) && e->n_rules)
		flags |= S2_PLAN_PRUNE;
	return flags;
}

static bool changes_nothing(const struct s2_plan *plan)
{
	return s2_plan_count(plan, S2_ACTION_KEEP) == s2_plan_count(plan, 0);
}

static int apply(struct enforce *e, struct s2_plan *plan)
{
	int err;

	if (guard_lock(GUARD_LOCK, LOCK_SECONDS) >= 0)
		return -EBUSY;
	err = s2_plan_apply(plan, e->src);
	guard_unlock();
	return err;
}

/* "ram: require-fwb,noexec (enforce)", of what was set */
static void write_changes(const struct s2_plan *plan, char *buf, size_t size)
{
	const struct s2_obj *c = s2_plan_first(plan);
	size_t used = 0;

	*buf = '\0';
	for (; c && used < size; c = s2_obj_next(c)) {
		struct s2_value class = s2_obj_get(c, S2_CHANGE_CLASS);
		char what[128], slot[32] = "";

		if (s2_obj_num(c, S2_CHANGE_ACTION, 0) == S2_ACTION_KEEP)
			continue;
		if (!class.known)
			snprintf(slot, sizeof(slot), "slot %" PRIu64,
				 s2_obj_num(c, S2_CHANGE_SLOT, 0));
		s2_value_text(s2_field_find(S2_OBJ_CHANGE, "constraints"),
			      s2_obj_get(c, S2_CHANGE_CONSTRAINTS), what,
			      sizeof(what));
		used += (size_t)snprintf(buf + used, size - used,
					 "%s%s: %s (%s)", used ? "; " : "",
					 class.known ? class.str : slot, what,
					 s2_obj_str(c, S2_CHANGE_MODE));
	}
}

static void log_applied(const struct s2_plan *plan, const struct s2_obj *vm)
{
	char changes[1024];

	write_changes(plan, changes, sizeof(changes));
	enforce_log(&(struct log_entry){
			.id = vm ? LOG_SERVED : LOG_HOST, .vm = vm,
		    }, "%s%s", vm ? "" : "the host: ", changes);
}

static void log_problems(const struct s2_plan *plan, const struct s2_obj *vm)
{
	const struct s2_obj *p;

	s2_model_for_each(p, s2_plan_outcome(plan), S2_OBJ_PROBLEM)
		enforce_log(&(struct log_entry){ .id = LOG_FAILED, .vm = vm },
			    "%s", s2_obj_str(p, S2_PROBLEM_TEXT));
}

static enum served failed(const struct enforce *e, const struct s2_obj *vm,
			  int err)
{
	if (err == -ESRCH)
		return SERVED_GONE;
	enforce_log(&(struct log_entry){ .id = LOG_FAILED, .vm = vm }, "%s",
		    err == -EBUSY && !*s2_ctx_error(e->ctx) ?
		    "another s2ctl changes policies" : s2_ctx_error(e->ctx));
	return SERVED_FAILED;
}

/* What the changes for the VM, or the host, have a part in denying, at most */
static uint64_t denied_of(const struct s2_plan *plan, const struct s2_obj *vm)
{
	const struct s2_obj *c = s2_plan_first(plan);
	uint64_t most = 0;

	for (; c; c = s2_obj_next(c)) {
		uint64_t denied = s2_obj_num(c, S2_CHANGE_DENIED_BYTES, 0);

		if (s2_obj_num(c, S2_CHANGE_VM, 0) == (vm ? seen_id(vm) : 0) &&
		    denied > most)
			most = denied;
	}
	return most;
}

static enum served refuse(const struct s2_plan *plan, const struct s2_obj *vm)
{
	const struct log_entry entry = { .id = LOG_REFUSED, .vm = vm };
	const uint64_t denied = denied_of(plan, vm);
	const char *host = vm ? "" : "the host: ";

	if (denied)
		enforce_log(&entry,
			    "%s%" PRIu64 " bytes in use would be denied: nothing was set; --force sets it",
			    host, denied);
	else
		enforce_log(&entry,
			    "%sit is not known what would be denied: nothing was set; --force sets it",
			    host);
	return SERVED_REFUSED;
}

/*
 * Make a plan true.  fresh: nothing is in use yet that somebody counts on.
 * Negative: -EINTR, a signal is to be served first.
 */
static int carry_out(struct enforce *e, const struct s2_model *model,
		     unsigned int flags, const struct s2_obj *vm, bool fresh)
{
	struct s2_plan *plan;
	int result = SERVED_UNCHANGED, err;

	err = s2_site_plan(e->site, model, flags, &plan);
	if (err)
		return failed(e, vm, err);
	log_problems(plan, vm);
	if (changes_nothing(plan))
		goto out;
	if (!fresh && !cli_given(e->cli, OPT_FORCE))
		err = s2_plan_try(plan, e->src, model);
	if (!err && s2_plan_bytes(plan, false)) {
		result = refuse(plan, vm);
		goto out;
	}
	if (!err)
		err = apply(e, plan);
	if (err == -EINTR || (err && is_signalled())) {
		result = -EINTR;
	} else if (err) {
		result = failed(e, vm, err);
	} else {
		log_applied(plan, vm);
		result = SERVED_APPLIED;
	}
out:
	s2_plan_free(plan);
	return result;
}

/* The host's own policies, which were tried with all others */
static int serve_host(struct enforce *e)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_POLICY,
	};
	struct s2_model *model;
	int err = s2_load(e->src, &opt, &model), result;

	if (err)
		return failed(e, NULL, err);
	result = carry_out(e, model, plan_flags(e), NULL, true);
	s2_model_unref(model);
	return result;
}

/* The domain's own rules.  False if it may be known later */
static bool add_domain(struct enforce *e, const struct s2_obj *vm)
{
	struct s2_domain *domain;
	int err = s2_domain_find(e->ctx, e->libvirt, vm, &domain);

	/* Without libvirt there is nothing to wait for */
	if (err == -ENOENT)
		return access(e->libvirt, F_OK);
	if (!err && s2_domain_count(domain)) {
		err = s2_site_add_domain(e->site, domain);
		if (err)
			s2_domain_free(domain);
	} else if (!err) {
		s2_domain_free(domain);
	}
	if (err)
		enforce_log(&(struct log_entry){ .id = LOG_FAILED, .vm = vm },
			    "the domain's own policy: %s",
			    s2_ctx_error(e->ctx));
	return true;
}

/* When it has to be looked at again, if it has */
static void plan_visit(const struct enforce *e, struct seen *s, bool known)
{
	const size_t n = sizeof(later) / sizeof(*later);
	bool again = !known ||
		(s2_site_needs(e->site) & S2_LOAD_DEVICES);

	s->due = again && s->visits < n ? enforce_now() + later[s->visits] : 0;
	s->visits++;
}

static int serve(struct enforce *e, struct s2_model *model,
		 const struct s2_obj *vm)
{
	struct seen *s = seen_find(e, seen_id(vm));
	bool known, first;
	int result;

	if (!s)
		return 0;
	first = !s->visits;
	seen_name(s, vm);
	known = add_domain(e, vm);
	result = carry_out(e, model, plan_flags(e) | S2_PLAN_VMS, vm,
			   s->fresh);
	if (result >= 0)
		plan_visit(e, s, known && result != SERVED_FAILED);
	s2_site_drop_domains(e->site);
	if (result < 0)
		return result;
	s->fresh = false;
	if (first || result != SERVED_UNCHANGED) {
		e->served[result]++;
		metrics_soon(e);
	}
	systemd_work_goes_on();
	return 0;
}

/* ------------------------------------------------------------------ looking */

struct round {
	struct enforce *e;
	char **spec;
	size_t count;
};

static int serve_model(void *data, struct s2_model *model)
{
	struct round *r = data;
	const struct s2_obj *vm;
	int err = 0;

	s2_model_for_each(vm, model, S2_OBJ_VM)
		if (!err)
			err = serve(r->e, model, vm);
	return err;
}

static void clear(struct round *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->spec[i]);
	free(r->spec);
	r->spec = NULL;
	r->count = 0;
}

/* Those that are due, fresh or not */
static int pick(struct round *r, bool fresh)
{
	struct enforce *e = r->e;
	uint64_t now = enforce_now();

	r->spec = calloc(e->n_vms + 1, sizeof(*r->spec));
	if (!r->spec)
		return -ENOMEM;
	for (size_t i = 0; i < e->n_vms; i++) {
		const struct seen *s = &e->vm[i];

		if (!s->due || s->due > now || s->fresh != fresh)
			continue;
		if (asprintf(&r->spec[r->count], "id:%" PRIu64, s->id) < 0)
			return -ENOMEM;
		r->count++;
	}
	return 0;
}

/*
 * Of a VM that has just come, only what is set is read, unless a rule asks for
 * more: the sooner its policy holds.
 */
static int serve_due(struct enforce *e, bool fresh)
{
	struct round r = { .e = e };
	struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = S2_LOAD_VMS | S2_LOAD_POLICY | S2_LOAD_IF_THERE,
	};
	int err = pick(&r, fresh);

	if (!fresh)
		opt.flags |= S2_LOAD_DEVICES;
	opt.vms = (const char *const *)r.spec;
	opt.nr_vms = r.count;
	if (!err && r.count)
		err = s2_load_each(e->src, &opt, serve_model, &r);
	clear(&r);
	return err;
}

/* What was due and is not there any more */
static void count_gone(struct enforce *e)
{
	uint64_t now = enforce_now();

	for (size_t i = 0; i < e->n_vms; i++) {
		struct seen *s = &e->vm[i];

		if (!s->due || s->due > now)
			continue;
		if (!s->visits)
			e->served[SERVED_GONE]++;
		s->due = 0;
	}
}

/* What could not be done is tried again, but not at once */
static void put_off(struct enforce *e)
{
	uint64_t now = enforce_now();

	for (size_t i = 0; i < e->n_vms; i++)
		if (e->vm[i].due && e->vm[i].due <= now)
			e->vm[i].due = now + RETRY_MS;
	e->retry = now + RETRY_MS;
}

void vms_look(struct enforce *e)
{
	int err = 0;

	for (int i = 0; e->look && i < TIMES; i++) {
		e->look = false;
		err = seen_list(e);
		if (err)
			break;
	}
	if (!err)
		err = serve_due(e, true);
	if (!err)
		err = serve_due(e, false);
	if (!err)
		count_gone(e);
	/* The signal first: what is left is still due */
	if (err && err != -EINTR) {
		failed(e, NULL, err);
		put_off(e);
	}
}

/* ----------------------------------------------------------------- all anew */

/* What it would deny, of which VM; the rest can be set without another look */
static void blame(struct enforce *e, const struct s2_plan *plan, bool *host)
{
	const struct s2_obj *c = s2_plan_first(plan);

	for (; c; c = s2_obj_next(c)) {
		struct s2_value vm = s2_obj_get(c, S2_CHANGE_VM);
		struct s2_value denied = s2_obj_get(c, S2_CHANGE_DENIED_BYTES);
		struct seen *s = vm.known ? seen_find(e, vm.num) : NULL;

		if (denied.known && !denied.num)
			continue;
		if (!vm.known)
			*host = false;
		else if (s)
			s->fresh = false;
	}
}

static void refuse_vms(struct enforce *e, const struct s2_model *model,
		       const struct s2_plan *plan)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, model, S2_OBJ_VM) {
		struct seen *s = seen_find(e, seen_id(vm));

		if (!s || s->fresh)
			continue;
		refuse(plan, vm);
		e->served[SERVED_REFUSED]++;
		s->due = 0;
		s->visits = 1;
	}
}

/*
 * To set one policy unmaps what the VMs that it is for have mapped, and then
 * nothing is in use that another one could be seen to deny.  So all are tried
 * before any is set.
 */
static int try_all(struct enforce *e, struct s2_model *model, bool *host)
{
	struct s2_plan *plan;
	int err = s2_site_plan(e->site, model, plan_flags(e), &plan);

	if (err)
		return err;
	err = s2_plan_try(plan, e->src, model);
	if (!err) {
		blame(e, plan, host);
		if (!*host)
			refuse(plan, NULL);
		refuse_vms(e, model, plan);
	}
	s2_plan_free(plan);
	return err;
}

static int load_and_try(struct enforce *e, bool *host)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_model *model;
	int err;

	/* Those that are wrong are told of when their VMs are served */
	err = s2_site_add_libvirt(e->site, e->libvirt);
	if (err >= 0)
		err = s2_load(e->src, &opt, &model);
	if (err)
		return err;
	err = try_all(e, model, host);
	s2_model_unref(model);
	return err;
}

void vms_anew(struct enforce *e)
{
	bool host = true;
	int err = seen_list(e);

	for (size_t i = 0; i < e->n_vms; i++) {
		e->vm[i].due = enforce_now();
		e->vm[i].visits = 0;
		e->vm[i].fresh = true;
	}
	if (!err && !cli_given(e->cli, OPT_FORCE))
		err = load_and_try(e, &host);
	s2_site_drop_domains(e->site);
	if (err) {
		/* Nothing is known of them: each is tried by itself */
		failed(e, NULL, err);
		for (size_t i = 0; i < e->n_vms; i++)
			e->vm[i].fresh = false;
	}
	if (host && !err)
		err = serve_host(e) == SERVED_FAILED;
	/* It may be for good: so less and less often */
	e->wait = !err ? 0 : e->wait ? e->wait * 2 : RETRY_MS;
	if (e->wait > RETRY_MAX_MS)
		e->wait = RETRY_MAX_MS;
	e->anew = err ? enforce_now() + e->wait : 0;
	vms_look(e);
}
