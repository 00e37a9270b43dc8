// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audits of what was read from the kernel's memory: what cannot be known there is said
 * once, what can be is found, and under the key that the kernel's reports give.
 */
#include "audit.h"
#include "base/ctx.h"
#include "model/model.h"

#define HOST_CORE(host, vms)						\
	"{\"format_version\":1,\"kind\":\"snapshot\",\"complete\":true,"	\
	"\"problems\":[],\"host\":{\"boot_id\":\"boot\",\"fwb\":true," host	\
	"},\"policies\":null,\"vms\":[" vms "]}"
#define CORE(vms) HOST_CORE("\"source\":\"core\",\"series\":false", vms)
#define KERNEL(vms)							\
	"{\"format_version\":1,\"kind\":\"snapshot\",\"complete\":true,"	\
	"\"problems\":[],\"host\":{\"boot_id\":\"boot\",\"fwb\":true,"	\
	"\"source\":\"kernel\",\"series\":true,\"features\":[]},"		\
	"\"policies\":null,\"vms\":[" vms "]}"

/* Memory of which the kernel's memory tells what is mapped, and the VMM's mapping */
#define RAM_NC	"\"class\":\"ram-nc\",\"vma_type\":\"nc\",\"mapped\":\"wb\"," \
	"\"perm\":\"rw-\",\"facts\":[\"vma\",\"pfn\",\"map-memory\"," \
	"\"flushable\",\"fwb\"]"
#define BARE_RAM "\"class\":\"ram\",\"vma_type\":\"wb\",\"mapped\":\"wb\"," \
	"\"perm\":\"rw-\",\"facts\":[\"vma\",\"pfn\",\"map-memory\"," \
	"\"flushable\",\"fwb\"]"
#define IO	"\"class\":\"io\",\"vma_type\":\"device\"," \
	"\"mapped\":\"device\",\"perm\":\"rw-\"," \
	"\"facts\":[\"vma\",\"vm-io\",\"pfn\",\"fwb\"]"

/* @who: what there is of id, pid, start, fd and nth, with a comma behind */
#define AT(who, rest)							\
	"{" who "\"slots\":[" SLOT("0", "0", "") "],\"extents\":["	\
	EXTENT("0", "4096", "4096", "65536", rest) "]}"
#define PROCESS(fd, nth) "\"pid\":81,\"start\":4711,\"fd\":" fd ",\"nth\":" nth ","

/* All problems, each as "CODE RULE PID,"; "-" for what is not there */
static void problems(const struct s2_report *report, char *buf, size_t size)
{
	const struct s2_obj *p;
	size_t len = 0;

	*buf = '\0';
	s2_report_for_each(p, report, S2_OBJ_PROBLEM) {
		const char *rule = s2_obj_str(p, S2_PROBLEM_RULE);

		len += (size_t)snprintf(buf + len, size - len, "%s %s %d,",
					s2_obj_str(p, S2_PROBLEM_CODE),
					rule ? rule : "-",
					(int)s2_obj_num(p, S2_PROBLEM_PID, 0));
	}
}

static void expect_problems(const struct audit *audit, bool complete,
			    const char *want)
{
	char text[1024];

	problems(audit->report, text, sizeof(text));
	assert_string_equal(text, want);
	assert_int_equal(s2_report_complete(audit->report), complete);
}

/* ------------------------------------------------------------------- said once */

#define POLICIES "cannot-know S2-008 0,cannot-know S2-010 0,"

static void test_once(void **data)
{
	struct audit audit = run(CORE(AT(PROCESS("7", "1"), BARE_RAM) ","
				      AT(PROCESS("9", "2"), BARE_RAM)));
	const struct s2_obj *p;

	(void)data;
	assert_int_equal(count(&audit), 0);
	expect_problems(&audit, true, POLICIES);
	p = s2_report_first(audit.report, S2_OBJ_PROBLEM);
	assert_string_equal(s2_obj_str(p, S2_PROBLEM_TEXT),
			    "S2-008 did not run: it needs the host's policies, which a kernel without the series does not have");
	end(&audit);
	/* A kernel with the series has policies: its memory does not tell them */
	audit = run(HOST_CORE("\"source\":\"core\",\"series\":true",
			      AT(PROCESS("7", "1"), BARE_RAM)));
	p = s2_report_first(audit.report, S2_OBJ_PROBLEM);
	assert_string_equal(s2_obj_str(p, S2_PROBLEM_TEXT),
			    "S2-008 did not run: it needs the host's policies, which the kernel's memory does not tell");
	end(&audit);
	/* A snapshot of a snapshot is from there, too */
	audit = run(HOST_CORE("\"source\":\"snapshot\",\"origin\":\"core\","
			      "\"series\":false",
			      AT(PROCESS("7", "1"), BARE_RAM)));
	expect_problems(&audit, true, POLICIES);
	end(&audit);
	/* Of the kernel's own reports nothing of it is said */
	audit = run(KERNEL(AT("\"id\":1,", RAM)));
	expect_problems(&audit, true, "");
	end(&audit);
}

/* Only of rules that were asked for */
static void test_chosen(void **data)
{
	static const char *const rules[] = { "S2-003", "S2-010" };
	struct s2_audit_options opt = {
		.size = sizeof(opt), .rules = rules, .nr_rules = 2,
	};
	struct audit audit = { .ctx = new_ctx() };

	(void)data;
	run_with(&audit, CORE(AT(PROCESS("7", "1"), BARE_RAM)), &opt);
	expect_problems(&audit, true, "cannot-know S2-010 0,");
	end(&audit);
}

/* Facts that are missing: once for each rule, while the kernel's are told by VM */
static void test_facts(void **data)
{
#define BLIND "\"class\":\"io\",\"mapped\":\"device\",\"perm\":\"rw-\"," \
	"\"facts\":[\"fwb\"]"
	struct audit audit = run(CORE(AT(PROCESS("7", "1"), BLIND) ","
				      AT(PROCESS("9", "2"), BLIND)));
	const struct s2_obj *p;

	(void)data;
	expect_problems(&audit, true, "cannot-know S2-003 0," POLICIES);
	p = s2_report_first(audit.report, S2_OBJ_PROBLEM);
	assert_string_equal(s2_obj_str(p, S2_PROBLEM_TEXT),
			    "S2-003 could not decide everywhere: it needs the type of the VMM's own mapping, which the kernel's memory does not always tell");
	end(&audit);
	audit = run(KERNEL(AT("\"id\":1,\"pid\":81,", BLIND) ","
			   AT("\"id\":2,\"pid\":82,", BLIND)));
	expect_problems(&audit, false,
			"facts-missing - 81,facts-missing - 82,");
	end(&audit);
}

/* Without the host's devices, I/O memory without a name may be any device's */
static void test_devices(void **data)
{
	struct audit audit = run(HOST_CORE("\"source\":\"core\",\"pci\":false",
					   AT(PROCESS("7", "1"), IO)));

	(void)data;
	expect_problems(&audit, true, "cannot-know S2-006 0," POLICIES);
	end(&audit);
	audit = run(HOST_CORE("\"source\":\"core\",\"pci\":true",
			      AT(PROCESS("7", "1"), IO)));
	expect_problems(&audit, true, POLICIES);
	end(&audit);
	audit = run(CORE(AT(PROCESS("7", "1"), IO)));
	expect_problems(&audit, true, POLICIES);
	end(&audit);
}

/* Whoever is named in the model's own problems makes it incomplete, as ever */
static void test_incomplete(void **data)
{
	struct audit audit = run(
		"{\"format_version\":1,\"kind\":\"snapshot\",\"complete\":false,"
		"\"problems\":[{\"code\":\"vm-gone\",\"text\":\"x\",\"pid\":81}],"
		"\"host\":{\"source\":\"core\",\"series\":false},\"vms\":["
		"{\"pid\":81,\"fd\":7,\"slots\":null,\"extents\":null}]}");

	(void)data;
	expect_problems(&audit, false, POLICIES);
	end(&audit);
	/* Extents that are not there, and nobody says why */
	audit = run(CORE("{\"pid\":81,\"fd\":7,\"slots\":[],\"extents\":null}"));
	assert_false(s2_report_complete(audit.report));
	end(&audit);
}

struct each {
	struct s2_audit *audit;
};

static int add(void *data, struct s2_model *model)
{
	return s2_audit_add(((struct each *)data)->audit, model);
}

/* VM by VM it is the same; both have the same memory, which is S2-004 */
static void test_each(void **data)
{
	struct audit audit = { .ctx = new_ctx() };
	struct s2_source *src = open_source(audit.ctx,
		CORE(AT(PROCESS("7", "1"), RAM_NC) ","
		     AT(PROCESS("9", "2"), BLIND)));
	struct s2_load_options load = { .size = sizeof(load), .flags = FLAGS };
	struct each each;

	(void)data;
	assert_int_equal(s2_audit_open(audit.ctx, NULL, &each.audit), 0);
	assert_int_equal(s2_load_each(src, &load, add, &each), 0);
	assert_int_equal(s2_audit_finish(each.audit), 0);
	assert_int_equal(s2_audit_take(each.audit, &audit.report), 0);
	assert_int_equal(count(&audit), 2);
	assert_non_null(of_rule(&audit, "S2-003"));
	assert_non_null(of_rule(&audit, "S2-004"));
	expect_problems(&audit, true, "cannot-know S2-003 0," POLICIES);
	s2_audit_close(each.audit);
	s2_source_close(src);
	end(&audit);
}

/* ------------------------------------------------------------------------ keys */

static void has_key(const char *text, const char *rule, const char *key)
{
	struct audit audit = run(text);
	const struct s2_obj *obj = of_rule(&audit, rule);

	if (!obj)
		fail_msg("%s found nothing", rule);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY), key);
	end(&audit);
}

#define KEY(who) "S2-003" who "/slot=0/gpa=0x0/class=ram-nc/mapped=wb/vma_type=nc"

static void test_keys(void **data)
{
	(void)data;
	/* The same, be the process's VM numbered or not */
	has_key(CORE(AT(PROCESS("7", "1"), RAM_NC)), "S2-003",
		KEY("/pid=81/start=4711"));
	has_key(KERNEL(AT("\"id\":3,\"pid\":81,\"start\":4711,\"nth\":1,",
			  RAM_NC)), "S2-003", KEY("/pid=81/start=4711"));
	has_key(CORE(AT(PROCESS("9", "2"), RAM_NC)), "S2-003",
		KEY("/pid=81/start=4711/nth=2"));
	has_key(KERNEL(AT("\"id\":4,\"pid\":81,\"start\":4711,\"nth\":2,",
			  RAM_NC)), "S2-003", KEY("/pid=81/start=4711/nth=2"));
	/* By name and UUID as ever */
	has_key(CORE(AT(PROCESS("7", "1") "\"name\":\"a\",", RAM_NC)),
		"S2-003", KEY("/name=a"));
	/* What was written before there was a start */
	has_key(KERNEL(AT("\"id\":3,\"pid\":81,", RAM_NC)), "S2-003",
		KEY("/vm=3"));
	has_key(CORE(AT("\"pid\":81,", RAM_NC)), "S2-003", KEY("/pid=81"));
}

/* Two VMs that share memory: the older one is in front, from either source */
static void test_pair(void **data)
{
	static const char key[] = "S2-004/pid=81/start=4711/slot=0/gpa=0x0"
		"/other-pid=81/other-start=4711/other-nth=2/other-slot=0"
		"/other-gpa=0x0";
	struct audit audit = run(CORE(AT(PROCESS("7", "1"), BARE_RAM) ","
				      AT(PROCESS("9", "2"), IO)));
	const struct s2_obj *obj = expect(&audit, "S2-004", "high",
		"mapped wb, and the same host memory is mapped device in slot 0 of the VM of process 81, fd 9");

	(void)data;
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY), key);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_PID, 0), 81);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_START, 0), 4711);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_FD, 0), 7);
	assert_false(s2_obj_get(obj, S2_FINDING_VM).known);
	assert_int_equal(s2_obj_num(evidence(obj), S2_EVIDENCE_OTHER_PID, 0),
			 81);
	assert_int_equal(s2_obj_num(evidence(obj), S2_EVIDENCE_OTHER_FD, 0), 9);
	end(&audit);
	has_key(KERNEL(AT("\"id\":3,\"pid\":81,\"start\":4711,\"nth\":1,",
			  BARE_RAM) ","
		       AT("\"id\":4,\"pid\":81,\"start\":4711,\"nth\":2,", IO)),
		"S2-004", key);
}

/* ------------------------------------------------------------------ site policy */

#define RULES(constraint)						\
	"{\"format_version\":1,\"rules\":[{\"id\":\"r\",\"description\":\"d\"," \
	"\"match\":{\"class\":[\"ram\"]},\"constraints\":[\"" constraint	\
	"\"],\"mode\":\"enforce\",\"severity\":\"high\"}]}"

/* What is mapped tells what the site's rules would deny; what is set is not known */
static void test_site(void **data)
{
	struct audit audit = run_site(CORE(AT(PROCESS("7", "1"), BARE_RAM)),
				      RULES("floor=nc"));

	(void)data;
	expect(&audit, "S2-009", "high",
	       "ram memory mapped wb is against the site policy: r");
	expect_problems(&audit, true, "cannot-know S2-008 0,"
			"cannot-know S2-009 0,cannot-know S2-010 0,");
	end(&audit);
	audit = run_site(CORE(AT(PROCESS("7", "1"), BARE_RAM)),
			 RULES("require-fwb"));
	assert_int_equal(count(&audit), 0);
	end(&audit);
	/* A kernel with constraints may have made the type that is mapped */
	audit = run_site(HOST_CORE("\"source\":\"core\",\"series\":true",
				   AT(PROCESS("7", "1"), BARE_RAM)),
			 RULES("floor=nc"));
	assert_int_equal(count(&audit), 0);
	expect_problems(&audit, true, "cannot-know S2-008 0,"
			"cannot-know S2-009 0,cannot-know S2-010 0,");
	end(&audit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once), cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_facts), cmocka_unit_test(test_devices),
		cmocka_unit_test(test_incomplete), cmocka_unit_test(test_each),
		cmocka_unit_test(test_keys), cmocka_unit_test(test_pair),
		cmocka_unit_test(test_site),
	};

	return RUN_TESTS(tests);
}
