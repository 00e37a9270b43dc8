// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audits VM by VM, and the rules that take more than one extent to see; what they
 * must find was worked out on paper.
 */
#include "unit.h"

#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdio.h>

#define FLAGS	(S2_LOAD_DEVICES | S2_LOAD_PHYS | S2_LOAD_ANY_POLICY)

/* Wb RAM that the host can flush, on a CPU with FEAT_S2FWB */
#define RAM	"\"class\":\"ram\",\"vma_type\":\"wb\",\"predicted\":\"wb\"," \
	"\"mapped\":\"wb\",\"perm\":\"rwx\",\"verdict\":\"allow\"," \
	"\"facts\":[\"vma\",\"pfn\",\"flushable\",\"fwb\"]"
#define NC	"\"class\":\"io-nc\",\"vma_type\":\"nc\",\"predicted\":\"nc\"," \
	"\"mapped\":\"nc\",\"perm\":\"rw-\",\"verdict\":\"allow\"," \
	"\"facts\":[\"vma\",\"vm-io\",\"pfn\",\"fwb\"]"
#define DEVICE	"\"class\":\"io\",\"vma_type\":\"device\"," \
	"\"predicted\":\"device\",\"mapped\":\"device\",\"perm\":\"rw-\"," \
	"\"verdict\":\"allow\",\"facts\":[\"vma\",\"vm-io\",\"pfn\",\"fwb\"]"

#define EXTENT(slot, gpa, bytes, hpa, rest)				\
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":" bytes ",\"hpa\":" \
	hpa "," rest "}"
#define SLOT(slot, gpa, rest)						\
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":65536" rest "}"
#define VM(id, name, slots, extents, policies)				\
	"{\"id\":" id ",\"name\":\"" name "\",\"uid\":0,\"slots\":[" slots	\
	"],\"extents\":[" extents "],\"policies\":[" policies "]}"

#define HOST(features, policies, vms)					\
	"{\"format_version\":1,\"kind\":\"snapshot\",\"complete\":true,"	\
	"\"problems\":[],\"host\":{\"fwb\":true,\"features\":[" features	\
	"]},\"policies\":[" policies "],\"vms\":[" vms "]}"

struct audit {
	struct s2_ctx *ctx;
	struct s2_site *site;
	struct s2_report *report;
	char *dir;
};

static struct s2_source *open_source(struct s2_ctx *ctx, const char *text)
{
	struct s2_source *src;

	if (open_text(ctx, text, strlen(text), &src))
		fail_msg("%s", s2_ctx_error(ctx));
	return src;
}

/* All VMs in one model */
static void run_with(struct audit *audit, const char *text,
		     struct s2_audit_options *opt)
{
	struct s2_load_options load = { .size = sizeof(load), .flags = FLAGS };
	struct s2_audit_options none = { .size = sizeof(none) };
	struct s2_source *src = open_source(audit->ctx, text);
	struct s2_audit *run;
	struct s2_model *model;

	opt = opt ? opt : &none;
	opt->site = audit->site;
	assert_int_equal(s2_load(src, &load, &model), 0);
	assert_int_equal(s2_audit_open(audit->ctx, opt, &run), 0);
	if (s2_audit_add(run, model) || s2_audit_finish(run))
		fail_msg("%s", s2_ctx_error(audit->ctx));
	assert_int_equal(s2_audit_take(run, &audit->report), 0);
	s2_audit_close(run);
	s2_model_unref(model);
	s2_source_close(src);
}

static struct audit run(const char *text)
{
	struct audit audit = { .ctx = new_ctx() };

	run_with(&audit, text, NULL);
	return audit;
}

/* With a site policy; @json is the file */
static struct audit run_site(const char *text, const char *json)
{
	struct audit audit = { .ctx = new_ctx(), .dir = make_dir() };
	const char *path = audit.dir;

	put_text(audit.dir, "site.json", json);
	if (s2_site_load(audit.ctx, &path, 1, &audit.site))
		fail_msg("%s", s2_ctx_error(audit.ctx));
	run_with(&audit, text, NULL);
	return audit;
}

static void end(struct audit *audit)
{
	s2_report_unref(audit->report);
	s2_site_free(audit->site);
	s2_ctx_unref(audit->ctx);
	if (audit->dir)
		drop_dir(audit->dir);
}

static size_t count(const struct audit *audit)
{
	return s2_report_count(audit->report, 0, false);
}

/* The only finding of a rule, or NULL */
static const struct s2_obj *of_rule(const struct audit *audit, const char *rule)
{
	const struct s2_obj *it, *found = NULL;

	s2_report_for_each(it, audit->report, S2_OBJ_FINDING) {
		if (strcmp(s2_obj_str(it, S2_FINDING_RULE), rule))
			continue;
		if (found)
			fail_msg("%s is there twice", rule);
		found = it;
	}
	return found;
}

static const struct s2_obj *expect(const struct audit *audit, const char *rule,
				   const char *severity, const char *statement)
{
	const struct s2_obj *obj = of_rule(audit, rule);

	if (!obj)
		fail_msg("%s found nothing", rule);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_SEVERITY), severity);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_STATEMENT), statement);
	return obj;
}

static const struct s2_obj *evidence(const struct s2_obj *finding)
{
	return nth(finding, S2_OBJ_EVIDENCE, 0);
}

static void expect_unknown(const struct audit *audit, const char *part)
{
	const struct s2_obj *problem =
		s2_report_first(audit->report, S2_OBJ_PROBLEM);

	assert_false(s2_report_complete(audit->report));
	assert_non_null(problem);
	assert_non_null(strstr(s2_obj_str(problem, S2_PROBLEM_TEXT), part));
}

/* ---------------------------------------------------------------- S2-001 -- */

#define WEAK(facts)	"\"class\":\"pfnmap-wb\",\"vma_type\":\"wb\"," \
	"\"mapped\":\"wb\",\"perm\":\"rw-\",\"facts\":[" facts "]"

static void test_unflushable(void **data)
{
	struct audit audit = run(HOST("", "", VM("1", "a", SLOT("0", "0", ""),
		EXTENT("0", "0", "4096", "0", WEAK("\"vma\",\"pfn\"")), "")));
	const struct s2_obj *obj = expect(&audit, "S2-001", "critical",
		"mapped wb without FEAT_S2FWB over memory that the host cannot flush (pfnmap-wb)");

	(void)data;
	assert_int_equal(s2_obj_num(obj, S2_FINDING_BYTES, 0), 4096);
	/* An address of memory that is not I/O is nobody's concern */
	assert_false(s2_obj_get(evidence(obj), S2_EVIDENCE_HPA).known);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY),
			    "S2-001/name=a/slot=0/gpa=0x0/class=pfnmap-wb");
	end(&audit);
}

/* Flushable, with FEAT_S2FWB, or a page that nobody has looked at */
static void test_nearly_unflushable(void **data)
{
	static const char *const facts[] = {
		WEAK("\"vma\",\"pfn\",\"flushable\""),
		WEAK("\"vma\",\"pfn\",\"fwb\",\"dic\""), WEAK("\"vma\""),
	};

	(void)data;
	for (size_t i = 0; i < 3; i++) {
		struct audit audit;
		char text[1024];

		snprintf(text, sizeof(text), HOST("", "", VM("1", "a", "",
			EXTENT("0", "0", "4096", "0", "%s"), "")), facts[i]);
		audit = run(text);
		assert_null(of_rule(&audit, "S2-001"));
		end(&audit);
	}
}

static void test_unflushable_unknown(void **data)
{
	struct audit audit = run("{\"format_version\":1,\"kind\":\"snapshot\","
		"\"complete\":true,\"problems\":[],\"host\":{},\"vms\":["
		VM("1", "a", "", EXTENT("0", "0", "4096", "0",
			"\"class\":\"ram\",\"vma_type\":\"wb\","
			"\"mapped\":\"wb\",\"perm\":\"rw-\""), "") "]}");

	(void)data;
	assert_null(of_rule(&audit, "S2-001"));
	expect_unknown(&audit, "S2-001 could not decide");
	end(&audit);
}

/* ---------------------------------------------------------------- S2-004 -- */

/* 12 KiB of VM 1 from 64 KiB on are wb, 8 KiB of them nc in VM 2 */
#define SHARED HOST("", "",						\
	VM("1", "a", SLOT("0", "0", ""),				\
	   EXTENT("0", "4096", "12288", "65536", RAM), "") ","		\
	VM("2", "b", SLOT("3", "1048576", ""),				\
	   EXTENT("3", "1048576", "4096", "69632", NC) ","		\
	   EXTENT("3", "1056768", "8192", "73728", NC), ""))

static void test_shared(void **data)
{
	struct audit audit = run(SHARED);
	const struct s2_obj *obj = expect(&audit, "S2-004", "high",
		"mapped wb, and the same host memory is mapped nc in slot 3 of VM 2");
	const struct s2_obj *e = evidence(obj);

	(void)data;
	assert_int_equal(s2_obj_num(obj, S2_FINDING_VM, 0), 1);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_SLOT, 9), 0);
	/* 64 KiB + 4 KiB of host memory is where the overlap begins */
	assert_int_equal(s2_obj_num(obj, S2_FINDING_GPA, 0), 8192);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_BYTES, 0), 8192);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_EXTENTS, 0), 2);
	assert_int_equal(s2_obj_num(e, S2_EVIDENCE_OTHER_VM, 0), 2);
	assert_int_equal(s2_obj_num(e, S2_EVIDENCE_OTHER_SLOT, 0), 3);
	assert_int_equal(s2_obj_num(e, S2_EVIDENCE_OTHER_GPA, 0), 1048576);
	assert_string_equal(s2_obj_str(e, S2_EVIDENCE_OTHER_MAPPED), "nc");
	assert_false(s2_obj_get(e, S2_EVIDENCE_HPA).known);
	/* By names, which another boot does not change */
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY),
			    "S2-004/name=a/slot=0/gpa=0x0/other-name=b"
			    "/other-slot=3/other-gpa=0x100000");
	end(&audit);
}

/* Two slots of one VM; neither is cached: medium, and the address of I/O */
static void test_shared_io(void **data)
{
	struct audit audit = run(HOST("", "", VM("1", "a",
		SLOT("0", "0", "") "," SLOT("1", "65536", ""),
		EXTENT("0", "0", "4096", "65536", NC) ","
		EXTENT("1", "65536", "4096", "65536", DEVICE), "")));
	const struct s2_obj *obj = expect(&audit, "S2-004", "medium",
		"mapped nc, and the same host memory is mapped device in slot 1 of VM 1");

	(void)data;
	assert_int_equal(s2_obj_num(evidence(obj), S2_EVIDENCE_HPA, 0), 65536);
	end(&audit);
}

/* Side by side, the same type, the same slot: nothing */
static void test_nearly_shared(void **data)
{
	struct audit audit = run(HOST("", "",
		VM("1", "a", SLOT("0", "0", ""),
		   EXTENT("0", "0", "4096", "65536", RAM) ","
		   EXTENT("0", "4096", "4096", "65536", NC) ","
		   EXTENT("0", "8192", "4096", "131072", RAM), "") ","
		VM("2", "b", SLOT("0", "0", ""),
		   EXTENT("0", "0", "4096", "69632", NC) ","
		   EXTENT("0", "4096", "4096", "131072", RAM), "")));

	(void)data;
	assert_null(of_rule(&audit, "S2-004"));
	end(&audit);
}

static void test_shared_unknown(void **data)
{
	struct audit audit = run(HOST("", "", VM("1", "a", "",
		"{\"slot\":0,\"gpa\":0,\"bytes\":4096," RAM "}", "")));

	(void)data;
	expect_unknown(&audit, "S2-004 could not decide");
	end(&audit);
}

/* Addresses split extents; what other rules find stays the same */
static void test_split(void **data)
{
	struct audit audit = run(HOST("", "", VM("1", "a", SLOT("0", "0", ""),
		EXTENT("0", "0", "4096", "65536", WEAK("\"vma\",\"pfn\"")) ","
		EXTENT("0", "4096", "4096", "16384", WEAK("\"vma\",\"pfn\"")) ","
		EXTENT("0", "12288", "4096", "4096", WEAK("\"vma\",\"pfn\"")),
		"")));
	const struct s2_obj *obj = of_rule(&audit, "S2-001");

	(void)data;
	assert_int_equal(s2_obj_num(obj, S2_FINDING_EXTENTS, 0), 2);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_BYTES, 0), 12288);
	end(&audit);
}

/* ---------------------------------------------------------------- S2-007 -- */

#define BAR(pci_id)	NC ",\"bdf\":\"0000:00:02.0\",\"bar\":2," \
	"\"prefetchable\":true" pci_id
#define ONE(extent)	HOST("", "", VM("1", "a", SLOT("0", "0", ""),	\
	EXTENT("0", "0", "4096", "65536", extent), ""))
#define SITE(rest)	"{\"format_version\":1,\"rules\":[]" rest "}"
#define APPROVE(device)	SITE(",\"approved_devices\":[{\"device\":\"" device \
	"\",\"types\":[\"nc\"],\"description\":\"tested\"}]")

static void test_unapproved(void **data)
{
	struct audit audit = run_site(ONE(BAR(",\"pci_id\":\"10de:2342\"")),
				      APPROVE("10de:2343"));
	const struct s2_obj *obj = expect(&audit, "S2-007", "medium",
		"BAR 2 of 0000:00:02.0 (10de:2342) is mapped nc, which the site has not approved");

	(void)data;
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY),
			    "S2-007/name=a/slot=0/gpa=0x0/bdf=0000:00:02.0"
			    "/bar=2/pci_id=10de:2342");
	end(&audit);
}

static void test_approved(void **data)
{
	static const char *const sites[] = {
		APPROVE("10DE:2342"), APPROVE("10de:*"),
	};
	struct audit audit;

	(void)data;
	for (size_t i = 0; i < 2; i++) {
		audit = run_site(ONE(BAR(",\"pci_id\":\"10de:2342\"")),
				 sites[i]);
		assert_int_equal(count(&audit), 0);
		end(&audit);
	}
	/* Without a site policy nobody has been asked */
	audit = run(ONE(BAR(",\"pci_id\":\"10de:2342\"")));
	assert_int_equal(count(&audit), 0);
	end(&audit);
	audit = run_site(ONE(BAR("")), SITE(""));
	expect_unknown(&audit, "S2-007 could not decide");
	end(&audit);
}

/* What a file must not say about devices */
static void test_bad_approvals(void **data)
{
	static const struct {
		const char *devices;
		const char *part;
	} cases[] = {
		{ "1", "not an array" }, { "[1]", "not an object" },
		{ "[{\"device\":\"10de:2342\"}]", "'types' is missing" },
		{ "[{\"device\":\"10de\",\"types\":[\"nc\"]}]", "VENDOR" },
		{ "[{\"device\":\"10de:*\",\"types\":[\"wb\"]}]", "no type" },
		{ "[{\"device\":\"10de:*\",\"types\":[]}]", "nothing is in it" },
		{ "[{\"device\":\"10de:*\",\"types\":[\"nc\"],\"x\":1}]",
		  "unknown key" },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_ctx *ctx = new_ctx();
		char *dir = make_dir(), text[256];
		const char *path = dir;
		struct s2_site *site;

		snprintf(text, sizeof(text), SITE(",\"approved_devices\":%s"),
			 cases[i].devices);
		put_text(dir, "a.json", text);
		assert_int_equal(s2_site_load(ctx, &path, 1, &site), -EINVAL);
		if (!strstr(s2_ctx_error(ctx), cases[i].part) ||
		    !strstr(s2_ctx_error(ctx), "approved_devices"))
			fail_msg("%s: %s", cases[i].devices, s2_ctx_error(ctx));
		drop_dir(dir);
		s2_ctx_unref(ctx);
	}
}

/* ---------------------------------------------------------------- S2-008 -- */

#define POLICY(class, mode)						\
	"{\"slot\":null,\"class\":\"" class "\",\"owner\":\"admin\","	\
	"\"constraints\":[\"noexec\"],\"mode\":\"" mode "\"}"
#define RAM_VM	VM("1", "a", SLOT("0", "0", ""),			\
	EXTENT("0", "0", "4096", "65536", RAM), "")

static void test_host_policy(void **data)
{
	struct audit audit = run(HOST("\"policy\"", POLICY("io", "enforce"),
				      RAM_VM));
	const struct s2_obj *obj = expect(&audit, "S2-008", "low",
		"no host policy for memory in use of class ram");

	(void)data;
	assert_false(s2_obj_get(obj, S2_FINDING_VM).known);
	assert_false(s2_obj_get(obj, S2_FINDING_BYTES).known);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY), "S2-008/host");
	end(&audit);
	audit = run(HOST("\"policy\"", POLICY("ram", "audit"), RAM_VM));
	expect(&audit, "S2-008", "info",
	       "the host's policy is only audited for memory of class ram");
	end(&audit);
	audit = run(HOST("\"policy\"", POLICY("ram", "enforce"), RAM_VM));
	assert_int_equal(count(&audit), 0);
	end(&audit);
	/* A kernel without policies, and one whose policies are not known */
	audit = run(HOST("\"slot\"", "", RAM_VM));
	assert_int_equal(count(&audit), 0);
	end(&audit);
	audit = run("{\"format_version\":1,\"kind\":\"snapshot\","
		"\"complete\":true,\"problems\":[],\"host\":{\"fwb\":true,"
		"\"features\":[\"policy\"]},\"vms\":[" RAM_VM "]}");
	expect_unknown(&audit, "S2-008 could not decide");
	end(&audit);
}

/* ---------------------------------------------------------------- S2-009 -- */

#define RULE(id, match, constraint, mode, severity)			\
	"{\"format_version\":1,\"rules\":[{\"id\":\"" id "\",\"match\":{"	\
	match "},\"constraints\":[\"" constraint "\"],\"mode\":\"" mode	\
	"\",\"severity\":\"" severity "\"}]}"

static void test_against_site(void **data)
{
	struct audit audit = run_site(HOST("\"policy\"", "", RAM_VM),
		RULE("no-cache", "\"class\":[\"ram\"]", "floor=nc", "audit",
		     "critical"));
	const struct s2_obj *it, *memory = NULL, *unset = NULL;

	(void)data;
	s2_report_for_each(it, audit.report, S2_OBJ_FINDING) {
		if (strcmp(s2_obj_str(it, S2_FINDING_RULE), "S2-009"))
			continue;
		if (s2_obj_get(it, S2_FINDING_VM).known)
			memory = it;
		else
			unset = it;
	}
	assert_non_null(memory);
	assert_string_equal(s2_obj_str(memory, S2_FINDING_SEVERITY),
			    "critical");
	assert_string_equal(s2_obj_str(memory, S2_FINDING_STATEMENT),
			    "ram memory mapped wb is against the site policy: no-cache");
	assert_string_equal(s2_obj_str(memory, S2_FINDING_KEY),
			    "S2-009/name=a/slot=0/gpa=0x0/class=ram/site_rules=no-cache");
	assert_string_equal(s2_obj_str(evidence(memory), S2_EVIDENCE_MODE),
			    "audit");
	assert_non_null(unset);
	assert_string_equal(s2_obj_str(unset, S2_FINDING_STATEMENT),
			    "the site policy asks for 1 policy that is not set");
	assert_string_equal(s2_obj_str(unset, S2_FINDING_SEVERITY), "info");
	end(&audit);
}

/* Set in the kernel it is still against the policy; and then it is set */
static void test_set_in_kernel(void **data)
{
	struct audit audit = run_site(HOST("\"policy\"",
		"{\"class\":\"ram\",\"owner\":\"admin\","
		"\"constraints\":[\"floor=nc\"],\"mode\":\"audit\"}", RAM_VM),
		RULE("no-cache", "\"class\":[\"ram\"]", "floor=nc", "audit",
		     "high"));

	(void)data;
	expect(&audit, "S2-009", "high",
	       "ram memory mapped wb is against the site policy: no-cache");
	end(&audit);
	/* Allowed, and for another class */
	audit = run_site(HOST("\"slot\"", "", RAM_VM),
		RULE("r", "\"class\":[\"ram\"]", "require-fwb", "enforce",
		     "high"));
	expect(&audit, "S2-009", "info",
	       "the site policy asks for 1 policy that is not set");
	end(&audit);
}

static void test_site_unknown(void **data)
{
	struct audit audit = run_site(HOST("\"policy\"", "", VM("1", "a", "",
		EXTENT("0", "0", "4096", "65536", "\"class\":\"ram\","
		       "\"mapped\":\"wb\",\"vma_type\":\"wb\",\"perm\":\"rw-\","
		       "\"facts\":[\"pfn\",\"flushable\",\"fwb\"]"), "")),
		RULE("r", "\"class\":[\"ram\"]", "floor=nc", "enforce",
		     "high"));

	(void)data;
	/* Neither predicted type nor verdict */
	expect_unknown(&audit, "S2-009 could not decide");
	end(&audit);
}

/* ---------------------------------------------------------------- S2-010 -- */

#define COUNTED(denied, would)						\
	HOST("", "", VM("1", "a", SLOT("0", "0", ",\"denied\":" denied	\
	",\"would_deny\":" would),					\
	EXTENT("0", "0", "4096", "65536", RAM), ""))

static void test_counters(void **data)
{
	struct audit audit = run(COUNTED("1", "5"));
	const struct s2_obj *obj = expect(&audit, "S2-010", "medium",
					  "constraints denied 1 fault");

	(void)data;
	assert_int_equal(s2_obj_num(evidence(obj), S2_EVIDENCE_WOULD_DENY, 0),
			 5);
	end(&audit);
	audit = run(COUNTED("0", "5"));
	expect(&audit, "S2-010", "low", "constraints would have denied 5 faults");
	end(&audit);
	audit = run(COUNTED("0", "0"));
	assert_int_equal(count(&audit), 0);
	end(&audit);
	/* Of a class; the slot's own are with the slot */
	audit = run(HOST("", "", VM("1", "a",
		SLOT("0", "0", ",\"denied\":0,\"would_deny\":0"),
		EXTENT("0", "0", "4096", "65536", RAM),
		"{\"class\":\"io\",\"denied\":2,\"would_deny\":0},"
		"{\"slot\":0,\"denied\":7,\"would_deny\":0}")));
	obj = expect(&audit, "S2-010", "medium", "constraints denied 2 faults");
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY),
			    "S2-010/name=a/class=io");
	end(&audit);
}

static bool old_counters(void *data, const struct s2_obj *vm, uint32_t slot,
			 unsigned int mem_class, struct s2_counters *old)
{
	assert_string_equal(s2_obj_str(vm, S2_VM_NAME), "a");
	assert_int_equal(slot, 0);
	assert_int_equal(mem_class, 0);
	*old = *(struct s2_counters *)data;
	return true;
}

static void test_baseline(void **data)
{
	struct s2_counters old = { .denied = 3, .would_deny = 5 };
	struct s2_audit_options opt = {
		.size = sizeof(opt), .old_counters = old_counters,
		.old_data = &old,
	};
	struct audit audit = { .ctx = new_ctx() };

	(void)data;
	run_with(&audit, COUNTED("3", "5"), &opt);
	assert_int_equal(count(&audit), 0);
	s2_report_unref(audit.report);
	run_with(&audit, COUNTED("5", "5"), &opt);
	expect(&audit, "S2-010", "medium",
	       "constraints denied 2 faults since the baseline");
	s2_report_unref(audit.report);
	/* Less than before: it was started anew */
	run_with(&audit, COUNTED("1", "5"), &opt);
	expect(&audit, "S2-010", "medium",
	       "constraints denied 1 fault since the baseline");
	end(&audit);
}

/* ---------------------------------------------------------------- S2-011 -- */

#define NO_ALIAS(perm) "\"class\":\"pfnmap-wb\",\"vma_type\":\"wb\"," \
	"\"mapped\":\"wb\",\"perm\":\"" perm "\",\"facts\":[\"vma\",\"pfn\"," \
	"\"fwb\",\"dic\"]"

static void test_relies(void **data)
{
	struct audit audit = run(ONE(NO_ALIAS("rwx")));

	(void)data;
	expect(&audit, "S2-011", "info",
	       "relies on FEAT_S2FWB and DIC: write-back memory that a host cannot flush");
	end(&audit);
	audit = run(ONE(NO_ALIAS("rw-")));
	expect(&audit, "S2-011", "info",
	       "relies on FEAT_S2FWB: write-back memory that a host cannot flush");
	end(&audit);
	audit = run(ONE(RAM));
	assert_int_equal(count(&audit), 0);
	end(&audit);
	audit = run(HOST("", "", VM("1", "a", "",
		EXTENT("0", "0", "4096", "65536", RAM),
		"{\"class\":\"ram\",\"enforced\":[\"require-fwb\"]},"
		"{\"class\":\"io\",\"enforced\":[\"require-fwb\"]}")));
	expect(&audit, "S2-011", "info",
	       "relies on FEAT_S2FWB: require-fwb is enforced");
	end(&audit);
}

/* ------------------------------------------------------------- the audit -- */

static int add_model(void *data, struct s2_model *model)
{
	return s2_audit_add(data, model);
}

/* One model a VM finds what one model of all does, with the same keys */
static void test_each(void **data)
{
	struct s2_load_options load = { .size = sizeof(load), .flags = FLAGS };
	struct audit whole = run(SHARED);
	struct s2_source *src = open_source(whole.ctx, SHARED);
	const struct s2_obj *a, *b;
	struct s2_report *report;
	struct s2_audit *audit;

	(void)data;
	assert_int_equal(s2_audit_open(whole.ctx, NULL, &audit), 0);
	assert_int_equal(s2_audit_needs(audit), FLAGS);
	assert_int_equal(s2_load_each(src, &load, add_model, audit), 0);
	assert_int_equal(s2_audit_finish(audit), 0);
	assert_int_equal(s2_audit_take(audit, &report), 0);
	a = s2_report_first(whole.report, S2_OBJ_FINDING);
	b = s2_report_first(report, S2_OBJ_FINDING);
	for (; a && b; a = s2_obj_next(a), b = s2_obj_next(b)) {
		assert_string_equal(s2_obj_str(a, S2_FINDING_KEY),
				    s2_obj_str(b, S2_FINDING_KEY));
		assert_int_equal(s2_obj_num(a, S2_FINDING_BYTES, 0),
				 s2_obj_num(b, S2_FINDING_BYTES, 1));
	}
	assert_null(a);
	assert_null(b);
	s2_report_unref(report);
	/* What was taken is not there again */
	assert_int_equal(s2_audit_take(audit, &report), 0);
	assert_int_equal(s2_report_count(report, 0, false), 0);
	s2_report_unref(report);
	s2_audit_close(audit);
	s2_source_close(src);
	end(&whole);
}

/* A function that gives up ends the load with its own number */
static int give_up(void *data, struct s2_model *model)
{
	(void)model;
	return ++*(int *)data == 2 ? -ECANCELED : 0;
}

static void test_give_up(void **data)
{
	const char *vms[] = { "a", "nobody" };
	struct s2_load_options load = {
		.size = sizeof(load), .flags = FLAGS, .vms = vms, .nr_vms = 1,
	};
	struct s2_ctx *ctx = new_ctx();
	struct s2_source *src = open_source(ctx, SHARED);
	int calls = 0;

	(void)data;
	assert_int_equal(s2_load_each(src, &load, give_up, &calls),
			 -ECANCELED);
	/* The host and VM "a" */
	assert_int_equal(calls, 2);
	load.nr_vms = 2;
	calls = 0;
	assert_int_equal(s2_load_each(src, &load, give_up, &calls), -ENOENT);
	assert_int_equal(calls, 0);
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

static void test_options(void **data)
{
	const char *rules[] = { "S2-004", "S2-999" };
	struct s2_audit_options opt = {
		.size = sizeof(opt), .rules = rules, .nr_rules = 2,
	};
	struct audit audit = { .ctx = new_ctx() };
	struct s2_audit *run;

	(void)data;
	assert_int_equal(s2_audit_open(audit.ctx, &opt, &run), -EINVAL);
	assert_null(run);
	assert_non_null(strstr(s2_ctx_error(audit.ctx), "S2-999"));
	opt.nr_rules = 1;
	run_with(&audit, SHARED, &opt);
	assert_int_equal(count(&audit), 1);
	s2_report_unref(audit.report);
	opt.min_severity = S2_SEVERITY_CRITICAL;
	run_with(&audit, SHARED, &opt);
	assert_int_equal(count(&audit), 0);
	opt.min_severity = 6;
	assert_int_equal(s2_audit_open(audit.ctx, &opt, &run), -EINVAL);
	opt.size = 1;
	assert_int_equal(s2_audit_open(audit.ctx, &opt, &run), -EINVAL);
	end(&audit);
}

/* A key holds whatever the VM calls itself, and says what is what */
static void test_keys(void **data)
{
	struct audit audit = run(HOST("", "", VM("1", "x/slot=1 y%", "",
		EXTENT("0", "0", "4096", "0", WEAK("\"vma\",\"pfn\"")), "")));

	(void)data;
	assert_string_equal(s2_obj_str(of_rule(&audit, "S2-001"),
				       S2_FINDING_KEY),
			    "S2-001/name=x%2Fslot%3D1%20y%25/slot=0/gpa=0x0"
			    "/class=pfnmap-wb");
	end(&audit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unflushable),
		cmocka_unit_test(test_nearly_unflushable),
		cmocka_unit_test(test_unflushable_unknown),
		cmocka_unit_test(test_shared), cmocka_unit_test(test_shared_io),
		cmocka_unit_test(test_nearly_shared),
		cmocka_unit_test(test_shared_unknown),
		cmocka_unit_test(test_split), cmocka_unit_test(test_unapproved),
		cmocka_unit_test(test_approved),
		cmocka_unit_test(test_bad_approvals),
		cmocka_unit_test(test_host_policy),
		cmocka_unit_test(test_against_site),
		cmocka_unit_test(test_set_in_kernel),
		cmocka_unit_test(test_site_unknown),
		cmocka_unit_test(test_counters), cmocka_unit_test(test_baseline),
		cmocka_unit_test(test_relies), cmocka_unit_test(test_each),
		cmocka_unit_test(test_give_up), cmocka_unit_test(test_options),
		cmocka_unit_test(test_keys),
	};

	return RUN_TESTS(tests);
}
