// SPDX-License-Identifier: GPL-2.0-only
/* Baselines: what is new, what is read, and that nothing in one is trusted */
#include "unit.h"

#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdio.h>

#include "audit/baseline.h"
#include "model/model.h"
#include "audit/report.h"
#include "audit/audit.h"

#define ROUNDS	3000
#define UUID1	"c0ffee00-0000-4000-8000-000000000001"

#define WB	"\"class\":\"ram\",\"facts\":[],\"vma_type\":\"wb\"," \
	"\"mapped\":\"wb\",\"perm\":\"rw-\""
#define WEAK	"mapped wb without FEAT_S2FWB: the guest may choose non-cacheable"

/* Three VMs with one finding each, S2-002 (low): of UUID, of a name, of an id */
static const char vms[] =
	"{\"id\":1,\"name\":\"web\",\"uuid\":\"" UUID1 "\",\"slots\":[],"
	"\"extents\":[{\"slot\":0,\"gpa\":4096,\"bytes\":4096," WB "}]},"
	"{\"id\":2,\"name\":\"db\",\"slots\":[],"
	"\"extents\":[{\"slot\":0,\"gpa\":4096,\"bytes\":4096," WB "}]},"
	"{\"id\":3,\"slots\":[],"
	"\"extents\":[{\"slot\":0,\"gpa\":4096,\"bytes\":4096," WB "}]}";

struct state {
	struct s2_ctx *ctx;
	struct s2_model *model;
	struct s2_report *report;
	struct s2_baseline *baseline;
	char *dir;
};

static int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->dir = make_dir();
	state->model = load_vms(state->ctx, vms, S2_LOAD_DEVICES);
	s2_obj_set_str(s2_model_host_rw(state->model), S2_HOST_BOOT_ID,
		       "boot-1");
	assert_int_equal(s2_audit(state->ctx, state->model, &state->report), 0);
	assert_int_equal(s2_report_count(state->report, 0, false), 3);
	*data = state;
	return 0;
}

static int teardown(void **data)
{
	struct state *state = *data;

	s2_baseline_free(state->baseline);
	s2_report_unref(state->report);
	s2_model_unref(state->model);
	s2_ctx_unref(state->ctx);
	drop_dir(state->dir);
	free(state);
	return 0;
}

static int load_bytes(struct state *state, const char *text, size_t len)
{
	char path[256];

	s2_baseline_free(state->baseline);
	snprintf(path, sizeof(path), "%s/b", state->dir);
	put_file(state->dir, "b", text, len);
	return s2_baseline_load(state->ctx, path, &state->baseline);
}

static void load(struct state *state, const char *text)
{
	if (load_bytes(state, text, strlen(text)))
		fail_msg("%s\n%s", text, s2_ctx_error(state->ctx));
}

#define AUDIT_OF(host, findings, vms)					\
	"{\"format_version\":1,\"kind\":\"audit\",\"host\":" host		\
	",\"findings\":[" findings "],\"vms\":" vms "}"
#define BOOT(id)	"{\"boot_id\":\"" id "\"}"
#define OLD(vm, severity, more)						\
	"{\"rule\":\"S2-002\",\"severity\":\"" severity "\"," vm			\
	"\"slot\":0,\"gpa\":4096," more "\"statement\":\"" WEAK "\"}"
#define OLD_WEB	"\"vm\":71,\"name\":\"other\",\"uuid\":\"" UUID1 "\","
#define OLD_DB	"\"vm\":72,\"name\":\"db\",\"uuid\":null,"
#define OLD_3	"\"vm\":3,\"name\":null,\"uuid\":null,"

/* The VMs of which a finding is new, bit N for VM N */
static unsigned int new_in(struct state *state)
{
	const struct s2_obj *obj;
	unsigned int mask = 0;

	assert_int_equal(s2_report_compare(state->report, state->baseline), 0);
	s2_report_for_each(obj, state->report, S2_OBJ_FINDING)
		mask |= 1u << s2_obj_num(obj, S2_FINDING_VM, 0);
	return mask;
}

/* --------------------------------------------------------------- what is new */

static void test_nothing_known(void **data)
{
	load(*data, AUDIT_OF(BOOT("boot-1"), "", "null"));
	assert_int_equal(new_in(*data), 0xe);
}

/* By UUID whatever the name and id, by name whatever the id, by id */
static void test_all_known(void **data)
{
	load(*data, AUDIT_OF(BOOT("boot-1"), OLD(OLD_WEB, "low", "") ","
			     OLD(OLD_DB, "low", "") "," OLD(OLD_3, "low", ""),
			     "null"));
	assert_int_equal(new_in(*data), 0);
}

/* In another boot, an id is another VM */
static void test_other_boot(void **data)
{
	load(*data, AUDIT_OF(BOOT("boot-2"), OLD(OLD_WEB, "low", "") ","
			     OLD(OLD_DB, "low", "") "," OLD(OLD_3, "low", ""),
			     "null"));
	assert_int_equal(new_in(*data), 1 << 3);
}

static void test_other_place(void **data)
{
	load(*data, AUDIT_OF(BOOT("boot-1"),
			     "{\"rule\":\"S2-003\",\"severity\":\"low\"," OLD_WEB
			     "\"slot\":0,\"gpa\":4096,\"statement\":\"" WEAK "\"},"
			     "{\"rule\":\"S2-002\",\"severity\":\"low\"," OLD_DB
			     "\"slot\":1,\"gpa\":4096,\"statement\":\"" WEAK "\"},"
			     "{\"rule\":\"S2-002\",\"severity\":\"low\"," OLD_3
			     "\"slot\":0,\"gpa\":4096,\"statement\":\"x\"}", "[]"));
	assert_int_equal(new_in(*data), 0xe);
}

/* Less severe then, waived then, of a severity that we do not know */
static void test_worse(void **data)
{
	load(*data, AUDIT_OF(BOOT("boot-1"), OLD(OLD_WEB, "info", "") ","
			     OLD(OLD_DB, "low", "\"waived\":true,") ","
			     OLD(OLD_3, "high", ""), "null"));
	assert_int_equal(new_in(*data), 1 << 1 | 1 << 2);
}

/* In whichever order they are said */
static void test_worst_of_two(void **data)
{
	load(*data, AUDIT_OF(BOOT("boot-1"), OLD(OLD_WEB, "low", "") ","
			     OLD(OLD_WEB, "info", "") ","
			     OLD(OLD_DB, "dreadful", "") ","
			     OLD(OLD_3, "info", "") "," OLD(OLD_3, "low", ""),
			     "null"));
	assert_int_equal(new_in(*data), 1 << 2);
}

/* Waived now and known: not new, whatever it was */
static void test_waived_now(void **data)
{
	struct state *state = *data;

	for (size_t i = 0; i < 3; i++)
		s2_obj_set_num(s2_list_at(&state->report->findings, i),
			       S2_FINDING_WAIVED, 1);
	load(state, AUDIT_OF(BOOT("boot-1"), OLD(OLD_WEB, "info", "") ","
			     OLD(OLD_DB, "low", "\"waived\":true,"), "null"));
	assert_int_equal(new_in(state), 1 << 3);
}

static void test_keys(void **data)
{
	struct state *state = *data;
	struct s2_list *list = &state->report->findings;

	/* In order of VM, for rule and severity are the same */
	s2_obj_set_str(s2_list_at(list, 0), S2_FINDING_KEY, "k1");
	s2_obj_set_str(s2_list_at(list, 1), S2_FINDING_KEY, "k2");
	s2_obj_set_str(s2_list_at(list, 2), S2_FINDING_KEY, "k3");
	load(state, AUDIT_OF(BOOT("boot-1"),
			     /* The key says that it is the same, and no more */
			     "{\"rule\":\"S2-002\",\"severity\":\"low\","
			     "\"key\":\"k1\",\"statement\":\"said otherwise\"},"
			     /* A key that differs, and all else alike */
			     OLD(OLD_DB, "low", "\"key\":\"x\",") ","
			     /* No key: all else counts */
			     OLD(OLD_3, "low", "\"key\":null,"), "null"));
	assert_int_equal(new_in(state), 1 << 2);
}

/* What s2ctl 0.1 wrote has the id in the key: it is known again in the same boot */
static void test_old_keys(void **data)
{
#define STARTED	"{\"id\":3,\"pid\":81,\"start\":4711,\"nth\":1,\"slots\":[],"	\
	"\"extents\":[{\"slot\":0,\"gpa\":4096,\"bytes\":4096," WB "}]}"
	struct state *state = *data;
	static const char *const boots[] = { "boot-1", "boot-2" };

	for (size_t i = 0; i < 2; i++) {
		s2_report_unref(state->report);
		s2_model_unref(state->model);
		state->model = load_vms(state->ctx, STARTED, S2_LOAD_DEVICES);
		s2_obj_set_str(s2_model_host_rw(state->model),
			       S2_HOST_BOOT_ID, boots[i]);
		assert_int_equal(s2_audit(state->ctx, state->model,
					  &state->report), 0);
		assert_string_equal(s2_obj_str(s2_report_first(state->report,
							       S2_OBJ_FINDING),
					       S2_FINDING_KEY),
				    "S2-002/pid=81/start=4711/slot=0/gpa=0x1000/class=ram");
		load(state, AUDIT_OF(BOOT("boot-1"),
				     OLD(OLD_3, "low",
					 "\"key\":\"S2-002/vm=3/slot=0/gpa=0x1000/class=ram\","),
				     "null"));
		assert_int_equal(new_in(state), i ? 1 << 3 : 0);
	}
}

/* Without an id and without a key: by process, in the same boot */
static void test_processes(void **data)
{
#define PROCESS(pid, start, fd)						\
	"\"vm\":null,\"pid\":" pid ",\"start\":" start ",\"fd\":" fd ","
#define NOBODY	"{\"pid\":81,\"start\":4711,\"fd\":7,\"nth\":1,"		\
	"\"slots\":[],\"extents\":[{\"slot\":0,\"gpa\":4096,"		\
	"\"bytes\":4096," WB "}]}"
	static const struct {
		const char *text;
		size_t left;
	} cases[] = {
		{ AUDIT_OF(BOOT("boot-1"), OLD(PROCESS("81", "4711", "7"),
					       "low", ""), "null"), 0 },
		{ AUDIT_OF(BOOT("boot-1"), OLD(PROCESS("81", "4712", "7"),
					       "low", ""), "null"), 1 },
		{ AUDIT_OF(BOOT("boot-1"), OLD(PROCESS("81", "4711", "9"),
					       "low", ""), "null"), 1 },
		{ AUDIT_OF(BOOT("boot-2"), OLD(PROCESS("81", "4711", "7"),
					       "low", ""), "null"), 1 },
	};
	struct state *state = *data;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s2_report_unref(state->report);
		s2_model_unref(state->model);
		state->model = load_vms(state->ctx, NOBODY, S2_LOAD_DEVICES);
		s2_obj_set_str(s2_model_host_rw(state->model),
			       S2_HOST_BOOT_ID, "boot-1");
		assert_int_equal(s2_audit(state->ctx, state->model,
					  &state->report), 0);
		load(state, cases[i].text);
		new_in(state);
		assert_int_equal(s2_report_count(state->report, 0, false),
				 cases[i].left);
	}
}

/* ------------------------------------------------------------------ counters */

static void expect_counters(const struct state *state, uint64_t vm_id,
			    uint32_t slot, unsigned int class, uint64_t denied,
			    uint64_t would_deny)
{
	struct s2_counters old;
	struct s2_list vms;
	struct s2_obj *vm;

	s2_list_init(&vms, S2_OBJ_VM);
	vm = s2_list_add(&vms);
	assert_non_null(vm);
	s2_obj_set_num(vm, S2_VM_ID, vm_id);
	old = s2_baseline_counters(state->baseline, "boot-1", vm, slot, class);
	assert_int_equal(old.denied, denied);
	assert_int_equal(old.would_deny, would_deny);
	/* Of another boot, or of one that is not known, all begin at zero */
	old = s2_baseline_counters(state->baseline, "boot-2", vm, slot, class);
	assert_int_equal(old.denied + old.would_deny, 0);
	old = s2_baseline_counters(state->baseline, NULL, vm, slot, class);
	assert_int_equal(old.denied + old.would_deny, 0);
	s2_list_clear(&vms);
}

static void test_counters(void **data)
{
	struct state *state = *data;

	load(state, AUDIT_OF(BOOT("boot-1"), "", "[{\"id\":5,\"slots\":["
			     "{\"slot\":0,\"denied\":7,\"would_deny\":null},"
			     "{\"slot\":1,\"denied\":null,\"would_deny\":null}],"
			     "\"policies\":["
			     "{\"slot\":0,\"denied\":1,\"would_deny\":1},"
			     "{\"slot\":1,\"denied\":2,\"would_deny\":3},"
			     "{\"slot\":null,\"class\":\"io\",\"denied\":4,"
			     "\"would_deny\":5}]},"
			     "{\"pid\":9,\"slots\":null},"
			     "{\"id\":6,\"slots\":null}]"));
	expect_counters(state, 5, 0, 0, 7, 0);
	expect_counters(state, 5, 1, 0, 2, 3);
	expect_counters(state, 5, 2, 0, 0, 0);
	expect_counters(state, 5, S2_ANY_SLOT, KVM_S2_CLASS_IO, 4, 5);
	expect_counters(state, 5, S2_ANY_SLOT, KVM_S2_CLASS_RAM, 0, 0);
	expect_counters(state, 6, 0, 0, 0, 0);
	expect_counters(state, 7, 0, 0, 0, 0);
}

/* ------------------------------------------------------------ what is refused */

static void refuse(struct state *state, const char *text, int err,
		   const char *want)
{
	int is = load_bytes(state, text, strlen(text));
	const char *got = s2_ctx_error(state->ctx);

	assert_null(state->baseline);
	if (is != err || !strstr(got, want))
		fail_msg("%s\nis %d: %s\nnot %d: %s", text, is, got, err, want);
	assert_null(strchr(got, '\n'));
}

static void test_envelope(void **data)
{
	refuse(*data, "", -EBADMSG, "not an audit: the file is empty");
	refuse(*data, "{\"kind\"", -EBADMSG, "not an audit: the JSON ends early");
	refuse(*data, "null", -EBADMSG, "not an audit");
	refuse(*data, "[]", -EINVAL, ":1: not a valid audit: not an object");
	refuse(*data, "{}", -EINVAL, "format_version: missing");
	refuse(*data, "{\"format_version\":2}", -EPROTONOSUPPORT,
	       "was written by a newer s2ctl (format 2, this one reads 1)");
	refuse(*data, "{\"format_version\":1,\"kind\":\"snapshot\"}", -EINVAL,
	       "kind: not \"audit\"");
	refuse(*data, "{\"format_version\":1,\"kind\":\"audit\"}", -EINVAL,
	       "host: missing");
	refuse(*data, "{\"format_version\":1,\"kind\":\"audit\",\"host\":{},"
	       "\"findings\":null}", -EINVAL, "findings: missing or not an array");
	refuse(*data, "{\"format_version\":1,\"kind\":\"audit\",\"host\":7,"
	       "\"findings\":[]}", -EINVAL, ":1: not a valid audit: host: not an object");
}

static void test_wrong_kinds(void **data)
{
	refuse(*data, AUDIT_OF("{\"boot_id\":1}", "", "null"), -EINVAL,
	       "host.boot_id: not a string");
	refuse(*data, AUDIT_OF("{}", "7", "null"), -EINVAL,
	       "findings[0]: not an object");
	refuse(*data, AUDIT_OF("{}", "{\"rule\":7}", "null"), -EINVAL,
	       "findings[0].rule: not a string");
	refuse(*data, AUDIT_OF("{}", "{\"statement\":\"x\"}", "null"), -EINVAL,
	       "findings[0].rule: missing");
	refuse(*data, AUDIT_OF("{}", "{\"rule\":\"x\"}", "null"), -EINVAL,
	       "findings[0].statement: missing");
	refuse(*data, AUDIT_OF("{}", "{\"rule\":\"x\",\"gpa\":-1}", "null"),
	       -EINVAL, "findings[0].gpa: not an unsigned integer");
	refuse(*data, AUDIT_OF("{}", "{\"rule\":\"x\",\"waived\":1}", "null"),
	       -EINVAL, "findings[0].waived: neither true nor false");
	refuse(*data, AUDIT_OF("{}", "", "{}"), -EINVAL, "vms: not an array");
	refuse(*data, AUDIT_OF("{}", "", "[{\"id\":1,\"slots\":7}]"), -EINVAL,
	       "vms[0].slots: not an array");
	refuse(*data, AUDIT_OF("{}", "", "[{\"id\":1,\"slots\":[{\"slot\":1.5}]}]"),
	       -EINVAL, "vms[0].slots[0].slot: not an unsigned integer");
}

static void test_deep(void **data)
{
	char text[256] = "{\"format_version\":1,\"x\":";

	memset(text + strlen(text), '[', 64);
	refuse(*data, text, -EBADMSG, "not an audit: nested more than 16 deep");
}

static void test_no_file(void **data)
{
	struct state *state = *data;

	assert_int_equal(s2_baseline_load(state->ctx, "/nonexistent/b",
					  &state->baseline), -ENOENT);
	assert_null(state->baseline);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "/nonexistent/b: No such file or directory");
}

/* ------------------------------------------------------- spoilt, but alive */

static unsigned int next_random(unsigned int *seed, unsigned int limit)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % limit;
}

static void test_spoilt(void **data)
{
	static const char good[] =
		AUDIT_OF(BOOT("boot-1"), OLD(OLD_WEB, "low", "\"key\":\"k\",") ","
			 OLD(OLD_3, "low", "\"waived\":true,"),
			 "[{\"id\":5,\"slots\":[{\"slot\":0,\"denied\":7}]}]");
	struct state *state = *data;
	unsigned int taken = 0;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		static const char bytes[] = "{}[],:\"\\ 0-en";
		unsigned int seed = round;
		char text[sizeof(good)];
		int err;

		memcpy(text, good, sizeof(good));
		for (unsigned int i = next_random(&seed, 4); i; i--)
			text[next_random(&seed, sizeof(good) - 1)] =
				next_random(&seed, 2) ?
				bytes[next_random(&seed, sizeof(bytes) - 1)] :
				(char)next_random(&seed, 256);
		err = load_bytes(state, text, sizeof(good) - 1);
		taken += !err;
		assert_true(!err == !!state->baseline);
		if (err)
			assert_true(*s2_ctx_error(state->ctx));
		else
			assert_int_equal(s2_report_compare(state->report,
							   state->baseline), 0);
	}
	assert_true(taken > 0 && taken < ROUNDS);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_nothing_known), T(test_all_known), T(test_other_boot),
		T(test_other_place), T(test_worse), T(test_worst_of_two),
		T(test_waived_now), T(test_keys), T(test_old_keys),
		T(test_processes), T(test_counters),
		T(test_envelope), T(test_wrong_kinds), T(test_deep),
		T(test_no_file), T(test_spoilt),
	};

	return RUN_TESTS(tests);
}
