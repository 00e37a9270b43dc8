// SPDX-License-Identifier: GPL-2.0-only
/* libvirt domains: their XML, whose they are, and what a host makes of them */
#include "unit.h"

#include <errno.h>
#include <linux/kvm_s2.h>
#include <stdio.h>

#include "policy/domain.h"
#include "model/model.h"
#include "policy/policy.h"

#define UUID	"6a5a1fcd-2f0e-4f5b-9d5c-6a7d5c1c0b01"

struct state {
	struct s2_ctx *ctx;
	char *dir;
};

static int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->dir = make_dir();
	*data = state;
	return 0;
}

static int teardown(void **data)
{
	struct state *state = *data;

	s2_ctx_unref(state->ctx);
	drop_dir(state->dir);
	free(state);
	return 0;
}

/* A domain as libvirt writes it, with this in its metadata */
static char *domain_xml(const char *metadata)
{
	char *xml;

	assert_true(asprintf(&xml,
			     "<domain type='kvm' id='1'>\n"
			     "  <name>web, 1 \u00e9</name>\n"
			     "  <uuid>" UUID "</uuid>\n"
			     "  <metadata>\n"
			     "    <other:thing xmlns:other='http://example.org/'><rule/>text</other:thing>\n"
			     "%s\n"
			     "  </metadata>\n"
			     "  <memory unit='KiB'>1024</memory>\n"
			     "  <devices><name>no name</name></devices>\n"
			     "</domain>\n", metadata) > 0);
	return xml;
}

static int parse(struct state *state, const char *metadata,
		 struct s2_domain **domain)
{
	char *xml = domain_xml(metadata);
	int err = s2_domain_parse(state->ctx, "d", xml, strlen(xml), domain);

	free(xml);
	return err;
}

#define POLICY(rules) \
	"<s2:policy xmlns:s2='urn:s2ctl:domain:1'>" rules "</s2:policy>"

static void test_rules(void **data)
{
	struct s2_domain *d;

	assert_int_equal(parse(*data,
			       POLICY("\n<s2:rule class='ram zone-device' constraints=' require-fwb\n noexec ' mode='enforce' severity='high'/>"
				      "<s2:rule device='10DE:2342 8086:*' constraints='floor=device' mode='audit'/>"),
			       &d), 0);
	assert_string_equal(s2_domain_name(d), "web, 1 \u00e9");
	assert_string_equal(s2_domain_uuid(d), UUID);
	assert_int_equal(s2_domain_pid(d), 0);
	assert_int_equal(s2_domain_count(d), 2);
	/* ram is 1 and zone-device 2 in the ABI */
	assert_int_equal(d->rule[0].classes, 1 << 1 | 1 << 2);
	assert_int_equal(d->rule[0].constraints,
			 KVM_S2_CONSTRAINT_REQUIRE_FWB |
			 KVM_S2_CONSTRAINT_NOEXEC);
	assert_int_equal(d->rule[0].mode, KVM_S2_MODE_ENFORCE);
	assert_int_equal(d->rule[0].severity, S2_SEVERITY_HIGH);
	assert_int_equal(d->rule[0].line, 7);
	assert_int_equal(d->rule[1].nr_devices, 2);
	assert_int_equal(d->rule[1].device[0].vendor, 0x10de);
	assert_int_equal(d->rule[1].device[0].device, 0x2342);
	assert_true(d->rule[1].device[1].any);
	assert_int_equal(d->rule[1].mode, KVM_S2_MODE_AUDIT);
	assert_int_equal(d->rule[1].severity, S2_SEVERITY_MEDIUM);
	s2_domain_free(d);
}

static void test_no_policy(void **data)
{
	struct s2_domain *d;

	assert_int_equal(parse(*data, "", &d), 0);
	assert_int_equal(s2_domain_count(d), 0);
	s2_domain_free(d);
	/* Another version's namespace is not ours */
	assert_int_equal(parse(*data, "<p:policy xmlns:p='urn:s2ctl:domain:2'><p:what/></p:policy>",
			       &d), 0);
	assert_int_equal(s2_domain_count(d), 0);
	s2_domain_free(d);
}

/* What could be a constraint must not be passed over */
static void test_refused(void **data)
{
	static const struct {
		const char *metadata;
		const char *text;
	} cases[] = {
		{ POLICY("<s2:rule class='ram' mode='enforce'/>"),
		  "d:6: 'constraints' is missing" },
		{ POLICY("<s2:rule constraints='noexec'/>"),
		  "d:6: 'mode' is missing" },
		{ POLICY("<s2:rule constraints='no-exec' mode='audit'/>"),
		  "d:6: constraints: 'no-exec' is no constraint" },
		{ POLICY("<s2:rule constraints='' mode='audit'/>"),
		  "d:6: constraints: empty" },
		{ POLICY("<s2:rule constraints='force' mode='enforce'/>"),
		  "d:6: constraints: only a VMM can ask for 'force', for its own VM" },
		{ POLICY("<s2:rule constraints='noexec' mode='none'/>"),
		  "d:6: mode: 'none' is neither audit nor enforce" },
		{ POLICY("<s2:rule constraints='noexec' mode='enforce' class='vgic'/>"),
		  "d:6: class: no policy can be for 'vgic'" },
		{ POLICY("<s2:rule constraints='noexec' mode='enforce' klass='ram'/>"),
		  "d:6: a rule has no attribute 'klass'" },
		{ POLICY("<s2:rule constraints='noexec' mode='enforce' device='10de'/>"),
		  "d:6: device: '10de' is not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*" },
		{ POLICY("<s2:rule constraints='noexec' mode='enforce' device='10de:*' class='ram'/>"),
		  "d:6: with 'device', only class io, io-nc and pfnmap-wb" },
		{ POLICY("<s2:rule constraints='noexec' mode='enforce' severity='worst'/>"),
		  "d:6: severity: 'worst' is none" },
		{ POLICY("<s2:rules/>"),
		  "d:6: 'rules' of the policy's namespace: not expected here" },
		{ POLICY("<rule constraints='noexec' mode='enforce'/>"),
		  "d:6: 'rule' does not belong into a policy" },
		{ POLICY("noexec"), "d:6: text in a policy" },
		{ POLICY("") "\n" POLICY(""), "d:7: a second policy" },
		{ "<p xmlns='urn:s2ctl:domain:1'/>",
		  "d:6: 'p' of the policy's namespace: not expected here" },
		{ "<x><s2:policy xmlns:s2='urn:s2ctl:domain:1'/></x>",
		  "d:6: 'policy' of the policy's namespace: not expected here" },
	};
	struct state *state = *data;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct s2_domain *d;

		assert_int_equal(parse(state, cases[i].metadata, &d), -EINVAL);
		assert_null(d);
		assert_string_equal(s2_ctx_error(state->ctx), cases[i].text);
	}
}

static int parse_text(struct state *state, const char *xml)
{
	struct s2_domain *d;
	int err = s2_domain_parse(state->ctx, "d", xml, strlen(xml), &d);

	s2_domain_free(d);
	return err;
}

static void test_not_a_domain(void **data)
{
	struct state *state = *data;
	char *big, *deep;

	assert_int_equal(parse_text(state, ""), -EBADMSG);
	assert_int_equal(parse_text(state, "<domain>"), -EBADMSG);
	assert_int_equal(parse_text(state, "<network/>"), -EINVAL);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "d:1: 'network' is not a domain");
	assert_int_equal(parse_text(state, "<domain><name>a</name></domain>"),
			 -EINVAL);
	assert_int_equal(parse_text(state, "<domain><name>a</name><uuid>no</uuid></domain>"),
			 -EINVAL);
	/* Neither entities nor files are read */
	assert_int_equal(parse_text(state,
				    "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><domain><name>&e;</name></domain>"),
			 -EINVAL);
	assert_string_equal(s2_ctx_error(state->ctx), "d:1: a document type");
	deep = calloc(1, 300 * 3 + 16);
	strcpy(deep, "<domain>");
	for (int i = 0; i < 300; i++)
		strcat(deep, "<a>");
	assert_int_equal(parse_text(state, deep), -EINVAL);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "d:1: more than 256 elements deep");
	free(deep);
	big = malloc((4u << 20) + 1);
	memset(big, ' ', (4u << 20) + 1);
	assert_int_equal(s2_domain_parse(state->ctx, "d", big, (4u << 20) + 1,
					 &(struct s2_domain *){ NULL }),
			 -EFBIG);
	free(big);
}

/* ------------------------------------------------------------ one that runs */

static void put_status(struct state *state, const char *file, unsigned int pid,
		       const char *uuid, const char *rules)
{
	char *xml;

	assert_true(asprintf(&xml,
			     "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n"
			     "<domstatus state='running' reason='booted' pid='%u'>\n"
			     "  <taint flag='custom-argv'/>\n"
			     "  <domain type='kvm' id='3'><name>n</name><uuid>%s</uuid>"
			     "<metadata>%s</metadata></domain>\n</domstatus>\n",
			     pid, uuid, rules) > 0);
	put_text(state->dir, file, xml);
	free(xml);
}

static struct s2_model *vm_model(struct state *state, const char *name,
				 unsigned int pid, const char *uuid)
{
	struct s2_model *model;
	struct s2_obj *vm;

	assert_int_equal(s2_model_new(state->ctx, &model), 0);
	model->vms_known = true;
	vm = s2_list_add(&model->vms);
	s2_obj_set_num(vm, S2_VM_ID, 1);
	s2_obj_set_num(vm, S2_VM_PID, pid);
	s2_obj_set_num(vm, S2_VM_UID, 0);
	if (name)
		s2_obj_set_str(vm, S2_VM_NAME, s2_model_str(model, name,
							    strlen(name)));
	if (uuid)
		s2_obj_set_str(vm, S2_VM_UUID, s2_model_str(model, uuid,
							    strlen(uuid)));
	s2_obj_set_kids_known(vm, S2_OBJ_POLICY, true);
	s2_obj_set_kids_known(vm, S2_OBJ_SLOT, true);
	return model;
}

static int find(struct state *state, const struct s2_model *model,
		uint64_t *pid)
{
	struct s2_domain *d;
	int err = s2_domain_find(state->ctx, state->dir, nth_vm(model, 0), &d);

	*pid = err ? 0 : s2_domain_pid(d);
	s2_domain_free(d);
	return err;
}

#define NOEXEC	POLICY("<s2:rule constraints='noexec' mode='enforce' class='io'/>")

static void test_find(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	uint64_t pid;

	put_status(state, "web.xml", 100, UUID, NOEXEC);
	put_status(state, "db.xml", 200, "6a5a1fcd-2f0e-4f5b-9d5c-6a7d5c1c0b02",
		   NOEXEC);
	model = vm_model(state, "web", 100, UUID);
	assert_int_equal(find(state, model, &pid), 0);
	assert_int_equal(pid, 100);
	s2_model_unref(model);
	/* It says that it is another: the process counts */
	model = vm_model(state, "db", 100, NULL);
	assert_int_equal(find(state, model, &pid), 0);
	assert_int_equal(pid, 100);
	s2_model_unref(model);
	/* It says nothing, or what no file can be called */
	model = vm_model(state, NULL, 200, NULL);
	assert_int_equal(find(state, model, &pid), 0);
	assert_int_equal(pid, 200);
	s2_model_unref(model);
	model = vm_model(state, "../web", 200, NULL);
	assert_int_equal(find(state, model, &pid), 0);
	s2_model_unref(model);
	/* The process number was used again: by a VM with another UUID */
	model = vm_model(state, "web", 100,
			 "6a5a1fcd-2f0e-4f5b-9d5c-6a7d5c1c0bff");
	assert_int_equal(find(state, model, &pid), -ENOENT);
	s2_model_unref(model);
	model = vm_model(state, "web", 300, UUID);
	assert_int_equal(find(state, model, &pid), -ENOENT);
	s2_model_unref(model);
	/* The file has the name, not its spelling: its own text is wrong */
	put_status(state, "a\x1b\\b.xml", 400, UUID, POLICY("<s2:rule/>"));
	model = vm_model(state, "a\\x1b\\b", 400, UUID);
	assert_int_equal(find(state, model, &pid), -EINVAL);
	s2_model_unref(model);
	model = vm_model(state, "\\x2e./web", 400, UUID);
	assert_int_equal(find(state, model, &pid), -ENOENT);
	s2_model_unref(model);
	model = vm_model(state, "a\\x00", 400, UUID);
	assert_int_equal(find(state, model, &pid), -ENOENT);
	s2_model_unref(model);
	/* Its own text is wrong: that is said */
	put_status(state, "web.xml", 100, UUID, POLICY("<s2:rule/>"));
	model = vm_model(state, "web", 100, UUID);
	assert_int_equal(find(state, model, &pid), -EINVAL);
	s2_model_unref(model);
}

/* How many places of VMs a site policy has for this VM */
static size_t places(const struct s2_site *site, const struct s2_model *model)
{
	struct s2_plan *plan;
	size_t n;

	assert_int_equal(s2_site_plan(site, model, S2_PLAN_VMS, &plan), 0);
	n = s2_plan_count(plan, 0);
	s2_plan_free(plan);
	return n;
}

static void test_site(void **data)
{
	struct state *state = *data;
	struct s2_model *ours, *other;
	struct s2_site *site;

	put_status(state, "web.xml", 100, UUID, NOEXEC);
	put_status(state, "none.xml", 101, UUID, "");
	put_text(state->dir, "web.pid", "100\n");
	put_text(state->dir, ".hidden.xml", "<no/>");
	ours = vm_model(state, "web", 100, UUID);
	other = vm_model(state, "web", 101, UUID);
	assert_int_equal(s2_site_new(state->ctx, &site), 0);
	assert_int_equal(s2_site_add_libvirt(site, state->dir), 0);
	assert_int_equal(s2_site_count(site), 1);
	assert_int_equal(places(site, ours), 1);
	assert_int_equal(places(site, other), 0);
	s2_model_unref(other);
	/* One that says nothing of a UUID, and one that has another's process */
	other = vm_model(state, "web", 100, NULL);
	assert_int_equal(places(site, other), 1);
	s2_model_unref(other);
	other = vm_model(state, "web", 100,
			 "6a5a1fcd-2f0e-4f5b-9d5c-6a7d5c1c0bff");
	assert_int_equal(places(site, other), 0);
	s2_site_drop_domains(site);
	assert_int_equal(s2_site_count(site), 0);
	assert_int_equal(places(site, ours), 0);
	/* Not there: no libvirt */
	assert_int_equal(s2_site_add_libvirt(site, "/nonexistent"), 0);
	put_status(state, "bad.xml", 102, UUID, POLICY("<s2:rule/>"));
	assert_int_equal(s2_site_add_libvirt(site, state->dir), 1);
	assert_int_equal(s2_site_count(site), 1);
	s2_site_free(site);
	s2_model_unref(ours);
	s2_model_unref(other);
}

/* -------------------------------------------------------- before it is here */

static int check(struct state *state, const char *rules, bool policy, int fwb,
		 unsigned int host_constraints)
{
	struct s2_model *host;
	struct s2_domain *d;
	int err;

	assert_int_equal(parse(state, rules, &d), 0);
	assert_int_equal(s2_model_new(state->ctx, &host), 0);
	s2_obj_set_num(s2_model_host_rw(host), S2_HOST_FEATURES,
		       policy ? KVM_S2_FEATURE_POLICY : 0);
	if (fwb >= 0)
		s2_obj_set_num(s2_model_host_rw(host), S2_HOST_FWB, fwb);
	if (host_constraints) {
		struct s2_obj *p = s2_list_add(&host->policies);

		s2_obj_set_num(p, S2_POLICY_CLASS, KVM_S2_CLASS_RAM);
		s2_obj_set_num(p, S2_POLICY_CONSTRAINTS, host_constraints);
		s2_obj_set_num(p, S2_POLICY_MODE, KVM_S2_MODE_ENFORCE);
	}
	err = s2_domain_check(d, host);
	s2_model_unref(host);
	s2_domain_free(d);
	return err;
}

#define REQUIRE	POLICY("<s2:rule class='ram' constraints='require-fwb' mode='enforce'/>")

static void test_check(void **data)
{
	struct state *state = *data;

	assert_int_equal(check(state, REQUIRE, true, 1, 0), 0);
	assert_int_equal(check(state, REQUIRE, true, 0, 0), -EPERM);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "this host would deny the domain its memory: class ram, reason require-fwb");
	assert_int_equal(check(state, REQUIRE, true, -1, 0), -ENODATA);
	assert_int_equal(check(state, REQUIRE, false, 1, 0), -EOPNOTSUPP);
	assert_int_equal(check(state, "", false, 0, 0), 0);
	/* Counted is not denied */
	assert_int_equal(check(state, POLICY("<s2:rule class='ram' constraints='require-fwb' mode='audit'/>"),
			       true, 0, 0), 0);
	assert_int_equal(check(state, POLICY("<s2:rule class='ram' constraints='require-fwb' mode='audit'/>"),
			       true, -1, 0), 0);
	/* No guest runs without fetching instructions from its RAM */
	assert_int_equal(check(state, POLICY("<s2:rule constraints='noexec' mode='enforce'/>"),
			       true, 1, 0), -EPERM);
	assert_int_equal(check(state, NOEXEC, true, 0, 0), 0);
	/* What the host has as well counts, too */
	assert_int_equal(check(state, NOEXEC, true, 1,
			       KVM_S2_CONSTRAINT_FLOOR_DEVICE), -EPERM);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(test_rules),
		T(test_no_policy),
		T(test_refused),
		T(test_not_a_domain),
		T(test_find),
		T(test_site),
		T(test_check),
	};

	return RUN_TESTS(tests);
}
