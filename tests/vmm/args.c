// SPDX-License-Identifier: GPL-2.0-only
/* The command line: refused as a whole when any part of it is not understood */
#include <errno.h>
#include <getopt.h>
#include <linux/kvm_s2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm.h"

/* Parsing cuts words apart, but the processes of several VMs get them whole. */
static char *copy_of(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		usage("out of memory");
	return copy;
}

static void check_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (!n || name[n] || n > NAME_MAX_LEN)
		usage("--name: '%s' is not 1 to %d of A-Z a-z 0-9 . _ -",
		      name, NAME_MAX_LEN);
}

static void set_code(struct vm_spec *vm, const char *text)
{
	const char *why;

	if (parse_code_slot(copy_of(text), &vm->code, &why))
		usage("--code %s: %s", text, why);
}

static void add_slot(struct vm_spec *vm, const char *text)
{
	struct slot *slot = &vm->slots[vm->nr_slots];
	const char *why;

	if (vm->nr_slots == MAX_SLOTS)
		usage("more than %d slots", MAX_SLOTS);
	/* the slot keeps pointing into the copy */
	if (parse_slot(copy_of(text), slot, &why))
		usage("--slot %s: %s", text, why);
	if (!slot->has_number)
		slot->number = vm->nr_slots;
	for (unsigned int i = 0; i < vm->nr_slots; i++)
		if (vm->slots[i].number == slot->number)
			usage("two slots have the number %u", slot->number);
	vm->nr_slots++;
}

static struct action *add_action(struct vm_spec *vm, enum action_kind kind)
{
	if (vm->nr_actions == MAX_ACTIONS)
		usage("more than %d actions", MAX_ACTIONS);
	vm->actions[vm->nr_actions] = (struct action) { .kind = kind };
	return &vm->actions[vm->nr_actions++];
}

static enum hold parse_hold(const char *s)
{
	if (!s || !strcmp(s, "spin"))
		return HOLD_SPIN;
	if (!strcmp(s, "touch"))
		return HOLD_TOUCH;
	if (!strcmp(s, "idle"))
		return HOLD_IDLE;
	if (!strcmp(s, "orphan"))
		return HOLD_ORPHAN;
	if (!strcmp(s, "churn"))
		return HOLD_CHURN;
	if (!strcmp(s, "faults"))
		return HOLD_FAULTS;
	usage("--hold: '%s' is not spin, touch, idle, orphan, churn or faults",
	      s);
}

/* The policies' and KVM_S2_GET_SLOT's may be of a slot that is not there. */
static bool names_slot(enum action_kind kind)
{
	switch (kind) {
	case ACT_MAKE:
	case ACT_FLAGS:
	case ACT_MOVE:
	case ACT_DELETE:
	case ACT_UNMAP:
	case ACT_DISCARD:
	case ACT_REFS:
		return true;
	default:
		return false;
	}
}

static void check_actions(const struct vm_spec *vm)
{
	for (unsigned int i = 0; i < vm->nr_actions; i++) {
		const struct action *act = &vm->actions[i];
		bool found = false;

		if (act->kind == ACT_GUEST && act->op.vcpu >= vm->vcpus)
			usage("%s: there is no vCPU %u", vm->name,
			      act->op.vcpu);
		if (act->kind == ACT_AGAIN && act->again.vcpu >= vm->vcpus)
			usage("%s: there is no vCPU %u", vm->name,
			      act->again.vcpu);
		if (!names_slot(act->kind))
			continue;
		for (unsigned int j = 0; j < vm->nr_slots; j++)
			found |= vm->slots[j].number == act->slot;
		if (!found)
			usage("%s: there is no slot %u", vm->name, act->slot);
	}
}

static void check_vms(const struct vmm_args *args)
{
	bool held = false;

	for (unsigned int i = 0; i < args->nr_vms; i++) {
		check_actions(&args->vms[i]);
		held |= args->vms[i].hold != HOLD_NO;
		if (args->vms[i].script && args->stop_on_eof)
			usage("--script and --stop-on-eof both want the input");
		if ((args->vms[i].hold == HOLD_CHURN ||
		     args->vms[i].hold == HOLD_FAULTS) &&
		    !args->vms[i].nr_slots)
			usage("--hold=churn and --hold=faults need a slot");
	}
	if (!held && args->report_fd < 0 && (args->ready || args->stop_on_eof))
		usage("--ready and --stop-on-eof need --hold");
}

static struct vm_spec *next_vm(struct vmm_args *args)
{
	struct vm_spec *vm = &args->vms[args->nr_vms];

	if (args->nr_vms == MAX_VMS)
		usage("more than %d VMs", MAX_VMS);
	args->nr_vms++;
	vm->name = "vmm";
	vm->vcpus = 1;
	set_code(vm, "anon");
	return vm;
}

enum {
	OPT_NAME = 256, OPT_VCPUS, OPT_SLOT, OPT_GUEST, OPT_AGAIN, OPT_S2_CAP,
	OPT_S2_SLOT, OPT_S2_EXTENTS, OPT_POLICY, OPT_POLICY_TRY,
	OPT_POLICY_GET, OPT_READ_PT, OPT_MAKE, OPT_FLAGS, OPT_MOVE, OPT_DELETE,
	OPT_UNMAP, OPT_DISCARD, OPT_REFS, OPT_REINIT, OPT_SIT, OPT_VGIC,
	OPT_NO_MMU, OPT_MTE, OPT_EL2, OPT_EAGER_SPLIT, OPT_CODE,
	OPT_TIME, OPT_HOLD, OPT_SCRIPT, OPT_NEXT, OPT_READY, OPT_EOF,
	OPT_REPORT_FD, OPT_UUID, OPT_HELP,
};

static const struct option options[] = {
	{ "name", required_argument, NULL, OPT_NAME },
	{ "uuid", required_argument, NULL, OPT_UUID },
	{ "vcpus", required_argument, NULL, OPT_VCPUS },
	{ "slot", required_argument, NULL, OPT_SLOT },
	{ "guest", required_argument, NULL, OPT_GUEST },
	{ "again", optional_argument, NULL, OPT_AGAIN },
	{ "s2-cap", no_argument, NULL, OPT_S2_CAP },
	{ "s2-slot", required_argument, NULL, OPT_S2_SLOT },
	{ "s2-extents", optional_argument, NULL, OPT_S2_EXTENTS },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "policy-try", required_argument, NULL, OPT_POLICY_TRY },
	{ "policy-get", required_argument, NULL, OPT_POLICY_GET },
	{ "read-pt", no_argument, NULL, OPT_READ_PT },
	{ "make", required_argument, NULL, OPT_MAKE },
	{ "flags", required_argument, NULL, OPT_FLAGS },
	{ "move", required_argument, NULL, OPT_MOVE },
	{ "delete", required_argument, NULL, OPT_DELETE },
	{ "unmap", required_argument, NULL, OPT_UNMAP },
	{ "discard", required_argument, NULL, OPT_DISCARD },
	{ "refs", required_argument, NULL, OPT_REFS },
	{ "reinit", no_argument, NULL, OPT_REINIT },
	{ "sit", no_argument, NULL, OPT_SIT },
	{ "vgic", optional_argument, NULL, OPT_VGIC },
	{ "no-mmu", no_argument, NULL, OPT_NO_MMU },
	{ "mte", no_argument, NULL, OPT_MTE },
	{ "el2", no_argument, NULL, OPT_EL2 },
	{ "eager-split", required_argument, NULL, OPT_EAGER_SPLIT },
	{ "code", required_argument, NULL, OPT_CODE },
	{ "time", no_argument, NULL, OPT_TIME },
	{ "hold", optional_argument, NULL, OPT_HOLD },
	{ "script", optional_argument, NULL, OPT_SCRIPT },
	{ "next", no_argument, NULL, OPT_NEXT },
	{ "ready", required_argument, NULL, OPT_READY },
	{ "stop-on-eof", no_argument, NULL, OPT_EOF },
	/* from main.c to the process of one VM of several: not for people */
	{ "report-fd", required_argument, NULL, OPT_REPORT_FD },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static void add_policy(struct vm_spec *vm, const char *text,
		       enum action_kind kind)
{
	if (parse_policy(copy_of(text), kind == ACT_POLICY_GET,
			 &add_action(vm, kind)->policy))
		usage("'%s' is no policy", text);
}

static bool parse_policy_action(int opt, struct vm_spec *vm)
{
	switch (opt) {
	case OPT_POLICY:
		add_policy(vm, optarg, ACT_POLICY_SET);
		return true;
	case OPT_POLICY_TRY:
		add_policy(vm, optarg, ACT_POLICY_TRY);
		return true;
	case OPT_POLICY_GET:
		add_policy(vm, optarg, ACT_POLICY_GET);
		return true;
	}
	return false;
}

/* Actions of which only a slot's number is to be known. */
static const struct {
	int opt;
	enum action_kind kind;
	const char *name;
} slot_options[] = {
	{ OPT_S2_SLOT, ACT_S2_SLOT, "--s2-slot" },
	{ OPT_MAKE, ACT_MAKE, "--make" },
	{ OPT_DELETE, ACT_DELETE, "--delete" },
	{ OPT_UNMAP, ACT_UNMAP, "--unmap" },
	{ OPT_DISCARD, ACT_DISCARD, "--discard" },
};

static bool parse_slot_action(int opt, struct vm_spec *vm)
{
	const size_t n = sizeof(slot_options) / sizeof(slot_options[0]);

	for (size_t i = 0; i < n; i++) {
		if (slot_options[i].opt != opt)
			continue;
		add_action(vm, slot_options[i].kind)->slot =
			number(slot_options[i].name, optarg, 0, UINT32_MAX);
		return true;
	}
	return false;
}

static void parse_action(int opt, struct vm_spec *vm)
{
	if (parse_policy_action(opt, vm) || parse_slot_action(opt, vm))
		return;
	switch (opt) {
	case OPT_GUEST:
		parse_guest(copy_of(optarg), &add_action(vm, ACT_GUEST)->op);
		break;
	case OPT_AGAIN:
		parse_again(optarg ? copy_of(optarg) : NULL,
			    add_action(vm, ACT_AGAIN));
		break;
	case OPT_S2_CAP:
		add_action(vm, ACT_S2_CAP);
		break;
	case OPT_FLAGS:
		parse_new_flags(copy_of(optarg), add_action(vm, ACT_FLAGS));
		break;
	case OPT_MOVE:
		parse_move(copy_of(optarg), add_action(vm, ACT_MOVE));
		break;
	case OPT_REFS:
		parse_refs(copy_of(optarg), add_action(vm, ACT_REFS));
		break;
	case OPT_S2_EXTENTS:
		parse_extents(optarg ? copy_of(optarg) : NULL,
			      &add_action(vm, ACT_S2_EXTENTS)->extents);
		break;
	case OPT_READ_PT:
		add_action(vm, ACT_READ_PT);
		break;
	case OPT_REINIT:
		add_action(vm, ACT_REINIT);
		break;
	case OPT_SIT:
		add_action(vm, ACT_SIT);
		break;
	default:	/* getopt has said what is wrong */
		exit(EXIT_USAGE);
	}
}

static void parse_option(int opt, struct vmm_args *args, struct vm_spec *vm)
{
	switch (opt) {
	case OPT_NAME:
		check_name(optarg);
		vm->name = optarg;
		break;
	case OPT_UUID:		/* for who reads the command line */
		break;
	case OPT_VCPUS:
		vm->vcpus = number("--vcpus", optarg, 1, MAX_VCPUS);
		break;
	case OPT_SLOT:
		add_slot(vm, optarg);
		break;
	case OPT_VGIC:
		vm->vgic = optarg ? number("--vgic", optarg, 2, 3) : 3;
		break;
	case OPT_NO_MMU:
		vm->no_mmu = true;
		break;
	case OPT_MTE:
		vm->mte = true;
		break;
	case OPT_EL2:
		vm->el2 = true;
		break;
	case OPT_EAGER_SPLIT:
		vm->split_chunk = number("--eager-split", optarg, 4096,
					 1ull << 30);
		break;
	case OPT_CODE:
		set_code(vm, optarg);
		break;
	case OPT_TIME:
		vm->time = true;
		break;
	case OPT_SCRIPT:
		vm->script = true;
		vm->script_done = optarg;
		break;
	case OPT_HOLD:
		vm->hold = parse_hold(optarg);
		break;
	case OPT_READY:
		args->ready = optarg;
		break;
	case OPT_EOF:
		args->stop_on_eof = true;
		break;
	case OPT_REPORT_FD:
		args->report_fd = number("--report-fd", optarg, 3, 65535);
		break;
	case OPT_HELP:
		fputs(usage_text, stdout);
		exit(fflush(stdout) && fail(-errno, "standard output"));
	default:
		parse_action(opt, vm);
	}
}

/* getopt would take any beginning of a name; what is meant must be said. */
static void refuse_abbreviation(const char *word)
{
	size_t len = strcspn(word, "=");

	if (strncmp(word, "--", 2))
		return;
	for (const struct option *o = options; o->name; o++)
		if (len - 2 == strlen(o->name) &&
		    !strncmp(word + 2, o->name, len - 2))
			return;
	usage("no option '%.*s'", (int)len, word);
}

void parse_args(int argc, char **argv, struct vmm_args *args)
{
	struct vm_spec *vm = next_vm(args);
	int opt;

	args->argv = argv;
	args->report_fd = -1;
	for (int i = 1; i < argc; i++)
		refuse_abbreviation(argv[i]);
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == OPT_NEXT)
			vm = next_vm(args);
		else
			parse_option(opt, args, vm);
	}
	if (optind < argc)
		usage("unexpected argument '%s'", argv[optind]);
	check_vms(args);
}

/* One line of a script: actions as on the command line, and nothing else. */
void parse_action_line(char *line, struct vm_spec *spec)
{
	char *words[2 * MAX_ACTIONS + 2] = { (char *)"vmm" }, *save, *word;
	int n = 1, opt;

	for (word = strtok_r(line, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save)) {
		if (n > 2 * MAX_ACTIONS)
			usage("a line of the script is too long");
		refuse_abbreviation(word);
		words[n++] = word;
	}
	words[n] = NULL;
	spec->nr_actions = 0;
	optind = 0;
	while ((opt = getopt_long(n, words, "", options, NULL)) != -1)
		parse_action(opt, spec);
	if (optind < n)
		usage("unexpected argument '%s'", words[optind]);
	check_actions(spec);
}
