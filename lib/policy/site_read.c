// SPDX-License-Identifier: LGPL-2.1-or-later
/* A site policy's file: from JSON to rules */
#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/reader.h"
#include "base/text.h"
#include "model/field.h"
#include "policy/policy.h"
#include "policy/site.h"

/* The policy that is read, the rule that is filled, and lines of it */
struct target {
	struct s2_site *site;
	struct s2_site_rule *rule;
	unsigned long class_line;
	unsigned long constraints_line;
};

static struct target *target_of(const struct s2_reader *r)
{
	return r->into;
}

static struct s2_site *site_of(const struct s2_reader *r)
{
	return target_of(r)->site;
}

static struct s2_site_rule *rule_of(const struct s2_reader *r)
{
	return target_of(r)->rule;
}

/* -------------------------------------------------------------- which VMs */

static int read_pattern(struct s2_reader *r,
			const char **pattern)
{
	int err;

	*pattern = s2_read_text(r, &err);
	/* What people know from the shell must not mean something else here */
	if (!err && strpbrk(*pattern, "[]"))
		err = s2_reader_bad(r, "a pattern knows '*' and '?' only: write '?' for a bracket");
	return err;
}

/* Whether a byte is spelled that would become a sign of the pattern */
static bool hides_a_sign(const char *pattern)
{
	for (const char *p = pattern; (p = strstr(p, "\\x")); p++)
		if (!strncasecmp(p + 2, "2a", 2) || !strncasecmp(p + 2, "3f", 2))
			return true;
	return false;
}

/* Of names, which can be spelled in several ways */
static int read_name_pattern(struct s2_reader *r, const char **pattern)
{
	int err = read_pattern(r, pattern);

	if (!err && hides_a_sign(*pattern))
		err = s2_reader_bad(r, "a pattern knows '*' and '?' only: write '?' for a '*' or '?' of the name");
	return err ? err : s2_reader_spell(r, pattern);
}

static int read_name(struct s2_reader *r)
{
	return read_name_pattern(r, &rule_of(r)->name);
}

static int read_cgroup(struct s2_reader *r)
{
	int err = read_pattern(r, &rule_of(r)->cgroup);

	if (!err && !strchr("/*?", rule_of(r)->cgroup[0]))
		err = s2_reader_bad(r, "no cgroup begins like that: begin with '/'");
	return err;
}

static int read_comm(struct s2_reader *r)
{
	return read_name_pattern(r, &rule_of(r)->comm);
}

static int read_uuid(struct s2_reader *r)
{
	int err;

	rule_of(r)->uuid = s2_read_text(r, &err);
	if (!err && !s2_text_is_uuid(rule_of(r)->uuid))
		err = s2_reader_bad(r, "not of the form of a UUID");
	return err;
}

static int read_uid(struct s2_reader *r)
{
	struct s2_in_number uid;
	int err = s2_read_integer(r, &uid);

	if (err)
		return err;
	/* The last number is nobody's: (uid_t)-1 */
	if (uid.is_negative || uid.is_large || uid.value >= UINT32_MAX)
		return s2_reader_bad(r, "not the number of a user");
	rule_of(r)->uid = (uint32_t)uid.value;
	rule_of(r)->has_uid = true;
	return 0;
}

static const struct s2_key vm_keys[] = {
	{ "name", false, read_name },
	{ "uuid", false, read_uuid },
	{ "uid", false, read_uid },
	{ "cgroup", false, read_cgroup },
	{ "comm", false, read_comm },
	{ NULL, false, NULL },
};

static int read_rule_vm(struct s2_reader *r)
{
	int err;

	rule_of(r)->per_vm = true;
	err = s2_read_object(r, vm_keys);
	if (!err && !r->members)
		err = s2_reader_bad(r, "nothing is in it: leave it out, and the rule is for the host");
	return err;
}

/* ----------------------------------------------------------- which memory */

static int read_class(struct s2_reader *r)
{
	int err;
	uint64_t class = s2_read_word(r, S2_CHANGE_CLASS, &err);

	if (err)
		return err;
	if (class < S2_SITE_CLASS_FIRST || class > S2_SITE_CLASS_LAST)
		return s2_reader_bad(r, "no policy can be for this class");
	if (rule_of(r)->classes & 1u << class)
		return s2_reader_bad(r, "is there twice");
	rule_of(r)->classes |= 1u << class;
	return 0;
}

static int read_classes(struct s2_reader *r)
{
	target_of(r)->class_line = s2_in_line(&r->in);
	return s2_read_array(r, 1, S2_SITE_CLASS_LAST, read_class);
}

bool s2_site_parse_device(const char *text, struct s2_site_device *device)
{
	if (!s2_text_hex4(text, &device->vendor) || text[4] != ':')
		return false;
	device->any = !strcmp(text + 5, "*");
	return device->any ||
		(s2_text_hex4(text + 5, &device->device) && !text[9]);
}

static int parse_device(struct s2_reader *r,
			struct s2_site_device *device)
{
	const char *text;
	int err;

	text = s2_read_text(r, &err);
	if (!text)
		return err;
	if (!s2_site_parse_device(text, device))
		return s2_reader_bad(r, "not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*");
	return 0;
}

static int read_device(struct s2_reader *r)
{
	struct s2_site_rule *rule = rule_of(r);

	return parse_device(r, &rule->device[rule->nr_devices++]);
}

static int read_devices(struct s2_reader *r)
{
	rule_of(r)->device = calloc(S2_SITE_DEVICES_MAX,
				 sizeof(*rule_of(r)->device));
	if (!rule_of(r)->device)
		return s2_fail_nomem(site_of(r)->ctx);
	return s2_read_array(r, 1, S2_SITE_DEVICES_MAX, read_device);
}

static const struct s2_key match_keys[] = {
	{ "vm", false, read_rule_vm },
	{ "class", false, read_classes },
	{ "device", false, read_devices },
	{ NULL, false, NULL },
};

static int read_match(struct s2_reader *r)
{
	return s2_read_object(r, match_keys);
}

/* ------------------------------------------------------------------ rules */

static int read_rule_id(struct s2_reader *r)
{
	struct s2_site_rule *rule = rule_of(r);
	int err;

	rule->id = s2_read_id(r, &err);
	if (!rule->id)
		return err;
	for (size_t i = 0; i + 1 < site_of(r)->count; i++) {
		const struct s2_site_rule *other = &site_of(r)->rule[i];

		if (!strcmp(other->id, rule->id))
			return s2_reader_bad(r, "'%s' is the id of a rule at %.128s:%u already",
				   rule->id, other->file, other->line);
	}
	return 0;
}

static int read_constraint(struct s2_reader *r)
{
	int err;
	unsigned int bit = s2_read_word(r, S2_CHANGE_CONSTRAINTS, &err);

	if (err)
		return err;
	if (bit == KVM_S2_CONSTRAINT_FORCE)
		return s2_reader_bad(r, "only a VMM can ask for 'force', for its own VM");
	if (rule_of(r)->constraints & bit)
		return s2_reader_bad(r, "is there twice");
	rule_of(r)->constraints |= bit;
	return 0;
}

static int read_constraints(struct s2_reader *r)
{
	target_of(r)->constraints_line = s2_in_line(&r->in);
	return s2_read_array(r, 1, 8, read_constraint);
}

static int read_mode(struct s2_reader *r)
{
	int err;

	/* "none" is number 0, so it is none for a rule */
	rule_of(r)->mode = s2_read_word(r, S2_CHANGE_MODE, &err);
	return err;
}

static int read_severity(struct s2_reader *r)
{
	int err;

	rule_of(r)->severity = s2_read_word(r, S2_CHANGE_SEVERITY, &err);
	return err;
}

static const struct s2_key rule_keys[] = {
	{ "id", true, read_rule_id },
	{ "description", false, s2_read_ignored },
	{ "match", false, read_match },
	{ "constraints", true, read_constraints },
	{ "mode", true, read_mode },
	{ "severity", false, read_severity },
	{ NULL, false, NULL },
};

static int add_rule(struct s2_reader *r)
{
	struct s2_site *site = site_of(r);
	struct s2_site_rule *new;

	if (site->count == S2_SITE_RULES_MAX)
		return s2_reader_bad(r, "more than %d rules", S2_SITE_RULES_MAX);
	new = reallocarray(site->rule, site->count + 1, sizeof(*new));
	if (!new)
		return s2_fail_nomem(site->ctx);
	site->rule = new;
	new = &new[site->count++];
	target_of(r)->rule = new;
	memset(new, 0, sizeof(*new));
	new->file = s2_pool_add(&site->pool, r->in.name);
	new->line = (unsigned int)s2_in_line(&r->in);
	new->severity = S2_SEVERITY_MEDIUM;
	return new->file ? 0 : s2_fail_nomem(site->ctx);
}

/* Where no BAR can be, the rule would be for nothing, without a word */
static int check_device_classes(struct s2_reader *r)
{
	const unsigned int bars = 1u << KVM_S2_CLASS_IO |
		1u << KVM_S2_CLASS_IO_NC | 1u << KVM_S2_CLASS_PFNMAP_WB;

	if (!rule_of(r)->nr_devices || !(rule_of(r)->classes & ~bars))
		return 0;
	s2_in_bad_member(&r->in, "match.class", target_of(r)->class_line,
			 "with 'device', only io, io-nc and pfnmap-wb");
	return r->in.err;
}

static int read_site_rule(struct s2_reader *r)
{
	int err = add_rule(r);

	if (!err)
		err = s2_read_object(r, rule_keys);
	if (err)
		return err;
	if (!rule_of(r)->per_vm && !rule_of(r)->nr_devices &&
	    rule_of(r)->constraints & KVM_S2_CONSTRAINT_LOCKED) {
		s2_in_bad_member(&r->in, "constraints",
				 target_of(r)->constraints_line,
				 "the host's policy cannot be 'locked', only a VM's");
		return r->in.err;
	}
	return check_device_classes(r);
}

/* ------------------------------------------------------- approved devices */

static struct s2_site_approved *last_approved(struct s2_reader *r)
{
	return &site_of(r)->approved[site_of(r)->nr_approved - 1];
}

static int read_approved_device(struct s2_reader *r)
{
	return parse_device(r, &last_approved(r)->device);
}

/* What a driver can allow beside device is nc */
static int read_approved_type(struct s2_reader *r)
{
	int err;
	const char *word = s2_read_text(r, &err);

	if (!word)
		return err;
	if (strcmp(word, "nc"))
		return s2_reader_bad(r, "'%.64s' is no type to approve: 'nc' is", word);
	if (last_approved(r)->types)
		return s2_reader_bad(r, "is there twice");
	last_approved(r)->types = 1u << KVM_S2_TYPE_NC;
	return 0;
}

static int read_approved_types(struct s2_reader *r)
{
	return s2_read_array(r, 1, 1, read_approved_type);
}

static const struct s2_key approved_keys[] = {
	{ "device", true, read_approved_device },
	{ "types", true, read_approved_types },
	{ "description", false, s2_read_ignored },
	{ NULL, false, NULL },
};

static int read_approved(struct s2_reader *r)
{
	struct s2_site *site = site_of(r);
	struct s2_site_approved *new;

	if (site->nr_approved == S2_SITE_APPROVED_MAX)
		return s2_reader_bad(r, "more than %d devices", S2_SITE_APPROVED_MAX);
	new = reallocarray(site->approved, site->nr_approved + 1, sizeof(*new));
	if (!new)
		return s2_fail_nomem(site->ctx);
	site->approved = new;
	memset(&new[site->nr_approved++], 0, sizeof(*new));
	return s2_read_object(r, approved_keys);
}

/* None is a statement, too */
static int read_approvals(struct s2_reader *r)
{
	return s2_read_array(r, 0, S2_SITE_APPROVED_MAX, read_approved);
}

/* --------------------------------------------------------------- the file */

/* A file without rules is a file that waits for some */
static int read_rules(struct s2_reader *r)
{
	return s2_read_array(r, 0, S2_SITE_RULES_MAX, read_site_rule);
}

static const struct s2_key file_keys[] = {
	{ "$schema", false, s2_read_ignored },
	{ "format_version", true, s2_read_version },
	{ "rules", true, read_rules },
	{ "approved_devices", false, read_approvals },
	{ NULL, false, NULL },
};

int s2_site_read(struct s2_site *site, const char *path)
{
	struct target target = { .site = site };
	struct s2_reader r = {
		.ctx = site->ctx, .pool = &site->pool, .into = &target,
	};
	int err = s2_read_file_of(&r, path, file_keys);

	site->files += !err;
	return err;
}
