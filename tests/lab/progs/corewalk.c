// SPDX-License-Identifier: GPL-2.0-only
/*
 * corewalk - this host's VMs, by the kernel's memory, again and again
 *
 *   corewalk WALKS RULES
 *
 * Each line of the file RULES says what one slot of a VM has, whatever happens to it:
 *
 *   NAME SLOT CLASS VMA-TYPE TYPE PERM BASE
 *
 * An entry there is of TYPE or there is none, allows nothing that PERM has not, and
 * leads to BASE and on from there, or, where BASE is 0, to RAM.  A slot with SLOT "all" and
 * nothing behind it is a VM that never changes.  What breaks a rule was never there.
 *
 * Prints one line of JSON: how often what was met.  The first that is wrong are told on
 * standard error.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "s2ctl.h"

/* Where QEMU's virt machine has its RAM, of which the lab has 1 GiB */
#define RAM_BASE	0x40000000ull
#define RAM_BYTES	0x40000000ull
#define CODE_SLOT	1000u		/* tests/vmm/vmm.h */
#define TOLD		20u
#define CODES		16

struct rule {
	char name[16];
	char class[16];
	char vma[16];
	char type[16];
	char perm[4];
	unsigned int slot;
	uint64_t base;
	uint64_t mapped, unmapped;	/* extents that were met */
};

/* A VM that stays as it is */
struct same {
	char name[16];
	uint64_t sum;
	uint64_t seen;
};

struct code {
	const char *word;
	uint64_t count;
};

static struct rule rules[32] = {
	{ "*", "ram", "wb", "wb", "rwx", CODE_SLOT, 0, 0, 0 },
};
static unsigned int nr_rules = 1;
static struct same same[8];
static unsigned int nr_same;
static struct code codes[CODES];
static uint64_t walks, vms, dying, list_changed, wrong;

static void tell(const struct s2_obj *vm, const struct s2_obj *extent,
		 const char *what)
{
	if (wrong++ >= TOLD)
		return;
	fprintf(stderr, "walk %" PRIu64 ", VM %s: ", walks,
		s2_obj_str(vm, S2_VM_COMM) ?: "?");
	if (extent)
		fprintf(stderr, "slot %" PRIu64 ", %#" PRIx64 ", %" PRIu64
			" bytes, hpa %#" PRIx64 ", %s behind %s, mapped %s: ",
			s2_obj_num(extent, S2_EXTENT_SLOT, UINT64_MAX),
			s2_obj_num(extent, S2_EXTENT_GPA, 0),
			s2_obj_num(extent, S2_EXTENT_BYTES, 0),
			s2_obj_num(extent, S2_EXTENT_HPA, 0),
			s2_obj_str(extent, S2_EXTENT_CLASS) ?: "?",
			s2_obj_str(extent, S2_EXTENT_VMA_TYPE) ?: "?",
			s2_obj_str(extent, S2_EXTENT_MAPPED) ?: "?");
	fprintf(stderr, "%s\n", what);
}

/* -------------------------------------------------------------------- rules */

static void read_rules(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[256], slot[16];
	struct rule r;

	if (!f) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), f)) {
		int n = sscanf(line, "%15s %15s %15s %15s %15s %3s %" SCNi64,
			       r.name, slot, r.class, r.vma, r.type, r.perm,
			       (int64_t *)&r.base);

		if (n == 2 && nr_same < sizeof(same) / sizeof(*same)) {
			strcpy(same[nr_same++].name, r.name);
		} else if (n == 7 && nr_rules < sizeof(rules) / sizeof(*rules)) {
			r.slot = (unsigned int)atoi(slot);
			r.mapped = r.unmapped = 0;
			rules[nr_rules++] = r;
		} else {
			fprintf(stderr, "corewalk: %s", line);
			exit(1);
		}
	}
	fclose(f);
}

static struct rule *find_rule(const char *name, uint64_t slot)
{
	for (unsigned int i = 0; i < nr_rules; i++) {
		if (rules[i].slot == slot && (!strcmp(rules[i].name, "*") ||
					      !strcmp(rules[i].name, name)))
			return &rules[i];
	}
	return NULL;
}

static bool is(const struct s2_obj *obj, unsigned int id, const char *word)
{
	const char *has = s2_obj_str(obj, id);

	return has && !strcmp(has, word);
}

static uint64_t slot_gpa(const struct s2_obj *vm, uint64_t number)
{
	const struct s2_obj *slot;

	s2_obj_for_each(slot, vm, S2_OBJ_SLOT) {
		if (s2_obj_num(slot, S2_SLOT_SLOT, UINT64_MAX) == number)
			return s2_obj_num(slot, S2_SLOT_GPA, 0);
	}
	return 0;
}

/* ------------------------------------------------------------------ extents */

static bool leads_there(const struct s2_obj *vm, const struct s2_obj *e,
			const struct rule *r)
{
	uint64_t hpa = s2_obj_num(e, S2_EXTENT_HPA, 0);
	uint64_t bytes = s2_obj_num(e, S2_EXTENT_BYTES, 0);
	uint64_t off = s2_obj_num(e, S2_EXTENT_GPA, 0) - slot_gpa(vm, r->slot);

	if (r->base)
		return hpa == r->base + off;
	return hpa >= RAM_BASE && bytes <= RAM_BYTES &&
	       hpa <= RAM_BASE + RAM_BYTES - bytes;
}

static bool allows_more(const struct s2_obj *e, const struct rule *r)
{
	uint64_t perm = s2_obj_num(e, S2_EXTENT_PERM, 0), may = 0;

	for (const char *c = r->perm; *c; c++)
		may |= *c == 'r' ? 1 : *c == 'w' ? 2 : *c == 'x' ? 4 : 0;
	return perm & ~may;
}

/* @whole: all of the VM is known */
static void check_extent(const struct s2_obj *vm, const struct s2_obj *e,
			 bool whole)
{
	struct rule *r = find_rule(s2_obj_str(vm, S2_VM_COMM) ?: "",
				   s2_obj_num(e, S2_EXTENT_SLOT, UINT64_MAX));

	if (!r) {
		tell(vm, e, "there is no such slot");
		return;
	}
	if ((whole || s2_obj_str(e, S2_EXTENT_CLASS)) &&
	    !is(e, S2_EXTENT_CLASS, r->class))
		tell(vm, e, "another class");
	if ((whole || s2_obj_str(e, S2_EXTENT_VMA_TYPE)) &&
	    !is(e, S2_EXTENT_VMA_TYPE, r->vma))
		tell(vm, e, "the VMM has another type there");
	if (is(e, S2_EXTENT_MAPPED, "unmapped")) {
		r->unmapped++;
		return;
	}
	r->mapped++;
	if (!is(e, S2_EXTENT_MAPPED, r->type))
		tell(vm, e, "another type");
	if (allows_more(e, r))
		tell(vm, e, "it allows more");
	if (!leads_there(vm, e, r))
		tell(vm, e, "it leads elsewhere");
}

static uint64_t sum_up(const struct s2_obj *vm)
{
	static const unsigned int ids[] = {
		S2_EXTENT_SLOT, S2_EXTENT_GPA, S2_EXTENT_BYTES, S2_EXTENT_HPA,
		S2_EXTENT_CLASS, S2_EXTENT_FACTS, S2_EXTENT_VMA_TYPE,
		S2_EXTENT_MAPPED, S2_EXTENT_PERM, S2_EXTENT_MEMATTR,
	};
	const struct s2_obj *e;
	uint64_t sum = 14695981039346656037ull;

	s2_obj_for_each(e, vm, S2_OBJ_EXTENT) {
		for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
			sum = (sum ^ s2_obj_num(e, ids[i], 99)) *
				1099511628211ull;
	}
	return sum;
}

static void check_same(const struct s2_obj *vm, bool whole)
{
	const char *name = s2_obj_str(vm, S2_VM_COMM);

	for (unsigned int i = 0; i < nr_same; i++) {
		uint64_t sum = sum_up(vm);

		if (!name || strcmp(same[i].name, name) != 0)
			continue;
		if (!whole || (same[i].seen && same[i].sum != sum))
			tell(vm, NULL, "it has changed");
		same[i].sum = sum;
		same[i].seen++;
	}
}

/* ---------------------------------------------------------------- one walk */

static bool has_problem(const struct s2_model *model, const struct s2_obj *vm)
{
	const struct s2_obj *p;

	for (p = s2_model_first(model, S2_OBJ_PROBLEM); p; p = s2_obj_next(p)) {
		if (s2_obj_num(p, S2_PROBLEM_PID, 0) ==
		    s2_obj_num(vm, S2_VM_PID, 0))
			return true;
	}
	return false;
}

static void count_problems(const struct s2_model *model)
{
	const struct s2_obj *p;

	for (p = s2_model_first(model, S2_OBJ_PROBLEM); p; p = s2_obj_next(p)) {
		const char *word = s2_obj_str(p, S2_PROBLEM_CODE) ?: "?";
		unsigned int i = 0;

		while (i < CODES - 1 && codes[i].word &&
		       strcmp(codes[i].word, word) != 0)
			i++;
		if (!codes[i].word) {
			codes[i].word = strdup(word);
			fprintf(stderr, "first: %s: %s\n", word,
				s2_obj_str(p, S2_PROBLEM_TEXT) ?: "");
		}
		codes[i].count++;
	}
}

static void check_vm(const struct s2_model *model, const struct s2_obj *vm)
{
	bool whole = !has_problem(model, vm);
	const struct s2_obj *e;

	vms++;
	/* Its process is gone, and its name; the rest goes just now */
	if (!s2_obj_num(vm, S2_VM_ALIVE, 1)) {
		dying++;
		return;
	}
	if (whole && !s2_obj_known(vm, S2_OBJ_EXTENT))
		tell(vm, NULL, "its extents are not known, and no problem says why");
	s2_obj_for_each(e, vm, S2_OBJ_EXTENT)
		check_extent(vm, e, whole);
	check_same(vm, whole);
}

static int walk(struct s2_ctx *ctx, struct s2_source *src)
{
	const struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = S2_LOAD_VMS | S2_LOAD_SLOTS | S2_LOAD_EXTENTS |
			S2_LOAD_PHYS,
	};
	struct s2_model *model;
	const struct s2_obj *vm;
	int err = s2_load(src, &opt, &model);

	walks++;
	if (err == -EINTR) {
		list_changed++;
		return 0;
	}
	if (err) {
		fprintf(stderr, "walk %" PRIu64 ": %s\n", walks, s2_ctx_error(ctx));
		return err;
	}
	for (vm = s2_model_first(model, S2_OBJ_VM); vm; vm = s2_obj_next(vm))
		check_vm(model, vm);
	count_problems(model);
	s2_model_unref(model);
	return 0;
}

static void print(void)
{
	const char *comma = "";

	printf("{\"walks\":%" PRIu64 ",\"vms\":%" PRIu64 ",\"dying\":%" PRIu64
	       ",\"list_changed\":%" PRIu64 ",\"wrong\":%" PRIu64
	       ",\"problems\":{", walks, vms, dying, list_changed, wrong);
	for (struct code *c = codes; c < codes + CODES && c->word; c++) {
		printf("%s\"%s\":%" PRIu64, comma, c->word, c->count);
		comma = ",";
	}
	printf("},\"rules\":[");
	for (unsigned int i = 0; i < nr_rules; i++)
		printf("%s{\"name\":\"%s\",\"slot\":%u,\"mapped\":%" PRIu64
		       ",\"unmapped\":%" PRIu64 "}", i ? "," : "",
		       rules[i].name, rules[i].slot, rules[i].mapped,
		       rules[i].unmapped);
	printf("],\"same\":{");
	for (unsigned int i = 0; i < nr_same; i++)
		printf("%s\"%s\":%" PRIu64, i ? "," : "", same[i].name,
		       same[i].seen);
	printf("}}\n");
}

int main(int argc, char **argv)
{
	struct s2_source *src;
	struct s2_ctx *ctx;
	uint64_t count;
	int err;

	if (argc != 3) {
		fprintf(stderr, "usage: corewalk WALKS RULES\n");
		return 64;
	}
	count = strtoull(argv[1], NULL, 0);
	read_rules(argv[2]);
	/* Else it would have little of the CPUs, beside VMs that never rest */
	setpriority(PRIO_PROCESS, 0, -15);
	if (s2_ctx_new(&ctx))
		return 1;
	err = s2_open_core(ctx, &src);
	if (err) {
		fprintf(stderr, "corewalk: %s\n", s2_ctx_error(ctx));
		return 1;
	}
	while (!err && walks < count)
		err = walk(ctx, src);
	print();
	s2_source_close(src);
	s2_ctx_unref(ctx);
	return err || wrong ? 1 : 0;
}
