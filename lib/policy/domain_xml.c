// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A domain's XML: its name, its UUID, and the elements of our own namespace in
 * its metadata.  All else is libvirt's and skipped; in our namespace what is not
 * understood is refused, for it could be a constraint.
 */
#include <errno.h>
#include <expat.h>
#include <linux/kvm_s2_types.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/field.h"
#include "policy/domain.h"
#include "policy/policy.h"

#define NS_SEP		'|'
#define OURS		S2_DOMAIN_NS "|"
#define DEPTH_MAX	256
#define WORD_MAX	64

/* Where in the text the parser is */
enum place {
	ELSEWHERE,
	STATUS,		/* what libvirt keeps of a domain that runs */
	DOMAIN,
	NAME,
	UUID,
	METADATA,
	POLICY,
	RULE,
};

struct xml {
	struct s2_domain *domain;
	const char *what;
	XML_Parser parser;
	enum place at[DEPTH_MAX];
	unsigned int depth;
	bool has_policy;
	char text[S2_TEXT_MAX];		/* of <name> or <uuid> */
	size_t len;
	int err;
};

/* The first error counts.  Nothing is read behind it */
/* Expat 2.9 wants the one for long files on 32-bit machines to be used everywhere. */
static unsigned long line_of(const struct xml *x)
{
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
	return XML_GetCurrentLineNumber64(x->parser);
#else
	return XML_GetCurrentLineNumber(x->parser);
#endif
}

static int bad_xml(struct xml *x, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int bad_xml(struct xml *x, int err, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!x->err)
		x->err = s2_fail(x->domain->ctx, err, "%s:%lu: %s", x->what,
				 line_of(x), text);
	XML_StopParser(x->parser, XML_FALSE);
	return x->err;
}

static const char *keep(struct xml *x, const char *text)
{
	const char *kept = s2_pool_add(&x->domain->pool, text);

	if (!kept)
		bad_xml(x, -ENOMEM, "not enough memory");
	return kept;
}

/* ------------------------------------------------------------------ a rule */

typedef void (*word_fn)(struct xml *x, struct s2_site_rule *rule,
			const char *word);

/* Calls @fn with each word of an attribute */
static void each_word(struct xml *x, struct s2_site_rule *rule,
		      const char *name, const char *value, word_fn fn)
{
	static const char blank[] = " \t\r\n";
	bool any = false;

	while (!x->err && *(value += strspn(value, blank))) {
		size_t len = strcspn(value, blank);
		char word[WORD_MAX];

		if (len >= sizeof(word)) {
			bad_xml(x, -EINVAL, "%s: a word of %zu bytes", name,
				len);
			return;
		}
		memcpy(word, value, len);
		word[len] = '\0';
		fn(x, rule, word);
		value += len;
		any = true;
	}
	if (!any)
		bad_xml(x, -EINVAL, "%s: empty", name);
}

static void add_class(struct xml *x, struct s2_site_rule *rule,
		      const char *word)
{
	uint64_t class = s2_field_num(s2_field_by_id(S2_CHANGE_CLASS), word);

	if (class < S2_SITE_CLASS_FIRST || class > S2_SITE_CLASS_LAST)
		bad_xml(x, -EINVAL, "class: no policy can be for '%s'", word);
	else
		rule->classes |= 1u << class;
}

static void add_constraint(struct xml *x, struct s2_site_rule *rule,
			   const char *word)
{
	int bit = s2_flag_bit(s2_field_by_id(S2_CHANGE_CONSTRAINTS), word);

	if (bit < 0)
		bad_xml(x, -EINVAL, "constraints: '%s' is no constraint", word);
	else if (1u << bit == KVM_S2_CONSTRAINT_FORCE)
		bad_xml(x, -EINVAL,
			"constraints: only a VMM can ask for 'force', for its own VM");
	else
		rule->constraints |= 1u << bit;
}

static void add_device(struct xml *x, struct s2_site_rule *rule,
		       const char *word)
{
	struct s2_site_device *new, device;

	if (!s2_site_parse_device(word, &device)) {
		bad_xml(x, -EINVAL,
			"device: '%s' is not VENDOR:DEVICE, four hexadecimal digits each, or VENDOR:*",
			word);
		return;
	}
	if (rule->nr_devices == S2_SITE_DEVICES_MAX) {
		bad_xml(x, -EINVAL, "device: more than %d",
			S2_SITE_DEVICES_MAX);
		return;
	}
	new = reallocarray(rule->device, rule->nr_devices + 1, sizeof(*new));
	if (!new) {
		bad_xml(x, -ENOMEM, "not enough memory");
		return;
	}
	rule->device = new;
	new[rule->nr_devices++] = device;
}

static void set_mode(struct xml *x, struct s2_site_rule *rule,
		     const char *word)
{
	/* "none" is number 0, so it is none for a rule */
	rule->mode = s2_field_num(s2_field_by_id(S2_CHANGE_MODE), word);
	if (!rule->mode)
		bad_xml(x, -EINVAL, "mode: '%s' is neither audit nor enforce",
			word);
}

static void set_severity(struct xml *x, struct s2_site_rule *rule,
			 const char *word)
{
	int severity = s2_severity_from_word(word);

	if (severity < 0)
		bad_xml(x, -EINVAL, "severity: '%s' is none", word);
	else
		rule->severity = (unsigned int)severity;
}

static const struct {
	const char *name;
	word_fn fn;
} attributes[] = {
	{ "class", add_class },
	{ "constraints", add_constraint },
	{ "device", add_device },
	{ "mode", set_mode },
	{ "severity", set_severity },
};

static void read_attribute(struct xml *x, struct s2_site_rule *rule,
			   const char *name, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (strcmp(attributes[i].name, name))
			continue;
		each_word(x, rule, name, value, attributes[i].fn);
		return;
	}
	bad_xml(x, -EINVAL, "a rule has no attribute '%.64s'", name);
}

/* Like those of a file: where no BAR can be, it would be for nothing */
static void check_rule(struct xml *x, const struct s2_site_rule *rule)
{
	const unsigned int bars = 1u << KVM_S2_CLASS_IO |
		1u << KVM_S2_CLASS_IO_NC | 1u << KVM_S2_CLASS_PFNMAP_WB;

	if (!rule->constraints)
		bad_xml(x, -EINVAL, "'constraints' is missing");
	else if (!rule->mode)
		bad_xml(x, -EINVAL, "'mode' is missing");
	else if (rule->nr_devices && (rule->classes & ~bars))
		bad_xml(x, -EINVAL,
			"with 'device', only class io, io-nc and pfnmap-wb");
}

static void read_rule_element(struct xml *x, const char **attrs)
{
	struct s2_domain *d = x->domain;
	struct s2_site_rule *rule;
	char id[32];

	if (d->count == S2_DOMAIN_RULES_MAX) {
		bad_xml(x, -EINVAL, "more than %d rules", S2_DOMAIN_RULES_MAX);
		return;
	}
	rule = reallocarray(d->rule, d->count + 1, sizeof(*rule));
	if (!rule) {
		bad_xml(x, -ENOMEM, "not enough memory");
		return;
	}
	d->rule = rule;
	rule += d->count++;
	memset(rule, 0, sizeof(*rule));
	snprintf(id, sizeof(id), "domain-%zu", d->count);
	rule->id = keep(x, id);
	rule->file = keep(x, x->what);
	rule->line = line_of(x);
	rule->per_vm = true;
	rule->severity = S2_SEVERITY_MEDIUM;
	for (; !x->err && *attrs; attrs += 2)
		read_attribute(x, rule, attrs[0], attrs[1]);
	if (!x->err)
		check_rule(x, rule);
}

/* ---------------------------------------------------------------- elements */

static void read_pid(struct xml *x, const char **attrs)
{
	for (; *attrs; attrs += 2)
		if (!strcmp(attrs[0], "pid") &&
		    s2_text_u64(attrs[1], &x->domain->pid))
			bad_xml(x, -EINVAL, "pid: not a number");
}

/* A policy's own element.  Its attributes are for later versions to define */
static enum place enter_ours(struct xml *x, enum place parent,
			     const char *name, const char **attrs)
{
	if (parent == METADATA && !strcmp(name, "policy")) {
		if (x->has_policy)
			bad_xml(x, -EINVAL, "a second policy");
		else if (*attrs)
			bad_xml(x, -EINVAL, "a policy has no attribute '%.64s'",
				attrs[0]);
		x->has_policy = true;
		return POLICY;
	}
	if (parent == POLICY && !strcmp(name, "rule")) {
		read_rule_element(x, attrs);
		return RULE;
	}
	bad_xml(x, -EINVAL,
		"'%.64s' of the policy's namespace: not expected here",
	    name);
	return ELSEWHERE;
}

static enum place enter(struct xml *x, enum place parent, const char *name,
			const char **attrs)
{
	const size_t ours = sizeof(OURS) - 1;

	if (!strncmp(name, OURS, ours))
		return enter_ours(x, parent, name + ours, attrs);
	if (parent == POLICY || parent == RULE) {
		bad_xml(x, -EINVAL, "'%.64s' does not belong into a policy",
			name);
		return ELSEWHERE;
	}
	if (x->depth == 0 && !strcmp(name, "domstatus")) {
		read_pid(x, attrs);
		return STATUS;
	}
	if ((x->depth == 0 || parent == STATUS) && !strcmp(name, "domain"))
		return DOMAIN;
	if (parent != DOMAIN)
		return ELSEWHERE;
	return !strcmp(name, "name") ? NAME :
	       !strcmp(name, "uuid") ? UUID :
	       !strcmp(name, "metadata") ? METADATA : ELSEWHERE;
}

static void XMLCALL on_start(void *data, const char *name, const char **attrs)
{
	struct xml *x = data;
	enum place at;

	if (x->depth == DEPTH_MAX) {
		bad_xml(x, -EINVAL, "more than %d elements deep", DEPTH_MAX);
		return;
	}
	at = enter(x, x->depth ? x->at[x->depth - 1] : ELSEWHERE, name, attrs);
	x->at[x->depth++] = at;
	if (x->depth == 1 && at == ELSEWHERE)
		bad_xml(x, -EINVAL, "'%.64s' is not a domain", name);
	x->len = 0;
}

static void XMLCALL on_text(void *data, const char *text, int len)
{
	struct xml *x = data;
	enum place at = x->depth ? x->at[x->depth - 1] : ELSEWHERE;

	if (at != NAME && at != UUID) {
		for (int i = 0; (at == POLICY || at == RULE) && i < len; i++) {
			if (!strchr(" \t\r\n", text[i])) {
				bad_xml(x, -EINVAL, "text in a policy");
				return;
			}
		}
		return;
	}
	if (x->len + (size_t)len >= sizeof(x->text)) {
		bad_xml(x, -EINVAL, "longer than %zu bytes",
			sizeof(x->text) - 1);
		return;
	}
	memcpy(x->text + x->len, text, (size_t)len);
	x->len += (size_t)len;
}

static void XMLCALL on_end(void *data, const char *name)
{
	struct xml *x = data;
	enum place at = x->at[--x->depth];

	(void)name;
	x->text[x->len] = '\0';
	if (at == NAME) {
		x->domain->name = keep(x, x->text);
	} else if (at == UUID) {
		if (!s2_text_is_uuid(x->text))
			bad_xml(x, -EINVAL, "not of the form of a UUID");
		x->domain->uuid = keep(x, x->text);
	}
	x->len = 0;
}

/* libvirt writes none.  It could say what entities are, without end */
static void XMLCALL on_doctype(void *data, const char *name, const char *sysid,
			       const char *pubid, int internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	bad_xml(data, -EINVAL, "a document type");
}

static int parse_domain(struct xml *x, const char *text, size_t len)
{
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	if (XML_Parse(x->parser, text, (int)len, XML_TRUE) != XML_STATUS_OK &&
	    !x->err)
		bad_xml(x, -EBADMSG, "not XML: %s",
			XML_ErrorString(XML_GetErrorCode(x->parser)));
	if (!x->err && (!x->domain->name || !x->domain->uuid))
		bad_xml(x, -EINVAL, "a domain without name or UUID");
	return x->err;
}

int s2_domain_read(struct s2_domain *domain, const char *what, const char *xml,
		   size_t len)
{
	struct xml x = { .domain = domain, .what = what };
	int err;

	x.parser = XML_ParserCreateNS(NULL, NS_SEP);
	if (!x.parser)
		return s2_fail_nomem(domain->ctx);
	err = parse_domain(&x, xml, len);
	XML_ParserFree(x.parser);
	return err;
}
