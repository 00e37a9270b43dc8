// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/audit.h"
#include "commands/commands.h"
#include "policy/policy.h"

#define DEFAULT_FAIL_ON "medium"

/* The argument of --vm is one more of the arguments. */
static int read_vms(struct audit_setup *setup, const struct cli *cli, int argc,
		    char **argv)
{
	setup->vms = calloc((size_t)argc + 1, sizeof(*setup->vms));
	if (!setup->vms)
		return cli_failed(-ENOMEM);
	for (int i = 0; i < argc; i++)
		setup->vms[setup->n_vms++] = argv[i];
	if (cli_given(cli, OPT_VM))
		setup->vms[setup->n_vms++] = (char *)cli->value[OPT_VM];
	return -1;
}

static bool is_rule(const char *word)
{
	for (const struct s2_word *w = s2_words(NULL); w->word; w++)
		if (!strcmp(w->kind, "rule") && !strcmp(w->word, word))
			return true;
	return false;
}

static int read_rules(struct audit_setup *setup, const struct cli *cli)
{
	char *rest, *word;

	if (!cli_given(cli, OPT_RULE))
		return -1;
	setup->words = strdup(cli->value[OPT_RULE]);
	setup->rules = calloc(strlen(cli->value[OPT_RULE]) + 1,
			      sizeof(*setup->rules));
	if (!setup->words || !setup->rules)
		return cli_failed(-ENOMEM);
	rest = setup->words;
	while ((word = strsep(&rest, ","))) {
		if (!is_rule(word))
			return cli_usage("audit: there is no rule '%s'; 's2ctl explain' names them",
					 word);
		setup->rules[setup->opt.nr_rules++] = word;
	}
	setup->opt.rules = setup->rules;
	return -1;
}

/* One that is named must be there; the default one need not. */
static int read_audit_policy(struct audit_setup *setup, struct session *s,
			     const struct cli *cli)
{
	const char *path = cli->value[OPT_POLICY];
	int err;

	if (!path && access(S2_SITE_DIR, F_OK))
		return -1;
	err = s2_site_load(s->ctx, &path, path ? 1 : 0, &setup->site);
	setup->opt.site = setup->site;
	return err ? session_error(s, err) : -1;
}

static int read_severities(struct audit_setup *setup, const struct cli *cli)
{
	const char *fail_on = cli->value[OPT_FAIL_ON];

	setup->fail_on = s2_severity_from_word(fail_on ? fail_on :
					       DEFAULT_FAIL_ON);
	if (cli_given(cli, OPT_SEVERITY))
		setup->opt.min_severity =
			s2_severity_from_word(cli->value[OPT_SEVERITY]);
	return -1;
}

int audit_setup(struct audit_setup *setup, struct session *s, struct cli *cli,
		int argc, char **argv)
{
	int err, status;

	memset(setup, 0, sizeof(*setup));
	setup->opt.size = sizeof(setup->opt);
	status = read_severities(setup, cli);
	if (status < 0)
		status = read_vms(setup, cli, argc, argv);
	if (status < 0)
		status = read_rules(setup, cli);
	if (status >= 0)
		return status;
	err = s->ctx ? 0 : s2_ctx_new(&s->ctx);
	if (err)
		return cli_failed(err);
	/* A mistake in a file is said before the host is looked at. */
	return read_audit_policy(setup, s, cli);
}

void audit_setup_close(struct audit_setup *setup)
{
	s2_site_free(setup->site);
	free(setup->words);
	free(setup->rules);
	free(setup->vms);
}
