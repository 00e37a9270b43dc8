// SPDX-License-Identifier: GPL-2.0-only
/* s2ctl host */
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "frame/session.h"
#include "frame/text.h"
#include "screen/value.h"

/* What is there in some sources only is not missed in others. */
static bool is_optional(const struct s2_field *f)
{
	return f->id == S2_HOST_ORIGIN || f->id == S2_HOST_PCI;
}

static void print_field(const struct s2_obj *host, const struct s2_field *f)
{
	struct s2_value v = s2_obj_get(host, f->id);
	char *text;

	if (!v.known && is_optional(f))
		return;
	text = v.known ? value_text(f, v, VALUE_DATE) : text_safe("unknown");

	/* Where there is no memory, that is said at the end. */
	printf("%-14s %s\n", f->header, text ? text : "");
	free(text);
}

/* A sentence on a line of its own, if it is known whether it holds. */
static void print_sentence(struct s2_value v, const char *yes, const char *no)
{
	if (v.known)
		text_wrap(stdout, v.num ? yes : no, 0, 2, text_width());
}

/* Whether the type of what is not in the memory map is the VMA's. */
static struct s2_value vma_types(const struct s2_obj *host)
{
	struct s2_value v = s2_obj_get(host, S2_HOST_FEATURES);
	const struct s2_field *f = s2_field_find(S2_OBJ_HOST, "features");
	unsigned int bit = 0;

	while (f->words[bit] && strcmp(f->words[bit], "vma-types") != 0)
		bit++;
	v.num = v.num >> bit & 1;
	return v;
}

static void print_meaning(const struct s2_obj *host)
{
	struct s2_value fwb = s2_obj_get(host, S2_HOST_FWB);
	struct s2_value types = vma_types(host);

	if (fwb.known || types.known)
		putchar('\n');
	print_sentence(fwb,
		       "With FWB, wb is forced: no guest can weaken it.",
		       "Without FWB, wb is weak: a guest's stage 1 may weaken "
		       "it to non-cacheable.");
	print_sentence(types,
		       "What is not in the memory map gets its type from the "
		       "VMM's mapping.",
		       "What is not in the memory map is I/O, however the VMM "
		       "has it mapped.");
	print_sentence(s2_obj_get(host, S2_HOST_CACHEABLE_PFNMAP),
		       "A VM can have cacheable memory that the kernel has no "
		       "alias of (pfnmap-wb).",
		       "No VM can have memory without a kernel alias "
		       "(pfnmap-wb) as wb.");
}

static int run_host(struct cli *cli, int argc, char **argv)
{
	const struct s2_field *f = s2_fields(S2_OBJ_HOST, NULL);
	const struct s2_obj *host;
	struct session s;
	int status = no_arguments(cli, argc, argv);

	if (status >= 0)
		return status;
	status = session_load(&s, cli, 0, 0, NULL);
	if (status >= 0)
		goto out;
	status = CLI_OK;
	if (cli->json) {
		status = session_json(&s, "host");
	} else {
		host = s2_model_host(s.model);
		for (; f->name; f++)
			print_field(host, f);
		print_meaning(host);
	}
	status = session_end(&s, status);
out:
	session_close(&s);
	return status;
}

const struct command cmd_host = {
	.name = "host",
	.summary = "show what this host's CPUs and kernel can do",
	.synopsis = "",
	.about = "Show what decides memory types on this host: whether the CPUs "
		 "have FEAT_S2FWB and DIC, whether memory outside of the "
		 "memory map is typed by the VMM's mapping of it, and what the "
		 "kernel can report.",
	.run = run_host,
};
