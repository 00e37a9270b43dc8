// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A site policy's file: from JSON to rules.  What is not understood is refused,
 * for a rule of which a part is ignored would protect less than it says.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "site.h"
#include "site_text.h"
#include "text.h"

#define FORMAT_VERSION	1
#define ID_MAX		64

/* Where the reader is, and the rule that it fills */
struct reader {
	struct s2_site *site;
	struct s2_site_text file;
	struct s2_site_step step[S2_SITE_DEPTH_MAX];
	size_t depth;
	struct s2_site_rule *rule;
};

/* A key of an object: what reads its value */
struct key {
	const char *name;
	bool required;
	int (*read)(struct reader *r, struct json_object *json);
};

/* ----------------------------------------------------------------- errors */

/* "rules[2].match.vm" */
static void write_path(const struct reader *r, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < r->depth && used < size; i++) {
		const struct s2_site_step *step = &r->step[i];

		if (step->key)
			used += snprintf(buf + used, size - used, "%s%s",
					 i ? "." : "", step->key);
		else
			used += snprintf(buf + used, size - used, "[%zu]",
					 step->index);
	}
}

__attribute__((format(printf, 2, 3)))
static int bad(struct reader *r, const char *fmt, ...)
{
	char path[128], text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	write_path(r, path, sizeof(path));
	return s2_fail(r->site->ctx, -EINVAL, "%s:%u: %s%s%s", r->file.name,
		       s2_site_text_line(&r->file, r->step, r->depth), path,
		       *path ? ": " : "", text);
}

static void enter(struct reader *r, const char *key, size_t index)
{
	r->step[r->depth++] = (struct s2_site_step){
		.key = key, .index = index,
	};
}

static void leave(struct reader *r)
{
	r->depth--;
}

/* ----------------------------------------------------------------- values */

static const struct key *find_key(const struct key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

static int read_object(struct reader *r, struct json_object *json,
		       const struct key *keys)
{
	if (!json_object_is_type(json, json_type_object))
		return bad(r, "not an object");
	json_object_object_foreach(json, name, child) {
		const struct key *key = find_key(keys, name);
		int err;

		enter(r, key ? key->name : name, 0);
		err = key ? key->read(r, child) : bad(r, "unknown key");
		leave(r);
		if (err)
			return err;
	}
	for (; keys->name; keys++)
		if (keys->required &&
		    !json_object_object_get_ex(json, keys->name, NULL))
			return bad(r, "'%s' is missing", keys->name);
	return 0;
}

/* Calls @read for each element; an empty array is most likely a mistake */
static int read_array(struct reader *r, struct json_object *json, size_t most,
		      int (*read)(struct reader *r, struct json_object *json))
{
	size_t count;
	int err = 0;

	if (!json_object_is_type(json, json_type_array))
		return bad(r, "not an array");
	count = json_object_array_length(json);
	if (!count)
		return bad(r, "nothing is in it");
	if (count > most)
		return bad(r, "more than %zu elements", most);
	for (size_t i = 0; !err && i < count; i++) {
		enter(r, NULL, i);
		err = read(r, json_object_array_get_idx(json, i));
		leave(r);
	}
	return err;
}

/* NULL and the reason in the context, if it is no text that can be shown */
static const char *read_text(struct reader *r, struct json_object *json,
			     int *err)
{
	char clean[S2_TEXT_MAX];
	const char *text, *kept;
	size_t len;

	*err = -EINVAL;
	if (!json_object_is_type(json, json_type_string)) {
		bad(r, "not a string");
		return NULL;
	}
	text = json_object_get_string(json);
	len = json_object_get_string_len(json);
	s2_text_clean(clean, sizeof(clean), text, len);
	if (!len) {
		bad(r, "empty");
		return NULL;
	}
	if (len >= sizeof(clean)) {
		bad(r, "longer than %d bytes", S2_TEXT_MAX - 1);
		return NULL;
	}
	if (strlen(clean) != len || strcmp(clean, text)) {
		bad(r, "characters that cannot be seen");
		return NULL;
	}
	kept = s2_pool_add(&r->site->pool, text);
	*err = kept ? 0 : s2_fail_nomem(r->site->ctx);
	return kept;
}

/* A word of a field of what the policy is made into; 0 with an error */
static uint64_t read_word(struct reader *r, struct json_object *json,
			  unsigned int id, int *err)
{
	const struct s2_field *field = s2_field_by_id(id);
	const char *word = read_text(r, json, err);
	uint64_t num = 0;

	if (!word)
		return 0;
	if (field->kind == S2_KIND_ENUM) {
		num = s2_field_num(field, word);
	} else {
		int bit = s2_flag_bit(field, word);

		num = bit < 0 ? 0 : 1ull << bit;
	}
	if (!num)
		*err = bad(r, "'%.64s' is no word for a %s", word,
			   id == S2_CHANGE_CONSTRAINTS ? "constraint" :
			   field->name);
	return num;
}

/* -------------------------------------------------------------- which VMs */

static int read_pattern(struct reader *r, struct json_object *json,
			const char **pattern)
{
	int err;

	*pattern = read_text(r, json, &err);
	/* What people know from the shell must not mean something else here */
	if (!err && strpbrk(*pattern, "[]"))
		err = bad(r, "a pattern knows '*' and '?' only: write '?' for a bracket");
	return err;
}

static int read_name(struct reader *r, struct json_object *json)
{
	return read_pattern(r, json, &r->rule->name);
}

static int read_cgroup(struct reader *r, struct json_object *json)
{
	int err = read_pattern(r, json, &r->rule->cgroup);

	if (!err && !strchr("/*?", r->rule->cgroup[0]))
		err = bad(r, "no cgroup begins like that: begin with '/'");
	return err;
}

static int read_comm(struct reader *r, struct json_object *json)
{
	return read_pattern(r, json, &r->rule->comm);
}

static int read_uuid(struct reader *r, struct json_object *json)
{
	int err;

	r->rule->uuid = read_text(r, json, &err);
	if (!err && !s2_text_is_uuid(r->rule->uuid))
		err = bad(r, "not of the form of a UUID");
	return err;
}

static int read_uid(struct reader *r, struct json_object *json)
{
	int64_t uid = json_object_get_int64(json);

	if (!json_object_is_type(json, json_type_int))
		return bad(r, "not an integer");
	/* The last number is nobody's: (uid_t)-1 */
	if (uid < 0 || uid >= UINT32_MAX)
		return bad(r, "not the number of a user");
	r->rule->uid = (uint32_t)uid;
	r->rule->has_uid = true;
	return 0;
}

static const struct key vm_keys[] = {
	{ "name", false, read_name },
	{ "uuid", false, read_uuid },
	{ "uid", false, read_uid },
	{ "cgroup", false, read_cgroup },
	{ "comm", false, read_comm },
	{ NULL, false, NULL },
};

static int read_vm(struct reader *r, struct json_object *json)
{
	r->rule->per_vm = true;
	if (json_object_is_type(json, json_type_object) &&
	    !json_object_object_length(json))
		return bad(r, "nothing is in it: leave it out, and the rule is for the host");
	return read_object(r, json, vm_keys);
}

/* ----------------------------------------------------------- which memory */

static int read_class(struct reader *r, struct json_object *json)
{
	int err;
	uint64_t class = read_word(r, json, S2_CHANGE_CLASS, &err);

	if (err)
		return err;
	if (class < S2_SITE_CLASS_FIRST || class > S2_SITE_CLASS_LAST)
		return bad(r, "no policy can be for this class");
	if (r->rule->classes & 1u << class)
		return bad(r, "is there twice");
	r->rule->classes |= 1u << class;
	return 0;
}

static int read_classes(struct reader *r, struct json_object *json)
{
	return read_array(r, json, S2_SITE_CLASS_LAST, read_class);
}

static int parse_device(struct reader *r, struct json_object *json,
			struct s2_site_device *device)
{
	const char *text;
	int err;

	text = read_text(r, json, &err);
	if (!text)
		return err;
	if (!s2_text_hex4(text, &device->vendor) || text[4] != ':')
		return bad(r, "not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*");
	device->any = !strcmp(text + 5, "*");
	if (!device->any &&
	    (!s2_text_hex4(text + 5, &device->device) || text[9]))
		return bad(r, "not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*");
	return 0;
}

static int read_device(struct reader *r, struct json_object *json)
{
	return parse_device(r, json, &r->rule->device[r->rule->nr_devices++]);
}

static int read_devices(struct reader *r, struct json_object *json)
{
	r->rule->device = calloc(S2_SITE_DEVICES_MAX,
				 sizeof(*r->rule->device));
	if (!r->rule->device)
		return s2_fail_nomem(r->site->ctx);
	return read_array(r, json, S2_SITE_DEVICES_MAX, read_device);
}

static const struct key match_keys[] = {
	{ "vm", false, read_vm },
	{ "class", false, read_classes },
	{ "device", false, read_devices },
	{ NULL, false, NULL },
};

static int read_match(struct reader *r, struct json_object *json)
{
	return read_object(r, json, match_keys);
}

/* ------------------------------------------------------------------ rules */

static int read_id(struct reader *r, struct json_object *json)
{
	struct s2_site_rule *rule = r->rule;
	size_t len;
	int err;

	rule->id = read_text(r, json, &err);
	if (!rule->id)
		return err;
	len = strspn(rule->id, "abcdefghijklmnopqrstuvwxyz"
		     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	if (rule->id[len] || len > ID_MAX || strchr("._-", rule->id[0]))
		return bad(r, "not made of letters, digits and ._-, or longer than %d",
			   ID_MAX);
	for (size_t i = 0; i + 1 < r->site->count; i++) {
		const struct s2_site_rule *other = &r->site->rule[i];

		if (!strcmp(other->id, rule->id))
			return bad(r, "'%s' is the id of a rule at %.128s:%u already",
				   rule->id, other->file, other->line);
	}
	return 0;
}

static int read_description(struct reader *r, struct json_object *json)
{
	if (!json_object_is_type(json, json_type_string))
		return bad(r, "not a string");
	return 0;
}

static int read_constraint(struct reader *r, struct json_object *json)
{
	int err;
	unsigned int bit = read_word(r, json, S2_CHANGE_CONSTRAINTS, &err);

	if (err)
		return err;
	if (bit == KVM_S2_CONSTRAINT_FORCE)
		return bad(r, "only a VMM can ask for 'force', for its own VM");
	if (r->rule->constraints & bit)
		return bad(r, "is there twice");
	r->rule->constraints |= bit;
	return 0;
}

static int read_constraints(struct reader *r, struct json_object *json)
{
	return read_array(r, json, 8, read_constraint);
}

static int read_mode(struct reader *r, struct json_object *json)
{
	int err;

	/* "none" is number 0, so it is none for a rule */
	r->rule->mode = read_word(r, json, S2_CHANGE_MODE, &err);
	return err;
}

static int read_severity(struct reader *r, struct json_object *json)
{
	int err;

	r->rule->severity = read_word(r, json, S2_CHANGE_SEVERITY, &err);
	return err;
}

static const struct key rule_keys[] = {
	{ "id", true, read_id },
	{ "description", false, read_description },
	{ "match", false, read_match },
	{ "constraints", true, read_constraints },
	{ "mode", true, read_mode },
	{ "severity", false, read_severity },
	{ NULL, false, NULL },
};

static int add_rule(struct reader *r)
{
	struct s2_site *site = r->site;
	struct s2_site_rule *new;

	if (site->count == S2_SITE_RULES_MAX)
		return bad(r, "more than %d rules", S2_SITE_RULES_MAX);
	new = reallocarray(site->rule, site->count + 1, sizeof(*new));
	if (!new)
		return s2_fail_nomem(site->ctx);
	site->rule = new;
	r->rule = &new[site->count++];
	memset(r->rule, 0, sizeof(*r->rule));
	r->rule->file = s2_pool_add(&site->pool, r->file.name);
	r->rule->line = s2_site_text_line(&r->file, r->step, r->depth);
	r->rule->severity = S2_SEVERITY_MEDIUM;
	return r->rule->file ? 0 : s2_fail_nomem(site->ctx);
}

/* Where no BAR can be, the rule would be for nothing, without a word */
static int check_device_classes(struct reader *r)
{
	const unsigned int bars = 1u << KVM_S2_CLASS_IO |
		1u << KVM_S2_CLASS_IO_NC | 1u << KVM_S2_CLASS_PFNMAP_WB;

	if (!r->rule->nr_devices || !(r->rule->classes & ~bars))
		return 0;
	enter(r, "match", 0);
	enter(r, "class", 0);
	return bad(r, "with 'device', only io, io-nc and pfnmap-wb");
}

static int read_rule(struct reader *r, struct json_object *json)
{
	int err = add_rule(r);

	if (!err)
		err = read_object(r, json, rule_keys);
	if (err)
		return err;
	if (!r->rule->per_vm && !r->rule->nr_devices &&
	    r->rule->constraints & KVM_S2_CONSTRAINT_LOCKED) {
		enter(r, "constraints", 0);
		return bad(r, "the host's policy cannot be 'locked', only a VM's");
	}
	return check_device_classes(r);
}

/* ------------------------------------------------------- approved devices */

static struct s2_site_approved *last_approved(struct reader *r)
{
	return &r->site->approved[r->site->nr_approved - 1];
}

static int read_approved_device(struct reader *r, struct json_object *json)
{
	return parse_device(r, json, &last_approved(r)->device);
}

/* What a driver can allow beside device is nc */
static int read_approved_type(struct reader *r, struct json_object *json)
{
	int err;
	const char *word = read_text(r, json, &err);

	if (!word)
		return err;
	if (strcmp(word, "nc"))
		return bad(r, "'%.64s' is no type to approve: 'nc' is", word);
	if (last_approved(r)->types)
		return bad(r, "is there twice");
	last_approved(r)->types = 1u << KVM_S2_TYPE_NC;
	return 0;
}

static int read_approved_types(struct reader *r, struct json_object *json)
{
	return read_array(r, json, 1, read_approved_type);
}

static const struct key approved_keys[] = {
	{ "device", true, read_approved_device },
	{ "types", true, read_approved_types },
	{ "description", false, read_description },
	{ NULL, false, NULL },
};

static int read_approved(struct reader *r, struct json_object *json)
{
	struct s2_site *site = r->site;
	struct s2_site_approved *new;

	if (site->nr_approved == S2_SITE_APPROVED_MAX)
		return bad(r, "more than %d devices", S2_SITE_APPROVED_MAX);
	new = reallocarray(site->approved, site->nr_approved + 1, sizeof(*new));
	if (!new)
		return s2_fail_nomem(site->ctx);
	site->approved = new;
	memset(&new[site->nr_approved++], 0, sizeof(*new));
	return read_object(r, json, approved_keys);
}

/* None is a statement, too */
static int read_approvals(struct reader *r, struct json_object *json)
{
	if (json_object_is_type(json, json_type_array) &&
	    !json_object_array_length(json))
		return 0;
	return read_array(r, json, S2_SITE_APPROVED_MAX, read_approved);
}

/* --------------------------------------------------------------- the file */

static int read_version(struct reader *r, struct json_object *json)
{
	if (!json_object_is_type(json, json_type_int) ||
	    json_object_get_int64(json) < 1)
		return bad(r, "not a positive integer");
	if (json_object_get_int64(json) == FORMAT_VERSION)
		return 0;
	bad(r, "this s2ctl reads format %d: a newer one is needed",
	    FORMAT_VERSION);
	return -EPROTONOSUPPORT;
}

/* For editors; here the schema is the one that we know */
static int read_schema(struct reader *r, struct json_object *json)
{
	return read_description(r, json);
}

/* A file without rules is a file that waits for some */
static int read_rules(struct reader *r, struct json_object *json)
{
	if (json_object_is_type(json, json_type_array) &&
	    !json_object_array_length(json))
		return 0;
	return read_array(r, json, S2_SITE_RULES_MAX, read_rule);
}

static const struct key file_keys[] = {
	{ "$schema", false, read_schema },
	{ "format_version", true, read_version },
	{ "rules", true, read_rules },
	{ "approved_devices", false, read_approvals },
	{ NULL, false, NULL },
};

/* First the version: a newer one may have other keys */
static int read_file(struct reader *r)
{
	struct json_object *version;

	if (json_object_object_get_ex(r->file.root, "format_version",
				      &version)) {
		int err;

		enter(r, "format_version", 0);
		err = read_version(r, version);
		leave(r);
		if (err)
			return err;
	}
	return read_object(r, r->file.root, file_keys);
}

int s2_site_read(struct s2_site *site, const char *path)
{
	struct reader r = { .site = site };
	int err = s2_site_text_read(site->ctx, path, &r.file);

	if (!err)
		err = read_file(&r);
	site->files += !err;
	s2_site_text_clear(&r.file);
	return err;
}
