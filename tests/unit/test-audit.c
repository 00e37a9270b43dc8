// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audits VM by VM, and the rules that take more than one extent to see; what they
 * must find was worked out on paper.
 */
#include "audit.h"
#include "audit/audit.h"

/* ---------------------------------------------------------------- S2-001 -- */

#define WEAK_OF(class, facts) "\"class\":\"" class "\"," \
	"\"vma_type\":\"wb\",\"mapped\":\"wb\",\"perm\":\"rw-\"," \
	"\"facts\":[" facts "]"
#define WEAK(facts)	WEAK_OF("pfnmap-wb", facts)

static void test_unflushable(void **data)
{
	struct audit audit = run(HOST("", "", VM("1", "a", SLOT("0", "0", ""),
		EXTENT("0", "0", "4096", "0", WEAK("\"vma\",\"pfn\"")), "")));
	const struct s2_obj *obj = expect(&audit, "S2-001", "critical",
		"mapped wb without FEAT_S2FWB over memory that the host cannot flush (pfnmap-wb)");

	(void)data;
	assert_int_equal(s2_obj_num(obj, S2_FINDING_BYTES, 0), 4096);
	/* It may be a BAR, whose address is no secret */
	assert_int_equal(s2_obj_num(evidence(obj), S2_EVIDENCE_HPA, 1), 0);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_KEY),
			    "S2-001/name=a/slot=0/gpa=0x0/class=pfnmap-wb");
	end(&audit);
	/* What can be none is where nobody needs to know */
	audit = run(HOST("", "", VM("1", "a", "",
		EXTENT("0", "0", "4096", "0",
		       WEAK_OF("gmem", "\"vma\",\"pfn\"")), "")));
	obj = expect(&audit, "S2-001", "critical",
		     "mapped wb without FEAT_S2FWB over memory that the host cannot flush (gmem)");
	assert_false(s2_obj_get(evidence(obj), S2_EVIDENCE_HPA).known);
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

/* So many slots with the same page, wb, and a last one that has it nc, or beside */
static struct audit run_slots(int slots, int last_hpa)
{
	char text[16384], *end = text + sizeof(text), *at = text;

	at += snprintf(at, (size_t)(end - at), "{\"format_version\":1,"
		       "\"kind\":\"snapshot\",\"complete\":true,"
		       "\"problems\":[],\"host\":{\"fwb\":true},"
		       "\"vms\":[{\"id\":1,\"slots\":[],\"extents\":[");
	for (int i = 0; i < slots; i++)
		at += snprintf(at, (size_t)(end - at),
			       EXTENT("%d", "%d", "4096", "65536", RAM) ",",
			       i, i * 65536);
	snprintf(at, (size_t)(end - at),
		 EXTENT("%d", "%d", "4096", "%d", NC) "]}]}", slots,
		 slots * 65536, last_hpa);
	return run(text);
}

/* Each slot is compared with 16 of another type; if that is not all, it says so */
static void test_shared_by_many(void **data)
{
	struct audit audit = run_slots(16, 65536);

	(void)data;
	assert_int_equal(count(&audit), 16);
	assert_true(s2_report_complete(audit.report));
	end(&audit);
	audit = run_slots(17, 65536);
	assert_int_equal(count(&audit), 16);
	expect_unknown(&audit, "S2-004 could not decide: more pairs of slots");
	end(&audit);
	/* The page behind */
	audit = run_slots(17, 69632);
	assert_int_equal(count(&audit), 0);
	assert_true(s2_report_complete(audit.report));
	end(&audit);
}

/* Addresses split extents; what other rules find stays the same */
#define SPLIT(class)							\
	HOST("", "", VM("1", "a", SLOT("0", "0", ""),			\
	EXTENT("0", "0", "4096", "65536",				\
	       WEAK_OF(class, "\"vma\",\"pfn\"")) ","			\
	EXTENT("0", "4096", "4096", "16384",				\
	       WEAK_OF(class, "\"vma\",\"pfn\"")) ","			\
	EXTENT("0", "12288", "4096", "4096",				\
	       WEAK_OF(class, "\"vma\",\"pfn\"")), ""))

static void test_split(void **data)
{
	struct audit audit = run(SPLIT("gmem"));
	const struct s2_obj *obj = of_rule(&audit, "S2-001");

	(void)data;
	assert_int_equal(s2_obj_num(obj, S2_FINDING_EXTENTS, 0), 2);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_BYTES, 0), 12288);
	end(&audit);
	/* Of what may be a BAR addresses are known in either case */
	audit = run(SPLIT("pfnmap-wb"));
	obj = of_rule(&audit, "S2-001");
	assert_int_equal(s2_obj_num(obj, S2_FINDING_EXTENTS, 0), 3);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_BYTES, 0), 12288);
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
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_shared_io),
		cmocka_unit_test(test_nearly_shared),
		cmocka_unit_test(test_shared_unknown),
		cmocka_unit_test(test_shared_by_many),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_relies),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_give_up),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_keys),
	};

	return RUN_TESTS(tests);
}
