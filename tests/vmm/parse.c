// SPDX-License-Identifier: GPL-2.0-only
/* What follows the name of an option that stands for an action. */
#include <linux/kvm_s2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm.h"

void usage(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "vmm: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, " (vmm --help)\n");
	exit(EXIT_USAGE);
}

uint64_t number(const char *what, const char *s, uint64_t min, uint64_t max)
{
	uint64_t val;

	if (parse_u64(s, &val) || val < min || val > max)
		usage("%s: '%s' is not a number from %llu to %llu", what, s,
		      (unsigned long long)min, (unsigned long long)max);
	return val;
}

static enum s1_type parse_s1(const char *s)
{
	if (!strcmp(s, "wb"))
		return S1_WB;
	if (!strcmp(s, "nc"))
		return S1_NC;
	if (!strcmp(s, "device"))
		return S1_DEVICE;
	usage("--guest: no stage-1 type '%s'", s);
}

/* OP[/S1][:vcpu=N] */
static void parse_what(char *text, struct guest_op *op)
{
	char *vcpu = strchr(text, ':');
	char *s1;

	if (vcpu) {
		*vcpu++ = '\0';
		if (strncmp(vcpu, "vcpu=", 5))
			usage("--guest: '%s' is not vcpu=N", vcpu);
		op->vcpu = number("--guest vcpu", vcpu + 5, 0, MAX_VCPUS - 1);
	}
	s1 = strchr(text, '/');
	if (s1) {
		*s1++ = '\0';
		op->s1 = parse_s1(s1);
	}
	op->code = guest_code_find(text);
	if (!op->code)
		usage("--guest: no operation '%s'", text);
}

/* WHAT@GPA[:LEN[:STRIDE]] */
void parse_guest(char *text, struct guest_op *op)
{
	char *where = strchr(text, '@');
	char *len, *stride;

	memset(op, 0, sizeof(*op));
	op->len = 8;
	op->stride = sysconf(_SC_PAGESIZE);
	if (!where)
		usage("--guest: '%s' has no @GPA", text);
	*where++ = '\0';
	parse_what(text, op);
	len = strchr(where, ':');
	if (len) {
		*len++ = '\0';
		stride = strchr(len, ':');
		if (stride) {
			*stride++ = '\0';
			op->stride = number("--guest stride", stride, 1,
					    1ull << IPA_BITS);
		}
		op->len = number("--guest length", len, 1, 1ull << IPA_BITS);
	}
	op->gpa = number("--guest address", where, 0, (1ull << IPA_BITS) - 1);
}

void parse_extents(char *text, struct extents_args *e)
{
	char *save, *part;

	memset(e, 0, sizeof(*e));
	e->count = 4096;
	if (!text)
		return;
	if (!*text)
		usage("--s2-extents: nothing after '='");
	for (part = strtok_r(text, ",", &save); part;
	     part = strtok_r(NULL, ",", &save)) {
		if (!strcmp(part, "phys"))
			e->phys = true;
		else if (!strcmp(part, "quiet"))
			e->quiet = true;
		else if (!strncmp(part, "count=", 6))
			e->count = number("count", part + 6, 1, 65536);
		else if (!strncmp(part, "gpa=", 4))
			e->gpa = number("gpa", part + 4, 0, UINT64_MAX);
		else if (!strncmp(part, "end=", 4))
			e->end = number("end", part + 4, 0, UINT64_MAX);
		else
			usage("--s2-extents: no option '%s'", part);
	}
}

void parse_refs(char *text, struct action *act)
{
	char *off = strchr(text, ':');

	if (off)
		*off++ = '\0';
	act->slot = number("--refs", text, 0, UINT32_MAX);
	act->off = off ? number("--refs offset", off, 0, UINT64_MAX) : 0;
}

void parse_again(char *text, struct action *act)
{
	char *save, *part;

	act->again.vcpu = 0;
	act->again.times = 1;
	for (part = text ? strtok_r(text, ",", &save) : NULL; part;
	     part = strtok_r(NULL, ",", &save)) {
		if (!strncmp(part, "vcpu=", 5))
			act->again.vcpu = number("vcpu", part + 5, 0,
						 MAX_VCPUS - 1);
		else if (!strncmp(part, "times=", 6))
			act->again.times = number("times", part + 6, 1,
						  UINT32_MAX);
		else
			usage("--again: no option '%s'", part);
	}
}

/* F[+F]... */
static void parse_flags_of(const char *what, char *flags, struct action *act)
{
	struct slot slot = { 0 };

	if (strcmp(flags, "none") && parse_slot_flags(flags, &slot))
		usage("%s: no such flag", what);
	act->kvm_flags = slot.kvm_flags;
	act->has_flags = true;
}

/* N:F[+F]... */
void parse_new_flags(char *text, struct action *act)
{
	char *flags = strchr(text, ':');

	if (!flags)
		usage("--flags: '%s' has no :FLAGS", text);
	*flags++ = '\0';
	act->slot = number("--flags", text, 0, UINT32_MAX);
	parse_flags_of("--flags", flags, act);
}

/* N:GPA[:F[+F]...] */
void parse_move(char *text, struct action *act)
{
	char *gpa = strchr(text, ':'), *flags;

	if (!gpa)
		usage("--move: '%s' has no :GPA", text);
	*gpa++ = '\0';
	flags = strchr(gpa, ':');
	if (flags)
		*flags++ = '\0';
	act->slot = number("--move", text, 0, UINT32_MAX);
	act->gpa = number("--move address", gpa, 0, CODE_GPA - 1);
	if (flags)
		parse_flags_of("--move", flags, act);
}
