// SPDX-License-Identifier: GPL-2.0-only
/*
 * s2ctl audit --format=sarif: SARIF 2.1.0, for code scanning and the like.
 * Written result by result, so that memory does not grow with their number.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "formats/format.h"
#include "formats/sarif.h"
#include "frame/text.h"

static const struct {
	const char *level;
	const char *security;	/* what others call security-severity */
} levels[] = {
	[S2_SEVERITY_INFO] = { "note", NULL },
	[S2_SEVERITY_LOW] = { "note", "2.0" },
	[S2_SEVERITY_MEDIUM] = { "warning", "5.5" },
	[S2_SEVERITY_HIGH] = { "error", "8.0" },
	[S2_SEVERITY_CRITICAL] = { "error", "9.5" },
};

/* "StageTwo": the summary of a rule, up to a colon, as one word */
static struct json_object *pascal_case(struct sarif *s, const char *summary)
{
	char name[128];
	size_t n = 0;
	bool start = true;

	for (; *summary && *summary != ':' && n < sizeof(name) - 1; summary++) {
		char c = *summary;
		bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';

		if (c == '\'')
			continue;
		if (!upper && !lower && !(c >= '0' && c <= '9')) {
			start = true;
			continue;
		}
		if (start && lower)
			c -= 'a' - 'A';
		else if (!start && upper)
			c += 'a' - 'A';
		name[n++] = c;
		start = false;
	}
	name[n] = '\0';
	return sarif_str(s, name);
}

static struct json_object *help(struct sarif *s, const struct s2_word *w)
{
	const char *remedy = w->remedy ? w->remedy : "Nothing.";
	struct json_object *obj = sarif_obj(s);
	char *text = NULL, *markdown = NULL;

	if (asprintf(&text, "%s What to do: %s", w->text, remedy) < 0)
		text = NULL;
	if (asprintf(&markdown, "%s\n\n**What to do:** %s\n", w->text,
		     remedy) < 0)
		markdown = NULL;
	sarif_set(s, obj, "text", sarif_message(s, text));
	sarif_set(s, obj, "markdown", sarif_message(s, markdown));
	free(markdown);
	free(text);
	return obj;
}

static struct json_object *text_object(struct sarif *s, const char *text)
{
	struct json_object *obj = sarif_obj(s);

	sarif_set(s, obj, "text", sarif_sentence(s, text));
	return obj;
}

static void describe_severity(struct sarif *s, struct json_object *descriptor,
			      int severity)
{
	struct json_object *config = sarif_obj(s), *properties = sarif_obj(s);
	struct json_object *tags = sarif_array(s);

	sarif_set(s, config, "level", sarif_str(s, levels[severity].level));
	sarif_set(s, descriptor, "defaultConfiguration", config);
	sarif_add(s, tags, sarif_str(s, "security"));
	sarif_add(s, tags, sarif_str(s, "virtualization"));
	sarif_set(s, properties, "tags", tags);
	if (levels[severity].security)
		sarif_set(s, properties, "security-severity",
			  sarif_str(s, levels[severity].security));
	sarif_set(s, descriptor, "properties", properties);
}

static struct json_object *descriptor(struct sarif *s, const struct s2_word *w)
{
	struct json_object *obj = sarif_obj(s);

	sarif_set(s, obj, "id", sarif_str(s, w->word));
	sarif_set(s, obj, "name", pascal_case(s, w->summary));
	sarif_set(s, obj, "shortDescription", text_object(s, w->summary));
	sarif_set(s, obj, "fullDescription", text_object(s, w->text));
	sarif_set(s, obj, "help", help(s, w));
	if (w->severity) {
		sarif_set(s, obj, "helpUri", sarif_doc_uri(s, w->word));
		describe_severity(s, obj, w->severity);
	}
	return obj;
}

static struct json_object *descriptors(struct sarif *s, const char *kind)
{
	struct json_object *array = sarif_array(s);

	for (const struct s2_word *w = s2_words(NULL); w->word; w++)
		if (!strcmp(w->kind, kind))
			sarif_add(s, array, descriptor(s, w));
	return array;
}

/* Its place in descriptors(), or -1 */
static int index_of(const char *kind, const char *word)
{
	int n = 0;

	for (const struct s2_word *w = s2_words(NULL); word && w->word; w++) {
		if (strcmp(w->kind, kind))
			continue;
		if (!strcmp(w->word, word))
			return n;
		n++;
	}
	return -1;
}

static struct json_object *tool(struct sarif *s)
{
	struct json_object *obj = sarif_obj(s), *driver = sarif_obj(s);
	const char *version = s2_version();
	char semantic[64];

	/* "0.1" is 0.1.0 there */
	snprintf(semantic, sizeof(semantic), "%s%s", version,
		 strchr(version, '.') == strrchr(version, '.') ? ".0" : "");
	sarif_set(s, driver, "name", sarif_str(s, "s2ctl"));
	sarif_set(s, driver, "version", sarif_str(s, version));
	sarif_set(s, driver, "semanticVersion", sarif_str(s, semantic));
	sarif_set(s, driver, "rules", descriptors(s, "rule"));
	sarif_set(s, driver, "notifications", descriptors(s, "problem"));
	sarif_set(s, obj, "driver", driver);
	return obj;
}

/* What could not be known */
static struct json_object *notification(struct sarif *s,
					const struct s2_obj *problem)
{
	struct json_object *obj = sarif_obj(s), *ref = sarif_obj(s);
	const char *text = s2_obj_str(problem, S2_PROBLEM_TEXT);
	const char *code = s2_obj_str(problem, S2_PROBLEM_CODE);

	if (code) {
		sarif_set(s, ref, "id", sarif_str(s, code));
		sarif_set(s, ref, "index",
			  sarif_num(s, index_of("problem", code)));
		sarif_set(s, obj, "descriptor", ref);
	} else {
		json_object_put(ref);
	}
	sarif_set(s, obj, "level", sarif_str(s, code &&
		  !strcmp(code, "cannot-know") ? "note" : "error"));
	sarif_set(s, obj, "message",
		  text_object(s, text ? text : "Something could not be read."));
	return obj;
}

static struct json_object *invocations(struct sarif *s,
				       const struct format_input *in)
{
	struct json_object *array = sarif_array(s), *obj = sarif_obj(s);
	struct json_object *list = sarif_array(s);
	struct s2_value time = s2_obj_get(s2_model_host(in->model),
					  S2_HOST_TIME);
	const struct s2_obj *p;

	sarif_set(s, obj, "executionSuccessful",
		  sarif_bool(s, s2_report_complete(in->report)));
	if (time.known)
		sarif_set(s, obj, "endTimeUtc", sarif_time(s, time.num));
	s2_model_for_each(p, in->model, S2_OBJ_PROBLEM)
		sarif_add(s, list, notification(s, p));
	s2_report_for_each(p, in->report, S2_OBJ_PROBLEM)
		sarif_add(s, list, notification(s, p));
	sarif_set(s, obj, "toolExecutionNotifications", list);
	sarif_add(s, array, obj);
	return array;
}

/* Else it is about the host */
static bool is_of_vm(const struct s2_obj *f)
{
	return s2_obj_get(f, S2_FINDING_VM).known ||
	       s2_obj_get(f, S2_FINDING_PID).known;
}

/* "VM 1 (web), slot 0, 0x1000: what was found." */
static struct json_object *message(struct sarif *s, const struct s2_obj *f)
{
	struct s2_value slot = s2_obj_get(f, S2_FINDING_SLOT);
	struct s2_value gpa = s2_obj_get(f, S2_FINDING_GPA);
	const char *name = s2_obj_str(f, S2_FINDING_NAME);
	const char *text = s2_obj_str(f, S2_FINDING_STATEMENT);
	struct json_object *obj = sarif_obj(s);
	char where[S2_VM_TITLE_MAX + 64] = "host", *all = NULL;
	bool has_vm = is_of_vm(f) || name;
	size_t len;

	if (has_vm)
		s2_vm_title(f, where, sizeof(where));
	if (name && asprintf(&all, "%s '%s'", where, name) < 0)
		all = NULL;
	if (has_vm && all)
		where[0] = '\0';
	len = strlen(where);
	if (slot.known)
		len += (size_t)snprintf(where + len, sizeof(where) - len,
					", slot %" PRIu64, slot.num);
	if (gpa.known)
		snprintf(where + len, sizeof(where) - len, ", 0x%" PRIx64,
			 gpa.num);
	sarif_set(s, obj, "text",
		  sarif_sentences(s, all ? all : "", where,
				  text ? text : "a finding without a text"));
	free(all);
	return obj;
}

/* Of the first rule of the site's that a finding is about; false: it has none */
static bool in_site(const struct format_input *in, const struct s2_obj *f,
		    const char **file, unsigned int *line)
{
	const struct s2_obj *evidence = s2_obj_first(f, S2_OBJ_EVIDENCE);
	const char *rules = evidence ?
		s2_obj_str(evidence, S2_EVIDENCE_SITE_RULES) : NULL;
	const char *path = in->cli->value[OPT_POLICY];

	/* Standard input is no place to go to */
	return in->site && rules && !(path && !strcmp(path, "-")) &&
	       !s2_site_find(in->site, rules, file, line);
}

/*
 * Memory is in no file.  What the site policy has something against has its place
 * there, all else on the page that says what the rule means.
 */
static struct json_object *physical(struct sarif *s,
				    const struct format_input *in,
				    const struct s2_obj *f)
{
	struct json_object *obj = sarif_obj(s), *artifact = sarif_obj(s);
	struct json_object *region = sarif_obj(s);
	const char *rule = s2_obj_str(f, S2_FINDING_RULE), *file;
	unsigned int line = 1;
	char page[64];

	if (in_site(in, f, &file, &line)) {
		sarif_set(s, artifact, "uri", sarif_file_uri(s, file));
	} else {
		snprintf(page, sizeof(page), "%.32s.md",
			 rule ? rule : "README");
		sarif_set(s, artifact, "uri", sarif_str(s, page));
		sarif_set(s, artifact, "uriBaseId",
			  sarif_str(s, SARIF_RULES_BASE));
	}
	sarif_set(s, obj, "artifactLocation", artifact);
	sarif_set(s, region, "startLine", sarif_num(s, line));
	sarif_set(s, obj, "region", region);
	return obj;
}

/* The VM, and its slot */
static struct json_object *logical(struct sarif *s, const struct s2_obj *f)
{
	struct json_object *array = sarif_array(s), *obj = sarif_obj(s);
	struct s2_value slot = s2_obj_get(f, S2_FINDING_SLOT);
	const char *uuid = s2_obj_str(f, S2_FINDING_UUID);
	const char *name = s2_obj_str(f, S2_FINDING_NAME);
	char id[160] = "host", title[S2_VM_TITLE_MAX] = "host";
	char spec[S2_VM_SPEC_MAX];
	int n = 4;

	if (uuid)
		n = snprintf(id, sizeof(id), "vm/%.64s", uuid);
	else if (s2_vm_spec(f, spec, sizeof(spec)) && is_of_vm(f))
		n = snprintf(id, sizeof(id), "vm/%s", spec);
	if (slot.known)
		snprintf(id + n, sizeof(id) - (size_t)n, "/slot/%" PRIu64,
			 slot.num);
	if (is_of_vm(f))
		s2_vm_title(f, title, sizeof(title));
	sarif_set(s, obj, "name", sarif_str(s, name ? name : title));
	sarif_set(s, obj, "fullyQualifiedName", sarif_str(s, id));
	sarif_set(s, obj, "kind", sarif_str(s, "resource"));
	sarif_add(s, array, obj);
	return array;
}

static struct json_object *locations(struct sarif *s,
				     const struct format_input *in,
				     const struct s2_obj *f)
{
	struct json_object *array = sarif_array(s), *obj = sarif_obj(s);

	sarif_set(s, obj, "physicalLocation", physical(s, in, f));
	sarif_set(s, obj, "logicalLocations", logical(s, f));
	sarif_add(s, array, obj);
	return array;
}

static void add_suppression(struct sarif *s, struct json_object *result,
			    const struct s2_obj *f)
{
	const char *waiver = s2_obj_str(f, S2_FINDING_WAIVER);
	struct json_object *array, *obj;

	if (!s2_obj_num(f, S2_FINDING_WAIVED, false))
		return;
	array = sarif_array(s);
	obj = sarif_obj(s);
	sarif_set(s, obj, "kind", sarif_str(s, "external"));
	sarif_set(s, obj, "status", sarif_str(s, "accepted"));
	if (waiver)
		sarif_set(s, obj, "justification", sarif_str(s, waiver));
	sarif_add(s, array, obj);
	sarif_set(s, result, "suppressions", array);
}

static struct json_object *properties(struct sarif *s, const struct s2_obj *f)
{
	const struct s2_obj *evidence = s2_obj_first(f, S2_OBJ_EVIDENCE);
	struct json_object *obj = sarif_fields(s, f);

	if (evidence)
		sarif_set(s, obj, "evidence", sarif_fields(s, evidence));
	return obj;
}

static struct json_object *result(struct sarif *s,
				  const struct format_input *in,
				  const struct s2_obj *f)
{
	const char *rule = s2_obj_str(f, S2_FINDING_RULE);
	const char *key = s2_obj_str(f, S2_FINDING_KEY);
	uint64_t severity = s2_obj_num(f, S2_FINDING_SEVERITY, S2_SEVERITY_INFO);
	struct json_object *obj = sarif_obj(s), *prints;
	int index = index_of("rule", rule);

	if (severity > S2_SEVERITY_CRITICAL)
		severity = S2_SEVERITY_CRITICAL;
	sarif_set(s, obj, "ruleId", sarif_str(s, rule ? rule : ""));
	if (index >= 0)
		sarif_set(s, obj, "ruleIndex", sarif_num(s, index));
	sarif_set(s, obj, "level", sarif_str(s, levels[severity].level));
	sarif_set(s, obj, "message", message(s, f));
	sarif_set(s, obj, "locations", locations(s, in, f));
	if (key) {
		prints = sarif_obj(s);
		sarif_set(s, prints, "s2ctlKey/v1", sarif_str(s, key));
		sarif_set(s, obj, "partialFingerprints", prints);
	}
	add_suppression(s, obj, f);
	sarif_set(s, obj, "properties", properties(s, f));
	return obj;
}

static struct json_object *base_ids(struct sarif *s)
{
	struct json_object *obj = sarif_obj(s), *base = sarif_obj(s);

	sarif_set(s, base, "uri", sarif_doc_uri(s, NULL));
	sarif_set(s, base, "description",
		  text_object(s, "Where s2ctl's pages on its rules are installed."));
	sarif_set(s, obj, SARIF_RULES_BASE, base);
	return obj;
}

/* Tells runs of different hosts and boots apart */
static struct json_object *automation(struct sarif *s, const char *boot_id)
{
	struct json_object *obj = sarif_obj(s);
	char id[128];

	snprintf(id, sizeof(id), "s2ctl-audit/%.64s", boot_id ? boot_id : "");
	sarif_set(s, obj, "id", sarif_str(s, id));
	return obj;
}

int format_sarif(FILE *file, const struct format_input *in)
{
	const struct s2_obj *host = s2_model_host(in->model), *f;
	struct sarif s = { .file = file, .pretty = in->cli->pretty };

	sarif_open(&s, NULL, '{');
	sarif_write(&s, "$schema", sarif_str(&s, SARIF_SCHEMA));
	sarif_write(&s, "version", sarif_str(&s, "2.1.0"));
	sarif_open(&s, "runs", '[');
	sarif_open(&s, NULL, '{');
	sarif_write(&s, "tool", tool(&s));
	sarif_write(&s, "automationDetails",
		    automation(&s, s2_obj_str(host, S2_HOST_BOOT_ID)));
	sarif_write(&s, "invocations", invocations(&s, in));
	sarif_write(&s, "originalUriBaseIds", base_ids(&s));
	sarif_write(&s, "columnKind", sarif_str(&s, "unicodeCodePoints"));
	sarif_open(&s, "results", '[');
	s2_report_for_each(f, in->report, S2_OBJ_FINDING)
		sarif_write(&s, NULL, result(&s, in, f));
	sarif_close(&s, ']');
	sarif_write(&s, "properties", sarif_fields(&s, host));
	sarif_close(&s, '}');
	sarif_close(&s, ']');
	sarif_close(&s, '}');
	return sarif_end(&s);
}
