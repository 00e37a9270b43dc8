// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl policy set */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "frame/confirm.h"
#include "frame/guard.h"
#include "frame/session.h"
#include "screen/table.h"
#include "frame/text.h"

static const unsigned int defaults[] = {
	S2_VM_ID, S2_EXTENT_SLOT, S2_EXTENT_GPA, S2_EXTENT_BYTES,
	S2_EXTENT_CLASS, S2_EXTENT_MAPPED, S2_EXTENT_PREDICTED,
	S2_EXTENT_PERM, S2_EXTENT_VERDICT, S2_EXTENT_REASON,
};

static const struct table_spec spec = {
	.type = S2_OBJ_EXTENT,
	.defaults = defaults,
	.n_defaults = COUNT_OF(defaults),
};

/* ----------------------------------------------------------- arguments -- */

static int add_constraint(const char *word, size_t len, unsigned int *mask)
{
	const struct s2_field *f = s2_field_find(S2_OBJ_POLICY, "constraints");

	for (unsigned int bit = 0; f->words[bit]; bit++) {
		if (strlen(f->words[bit]) != len ||
		    strncmp(f->words[bit], word, len))
			continue;
		if (1u << bit == KVM_S2_CONSTRAINT_FORCE)
			return cli_usage("policy set: only a VMM can set 'force', for its own VM");
		*mask |= 1u << bit;
		return -1;
	}
	return cli_usage("policy set: unknown constraint '%.*s'; 's2ctl explain constraint' lists them",
			 (int)len, word);
}

/* "noexec,floor=nc", or "none".  Negative to go on, else an exit status. */
static int parse_constraints(const char *list, unsigned int *mask)
{
	int status = -1;

	*mask = 0;
	if (!strcmp(list, "none"))
		return -1;
	while (status < 0) {
		size_t len = strcspn(list, ",");

		status = add_constraint(list, len, mask);
		if (!list[len])
			break;
		list += len + 1;
	}
	return status;
}

static int parse_slot(const char *text, uint32_t *slot)
{
	unsigned long num;
	char *end;

	errno = 0;
	num = strtoul(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || num >= S2_ANY_SLOT)
		return cli_usage("policy set: '%s' is not the number of a slot",
				 text);
	*slot = (uint32_t)num;
	return -1;
}

static unsigned int number_of(const char *field, const char *word)
{
	const struct s2_field *f = s2_field_find(S2_OBJ_POLICY, field);
	unsigned int n = f->flags & S2_FIELD_FROM_ZERO ? 0 : 1;

	/* The table of options accepts no other words. */
	for (const char *const *w = f->words; *w && strcmp(*w, word); w++)
		n++;
	return n;
}

/* What the policy is for: the VM is looked up later. */
static int parse_target(const struct cli *cli, struct s2_policy *policy)
{
	const char *slot = cli->value[OPT_SLOT];
	const char *class = cli->value[OPT_CLASS];

	if (!slot == !class)
		return cli_usage("policy set: give '--class', or '--vm' and '--slot'");
	if (slot && !cli_given(cli, OPT_VM))
		return cli_usage("policy set: '--slot' needs '--vm'");
	policy->slot = S2_ANY_SLOT;
	if (slot)
		return parse_slot(slot, &policy->slot);
	policy->mem_class = number_of("class", class);
	return -1;
}

static int parse_policy(const struct cli *cli, int argc, char **argv,
			struct s2_policy *policy)
{
	const char *mode = cli->value[OPT_MODE];
	int status;

	if (cli_given(cli, OPT_FROM))
		return cli_usage("policy set: a snapshot cannot be changed");
	if (!argc)
		return cli_usage("policy set: no constraints given; 'none' takes back what is set");
	if (argc > 1)
		return no_arguments(cli, argc - 1, argv + 1);
	status = parse_constraints(argv[0], &policy->constraints);
	if (status < 0)
		status = parse_target(cli, policy);
	if (status >= 0)
		return status;
	if (!policy->constraints && mode)
		return cli_usage("policy set: 'none' has no '--mode'");
	if (policy->constraints && !mode)
		return cli_usage("policy set: give '--mode=audit' or '--mode=enforce'");
	if (mode)
		policy->mode = number_of("mode", mode);
	if ((policy->constraints & KVM_S2_CONSTRAINT_LOCKED) &&
	    !cli_given(cli, OPT_VM))
		return cli_usage("policy set: 'locked' needs '--vm': there is no lock for the host");
	return -1;
}

/* ------------------------------------------------------------- the run -- */

/* Bytes in use that would be denied. */
static uint64_t denied_bytes(const struct session *s)
{
	const struct s2_obj *vm, *e;
	uint64_t bytes = 0;

	s2_model_for_each(vm, s->model, S2_OBJ_VM)
		s2_obj_for_each(e, vm, S2_OBJ_EXTENT)
			if (s2_obj_num(e, S2_EXTENT_VERDICT, 0) ==
			    KVM_S2_VERDICT_DENY)
				bytes += s2_obj_num(e, S2_EXTENT_BYTES, 0);
	return bytes;
}

static int print_trial(const struct session *s)
{
	struct table *t __attribute__((cleanup(table_closep))) = NULL;
	const struct s2_obj *vm, *e;
	int err = 0, status = table_open(&t, s->cli, &spec);

	if (status >= 0)
		return status;
	s2_model_for_each(vm, s->model, S2_OBJ_VM)
		s2_obj_for_each(e, vm, S2_OBJ_EXTENT)
			if (!err)
				err = table_add(t, vm, e);
	if (!err)
		err = table_print(t, "Nothing that is mapped would change.");
	return err ? cli_failed(err) : -1;
}

/* The dry run takes the place of what was loaded. */
static int try(struct session *s, const struct s2_policy *policy)
{
	struct s2_model *tried;
	int err = s2_policy_try(s->src, policy, &tried);

	if (err)
		return session_failed(s->ctx, err);
	s2_model_unref(s->model);
	s->model = tried;
	return -1;
}

/* Whether to go on where that would deny memory in use, or may do so. */
static int may_set(const struct session *s)
{
	bool force = cli_given(s->cli, OPT_FORCE);
	uint64_t denied = denied_bytes(s);
	char size[TEXT_SIZE_MAX], question[128];

	if (!denied && !force && !s2_model_complete(s->model)) {
		cli_err("not set: what is in use could not all be looked at; '--force' sets it");
		return CLI_UNDETERMINED;
	}
	text_size(size, denied);
	snprintf(question, sizeof(question),
		 "%s of memory in use would be denied.  Set it?", size);
	switch (may_deny(denied, force, question)) {
	case ANSWER_YES:
		return -1;
	case ANSWER_NO:
		cli_err("not set");
		return CLI_FINDING;
	default:
		cli_err("not set: %s of memory in use would be denied; '--force' sets it",
			size);
		return CLI_FINDING;
	}
}

/* Show what it would do, and say whether to do it. */
static int preview(struct session *s, const struct s2_policy *policy)
{
	bool dry = cli_given(s->cli, OPT_DRY_RUN);
	/* Also what takes something back: less of a floor can deny, too. */
	int status = try(s, policy);

	if (status >= 0)
		return status;
	if (!s->cli->json && (dry || denied_bytes(s)))
		status = print_trial(s);
	if (status >= 0)
		return status;
	return dry ? -1 : may_set(s);
}

static int set(struct session *s, const struct s2_policy *policy)
{
	uint64_t generation;
	int err = s2_policy_set(s->src, policy, &generation);

	if (err)
		return session_failed(s->ctx, err);
	if (!s->cli->json)
		printf("Set: generation %" PRIu64 ".\n", generation);
	return CLI_OK;
}

static int preview_and_set(struct session *s, const struct s2_policy *policy)
{
	int status = preview(s, policy), json;

	if (status < 0 && cli_given(s->cli, OPT_DRY_RUN))
		status = denied_bytes(s) ? CLI_FINDING : CLI_OK;
	else if (status < 0)
		status = set(s, policy);
	/* Otherwise there is nothing that a document could say. */
	if (!s->cli->json || (status != CLI_OK && status != CLI_FINDING))
		return status;
	json = session_json(s, "policy-set");
	return json ? json : status;
}

static int run_policy_set(struct cli *cli, int argc, char **argv)
{
	struct s2_policy policy = { 0 };
	struct session s = { 0 };
	char *vm = (char *)cli->value[OPT_VM];
	int status = parse_policy(cli, argc, argv, &policy);

	if (status >= 0)
		return status;
	if (!cli_given(cli, OPT_DRY_RUN))
		status = guard_lock(GUARD_LOCK, GUARD_SECONDS);
	if (status >= 0)
		return status;
	status = session_load(&s, cli, vm ? S2_LOAD_VMS : 0, vm ? 1 : 0, &vm);
	if (status < 0 && vm) {
		const struct s2_obj *obj = s2_model_first(s.model, S2_OBJ_VM);

		policy.vm_id = obj ? s2_obj_num(obj, S2_VM_ID, 0) : 0;
		/* Without an identity nothing can be set for it. */
		if (!policy.vm_id) {
			if (s2_model_complete(s.model))
				cli_err("this kernel gives VMs no ids, and has no policies: boot one with the kvm_s2 series");
			status = session_end(&s, CLI_UNDETERMINED);
		}
	}
	if (status < 0) {
		status = preview_and_set(&s, &policy);
		/* With --force it is set, but what is not known is said. */
		if (status == CLI_OK || status == CLI_FINDING)
			status = session_end(&s, status);
	}
	session_close(&s);
	return status;
}

static const enum opt_id options[] = {
	OPT_VM, OPT_SLOT, OPT_CLASS, OPT_MODE, OPT_DRY_RUN, OPT_FORCE
};

const struct command cmd_policy_set = {
	.name = "policy set",
	.summary = "set the policy of the host, a VM or a slot",
	.synopsis = "CONSTRAINT[,CONSTRAINT]...|none",
	.about = "Set the administrator's policy for a class of memory of all "
		 "VMs or of one, or for one memory slot, in place of what was "
		 "set there; 'none' takes it back.  Before that, what is in use "
		 "is looked at: if something would be denied, it is shown, and "
		 "the policy is set only after a yes at the terminal or with "
		 "--force.",
	.args = ARGS_CONSTRAINTS,
	.options = options,
	.n_options = COUNT_OF(options),
	.run = run_policy_set,
};
