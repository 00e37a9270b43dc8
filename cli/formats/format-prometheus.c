// SPDX-License-Identifier: GPL-2.0-only
/*
 * s2ctl audit --format=prometheus: Prometheus' text format, for the textfile
 * collector of node_exporter.  What is not known has no sample.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "formats/format.h"
#include "frame/text.h"
#include "screen/words.h"

#define SEVERITIES	(S2_SEVERITY_CRITICAL + 1)

/* A value in quotes */
static void put_label(FILE *f, const char *text)
{
	char *safe = text_safe(text ? text : "");

	fputc('"', f);
	for (const char *c = safe; c && *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', f);
		fputc(*c, f);
	}
	fputc('"', f);
	free(safe);
}

static void put_number(FILE *f, uint64_t n)
{
	fprintf(f, "} %" PRIu64 "\n", n);
}

static void put_field(FILE *f, const char *label, const struct s2_obj *obj,
		      unsigned int id)
{
	struct s2_value v = s2_obj_get(obj, id);

	fprintf(f, ",%s=", label);
	if (v.kind == S2_KIND_BOOL)
		put_label(f, !v.known ? "unknown" : v.num ? "true" : "false");
	else
		put_label(f, v.known ? v.str : "");
}

/*
 * Its id; where that is not known the process, and the descriptor, for one
 * process can have several.
 */
static void put_vm_info(FILE *f, const char *metric, const struct s2_obj *vm)
{
	char spec[S2_VM_SPEC_MAX];

	s2_vm_spec(vm, spec, sizeof(spec));
	fprintf(f, "%s{vm=\"%s\"", metric, strcmp(spec, "-") ? spec : "");
}

/* Whether the source cannot know what the rule looks at, so that it did not run */
static bool cannot_run(const struct s2_report *report, const char *rule)
{
	const struct s2_obj *problem;

	s2_report_for_each(problem, report, S2_OBJ_PROBLEM) {
		const char *of = s2_obj_str(problem, S2_PROBLEM_RULE);

		if (of && !strcmp(of, rule))
			return true;
	}
	return false;
}

/* Every rule has samples, so that a finding that is new is a change. */
static int findings(FILE *f, const char *metric, const struct format_input *in)
{
	const struct s2_word *words = s2_words(NULL);
	const struct s2_obj *finding;
	size_t n = 0;
	uint64_t (*count)[SEVERITIES][2];

	s2_words(&n);
	count = calloc(n, sizeof(*count));
	if (!count)
		return -ENOMEM;
	s2_report_for_each(finding, in->report, S2_OBJ_FINDING) {
		const char *rule = s2_obj_str(finding, S2_FINDING_RULE);
		uint64_t severity = s2_obj_num(finding, S2_FINDING_SEVERITY, 0);
		bool waived = s2_obj_num(finding, S2_FINDING_WAIVED, 0);

		for (size_t i = 0; i < n && severity < SEVERITIES; i++)
			if (rule && !strcmp(words[i].word, rule))
				count[i][severity][waived]++;
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i].kind, "rule"))
			continue;
		for (int s = S2_SEVERITY_CRITICAL; s >= S2_SEVERITY_INFO; s--) {
			if ((s != words[i].severity ||
			     cannot_run(in->report, words[i].word)) &&
			    !count[i][s][0] && !count[i][s][1])
				continue;
			for (int waived = 0; waived < 2; waived++)
				fprintf(f, "%s{rule=\"%s\",severity=\"%s\",waived=\"%s\"} %" PRIu64 "\n",
					metric, words[i].word,
					words_severity(s),
					waived ? "true" : "false",
					count[i][s][waived]);
		}
	}
	free(count);
	return 0;
}

static int complete(FILE *f, const char *metric, const struct format_input *in)
{
	fprintf(f, "%s %d\n", metric, s2_report_complete(in->report));
	return 0;
}

static int timestamp(FILE *f, const char *metric, const struct format_input *in)
{
	struct s2_value time = s2_obj_get(s2_model_host(in->model),
					  S2_HOST_TIME);

	if (time.known)
		fprintf(f, "%s %" PRIu64 "\n", metric, time.num);
	return 0;
}

static int host_info(FILE *f, const char *metric, const struct format_input *in)
{
	const struct s2_obj *host = s2_model_host(in->model);

	fprintf(f, "%s{version=\"%s\"", metric, s2_version());
	put_field(f, "boot_id", host, S2_HOST_BOOT_ID);
	put_field(f, "kernel", host, S2_HOST_RELEASE);
	put_field(f, "machine", host, S2_HOST_MACHINE);
	put_field(f, "source", host, S2_HOST_SOURCE);
	put_field(f, "series", host, S2_HOST_SERIES);
	put_field(f, "fwb", host, S2_HOST_FWB);
	put_field(f, "dic", host, S2_HOST_DIC);
	put_field(f, "pkvm", host, S2_HOST_PKVM);
	put_field(f, "cacheable_pfnmap", host, S2_HOST_CACHEABLE_PFNMAP);
	put_number(f, 1);
	return 0;
}

static int host_feature(FILE *f, const char *metric,
			const struct format_input *in)
{
	const struct s2_field *field = s2_field_find(S2_OBJ_HOST, "features");
	struct s2_value v = s2_obj_get(s2_model_host(in->model), field->id);

	for (unsigned int bit = 0; v.known && field->words[bit]; bit++)
		fprintf(f, "%s{feature=\"%s\"} %d\n", metric, field->words[bit],
			(int)(v.num >> bit & 1));
	return 0;
}

static int host_policy(FILE *f, const char *metric,
		       const struct format_input *in)
{
	const struct s2_field *class = s2_field_find(S2_OBJ_POLICY, "class");
	const struct s2_field *mode = s2_field_find(S2_OBJ_POLICY, "mode");

	if (!s2_model_known(in->model, S2_OBJ_POLICY))
		return 0;
	for (const char *const *c = class->words; *c; c++) {
		const char *set = "none";
		const struct s2_obj *p;

		/* What a VM's interrupt controller has, and sums of several */
		if (!strcmp(*c, "vgic") || !strcmp(*c, "mixed"))
			continue;
		s2_model_for_each(p, in->model, S2_OBJ_POLICY) {
			const char *of = s2_obj_str(p, S2_POLICY_CLASS);

			if (of && !strcmp(of, *c) &&
			    s2_obj_str(p, S2_POLICY_MODE))
				set = s2_obj_str(p, S2_POLICY_MODE);
		}
		for (const char *const *m = mode->words; *m; m++)
			fprintf(f, "%s{class=\"%s\",mode=\"%s\"} %d\n", metric,
				*c, *m, !strcmp(*m, set));
	}
	return 0;
}

static int vms(FILE *f, const char *metric, const struct format_input *in)
{
	if (s2_model_known(in->model, S2_OBJ_VM))
		fprintf(f, "%s %zu\n", metric,
			s2_model_count(in->model, S2_OBJ_VM));
	return 0;
}

static int vm_info(FILE *f, const char *metric, const struct format_input *in)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, in->model, S2_OBJ_VM) {
		put_vm_info(f, metric, vm);
		put_field(f, "name", vm, S2_VM_NAME);
		put_field(f, "uuid", vm, S2_VM_UUID);
		put_field(f, "command", vm, S2_VM_COMM);
		put_number(f, 1);
	}
	return 0;
}

static int vm_bytes(FILE *f, const char *metric, const struct format_input *in)
{
	static const struct {
		const char *type;
		unsigned int id;
	} types[] = {
		{ "wb", S2_VM_WB_BYTES },
		{ "nc", S2_VM_NC_BYTES },
		{ "device", S2_VM_DEVICE_BYTES },
	};
	const struct s2_obj *vm;

	s2_model_for_each(vm, in->model, S2_OBJ_VM) {
		for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
			struct s2_value v = s2_obj_get(vm, types[i].id);

			if (!v.known)
				continue;
			put_vm_info(f, metric, vm);
			fprintf(f, ",type=\"%s\"", types[i].type);
			put_number(f, v.num);
		}
	}
	return 0;
}

static void each_vm(FILE *f, const char *metric, const struct format_input *in,
		    unsigned int id)
{
	const struct s2_obj *vm;

	s2_model_for_each(vm, in->model, S2_OBJ_VM) {
		struct s2_value v = s2_obj_get(vm, id);

		if (!v.known)
			continue;
		put_vm_info(f, metric, vm);
		put_number(f, v.num);
	}
}

static int vm_slots(FILE *f, const char *metric, const struct format_input *in)
{
	each_vm(f, metric, in, S2_VM_BYTES);
	return 0;
}

static int vm_exec(FILE *f, const char *metric, const struct format_input *in)
{
	each_vm(f, metric, in, S2_VM_EXEC_BYTES);
	return 0;
}

/*
 * By class alone: each such fault counts for its class and, again, for its slot.
 * Of one class there is a policy for each owner, with the same counters.
 */
static void faults(FILE *f, const char *metric, const struct format_input *in,
		   unsigned int id)
{
	const struct s2_field *class = s2_field_find(S2_OBJ_POLICY, "class");
	const struct s2_obj *vm, *p;

	s2_model_for_each(vm, in->model, S2_OBJ_VM) {
		for (const char *const *c = class->words; *c; c++) {
			struct s2_value v = { .known = false };

			s2_obj_for_each(p, vm, S2_OBJ_POLICY) {
				const char *of = s2_obj_str(p, S2_POLICY_CLASS);

				if (of && !strcmp(of, *c) && !v.known)
					v = s2_obj_get(p, id);
			}
			if (!v.known)
				continue;
			put_vm_info(f, metric, vm);
			fprintf(f, ",class=\"%s\"", *c);
			put_number(f, v.num);
		}
	}
}

static int denied(FILE *f, const char *metric, const struct format_input *in)
{
	faults(f, metric, in, S2_POLICY_DENIED);
	return 0;
}

static int would_deny(FILE *f, const char *metric,
		      const struct format_input *in)
{
	faults(f, metric, in, S2_POLICY_WOULD_DENY);
	return 0;
}

/* Names and types are permanent; docs/formats.md has them as well. */
static const struct {
	const char *name;
	const char *type;
	const char *help;
	int (*samples)(FILE *f, const char *metric,
		       const struct format_input *in);
} families[] = {
	{ "s2ctl_audit_complete", "gauge",
	  "Whether every rule could look at everything (1) or something is not known (0).",
	  complete },
	{ "s2ctl_audit_timestamp_seconds", "gauge",
	  "When the host was read, in seconds since 1970-01-01 UTC.",
	  timestamp },
	{ "s2ctl_findings", "gauge",
	  "Findings of the audit by rule, severity and whether the site has accepted them.",
	  findings },
	{ "s2ctl_host_info", "gauge",
	  "The host: always 1, its facts are in the labels.", host_info },
	{ "s2ctl_host_feature", "gauge",
	  "Whether the kernel can do this about stage-2 memory types.",
	  host_feature },
	{ "s2ctl_host_policy", "gauge",
	  "Whether the host's policy for this class of memory is in this mode.",
	  host_policy },
	{ "s2ctl_vms", "gauge", "Virtual machines that were looked at.", vms },
	{ "s2ctl_vm_info", "gauge",
	  "A virtual machine: always 1, its name and UUID are in the labels.",
	  vm_info },
	{ "s2ctl_vm_bytes", "gauge",
	  "Bytes of guest memory that stage 2 maps, by memory type.", vm_bytes },
	{ "s2ctl_vm_slots_bytes", "gauge",
	  "Bytes of guest-physical addresses in all memory slots.", vm_slots },
	{ "s2ctl_vm_executable_bytes", "gauge",
	  "Bytes of guest memory that stage 2 maps with execute permission.",
	  vm_exec },
	{ "s2ctl_faults_denied_total", "counter",
	  "Faults that policies refused, by class of memory, since the virtual machine began.",
	  denied },
	{ "s2ctl_faults_would_deny_total", "counter",
	  "Faults that policies in audit mode would have refused, likewise.",
	  would_deny },
};

int format_prometheus(FILE *file, const struct format_input *in)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(families) / sizeof(*families);
	     i++) {
		fprintf(file, "# HELP %s %s\n# TYPE %s %s\n", families[i].name,
			families[i].help, families[i].name, families[i].type);
		err = families[i].samples(file, families[i].name, in);
	}
	if (!err && fflush(file))
		err = errno ? -errno : -EIO;
	return err;
}
