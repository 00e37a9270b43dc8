// SPDX-License-Identifier: GPL-2.0-only
/* The rules on models made by hand; what they must find was worked out on paper */
#include "audit/audit.h"
#include "unit.h"

/* One extent; what is not given is not known */
#define EXTENT(gpa, bytes, rest)	\
	"{\"slot\":0,\"gpa\":" gpa ",\"bytes\":" bytes "," rest "}"
#define VM(id, extents)	\
	"{\"id\":" id ",\"slots\":[],\"extents\":[" extents "]}"

struct audit {
	struct s2_ctx *ctx;
	struct s2_model *model;
	struct s2_report *report;
};

static struct audit run(const char *vms)
{
	struct audit audit = { .ctx = new_ctx() };

	audit.model = load_vms(audit.ctx, vms, S2_LOAD_DEVICES);
	assert_int_equal(s2_audit(audit.ctx, audit.model, &audit.report), 0);
	return audit;
}

static void end(struct audit *audit)
{
	s2_report_unref(audit->report);
	s2_model_unref(audit->model);
	s2_ctx_unref(audit->ctx);
}

static const struct s2_obj *finding(const struct audit *audit, size_t n)
{
	const struct s2_obj *obj =
		s2_report_first(audit->report, S2_OBJ_FINDING);

	while (n-- && obj)
		obj = s2_obj_next(obj);
	assert_non_null(obj);
	return obj;
}

static const struct s2_obj *evidence(const struct audit *audit, size_t n)
{
	return nth(finding(audit, n), S2_OBJ_EVIDENCE, 0);
}

static size_t count(const struct audit *audit)
{
	return s2_report_count(audit->report, 0, false);
}

static void expect(const struct audit *audit, size_t n, const char *rule,
		   const char *severity, uint64_t gpa, uint64_t bytes)
{
	const struct s2_obj *obj = finding(audit, n);

	assert_string_equal(s2_obj_str(obj, S2_FINDING_RULE), rule);
	assert_string_equal(s2_obj_str(obj, S2_FINDING_SEVERITY), severity);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_GPA, 1), gpa);
	assert_int_equal(s2_obj_num(obj, S2_FINDING_BYTES, 1), bytes);
}

#define RAM(fwb) "\"class\":\"ram\",\"vma_type\":\"wb\",\"mapped\":\"wb\"," \
	"\"perm\":\"rwx\",\"facts\":[\"vma\"" fwb "]"

static void test_clean(void **data)
{
	struct audit audit = run(VM("1", EXTENT("0", "4096", RAM(",\"fwb\""))));

	(void)data;
	assert_int_equal(count(&audit), 0);
	assert_true(s2_report_complete(audit.report));
	assert_int_equal(s2_report_worst(audit.report), 0);
	end(&audit);
}

/* S2-002: one finding for a slot, however it is split; unmapped is not wb */
static void test_weak_wb(void **data)
{
	struct audit audit = run(VM("1",
		EXTENT("0", "4096", RAM("")) ","
		EXTENT("4096", "4096", "\"class\":\"ram\",\"mapped\":\"unmapped\"") ","
		EXTENT("8192", "8192", "\"class\":\"ram\",\"vma_type\":\"wb\","
		       "\"mapped\":\"wb\",\"perm\":\"r--\",\"facts\":[\"vma\"]")));

	(void)data;
	assert_int_equal(count(&audit), 1);
	expect(&audit, 0, "S2-002", "low", 0, 12288);
	assert_int_equal(s2_obj_num(finding(&audit, 0), S2_FINDING_EXTENTS, 0),
			 2);
	assert_int_equal(s2_obj_num(finding(&audit, 0), S2_FINDING_VM, 0), 1);
	assert_string_equal(s2_obj_str(evidence(&audit, 0),
				       S2_EVIDENCE_STRENGTH), "weak");
	/* The two do not agree on it */
	assert_false(s2_obj_get(evidence(&audit, 0), S2_EVIDENCE_PERM).known);
	end(&audit);
}

/* S2-003: both sides uncached is low, one side cached is high */
static void test_mismatch(void **data)
{
	struct audit audit = run(VM("1",
		EXTENT("0", "4096", "\"class\":\"io-nc\",\"mapped\":\"nc\","
		       "\"vma_type\":\"device\",\"perm\":\"rw-\",\"facts\":[\"fwb\"]") ","
		EXTENT("4096", "4096", "\"class\":\"ram-nc\",\"mapped\":\"wb\","
		       "\"vma_type\":\"nc\",\"perm\":\"rw-\",\"facts\":[\"fwb\"]") ","
		EXTENT("8192", "4096", "\"class\":\"vgic\",\"mapped\":\"device\","
		       "\"perm\":\"rw-\",\"facts\":[\"fwb\"]")));

	(void)data;
	assert_int_equal(count(&audit), 2);
	expect(&audit, 0, "S2-003", "high", 4096, 4096);
	expect(&audit, 1, "S2-003", "low", 0, 4096);
	assert_string_equal(s2_obj_str(finding(&audit, 1),
				       S2_FINDING_STATEMENT),
			    "mapped nc, but device in the VMM");
	assert_int_equal(s2_report_worst(audit.report), S2_SEVERITY_HIGH);
	assert_int_equal(s2_report_count(audit.report, S2_SEVERITY_LOW, false),
			 1);
	assert_int_equal(s2_report_count(audit.report, 0, true), 0);
	end(&audit);
}

static void test_exec(void **data)
{
	struct audit audit = run(VM("7",
		EXTENT("0", "4096", "\"class\":\"io\",\"mapped\":\"device\",\"hpa\":1,"
		       "\"vma_type\":\"device\",\"perm\":\"r-x\",\"facts\":[\"fwb\"]") ","
		EXTENT("4096", "4096", "\"class\":\"pfnmap-wb\",\"mapped\":\"wb\","
		       "\"vma_type\":\"wb\",\"perm\":\"rwx\",\"facts\":[\"fwb\"]") ","
		EXTENT("8192", "4096", "\"class\":\"ram\",\"mapped\":\"wb\","
		       "\"vma_type\":\"wb\",\"perm\":\"rwx\",\"facts\":[\"fwb\"]")));

	(void)data;
	assert_int_equal(count(&audit), 2);
	expect(&audit, 0, "S2-005", "high", 0, 4096);
	assert_string_equal(s2_obj_str(finding(&audit, 0),
				       S2_FINDING_STATEMENT),
			    "the guest can execute from I/O memory (io), mapped device");
	expect(&audit, 1, "S2-005", "low", 4096, 4096);
	assert_string_equal(s2_obj_str(finding(&audit, 1),
				       S2_FINDING_STATEMENT),
			    "the guest can execute from normal memory without struct pages, mapped wb");
	end(&audit);
}

#define BAR(n, prefetch) "\"class\":\"io\",\"mapped\":\"device\",\"hpa\":4096," \
	"\"vma_type\":\"device\",\"perm\":\"rw-\",\"facts\":[\"fwb\"]," \
	"\"bdf\":\"0000:00:02.0\",\"bar\":" n ",\"prefetchable\":" prefetch

static void test_bar(void **data)
{
	struct audit audit = run(VM("7",
		EXTENT("0", "4096", BAR("2", "true")) ","
		EXTENT("4096", "4096", BAR("2", "true")) ","
		EXTENT("8192", "4096", BAR("4", "true")) ","
		EXTENT("12288", "4096", BAR("0", "false"))));

	(void)data;
	assert_int_equal(count(&audit), 2);
	expect(&audit, 0, "S2-006", "medium", 0, 8192);
	expect(&audit, 1, "S2-006", "medium", 8192, 4096);
	assert_string_equal(s2_obj_str(finding(&audit, 0),
				       S2_FINDING_STATEMENT),
			    "prefetchable BAR 2 of 0000:00:02.0 is mapped device");
	end(&audit);
}

/* What a rule cannot see makes the report incomplete, never clean */
static void test_missing_facts(void **data)
{
	struct audit audit = run(VM("3",
		EXTENT("0", "4096", "\"class\":\"io\",\"mapped\":\"device\","
		       "\"vma_type\":\"device\",\"perm\":\"rw-\",\"facts\":[\"fwb\"]")));
	const struct s2_obj *problem;

	(void)data;
	assert_int_equal(count(&audit), 0);
	assert_true(s2_model_complete(audit.model));
	assert_false(s2_report_complete(audit.report));
	problem = s2_report_first(audit.report, S2_OBJ_PROBLEM);
	assert_string_equal(s2_obj_str(problem, S2_PROBLEM_CODE),
			    "facts-missing");
	assert_string_equal(s2_obj_str(problem, S2_PROBLEM_TEXT),
			    "VM 3: S2-006 could not decide: facts about some extents are missing");
	assert_int_equal(s2_obj_num(problem, S2_PROBLEM_VM, 0), 3);
	assert_null(s2_obj_next(problem));
	end(&audit);
}

static void test_no_extents(void **data)
{
	struct audit audit = run("{\"id\":3,\"slots\":[]}");

	(void)data;
	assert_int_equal(count(&audit), 0);
	assert_false(s2_report_complete(audit.report));
	end(&audit);
}

/* Two VMs and two slots stay apart */
static void test_apart(void **data)
{
	struct audit audit = run(
		VM("1", EXTENT("0", "4096", RAM("")) ","
		   "{\"slot\":1,\"gpa\":4096,\"bytes\":4096," RAM("") "}") ","
		VM("2", EXTENT("0", "4096", RAM(""))));

	(void)data;
	assert_int_equal(count(&audit), 3);
	expect(&audit, 0, "S2-002", "low", 0, 4096);
	expect(&audit, 1, "S2-002", "low", 4096, 4096);
	assert_int_equal(s2_obj_num(finding(&audit, 1), S2_FINDING_SLOT, 9), 1);
	assert_int_equal(s2_obj_num(finding(&audit, 2), S2_FINDING_VM, 9), 2);
	end(&audit);
}

/* ----------------------------------------------- each rule and class -- */

/* A whole extent of one class, as it is without any fault */
#define WHOLE(class, vma, mapped, perm, facts)				\
	"\"class\":\"" class "\",\"vma_type\":\"" vma "\",\"mapped\":\""	\
	mapped "\",\"perm\":\"" perm "\",\"facts\":[" facts "],\"hpa\":4096"
#define DAX	"\"vma\",\"vm-mixedmap\",\"pfn\",\"struct-page\"," \
	"\"zone-device\",\"flushable\""
#define PFNMAP	"\"vma\",\"vm-pfnmap\",\"pfn\""
#define VM_IO	"\"vma\",\"vm-io\",\"vm-pfnmap\",\"pfn\""
#define MAPMEM	"\"vma\",\"vm-pfnmap\",\"pfn\",\"map-memory\"," \
	"\"struct-page\",\"flushable\""
#define COHERENT ",\"fwb\",\"dic\""

/* One extent: the rule and its severity, or nothing but info where @rule is NULL */
static void expect_one(const char *extent, const char *rule,
		       const char *severity)
{
	struct audit audit;
	char text[512];

	snprintf(text, sizeof(text),
		 VM("1", "{\"slot\":0,\"gpa\":0,\"bytes\":4096,%s}"), extent);
	audit = run(text);
	assert_true(s2_report_complete(audit.report));
	assert_int_equal(count(&audit) -
			 s2_report_count(audit.report, S2_SEVERITY_INFO, false),
			 rule ? 1 : 0);
	if (rule)
		expect(&audit, 0, rule, severity, 0, 4096);
	end(&audit);
}

/* S2-002 for all that is wb without FEAT_S2FWB, and can be without */
static void test_weak_classes(void **data)
{
	(void)data;
	expect_one(WHOLE("ram", "wb", "wb", "rwx", MAPMEM), "S2-002", "low");
	expect_one(WHOLE("zone-device", "wb", "wb", "rw-", DAX), "S2-002",
		   "low");
	/* DIC does not help; what is not wb cannot be weakened */
	expect_one(WHOLE("zone-device", "wb", "wb", "rwx", DAX ",\"dic\""),
		   "S2-002", "low");
	expect_one(WHOLE("io", "device", "device", "rw-", VM_IO), NULL, NULL);
	expect_one(WHOLE("zone-device", "wb", "wb", "rwx", DAX COHERENT), NULL,
		   NULL);
}

/* S2-003: KVM does not look at the VMM's mapping of what is in the memory map */
static void test_mismatch_ram_nc(void **data)
{
	(void)data;
	expect_one(WHOLE("ram-nc", "nc", "wb", "rwx", MAPMEM COHERENT),
		   "S2-003", "high");
	expect_one(WHOLE("ram-nc", "nc", "nc", "rw-", MAPMEM COHERENT), NULL,
		   NULL);
}

/* S2-003: cacheable in the VMM, uncached for the guest */
static void test_mismatch_cacheable(void **data)
{
	(void)data;
	/* kvm-arm.s2_memtype=map takes devdax and memory without pages for I/O */
	expect_one(WHOLE("zone-device", "wb", "device", "rw-",
			 DAX COHERENT ",\"map-only\""), "S2-003", "high");
	expect_one(WHOLE("pfnmap-wb", "wb", "device", "rw-",
			 PFNMAP COHERENT ",\"map-only\""), "S2-003", "high");
	expect_one(WHOLE("pfnmap-wb", "wb", "nc", "rw-",
			 PFNMAP COHERENT ",\"any-uncached\",\"map-only\""),
		   "S2-003", "high");
	/* remap_pfn_range() with a cacheable page protection */
	expect_one(WHOLE("io", "wb", "device", "rw-", VM_IO COHERENT),
		   "S2-003", "high");
	expect_one(WHOLE("io-nc", "wb", "nc", "rw-",
			 VM_IO COHERENT ",\"any-uncached\""),
		   "S2-003", "high");
}

/* S2-003: one type on both sides */
static void test_match_classes(void **data)
{
	(void)data;
	expect_one(WHOLE("ram", "wb", "wb", "rwx", MAPMEM COHERENT), NULL, NULL);
	expect_one(WHOLE("zone-device", "wb", "wb", "rw-", DAX COHERENT), NULL,
		   NULL);
	expect_one(WHOLE("pfnmap-wb", "wb", "wb", "rw-", PFNMAP COHERENT), NULL,
		   NULL);
	expect_one(WHOLE("io", "device", "device", "rw-", VM_IO COHERENT), NULL,
		   NULL);
	/* Neither side caches: low */
	expect_one(WHOLE("io", "nc", "device", "rw-", VM_IO COHERENT), "S2-003",
		   "low");
}

/* S2-005: by class; VM_PFNMAP alone says nothing */
static void test_exec_classes(void **data)
{
	(void)data;
	expect_one(WHOLE("io", "device", "device", "rwx", VM_IO COHERENT),
		   "S2-005", "high");
	expect_one(WHOLE("io-nc", "nc", "nc", "r-x", VM_IO COHERENT), "S2-005",
		   "high");
	expect_one(WHOLE("pfnmap-wb", "wb", "wb", "rwx", PFNMAP COHERENT),
		   "S2-005", "low");
	expect_one(WHOLE("pfnmap-wb", "wb", "wb", "rw-", PFNMAP COHERENT), NULL,
		   NULL);
	expect_one(WHOLE("zone-device", "wb", "wb", "rwx",
			 DAX ",\"vm-pfnmap\"" COHERENT), NULL, NULL);
	expect_one(WHOLE("ram", "wb", "wb", "rwx", MAPMEM COHERENT), NULL, NULL);
}

/* S2-006: I/O memory that is mapped device, and no other class */
static void test_bar_classes(void **data)
{
#define BAR2 ",\"bdf\":\"0000:00:02.0\",\"bar\":2,\"prefetchable\":true"
	(void)data;
	expect_one(WHOLE("io", "device", "device", "rw-", VM_IO COHERENT) BAR2,
		   "S2-006", "medium");
	expect_one(WHOLE("io-nc", "nc", "nc", "rw-",
			 VM_IO COHERENT ",\"any-uncached\"") BAR2, NULL, NULL);
	expect_one(WHOLE("zone-device", "device", "device", "rw-",
			 DAX COHERENT) BAR2, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean), cmocka_unit_test(test_weak_wb),
		cmocka_unit_test(test_mismatch), cmocka_unit_test(test_exec),
		cmocka_unit_test(test_bar),
		cmocka_unit_test(test_missing_facts),
		cmocka_unit_test(test_no_extents),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_weak_classes),
		cmocka_unit_test(test_mismatch_ram_nc),
		cmocka_unit_test(test_mismatch_cacheable),
		cmocka_unit_test(test_match_classes),
		cmocka_unit_test(test_exec_classes),
		cmocka_unit_test(test_bar_classes),
	};

	return RUN_TESTS(tests);
}
