// SPDX-License-Identifier: GPL-2.0-only
/* Objects, fields, text, and how VMs are looked up */
#include "unit.h"

#include <errno.h>
#include <linux/kvm_s2.h>

#include "model/field.h"
#include "model/model.h"
#include "base/text.h"
#include "model/program.h"

/* The tables hang together: positions, names, words */
static void test_fields(void **data)
{
	(void)data;
	for (unsigned int type = S2_OBJ_HOST; type <= S2_OBJ_WORD; type++) {
		size_t count;
		const struct s2_field *fields = s2_fields(type, &count);

		assert_true(count > 0 && count <= 64);
		assert_null(fields[count].name);
		for (size_t i = 0; i < count; i++) {
			const struct s2_field *f = &fields[i];

			assert_int_equal(f->id, S2_FIELD_ID(type, i));
			assert_ptr_equal(s2_field_find(type, f->name), f);
			assert_true(strspn(f->name,
					   "abcdefghijklmnopqrstuvwxyz0123456789_") ==
				    strlen(f->name));
			assert_true(*f->header && *f->doc);
			assert_int_equal(f->doc[strlen(f->doc) - 1], '.');
			assert_int_equal(f->kind == S2_KIND_ENUM ||
					 f->kind == S2_KIND_FLAGS,
					 f->words != NULL);
		}
	}
	assert_null(s2_fields(0, NULL));
	assert_null(s2_field_find(S2_OBJ_VM, "nonsense"));
	assert_null(s2_field_find(S2_OBJ_VM, "vm_i"));
}

/* Words are those of the ABI: number by number */
static void test_words_of_abi(void **data)
{
	static const struct {
		const char *field;
		uint64_t num;
		const char *word;
	} words[] = {
		{ "mapped", KVM_S2_TYPE_UNMAPPED, "unmapped" },
		{ "mapped", KVM_S2_TYPE_WB, "wb" },
		{ "mapped", KVM_S2_TYPE_NC, "nc" },
		{ "mapped", KVM_S2_TYPE_DEVICE, "device" },
		{ "mapped", KVM_S2_TYPE_MIXED, "mixed" },
		{ "class", KVM_S2_CLASS_RAM, "ram" },
		{ "class", KVM_S2_CLASS_ZONE_DEVICE, "zone-device" },
		{ "class", KVM_S2_CLASS_PFNMAP_WB, "pfnmap-wb" },
		{ "class", KVM_S2_CLASS_RAM_NC, "ram-nc" },
		{ "class", KVM_S2_CLASS_IO, "io" },
		{ "class", KVM_S2_CLASS_IO_NC, "io-nc" },
		{ "class", KVM_S2_CLASS_GMEM, "gmem" },
		{ "class", KVM_S2_CLASS_HOLE, "hole" },
		{ "class", KVM_S2_CLASS_VGIC, "vgic" },
		{ "class", KVM_S2_CLASS_MIXED, "mixed" },
		{ "verdict", KVM_S2_VERDICT_ALLOW, "allow" },
		{ "verdict", KVM_S2_VERDICT_WOULD_DENY, "would-deny" },
		{ "verdict", KVM_S2_VERDICT_DENY, "deny" },
		{ "verdict", KVM_S2_VERDICT_MIXED, "mixed" },
		{ "reason", KVM_S2_REASON_MAP_MEMORY, "map-memory" },
		{ "reason", KVM_S2_REASON_NOT_MAP_MEMORY, "not-map-memory" },
		{ "reason", KVM_S2_REASON_ANY_UNCACHED, "any-uncached" },
		{ "reason", KVM_S2_REASON_EXEC_IO, "exec-io" },
		{ "reason", KVM_S2_REASON_NO_VMA, "no-vma" },
		{ "reason", KVM_S2_REASON_VMM_EXITED, "vmm-exited" },
		{ "reason", KVM_S2_REASON_VGIC, "vgic" },
		{ "reason", KVM_S2_REASON_MIXED, "mixed" },
		{ "reason", KVM_S2_REASON_MTE_VMA, "mte-vma" },
		{ "reason", KVM_S2_REASON_VMM_BUSY, "vmm-busy" },
		{ "reason", KVM_S2_REASON_CACHEABLE_VMA, "cacheable-vma" },
		{ "reason", KVM_S2_REASON_IO_VMA, "io-vma" },
		{ "reason", KVM_S2_REASON_NOT_FLUSHABLE, "not-flushable" },
	};
	static const struct {
		unsigned int mask;
		const char *word;
	} facts[] = {
		{ KVM_S2_FACT_VMA, "vma" },
		{ KVM_S2_FACT_VM_IO, "vm-io" },
		{ KVM_S2_FACT_VM_PFNMAP, "vm-pfnmap" },
		{ KVM_S2_FACT_VM_MIXEDMAP, "vm-mixedmap" },
		{ KVM_S2_FACT_ANY_UNCACHED, "any-uncached" },
		{ KVM_S2_FACT_HUGETLB, "hugetlb" },
		{ KVM_S2_FACT_MTE_ALLOWED, "mte-allowed" },
		{ KVM_S2_FACT_PFN, "pfn" },
		{ KVM_S2_FACT_MAP_MEMORY, "map-memory" },
		{ KVM_S2_FACT_STRUCT_PAGE, "struct-page" },
		{ KVM_S2_FACT_ZONE_DEVICE, "zone-device" },
		{ KVM_S2_FACT_FLUSHABLE, "flushable" },
		{ KVM_S2_FACT_GMEM, "gmem" },
		{ KVM_S2_FACT_FWB, "fwb" },
		{ KVM_S2_FACT_DIC, "dic" },
		{ KVM_S2_FACT_MTE, "mte" },
		{ KVM_S2_FACT_PKVM, "pkvm" },
		{ KVM_S2_FACT_MAP_ONLY, "map-only" },
	};
	static const struct {
		unsigned int mask;
		const char *word;
	} features[] = {
		{ KVM_S2_FEATURE_SLOT, "slot" },
		{ KVM_S2_FEATURE_EXTENTS, "extents" },
		{ KVM_S2_FEATURE_NETLINK, "netlink" },
		{ KVM_S2_FEATURE_VMA_TYPES, "vma-types" },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(s2_field_num(s2_field_find(S2_OBJ_EXTENT,
							    words[i].field),
					      words[i].word), words[i].num);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		assert_int_equal(1u << s2_flag_bit(s2_field_by_id(
					S2_EXTENT_FACTS), facts[i].word),
				 facts[i].mask);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		assert_int_equal(1u << s2_flag_bit(s2_field_by_id(
					S2_HOST_FEATURES), features[i].word),
				 features[i].mask);
	/* The two stages' words have the numbers of all types */
	for (unsigned int id = S2_COMBINATION_STAGE1;
	     id <= S2_COMBINATION_EFFECTIVE; id++) {
		const struct s2_field *field = s2_field_by_id(id);

		if (!field->words)
			continue;
		assert_int_equal(s2_field_num(field, "wb"), KVM_S2_TYPE_WB);
		assert_int_equal(s2_field_num(field, "nc"), KVM_S2_TYPE_NC);
		assert_int_equal(s2_field_num(field, "device"),
				 KVM_S2_TYPE_DEVICE);
	}
	assert_int_equal(s2_flag_bit(s2_field_by_id(S2_EXTENT_FACTS), ""), -1);
	assert_int_equal(s2_flag_bit(s2_field_by_id(S2_EXTENT_FACTS), "bit-7"),
			 7);
	assert_int_equal(s2_flag_bit(s2_field_by_id(S2_EXTENT_FACTS),
				     "bit-64"), -1);
}

static void test_value_text(void **data)
{
	static const struct {
		unsigned int id;
		uint64_t num;
		const char *text;
	} cases[] = {
		{ S2_HOST_FWB, 0, "no" },
		{ S2_HOST_FWB, 1, "yes" },
		{ S2_EXTENT_BYTES, UINT64_MAX, "18446744073709551615" },
		{ S2_EXTENT_GPA, UINT64_MAX, "0xffffffffffffffff" },
		{ S2_EXTENT_GPA, 0, "0x0" },
		{ S2_EXTENT_PERM, 5, "r-x" },
		{ S2_EXTENT_PERM, 0, "---" },
		{ S2_EXTENT_FACTS, 0, "none" },
		{ S2_EXTENT_FACTS, 1 | 1 << 7 | 1 << 16, "vma,bit-7,fwb" },
	};
	char buf[64];

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct s2_field *field = s2_field_by_id(cases[i].id);
		struct s2_value value = {
			.kind = field->kind, .known = true,
			.num = cases[i].num,
		};

		assert_int_equal(s2_value_text(field, value, buf, sizeof(buf)),
				 strlen(cases[i].text));
		assert_string_equal(buf, cases[i].text);
		value.known = false;
		s2_value_text(field, value, buf, sizeof(buf));
		assert_string_equal(buf, "-");
		/* Cut short, but always ended */
		value.known = true;
		assert_int_equal(s2_value_text(field, value, buf, 2),
				 strlen(cases[i].text));
		assert_int_equal(buf[1], 0);
		s2_value_text(field, value, NULL, 0);
	}
}

static void test_numbers(void **data)
{
	uint64_t num;

	(void)data;
	assert_int_equal(s2_text_u64("0", &num), 0);
	assert_int_equal(s2_text_u64("18446744073709551615", &num), 0);
	assert_true(num == UINT64_MAX);
	assert_int_equal(s2_text_u64("18446744073709551616", &num), -ERANGE);
	assert_int_equal(s2_text_u64("99999999999999999999", &num), -ERANGE);
	assert_int_equal(s2_text_u64("", &num), -EINVAL);
	assert_int_equal(s2_text_u64("12abc", &num), -EINVAL);
	assert_int_equal(s2_text_u64("-1", &num), -EINVAL);
	assert_int_equal(s2_text_u64("+1", &num), -EINVAL);
	assert_int_equal(s2_text_u64(" 1", &num), -EINVAL);
	assert_int_equal(s2_text_u64("0x1", &num), -EINVAL);
	assert_true(s2_text_is_uuid("c7a5fdbd-edaf-9455-926a-d65c16db1809"));
	assert_false(s2_text_is_uuid("c7a5fdbd-edaf-9455-926a-d65c16db180"));
	assert_false(s2_text_is_uuid("c7a5fdbd-edaf-9455-926a-d65c16db18091"));
	assert_false(s2_text_is_uuid("g7a5fdbd-edaf-9455-926a-d65c16db1809"));
	assert_false(s2_text_is_uuid(""));
}

#define UUID	"c7a5fdbd-edaf-9455-926a-d65c16db1809"

static const char vms[] =
	"{\"id\":1,\"pid\":100,\"name\":\"web\",\"uuid\":\"" UUID "\"},"
	"{\"id\":2,\"pid\":100,\"name\":\"db\"},"
	"{\"id\":3,\"pid\":1,\"name\":\"12abc\"},"
	"{\"id\":4,\"pid\":400,\"name\":\"db\"},"
	"{\"id\":5,\"pid\":500,\"name\":\"pid:7\"},"
	"{\"id\":6,\"pid\":600,\"name\":\"99999999999999999999\"},"
	"{\"pid\":700}";

static void test_find(void **data)
{
	static const struct {
		const char *spec;
		int err;
		uint64_t pid;	/* of the VM that it is */
	} cases[] = {
		{ "2", 0, 100 }, { "id:2", 0, 100 },
		/* An id comes before a pid */
		{ "1", 0, 100 }, { "pid:1", 0, 1 },
		{ "400", 0, 400 }, { "pid:400", 0, 400 }, { "700", 0, 700 },
		{ "100", -ENOTUNIQ, 0 }, { "pid:100", -ENOTUNIQ, 0 },
		{ "id:100", -ENOENT, 0 },
		{ "web", 0, 100 }, { "name:web", 0, 100 },
		{ "we", -ENOENT, 0 }, { "WEB", -ENOENT, 0 },
		{ "db", -ENOTUNIQ, 0 },
		{ UUID, 0, 100 }, { "uuid:" UUID, 0, 100 },
		{ "C7A5FDBD-EDAF-9455-926A-D65C16DB1809", 0, 100 },
		{ "00000000-0000-0000-0000-000000000000", -ENOENT, 0 },
		/* Junk behind a number makes it a name */
		{ "12abc", 0, 1 }, { "2x", -ENOENT, 0 },
		{ "id:2x", -ENOENT, 0 }, { "pid:", -ENOENT, 0 },
		{ "name:pid:7", 0, 500 }, { "pid:7", -ENOENT, 0 },
		{ "99999999999999999999", 0, 600 },
		{ "99999999999999999998", -ENOENT, 0 },
		{ "", -ENOENT, 0 }, { "-1", -ENOENT, 0 }, { "0", -ENOENT, 0 },
	};
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx, vms, S2_LOAD_VMS);

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct s2_obj *vm;
		int err = s2_model_find_vm(model, cases[i].spec, &vm);

		if (err != cases[i].err)
			fail_msg("'%s' gives %d", cases[i].spec, err);
		if (err) {
			assert_null(vm);
			assert_non_null(strstr(s2_ctx_error(ctx),
					       cases[i].spec));
		} else {
			assert_int_equal(s2_obj_num(vm, S2_VM_PID, 0),
					 cases[i].pid);
		}
	}
	s2_model_find_vm(model, "db", &(const struct s2_obj *){ NULL });
	assert_string_equal(s2_ctx_error(ctx), "'db' fits 2 VMs: id:2, id:4");
	s2_model_find_vm(model, "99999999999999999998",
			 &(const struct s2_obj *){ NULL });
	assert_string_equal(s2_ctx_error(ctx),
			    "no such VM: '99999999999999999998': number out of range");
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

/* A name is found by any spelling of it, and by no other's */
static void test_find_spelled(void **data)
{
	static const char spelled[] =
		"{\"id\":1,\"name\":\"a\\\\x1bb\"},"
		"{\"id\":2,\"name\":\"a\\\\x5cx1bb\"},"
		"{\"id\":3,\"name\":\"caf\xc3\xa9\"},"
		"{\"id\":4,\"name\":\" a\"},"
		"{\"id\":5,\"name\":\"\\\\x62\\\\x\"}";
	static const struct {
		const char *spec;
		uint64_t id;
	} cases[] = {
		{ "a\\x1bb", 1 }, { "a\\x1Bb", 1 }, { "a\x1b" "b", 1 },
		{ "name:\\x61\\x1bb", 1 }, { "a\\x5cx1bb", 2 },
		{ "a\\x5c\\x78" "1bb", 2 }, { "caf\xc3\xa9", 3 },
		{ "caf\\xc3\\xa9", 3 }, { "\\x20" "a", 4 }, { "name: a", 4 },
		{ "b\\x", 5 }, { "a\\x1b", 0 }, { "a", 0 },
	};
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx, spelled, S2_LOAD_VMS);

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct s2_obj *vm;
		int err = s2_model_find_vm(model, cases[i].spec, &vm);

		assert_int_equal(err, cases[i].id ? 0 : -ENOENT);
		if (!err)
			assert_int_equal(s2_obj_num(vm, S2_VM_ID, 0),
					 cases[i].id);
	}
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

static void test_select(void **data)
{
	const char *const wanted[] = { "4", "web", "id:1" };
	struct s2_ctx *ctx = new_ctx();
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS, .vms = wanted,
		.nr_vms = 3,
	};
	struct s2_source *src;
	struct s2_model *model;
	char text[2048];

	(void)data;
	snprintf(text, sizeof(text), "{\"format_version\":1,"
		 "\"kind\":\"snapshot\",\"host\":{},\"complete\":true,"
		 "\"problems\":[],\"vms\":[%s]}", vms);
	assert_int_equal(open_text(ctx, text, strlen(text), &src), 0);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	/* Once each, in their own order, and they outlive their source */
	s2_source_close(src);
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 2);
	assert_string_equal(s2_obj_str(nth_vm(model, 0), S2_VM_NAME), "web");
	assert_string_equal(s2_obj_str(nth_vm(model, 1), S2_VM_NAME), "db");
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

static void test_options(void **data)
{
	static const char text[] = "{\"format_version\":1,"
		"\"kind\":\"snapshot\",\"host\":{},\"complete\":true,"
		"\"problems\":[],\"vms\":[]}";
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model;
	struct s2_source *src;
	const char *vm = "1";
	struct s2_load_options opt = { .size = 1 };

	(void)data;
	assert_int_equal(open_text(ctx, text, strlen(text), &src), 0);
	assert_int_equal(s2_load(src, &opt, &model), -EINVAL);
	opt.size = sizeof(opt);
	opt.flags = 1u << 31;
	assert_int_equal(s2_load(src, &opt, &model), -EINVAL);
	opt.flags = 0;
	opt.vms = &vm;
	opt.nr_vms = 1;
	assert_int_equal(s2_load(src, &opt, &model), -EINVAL);
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

/* Sums, order, strength and the reason in words */
static void test_derive(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_model *model = load_vms(ctx,
		"{\"id\":1,\"slots\":["
		"{\"slot\":1,\"gpa\":8192,\"bytes\":4096,\"wb_bytes\":0,"
		" \"mapped\":\"wb\",\"facts\":[],\"reason\":\"map-memory\"},"
		"{\"slot\":0,\"gpa\":0,\"bytes\":4096,\"wb_bytes\":4096,"
		" \"nc_bytes\":1,\"mapped\":\"unmapped\",\"predicted\":\"wb\"}"
		"],\"extents\":[]}", S2_LOAD_EXTENTS);
	const struct s2_obj *vm = nth_vm(model, 0), *slot;

	(void)data;
	assert_int_equal(s2_obj_num(vm, S2_VM_BYTES, 0), 8192);
	assert_int_equal(s2_obj_num(vm, S2_VM_WB_BYTES, 0), 4096);
	assert_false(s2_obj_get(vm, S2_VM_NC_BYTES).known);
	slot = nth(vm, S2_OBJ_SLOT, 0);
	assert_int_equal(s2_obj_num(slot, S2_SLOT_SLOT, 9), 0);
	/* The host has FWB; the second slot's own facts say otherwise */
	assert_string_equal(s2_obj_str(slot, S2_SLOT_STRENGTH), "forced");
	assert_null(s2_obj_str(slot, S2_SLOT_WHY));
	slot = s2_obj_next(slot);
	assert_string_equal(s2_obj_str(slot, S2_SLOT_STRENGTH), "weak");
	assert_string_equal(s2_obj_str(slot, S2_SLOT_WHY),
			    "RAM of the host: write-back");
	assert_null(s2_obj_next(slot));
	/* Asked of the wrong object: absent */
	assert_false(s2_obj_get(slot, S2_VM_ID).known);
	assert_int_equal(s2_obj_num(slot, S2_VM_ID, 77), 77);
	assert_false(s2_obj_known(slot, S2_OBJ_EXTENT));
	s2_model_unref(model);
	s2_ctx_unref(ctx);
}

/* vma-types, FWB, DIC and no pKVM: one no is enough, unknown never is a yes */
static void test_cacheable_pfnmap(void **data)
{
	static const struct {
		const char *host;
		int answer;	/* 1, 0, or -1 for not known */
	} cases[] = {
#define V	"\"features\":[\"slot\",\"netlink\",\"vma-types\"]"
#define OLD	"\"features\":[\"slot\",\"netlink\"]"
		{ V ",\"fwb\":true,\"dic\":true,\"pkvm\":false", 1 },
		{ V ",\"fwb\":false,\"dic\":true,\"pkvm\":false", 0 },
		{ V ",\"fwb\":true,\"dic\":false,\"pkvm\":false", 0 },
		{ V ",\"fwb\":true,\"dic\":true,\"pkvm\":true", 0 },
		{ OLD ",\"fwb\":true,\"dic\":true,\"pkvm\":false", 0 },
		{ OLD, 0 },
		{ "\"fwb\":false", 0 },
		{ "\"dic\":false", 0 },
		{ "\"pkvm\":true", 0 },
		{ "\"fwb\":true,\"dic\":true,\"pkvm\":false", -1 },
		{ V ",\"dic\":true,\"pkvm\":false", -1 },
		{ V ",\"fwb\":true,\"pkvm\":false", -1 },
		{ V ",\"fwb\":true,\"dic\":true", -1 },
		{ "\"machine\":\"aarch64\"", -1 },
		/* It is derived: what a file claims does not count */
		{ "\"cacheable_pfnmap\":true", -1 },
		{ OLD ",\"cacheable_pfnmap\":true", 0 },
	};
	struct s2_load_options opt = { .size = sizeof(opt) };

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_ctx *ctx = new_ctx();
		struct s2_source *src;
		struct s2_model *model;
		struct s2_value v;
		char text[512];

		snprintf(text, sizeof(text),
			 "{\"format_version\":1,\"kind\":\"snapshot\","
			 "\"host\":{%s},\"complete\":true,\"problems\":[],"
			 "\"vms\":[]}", cases[i].host);
		assert_int_equal(open_text(ctx, text, strlen(text), &src), 0);
		assert_int_equal(s2_load(src, &opt, &model), 0);
		v = s2_obj_get(s2_model_host(model), S2_HOST_CACHEABLE_PFNMAP);
		if ((v.known ? (int)v.num : -1) != cases[i].answer)
			fail_msg("case %zu is not as expected", i);
		s2_model_unref(model);
		s2_source_close(src);
		s2_ctx_unref(ctx);
	}
}

static void test_severity(void **data)
{
	(void)data;
	assert_int_equal(s2_severity_from_word("info"), S2_SEVERITY_INFO);
	assert_int_equal(s2_severity_from_word("critical"),
			 S2_SEVERITY_CRITICAL);
	assert_int_equal(s2_severity_from_word("Low"), -EINVAL);
	assert_int_equal(s2_severity_from_word(""), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_words_of_abi),
		cmocka_unit_test(test_value_text), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_find), cmocka_unit_test(test_find_spelled),
		cmocka_unit_test(test_select), cmocka_unit_test(test_options),
		cmocka_unit_test(test_derive),
		cmocka_unit_test(test_cacheable_pfnmap),
		cmocka_unit_test(test_severity),
	};

	return RUN_TESTS(tests);
}
