// SPDX-License-Identifier: GPL-2.0-only
/* The rules about policies; what they must find was worked out on paper */
#include "audit.h"
#include "audit/audit.h"

/* ---------------------------------------------------------------- S2-007 -- */

#define BAR(pci_id)	NC ",\"bdf\":\"0000:00:02.0\",\"bar\":2," \
	"\"prefetchable\":true" pci_id
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
	/* Set, but not satisfied; and both */
	audit = run_site(HOST("\"policy\"", POLICY("ram", "enforce"), RAM_VM),
		RULE("r", "\"class\":[\"ram\"]", "noexec", "enforce",
		     "high"));
	expect(&audit, "S2-009", "high",
	       "ram memory mapped wb is against the site policy: r");
	end(&audit);
	audit = run_site(HOST("\"policy\"",
		"{\"class\":\"ram\",\"owner\":\"admin\","
		"\"constraints\":[\"require-fwb\"],\"mode\":\"enforce\"}",
		RAM_VM), RULE("r", "\"class\":[\"ram\"]", "require-fwb",
			      "enforce", "high"));
	assert_int_equal(count(&audit), 0);
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

/* What is new of COUNTED() since an audit that found 3 and 5 */
static void since(struct audit *audit, const char *snapshot, bool compare)
{
	static const char old[] =
		"{\"format_version\":1,\"kind\":\"audit\",\"host\":{"
		"\"boot_id\":\"boot\"},\"vms\":[{\"id\":1,\"slots\":["
		"{\"slot\":0,\"denied\":3,\"would_deny\":5}]}],\"findings\":["
		"{\"rule\":\"S2-010\",\"severity\":\"medium\",\"statement\":\"x\","
		"\"key\":\"S2-010/name=a/slot=0/gpa=0x0\"}]}";
	struct s2_audit_options opt = { .size = sizeof(opt) };
	struct s2_baseline *baseline;
	char *dir = make_dir(), *path;

	put_file(dir, "old.json", old, strlen(old));
	assert_true(asprintf(&path, "%s/old.json", dir) > 0);
	*audit = (struct audit){ .ctx = new_ctx() };
	assert_int_equal(s2_baseline_load(audit->ctx, path, &baseline), 0);
	opt.baseline = baseline;
	run_with(audit, snapshot, &opt);
	if (compare)
		assert_int_equal(s2_report_compare(audit->report, baseline), 0);
	s2_baseline_free(baseline);
	free(path);
	drop_dir(dir);
}

static void test_baseline(void **data)
{
	struct audit audit;

	(void)data;
	for (int compare = 0; compare < 2; compare++) {
		since(&audit, COUNTED("3", "5"), compare);
		assert_int_equal(count(&audit), 0);
		end(&audit);
		since(&audit, COUNTED("5", "5"), compare);
		expect(&audit, "S2-010", "medium",
		       "constraints denied 2 faults since the baseline");
		end(&audit);
		/* Less than before: it was started anew */
		since(&audit, COUNTED("1", "5"), compare);
		expect(&audit, "S2-010", "medium",
		       "constraints denied 1 fault since the baseline");
		end(&audit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unapproved),
		cmocka_unit_test(test_approved),
		cmocka_unit_test(test_bad_approvals),
		cmocka_unit_test(test_host_policy),
		cmocka_unit_test(test_against_site),
		cmocka_unit_test(test_set_in_kernel),
		cmocka_unit_test(test_site_unknown),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_baseline),
	};

	return RUN_TESTS(tests);
}
