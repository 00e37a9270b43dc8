// SPDX-License-Identifier: LGPL-2.1-or-later
/* A site policy: which files, and what they must not say together */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/field.h"
#include "policy/domain.h"
#include "policy/policy.h"

int s2_site_new(struct s2_ctx *ctx, struct s2_site **site)
{
	*site = calloc(1, sizeof(**site));
	if (!*site)
		return s2_fail_nomem(ctx);
	(*site)->ctx = s2_ctx_ref(ctx);
	return 0;
}

void s2_site_free(struct s2_site *site)
{
	if (!site)
		return;
	/* Those of domains are freed with these */
	s2_site_drop_domains(site);
	for (size_t i = 0; i < site->count; i++)
		free(site->rule[i].device);
	free(site->rule);
	free(site->approved);
	s2_pool_clear(&site->pool);
	s2_ctx_unref(site->ctx);
	free(site);
}

/* Beside the id of each rule its number, from 1 */
static int number_rules(struct s2_site *site)
{
	for (size_t i = 0; i < site->count; i++) {
		const char *kept = s2_pool_add(&site->pool, site->rule[i].id);

		if (!kept)
			return s2_fail_nomem(site->ctx);
		*s2_pool_note(kept) = (uint32_t)i + 1;
	}
	return 0;
}

int s2_site_find(const struct s2_site *site, const char *id, const char **file,
		 unsigned int *line)
{
	char *one = strndup(id, strcspn(id, ","));
	const char *kept = one ? s2_pool_find(&site->pool, one) : NULL;
	uint32_t number = kept ? *s2_pool_note(kept) : 0;

	free(one);
	if (!number)
		return -ENOENT;
	*file = site->rule[number - 1].file;
	*line = site->rule[number - 1].line;
	return 0;
}

size_t s2_site_count(const struct s2_site *site)
{
	return site->count;
}

unsigned int s2_site_needs(const struct s2_site *site)
{
	for (size_t i = 0; i < site->count; i++)
		if (site->rule[i].nr_devices)
			return S2_LOAD_VMS | S2_LOAD_DEVICES;
	return S2_LOAD_VMS;
}

/* ------------------------------------------------------------------ files */

static int is_policy(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 &&
		!strcmp(entry->d_name + len - 5, ".json");
}

/* Not alphasort(), which knows locales */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_entry(struct s2_site *site, const char *dir, const char *name)
{
	char path[4096];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return s2_fail(site->ctx, -ENAMETOOLONG, "%s/%s: %s", dir, name,
			       strerror(ENAMETOOLONG));
	/* Nothing that could be waited for; what is gone is an error later */
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return s2_fail(site->ctx, -EINVAL, "%s: not a file", path);
	return s2_site_read(site, path);
}

static int read_dir(struct s2_site *site, const char *dir)
{
	struct dirent **entry;
	int count = scandir(dir, &entry, is_policy, by_name);
	int err = 0;

	if (count < 0) {
		err = -errno;
		return s2_fail(site->ctx, err, "%s: %s", dir, strerror(-err));
	}
	if (count > S2_SITE_FILES_MAX)
		err = s2_fail(site->ctx, -EFBIG, "%s: more than %d files", dir,
			      S2_SITE_FILES_MAX);
	for (int i = 0; i < count; i++) {
		if (!err)
			err = read_entry(site, dir, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return err;
}

static int read_path(struct s2_site *site, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") && !stat(path, &st) && S_ISDIR(st.st_mode))
		return read_dir(site, path);
	return s2_site_read(site, path);
}

/* ---------------------------------------------------------- contradictions */

/* A place has one mode.  What can be seen without VMs is refused at once */
static int check_host(struct s2_site *site)
{
	const struct s2_field *mode = s2_field_by_id(S2_CHANGE_MODE);
	const struct s2_field *class = s2_field_by_id(S2_CHANGE_CLASS);

	for (unsigned int c = S2_SITE_CLASS_FIRST; c <= S2_SITE_CLASS_LAST;
	     c++) {
		const struct s2_site_rule *first = NULL;

		for (size_t i = 0; i < site->count; i++) {
			const struct s2_site_rule *rule = &site->rule[i];

			if (rule->per_vm || rule->nr_devices ||
			    !(s2_site_classes(rule) >> c & 1))
				continue;
			if (!first)
				first = rule;
			if (first->mode == rule->mode)
				continue;
			return s2_fail(site->ctx, -EINVAL,
				       "%s:%u: rule '%s' would %s for class %s of the host, and rule '%s' (%s:%u) %s",
				       rule->file, rule->line, rule->id,
				       s2_field_word(mode, rule->mode),
				       s2_field_word(class, c), first->id,
				       first->file, first->line,
				       s2_field_word(mode, first->mode));
		}
	}
	return 0;
}

int s2_site_load(struct s2_ctx *ctx, const char *const *paths, size_t count,
		 struct s2_site **site)
{
	struct s2_site *new;
	int err;

	*site = NULL;
	err = s2_site_new(ctx, &new);
	if (err)
		return err;
	if (!count)
		err = read_path(new, S2_SITE_DIR);
	for (size_t i = 0; !err && i < count; i++)
		err = read_path(new, paths[i]);
	if (!err)
		err = check_host(new);
	if (!err)
		err = number_rules(new);
	if (err) {
		s2_site_free(new);
		return err;
	}
	*site = new;
	return 0;
}
